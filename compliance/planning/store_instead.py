"""Somebody else goes to a visit that is handed out: drawn among those who can, or chosen, with the reason.

With the visit goes what its team still has before it in that half-day: it is one tour. Whoever comes instead learns the
target as anybody does to whom a visit is handed out; whoever left does not see it any more.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from sqlmodel import col, select

from compliance.people import store as people
from compliance.people.rules import Actor
from compliance.planning import store_drawn, store_schedule, store_slots
from compliance.planning.models import DrawnWorkplace
from compliance.planning.models_schedule import VisitSlot
from compliance.planning.schedule import ChangeKind, Person, Place, Relaxed, SlotState
from compliance.planning.schedule_draw import draw_replacement, what_is_given_up
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Conflict, Problem
from compliance.shared.words import N_, clean
from compliance.visits import store as visits
from compliance.visits import store_instead as teams
from compliance.visits.parts import Part, part_of
from compliance.visits.states import Move, State, after, check_reason

if TYPE_CHECKING:
    from compliance.visits.models import Visit


@dataclass(frozen=True)
class Tour:
    """A visit that is handed out, first, and what the same team still makes after it in that half-day.

    ``slots`` are the days of drawn visits among them, ``waiting`` those that are not handed out yet.
    """

    visits: "tuple[Visit, ...]"
    slots: tuple[VisitSlot, ...]
    waiting: tuple[VisitSlot, ...]
    team: tuple[UUID, ...]
    day: date
    part: Part
    places: tuple[Place, ...]
    known: store_schedule.Known

    @property
    def more(self) -> int:
        """How many visits beside the first one."""
        return len(self.visits) + len(self.waiting) - 1


def tour(actor: Actor, visit: "Visit") -> Tour:
    """What goes to somebody else together with an open visit. Raises ``Conflict`` for one that is not open, ``Refused``
    where the actor may not open the plan from which it was drawn.
    """
    after(visit.state, Move.change_team)
    team = tuple(visits.inspectors([visit.id])[visit.id])
    own = _slot_of(actor, visit)
    handed, slots, waiting = [visit], [own] if own else [], []
    for row in _later(own) if own else ():
        if row.state is SlotState.waiting:
            if set(store_schedule.teams([row.id])[row.id]) == set(team):
                waiting.append(row)
            continue
        drawn = store_drawn.get(actor, row.drawn_id)
        there = visits.get(actor, drawn.visit_id) if drawn.visit_id else None
        if there and there.state is State.handed_out and set(visits.inspectors([there.id])[there.id]) == set(team):
            handed.append(there)
            slots.append(row)
    day, zone = visits.today(actor), people.association(actor).time_zone
    drawn_waiting = [store_drawn.get(actor, row.drawn_id) for row in waiting]
    return Tour(
        tuple(handed),
        tuple(slots),
        tuple(waiting),
        team,
        day,
        own.part if own and own.part else part_of(visit.begins_at or clock.now(), zone),
        tuple(store_schedule.places_of(actor, [*handed, *drawn_waiting]).values()),
        store_schedule.gather_between(
            actor, day, day, but=[row.id for row in waiting], but_visits=[row.id for row in handed]
        ),
    )


def eligible(of: Tour, leaving: UUID) -> list[tuple[Person, tuple[Relaxed, ...]]]:
    """Who could go instead of somebody, with what the team would fall short of, the least first."""
    staying = [one for one in of.known.people if one.id in of.team and one.id != leaving]
    found = [
        (one, what_is_given_up(of.places, [*staying, one], of.known.people))
        for one in of.known.people
        if one.id not in of.team and not store_slots.why_not(one, of.places, of.day, of.part, of.known.fixed)
    ]
    return sorted(found, key=lambda one: (len(one[1]), one[1], one[0].id))


def who_cannot_go(of: Tour) -> frozenset[UUID]:
    """Those of the team who are on leave today, have a tie, or are inspectors no more."""
    by_id = {one.id: one for one in of.known.people}
    return frozenset(
        id for id in of.team if id not in by_id or store_slots.why_not(by_id[id], of.places, of.day, of.part, ())
    )


@audited("visit.tour_passed_on")
def replace(
    actor: Actor, visit_id: UUID, leaving: UUID, instead: UUID | None, reason: str
) -> tuple["Visit", tuple[Relaxed, ...]]:
    """Let somebody else go to a visit that is handed out, and to the rest of its tour; what the team falls short of.

    Raises ``Conflict`` unless it is open, where ``leaving`` does not go there or nobody can go, ``Problem`` without a
    reason and for a choice that cannot be.
    """
    visit = visits.get(actor, visit_id)
    of = tour(actor, visit)
    why = check_reason(clean(reason))[:2000]
    if leaving not in of.team:
        raise Conflict("team-person", N_("This person does not go there any more. Load the page again."))
    staying = [id for id in of.team if id != leaving]
    if instead is None:
        found = draw_replacement(
            of.places, (of.day, of.part), staying, of.known.people, store_schedule.handout(actor).terms(()),
            secrets.token_hex(16), of.known.fixed, without=leaving,
        )  # fmt: skip
        if found is None:
            raise Conflict(
                "team-nobody", N_("Nobody else is free and without a tie. Call the visit off, with the reason.")
            )
        instead = found[0]
    person = next((one for one in of.known.people if one.id == instead), None)
    wrong = (
        store_slots.UNKNOWN
        if person is None or instead in of.team
        else store_slots.why_not(person, of.places, of.day, of.part, of.known.fixed)
    )
    if wrong or person is None:
        raise Problem("team-choice", wrong or store_slots.UNKNOWN, field="instead")
    for one in of.visits:
        teams.send_instead(actor, one, leaving, instead, why)
    store_slots.pass_on(actor, [*of.slots, *of.waiting], leaving, instead, why, of.places, of.known)
    beside = [one for one in of.known.people if one.id in staying]
    return visit, what_is_given_up(of.places, [*beside, person], of.known.people)


@audited("visit.tour_taken_back")
def undo(actor: Actor, visit_id: UUID) -> "Visit":
    """Take the newest change of a visit's team back, on the rest of its tour too where it is the newest there.

    Raises ``Conflict`` where the visit is over, where who came instead entered something, and where whoever left
    cannot go.
    """
    visit = visits.get(actor, visit_id)
    newest = teams.undoable(visit)
    if newest is None:
        raise Conflict("team-undo", N_("This change cannot be taken back any more."))
    of = tour(actor, visit)
    former = next((one for one in of.known.people if one.id == newest.leaving_id), None)
    # What else they have on this day they had before: only leave and ties are looked at.
    if former is None or store_slots.why_not(former, of.places, of.day, of.part, ()):
        raise Conflict("team-undo-busy", N_("Whoever went there before cannot go any more. Let somebody else go."))
    swapped = (newest.leaving_id, newest.instead_id)
    for one in of.visits:
        last = teams.undoable(one)
        if last and (last.leaving_id, last.instead_id) == swapped:
            teams.take_back(actor, one)
    for row in (*of.slots, *of.waiting):
        changed = next(iter(store_slots.changes(row)), None)
        if changed and changed.kind is ChangeKind.replaced and _swapped(changed.before, changed.after) == swapped:
            store_slots.restore(actor, row)
    return visit


def _swapped(before: dict[str, Sequence[str]], now: dict[str, Sequence[str]]) -> tuple[UUID, UUID] | None:
    gone, come = set(before["people"]) - set(now["people"]), set(now["people"]) - set(before["people"])
    return (UUID(gone.pop()), UUID(come.pop())) if len(gone) == len(come) == 1 else None


def _slot_of(actor: Actor, visit: "Visit") -> VisitSlot | None:
    """The drawn day as which a visit was handed out, or None where it was planned by hand."""
    drawn = store_drawn.of_visit(visit.id)
    if drawn is None:
        return None
    store_drawn.get(actor, drawn.id)
    query = select(VisitSlot).where(
        VisitSlot.drawn_id == drawn.id,
        VisitSlot.state == SlotState.handed_out,
        col(VisitSlot.handed_out_at).is_not(None),
    )
    return session().exec(query).first()


def _later(row: VisitSlot) -> list[VisitSlot]:
    query = (
        select(VisitSlot)
        .join(DrawnWorkplace, col(DrawnWorkplace.id) == col(VisitSlot.drawn_id))
        .where(
            VisitSlot.association_id == row.association_id,
            VisitSlot.day == row.day,
            VisitSlot.part == row.part,
            col(VisitSlot.state).in_([SlotState.waiting, SlotState.handed_out]),
            col(VisitSlot.begins_at) > row.begins_at,
        )
    )
    return list(session().exec(query.order_by(col(VisitSlot.begins_at), col(VisitSlot.id))))
