"""Corrective actions: drafted, delivered, moved by the table of moves. Reading is in `store_reading`."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import sqlmodel
from sqlmodel import col

from compliance.checklists.rules import Checklist, Policy
from compliance.corrective_actions import rules, store_clock, store_draws, store_entered, store_outcomes
from compliance.corrective_actions.models import ActionEvent, ActionEvidence, CorrectiveAction
from compliance.corrective_actions.models_assignment import CheckOutcome
from compliance.corrective_actions.rules import ActionState, Check, Move
from compliance.corrective_actions.store_reading import (
    count_evidence,
    counts,
    evidence,
    get,
    histories,
    history,
    listed,
    of_findings,
    of_visit,
    readable,
    verified_items,
)
from compliance.findings import store as findings_store
from compliance.findings.rules import FindingFacts, FindingState, kind_of_deadline, may_be_shown
from compliance.people import store as people
from compliance.people.rules import Actor, Role
from compliance.scorecards import scope
from compliance.scorecards.store import Visited
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.calendar import working_day_on_or_after
from compliance.shared.database import session
from compliance.shared.files import StoredFile
from compliance.shared.problems import Conflict, NotFound, Problem, Refused
from compliance.shared.words import N_
from compliance.visits.answers import Answers

__all__ = [
    "DENIED",
    "ask_extension",
    "attach",
    "counts",
    "deliver",
    "draft",
    "evidence",
    "extend",
    "get",
    "give_back",
    "histories",
    "history",
    "listed",
    "name_accountable",
    "of_findings",
    "of_visit",
    "pause",
    "plan",
    "resume",
    "send_evidence",
    "verified_items",
    "verify",
    "withdraw",
    "withdraw_for",
]


DENIED = "deny_extension"
"""The line of an action's history by which a request for more time was not granted."""


@audited("action.drafted")
def draft(
    actor: Actor, visit: Visited, findings: Sequence[FindingFacts], checklist: Checklist, answers: Answers
) -> list[CorrectiveAction]:
    """One corrective action for each finding that the enterprise may be shown, in the order of the findings.

    `findings` are all that hold of the visit. Called again before delivery it brings the actions up to date, and
    withdraws those whose finding is gone; a delivered action is left alone. Raises NotFound outside the scope.
    """
    if not scope.is_inside(actor, visit):
        raise NotFound("action-unknown", N_("This does not exist, or it is not yours to see."))
    query = sqlmodel.select(CorrectiveAction).where(CorrectiveAction.visit_id == visit.id)
    there = {row.finding_id: row for row in session().exec(query)}
    drafted, fresh = [], []
    minimum = checklist.policy.interview_only_minimum_workers
    for finding in findings:
        showable = may_be_shown(finding, workers_at(finding), minimum_workers=minimum)
        if not showable or finding.state is FindingState.withdrawn:
            continue
        row = there.pop(finding.id, None)
        if row is None:
            row = _new(visit, finding)
            session().add(row)
            _ask(row, finding, checklist, answers, silent=_is_silent(finding, findings))
            row.told_on = None if finding.sealed_fact else visit.visited_on
            fresh.append(row)
        elif row.delivered_on is None:
            before, row.state = row.state, ActionState.open
            _ask(row, finding, checklist, answers, silent=_is_silent(finding, findings))
            session().add(row)
            if before is not row.state:  # its finding was withdrawn by a correction, and came back by another
                _note(actor, row, "draft", before, "")
        drafted.append(row)
    session().flush()  # the rows before the history that speaks of them, all at once
    for row in fresh:
        _note(actor, row, "draft", "", "")
    for row in there.values():
        if row.delivered_on is None and row.state is not ActionState.withdrawn:
            _move(actor, row, Move.withdraw, "")
    return drafted


