"""The page that seals a visit: what is missing, each a link; or the word that nothing is."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from compliance.casework import sealing
from compliance.casework.views.shown import words
from compliance.enterprises import store as enterprises
from compliance.people.gate import actor, allow
from compliance.shared.problems import Problem
from compliance.shared.translation import gettext as _
from compliance.visits import store as visits
from compliance.visits.rules import CLOSING, PROFILE, State

bp = Blueprint("sealing", __name__, url_prefix="/visits")
bp.app_context_processor(words)


@bp.get("/<uuid:visit_id>/seal")
@allow("visit.conduct")
def confirm(visit_id: UUID) -> ResponseReturnValue:
    """What sealing means, and what is still missing."""
    return _page(visit_id)


@bp.post("/<uuid:visit_id>/seal")
@allow("visit.conduct")
def seal(visit_id: UUID) -> ResponseReturnValue:
    """Seal the visit; it is scored and waits for review."""
    visit = visits.get(actor(), visit_id)
    if visit.state is State.sealed and visits.is_sent(actor(), visit):
        flash(_("This visit is sealed already."), "info")  # an impatient finger, or a page that was sent again
        return redirect(url_for("visits.today"))
    try:
        derived = sealing.seal(actor(), visit_id)
    except Problem as problem:
        if problem.code != "visit-incomplete":
            raise
        return _page(visit_id, 422)
    if derived is None:
        flash(_("Sealed. A reviewer looks at it next; there is nothing to score."), "success")
    else:
        flash(
            _(
                "Sealed and scored. Findings: %(n)d. A reviewer looks at it next; the enterprise sees nothing before.",
                n=len(derived.findings),
            ),
            "success",
        )
    return redirect(url_for("visits.today"))


def _page(visit_id: UUID, status: int = 200) -> ResponseReturnValue:
    visit = visits.get(actor(), visit_id)
    lacking = visits.what_is_missing(actor(), visit) if visit.state is State.handed_out else ()
    page = render_template(
        "casework/seal.html",
        visit=visit,
        name=enterprises.names([visit.enterprise_id])[visit.enterprise_id],
        lacking=[(lack, _address(visit_id, lack.item, lack.area, lack.field)) for lack in lacking],
        may=visit.state is State.handed_out and visits.is_sent(actor(), visit),
        outcome=visits.answers(visit).value(CLOSING, "outcome") or "completed",
    )
    return page, status


def _address(visit_id: UUID, item: str, area: str, field: str) -> str:
    if item == PROFILE:
        return url_for("visit.workplace", visit_id=visit_id)
    if area:
        return url_for("visit.area", visit_id=visit_id, area_id=area, _anchor=item)
    return url_for("visit.end", visit_id=visit_id, _anchor=f"closing.{field}")
