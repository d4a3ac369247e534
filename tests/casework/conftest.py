"""What the tests of casework begin with: things made in the world, and tablets that speak to the server's door."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from compliance.shared.database import session
from compliance.visits import store as visits
from compliance.visits.rules import Event, Route
from tests.tablets import Tablet


@pytest.fixture
def tablet(sign_in) -> Callable[..., Tablet]:
    """``tablet("inspector2")``: a tablet of that person, which has called once."""

    def made(who: str = "inspector", ahead: timedelta = timedelta()) -> Tablet:
        one = Tablet(sign_in(who).http, ahead=ahead)
        assert one.contact(label=f"Tablet of {who}", agent="test").status_code == 200
        return one

    return made


@pytest.fixture
def handed(app, world) -> Callable[..., UUID]:
    """``handed(0, "inspector", "inspector2")``: the id of an open visit to that workplace, nothing entered."""

    def made(place: int = 0, *inspectors: str) -> UUID:
        with app.app_context():
            coordinator = world.actor("coordinator")
            visit = visits.plan(
                coordinator,
                world.workplaces[place],
                planned_for=visits.today(coordinator),
                route=Route.targeted,
                inspector_ids=[world.people[who] for who in inspectors or ("inspector",)],
            )
            visits.hand_out(coordinator, visit)
            session().commit()
            return visit.id

    return made


@pytest.fixture
def on_server(app, world) -> Callable[[UUID], list[Event]]:
    """``on_server(visit_id)``: every entry of a visit that the server has."""

    def read(visit_id: UUID) -> list[Event]:
        with app.app_context():
            found = visits.events(visits.get(world.system, visit_id))
            session().rollback()
            return sorted(found, key=lambda event: (event.device or "", event.seq or 0))

    return read


@pytest.fixture
def acting(app, world) -> Callable[..., Any]:
    """``acting(work)``: run ``work()`` with the world's stores, committed."""

    def run(work: Callable[[], Any]) -> Any:
        with app.app_context():
            result = work()
            session().commit()
            return result

    return run


@pytest.fixture
def build(app, world) -> Callable[..., Any]:
    """``build(maker, ...)``: make something of the world, as in ``made``, in an app context of its own; gives it."""

    def run(maker: Callable[..., Any], *args: Any, **more: Any) -> Any:
        with app.app_context():
            return maker(world, *args, **more)

    return run
