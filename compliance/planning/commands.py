"""``compliance draw``: proving draws from the command line."""

import sys

import click
from flask.cli import with_appcontext

from compliance.associations import store as associations
from compliance.people.rules import system_actor
from compliance.planning import store, store_verify
from compliance.planning.models import DrawPeriod
from compliance.shared.problems import Problem


@click.group()
def draw() -> None:
    """Draws of who is visited."""


@draw.command()
@click.argument("period")
@with_appcontext
def verify(period: str) -> None:
    """Compute a draw anew from its stored frame and seed: equal, or the differences (1). PERIOD: its id or name."""
    found = [
        (association.name_en or association.name_zh, row)
        for association in associations.every()
        for row in store.every(system_actor(association.id))
        if period in (str(row.id), row.id.hex, row.name)
    ]
    if not found:
        click.echo(f"There is no period “{period}”.", err=True)
        sys.exit(2)
    results = [_verified(name, row) for name, row in found]
    sys.exit(0 if all(results) else 1)


def _verified(name: str, row: DrawPeriod) -> bool:
    click.echo(f"{name}, {row.name} ({row.first_day.isoformat()} to {row.last_day.isoformat()})")
    try:
        verdict = store_verify.verify(row)
    except Problem as problem:
        click.echo(f"  {problem}")
        return False
    click.echo(f"  algorithm: {row.algorithm}")
    click.echo(f"  frame: {row.frame_digest} ({row.frame_size} workplaces)")
    click.echo(f"  seed: {row.seed if row.revealed_at else 'not revealed'}; its digest: {row.seed_digest}")
    for fault in verdict.faults:
        click.echo(f"  - {store_verify.FAULTS[fault.code]} {fault.about}".rstrip())
    if verdict.equal:
        click.echo(f"  equal: {verdict.strata} strata, {verdict.drawn} drawn")
    return verdict.equal
