"""``compliance trends``: prove the cells of the trends, and put them right."""

import sys

import click
from flask.cli import with_appcontext

from compliance.associations import store as associations
from compliance.people.rules import system_actor
from compliance.shared import database
from compliance.shared.database import session
from compliance.trends import store_verify
from compliance.trends.store_columns import AT_ONCE, Told, untold


@click.group("trends")
def group() -> None:
    """The figures of the trends."""


def _told() -> Told:
    """Says on a terminal how far it is: a million visits are millions of rows."""

    def told(table: str, rows: int) -> None:
        if rows % STEP < AT_ONCE:
            click.echo(f"{table}: {rows:,} rows read", err=True)

    return told if sys.stderr.isatty() else untold


STEP = 100_000


@group.command()
@with_appcontext
def verify() -> None:
    """Work out every cell again from visits, scorecards and findings, and list what differs.

    Ends with 1 if anything does.
    """
    database.begin_reading()
    proof = store_verify.verify(_told())
    for one in proof.differences:
        numbers = f": kept {one.kept}; should be {one.given}" if one.kept or one.given else ""
        click.echo(f"{one.table} {one.fault.value} ({one.where}){numbers}")
    click.echo(f"{proof.visits} released visits, {proof.cells} rows of cells: {len(proof.differences)} differences")
    if proof.differences:
        click.echo("Run `compliance trends rebuild` to make the cells from the receipts; figures are right after it.")
        raise SystemExit(1)


@group.command()
@with_appcontext
def rebuild() -> None:
    """Throw all cells away and make them again from visits, scorecards and findings. Nobody can write meanwhile."""
    made = store_verify.rebuild([system_actor(association.id) for association in associations.every()], _told())
    session().commit()
    click.echo(f"{made.visits} released visits, {made.cells} rows of cells written")
