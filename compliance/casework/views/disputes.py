"""Disputes: what waits for a decision and until when, and the decision itself."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance.casework import cases, corrections, lists, passes, rehearsal, seconds
from compliance.casework.corrections import Becomes
from compliance.casework.forms import DecisionForm
from compliance.casework.pass_rules import PASS_WORDS
from compliance.casework.views.shown import blame, download, page_number, pdf, told, verify_url
from compliance.checklists.rules import Severity, Verdict
from compliance.corrective_actions import store as actions
from compliance.enterprises import store as enterprises
from compliance.findings import store as findings
from compliance.findings import store_replies as replies
from compliance.findings.rules import Decision, few_spoke
from compliance.letters import store as letters
from compliance.people import store as people
from compliance.people.gate import actor, allow
from compliance.people.rules import can
from compliance.shared import files
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem, Refused
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_
from compliance.visits import store as visits

bp = Blueprint("disputes", __name__, url_prefix="/disputes")


@bp.get("/")
@allow("visit.release")
def waiting() -> ResponseReturnValue:
    """Disputes that wait for a decision, the one due first in front; or those decided."""
    text, view = request.args.get("q", ""), request.args.get("view", "open")
    listed = lists.disputes(actor(), text, view, page_number())
    return render_template(
        "casework/disputes.html",
        listed=listed,
        text=text,
        view=view,
        today=cases.today(actor()),
        waited_for=passes.waited_for(row.visit_id for row in listed.rows) if view == "open" else {},
        pass_words=PASS_WORDS,
    )


@bp.get("/<uuid:finding_id>")
@allow("visit.release")
def finding(finding_id: UUID) -> ResponseReturnValue:
    """A disputed finding with everything that was said about it."""
    return _page(finding_id)


@bp.post("/<uuid:finding_id>")
@allow("dispute.decide")
def decide(finding_id: UUID) -> ResponseReturnValue:
    """Decide the open dispute."""
    form = DecisionForm()
    if not (complete(form) and confirmed(form)):
        return _page(finding_id, 422, form)
    try:
        letter = rehearsal.carry_out(actor(), _decision(finding_id, form))
    except Problem as problem:
        return _not_decided(finding_id, form, problem)
    if letter is None:
        flash(_("Decided. The finding stands, and the time of its corrective action runs again."), "success")
    else:
        flash(
            _(
                "Decided. A new scorecard is out, and the correcting letter %(number)s is being printed.",
                number=letter.number,
            ),
            "success",
        )
    return redirect(url_for("disputes.finding", finding_id=finding_id))


@bp.post("/<uuid:finding_id>/preview")
@allow("dispute.decide")
def preview(finding_id: UUID) -> ResponseReturnValue:
    """The correcting letter that a decision would send, as PDF, marked as a draft. Nothing is decided by it."""
    form = DecisionForm()
    if not complete(form):
        return _page(finding_id, 422, form)
    try:
        tried = rehearsal.rehearse(actor(), _decision(finding_id, form))
        if tried is not None:
            return pdf(letters.preview_of(tried), f"draft-{tried.kind}.pdf", inline=True)
    except Problem as problem:
        return _not_decided(finding_id, form, problem)
    flash(_("With this decision no letter goes out: the finding stands."), "info")
    return _page(finding_id, 200, form)


@bp.get("/<uuid:finding_id>/evidence/<uuid:evidence_id>")
@allow("visit.read")
def evidence(finding_id: UUID, evidence_id: UUID) -> Response:
    """A file that the enterprise sent with its reply, as a download."""
    row = findings.get(actor(), finding_id)
    visits.get(actor(), row.visit_id)
    for one in replies.evidence(actor(), [finding_id]).get(finding_id, []):
        if one.id == evidence_id:
            return download(files.get(one.digest), one.media_type, one.filename)
    raise NotFound("file-missing", N_("This file is no longer in the store."))


def complete(form: DecisionForm) -> bool:
    """Whether the form is whole; a decision in part must say what the finding says from now on."""
    right = form.validate()
    if right and form.decision.data == Decision.partly.value and not (form.note.data or "").strip():
        form.note.errors = [*form.note.errors, _("Please say what the finding says from now on.")]
        return False
    return bool(right)


def confirmed(form: DecisionForm) -> bool:
    """Whether the decider has read the letter that goes out with the decision; where none does, nothing is asked."""
    if form.decision.data == Decision.not_upheld.value or form.confirm.data:
        return True
    form.confirm.errors = [*form.confirm.errors, _("Please read the preview of the correcting letter first.")]
    return False


def _decision(finding_id: UUID, form: DecisionForm) -> rehearsal.Prepare:
    """What the form decides."""
    decision = Decision(form.decision.data)
    return partial(
        corrections.prepare_decision,
        actor(),
        finding_id,
        decision,
        form.reason.data,
        becomes_of(form, decision),
        waiver=form.waiver.data or "",
        verify_url=verify_url(),
        seen_round=2 if form.round.data == "2" else 1,
    )


def _not_decided(finding_id: UUID, form: DecisionForm, problem: Problem) -> ResponseReturnValue:
    if isinstance(problem, NotFound | Conflict):
        raise problem
    session().rollback()  # nothing of the decision is kept
    if isinstance(problem, Refused):
        flash(told(problem), "error")
    else:
        blame(form, problem, "reason")
    return _page(finding_id, problem.status, form)


def becomes_of(form: DecisionForm, decision: Decision) -> Becomes:
    """What the decision makes of the item."""
    if decision is Decision.partly:
        weight = Severity(form.severity.data) if form.severity.data else None
        return Becomes(Verdict(form.verdict.data), form.note.data, form.workers.data, weight)
    return Becomes(Verdict(form.becomes.data))


def _page(finding_id: UUID, status: int = 200, form: DecisionForm | None = None) -> ResponseReturnValue:
    row = findings.get(actor(), finding_id)
    case = cases.load(actor(), row.visit_id)
    rounds = replies.disputes(actor(), [finding_id]).get(finding_id, [])
    standing: Any = next((one for one in rounds if one.decision is None), None)
    item = case.checklist.item(row.item)
    if form is None:
        reads = can(actor(), "interview.read")
        form = DecisionForm(
            formdata=None,
            data={
                "note": row.seen,
                "workers": None if few_spoke(row, case.policy.small_group) and not reads else row.workers_affected,
                "verdict": row.verdict.value if row.verdict else "",
            },
        )
    form.round.data = str(standing.round) if standing else ""
    involved = actor().person_id in case.involved
    judged = any(one.decided_by == actor().person_id for one in rounds if one.decision is not None)
    page = render_template(
        "casework/dispute.html",
        finding=row,
        case=case,
        visit=case.visit,
        pinned=case.checklist,
        item=item,
        rounds=rounds,
        standing=standing,
        form=form,
        files=replies.evidence(actor(), [finding_id]).get(finding_id, []),
        evidence=[one for one in visits.evidence_of(case.visit, struck=False) if one.item == row.item],
        asked=actions.of_findings(actor(), [finding_id]).get(finding_id, []),
        name=enterprises.names([row.enterprise_id])[row.enterprise_id],
        people=people.people_names([*case.involved, *(one.decided_by for one in rounds)]),
        may=can(actor(), "dispute.decide"),
        own_case=involved or judged,
        sealed_led=case.sealed_at(row.item),
        others=seconds.for_dispute(actor(), case, rounds) if standing else [],
        outsider=next(iter(passes.of_case(case.visit.id, finding_id)), None),
        pass_words=PASS_WORDS,
        today=cases.today(actor()),
    )
    return page, status
