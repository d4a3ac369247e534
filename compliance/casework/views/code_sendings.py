"""The code of conduct among members: how many have pledged, sending a version out, and following it up."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from compliance.associations import store as associations
from compliance.casework import cases, code_sendings
from compliance.casework.forms_life import SendingForm
from compliance.casework.views.shown import blame, download, page_number, told
from compliance.checklists import store as checklists
from compliance.enterprises import classes, store_lists, store_sendings
from compliance.enterprises.forms import SIZE_WORDS
from compliance.enterprises.life import Audience
from compliance.people import store as people
from compliance.people.gate import actor, allow
from compliance.people.rules import can
from compliance.shared import clock, jobs, outbox, translation
from compliance.shared.database import session
from compliance.shared.jobs import JobState
from compliance.shared.problems import Problem, Stale
from compliance.shared.spreadsheets import write_csv
from compliance.shared.translation import gettext as _
from compliance.shared.words import LANGUAGES, N_

bp = Blueprint("code_sendings", __name__, url_prefix="/pledges")

ANSWERED_WITHIN = timedelta(days=30)
VIEW_WORDS = {
    "outstanding": N_("Outstanding"),
    "pledged": N_("Pledged"),
    "unreached": N_("Nobody to write to"),
}


@bp.get("/")
@allow("code.follow")
def overview() -> ResponseReturnValue:
    """How many members have pledged to a version, by sector and size; and what was sent out."""
    versions = _versions()
    code = request.args.get("code", "")
    code = code if code in versions else next(iter(versions), "")
    rows = store_sendings.sendings(actor())
    return render_template(
        "casework/pledges.html",
        codes=list(versions),
        code=code,
        shares=store_sendings.shares(actor(), code) if code else None,
        sendings=rows,
        counts={row.id: store_sendings.counts(actor(), row) for row in rows[:20]},
        names=people.people_names(row.confirmed_by for row in rows),
        left_out=len(actor().outside_ids),
        may_send=can(actor(), "code.send"),
        audience=_audience_words,
        sector_name=classes.sector_name,
        sizes={size.value: words for size, words in SIZE_WORDS.items()},
    )


@bp.route("/send", methods=["GET", "POST"])
@allow("code.send")
def send() -> ResponseReturnValue:
    """Choose version and addressees, and look at what would be sent; nothing is sent yet."""
    form = _form()
    preview = _preview(form) if form.validate_on_submit() else None
    page = render_template("casework/pledges_send.html", form=form, preview=preview)
    return page, 422 if form.errors else 200


@bp.post("/send/confirm")
@allow("code.send")
def confirm() -> ResponseReturnValue:
    """Send what was looked at, in the background."""
    form = _form()
    try:
        if form.validate():
            row = store_sendings.confirm(
                actor(),
                UUID(request.form.get("sending", "")),
                _versions()[form.version.data].number,
                _audience(form),
                form.answer_by.data,
                request.form.get("seen", -1, type=int),
            )
            if row.job_id is None:
                code_sendings.start(actor(), row, _title(row))
            return redirect(url_for("code_sendings.sending", sending_id=row.id))
    except Stale as problem:
        session().rollback()
        flash(told(problem), "error")
    except Problem as problem:
        session().rollback()
        blame(form, problem, "version")
    preview = _preview(form) if not form.errors else None
    return render_template("casework/pledges_send.html", form=form, preview=preview), 422


@bp.get("/<uuid:sending_id>")
@allow("code.follow")
def sending(sending_id: UUID) -> ResponseReturnValue:
    """Who was written to, who has pledged, who has not."""
    row = store_sendings.get(actor(), sending_id)
    view = request.args.get("view", "outstanding")
    lines = store_sendings.lines(actor(), row, view, page_number())
    task = jobs.latest(actor(), code_sendings.JOB, "sending_id", str(row.id)) if row.job_id else None
    running = task is not None and task.state in (JobState.queued, JobState.running)
    return render_template(
        "casework/pledges_sending.html",
        row=row,
        counts=store_sendings.counts(actor(), row),
        lines=lines,
        messages=outbox.states_about([one.id for one in lines.rows]),
        view=view if view in VIEW_WORDS else "",
        view_words=VIEW_WORDS,
        running=running,
        progress=jobs.progress_of(task.id) if task is not None and running else None,
        left=store_sendings.left_to_write(row, 0) if not running else 0,
        by=people.people_names([row.confirmed_by]).get(row.confirmed_by, "–") if row.confirmed_by else "–",
        audience=_audience_words(row.audience),
        may_send=can(actor(), "code.send"),
    )


@bp.post("/<uuid:sending_id>/<any(remind, resume):move>")
@allow("code.send")
def go_on(sending_id: UUID, move: str) -> ResponseReturnValue:
    """Remind those outstanding, or go on with messages that a broken task left unwritten."""
    row = store_sendings.get(actor(), sending_id)
    try:
        if move == "remind":
            store_sendings.remind(actor(), row)
        code_sendings.start(actor(), row, _title(row))
        flash(_("The messages are being written."), "success")
    except Problem as problem:
        session().rollback()
        flash(told(problem), "error")
    return redirect(url_for("code_sendings.sending", sending_id=sending_id))


@bp.get("/<uuid:sending_id>/members.csv")
@allow("code.follow")
def as_csv(sending_id: UUID) -> ResponseReturnValue:
    """The members of a sending, as the page is narrowed."""
    row = store_sendings.get(actor(), sending_id)
    headers = [
        _("Enterprise name"), _("Credit code"), _("People written to"), _("Written on"), _("Reminded on"),
        _("Pledged on"),
    ]  # fmt: skip
    lines = (
        [one.name, one.credit_code, one.messages, _day(one.written_at), _day(one.reminded_at), one.pledged_on]
        for one in store_sendings.every_line(actor(), row, request.args.get("view", ""))
    )
    return download(write_csv(headers, lines), "text/csv", f"pledges-{row.code_version}.csv")


def _day(moment: Any) -> Any:
    return clock.day_of(moment, people.association(actor()).time_zone) if moment else None


def _versions() -> dict[str, Any]:
    """The newest checklists version of each version of the code, the newest first."""
    found: dict[str, Any] = {}
    for version in checklists.versions(actor()):
        found.setdefault(version.code_version, version)
    return found


def _form() -> SendingForm:
    form = SendingForm(answer_by=cases.today(actor()) + ANSWERED_WITHIN)
    form.version.choices = [SelectChoice(code, _("Code %(code)s", code=code)) for code in _versions()]
    used = store_lists.sectors_in_use(actor())
    language = translation.current()
    wanted = {code[:length] for code in used for length in (1, 3)}
    names = [(code, name.in_(language)) for code, name in classes.sectors().items() if code in wanted]
    form.sector.choices = [SelectChoice("", _("All")), *(SelectChoice(code, f"{code} {name}") for code, name in names)]
    return form


def _audience(form: SendingForm) -> Audience:
    return Audience(form.sector.data or "", form.who.data == "outstanding")


def _preview(form: SendingForm) -> dict[str, Any]:
    """What would be sent: to how many, and the message in each language."""
    association = associations.get(actor().association_id)
    code, by = form.version.data, form.answer_by.data
    name = _("(name of the enterprise)")
    letters = {
        account: code_sendings.message(association, name, code, by, account=account) for account in (True, False)
    }
    return {
        "id": uuid4(),
        "members": store_sendings.size_of(actor(), _audience(form), code),
        "audience": _audience_words(_audience(form).as_json()),
        "letters": letters,
        "languages": LANGUAGES,
    }


def _audience_words(audience: dict[str, Any]) -> str:
    who = _("Members that have not pledged to it") if audience["outstanding"] else _("All members")
    if not audience["sector"]:
        return who
    return f"{who} · {audience['sector']} {classes.sector_name(audience['sector']).in_(translation.current())}"


def _title(row: Any) -> str:
    return _("Code of conduct %(code)s to members", code=row.code_version)
