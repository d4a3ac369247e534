"""The association says which enterprise is a branch of which headquarters, and whether that one answers for it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance.casework.forms_exchange import HeadquartersForm
from compliance.casework.views.shown import blame
from compliance.enterprises import store as enterprises
from compliance.people import store_branches
from compliance.people.gate import actor, allow
from compliance.shared.database import session
from compliance.shared.problems import NotFound, Problem
from compliance.shared.translation import gettext as _

bp = Blueprint("headquarters", __name__, url_prefix="/register")
MOST = 20
"""Enterprises offered at once; the search narrows them."""


@bp.get("/<uuid:enterprise_id>/headquarters")
@allow("enterprise.edit")
def of(enterprise_id: UUID) -> ResponseReturnValue:
    """The headquarters of an enterprise, or its branches."""
    return _page(enterprise_id)


@bp.post("/<uuid:enterprise_id>/headquarters")
@allow("enterprise.edit")
def link(enterprise_id: UUID) -> ResponseReturnValue:
    """Make the enterprise a branch."""
    enterprises.get(actor(), enterprise_id)
    form = HeadquartersForm()
    if not form.validate():
        return _page(enterprise_id, 422, form)
    try:
        above = enterprises.get(actor(), UUID(form.headquarters.data))
        store_branches.link(actor(), enterprise_id, above.id, may_answer=bool(form.may_answer.data))
    except (ValueError, NotFound):
        form.headquarters.errors = [*form.headquarters.errors, _("There is no such enterprise in the register.")]
        return _page(enterprise_id, 422, form)
    except Problem as problem:
        session().rollback()
        blame(form, problem, "headquarters")
        return _page(enterprise_id, problem.status, form)
    flash(_("Saved. The managers of %(name)s see this enterprise from now on.", name=above.name), "success")
    return redirect(url_for("headquarters.of", enterprise_id=enterprise_id))


@bp.post("/<uuid:enterprise_id>/headquarters/end")
@allow("enterprise.edit")
def unlink(enterprise_id: UUID) -> ResponseReturnValue:
    """The enterprise is no branch any more."""
    enterprises.get(actor(), enterprise_id)
    store_branches.unlink(actor(), enterprise_id)
    flash(_("Saved. It is no branch any more."), "success")
    return redirect(url_for("headquarters.of", enterprise_id=enterprise_id))


def _page(enterprise_id: UUID, status: int = 200, form: Any = None) -> ResponseReturnValue:
    row = enterprises.get(actor(), enterprise_id)
    above = store_branches.headquarters_of(actor(), enterprise_id)
    below = store_branches.branches_of(actor(), enterprise_id)
    text = request.args.get("q", "")
    found = [one for one in enterprises.search(actor(), text).rows if one.id != enterprise_id][:MOST] if text else []
    known = enterprises.names([one.id for one in found])
    ids = [above.headquarters_id] if above else []
    typed = {"headquarters": str(above.headquarters_id), "may_answer": above.may_answer} if above else {}
    page = render_template(
        "enterprises/headquarters.html",
        enterprise=row,
        above=above,
        below=below,
        names={**enterprises.names([*ids, *(one.enterprise_id for one in below)]), **known},
        found=found,
        text=text,
        form=form or HeadquartersForm(formdata=None, data=typed),
    )
    return page, status
