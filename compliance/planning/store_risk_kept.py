"""The points of a large register, as a job worked them out: everybody in the order of points, and the sectors' rates.

They are those of the whole association, whoever asks; what the actor sees from the outside only is taken out when they
are read. The reasons of a workplace that is looked at are read at that moment, but for the rate of its sector.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.enterprises import store_lists
from compliance.people import store as people
from compliance.people.rules import Actor, system_actor
from compliance.planning import frames, risk, store_members, store_risk
from compliance.planning.frames import Alike, Outline
from compliance.shared import worked_out
from compliance.shared.database import session
from compliance.shared.jobs import Run, job
from compliance.shared.words import N_
from compliance.shared.worked_out import Figure

POINTS = "risk.points"
_ID = 32


@dataclass(frozen=True)
class Points:
    """Points of active workplaces by their ids (32 hexadecimal digits), the most first, and by sector its rate.

    ``rates`` is None where the rates of this moment are to be read; ``figure`` where these points are of this moment.
    """

    points: Mapping[str, int]
    rates: Mapping[str, int] | None = None
    figure: Figure | None = None


def points(actor: Actor, day: date) -> Points | Figure:
    """Everybody's points: at once for a small register, else as a job worked them out, or how far it is with them."""
    figure = look(actor, day)
    if figure is None:
        found = sorted(store_risk.points_of(actor, day).items(), key=lambda one: (-one[1], one[0]))
        return Points({id.hex: number for id, number in found})
    if figure.body is None:
        return figure
    there, hidden = points_by_id(figure), _hidden(actor)
    return Points({id: n for id, n in there.items() if id not in hidden} if hidden else there, _rates(figure), figure)


def look(actor: Actor, day: date) -> Figure | None:
    """The points of a large register as they are kept, or how far a job is with them; None for a small one."""
    if not store_lists.is_large(actor):
        return None
    return worked_out.look(actor, POINTS, {}, day.isoformat(), N_("Points of risk"))


def points_by_id(figure: Figure) -> dict[str, int]:
    """Everybody's points by id (32 hexadecimal digits), the most first."""
    return {
        ids[start : start + _ID]: int(number)
        for number, ids in figure.body["points"].items()
        for start in range(0, len(ids), _ID)
    }


def outline(figure: Figure) -> Outline:
    """How many workplaces are alike, with these points."""
    return {Alike(*one): number for *one, number in figure.body["outline"]}


def rates(actor: Actor, day: date) -> Mapping[str, int] | None:
    """The sectors' rates of a large register as a job worked them out; None where those of this moment are read."""
    figure = look(actor, day)
    return None if figure is None or figure.body is None else _rates(figure)


@job(POINTS)
def work_out(run: Run, asked: dict[str, Any], person_id: str, address: str) -> None:
    """Work out everybody's points."""
    actor = system_actor(people.actor_of(UUID(person_id), address, "").association_id)
    day = store_risk.today(actor)
    run.progress(0, 1)
    worked_out.keep(actor.association_id, POINTS, asked, day.isoformat(), lambda: _told(actor, day))


def _told(actor: Actor, day: date) -> dict[str, Any]:
    """The ids of those with equal points follow each other without a space: half the size, and quickly read."""
    add = risk.adder(store_risk.weights(actor, day), day)
    points = {one.workplace_id.hex: add(one) for one in store_risk.facts(actor, day)}
    equal = defaultdict(list)
    for id, number in points.items():
        equal[number].append(id)
    joined = {str(number): "".join(sorted(equal[number])) for number in sorted(equal, reverse=True)}
    alike = frames.outline(store_members.members(actor.association_id, points))
    return {
        "points": joined,
        "rates": dict(store_risk.rates(actor, day)),
        "outline": [[*one, number] for one, number in sorted(alike.items())],
    }


def _rates(figure: Figure) -> Mapping[str, int]:
    found: Mapping[str, int] = figure.body["rates"]
    return found


def _hidden(actor: Actor) -> set[str]:
    if not actor.outside_ids:
        return set()
    workplace = SQLModel.metadata.tables["workplace"]
    query = sa.select(workplace.c.id).where(workplace.c.enterprise_id.in_(sorted(actor.outside_ids)))
    return {id.hex for id in session().execute(query).scalars()}
