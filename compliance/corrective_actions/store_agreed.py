"""What is agreed about an action instead of its due date, and what is known of a danger: written and read.

Both sides read repayment plans; talks are the association's own record.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
import sqlmodel
from sqlmodel import col

from compliance.checklists.rules import Checklist
from compliance.corrective_actions import agreed, store
from compliance.corrective_actions.agreed import Contained, Instalment, Outcome
from compliance.corrective_actions.models import CorrectiveAction
from compliance.corrective_actions.models_agreed import Repayment, RepaymentPlan, Talk, TalkAction
from compliance.corrective_actions.rules import Move
from compliance.corrective_actions.store_reading import readable
from compliance.findings.rules import kind_of_deadline
from compliance.people.rules import Actor
from compliance.scorecards import scope
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.files import StoredFile
from compliance.shared.problems import Conflict, NotFound, Problem
from compliance.shared.words import N_


@dataclass(frozen=True)
class PlanView:
    """A repayment plan with its payments in their order; from the outside without who agreed."""

    id: UUID
    action_id: UUID
    agreed_on: date
    note: str
    made_by: UUID | None
    payments: tuple[Repayment, ...]
    owed_fen: int | None = None
    workers: int | None = None
    ended_at: datetime | None = None
    ended_reason: str = ""

    @property
    def fen(self) -> int:
        """The whole amount in fen."""
        return sum(one.fen for one in self.payments)

    @property
    def paid_fen(self) -> int:
        """What is paid of it, in fen."""
        return sum(one.fen for one in self.payments if one.paid_on is not None)

    @property
    def recovered_fen(self) -> int:
        """What workers confirmed that they have, in fen."""
        return sum(one.fen for one in self.payments if one.confirmed_on is not None)

    @property
    def instalments(self) -> tuple[Instalment, ...]:
        """The payments as the rules know them."""
        return tuple(Instalment(one.due_on, one.fen, one.paid_on) for one in self.payments)


# --- containment --------------------------------------------------------------------------------------------------


@audited("action.contained")
def contain(actor: Actor, action_id: UUID, on: date, how: Contained, note: str, today: date) -> CorrectiveAction:
    """Record that a danger is stopped, and how that is known: by telephone, or seen on site.

    Raises NotFound, Refused("action-not-yours"), and what ``agreed.check_contained`` raises.
    """
    row = store.for_move(actor, action_id, Move.verify)
    agreed.check_contained(row.contain_by, row.told_on, on, today, note)
    row.contained_on, row.contained_how, row.contained_by = on, how, actor.person_id
    session().add(row)
    store.note(actor, row, "contain", note.strip())
    return row


@audited("action.called")
def note_call(actor: Actor, action_id: UUID, note: str) -> CorrectiveAction:
    """Record that somebody called the enterprise about a danger, and what was said.

    Raises NotFound, Refused("action-not-yours"), Problem("contained-note").
    """
    row = store.for_move(actor, action_id, Move.verify)
    if not note.strip():
        raise Problem("contained-note", N_("Please say what was done, or what was seen."), field="call_note")
    store.note(actor, row, "call", note.strip())
    return row


# --- repayment ----------------------------------------------------------------------------------------------------


@audited("repayment.agreed")
def agree_repayment(
    actor: Actor,
    action_id: UUID,
    instalments: Sequence[Instalment],
    note: str,
    checklist: Checklist,
    finders: Collection[UUID],
    today: date,
    *,
    owed_fen: int | None = None,
    workers: int | None = None,
) -> RepaymentPlan:
    """Put a repayment plan in the place of a wages action's due date; one that stood before ends with it.

    ``owed_fen``: all that is owed, and to how many ``workers``, as far as it was reckoned. Raises NotFound,
    Refused("action-not-yours", "action-second-person"), Conflict("action-not-delivered"), and what
    ``agreed.check_plan`` and ``agreed.check_owed`` raise.
    """
    row = _decided(actor, action_id, checklist, finders)
    kind = kind_of_deadline(row.severity, row.zero_tolerance)
    rungs, ladder = checklist.ladder.rungs(kind), checklist.ladder
    agreed.check_plan(instalments, row.area, row.zero_tolerance, rungs, ladder, today)
    agreed.check_owed(owed_fen, workers, instalments)
    _end(actor, row.id, "-")
    plan = RepaymentPlan(
        association_id=row.association_id,
        enterprise_id=row.enterprise_id,
        action_id=row.id,
        agreed_on=today,
        owed_fen=owed_fen,
        workers=workers,
        note=note.strip(),
        made_at=clock.now(),
        made_by=actor.person_id,
    )
    session().add(plan)
    session().flush()
    session().add_all(
        Repayment(association_id=row.association_id, plan_id=plan.id, number=number, due_on=one.due_on, fen=one.fen)
        for number, one in enumerate(instalments, 1)
    )
    _date_anew(actor, row, instalments[0].due_on, note.strip())
    return plan


@audited("repayment.paid")
def note_paid(
    actor: Actor, plan_id: UUID, number: int, on: date, today: date, proof: tuple[StoredFile, str] | None = None
) -> Repayment:
    """Record that a payment of a plan was made, with what shows it; the next one is the action's date from now on.

    Raises NotFound, Refused("action-not-yours"), Conflict("repayment-ended", "repayment-paid"), Problem.
    """
    plan = session().get(RepaymentPlan, plan_id)
    if plan is None or not scope.is_inside(actor, plan):
        raise NotFound("repayment-unknown", N_("This does not exist, or it is not yours to see."))
    row = store.for_move(actor, plan.action_id, Move.verify)
    if plan.ended_at is not None:
        raise Conflict("repayment-ended", N_("This plan is no longer in force."))
    payments = _payments([plan.id]).get(plan.id, [])
    payment = next((one for one in payments if one.number == number), None)
    if payment is None:
        raise NotFound("repayment-unknown", N_("This does not exist, or it is not yours to see."))
    if payment.paid_on is not None:
        raise Conflict("repayment-paid", N_("This payment is recorded already."))
    agreed.check_paid(on, plan.agreed_on, today)
    payment.paid_on, payment.noted_at, payment.noted_by = on, clock.now(), actor.person_id
    if proof is not None:
        payment.proof_digest, payment.proof_type = proof[0].digest, proof[0].media_type
        payment.proof_name = proof[1][:255]
    session().add(payment)
    following = agreed.next_due([Instalment(one.due_on, one.fen, one.paid_on) for one in payments])
    if following is not None and following != row.due_on:
        _date_anew(actor, row, following, "")
    return payment


@audited("repayment.confirmed")
def confirm(actor: Actor, plan_id: UUID, number: int, on: date, asked: int, today: date) -> Repayment:
    """Record that workers said that they have a payment: how many, never who. From then on it counts as recovered.

    Also of a plan that has ended since. Raises NotFound, Refused("action-not-yours"), Conflict("repayment-confirmed"),
    and what ``agreed.check_confirmed`` raises.
    """
    plan = session().get(RepaymentPlan, plan_id)
    payment = next((one for one in _payments([plan_id]).get(plan_id, []) if one.number == number), None)
    if plan is None or payment is None or not scope.is_inside(actor, plan):
        raise NotFound("repayment-unknown", N_("This does not exist, or it is not yours to see."))
    store.for_move(actor, plan.action_id, Move.verify)
    if payment.confirmed_on is not None:
        raise Conflict("repayment-confirmed", N_("This payment is confirmed already."))
    agreed.check_confirmed(payment.paid_on, on, asked, today)
    payment.confirmed_on, payment.asked, payment.confirmed_by = on, asked, actor.person_id
    session().add(payment)
    return payment


@audited("repayment.ended")
def end_repayment(actor: Actor, action_id: UUID, reason: str, today: date) -> CorrectiveAction:
    """End a plan that is not kept: the action is due from today, and the ladder goes on.

    Raises NotFound, Refused("action-not-yours"), Conflict("repayment-ended"), Problem("action-reason-missing").
    """
    row = store.for_move(actor, action_id, Move.withdraw)
    if not reason.strip():
        raise Problem("action-reason-missing", N_("Please give a reason."), field="reason")
    if not _end(actor, row.id, reason.strip()):
        raise Conflict("repayment-ended", N_("This plan is no longer in force."))
    if row.due_on is not None and row.due_on > today:
        row.due_on, row.due_provisional = today, False
    session().add(row)
    store.note(actor, row, "repayment_ended", reason.strip())
    return row


def plans(actor: Actor, action_ids: Collection[UUID]) -> dict[UUID, PlanView]:
    """The repayment plan in force of each of these actions that the actor may read; both sides may."""
    return {id: found[-1] for id, found in _plans(actor, action_ids, col(RepaymentPlan.ended_at).is_(None)).items()}


def every_plan(actor: Actor, action_ids: Collection[UUID]) -> dict[UUID, list[PlanView]]:
    """Every repayment plan that these actions have or had, by action, oldest first."""
    return _plans(actor, action_ids)


def proof(actor: Actor, action_id: UUID, number: int) -> Repayment:
    """A payment of the plan in force whose proof is kept. Raises NotFound."""
    plan = plans(actor, [action_id]).get(action_id)
    payment = next((one for one in plan.payments if one.number == number), None) if plan else None
    if payment is None or payment.proof_digest is None:
        raise NotFound("file-missing", N_("This file is no longer in the store."))
    return payment


# --- talks --------------------------------------------------------------------------------------------------------


@audited("talk.noted")
def note_talk(
    actor: Actor,
    action_ids: Sequence[UUID],
    held_on: date,
    place: str,
    present: str,
    outcome: Outcome,
    until: date | None,
    note: str,
    checklist: Checklist,
    finders: Collection[UUID],
    today: date,
) -> Talk:
    """Record a talk about actions of one visit. A date that is agreed in it takes the place of theirs.

    Raises NotFound, Refused, Conflict, and what ``agreed.check_talk`` raises; none is written then.
    """
    rows = [_decided(actor, action_id, checklist, finders) for action_id in action_ids]
    if not rows or len({row.visit_id for row in rows}) != 1:
        raise Problem("talk-actions", N_("Choose actions of one visit."), field="actions")
    kinds = [kind_of_deadline(row.severity, row.zero_tolerance) for row in rows]
    allowed = all("talk" in checklist.ladder.rungs(kind).down for kind in kinds)
    delivered = min(row.delivered_on for row in rows if row.delivered_on is not None)
    agreed.check_talk(held_on, place, present, outcome, until, allowed, checklist.ladder, delivered, today)
    talk = Talk(
        association_id=rows[0].association_id,
        enterprise_id=rows[0].enterprise_id,
        visit_id=rows[0].visit_id,
        held_on=held_on,
        place=place.strip(),
        present=present.strip(),
        outcome=outcome,
        until=until,
        note=note.strip(),
        noted_at=clock.now(),
        noted_by=actor.person_id,
    )
    session().add(talk)
    session().flush()
    session().add_all(TalkAction(talk_id=talk.id, action_id=row.id) for row in rows)
    for row in rows:
        store.note(actor, row, "talk", "")
        if until is not None:
            _date_anew(actor, row, until, "")
    return talk


def talks(actor: Actor, action_id: UUID) -> list[Talk]:
    """The talks about an action, newest first; the association's alone."""
    query = (
        sqlmodel.select(Talk)
        .join(TalkAction, col(TalkAction.talk_id) == col(Talk.id))
        .where(TalkAction.action_id == action_id, scope.inside(actor, Talk))
    )
    return list(session().exec(query.order_by(col(Talk.held_on).desc(), col(Talk.noted_at).desc())))


