"""The timeline of an enterprise: everything that is known about it by day, for staff and for its manager."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from compliance.casework import timeline
from compliance.casework.views.shown import page_number
from compliance.enterprises import store as enterprises
from compliance.people.gate import actor, allow

bp = Blueprint("timeline", __name__, url_prefix="/register")

PAGE = 50


@bp.get("/<uuid:enterprise_id>/timeline")
@allow("enterprise.timeline")
def of(enterprise_id: UUID) -> ResponseReturnValue:
    """The newest first, of one kind or of all; with ``all`` on one page, to print."""
    enterprise = enterprises.get(actor(), enterprise_id)
    kinds = timeline.kinds_for(actor(), enterprise_id)
    kind = request.args.get("what", "")
    entries = timeline.of(actor(), enterprise_id, kind if kind in kinds else "")
    whole = "all" in request.args
    pages = 1 if whole else max(1, -(-len(entries) // PAGE))
    page = min(page_number(), pages)
    return render_template(
        "casework/timeline.html",
        enterprise=enterprise,
        kinds=kinds,
        kind=kind if kind in kinds else "",
        entries=entries if whole else entries[(page - 1) * PAGE : page * PAGE],
        total=len(entries),
        page=page,
        pages=pages,
        whole=whole,
    )
