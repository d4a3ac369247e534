"""Reading what the trends are made of. Everything is scoped to the actor: other associations' rows do not exist, and
enterprises that the actor manages or has a tie to are left out of every figure.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from compliance.checklists import store as checklists
from compliance.checklists.policy import Severity
from compliance.checklists.rules import Checklist
from compliance.corrective_actions.rules import CLOSED, ActionState, is_overdue
from compliance.people import store as people
from compliance.people.rules import Actor
from compliance.shared import clock
from compliance.shared.database import session
from compliance.shared.kept import until_written
from compliance.trends import sources
from compliance.trends.rules import OVERALL, ActionFact, Figure, Place, Selection, VisitFact
from compliance.trends.sources import table
from compliance.visits.states import Route


@dataclass(frozen=True)
class Shortfall:
    """How often an item was a finding on the compared visits: ``visits`` with at least one, ``critical`` of them."""

    item: str
    area: str
    visits: int
    critical: int


def today(actor: Actor) -> date:
    """The calendar day of the actor's association."""
    return clock.today(people.association(actor).time_zone)


def left_out(actor: Actor) -> int:
    """How many enterprises of the register are left out because the actor manages them or has a tie to them."""
    if not actor.outside_ids:
        return 0
    enterprise = table("enterprise")
    query = sa.select(sa.func.count()).where(
        enterprise.c.association_id == actor.association_id, sources.any_of(actor.outside_ids, enterprise.c.id)
    )
    return int(session().execute(query).scalar_one())


def register(actor: Actor, wanted: Selection) -> dict[Place, int]:
    """The active enterprises of the selected classes: how many of each sector (division), district and size.

    Those that the actor sees from the outside only are counted apart and taken away: a condition on the id would make
    the database look at every row of a large register instead of an index.
    """
    enterprise = table("enterprise")
    everybody = [enterprise.c.association_id == actor.association_id, *sources.of_class(wanted), sources.active()]
    found = _counted(everybody)
    if actor.outside_ids:
        for place, number in _counted([*everybody, sources.any_of(actor.outside_ids, enterprise.c.id)]).items():
            found[place] -= number
    return {place: number for place, number in found.items() if number}


def _counted(conditions: Sequence[sources.Condition]) -> dict[Place, int]:
    enterprise = table("enterprise")
    columns = (enterprise.c.sector, enterprise.c.district, enterprise.c.size)
    found: dict[Place, int] = {}
    for sector, district, size, number in session().execute(
        sa.select(*columns, sa.func.count()).where(*conditions).group_by(*columns)
    ):
        place = sources.place(sector, district, size)
        found[place] = found.get(place, 0) + number
    return found


def visits(actor: Actor, wanted: Selection) -> Sequence[VisitFact]:
    """Every visit made in the selection, with the figures of its standing released scorecard, oldest first."""
    key = ("visits made", actor.association_id, actor.outside_ids, wanted)
    return until_written(key, lambda: _visits(actor, wanted))


def _visits(actor: Actor, wanted: Selection) -> tuple[VisitFact, ...]:
    visit, enterprise, card = table("visit"), table("enterprise"), table("scorecard")
    query = (
        sa.select(
            visit.c.id, visit.c.route, visit.c.outcome, sources.day(), visit.c.checklist_version_id,
            sources.raw(enterprise.c.id), sources.active(), enterprise.c.sector, enterprise.c.district,
            enterprise.c.size, sources.raw(card.c.id), card.c.score, card.c.band, card.c.coverage,
        )
        .select_from(sources.visits_with_scorecards())
        .where(*sources.in_scope(visit, actor), *sources.made_in(wanted), *sources.of_class(wanted))
        .order_by(sources.day(), visit.c.id)
    )  # fmt: skip
    areas = _area_figures(actor, wanted)
    rows = session().execute(query).all()
    minimum = _coverage_minimums({row.checklist_version_id for row in rows})
    found = []
    for row in rows:
        visit_id, route, outcome, on, version, enterprise_id, active, sector, district, size, card_id, *whole = row
        figures = {}
        if card_id is not None:
            score, band, coverage = whole
            overall = Figure(score, band, score is not None and coverage < minimum.get(version, 0.0))
            figures = {OVERALL: overall, **areas.get(card_id, {})}
        place = sources.place(sector, district, size)
        found.append(
            VisitFact(
                visit_id, route, outcome, card_id is not None, sources.as_day(on), enterprise_id, bool(active), place,
                figures, version,
            )
        )  # fmt: skip
    return tuple(found)


def _coverage_minimums(used: set[UUID | None]) -> dict[UUID, float]:
    """The coverage below which a score is provisional, by version."""
    return {version: float(checklists.load(version).policy.coverage_minimum) for version in used if version}


