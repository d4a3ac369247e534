"""Leave and substitutes: one's own, and anybody's for who keeps them."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from compliance.casework import cases
from compliance.casework.forms_work import LeaveForm
from compliance.casework.views.shown import blame, told
from compliance.people import store_leaves
from compliance.people.gate import actor, allow
from compliance.people.rules import can
from compliance.shared.problems import NotFound, Problem, Refused
from compliance.shared.translation import gettext as _

bp = Blueprint("leave", __name__, url_prefix="/work/leave")


@bp.route("/", methods=["GET", "POST"])
@allow("leave.own")
def leaves() -> ResponseReturnValue:
    """Who is away when, and who stands in."""
    today = cases.today(actor())
    there = [SelectChoice(str(row.id), row.name) for row in store_leaves.colleagues(actor())]
    form = LeaveForm(data={"person": str(actor().person_id), "first_day": today})
    own = [choice for choice in there if choice.value == str(actor().person_id)]
    form.person.choices = there if can(actor(), "leave.manage") else own
    form.substitute.choices = [SelectChoice("", "–"), *there]
    if form.validate_on_submit():
        try:
            store_leaves.set_leave(
                actor(),
                UUID(form.person.data),
                UUID(form.substitute.data),
                form.first_day.data,
                form.last_day.data,
                form.word.data or "",
                today,
            )
        except Problem as problem:
            if isinstance(problem, NotFound | Refused):
                raise
            blame(form, problem, "first_day")
        else:
            flash(_("Entered. On these days the substitute sees the work too, marked with whose it is."), "success")
            return redirect(url_for("leave.leaves"))
    page = render_template("casework/leave.html", form=form, rows=store_leaves.listed(actor(), today), today=today)
    return page, 422 if request.method == "POST" else 200


@bp.post("/<uuid:leave_id>/end")
@allow("leave.own")
def end(leave_id: UUID) -> ResponseReturnValue:
    """End a leave, or take it back."""
    try:
        store_leaves.end_leave(actor(), leave_id)
    except Refused as problem:
        flash(told(problem), "error")
    else:
        flash(_("Ended."), "success")
    return redirect(url_for("leave.leaves"))
