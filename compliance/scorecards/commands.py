"""The command that proves the receipts: every stored scorecard is what the rules give."""

import click
from flask.cli import with_appcontext

from compliance.people.rules import system_actor
from compliance.scorecards import store


@click.command("replay")
@with_appcontext
def replay() -> None:
    """Score every stored scorecard again and list what differs. Ends with 1 if anything does."""
    total, wrong = 0, 0
    for association_id in store.associations():
        actor = system_actor(association_id)
        total += store.count(actor)
        for mismatch in store.replay(actor):
            wrong += 1
            click.echo(f"scorecard {mismatch.scorecard_id} of visit {mismatch.visit_id}: {mismatch.code}")
    click.echo(f"{total} scorecards replayed, {wrong} differences")
    if wrong:
        raise SystemExit(1)
