"""Corrective actions as the staff works on them: what waits for a check, what is late, and each with its history."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance.casework import cases, lists, notices, own_wording
from compliance.casework.forms import AccountableForm, ExtendForm, ReasonForm, VerifyForm
from compliance.casework.views.beside import beside
from compliance.casework.views.ladder_beside import on_ladder
from compliance.casework.views.shown import blame, download, page_number, picture, told
from compliance.casework.views.working_beside import working
from compliance.corrective_actions import rules
from compliance.corrective_actions import store as actions
from compliance.corrective_actions.rules import Check, How, Move
from compliance.corrective_actions.seen import ActionView, EvidenceView
from compliance.enterprises import store as enterprises
from compliance.findings import store as findings
from compliance.findings.rules import kind_of_deadline
from compliance.people import store as people
from compliance.people.gate import actor, allow
from compliance.shared import files, translation
from compliance.shared.problems import Conflict, NotFound, Problem, Refused
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_

bp = Blueprint("worklist", __name__, url_prefix="/actions")


@bp.get("/", endpoint="actions")
@allow("visit.read")
def actions_list() -> ResponseReturnValue:
    """Corrective actions by what they wait for."""
    on = cases.today(actor())
    text, severity = request.args.get("q", ""), request.args.get("severity", "")
    sort = request.args.get("sort", "due")
    counts = lists.action_counts(actor(), on)
    view = request.args.get("view") or ("to_check" if counts["to_check"] else "open")
    rows = lists.actions(actor(), on, text, view, severity, sort, page_number())
    whole = request.args.get("columns") == "all"
    return render_template(
        "casework/actions.html",
        listed=rows,
        whole=whole,
        told=findings.public_several(actor(), [row.finding_id for row in rows.rows]) if whole else {},
        area_names={id: name.in_(translation.current()) for id, name in own_wording.areas(actor())},
        counts=counts,
        view=view,
        text=text,
        severity=severity,
        sort=sort,
        today=on,
    )


@bp.get("/<uuid:action_id>")
@allow("visit.read")
def action(action_id: UUID) -> ResponseReturnValue:
    """One corrective action: what was asked, what was sent, what happened, what can be done."""
    return _page(action_id)


@bp.post("/<uuid:action_id>/verify")
@allow("action.verify")
def verify(action_id: UUID) -> ResponseReturnValue:
    """Say that it is done."""
    form = VerifyForm()

    def act(row: ActionView, case: cases.Case) -> None:
        check = Check(
            How(form.how.data),
            form.note.data or "",
            bool(form.worker_check.data),
            form.waiver.data or "",
            form.workers_asked.data or 0,
        )
        actions.verify(actor(), row.id, check, case.involved, case.policy, cases.today(actor()))
        notices.something_waits(actor(), row.enterprise_id, row.id)

    return do(action_id, "verifying", form, act, "note", _("Verified. It counts as corrected from now on."))


@bp.post("/<uuid:action_id>/return")
@allow("action.verify")
def give_back(action_id: UUID) -> ResponseReturnValue:
    """The evidence does not show it: back to the enterprise, with the reason."""
    form = ReasonForm()

    def act(row: ActionView, _case: cases.Case) -> None:
        actions.give_back(actor(), row.id, form.reason.data)
        notices.something_waits(actor(), row.enterprise_id, row.id)

    return do(action_id, "returning", form, act, "reason", _("Returned. The enterprise reads your reason."))


@bp.post("/<uuid:action_id>/extend")
@allow("visit.read")
def extend(action_id: UUID) -> ResponseReturnValue:
    """Give more time, once."""
    form = ExtendForm()

    def act(row: ActionView, case: cases.Case) -> None:
        actions.extend(actor(), row.id, form.until.data, form.reason.data, case.policy)
        notices.something_waits(actor(), row.enterprise_id, row.id)

    return do(action_id, "extending", form, act, "until", _("The due date has been extended."))


@bp.post("/<uuid:action_id>/withdraw")
@allow("visit.read")
def withdraw(action_id: UUID) -> ResponseReturnValue:
    """No longer ask for it."""
    form = ReasonForm()

    def act(row: ActionView, _case: cases.Case) -> None:
        actions.withdraw(actor(), row.id, form.reason.data)

    return do(
        action_id, "withdrawing", form, act, "reason", _("Withdrawn. The enterprise sees that it is not asked for.")
    )


@bp.post("/<uuid:action_id>/accountable")
@allow("visit.read")
def accountable(action_id: UUID) -> ResponseReturnValue:
    """Name somebody else as the one accountable party."""
    form = AccountableForm()

    def act(row: ActionView, _case: cases.Case) -> None:
        actions.name_accountable(actor(), row.id, form.accountable.data)

    return do(action_id, "naming", form, act, "accountable", _("Saved."))


@bp.get("/<uuid:action_id>/evidence/<uuid:evidence_id>")
@allow("visit.read")
def evidence(action_id: UUID, evidence_id: UUID) -> Response:
    """A file that shows the correction, as a download."""
    one = _file(action_id, evidence_id)
    return download(files.get(one.digest), one.media_type, one.filename)


@bp.get("/<uuid:action_id>/evidence/<uuid:evidence_id>/picture")
@allow("visit.read")
def evidence_picture(action_id: UUID, evidence_id: UUID) -> Response:
    """A photo among the evidence, drawn anew."""
    one = _file(action_id, evidence_id)
    if not one.media_type.startswith("image/"):
        raise NotFound("file-missing", N_("This file is no longer in the store."))
    return picture(files.get(one.digest), one.filename)


def _file(action_id: UUID, evidence_id: UUID) -> EvidenceView:
    load(action_id)
    for one in actions.evidence(actor(), [action_id]).get(action_id, []):
        if one.id == evidence_id:
            return one
    raise NotFound("file-missing", N_("This file is no longer in the store."))


def load(action_id: UUID) -> tuple[ActionView, cases.Case]:
    """An action with its case, for those who see the enterprise from inside and the visit at all."""
    row = actions.get(actor(), action_id)
    return row, cases.load(actor(), row.visit_id)


def do(
    action_id: UUID,
    name: str,
    form: Any,
    act: Callable[[ActionView, cases.Case], None],
    field: str,
    done: str,
    fields: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    """Do something with an action from its page. A form that is not right comes back on the page under its ``name``; a
    problem stands with the field that it names (``fields``: what it is called in this form), else with ``field``.
    """
    row, case = load(action_id)
    if not form.validate():
        return _page(action_id, 422, **{name: form})
    try:
        act(row, case)
    except Problem as problem:
        if isinstance(problem, NotFound | Conflict):
            raise
        if isinstance(problem, Refused):
            flash(told(problem), "error")
        else:
            about = str(problem.facts.get("field", field))
            problem.facts["field"] = (fields or {}).get(about, about)
            blame(form, problem, field)
        return _page(action_id, problem.status, **{name: form})
    flash(done, "success")
    return redirect(url_for("worklist.action", action_id=action_id))


def _page(action_id: UUID, status: int = 200, **forms: Any) -> ResponseReturnValue:
    row, case = load(action_id)
    happened = actions.history(actor(), action_id)
    deadlines = case.policy.severities[kind_of_deadline(row.severity, row.zero_tolerance)]
    second = rules.may_verify(actor().person_id, case.involved, row.severity, second_person=deadlines.second_person)
    roles = actor().roles
    usual = "on_site" if deadlines.verification == "on_site" else "desk"
    workplace, name = enterprises.workplace_and_name(actor(), row.workplace_id)
    page = render_template(
        "casework/action.html",
        action=row,
        visit=case.visit,
        item=case.checklist.item(row.item),
        pinned=case.checklist,
        finding=findings.get(actor(), row.finding_id),
        name=name,
        workplace=workplace,
        history=happened,
        files=actions.evidence(actor(), [action_id]).get(action_id, []),
        people=people.people_names([*(event.person_id for event in happened), row.verified_by]),
        deadlines=deadlines,
        may={move.value: rules.may(row.state, move, roles) for move in Move},
        may_extend=rules.may(row.state, Move.extend, roles)
        and deadlines.extension
        and not row.extensions
        and row.due_on,
        second=second,
        today=cases.today(actor()),
        verifying=forms.get("verifying") or VerifyForm(formdata=None, data={"how": usual}),
        returning=forms.get("returning") or ReasonForm(formdata=None),
        extending=forms.get("extending")
        or ExtendForm(formdata=None, data={"until": row.extension_asked_until, "reason": row.extension_asked_reason}),
        withdrawing=forms.get("withdrawing") or ReasonForm(formdata=None),
        naming=forms.get("naming") or AccountableForm(formdata=None),
        **beside(row, case, forms),
        **working(row, case, forms),
        **on_ladder(row, case, forms),
    )
    return page, status


page_of = _page
"""The page of an action, for the modules beside this one."""
