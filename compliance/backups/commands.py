"""Copies, the way back, and the way to another database, from the command line."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask import Flask, current_app
from flask.cli import with_appcontext

from compliance.associations import store as associations
from compliance.backups import copying, keys, proving, rooms, tables
from compliance.backups.copying import Told, address
from compliance.backups.folder import Copies, Manifest
from compliance.backups.problems import CannotCopy, Unproved
from compliance.backups.rules import Keep
from compliance.people.rules import system_actor
from compliance.shared import audit, database, files, jobs, outbox
from compliance.shared.database import session
from compliance.shared.problems import NotNow
from compliance.web import upgrade
from compliance.web.app import create_app

FOLDER = click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the copies are (COMPLIANCE_BACKUP_FOLDER).",
)
RECEIPTS = click.option(
    "--receipts",
    type=click.IntRange(0),
    default=proving.RECEIPTS,
    show_default=True,
    help="How many scorecards of each association are scored again, the newest first; 0: all.",
)


@click.command()
@FOLDER
@click.option(
    "--daily", type=click.IntRange(0), default=Keep.daily, show_default=True, help="Days whose last copy is kept."
)
@click.option("--weekly", type=click.IntRange(0), default=Keep.weekly, show_default=True, help="The same of weeks.")
@click.option("--monthly", type=click.IntRange(0), default=Keep.monthly, show_default=True, help="The same of months.")
@with_appcontext
def backup(folder: Path | None, daily: int, weekly: int, monthly: int) -> None:
    """Make a sealed copy of database and files while people work, and remove the copies that are kept no longer.

    Ends with 1 if no copy was made, and with 3 if one was made of a store that lacks files.
    """
    app = _app()
    with _plainly():
        where = _folder(app, folder)
        earlier = Copies(where, keys.Keys({0: b""})).names()
        copies = Copies(where, keys.load(app.extensions["settings"], make=not earlier))
        with copies.alone():
            began = time.monotonic()
            with _bars() as told:
                made = copying.make(app, copies, told)
            click.echo(f"{_told_of(made.name, made.manifest)}, made in {time.monotonic() - began:.0f} s.")
            click.echo(f"{made.new_files:,} files were not there yet ({made.new_bytes / 2**20:,.1f} MB).")
            if made.manifest.revision == upgrade.newest():  # the trail of an older schema is not ours to write
                _put_on_trail("backup.made", copy=made.name, rows=made.manifest.rows, files=made.manifest.files)
            gone, removed = copies.rotate(Keep(daily, weekly, monthly))
            if gone:
                click.echo(f"Kept no longer: {', '.join(gone)}, and {removed:,} files that they alone needed.")
    if not earlier and not app.extensions["settings"].backup_key_command:
        click.echo(
            f"The copies open with {keys.file_of(app.extensions['settings']).name} alone. Keep it, the sealing keys and"
            " the secret key in a safe place of their own: without them the copies are useless."
        )
    if made.manifest.missing:
        click.echo(_missing(made.manifest), err=True)
        raise SystemExit(3)


@click.command()
@click.argument("copy", required=False)
@FOLDER
@RECEIPTS
@click.option("--prove", "only_prove", is_flag=True, help="Prove the copy, and replace nothing: the drill.")
@click.option("--yes", is_flag=True, help="Do not ask before the database is replaced.")
@with_appcontext
def restore(copy: str | None, folder: Path | None, receipts: int, *, only_prove: bool, yes: bool) -> None:
    """Build the database of a COPY (the newest, unless named), prove it, then put it in the place of the one in use.

    Ends with 1, and changes nothing, if anything in the copy is not as it was.
    """
    app = _app()
    with _plainly():
        copies = Copies(_folder(app, folder), keys.load(app.extensions["settings"]))
        name = copies.chosen(copy)
        manifest = copies.manifest(name)
        click.echo(f"{_told_of(name, manifest)}.")
        url = address()
        room = rooms.beside(url)
        _let_go()
        if not only_prove:
            room.require_unused()
        digests = _prove(app, copies, name, manifest, room, receipts)
        if only_prove:
            room.clear()
            click.echo("Nothing was replaced.")
            return
        if room.taken() and not yes:
            click.echo(f"Everything that was written after {manifest.made_at} will be gone from the product.")
            click.confirm("Put this copy in the place of the database?", abort=True)
        with _bars() as told:
            for done, digest in enumerate(digests, 1):
                files.mend(digest, copies.file(digest))
                told("Files", done, len(digests))
        old = room.take_place()
        jobs.forget_all(app)
        _greet(app, name, manifest)
    click.echo(
        "Restored." + (f" The database from before is kept as {old}: remove it when all is well." if old else "")
    )
    if manifest.missing:
        click.echo(_missing(manifest), err=True)


@click.command()
@click.argument("database_url")
@RECEIPTS
@with_appcontext
def move(database_url: str, receipts: int) -> None:
    """Copy everything into the empty database at DATABASE_URL, of either kind, and prove that nothing differs.

    Stop the server first. The database that was used until now stays as it is.
    """
    app = _app()
    with _plainly():
        target = _empty(database_url)
        url = address()
        _let_go()
        rooms.beside(url).require_unused()
        began = time.monotonic()
        with tables.reading(url) as source, _bars() as told:
            newest = source.newest_line()
            rows = proving.transfer(source, target, told)
            for line in proving.prove(app, target, newest, receipts):
                click.echo(line)
        with tables.reading(url) as again:
            if again.newest_line() != newest:
                raise Unproved(
                    "Somebody wrote while everything was moved: stop the server, and begin with an empty one."
                )
        moved = create_app(app.extensions["settings"].model_copy(update={"database_url": _shown(target, secret=True)}))
        with moved.app_context():
            _put_on_trail("database.moved", rows=rows)
            database.db.engine.dispose()
    click.echo(f"{rows:,} rows were moved and read back in {time.monotonic() - began:.0f} s: every table is the same.")
    click.echo(f"Now set COMPLIANCE_DATABASE_URL (or database_url in config.toml) to {_shown(target)} and start.")


def _prove(app: Flask, copies: Copies, name: str, manifest: Manifest, room: rooms.Room, receipts: int) -> list[str]:
    """Prove a copy, with what is proved told line by line; the files it needs. What was built goes if it fails."""
    began = time.monotonic()
    room.clear()
    try:
        with _bars() as told:
            proving.build(copies, name, manifest, room, told)
        click.echo(f"{manifest.rows:,} rows of {len(manifest.tables)} tables were written and read back: digests fit.")
        digests = copies.digests(name, manifest)
        with _bars() as told:
            for done, digest in enumerate(digests, 1):
                copies.require_file(digest)
                told("Files", done, len(digests))
        click.echo(f"{len(digests):,} files opened: digests fit.")
        for line in proving.prove(app, room.url, manifest.newest_line, receipts):
            click.echo(line)
    except BaseException:
        room.clear()
        raise
    click.echo(f"Proved in {time.monotonic() - began:.0f} s.")
    return digests


def _greet(app: Flask, name: str, manifest: Manifest) -> None:
    """What came back is told of itself: the trail gets a line, and messages that may have left are not sent again."""
    held = outbox.came_back()
    _put_on_trail("backup.restored", copy=name, made_at=manifest.made_at, messages_held=held)
    _let_go()
    if held:
        click.echo(
            f"{held:,} messages waited when the copy was made, and may have left since: none is sent by itself."
            " The administrator decides (Association, Outgoing messages)."
        )


def _put_on_trail(verb: str, **note: Any) -> None:
    """A line for each association."""
    for association in associations.every():
        audit.record(system_actor(association.id), verb, **note)
    session().commit()


def _folder(app: Flask, given: Path | None) -> Path:
    found: Path | None = given or app.extensions["settings"].backup_folder
    if found is None:
        raise CannotCopy("Say where the copies are: --folder, or COMPLIANCE_BACKUP_FOLDER. Best on another disk.")
    return found.resolve()


def _empty(database_url: str) -> sa.URL:
    """The address of a database that can be reached and is empty. Raises ``CannotCopy``."""
    try:
        url = sa.make_url(database_url)
    except sa.exc.ArgumentError:
        raise CannotCopy(f"{database_url} is not the address of a database.") from None
    if url.drivername not in ("sqlite", "postgresql+psycopg"):
        raise CannotCopy("The address must begin with sqlite:/// or postgresql+psycopg://.")
    with tables.opened(url) as engine:
        try:
            with engine.connect() as connection:
                there = sa.inspect(connection).get_table_names()
        except sa.exc.DBAPIError as error:
            raise CannotCopy(f"{_shown(url)} cannot be opened: {tables.first_line(error)}") from None
    if there:
        raise CannotCopy(f"{_shown(url)} is not empty: it has {len(there)} tables.")
    return url


def _shown(url: sa.URL, *, secret: bool = False) -> str:
    return url.render_as_string(hide_password=not secret)


def _let_go() -> None:
    """Close this command's own connections."""
    session().close()
    database.db.engine.dispose()


