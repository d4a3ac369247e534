"""Who signs the association's letters."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from compliance.associations import signing
from compliance.associations import store_signatories as store
from compliance.casework import cases
from compliance.casework.choice import id_of
from compliance.casework.forms_signing import SignatoryForm
from compliance.casework.views.shown import blame, letter_kind
from compliance.checklists.names import SIGNERS
from compliance.letters import rules as letter_rules
from compliance.people.gate import actor, allow
from compliance.shared import database, translation
from compliance.shared.problems import NotFound, Problem
from compliance.shared.translation import gettext as _

bp = Blueprint("signatories", __name__, url_prefix="/association/signatories")


@bp.get("/")
@allow("association.edit")
def listed() -> ResponseReturnValue:
    """Who signs, and which kinds of letters nobody may sign today."""
    rows = store.every(actor().association_id)
    today = cases.today(actor())
    return render_template(
        "associations/signatories.html",
        rows=rows,
        names={row.id: row.name for row in rows},
        valid={row.id for row in rows if signing.valid(row, today)},
        away={row.id for row in rows if signing.away(row, today)},
        unsigned=[kind for kind in letter_rules.KINDS if signing.signature(kind, today, rows) is None],
        letter_kind=letter_kind,
        offices=SIGNERS,
    )


@bp.route("/new", methods=["GET", "POST"])
@allow("association.edit")
def new() -> ResponseReturnValue:
    """Add somebody who signs."""
    return _edit(None)


@bp.route("/<uuid:signatory_id>", methods=["GET", "POST"])
@allow("association.edit")
def one(signatory_id: UUID) -> ResponseReturnValue:
    """Change what is known of somebody who signs."""
    return _edit(store.get(actor(), signatory_id))


def _edit(row: Any) -> ResponseReturnValue:
    first = {"valid_from": cases.today(actor()), "kinds": list(letter_rules.KINDS), "office": ""}
    data = {name: getattr(row, name) for name in store.FIELDS} if row else first
    form = SignatoryForm(data={**data, "substitute": str(row.substitute_id or "") if row else ""})
    language = translation.current()
    others = [other for other in store.every(actor().association_id) if row is None or other.id != row.id]
    form.kinds.choices = [SelectChoice(kind, letter_kind(kind).in_(language)) for kind in letter_rules.KINDS]
    form.office.choices = [
        SelectChoice("", _("None: signs what the reviewer or the inspector signs")),
        *(SelectChoice(office, _(SIGNERS[office])) for office in signing.OFFICES),
    ]
    form.substitute.choices = [
        SelectChoice("", _("Nobody")),
        *(
            SelectChoice(str(other.id), f"{other.name} · {other.title_en if language == 'en' else other.title_zh}")
            for other in others
        ),
    ]
    if form.validate_on_submit():
        values = {name: form[name].data for name in store.FIELDS}
        try:
            store.save(actor(), row, values, id_of(form.substitute.data) if form.substitute.data else None)
        except Problem as problem:
            if isinstance(problem, NotFound):
                raise
            database.session().rollback()
            blame(form, problem, "name")
        else:
            flash(_("Saved. Letters already released keep their signature."), "success")
            return redirect(url_for("signatories.listed"))
    page = render_template("associations/signatory.html", form=form, row=row, new=row is None)
    return page, 422 if form.errors else 200
