"""Prepared letters: read, worded, approved or declined by whom the ladder names.

What a letter says is gathered when it is looked at, and once more when it is approved: what was put right meanwhile
leaves it, and a letter of which nothing is left is dropped.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlmodel
from sqlmodel import col

from compliance.casework import answers, cases, ladder, prepared_rules, step_facts
from compliance.casework import store as casework
from compliance.casework.cases import Case
from compliance.casework.models_ladder import Family, LadderStep, PreparedLetter, Waiting
from compliance.casework.nightly import CLOSURE
from compliance.casework.rehearsal import Ready, why_held
from compliance.checklists.ladder import Terms
from compliance.corrective_actions import ladder as rules
from compliance.corrective_actions import store as actions
from compliance.corrective_actions.ladder import Became
from compliance.corrective_actions.rules import UNFINISHED, ActionState
from compliance.corrective_actions.seen import ActionView
from compliance.enterprises import store as enterprises
from compliance.letters import rules as letter_rules
from compliance.letters import store as letters
from compliance.people.rules import Actor
from compliance.scorecards import scope
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.calendar import working_day_on_or_after
from compliance.shared.database import session
from compliance.shared.problems import Conflict, Stale
from compliance.shared.words import N_


@dataclass(frozen=True)
class Point:
    """One action that a prepared letter speaks of, with the step that it is for; ``late`` in days."""

    step: LadderStep
    action: ActionView


@dataclass(frozen=True)
class Letter:
    """A prepared letter as it stands now: the points that still call for it, and those that it lost meanwhile."""

    row: PreparedLetter
    case: Case
    terms: Terms | None
    points: tuple[Point, ...]
    gone: tuple[Point, ...]
    cites: Any
    new_due: date | None
    why_not: str | None
    held: str | None
    """Why it cannot be sent yet, though it can be declined."""


@dataclass(frozen=True)
class Passing:
    """What a leader says when something is passed on: to whom, on what rule it rests, and why."""

    to: str
    basis: str
    reason: str


def load(actor: Actor, prepared_id: UUID, *, hold: bool = False) -> PreparedLetter:
    """A prepared letter within the actor's inside scope, whatever became of it. Raises ``NotFound``."""
    query = sqlmodel.select(PreparedLetter).where(PreparedLetter.id == prepared_id, scope.inside(actor, PreparedLetter))
    row: PreparedLetter = scope.found(
        session().exec(query.with_for_update() if hold else query).first(), "prepared-unknown"
    )
    return row


def read(actor: Actor, row: PreparedLetter) -> Letter:
    """A prepared letter with everything that it would say today."""
    case = cases.load(actor, row.visit_id)
    today = cases.today(actor)
    asked = {one.id: one for one in actions.of_visit(actor, row.visit_id)}
    query = sqlmodel.select(LadderStep).where(
        LadderStep.prepared_id == row.id, col(LadderStep.became) == Became.prepared
    )
    points = [Point(step, asked[step.action_id]) for step in session().exec(query) if step.action_id in asked]
    points.sort(key=lambda one: (one.action.due_on or date.max, one.action.item))
    told = answers.standing(list(asked)) if row.family is Family.answer else {}
    still = [one for one in points if _still_calls(row, case, one, today, told)]
    terms = case.checklist.ladder.letters.get(row.kind)
    return Letter(
        row,
        case,
        terms,
        tuple(still),
        tuple(one for one in points if one not in still),
        _cited(actor, row.visit_id),
        _new_plan_by(case, still, today, told) if row.family is Family.answer else _new_due(case, still, today),
        prepared_rules.why_not_approve(actor, terms, row.enterprise_id, case.involved, waived=_waived(case)),
        why_held(row.enterprise_id),
    )


