"""Commands about the audit trail."""

import click
from flask.cli import with_appcontext

from compliance.shared import audit as trail


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command()
@with_appcontext
def verify() -> None:
    """Check the whole chain; name the first broken line."""
    broken = trail.first_broken_line()
    if broken is not None:
        click.echo(f"BROKEN at line {broken.number} ({broken.at:%Y-%m-%d %H:%M}, {broken.verb})", err=True)
        raise SystemExit(1)
    click.echo("The chain of the audit trail is whole.")
