"""Pages of the office on visits that are out now, and on the tablets that keep them."""

from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from compliance.casework import exports, field
from compliance.casework.forms import BringForm, TabletOrderForm
from compliance.casework.views.shown import told
from compliance.enterprises import store as enterprises
from compliance.people import store as people
from compliance.people.gate import actor, allow
from compliance.shared.problems import Problem
from compliance.shared.translation import gettext as _
from compliance.visits import store as visits
from compliance.visits import store_tablets
from compliance.visits.rules import State
from compliance.visits.sync import Order

bp = Blueprint("field", __name__, url_prefix="/visits")


@bp.get("/field")
@allow("visit.plan")
def out() -> ResponseReturnValue:
    """Who is out now, who is inside, who asks for help; and every tablet with what it has not sent."""
    rows = store_tablets.tablets(actor())
    hours = current_app.config["TABLET_POLICY"]["warn_hours"]
    return render_template(
        "casework/field.html",
        out=field.out_now(actor()),
        tablets=rows,
        owners=field.owners(rows),
        worrying=field.worrying(actor(), hours),
        hours=hours,
    )


@bp.route("/tablets/<uuid:tablet_id>", methods=["GET", "POST"])
@allow("visit.plan")
def tablet(tablet_id: UUID) -> ResponseReturnValue:
    """One tablet: what it said last, what is asked of it, and what may be asked."""
    row = store_tablets.tablet(actor(), tablet_id)
    form = TabletOrderForm()
    open_visits = visits.planned(actor(), visits.PlanFilter(state=State.handed_out)).rows
    names = enterprises.names(one.enterprise_id for one in open_visits)
    form.visit.choices = [
        SelectChoice("", _("Choose a visit")),
        *(SelectChoice(str(one.id), f"{names[one.enterprise_id]} {one.year}-{one.number}") for one in open_visits),
    ]
    if form.validate_on_submit():
        kind = Order(form.kind.data)
        chosen = UUID(form.visit.data) if form.visit.data and kind is Order.discard else None
        try:
            store_tablets.order(actor(), row, kind, form.reason.data, chosen)
        except Problem as problem:
            form.visit.errors = [_(problem.text)]
        else:
            flash(_("The tablet carries it out when it calls next."), "success")
            return redirect(url_for("field.tablet", tablet_id=tablet_id))
    orders = store_tablets.orders_of(row, done=True)
    page = render_template(
        "casework/tablet.html",
        tablet=row,
        owner=people.people_names([row.person_id]).get(row.person_id, ""),
        orders=orders,
        by=people.people_names(one.ordered_by for one in orders),
        troubles=[field.Trouble(str(line)) for line in row.troubles],
        form=form,
        Order=Order,
    )
    return page, 422 if form.errors else 200


@bp.route("/tablet-file", methods=["GET", "POST"])
@allow("visit.desk_entry")
def bring() -> ResponseReturnValue:
    """Bring the file of a tablet that cannot send: its entries and photos are kept as if it had sent them."""
    form = BringForm()
    brought = None
    if form.validate_on_submit():
        try:
            brought = exports.bring(actor(), form.file.data.read())
        except Problem as problem:
            form.file.errors = [_(problem.text)]
    page = render_template(
        "casework/bring.html",
        form=form,
        brought=brought,
        visit=visits.get(actor(), brought.visit_id) if brought else None,
        told=told,
    )
    return page, 422 if form.errors else 200
