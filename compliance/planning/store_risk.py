"""Reading the facts of the risk score, for one workplace or for a whole register, in a few statements.

Only what is released enters, also for coordinators, who may know more: points that moved when a visit is sealed would
tell what is in it before anybody has reviewed it. Facts can be read as of an earlier day, except for those of the
register, of which only the present is kept.

An enterprise that the actor sees from the outside only is not there. A draw asks with the system's actor, so that
nobody's own enterprise falls out of the frame.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.checklists import store_risk as policies
from compliance.checklists.policy import Severity
from compliance.checklists.risk import RiskWeights
from compliance.complaints import store as complaints
from compliance.corrective_actions.rules import UNFINISHED, ActionState
from compliance.enterprises.rules import Status, WorkplaceStatus
from compliance.findings.states import FindingState
from compliance.people import store as people
from compliance.people.rules import Actor, system_actor
from compliance.planning import risk
from compliance.planning.risk import CHOSEN, Facts, Score, SectorSums
from compliance.shared import clock
from compliance.shared.database import session
from compliance.shared.kept import until_written
from compliance.shared.problems import NotFound
from compliance.shared.words import N_
from compliance.visits.states import Outcome, Route, State

Condition = sa.ColumnElement[bool]
_SHOWN = (FindingState.released, FindingState.changed)


def today(actor: Actor) -> date:
    """The calendar day of the actor's association."""
    return clock.today(people.association(actor).time_zone)


def weights(actor: Actor, day: date) -> RiskWeights:
    """The weights that hold on a day."""
    return policies.policy(actor.association_id).in_force(day)


def points_of(actor: Actor, day: date) -> Mapping[UUID, int]:
    """The points of every active workplace of the register on a day, by its id. For a draw: with the system's actor."""
    everybody = until_written(
        ("risk points", actor.association_id, day), lambda: _all_points(system_actor(actor.association_id), day)
    )
    if not actor.outside_ids:
        return everybody
    workplace = _table("workplace")
    query = sa.select(workplace.c.id).where(workplace.c.enterprise_id.in_(sorted(actor.outside_ids)))
    hidden = set(session().execute(query).scalars())
    return {id: number for id, number in everybody.items() if id not in hidden}


def _all_points(actor: Actor, day: date) -> dict[UUID, int]:
    add = risk.adder(weights(actor, day), day)
    return {one.workplace_id: add(one) for one in facts(actor, day)}


def score(actor: Actor, workplace_id: UUID, day: date) -> Score:
    """The score of one workplace with its reasons. Raises NotFound outside the scope, or where it is not active."""
    found = facts(actor, day, [workplace_id])
    if not found:
        raise NotFound("workplace-unknown", N_("This workplace does not exist."))
    return risk.points(found[0], weights(actor, day), day)


def scores(
    actor: Actor, workplace_ids: Collection[UUID], day: date, sectors: Mapping[str, int] | None = None
) -> dict[UUID, Score]:
    """The scores of some workplaces with their reasons; those outside the scope are missing.

    ``sectors``: the rates of sectors, where they are known already.
    """
    holding = weights(actor, day)
    return {one.workplace_id: risk.points(one, holding, day) for one in facts(actor, day, workplace_ids, sectors)}


def rates(actor: Actor, day: date) -> Mapping[str, int]:
    """The rate of shortfalls of each sector on a day, as ``risk.sector_rates`` has it."""
    holding = weights(actor, day)

    def made() -> dict[str, int]:
        sums = _sector_sums(actor, holding, day, _begin(holding, day), _end_of(actor, day))
        return risk.sector_rates(sums, holding.shrink)

    return until_written(("risk sectors", actor.association_id, day), made)


def facts(
    actor: Actor, day: date, only: Collection[UUID] | None = None, sectors: Mapping[str, int] | None = None
) -> list[Facts]:
    """What is known on a day of the active workplaces of the actor's register, or of some of them.

    ``sectors`` as in ``scores``.
    """
    holding = weights(actor, day)
    known = {row.workplace_id: row for row in _register(actor, only)}
    if not known:
        return []
    known_by = _end_of(actor, day)
    begin = _begin(holding, day)
    _visits(known, actor, day, known_by, only)
    _open_critical(known, actor, day, known_by, only)
    _repeats(known, actor, day, begin, known_by, only)
    _refusals(known, actor, day, begin, known_by, only)
    told = complaints.counted(actor.association_id, {one.enterprise_id for one in known.values()}, day, begin)
    found = rates(actor, day) if sectors is None else sectors
    for one in known.values():
        one.sector_rate = found.get(one.sector, found.get(""))
        one.sector_since = begin if found else None
        one.complaints = told.get(one.enterprise_id, 0)
    return list(known.values())


