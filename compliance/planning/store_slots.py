"""Changing the day of one drawn workplace: somebody else goes, another half-day is drawn, the last change is undone."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from compliance.people import store as people
from compliance.people.rules import Actor
from compliance.planning import store, store_drawn, store_schedule
from compliance.planning.models import DrawPeriod
from compliance.planning.models_schedule import VisitSlot, VisitSlotChange
from compliance.planning.periods import PeriodState
from compliance.planning.schedule import LEFT_WORDS, ChangeKind, Fixed, Left, Person, Place, Relaxed, SlotState
from compliance.planning.schedule_draw import draw_again, draw_replacement, what_is_given_up
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem
from compliance.shared.words import N_, clean
from compliance.visits import store as visits
from compliance.visits.parts import Part
from compliance.visits.states import State, check_reason


def get(actor: Actor, slot_id: UUID, *, write: bool = False) -> tuple[VisitSlot, DrawPeriod]:
    """A slot and its period. Raises ``NotFound`` outside the scope, ``Refused`` as ``store.get`` does."""
    query = select(VisitSlot).where(VisitSlot.id == slot_id, VisitSlot.association_id == actor.association_id)
    if write:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session().exec(query).first()
    if row is None:
        raise NotFound("slot-unknown", N_("There is no such day in the plan."))
    return row, store.get(actor, row.period_id)


def changes(row: VisitSlot) -> list[VisitSlotChange]:
    """What was changed about a slot, the newest first."""
    query = select(VisitSlotChange).where(VisitSlotChange.slot_id == row.id)
    return list(session().exec(query.order_by(col(VisitSlotChange.id).desc())))


def tour(row: VisitSlot) -> list[VisitSlot]:
    """The visits that the same team makes in the same half-day and that are not handed out yet, this one first."""
    query = select(VisitSlot).where(
        VisitSlot.association_id == row.association_id,
        VisitSlot.day == row.day,
        VisitSlot.part == row.part,
        VisitSlot.state == SlotState.waiting,
    )
    rows = list(session().exec(query.order_by(col(VisitSlot.id))))
    sent = store_schedule.teams([row.id, *(one.id for one in rows)])
    own = set(sent[row.id])
    return [row, *(one for one in rows if one.id != row.id and set(sent[one.id]) == own)]


def _out_together(row: VisitSlot, day: date, part: Part, team: Sequence[UUID]) -> list[UUID]:
    """The slots of a team in a half-day: one more visit on its tour takes nobody away from anything."""
    query = select(VisitSlot.id).where(
        VisitSlot.association_id == row.association_id,
        VisitSlot.day == day,
        VisitSlot.part == part,
        VisitSlot.state == SlotState.waiting,
    )
    sent = store_schedule.teams(session().exec(query))
    return [id for id, there in sent.items() if set(there) == set(team)]


def half_day(row: VisitSlot) -> tuple[date, Part]:
    """Day and part of a slot that has them. Raises ``Conflict`` for one that has none."""
    if row.day is None or row.part is None:
        raise Conflict("slot-no-day", N_("This visit has no day."))
    return row.day, row.part


def can_move(actor: Actor, row: VisitSlot) -> bool:
    """Whether another half-day can be drawn: it waits, its day went by, or its visit was called off."""
    if row.state in (SlotState.waiting, SlotState.missed):
        return True
    visit_id = store_drawn.get(actor, row.drawn_id).visit_id
    called_off = visit_id is not None and visits.get(actor, visit_id).state is State.cancelled
    return row.state is SlotState.handed_out and called_off


def eligible(actor: Actor, row: VisitSlot, leaving: UUID) -> list[tuple[Person, tuple[Relaxed, ...]]]:
    """Who could go instead of somebody, with what the team would fall short of, the least first."""
    together, known = _together(actor, row)
    staying = [id for id in store_schedule.teams([row.id])[row.id] if id != leaving]
    by_id = {one.id: one for one in known.people}
    found = []
    for person in known.people:
        if person.id not in (leaving, *staying) and not why_not(person, together, row.day, row.part, known.fixed):
            team = [person, *(by_id[id] for id in staying if id in by_id)]
            found.append((person, what_is_given_up(together, team, known.people)))
    return sorted(found, key=lambda one: (len(one[1]), one[1], one[0].id))


def who_cannot_go(actor: Actor, row: VisitSlot) -> list[UUID]:
    """Those of a slot's team who are on leave, have a tie, or are inspectors no more."""
    together, known = _together(actor, row)
    by_id = {one.id: one for one in known.people}
    return [
        id
        for id in store_schedule.teams([row.id])[row.id]
        if id not in by_id or why_not(by_id[id], together, row.day, row.part, ())
    ]


