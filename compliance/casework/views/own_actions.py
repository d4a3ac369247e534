"""Corrective actions as the enterprise works on them: plan, evidence, more time."""

import hashlib
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance.casework import cases, exchanged, outside
from compliance.casework.forms_exchange import CommentForm, DeclarationForm, NoActionForm, ObjectionForm
from compliance.casework.forms_own import EvidenceForm, MoreTimeForm, PlanForm
from compliance.casework.views import own_files
from compliance.casework.views.own import around
from compliance.casework.views.own import bp as own
from compliance.casework.views.own_files import Sent
from compliance.casework.views.shown import blame, download, told
from compliance.corrective_actions import rules, store, store_agreed, store_comments
from compliance.corrective_actions.rules import ActionState, Move
from compliance.corrective_actions.seen import ActionView
from compliance.people.gate import actor, allow
from compliance.people.rules import Role
from compliance.shared import files
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem, Stale
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_

VIEWS = {
    "todo": N_("To do"),
    "review": N_("Under review"),
    "done": N_("Done"),
    "all": N_("All"),
}
_PLAN = ("root_cause", "plan", "preventive", "responsible")


@own.get("/<uuid:enterprise_id>/actions")
@allow("action.read")
def actions(enterprise_id: UUID) -> ResponseReturnValue:
    """All corrective actions of an enterprise, the one due first in front."""
    frame = around(enterprise_id)
    on = cases.today(actor())
    reasons = outside.reasons_waiting(actor(), enterprise_id)
    rows = [(row, outside.step(row, on, reasons)) for row in store.listed(actor(), enterprise_id=enterprise_id)]
    rows.sort(key=lambda pair: (pair[1].due or date.max, str(pair[0].id)))
    groups = {
        "todo": [pair for pair in rows if pair[1].code in ("plan", "correct", "again", "stopped")],
        "review": [pair for pair in rows if pair[1].code in ("review", "reason")],
        "done": [pair for pair in rows if pair[0].state in rules.CLOSED],
        "all": rows,
    }
    view = request.args.get("view", "todo")
    return render_template(
        "casework/own/actions.html",
        unread=store_comments.unread(actor(), enterprise_id=enterprise_id),
        groups=groups,
        view=view if view in VIEWS else "todo",
        views=VIEWS,
        **frame,
    )


@own.get("/actions/<uuid:action_id>")
@allow("action.read")
def action(action_id: UUID) -> ResponseReturnValue:
    """One corrective action: what is asked for, the plan, the evidence, what happened."""
    row = outside.one_action(actor(), action_id)
    if request.method == "GET" and outside.manages(actor(), row.enterprise_id):
        exchanged.read_by_enterprise(actor(), action_id)
    return shown(outside.one_action(actor(), action_id))


@own.post("/actions/<uuid:action_id>/plan")
@allow("action.answer")
def plan(action_id: UUID) -> ResponseReturnValue:
    """Say how it will be corrected."""
    row, form = outside.one_action(actor(), action_id), PlanForm()
    if not form.validate():
        return shown(row, 422, planning=form)
    values = {name: form[name].data or "" for name in _PLAN}
    day = form.planned_for.data
    if (values, day) == (_plan_of(row), row.planned_for):
        flash(_("The plan is saved already."), "info")  # sent twice
        return redirect(url_for("own.action", action_id=action_id))

    def act() -> None:
        if form.seen.data and form.seen.data != seen_of(row):
            raise Stale(
                "plan-stale", N_("Somebody else has changed this plan since you opened it. Compare, then save.")
            )
        if row.due_on and day and day > row.due_on >= cases.today(actor()):  # once it is late, any day says more
            raise Problem(
                "plan-late",
                N_("This is after the due date, %(due)s. Choose an earlier day, or ask for more time further down."),
                due=row.due_on, field="planned_for",
            )  # fmt: skip
        store.plan(actor(), action_id, planned_for=day, **values)

    return attempt(action_id, act, _("The plan is saved. The association can read it."), "plan", planning=form)


@own.post("/actions/<uuid:action_id>/evidence")
@allow("action.answer")
def evidence(action_id: UUID) -> ResponseReturnValue:
    """Add files, and send all of it to be checked when it is complete."""
    row, form = outside.one_action(actor(), action_id), EvidenceForm()
    there = outside.files_of(actor(), action_id)
    sent = own_files.received(actor(), action_id, len(there))
    sending = request.form.get("do") != "keep"
    valid = form.validate()
    if not valid or sent.refused:
        return shown(row, 422, evidencing=form, sent=sent)
    new, note = sent.without(there), form.note.data or ""
    if row.state is ActionState.evidence_sent and not new and note in ("", _last_note(action_id)):
        flash(_("This was sent already. It is under review."), "info")  # sent twice
        return redirect(url_for("own.action", action_id=action_id))
    if not sending and not new and not sent.kept:
        form.note.errors = [*form.note.errors, _("Choose the files that should be kept.")]
        return shown(row, 422, evidencing=form, sent=sent)

    def act() -> None:
        for file, name in new:
            store.attach(actor(), action_id, file, name)
        if sending:
            store.send_evidence(actor(), action_id, note)

    sent_now, kept_now = _("Sent. The association checks it and answers here."), _("The files are kept, not sent yet.")
    done = sent_now if sending else kept_now
    return attempt(action_id, act, done, "note", evidencing=form, sent=sent, note=note if not sending else "")


