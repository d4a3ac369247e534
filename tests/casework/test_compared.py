"""The page that says where an enterprise stands among enterprises like it."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from compliance.enterprises import store as enterprises
from compliance.shared import audit, clock
from compliance.shared.database import session
from compliance.trends import store_benchmarks
from compliance.visits import store as visits
from compliance.visits.states import Route
from tests.trends.compared import GRAVE, peers, visited
from tests.trends.made import Maker
from tests.world import World

AFTER = datetime(2026, 10, 1, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with clock.at(AFTER):
        yield


@pytest.fixture
def fill(app: Flask, world: World) -> Callable[..., None]:
    """Peers with released, drawn visits, the reader's own enterprise among them, and the quarter kept."""

    def write(count: int = 12, own: bool = True, sizes: tuple[str, ...] = ("small",)) -> None:
        with app.app_context():
            all_of = world
            for size in sizes:
                all_of = peers(all_of, count // len(sizes), size=size)
            places = [*([0] if own else []), *range(3, 3 + count)]
            visited(all_of, places, date(2026, 7, 6), GRAVE)
            store_benchmarks.freeze(world.system, date(2026, 10, 1))
            audit.record(world.system, "test.filled")
            session().commit()

    return write


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_says_where_the_enterprise_stands(
    page: Any, world: World, fill: Callable[..., None], language: str
) -> None:
    fill()
    found = page("manager", f"/own/{world.enterprises[0]}/compared", language=language)
    assert bool(re.search("[一-鿿]", found.h1)) is (language == "zh")
    assert ("among the best quarter" in found.text) is (language == "en")
    assert ("at least 10 others" in found.text) is (language == "en")
    assert "Peer" not in found.text


def test_with_fewer_than_ten_others_there_is_no_number(page: Any, world: World, fill: Callable[..., None]) -> None:
    fill(count=9)
    found = page("manager", f"/own/{world.enterprises[0]}/compared")
    assert "No comparison yet" in found.text and "Middle half" not in found.text


def test_a_narrow_group_that_is_too_small_gives_way_to_a_wider(
    page: Any, world: World, fill: Callable[..., None]
) -> None:
    fill(count=12, sizes=("small", "large"))
    text = page("manager", f"/own/{world.enterprises[0]}/compared").text
    assert "A narrower group has too few enterprises behind it." in text


def test_without_a_scorecard_the_group_alone_is_shown(page: Any, world: World, fill: Callable[..., None]) -> None:
    fill(own=False)
    text = page("manager", f"/own/{world.enterprises[0]}/compared").text
    assert "You have no released scorecard yet." in text and "the middle half of the group lies at" in text


def test_nobody_reads_the_comparison_of_another(page: Any, world: World, fill: Callable[..., None]) -> None:
    fill()
    page("manager2", f"/own/{world.enterprises[0]}/compared", status=404)
    page("leader", f"/own/{world.enterprises[0]}/compared", status=404)
    page("stranger", f"/own/{world.enterprises[0]}/compared", status=404)


def test_nothing_unreleased_changes_a_byte(app: Flask, page: Any, world: World, fill: Callable[..., None]) -> None:
    """A visit to the reader or to a peer is planned or sealed, before the quarter is worked out or after."""
    with app.app_context():
        world = peers(world, 12)
        visited(world, [0, *range(3, 15)], date(2026, 7, 6), GRAVE)
        audit.record(world.system, "test.filled")
        session().commit()

    def seen() -> str:
        with app.app_context():
            store_benchmarks.freeze(world.system, date(2026, 10, 1))
            audit.record(world.system, "test.filled")
            session().flush()
            session().commit()
        return str(page("manager", f"/own/{world.enterprises[0]}/compared").text)

    with app.app_context():
        for place in (0, 5):
            row = visits.plan(
                world.actor("coordinator"), world.workplaces[place], planned_for=AFTER.date() + timedelta(days=1),
                route=Route.random, inspector_ids=[world.people["inspector"]],
            )  # fmt: skip
            row.inclusion_probability = 0.5
        maker = Maker(world, number=500)
        for place in (0, 4):
            sealed = maker.visit(enterprise=place, on=date(2026, 9, 20), missed=GRAVE, released=False)
            sealed.inclusion_probability = 0.5
        audit.record(world.system, "test.filled")
        session().commit()
    with_it = seen()
    assert "2026 Q3" in with_it and "100.0" in with_it
    with app.app_context():
        maker = Maker(world, number=700)
        for place in (0, 6, 7):
            sealed = maker.visit(Route.targeted, enterprise=place, on=date(2026, 9, 25), missed=GRAVE, released=False)
            sealed.inclusion_probability = 1.0
        audit.record(world.system, "test.filled")
        session().commit()
    assert seen() == with_it


def test_the_page_follows_the_register(app: Flask, page: Any, world: World, fill: Callable[..., None]) -> None:
    fill()
    with app.app_context():
        row = enterprises.get(world.system, world.enterprises[0])
        row.sector, row.size = "", None
        audit.record(world.system, "test.filled")
        session().commit()
    assert "all members" in page("manager", f"/own/{world.enterprises[0]}/compared").text
