"""The association enters what an enterprise said on paper, by telephone or in person: a page for each kind of entry."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from compliance.casework import behalf, cases, notices
from compliance.casework.forms_exchange import ArrivalForm, CommentForm, NoActionForm
from compliance.casework.forms_own import EvidenceForm, MoreTimeForm, PlanForm, ReplyForm
from compliance.casework.views import own_files
from compliance.casework.views.own_files import Sent
from compliance.casework.views.shown import blame, told
from compliance.corrective_actions import exchange, store_comments, store_entered, store_refusals
from compliance.corrective_actions import store as actions
from compliance.corrective_actions.exchange import Came, Entered
from compliance.corrective_actions.seen import ActionView
from compliance.corrective_actions.store_entered import Arrival
from compliance.enterprises import store as enterprises
from compliance.findings import store as findings
from compliance.findings.rules import Position
from compliance.people.gate import actor, allow
from compliance.people.rules import Actor
from compliance.shared.database import session
from compliance.shared.problems import NotFound, Problem, Refused
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_

bp = Blueprint("entered", __name__, url_prefix="/entered")

FORMS: dict[Entered, tuple[type[Any], str]] = {
    Entered.reply: (ReplyForm, "text"),
    Entered.plan: (PlanForm, "plan"),
    Entered.evidence: (EvidenceForm, "note"),
    Entered.more_time: (MoreTimeForm, "until"),
    Entered.no_action: (NoActionForm, "why"),
    Entered.comment: (CommentForm, "comment"),
}
"""For each kind of entry its form, and the field that a problem without a field of its own is about."""


@bp.get("/actions/<uuid:action_id>/<what>")
@allow("action.enter_for")
def of_action(action_id: UUID, what: str) -> ResponseReturnValue:
    """The form for one kind of entry about a corrective action."""
    row = _action(action_id)
    return _page(row.finding_id, row, _kind(what, action=True))


@bp.post("/actions/<uuid:action_id>/<what>")
@allow("action.enter_for")
def enter_action(action_id: UUID, what: str) -> ResponseReturnValue:
    """Enter it."""
    row = _action(action_id)
    return _enter(row.finding_id, row, _kind(what, action=True))


@bp.get("/findings/<uuid:finding_id>")
@allow("action.enter_for")
def of_finding(finding_id: UUID) -> ResponseReturnValue:
    """The form for the enterprise's answer to a finding."""
    return _page(finding_id, None, Entered.reply)


@bp.post("/findings/<uuid:finding_id>")
@allow("action.enter_for")
def enter_finding(finding_id: UUID) -> ResponseReturnValue:
    """Enter it."""
    return _enter(finding_id, None, Entered.reply)


def _enter(finding_id: UUID, row: ActionView | None, what: Entered) -> ResponseReturnValue:
    finding = findings.get(actor(), finding_id)
    cases.load(actor(), finding.visit_id)
    kind, field = FORMS[what]
    arriving, form = ArrivalForm(), kind()
    about = row.id if row else finding_id
    scan, sent = Sent(), Sent()
    if arriving.validate():
        scan = own_files.received(actor(), about, name="scan", kept="kept_scan")
    if what in (Entered.reply, Entered.evidence):
        sent = own_files.received(actor(), about)
    valid = form.validate() and not arriving.errors and not scan.refused and not sent.refused
    disputes = what is Entered.reply and form.position.data == Position.dispute.value
    if disputes and not (form.text.data or "").strip():
        form.text.errors = [*form.text.errors, _("Please say why the finding is disputed.")]
        valid = False
    if not valid:
        return _page(finding_id, row, what, 422, arriving=arriving, form=form, scan=scan, sent=sent)
    first = scan.kept[0] if scan.kept else None
    arrival = Arrival(
        Came(arriving.came.data),
        arriving.came_on.data,
        arriving.said_by.data or "",
        first.file if first else None,
        first.name if first else "",
    )
    try:
        act = _act(finding_id, row, what, form, sent, arrival)
        behalf.enter(actor(), finding_id, row.id if row else None, what, arrival, act)
        notices.something_waits(actor(), finding.enterprise_id, about)
    except Problem as problem:
        if isinstance(problem, NotFound):
            raise
        session().rollback()
        target = arriving if str(problem.facts.get("field")) in arriving else form
        if isinstance(problem, Refused) or problem.status != 422:
            flash(told(problem), "error")
        else:
            blame(target, problem, "came_on" if target is arriving else field)
        return _page(finding_id, row, what, problem.status, arriving=arriving, form=form, scan=scan, sent=sent)
    flash(_("Entered for the enterprise. It sees that, and can object."), "success")
    if row is not None:
        return redirect(url_for("worklist.action", action_id=row.id))
    return redirect(url_for("entered.of_finding", finding_id=finding_id))


