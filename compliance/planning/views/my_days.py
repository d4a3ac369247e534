"""The half-days on which an inspector is out, and with whom; never where, and never how many visits it is."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from compliance.people.gate import actor, allow
from compliance.planning import store_days, store_schedule
from compliance.visits.parts import PART_WORDS

bp = Blueprint("my_days", __name__)


@bp.get("/my-days")
@allow("visit.conduct")
def listed() -> ResponseReturnValue:
    """One's own days from today on."""
    lead = store_schedule.handout(actor()).lead
    return render_template("planning/my_days.html", rows=store_days.my_days(actor()), parts=PART_WORDS, lead=lead)
