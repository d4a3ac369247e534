"""Pages of coordinators: periods, what a draw would buy, freezing, drawing, and who was drawn."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance.enterprises import store as enterprises
from compliance.enterprises import store_lists as register
from compliance.people import store as people
from compliance.people.gate import actor, allow
from compliance.planning import (
    forecast,
    frames,
    jobs,
    periods,
    settings,
    store,
    store_drawn,
    store_periods,
    store_risk_kept,
    words_draw,
)  # fmt: skip
from compliance.planning.forms_draw import NUMBERS, PeriodForm, ReasonForm, blame
from compliance.planning.models import DrawPeriod
from compliance.planning.periods import PeriodMove, PeriodState
from compliance.planning.settings import Settings
from compliance.shared.kept import until_written
from compliance.shared.problems import Problem
from compliance.shared.translation import gettext as _
from compliance.shared.worked_out import Figure

bp = Blueprint("draws", __name__, url_prefix="/draws")


@bp.app_context_processor
def _words() -> dict[str, Any]:
    return {"draw_words": words_draw, "period_words": periods}


@bp.get("/")
@allow("draw.manage")
def listed() -> ResponseReturnValue:
    """All periods."""
    rows = store.every(actor())
    return render_template("planning/periods.html", rows=rows, shares={row.id: _shares(row) for row in rows})


@bp.route("/new", methods=["GET", "POST"])
@allow("draw.manage")
def new() -> ResponseReturnValue:
    """Set up a period, with what its numbers would buy."""
    today = store.today(actor())
    first = today.replace(day=1, month=(today.month - 1) // 3 * 3 + 1)
    last = (first + timedelta(days=95)).replace(day=1) - timedelta(days=1)
    standing = [row for row in store.every(actor()) if row.state is not PeriodState.cancelled]
    if standing and standing[0].last_day >= first:
        first = max(row.last_day for row in standing) + timedelta(days=1)
        last = (first + timedelta(days=95)).replace(day=1) - timedelta(days=1)
    numbers = settings.settings_of(standing[0].settings if standing else {})  # as last time
    form = PeriodForm(data={"first_day": first, "last_day": last, **asdict(numbers)})
    return _edited(form, None)


@bp.route("/<uuid:period_id>/change", methods=["GET", "POST"])
@allow("draw.manage")
def change(period_id: UUID) -> ResponseReturnValue:
    """Change a period that is not frozen."""
    row = store.get(actor(), period_id)
    periods.after(row.state, PeriodMove.change)
    days = {"name": row.name, "first_day": row.first_day, "last_day": row.last_day}
    return _edited(PeriodForm(data={**days, **asdict(settings.settings_of(row.settings))}), row)


@bp.post("/new/expected")
@allow("draw.manage")
def expected_of_new() -> ResponseReturnValue:
    """What the numbers of a new period would buy, while they are typed, as a part of its page. Nothing is stored."""
    return _expected(None)


@bp.post("/<uuid:period_id>/expected")
@allow("draw.manage")
def expected(period_id: UUID) -> ResponseReturnValue:
    """The same of a period that is changed."""
    row = store.get(actor(), period_id)
    periods.after(row.state, PeriodMove.change)
    return _expected(row)


@bp.get("/<uuid:period_id>")
@allow("draw.manage")
def period(period_id: UUID) -> ResponseReturnValue:
    """One period: where it stands, its strata, what it buys, and what can be done."""
    return _period(store.get(actor(), period_id))


@bp.post("/<uuid:period_id>/freeze")
@allow("draw.manage")
def freeze(period_id: UUID) -> ResponseReturnValue:
    """Freeze the frame, in the background."""
    row = store.get(actor(), period_id)
    jobs.ask(actor(), row.id, PeriodMove.freeze, _("Freezing the frame of “%(name)s”", name=row.name)[:200])
    flash(_("The frame is being frozen. This page shows when it is done."), "success")
    return redirect(url_for("draws.period", period_id=row.id))


@bp.post("/<uuid:period_id>/draw")
@allow("draw.manage")
def draw(period_id: UUID) -> ResponseReturnValue:
    """Draw, in the background; twice is once."""
    row = store.get(actor(), period_id)
    jobs.ask(actor(), row.id, PeriodMove.draw, _("Draw of “%(name)s”", name=row.name)[:200])
    flash(_("The draw is under way. This page shows when it is done."), "success")
    return redirect(url_for("draws.period", period_id=row.id))


@bp.post("/<uuid:period_id>/cancel")
@allow("draw.manage")
def cancel(period_id: UUID) -> ResponseReturnValue:
    """Cancel a period before its draw, with a reason."""
    row = store.get(actor(), period_id)
    form = ReasonForm()
    if not form.validate():
        return _period(row, cancelling=form)
    store_periods.cancel(actor(), row.id, form.reason.data)
    flash(_("The period is cancelled. Its days are free for another one."), "success")
    return redirect(url_for("draws.period", period_id=row.id))


@bp.route("/<uuid:period_id>/left-out", methods=["GET", "POST"])
@allow("draw.manage")
def left_out(period_id: UUID) -> ResponseReturnValue:
    """Workplaces that are left out of the frame, with reasons; find one to leave out."""
    row = store.get(actor(), period_id)
    chosen, form = _uuid(request.values.get("workplace")), ReasonForm()
    if chosen and form.validate_on_submit():
        try:
            store_periods.exclude(actor(), row.id, chosen, form.reason.data)
        except Problem as problem:
            blame(form, problem)
        else:
            flash(_("This workplace is left out of the frame."), "success")
            return redirect(url_for("draws.left_out", period_id=row.id))
    text = request.args.get("q", "").strip()[:80]
    found = register.search(actor(), text, page=1, per_page=10).rows if text else []
    rows = store.exclusions(row)
    page = render_template(
        "planning/left_out.html",
        row=row,
        rows=rows,
        names=people.people_names(one.row.excluded_by for one in rows),
        text=text,
        found=[(one, enterprises.workplaces_of(actor(), one.id)) for one in found],
        chosen=enterprises.workplace_and_name(actor(), chosen) if chosen else None,
        form=form,
        open=row.state is PeriodState.draft,
    )
    return page, 422 if request.method == "POST" else 200


@bp.post("/<uuid:period_id>/left-out/<uuid:workplace_id>/undo")
@allow("draw.manage")
def include_again(period_id: UUID, workplace_id: UUID) -> ResponseReturnValue:
    """Undo an exclusion, before freezing."""
    store_periods.include_again(actor(), period_id, workplace_id)
    flash(_("This workplace is in the frame again."), "success")
    return redirect(url_for("draws.left_out", period_id=period_id))


def _edited(form: PeriodForm, row: DrawPeriod | None) -> ResponseReturnValue:
    """The form of a period. It is looked at with "show", and saved otherwise."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                if "show" not in request.form:
                    return _saved(form, row)
                settings.check(form.settings())
                status = 200
            except Problem as problem:
                if problem.status == 403:
                    raise
                blame(form, problem)
    bought, figure, empty = None, None, None
    if status == 200:
        try:
            bought, figure = _forecast(row, form.settings())
        except Problem as problem:
            empty = problem.text
    return render_template("planning/edit.html", form=form, row=row, bought=bought, figure=figure, empty=empty), status


