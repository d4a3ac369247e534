"""Proof that the cells are what the receipts give, and the way to put them right where they are not."""

import struct
from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum
from itertools import compress, islice
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import sqlalchemy as sa

from compliance.people.rules import Actor
from compliance.shared import audit
from compliance.shared.database import session
from compliance.trends import packed, store_anew, store_fold, store_last, store_statements
from compliance.trends.contribution import Raw, measured
from compliance.trends.contributions import Contributions
from compliance.trends.measures import MEASURES
from compliance.trends.models import TREND_CELLS, TREND_LAST, TREND_LOG, TREND_VISIT
from compliance.trends.packed import Family
from compliance.trends.sources import as_id, raw_rows, table
from compliance.trends.store_anew import Key
from compliance.trends.store_columns import AT_ONCE, Told, read, untold
from compliance.trends.store_statements import VISIT
from compliance.visits.states import State

Part = tuple[str, Any, Any]
"""A name, what is kept under it, and what should be."""
FEW = 5
"""Numbers that are listed for each packed row."""
UNREADABLE = (struct.error, ValueError, IndexError, KeyError, MemoryError)
"""What reading a body raises that nobody has packed."""


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


def complete() -> bool:
    """Whether every released visit is in the cells; if not, they have not been filled since the upgrade."""
    visit = table("visit")
    given = sa.select(sa.func.count()).select_from(visit).where(visit.c.state == State.released)
    kept = sa.select(sa.func.count()).select_from(TREND_VISIT)
    return bool(session().execute(given).scalar_one() == session().execute(kept).scalar_one())


def verify(told: Told = untold) -> Proof:
    """Work everything out anew from the receipts of all associations, and compare it with what is kept."""
    anew = store_anew.everything(told)
    visits = list(islice(_compared_visits(anew, told), MOST))
    number, cells = _compared_cells(anew)
    return Proof(len(anew.visits), number, [*visits, *cells, *_compared_last()])


def rebuild(actors: Sequence[Actor], told: Told = untold) -> Proof:
    """Throw the cells away and make them from the receipts, with a line on the trail of each association.

    The line comes first: on PostgreSQL it holds every other writer until the caller ends the transaction.
    """
    for actor in actors:
        audit.record(actor, "trends.rebuilt")
    store_fold.keep_apart()
    for one_of in (TREND_VISIT, TREND_LOG, TREND_CELLS):
        session().execute(sa.delete(one_of))
    anew = store_anew.everything(told)
    for some in _portions(len(anew.visits)):
        columns = anew.puts(np.arange(some.start, some.stop))
        columns[:] = [
            _written(column) if name.endswith("_id") else column for name, column in zip(VISIT, columns, strict=True)
        ]
        store_statements.write_visits(list(zip(*columns, strict=True)))
    # In the order of the key: what is read together lies together.
    cells = [(_raw(key[0]), *key[1:], body) for key, body in sorted(store_anew.cells(anew))]
    for some in _portions(len(cells)):
        store_statements.write_cells(cells[some])
    store_last.rebuild()
    return Proof(len(anew.visits), len(cells), [])


def _portions(number: int) -> Iterator[slice]:
    for start in range(0, number, AT_ONCE):
        yield slice(start, min(start + AT_ONCE, number))


def _on_sqlite() -> bool:
    return session().get_bind().dialect.name == "sqlite"


def _written(ids: list[bytes]) -> list[Any]:
    """Ids as a statement takes them."""
    return ids if _on_sqlite() else list(map(bytes.hex, ids))


def _raw(id: bytes) -> Raw:
    """An id as the driver gives it."""
    return id if _on_sqlite() else UUID(bytes=id)


def _compared_visits(anew: Contributions, told: Told) -> Iterator[Difference]:
    """What each visit should have put in against what it is said to have put in."""
    seen = np.zeros(len(anew.visits), bool)
    for kept in read(sa.select(TREND_VISIT), told):
        at = anew.visits.known(kept[0])
        yield from (_of_visit(kept[0][place], Fault.left_over) for place in np.flatnonzero(at < 0).tolist())
        known = at >= 0
        at = at[known]
        seen[at] = True
        there = [list(column if known.all() else compress(column, known.tolist())) for column in kept]
        given = anew.puts(at)
        if there == given:
            continue
        for old, new in zip(zip(*there, strict=True), zip(*given, strict=True), strict=True):
            if old != new:
                yield _of_visit(old[0], Fault.differs, _parts(old, new))
    ids = list(anew.visits)
    yield from (_of_visit(ids[place], Fault.missing) for place in np.flatnonzero(~seen).tolist())


