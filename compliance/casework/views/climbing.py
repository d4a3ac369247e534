"""What officers record on the page of a corrective action: containment, calls, talks, repayment."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from compliance.casework import cases, ladder_tasks
from compliance.casework.choice import ids_of
from compliance.casework.forms_ladder import (
    CallForm,
    ConfirmForm,
    ContainForm,
    EndPlanForm,
    PaidForm,
    RepaymentForm,
    TalkForm,
)
from compliance.casework.views import worklist
from compliance.casework.views.shown import blame, download, told
from compliance.corrective_actions import store as actions
from compliance.corrective_actions import store_agreed
from compliance.corrective_actions.agreed import Contained, Outcome
from compliance.corrective_actions.seen import ActionView
from compliance.people.gate import actor, allow
from compliance.shared import files
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem, Refused
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_
from compliance.visits import evidence

bp = Blueprint("climbing", __name__, url_prefix="/actions")


@bp.post("/<uuid:action_id>/contain")
@allow("action.verify")
def contain(action_id: UUID) -> ResponseReturnValue:
    """The danger is stopped."""
    form = ContainForm()

    def act(row: ActionView, _case: cases.Case) -> None:
        how, note = Contained(form.contain_how.data), form.contain_note.data
        store_agreed.contain(actor(), row.id, form.contained_on.data, how, note, cases.today(actor()))

    return _do(action_id, "containing", form, act, "contain_note", _("Recorded: the danger is contained."))


@bp.post("/<uuid:action_id>/call")
@allow("action.verify")
def call(action_id: UUID) -> ResponseReturnValue:
    """Somebody called the enterprise about a danger."""
    form = CallForm()

    def act(row: ActionView, _case: cases.Case) -> None:
        ladder_tasks.call(actor(), row.id, form.call_note.data)

    return _do(action_id, "calling", form, act, "call_note", _("The call is recorded."))


@bp.post("/<uuid:action_id>/talk")
@allow("action.agree")
def talk(action_id: UUID) -> ResponseReturnValue:
    """A talk was held."""
    form = TalkForm()

    def act(row: ActionView, _case: cases.Case) -> None:
        others = [one for one in ids_of(form.actions.data) if one != row.id]
        ladder_tasks.talk(
            actor(),
            [row.id, *others],
            form.held_on.data,
            form.place.data or "",
            form.present.data or "",
            Outcome(form.outcome.data),
            form.talk_until.data,
            form.talk_note.data or "",
        )

    return _do(action_id, "talking", form, act, "held_on", _("The talk is recorded."))


@bp.post("/<uuid:action_id>/repayment")
@allow("action.agree")
def repay(action_id: UUID) -> ResponseReturnValue:
    """A repayment plan takes the place of the due date."""
    form = RepaymentForm()

    def act(row: ActionView, case: cases.Case) -> None:
        store_agreed.agree_repayment(
            actor(),
            row.id,
            form.instalments(),
            form.plan_note.data or "",
            case.checklist,
            case.involved,
            cases.today(actor()),
            owed_fen=form.owed_fen(),
            workers=form.workers.data,
        )

    done = _("The repayment plan is agreed. Its next payment is the due date from now on.")
    return _do(action_id, "repaying", form, act, "payments", done)


@bp.post("/<uuid:action_id>/repayment/paid")
@allow("action.verify")
def paid(action_id: UUID) -> ResponseReturnValue:
    """A payment of the plan was made."""
    form = PaidForm()

    def act(row: ActionView, _case: cases.Case) -> None:
        plan = store_agreed.plans(actor(), [row.id]).get(row.id)
        if plan is None or form.number.data is None:
            raise Conflict("repayment-ended", N_("This plan is no longer in force."))
        store_agreed.note_paid(actor(), plan.id, form.number.data, form.paid_on.data, cases.today(actor()), _proof())

    return _do(action_id, "paying", form, act, "paid_on", _("The payment is recorded."))


@bp.post("/<uuid:action_id>/repayment/confirmed")
@allow("action.verify")
def confirmed(action_id: UUID) -> ResponseReturnValue:
    """Workers have a payment of the plan."""
    form = ConfirmForm()

    def act(row: ActionView, _case: cases.Case) -> None:
        plan = store_agreed.plans(actor(), [row.id]).get(row.id)
        if plan is None:
            raise Conflict("repayment-ended", N_("This plan is no longer in force."))
        store_agreed.confirm(
            actor(), plan.id, form.confirmed_number.data, form.confirmed_on.data, form.asked.data, cases.today(actor())
        )

    return _do(action_id, "confirming", form, act, "confirmed_on", _("Kept: workers have it, and it counts."))


@bp.post("/<uuid:action_id>/repayment/end")
@allow("action.agree")
def end_plan(action_id: UUID) -> ResponseReturnValue:
    """A plan that is not kept ends."""
    form = EndPlanForm()

    def act(row: ActionView, _case: cases.Case) -> None:
        store_agreed.end_repayment(actor(), row.id, form.end_reason.data, cases.today(actor()))

    return _do(action_id, "ending_plan", form, act, "end_reason", _("The plan has ended, and the ladder goes on."))


@bp.get("/<uuid:action_id>/repayment/<int:number>/proof")
@allow("visit.read")
def proof(action_id: UUID, number: int) -> Response:
    """What shows that a payment was made, as a download."""
    cases.load(actor(), actions.get(actor(), action_id).visit_id)
    one = store_agreed.proof(actor(), action_id, number)
    return download(files.get(str(one.proof_digest)), one.proof_type, one.proof_name)


def _proof() -> Any:
    sent = request.files.get("proof")
    if sent is None or not sent.filename:
        return None
    try:
        passed = evidence.check(sent.read(), sent.filename)
    except Problem as problem:
        problem.facts["field"] = "proof"
        raise
    return files.put(passed.data, passed.media_type), passed.filename


def _do(
    action_id: UUID, name: str, form: Any, act: Callable[[ActionView, cases.Case], None], field: str, done: str
) -> ResponseReturnValue:
    row = actions.get(actor(), action_id)
    case = cases.load(actor(), row.visit_id)
    if not form.validate():
        return worklist.page_of(action_id, 422, **{name: form})
    try:
        act(row, case)
    except Problem as problem:
        if isinstance(problem, NotFound | Conflict):
            raise
        session().rollback()
        if isinstance(problem, Refused):
            flash(told(problem), "error")
        else:
            blame(form, problem, field)
        return worklist.page_of(action_id, problem.status, **{name: form})
    flash(done, "success")
    return redirect(url_for("worklist.action", action_id=action_id, _anchor="ladder"))
