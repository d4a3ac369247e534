"""Proving a draw: everything is computed anew from the stored frame and seed; and when the seed may be shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from compliance.people.rules import Actor
from compliance.planning import draw, frames, store, store_drawn
from compliance.planning.models import DrawnWorkplace, DrawPeriod, DrawStratum
from compliance.planning.periods import PeriodMove, PeriodState, after
from compliance.shared import clock, files
from compliance.shared.audit import AuditLine, audited
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem
from compliance.shared.words import N_


@dataclass(frozen=True)
class Fault:
    """One difference: a code of ``FAULTS``, and what it is about (a stratum's key or a workplace's id) or nothing."""

    code: str
    about: str = ""


@dataclass(frozen=True)
class Verdict:
    """What a check found. ``equal`` where the frame, the seed, the trail and every decision agree."""

    strata: int
    drawn: int
    faults: tuple[Fault, ...]

    @property
    def equal(self) -> bool:
        """Whether all agrees."""
        return not self.faults


def verify(row: DrawPeriod) -> Verdict:
    """Draw anew from what is stored and compare. The seed is read, and shown to nobody. Writes nothing.

    Raises ``Conflict`` for a period that is not drawn, ``Problem`` for an algorithm that this release does not have.
    """
    if row.drawn_at is None or row.seed is None or row.frame_digest is None:
        raise Conflict("period-state", N_("This period is not drawn yet: there is nothing to verify."))
    kept = _kept(row)
    strata = {one.key: one for one in store.strata(row)}
    note, faults = _binding(row)
    try:
        frame = frames.read(files.get(row.frame_digest))
    except NotFound:
        return Verdict(len(strata), len(kept), (*faults, Fault("frame-missing")))
    except Problem:
        return Verdict(len(strata), len(kept), (*faults, Fault("frame-unreadable")))
    if (frame.terms.period, frame.terms.algorithm) != (row.id.hex, row.algorithm):
        faults.append(Fault("frame-terms"))
    if len(frame.members) != row.frame_size:
        faults.append(Fault("frame-size"))
    seed = bytes.fromhex(row.seed)
    made = draw.draw(frame, seed)
    if row.drawn_digest != (made.digest if store_drawn.BARE in note else made.seal(seed)):
        faults.append(Fault("drawn-digest"))
    expected = {one.key: (one.population, one.drawn, one.certain, list(one.merged)) for one in made.strata}
    stored = {key: (one.frame_size, one.drawn, one.certain, list(one.merged)) for key, one in strata.items()}
    keys = sorted({*expected, *stored})
    faults += [Fault("stratum", key) for key in keys if expected.get(key) != stored.get(key)]
    faults += [Fault("drawn", str(UUID(id))) for id in draw.differences(made, kept)]
    return Verdict(len(strata), len(kept), tuple(faults))


def may_reveal(row: DrawPeriod, today: date) -> bool:
    """Whether the seed may be shown: the period is over and every drawn visit has ended."""
    if row.state is PeriodState.ended:
        return True
    return row.state is PeriodState.drawn and today > row.last_day and not store_drawn.unended(row)


@audited("draw.seed_revealed")
def reveal(actor: Actor, period_id: UUID) -> DrawPeriod:
    """Show the seed to auditors from now on, and end the period. Raises ``Conflict`` while a drawn visit is open."""
    row = store.for_audit(actor, period_id)
    if row.state is PeriodState.ended:
        return row
    state = after(row.state, PeriodMove.reveal)
    if not may_reveal(row, store.today(actor)):
        raise Conflict("seed-too-early", TOO_EARLY)
    row.state, row.revealed_at, row.revealed_by = state, clock.now(), actor.person_id
    session().add(row)
    return row


def _binding(row: DrawPeriod) -> tuple[Mapping[str, Any], list[Fault]]:
    """What the trail says of the draw, and whether seed and frame are those that stood there before it."""
    faults = []
    if frames.digest_of(bytes.fromhex(row.seed or "")) != row.seed_digest:
        faults.append(Fault("seed"))
    query = select(AuditLine).where(
        AuditLine.subject_id == row.id, col(AuditLine.verb).in_(("draw.frozen", "draw.drawn"))
    )
    lines = list(session().exec(query.order_by(col(AuditLine.number))))
    if [line.verb for line in lines] != ["draw.frozen", "draw.drawn"]:
        return {}, [*faults, Fault("trail")]
    frozen, drawn = (line.changes.get("note", {}) for line in lines)
    bound = {"frame_digest": row.frame_digest, "seed_digest": row.seed_digest, "algorithm": row.algorithm}
    if frozen != bound or drawn.get(store_drawn.SEAL, drawn.get(store_drawn.BARE)) != row.drawn_digest:
        faults.append(Fault("trail"))
    return drawn, faults


def _kept(row: DrawPeriod) -> dict[str, tuple[str, str, float, int]]:
    query = (
        select(DrawnWorkplace, DrawStratum.key)
        .join(DrawStratum, col(DrawStratum.id) == col(DrawnWorkplace.stratum_id))
        .where(DrawnWorkplace.period_id == row.id)
    )
    return {
        one.workplace_id.hex: (key, one.route.value, one.inclusion_probability, one.position)
        for one, key in session().exec(query)
    }


TOO_EARLY = N_(
    "The seed is shown after the last day of the period, once every drawn visit has ended: released, cancelled with a "
    "reason, or the workplace has left."
)

FAULTS = {
    "seed": N_("The stored seed is not the one whose digest was announced."),
    "trail": N_("The audit trail does not bind this frame, seed and algorithm before the draw."),
    "frame-missing": N_("The frozen frame is missing or damaged in the store."),
    "frame-unreadable": N_("The frozen frame cannot be read."),
    "frame-terms": N_("The frozen frame belongs to another period or algorithm."),
    "frame-size": N_("The frozen frame has another number of workplaces than was kept."),
    "drawn-digest": N_("The draw gives another result than the one whose digest was kept."),
    "stratum": N_("This stratum is kept otherwise than the draw gives it."),
    "drawn": N_("The kept decision about this workplace is not what the draw gives."),
}
