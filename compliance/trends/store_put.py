"""Bringing the cells up to date: what a visit had put in is taken back, and what it says now is put in.

Both go into the log that every reader adds to the cells (``store_sums``), and from there into the cells when it grows
long (``store_fold``): so transactions that release results do not wait for one another.

It happens in the transaction that changes the visit, its scorecard, its findings, or the classes of its enterprise or
workplace, before it commits (``shared.touched``). Nothing here is audited: the cells say nothing that their sources on
the trail do not say.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from compliance.shared import touched
from compliance.shared.database import session
from compliance.trends import store_fold, store_last, store_receipts, store_statements
from compliance.trends.contribution import Put, put
from compliance.trends.measures import TRAITS
from compliance.trends.models import TREND_VISIT
from compliance.trends.sources import raw_rows, table
from compliance.visits.states import State

AT_ONCE = 500
"""Visits that are brought up to date together."""


def init() -> None:
    """Let every transaction that changes a released result bring its cells up to date."""
    released = (
        "state", "outcome", "route", "visited_on", "planned_for", "checklist_version_id", "enterprise_id",
        "workplace_id",
    )  # fmt: skip
    touched.watch("visit", released, lambda row: ("visit", row.id) if _is_or_was_released(row) else None)
    touched.watch("scorecard", ("released_at",), lambda row: ("visit", row.visit_id) if row.released_at else None)
    told = ("state", "severity", "item", "area", "clause", "repeat_of_id")
    touched.watch("finding", told, lambda row: ("visit", row.visit_id) if row.released_at else None)
    touched.watch("enterprise", ("sector", "district", "size", "status"), lambda row: ("enterprise", row.id))
    touched.watch("workplace", ("district", *TRAITS), lambda row: ("workplace", row.id))
    drawn = ("visit_id", "stratum_id")
    touched.watch("drawn_workplace", drawn, lambda row: ("visit", row.visit_id) if row.visit_id else None)
    touched.follow("cells", _follow)


def _is_or_was_released(visit: Any) -> bool:
    row = sa.inspect(visit)
    state = row.attrs.state.history
    unknown = row.persistent and state.has_changes() and not state.deleted  # written without having been read
    return visit.state is State.released or State.released in (state.deleted or ()) or unknown


def _follow(what: touched.Touched) -> None:
    ids = set(what.get("visit", ()))
    for kind in ("enterprise", "workplace"):
        ids.update(_released_of(kind, what.get(kind, ())))
    bring_up_to_date(ids)
    store_last.bring_up_to_date([*what.get("enterprise", ()), *what.get("membership", ())])


def _released_of(kind: str, ids: Collection[UUID]) -> Iterator[UUID]:
    visit = table("visit")
    for some in _portions(sorted(ids)):
        of_these = visit.c[f"{kind}_id"].in_(some)
        yield from session().execute(sa.select(visit.c.id).where(of_these, visit.c.state == State.released)).scalars()


def bring_up_to_date(visit_ids: Collection[UUID]) -> None:
    """Let the cells say of these visits what their receipts say. Doing it twice changes nothing."""
    for some in _portions(sorted(visit_ids)):
        _bring_up_to_date(some)
    if len(visit_ids) > store_fold.LONG:
        store_fold.fold()


def _bring_up_to_date(visit_ids: Sequence[UUID]) -> None:
    before = {one.visit_id: one for one in kept(visit_ids)}
    now = {facts.visit_id: put(facts) for facts in store_receipts.of_visits(visit_ids)}
    changes = []
    for visit_id in before.keys() | now.keys():
        old, new = before.get(visit_id), now.get(visit_id)
        if old != new:
            changes += [(sign, one) for sign, one in ((-1, old), (1, new)) if one is not None]
    store_statements.log(changes)
    store_statements.drop_visits([(visit_id,) for visit_id in before if visit_id not in now])
    store_statements.write_visits([new for visit_id, new in now.items() if new != before.get(visit_id)])
    store_last.bring_up_to_date({one.enterprise_id for one in (*before.values(), *now.values())})


def kept(visit_ids: Sequence[UUID]) -> list[Put]:
    """What these visits have put in."""
    if len(visit_ids) > 1:
        return [Put._make(row) for row in session().execute(_KEPT, {"ids": visit_ids})]
    connection = session().connection()
    said = store_statements.kept_visit(connection.dialect.name)
    given = (store_receipts.as_raw(visit_ids[0], connection.dialect),)
    return [Put._make(row) for row in connection.exec_driver_sql(said, given)]


_KEPT = raw_rows(TREND_VISIT).where(TREND_VISIT.c.visit_id.in_(sa.bindparam("ids", expanding=True)))


def _portions(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
