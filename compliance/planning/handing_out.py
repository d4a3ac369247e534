"""Handing visits out at their time: every minute, once each, in an order that tells nothing.

A drawn visit becomes a row among the visits here and not earlier. Whoever is on leave or has got a tie meanwhile is
replaced by somebody drawn. What was missed is caught up on the same day; after it the day has gone by, and is counted.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask import current_app
from sqlmodel import SQLModel, col, select

from compliance.associations import store as associations
from compliance.people.rules import Actor, system_actor
from compliance.planning import store_drawn, store_schedule, store_slots
from compliance.planning.models import DrawPeriod
from compliance.planning.models_schedule import VisitSlot
from compliance.planning.schedule import SlotState
from compliance.shared import clock, jobs
from compliance.shared.audit import record
from compliance.shared.database import session
from compliance.shared.problems import Problem
from compliance.shared.words import N_
from compliance.visits import store as visits
from compliance.visits.states import State

AWAY = N_("Replaced by itself at the handing-out: on leave, no longer an inspector, or tied to the enterprise.")


@dataclass(frozen=True)
class Result:
    """What a round came to."""

    handed_out: int = 0
    missed: int = 0
    stuck: int = 0


@jobs.each_minute
def hand_out_what_is_due() -> None:
    """One round for every association."""
    for association in associations.every():
        run(association.id)
    session().rollback()


def run(association_id: UUID) -> Result:
    """Hand out what is due in one association. Each visit is a transaction of its own, and begins with a second look
    at its row: two rounds at once hand nothing out twice.
    """
    actor = system_actor(association_id, "hand-out")
    soon = clock.now() + timedelta(minutes=store_schedule.handout(actor).lead)
    query = select(VisitSlot.id).where(
        VisitSlot.association_id == association_id,
        VisitSlot.state == SlotState.waiting,
        col(VisitSlot.begins_at) <= soon,
    )
    # Drawn, not by hour, name or district.
    due = list(session().exec(query.order_by(col(VisitSlot.position), col(VisitSlot.id))))
    found = [_one(actor, slot_id) for slot_id in due]
    by_hand = sum(_planned(actor, visit_id) for visit_id in _planned_due(actor))
    return Result(found.count("handed_out") + by_hand, found.count("missed"), found.count("stuck"))


def _one(actor: Actor, slot_id: UUID) -> str:
    try:
        became = _hand_out(actor, slot_id)
        session().commit()
    except Problem as problem:
        session().rollback()
        row, _period = store_slots.get(actor, slot_id, write=True)
        if row.problem != problem.text:
            row.problem = problem.text[:300]
            session().add(row)
            record(actor, "schedule.stuck", row, code=problem.code)
        session().commit()
        return "stuck"
    except Exception as error:  # one that cannot be handed out keeps no other one back
        session().rollback()
        current_app.logger.error("slot %s was not handed out: %s", slot_id, type(error).__name__)
        return "stuck"
    return became


def _hand_out(actor: Actor, slot_id: UUID) -> str:
    row, period = store_slots.get(actor, slot_id, write=True)
    if row.state is not SlotState.waiting or row.day is None:
        return "done already"
    if _is_settled(actor, period, row):
        return "settled"
    today = visits.today(actor)
    if row.day < today:
        row.state = SlotState.missed
        session().add(row)
        record(actor, "schedule.missed", row)
        return "missed"
    _heal(actor, row)
    drawn = store_drawn.plan_visit(actor, row.drawn_id, today, store_schedule.teams([row.id])[row.id])
    visit = visits.get(actor, drawn.visit_id) if drawn.visit_id else None
    if visit is None:
        raise Problem("slot-visit", N_("The visit could not be made."))
    visit.begins_at = row.begins_at
    visits.hand_out(actor, visit)
    row.state, row.handed_out_at, row.problem = SlotState.handed_out, clock.now(), ""
    session().add(row)
    session().flush()
    return "handed_out"


def _is_settled(actor: Actor, period: DrawPeriod, row: VisitSlot) -> bool:
    """Whether there is nothing to hand out: the workplace has left, or its visit is there already."""
    store_drawn.note_departures(actor, period)
    drawn = store_drawn.get(actor, row.drawn_id)
    if drawn.left_reason is None and drawn.visit_id is None:
        return False
    row.state = SlotState.dropped if drawn.left_reason else SlotState.handed_out
    session().add(row)
    record(actor, "schedule.dropped", row)
    return True


def _heal(actor: Actor, row: VisitSlot) -> None:
    """Replace whoever cannot go. Raises ``Problem`` where nobody can go instead."""
    while True:
        cannot = store_slots.who_cannot_go(actor, row)
        if not cannot:
            return
        store_slots.replace(actor, row.id, cannot[0], None, AWAY)


def _planned_due(actor: Actor) -> list[UUID]:
    """Visits planned by hand whose drawn beginning is near."""
    visit = SQLModel.metadata.tables["visit"]
    soon = clock.now() + timedelta(minutes=store_schedule.handout(actor).lead)
    query = visit.select().where(
        visit.c.association_id == actor.association_id,
        visit.c.state == State.planned,
        visit.c.begins_at <= soon,
        visit.c.planned_for == visits.today(actor),
    )
    return [row.id for row in session().execute(query.order_by(visit.c.id))]


def _planned(actor: Actor, visit_id: UUID) -> bool:
    try:
        visits.hand_out(actor, visits.get(actor, visit_id))
        session().commit()
    except Problem as problem:  # a coordinator sees it on its page, and hands it out by hand
        session().rollback()
        current_app.logger.warning("visit %s was not handed out: %s", visit_id, problem.code)
        return False
    return True
