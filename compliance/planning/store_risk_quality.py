"""Reading what the risk score is judged by: released visits of draws, with the points that were frozen at the draw."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.people.rules import Actor
from compliance.planning import risk, risk_quality, store_risk
from compliance.planning.risk_quality import Quality, Standing, Trial
from compliance.shared.database import session
from compliance.shared.kept import until_written
from compliance.visits.states import Outcome, Route, State

FEWEST_MEMBERS = 10
"""Of fewer workplaces nothing is said about today's points: it would be about each of them."""


@dataclass(frozen=True)
class Judged:
    """The score and what is known of it.

    ``chosen`` and ``chosen_short``: visits that were chosen by points, and those of them with a shortfall; ``refused``:
    random visits that were refused or not found, of which nothing is known.
    """

    since: date
    quality: Quality
    standing: Standing | None
    chosen: int
    chosen_short: int
    refused: int
    cautions: list[risk_quality.Caution]


def judged(actor: Actor, day: date) -> Judged:
    """How well the score does, from the visits of draws within the months of the weights.

    Visits to enterprises that the actor sees from the outside only are left out.
    """
    weights = store_risk.weights(actor, day)
    since = day - timedelta(days=round(weights.months * 30.4375))
    rows = _drawn(actor, since, weights.shortfall)
    trials = [Trial(row.points, bool(row.short), 1 / row.inclusion_probability) for row in rows if _random(row)]
    chosen = [row for row in rows if row.route == Route.targeted and row.outcome == Outcome.completed]
    refused = sum(
        row.route == Route.random and row.outcome in (Outcome.refused, Outcome.not_found) for row in rows
    )  # fmt: skip
    picked = [Trial(row.points, bool(row.short)) for row in chosen]
    found, today = risk_quality.quality(trials, picked), _standing(actor, day)
    cautions = risk_quality.warnings(found, today, trials) if today.members >= FEWEST_MEMBERS else []
    shown = today if today.members >= FEWEST_MEMBERS else None
    return Judged(since, found, shown, len(chosen), sum(bool(row.short) for row in chosen), refused, cautions)


def _random(row: Any) -> bool:
    return bool(row.route == Route.random and row.outcome == Outcome.completed)


def _drawn(actor: Actor, since: date, shortfall: tuple[str, ...]) -> list[Any]:
    """Drawn workplaces whose visit is released, with its standing band; completed ones without a band are left out."""
    drawn, visit, card = (SQLModel.metadata.tables[name] for name in ("drawn_workplace", "visit", "scorecard"))
    later = card.alias("later")
    stands = ~sa.exists().where(
        later.c.visit_id == card.c.visit_id, later.c.released_at.is_not(None), later.c.issued_at > card.c.issued_at
    )
    standing = sa.and_(card.c.visit_id == visit.c.id, card.c.released_at.is_not(None), card.c.band.is_not(None), stands)
    conditions = [
        drawn.c.association_id == actor.association_id,
        visit.c.state == State.released,
        visit.c.planned_for >= since,
        sa.or_(visit.c.outcome != Outcome.completed, card.c.id.is_not(None)),
    ]
    if actor.outside_ids:
        conditions.append(drawn.c.enterprise_id.not_in(sorted(actor.outside_ids)))
    query = (
        sa.select(
            drawn.c.route, drawn.c.points, drawn.c.inclusion_probability, visit.c.outcome,
            sa.case((card.c.band.in_(shortfall), 1), else_=0).label("short"),
        )
        .select_from(drawn.join(visit, visit.c.id == drawn.c.visit_id).outerjoin(card, standing))
        .where(*conditions)
    )  # fmt: skip
    return list(session().execute(query))


def _standing(actor: Actor, day: date) -> Standing:
    key = ("risk standing", actor.association_id, actor.outside_ids, day)
    return until_written(key, lambda: risk_quality.standing(_scored(actor, day)))


def _scored(actor: Actor, day: date) -> list[tuple[int, float]]:
    """The points of everybody, and of the third with the most those that rest on visits because of earlier results."""
    weights = store_risk.weights(actor, day)
    add = risk.adder(weights, day)
    known = [(add(one), one) for one in store_risk.facts(actor, day)]
    least = risk_quality.least_of_top([number for number, _ in known])
    return [(n, risk.points(one, weights, day).chosen if n >= least else 0.0) for n, one in known]
