"""Commands about the audit trail."""

import click
from flask.cli import with_appcontext

from compliance.people.rules import system_actor
from compliance.shared import audit as trail
from compliance.shared import sealed_keys, trail_values
from compliance.shared.database import session


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


@audit.command("open")
@click.argument("digest")
@with_appcontext
def open_(digest: str) -> None:
    """Show what stood in the place of a DIGEST on the trail (a name, a contact, a network address). The look is on it.

    Ends with 1 once it has been destroyed, or if nothing ever stood there.
    """
    for purpose in (trail_values.PURPOSE, trail_values.ADDRESSES):
        try:
            found = trail_values.opened(purpose, digest)
        except sealed_keys.KeyDestroyed:
            continue
        trail.record(system_actor(trail_values.association_of(digest)), "audit.opened", digest=digest)
        session().commit()
        click.echo(found)
        return
    click.echo("Nothing can be read there: it was destroyed when its time was over, or it never was.", err=True)
    raise SystemExit(1)
