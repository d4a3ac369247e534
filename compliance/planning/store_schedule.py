"""Drawing the days of a period, and what that is made from: people, places, and visits that have their day already."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel, col, select

from compliance.associations.models import Association
from compliance.enterprises.parks import neighbours_key
from compliance.people import store as people
from compliance.people import store_field
from compliance.people.rules import Actor
from compliance.planning import day_inputs, frames, store, store_drawn
from compliance.planning.day_inputs import Inputs
from compliance.planning.models import DrawnWorkplace, DrawPeriod
from compliance.planning.models_schedule import DayPlan, VisitSlot, VisitSlotPerson
from compliance.planning.periods import PeriodState
from compliance.planning.schedule import (
    ALGORITHM,
    Fixed,
    HandOut,
    Person,
    Place,
    Slot,
    SlotState,
    check_settings,
    settings_of,
)
from compliance.planning.schedule_draw import draw_days
from compliance.shared import audit, files
from compliance.shared.audit import audited
from compliance.shared.calendar import is_working_day
from compliance.shared.database import session
from compliance.shared.problems import Conflict
from compliance.shared.words import N_
from compliance.visits import store_teams
from compliance.visits.parts import Part, begins, part_of
from compliance.visits.states import State

if TYPE_CHECKING:
    from compliance.visits.models import Visit

SETTINGS = "handout"
DRAWN = "schedule.drawn"
INPUTS_TYPE = "text/plain"
STANDING = (State.planned, State.handed_out, State.sealed, State.released)
_AT_ONCE = 500


@dataclass(frozen=True)
class Known:
    """What a drawing starts from."""

    people: tuple[Person, ...]
    fixed: tuple[Fixed, ...]


def handout(actor: Actor) -> HandOut:
    """How the actor's association sends people out."""
    kept = people.association(actor).settings.get(SETTINGS)
    return settings_of(kept if isinstance(kept, Mapping) else {})


@audited("schedule.settings_changed")
def set_handout(actor: Actor, values: Mapping[str, int]) -> Association:
    """Change how people are sent out; what has its day keeps it. Raises ``Problem`` with ``field``."""
    row = people.association(actor)
    row.settings = {**row.settings, SETTINGS: asdict(check_settings(values))}
    return row


def days_left(actor: Actor, period: DrawPeriod) -> tuple[date, ...]:
    """The working days of a period from tomorrow on."""
    day, found = max(period.first_day, store.today(actor) + timedelta(days=1)), []
    while day <= period.last_day:
        if is_working_day(day)[0]:
            found.append(day)
        day += timedelta(days=1)
    return tuple(found)


def without_day(actor: Actor, period: DrawPeriod) -> list[DrawnWorkplace]:
    """What was drawn and has neither visit nor day, by position."""
    placed = select(VisitSlot.drawn_id).where(
        VisitSlot.period_id == period.id, col(VisitSlot.state) != SlotState.unplaced
    )
    done = set(session().exec(placed))
    return [one for one in store_drawn.waiting(actor, period) if one.id not in done]


