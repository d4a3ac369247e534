"""Commands about the master keys of what is sealed."""

from collections.abc import Callable
from typing import TypeVar

import click
from flask.cli import with_appcontext

from compliance.associations import store as associations
from compliance.people.rules import system_actor
from compliance.shared import audit, sealed_keys
from compliance.shared.database import session

T = TypeVar("T")


@click.group()
def keys() -> None:
    """The master keys of everything that is sealed."""


@keys.command("list")
@with_appcontext
def list_() -> None:
    """The master keys by number, and how many keys each wraps; nothing of the keys themselves."""
    counts = _said(sealed_keys.by_master)
    for number, count in counts.items():
        newest = "  newest: it wraps what is new" if number == max(counts) else ""
        click.echo(f"{number}: {count} keys{newest}")


@keys.command()
@with_appcontext
def new() -> None:
    """Add a new master key to the file; it wraps what is sealed from now on."""
    kept = sealed_keys.file()
    if kept is None:
        raise click.ClickException(
            "The master keys come from the environment or from a command: add one there, with the next number."
        )
    if not kept.exists():
        raise click.ClickException(f"{kept.name} is not there: put it back from its safe copy.")
    number = _said(lambda: sealed_keys.add_to(kept))
    click.echo(f"{number} is the newest master key. Copy {kept.name} to its safe place, then: compliance keys rewrap")


@keys.command()
@with_appcontext
def rewrap() -> None:
    """Wrap every key by the newest master key; while the product runs."""
    done = 0
    while some := _said(sealed_keys.rewrap):
        session().commit()
        done += some
        click.echo(f"{done} keys")
    if done:
        for association in associations.every():
            audit.record(system_actor(association.id), "sealed_key.rewrapped", keys=done)
        session().commit()
    newest = max(_said(sealed_keys.by_master))
    click.echo(f"Every key is wrapped by master key {newest}. Older ones are needed only for older backups.")


def _said(act: Callable[[], T]) -> T:
    try:
        return act()
    except sealed_keys.KeysMissing as error:
        raise click.ClickException(str(error)) from None
