"""The first day of a real association: its first administrator, and what is still to be done."""

from dataclasses import dataclass

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance.associations import store as associations
from compliance.casework import first_steps
from compliance.people import accounts, passwords, rules, store, throttle
from compliance.people import store_invitations as invitations
from compliance.people.access import How
from compliance.people.forms import FirstRunForm, complain
from compliance.people.gate import actor, allow, public
from compliance.people.rules import Role, system_actor
from compliance.shared import database
from compliance.shared.problems import NotFound, Problem
from compliance.shared.translation import gettext as _
from compliance.shared.words import CHINESE, ENGLISH, N_

bp = Blueprint("first_day", __name__)


@bp.route("/setup", methods=["GET", "POST"])
@public
def first_run() -> ResponseReturnValue:
    """Name the association and make its first administrator, with the code from the console; only once."""
    if store.any_administrator():
        raise NotFound("set-up-done", N_("The association is set up already. Sign in with your account."))
    form = FirstRunForm()
    if form.validate_on_submit():
        throttle.code(request.remote_addr or "")
        try:
            _found(form)
        except Problem as problem:
            database.session().rollback()
            complain(form, problem)
        else:
            flash(_("Welcome. This page shows what is still to be done."), "success")
            return redirect(url_for("first_day.to_do"))
    return render_template("people/first_run.html", form=form), 422 if form.errors else 200


def _found(form: FirstRunForm) -> None:
    """Everything or nothing: the request commits once, at its end."""
    invitations.open_by_code(form.code.data)
    passwords.check(form.password.data, [form.name.data, form.username.data, form.name_en.data])
    database.session().rollback()  # hold no transaction while the hash is worked out
    new = passwords.hashed(form.password.data)
    invitation = invitations.open_by_code(form.code.data)
    if Role.administrator.value not in invitation.roles:
        raise NotFound("set-up-code", N_("This code is for something else."), field="code")
    founder = rules.at_address(system_actor(invitation.association_id, "setup"), request.remote_addr or "")
    associations.edit(founder, {name: form[name].data for name in associations.FIELDS})
    for field, language in (("logo", ENGLISH), ("logo_zh", CHINESE)):
        sent = request.files.get(field)
        if sent and sent.filename:
            associations.set_logo(founder, language, sent.read())
    person = invitations.accept(founder, invitation, form.username.data, new, form.name.data, form.mobile.data)
    accounts.enter(person, How.invitation)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the to-do list, with its link where the page is open to the reader."""

    step: first_steps.Step
    address: str


@bp.get("/start")
@allow("association.edit")
def to_do() -> ResponseReturnValue:
    """What is still missing before the first letter can go out."""
    steps = first_steps.steps(actor())
    lines = [Line(step, _address(step)) for step in steps]
    done = sum(step.done for step in steps)
    return render_template("associations/to_do.html", lines=lines, done=done, needed=first_steps.open_needed(steps))


def _address(step: first_steps.Step) -> str:
    if step.endpoint not in current_app.view_functions or not rules.can(actor(), step.verb):
        return ""
    return url_for(step.endpoint, name=step.page) if step.page else url_for(step.endpoint)