def talks_of(actor: Actor, action_ids: Collection[UUID]) -> dict[UUID, list[Talk]]:
    """The talks about several actions, by action, oldest first; the association's alone."""
    query = (
        sqlmodel.select(TalkAction.action_id, Talk)
        .join(Talk, col(TalkAction.talk_id) == col(Talk.id))
        .where(col(TalkAction.action_id).in_(list(action_ids)), scope.inside(actor, Talk))
        .order_by(col(Talk.held_on), col(Talk.noted_at))
    )
    by_action: dict[UUID, list[Talk]] = {}
    for action_id, talk in session().exec(query):
        by_action.setdefault(action_id, []).append(talk)
    return by_action


# --- inside -------------------------------------------------------------------------------------------------------


def _decided(actor: Actor, action_id: UUID, checklist: Checklist, finders: Collection[UUID]) -> CorrectiveAction:
    """The action's row, locked, if this person may decide about its date: no tie, and not who found it."""
    row = store.for_move(actor, action_id, Move.withdraw)
    if row.delivered_on is None:
        raise Conflict("action-not-delivered", N_("This action has no due date yet."))
    deadlines = checklist.policy.severities[kind_of_deadline(row.severity, row.zero_tolerance)]
    agreed.require_decider(actor.person_id, frozenset(finders), deadlines)
    return row


