"""Beside `store.verify`: the answer to a plan, a part that is done, and what was seen on site.

Who checks must be somebody else than who found it, whoever the work was given to: the rules look at who acts.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlmodel
from sqlmodel import col

from compliance.checklists.rules import Policy
from compliance.corrective_actions import rules, store, store_draws
from compliance.corrective_actions.models import ActionEvent, CorrectiveAction
from compliance.corrective_actions.models_assignment import CheckOutcome
from compliance.corrective_actions.rules import Check, How, Move
from compliance.corrective_actions.store_outcomes import Part, keep_check
from compliance.findings.rules import kind_of_deadline
from compliance.people.rules import Actor
from compliance.scorecards import scope
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Conflict, Problem
from compliance.shared.words import N_


@dataclass(frozen=True)
class Seen:
    """What a follow-up visit saw of one action: how it came out, by whom, and whether workers were asked.

    `note` stays inside the association; `told` are the words that the enterprise may read, if any. Without a visit it
    was seen by the way.
    """

    outcome: CheckOutcome
    note: str
    checked_by: UUID | None
    visit_id: UUID | None
    on: date
    worker_check: bool = False
    told: str = ""


def has_open_plan(action_id: UUID) -> bool:
    """Whether the enterprise's newest plan waits for the association's answer."""
    moves = ("plan", Move.accept_plan.value, Move.return_plan.value)
    query = sqlmodel.select(ActionEvent.move).where(
        ActionEvent.action_id == action_id, col(ActionEvent.move).in_(moves)
    )
    newest = session().exec(query.order_by(col(ActionEvent.at).desc(), col(ActionEvent.id).desc()).limit(1)).first()
    return newest == "plan"


@audited("action.plan_accepted")
def accept_plan(actor: Actor, action_id: UUID, word: str = "") -> CorrectiveAction:
    """Accept the enterprise's plan as it stands.

    Raises NotFound, Refused("action-not-yours"), Conflict("action-move", "action-plan-answered").
    """
    row = store.for_move(actor, action_id, Move.accept_plan)
    _require_open_plan(row)
    return store.move(actor, row, Move.accept_plan, word)


@audited("action.plan_returned")
def return_plan(actor: Actor, action_id: UUID, reason: str) -> CorrectiveAction:
    """Return the plan; the enterprise reads why and writes another. Raises as `accept_plan`, and without a reason."""
    row = store.for_move(actor, action_id, Move.return_plan)
    _require_open_plan(row)
    _require(reason)
    return store.move(actor, row, Move.return_plan, reason)


@audited("action.verified_in_part")
def verify_part(
    actor: Actor,
    action_id: UUID,
    part: Part,
    check: Check,
    finder_ids: Collection[UUID],
    policy: Policy,
    today: date,
) -> CorrectiveAction:
    """Say what is done, and what stays: the rest is asked for on, by the date that the policy gives it.

    Raises as `store.verify`, and Problem("action-part-missing") unless both are said.
    """
    row = store.for_move(actor, action_id, Move.verify_part)
    check = store.require_checker(actor, row, check, finder_ids, policy)
    for field, said in (("done", part.done), ("stays", part.stays)):
        if not said.strip():
            raise Problem("action-part-missing", N_("Please say what is done and what stays to be done."), field=field)
    was = row.due_on
    _give_rest(row, today, policy)
    keep_check(actor, row, CheckOutcome.part, check, today, done=part.done, stays=part.stays, was=was)
    return store.move(actor, row, Move.verify_part, f"✓ {part.done}\n→ {part.stays}")


@audited("action.seen_on_site")
def seen_on_site(actor: Actor, action_id: UUID, seen: Seen, policy: Policy) -> CorrectiveAction:
    """Take over what a follow-up visit saw, at its release: done, done in part, or not done.

    The caller has chosen `checked_by` so that it is nobody who found it (`casework.following`). An acceptance at the
    desk that was drawn is confirmed or opened again; an action that is closed without a draw is left alone.
    """
    query = sqlmodel.select(CorrectiveAction).where(
        CorrectiveAction.id == action_id, scope.inside(actor, CorrectiveAction)
    )
    row: CorrectiveAction = scope.found(session().exec(query.with_for_update()).first(), "action-unknown")
    was, check = row.due_on, Check(How.on_site, seen.note, seen.worker_check)
    if row.state is rules.ActionState.verified:
        if store_draws.waiting(row.id) is None:
            return row
        store_draws.settle(actor, row.id, seen.outcome, seen.on, seen.visit_id)
        if seen.outcome is CheckOutcome.done:
            keep_check(actor, row, seen.outcome, check, seen.on, was=was, by=seen.checked_by, visit_id=seen.visit_id)
            return row
        _unverify(row)
        _give_rest(row, seen.on, policy)
        move = Move.reopen
    elif row.state is rules.ActionState.withdrawn:
        return row
    elif seen.outcome is CheckOutcome.done:
        rules.check_workers_asked(row.area, check, policy)
        row.verified_at, row.verified_on, row.verified_by = clock.now(), seen.on, seen.checked_by
        row.verified_how, row.worker_check, row.waiver = How.on_site, seen.worker_check, ""
        move = Move.verify
    elif seen.outcome is CheckOutcome.part:
        _give_rest(row, seen.on, policy)
        move = Move.verify_part
    elif row.state is rules.ActionState.evidence_sent:
        move = Move.give_back
    else:
        keep_check(actor, row, seen.outcome, check, seen.on, was=was, by=seen.checked_by, visit_id=seen.visit_id)
        store.note(actor, row, "not_done", seen.told)
        return row
    said = seen.told or "–"
    keep_check(
        actor,
        row,
        seen.outcome,
        check,
        seen.on,
        done=said if seen.outcome is CheckOutcome.part else "",
        stays=said if seen.outcome is CheckOutcome.part else "",
        was=was,
        by=seen.checked_by,
        visit_id=seen.visit_id,
    )
    return store.move(actor, row, move, seen.note if move is Move.verify else seen.told)


def _give_rest(row: CorrectiveAction, today: date, policy: Policy) -> None:
    if row.due_on is not None:
        deadlines = policy.severities[kind_of_deadline(row.severity, row.zero_tolerance)]
        row.due_on, row.due_provisional = rules.rest_due(row.due_on, row.days, today, deadlines)


def _unverify(row: CorrectiveAction) -> None:
    row.verified_at = row.verified_on = row.verified_by = row.verified_how = None
    row.worker_check, row.waiver = False, ""


def _require_open_plan(row: CorrectiveAction) -> None:
    if not has_open_plan(row.id):
        raise Conflict("action-plan-answered", N_("There is no plan that waits for an answer."))


def _require(reason: str) -> None:
    if not reason.strip():
        raise Problem("action-reason-missing", N_("Please give a reason."), field="reason")


@audited("action.seen_on_site")
def note_on_site(
    actor: Actor, action_id: UUID, note: str, visit_id: UUID, on: date, *, worker_check: bool
) -> CorrectiveAction:
    """Keep that a correction was seen on site where that alone does not close it: somebody else, or a check with
    workers, is still needed. The action waits where it stands.
    """
    query = sqlmodel.select(CorrectiveAction).where(
        CorrectiveAction.id == action_id, scope.inside(actor, CorrectiveAction)
    )
    row: CorrectiveAction = scope.found(session().exec(query.with_for_update()).first(), "action-unknown")
    check = Check(How.on_site, note, worker_check)
    keep_check(actor, row, CheckOutcome.done, check, on, was=row.due_on, visit_id=visit_id)
    return row
