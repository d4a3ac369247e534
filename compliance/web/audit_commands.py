"""Commands about the audit trail."""

from datetime import datetime
from pathlib import Path

import click
from flask.cli import with_appcontext

from compliance.associations import store as associations
from compliance.people.rules import system_actor
from compliance.shared import audit as trail
from compliance.shared import sealed_keys, trail_values
from compliance.shared.database import session
from compliance.trail import anchors, exporting


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command()
@click.option(
    "--file", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A file of ``export``."
)
@with_appcontext
def verify(path: Path | None) -> None:
    """Check the whole chain, and each anchor of it; name the first broken line.

    With --FILE check a file that was exported, against itself alone.
    """
    lines = exporting.read(path) if path else trail.lines()
    broken = trail.first_broken(lines, whole=path is None)
    if broken is not None:
        click.echo(f"BROKEN at line {broken.number} ({broken.at:%Y-%m-%d %H:%M}, {broken.verb})", err=True)
        raise SystemExit(1)
    missing = anchors.first_missing() if path is None else None
    if missing is not None:
        click.echo(f"CUT OFF OR WRITTEN ANEW: line {missing.number} is not what it was at {missing.at}", err=True)
        raise SystemExit(1)
    click.echo("The chain of the audit trail is whole.")
    if path is None and (anchor := anchors.last()) is not None:
        click.echo(f"Its anchors hold; the newest is line {anchor.number} of {anchor.at}.")


@audit.command()
@click.argument("path", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="The first day (UTC).")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="The last day (UTC).")
@with_appcontext
def export(path: Path, first: datetime | None, last: datetime | None) -> None:
    """Write the trail with its hashes into FILE, a JSON object a line, for an auditor; the trail says so.

    It holds what the page does not show, such as visits that are planned. Give it to nobody else.
    """
    count = exporting.write(path, first and first.date(), last and last.date())
    for association in associations.every():
        trail.record(system_actor(association.id), "audit.exported", lines=count)
    session().commit()
    click.echo(f"{count} lines in {path}")


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
