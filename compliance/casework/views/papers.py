"""Papers to hand over or to keep: the record of a visit and the scorecard, for the staff and on the own pages."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from compliance.casework import outside, press, scorecard_paper, visit_record
from compliance.casework.views.own import bp as own
from compliance.casework.views.own_files import for_this_reader
from compliance.casework.views.shown import pdf, words
from compliance.people.gate import actor, allow
from compliance.shared.words import CHINESE, ENGLISH
from compliance.visits import store as visits

if TYPE_CHECKING:
    from compliance.people.rules import Actor
    from compliance.scorecards.store import ScorecardView
    from compliance.visits.models import Visit

bp = Blueprint("papers", __name__)
_CHOICES = {"en": ENGLISH, "zh": CHINESE, "both": "both"}


@bp.get("/visits/<uuid:visit_id>/record.pdf")
@allow("visit.read")
def record(visit_id: UUID) -> ResponseReturnValue:
    """The record of a visit, to print and hand over on site."""
    return _record(visits.get(actor(), visit_id))


@own.get("/visits/<uuid:visit_id>/record.pdf")
@allow("scorecard.read")
def own_record(visit_id: UUID) -> ResponseReturnValue:
    """The same, for the enterprise, once the visit is released."""
    card = outside.card_of_visit(actor(), visit_id)
    return _record(visits.get_released(actor(), card.visit_id))


@bp.get("/visits/<uuid:visit_id>/scorecard.pdf")
@allow("visit.read")
def scorecard(visit_id: UUID) -> ResponseReturnValue:
    """The scorecard of a released visit, in the form that its enterprise sees."""
    visit = visits.get(actor(), visit_id)
    reader = scorecard_paper.as_manager(actor(), visit.enterprise_id)
    return _scorecard(reader, outside.card_of_visit(reader, visit_id))


@own.get("/visits/<uuid:visit_id>/scorecard.pdf")
@allow("scorecard.read")
def own_scorecard(visit_id: UUID) -> ResponseReturnValue:
    """The same, for the enterprise."""
    return _scorecard(actor(), outside.card_of_visit(actor(), visit_id))


def _scorecard(reader: "Actor", card: "ScorecardView") -> Response:
    html = press.page("scorecard.html", p=scorecard_paper.of(reader, card), **paper_words())
    return for_this_reader(pdf(press.pressed(html).pdf, f"scorecard-{card.visited_on.isoformat()}.pdf"))


def paper_words() -> dict[str, Any]:
    """What every paper may use, as the pages do."""
    return {**words(), "steps": outside.STEPS, "bar": scorecard_paper.bar}


def _record(visit: "Visit") -> Response:
    said = visit_record.of(actor(), visit)
    wanted = _CHOICES.get(request.args.get("language", ""), said.language)
    html = press.page("record.html", record=said, languages=press.spoken(wanted))
    name = f"visit-record-{said.visited_on.isoformat()}.pdf" if said.visited_on else "visit-record.pdf"
    return for_this_reader(pdf(press.pressed(html).pdf, name))
