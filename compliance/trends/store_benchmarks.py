"""Benchmarks for managers: worked out once a quarter has ended, kept for ever, and read by those whom they are for.

What enters is known by the end of the quarter: visits of draws in its four last quarters, released by then. So a
quarter that was missed gives the same numbers when it is caught up, and nothing unreleased is in any.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import sqlmodel
from sqlmodel import col

from compliance.people import store as people
from compliance.people.rules import Actor
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.trends import benchmarks, periods
from compliance.trends.benchmarks import Kind, Member, Quartiles, Row
from compliance.trends.models_benchmarks import Benchmark, BenchmarkQuarter
from compliance.trends.periods import Step
from compliance.trends.rules import OVERALL
from compliance.trends.sources import table
from compliance.visits.states import Outcome, Route, State

LONGEST_BACK = 8
"""Quarters that are caught up at most: an association that begins with old draws needs no older comparison."""


def freeze(actor: Actor, today: date) -> int:
    """Work out the benchmarks of every ended quarter that has none yet, oldest first; how many quarters that were."""
    missing = _missing(actor, today)
    for first in missing:
        _freeze_one(actor, first)
    return len(missing)


def _missing(actor: Actor, today: date) -> list[date]:
    """The first days of ended quarters without benchmarks, from the first drawn visit on, or since the last one."""
    done = set(
        session().exec(
            sqlmodel.select(BenchmarkQuarter.quarter).where(
                col(BenchmarkQuarter.association_id) == actor.association_id
            )
        )
    )
    running = _quarter_of(today)
    ended = [_months(running, -3 * back) for back in range(LONGEST_BACK, 0, -1)]
    if not done:
        begun = _first_drawn(actor)
        ended = [first for first in ended if begun is not None and _months(first, 3) > begun]
    last = max(done, default="")
    return [first for first in ended if (key := _key(first)) not in done and key > last]


def _first_drawn(actor: Actor) -> date | None:
    visit = table("visit")
    query = sa.select(sa.func.min(visit.c.visited_on)).where(
        visit.c.association_id == actor.association_id,
        visit.c.state == State.released,
        visit.c.inclusion_probability.is_not(None),
    )
    found: date | None = session().execute(query).scalar_one()
    return found


@audited("benchmark.freeze")
def _freeze_one(actor: Actor, first: date) -> BenchmarkQuarter:
    quarter = _key(first)
    kept = _rows(actor, None)
    made = benchmarks.freeze(quarter, _members(actor, first), [row for _, row in kept])
    done = BenchmarkQuarter(association_id=actor.association_id, quarter=quarter)
    session().add(done)
    for row in made:
        session().add(
            Benchmark(
                association_id=actor.association_id, quarter=quarter, sector=row.kind.sector, size=row.kind.size,
                worked_out=row.worked_out, figures={area: list(one) for area, one in row.figures.items()},
                behind=dict(row.behind),
            )
        )  # fmt: skip
    session().flush()
    return done


def _members(actor: Actor, first: date) -> list[Member]:
    """Each enterprise with its last visit of a draw in the four quarters up to this one, as known at its end."""
    visit, card, enterprise = table("visit"), table("scorecard"), table("enterprise")
    begin, after = _months(first, -9), _months(first, 3)
    zone = ZoneInfo(people.association(actor).time_zone)
    known_by = datetime.combine(after, time(), zone).astimezone(UTC)
    query = (
        sa.select(
            card.c.id, visit.c.enterprise_id, visit.c.inclusion_probability, card.c.score, card.c.band,
            enterprise.c.sector, enterprise.c.size,
        )
        .select_from(
            visit.join(card, card.c.visit_id == visit.c.id).join(enterprise, enterprise.c.id == visit.c.enterprise_id)
        )
        .where(
            visit.c.association_id == actor.association_id, visit.c.state == State.released,
            visit.c.outcome == Outcome.completed, visit.c.route.in_((Route.random, Route.targeted)),
            visit.c.inclusion_probability.is_not(None), visit.c.visited_on >= begin, visit.c.visited_on < after,
            visit.c.released_at < known_by, card.c.released_at < known_by,
        )
        # The scorecard that stands comes last: of the last visit, the one issued last.
        .order_by(visit.c.visited_on, visit.c.id, card.c.issued_at, card.c.supersedes_id.is_not(None))
    )  # fmt: skip
    last: dict[UUID, Any] = {row.enterprise_id: row for row in session().execute(query)}
    areas = _areas(row.id for row in last.values())
    return [
        Member(
            row.enterprise_id.hex, row.id.hex, (row.sector or "")[:3], str(row.size or ""),
            1 / row.inclusion_probability, {OVERALL: row.score, **areas.get(row.id, {})},
        )
        for row in last.values()
        if row.band is not None and row.score is not None
    ]  # fmt: skip


def _areas(cards: Iterable[UUID]) -> dict[UUID, dict[str, float]]:
    area = table("scorecard_area")
    ids, found = list(cards), dict[UUID, dict[str, float]]()
    for start in range(0, len(ids), 500):
        query = sa.select(area.c.scorecard_id, area.c.area, area.c.score).where(
            area.c.scorecard_id.in_(ids[start : start + 500]), area.c.score.is_not(None), area.c.provisional.is_(False)
        )
        for card_id, name, score in session().execute(query):
            found.setdefault(card_id, {})[name] = score
    return found


def last_quarter(actor: Actor) -> str | None:
    """The last quarter whose benchmarks are kept; None before the first."""
    query = sqlmodel.select(sa.func.max(BenchmarkQuarter.quarter)).where(
        col(BenchmarkQuarter.association_id) == actor.association_id
    )
    return session().exec(query).one()


def for_enterprise(actor: Actor, sector: str, size: str) -> Row | None:
    """The numbers of the last quarter for an enterprise of this sector and size: those of the narrowest group behind
    which ten others stand. None where there is no such group.

    The reader's own enterprises (managed, or tied to) are not counted among the ten.
    """
    quarter = last_quarter(actor)
    if quarter is None:
        return None
    kinds = benchmarks.widening(sector[:3], size)
    rows = [row for _, row in _rows(actor, quarter, kinds)]
    return benchmarks.shown(rows, sector[:3], size, _own(actor))


def own_of(actor: Actor) -> frozenset[str]:
    """The enterprises that the reader sees from the outside, as they stand in a row."""
    return frozenset(_own(actor))


def _own(actor: Actor) -> set[str]:
    return {one.hex for one in actor.outside_ids}


def _rows(actor: Actor, quarter: str | None, kinds: list[Kind] | None = None) -> list[tuple[str, Row]]:
    """What is kept, oldest first: of all quarters or one, of all groups or some."""
    query = sqlmodel.select(Benchmark).where(col(Benchmark.association_id) == actor.association_id)
    if quarter is not None:
        query = query.where(col(Benchmark.quarter) == quarter)
    if kinds is not None:
        wanted = [sa.and_(col(Benchmark.sector) == kind.sector, col(Benchmark.size) == kind.size) for kind in kinds]
        query = query.where(sa.or_(*wanted))
    return [
        (
            one.quarter,
            Row(
                Kind(one.sector, one.size), {area: Quartiles(*four) for area, four in one.figures.items()},
                one.behind, one.worked_out,
            ),
        )
        for one in session().exec(query.order_by(col(Benchmark.quarter), col(Benchmark.id)))
    ]  # fmt: skip


def _key(first: date) -> str:
    return periods.key_of(first, Step.quarter)


def _quarter_of(day: date) -> date:
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def _months(first: date, months: int) -> date:
    """A first of a month some months later."""
    total = first.year * 12 + first.month - 1 + months
    return date(total // 12, total % 12 + 1, 1)


def span_of(quarter: str) -> tuple[date, date]:
    """The days whose visits stand behind a quarter's numbers: its own and those of the three quarters before."""
    first = date(int(quarter[:4]), 3 * int(quarter[-1]) - 2, 1)
    return _months(first, -9), _months(first, 3) - timedelta(days=1)
