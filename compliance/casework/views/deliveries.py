"""Delivery of letters: what is noted of one letter, and the letters for the post."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance.casework import cases, lists_post, postings, proofs
from compliance.casework.choice import ids_of
from compliance.casework.forms_delivery import DeliveryForm, PostForm, StrikeForm
from compliance.casework.views.letterbook import load, shown_letter
from compliance.casework.views.own_files import for_this_reader
from compliance.casework.views.shown import blame, download, pdf
from compliance.letters import store as letters
from compliance.letters import store_delivery
from compliance.letters.delivery import Way
from compliance.people import store as people
from compliance.people.gate import actor, allow
from compliance.shared import database, files
from compliance.shared.problems import Conflict, NotFound, Problem
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_
from compliance.visits import evidence

bp = Blueprint("deliveries", __name__, url_prefix="/letters")


@bp.post("/<uuid:letter_id>/delivery")
@allow("letter.deliver")
def note(letter_id: UUID) -> ResponseReturnValue:
    """Note how a letter reached the enterprise."""
    form = DeliveryForm()
    if not form.validate():
        return shown_letter(letter_id, 422, form)
    try:
        row = load(letter_id)
        store_delivery.note(
            actor(),
            row,
            Way(form.way.data),
            form.on.data,
            taken_by=form.taken_by.data or "",
            words=form.note.data or "",
            scan=_scan(),
        )
        proofs.look(row.association_id, row.visit_id)
    except Problem as problem:
        if isinstance(problem, NotFound):
            raise
        database.session().rollback()
        blame(form, problem, "way")
        return shown_letter(letter_id, problem.status, form)
    flash(_("Noted on the letter's record."), "success")
    return redirect(url_for("letterbook.letter", letter_id=letter_id, _anchor="delivery"))


@bp.post("/<uuid:letter_id>/delivery/<uuid:delivery_id>/strike")
@allow("letter.deliver")
def strike(letter_id: UUID, delivery_id: UUID) -> ResponseReturnValue:
    """Take an entry back that was a mistake."""
    form = StrikeForm()
    if not form.validate():
        return shown_letter(letter_id, 422, striking=(delivery_id, form))
    row = load(letter_id)
    store_delivery.strike(actor(), row, delivery_id, form.reason.data)
    proofs.look(row.association_id, row.visit_id)
    flash(_("The entry is struck; it stays readable with the reason."), "success")
    return redirect(url_for("letterbook.letter", letter_id=letter_id, _anchor="delivery"))


@bp.get("/<uuid:letter_id>/delivery/<uuid:delivery_id>/scan")
@allow("visit.read")
def scan(letter_id: UUID, delivery_id: UUID) -> Response:
    """The scan of a signed receipt."""
    row = store_delivery.one(load(letter_id), delivery_id)
    if row.scan_digest is None:
        raise NotFound("file-missing", N_("This file is no longer in the store."))
    return for_this_reader(download(files.get(row.scan_digest), row.scan_type, row.scan_name))


@bp.get("/post")
@allow("letter.deliver")
def waiting() -> ResponseReturnValue:
    """The letters for the post, to choose from, and what was posted lately."""
    return _post_page(PostForm(formdata=None, data={"on": cases.today(actor()), "both_sides": True}))


@bp.post("/post")
@allow("letter.deliver")
def send() -> ResponseReturnValue:
    """Print the chosen letters as one file, and note them as posted."""
    form = PostForm()
    if not form.validate():
        return _post_page(form, 422)
    try:
        chosen = [letters.get(actor(), letter_id) for letter_id in ids_of(form.letters.data)]
        posting = store_delivery.post(actor(), chosen, form.on.data, both_sides=bool(form.both_sides.data))
        postings.ask_for_file(actor(), posting.id, _("Print file for the post"))
    except Problem as problem:
        if isinstance(problem, NotFound | Conflict):
            raise
        database.session().rollback()
        blame(form, problem, "letters")
        return _post_page(form, problem.status)
    flash(_("Noted as posted. Print the file as soon as it is made."), "success")
    return redirect(url_for("deliveries.posting", posting_id=posting.id))


@bp.get("/post/<uuid:posting_id>")
@allow("letter.deliver")
def posting(posting_id: UUID) -> ResponseReturnValue:
    """One posting: its print file and its letters."""
    row = store_delivery.posting(actor(), posting_id)
    rows = lists_post.posted_together(actor(), posting_id)
    return render_template(
        "casework/posting.html",
        posting=row,
        rows=rows,
        made=row.file_holds == postings.fingerprint(rows),
        making=postings.being_made(actor(), posting_id),
        people=people.people_names([row.created_by]),
    )


@bp.post("/post/<uuid:posting_id>/file")
@allow("letter.deliver")
def make_print_file(posting_id: UUID) -> ResponseReturnValue:
    """Have the print file made, anew after a letter was struck from the posting."""
    row = store_delivery.posting(actor(), posting_id)
    if postings.being_made(actor(), posting_id) is None:
        postings.ask_for_file(actor(), row.id, _("Print file for the post"))
    return redirect(url_for("deliveries.posting", posting_id=posting_id))


@bp.get("/post/<uuid:posting_id>.pdf")
@allow("letter.deliver")
def print_file(posting_id: UUID) -> ResponseReturnValue:
    """The cover list and the letters, sorted, as one file for the printer; its page while it is still to be made."""
    row = store_delivery.posting(actor(), posting_id)
    whole = postings.file_of(actor(), row)
    if whole is None:
        return redirect(url_for("deliveries.posting", posting_id=posting_id))
    return for_this_reader(pdf(whole, f"post-{row.posted_on.isoformat()}.pdf"))


def _scan() -> Any:
    sent = request.files.get("scan")
    if sent is None or not sent.filename:
        return None
    try:
        passed = evidence.check(sent.read(), sent.filename)
    except Problem as problem:
        problem.facts["field"] = "scan"
        raise
    return files.put(passed.data, passed.media_type), passed.filename


def _post_page(form: PostForm, status: int = 200) -> ResponseReturnValue:
    done = lists_post.postings(actor())
    page = render_template(
        "casework/post.html",
        form=form,
        rows=lists_post.for_the_post(actor()),
        chosen=set(form.letters.data or ()),
        everything=request.method == "GET" and "all" in request.args,
        postings=done,
        people=people.people_names(row.created_by for row in done),
        most=store_delivery.MOST_AT_ONCE,
    )
    return page, status
