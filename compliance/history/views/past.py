"""What was imported from before the system: the imports, one of them, and what there is about an enterprise."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance.checklists import store as checklists
from compliance.checklists.names import SEVERITIES, SEVERITY_COLOURS
from compliance.enterprises import store as enterprises
from compliance.history import store, store_imports
from compliance.history.facts import OVERALL
from compliance.history.forms import ShownForm
from compliance.history.rules import SHOWN_WORDS, Shown
from compliance.people.gate import actor, allow
from compliance.people.rules import can, sees_inside
from compliance.shared import translation
from compliance.shared.translation import gettext as _

bp = Blueprint("past", __name__, url_prefix="/history")


@bp.get("/")
@allow("history.read")
def listed() -> ResponseReturnValue:
    """Every import, the newest first."""
    found = store.listed(actor())
    return render_template("history/listed.html", listed=found, may_import=can(actor(), "history.import"))


@bp.get("/<uuid:import_id>")
@allow("history.read")
def batch(import_id: UUID) -> ResponseReturnValue:
    """One import that was applied: its visits, and what may be done with it."""
    row = store_imports.applied(actor(), import_id)
    page = max(1, request.args.get("page", 1, type=int) or 1)
    results, total = store.visits_of_import(actor(), row, page)
    return render_template(
        "history/batch.html",
        row=row,
        files=store_imports.files_of(row),
        results=results,
        total=total,
        page=page,
        pages=max(1, -(-total // store.PAGE)),
        lone=store.lone_findings(actor(), row),
        by=store.who_brought(row),
        form=ShownForm(formdata=None, shown=row.shown.value),
        shown_words=SHOWN_WORDS,
        may_import=can(actor(), "history.import"),
        **_names(),
    )


@bp.post("/<uuid:import_id>/undo")
@allow("history.import")
def undo(import_id: UUID) -> ResponseReturnValue:
    """Take a whole import back."""
    store_imports.undo(actor(), store_imports.applied(actor(), import_id))
    flash(_("The import is undone: all its rows are gone."), "success")
    return redirect(url_for("past.batch", import_id=import_id))


@bp.post("/<uuid:import_id>/shown")
@allow("history.import")
def shown(import_id: UUID) -> ResponseReturnValue:
    """Say what managers see of an import."""
    row = store_imports.applied(actor(), import_id)
    form = ShownForm()
    if form.validate():
        store_imports.show(actor(), row, Shown(form.shown.data))
        flash(_("Saved."), "success")
    return redirect(url_for("past.batch", import_id=import_id))


@bp.get("/of/<uuid:enterprise_id>")
@allow("history.open")
def of(enterprise_id: UUID) -> ResponseReturnValue:
    """What was imported about an enterprise; its manager sees what was opened."""
    enterprise = enterprises.get(actor(), enterprise_id)
    return render_template(
        "history/of.html",
        enterprise=enterprise,
        results=store.of_enterprise(actor(), enterprise_id),
        inside=sees_inside(actor(), enterprise_id),
        **_names(),
    )


def _names() -> dict[str, object]:
    version = checklists.current_or_none(actor().association_id)
    language = translation.current()
    areas = {one.id: one.short.in_(language) for one in checklists.load(version.id).areas} if version else {}
    return {
        "areas": {OVERALL: _("Overall"), **areas},
        "severities": {name: _(words) for name, words in SEVERITIES.items()},
        "severity_colours": SEVERITY_COLOURS,
    }
