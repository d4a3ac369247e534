"""The statements that keep cells and what visits put in, in the words of each database; many rows are one statement.

SQLite runs a prepared statement once a row. PostgreSQL takes a list for each column.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from compliance.shared.database import session
from compliance.trends.contribution import Put
from compliance.trends.models import TREND_CELLS, TREND_LOG, TREND_VISIT

VISIT = tuple(column.name for column in TREND_VISIT.columns)
_LOG = tuple(column.name for column in TREND_LOG.columns if column.name != "id")
_IN_LOG = tuple(VISIT.index(name) for name in _LOG if name != "sign")
CELL = tuple(column.name for column in TREND_CELLS.columns)
CELL_KEY = CELL[:-1]
_KINDS = dict.fromkeys(("traits", "sign", "family", "grain"), "smallint") | {
    "month": "integer",
    "sums": "bytea",
    "body": "bytea",
}
Row = tuple[Any, ...]


def write_visits(rows: Sequence[Row]) -> None:
    """Write what visits have put in, over what was there."""
    _run(_write_visits, rows)


def drop_visits(rows: Sequence[Row]) -> None:
    """Forget visits that put nothing in any more: their ids."""
    _run(_drop_visits, rows)


def log(changes: Sequence[tuple[int, Put]]) -> None:
    """Note what was put in (1) and taken out (-1)."""
    _run(_write_log, [(put.association_id, sign, *(put[place] for place in _IN_LOG[1:])) for sign, put in changes])


def write_cells(rows: Sequence[Row]) -> None:
    """Write packed cells, over what was there."""
    _run(_write_cells, rows)


def drop_cells(rows: Sequence[Row]) -> None:
    """Packed cells that nothing is left in: their keys."""
    _run(_drop_cells, rows)


def _run(statement: Callable[[str], str], rows: Sequence[Row]) -> None:
    if not rows:
        return
    connection = session().connection()
    text = statement(connection.dialect.name)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(text, list(rows))
        return
    connection.exec_driver_sql(text, tuple(list(column) for column in zip(*rows, strict=True)))


def _kind(name: str) -> str:
    if name.endswith("_id"):
        return "uuid"
    return _KINDS.get(name, "text")


def _given(names: Sequence[str]) -> str:
    """Rows as PostgreSQL gets them."""
    return f"unnest({', '.join(f'%s::{_kind(name)}[]' for name in names)}) AS given({', '.join(names)})"


@lru_cache
def kept_visit(dialect: str) -> str:
    """What one visit has put in; its id is given."""
    return f"SELECT {', '.join(VISIT)} FROM trend_visit WHERE visit_id = {'?' if dialect == 'sqlite' else '%s'}"


@lru_cache
def _drop_visits(dialect: str) -> str:
    return _drop("trend_visit", ("visit_id",), dialect)


@lru_cache
def _drop_cells(dialect: str) -> str:
    return _drop("trend_cells", CELL_KEY, dialect)


@lru_cache
def _write_cells(dialect: str) -> str:
    where = f"ON CONFLICT ({', '.join(CELL_KEY)}) DO UPDATE SET body = excluded.body"
    return _insert("trend_cells", CELL, dialect) + where


@lru_cache
def _write_visits(dialect: str) -> str:
    new = ", ".join(f"{name} = excluded.{name}" for name in VISIT if name != "visit_id")
    return _insert("trend_visit", VISIT, dialect) + f"ON CONFLICT (visit_id) DO UPDATE SET {new}"


@lru_cache
def _write_log(dialect: str) -> str:
    return _insert("trend_log", _LOG, dialect)


def _drop(table: str, key: Sequence[str], dialect: str) -> str:
    if dialect == "sqlite":
        return f"DELETE FROM {table} WHERE {' AND '.join(f'{name} = ?' for name in key)}"
    fits = " AND ".join(f"{table}.{name} = given.{name}" for name in key)
    return f"DELETE FROM {table} USING {_given(key)} WHERE {fits}"


def _insert(table: str, names: Sequence[str], dialect: str) -> str:
    into = f"INSERT INTO {table} ({', '.join(names)}) "
    if dialect == "sqlite":
        return into + f"VALUES ({', '.join('?' * len(names))}) "
    return into + f"SELECT {', '.join(f'given.{name}' for name in names)} FROM {_given(names)} "
