"""What is printed for workers: posters and cards."""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from compliance.casework import posters
from compliance.casework.views.shown import pdf
from compliance.complaints import policy
from compliance.complaints.posters import wordings
from compliance.people import store as people
from compliance.people.gate import actor, allow

bp = Blueprint("posters", __name__, url_prefix="/complaints/posters")


@bp.get("/")
@allow("complaint.enter")
def listed() -> ResponseReturnValue:
    """What there is to print, in which languages."""
    return render_template(
        "complaints/posters.html",
        kinds=(*posters.POSTERS, posters.CARDS),
        wordings=wordings(),
        checked=policy.checked(),
    )


@bp.get("/<kind>/<language>.pdf")
@allow("complaint.enter")
def paper(kind: str, language: str) -> Response:
    """One of them as PDF."""
    return pdf(posters.pressed(people.association(actor()), kind, language), f"{kind}-{language}.pdf", inline=True)
