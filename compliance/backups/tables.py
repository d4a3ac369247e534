"""Tables read and written in one form for both kinds of database: rows of texts, whole numbers, floats and nothing.

Bytes and ids are upper-case hexadecimal digits, moments are texts in UTC with microseconds, truth values 0 and 1, JSON
is its text. The database itself makes these of its values and back, so that Python only hands them on.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from pydantic_core import from_json, to_json

from compliance.backups.problems import CannotCopy, Unproved

REVISION = "alembic_version"  # stands beside the tables of the product, and is not copied as one
Row = Sequence[Any]
_PIECE = 1 << 20  # bytes of rows that are in memory at once, about
_FEW, _MANY = 16, 2000  # rows of the first piece of a table, and of any
_KINDS = (  # what a column is declared as, on either database
    (re.compile(r"BLOB|BYTEA|UUID"), "bytes"),
    (re.compile(r"JSON"), "json"),
    (re.compile(r"BOOL"), "truth"),
    (re.compile(r"DATETIME|TIMESTAMP"), "moment"),
    (re.compile(r"DATE"), "day"),
    (re.compile(r"INT"), "whole"),
    (re.compile(r"FLOAT|DOUBLE|REAL"), "float"),
    (re.compile(r"CHAR|TEXT"), "text"),
)
_SQLITE = {
    "bytes": "iif({0} IS NULL, NULL, hex({0}))",
    "json": "CAST({0} AS TEXT)",
    "moment": "iif(length({0}) = 19, {0} || '.000000', {0})",
}
_POSTGRESQL = {
    "uuid": "upper(replace({0}::text, '-', ''))",
    "bytes": "upper(encode({0}, 'hex'))",
    "json": "{0}::text",
    "truth": "{0}::int",
    "day": "{0}::text",
    "moment": "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
}
_PLAINLY = ("extra_float_digits = 1", "DateStyle = ISO", "max_parallel_workers_per_gather = 0")


@dataclass(frozen=True)
class Table:
    """A table as it stands in a database: its columns in order, what each holds, and as what it is declared."""

    name: str
    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    declared: tuple[str, ...]


@dataclass(frozen=True)
class Sum:
    """What tells whether two tables hold the same rows, in whatever order."""

    rows: int
    digest: str


@dataclass(frozen=True)
class Piece:
    """Some rows, and each of them as a line of JSON."""

    rows: Sequence[Row]
    lines: Sequence[bytes]


class Summing:
    """Adds up the SHA-256 of rows. ``same_everywhere``: so that both kinds of database give the same for the same.

    PostgreSQL keeps JSON by its values and not by its letters; a sum over the letters is quicker, and enough where
    rows go back to where they came from. No order is summed up: PostgreSQL keeps none.
    """

    def __init__(self, table: Table, *, same_everywhere: bool) -> None:
        self._json = [at for at, kind in enumerate(table.kinds) if kind == "json"] if same_everywhere else []
        self._total, self._rows = 0, 0

    def add(self, piece: Piece) -> None:
        """Some rows."""
        lines = [line_of(self._plain(row)) for row in piece.rows] if self._json else piece.lines
        sha256, whole = hashlib.sha256, int.from_bytes
        self._total += sum([whole(sha256(line).digest(), "big") for line in lines])
        self._rows += len(lines)

    def sum(self) -> Sum:
        """Of all that was added."""
        return Sum(self._rows, f"{self._total % 2**256:064x}")

    def _plain(self, row: Row) -> Row:
        values = list(row)
        for at in self._json:
            text = values[at]
            if text is not None and text not in ("{}", "[]"):
                values[at] = json.dumps(json.loads(text), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return values


def line_of(row: Row) -> bytes:
    """A row as a line of JSON."""
    return to_json(row)


def pieces_of(lines: Iterable[bytes]) -> Iterator[Piece]:
    """Rows from their lines. Raises ``ValueError``."""
    waiting: list[bytes] = []
    size = 0
    for line in lines:
        waiting.append(line)
        size += len(line)
        if size > _PIECE:
            yield _parsed(waiting)
            waiting, size = [], 0
    if waiting:
        yield _parsed(waiting)


def _parsed(lines: list[bytes]) -> Piece:
    return Piece(cast(list[Row], from_json(b"[" + b",".join(lines) + b"]")), lines)


class Reading:
    """One state of a database, however long it is read and whatever is written meanwhile."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self.dialect = connection.dialect.name
        self._driver: Any = connection.connection.driver_connection

    @property
    def revision(self) -> str:
        """The schema's. Raises ``CannotCopy`` where there is none."""
        if REVISION not in self._names():
            raise CannotCopy("This database is empty: there is nothing to copy.")
        return str(self._all(f"SELECT version_num FROM {REVISION}")[0][0])

    def tables(self) -> list[Table]:
        """Every table of the product, by name."""
        return [self._table(name) for name in self._names() if name != REVISION]

    def count(self, table: Table) -> int:
        """How many rows there are."""
        return int(self._all(f"SELECT count(*) FROM {quoted(table.name)}")[0][0])

    def newest_line(self) -> tuple[int, str]:
        """The audit trail's: its number and hash; 0 and nothing where it is empty."""
        found = self._all("SELECT number, hash FROM audit_line ORDER BY number DESC LIMIT 1")
        return (int(found[0][0]), str(found[0][1])) if found else (0, "")

    def pieces(self, table: Table) -> Iterator[Piece]:
        """All rows, on SQLite in the order in which they were written."""
        templates = _SQLITE if self.dialect == "sqlite" else _POSTGRESQL
        values = ", ".join(
            templates.get("uuid" if declared == "UUID" and "uuid" in templates else kind, "{0}").format(quoted(name))
            for name, kind, declared in zip(table.columns, table.kinds, table.declared, strict=True)
        )
        query = f"SELECT {values} FROM {quoted(table.name)}{self._as_written(table)}"
        number = _FEW
        with self._cursor() as cursor:
            cursor.execute(query)
            while rows := cursor.fetchmany(number):
                piece = Piece(rows, [line_of(row) for row in rows])
                yield piece
                number = min(_MANY, max(1, _PIECE * len(rows) // sum(map(len, piece.lines))))

    def _as_written(self, table: Table) -> str:
        """PostgreSQL has no such order, and sorting would cost much."""
        if self.dialect != "sqlite":
            return ""
        if table.name not in {row[1] for row in self._all("PRAGMA table_list") if row[4]}:
            return " ORDER BY rowid"
        keys = {row[5]: row[1] for row in self._all(f"PRAGMA table_info({quoted(table.name)})") if row[5]}
        return f" ORDER BY {', '.join(quoted(keys[at]) for at in sorted(keys))}"

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        cursor = self._driver.cursor() if self.dialect == "sqlite" else self._driver.cursor("rows")
        try:
            yield cursor
        finally:
            cursor.close()

    def _names(self) -> list[str]:
        return sorted(sa.inspect(self._connection).get_table_names())

    def _table(self, name: str) -> Table:
        if self.dialect == "sqlite":
            found = [(row[1], row[2]) for row in self._all(f"PRAGMA table_info({quoted(name)})")]
        else:
            query = (
                "SELECT column_name, data_type FROM information_schema.columns"
                f" WHERE table_schema = current_schema() AND table_name = '{name}' ORDER BY ordinal_position"
            )
            found = [(row[0], row[1]) for row in self._all(query)]
        declared = tuple(str(kind).upper() for _, kind in found)
        columns = tuple(str(column) for column, _ in found)
        return Table(name, columns, tuple(map(_kind, declared)), declared)

    def _all(self, query: str) -> list[Any]:
        return list(self._connection.exec_driver_sql(query).all())


@contextmanager
def reading(url: sa.URL) -> Iterator[Reading]:
    """One state of a database at an address. Nobody waits for it, and it waits for nobody. Raises ``CannotCopy``."""
    with opened(url) as engine:
        try:
            connection = engine.connect()
        except sa.exc.OperationalError as error:
            raise CannotCopy(f"The database cannot be reached: {first_line(error)}") from None
        with connection:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN DEFERRED")
                connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")  # from here on this state is seen
            else:
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                for setting in _PLAINLY:
                    connection.exec_driver_sql(f"SET LOCAL {setting}")
            yield Reading(connection)
            connection.rollback()


@contextmanager
def opened(url: sa.URL) -> Iterator[sa.Engine]:
    """An engine of its own that keeps no connections, and begins transactions only where it is told to."""
    if url.get_backend_name() == "sqlite":
        engine = sa.create_engine(url, poolclass=sa.pool.NullPool, module=driver(url))

        @sa.event.listens_for(engine, "connect")
        def _plain(connection: Any, _record: object) -> None:
            connection.isolation_level = None
    else:
        engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    try:
        yield engine
    finally:
        engine.dispose()


def driver(url: sa.URL) -> Any:
    """The module that opens a SQLite database, the application's own; none for others, which need no choice."""
    if url.get_backend_name() != "sqlite":
        return None
    import pysqlite3.dbapi2

    return pysqlite3.dbapi2


def check_same(table: str, expected: Sum, found: Sum, where: str) -> None:
    """Raises ``Unproved`` unless both are the same."""
    if found.rows != expected.rows:
        raise Unproved(f"Table {table} has {found.rows:,} rows {where}, and should have {expected.rows:,}.")
    if found != expected:
        raise Unproved(f"The rows of table {table} {where} are not those that were copied: their digest differs.")


def in_order(table: Table, columns: Sequence[str]) -> Table:
    """The table with its columns in this order."""
    at = [table.columns.index(column) for column in columns]
    return Table(table.name, tuple(columns), tuple(table.kinds[n] for n in at), tuple(table.declared[n] for n in at))


def quoted(name: str) -> str:
    """A name as both databases take it."""
    return '"' + name.replace('"', '""') + '"'


def first_line(error: Exception) -> str:
    """What a database says, without the rows that it says it of."""
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0]


def _kind(declared: str) -> str:
    for pattern, kind in _KINDS:
        if pattern.search(declared):
            return kind
    raise CannotCopy(f"A column is declared as {declared}, which no copy can hold.")
