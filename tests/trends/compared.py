"""Enterprises of a kind with drawn, released visits, for the benchmarks of managers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import select

from compliance.enterprises import store as enterprises
from compliance.shared import clock
from compliance.shared.database import session
from compliance.visits.models import Visit
from compliance.visits.states import Route
from tests.trends.made import NOW, Maker
from tests.world import World

GRAVE = ("SAF01", "SAF02", "SAF03", "SAF04", "SAF05", "SAF06", "SAF07", "WAG01", "WAG02", "WAG03", "WAG04")


def peers(world: World, count: int, sector: str = "C18", size: str = "small") -> World:
    """The world with more enterprises, after its own."""
    more, places = list(world.enterprises), list(world.workplaces)
    for number in range(count):
        facts = {"name": f"Peer {sector} {size} {number} 同行", "sector": sector, "size": size, "workers": 40}
        row = enterprises.create(world.system, facts)
        more.append(row.id)
        places.append(enterprises.workplaces_of(world.system, row.id)[0].id)
    return replace(world, enterprises=more, workplaces=places)


def visited(
    world: World, places: Sequence[int], on: date, missed: Sequence[str] = (), route: Route = Route.random
) -> list[UUID]:
    """A drawn visit to each of these enterprises, one day after the other, released on its day."""
    maker, made = Maker(world, number=world_number(world)), []
    for day, place in enumerate(places):
        then = on + timedelta(days=day % 50)
        with clock.at(NOW.replace(year=then.year, month=then.month, day=then.day)):
            row = maker.visit(route, enterprise=place, on=then, missed=tuple(missed[: place % (len(missed) + 1)]))
            row.inclusion_probability = 0.5
            made.append(row.id)
    session().flush()
    return made


def world_number(world: World) -> int:
    """How many visits there are, so that numbers do not repeat."""
    return len(session().exec(select(Visit.id)).all())
