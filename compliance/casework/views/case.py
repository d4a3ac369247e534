"""The one case of a named outsider: the declaration, what was found, and the second word.

No address here names a visit, a finding or a person: the case is the one of whoever is signed in.
"""

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_security.utils import logout_user

from compliance.casework import outsiders, rehearsal, rules, shown_outside
from compliance.casework import sealing as drafts
from compliance.casework.after_release import Becomes
from compliance.casework.forms import ReleaseForm
from compliance.casework.forms_outsiders import (
    DeclareForm,
    DeclineForm,
    OutsideDecisionForm,
    OutsideReturnForm,
)
from compliance.casework.pass_rules import OPEN, PASS_WORDS, PassState
from compliance.casework.views.disputes import becomes_of, complete, confirmed
from compliance.casework.views.shown import blame, download, pdf, told, verify_url
from compliance.findings.rules import Decision
from compliance.letters import store as letters
from compliance.people import store as people
from compliance.people.gate import actor, allow
from compliance.shared import files
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem, Refused, Stale
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_

bp = Blueprint("case", __name__, url_prefix="/case")


@bp.get("/")
@allow("case.own")
def mine() -> ResponseReturnValue:
    """The case, or the declaration that opens it, or the word that it is over."""
    return _page()


@bp.post("/declare")
@allow("case.own")
def declare() -> ResponseReturnValue:
    """Open the case by declaring to have no tie and to keep confidence."""
    form = DeclareForm()
    if not form.validate():
        return _page(422, declaring=form)
    outsiders.accept(actor())
    flash(_("Thank you. The case is open to you."), "success")
    return redirect(url_for("case.mine"))


@bp.post("/decline")
@allow("case.own")
def decline() -> ResponseReturnValue:
    """Say that one cannot do it."""
    form = DeclineForm()
    if not form.validate():
        return _page(422, declining=form)
    outsiders.decline(actor(), form.why.data or "")
    return _farewell(_("You have declined. Whoever invited you sees it, and your access has ended."))


@bp.get("/letter")
@allow("case.own")
def letter() -> Response:
    """The draft letter as PDF, marked as a draft on every page."""
    row, acting = outsiders.seat(actor())
    draft = drafts.draft_of(acting, row.visit_id) if row.finding_id is None else None
    if draft is None:
        raise NotFound("letter-unknown", N_("There is no such letter."))
    return pdf(letters.preview(draft), letters.filename(draft), inline=True)


@bp.get("/photos/<uuid:evidence_id>")
@allow("case.own")
def photo(evidence_id: UUID) -> Response:
    """A photo on which nobody can be recognised."""
    row, acting = outsiders.seat(actor())
    return Response(shown_outside.photo(acting, row.visit_id, row.finding_id, evidence_id), mimetype="image/jpeg")


@bp.get("/files/<uuid:evidence_id>")
@allow("case.own")
def file(evidence_id: UUID) -> Response:
    """A file that the enterprise sent with its dispute, as a download."""
    row, acting = outsiders.seat(actor())
    if row.finding_id is not None:
        _shown, disputed = shown_outside.of_dispute(acting, row.visit_id, row.finding_id)
        for one in disputed.files:
            if one.id == evidence_id:
                return download(files.get(one.digest), one.media_type, one.filename)
    raise NotFound("file-missing", N_("This file is no longer in the store."))


@bp.post("/release")
@allow("case.own")
def release() -> ResponseReturnValue:
    """Release the visit as its second person."""
    form = ReleaseForm()
    if not form.validate():
        return _page(422, releasing=form)
    prepare = partial(outsiders.prepare_release, actor(), seen=form.seen.data or "", verify_url=verify_url())
    try:
        issued = rehearsal.carry_out(actor(), prepare)
    except Problem as problem:
        return _not_done(problem, releasing=form)
    if issued is None:
        return _farewell(_("Released. No letter goes out, because the workplace could not be visited."))
    return _farewell(_("Released. Letter %(number)s prints your name and organisation.", number=issued.number))


@bp.post("/return")
@allow("case.own")
def send_back() -> ResponseReturnValue:
    """Return the visit to its inspectors."""
    form = OutsideReturnForm()
    if not form.validate():
        return _page(422, returning=form)
    outsiders.send_back(actor(), form.reason.data, seen=form.seen.data or "")
    flash(_("Returned to the inspectors, with your reason. When they have sealed it again, it stands here."), "success")
    return redirect(url_for("case.mine"))