@audited("action.delivered")
def deliver(actor: Actor, visit_id: UUID, delivered_on: date, policy: Policy) -> list[CorrectiveAction]:
    """Give the open actions of a visit their due dates, counted from the day the letter was delivered.

    From then on the enterprise sees them. An action that was delivered before keeps its dates.
    """
    query = sqlmodel.select(CorrectiveAction).where(
        scope.inside(actor, CorrectiveAction),
        CorrectiveAction.visit_id == visit_id,
        col(CorrectiveAction.delivered_on).is_(None),
        CorrectiveAction.state != ActionState.withdrawn,
    )
    rows = list(session().exec(query.order_by(col(CorrectiveAction.created_at), col(CorrectiveAction.item))))
    for row in rows:
        deadlines = policy.severities[kind_of_deadline(row.severity, row.zero_tolerance)]
        moved = deadlines.moved_off_rest_days
        row.delivered_on = delivered_on
        row.told_on = row.told_on or delivered_on
        if deadlines.containment_days is not None:
            row.contain_by = row.told_on + timedelta(days=deadlines.containment_days)
        row.due_on, row.due_provisional = rules.due_date(delivered_on, row.days, row.severity, moved=moved)
        if deadlines.plan_days is not None:
            row.plan_due_on, _ = rules.due_date(delivered_on, deadlines.plan_days, row.severity, moved=moved)
        session().add(row)
        _note(actor, row, "deliver", row.state, "")
    return rows


@audited("action.planned")
def plan(
    actor: Actor,
    action_id: UUID,
    *,
    plan: str,
    root_cause: str = "",
    preventive: str = "",
    responsible: str = "",
    planned_for: date | None = None,
) -> CorrectiveAction:
    """The enterprise says what it will do, why it came to this, how it will not come again, who and when.

    Raises NotFound, Refused("action-not-yours"), Conflict("action-move"), Problem("action-plan-missing").
    """
    row = _mine(actor, action_id, Move.plan)
    if not plan.strip():
        raise Problem("action-plan-missing", N_("Please say what will be done."), field="plan")
    row.root_cause, row.plan, row.preventive = root_cause, plan, preventive
    row.responsible, row.planned_for = responsible, planned_for
    return _move(actor, row, Move.plan, plan)


@audited("action.evidence_added")
def attach(actor: Actor, action_id: UUID, file: StoredFile, filename: str, caption: str = "") -> ActionEvidence:
    """Add a file that shows the correction; the manager's before it is sent, a checker's while it is checked.

    Raises NotFound, Refused("action-not-yours"), Conflict("action-move").
    """
    row = _load(actor, action_id)
    by_enterprise = row.enterprise_id in actor.enterprise_ids
    move = Move.send_evidence if by_enterprise else Move.verify
    _check_move(actor, row, move)
    kept = ActionEvidence(
        action_id=row.id,
        digest=file.digest,
        filename=filename,
        media_type=file.media_type,
        size=file.size,
        caption=caption,
        by_enterprise=by_enterprise,
        sent_at=clock.now(),
        sent_by=actor.person_id,
    )
    session().add(kept)
    session().flush()
    _note(actor, row, "attach", row.state, filename)
    return kept


@audited("action.evidence_sent")
def send_evidence(actor: Actor, action_id: UUID, note: str = "") -> CorrectiveAction:
    """The enterprise says that the correction is done and can be checked.

    Raises NotFound, Refused("action-not-yours"), Conflict("action-move"), Problem("action-nothing-sent") when there
    is neither a file nor a word.
    """
    row = _mine(actor, action_id, Move.send_evidence)
    if not note.strip() and count_evidence(row.id) == 0:
        raise Problem("action-nothing-sent", N_("Please add a file or say what was done."), field="note")
    row.sent_on = clock.today(people.association(actor).time_zone)
    return _move(actor, row, Move.send_evidence, note)


@audited("action.returned")
def give_back(actor: Actor, action_id: UUID, reason: str) -> CorrectiveAction:
    """The evidence does not show the correction; the enterprise reads why.

    Raises NotFound, Refused("action-not-yours"), Conflict("action-move"), Problem("action-reason-missing").
    """
    row = _mine(actor, action_id, Move.give_back)
    if not reason.strip():
        raise Problem("action-reason-missing", N_("Please give a reason."), field="reason")
    row.sent_on = None
    return _move(actor, row, Move.give_back, reason)


