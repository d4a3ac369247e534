"""The statements that write cells, in the words of each database; many rows are one statement.

SQLite runs a prepared statement once a row. PostgreSQL takes a list for each column, and the measures of a row as one
text: an array a column would take longer to send than to add up.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from compliance.shared.database import session
from compliance.trends.measures import MEASURES, OUTCOMES
from compliance.trends.models import TREND_CELL, TREND_MARK, TREND_VISIT

CELL_KEY = tuple(column.name for column in TREND_CELL.primary_key.columns)
MARK_KEY = tuple(column.name for column in TREND_MARK.primary_key.columns)
VISIT = tuple(column.name for column in TREND_VISIT.columns)
Row = tuple[Any, ...]

# What a row has and what it gets, added up mark by mark; what comes to nothing is left out.
_ADDED = {
    "sqlite": """
(SELECT json_group_object(key, total) FROM (SELECT key, sum(value) AS total FROM (
    SELECT key, value FROM json_each(trend_mark.marks) UNION ALL SELECT key, value FROM json_each(excluded.marks)
) GROUP BY key HAVING sum(value) <> 0))""",
    "postgresql": """
(SELECT coalesce(json_object_agg(key, total ORDER BY key)::text, '{}') FROM (
    SELECT key, sum(value::integer) AS total FROM (
        SELECT key, value FROM json_each_text(trend_mark.marks::json)
        UNION ALL SELECT key, value FROM json_each_text(excluded.marks::json)
    ) AS parts GROUP BY key HAVING sum(value::integer) <> 0) AS added)""",
}


def add_cells(rows: Sequence[Row]) -> None:
    """Add to cells, and make those that are not there: the key and the measures in each row."""
    _run(_add_cells, rows, len(CELL_KEY))


def take_from_cells(rows: Sequence[Row]) -> None:
    """Add to cells that are there, where fewer visits are left in them; those that nothing is left in go."""
    _run(_change_cells, rows, len(CELL_KEY))
    _run(_drop_cells, [row[: len(CELL_KEY)] for row in rows])


def add_marks(rows: Sequence[Row], *, fewer: bool) -> None:
    """Add to rows of marks: the key and the counts as JSON in each. With ``fewer``, rows may become empty and go."""
    _run(_add_marks, rows)
    if fewer:
        _run(_drop_marks, [row[: len(MARK_KEY)] for row in rows])


def write_visits(rows: Sequence[Row]) -> None:
    """Write what visits have put in, over what was there."""
    _run(_write_visits, rows)


def drop_visits(rows: Sequence[Row]) -> None:
    """Forget visits that put nothing in any more."""
    _run(_drop_visits, rows)


def _run(statement: Callable[[str], str], rows: Sequence[Row], keys: int = 0) -> None:
    if not rows:
        return
    connection = session().connection()
    text = statement(connection.dialect.name)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(text, list(rows))
        return
    columns = [list(column) for column in zip(*(row[: keys or len(row)] for row in rows), strict=True)]
    if keys:
        columns.append(["{" + ",".join(map(str, row[keys:])) + "}" for row in rows])
    connection.exec_driver_sql(text, tuple(columns))


def _kind(name: str) -> str:
    if name.endswith("_id"):
        return "uuid"
    return {"month": "integer", "grain": "smallint", "traits": "smallint"}.get(name, "text")


def _given(names: Sequence[str]) -> str:
    """Rows as PostgreSQL gets them."""
    return f"unnest({', '.join(f'%s::{_kind(name)}[]' for name in names)}) AS given({', '.join(names)})"


def _fits(table: str, key: Sequence[str]) -> str:
    return " AND ".join(f"{table}.{name} = given.{name}" for name in key)


@lru_cache
def _add_cells(dialect: str) -> str:
    sums = ", ".join(f"{name} = trend_cell.{name} + excluded.{name}" for name in MEASURES)
    where = f"ON CONFLICT ({', '.join(CELL_KEY)}) DO UPDATE SET {sums}"
    into = f"INSERT INTO trend_cell ({', '.join((*CELL_KEY, *MEASURES))})"
    if dialect == "sqlite":
        return f"{into} VALUES ({', '.join('?' * (len(CELL_KEY) + len(MEASURES)))}) {where}"
    keys = ", ".join(f"given.{name}" for name in CELL_KEY)
    values = ", ".join(f"(given.measures::bigint[])[{place}]" for place in range(1, len(MEASURES) + 1))
    return f"{into} SELECT {keys}, {values} FROM {_given((*CELL_KEY, 'measures'))} {where}"


@lru_cache
def _change_cells(dialect: str) -> str:
    if dialect == "sqlite":
        # The key comes first in a row, and here last in the statement: so its places have numbers.
        first = len(CELL_KEY) + 1
        sums = ", ".join(f"{name} = {name} + ?{place}" for place, name in enumerate(MEASURES, first))
        key = " AND ".join(f"{name} = ?{place}" for place, name in enumerate(CELL_KEY, 1))
        return f"UPDATE trend_cell SET {sums} WHERE {key}"
    sums = ", ".join(
        f"{name} = trend_cell.{name} + (given.measures::bigint[])[{place}]" for place, name in enumerate(MEASURES, 1)
    )
    given = _given((*CELL_KEY, "measures"))
    return f"UPDATE trend_cell SET {sums} FROM {given} WHERE {_fits('trend_cell', CELL_KEY)}"


@lru_cache
def _drop_cells(dialect: str) -> str:
    return _drop("trend_cell", CELL_KEY, "".join(f" AND {name} = 0" for name in OUTCOMES), dialect)


@lru_cache
def kept_visit(dialect: str) -> str:
    """What one visit has put in; its id is given."""
    return f"SELECT {', '.join(VISIT)} FROM trend_visit WHERE visit_id = {'?' if dialect == 'sqlite' else '%s'}"


@lru_cache
def _drop_visits(dialect: str) -> str:
    return _drop("trend_visit", ("visit_id",), "", dialect)


@lru_cache
def _drop_marks(dialect: str) -> str:
    return _drop("trend_mark", MARK_KEY, " AND marks = '{}'", dialect)


def _drop(table: str, key: Sequence[str], empty: str, dialect: str) -> str:
    if dialect == "sqlite":
        return f"DELETE FROM {table} WHERE {' AND '.join(f'{name} = ?' for name in key)}{empty}"
    return f"DELETE FROM {table} USING {_given(key)} WHERE {_fits(table, key)}{empty}"


@lru_cache
def _add_marks(dialect: str) -> str:
    where = f"ON CONFLICT ({', '.join(MARK_KEY)}) DO UPDATE SET marks = {_ADDED[dialect]}"
    return _insert("trend_mark", (*MARK_KEY, "marks"), dialect) + where


@lru_cache
def _write_visits(dialect: str) -> str:
    new = ", ".join(f"{name} = excluded.{name}" for name in VISIT if name != "visit_id")
    return _insert("trend_visit", VISIT, dialect) + f"ON CONFLICT (visit_id) DO UPDATE SET {new}"


def _insert(table: str, names: Sequence[str], dialect: str) -> str:
    into = f"INSERT INTO {table} ({', '.join(names)}) "
    if dialect == "sqlite":
        return into + f"VALUES ({', '.join('?' * len(names))}) "
    return into + f"SELECT {', '.join(f'given.{name}' for name in names)} FROM {_given(names)} "
