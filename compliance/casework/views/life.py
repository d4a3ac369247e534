"""The life of a member as the association records it: dated facts and headcounts; what follows is said before."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from compliance.casework import cases, lists
from compliance.casework.forms_life import HeadcountForm, LifeForm, WithdrawLifeForm
from compliance.casework.views import own_files
from compliance.casework.views.shown import blame, download, told
from compliance.corrective_actions import store as actions
from compliance.enterprises import classes, life, store_headcounts, store_life
from compliance.enterprises import store as enterprises
from compliance.enterprises.life import ENDS, LifeKind, Told
from compliance.enterprises.store_life import Paper
from compliance.people import store as people
from compliance.people.gate import actor, allow
from compliance.people.rules import can, sees_inside
from compliance.shared import charts, files
from compliance.shared.database import session
from compliance.shared.drawing import fitted
from compliance.shared.problems import NotFound, Problem
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_, day
from compliance.visits.rules import State

bp = Blueprint("life", __name__, url_prefix="/register")

FIELDS = {
    LifeKind.moved: ("address_old", "address_new", "district_new"),
    LifeKind.changed_owner: ("owner_old", "owner_new"),
    LifeKind.split_up: ("into",),
}
"""What is asked beside the days, by kind."""
TO_COME = frozenset({State.planned, State.handed_out})
DRAWN = 12
"""Headcounts on the chart; the table has them all."""


@bp.get("/<uuid:enterprise_id>/life")
@allow("enterprise.read")
def of(enterprise_id: UUID) -> ResponseReturnValue:
    """Everything that was recorded of a member, also what was a mistake, and its headcounts."""
    return _page(enterprise_id)


@bp.route(
    "/<uuid:enterprise_id>/life/<any(joined, moved, changed_owner, split, left, closed, came_back):happened>",
    methods=["GET", "POST"],
)
@allow("life.record")
def record(enterprise_id: UUID, happened: str) -> ResponseReturnValue:
    """Record an event. What follows from it is said on the page, as far as the reader may know it."""
    enterprise = _inside(enterprise_id)
    kind = LifeKind(happened)
    form = LifeForm(learnt_on=cases.today(actor()), address_old=enterprise.address)
    paper = uploaded(form, enterprise_id) if form.validate_on_submit() else None
    if form.is_submitted() and not form.errors:
        try:
            if kind in ENDS and not form.understood.data:
                raise Problem("life-unread", N_("Tick that you have read what follows."), field="understood")
            store_life.record(actor(), enterprise, _told(kind, form, enterprise), paper)
        except Problem as problem:
            session().rollback()
            enterprise = _inside(enterprise_id)
            blame(form, problem, "happened_on")
        else:
            flash(_("It is recorded."), "success")
            return redirect(url_for("life.of", enterprise_id=enterprise_id))
    page = render_template(
        "casework/life_record.html",
        enterprise=enterprise,
        form=form,
        kind=kind,
        kind_words=life.WORDS,
        asked=FIELDS.get(kind, ()),
        ends=kind in ENDS,
        **(_follows(enterprise_id) if kind in ENDS else {}),
    )
    return page, 422 if form.errors else 200


@bp.post("/life/<uuid:event_id>/withdraw")
@allow("life.record")
def withdraw(event_id: UUID) -> ResponseReturnValue:
    """An entry was a mistake: it stays readable, with the reason."""
    row = store_life.one(actor(), event_id)
    enterprise_id = row.enterprise_id
    _inside(enterprise_id)
    form = WithdrawLifeForm()
    if not form.validate():
        flash(_("Say why it was a mistake."), "error")
    else:
        try:
            store_life.withdraw(actor(), row, form.reason.data or "")
            flash(_("The entry is withdrawn. It stays readable, with the reason."), "success")
        except Problem as problem:
            session().rollback()
            flash(told(problem), "error")
    return redirect(url_for("life.of", enterprise_id=enterprise_id))


@bp.get("/life/<uuid:event_id>/file", endpoint="paper")
@allow("enterprise.read")
def event_paper(event_id: UUID) -> ResponseReturnValue:
    """The paper beside an event."""
    row = store_life.one(actor(), event_id)
    _inside(row.enterprise_id)
    if row.file_digest is None:
        raise NotFound("life-file", N_("There is no such file."))
    return download(files.get(row.file_digest), row.file_media_type, row.file_name)


@bp.post("/<uuid:enterprise_id>/headcounts")
@allow("life.record")
def count(enterprise_id: UUID) -> ResponseReturnValue:
    """Enter how many people work at a member."""
    enterprise = _inside(enterprise_id)
    form = HeadcountForm()
    if not form.validate():
        return _page(enterprise_id, form, 422)
    try:
        store_life.count(actor(), enterprise, form.counted_on.data, form.workers.data or 0)
    except Problem as problem:
        session().rollback()
        blame(form, problem, "workers")
        return _page(enterprise_id, form, 422)
    flash(_("The headcount is kept."), "success")
    return redirect(url_for("life.of", enterprise_id=enterprise_id))


def _page(enterprise_id: UUID, form: HeadcountForm | None = None, status: int = 200) -> ResponseReturnValue:
    enterprise = _inside(enterprise_id)
    events = store_life.events_of(actor(), enterprise_id, withdrawn=True)
    counts = store_headcounts.of(actor(), enterprise_id)
    by = [one.row.recorded_by for one in events] + [one.row.withdrawn_by for one in events]
    page = render_template(
        "casework/life.html",
        enterprise=enterprise,
        events=events,
        counts=counts,
        chart=_chart(counts) if len(counts) > 1 else None,
        workplaces={row.id: row.name for row in enterprises.workplaces_of(actor(), enterprise_id, closed=True)},
        names=people.people_names([*by, *(one.recorded_by for one in counts)]),
        kind_words=life.WORDS,
        fact_words=life.FACTS,
        source_words=life.SOURCES,
        shown_fact=lambda name, text: life.shown(name, text, actor().language),
        may_record=can(actor(), "life.record"),
        form=form or HeadcountForm(formdata=None, counted_on=cases.today(actor())),
    )
    return page, status


def _inside(enterprise_id: UUID) -> Any:
    enterprise = enterprises.get(actor(), enterprise_id)
    if not sees_inside(actor(), enterprise_id):
        raise NotFound("enterprise-unknown", N_("There is no such enterprise in the register."))
    return enterprise


def _follows(enterprise_id: UUID) -> dict[str, Any]:
    """What stays open when a member goes. Planned visits are the coordinators' alone."""
    plans = can(actor(), "visit.plan")
    return {
        "unfinished": actions.counts(actor(), cases.today(actor()), enterprise_id).unfinished,
        "to_come": lists.history(actor(), enterprise_id, TO_COME).rows if plans else (),
        "plans": plans,
    }