@audited("action.verified")
def verify(
    actor: Actor, action_id: UUID, check: Check, finder_ids: Collection[UUID], policy: Policy, today: date
) -> CorrectiveAction:
    """Say that the correction is done. `finder_ids` are the inspectors of the visit that found it.

    Raises NotFound, Refused("action-not-yours"), Conflict("action-move"), and what `rules.check_verification` raises.
    """
    row = _mine(actor, action_id, Move.verify)
    check = require_checker(actor, row, check, finder_ids, policy)
    rules.check_workers_asked(row.area, check, policy)
    row.verified_at, row.verified_on, row.verified_by = clock.now(), today, actor.person_id
    row.verified_how, row.worker_check, row.waiver = check.how, check.worker_check, check.waiver
    store_outcomes.keep_check(actor, row, CheckOutcome.done, check, today, was=row.due_on)
    deadlines = policy.severities[kind_of_deadline(row.severity, row.zero_tolerance)]
    store_draws.after_acceptance(actor, row, check, deadlines, today)
    return _move(actor, row, Move.verify, check.note)


def require_checker(
    actor: Actor, row: CorrectiveAction, check: Check, finder_ids: Collection[UUID], policy: Policy
) -> Check:
    """The check as it may count: by somebody else than who found it or entered it for the enterprise, the way the
    policy asks. Raises what `rules.check_verification` and `store_entered.require_other` raise.
    """
    store_entered.require_other(actor, row.finding_id)
    if findings_store.get(actor, row.finding_id).sealed_fact:
        check = replace(check, waiver="")  # a waiver never stands in for a second person where a sealed fact is
    rules.check_verification(
        actor.person_id,
        frozenset(finder_ids),
        row.severity,
        check,
        policy.severities[kind_of_deadline(row.severity, row.zero_tolerance)],
        row.state,
        count_evidence(row.id),
    )
    return check


@audited("action.extension_asked")
def ask_extension(actor: Actor, action_id: UUID, until: date, reason: str, policy: Policy) -> CorrectiveAction:
    """The enterprise asks for more time; the association grants it with `extend`, or does not.

    Raises NotFound, Refused("action-not-yours"), and what `rules.check_extension` raises.
    """
    row = _mine(actor, action_id, Move.send_evidence)
    rules.after(row.state, Move.extend)
    if was_denied(row.id):
        raise Conflict("extension-asked", N_("More time was asked for already, and the association has decided."))
    deadlines = policy.severities[kind_of_deadline(row.severity, row.zero_tolerance)]
    rules.check_extension(row.due_on, row.extensions, until, reason, deadlines)
    row.extension_asked_until, row.extension_asked_reason = until, reason
    session().add(row)
    _note(actor, row, "ask_extension", row.state, reason)
    return row


@audited("action.extended")
def extend(actor: Actor, action_id: UUID, until: date, reason: str, policy: Policy) -> CorrectiveAction:
    """Grant more time, once; the new date is moved off rest days like any other.

    Raises NotFound, Refused("action-not-yours"), Conflict("action-move"), and what `rules.check_extension` raises.
    """
    row = _mine(actor, action_id, Move.extend)
    deadlines = policy.severities[kind_of_deadline(row.severity, row.zero_tolerance)]
    rules.check_extension(row.due_on, row.extensions, until, reason, deadlines)
    row.due_on, row.due_provisional = (
        working_day_on_or_after(until) if deadlines.moved_off_rest_days else (until, False)
    )
    row.extensions += 1
    row.round += 1
    row.extension_asked_until, row.extension_asked_reason = None, ""
    return _move(actor, row, Move.extend, reason)


