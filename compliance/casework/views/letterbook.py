"""The register of letters: every number that was given, and what was written under it."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance.casework import lists
from compliance.casework.views.shown import page_number, pdf
from compliance.enterprises import store as enterprises
from compliance.letters import rules as letter_rules
from compliance.letters import store
from compliance.people import store as people
from compliance.people.gate import actor, allow
from compliance.people.rules import can
from compliance.shared.problems import NotFound
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_
from compliance.visits import store as visits

bp = Blueprint("letterbook", __name__, url_prefix="/letters")


@bp.get("/")
@allow("visit.read")
def register() -> ResponseReturnValue:
    """Letters by number, enterprise, kind and year; drafts only for those who review."""
    text, kind = request.args.get("q", ""), request.args.get("kind", "")
    state, sort = request.args.get("state", ""), request.args.get("sort", "-number")
    drafts = can(actor(), "visit.release")
    return render_template(
        "casework/letters.html",
        listed=lists.letters(
            actor(),
            text,
            kind=kind,
            state=state,
            year=request.args.get("year", type=int),
            sort=sort,
            page=page_number(),
            drafts=drafts,
        ),
        kinds=letter_rules.KINDS,
        years=lists.letter_years(actor()),
        drafts=drafts,
        text=text,
        kind=kind,
        state=state,
        sort=sort,
    )


@bp.get("/<uuid:letter_id>")
@allow("visit.read")
def letter(letter_id: UUID) -> ResponseReturnValue:
    """One letter: its particulars, what it answers and what answers it."""
    row = _load(letter_id)
    around = [one for one in store.of_visit(actor(), row.visit_id) if one.id != row.id]
    return render_template(
        "casework/letter.html",
        letter=row,
        facts=store.facts(row),
        cites=next((one for one in around if one.id == row.cites_id), None),
        later=[one for one in around if one.cites_id == row.id and one.state.value == "issued"],
        name=enterprises.names([row.enterprise_id])[row.enterprise_id],
        people=people.people_names([row.issued_by]),
        may_review=can(actor(), "visit.release"),
    )


@bp.get("/<uuid:letter_id>/pdf")
@allow("visit.read")
def download(letter_id: UUID) -> Response:
    """The archived PDF; of a draft, a preview that is marked as one."""
    row = _load(letter_id)
    if row.state.value == "draft":
        return pdf(store.preview(row), store.filename(row), inline=True)
    return pdf(store.pdf(row), store.filename(row))


@bp.post("/<uuid:letter_id>/print")
@allow("visit.release")
def print_again(letter_id: UUID) -> ResponseReturnValue:
    """Print a letter whose printing failed (a full disk, a missing font)."""
    store.print_again(actor(), _load(letter_id))
    flash(_("The letter is being printed. Its words are those that were released."), "success")
    return redirect(url_for("letterbook.letter", letter_id=letter_id))


def _load(letter_id: UUID):  # type: ignore[no-untyped-def]  # the row class is private to letters
    row = store.get(actor(), letter_id)
    visits.get(actor(), row.visit_id)
    if row.state.value == "draft" and not can(actor(), "visit.release"):
        raise NotFound("letter-unknown", N_("There is no such letter."))
    return row
