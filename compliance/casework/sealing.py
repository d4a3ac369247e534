"""Sealing: the inspector's word that a visit is complete. It scores the visit and drafts findings, actions and letter.

All of it is seen by the association alone until the release, and all of it happens in the caller's transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from compliance.casework import cases, danger, following, letter_facts, passes
from compliance.casework import store as casework
from compliance.casework.cases import Case
from compliance.corrective_actions import store as actions
from compliance.enterprises import store as enterprises
from compliance.findings import store as findings
from compliance.letters import rules as letter_rules
from compliance.letters import store as letters
from compliance.people.rules import Actor
from compliance.scorecards import receipts
from compliance.scorecards import store as scorecards
from compliance.scorecards.result import Result
from compliance.visits import store as visits
from compliance.visits.rules import Outcome


@dataclass(frozen=True)
class Derived:
    """What follows from the answers of a visit: the rows of scorecard, findings, actions and draft letter."""

    case: Case
    scorecard: Any
    findings: tuple[Any, ...]
    actions: tuple[Any, ...]
    letter: Any


def seal(actor: Actor, visit_id: UUID) -> Derived | None:
    """Seal a visit. None where nobody could be visited (refused, closed down, not found): there is nothing to score.

    Raises what ``visits.store.get`` and ``seal`` raise; nothing is kept then (the caller's transaction ends).
    """
    visit = visits.get(actor, visit_id)
    visits.seal(actor, visit)
    danger.look(actor.association_id, visit.id)
    return derive(actor, visit) if visit.outcome is Outcome.completed else None


def derive(actor: Actor, visit: Any, reason: str = "") -> Derived:
    """Score a visit that is not released, and bring findings, actions and draft letter up to date with its answers.

    Done again after every recorded correction (``reason`` says which): the scorecard before it is superseded, the same
    finding keeps its row, the reviewer's passages stay in the letter.
    """
    case = cases.of(actor, visit)
    answers, again = case.folded.answers, cases.repeated(actor, case)
    row = scorecards.issue(actor, visit, case.checklist, answers, case.profile, case.cleared, again, reason)
    fresh = following.new_answers(actor, case)
    raised = findings.raise_(actor, visit, case.checklist, fresh, case.profile, case.cleared)
    drafted = actions.draft(actor, visit, raised, case.checklist, answers)
    letter = None
    if raised or not following.is_narrow(case):  # a check on site that finds nothing new is told by its actions
        letter = _letter(actor, case, receipts.result_from_json(row.result), raised)
    return Derived(case, row, tuple(raised), tuple(drafted), letter)


def redraft_letter(actor: Actor, visit: Any, *, language: str | None = None) -> Any:
    """Bring the draft letter of a sealed visit up to date without scoring again (a waiver, another language)."""
    case = cases.of(actor, visit)
    view = scorecards.current(actor, visit.id)
    rows = findings.of_visit(actor, visit.id)
    return _letter(actor, case, view.result, rows, language)


def draft_of(actor: Actor, visit_id: UUID) -> Any:
    """The draft letter of a visit, or None."""
    return letters.draft_of(actor, visit_id)


def _letter(actor: Actor, case: Case, result: Result, raised: Sequence[Any], language: str | None = None) -> Any:
    shown = findings.previews(raised)
    kind = letter_rules.kind_for([row for row in raised if row.id in {one.id for one in shown}])
    facts = letter_facts.gather(
        actor,
        case,
        result,
        shown,
        actions.of_visit(actor, case.visit.id),
        cases.previous(actor, case.visit),
        kind=kind,
        waiver=casework.waiver_reason(case.visit.id),
        outsider=passes.standing_in(case.visit.id),
    )
    there = draft_of(actor, case.visit.id)
    if there is not None:
        return letters.redraft(actor, there, facts, kind=kind, language=language)
    chosen = language or enterprises.get(actor, case.visit.enterprise_id).letter_language
    return letters.draft(actor, case.visit, kind, facts, str(getattr(chosen, "value", chosen)))
