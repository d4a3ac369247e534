"""Proving a plan of days: it is drawn anew from its frozen inputs and its seed, and compared with what is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from compliance.associations import store as associations
from compliance.planning import day_inputs, frames, store_days, store_schedule, store_slots
from compliance.planning.models import DrawPeriod
from compliance.planning.models_schedule import DayPlan, VisitSlot, VisitSlotChange
from compliance.planning.schedule import ALGORITHM, Plan, Slot
from compliance.planning.schedule_draw import draw_days
from compliance.planning.store_verify import Fault
from compliance.shared import files
from compliance.shared.audit import AuditLine
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem
from compliance.shared.words import N_
from compliance.visits.parts import begins


@dataclass(frozen=True)
class DaysVerdict:
    """What a check of all drawings of days of a period found. ``changed`` days were changed by hand since, with a
    reason; ``old`` drawings are of before inputs were frozen.
    """

    drawings: int
    placed: int
    unplaced: int
    changed: int
    old: int
    faults: tuple[Fault, ...]

    @property
    def equal(self) -> bool:
        """Whether everything that can be repeated agrees."""
        return not self.faults


def verify(row: DrawPeriod) -> DaysVerdict:
    """Draw every plan of days of a period anew and compare it with its slots as they were before any change by hand.
    Writes nothing. Raises ``Conflict`` where no days were drawn.
    """
    made = store_days.drawings(row)[::-1]
    if not made:
        raise Conflict("days-none", N_("No days are drawn for this period yet: there is nothing to verify."))
    faults: list[Fault] = []
    expected: dict[UUID, Slot] = {}
    for one in made:
        if one.number is not None:
            plan = _again(row, one, faults)
            expected |= {slot.place: slot for slot in plan.slots} if plan else {}
    kept = {one.drawn_id: one for one in session().exec(select(VisitSlot).where(VisitSlot.period_id == row.id))}
    first = _first_changes(row)
    zone = associations.get(row.association_id).time_zone
    for drawn_id, slot in sorted(expected.items()):
        there = kept.get(drawn_id)
        if there is None or _as_drawn(there, first) != _as_planned(slot, zone):
            faults.append(Fault("day", str(drawn_id)))
    whole = not any(one.number is None for one in made) and not faults
    if whole:  # a day that no drawing gave
        faults += [Fault("day", str(id)) for id, one in sorted(kept.items()) if one.day and id not in expected]
    return DaysVerdict(
        len(made),
        sum(one.placed for one in made),
        made[-1].unplaced,
        len({one.slot_id for one in first.values()}),
        sum(one.number is None for one in made),
        tuple(faults),
    )


def _again(row: DrawPeriod, made: DayPlan, faults: list[Fault]) -> Plan | None:
    """The plan of one drawing, drawn anew, or None where it cannot be; what is wrong is added to the faults."""
    about = f"#{made.number}"
    if made.number is None or row.seed is None or made.seed != day_inputs.seed_of(row.seed, made.number):
        faults.append(Fault("days-seed", about))
    if _on_the_trail(row, made) != 1:
        faults.append(Fault("days-trail", about))
    if made.algorithm != ALGORITHM:
        faults.append(Fault("days-algorithm", f"{about} {made.algorithm}"))
        return None
    try:
        inputs = day_inputs.read(files.get(made.inputs_digest or ""))
    except NotFound:
        faults.append(Fault("inputs-missing", about))
        return None
    except Problem:
        faults.append(Fault("inputs-unreadable", about))
        return None
    if (inputs.period, inputs.number, inputs.algorithm) != (row.id, made.number, made.algorithm):
        faults.append(Fault("inputs-terms", about))
    plan = draw_days(inputs.places, inputs.people, inputs.terms, made.seed, inputs.fixed)
    if day_inputs.digest_of(plan, made.seed) != made.plan_digest:
        faults.append(Fault("plan-digest", about))
    return plan


def _on_the_trail(row: DrawPeriod, made: DayPlan) -> int:
    """How many lines of the trail bind this drawing to its inputs, seed and outcome; one is right."""
    bound = {
        "number": made.number,
        "algorithm": made.algorithm,
        "inputs_digest": made.inputs_digest,
        "seed_digest": frames.digest_of(bytes.fromhex(made.seed)),
        "plan_digest": made.plan_digest,
    }
    query = select(AuditLine).where(AuditLine.subject_id == row.id, AuditLine.verb == store_schedule.DRAWN)
    notes = [line.changes.get("note", {}) for line in session().exec(query)]
    return sum(all(note.get(name) == value for name, value in bound.items()) for note in notes)


def _first_changes(row: DrawPeriod) -> dict[UUID, VisitSlotChange]:
    """The oldest change of each slot that was changed by hand."""
    query = select(VisitSlotChange).where(VisitSlotChange.period_id == row.id)
    found: dict[UUID, VisitSlotChange] = {}
    for one in session().exec(query.order_by(col(VisitSlotChange.id))):
        found.setdefault(one.slot_id, one)
    return found


def _as_drawn(row: VisitSlot, first: Mapping[UUID, VisitSlotChange]) -> dict[str, Any]:
    kept = first[row.id].before if row.id in first else store_slots.snapshot(row)
    return {name: kept[name] for name in ("day", "part", "begins_at", "people", "relaxed", "position")}


def _as_planned(slot: Slot, zone: str) -> dict[str, Any]:
    return {
        "day": slot.day.isoformat(),
        "part": slot.part.value,
        "begins_at": begins(slot.day, slot.minute, zone).isoformat(),
        "people": [str(id) for id in slot.team],
        "relaxed": [one.value for one in slot.relaxed],
        "position": slot.order,
    }


FAULTS = {
    "days-seed": N_("The seed of this drawing does not follow from the seed of the period."),
    "days-trail": N_("The audit trail does not bind this drawing of days to its inputs, seed and outcome."),
    "days-algorithm": N_("This drawing needs another algorithm than this release has."),
    "inputs-missing": N_("The frozen inputs are missing or damaged in the store."),
    "inputs-unreadable": N_("The frozen inputs cannot be read."),
    "inputs-terms": N_("The frozen inputs belong to another period or drawing."),
    "plan-digest": N_("The drawing gives another plan than the one whose digest was kept."),
    "day": N_("The kept day, hour or team is not what the drawing gives."),
}