def _of_visit(id: bytes, fault: Fault, parts: Sequence[Part] = ()) -> Difference:
    return _difference("trend_visit", fault, (id,), parts)


def _parts(old: Sequence[Any], new: Sequence[Any]) -> list[Part]:
    """Which parts of what a visit puts in differ; of its sums, which measures."""
    found = []
    for name, one, other in zip(VISIT, old, new, strict=True):
        if name == "sums" and one != other and len(one) == len(other):
            numbers = measured([one, other]).T.tolist()
            found += [part for part in zip(MEASURES, *numbers, strict=True) if part[1] != part[2]]
        elif one != other:
            found.append((name, _in_words(one), _in_words(other)))
    return found


def _compared_cells(anew: Contributions) -> tuple[int, list[Difference]]:
    """What is packed against what should be: what the receipts give, without what still waits in the log.

    Bytes are compared, and what is kept is not read: it may be anything.
    """
    given: dict[Key, bytes] = {(_raw(key[0]), *key[1:]): body for key, body in store_anew.cells(anew)}
    number = len(given)
    given |= store_anew.without_log(given)
    found = []
    for *key, body in session().execute(raw_rows(TREND_CELLS)):
        expected = given.pop(tuple(key), b"")
        if expected != body:
            found.append(_of_cells(tuple(key), body, expected))
        if len(found) == MOST:
            return number, found
    missing = [key for key, body in given.items() if body]
    return number, found + [_of_cells(key, None, given[key]) for key in missing[: MOST - len(found)]]


def _of_cells(key: tuple[Any, ...], kept: bytes | None, given: bytes) -> Difference:
    if kept is None or not given:
        return Difference("trend_cells", Fault.missing if kept is None else Fault.left_over, key)
    fault = Fault.differs
    try:
        old, new = _entries(key, kept), _entries(key, given)
    except UNREADABLE:
        return Difference("trend_cells", fault, key, "what cannot be read", "other bytes")
    parts = [(where, old.get(where, 0), new.get(where, 0)) for where in sorted(old.keys() | new.keys())]
    differ = [part for part in parts if part[1] != part[2]]
    return _difference("trend_cells", fault, key, differ[:FEW] or [("written otherwise, bytes", len(kept), len(given))])


def _entries(key: tuple[Any, ...], body: bytes) -> dict[str, int]:
    """The numbers of a packed row, by where they count and what."""
    spread = packed.unpacked(Family(key[1]), [key[3:]], [body])
    one = spread.entries
    words = [[_in_words(word) for word in some] for some in one.words]
    found: dict[str, int] = {}
    for at, values in zip(one.places.T.tolist(), one.values.T.tolist(), strict=True):
        where = " ".join(filter(None, (some[place] for some, place in zip(words, at, strict=True))))
        found |= {f"{where} {name}": value for name, value in zip(one.columns, values, strict=True) if value}
    return found


def _compared_last() -> Iterator[Difference]:
    """The days of the last visits against those that the visits themselves give."""
    kept = sa.select(*TREND_LAST.columns)
    wrong = {row[0]: row[2:] for row in session().execute(kept.except_(store_last.given()).limit(MOST))}
    right = {row[0]: row[2:] for row in session().execute(store_last.given().except_(kept).limit(MOST))}
    for enterprise_id in sorted(wrong.keys() | right.keys()):
        fault = Fault.missing if enterprise_id not in wrong else Fault.differs
        fault = Fault.left_over if enterprise_id not in right else fault
        said = (_last_in_words(side.get(enterprise_id)) for side in (wrong, right))
        yield Difference("trend_last", fault, (enterprise_id,), *said)


def _last_in_words(row: tuple[bool, date | None] | None) -> str:
    if row is None:
        return ""
    member, last_on = row
    return f"{'member' if member else 'no member'}, {last_on or 'never'}"


def _in_words(one: Any) -> str:
    """A part of a row for people: ids and bytes too."""
    if not isinstance(one, bytes):
        return str(one)
    return str(UUID(bytes=one)) if len(one) == 16 else one.decode(errors="backslashreplace")


def _difference(table: str, fault: Fault, key: tuple[Any, ...], parts: Sequence[Part]) -> Difference:
    kept = ", ".join(f"{name} {old}" for name, old, _new in parts)
    given = ", ".join(f"{name} {new}" for name, _old, new in parts)
    return Difference(table, fault, key, kept, given)
