"""Pages of coordinators and of everybody's own list: plan, change, hand out, cancel, move to a newer checklist."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance.checklists import differences
from compliance.checklists import names as checklist_words
from compliance.checklists import store as checklists
from compliance.enterprises import store as enterprises
from compliance.enterprises import store_lists
from compliance.people import store as people
from compliance.people.gate import actor, allow
from compliance.people.rules import Actor, Role, can, sees_inside
from compliance.shared.problems import Conflict, NotFound, Problem
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_
from compliance.visits import store, store_arrivals, store_scope, store_teams, words
from compliance.visits.forms import PlanForm, ReasonForm
from compliance.visits.models import Visit
from compliance.visits.parts import Part, part_of
from compliance.visits.rules import Route, State, progress

bp = Blueprint("visits", __name__, url_prefix="/visits")

FOUND_AT_MOST = 500
"""Enterprises that a search in the list of visits looks through."""


@bp.app_context_processor
def _words() -> dict[str, Any]:
    return {"visit_words": words, "look_words": checklist_words.WAYS, "severity_words": checklist_words.SEVERITIES}


def told(problem: Problem) -> str:
    """A problem in the reader's language."""
    facts = {name: fact for name, fact in problem.facts.items() if isinstance(fact, str | int)}
    return _(problem.text, **facts) if facts else _(problem.text)


@bp.get("/")
@allow("visit.conduct")
def today() -> ResponseReturnValue:
    """What is handed out to this inspector: open visits, then sealed ones that wait for review."""
    visits = store.mine(actor())
    names = enterprises.names(visit.enterprise_id for visit in visits)
    cards = []
    for visit in visits:
        pinned, folded = store.checklist(visit), store.answers(visit)
        areas = progress(pinned, folded, store.profile(visit, folded))
        cards.append((visit, names[visit.enterprise_id], sum(a.answered for a in areas), sum(a.asked for a in areas)))
    sent = _sent(visits)
    return render_template("visits/today.html", cards=cards, sent=sent, today=store.today(actor()))


@bp.get("/plan")
@allow("visit.plan")
def plan() -> ResponseReturnValue:
    """The list of all visits, with filters, search and pages."""
    wanted = _filter()
    matching = None
    if wanted.text:
        matching = [row.id for row in store_lists.every(actor(), wanted.text, most=FOUND_AT_MOST)]
    found = store.planned(actor(), wanted, matching)
    return render_template(
        "visits/plan.html",
        found=found,
        wanted=wanted,
        names=enterprises.names(visit.enterprise_id for visit in found.rows),
        sent=_sent(found.rows),
        inspectors=[(str(p.id), p.name) for p in people.people_with_role(actor(), Role.inspector)],
        filtered=any((wanted.text, wanted.state, wanted.route, wanted.person_id, wanted.first, wanted.last)),
    )


@bp.route("/plan/new", methods=["GET", "POST"])
@allow("visit.plan")
def new() -> ResponseReturnValue:
    """Plan a visit: find the enterprise, then choose its workplace, day, route and inspectors."""
    chosen = _uuid(request.values.get("enterprise"))
    if chosen is None:
        text = request.args.get("q", "").strip()
        found = store_lists.search(actor(), text, page=_number(request.args.get("page")), per_page=20)
        hidden = actor().outside_ids
        return render_template("visits/find.html", found=found, text=text, hidden=hidden), (
            422 if request.method == "POST" else 200
        )
    enterprise = enterprises.get(actor(), chosen)
    if not sees_inside(actor(), enterprise.id):
        raise NotFound("enterprise-unknown", N_("There is no such enterprise in the register."))
    workplaces = enterprises.workplaces_of(actor(), enterprise.id)
    form = PlanForm(data={"planned_for": store.today(actor()), "route": Route.targeted.value})
    form.offer([(str(id), name) for id, name in store.people_to_send(actor(), enterprise.id)])
    place = _uuid(request.form.get("workplace")) or (workplaces[0].id if workplaces else None)
    if form.validate_on_submit() and place in {workplace.id for workplace in workplaces}:
        try:
            sent = [UUID(id) for id in form.inspectors.data or []]
            store_teams.require_there(actor(), form.planned_for.data, sent)
            visit = store.plan(
                actor(),
                place,
                planned_for=form.planned_for.data,
                route=Route(form.route.data),
                purpose=form.purpose.data or "",
                inspector_ids=sent,
                begins_at=_beginning(form, None),
            )
        except Problem as problem:
            _blame(form, problem)
        else:
            flash(_("The visit is planned. Nobody but coordinators can see it before it is handed out."), "success")
            _advise(visit)
            return redirect(url_for("visits.overview", visit_id=visit.id))
    page = render_template(
        "visits/edit.html", form=form, enterprise=enterprise, workplaces=workplaces, place=place, visit=None
    )
    return page, 422 if request.method == "POST" else 200


