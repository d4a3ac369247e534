"""Lists of the plan of days: the coordinators' one by day, and the days of one inspector, which name no place."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import SQLModel, col, select

from compliance.people import store as people
from compliance.people import store_field
from compliance.people.rules import Actor
from compliance.planning import store_drawn, store_schedule
from compliance.planning.models import DrawnWorkplace, DrawPeriod
from compliance.planning.models_schedule import DayPlan, VisitSlot, VisitSlotChange, VisitSlotPerson
from compliance.planning.schedule import ChangeKind, SlotState
from compliance.shared.database import session
from compliance.visits import store as visits
from compliance.visits.parts import ORDER, Part, part_of
from compliance.visits.states import Outcome, State

PAGE_SIZE = 60


@dataclass(frozen=True)
class Wanted:
    """What the plan of days is narrowed to; empty means all."""

    person_id: UUID | None = None
    district: str = ""
    part: Part | None = None
    state: SlotState | None = None
    page: int = 1


@dataclass(frozen=True)
class Line:
    """One slot with its hour and names, who goes, who of them is not there on that day, and its visit."""

    row: VisitSlot
    hour: str
    enterprise: str
    workplace: str
    district: str
    team: Sequence[tuple[UUID, str]]
    away: frozenset[UUID]
    visit: Any


@dataclass(frozen=True)
class Page:
    """One page of the plan, and how many there are in all."""

    rows: Sequence[Line]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE_SIZE))


@dataclass(frozen=True)
class Tally:
    """Where the days of a period stand. ``waiting`` and the others count drawn workplaces, ``moves`` and
    ``replacements`` changes; ``ended`` the visits by what became of them.
    """

    states: dict[SlotState, int]
    without: int
    moves: int
    replacements: int
    ended: dict[str, int]


@dataclass(frozen=True)
class Out:
    """A half-day on which somebody is out, and with whom. Nothing of where."""

    day: date
    part: Part
    others: tuple[str, ...]


def listed(
    actor: Actor,
    period: DrawPeriod,
    wanted: Wanted,
    enterprise_ids: Collection[UUID] | None = None,
    *,
    all_: bool = False,
) -> Page:
    """The plan of a period by day and hour, what has no day at the end. The caller opened the period."""
    enterprise, workplace = SQLModel.metadata.tables["enterprise"], SQLModel.metadata.tables["workplace"]
    district = sa.case((workplace.c.district == "", enterprise.c.district), else_=workplace.c.district)
    conditions: list[Any] = [col(VisitSlot.period_id) == period.id]
    if enterprise_ids is not None:
        conditions.append(col(VisitSlot.enterprise_id).in_(list(enterprise_ids)))
    if wanted.state:
        conditions.append(col(VisitSlot.state) == wanted.state)
    if wanted.part:
        conditions.append(col(VisitSlot.part) == wanted.part)
    if wanted.district:
        conditions.append(district == wanted.district)
    if wanted.person_id:
        sent = select(VisitSlotPerson.slot_id).where(VisitSlotPerson.person_id == wanted.person_id)
        conditions.append(col(VisitSlot.id).in_(sent))
    rows = (
        sa.select(VisitSlot, enterprise.c.name, workplace.c.name, district)
        .join(enterprise, enterprise.c.id == VisitSlot.enterprise_id)
        .join(workplace, workplace.c.id == VisitSlot.workplace_id)
        .where(*conditions)
    )
    total = session().execute(sa.select(sa.func.count()).select_from(rows.subquery())).scalar_one()
    page = min(max(1, wanted.page), max(1, -(-total // PAGE_SIZE)))
    rows = rows.order_by(col(VisitSlot.day).is_(None), col(VisitSlot.begins_at), col(VisitSlot.id))
    if not all_:
        rows = rows.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    return Page(_lines(period, session().execute(rows).all(), actor), total, page)


def line(actor: Actor, period: DrawPeriod, row: VisitSlot) -> Line:
    """One slot as the list shows it."""
    enterprise, workplace = SQLModel.metadata.tables["enterprise"], SQLModel.metadata.tables["workplace"]
    district = sa.case((workplace.c.district == "", enterprise.c.district), else_=workplace.c.district)
    query = (
        sa.select(VisitSlot, enterprise.c.name, workplace.c.name, district)
        .join(enterprise, enterprise.c.id == VisitSlot.enterprise_id)
        .join(workplace, workplace.c.id == VisitSlot.workplace_id)
        .where(col(VisitSlot.id) == row.id)
    )
    return _lines(period, session().execute(query).all(), actor)[0]


def tally(actor: Actor, period: DrawPeriod) -> Tally:
    """The numbers above the plan. For coordinators alone: they count what nobody else may know yet."""
    counted = sa.select(col(VisitSlot.state), sa.func.count()).where(col(VisitSlot.period_id) == period.id)
    states = {SlotState(state): n for state, n in session().execute(counted.group_by(col(VisitSlot.state)))}
    changed = (
        sa.select(col(VisitSlotChange.kind), sa.func.count())
        .where(col(VisitSlotChange.period_id) == period.id, col(VisitSlotChange.undone).is_(False))
        .group_by(col(VisitSlotChange.kind))
    )
    changes = {ChangeKind(kind): n for kind, n in session().execute(changed)}
    visit = SQLModel.metadata.tables["visit"]
    ends = (
        sa.select(visit.c.state, visit.c.outcome, sa.func.count())
        .join(DrawnWorkplace, col(DrawnWorkplace.visit_id) == visit.c.id)
        .where(col(DrawnWorkplace.period_id) == period.id)
        .group_by(visit.c.state, visit.c.outcome)
    )
    ended: dict[str, int] = {}
    for state, outcome, n in session().execute(ends):
        name = _end(State(state), Outcome(outcome) if outcome else None)
        if name:
            ended[name] = ended.get(name, 0) + n
    return Tally(
        states,
        len(store_schedule.without_day(actor, period)) if states.get(SlotState.unplaced) or not states else 0,
        changes.get(ChangeKind.moved, 0),
        changes.get(ChangeKind.replaced, 0),
        ended,
    )


def drawings(period: DrawPeriod) -> list[DayPlan]:
    """When days were drawn, the newest first."""
    query = select(DayPlan).where(DayPlan.period_id == period.id)
    return list(session().exec(query.order_by(col(DayPlan.made_at).desc(), col(DayPlan.number).desc())))


def districts(period: DrawPeriod) -> list[str]:
    """The districts of what has a day in a period."""
    enterprise, workplace = SQLModel.metadata.tables["enterprise"], SQLModel.metadata.tables["workplace"]
    district = sa.case((workplace.c.district == "", enterprise.c.district), else_=workplace.c.district)
    query = (
        sa.select(district)
        .select_from(VisitSlot)
        .join(enterprise, enterprise.c.id == VisitSlot.enterprise_id)
        .join(workplace, workplace.c.id == VisitSlot.workplace_id)
        .where(col(VisitSlot.period_id) == period.id)
        .distinct()
    )
    return sorted(code for code in session().execute(query).scalars() if code)


def my_days(actor: Actor) -> list[Out]:
    """The half-days on which the actor is out from today on, until they are handed out. A tour of several visits is
    one line, and nothing tells how many they are.
    """
    today, zone = visits.today(actor), people.association(actor).time_zone
    mine = select(VisitSlotPerson.slot_id).where(VisitSlotPerson.person_id == actor.person_id)
    slots = list(
        session().exec(
            select(VisitSlot).where(
                VisitSlot.association_id == actor.association_id,
                VisitSlot.state == SlotState.waiting,
                col(VisitSlot.day) >= today,
                col(VisitSlot.id).in_(mine),
            )
        )
    )
    out = {(row.day, row.part, frozenset(team)) for row, team in _with_teams(slots) if row.day and row.part}
    visit, sent = SQLModel.metadata.tables["visit"], SQLModel.metadata.tables["visit_inspector"]
    by_hand = sa.select(visit.c.id, visit.c.planned_for, visit.c.begins_at).where(
        visit.c.association_id == actor.association_id,
        visit.c.state == State.planned,
        visit.c.begins_at.is_not(None),
        visit.c.planned_for >= today,
        visit.c.id.in_(sa.select(sent.c.visit_id).where(sent.c.person_id == actor.person_id)),
    )
    planned = session().execute(by_hand).all()
    teams = visits.inspectors(row.id for row in planned)
    out |= {(row.planned_for, part_of(row.begins_at, zone), frozenset(teams[row.id])) for row in planned}
    names = people.people_names(id for _day, _part, team in out for id in team)
    found = [
        Out(day, part, tuple(sorted(names.get(id, "") for id in team if id != actor.person_id)))
        for day, part, team in out
    ]
    return sorted(found, key=lambda one: (one.day, ORDER[one.part], one.others))


def _with_teams(slots: Sequence[VisitSlot]) -> list[tuple[VisitSlot, list[UUID]]]:
    sent = store_schedule.teams(row.id for row in slots)
    return [(row, sent[row.id]) for row in slots]


def _lines(period: DrawPeriod, rows: Sequence[Any], actor: Actor) -> list[Line]:
    slots = [row[0] for row in rows]
    sent = store_schedule.teams(row.id for row in slots)
    names = people.people_names(id for team in sent.values() for id in team)
    going = {one.person_id: one for one in store_field.inspectors(actor, period.first_day, period.last_day)}
    drawn_ids = [row.drawn_id for row in slots]
    drawn = list(session().exec(select(DrawnWorkplace).where(col(DrawnWorkplace.id).in_(drawn_ids))))
    states = store_drawn.visit_states(drawn)
    zone = ZoneInfo(people.association(actor).time_zone)
    by_drawn = {one.id: states.get(one.visit_id) for one in drawn if one.visit_id}

    def cannot(row: VisitSlot, id: UUID) -> bool:
        if row.state is not SlotState.waiting or row.day is None:
            return False
        one = going.get(id)
        return one is None or one.is_away(row.day) or row.enterprise_id in one.not_to

    return [
        Line(
            row,
            f"{row.begins_at.astimezone(zone):%H:%M}" if row.begins_at else "",
            enterprise,
            workplace if workplace != enterprise else "",
            district,
            [(id, names.get(id, "")) for id in sent[row.id]],
            frozenset(id for id in sent[row.id] if cannot(row, id)),
            by_drawn.get(row.drawn_id),
        )
        for row, enterprise, workplace, district in rows
    ]


def _end(state: State, outcome: Outcome | None) -> str:
    """What became of a drawn visit, as the estimates count it; nothing before its release."""
    if state is State.cancelled:
        return "missed"
    if state is not State.released or outcome is None:
        return ""
    return {Outcome.completed: "visited", Outcome.closed_down: "gone"}.get(outcome, "refused")
