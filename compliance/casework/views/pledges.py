"""Pledges to the code of conduct: recorded by the association with their paper, or made by a manager, signed in."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from compliance.casework import cases, outside
from compliance.casework.forms_life import OwnPledgeForm
from compliance.casework.views.life import uploaded
from compliance.casework.views.own import around
from compliance.casework.views.shown import blame, words
from compliance.checklists import store as checklists
from compliance.enterprises import store as enterprises
from compliance.enterprises.forms import PledgeForm
from compliance.people.gate import actor, allow
from compliance.people.rules import sees_inside
from compliance.shared.database import session
from compliance.shared.problems import NotFound, Problem
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_

bp = Blueprint("pledges", __name__)
bp.context_processor(words)


@bp.route("/register/<uuid:enterprise_id>/pledges/new", methods=["GET", "POST"])
@allow("enterprise.edit")
def new(enterprise_id: UUID) -> ResponseReturnValue:
    """Record that an enterprise has signed the code of conduct, with the signed paper."""
    row = enterprises.get(actor(), enterprise_id)
    if not sees_inside(actor(), enterprise_id):
        raise NotFound("enterprise-unknown", N_("There is no such enterprise in the register."))
    versions = {str(version.id): version for version in checklists.versions(actor())}
    form = PledgeForm(signed_on=cases.today(actor()))
    form.version.choices = [
        SelectChoice(
            key, _("Code %(code)s, checklists version %(number)d", code=version.code_version, number=version.number)
        )
        for key, version in versions.items()
    ]
    paper = uploaded(form, enterprise_id) if form.validate_on_submit() else None
    if form.is_submitted() and not form.errors:
        version = versions[form.version.data]
        try:
            enterprises.record_pledge(
                actor(),
                row,
                code_version=version.code_version,
                checklist_version_id=version.id,
                signed_on=form.signed_on.data,
                signed_by=form.signed_by.data or "",
                signed_position=form.signed_position.data or "",
                file_digest=paper.digest if paper else None,
                file_name=paper.name if paper else "",
                file_media_type=paper.media_type if paper else "",
            )
        except Problem as problem:
            session().rollback()
            row = enterprises.get(actor(), enterprise_id)
            blame(form, problem, "signed_on")
        else:
            flash(_("The pledge is recorded."), "success")
            return redirect(url_for("enterprises.detail", enterprise_id=enterprise_id))
    page = render_template("enterprises/pledge.html", form=form, enterprise=row)
    return page, 422 if form.errors else 200


@bp.get("/own/<uuid:enterprise_id>/pledge")
@allow("enterprise.open")
def own(enterprise_id: UUID) -> ResponseReturnValue:
    """The version of the code that holds now, for a manager to sign for the own enterprise."""
    return _own(enterprise_id, OwnPledgeForm(signed_by=actor().name))


@bp.post("/own/<uuid:enterprise_id>/pledge")
@allow("enterprise.pledge")
def sign(enterprise_id: UUID) -> ResponseReturnValue:
    """A manager signs it. Who has signed that version already signs nothing again."""
    _require_manager(enterprise_id)
    form, version = OwnPledgeForm(), checklists.current_or_none(actor().association_id)
    if version is None or _held(enterprise_id, version) or not form.validate():
        return _own(enterprise_id, form)
    enterprises.record_pledge(
        actor(),
        enterprises.get(actor(), enterprise_id),
        code_version=version.code_version,
        checklist_version_id=version.id,
        signed_on=cases.today(actor()),
        signed_by=form.signed_by.data or "",
        signed_position=form.signed_position.data or "",
    )
    flash(_("Your enterprise has pledged to version %(code)s.", code=version.code_version), "success")
    return redirect(url_for("own.enterprise", enterprise_id=enterprise_id))


def _own(enterprise_id: UUID, form: OwnPledgeForm) -> ResponseReturnValue:
    _require_manager(enterprise_id)
    version = checklists.current_or_none(actor().association_id)
    frame: dict[str, Any] = around(enterprise_id)
    page = render_template(
        "casework/own/pledge.html",
        form=form,
        version=version,
        held=enterprises.pledge_in_force(actor(), enterprise_id, cases.today(actor())),
        done=version is not None and _held(enterprise_id, version),
        **frame,
    )
    return page, 422 if form.errors else 200


def _held(enterprise_id: UUID, version: Any) -> bool:
    held = enterprises.pledge_in_force(actor(), enterprise_id, cases.today(actor()))
    return held is not None and held.code_version == version.code_version


def _require_manager(enterprise_id: UUID) -> None:
    if not outside.manages(actor(), enterprise_id):
        raise NotFound("enterprise-unknown", N_("There is no such enterprise in the register."))
