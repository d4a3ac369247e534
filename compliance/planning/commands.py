"""``compliance draw``: proving draws from the command line."""

import sys

import click
from flask.cli import with_appcontext

from compliance.associations import store as associations
from compliance.people.rules import system_actor
from compliance.planning import store, store_days, store_verify, store_verify_days
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
    results = [_verified(name, row) for name, row in _named(period)]
    sys.exit(0 if all(results) else 1)


@draw.command("verify-days")
@click.argument("period")
@with_appcontext
def verify_days(period: str) -> None:
    """Draw a period's days anew from their frozen inputs: equal, or the differences (1). PERIOD: its id or name."""
    results = [_days_verified(name, row) for name, row in _named(period)]
    sys.exit(0 if all(results) else 1)


def _named(period: str) -> list[tuple[str, DrawPeriod]]:
    """The periods of this id or name, each with its association; the command ends (2) where there is none."""
    found = [
        (association.name_en or association.name_zh, row)
        for association in associations.every()
        for row in store.every(system_actor(association.id))
        if period in (str(row.id), row.id.hex, row.name)
    ]
    if not found:
        click.echo(f"There is no period “{period}”.", err=True)
        sys.exit(2)
    return found


def _days_verified(name: str, row: DrawPeriod) -> bool:
    click.echo(f"{name}, {row.name} ({row.first_day.isoformat()} to {row.last_day.isoformat()})")
    try:
        verdict = store_verify_days.verify(row)
    except Problem as problem:
        click.echo(f"  {problem}")
        return False
    for made in store_days.drawings(row)[::-1]:
        if made.number is None:
            click.echo(f"  drawn {made.made_at:%Y-%m-%d}: its inputs were not kept, so that it cannot be repeated")
        else:
            click.echo(f"  drawing {made.number}: {made.algorithm}, inputs {made.inputs_digest}")
    for fault in verdict.faults:
        click.echo(f"  - {store_verify_days.FAULTS[fault.code]} {fault.about}".rstrip())
    proven = verdict.equal and verdict.old < verdict.drawings
    if proven:
        click.echo(f"  equal: {verdict.placed} with a day, {verdict.unplaced} without")
        click.echo(f"  changed by hand since, with a reason: {verdict.changed}")
    return proven


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
