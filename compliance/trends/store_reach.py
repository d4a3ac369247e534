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
    actor: Actor, wanted: Selection, today: date, *, by: By, key: str, group: str, page: int, size: int
) -> tuple[list[ReachRow], int]:
    """The active enterprises whose last visit was so long ago (``GROUPS``; "" is all of them), the longest first."""
    classes = by_class(actor, wanted, by, today)
    reached = classes.get(key, Reached()) if key else sum(classes.values(), Reached())
    enterprise, visit, last = table("enterprise"), table("visit"), _last(actor, wanted)
    chosen = [*sources.in_scope(enterprise, actor), *sources.of_class(wanted), sources.active()]
    if key:
        chosen.append(sa.func.coalesce(_class(by), "") == ("" if key == UNKNOWN else key))
    columns = (enterprise.c.id, enterprise.c.name, enterprise.c.sector, enterprise.c.district, enterprise.c.size)
    place = (enterprise.c.sort_key, enterprise.c.id)
    found: list[Any] = []
    start = (page - 1) * size
    if group in ("", "never"):  # in the order of the register, the first of it that nobody visited
        visited = sa.exists().where(visit.c.enterprise_id == enterprise.c.id, *_completed(actor))
        never = sa.select(*columns, sa.null()).where(*chosen, ~visited).order_by(*place).limit(size).offset(start)
        found += session().execute(never)
        start = max(0, start - reached.never)
    if group != "never" and len(found) < size:
        when = [_groups(last, today)[GROUPS.index(group)]] if group else []
        query = sa.select(*columns, last.c.last).select_from(
            last.join(enterprise, enterprise.c.id == last.c.enterprise_id)
        )
        query = query.where(*chosen, *when).order_by(last.c.last, *place)
        found += session().execute(query.limit(size - len(found)).offset(start))
    return [
        ReachRow(row[0], row[1], sources.place(*row[2:5]), None if row[5] is None else sources.as_day(row[5]))
        for row in found
    ], reached.since[GROUPS.index(group)] if group else reached.active


def _counted(
    actor: Actor, wanted: Selection, today: date, narrower: Sequence[sources.Condition]
) -> dict[Place, Reached]:
    """By sector, district and size. All are counted from an index; only those once visited are looked at with it."""
    enterprise, last = table("enterprise"), _last(actor, wanted)
    columns = (enterprise.c.sector, enterprise.c.district, sources.raw(enterprise.c.size))
    chosen = [
        enterprise.c.association_id == actor.association_id, *sources.of_class(wanted), sources.active(), *narrower
    ]  # fmt: skip
    found: dict[Place, Reached] = {}
    for *place, active in session().execute(sa.select(*columns, sa.func.count()).where(*chosen).group_by(*columns)):
        at = sources.place(*place)
        found[at] = found.get(at, Reached()) + Reached(active, 0, 0, (*[0] * len(SINCE), 0, active))
    numbers = [_number(last.c.made > 0), _number(last.c.drawn > 0), *map(_number, _groups(last, today)[:-1])]
    query = (
        sa.select(*columns, sa.func.count(), *numbers)
        .select_from(last.join(enterprise, enterprise.c.id == last.c.enterprise_id))
        .where(*chosen)
        .group_by(*columns)
    )
    for sector, district, size, known, *sums in session().execute(query):
        visited, by_random, *since = map(int, sums)
        found[sources.place(sector, district, size)] += Reached(0, visited, by_random, (*since, -known))
    return found


def _last(actor: Actor, wanted: Selection) -> sa.Subquery:
    """By enterprise: its last released visit, and how many there were in the span."""
    visit = table("visit")
    inside = sources.day().between(wanted.span.first, wanted.span.last)
    return (
        sa.select(
            visit.c.enterprise_id,
            sa.func.max(sources.day()).label("last"),
            _number(inside).label("made"),
            _number(sa.and_(inside, visit.c.route == Route.random)).label("drawn"),
        )
        .where(*_completed(actor))
        .group_by(visit.c.enterprise_id)
        .subquery()
    )  # fmt: skip


def _completed(actor: Actor) -> Sequence[sources.Condition]:
    visit = table("visit")
    return [
        visit.c.association_id == actor.association_id, visit.c.state == "released",
        visit.c.outcome == Outcome.completed,
    ]  # fmt: skip


def _groups(last: sa.Subquery, today: date) -> list[sources.Condition]:
    """The conditions of ``GROUPS``, in their order."""
    ends = [sa.literal(reach.months_before(today, months), sa.Date()) for months in SINCE]
    first, found = None, []
    for end in ends:
        found.append(last.c.last >= end if first is None else sa.and_(last.c.last >= end, last.c.last < first))
        first = end
    return [*found, last.c.last < ends[-1], last.c.last.is_(None)]


def _number(condition: Any) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def _class(by: By) -> sa.ColumnElement[Any]:
    """The class of an enterprise; its sector as a division."""
    enterprise = table("enterprise")
    if by is By.sector:
        return sa.func.substr(enterprise.c.sector, 1, 3)
    return enterprise.c.district if by is By.district else sources.raw(enterprise.c.size)