def _area_figures(actor: Actor, wanted: Selection) -> dict[Hashable, dict[str, Figure]]:
    visit, card, area = table("visit"), table("scorecard"), table("scorecard_area")
    query = (
        sa.select(sources.raw(area.c.scorecard_id), area.c.area, area.c.score, area.c.band, area.c.provisional)
        .select_from(sources.visits_with_scorecards().join(area, area.c.scorecard_id == card.c.id))
        .where(*sources.in_scope(visit, actor), *sources.made_in(wanted), *sources.of_class(wanted))
    )
    found: dict[Hashable, dict[str, Figure]] = {}
    for card_id, name, score, band, provisional in session().execute(query):
        found.setdefault(card_id, {})[name] = Figure(score, band, bool(provisional))
    return found


def shortfalls(actor: Actor, wanted: Selection) -> list[Shortfall]:
    """The items that were released findings on the compared visits of the selection, the most frequent first.

    Findings that rest on sealed facts are never among them: they are not released.
    """
    finding, visit = table("finding"), table("visit")
    number = sa.func.count(sa.distinct(finding.c.visit_id))
    critical = sa.func.sum(sa.case((finding.c.severity == "critical", 1), else_=0))
    query = (
        sa.select(finding.c.item, sa.func.max(finding.c.area), number, critical)
        .select_from(sources.visits_with_scorecards().join(finding, finding.c.visit_id == visit.c.id))
        .where(
            *sources.in_scope(visit, actor), *sources.made_in(wanted), *sources.of_class(wanted),
            *sources.compared(wanted.view), finding.c.state.in_(sources.SHOWN_FINDINGS),
        )
        .group_by(finding.c.item)
        .order_by(number.desc(), finding.c.item)
    )  # fmt: skip
    return [Shortfall(item, area, found, int(grave)) for item, area, found, grave in session().execute(query)]


def actions(actor: Actor, wanted: Selection) -> list[ActionFact]:
    """Corrective actions that are delivered and open now, or were verified in the selected span; what is drawn for a
    check on site that has not been yet is in neither.
    """
    action, visit, enterprise = table("corrective_action"), table("visit"), table("enterprise")
    query = (
        sa.select(
            sources.raw(action.c.id), sources.raw(visit.c.route), sources.raw(action.c.severity),
            sources.raw(action.c.state), action.c.due_on, action.c.paused_on, action.c.delivered_on,
            action.c.verified_on, enterprise.c.sector, enterprise.c.district, sources.raw(enterprise.c.size),
        )
        .select_from(_actions_with_places())
        .where(
            *sources.in_scope(action, actor), *sources.of_class(wanted), action.c.delivered_on.is_not(None),
            sa.or_(
                action.c.state.not_in(sorted(CLOSED)),
                sa.and_(
                    action.c.state == ActionState.verified,
                    action.c.verified_on.between(wanted.span.first, wanted.span.last),
                    ~_waits_on_site(),
                ),
            ),
        )
        .order_by(action.c.due_on, action.c.id)
    )  # fmt: skip
    now = today(actor)
    return [_action_fact(row, now) for row in session().execute(query).all()]


def _waits_on_site() -> sources.Condition:
    """Accepted at the desk and drawn for a check on site that has not been yet: not closed so far."""
    action, draw = table("corrective_action"), table("on_site_draw")
    return sa.exists().where(draw.c.action_id == action.c.id, draw.c.drawn, draw.c.settled_on.is_(None))


def _actions_with_places() -> sa.Join:
    action, visit, enterprise = table("corrective_action"), table("visit"), table("enterprise")
    with_visit = action.join(visit, visit.c.id == action.c.visit_id)
    return with_visit.join(enterprise, enterprise.c.id == action.c.enterprise_id)


# Hundreds of rows: what a column holds is looked up here, several times as fast as by the column's own type.
_ROUTES = {one.value: one for one in Route}
_SEVERITIES = {one.value: one for one in Severity}
_STATES = {one.value: one for one in ActionState}


def _action_fact(row: Sequence[Any], now: date) -> ActionFact:
    action_id, route, severity, named, due_on, paused_on, delivered_on, verified_on, sector, district, size = row
    state = _STATES[named]
    return ActionFact(
        id=action_id,
        route=_ROUTES[route],
        severity=_SEVERITIES[severity],
        state=state,
        overdue=is_overdue(state, due_on, paused_on, now),
        verified_on=verified_on,
        days=(verified_on - delivered_on).days if verified_on else None,
        place=sources.place(sector, district, size),
    )


def versions_of(actor: Actor, used: Iterable[UUID | None]) -> list[Checklist]:
    """The checklists that visits are pinned to, newest first; the current one first of all, if any is published."""
    wanted = {version_id for version_id in used if version_id}
    known = checklists.versions(actor)
    digests = [version.digest for place, version in enumerate(known) if place == 0 or version.id in wanted]
    return [checklists.load(digest) for digest in dict.fromkeys(digests)]