def facts(actor: Actor, letter: Letter, *, passing: Passing | None = None, verify_url: str = "") -> letter_rules.Facts:
    """What the letter prints, gathered now."""
    today = cases.today(actor)
    chosen: Iterable[ActionView] = [one.action for one in letter.points]
    if letter.row.family is Family.closure:
        chosen = actions.of_visit(actor, letter.row.visit_id)
    more: dict[str, Any] = {}
    if letter.row.family is Family.answer:
        told = answers.standing([one.action.id for one in letter.points])
        more["accepted"] = {action_id: answer.accepted for action_id, answer in told.items()}
        more["remarks"] = {action_id: answer.word for action_id, answer in told.items() if not answer.accepted}
        more["new_due"] = letter.new_due
    elif letter.row.kind == "L7":
        more["hearing"] = letter_rules.Hearing(say_by=letter.new_due) if letter.new_due else None
    elif letter.row.family is Family.reminder:
        more["new_due"] = letter.new_due
    elif letter.row.family is Family.referral:
        more["referral"] = _referral(letter, passing)
    return step_facts.gather(
        actor,
        letter.case,
        letter.row.kind,
        chosen,
        cites=letter.cites,
        dated=today,
        signer=actor.name,
        verify_url=verify_url,
        **more,
    )


def draft(actor: Actor, letter: Letter, gathered: letter_rules.Facts) -> Any:
    """A draft of the letter, not kept unless the caller's transaction is."""
    language = enterprises.get(actor, letter.row.enterprise_id).letter_language
    written = letter_rules.passages_from_json(letter.row.passages) if letter.row.passages else None
    cites = None if letter.row.family is Family.referral else letter.cites
    return letters.draft(actor, letter.case.visit, letter.row.kind, gathered, language, passages=written, cites=cites)


@audited("prepared.worded")
def word(actor: Actor, prepared_id: UUID, written: letter_rules.Passages, revision: int) -> PreparedLetter:
    """Keep the passages that somebody wrote. Raises ``NotFound``, ``Conflict`` when it was decided, ``Stale``."""
    row = _open(actor, prepared_id)
    if row.revision != revision:
        raise Stale("letter-stale", N_("Somebody else has changed this letter since you opened it."))
    row.passages = letter_rules.passages_to_json(written)
    row.revision += 1
    session().add(row)
    return row


def prepare(
    actor: Actor,
    prepared_id: UUID,
    *,
    revision: int | None = None,
    passing: Passing | None = None,
    verify_url: str = "",
) -> Ready | None:
    """Approve a prepared letter, up to its number; None where nothing is left of it, and it is dropped.

    Raises ``NotFound``, ``Conflict`` when it was decided, ``Stale`` when somebody changed it since ``revision`` was
    shown, ``Refused`` for anybody but the approver that the ladder names, ``Problem`` for a referral without a reason.
    """
    row = _open(actor, prepared_id)
    letter = read(actor, row)
    prepared_rules.require_may_approve(
        actor, letter.terms, row.enterprise_id, letter.case.involved, waived=_waived(letter.case)
    )
    if revision is not None and row.revision != revision:
        raise Stale("letter-stale", N_("Somebody else has changed this letter since you opened it."))
    if row.family is Family.referral:
        prepared_rules.require_reason(passing.reason if passing else "")
    if not letter.points:
        _decide(actor, row, Waiting.dropped, "", letter.gone, Became.dropped)
        return None
    gathered = facts(actor, letter, passing=passing, verify_url=verify_url)
    made = draft(actor, letter, gathered)
    row.letter_id = made.id
    _decide(actor, row, Waiting.sent, passing.reason if passing else "", letter.points, Became.issued)
    for one in letter.points:
        one.step.deadline_on = letter.new_due
    _release(letter.gone)
    return Ready(made, gathered)


@audited("prepared.declined")
def decline(actor: Actor, prepared_id: UUID, reason: str) -> PreparedLetter:
    """Not send a prepared letter, with the reason: its steps count as declined, and do not come again.

    Raises ``NotFound``, ``Conflict``, ``Refused`` as ``prepare`` does, ``Problem`` without a reason.
    """
    row = _open(actor, prepared_id)
    letter = read(actor, row)
    prepared_rules.require_may_approve(
        actor, letter.terms, row.enterprise_id, letter.case.involved, waived=_waived(letter.case)
    )
    prepared_rules.require_reason(reason)
    row.state, row.decided_at, row.decided_by = Waiting.declined, clock.now(), actor.person_id
    row.reason = reason.strip()
    for one in (*letter.points, *letter.gone):
        one.step.became, one.step.noted_at, one.step.noted_by = Became.declined, clock.now(), actor.person_id
        session().add(one.step)
    session().add(row)
    return row


