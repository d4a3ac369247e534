"""Commands for stored files: into another store, and are they all whole."""

import hashlib
from pathlib import Path

import click
from flask.cli import with_appcontext

from compliance.shared import files
from compliance.shared.problems import NotFound, NotNow


class Unreachable(click.ClickException):
    """The store does not answer, or refuses; the line of the log before this says which."""

    exit_code = 2


@click.group("files")
def group() -> None:
    """Stored photos, documents, letters."""


@group.command("copy")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder to copy from (default: the instance's own).",
)
@with_appcontext
def copy(source: Path | None) -> None:
    """Copy all files of a folder into the store that is configured, and read each back. May be repeated.

    Ends with 1 when a file is damaged, and with 2 when the store cannot be reached.
    """
    folder = files.Folder(source or Path(files.folder()))
    if files.store() == folder:
        raise click.UsageError("the folder is the store that is configured: set COMPLIANCE_FILES_URL first")
    new = whole = damaged = 0
    try:
        for digest in sorted(folder.every()):
            data = folder.read(digest)
            if data is None or hashlib.sha256(data).hexdigest() != digest:
                damaged += 1
                click.echo(f"damaged in the folder: {digest}", err=True)
                continue
            new += files.store().size(digest) is None
            files.mend(digest, data)  # reads what is there
            files.get(digest)
            whole += 1
    except NotNow as problem:
        raise Unreachable(str(problem)) from None
    click.echo(f"{whole} files are in the store and were read back, {new} of them are new; {damaged} are damaged.")
    if damaged:
        raise SystemExit(1)


@group.command("verify")
@with_appcontext
def verify() -> None:
    """Read every stored file and compare it with its digest. Ends with 1 when one is damaged."""
    whole, damaged = 0, []
    try:
        for digest in files.every():
            try:
                files.get(digest)
                whole += 1
            except NotFound:
                damaged.append(digest)
    except NotNow as problem:
        raise Unreachable(str(problem)) from None
    for digest in sorted(damaged):
        click.echo(f"damaged: {digest}", err=True)
    click.echo(f"{whole} files are whole, {len(damaged)} are damaged.")
    if damaged:
        raise SystemExit(1)
