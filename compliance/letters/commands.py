"""``compliance letters``: letters from the command line."""

import hashlib
from pathlib import Path

import click
from flask.cli import with_appcontext

from compliance.letters import press, store


@click.group("letters")
def group() -> None:
    """Letters to enterprises."""


@group.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def verify(file: Path) -> None:
    """Whether a PDF is a letter as it was issued here, and whether it is in force. Ends with 1 where it is not."""
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    found = store.recognise(digest)
    if found is None:
        raise click.ClickException(f"{file.name} is no letter that was issued here, or it was changed since: {digest}")
    kind = press.words()["kinds"][found.kind]["en"]
    click.echo(f"{found.number}, {found.dated.isoformat()}, {kind}: genuine and unchanged.")
    if found.superseded_by:
        raise click.ClickException(f"It is not in force any more: {found.superseded_by} took its place.")