def _begin(holding: RiskWeights, day: date) -> date:
    """The first day of the months that the weights look back on."""
    return day - timedelta(days=round(holding.months * 30.4375))


def _table(name: str) -> sa.Table:
    return SQLModel.metadata.tables[name]


def _end_of(actor: Actor, day: date) -> datetime:
    """The moment at which a day ends in the association's time zone."""
    zone = ZoneInfo(people.association(actor).time_zone)
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def _of(rows: sa.Table, actor: Actor, only: Collection[UUID] | None) -> list[Condition]:
    conditions: list[Condition] = [rows.c.association_id == actor.association_id]
    if only is not None:
        conditions.append((rows.c.id if rows.name == "workplace" else rows.c.workplace_id).in_(list(only)))
    return conditions


def _register(actor: Actor, only: Collection[UUID] | None) -> Iterable[Facts]:
    workplace, enterprise = _table("workplace"), _table("enterprise")
    conditions = _of(workplace, actor, only)
    if actor.outside_ids:
        conditions.append(workplace.c.enterprise_id.not_in(sorted(actor.outside_ids)))
    query = (
        sa.select(
            workplace.c.id, workplace.c.enterprise_id, enterprise.c.sector, workplace.c.workers, workplace.c.under_18,
            workplace.c.migrants,
        )
        .select_from(workplace.join(enterprise, enterprise.c.id == workplace.c.enterprise_id))
        .where(
            *conditions, enterprise.c.association_id == actor.association_id, enterprise.c.status == Status.active,
            workplace.c.status == WorkplaceStatus.active,
        )
    )  # fmt: skip
    for id, enterprise_id, sector, workers, under_18, migrants in session().execute(query):
        yield Facts(id, enterprise_id, (sector or "")[:3], workers, under_18, migrants)


def _completed(visit: sa.Table, day: date, known_by: datetime) -> list[Condition]:
    return [
        visit.c.state == State.released,
        visit.c.outcome == Outcome.completed,
        visit.c.visited_on <= day,
        visit.c.released_at < known_by,
    ]


def _visits(
    known: dict[UUID, Facts], actor: Actor, day: date, known_by: datetime, only: Collection[UUID] | None
) -> None:
    """The last completed visit of each workplace, and the band that it had by the day."""
    visit, card = _table("visit"), _table("scorecard")
    made = [*_of(visit, actor, only), *_completed(visit, day, known_by)]
    last = (
        sa.select(visit.c.workplace_id, sa.func.max(visit.c.visited_on).label("on"))
        .where(*made)
        .group_by(visit.c.workplace_id)
        .subquery()
    )
    query = (
        sa.select(visit.c.workplace_id, visit.c.visited_on, visit.c.route, card.c.band)
        .select_from(
            last.join(
                visit, sa.and_(visit.c.workplace_id == last.c.workplace_id, visit.c.visited_on == last.c.on)
            ).outerjoin(card, sa.and_(card.c.visit_id == visit.c.id, card.c.released_at < known_by))
        )
        .where(*made)
        # The one that stands comes last: of two on one day the later released, of one visit the later issued.
        .order_by(visit.c.released_at, visit.c.id, card.c.issued_at, card.c.supersedes_id.is_not(None))
    )
    for workplace_id, on, route, band in session().execute(query):
        if (one := known.get(workplace_id)) is not None:
            one.last_visit, one.last_route, one.last_band = on, route, band


