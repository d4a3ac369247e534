"""Findings as the enterprise reads them, its answer, its dispute and its one appeal."""

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance.casework import cases, outside
from compliance.casework.forms_exchange import ObjectionForm
from compliance.casework.forms_own import AppealForm, ReplyForm
from compliance.casework.outside import Told
from compliance.casework.views import own_files
from compliance.casework.views.own import around
from compliance.casework.views.own import bp as own
from compliance.casework.views.own_files import Sent
from compliance.casework.views.shown import blame, download, told
from compliance.corrective_actions import exchange, store_entered
from compliance.findings.rules import Position
from compliance.people.gate import actor, allow
from compliance.shared import files
from compliance.shared.database import session
from compliance.shared.problems import NotFound, Problem
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_

VIEWS = {"answer": N_("To answer"), "disputed": N_("Disputed"), "all": N_("All")}


@own.get("/<uuid:enterprise_id>/findings")
@allow("finding.read")
def findings(enterprise_id: UUID) -> ResponseReturnValue:
    """All findings of an enterprise, newest visit first."""
    frame = around(enterprise_id)
    every = outside.of_cards(actor(), outside.cards_of(actor(), enterprise_id))
    groups = {
        "answer": [one for one in every if one.to_answer],
        "disputed": [one for one in every if one.disputes],
        "all": every,
    }
    view = request.args.get("view", "")
    view = view if view in VIEWS else "answer" if groups["answer"] else "all"
    return render_template(
        "casework/own/findings.html",
        groups=groups,
        view=view,
        views=VIEWS,
        **frame,
    )


@own.get("/findings/<uuid:finding_id>")
@allow("finding.read")
def finding(finding_id: UUID) -> ResponseReturnValue:
    """One finding: what was seen, what is asked for, what was answered."""
    return _page(_load(finding_id))


@own.post("/findings/<uuid:finding_id>/reply")
@allow("finding.reply")
def reply(finding_id: UUID) -> ResponseReturnValue:
    """Agree or dispute, with files."""
    one, form = _load(finding_id), ReplyForm()
    sent = own_files.received(actor(), finding_id, len(one.files))
    valid = form.validate()
    if valid and form.position.data == Position.dispute.value and not (form.text.data or "").strip():
        form.text.errors = [*form.text.errors, _("Please say why the finding is disputed.")]
        valid = False
    if not valid or sent.refused:
        return _page(one, 422, replying=form, sent=sent)
    position, text = Position(form.position.data), form.text.data or ""
    new = sent.without(one.files)
    if (one.finding.reply_position, one.finding.reply_text) == (position, text) and not new:
        flash(_("This answer is recorded already."), "info")  # sent twice
        return redirect(url_for("own.finding", finding_id=finding_id))
    try:
        cases.answer_finding(actor(), finding_id, position, text, new)
    except Problem as problem:
        return _refused(finding_id, problem, "text", replying=form, sent=sent)
    if position is Position.dispute:
        flash(_("Your dispute is recorded. Somebody who was not on the visit decides about it."), "success")
    else:
        flash(_("Your answer is recorded. It stands beside the finding wherever it is printed."), "success")
    return redirect(url_for("own.finding", finding_id=finding_id))


@own.post("/findings/<uuid:finding_id>/appeal")
@allow("finding.reply")
def appeal(finding_id: UUID) -> ResponseReturnValue:
    """Ask once more, after a dispute that was not upheld in full."""
    one, form = _load(finding_id), AppealForm()
    sent = own_files.received(actor(), finding_id, len(one.files))
    if not form.validate() or sent.refused:
        return _page(one, 422, appealing=form, sent=sent)
    if any(former.round > 1 and former.reason == form.text.data for former in one.disputes):
        flash(_("This appeal is recorded already."), "info")
        return redirect(url_for("own.finding", finding_id=finding_id))
    try:
        cases.appeal(actor(), finding_id, form.text.data, sent.without(one.files))
    except Problem as problem:
        return _refused(finding_id, problem, "text", appealing=form, sent=sent)
    flash(_("Your appeal is recorded. Another person than before decides about it."), "success")
    return redirect(url_for("own.finding", finding_id=finding_id))


@own.get("/findings/<uuid:finding_id>/files/<uuid:evidence_id>")
@allow("finding.read")
def reply_file(finding_id: UUID, evidence_id: UUID) -> Response:
    """A file that the enterprise sent with its answer."""
    for one in _load(finding_id).files:
        if one.id == evidence_id:
            return own_files.for_this_reader(download(files.get(one.digest), one.media_type, one.filename))
    raise NotFound("file-missing", N_("This file is no longer in the store."))


def shown(finding_id: UUID, status: int = 200, **forms: Any) -> ResponseReturnValue:
    """The page of a finding, with the forms that came back with a fault."""
    return _page(_load(finding_id), status, **forms)


def _load(finding_id: UUID) -> Told:
    return outside.one_finding(actor(), finding_id)


def _refused(finding_id: UUID, problem: Problem, field: str, **forms: Any) -> ResponseReturnValue:
    """The page again, as it is by now, with what was typed and why it could not be done."""
    if isinstance(problem, NotFound):
        raise problem
    session().rollback()
    form = forms.get("replying") or forms["appealing"]
    if problem.status == 422:
        blame(form, problem, field)
    else:
        flash(told(problem), "error")
    return _page(_load(finding_id), problem.status, **forms)


def _page(one: Told, status: int = 200, **forms: Any) -> ResponseReturnValue:
    row = one.finding
    frame = around(row.enterprise_id)
    known = {"position": row.reply_position.value if row.reply_position else None, "text": row.reply_text}
    page = render_template(
        "casework/own/finding.html",
        told=one,
        finding=row,
        replying=forms.get("replying") or ReplyForm(formdata=None, data=known),
        appealing=forms.get("appealing") or AppealForm(formdata=None),
        typed=_typed(one, forms),
        entries=[entry for entry in store_entered.of_finding(actor(), row.id) if entry.action_id is None],
        exchange_words=exchange,
        objecting=forms.get("objecting") or ObjectionForm(formdata=None),
        objecting_to=forms.get("objecting_to"),
        sent=forms.get("sent") or Sent(),
        workplace=frame["workplaces"].get(row.workplace_id, ""),
        **frame,
    )
    return page, status


def _typed(one: Told, forms: dict[str, Any]) -> str:
    """What was typed into a form that the page does not have any more: shown, so that it can be copied."""
    if forms.get("replying") and one.reply != "open":
        return str(forms["replying"].text.data or "")
    if forms.get("appealing") and not one.appeal_by:
        return str(forms["appealing"].text.data or "")
    return ""
