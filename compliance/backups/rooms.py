"""Where a database is built and proved before it takes the place of the one in use.

With SQLite it is a file beside the database, with PostgreSQL a schema beside the one that is used. Both take the place
by a change of names, so that at any moment the one or the other is there whole; the old one is kept under another name.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from compliance.backups import tables
from compliance.backups.problems import CannotCopy
from compliance.backups.tables import first_line, quoted
from compliance.shared import clock

_SIDES = ("-wal", "-shm", "-journal")


class Room(Protocol):
    """A place beside the database in use."""

    url: sa.URL
    """Where to build."""

    def clear(self) -> None:
        """Empty it, whatever an earlier run left."""

    def taken(self) -> bool:
        """Whether there is a database that would be replaced."""

    def require_unused(self) -> None:
        """Raises ``CannotCopy`` while somebody has the database open."""

    def take_place(self) -> str:
        """Put what was built in the place of the database. Where the old one is now, or nothing if there was none."""


def beside(url: sa.URL) -> Room:
    """The room beside the database at an address."""
    return _File(url) if url.get_backend_name() == "sqlite" else _Schema(url)


class _File:
    def __init__(self, url: sa.URL) -> None:
        self._live, self._module = Path(url.database or ""), tables.driver(url)
        self._built = Path(f"{self._live}.restoring")
        self.url = sa.URL.create("sqlite", database=str(self._built))

    def clear(self) -> None:
        self._live.parent.mkdir(parents=True, exist_ok=True)
        for side in ("", *_SIDES):
            Path(f"{self._built}{side}").unlink(missing_ok=True)

    def taken(self) -> bool:
        return self._live.exists() and self._live.stat().st_size > 0

    def require_unused(self) -> None:
        if not self._live.exists():
            return
        with contextlib.closing(self._module.connect(self._live, timeout=1)) as connection:
            try:  # the write-ahead log is given up, and put into the database, only by who is alone
                left = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
            except self._module.DatabaseError as error:  # one that is damaged is used by nobody
                left = "wal" if "locked" in str(error) or "busy" in str(error) else "delete"
        if left != "delete":
            raise CannotCopy("The database is in use: stop the server and every worker first.")

    def take_place(self) -> str:
        self.require_unused()
        with contextlib.closing(self._module.connect(self._built)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")  # all of it is in the one file that is renamed
        old = ""
        if self._live.exists():
            folder = self._live.parent / "backups"
            folder.mkdir(exist_ok=True)
            kept = folder / f"replaced-{clock.now():%Y%m%d-%H%M%S}.db"
            kept.hardlink_to(self._live)
            for side in _SIDES:  # of one that was damaged
                with contextlib.suppress(FileNotFoundError):
                    Path(f"{self._live}{side}").rename(f"{kept}{side}")
            old = str(kept)
        self._built.replace(self._live)
        return old


class _Schema:
    def __init__(self, url: sa.URL) -> None:
        self._live = url
        self._name = "restoring"
        before = str(url.query.get("options", ""))
        self.url = url.update_query_dict({"options": f"{before} -csearch_path={self._name}".strip()})

    def clear(self) -> None:
        with self._alone() as connection:
            connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {self._name} CASCADE")
            connection.exec_driver_sql(f"CREATE SCHEMA {self._name}")

    def taken(self) -> bool:
        with self._alone() as connection:
            return tables.REVISION in sa.inspect(connection).get_table_names()

    def require_unused(self) -> None:
        with self._alone() as connection:
            others = connection.exec_driver_sql(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            ).scalar_one()
        if others:
            raise CannotCopy(
                f"The database is in use by {others} connections: stop every server and every worker first."
            )

    def take_place(self) -> str:
        self.require_unused()
        with self._alone() as connection:
            live = str(connection.exec_driver_sql("SELECT current_schema()").scalar_one())
            old = f"replaced_{clock.now():%Y%m%d_%H%M%S}"
            connection.exec_driver_sql(f"ALTER SCHEMA {quoted(live)} RENAME TO {old}")
            connection.exec_driver_sql(f"ALTER SCHEMA {self._name} RENAME TO {quoted(live)}")
        return f"schema {old}"

    @contextlib.contextmanager
    def _alone(self) -> Iterator[sa.Connection]:
        """A connection of its own, whose transaction is kept if all goes well."""
        with tables.opened(self._live) as engine:
            try:
                with engine.begin() as connection:
                    yield connection
            except sa.exc.DBAPIError as error:
                raise CannotCopy(f"The database does not allow it: {first_line(error)}") from None
