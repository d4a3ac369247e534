"""Reading what the risk score is judged by: released visits of draws, with the points that were frozen at the draw."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.enterprises import store_lists
from compliance.people import store as people
from compliance.people.rules import Actor
from compliance.planning import risk, risk_quality, store_risk
from compliance.planning.risk_quality import Quality, Standing, Trial
from compliance.shared import worked_out
from compliance.shared.database import session
from compliance.shared.jobs import Run, job
from compliance.shared.kept import until_written
from compliance.shared.words import N_
from compliance.shared.worked_out import Figure
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


QUALITY = "risk.quality"


def kept(actor: Actor, day: date) -> tuple[Judged | None, Figure | None]:
    """How well the score does: at once for a small register, else as a job worked it out, None until it has."""
    if not store_lists.is_large(actor):
        return judged(actor, day), None
    figure = worked_out.look(actor, QUALITY, _outside(actor), day.isoformat(), N_("Does the score find shortfalls?"))
    return None if figure.body is None else _read(figure.body), figure


@job(QUALITY)
def work_out(run: Run, asked: dict[str, Any], person_id: str, address: str) -> None:
    """Judge the score anew, for who sees what the person who asked may see now."""
    actor = people.actor_of(UUID(person_id), address, "")
    day = store_risk.today(actor)
    run.progress(0, 1)
    worked_out.keep(
        actor.association_id, QUALITY, {**asked, **_outside(actor)}, day.isoformat(), lambda: _told(actor, day)
    )


def _outside(actor: Actor) -> dict[str, Any]:
    return {"outside": sorted(map(str, actor.outside_ids))}


def _told(actor: Actor, day: date) -> dict[str, Any]:
    found = judged(actor, day)
    return {**asdict(found), "since": found.since.isoformat()}


def _read(body: Mapping[str, Any]) -> Judged:
    """What ``_told`` told."""
    quality = dict(body["quality"])
    for name in ("rank", "lift", "whole"):
        quality[name] = risk_quality.Figure(**quality[name]) if quality[name] else None
    return Judged(
        since=date.fromisoformat(body["since"]),
        quality=Quality(**quality),
        standing=Standing(**body["standing"]) if body["standing"] else None,
        chosen=body["chosen"],
        chosen_short=body["chosen_short"],
        refused=body["refused"],
        cautions=[risk_quality.Caution(one) for one in body["cautions"]],
    )


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
