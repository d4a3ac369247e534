"""Proof that the cells are what the receipts give, and the way to put them right where they are not."""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa

from compliance.people.rules import Actor
from compliance.shared import audit
from compliance.shared.database import session
from compliance.trends import store_anew, store_statements
from compliance.trends.contribution import Put
from compliance.trends.measures import MEASURES
from compliance.trends.models import TREND_CELL, TREND_MARK, TREND_VISIT
from compliance.trends.sources import as_id, raw_rows, table
from compliance.trends.store_anew import Anew, Gathering
from compliance.trends.store_put import as_row
from compliance.trends.store_statements import CELL_KEY, MARK_KEY, VISIT
from compliance.visits.states import State

_CHUNK = 5000
_AT_ONCE = 2000


class Fault(StrEnum):
    """How something kept differs from what the receipts give."""

    missing = "missing"
    left_over = "left over"
    differs = "differs"


class Difference(NamedTuple):
    """One row that is not what the receipts give, and which of its numbers are not."""

    table: str
    fault: Fault
    key: tuple[Any, ...]
    kept: str = ""
    given: str = ""

    @property
    def where(self) -> str:
        """The key in words."""
        return ", ".join(str(as_id(one)) if isinstance(one, bytes) else str(one) for one in self.key)


class Proof(NamedTuple):
    """What was looked at: released visits, cells, rows of marks; and what differs, at most so many of each table."""

    visits: int
    cells: int
    marks: int
    differences: list[Difference]


MOST = 100
"""Differences that are listed for each table."""


def begin_reading() -> None:
    """Begin a transaction that sees one state of the database throughout, and that nobody waits for."""
    session().rollback()
    on_sqlite = session().get_bind().dialect.name == "sqlite"
    session().connection(
        execution_options={"sqlite_begin": "DEFERRED"} if on_sqlite else {"isolation_level": "REPEATABLE READ"}
    )


def complete() -> bool:
    """Whether every released visit is in the cells; if not, they have not been filled since the upgrade."""
    visit = table("visit")
    given = sa.select(sa.func.count()).select_from(visit).where(visit.c.state == State.released)
    kept = sa.select(sa.func.count()).select_from(TREND_VISIT)
    return bool(session().execute(given).scalar_one() == session().execute(kept).scalar_one())


def verify() -> Proof:
    """Work everything out anew from the receipts of all associations, and compare it with what is kept."""
    anew, visits = _compared_visits()
    cells, marks = list(_compared_cells(anew)), list(_compared_marks(anew))
    return Proof(anew.visits, len(anew.keys), len(anew.marks), [*visits, *cells, *marks])


def rebuild(actors: Sequence[Actor]) -> Proof:
    """Throw the cells away and make them from the receipts, with a line on the trail of each association.

    The line comes first: on PostgreSQL it holds every other writer until the caller ends the transaction.
    """
    for actor in actors:
        audit.record(actor, "trends.rebuilt")
    for one_of in (TREND_VISIT, TREND_CELL, TREND_MARK):
        session().execute(sa.delete(one_of))
    gathering, waiting = Gathering(), []
    for one in store_anew.puts():
        gathering.add(one)
        waiting.append(as_row(one))
        if len(waiting) >= _AT_ONCE:
            store_statements.write_visits(waiting)
            waiting = []
    store_statements.write_visits(waiting)
    anew = gathering.done()
    keys = sorted(anew.keys)  # in the order of the key, or the table would be scattered over the file
    for some in _portions(len(keys)):
        numbers = anew.cells[[anew.keys[key] for key in keys[some]]].tolist()
        store_statements.add_cells([(*key, *values) for key, values in zip(keys[some], numbers, strict=True)])
    marks = sorted(anew.marks.items(), key=lambda row: row[0])
    for some in _portions(len(marks)):
        store_statements.add_marks([(*key, json.dumps(counts)) for key, counts in marks[some]], fewer=False)
    return Proof(anew.visits, len(keys), len(marks), [])


def _portions(number: int) -> Iterator[slice]:
    for start in range(0, number, _AT_ONCE):
        yield slice(start, start + _AT_ONCE)


