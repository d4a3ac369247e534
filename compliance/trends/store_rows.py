"""Reading the rows behind a figure, a page at a time. The scope is that of the figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from compliance.checklists import store as checklists
from compliance.checklists.policy import Severity
from compliance.corrective_actions.rules import CLOSED, ActionState
from compliance.people.rules import Actor
from compliance.shared.database import session
from compliance.shared.words import Text
from compliance.trends import periods, sources, summed
from compliance.trends.newest import newest, number
from compliance.trends.rules import NO_BAND, OVERALL, ROUTES, Cell, Place, Selection, View
from compliance.trends.sources import table
from compliance.trends.store import actions_with_places, closed_in
from compliance.trends.store_closing import overdue
from compliance.visits.states import Outcome, Route, State

PAGE_SIZE = 50
LARGEST_SHEET = 20_000


@dataclass(frozen=True)
class VisitRow:
    """A visit as it is listed."""

    id: UUID
    on: date
    enterprise_id: UUID
    enterprise: str
    workplace: str
    route: Route
    outcome: Outcome
    released: bool
    score: float | None
    band: str | None
    place: Place


@dataclass(frozen=True)
class FindingRow:
    """A finding as it is listed; never how it was known."""

    id: UUID
    visit_id: UUID
    on: date
    enterprise_id: UUID
    enterprise: str
    route: Route
    item: str
    area: str
    severity: Severity
    repeat: bool


@dataclass(frozen=True)
class ActionRow:
    """A corrective action as it is listed."""

    id: UUID
    visit_id: UUID
    enterprise_id: UUID
    enterprise: str
    text: Text
    item: str
    severity: Severity
    state: ActionState
    delivered_on: date
    due_on: date
    verified_on: date | None


@dataclass(frozen=True)
class EnterpriseRow:
    """An enterprise as it is listed, with the number of its completed visits in the span."""

    id: UUID
    name: str
    place: Place
    visits: int
    last_visit: date | None


def visit_rows(
    actor: Actor, wanted: Selection, cell: Cell, page: int, size: int = PAGE_SIZE
) -> tuple[list[VisitRow], int]:
    """The visits behind a figure, exactly those that it counted, newest first, and how many there are. None that is
    still planned or handed out is ever among them.
    """
    visit, enterprise, workplace, card = (table(name) for name in ("visit", "enterprise", "workplace", "scorecard"))
    chosen = [*sources.in_scope(visit, actor), *sources.of_visits(wanted), *_of_cell(actor, wanted, cell)]
    span, joined = _span(wanted, cell), sources.visits_with_scorecards()
    if span is None:
        return [], 0
    columns = (
        visit.c.id, enterprise.c.id, enterprise.c.name, workplace.c.name, visit.c.route, visit.c.outcome,
        visit.c.state, card.c.score, card.c.band, enterprise.c.sector, sources.district(), enterprise.c.size,
    )  # fmt: skip
    found = []
    for row in newest(columns, joined, chosen, span, [], page=page, size=size):
        on, visit_id, enterprise_id, name, where, route, outcome, state, score, band, sector, district, of_size = row
        place = sources.place(sector, district, of_size)
        released = state is State.released
        found.append(VisitRow(visit_id, on, enterprise_id, name, where, route, outcome, released, score, band, place))
    total = summed.visits(actor, wanted, cell, span)
    return found, number(joined, chosen, span) if total is None else total


def _span(wanted: Selection, cell: Cell) -> periods.Span | None:
    """The days of the figure: those of its bucket, or all; None where there is no such bucket."""
    if not cell.bucket:
        return wanted.span
    one = periods.bucket(periods.buckets(wanted.span, wanted.step), cell.bucket)
    return one.span if one else None


def _of_cell(actor: Actor, wanted: Selection, cell: Cell) -> list[sources.Condition]:
    """What narrows visits to those of a figure."""
    visit, card = table("visit"), table("scorecard")
    conditions: list[sources.Condition] = []
    if cell.counted or cell.area or cell.band:
        conditions += sources.compared(wanted.view)
    if cell.route:
        conditions.append(visit.c.route == cell.route)
    if cell.outcome:
        conditions.append(visit.c.outcome == cell.outcome)
    if cell.released:
        conditions.append(visit.c.state == State.released)
    if cell.drawn:
        drawn = table("drawn_workplace")
        conditions.append(sa.exists().where(drawn.c.visit_id == visit.c.id))
    if cell.band:
        conditions.append(card.c.band == cell.band if cell.band != NO_BAND else sa.func.coalesce(card.c.band, "") == "")
    if cell.area:
        conditions.append(_has_figure(actor, wanted.figure, cell.area))
    return conditions


def _has_figure(actor: Actor, figure: str, area: str) -> sources.Condition:
    """Visits behind a score of an area: it was seen, and enough of it; behind a share of shortfalls: any of it was."""
    visit, card, of_area, finding = (table(name) for name in ("visit", "scorecard", "scorecard_area", "finding"))
    inside = sa.select(1).where(
        of_area.c.scorecard_id == card.c.id, of_area.c.area == area, of_area.c.score.is_not(None)
    )
    if figure == "score":
        if area == OVERALL:
            return sa.and_(card.c.score.is_not(None), ~_too_little_seen(actor))
        return inside.where(~of_area.c.provisional).correlate(card).exists()
    if area == OVERALL:
        return card.c.id.is_not(None)
    found = sa.exists().where(
        finding.c.visit_id == visit.c.id, finding.c.area == area, finding.c.state.in_(sources.SHOWN_FINDINGS)
    )
    return sa.or_(inside.correlate(card).exists(), found)


def _too_little_seen(actor: Actor) -> sources.Condition:
    """Scorecards whose coverage is below what their checklist version asks for."""
    visit, card, version = table("visit"), table("scorecard"), table("checklist_version")
    minimum = {
        version_id: float(checklists.load(version_id).policy.coverage_minimum)
        for version_id in session()
        .execute(sa.select(version.c.id).where(version.c.association_id == actor.association_id))
        .scalars()
    }
    if not minimum:
        return sa.false()
    return card.c.coverage < sa.case(minimum, value=visit.c.checklist_version_id, else_=0.0)


def _told(view: View) -> list[sources.Condition]:
    """Visits whose findings count, as the cells count them: a finding that was released holds without a scorecard."""
    visit = table("visit")
    return [
        visit.c.state.in_(sources.MADE), visit.c.outcome == Outcome.completed, visit.c.route.in_(sorted(ROUTES[view])),
    ]  # fmt: skip


def finding_rows(
    actor: Actor, wanted: Selection, cell: Cell, page: int, size: int = PAGE_SIZE
) -> tuple[list[FindingRow], int]:
    """The released findings on the compared visits of the selection, newest first, and how many there are."""
    finding, visit, enterprise = table("finding"), table("visit"), table("enterprise")
    chosen = [
        *sources.in_scope(visit, actor), *sources.of_visits(wanted), *_told(wanted.view),
        finding.c.state.in_(sources.SHOWN_FINDINGS),
    ]  # fmt: skip
    narrower = ((finding.c.item, cell.item), (finding.c.area, cell.area), (finding.c.severity, cell.severity))
    chosen += [column == value for column, value in narrower if value]
    joined = sources.visits_with_scorecards().join(finding, finding.c.visit_id == visit.c.id)
    columns = (
        finding.c.id, visit.c.id, enterprise.c.id, enterprise.c.name, visit.c.route, finding.c.item, finding.c.area,
        finding.c.severity, finding.c.repeat_of_id.is_not(None),
    )  # fmt: skip
    found = []
    for row in newest(columns, joined, chosen, wanted.span, [finding.c.item, finding.c.id], page=page, size=size):
        on, finding_id, visit_id, enterprise_id, name, route, item, area, severity, repeat = row
        found.append(
            FindingRow(finding_id, visit_id, on, enterprise_id, name, route, item, area, severity, bool(repeat))
        )
    total = None if any(value for _column, value in narrower) else summed.findings(actor, wanted)
    return found, number(joined, chosen, wanted.span) if total is None else total


def action_rows(
    actor: Actor, wanted: Selection, cell: Cell, today: date, page: int, size: int = PAGE_SIZE
) -> tuple[list[ActionRow], int]:
    """Delivered corrective actions of the selected classes, the first due first, and how many there are: those open,
    overdue or to check today, those closed in the span, or all that are one of these.
    """
    action, enterprise = table("corrective_action"), table("enterprise")
    is_open = action.c.state.not_in(sorted(CLOSED))
    asked = {
        "": sa.or_(is_open, closed_in(wanted)),
        "open": is_open,
        "overdue": overdue(today),
        "to_check": action.c.state == ActionState.evidence_sent,
        "closed": closed_in(wanted),
    }
    conditions = [
        *sources.in_scope(action, actor), *sources.of_class(wanted), action.c.delivered_on.is_not(None),
        asked[cell.state],
    ]  # fmt: skip
    if cell.severity:
        conditions.append(action.c.severity == cell.severity)
    if cell.route:
        conditions.append(table("visit").c.route == cell.route)
    joined = actions_with_places()
    total = session().execute(sa.select(sa.func.count()).select_from(joined).where(*conditions)).scalar_one()
    query = (
        sa.select(
            action.c.id, action.c.visit_id, enterprise.c.id, enterprise.c.name, action.c.text_en, action.c.text_zh,
            action.c.item, action.c.severity, action.c.state, action.c.delivered_on, action.c.due_on,
            action.c.verified_on,
        )
        .select_from(joined)
        .where(*conditions)
        .order_by(action.c.due_on, action.c.id)
        .limit(size)
        .offset((page - 1) * size)
    )  # fmt: skip
    found = []
    for row in session().execute(query):
        action_id, visit_id, enterprise_id, name, english, chinese, *rest = row
        found.append(ActionRow(action_id, visit_id, enterprise_id, name, Text(english, chinese), *rest))
    return found, total


def enterprise_rows(
    actor: Actor, wanted: Selection, cell: Cell, page: int, size: int = PAGE_SIZE
) -> tuple[list[EnterpriseRow], int]:
    """The active enterprises of the selection (visited in its span, visited at random, not visited, or all)."""
    enterprise, visit = table("enterprise"), table("visit")
    completed = [*sources.made_in(wanted), visit.c.outcome == Outcome.completed]
    conditions = [*sources.in_scope(enterprise, actor), *sources.of_class(wanted), sources.active()]
    if cell.visited:
        routes = [visit.c.route == Route.random] if cell.visited == "random" else []
        chosen = sa.select(visit.c.enterprise_id).where(*sources.in_scope(visit, actor), *completed, *routes)
        among = enterprise.c.id.in_(chosen)
        conditions.append(~among if cell.visited == "no" else among)
    total = session().execute(sa.select(sa.func.count()).select_from(enterprise).where(*conditions)).scalar_one()
    query = (
        sa.select(enterprise.c.id, enterprise.c.name, enterprise.c.sector, enterprise.c.district, enterprise.c.size)
        .where(*conditions)
        .order_by(enterprise.c.sort_key, enterprise.c.id)
        .limit(size)
        .offset((page - 1) * size)
    )
    rows = session().execute(query).all()
    counted = _visits_of([row[0] for row in rows], completed)
    return [
        EnterpriseRow(row[0], row[1], sources.place(*row[2:]), *counted.get(row[0], (0, None))) for row in rows
    ], total


def _visits_of(ids: Sequence[UUID], completed: Sequence[sources.Condition]) -> dict[UUID, tuple[int, date]]:
    visit = table("visit")
    query = (
        sa.select(visit.c.enterprise_id, sa.func.count(), sa.func.max(sources.day()))
        .where(sources.any_of(ids, visit.c.enterprise_id), *completed)
        .group_by(visit.c.enterprise_id)
    )
    return {row[0]: (row[1], sources.as_day(row[2])) for row in session().execute(query)}
