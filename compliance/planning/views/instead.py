"""The team of a visit that is handed out: somebody else goes, and the last change is taken back. For coordinators."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from compliance.enterprises import store as enterprises
from compliance.people import store as people
from compliance.people.gate import actor, allow
from compliance.planning import schedule, store_instead
from compliance.planning.forms_days import InsteadForm
from compliance.planning.forms_draw import blame
from compliance.planning.store_instead import Tour
from compliance.shared.problems import Conflict, Problem
from compliance.shared.translation import gettext as _
from compliance.visits import store as visits
from compliance.visits import store_instead as teams

bp = Blueprint("instead", __name__, url_prefix="/visits")


@bp.route("/<uuid:visit_id>/team", methods=["GET", "POST"])
@allow("visit.plan")
def team(visit_id: UUID) -> ResponseReturnValue:
    """Who goes there, and who went before; let somebody else go."""
    visit = visits.get(actor(), visit_id)
    of = store_instead.tour(actor(), visit)
    form = _form(of)
    if form.validate_on_submit():
        chosen = UUID(form.instead.data) if form.instead.data else None
        try:
            _visit, short = store_instead.replace(actor(), visit.id, UUID(form.leaving.data), chosen, form.reason.data)
        except Problem as problem:
            if isinstance(problem, Conflict):
                raise
            blame(form, problem)
        else:
            flash(_("Somebody else goes now and sees the visit; whoever left sees it no more."), "success")
            for one in short:
                flash(_(schedule.RELAXED_WORDS[one]), "warning")
            return redirect(url_for("instead.team", visit_id=visit.id))
    changes = teams.changes(visit)
    page = render_template(
        "planning/team.html",
        visit=visit,
        name=enterprises.names([visit.enterprise_id])[visit.enterprise_id],
        of=of,
        cannot=store_instead.who_cannot_go(of),
        changes=changes,
        names=people.people_names(
            [*of.team, *(id for one in changes for id in (one.leaving_id, one.instead_id, one.by, one.undone_by))]
        ),
        form=form,
        undoable=teams.undoable(visit),
    )
    return page, 422 if form.errors else 200


@bp.post("/<uuid:visit_id>/team/undo")
@allow("visit.plan")
def undo(visit_id: UUID) -> ResponseReturnValue:
    """Take the last change of the team back."""
    store_instead.undo(actor(), visit_id)
    flash(_("Taken back: it is as it was."), "success")
    return redirect(url_for("instead.team", visit_id=visit_id))


def _form(of: Tour) -> InsteadForm:
    """Who could go, for whoever of the team leaves; what they fall short of is said at their names."""
    form = InsteadForm()
    names = people.people_names(of.team)
    asked = [id for id in of.team if str(id) == form.leaving.data]
    offered: dict[UUID, str] = {}
    for leaving in asked or of.team:
        for person, given_up in store_instead.eligible(of, leaving):
            offered.setdefault(person.id, _(", ").join(_(schedule.SHORT_WORDS[one]) for one in given_up))
    who = people.people_names(offered)
    others = [(str(id), f"{who[id]} ({short})" if short else who[id]) for id, short in offered.items()]
    form.offer([(str(id), names[id]) for id in of.team], others)
    return form