def _app() -> Flask:
    found: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return found


def _told_of(name: str, manifest: Manifest) -> str:
    return f"Copy {name}: {manifest.rows:,} rows, {manifest.files:,} files, schema {manifest.revision}"


def _missing(manifest: Manifest) -> str:
    number, first = len(manifest.missing), next(iter(manifest.missing))
    return (
        f"compliance: {number} files that the database names were missing or damaged in the store when the copy was"
        f" made, first {first} ({manifest.missing[first]}); an older copy may have them."
    )


@contextmanager
def _plainly() -> Iterator[None]:
    """A problem ends the command with one sentence."""
    try:
        yield
    except (CannotCopy, NotNow) as problem:
        click.echo(f"compliance: {problem}", err=True)
        raise SystemExit(1) from None
    except OSError as error:
        click.echo(f"compliance: {error.strerror}: {error.filename or 'the folder of copies'}", err=True)
        raise SystemExit(1) from None


@contextmanager
def _bars() -> Iterator[Told]:
    """A bar in the terminal for each thing that is being done; nothing where there is no terminal."""
    bar: list[Any] = []

    def end() -> None:
        if bar:
            bar.pop().render_finish()

    def told(what: str, done: int, total: int) -> None:
        if not sys.stderr.isatty():
            return
        if bar and bar[0].label != what:
            end()
        if not bar:
            bar.append(click.progressbar(length=total, label=what, file=sys.stderr))
            bar[0].render_progress()
        bar[0].update(done - bar[0].pos)

    try:
        yield told
    finally:
        end()
