"""Inviting a named outsider: to a case of which nobody of the association can be the second person."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from compliance.casework import lists, outsiders, passes, seconds
from compliance.casework.forms_outsiders import OutsiderForm
from compliance.casework.pass_rules import OPEN, PASS_WORDS
from compliance.casework.views import invitations as papers_of
from compliance.casework.views.shown import blame
from compliance.enterprises import store as enterprises
from compliance.findings import store as findings
from compliance.people import papers, rules
from compliance.people import store as people
from compliance.people import store_invitations as invitations
from compliance.people.gate import actor, allow
from compliance.shared.database import session
from compliance.shared.problems import Problem
from compliance.shared.translation import gettext as _

bp = Blueprint("outsiders", __name__, url_prefix="/outsiders")


@bp.get("/")
@allow("outsider.invite")
def listed() -> ResponseReturnValue:
    """Every outsider who was invited, and the sealed visits that nobody can release and nobody is asked to."""
    rows, alone = lists.outsiders(actor()), seconds.without(actor())
    return render_template(
        "casework/outsiders.html",
        rows=rows,
        states=passes.states(rows),
        without=lists.sealed(actor(), alone - set(passes.waited_for(alone))),
        open=OPEN,
        state_words=PASS_WORDS,
        people=people.people_names(row.invited_by for row in rows),
    )


@bp.route("/visits/<uuid:visit_id>", methods=["GET", "POST"])
@allow("outsider.invite")
def for_visit(visit_id: UUID) -> ResponseReturnValue:
    """Invite an outsider to the release of a visit."""
    return _case(visit_id)


@bp.route("/disputes/<uuid:finding_id>", methods=["GET", "POST"])
@allow("outsider.invite")
def for_dispute(finding_id: UUID) -> ResponseReturnValue:
    """Invite an outsider to the decision of a dispute."""
    return _case(findings.get(actor(), finding_id).visit_id, finding_id)


@bp.get("/<uuid:outsider_id>/paper")
@allow("outsider.invite")
def paper(outsider_id: UUID) -> ResponseReturnValue:
    """The page to print or forward, as long as its maker can see the code."""
    row = outsiders.one(actor(), outsider_id)
    return papers_of.page(
        invitations.get(actor(), row.invitation_id),
        back=(_address(row.visit_id, row.finding_id), _("The case")),
        picture=url_for("outsiders.qr", outsider_id=row.id),
    )


@bp.get("/<uuid:outsider_id>/qr.svg")
@allow("outsider.invite")
def qr(outsider_id: UUID) -> Response:
    """The address of the invitation as a picture for a telephone's camera."""
    row = outsiders.one(actor(), outsider_id)
    return papers_of.picture(invitations.get(actor(), row.invitation_id))


@bp.post("/<uuid:outsider_id>/withdraw")
@allow("outsider.invite")
def withdraw(outsider_id: UUID) -> ResponseReturnValue:
    """End the invitation, or the outsider's sight of the case."""
    row = outsiders.withdraw(actor(), outsider_id)
    flash(_("Withdrawn. %(name)s sees nothing of this case any more.", name=row.name), "success")
    return redirect(_address(row.visit_id, row.finding_id))


def _case(visit_id: UUID, finding_id: UUID | None = None) -> ResponseReturnValue:
    form = OutsiderForm()
    if form.validate_on_submit():
        try:
            row, code = outsiders.invite(
                actor(),
                visit_id,
                finding_id,
                name=form.name.data,
                organisation=form.organisation.data,
                bound_by=form.bound_by.data,
                reason=form.reason.data,
            )
        except Problem as problem:
            if problem.status != 422:
                raise
            session().rollback()
            blame(form, problem, "reason")
        else:
            papers.keep(row.invitation_id, code)
            return redirect(url_for("outsiders.paper", outsider_id=row.id))
    need = outsiders.need(actor(), visit_id, finding_id)
    visit = need.case.visit
    page = render_template(
        "casework/outsider.html",
        need=need,
        visit=visit,
        item=need.case.checklist.item(findings.get(actor(), finding_id).item) if finding_id else None,
        name=enterprises.names([visit.enterprise_id])[visit.enterprise_id],
        form=form,
        state_words=PASS_WORDS,
        open=OPEN,
        people=people.people_names(
            [row.invited_by for row, _state in need.passes] + [row.withdrawn_by for row, _state in need.passes]
        ),
        accounts=invitations.several(row.invitation_id for row, _state in need.passes),
        may_review=rules.can(actor(), "visit.release"),
    )
    return page, 422 if form.errors else 200


def _address(visit_id: UUID, finding_id: UUID | None) -> str:
    if finding_id:
        return url_for("outsiders.for_dispute", finding_id=finding_id)
    return url_for("outsiders.for_visit", visit_id=visit_id)