@audited("prepared.decided")
def _decide(
    actor: Actor, row: PreparedLetter, state: Waiting, reason: str, points: Iterable[Point], became: Became
) -> PreparedLetter:
    row.state, row.decided_at, row.decided_by = state, clock.now(), actor.person_id
    row.reason = reason.strip()
    session().add(row)
    today = cases.today(actor)
    for one in points:
        one.step.became, one.step.noted_at, one.step.noted_by = became, clock.now(), actor.person_id
        one.step.happened_on = today
        session().add(one.step)
    return row


def _release(points: Iterable[Point]) -> None:
    """What left a letter may call for one again."""
    for one in points:
        one.step.became = Became.dropped
        session().add(one.step)
    session().flush()


def _open(actor: Actor, prepared_id: UUID) -> PreparedLetter:
    row = load(actor, prepared_id, hold=True)
    session().refresh(row, with_for_update=True)
    if row.state is not Waiting.prepared:
        raise Conflict("prepared-decided", N_("Somebody has decided about this letter in the meantime."))
    return row


def _still_calls(
    row: PreparedLetter, case: Case, point: Point, today: date, told: Mapping[UUID, answers.Answer]
) -> bool:
    action = point.action
    if row.family is Family.answer:
        answer = told.get(action.id)
        return action.state in UNFINISHED and answer is not None and answer.step == point.step.step
    if row.family is Family.referral:
        return action.state is not ActionState.withdrawn  # put right or not, the leader decides whether it is told
    if point.step.step == CLOSURE:
        return action.state is ActionState.verified and action.round == point.step.round
    rungs = ladder.rungs_of(case.checklist.ladder, action)
    return rules.is_due(rungs, ladder.standing(action), point.step.step, point.step.round, today)


def _waived(case: Case) -> bool:
    """Whether a reason is recorded why the visit has no second person."""
    return casework.waiver_of(case.visit.id) is not None and not case.sealed_led


def _cited(actor: Actor, visit_id: UUID) -> Any:
    """The letter that asked for the actions, as it counts now."""
    kinds = (*letter_rules.FIRST, letter_rules.CORRECTION)
    there = letters.of_visit(actor, visit_id)
    issued = [one for one in there if one.state.value == "issued" and one.kind in kinds]
    return max(issued, key=lambda one: (one.year, one.running), default=None)


def _new_due(case: Case, points: Sequence[Point], today: date) -> date | None:
    """The new date that the letter sets: the longest that the ladder gives one of its steps, on a working day."""
    days = []
    for one in points:
        step = ladder.rungs_of(case.checklist.ladder, one.action).step(one.step.step)
        if step is not None and step.deadline_days is not None:
            days.append(step.deadline_days)
    return working_day_on_or_after(today + timedelta(days=max(days)))[0] if days else None


def _new_plan_by(case: Case, points: Sequence[Point], today: date, told: Mapping[UUID, answers.Answer]) -> date | None:
    """By when returned plans come again: as many days as the policy gives a first one, the shortest of them."""
    again = [one.action for one in points if not told[one.action.id].accepted]
    kinds = ("zero_tolerance" if one.zero_tolerance else one.severity.value for one in again)
    days = [case.policy.severities[kind].plan_days for kind in kinds]
    given = [one for one in days if one is not None]
    return working_day_on_or_after(today + timedelta(days=min(given)))[0] if given else None


def _referral(letter: Letter, passing: Passing | None) -> letter_rules.Referral:
    """The least that does the job: what was seen, in the checklist's own words, to whom, and the provisions."""
    offered = step_facts.observed(letter.case, [one.action for one in letter.points])
    to, basis = (passing.to.strip(), passing.basis.strip()) if passing else ("", "")
    return replace(offered, to=letter_rules.same(to), basis=letter_rules.same(basis) if basis else offered.basis)
