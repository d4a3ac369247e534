"""``compliance nightly``: the night of the ladder, from the command line."""

import click
from flask.cli import with_appcontext

from compliance.associations import store as associations
from compliance.casework import nightly as ladder
from compliance.shared import clock
from compliance.shared.database import session


@click.command()
@with_appcontext
def nightly() -> None:
    """Prepare the letters that are due by today, in each association's own time zone. The worker does it every day."""
    for association in associations.every():
        today = clock.today(association.time_zone)
        name = association.name_en or association.name_zh
        result = ladder.run(association.id, today)
        session().commit()
        click.echo(
            f"{name}, {today.isoformat()}: {result.looked_at} open actions, "
            f"{result.prepared} letters prepared, {result.told} enterprises told of a date."
        )
