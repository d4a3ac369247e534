"""Scorecards as the staff reads them: figures, the reason for every point, today's standing, and the ones before."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from compliance.casework import cases
from compliance.casework.views.shown import gravest_first
from compliance.checklists import store as checklists
from compliance.enterprises import store as enterprises
from compliance.findings import store as findings
from compliance.findings import store_replies as replies
from compliance.letters import store as letters
from compliance.people import store as people
from compliance.people.gate import actor, allow
from compliance.people.rules import can
from compliance.scorecards import store
from compliance.scorecards.store import ScorecardView
from compliance.visits import store as visits
from compliance.visits.rules import State

bp = Blueprint("scorecards", __name__)


@bp.get("/visits/<uuid:visit_id>/scorecard")
@allow("visit.read")
def visit(visit_id: UUID) -> ResponseReturnValue:
    """The scorecard of a visit that holds now."""
    row = visits.get(actor(), visit_id)
    card = store.of_visits(actor(), [visit_id]).get(visit_id)
    return _page(row, card) if card else _without(row)


@bp.get("/scorecards/<uuid:scorecard_id>")
@allow("visit.read")
def one(scorecard_id: UUID) -> ResponseReturnValue:
    """One scorecard, also one that another has taken the place of."""
    card = store.get(actor(), scorecard_id)
    row = visits.get(actor(), card.visit_id)
    current = store.current(actor(), row.id)
    if current.id == card.id:
        return redirect(url_for("scorecards.visit", visit_id=row.id))
    return _page(row, card, current)


def _page(row: Any, card: ScorecardView, newer: ScorecardView | None = None) -> str:
    pinned = checklists.load(card.checklist_digest)
    before = cases.previous(actor(), row)
    drafts = gravest_first(findings.of_visit(actor(), row.id, withdrawn=True), pinned)
    released = row.state is State.released
    return render_template(
        "casework/scorecard.html",
        visit=row,
        card=card,
        newer=newer,
        older=_older(card),
        pinned=pinned,
        standing=cases.standing(actor(), row) if released and newer is None else None,
        before=before,
        compared=cases.comparison(card, before),
        findings=drafts,
        disputes=replies.disputes(actor(), [one.id for one in drafts]) if released else {},
        letters=letters.of_visit(actor(), row.id),
        may_review=can(actor(), "visit.release"),
        **_around(row),
    )


def _without(row: Any) -> str:
    return render_template(
        "casework/no_scorecard.html", visit=row, may_review=can(actor(), "visit.release"), **_around(row)
    )


def _around(row: Any) -> dict[str, Any]:
    sent = visits.inspectors([row.id])[row.id]
    return {
        "name": enterprises.names([row.enterprise_id])[row.enterprise_id],
        "workplace": enterprises.workplace(actor(), row.workplace_id),
        "inspectors": sent,
        "people": people.people_names([*sent, row.sealed_by, row.released_by]),
    }


def _older(card: ScorecardView) -> list[ScorecardView]:
    """The scorecards that this one has taken the place of, newest first."""
    found: list[ScorecardView] = []
    while card.supersedes_id is not None and len(found) < 50:
        card = store.get(actor(), card.supersedes_id)
        found.append(card)
    return found
