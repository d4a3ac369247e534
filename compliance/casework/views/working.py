"""On the page of a corrective action: whose work it is, the answer to its plan, a part that is done, and its checks."""

from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from compliance.casework import assigning, cases, notices
from compliance.casework.forms_work import AssignForm, PartForm, PlanAnswerForm
from compliance.casework.views import worklist
from compliance.corrective_actions import store_checks
from compliance.corrective_actions.rules import Check, How
from compliance.corrective_actions.seen import ActionView
from compliance.corrective_actions.store_outcomes import Part
from compliance.people.gate import actor, allow
from compliance.shared.translation import gettext as _

bp = Blueprint("working", __name__, url_prefix="/actions")

_ANSWER = {"reason": "answer_word"}
_PART = {"how": "part_how", "note": "part_note"}
"""What a form of this page calls the field that a problem names."""


@bp.post("/<uuid:action_id>/assign")
@allow("action.assign")
def assign(action_id: UUID) -> ResponseReturnValue:
    """Give the action to somebody, or take it over."""
    form = AssignForm()
    row, _case = worklist.load(action_id)
    form.person.choices = [SelectChoice(str(id), name) for id, name in assigning.offered(actor(), row.enterprise_id)]

    def act(row: ActionView, _case: cases.Case) -> None:
        assigning.hand_to(actor(), row, UUID(form.person.data), form.word.data or "")

    return worklist.do(action_id, "assigning", form, act, "person", _("It is their work from now on."))


@bp.post("/<uuid:action_id>/plan/accept")
@allow("action.verify")
def accept_plan(action_id: UUID) -> ResponseReturnValue:
    """Accept the enterprise's plan."""
    form = PlanAnswerForm()

    def act(row: ActionView, _case: cases.Case) -> None:
        store_checks.accept_plan(actor(), row.id, form.answer_word.data or "")
        notices.something_waits(actor(), row.enterprise_id, row.id)

    return worklist.do(
        action_id, "answering", form, act, "answer_word", _("The plan is accepted. The enterprise reads it."), _ANSWER
    )


@bp.post("/<uuid:action_id>/plan/return")
@allow("action.verify")
def return_plan(action_id: UUID) -> ResponseReturnValue:
    """Return the enterprise's plan, with a reason."""
    form = PlanAnswerForm()

    def act(row: ActionView, _case: cases.Case) -> None:
        store_checks.return_plan(actor(), row.id, form.answer_word.data or "")
        notices.something_waits(actor(), row.enterprise_id, row.id)

    return worklist.do(
        action_id,
        "answering",
        form,
        act,
        "answer_word",
        _("The plan is returned. The enterprise reads your reason."),
        _ANSWER,
    )


@bp.post("/<uuid:action_id>/part")
@allow("action.verify")
def verify_part(action_id: UUID) -> ResponseReturnValue:
    """A part is done; the rest is asked for on."""
    form = PartForm()

    def act(row: ActionView, case: cases.Case) -> None:
        store_checks.verify_part(
            actor(),
            row.id,
            Part(form.done.data, form.stays.data),
            Check(How(form.part_how.data), form.part_note.data or "", waiver=request.form.get("waiver", "")),
            case.involved,
            case.policy,
            cases.today(actor()),
        )
        notices.something_waits(actor(), row.enterprise_id, row.id)

    return worklist.do(
        action_id, "parting", form, act, "done", _("Recorded. The enterprise reads what is done and what stays."), _PART
    )
