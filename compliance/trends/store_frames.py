"""The strata of draws as they stand when a figure is read. The draw is another package's: it is read by table name."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import numpy as np
import sqlalchemy as sa

from compliance.people.rules import Actor
from compliance.shared.database import session
from compliance.shared.kept import until_written
from compliance.trends import sources, store_sums
from compliance.trends.cells import Frame
from compliance.trends.contribution import month_of
from compliance.trends.measures import OUTCOMES
from compliance.trends.packed import KEYS, Family
from compliance.trends.sources import as_id, table
from compliance.visits.states import State

_DRAWN = ("drawn", "ended")
_STRATUM = KEYS.index("stratum")
_LATEST = 100  # a year: visits of a draw that end later still are not looked for


def frames(actor: Actor, first: int, last: int) -> tuple[Frame, ...]:
    """The strata of the draws whose periods have days in these months, or in the year before them."""
    key = ("strata of draws", actor.association_id, actor.outside_ids, first, last)
    return until_written(key, lambda: _frames(actor, first, last))


def _frames(actor: Actor, first: int, last: int) -> tuple[Frame, ...]:
    stratum, period = table("draw_stratum"), table("draw_period")
    query = (
        sa.select(
            stratum.c.id, stratum.c.period_id, period.c.first_day, period.c.last_day, stratum.c.key, stratum.c.sector,
            stratum.c.size, stratum.c.district, sources.raw(stratum.c.route), stratum.c.certain, stratum.c.frame_size,
            stratum.c.drawn,
        )
        .select_from(stratum.join(period, period.c.id == stratum.c.period_id))
        .where(
            period.c.association_id == actor.association_id, period.c.state.in_(_DRAWN),
            period.c.first_day < _next_month(last), period.c.last_day >= _first_day(first - _LATEST),
        )
        .order_by(period.c.first_day, stratum.c.key)
    )  # fmt: skip
    rows = session().execute(query).all()
    if not rows:
        return ()
    ended = _ended(actor, month_of(rows[0].first_day), month_of(max(row.last_day for row in rows)) + _LATEST)
    left = _left(actor, {row.period_id for row in rows})
    found = []
    for id, period_id, begins, ends, key, sector, size, district, route, certain, population, drawn in rows:
        visited, refused, closed = ended.get(id, (0, 0, 0))
        gone = min(closed + left.get(id, 0), drawn - visited - refused)
        span = (month_of(begins), month_of(ends))
        found.append(
            Frame(
                id, period_id, *span, key, sector, size, district, route, bool(certain), population, drawn, visited,
                refused, gone,
            )
        )  # fmt: skip
    return tuple(found)


def _ended(actor: Actor, first: int, last: int) -> Mapping[UUID, tuple[int, int, int]]:
    """By stratum, how many were completed, refused (or not found), and closed down."""
    entries = store_sums.sums(actor, [Family.ends], 0, first, last, whole=True).entries
    completed, refused, not_found, closed = entries.values[[entries.columns.index(name) for name in OUTCOMES]]
    numbers = np.zeros((len(entries.words[_STRATUM]), 3), np.int64)
    np.add.at(numbers, entries.places[_STRATUM], np.array([completed, refused + not_found, closed]).T)
    ids = map(as_id, entries.words[_STRATUM])
    return {id: (done, gone, shut) for id, (done, gone, shut) in zip(ids, numbers.tolist(), strict=True)}


def _left(actor: Actor, periods: set[UUID]) -> Mapping[UUID, int]:
    """By stratum, how many drawn workplaces had left before a visit to them was released. Those that the actor sees
    from the outside only are not counted: who knows that one left would learn that it was drawn.
    """
    drawn, visit = table("drawn_workplace"), table("visit")
    query = (
        sa.select(drawn.c.stratum_id, sa.func.count())
        .select_from(drawn.outerjoin(visit, visit.c.id == drawn.c.visit_id))
        .where(
            *sources.in_scope(drawn, actor), drawn.c.period_id.in_(sorted(periods)),
            drawn.c.left_reason.is_not(None), sa.or_(visit.c.id.is_(None), visit.c.state != State.released),
        )
        .group_by(drawn.c.stratum_id)
    )  # fmt: skip
    return {id: int(number) for id, number in session().execute(query)}


def _first_day(month: int) -> date:
    return date(month // 100, month % 100, 1)


def _next_month(month: int) -> date:
    return _first_day(month + 1 if month % 100 < 12 else month + 89)
