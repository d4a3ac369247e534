"""What changes after the seal: recorded corrections, a return to the inspectors, sealed facts, disputes.

Before the release everything is scored and drafted again. What changes after it is in ``after_release``.
"""

from collections.abc import Collection, Mapping
from uuid import UUID

from compliance.casework import cases, release, rules, sealing
from compliance.casework import store as casework
from compliance.casework.after_release import Becomes, add_cleared, decide_dispute, prepare_decision, same_value
from compliance.casework.cases import Case
from compliance.casework.rehearsal import Ready, finished
from compliance.casework.sealing import Derived
from compliance.checklists.rules import Item
from compliance.people.rules import Actor
from compliance.scorecards import store as scorecards
from compliance.shared.problems import Conflict, NotFound, Problem
from compliance.shared.words import N_
from compliance.visits import store as visits
from compliance.visits.rules import FACT, Outcome, State, Value

# What a score, a finding or a letter is made of; a note or a reason changes no figure.
CORRECTABLE = ("verdict", "note", "reason", "workers", "severity", "action", "due_days", "good")


def correct(
    actor: Actor, visit_id: UUID, item: str, values: Mapping[str, Value], reason: str, *, seen: str | None = None
) -> Derived:
    """Correct fields of one item of a sealed visit; only what differs becomes a correction. Scores and drafts again.

    ``values`` are field to value (``verdict``, ``note``, ``fact:…``, …), ``seen`` the token of the page. Raises
    ``NotFound``, ``Conflict`` unless it is sealed, ``Stale``, ``Problem`` for what may not stand or if nothing differs.
    """
    case = _sealed_case(actor, visit_id, seen)
    if not case.checklist.has(item):
        raise NotFound("item-unknown", N_("The checklist has no item %(item)s."), item=item)
    return _corrected(actor, case, {(item, name): value for name, value in values.items()}, reason)


def settle(actor: Actor, visit_id: UUID, event_id: UUID, reason: str, *, seen: str | None = None) -> Derived:
    """Settle two different entries of a sealed visit for one of them. Raises as ``correct`` does."""
    case = _sealed_case(actor, visit_id, seen)
    for conflict in case.folded.conflicts:
        for event in conflict.events:
            if event.id == event_id:
                return _corrected(actor, case, {(conflict.item, conflict.field): event.value}, reason, settle=True)
    raise NotFound("entry-unknown", N_("This entry has been settled in the meantime."))


def _corrected(
    actor: Actor, case: Case, values: Mapping[tuple[str, str], Value], reason: str, *, settle: bool = False
) -> Derived:
    known = case.folded.values
    changed = {key: value for key, value in values.items() if settle or not same_value(known.get(key), value)}
    if not changed:
        raise Problem("correction-nothing", N_("Nothing was changed."), field="verdict")
    for (item, name), value in changed.items():
        visits.correct(actor, case.visit, item, name, value, reason)
    return sealing.derive(actor, case.visit, reason)


def send_back(actor: Actor, visit_id: UUID, reason: str, *, seen: str | None = None) -> None:
    """Open a sealed visit again for its inspectors; what was drafted waits and is brought up to date at the next seal.

    Raises ``NotFound``, ``Conflict`` unless it is sealed, ``Stale``, ``Problem`` without a reason.
    """
    case = _sealed_case(actor, visit_id, seen)
    visits.return_to_inspector(actor, case.visit, reason)


def prepare_sealed_fact(
    actor: Actor,
    visit_id: UUID,
    item: str,
    fact: str,
    cleared: bool,
    reason: str,
    *,
    seen: str | None = None,
    verify_url: str = "",
) -> Ready | None:
    """Decide about a sealed fact: cleared for the enterprise, or left sealed. Never by who was on the visit.

    Before the release it counts in score, findings and letter from now on; after it a correcting letter tells of it,
    which only lacks its number. What is cleared stays cleared. Raises ``NotFound``, ``Refused``, ``Conflict``,
    ``Stale``, ``Problem``.
    """
    visit = visits.get(actor, visit_id)
    casework.hold(visit)
    case = cases.of(actor, visit)
    _require_fresh(actor, case, seen)
    if case.visit.state not in (State.sealed, State.released):
        raise Conflict("clear.state", N_("Sealed facts are decided about once the visit is sealed."))
    if (item, fact) not in case.sealed:
        raise Conflict("clear.known", N_("This fact is not sealed, or somebody has cleared it in the meantime."))
    rules.require_may_clear(actor, case.involved, reason)
    last = case.decided.get((item, fact))
    if last is not None and (last.cleared, last.reason, last.decided_by) == (cleared, reason, actor.person_id):
        return None  # sent twice
    casework.decide(actor, case.visit, item, fact, cleared, reason)
    if not cleared:
        return None
    if case.visit.state is State.sealed:
        sealing.derive(actor, case.visit, reason)
        return None
    return add_cleared(actor, case, item, verify_url)


decide_sealed_fact = finished(prepare_sealed_fact)
"""Decide about a sealed fact to the end; returns the correcting letter, if one tells of it."""


def _sealed_case(actor: Actor, visit_id: UUID, seen: str | None) -> Case:
    case = cases.load(actor, visit_id)
    if case.visit.state is not State.sealed:
        raise Conflict("case-not-sealed", N_("This visit is not waiting for review any more."))
    _require_fresh(actor, case, seen)
    return case


def _require_fresh(actor: Actor, case: Case, seen: str | None) -> None:
    if seen is not None:
        release.require_fresh(seen, page_token(actor, case))


def page_token(actor: Actor, case: Case) -> str:
    """The token of a review page as it stands now."""
    completed = case.visit.outcome is Outcome.completed
    card = scorecards.of_visits(actor, [case.visit.id]).get(case.visit.id) if completed else None
    return release.token(case, card.id if card else None, sealing.draft_of(actor, case.visit.id))


def correctable_fields(item: Item) -> Collection[str]:
    """The fields of an item that a correction may change."""
    return (*CORRECTABLE, *(FACT + fact.id for fact in item.facts))


__all__ = [
    "Becomes",
    "correct",
    "correctable_fields",
    "decide_dispute",
    "decide_sealed_fact",
    "page_token",
    "prepare_decision",
    "prepare_sealed_fact",
    "send_back",
    "settle",
]
