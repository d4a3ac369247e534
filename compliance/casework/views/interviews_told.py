"""What workers said at all visits together, as counts in which nobody can be found."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from compliance.casework import interviewing
from compliance.people.gate import actor, allow

bp = Blueprint("interviews_told", __name__, url_prefix="/interviews")


@bp.get("/told")
@allow("interview.totals")
def totals() -> ResponseReturnValue:
    """Each question with the sums of what is told of single visits."""
    language = "zh" if actor().language.startswith("zh") else "en"
    return render_template("interviews/told.html", rows=interviewing.totals(actor()), language=language)
