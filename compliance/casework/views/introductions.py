"""The introduction letter: the inspectors' page to show or print, and the open page on which anybody checks one."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from compliance.casework import introductions
from compliance.enterprises import store as enterprises
from compliance.people.gate import actor, allow
from compliance.shared.words import CHINESE, ENGLISH, day
from compliance.visits import store as visits

bp = Blueprint("introductions", __name__)
_LANGUAGES = {"zh": (CHINESE,), "en": (ENGLISH,), "both": (CHINESE, ENGLISH)}


@bp.get("/visits/<uuid:visit_id>/introduction")
@allow("visit.read")
def show(visit_id: UUID) -> ResponseReturnValue:
    """The letter of a visit that is handed out, to show on the screen or to print."""
    visit = visits.get(actor(), visit_id)
    facts = introductions.letter(actor(), visit)
    usual = enterprises.get(actor(), visit.enterprise_id).letter_language
    wanted = request.args.get("language") or {str(CHINESE): "zh", str(ENGLISH): "en"}.get(str(usual), "both")
    address = introductions.address(facts.code)
    return render_template(
        "introductions/show.html",
        visit=visit,
        facts=facts,
        wanted=wanted if wanted in _LANGUAGES else "both",
        languages=_LANGUAGES.get(wanted, _LANGUAGES["both"]),
        picture=introductions.picture(address),
        address=address,
        day_in=day,
    )