def _told(kind: LifeKind, form: LifeForm, enterprise: Any) -> Told:
    district = form.district_new.data or ""
    return Told(
        kind=kind,
        happened_on=form.happened_on.data,
        learnt_on=form.learnt_on.data,
        note=form.note.data or "",
        address=(form.address_old.data or "", form.address_new.data or ""),
        district=(enterprise.district, classes.district_of(district) or district),
        owner=(form.owner_old.data or "", form.owner_new.data or ""),
        into=tuple(_into(form.into.data or "")) if kind is LifeKind.split_up else (),
    )


def _into(lines: str) -> list[UUID]:
    found = []
    for line in filter(None, (line.strip() for line in lines.splitlines())):
        rows = enterprises.by_words(actor(), line)
        if len(rows) != 1:
            text = N_("No enterprise of the register is called exactly “%(name)s” or has this code.")
            several = N_("Several enterprises of the register are called “%(name)s”: give the credit code.")
            raise Problem("life-into", several if rows else text, field="into", name=line)
        found.append(rows[0].id)
    return found


def uploaded(form: Any, enterprise_id: UUID) -> Paper | None:
    """The one PDF or photo of a form's ``file``, looked at and stored; a photo without what hides in it.

    Where it is not taken, why not stands at the field.
    """
    sent = own_files.received(actor(), enterprise_id, name="file")
    wrong = [one for one, _name in sent.files if one.media_type not in ("application/pdf", "image/jpeg")]
    if sent.refused or wrong:
        form.file.errors = sent.refused or [_("The paper must be a PDF or a photo.")]
        return None
    if not sent.files:
        return None
    stored, name = sent.files[0]
    return Paper(stored.digest, name[-200:], stored.media_type)


def _chart(counts: list[Any]) -> Any:
    rows = [
        charts.Bar(day(one.counted_on, actor().language), one.workers, str(one.workers), _(life.SOURCES[one.source]))
        for one in reversed(counts[:DRAWN])
    ]
    return fitted(
        lambda width: charts.bars(
            "headcounts", _("Headcount over time"), _("The same figures stand in the table."), rows, width=width
        )
    )
