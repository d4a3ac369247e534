"""Findings of all enterprises, as they were released: searched, narrowed, and carried away as a file."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from compliance.casework import lists, own_wording
from compliance.casework.views.shown import page_number
from compliance.findings import store as findings
from compliance.people.gate import actor, allow
from compliance.shared import translation

bp = Blueprint("findings", __name__, url_prefix="/findings")


@bp.get("/")
@allow("visit.read")
def listed() -> ResponseReturnValue:
    """Findings that stand, with what came of them; the wording is the one that their enterprises read."""
    asked = {name: request.args.get(name, "") for name in ("area", "severity")}
    text, view, sort = request.args.get("q", ""), request.args.get("view", "open"), request.args.get("sort", "-day")
    rows = lists.findings(actor(), text, **asked, view=view, sort=sort, page=page_number())
    return render_template(
        "casework/findings.html",
        listed=rows,
        told=findings.public_several(actor(), [row.id for row in rows.rows]),
        text=text,
        view=view,
        sort=sort,
        area_names={id: name.in_(translation.current()) for id, name in own_wording.areas(actor())},
        **asked,
    )
