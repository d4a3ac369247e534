"""Reading the rows behind a figure, a page at a time. The scope is that of the figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from compliance.checklists.policy import Severity
from compliance.corrective_actions.rules import ActionState
from compliance.people.rules import Actor
from compliance.shared.database import session
from compliance.shared.words import Text
from compliance.trends import sources
from compliance.trends.rules import Cell, Place, Selection
from compliance.trends.sources import table
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


def visit_rows(actor: Actor, ids: Sequence[UUID]) -> list[VisitRow]:
    """Visits by id, in the order of ``ids``; what is outside the actor's scope is left out."""
    visit, enterprise, workplace, card = (table(name) for name in ("visit", "enterprise", "workplace", "scorecard"))
    query = (
        sa.select(
            visit.c.id, sources.day(), enterprise.c.id, enterprise.c.name, workplace.c.name, visit.c.route,
            visit.c.outcome, visit.c.state, card.c.score, card.c.band,
            enterprise.c.sector, enterprise.c.district, enterprise.c.size,
        )
        .select_from(sources.visits_with_scorecards().join(workplace, workplace.c.id == visit.c.workplace_id))
        .where(*sources.in_scope(visit, actor), sources.any_of(ids, visit.c.id))
    )  # fmt: skip
    found: dict[UUID, VisitRow] = {}
    for row in session().execute(query):
        visit_id, on, enterprise_id, name, where, route, outcome, state, score, band, sector, district, size = row
        place = sources.place(sector, district, size)
        released = state is State.released
        found[visit_id] = VisitRow(
            visit_id, sources.as_day(on), enterprise_id, name, where, route, outcome, released, score, band, place
        )
    return [found[one] for one in ids if one in found]


def finding_rows(
    actor: Actor, wanted: Selection, cell: Cell, page: int, size: int = PAGE_SIZE
) -> tuple[list[FindingRow], int]:
    """The released findings on the compared visits of the selection, newest first, and how many there are."""
    finding, visit, enterprise = table("finding"), table("visit"), table("enterprise")
    conditions = [
        *sources.in_scope(visit, actor), *sources.made_in(wanted), *sources.of_class(wanted),
        *sources.compared(wanted.view), finding.c.state.in_(sources.SHOWN_FINDINGS),
    ]  # fmt: skip
    if cell.item:
        conditions.append(finding.c.item == cell.item)
    if cell.area:
        conditions.append(finding.c.area == cell.area)
    if cell.severity:
        conditions.append(finding.c.severity == cell.severity)
    joined = sources.visits_with_scorecards().join(finding, finding.c.visit_id == visit.c.id)
    total = session().execute(sa.select(sa.func.count()).select_from(joined).where(*conditions)).scalar_one()
    query = (
        sa.select(
            finding.c.id, visit.c.id, sources.day(), enterprise.c.id, enterprise.c.name, visit.c.route,
            finding.c.item, finding.c.area, finding.c.severity, finding.c.repeat_of_id.is_not(None),
        )
        .select_from(joined)
        .where(*conditions)
        .order_by(sources.day().desc(), finding.c.item, finding.c.id)
        .limit(size)
        .offset((page - 1) * size)
    )  # fmt: skip
    found = []
    for finding_id, visit_id, on, enterprise_id, name, route, item, area, severity, repeat in session().execute(query):
        found.append(
            FindingRow(
                finding_id, visit_id, sources.as_day(on), enterprise_id, name, route, item, area, severity, bool(repeat)
            )
        )
    return found, total


def action_rows(actor: Actor, ids: Sequence[UUID]) -> list[ActionRow]:
    """Corrective actions by id, in the order of ``ids``; what is outside the actor's scope is left out."""
    action, enterprise = table("corrective_action"), table("enterprise")
    query = (
        sa.select(
            action.c.id, action.c.visit_id, enterprise.c.id, enterprise.c.name, action.c.text_en, action.c.text_zh,
            action.c.item, action.c.severity, action.c.state, action.c.delivered_on, action.c.due_on,
            action.c.verified_on,
        )
        .select_from(action.join(enterprise, enterprise.c.id == action.c.enterprise_id))
        .where(*sources.in_scope(action, actor), sources.any_of(ids, action.c.id))
    )  # fmt: skip
    found: dict[UUID, ActionRow] = {}
    for row in session().execute(query):
        action_id, visit_id, enterprise_id, name, english, chinese, item, severity, state, delivered, due, done = row
        text = Text(english, chinese)
        found[action_id] = ActionRow(
            action_id, visit_id, enterprise_id, name, text, item, severity, state, delivered, due, done
        )
    return [found[one] for one in ids if one in found]


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
