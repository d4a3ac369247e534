"""Leadership reports: those that were made, one more, and who is told of new ones."""

from io import BytesIO
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange

from compliance.casework import cases
from compliance.casework.leadership_reports import FILES, REPORT_JOB
from compliance.casework.views.jobs import gives
from compliance.people import store as people
from compliance.people.gate import actor, allow
from compliance.people.rules import can
from compliance.shared import files, jobs, translation
from compliance.shared.forms import Form
from compliance.shared.jobs import Job
from compliance.shared.problems import NotFound
from compliance.shared.translation import gettext as _
from compliance.shared.translation import lazy_gettext as _l
from compliance.shared.words import N_
from compliance.trends import report_facts, store_reports
from compliance.trends.report_schedule import MOST_YEARS

bp = Blueprint("leadership_reports", __name__, url_prefix="/trends/reports")

WORDS: dict[str, str] = {
    "zh.pdf": N_("Chinese, PDF"),
    "en.pdf": N_("English, PDF"),
    "both.pdf": N_("Both languages, PDF"),
    "zh.xlsx": N_("Numbers in Chinese, XLSX"),
    "en.xlsx": N_("Numbers in English, XLSX"),
}


class MakeForm(Form):
    """Which period the report is about."""

    period = SelectField(_l("Period"))

    def offer(self) -> None:
        """The quarters and years that have ended."""
        ended = report_facts.finished(cases.today(actor()), MOST_YEARS)
        self.period.choices = [SelectChoice(period, period_name(period)) for period in ended]


class ToldForm(Form):
    """What the reader wants to be told of."""

    quarterly = BooleanField(_l("Each quarter"))
    yearly = BooleanField(_l("Each year"))


class DayForm(Form):
    """On which day reports are made."""

    day = IntegerField(
        _l("Day after the end of the period"),
        validators=[InputRequired(), NumberRange(1, store_reports.LAST_DAY)],
    )


def period_name(period: str) -> str:
    """A quarter or year in words."""
    year, _dash, quarter = period.partition("-Q")
    return str(_("%(year)s Q%(quarter)s", year=year, quarter=quarter) if quarter else _("Year %(year)s", year=year))


@bp.get("")
@allow("trends.read")
def page() -> ResponseReturnValue:
    """The reports, and for leaders what they can do with them."""
    return _page()


def _page(make: MakeForm | None = None, told: ToldForm | None = None, day: DayForm | None = None) -> str:
    row = store_reports.subscription(actor())
    make = make or MakeForm()
    make.offer()
    rows = store_reports.made(actor())
    return render_template(
        "casework/leadership_reports.html",
        reports=rows, period_name=period_name, words=WORDS, make=make, may_make=can(actor(), "report.make"),
        told=told or ToldForm(quarterly=bool(row and row.quarterly), yearly=bool(row and row.yearly)),
        day=day or DayForm(day=store_reports.day(actor())), makers=people.people_names(one.made_by for one in rows),
        superseded={one.replaces_id for one in rows},
    )  # fmt: skip


@bp.post("")
@allow("report.make")
def make() -> ResponseReturnValue:
    """Ask for a report."""
    form = MakeForm()
    form.offer()
    if not form.validate_on_submit():
        return _page(make=form), 422
    row = jobs.enqueue(
        REPORT_JOB, _("Report: %(period)s", period=period_name(form.period.data)), actor(), period=form.period.data,
        person_id=str(actor().person_id), address=request.remote_addr or "", language=translation.current(),
    )  # fmt: skip
    return redirect(url_for("jobs.job", job_id=row.id))


@gives(REPORT_JOB)
def address(job: Job) -> tuple[str, str]:
    """Where the reports are, and whether the task made a new one."""
    said = _("To the reports") if job.result.get("is_new") else _("Nothing has changed: the last edition stands")
    return url_for("leadership_reports.page"), said


@bp.post("/told")
@allow("report.make")
def subscribe() -> ResponseReturnValue:
    """Choose to be told of new reports, or not."""
    form = ToldForm()
    if not form.validate_on_submit():
        return _page(told=form), 422
    store_reports.subscribe(
        actor(), cases.today(actor()), quarterly=bool(form.quarterly.data), yearly=bool(form.yearly.data)
    )
    flash(_("Saved."))
    return redirect(url_for("leadership_reports.page"))


@bp.post("/day")
@allow("report.make")
def choose_day() -> ResponseReturnValue:
    """Choose the day on which reports are made."""
    form = DayForm()
    if not form.validate_on_submit() or form.day.data is None:
        return _page(day=form), 422
    store_reports.set_day(actor(), form.day.data)
    flash(_("Saved."))
    return redirect(url_for("leadership_reports.page"))


@bp.get("/<uuid:report_id>/<name>")
@allow("trends.read")
def fetch(report_id: UUID, name: str) -> Response:
    """One file of a report. Everybody who reads trends gets the same: it names nobody."""
    row = store_reports.get(actor(), report_id)
    if name not in FILES or name not in row.files:
        raise NotFound("report-unknown", N_("There is no such report."))
    language, _dot, ending = name.partition(".")
    title = f"report-{row.period}-{row.edition}-{language}.{ending}"
    response = send_file(
        BytesIO(files.get(row.files[name])), mimetype=FILES[name], as_attachment=True, download_name=title
    )
    response.headers["Cache-Control"] = "no-store"
    return response
