"""The reviewer's page of what tablets sent after a visit was closed: each piece is taken over or set aside."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from compliance.casework import late
from compliance.casework.forms import LateForm
from compliance.casework.views.shown import told
from compliance.enterprises import store as enterprises
from compliance.people import store as people
from compliance.people.gate import actor, allow
from compliance.shared import database, files
from compliance.shared.problems import NotFound, Problem, Refused
from compliance.shared.translation import gettext as _
from compliance.visits import evidence, store_aside
from compliance.visits import store as visits
from compliance.visits.sync import Decision

bp = Blueprint("late", __name__, url_prefix="/reviews/<uuid:visit_id>/late")


@bp.get("/")
@allow("visit.review")
def listed(visit_id: UUID) -> ResponseReturnValue:
    """Everything that came too late for this visit, decided about or not."""
    return _page(visit_id)


@bp.post("/<uuid:late_id>")
@allow("visit.review")
def decide(visit_id: UUID, late_id: UUID) -> ResponseReturnValue:
    """Take one piece over, or set it aside, with a reason."""
    form = LateForm(prefix=str(late_id))
    if not form.validate():
        return _page(visit_id, 422, {late_id: form})
    try:
        if form.decision.data == Decision.taken.value:
            late.take_over(actor(), visit_id, late_id, form.reason.data)
            flash(_("Taken over. What follows from it is drawn up anew."), "success")
        else:
            late.set_aside(actor(), visit_id, late_id, form.reason.data)
            flash(_("Set aside. It stays on record."), "success")
    except Problem as problem:
        if isinstance(problem, NotFound | Refused):
            raise
        database.session().rollback()
        flash(told(problem), "error")
        return _page(visit_id, problem.status, {late_id: form})
    return redirect(url_for("late.listed", visit_id=visit_id))


@bp.get("/<uuid:late_id>/picture")
@allow("visit.review")
def picture(visit_id: UUID, late_id: UUID) -> ResponseReturnValue:
    """A photo that came too late, without its hidden data."""
    row = store_aside.entry(visits.get(actor(), visit_id), late_id)
    if not hasattr(row, "media_type"):
        raise NotFound("aside-no-picture", _("There is nothing like that beside this visit."))
    return Response(evidence.check(files.get(row.sha256), "late").shown, mimetype="image/jpeg")


def _page(visit_id: UUID, status: int = 200, sent: dict[UUID, LateForm] | None = None) -> ResponseReturnValue:
    visit = visits.get(actor(), visit_id)
    found = store_aside.aside_of(visit)
    rows: list[Any] = [*found.entries, *found.photos]
    open_forms = {
        row.id: (sent or {}).get(row.id) or LateForm(formdata=None, prefix=str(row.id))
        for row in rows
        if row.decision is None
    }
    page = render_template(
        "casework/late.html",
        visit=visit,
        name=enterprises.names([visit.enterprise_id])[visit.enterprise_id],
        found=found,
        forms=open_forms,
        people=people.people_names(id for row in rows for id in (row.person_id, row.decided_by)),
        pinned=visits.checklist(visit) if visit.checklist_version_id else None,
        Decision=Decision,
    )
    return page, status