@audited("action.withdrawn")
def withdraw(actor: Actor, action_id: UUID, reason: str) -> CorrectiveAction:
    """No longer ask for it. Before delivery an action comes and goes with its finding alone.

    Raises NotFound, Refused("action-not-yours"), Conflict("action-move", "action-not-delivered"),
    Problem("action-reason-missing").
    """
    row = _mine(actor, action_id, Move.withdraw)
    if row.delivered_on is None:
        raise Conflict("action-not-delivered", N_("This action has no due date yet."))
    if not reason.strip():
        raise Problem("action-reason-missing", N_("Please give a reason."), field="reason")
    return _move(actor, row, Move.withdraw, reason)


@audited("action.withdrawn")
def withdraw_for(actor: Actor, finding_id: UUID, reason: str) -> list[CorrectiveAction]:
    """Withdraw the unfinished actions of a finding that was withdrawn (after a dispute was upheld)."""
    rows = [row for row in _of_finding(actor, finding_id) if row.state in rules.UNFINISHED]
    return [_move(actor, row, Move.withdraw, reason) for row in rows if _check_move(actor, row, Move.withdraw)]


@audited("action.paused")
def pause(actor: Actor, finding_id: UUID, on: date) -> list[CorrectiveAction]:
    """Stop the clock of a finding's actions from the day a dispute about it was opened (not under zero tolerance).

    A consequence of the dispute, so whoever may read the actions may cause it.
    """
    rows = [row for row in _of_finding(actor, finding_id) if _can_stop(row)]
    for row in rows:
        row.paused_on = on
        session().add(row)
        _note(actor, row, "pause", row.state, "")
    return rows


@audited("action.resumed")
def resume(actor: Actor, finding: FindingFacts, on: date, policy: Policy) -> list[CorrectiveAction]:
    """Let the clock run again from the day the dispute was decided; the due date moves by the days it stood still.

    The actions take over the finding's severity, which the decision may have changed.
    """
    rows = _of_finding(actor, finding.id)
    for row in rows:
        row.severity, row.zero_tolerance = finding.severity, finding.zero_tolerance
        if row.paused_on is not None and row.due_on is not None:
            moved = policy.severities[kind_of_deadline(row.severity, row.zero_tolerance)].moved_off_rest_days
            row.due_on, row.due_provisional = rules.resumed_due_date(
                row.due_on, row.paused_on, on, row.severity, moved=moved
            )
            row.paused_on = None
            _note(actor, row, "resume", row.state, "")
        session().add(row)
    return rows


@audited("action.accountable_named")
def name_accountable(actor: Actor, action_id: UUID, party: str) -> CorrectiveAction:
    """Name the one party that is accountable instead of the enterprise (the owner of the building, an agency).

    Raises NotFound, Refused("action-not-yours"), Conflict("action-move"), Problem("action-party-missing").
    """
    row = _mine(actor, action_id, Move.withdraw)
    if not party.strip():
        raise Problem("action-party-missing", N_("Please name who is accountable."), field="accountable")
    if row.accountable == party:
        return row  # sent twice
    row.accountable = party
    session().add(row)
    _note(actor, row, "accountable", row.state, party)
    return row


def workers_at(finding: FindingFacts) -> int:
    """The headcount at the visit, where the finding keeps it."""
    return int(getattr(finding, "workplace_workers", 0))


def _new(visit: Visited, finding: FindingFacts) -> CorrectiveAction:
    return CorrectiveAction(
        association_id=visit.association_id,
        enterprise_id=visit.enterprise_id,
        workplace_id=visit.workplace_id,
        visit_id=visit.id,
        finding_id=finding.id,
        item=finding.item,
        area=finding.area,
        severity=finding.severity,
        days=0,
        created_at=clock.now(),
    )


def _is_silent(finding: FindingFacts, findings: Sequence[FindingFacts]) -> bool:
    """Whether the inspector's words under the item may be about another finding of it, one known through workers."""
    others = [other for other in findings if other.item == finding.item and other.id != finding.id]
    by_workers = any(other.sealed_fact for other in others) and not finding.sealed_fact
    return by_workers or any(other.sealed for other in others)


