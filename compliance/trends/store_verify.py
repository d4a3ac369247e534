"""Proof that the cells are what the receipts give, and the way to put them right where they are not."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from enum import StrEnum
from itertools import islice
from typing import Any, NamedTuple

import sqlalchemy as sa

from compliance.people.rules import Actor
from compliance.shared import audit
from compliance.shared.database import session
from compliance.trends import store_anew, store_fold, store_statements
from compliance.trends.models import TREND_CELLS, TREND_LOG, TREND_VISIT
from compliance.trends.sources import as_id, raw_rows, table
from compliance.trends.store_statements import VISIT, Row
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
    """What was looked at: released visits, rows of cells; and what differs, at most so many of each table."""

    visits: int
    cells: int
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
    number, visits = _compared_visits()
    cells, differ = _compared_cells()
    return Proof(number, cells, [*visits, *differ])


def rebuild(actors: Sequence[Actor]) -> Proof:
    """Throw the cells away and make them from the receipts, with a line on the trail of each association.

    The line comes first: on PostgreSQL it holds every other writer until the caller ends the transaction.
    """
    for actor in actors:
        audit.record(actor, "trends.rebuilt")
    store_fold.keep_apart()
    for one_of in (TREND_VISIT, TREND_LOG, TREND_CELLS):
        session().execute(sa.delete(one_of))
    visits = cells = 0
    for some in _batched(store_anew.puts(), _AT_ONCE):
        store_statements.write_visits(some)
        visits += len(some)
    for rows in _batched(store_anew.cells(), _AT_ONCE):
        store_statements.write_cells(rows)
        cells += len(rows)
    return Proof(visits, cells, [])


def _batched(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    while some := list(islice(rows, size)):
        yield some


def _compared_visits() -> tuple[int, list[Difference]]:
    """What each visit should have put in against what it is said to have put in."""
    query = raw_rows(TREND_VISIT).order_by(TREND_VISIT.c.visit_id)
    found: list[Difference] = []
    number = 0
    with closing(session().execute(query, execution_options={"yield_per": _CHUNK})) as rows:
        row = next(rows, None)
        for one in store_anew.puts():
            number += 1
            while row is not None and row[0] < one.visit_id:
                found.append(Difference("trend_visit", Fault.left_over, (row[0],)))
                row = next(rows, None)
            if row is None or row[0] != one.visit_id:
                found.append(Difference("trend_visit", Fault.missing, (one.visit_id,)))
                continue
            if tuple(row) != one:
                parts = [(name, old, new) for name, old, new in zip(VISIT, row, one, strict=True) if old != new]
                found.append(_difference("trend_visit", (one.visit_id,), parts))
            row = next(rows, None)
        while row is not None:
            found.append(Difference("trend_visit", Fault.left_over, (row[0],)))
            row = next(rows, None)
    return number, found[:MOST]


def _compared_cells() -> tuple[int, list[Difference]]:
    """What the cells should hold against what they and the log hold together."""
    kept = {tuple(row[:-1]): row[-1] for row in session().execute(raw_rows(TREND_CELLS))}
    kept |= store_fold.with_log(kept)
    found, number = [], 0
    for cell in store_anew.cells():
        number += 1
        *key, body = cell
        there = kept.pop(tuple(key), b"")
        if there != body:
            fault = Fault.differs if there else Fault.missing
            found.append(Difference("trend_cells", fault, tuple(key)))
    found += [Difference("trend_cells", Fault.left_over, key) for key, body in kept.items() if body]
    return number, found[:MOST]


def _difference(table: str, key: tuple[Any, ...], parts: Sequence[tuple[str, Any, Any]]) -> Difference:
    kept = ", ".join(f"{name} {old}" for name, old, _new in parts)
    given = ", ".join(f"{name} {new}" for name, _old, new in parts)
    return Difference(table, Fault.differs, key, kept, given)