def draw_for(actor: Actor, period_id: UUID) -> DayPlan | None:
    """Draw a day for everything of a period that has none, once: a second call finds nothing to do and gives None.

    What has a day keeps it, so that nobody draws until they like it. Raises ``Conflict`` unless the period is drawn.
    """
    period = store.get(actor, period_id, write=True)
    if period.state is not PeriodState.drawn:
        raise Conflict("period-state", N_("Days are drawn once the period is drawn, and before its seed is revealed."))
    store_drawn.note_departures(actor, period)
    waiting = without_day(actor, period)
    if not waiting:
        return None
    settings, known = handout(actor), gather(actor, period)
    inputs = Inputs(
        period.id,
        1 + len(session().exec(select(DayPlan.id).where(DayPlan.period_id == period.id)).all()),
        settings.terms(days_left(actor, period)),
        known.people,
        tuple(places_of(actor, waiting).values()),
        known.fixed,
    )
    # What is kept is what is drawn from: read again from the very bytes that stay.
    data = day_inputs.written(inputs)
    inputs, seed = day_inputs.read(data), day_inputs.seed_of(period.seed or "", inputs.number)
    plan = draw_days(inputs.places, inputs.people, inputs.terms, seed, inputs.fixed)
    there = {
        row.drawn_id: row
        for row in session().exec(select(VisitSlot).where(VisitSlot.period_id == period.id).with_for_update())
    }
    zone = people.association(actor).time_zone
    by_id = {one.id: one for one in waiting}
    for slot in plan.slots:
        put(_row_of(there, by_id[slot.place]), slot, zone)
    for drawn_id, why in plan.left:
        row = _row_of(there, by_id[drawn_id])
        row.state, row.left_why = SlotState.unplaced, why
        session().add(row)
    made = DayPlan(
        association_id=actor.association_id,
        period_id=period.id,
        number=inputs.number,
        algorithm=ALGORITHM,
        seed=seed,
        settings=asdict(settings),
        inputs_digest=files.put(data, INPUTS_TYPE).digest,
        plan_digest=day_inputs.digest_of(plan, seed),
        placed=len(plan.slots),
        unplaced=len(plan.left),
        made_by=actor.person_id,
    )
    session().add(made)
    session().flush()
    audit.record(
        actor,
        DRAWN,
        period,
        placed=made.placed,
        unplaced=made.unplaced,
        algorithm=ALGORITHM,
        number=made.number,
        inputs_digest=made.inputs_digest,
        seed_digest=frames.digest_of(bytes.fromhex(seed)),
        plan_digest=made.plan_digest,
    )
    return made


def put(row: VisitSlot, slot: Slot, zone: str) -> None:
    """Give a row the day and the people that were drawn for it. The caller puts on the trail that it did."""
    row.state, row.left_why, row.problem = SlotState.waiting, None, ""
    row.day, row.part, row.begins_at = slot.day, slot.part, begins(slot.day, slot.minute, zone)
    row.position, row.relaxed = slot.order, [one.value for one in slot.relaxed]
    session().add(row)
    send(row, slot.team)


def send(row: VisitSlot, team: Sequence[UUID]) -> None:
    """Let these people go; the first leads. The caller puts on the trail that they do."""
    session().flush()
    session().execute(sa.delete(VisitSlotPerson).where(col(VisitSlotPerson.slot_id) == row.id))
    for place, person_id in enumerate(team):
        session().add(VisitSlotPerson(slot_id=row.id, person_id=person_id, lead=place == 0))
    session().flush()


