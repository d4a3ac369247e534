"""Filling an empty database of a known schema with many rows: indexes and references are put on when all is there."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from compliance.backups import tables
from compliance.backups.problems import Unproved
from compliance.backups.tables import Row, Table, first_line, quoted

Pieces = Iterable[Sequence[Row]]


class Loading:
    """Takes tables one after the other into a database whose schema stands and which is empty."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._driver: Any = connection.connection.driver_connection
        self._there = {table.name: table for table in tables.Reading(connection).tables()}

    def require(self, table: Table) -> Table:
        """The table as it stands here. Raises ``Unproved`` where it is another."""
        there = self._there.get(table.name)
        if there is None or set(there.columns) != set(table.columns):
            raise Unproved(f"Table {table.name} is not the one that this release makes of the copy's schema.")
        return there

    def fill(self, table: Table, pieces: Pieces) -> None:
        """Write all rows of one table. Raises ``Unproved`` with the reason when the database does not take them."""
        there = self.require(table)
        put = self._put_sqlite if self._connection.dialect.name == "sqlite" else self._put_postgresql
        try:
            put(table, there, pieces)
        except (sa.exc.DBAPIError, self._driver_error()) as error:
            raise Unproved(f"Table {table.name} cannot be written: {first_line(error)}") from None

    def _driver_error(self) -> type[Exception]:
        found: type[Exception] = self._connection.dialect.loaded_dbapi.Error
        return found

    def _put_sqlite(self, table: Table, _there: Table, pieces: Pieces) -> None:
        values = ", ".join("unhex(?)" if kind == "bytes" else "?" for kind in table.kinds)
        into = f"INSERT INTO {quoted(table.name)} ({_columns(table)}) VALUES ({values})"
        cursor = self._driver.cursor()
        for rows in pieces:
            cursor.executemany(into, rows)

    def _put_postgresql(self, table: Table, there: Table, pieces: Pieces) -> None:
        declared = dict(zip(there.columns, there.declared, strict=True))
        long = [at for at, name in enumerate(table.columns) if declared[name] == "BYTEA"]
        with (
            self._driver.cursor() as cursor,
            cursor.copy(f"COPY {quoted(table.name)} ({_columns(table)}) FROM STDIN") as copy,
        ):
            for rows in pieces:
                for row in rows:
                    if long:
                        row = [f"\\x{v}" if at in long and v is not None else v for at, v in enumerate(row)]
                    copy.write_row(row)


@contextmanager
def loading(url: sa.URL, building: Callable[[int], None]) -> Iterator[Loading]:
    """Fill the database at an address, in one transaction. Indexes and references are made anew at the end.

    ``building`` is told how many of them are still to be made. Raises ``Unproved`` where a reference points nowhere.
    """
    with tables.opened(url) as engine, engine.connect() as connection:
        door = _load_sqlite if engine.dialect.name == "sqlite" else _load_postgresql
        with door(connection, building) as found:
            yield found
    if engine.dialect.name == "sqlite" and url.database:
        _settle(Path(url.database))


@contextmanager
def _load_sqlite(connection: sa.Connection, building: Callable[[int], None]) -> Iterator[Loading]:
    run = connection.exec_driver_sql
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-131072"):
        run(f"PRAGMA {pragma}")
    run("BEGIN IMMEDIATE")
    indexes = run("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").all()
    for name, _ in indexes:
        run(f"DROP INDEX {quoted(name)}")
    yield Loading(connection)
    for at, (_, made_by) in enumerate(indexes):
        building(len(indexes) - at)
        run(made_by)
    building(0)
    broken = run("PRAGMA foreign_key_check").first()
    if broken:
        raise Unproved(f"A row of table {broken[0]} points to a row of {broken[2]} that is not in the copy.")
    run("COMMIT")


@contextmanager
def _load_postgresql(connection: sa.Connection, building: Callable[[int], None]) -> Iterator[Loading]:
    run = connection.exec_driver_sql
    run("SET LOCAL TIME ZONE 'UTC'")
    run("SET LOCAL synchronous_commit = on")
    run("SET LOCAL maintenance_work_mem = '128MB'")
    references = run(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
    ).all()
    indexes = run(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " JOIN pg_class ON pg_class.oid = indexrelid WHERE relnamespace = current_schema()::regnamespace"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)"
    ).all()
    for table, name, _ in references:
        run(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _ in indexes:
        run(f"DROP INDEX {name}")
    yield Loading(connection)
    for at, (_, made_by) in enumerate(indexes):
        building(len(indexes) + len(references) - at)
        run(made_by)
    for at, (table, name, made_by) in enumerate(references):
        building(len(references) - at)
        try:
            run(f"ALTER TABLE {table} ADD CONSTRAINT {name} {made_by}")
        except sa.exc.IntegrityError as error:
            raise Unproved(f"A row of table {table} points to a row that is not there: {first_line(error)}") from None
    building(0)
    _count_on(connection)
    run("ANALYZE")
    connection.commit()


def _count_on(connection: sa.Connection) -> None:
    """Running numbers go on after the highest that is there."""
    counted = connection.exec_driver_sql(
        "SELECT table_name, column_name, pg_get_serial_sequence(quote_ident(table_name), column_name)"
        " FROM information_schema.columns WHERE table_schema = current_schema()"
        " AND (is_identity = 'YES' OR column_default LIKE 'nextval%%')"
    ).all()
    for table, column, sequence in counted:
        connection.exec_driver_sql(
            f"SELECT setval('{sequence}', coalesce(max({quoted(column)}), 1), max({quoted(column)}) IS NOT NULL)"
            f" FROM {quoted(table)}"
        )


def _settle(file: Path) -> None:
    """What was written without care for the disk is on it from here on."""
    with file.open("rb+") as written:
        os.fsync(written.fileno())


def _columns(table: Table) -> str:
    return ", ".join(map(quoted, table.columns))
