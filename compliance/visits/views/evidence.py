"""Pages of pictures and documents: look, describe, draw on, strike through, download."""

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from compliance.enterprises import store as enterprises
from compliance.people import store as people
from compliance.people.gate import actor, allow
from compliance.people.rules import can
from compliance.shared.problems import NotFound, Problem, Stale
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_
from compliance.visits import store
from compliance.visits.forms import EvidenceForm, MarksForm, OriginalForm, ReasonForm
from compliance.visits.marks import blurs, parse, text_of, union
from compliance.visits.models import Evidence, Visit
from compliance.visits.views.planning import told

bp = Blueprint("evidence", __name__, url_prefix="/visits/evidence")


@bp.route("/<uuid:evidence_id>", methods=["GET", "POST"])
@allow("visit.read")
def one(evidence_id: UUID) -> ResponseReturnValue:
    """One picture or document: what it shows, whether anybody can be recognised."""
    visit, row = store.get_evidence(actor(), evidence_id)
    form = EvidenceForm(data=_described(row))
    if form.validate_on_submit():
        try:
            store.describe(
                actor(),
                visit,
                row,
                caption=form.caption.data or "",
                unrecognisable=bool(form.unrecognisable.data),
                seen=form.seen.data or "",
            )
        except Stale as changed:
            form.unrecognisable.errors = [told(changed)]
            form.unrecognisable.data, form.seen.data = False, row.shown_digest
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("evidence.one", evidence_id=row.id))
    return _page(visit, row, form, status=422 if request.method == "POST" else 200)


@bp.post("/<uuid:evidence_id>/strike")
@allow("visit.read")
def strike(evidence_id: UUID) -> ResponseReturnValue:
    """Strike it through, with a reason. It is not deleted."""
    visit, row = store.get_evidence(actor(), evidence_id)
    form = ReasonForm()
    if not form.validate():
        return _page(visit, row, EvidenceForm(formdata=None, data=_described(row)), form, 422)
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


@bp.get("/<uuid:evidence_id>/document")
@allow("visit.read")
def document(evidence_id: UUID) -> ResponseReturnValue:
    """A document as it came, as a download: it is never shown inside a page."""
    _visit, row = store.get_evidence(actor(), evidence_id)
    return _download(row, store.document(row))


@bp.post("/<uuid:evidence_id>/original")
@allow("evidence.original")
def original(evidence_id: UUID) -> ResponseReturnValue:
    """A photo as it came, before any mark, with a reason that stays on the trail."""
    visit, row = store.get_evidence(actor(), evidence_id)
    form = OriginalForm()
    if not form.validate():
        return _page(visit, row, EvidenceForm(formdata=None, data=_described(row)), opening=form, status=422)
    return _download(row, store.original(actor(), row, form.why.data))


@bp.get("/<uuid:evidence_id>/marks")
@allow("visit.read")
def marks(evidence_id: UUID) -> ResponseReturnValue:
    """Draw on a photo at the desk: cover faces and name plates, point at what matters."""
    visit, row = _to_mark(evidence_id)
    return _marks_page(visit, row)


@bp.post("/<uuid:evidence_id>/marks")
@allow("visit.read")
def save_marks(evidence_id: UUID) -> ResponseReturnValue:
    """Keep what was drawn. What a blur covered before stays covered."""
    visit, row = _to_mark(evidence_id)
    form = MarksForm()
    if not form.validate():
        return _marks_page(visit, row, form, 422)
    try:
        drawn = parse(form.marks.data)
    except Problem as problem:
        form.marks.errors = [told(problem)]
        return _marks_page(visit, row, form, 422)
    store.mark(actor(), visit, row, union(blurs(parse(row.marks)), drawn))
    flash(_("Saved. Everybody sees the photo with its marks from now on."), "success")
    return redirect(url_for("evidence.one", evidence_id=row.id))


@bp.get("/<uuid:evidence_id>/under")
@allow("visit.read")
def under(evidence_id: UUID) -> ResponseReturnValue:
    """What is drawn on: the photo with its blurs alone."""
    _visit, row = _to_mark(evidence_id)
    return _image(store.under_blur(row))


@bp.post("/<uuid:evidence_id>/lift")
@allow("evidence.original")
def lift(evidence_id: UUID) -> ResponseReturnValue:
    """Take every blur away, with a reason; whoever said that nobody can be recognised has to look again."""
    visit, row = _to_mark(evidence_id)
    form = ReasonForm()
    if not form.validate():
        return _marks_page(visit, row, lifting=form, status=422)
    kept = [mark for mark in parse(row.marks) if mark.kind != "blur"]
    store.mark(actor(), visit, row, kept, reason=form.reason.data)
    flash(_("The blur is gone, and with it the word that nobody can be recognised."), "success")
    return redirect(url_for("evidence.marks", evidence_id=row.id))


def _to_mark(evidence_id: UUID) -> tuple[Visit, Evidence]:
    visit, row = store.get_evidence(actor(), evidence_id)
    if row.kind != "photo" or row.struck_at is not None or not store.may_mark(actor(), visit):
        raise NotFound("evidence-unknown", N_("There is no such picture or document."))
    return visit, row


def _described(row: Evidence) -> dict[str, Any]:
    return {"caption": row.caption, "unrecognisable": row.unrecognisable_at is not None, "seen": row.shown_digest}


def _image(data: bytes) -> Response:
    return Response(data, mimetype="image/jpeg")


def _download(row: Evidence, data: bytes) -> Response:
    return send_file(BytesIO(data), mimetype=row.media_type, as_attachment=True, download_name=row.filename)


def _marks_page(
    visit: Visit,
    row: Evidence,
    form: MarksForm | None = None,
    status: int = 200,
    lifting: ReasonForm | None = None,
) -> ResponseReturnValue:
    here = parse(row.marks)
    page = render_template(
        "visits/marks.html",
        visit=visit,
        row=row,
        form=form or MarksForm(formdata=None, data={"marks": text_of(m for m in here if m.kind != "blur") or "[]"}),
        lifting=lifting or ReasonForm(formdata=None),
        blurred=bool(blurs(here)),
        may_lift=can(actor(), "evidence.original"),
        name=enterprises.names([visit.enterprise_id])[visit.enterprise_id],
    )
    return page, status


def _page(
    visit: Visit,
    row: Evidence,
    form: EvidenceForm,
    striking: ReasonForm | None = None,
    status: int = 200,
    opening: OriginalForm | None = None,
) -> ResponseReturnValue:
    pinned = store.checklist(visit)
    page = render_template(
        "visits/evidence.html",
        visit=visit,
        row=row,
        form=form,
        striking=striking or ReasonForm(formdata=None),
        opening=opening or OriginalForm(formdata=None),
        may_open=row.kind == "photo" and can(actor(), "evidence.original"),
        item=pinned.item(row.item) if pinned.has(row.item) else None,
        name=enterprises.names([visit.enterprise_id])[visit.enterprise_id],
        people=people.people_names([row.added_by, row.marked_by, row.unrecognisable_by, row.struck_by]),
        may_mark=store.may_mark(actor(), visit),
    )
    return page, status
