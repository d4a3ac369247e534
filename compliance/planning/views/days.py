"""The plan of days, by day and hour: for coordinators. Each look is on the audit trail."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance.enterprises import store_lists as register
from compliance.enterprises.classes import district_name
from compliance.people import store as people
from compliance.people.gate import actor, allow
from compliance.people.rules import Role
from compliance.planning import handing_out, schedule, store, store_days, store_schedule, store_slots
from compliance.planning.forms_days import HandOutForm, InsteadForm, WhyForm
from compliance.planning.forms_draw import blame
from compliance.planning.models import DrawPeriod
from compliance.planning.models_schedule import VisitSlot
from compliance.planning.periods import PeriodState
from compliance.planning.schedule import SlotState
from compliance.planning.store_days import Wanted
from compliance.shared import database
from compliance.shared.problems import Conflict, Problem
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_
from compliance.visits.parts import PART_WORDS, Part
from compliance.visits.words import OUTCOMES, STATES

bp = Blueprint("days", __name__)

FOUND_AT_MOST = 500
ROUND = handing_out.hand_out_what_is_due
"""The round of every minute is there wherever the pages are."""


@bp.get("/draws/<uuid:period_id>/days")
@allow("draw.manage")
def plan(period_id: UUID) -> ResponseReturnValue:
    """The plan of days of a period."""
    row = _opened(period_id, "schedule")
    wanted = _wanted()
    text = request.args.get("q", "").strip()[:80]
    matching = [one.id for one in register.every(actor(), text, most=FOUND_AT_MOST)] if text else None
    found = store_days.listed(actor(), row, wanted, matching, all_="all" in request.args)
    drawings = store_days.drawings(row)
    return render_template(
        "planning/days.html",
        row=row,
        found=found,
        wanted=wanted,
        text=text,
        tally=store_days.tally(actor(), row),
        waiting=len(store_schedule.without_day(actor(), row)),
        drawings=drawings,
        names=people.people_names(one.made_by for one in drawings),
        inspectors=[(str(one.id), one.name) for one in people.people_with_role(actor(), Role.inspector)],
        districts=store_days.districts(row),
        settings=store_schedule.handout(actor()),
        today=store.today(actor()),
        filtered=any((text, wanted.person_id, wanted.district, wanted.part, wanted.state)),
        open=row.state is PeriodState.drawn,
        **_words(),
    )


@bp.post("/draws/<uuid:period_id>/days")
@allow("draw.manage")
def draw(period_id: UUID) -> ResponseReturnValue:
    """Draw days for everything that has none."""
    made = store_schedule.draw_for(actor(), period_id)
    if made is None:
        flash(_("Everything that was drawn has its day. Nothing was changed."), "info")
    else:
        flash(
            _("%(placed)s visits have a day, %(unplaced)s have none.", placed=made.placed, unplaced=made.unplaced),
            "success",
        )
    return redirect(url_for("days.plan", period_id=period_id))


@bp.get("/draws/days/<uuid:slot_id>")
@allow("draw.manage")
def slot(slot_id: UUID) -> ResponseReturnValue:
    """The day of one drawn workplace, and what can be changed about it."""
    database.begin_writing()
    row, period = store_slots.get(actor(), slot_id)
    store.look(actor(), period, "schedule")
    return _slot(row, period)


@bp.post("/draws/days/<uuid:slot_id>/replace")
@allow("draw.manage")
def replace(slot_id: UUID) -> ResponseReturnValue:
    """Somebody else goes."""
    row, period = store_slots.get(actor(), slot_id)
    form = _instead(row)
    if form.validate():
        chosen = UUID(form.instead.data) if form.instead.data else None
        try:
            store_slots.replace(actor(), slot_id, UUID(form.leaving.data), chosen, form.reason.data)
        except Problem as problem:
            if isinstance(problem, Conflict):
                raise
            blame(form, problem)
        else:
            flash(_("Somebody else goes now, on the whole tour of that half-day."), "success")
            return redirect(url_for("days.slot", slot_id=slot_id))
    return _slot(row, period, instead=form)


@bp.post("/draws/days/<uuid:slot_id>/move")
@allow("draw.manage")
def move(slot_id: UUID) -> ResponseReturnValue:
    """Draw another half-day."""
    row, period = store_slots.get(actor(), slot_id)
    form = WhyForm()
    if not form.validate():
        return _slot(row, period, moving=form)
    store_slots.move(actor(), slot_id, form.reason.data)
    flash(_("Another half-day is drawn. That it was moved is counted."), "success")
    return redirect(url_for("days.slot", slot_id=slot_id))


@bp.post("/draws/days/<uuid:slot_id>/undo")
@allow("draw.manage")
def undo(slot_id: UUID) -> ResponseReturnValue:
    """Take the last change back."""
    store_slots.undo(actor(), slot_id)
    flash(_("Taken back: it is as it was."), "success")
    return redirect(url_for("days.slot", slot_id=slot_id))


@bp.route("/draws/days/settings", methods=["GET", "POST"])
@allow("draw.manage")
def settings() -> ResponseReturnValue:
    """How people are sent out."""
    form = HandOutForm(data=vars(store_schedule.handout(actor())))
    if form.validate_on_submit():
        try:
            store_schedule.set_handout(actor(), form.numbers())
        except Problem as problem:
            blame(form, problem)
        else:
            flash(_("Saved. What has its day keeps it."), "success")
            return redirect(url_for("draws.listed"))
    return render_template("planning/days_settings.html", form=form), 422 if request.method == "POST" else 200


def _slot(
    row: VisitSlot, period: DrawPeriod, instead: InsteadForm | None = None, moving: WhyForm | None = None
) -> ResponseReturnValue:
    changes = store_slots.changes(row)
    waits = row.state is SlotState.waiting and period.state is PeriodState.drawn
    page = render_template(
        "planning/slot.html",
        row=row,
        period=period,
        line=store_days.line(actor(), period, row),
        tour=[one for one in store_slots.tour(row) if one.id != row.id] if waits else [],
        changes=changes,
        names=people.people_names(
            [*(one.by for one in changes), *(UUID(id) for one in changes for id in one.before.get("people", ()))]
        ),
        may_undo=bool(changes) and waits and store_slots.may_undo(row, changes[0]),
        may_move=period.state is PeriodState.drawn and store_slots.can_move(actor(), row),
        waits=waits,
        instead=instead or (_instead(row, fresh=True) if waits else None),
        moving=moving or WhyForm(formdata=None),
        lead=store_schedule.handout(actor()).lead,
        uuid=UUID,
        **_words(),
    )
    wrong = (instead and instead.errors) or (moving and moving.errors)
    return page, 422 if wrong else 200


def _instead(row: VisitSlot, *, fresh: bool = False) -> InsteadForm:
    team = store_schedule.teams([row.id])[row.id]
    names = people.people_names(team)
    form = InsteadForm(formdata=None) if fresh else InsteadForm()
    asked = UUID(form.leaving.data) if form.leaving.data and form.leaving.data in {str(id) for id in team} else None
    offered: dict[UUID, str] = {}
    for leaving in [asked] if asked else team:
        for person, given_up in store_slots.eligible(actor(), row, leaving):
            short = [_(schedule.SHORT_WORDS[one]) for one in given_up]
            offered.setdefault(person.id, _(", ").join(short))
    who = people.people_names(offered)
    others = [(str(id), f"{who[id]} ({short})" if short else who[id]) for id, short in offered.items()]
    form.offer([(str(id), names[id]) for id in team], others)
    return form


def _opened(period_id: UUID, page: str) -> DrawPeriod:
    """The period, with the look at its plan on the trail."""
    database.begin_writing()
    row = store.get(actor(), period_id)
    if row.drawn_at is None:
        raise Conflict("period-state", N_("This period is not drawn yet."))
    store.look(actor(), row, page)
    return row


def _words() -> dict[str, object]:
    return {
        "parts": PART_WORDS,
        "slot_words": schedule,
        "district_name": district_name,
        "outcomes": OUTCOMES,
        "visit_states": STATES,
    }


def _wanted() -> Wanted:
    args = request.args
    number, district = args.get("page", ""), args.get("district", "")
    return Wanted(
        person_id=_uuid(args.get("inspector")),
        district=district if district.isdigit() and len(district) == 6 else "",
        part=Part(args["part"]) if args.get("part") in set(Part) else None,
        state=SlotState(args["state"]) if args.get("state") in set(SlotState) else None,
        page=int(number) if number.isdecimal() and len(number) < 9 else 1,
    )


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