def _streamed(query: sa.Select[Any]) -> Iterator[Any]:
    with closing(session().execute(query, execution_options={"yield_per": _CHUNK})) as rows:
        yield from rows


def _chunked(query: sa.Select[Any]) -> Iterator[Sequence[Any]]:
    with closing(session().execute(query, execution_options={"yield_per": _CHUNK})) as rows:
        yield from rows.partitions()


def _compared_visits() -> tuple[Anew, list[Difference]]:
    """Everything anew, and on the way what each visit should have put in against what it is said to have put in."""
    kept = _streamed(raw_rows(TREND_VISIT).order_by(TREND_VISIT.c.visit_id))
    gathering, found = Gathering(), []
    row = next(kept, None)
    for one in store_anew.puts():
        gathering.add(one)
        while row is not None and row[0] < one.visit_id:
            found.append(Difference("trend_visit", Fault.left_over, (row[0],)))
            row = next(kept, None)
        if row is None or row[0] != one.visit_id:
            found.append(Difference("trend_visit", Fault.missing, (one.visit_id,)))
            continue
        found += _compared_visit(row, one)
        row = next(kept, None)
    while row is not None:
        found.append(Difference("trend_visit", Fault.left_over, (row[0],)))
        row = next(kept, None)
    return gathering.done(), found[:MOST]


def _compared_visit(row: Sequence[Any], one: Put) -> list[Difference]:
    given = as_row(one)
    if tuple(row) == given:
        return []
    parts = [(name, old, new) for name, old, new in zip(VISIT, row, given, strict=True) if old != new]
    return [_difference("trend_visit", (one.visit_id,), parts)]


def _compared_cells(anew: Anew) -> Iterator[Difference]:
    seen = np.zeros(len(anew.keys), bool)
    left = MOST
    for rows in _chunked(raw_rows(TREND_CELL)):
        at = [anew.keys.get(tuple(row[: len(CELL_KEY)]), -1) for row in rows]
        places = np.array(at, np.int64)
        numbers = np.array([row[len(CELL_KEY) :] for row in rows], np.int64)
        known = np.flatnonzero(places >= 0)
        seen[places[known]] = True
        wrong = known[(numbers[known] != anew.cells[places[known]]).any(axis=1)]
        for place in [*np.flatnonzero(places < 0).tolist(), *wrong.tolist()][:left]:
            left -= 1
            key = tuple(rows[place][: len(CELL_KEY)])
            if at[place] < 0:
                yield Difference("trend_cell", Fault.left_over, key)
                continue
            given = anew.cells[at[place]].tolist()
            pairs = zip(MEASURES, numbers[place].tolist(), given, strict=True)
            yield _difference("trend_cell", key, [part for part in pairs if part[1] != part[2]])
    missing = set(np.flatnonzero(~seen)[:left].tolist())
    if missing:
        yield from (Difference("trend_cell", Fault.missing, key) for key, at in anew.keys.items() if at in missing)


def _compared_marks(anew: Anew) -> Iterator[Difference]:
    expected = dict(anew.marks)
    left = MOST
    for row in _streamed(raw_rows(TREND_MARK)):
        key, counts = tuple(row[: len(MARK_KEY)]), json.loads(row.marks)
        given = expected.pop(key, None)
        if given == counts:
            continue
        left -= 1
        if left < 0:
            return
        if given is None:
            yield Difference("trend_mark", Fault.left_over, key)
            continue
        names = sorted(given.keys() | counts.keys())
        parts = [(name, counts.get(name, 0), given.get(name, 0)) for name in names]
        yield _difference("trend_mark", key, [part for part in parts if part[1] != part[2]])
    yield from (Difference("trend_mark", Fault.missing, key) for key in list(expected)[:left])


def _difference(table: str, key: tuple[Any, ...], parts: Sequence[tuple[str, Any, Any]]) -> Difference:
    kept = ", ".join(f"{name} {old}" for name, old, _new in parts)
    given = ", ".join(f"{name} {new}" for name, _old, new in parts)
    return Difference(table, Fault.differs, key, kept, given)
