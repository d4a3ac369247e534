"""The association's own data: names, address, time zone, letters, logo."""

import io

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from compliance.associations import store
from compliance.associations.forms import SettingsForm
from compliance.casework import trust
from compliance.people.forms import complain
from compliance.people.gate import actor, allow
from compliance.shared import database
from compliance.shared.problems import NotFound, Problem
from compliance.shared.translation import gettext as _
from compliance.shared.words import CHINESE, ENGLISH, N_

bp = Blueprint("association", __name__)


@bp.route("/association", methods=["GET", "POST"])
@allow("association.edit")
def settings() -> ResponseReturnValue:
    """Show and change the association's data."""
    row = store.get(actor().association_id)
    form = SettingsForm(obj=row)
    if form.validate_on_submit():
        try:
            save(form)
        except Problem as problem:
            database.session().rollback()
            row = store.get(actor().association_id)
            complain(form, problem)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("association.settings"))
    return render_template(
        "associations/settings.html", form=form, row=row, signing=trust.now_signing(), colours=trust.COLOURS
    ), 422 if form.errors else 200


def save(form: SettingsForm) -> None:
    """Write what the form holds, logos included."""
    store.edit(actor(), {name: form[name].data for name in store.FIELDS})
    for field, language in (("logo", ENGLISH), ("logo_zh", CHINESE)):
        sent = request.files.get(field)
        data = sent.read() if sent and sent.filename else None
        if data or form[f"remove_{field}"].data:
            try:
                store.set_logo(actor(), language, data)
            except Problem as problem:
                problem.facts["field"] = field
                raise


@bp.get("/association/logo/<language>.png")
@allow("account.use")
def logo(language: str) -> ResponseReturnValue:
    """The logo for a language."""
    data = store.logo(store.get(actor().association_id), language)
    if data is None:
        raise NotFound("logo-missing", N_("There is no logo."))
    return send_file(io.BytesIO(data), "image/png")