def _open_critical(
    known: dict[UUID, Facts], actor: Actor, day: date, known_by: datetime, only: Collection[UUID] | None
) -> None:
    """Critical findings whose correction was not verified by the day."""
    action, finding, visit = _table("corrective_action"), _table("finding"), _table("visit")
    still_open: Condition = action.c.state.in_(sorted(UNFINISHED))
    if day < today(actor):
        later = sa.and_(action.c.state == ActionState.verified, action.c.verified_on > day)
        still_open = sa.or_(still_open, later)
    query = (
        sa.select(action.c.workplace_id, finding.c.visited_on, visit.c.route)
        .select_from(
            action.join(finding, finding.c.id == action.c.finding_id).join(visit, visit.c.id == action.c.visit_id)
        )
        .where(
            *_of(action, actor, only), still_open, action.c.severity == Severity.critical, finding.c.state.in_(_SHOWN),
            finding.c.released_at < known_by, finding.c.visited_on <= day,
        )
    )  # fmt: skip
    for workplace_id, on, route in session().execute(query):
        if (one := known.get(workplace_id)) is not None:
            one.open_critical += 1
            one.open_critical_since = min(on, one.open_critical_since or on)
            one.open_critical_chosen += route in CHOSEN


def _repeats(
    known: dict[UUID, Facts], actor: Actor, day: date, begin: date, known_by: datetime, only: Collection[UUID] | None
) -> None:
    """Findings that had been found at the workplace before."""
    finding, visit = _table("finding"), _table("visit")
    query = (
        sa.select(finding.c.workplace_id, finding.c.visited_on, visit.c.route)
        .select_from(finding.join(visit, visit.c.id == finding.c.visit_id))
        .where(
            *_of(finding, actor, only), finding.c.repeat_of_id.is_not(None), finding.c.state.in_(_SHOWN),
            finding.c.released_at < known_by, finding.c.visited_on.between(begin, day),
        )
    )  # fmt: skip
    for workplace_id, on, route in session().execute(query):
        if (one := known.get(workplace_id)) is not None:
            one.repeats += 1
            one.repeats_since = min(on, one.repeats_since or on)
            one.repeats_chosen += route in CHOSEN


def _refusals(
    known: dict[UUID, Facts], actor: Actor, day: date, begin: date, known_by: datetime, only: Collection[UUID] | None
) -> None:
    """Refused visits; they count on the day of the plan where no day of the visit was entered."""
    visit = _table("visit")
    query = sa.select(visit.c.workplace_id, visit.c.visited_on, visit.c.planned_for).where(
        *_of(visit, actor, only), visit.c.state == State.released, visit.c.outcome == Outcome.refused,
        visit.c.released_at < known_by, visit.c.planned_for >= begin,
    )  # fmt: skip
    for workplace_id, visited_on, planned_for in session().execute(query):
        on = visited_on or planned_for
        if (one := known.get(workplace_id)) is not None and on <= day:
            one.refused += 1
            one.refused_since = min(on, one.refused_since or on)


def _sector_sums(
    actor: Actor, holding: RiskWeights, day: date, begin: date, known_by: datetime
) -> dict[str, SectorSums]:
    """Drawn visits by sector, each weighted by how many it stands for; one chosen by points stands for itself alone.

    The whole association, also for an actor with ties: the rate of a sector is not told apart by who asks.
    """
    visit, card, enterprise = _table("visit"), _table("scorecard"), _table("enterprise")
    later = card.alias("later")
    stands = ~sa.exists().where(
        later.c.visit_id == card.c.visit_id, later.c.released_at < known_by, later.c.issued_at > card.c.issued_at
    )
    weight = 1.0 / visit.c.inclusion_probability
    short = sa.case((card.c.band.in_(holding.shortfall), weight), else_=0.0)
    query = (
        sa.select(enterprise.c.sector, sa.func.sum(weight), sa.func.sum(weight * weight), sa.func.sum(short))
        .select_from(
            visit.join(enterprise, enterprise.c.id == visit.c.enterprise_id).join(card, card.c.visit_id == visit.c.id)
        )
        .where(
            *_of(visit, actor, None), *_completed(visit, day, known_by),
            visit.c.visited_on >= begin, visit.c.route.in_((Route.random, Route.targeted)),
            visit.c.inclusion_probability.is_not(None), card.c.released_at < known_by, card.c.band.is_not(None), stands,
        )
        .group_by(enterprise.c.sector)
    )  # fmt: skip
    found: dict[str, SectorSums] = {}
    rows: Iterable[Any] = session().execute(query)
    for sector, *sums in rows:
        division = (sector or "")[:3]
        earlier = found.get(division, SectorSums(0.0, 0.0, 0.0))
        found[division] = SectorSums(*(a + float(b) for a, b in zip(earlier, sums, strict=True)))
    return found
