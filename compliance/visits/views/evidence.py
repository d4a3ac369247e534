"""Pages of pictures and documents: look, describe, strike through, download."""

from io import BytesIO
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from compliance.enterprises import store as enterprises
from compliance.people import store as people
from compliance.people.gate import actor, allow
from compliance.visits import store
from compliance.visits.forms import EvidenceForm, ReasonForm
from compliance.visits.models import Evidence, Visit

bp = Blueprint("evidence", __name__, url_prefix="/visits/evidence")


@bp.route("/<uuid:evidence_id>", methods=["GET", "POST"])
@allow("visit.read")
def one(evidence_id: UUID) -> ResponseReturnValue:
    """One picture or document: what it shows, whether anybody can be recognised."""
    visit, row = store.get_evidence(actor(), evidence_id)
    form = EvidenceForm(data={"caption": row.caption, "unrecognisable": row.unrecognisable_at is not None})
    if form.validate_on_submit():
        store.describe(
            actor(), visit, row, caption=form.caption.data or "", unrecognisable=bool(form.unrecognisable.data)
        )
        flash(_("Saved."), "success")
        return redirect(url_for("evidence.one", evidence_id=row.id))
    return _page(visit, row, form, ReasonForm(formdata=None), 422 if request.method == "POST" else 200)


@bp.post("/<uuid:evidence_id>/strike")
@allow("visit.read")
def strike(evidence_id: UUID) -> ResponseReturnValue:
    """Strike it through, with a reason. It is not deleted."""
    visit, row = store.get_evidence(actor(), evidence_id)
    form = ReasonForm()
    if not form.validate():
        described = EvidenceForm(
            formdata=None, data={"caption": row.caption, "unrecognisable": row.unrecognisable_at is not None}
        )
        return _page(visit, row, described, form, 422)
    store.strike(actor(), visit, row, form.reason.data)
    flash(_("Struck through. The file and the reason stay on record."), "success")
    return redirect(url_for("evidence.one", evidence_id=row.id))


@bp.get("/<uuid:evidence_id>/picture")
@allow("visit.read")
def picture(evidence_id: UUID) -> ResponseReturnValue:
    """The copy that pages show: drawn anew, without position or other hidden data."""
    _visit, row = store.get_evidence(actor(), evidence_id)
    return _image(store.shown(row))


@bp.get("/<uuid:evidence_id>/small")
@allow("visit.read")
def small(evidence_id: UUID) -> ResponseReturnValue:
    """The small copy, for lists."""
    _visit, row = store.get_evidence(actor(), evidence_id)
    return _image(store.shown(row, small=True))


@bp.get("/<uuid:evidence_id>/original")
@allow("visit.read")
def original(evidence_id: UUID) -> ResponseReturnValue:
    """The file as it came, as a download: it is never shown inside a page."""
    _visit, row = store.get_evidence(actor(), evidence_id)
    return send_file(
        BytesIO(store.original(row)), mimetype=row.media_type, as_attachment=True, download_name=row.filename
    )


def _image(data: bytes) -> Response:
    return Response(data, mimetype="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})


def _page(
    visit: Visit, row: Evidence, form: EvidenceForm, striking: ReasonForm, status: int = 200
) -> ResponseReturnValue:
    pinned = store.checklist(visit)
    page = render_template(
        "visits/evidence.html",
        visit=visit,
        row=row,
        form=form,
        striking=striking,
        item=pinned.item(row.item) if pinned.has(row.item) else None,
        name=enterprises.names([visit.enterprise_id])[visit.enterprise_id],
        people=people.people_names([row.added_by, row.unrecognisable_by, row.struck_by]),
        may_mark=store.may_mark(actor(), visit),
    )
    return page, status