def _act(
    finding_id: UUID, row: ActionView | None, what: Entered, form: Any, sent: Sent, arrival: Arrival
) -> Callable[[Actor], None]:
    def reply(enterprise: Actor) -> None:
        position, text = Position(form.position.data), form.text.data or ""
        cases.answer_finding(enterprise, finding_id, position, text, sent.files, came_on=arrival.came_on)

    if row is None:
        return reply
    action_id = row.id

    def plan(enterprise: Actor) -> None:
        actions.plan(
            enterprise,
            action_id,
            plan=form.plan.data or "",
            root_cause=form.root_cause.data or "",
            preventive=form.preventive.data or "",
            responsible=form.responsible.data or "",
            planned_for=form.planned_for.data,
        )

    def evidence(enterprise: Actor) -> None:
        for file, name in sent.files:
            actions.attach(enterprise, action_id, file, name)
        actions.send_evidence(enterprise, action_id, form.note.data or "")

    def more_time(enterprise: Actor) -> None:
        policy = cases.load(actor(), row.visit_id).policy
        actions.ask_extension(enterprise, action_id, form.until.data, form.reason.data, policy)

    def no_action(enterprise: Actor) -> None:
        store_refusals.refuse(enterprise, action_id, form.why.data)

    def comment(enterprise: Actor) -> None:
        store_comments.say(enterprise, action_id, form.comment.data)

    return {
        Entered.plan: plan,
        Entered.evidence: evidence,
        Entered.more_time: more_time,
        Entered.no_action: no_action,
        Entered.comment: comment,
    }[what]


def _page(
    finding_id: UUID, row: ActionView | None, what: Entered, status: int = 200, **forms: Any
) -> ResponseReturnValue:
    finding = findings.get(actor(), finding_id)
    case = cases.load(actor(), finding.visit_id)
    page = render_template(
        "casework/entered.html",
        action=row,
        finding=finding,
        item=case.checklist.item(finding.item),
        name=enterprises.names([finding.enterprise_id])[finding.enterprise_id],
        what=what,
        kinds=exchange.WHAT,
        possible=row is None or exchange.possible(what, row.state),
        arriving=forms.get("arriving") or ArrivalForm(formdata=None, data={"came_on": cases.today(actor())}),
        form=forms.get("form") or FORMS[what][0](formdata=None),
        scan=forms.get("scan") or Sent(),
        sent=forms.get("sent") or Sent(),
        entries=[one for one in store_entered.of_finding(actor(), finding_id) if one.action_id == (row and row.id)],
        exchange_words=exchange,
        with_files=what in (Entered.reply, Entered.evidence),
    )
    return page, status


def _action(action_id: UUID) -> ActionView:
    row = actions.get(actor(), action_id)
    cases.load(actor(), row.visit_id)
    return row


def _kind(what: str, *, action: bool) -> Entered:
    kind = next((one for one in Entered if one.value == what), None)
    if kind is None or (kind is Entered.reply) is action:
        raise NotFound("action-unknown", N_("This does not exist, or it is not yours to see."))
    return kind
