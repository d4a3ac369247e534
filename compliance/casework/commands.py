"""The night of the ladder, and the proof of the receipts, from the command line."""

import click
from flask.cli import with_appcontext

from compliance.associations import store as associations
from compliance.casework import jobs
from compliance.casework import nightly as ladder
from compliance.corrective_actions import store_draws
from compliance.people.rules import system_actor
from compliance.privacy import store_removal
from compliance.scorecards import store as scorecards
from compliance.shared import clock
from compliance.shared.database import session
from compliance.trends import folding, quarterly


@click.command()
@with_appcontext
def nightly() -> None:
    """Prepare the letters that are due by today, in each association's own time zone, and remove personal data whose
    time is over. The worker does it every day.
    """
    for association in associations.every():
        today = clock.today(association.time_zone)
        name = association.name_en or association.name_zh
        result = ladder.run(association.id, today)
        session().commit()
        click.echo(
            f"{name}, {today.isoformat()}: {result.looked_at} open actions, "
            f"{result.prepared} letters prepared, {result.told} enterprises told of a date."
        )
        removed = store_removal.run(system_actor(association.id), today)
        session().commit()
        if removed:
            click.echo(
                f"{name}: removed at the end of their time: {', '.join(f'{k} {n}' for k, n in removed.items())}."
            )
    quarterly.each_day()
    folding.fold_long_logs()
    jobs.destroy_due_keys()


@click.command()
@with_appcontext
def replay() -> None:
    """Score every stored scorecard again, repeat every draw for a check on site, and list what differs.

    Ends with 1 if anything does.
    """
    total, wrong = 0, 0
    for association in associations.every():
        actor = system_actor(association.id)
        total += scorecards.count(actor)
        for mismatch in scorecards.replay(actor):
            wrong += 1
            click.echo(f"scorecard {mismatch.scorecard_id} of visit {mismatch.visit_id}: {mismatch.code}")
        for fault in store_draws.replay(actor):
            wrong += 1
            click.echo(f"draw {fault.round} of action {fault.action_id}: {', '.join(fault.codes)}")
    click.echo(f"{total} scorecards replayed, every draw for a check on site repeated: {wrong} differences")
    if wrong:
        raise SystemExit(1)
