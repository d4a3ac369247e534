"""A headquarters sees its branches: all of them in one table, with totals; each one's own pages behind it."""

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from compliance.casework import branches
from compliance.casework.views.own import around
from compliance.casework.views.own import bp as own
from compliance.people.gate import actor, allow
from compliance.shared.problems import NotFound
from compliance.shared.words import N_


@own.get("/<uuid:enterprise_id>/branches")
@allow("scorecard.read")
def branches_of(enterprise_id: UUID) -> ResponseReturnValue:
    """The branches of an enterprise that the reader manages."""
    frame = around(enterprise_id)
    rows = branches.of(actor(), enterprise_id)
    if not rows or not frame["speaks"]:
        raise NotFound("branch-unknown", N_("This enterprise has no branches."))
    return render_template(
        "casework/own/branches.html",
        rows=rows,
        total=branches.total(rows),
        checklist=branches.checklist(actor()),
        **frame,
    )
