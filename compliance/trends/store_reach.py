"""Reading how much of the register was visited. The database counts; only released visits are looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from compliance.people.rules import Actor
from compliance.shared.database import session
from compliance.shared.kept import until_written
from compliance.trends import reach, sources
from compliance.trends.models import TREND_LAST
from compliance.trends.reach import GROUPS, SINCE, Reached
from compliance.trends.rules import UNKNOWN, By, Place, Selection
from compliance.trends.sources import table
from compliance.visits.states import Outcome, Route


@dataclass(frozen=True)
class ReachRow:
    """An enterprise with its last released visit."""

    id: UUID
    name: str
    place: Place
    last: date | None


def by_class(actor: Actor, wanted: Selection, by: By, today: date) -> dict[str, Reached]:
    """The active enterprises of each class. The reader's own are counted apart and taken away."""
    key = ("reached", actor.association_id, actor.outside_ids, wanted, today)
    return reach.along(until_written(key, lambda: by_place(actor, wanted, today)), by)


def by_place(actor: Actor, wanted: Selection, today: date) -> dict[Place, Reached]:
    """The active enterprises by where they stand. The reader's own are counted apart and taken away."""
    found = _counted(actor, wanted, today, [])
    if actor.outside_ids:
        own = _counted(actor, wanted, today, [sources.any_of(actor.outside_ids, table("enterprise").c.id)])
        for place, one in own.items():
            found[place] -= one
    return found


def rows(
    actor: Actor,
    wanted: Selection,
    today: date,
    reached: Reached,
    *,
    by: By,
    key: str,
    group: str,
    page: int,
    size: int,
) -> tuple[list[ReachRow], int]:
    """The active enterprises whose last visit was so long ago (``GROUPS``; "" is all of them), the longest first, and
    how many. ``reached`` are those of the class by its figure.
    """
    enterprise, last = table("enterprise"), TREND_LAST
    chosen = [*sources.in_scope(enterprise, actor), *sources.of_class(wanted), sources.active()]
    if key:
        chosen.append(sa.func.coalesce(_class(by), "") == ("" if key == UNKNOWN else key))
    columns = (enterprise.c.id, enterprise.c.name, enterprise.c.sector, enterprise.c.district, enterprise.c.size)
    found: list[Any] = []
    start = (page - 1) * size
    if group in ("", "never") and start < reached.never:
        never = _never(columns, chosen, actor.association_id, reached, start + size)
        found += session().execute(never.limit(size).offset(start))
    if group != "never" and len(found) < size:
        when = [_groups(today)[GROUPS.index(group)]] if group else []
        query = sa.select(*columns, last.c.last_on).select_from(
            last.join(enterprise, enterprise.c.id == last.c.enterprise_id)
        )
        query = query.where(*_members(actor.association_id), last.c.last_on.is_not(None), *chosen, *when)
        query = query.order_by(last.c.last_on, last.c.enterprise_id)
        begin = start if group else max(0, start - reached.never)
        found += session().execute(query.limit(size - len(found)).offset(begin))
    return [ReachRow(row[0], row[1], sources.place(*row[2:5]), row[5]) for row in found], (
        reached.since[GROUPS.index(group)] if group else reached.active
    )


def _never(
    columns: Sequence[Any], chosen: Sequence[sources.Condition], association_id: UUID, reached: Reached, until: int
) -> sa.Select[Any]:
    """The enterprises that nobody visited, in the order of the register, of which those up to ``until`` are wanted.

    Either the register is walked until so many are found, or all unvisited ones are found and sorted: whichever looks
    at fewer rows.
    """
    enterprise, last = table("enterprise"), TREND_LAST
    query = sa.select(*columns, sa.null()).where(*chosen).order_by(enterprise.c.sort_key, enterprise.c.id)
    if until * reached.active < reached.never**2:
        return query.where(sa.exists().where(last.c.enterprise_id == enterprise.c.id, last.c.last_on.is_(None)))
    unvisited = sa.select(last.c.enterprise_id).where(*_members(association_id), last.c.last_on.is_(None))
    return query.where(enterprise.c.id.in_(unvisited))


def _members(association_id: UUID) -> list[sources.Condition]:
    return [TREND_LAST.c.association_id == association_id, TREND_LAST.c.member.is_(True)]


def _counted(
    actor: Actor, wanted: Selection, today: date, narrower: Sequence[sources.Condition]
) -> dict[Place, Reached]:
    """By sector, district and size. All are counted from an index; then those once visited, by how long ago; then those
    visited in the span.
    """
    enterprise, visit, last = table("enterprise"), table("visit"), TREND_LAST
    columns = (enterprise.c.sector, enterprise.c.district, sources.raw(enterprise.c.size))
    chosen = [
        enterprise.c.association_id == actor.association_id, *sources.of_class(wanted), sources.active(), *narrower
    ]  # fmt: skip
    found: dict[Place, Reached] = {}
    for *place, active in session().execute(sa.select(*columns, sa.func.count()).where(*chosen).group_by(*columns)):
        at = sources.place(*place)
        found[at] = found.get(at, Reached()) + Reached(active, 0, 0, (*[0] * len(SINCE), 0, active))
    ago = (
        sa.select(*columns, sa.func.count(), *map(_number, _groups(today)))
        .select_from(last.join(enterprise, enterprise.c.id == last.c.enterprise_id))
        .where(*chosen, last.c.last_on.is_not(None))
        .group_by(*columns)
    )
    for sector, district, size, known, *since in session().execute(ago):
        found[sources.place(sector, district, size)] += Reached(0, 0, 0, (*map(int, since), -known))
    random = sa.func.max(sa.case((visit.c.route == Route.random, 1), else_=0)).label("random")
    members = (
        sa.select(visit.c.enterprise_id, random)
        .where(
            visit.c.association_id == actor.association_id,
            visit.c.outcome == Outcome.completed,
            *sources.made_in(wanted),
        )
        .group_by(visit.c.enterprise_id)
        .subquery()
    )
    in_span = (
        sa.select(*columns, sa.func.count(), sa.func.sum(members.c.random))
        .select_from(members.join(enterprise, enterprise.c.id == members.c.enterprise_id))
        .where(*chosen)
        .group_by(*columns)
    )
    for sector, district, size, number, drawn in session().execute(in_span):
        found[sources.place(sector, district, size)] += Reached(0, number, int(drawn))
    return found


def _groups(today: date) -> list[sources.Condition]:
    """The conditions of ``GROUPS`` without the never visited, in their order."""
    last = TREND_LAST.c.last_on
    ends = [reach.months_before(today, months) for months in SINCE]
    first, found = None, []
    for end in ends:
        found.append(last >= end if first is None else sa.and_(last >= end, last < first))
        first = end
    return [*found, last < ends[-1]]


def _number(condition: Any) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def _class(by: By) -> sa.ColumnElement[Any]:
    """The class of an enterprise; its sector as a division."""
    enterprise = table("enterprise")
    if by is By.sector:
        return sa.func.substr(enterprise.c.sector, 1, 3)
    return enterprise.c.district if by is By.district else sources.raw(enterprise.c.size)
