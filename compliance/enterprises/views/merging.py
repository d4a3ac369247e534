"""Two entries of the register that are one employer: compared, merged, and made two again."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance.enterprises import merging, rules, store, store_merging
from compliance.enterprises.models import Enterprise
from compliance.enterprises.rules import Status
from compliance.enterprises.views.register import words_of_facts
from compliance.people.gate import actor, allow, proved
from compliance.shared import database
from compliance.shared.problems import Problem
from compliance.shared.translation import gettext as _

bp = Blueprint("merging", __name__, url_prefix="/register/merging")

_FOUND = 20


@bp.get("/<uuid:enterprise_id>")
@allow("enterprise.merge")
def choose(enterprise_id: UUID) -> ResponseReturnValue:
    """Look for the other entry."""
    row = store.get(actor(), enterprise_id)
    store.require_inside(actor(), row.id)
    text = request.args.get("q", "").strip()[:100]
    found = store.search(actor(), text, per_page=_FOUND).rows if text else []
    others = [one for one in found if one.id != row.id and one.status is not Status.merged]
    return render_template(
        "enterprises/merging_choose.html", enterprise=row, text=text, others=others, **words_of_facts()
    )


@bp.get("/<uuid:kept_id>/<uuid:merged_id>")
@allow("enterprise.merge")
def compare(kept_id: UUID, merged_id: UUID) -> ResponseReturnValue:
    """Both entries beside each other. Unless somebody said which one is kept, it is the one of which more is known."""
    kept, merged = store.get(actor(), kept_id), store.get(actor(), merged_id)
    if "chosen" not in request.args and _weight(merged) > _weight(kept):
        kept, merged = merged, kept
    return _compared(kept, merged)


@bp.post("/<uuid:kept_id>/<uuid:merged_id>")
@allow("enterprise.merge")
@proved
def merge(kept_id: UUID, merged_id: UUID) -> ResponseReturnValue:
    """Make them one."""
    kept, merged = store.get(actor(), kept_id), store.get(actor(), merged_id)
    sent = request.form
    if not sent.get("one_employer"):
        return _compared(kept, merged, _("Confirm that both entries are one employer."))
    try:
        row = store_merging.merge(
            actor(),
            kept,
            merged,
            take=[name for name in merging.CHOSEN if sent.get(f"fact.{name}") == "merged"],
            close=[
                place.id for place in store.workplaces_of(actor(), merged.id) if str(place.id) in sent.getlist("close")
            ],
            revisions=(_number(sent.get("kept_revision")), _number(sent.get("merged_revision"))),
        )
    except Problem as problem:
        if problem.status not in (409, 422):
            raise
        database.session().rollback()
        facts = {name: fact for name, fact in problem.facts.items() if name != "field"}
        return _compared(store.get(actor(), kept_id), store.get(actor(), merged_id), _(problem.text, **facts))
    flash(_("The two entries are one now. It can be undone here."), "success")
    return redirect(url_for("enterprises.detail", enterprise_id=row.kept_id, _anchor="merged"))


@bp.post("/<uuid:merge_id>/undo")
@allow("enterprise.merge")
def undo(merge_id: UUID) -> ResponseReturnValue:
    """Make them two again."""
    row = store_merging.get(actor(), merge_id)
    kept_id, merged_id = row.kept_id, row.merged_id
    try:
        store_merging.undo(actor(), row)
    except Problem as problem:
        if problem.status not in (409, 422):
            raise
        database.session().rollback()
        flash(_(problem.text, **{name: fact for name, fact in problem.facts.items() if name != "field"}), "error")
        return redirect(url_for("enterprises.detail", enterprise_id=kept_id, _anchor="merged"))
    flash(_("They are two entries again, each with what belongs to it."), "success")
    return redirect(url_for("enterprises.detail", enterprise_id=merged_id))


def _weight(row: Enterprise) -> tuple[int, int, int, int]:
    found = store_merging.weight(row)
    return found.visits, found.letters, found.managers, found.pledges


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


def _compared(kept: Enterprise, merged: Enterprise, wrong: str = "") -> ResponseReturnValue:
    store_merging.require_two(actor(), kept, merged)
    ours, theirs = rules.as_stored(kept), rules.as_stored(merged)
    differing, suggested = merging.differing(ours, theirs), merging.suggested(ours, theirs)
    sent = request.form if wrong else {}
    facts = [
        {
            "name": name,
            "label": label,
            "differs": name in differing,
            "taken": sent.get(f"fact.{name}") == "merged" if wrong else name in suggested,
        }
        for name, label in merging.CHOSEN.items()
        if getattr(ours, name) or getattr(theirs, name)
    ]
    closing = request.form.getlist("close") if wrong else map(str, store_merging.same_places(actor(), kept, merged))
    return (
        render_template(
            "enterprises/merging.html",
            kept=kept,
            merged=merged,
            ours=ours,
            theirs=theirs,
            facts=facts,
            weights=(store_merging.weight(kept), store_merging.weight(merged)),
            workplaces=store.workplaces_of(actor(), merged.id),
            closing=frozenset(closing),
            wrong=wrong,
            **words_of_facts(),
        ),
        422 if wrong else 200,
    )
