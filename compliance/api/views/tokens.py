"""Tokens of other systems, under the association's settings: made, shown once, revoked."""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from compliance.api import rules, store
from compliance.api.forms import TokenForm
from compliance.people import store as people
from compliance.people.forms import complain
from compliance.people.gate import actor, allow, proved
from compliance.shared import database
from compliance.shared.problems import Conflict, Problem
from compliance.shared.translation import gettext as _

bp = Blueprint("api_tokens", __name__, url_prefix="/association/tokens")

_USUAL_LIFE = timedelta(days=180)


@bp.get("/")
@allow("token.manage")
def listed() -> ResponseReturnValue:
    """Every token, with what it may do, how long, and when it was used last."""
    rows = store.every(actor())
    return render_template(
        "api/tokens.html",
        rows=[(row, store.state(row)) for row in rows],
        names=people.people_names(row.created_by for row in rows),
        rules=rules,
        Scope=rules.Scope,
    )


@bp.route("/new", methods=["GET", "POST"])
@allow("token.manage")
@proved
def new() -> ResponseReturnValue:
    """Make a token. The answer to the form shows it, this once: it is kept nowhere."""
    form = TokenForm(data={"last_day": store.today(actor().association_id) + _USUAL_LIFE})
    if form.validate_on_submit():
        try:
            row, words = store.make(actor(), form.name.data, form.chosen(), form.last_day.data)
        except Problem as problem:
            database.session().rollback()
            complain(form, problem)
        else:
            return render_template("api/token.html", row=row, words=words, rules=rules, Scope=rules.Scope)
    return render_template("api/token_new.html", form=form), 422 if form.errors else 200


@bp.post("/<uuid:token_id>/revoke")
@allow("token.manage")
def revoke(token_id: UUID) -> ResponseReturnValue:
    """A token opens nothing any more."""
    try:
        row = store.revoke(actor(), token_id)
        flash(_("The token of %(system)s is revoked.", system=row.name), "success")
    except Conflict as problem:
        flash(_(problem.text), "error")
    return redirect(url_for("api_tokens.listed"))
