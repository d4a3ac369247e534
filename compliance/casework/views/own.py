"""The enterprise's own pages: where it stands, what is asked of it, its scorecards.

For managers, and for people of the association who see an enterprise from outside because of a tie. Every page is made
of released things alone; the modules beside this one add findings, corrective actions and letters to its blueprint.
"""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from compliance.casework import cases, outside
from compliance.casework.outside import Told
from compliance.casework.views.shown import words
from compliance.checklists import howto
from compliance.checklists import store as checklists
from compliance.checklists.rules import Checklist
from compliance.enterprises import store as enterprises
from compliance.letters import store as letters
from compliance.people.gate import actor, allow
from compliance.scorecards.result import OVERALL, Result
from compliance.scorecards.store import ScorecardView
from compliance.shared import charts
from compliance.shared.drawing import fitted
from compliance.shared.translation import gettext as _

bp = Blueprint("own", __name__, url_prefix="/own")
bp.context_processor(words)

SHOWN_AT_ONCE = 8
LATEST = 4


@bp.get("/")
@allow("enterprise.own")
def overview() -> ResponseReturnValue:
    """A manager's start page: the enterprise, or the first of several."""
    managed = outside.managed(actor())
    if not managed:
        return render_template("casework/own/none.html")
    return _overview(managed[0].id, managed)


@bp.get("/<uuid:enterprise_id>")
@allow("enterprise.open")
def enterprise(enterprise_id: UUID) -> ResponseReturnValue:
    """One enterprise as its manager sees it; also for whoever has a tie to it."""
    return _overview(enterprise_id)


@bp.get("/visits/<uuid:visit_id>")
@allow("scorecard.read")
def scorecard(visit_id: UUID) -> ResponseReturnValue:
    """The scorecard of a released visit that holds now."""
    card = outside.card_of_visit(actor(), visit_id)
    return _scorecard(card, card)


@bp.get("/scorecards/<uuid:scorecard_id>")
@allow("scorecard.read")
def earlier_scorecard(scorecard_id: UUID) -> ResponseReturnValue:
    """A released scorecard, also one that a correction has taken the place of."""
    card = outside.one_card(actor(), scorecard_id)
    return _scorecard(card, outside.card_of_visit(actor(), card.visit_id))


@bp.get("/photos/<uuid:evidence_id>")
@allow("finding.read")
def photo(evidence_id: UUID) -> Response:
    """A photo beside a finding, on which nobody can be recognised."""
    data = outside.photo(actor(), evidence_id, small="small" in request.args)
    return Response(data, mimetype="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})


def around(enterprise_id: UUID, managed: list[Any] | None = None) -> dict[str, Any]:
    """What every page of an enterprise shows around its own matter: the name, the switch, the reader's standing, the
    workplaces by name. Raises ``NotFound`` for an enterprise that the reader does not see from outside.
    """
    managed, on = managed or outside.managed(actor()), cases.today(actor())
    enterprise = next((row for row in managed if row.id == enterprise_id), None)
    enterprise = enterprise or outside.own(actor(), enterprise_id)
    workplaces = outside.names(actor(), enterprise_id)
    reasons = outside.reasons_waiting(actor(), enterprise_id)
    return {
        "enterprise": enterprise,
        "managed": managed,
        "speaks": outside.manages(actor(), enterprise_id),
        "workplaces": workplaces,
        "several": len(workplaces) > 1,
        "steps": outside.STEPS,
        "reasons": reasons,
        "step_of": lambda action: outside.step(action, on, reasons),
        "howtos": howto.items(),
        "shop": howto.shop_of(enterprise.workers),
        "branch": enterprise_id in actor().branch_ids,
        "has_branches": enterprise_id in actor().enterprise_ids and bool(actor().branch_ids - {enterprise_id}),
    }


def _overview(enterprise_id: UUID, managed: list[Any] | None = None) -> str:
    frame = around(enterprise_id, managed)
    cards = outside.cards_of(actor(), enterprise_id)
    current = checklists.current_or_none(actor().association_id)
    return render_template(
        "casework/own/overview.html",
        places=outside.places(actor(), enterprise_id, cards),
        work=outside.work(actor(), enterprise_id, outside.waiting(actor(), cards), frame["reasons"]),
        latest=letters.of_enterprise(actor(), enterprise_id)[:LATEST],
        most=SHOWN_AT_ONCE,
        code_number=current.number if current else None,
        code_version=current.code_version if current else None,
        pledge=enterprises.pledge_in_force(actor(), enterprise_id, cases.today(actor())),
        **frame,
    )


def _scorecard(card: ScorecardView, newest: ScorecardView) -> str:
    frame = around(card.enterprise_id)
    holds = newest.id == card.id
    checklist = checklists.load(card.checklist_digest)
    before = cases.previous_card(actor(), card)
    compared = cases.comparison(card, before)
    told = outside.of_visit(actor(), newest)
    replaced = outside.superseded_by(actor(), newest)
    today = outside.standing(actor(), card) if holds else None
    return render_template(
        "casework/own/scorecard.html",
        card=card,
        newest=newest,
        holds=holds,
        checklist=checklist,
        before=before,
        compared=compared,
        standing=today,
        chart=_chart(checklist, card.result, before.result if before else None),
        told=told,
        findings_by_item=_by_item(told),
        versions=[newest, *replaced] if replaced else [],
        workplace=frame["workplaces"].get(card.workplace_id, ""),
        letters=letters.of_visit(actor(), card.visit_id),
        **frame,
    )


def _by_item(told: list[Told]) -> dict[str, Told]:
    return {one.item.id: one for one in reversed(told)}


def _chart(checklist: Checklist, now: Result, before: Result | None) -> Any:
    """The areas as dots from 0 to 100, with the last visit as rings."""
    earlier = {area.area: area for area in (*before.areas, before.overall)} if before else {}
    language = actor().language

    def dot(area: Any, name: str) -> charts.Dot:
        last = earlier.get(area.area)
        return charts.Dot(
            name,
            None if area.shown is None else float(area.shown),
            "–" if area.shown is None else f"{area.shown:.1f}",
            before=None if last is None or last.shown is None else float(last.shown),
        )

    rows = [dot(area, checklist.area(area.area).short.in_(language)) for area in now.areas]
    rows.append(dot(now.area(OVERALL), str(_("Overall"))))
    return fitted(
        lambda width: charts.dots(
            "own-areas",
            _("Scores by area, 0 to 100"),
            _("The same figures stand in the table."),
            rows,
            keys=(str(_("this visit")), str(_("the visit before")), str(_("median"))),
            width=width,
        )
    )