@audited("schedule.replaced")
def replace(actor: Actor, slot_id: UUID, leaving: UUID, instead: UUID | None, reason: str) -> VisitSlot:
    """Let somebody else go on a whole tour: drawn among those with whom least is given up, or chosen.

    Raises ``Conflict`` unless the slot waits or nobody can go, ``Problem`` for a choice that cannot be.
    """
    row, _period = get(actor, slot_id, write=True)
    why = check_reason(clean(reason))[:2000]
    if row.state is not SlotState.waiting:
        raise Conflict("slot-state", N_("This visit is handed out or has no day: its team cannot be changed here."))
    team = store_schedule.teams([row.id])[row.id]
    if leaving not in team:
        raise Conflict("slot-person", N_("This person does not go there any more. Load the page again."))
    together, known = _together(actor, row)
    if instead is None:
        staying = [id for id in team if id != leaving]
        terms = store_schedule.handout(actor).terms(())
        found = draw_replacement(
            together, half_day(row), staying, known.people, terms, secrets.token_hex(16), known.fixed, without=leaving
        )
        if found is None:
            raise Conflict("slot-nobody", N_("Nobody else is free and without a tie. Draw another half-day."))
        instead = found[0]
    person = next((one for one in known.people if one.id == instead), None)
    wrong = UNKNOWN if person is None or instead in team else why_not(person, together, row.day, row.part, known.fixed)
    if wrong:
        raise Problem("slot-choice", wrong, field="instead")
    pass_on(actor, tour(row), leaving, instead, why, together, known)
    return row


def pass_on(
    actor: Actor,
    rows: Sequence[VisitSlot],
    leaving: UUID,
    instead: UUID,
    reason: str,
    places: Sequence[Place],
    known: store_schedule.Known,
) -> None:
    """Put one person in the place of another in the teams of slots. The caller checked it, and puts it on the trail."""
    by_id = {one.id: one for one in known.people}
    for one in rows:
        before = snapshot(one)
        new = [instead if id == leaving else id for id in store_schedule.teams([one.id])[one.id]]
        store_schedule.send(one, new)
        there = [by_id[id] for id in new if id in by_id]
        one.relaxed = [given.value for given in what_is_given_up(places, there, known.people)]
        one.problem = ""
        _note(actor, one, ChangeKind.replaced, reason, before)


@audited("schedule.moved")
def move(actor: Actor, slot_id: UUID, reason: str) -> VisitSlot:
    """Draw another half-day for a visit that cannot be made on its own. It is counted, and stays drawn.

    Raises ``Conflict`` where it is under way or made, and where no half-day is left.
    """
    row, period = get(actor, slot_id, write=True)
    why = check_reason(clean(reason))[:2000]
    if period.state is not PeriodState.drawn or not can_move(actor, row):
        raise Conflict("slot-state", N_("This visit is under way, made, or its period has ended: it keeps its day."))
    drawn = store_drawn.get(actor, row.drawn_id, write=True)
    place = store_schedule.places_of(actor, [drawn])[drawn.id]
    known = store_schedule.gather(actor, period, but=[row.id])
    terms = store_schedule.handout(actor).terms(store_schedule.days_left(actor, period))
    plan = draw_again(place, known.people, terms, secrets.token_hex(16), known.fixed, but=half_day(row))
    if not plan.slots:
        left: Left = plan.left[0][1]
        raise Conflict("slot-no-day", LEFT_WORDS[left])
    before = snapshot(row)
    store_schedule.put(row, plan.slots[0], people.association(actor).time_zone)
    row.moved, row.handed_out_at = row.moved + 1, None
    if drawn.visit_id is not None:  # the visit that was called off stays in the list of visits with its reason
        drawn.visit_id = None
        session().add(drawn)
    _note(actor, row, ChangeKind.moved, why, before)
    return row


