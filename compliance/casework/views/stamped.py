"""Scans of letters that were stamped by hand, on the letter's page."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from compliance.casework.forms_signing import StampedForm, StrikeStampedForm
from compliance.casework.views.letterbook import load, shown_letter
from compliance.casework.views.own_files import for_this_reader
from compliance.casework.views.shown import blame, download
from compliance.letters import store_stamped as store
from compliance.people.gate import actor, allow
from compliance.shared import database, files
from compliance.shared.problems import NotFound, Problem
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_
from compliance.visits import evidence

bp = Blueprint("stamped", __name__, url_prefix="/letters")


@bp.post("/<uuid:letter_id>/stamped")
@allow("letter.deliver")
def add(letter_id: UUID) -> ResponseReturnValue:
    """Archive the scan of the stamped paper beside the letter."""
    form = StampedForm()
    row = load(letter_id)
    try:
        if not form.validate():
            return shown_letter(letter_id, 422, stamping=form)
        passed = _sent()
        store.add(actor(), row, passed.data, passed.media_type, passed.filename, form.note.data or "")
    except Problem as problem:
        if isinstance(problem, NotFound):
            raise
        database.session().rollback()
        blame(form, problem, "scan")
        return shown_letter(letter_id, problem.status, stamping=form)
    flash(_("Archived beside the letter. The original stays as it is."), "success")
    return redirect(url_for("letterbook.letter", letter_id=letter_id, _anchor="stamped"))


@bp.get("/<uuid:letter_id>/stamped/<uuid:scan_id>")
@allow("visit.read")
def scan(letter_id: UUID, scan_id: UUID) -> Response:
    """One scan."""
    row = store.one(load(letter_id), scan_id)
    return for_this_reader(download(files.get(row.digest), row.media_type, row.name))


@bp.post("/<uuid:letter_id>/stamped/<uuid:scan_id>/strike")
@allow("letter.deliver")
def strike(letter_id: UUID, scan_id: UUID) -> ResponseReturnValue:
    """Take a scan back that was a mistake."""
    form = StrikeStampedForm()
    if not form.validate():
        return shown_letter(letter_id, 422, striking_scan=(scan_id, form))
    store.strike(actor(), load(letter_id), scan_id, form.reason.data)
    flash(_("The scan is struck; it stays readable with the reason."), "success")
    return redirect(url_for("letterbook.letter", letter_id=letter_id, _anchor="stamped"))


def _sent() -> Any:
    sent = request.files.get("scan")
    if sent is None or not sent.filename:
        raise Problem("stamped-missing", N_("Choose the scan."), field="scan")
    try:
        return evidence.check(sent.read(), sent.filename)
    except Problem as problem:
        problem.facts["field"] = "scan"
        raise