@bp.get("/<uuid:visit_id>")
@allow("visit.read")
def overview(visit_id: UUID) -> ResponseReturnValue:
    """One visit: what it is, where it stands, and what can be done with it."""
    return _overview(store.get(actor(), visit_id))


@bp.route("/<uuid:visit_id>/change", methods=["GET", "POST"])
@allow("visit.plan")
def change(visit_id: UUID) -> ResponseReturnValue:
    """Change a planned visit."""
    visit = store.get(actor(), visit_id)
    if visit.state is not State.planned:
        raise Conflict("visit-state", N_("This visit is handed out; its plan cannot be changed any more."))
    sent = store.inspectors([visit.id])[visit.id]
    form = PlanForm(
        data={
            "planned_for": visit.planned_for,
            "route": visit.route.value,
            "purpose": visit.purpose,
            "inspectors": [str(id) for id in sent],
            "part": part_of(visit.begins_at, people.association(actor()).time_zone) if visit.begins_at else "",
        }
    )
    offered = store.people_to_send(actor(), visit.enterprise_id)
    # Whoever led stays first, so that a change of the day does not change the lead.
    offered.sort(key=lambda person: (sent.index(person[0]) if person[0] in sent else len(sent), person[1]))
    form.offer([(str(id), name) for id, name in offered], visit.route)
    if form.validate_on_submit():
        try:
            chosen = [UUID(id) for id in form.inspectors.data or []]
            store_teams.require_there(actor(), form.planned_for.data, chosen)
            store.change(
                actor(),
                visit,
                planned_for=form.planned_for.data,
                route=Route(form.route.data),
                purpose=form.purpose.data or "",
                inspector_ids=chosen,
                begins_at=_beginning(form, visit),
            )
        except Problem as problem:
            if isinstance(problem, Conflict):
                raise
            _blame(form, problem)
        else:
            flash(_("The plan is changed."), "success")
            _advise(visit)
            return redirect(url_for("visits.overview", visit_id=visit.id))
    page = render_template(
        "visits/edit.html",
        form=form,
        enterprise=enterprises.get(actor(), visit.enterprise_id),
        workplaces=[enterprises.workplace(actor(), visit.workplace_id)],
        place=visit.workplace_id,
        visit=visit,
    )
    return page, 422 if request.method == "POST" else 200


@bp.post("/<uuid:visit_id>/hand-out")
@allow("visit.plan")
def hand_out(visit_id: UUID) -> ResponseReturnValue:
    """Give a planned visit to its inspectors, on its day."""
    visit = store.hand_out(actor(), store.get(actor(), visit_id))
    flash(_("The visit is handed out. Its inspectors see it from now on."), "success")
    return redirect(url_for("visits.overview", visit_id=visit.id))


@bp.post("/<uuid:visit_id>/cancel")
@allow("visit.plan")
def cancel(visit_id: UUID) -> ResponseReturnValue:
    """Call a visit off, with a reason."""
    visit = store.get(actor(), visit_id)
    form = ReasonForm()
    if not form.validate():
        return _overview(visit, cancelling=form)
    store.cancel(actor(), visit, form.reason.data)
    flash(_("The visit is cancelled."), "success")
    return redirect(url_for("visits.overview", visit_id=visit.id))


@bp.route("/<uuid:visit_id>/version", methods=["GET", "POST"])
@allow("visit.plan")
def version(visit_id: UUID) -> ResponseReturnValue:
    """Move an open visit to the newest checklist version, with the difference shown."""
    visit = store.get(actor(), visit_id)
    pinned = store.checklist(visit)
    newest = checklists.current(visit.association_id)
    if request.method == "POST":
        store.move_version(actor(), visit, _uuid(request.form.get("version")) or newest.id)
        flash(_("The visit now follows the newer checklist."), "success")
        return redirect(url_for("visits.overview", visit_id=visit.id))
    changed = differences.differences(pinned, checklists.load(newest.id))
    name = enterprises.names([visit.enterprise_id])[visit.enterprise_id]
    return render_template(
        "visits/version.html", visit=visit, newest=newest, changes=changed, name=name, parts=differences
    )