@audited("schedule.undone")
def undo(actor: Actor, slot_id: UUID) -> VisitSlot:
    """Take the last change back, as long as nothing came of it. Raises ``Conflict`` where that cannot be any more."""
    row, period = get(actor, slot_id, write=True)
    last = next(iter(changes(row)), None)
    if last is None or not may_undo(row, last):
        raise Conflict("slot-undo", N_("This change cannot be taken back any more."))
    day, part = date.fromisoformat(last.before["day"]), Part(last.before["part"])
    team = [UUID(id) for id in last.before["people"]]
    rows = tour(row) if last.kind is ChangeKind.replaced else [row]
    mates = _out_together(row, day, part, team)
    known = store_schedule.gather(actor, period, but=[*mates, *(one.id for one in rows)])
    by_id = {one.id: one for one in known.people}
    place = store_schedule.places_of(actor, [store_drawn.get(actor, row.drawn_id)])
    if any(id not in by_id or why_not(by_id[id], list(place.values()), day, part, known.fixed) for id in team):
        raise Conflict("slot-undo-busy", N_("Somebody of the former team is not free any more. Draw again instead."))
    for one in rows:
        restore(actor, one)
    return row


def restore(actor: Actor, row: VisitSlot) -> None:
    """Take the newest change of a slot back. The caller checked that it can be, and puts it on the trail."""
    newest, now = changes(row)[0], snapshot(row)
    kept = newest.before
    row.day, row.part = date.fromisoformat(kept["day"]), Part(kept["part"])
    row.begins_at, row.position = datetime.fromisoformat(kept["begins_at"]), kept["position"]
    row.relaxed = list(kept["relaxed"])
    session().add(row)
    store_schedule.send(row, [UUID(id) for id in kept["people"]])
    if newest.kind is ChangeKind.moved:
        row.moved = max(0, row.moved - 1)
    newest.undone = True
    session().add(newest)
    _note(actor, row, ChangeKind.undone, newest.reason, now)


def may_undo(row: VisitSlot, last: VisitSlotChange) -> bool:
    """Whether the newest change can be taken back: nothing is handed out, and the former hour lies ahead."""
    if last.kind is ChangeKind.undone or row.state is not SlotState.waiting or not last.before.get("begins_at"):
        return False
    ahead = datetime.fromisoformat(last.before["begins_at"]) > clock.now()
    return ahead and last.before.get("state") == SlotState.waiting


def snapshot(row: VisitSlot) -> dict[str, Any]:
    """A slot as a change keeps it."""
    return {
        "state": row.state.value,
        "day": row.day.isoformat() if row.day else None,
        "part": row.part.value if row.part else None,
        "begins_at": row.begins_at.isoformat() if row.begins_at else None,
        "people": [str(id) for id in store_schedule.teams([row.id])[row.id]],
        "relaxed": list(row.relaxed),
        "position": row.position,
    }


def _together(actor: Actor, row: VisitSlot) -> tuple[list[Place], store_schedule.Known]:
    """The places of a slot's tour, and what else has its day."""
    rows = tour(row)
    places = store_schedule.places_of(actor, [store_drawn.get(actor, one.drawn_id) for one in rows])
    period = store.get(actor, row.period_id)
    return list(places.values()), store_schedule.gather(actor, period, but=[one.id for one in rows])


UNKNOWN = N_("Choose an inspector who does not go there already.")


def why_not(
    person: Person, places: Sequence[Place], day: date | None, part: Part | None, fixed: Sequence[Fixed]
) -> str | None:
    """Why somebody cannot go to these places in a half-day, as an English message id; None where they can."""
    if day is None or part is None:
        return N_("This visit has no day.")
    if any(place.enterprise in person.not_to for place in places):
        return N_("This person has a tie to one of the enterprises of that half-day.")
    if not person.there_on(day):
        return N_("This person is on leave on that day.")
    if any(one.day == day and one.part in (None, part) and person.id in one.people for one in fixed):
        return N_("This person is out elsewhere in that half-day.")
    return None


def _note(actor: Actor, row: VisitSlot, kind: ChangeKind, reason: str, before: dict[str, Any]) -> None:
    session().add(row)
    session().add(
        VisitSlotChange(
            association_id=row.association_id,
            period_id=row.period_id,
            slot_id=row.id,
            kind=kind,
            reason=reason,
            before=before,
            after=snapshot(row),
            at=clock.now(),
            by=actor.person_id,
        )
    )
