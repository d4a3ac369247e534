"""Making a copy of database and files while people work."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

import sqlalchemy as sa
from flask import Flask

from compliance.backups import tables
from compliance.backups.folder import Copies, Manifest, name_of
from compliance.backups.named_files import Naming
from compliance.backups.tables import Summing
from compliance.shared import clock, database, files
from compliance.shared.problems import NotFound

Told = Callable[[str, int, int], None]
"""Is told how far it is: what is being done, how much of it, of how much."""


@dataclass(frozen=True)
class Made:
    """A copy that was made."""

    name: str
    manifest: Manifest
    new_files: int
    new_bytes: int


def make(app: Flask, copies: Copies, told: Told) -> Made:
    """Copy database and files into the folder, and read the copy once more. Nobody waits for it.

    Raises ``CannotCopy``; a file of the store that is missing or damaged does not keep the rest from being copied.
    """
    made_at = clock.now()
    with app.app_context():
        url = address()
        with copies.begun(made_at) as folder, tables.reading(url) as source:
            copy_id = secrets.token_hex(16)
            naming = Naming(files.every())
            summed = {}
            with copies.written(folder, "database", f"{copy_id} database") as out:
                every = source.tables()
                total, done = sum(source.count(table) for table in every), 0
                for table in every:
                    out.write(json.dumps({"table": table.name}).encode() + b"\n")
                    summing = Summing(table, same_everywhere=False)
                    for piece in source.pieces(table):
                        out.write(b"\n".join(piece.lines) + b"\n")
                        summing.add(piece)
                        naming.look(table, piece.rows)
                        done += len(piece.rows)
                        told("Rows", done, total)
                    summed[table.name] = {"columns": table.columns, "kinds": table.kinds, **summing.sum().__dict__}
            new = _copy_files(copies, naming, told)
            _forget_removed(naming, url)
            needed = sorted(naming.named - set(naming.missing))
            with copies.written(folder, "files", f"{copy_id} files") as out:
                for digest in needed:
                    out.write(digest.encode() + b"\n")
            manifest = Manifest(
                id=copy_id,
                made_at=made_at.isoformat(timespec="seconds"),
                release=version("workplace-compliance"),
                revision=source.revision,
                dialect=source.dialect,
                tables=summed,
                files=len(needed),
                missing=naming.missing,
                newest_line=source.newest_line(),
            )
            copies.put_manifest(folder, manifest)
            told("Reading it once more", 0, 1)
            copies.require_readable(folder, manifest)
            told("Reading it once more", 1, 1)
    return Made(name_of(made_at), manifest, len(new), sum(new))


def address() -> sa.URL:
    """Where the application's database is. Needs an app context."""
    return database.db.engine.url


def _copy_files(copies: Copies, naming: Naming, told: Told) -> list[int]:
    """Bring every named file; the bytes of each that was not there yet. What the store lacks is noted."""
    new = []
    for done, digest in enumerate(sorted(naming.named), 1):
        try:
            size = copies.put_file(digest)
            new += [size] if size else []
        except NotFound as fault:
            naming.missing[digest] = fault.code
        told("Files", done, len(naming.named))
    return new


def _forget_removed(naming: Naming, url: sa.URL) -> None:
    """A file that went at the end of its time since the rows were read is not missing: no row names it any more."""
    if not naming.missing:
        return
    still = Naming(naming.missing)
    with tables.reading(url) as now:
        for table in now.tables():
            if still.may_look(table):
                for piece in now.pieces(table):
                    still.look(table, piece.rows)
    for digest in set(naming.missing) - still.named:
        del naming.missing[digest]
        naming.named.discard(digest)