def _overview(visit: Visit, cancelling: ReasonForm | None = None) -> ResponseReturnValue:
    newest = checklists.current_or_none(visit.association_id)
    pinned = store.checklist(visit) if visit.checklist_version_id else None
    folded = store.answers(visit) if pinned else None
    sent = _sent([visit])[visit.id]
    arrived = store_arrivals.arrivals(visit) if pinned else []
    page = render_template(
        "visits/overview.html",
        visit=visit,
        enterprise=enterprises.get(actor(), visit.enterprise_id),
        workplace=enterprises.workplace(actor(), visit.workplace_id),
        sent=sent,
        names=people.people_names([*_people_of(visit), *(one.person_id for one in arrived)]),
        arrived=arrived,
        pinned=pinned,
        only=store_scope.items_of(visit),
        areas=progress(pinned, folded, store.profile(visit, folded)) if pinned and folded else (),
        newer=newest if pinned and newest and newest.id != visit.checklist_version_id else None,
        is_today=visit.planned_for <= store.today(actor()),
        cancelling=cancelling or ReasonForm(formdata=None),
        may_plan=can(actor(), "visit.plan"),
        may_know_why=can(actor(), "complaint.read"),
        may_enter=visit.state is State.handed_out and store.may_enter(actor(), visit, at_desk=True),
        at_desk=not store.is_sent(actor(), visit),
        corrections=store.corrections(visit) if visit.state in (State.sealed, State.released) else [],
    )
    return page, 422 if cancelling and cancelling.errors else 200


def _beginning(form: PlanForm, visit: Visit | None) -> datetime | None:
    """A drawn moment in the part of the day that was chosen; the one that stands where neither day nor part moved."""
    if not form.part.data:
        return None
    wanted, zone = Part(form.part.data), people.association(actor()).time_zone
    same_day = visit is not None and visit.planned_for == form.planned_for.data
    if visit and visit.begins_at and same_day and part_of(visit.begins_at, zone) is wanted:
        return visit.begins_at
    return store_teams.drawn_beginning(actor(), form.planned_for.data, wanted)


def _advise(visit: Visit) -> None:
    """Say what speaks against a plan; the coordinator decides."""
    sent = store.inspectors([visit.id])[visit.id]
    for one in store_teams.advice(actor(), visit.workplace_id, visit.planned_for, sent):
        flash(_(one.text, **one.facts) if one.facts else _(one.text), "warning")


def _people_of(visit: Visit) -> list[UUID | None]:
    return [
        visit.created_by,
        visit.handed_out_by,
        visit.sealed_by,
        visit.sent_back_by,
        visit.released_by,
        visit.cancelled_by,
    ]


def _sent(visits: Any) -> dict[UUID, list[str]]:
    """Names of those who go, the lead first, for each visit; two queries whatever the number of visits."""
    by_visit = store.inspectors(visit.id for visit in visits)
    names = people.people_names(id for ids in by_visit.values() for id in ids)
    return {visit_id: [names.get(id, "") for id in ids] for visit_id, ids in by_visit.items()}


def _filter() -> store.PlanFilter:
    args = request.args
    return store.PlanFilter(
        text=args.get("q", "").strip()[:80],
        state=State(args["state"]) if args.get("state") in set(State) else None,
        route=Route(args["route"]) if args.get("route") in set(Route) else None,
        person_id=_uuid(args.get("inspector")),
        first=_day(args.get("from")),
        last=_day(args.get("to")),
        sort=args.get("sort", "-planned_for"),
        page=_number(args.get("page")),
    )


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        flash(_("“%(value)s” is not a day that exists.", value=(text or "")[:40]), "warning")
        return None


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else 1


def _blame(form: PlanForm, problem: Problem) -> None:
    field = form[problem.facts["field"]] if problem.facts.get("field") in form else None
    if field is None:
        form.form_errors = [*form.form_errors, told(problem)]
    else:
        field.errors = [*field.errors, told(problem)]


def is_desk(who: Actor, visit: Visit) -> bool:
    """Whether this request enters a paper sheet at the desk: said so, or not one of the visit's inspectors."""
    return request.values.get("desk") == "1" or not store.is_sent(who, visit)
