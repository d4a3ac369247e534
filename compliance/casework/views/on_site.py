"""Checks on site: planning a follow-up visit that asks the open items of a workplace and no others."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from compliance.casework import cases, following
from compliance.casework.forms_work import ArrangeForm
from compliance.casework.views.shown import blame
from compliance.enterprises import store as enterprises
from compliance.people import store as people
from compliance.people import store_leaves
from compliance.people.gate import actor, allow
from compliance.shared.problems import Conflict, NotFound, Problem
from compliance.shared.translation import gettext as _
from compliance.visits import store as visits
from compliance.visits import store_scope

bp = Blueprint("on_site", __name__, url_prefix="/work/on-site")


@bp.route("/<uuid:workplace_id>", methods=["GET", "POST"])
@allow("visit.plan")
def arrange(workplace_id: UUID) -> ResponseReturnValue:
    """Plan a follow-up visit with the open items of a workplace."""
    workplace, name = enterprises.workplace_and_name(actor(), workplace_id)
    there = following.open_items(actor(), workplace_id)
    following.require_coordinator_sees(actor(), workplace_id)
    form = ArrangeForm(data={"items": [one.action.item for one in there], "planned_for": cases.today(actor())})
    _offer(form, there, workplace.enterprise_id)
    if form.validate_on_submit():
        try:
            visit = following.arrange(
                actor(),
                workplace_id,
                form.items.data or [],
                planned_for=form.planned_for.data,
                inspector_ids=[UUID(id) for id in form.inspectors.data or []],
                purpose=form.purpose.data or "",
            )
        except Problem as problem:
            if isinstance(problem, NotFound | Conflict):
                raise
            blame(form, problem, "planned_for")
        else:
            flash(_("The follow-up visit is planned. It asks these items and no others."), "success")
            return redirect(url_for("visits.overview", visit_id=visit.id))
    page = render_template(
        "casework/on_site.html",
        form=form,
        there=there,
        workplace=workplace,
        name=name,
        planned=store_scope.waiting_visits(actor(), [workplace_id]).get(workplace_id),
        today=cases.today(actor()),
    )
    return page, 422 if request.method == "POST" else 200


def _offer(form: ArrangeForm, there: list[following.Open], enterprise_id: UUID) -> None:
    titles: dict[str, Any] = {}
    for one in there:
        titles.setdefault(one.action.item, one.action.text.in_(actor().language))
    form.items.choices = [
        SelectChoice(item, f"{item} · {text if len(text) < 90 else text[:88] + '…'}") for item, text in titles.items()
    ]
    away = store_leaves.away_on(actor(), cases.today(actor()))
    found_by = following.finders_of(actor(), {one.action.visit_id for one in there})
    finders = frozenset().union(*found_by.values()) if found_by else frozenset()
    offered = sorted(visits.people_to_send(actor(), enterprise_id), key=lambda person: person[0] in finders)
    names = people.people_names(id for id, _name in offered)
    form.inspectors.choices = [
        SelectChoice(str(id), _marked(names.get(id, ""), id in finders, id in away)) for id, _name in offered
    ]


def _marked(name: str, found_it: bool, is_away: bool) -> str:
    if is_away:
        return str(_("%(name)s (on leave today)", name=name))
    return str(_("%(name)s (was on the visit that found it)", name=name)) if found_it else name
