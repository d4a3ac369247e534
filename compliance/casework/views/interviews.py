"""Interviews of a visit: whom to ask, the form, what was said for those who may open it, and asking again.

No page on which somebody is asked names the enterprise.
"""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance.casework import interviewing
from compliance.casework.views.shown import blame
from compliance.checklists.interviews import Setting
from compliance.enterprises import store as enterprises
from compliance.interviews import records, store
from compliance.interviews.forms import AskedAgainForm, interview_form
from compliance.interviews.rules import Says, Whom
from compliance.people.gate import actor, allow
from compliance.people.rules import can
from compliance.shared import ids
from compliance.shared.database import session
from compliance.shared.problems import NotFound, Problem
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_
from compliance.visits import store as visits

bp = Blueprint("interviews", __name__, url_prefix="/interviews")

WHOM = {
    Whom.women: N_("women"),
    Whom.men: N_("men"),
    Whom.migrants: N_("migrants"),
    Whom.newest: N_("hired in the last three months"),
    Whom.night_shift: N_("on the night shift"),
    Whom.agency: N_("sent by an agency"),
    Whom.under_18: N_("under 18"),
}
SETTINGS = {Setting.alone: N_("Alone"), Setting.group: N_("Group")}


@bp.get("/<uuid:visit_id>")
@allow("visit.read")
def overview(visit_id: UUID) -> ResponseReturnValue:
    """Whom to ask at a visit, and what is there to do about its interviews."""
    visit = interviewing.visit(actor(), visit_id)
    may_record, may_read = interviewing.may_record(actor(), visit), can(actor(), "interview.read")
    return render_template(
        "interviews/overview.html",
        visit=visit,
        name=enterprises.get(actor(), visit.enterprise_id).name,
        proposal=interviewing.proposal(visit),
        kept=store.kept(visit_id) if may_record or may_read else {},
        may_record=may_record,
        may_read=may_read,
        again=store.again(visit_id) if can(actor(), "interview.contact") else None,
        today=visits.today(actor()),
        languages=store.form().languages,
        whom=WHOM,
        settings=SETTINGS,
    )


@bp.route("/<uuid:visit_id>/<any(alone, group):setting>/<language>", methods=["GET", "POST"])
@allow("interview.record")
def ask(visit_id: UUID, setting: str, language: str) -> ResponseReturnValue:
    """The form of one interview. What is entered is sealed and is not shown again here."""
    interviewing.own(actor(), visit_id)
    asked, kind = store.form(), Setting(setting)
    if language not in asked.languages:
        abort(404)
    form = interview_form(asked, kind, language)
    if form.validate_on_submit():
        today = visits.today(actor())
        try:
            record = records.made(asked, form.raw(asked, kind, language))
            store.close(actor(), visit_id, ids.random_id(), record, today)
            if kind is Setting.alone and form.contact.data:
                store.keep_contact(actor(), visit_id, form.contact.data, today)
            if kind is Setting.alone and form.card.data:
                store.give_card(actor(), visit_id, today)
        except Problem as problem:
            if problem.status != 422:
                raise
            session().rollback()
            blame(form, problem, "note")
        else:
            flash(_("Sealed. It cannot be read here any more."), "success")
            return redirect(url_for("interviews.overview", visit_id=visit_id))
    page = render_template(
        "interviews/ask.html",
        form=form,
        asked=asked,
        language=language,
        days=asked.periods_of(visits.today(actor())).answers_days,
        setting=kind,
        answers=[form[name] for name in form._fields if name.startswith("answer_")],
        visit_id=visit_id,
    )
    return page, 422 if request.method == "POST" else 200


@bp.post("/<uuid:visit_id>/read")
@allow("interview.read")
def read(visit_id: UUID) -> ResponseReturnValue:
    """Open the interviews of a visit; the look is on the audit trail."""
    visit = interviewing.visit(actor(), visit_id)
    return render_template(
        "interviews/read.html",
        visit=visit,
        name=enterprises.get(actor(), visit.enterprise_id).name,
        records=store.read(actor(), visit_id),
        settings=SETTINGS,
    )


@bp.post("/<uuid:visit_id>/tell")
@allow("interview.read")
def tell(visit_id: UUID) -> ResponseReturnValue:
    """Tell the counts of a visit that may be told."""
    interviewing.visit(actor(), visit_id)
    number = sum(row.says is not Says.nothing for row in store.tell(actor(), visit_id))
    if number:
        flash(_("Counts told anew: %(n)d.", n=number), "success")
    else:
        flash(_("Nothing new may be told: the counts are too small, or too close to those told before."), "info")
    return redirect(url_for("interviews.overview", visit_id=visit_id))


@bp.get("/again")
@allow("interview.contact")
def waiting() -> ResponseReturnValue:
    """The visits whose workers are to be asked again by now."""
    rows = interviewing.waiting(actor())
    names = {visit.id: enterprises.get(actor(), visit.enterprise_id).name for _row, visit in rows}
    return render_template("interviews/waiting.html", rows=rows, names=names, ends=store.contacts_end(names))


@bp.route("/<uuid:visit_id>/again", methods=["GET", "POST"])
@allow("interview.contact")
def again(visit_id: UUID) -> ResponseReturnValue:
    """Note how those who were asked again have fared."""
    return _again(visit_id, None)


@bp.post("/<uuid:visit_id>/contacts")
@allow("interview.contact")
def contacts(visit_id: UUID) -> ResponseReturnValue:
    """Open the contacts; the look is on the audit trail."""
    interviewing.visit(actor(), visit_id)
    return _again(visit_id, store.contacts(actor(), visit_id))


def _again(visit_id: UUID, opened: list[str] | None) -> ResponseReturnValue:
    visit = interviewing.visit(actor(), visit_id)
    row = store.again(visit_id)
    if row is None:
        raise NotFound("asked-again-nobody", N_("Nobody of this visit agreed to be asked again."))
    form = AskedAgainForm(formdata=None) if opened is not None else AskedAgainForm()
    wrong = False
    if opened is None and request.method == "POST":
        wrong = not form.validate()
        if not wrong:
            try:
                store.asked_again(
                    actor(),
                    row,
                    visits.today(actor()),
                    asked=form.asked.data,
                    still_there=form.still_there.data,
                    worse_off=form.worse_off.data,
                )
            except Problem as problem:
                if problem.status != 422:
                    raise
                session().rollback()
                blame(form, problem, "asked")
                wrong = True
            else:
                flash(_("Noted, as counts."), "success")
                return redirect(url_for("interviews.waiting"))
    page = render_template(
        "interviews/again.html",
        visit=visit,
        name=enterprises.get(actor(), visit.enterprise_id).name,
        row=row,
        form=form,
        opened=opened,
        ends=store.contacts_end([visit_id]).get(visit_id),
        today=visits.today(actor()),
    )
    return page, 422 if wrong else 200