@own.post("/actions/<uuid:action_id>/more-time")
@allow("action.answer")
def more_time(action_id: UUID) -> ResponseReturnValue:
    """Ask once for a later due date."""
    row, form = outside.one_action(actor(), action_id), MoreTimeForm()
    if not form.validate():
        return shown(row, 422, asking=form)
    until, reason = form.until.data, form.reason.data
    if (row.extension_asked_until, row.extension_asked_reason) == (until, reason):
        flash(_("You have asked for this already. The association decides about it."), "info")
        return redirect(url_for("own.action", action_id=action_id))

    def act() -> None:
        if row.extension_asked_until is not None:
            raise Conflict("extension-asked", N_("More time was asked for already. The association decides about it."))
        if until <= cases.today(actor()):
            raise Problem("extension-past", N_("This date lies in the past."), field="until")
        store.ask_extension(actor(), action_id, until, reason, outside.checklist_of(actor(), row).policy)

    done = _("You have asked for more time. The association decides about it.")
    return attempt(action_id, act, done, "until", asking=form)


@own.get("/actions/<uuid:action_id>/files/<uuid:evidence_id>")
@allow("action.read")
def action_file(action_id: UUID, evidence_id: UUID) -> Response:
    """A file that the enterprise sent to show the correction."""
    outside.one_action(actor(), action_id)
    for one in outside.files_of(actor(), action_id):
        if one.id == evidence_id:
            return own_files.for_this_reader(download(files.get(one.digest), one.media_type, one.filename))
    raise NotFound("file-missing", N_("This file is no longer in the store."))


def seen_of(row: ActionView) -> str:
    """What a plan form was rendered from; a plan that was written meanwhile gives another one."""
    return hashlib.sha256(repr((row.state.value, _plan_of(row), row.planned_for)).encode()).hexdigest()[:16]


def _plan_of(row: ActionView) -> dict[str, str]:
    return {name: getattr(row, name) for name in _PLAN}


def _last_note(action_id: UUID) -> str:
    sent = [one for one in outside.events_shown(actor(), action_id) if one.move == Move.send_evidence]
    return sent[-1].note if sent else ""


def attempt(
    action_id: UUID, act: Callable[[], None], done: str, field: str, note: str = "", **forms: Any
) -> ResponseReturnValue:
    """Do it and go back to the page, or show the page with what was typed and why it could not be done."""
    try:
        act()
    except Problem as problem:
        if isinstance(problem, NotFound):
            raise
        session().rollback()
        form = next(one for name, one in forms.items() if name != "sent")
        if problem.status == 422:
            blame(form, problem, field)
        else:
            flash(told(problem), "error")
        return shown(outside.one_action(actor(), action_id), problem.status, **forms)
    flash(done, "success")
    if note:  # kept files must not cost what was typed beside them
        typed = EvidenceForm(formdata=None, data={"note": note})
        return shown(outside.one_action(actor(), action_id), evidencing=typed)
    return redirect(url_for("own.action", action_id=action_id))


def shown(row: ActionView, status: int = 200, **forms: Any) -> ResponseReturnValue:
    """The page of an action, with the forms that came back with a fault."""
    finding = outside.one_finding(actor(), row.finding_id)
    frame, checklist = around(row.enterprise_id), finding.checklist
    speaks = frame["speaks"]
    roles = frozenset({Role.manager}) if speaks else frozenset()
    may = {move.value: rules.may(row.state, move, roles) for move in (Move.plan, Move.send_evidence)}
    happened = outside.events_shown(actor(), row.id)
    said = exchanged.outside(actor(), row, happened)
    latest = outside.latest_extension(row, checklist) if speaks and not said["denied"] else None
    latest = latest if latest and latest > cases.today(actor()) else None
    planning = forms.get("planning") or PlanForm(formdata=None, data={**_plan_of(row), "planned_for": row.planned_for})
    planning.seen.data = seen_of(row)
    page = render_template(
        "casework/own/action.html",
        action=row,
        step=frame["step_of"](row),
        told=finding,
        checklist=checklist,
        item=checklist.item(row.item),
        repayment=store_agreed.plans(actor(), [row.id]).get(row.id),
        history=happened,
        files=outside.files_of(actor(), row.id),
        may=may,
        latest=latest,
        planning=planning,
        evidencing=forms.get("evidencing") or EvidenceForm(formdata=None),
        asking=forms.get("asking") or MoreTimeForm(formdata=None),
        refusing=forms.get("refusing") or NoActionForm(formdata=None),
        declaring=forms.get("declaring")
        or DeclarationForm(
            formdata=None, data={"declared_name": actor().name if speaks else "", "declared_on": cases.today(actor())}
        ),
        commenting=forms.get("commenting") or CommentForm(formdata=None),
        objecting=forms.get("objecting") or ObjectionForm(formdata=None),
        objecting_to=forms.get("objecting_to"),
        **said,
        typed=_typed(forms, may, latest),
        sent=forms.get("sent") or Sent(),
        workplace=frame["workplaces"].get(row.workplace_id, ""),
        **frame,
    )
    return page, status


def _typed(forms: dict[str, Any], may: dict[str, bool], latest: date | None) -> str:
    """What was typed into a form that the page does not have any more: shown, so that it can be copied."""
    lost = []
    if "planning" in forms and not may["plan"]:
        lost += [forms["planning"][name].data for name in _PLAN]
    if "evidencing" in forms and not may["send_evidence"]:
        lost.append(forms["evidencing"].note.data)
    if "asking" in forms and latest is None:
        lost.append(forms["asking"].reason.data)
    if "refusing" in forms and not may["send_evidence"]:
        lost.append(forms["refusing"].why.data)
    if "declaring" in forms and not may["send_evidence"]:
        lost.append(forms["declaring"].declaration.data)
    return "\n\n".join(text for text in lost if text)
