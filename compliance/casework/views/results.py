"""Released visits of all enterprises with their scores: searched, narrowed, and carried away as a file."""

from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from compliance.casework import lists
from compliance.casework.views.shown import page_number
from compliance.people.gate import actor, allow

bp = Blueprint("results", __name__, url_prefix="/results")


@bp.get("/")
@allow("visit.read")
def listed() -> ResponseReturnValue:
    """Visits that took place and are released, the newest first."""
    text, sort = request.args.get("q", ""), request.args.get("sort", "-day")
    first, last = _day("from"), _day("to")
    return render_template(
        "casework/results.html",
        listed=lists.released(actor(), text, first, last, sort, page_number()),
        text=text,
        first=first,
        last=last,
        sort=sort,
    )


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
