"""The association's side of what is said about a corrective action: messages, a request for more time that is not
granted, a reason for taking no action that is accepted or returned.
"""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from compliance.casework import cases, notices
from compliance.casework.forms_exchange import CommentForm, DenialForm, TakingForm
from compliance.casework.views import worklist
from compliance.casework.views.shown import download
from compliance.corrective_actions import (
    store_comments,
    store_declarations,
    store_entered,
    store_more_time,
    store_refusals,
)
from compliance.corrective_actions.exchange import Taken
from compliance.corrective_actions.seen import ActionView
from compliance.findings import store as findings
from compliance.people.gate import actor, allow
from compliance.shared import files
from compliance.shared.problems import NotFound
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_

bp = Blueprint("exchange", __name__, url_prefix="/actions")


@bp.post("/<uuid:action_id>/comment")
@allow("action.comment")
def comment(action_id: UUID) -> ResponseReturnValue:
    """Write to the enterprise about an action."""
    form = CommentForm()

    def act(row: ActionView, _case: cases.Case) -> None:
        store_comments.say(actor(), row.id, form.comment.data)
        notices.something_waits(actor(), row.enterprise_id, row.id)

    return worklist.do(
        action_id, "commenting", form, act, "comment", _("Sent. The enterprise reads it with this action.")
    )


@bp.post("/<uuid:action_id>/read")
@allow("action.comment")
def read(action_id: UUID) -> ResponseReturnValue:
    """Mark what the enterprise wrote as read, without an answer. Opening the page alone marks nothing: the enterprise
    would see from it that somebody looks at the action.
    """
    worklist.load(action_id)
    store_comments.mark_read(actor(), action_id)
    flash(_("Marked as read."), "success")
    return redirect(url_for("worklist.action", action_id=action_id))


@bp.post("/<uuid:action_id>/deny-extension")
@allow("action.decide")
def deny(action_id: UUID) -> ResponseReturnValue:
    """Do not give more time; the enterprise reads why."""
    form = DenialForm()

    def act(row: ActionView, _case: cases.Case) -> None:
        store_more_time.deny(actor(), row.id, form.denial.data)
        notices.something_waits(actor(), row.enterprise_id, row.id)

    return worklist.do(
        action_id, "denying", form, act, "denial", _("The due date stands. The enterprise reads your reason.")
    )


@bp.post("/<uuid:action_id>/no-action")
@allow("action.decide")
def no_action(action_id: UUID) -> ResponseReturnValue:
    """Accept or return the enterprise's reason for taking no action."""
    form = TakingForm()

    def act(row: ActionView, case: cases.Case) -> None:
        store_entered.require_other(actor(), row.finding_id)
        taken, reason = Taken(form.taken.data), form.taken_reason.data
        store_refusals.decide(actor(), row.id, taken, reason, case.involved, case.policy)
        notices.something_waits(actor(), row.enterprise_id, row.id)

    return worklist.do(action_id, "taking", form, act, "taken_reason", _("Recorded. The enterprise reads your reason."))


@bp.get("/declarations/<uuid:declaration_id>")
@allow("visit.read")
def declaration(declaration_id: UUID) -> ResponseReturnValue:
    """A declaration that the enterprise sent."""
    row = store_declarations.get(actor(), declaration_id)
    action, _case = worklist.load(row.action_id)
    return render_template("casework/declared.html", declaration=row, action=action)


@bp.get("/entered/<uuid:entry_id>/scan")
@allow("visit.read")
def scan(entry_id: UUID) -> Response:
    """The scan of a paper that was entered for an enterprise."""
    entry = store_entered.get(actor(), entry_id)
    cases.load(actor(), findings.get(actor(), entry.finding_id).visit_id)
    if entry.scan_digest is None:
        raise NotFound("file-missing", N_("This file is no longer in the store."))
    return download(files.get(entry.scan_digest), entry.scan_type, entry.scan_name)