@bp.post("/preview")
@allow("case.own")
def preview() -> ResponseReturnValue:
    """The correcting letter that a decision would send. Nothing is decided by it."""
    form = OutsideDecisionForm()
    if not complete(form):
        return _page(422, deciding=form)
    try:
        tried = rehearsal.rehearse(actor(), _decision(form))
        if tried is not None:
            return pdf(letters.preview_of(tried), f"draft-{tried.kind}.pdf", inline=True)
    except Problem as problem:
        return _not_done(problem, deciding=form)
    flash(_("With this decision no letter goes out: the finding stands."), "info")
    return _page(deciding=form)


@bp.post("/decide")
@allow("case.own")
def decide() -> ResponseReturnValue:
    """Decide the dispute."""
    form = OutsideDecisionForm()
    if not (complete(form) and confirmed(form)):
        return _page(422, deciding=form)
    try:
        issued = rehearsal.carry_out(actor(), _decision(form))
    except Problem as problem:
        return _not_done(problem, deciding=form)
    if issued is None:
        return _farewell(_("Decided: the finding stands. The enterprise reads your reason."))
    return _farewell(_("Decided. Letter %(number)s prints your name and organisation.", number=issued.number))


def _decision(form: OutsideDecisionForm) -> rehearsal.Prepare:
    decision = Decision(form.decision.data)
    becomes: Becomes = becomes_of(form, decision)
    return partial(outsiders.prepare_decision, actor(), decision, form.reason.data, becomes, verify_url=verify_url())


def _not_done(problem: Problem, **form: Any) -> ResponseReturnValue:
    if isinstance(problem, Stale | Refused | NotFound):
        raise problem
    session().rollback()  # nothing of it is kept
    if isinstance(problem, Conflict) or "deciding" not in form:
        flash(told(problem), "error")
    else:
        blame(form["deciding"], problem, "reason")
    return _page(problem.status, **form)


def _farewell(words: str) -> ResponseReturnValue:
    """The last page: with the pass the account ends, and so does the sign-in."""
    logout_user()
    return render_template("casework/farewell.html", words=words)


def _page(status: int = 200, **forms: Any) -> ResponseReturnValue:
    row, state = outsiders.mine(actor())
    around: dict[str, Any] = {
        "row": row,
        "state": state,
        "state_words": PASS_WORDS,
        "inviter": people.people_names([row.invited_by]).get(row.invited_by, "–") if row.invited_by else "–",
    }
    if state not in OPEN:
        return render_template("casework/case_over.html", **around), status
    if state is PassState.invited:
        return _declaration(status, around, forms)
    _row, acting = outsiders.seat(actor())
    around["declining"] = forms.get("declining") or DeclineForm(formdata=None)
    if row.finding_id is None:
        shown = shown_outside.of_release(acting, row.visit_id)
        page = render_template(
            "casework/case.html",
            own_part=_(rules.OWN_PART),
            shown=shown,
            releasing=forms.get("releasing") or ReleaseForm(formdata=None),
            returning=forms.get("returning") or OutsideReturnForm(formdata=None),
            **around,
        )
        return page, status
    shown, disputed = shown_outside.of_dispute(acting, row.visit_id, row.finding_id)
    finding = disputed.seen.finding
    usual = {"note": finding.seen, "workers": finding.workers_affected}
    usual["verdict"] = finding.verdict.value if finding.verdict else ""
    page = render_template(
        "casework/case_dispute.html",
        shown=shown,
        disputed=disputed,
        form=forms.get("deciding") or OutsideDecisionForm(formdata=None, data=usual),
        **around,
    )
    return page, status


def _declaration(status: int, around: dict[str, Any], forms: dict[str, Any]) -> ResponseReturnValue:
    page = render_template(
        "casework/declaration.html",
        enterprise=outsiders.enterprise_of(actor()),
        declaring=forms.get("declaring") or DeclareForm(formdata=None),
        declining=forms.get("declining") or DeclineForm(formdata=None),
        **around,
    )
    return page, status
