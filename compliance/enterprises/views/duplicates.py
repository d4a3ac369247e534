"""Entries that may be one employer, side by side."""

from math import ceil
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance.enterprises import store_duplicates
from compliance.people.gate import actor, allow
from compliance.people.rules import can
from compliance.shared import jobs
from compliance.shared.translation import gettext as _

bp = Blueprint("duplicates", __name__, url_prefix="/register/duplicates")


@bp.get("/")
@allow("enterprise.edit")
def overview() -> ResponseReturnValue:
    """The suspected pairs, or those that were told apart."""
    apart = request.args.get("show") == "apart"
    page = max(1, request.args.get("page", 1, type=int) or 1)
    pairs, total = store_duplicates.found(actor(), apart=apart, page=page)
    working, last = store_duplicates.working(actor()), store_duplicates.last_look(actor())
    return render_template(
        "enterprises/duplicates.html",
        pairs=pairs,
        total=total,
        apart=apart,
        page=page,
        pages=ceil(total / store_duplicates.PER_PAGE),
        working=working,
        progress=jobs.progress_of(working.id) if working else None,
        last=last,
        may_merge=can(actor(), "enterprise.merge"),
    )


@bp.post("/look")
@allow("enterprise.edit")
def look() -> ResponseReturnValue:
    """Look through the register in the background."""
    store_duplicates.look_later(actor(), _("Looking for duplicates"))
    return redirect(url_for("duplicates.overview"))


@bp.post("/<uuid:pair_id>/apart")
@allow("enterprise.edit")
def apart(pair_id: UUID) -> ResponseReturnValue:
    """These two are two employers."""
    store_duplicates.tell_apart(actor(), store_duplicates.get(actor(), pair_id))
    flash(_("Noted: two employers. Nobody is asked about them again."), "success")
    return redirect(url_for("duplicates.overview"))


@bp.post("/<uuid:pair_id>/again")
@allow("enterprise.edit")
def again(pair_id: UUID) -> ResponseReturnValue:
    """These two may be one employer after all."""
    store_duplicates.suspect_again(actor(), store_duplicates.get(actor(), pair_id))
    flash(_("They are suspected again."), "success")
    return redirect(url_for("duplicates.overview", show="apart"))