def _date_anew(actor: Actor, row: CorrectiveAction, due_on: date, note: str) -> None:
    """Another due date by agreement: the ladder begins anew with it."""
    row.due_on, row.due_provisional = due_on, False
    row.round += 1
    session().add(row)
    store.note(actor, row, "agree", note)


def _end(actor: Actor, action_id: UUID, reason: str) -> bool:
    query = sqlmodel.select(RepaymentPlan).where(
        RepaymentPlan.action_id == action_id, col(RepaymentPlan.ended_at).is_(None)
    )
    plan = session().exec(query.with_for_update()).first()
    if plan is None:
        return False
    plan.ended_at, plan.ended_by, plan.ended_reason = clock.now(), actor.person_id, reason
    session().add(plan)
    session().flush()
    return True


def _plans(actor: Actor, action_ids: Collection[UUID], *where: sa.ColumnElement[bool]) -> dict[UUID, list[PlanView]]:
    query = (
        sqlmodel.select(RepaymentPlan, CorrectiveAction)
        .join(CorrectiveAction, col(CorrectiveAction.id) == col(RepaymentPlan.action_id))
        .where(col(RepaymentPlan.action_id).in_(list(action_ids)), readable(actor), *where)
        .order_by(col(RepaymentPlan.made_at), col(RepaymentPlan.id))
    )
    rows = list(session().exec(query))
    payments = _payments([plan.id for plan, _ in rows]) if rows else {}
    by_action: dict[UUID, list[PlanView]] = {}
    for plan, row in rows:
        view = PlanView(
            plan.id,
            plan.action_id,
            plan.agreed_on,
            plan.note,
            plan.made_by if scope.is_inside(actor, row) else None,
            tuple(payments.get(plan.id, ())),
            plan.owed_fen,
            plan.workers,
            plan.ended_at,
            plan.ended_reason,
        )
        by_action.setdefault(row.id, []).append(view)
    return by_action


def _payments(plan_ids: Collection[UUID]) -> dict[UUID, list[Repayment]]:
    query = sqlmodel.select(Repayment).where(col(Repayment.plan_id).in_(list(plan_ids)))
    found: dict[UUID, list[Repayment]] = {}
    for one in session().exec(query.order_by(col(Repayment.number))):
        found.setdefault(one.plan_id, []).append(one)
    return found


__all__ = [
    "Contained",
    "Instalment",
    "Outcome",
    "PlanView",
    "agree_repayment",
    "contain",
    "end_repayment",
    "every_plan",
    "note_call",
    "note_paid",
    "note_talk",
    "plans",
    "proof",
    "talks",
    "talks_of",
]
