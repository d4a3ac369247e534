"""The past of one enterprise, as the staff sees it: visits, scorecards, findings, actions, letters."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from compliance.casework import cases, lists, timeline
from compliance.casework.views.shown import page_number
from compliance.corrective_actions import store as actions
from compliance.enterprises import store as enterprises
from compliance.people.gate import actor, allow
from compliance.people.rules import can, sees_inside
from compliance.shared.problems import NotFound
from compliance.shared.words import N_

bp = Blueprint("history", __name__, url_prefix="/register")


@bp.get("/<uuid:enterprise_id>/history")
@allow("visit.read")
def enterprise(enterprise_id: UUID) -> ResponseReturnValue:
    """Every visit to an enterprise, with what followed."""
    row = enterprises.get(actor(), enterprise_id)
    if not sees_inside(actor(), enterprise_id):
        raise NotFound("enterprise-unknown", N_("There is no such enterprise in the register."))
    review = can(actor(), "visit.release")
    return render_template(
        "casework/history.html",
        enterprise=row,
        listed=lists.history(actor(), enterprise_id, timeline.seen_states(actor()), page_number()),
        letters=lists.letters(actor(), enterprise_id=enterprise_id, drafts=review).rows,
        counts=actions.counts(actor(), cases.today(actor()), enterprise_id),
        may_review=review,
        may_file=can(actor(), "enterprise.file"),
        pledge=enterprises.pledge_in_force(actor(), enterprise_id, cases.today(actor())),
    )