def teams(slot_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Who goes where, by slot, the lead first."""
    wanted = list(slot_ids)
    found: dict[UUID, list[UUID]] = {id: [] for id in wanted}
    for start in range(0, len(wanted), _AT_ONCE):
        query = select(VisitSlotPerson).where(col(VisitSlotPerson.slot_id).in_(wanted[start : start + _AT_ONCE]))
        for row in session().exec(query.order_by(col(VisitSlotPerson.lead).desc(), col(VisitSlotPerson.person_id))):
            found[row.slot_id].append(row.person_id)
    return found


def gather(actor: Actor, period: DrawPeriod, *, but: Iterable[UUID] = ()) -> Known:
    """Everybody who can be sent, and every visit that has its day; ``but`` are slots that are left out."""
    return gather_between(actor, period.first_day, period.last_day, but=but)


def gather_between(
    actor: Actor, first: date, last: date, *, but: Iterable[UUID] = (), but_visits: Iterable[UUID] = ()
) -> Known:
    """The same for a span of days; ``but_visits`` are visits that are left out as well."""
    far = timedelta(days=handout(actor).apart + 1)
    going = tuple(
        Person(one.person_id, one.facts.languages, one.facts.woman, one.not_to, one.away, one.facts.district)
        for one in store_field.inspectors(actor, first, last)
    )
    made = _visits(actor, first - far, last + far, frozenset(but_visits))
    return Known(going, (*made, *_slots(actor, first - far, last + far, frozenset(but))))


def places_of(actor: Actor, wanted: "Iterable[DrawnWorkplace | Visit]") -> dict[UUID, Place]:
    """Drawn workplaces, or visits, as a drawing sees them: nothing of why they are visited."""
    rows = list(wanted)
    ids = sorted({one.workplace_id for one in rows})
    workplace, enterprise = SQLModel.metadata.tables["workplace"], SQLModel.metadata.tables["enterprise"]
    facts: dict[UUID, Any] = {}
    last: dict[UUID, frozenset[UUID]] = {}
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        query = (
            sa.select(workplace, enterprise.c.district.label("elsewhere"))
            .join(enterprise, enterprise.c.id == workplace.c.enterprise_id)
            .where(workplace.c.id.in_(some), workplace.c.association_id == actor.association_id)
        )
        facts |= {row.id: row for row in session().execute(query)}
        last |= store_teams.last_visitors(some)
    return {
        one.id: Place(
            one.id,
            one.enterprise_id,
            facts[one.workplace_id].district or facts[one.workplace_id].elsewhere,
            neighbours_key(facts[one.workplace_id].park, facts[one.workplace_id].address),
            frozenset(facts[one.workplace_id].languages),
            facts[one.workplace_id].night_work,
            facts[one.workplace_id].shifts,
            last.get(one.workplace_id, frozenset()),
        )
        for one in rows
        if one.workplace_id in facts
    }


def _visits(actor: Actor, first: date, last: date, but: frozenset[UUID]) -> list[Fixed]:
    """Visits of any route that are planned or were made in these days."""
    visit, workplace = SQLModel.metadata.tables["visit"], SQLModel.metadata.tables["workplace"]
    sent = SQLModel.metadata.tables["visit_inspector"]
    on = sa.func.coalesce(visit.c.visited_on, visit.c.planned_for)
    query = (
        sa.select(
            visit.c.id,
            sa.type_coerce(on, sa.Date).label("day"),
            visit.c.begins_at,
            visit.c.enterprise_id,
            workplace.c.park,
            workplace.c.address,
        )
        .join(workplace, workplace.c.id == visit.c.workplace_id)
        .where(visit.c.association_id == actor.association_id, visit.c.state.in_(STANDING), on.between(first, last))
    )
    rows = session().execute(query).all()
    people_of: dict[UUID, set[UUID]] = {}
    going = (
        sa.select(sent.c.visit_id, sent.c.person_id)
        .join(visit, visit.c.id == sent.c.visit_id)
        .where(visit.c.association_id == actor.association_id, visit.c.state.in_(STANDING), on.between(first, last))
    )
    for visit_id, person_id in session().execute(going):
        people_of.setdefault(visit_id, set()).add(person_id)
    zone = people.association(actor).time_zone
    return [
        Fixed(
            row.day,
            part_of(row.begins_at, zone) if row.begins_at else None,
            frozenset(people_of.get(row.id, ())),
            _neighbourhood(row.enterprise_id, row.park, row.address),
        )
        for row in rows
        if row.id not in but
    ]


def _slots(actor: Actor, first: date, last: date, but: frozenset[UUID]) -> list[Fixed]:
    """Days that are drawn and not handed out yet: a visit that was handed out stands among the visits."""
    slot, workplace = SQLModel.metadata.tables["visit_slot"], SQLModel.metadata.tables["workplace"]
    query = (
        sa.select(slot.c.id, slot.c.day, slot.c.part, slot.c.enterprise_id, workplace.c.park, workplace.c.address)
        .join(workplace, workplace.c.id == slot.c.workplace_id)
        .where(
            slot.c.association_id == actor.association_id,
            slot.c.state == SlotState.waiting,
            slot.c.day.between(first, last),
        )
    )
    rows = [row for row in session().execute(query) if row.id not in but]
    sent = teams(row.id for row in rows)
    tours: dict[tuple[date, Part, frozenset[UUID]], list[tuple[str, str]]] = {}
    for row in rows:  # a team on its tour is out once
        key = (row.day, row.part, frozenset(sent[row.id]))
        tours.setdefault(key, []).extend(_neighbourhood(row.enterprise_id, row.park, row.address))
    return [Fixed(day, part, sent_there, tuple(near)) for (day, part, sent_there), near in tours.items()]


def _neighbourhood(enterprise_id: UUID, park: str, address: str) -> tuple[tuple[str, str], ...]:
    return Place(enterprise_id, enterprise_id, park=neighbours_key(park, address)).neighbourhood


def _row_of(there: Mapping[UUID, VisitSlot], one: DrawnWorkplace) -> VisitSlot:
    return there.get(one.id) or VisitSlot(
        association_id=one.association_id,
        period_id=one.period_id,
        drawn_id=one.id,
        enterprise_id=one.enterprise_id,
        workplace_id=one.workplace_id,
        state=SlotState.unplaced,
    )
