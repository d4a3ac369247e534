"""Bringing the cells up to date: what a visit had put in is taken back, and what it says now is put in.

It happens in the transaction that changes the visit, its scorecard, its findings, or the classes of its enterprise or
workplace, before it commits (``shared.touched``). Nothing here is audited: the cells say nothing that their sources on
the trail do not say.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from compliance.shared import touched
from compliance.shared.database import session
from compliance.trends import store_receipts, store_statements
from compliance.trends.contribution import CellKey, MarkKey, Put, cell_keys, mark_keys, put
from compliance.trends.measures import OUTCOMES, TRAITS
from compliance.trends.models import TREND_VISIT
from compliance.trends.sources import raw_rows, table
from compliance.visits.states import State

AT_ONCE = 500
"""Visits that are brought up to date together."""

Cells = dict[CellKey, list[int]]
Marks = dict[MarkKey, dict[str, int]]


def init() -> None:
    """Let every transaction that changes a released result bring its cells up to date."""
    released = ("state", "outcome", "route", "visited_on", "planned_for", "checklist_version_id")
    touched.watch("visit", released, lambda row: ("visit", row.id) if _is_or_was_released(row) else None)
    touched.watch("scorecard", ("released_at",), lambda row: ("visit", row.visit_id) if row.released_at else None)
    told = ("state", "severity", "item", "area", "clause", "repeat_of_id")
    touched.watch("finding", told, lambda row: ("visit", row.visit_id) if row.released_at else None)
    touched.watch("enterprise", ("sector", "district", "size"), lambda row: ("enterprise", row.id))
    touched.watch("workplace", ("district", *TRAITS), lambda row: ("workplace", row.id))
    drawn = ("visit_id", "stratum_id")
    touched.watch("drawn_workplace", drawn, lambda row: ("visit", row.visit_id) if row.visit_id else None)
    touched.follow("cells", _follow)


def _is_or_was_released(visit: Any) -> bool:
    before = sa.inspect(visit).attrs.state.history.deleted or ()
    return visit.state is State.released or State.released in before


def _follow(what: touched.Touched) -> None:
    ids = set(what.get("visit", ()))
    for kind in ("enterprise", "workplace"):
        ids.update(_released_of(kind, what.get(kind, ())))
    bring_up_to_date(ids)


def _released_of(kind: str, ids: Collection[UUID]) -> Iterator[UUID]:
    visit = table("visit")
    for some in _portions(sorted(ids)):
        of_these = visit.c[f"{kind}_id"].in_(some)
        yield from session().execute(sa.select(visit.c.id).where(of_these, visit.c.state == State.released)).scalars()


def bring_up_to_date(visit_ids: Collection[UUID]) -> None:
    """Let the cells say of these visits what their receipts say. Doing it twice changes nothing."""
    for some in _portions(sorted(visit_ids)):
        _bring_up_to_date(some)


def _bring_up_to_date(visit_ids: Sequence[UUID]) -> None:
    before = {one.visit_id: one for one in kept(visit_ids)}
    now = {facts.visit_id: put(facts) for facts in store_receipts.of_visits(visit_ids)}
    cells: Cells = {}
    marks: Marks = defaultdict(dict)
    for visit_id in before.keys() | now.keys():
        old, new = before.get(visit_id), now.get(visit_id)
        if old == new:
            continue
        for one, sign in ((old, -1), (new, 1)):
            if one is not None:
                _add(one, sign, cells, marks)
    _write_cells(cells)
    _write_marks(marks)
    store_statements.drop_visits([(visit_id,) for visit_id in before if visit_id not in now])
    store_statements.write_visits([as_row(new) for id, new in now.items() if new != before.get(id)])


def _add(one: Put, sign: int, cells: Cells, marks: Marks) -> None:
    signed = [sign * value for value in one.measures]
    for cell in cell_keys(one):
        there = cells.get(cell)
        cells[cell] = signed if there is None else [a + b for a, b in zip(there, signed, strict=True)]
    for row in mark_keys(one) if one.marks else ():
        counts = marks[row]
        for mark in one.marks:
            counts[mark] = counts.get(mark, 0) + sign


def _write_cells(cells: Cells) -> None:
    more: list[store_statements.Row] = []
    fewer: list[store_statements.Row] = []
    for key in sorted(cells):
        values = cells[key]
        if any(values):
            less = min(values[: len(OUTCOMES)]) < 0
            (fewer if less else more).append((*key, *values))
    store_statements.take_from_cells(fewer)
    store_statements.add_cells(more)


def _write_marks(marks: Marks) -> None:
    more: list[store_statements.Row] = []
    fewer: list[store_statements.Row] = []
    for key in sorted(marks):
        counts = {mark: number for mark, number in marks[key].items() if number}
        if counts:
            less = min(counts.values()) < 0
            (fewer if less else more).append((*key, json.dumps(counts)))
    store_statements.add_marks(fewer, fewer=True)
    store_statements.add_marks(more, fewer=False)


def kept(visit_ids: Sequence[UUID]) -> list[Put]:
    """What these visits have put in."""
    if len(visit_ids) > 1:
        return [as_put(row) for row in session().execute(_KEPT, {"ids": visit_ids})]
    connection = session().connection()
    said = store_statements.kept_visit(connection.dialect.name)
    given = (store_receipts.as_raw(visit_ids[0], connection.dialect),)
    return [as_put(row) for row in connection.exec_driver_sql(said, given)]


_KEPT = raw_rows(TREND_VISIT).where(TREND_VISIT.c.visit_id.in_(sa.bindparam("ids", expanding=True)))


def as_put(row: Sequence[Any]) -> Put:
    """A kept row as what it keeps."""
    *where, measures, marks = row
    return Put._make((*where, tuple(map(int, measures.split(","))), tuple(json.loads(marks))))


def as_row(one: Put) -> tuple[Any, ...]:
    """What is kept of it."""
    return (*one[:11], ",".join(map(str, one.measures)), json.dumps(one.marks))


def _portions(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