def _expected(row: DrawPeriod | None) -> ResponseReturnValue:
    """What is wrong with the numbers that were typed, or what they buy; days and name are not looked at."""
    form = PeriodForm()
    form.validate()
    bought, figure, empty = None, None, None
    if not any(form[name].errors for name in NUMBERS):
        try:
            settings.check(form.settings())
            bought, figure = _forecast(row, form.settings())
        except Problem as problem:
            if problem.facts.get("field") in form:
                blame(form, problem)
            else:
                empty = problem.text
    wrong = [(form[name].label.text, text) for name in NUMBERS for text in form[name].errors]
    return render_template("planning/_expected.html", bought=bought, figure=figure, empty=empty, wrong=wrong)


def _saved(form: PeriodForm, row: DrawPeriod | None) -> ResponseReturnValue:
    told = (form.name.data, form.first_day.data, form.last_day.data, form.settings())
    if row is None:
        row = store_periods.create(actor(), *told)
        flash(
            _("The period is set up. Look at what it buys, leave out what cannot be visited, then freeze."), "success"
        )
    else:
        store_periods.change(actor(), row.id, *told)
        flash(_("The period is changed."), "success")
    return redirect(url_for("draws.period", period_id=row.id))


def _period(row: DrawPeriod, cancelling: ReasonForm | None = None) -> ResponseReturnValue:
    bought, figure, problem = None, None, None
    if row.state in (PeriodState.draft, PeriodState.frozen):
        try:
            bought, figure = _forecast(row, settings.settings_of(row.settings))
        except Problem as found:
            problem = found.text
    job, looks = jobs.of(row), store.looks(row)
    who = [row.created_by, row.frozen_by, row.drawn_by, row.cancelled_by, row.revealed_by]
    drawn = store_drawn.counts(row) if row.drawn_at else {}
    page = render_template(
        "planning/period.html",
        row=row,
        wanted=settings.settings_of(row.settings),
        shares=_shares(row),
        bought=bought,
        figure=figure,
        problem=problem,
        strata=store.strata(row) if row.drawn_at else [],
        drawn=drawn,
        left_out=len(store.exclusions(row)),
        job=job,
        running=jobs.under_way(row),
        progress=jobs.progress(row) if jobs.under_way(row) else None,
        looks=looks,
        names=people.people_names([*who, *(look.person_id for look in looks)]),
        cancelling=cancelling or ReasonForm(formdata=None),
    )
    return page, 422 if cancelling and cancelling.errors else 200


def _forecast(row: DrawPeriod | None, wanted: Settings) -> tuple[forecast.Forecast | None, Figure | None]:
    """What a plan buys; of a large register, of the moment of the figure, and nothing until that is worked out."""
    who, parts = actor(), settings.shares(wanted)
    frozen = row if row is not None and row.frame_digest is not None else None
    today = store.today(who)
    figure = None if frozen else store_risk_kept.look(who, today)
    if figure is not None and figure.body is None:
        return None, figure

    def made() -> forecast.Forecast:
        if frozen:
            frame = store.frame(frozen)
            return forecast.forecast(frame.terms, frames.outline(frame.members), parts)
        return forecast.forecast(*store_periods.preview(who, row, wanted, figure), parts)

    key = (
        "forecast of a draw", who.association_id, row.id if row else None, wanted, today,
        figure.made_at if figure else None,
    )  # fmt: skip
    return until_written(key, made), figure


def _shares(row: DrawPeriod) -> settings.Shares:
    return settings.shares(settings.settings_of(row.settings))


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