def _ask(row: CorrectiveAction, finding: FindingFacts, checklist: Checklist, answers: Answers, *, silent: bool) -> None:
    """What is asked for and by when: the inspector's words and days where they were edited, else the item's."""
    item = checklist.item(finding.item)
    answer = None if silent else answers.get(finding.item)
    own_words = answer.action.strip() if answer else ""
    row.text_en, row.text_zh = (own_words, own_words) if own_words else (item.action.en, item.action.zh)
    row.severity, row.zero_tolerance = finding.severity, finding.zero_tolerance
    row.days = rules.days_for(
        item.days,
        answer.due_days if answer else None,
        finding.severity,
        finding.severity is not item.severity,
        finding.zero_tolerance,
        checklist.policy,
    )


def was_denied(action_id: UUID) -> bool:
    """Whether a request for more time was not granted: it is asked for once."""
    query = sqlmodel.select(ActionEvent.id).where(ActionEvent.action_id == action_id, ActionEvent.move == DENIED)
    return session().exec(query).first() is not None


def for_move(actor: Actor, action_id: UUID, move: Move) -> CorrectiveAction:
    """The row of an action, locked, if this actor may make this move now; for the modules beside this one."""
    return _mine(actor, action_id, move)


def move(actor: Actor, row: CorrectiveAction, made: Move, text: str) -> CorrectiveAction:
    """Make a move of the table, with its line of history; for the modules beside this one, which have checked it."""
    return _move(actor, row, made, text)


def note(actor: Actor, row: CorrectiveAction, what: str, text: str) -> None:
    """A line of an action's history that changes no state; for the modules beside this one."""
    _note(actor, row, what, row.state, text)


def _load(actor: Actor, action_id: UUID) -> CorrectiveAction:
    query = sqlmodel.select(CorrectiveAction).where(CorrectiveAction.id == action_id, readable(actor))
    row: CorrectiveAction = scope.found(session().exec(query.with_for_update()).first(), "action-unknown")
    return row


def _mine(actor: Actor, action_id: UUID, move: Move) -> CorrectiveAction:
    row = _load(actor, action_id)
    _check_move(actor, row, move)
    return row


def _check_move(actor: Actor, row: CorrectiveAction, move: Move) -> bool:
    """May this actor make this move now? The enterprise's moves are its manager's, the others need the inside."""
    rules.after(row.state, move)
    roles = rules.MOVES[row.state, move][1]
    if Role.manager in roles:
        allowed = row.enterprise_id in actor.enterprise_ids and Role.manager in actor.roles
        if allowed and row.delivered_on is None:
            raise Conflict("action-not-delivered", N_("This action has no due date yet."))
    else:
        allowed = scope.is_inside(actor, row) and not roles.isdisjoint(actor.roles)
    if not allowed:
        raise Refused("action-not-yours", N_("Somebody else does this: see who may do what with a corrective action."))
    return True


def _can_stop(row: CorrectiveAction) -> bool:
    running = row.state in rules.UNFINISHED and row.due_on is not None and row.paused_on is None
    return running and rules.clock_stops(row.zero_tolerance)


def _of_finding(actor: Actor, finding_id: UUID) -> list[CorrectiveAction]:
    query = sqlmodel.select(CorrectiveAction).where(CorrectiveAction.finding_id == finding_id, readable(actor))
    return list(session().exec(query.order_by(col(CorrectiveAction.created_at)).with_for_update()))


def _move(actor: Actor, row: CorrectiveAction, move: Move, note: str) -> CorrectiveAction:
    before = row.state
    row.state = rules.after(before, move)
    session().add(row)
    _note(actor, row, move.value, before, note)
    return row


def _note(actor: Actor, row: CorrectiveAction, move: str, before: str, note: str) -> None:
    event = ActionEvent(
        action_id=row.id,
        at=clock.now(),
        person_id=actor.person_id,
        by_enterprise=row.enterprise_id in actor.enterprise_ids,
        move=move,
        from_state=str(before),
        to_state=row.state.value,
        note=note,
    )
    session().add(event)
    store_clock.keep(actor, row, move)
