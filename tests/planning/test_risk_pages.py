"""The pages of the risk score: who sees them, what they say, and what they never say."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from compliance.enterprises import store_lists
from compliance.people.models import Tie
from compliance.people.rules import TieKind
from compliance.planning.models import DrawnWorkplace, DrawPeriod, DrawStratum
from compliance.planning.periods import PeriodState
from compliance.shared import audit, clock
from compliance.shared.database import db, session
from compliance.visits.states import Outcome, Route
from tests.trends.made import NOW, Maker
from tests.world import World

MANY = ("SAF01", "SAF02", "SAF03", "SAF04", "SAF05", "SAF06", "SAF07", "WAG01", "WAG02", "WAG03", "WAG04")


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with clock.at(NOW):
        yield


def tied(world: World, who: str) -> None:
    session().add(
        Tie(person_id=world.people[who], enterprise_id=world.enterprises[0], kind=TieKind.kin, declared_at=NOW)
    )


def kept(world: World) -> None:
    audit.record(world.system, "test.filled")
    session().commit()


@pytest.fixture
def drawn(app: Flask, world: World) -> Callable[..., None]:
    """Periods whose one workplace was drawn at random, visited and released: points at the draw, outcome."""

    def write(trials: list[tuple[int, bool]], refused: int = 0) -> None:
        with app.app_context():
            maker = Maker(world)
            for number, (points, short) in enumerate([*trials, *[(0, False)] * refused]):
                on = date(2026, 1, 5) + timedelta(days=2 * number)
                outcome = Outcome.completed if number < len(trials) else Outcome.refused
                place = 1 + number % 2
                visit = maker.visit(enterprise=place, on=on, missed=MANY if short else (), outcome=outcome)
                period = DrawPeriod(
                    association_id=world.association_id, name=f"P{number}", first_day=on, last_day=on,
                    state=PeriodState.drawn, algorithm="1", frame_digest="0" * 64, frame_size=1, seed="0" * 64,
                    seed_digest="0" * 64, frozen_at=NOW, drawn_at=NOW,
                )  # fmt: skip
                session().add(period)
                session().flush()
                stratum = DrawStratum(
                    association_id=world.association_id, period_id=period.id, key="all", route=Route.random,
                    frame_size=2, drawn=1,
                )  # fmt: skip
                session().add(stratum)
                session().flush()
                session().add(
                    DrawnWorkplace(
                        association_id=world.association_id, period_id=period.id, stratum_id=stratum.id,
                        enterprise_id=world.enterprises[place], workplace_id=world.workplaces[place],
                        route=Route.random, inclusion_probability=0.5, position=1, points=points, visit_id=visit.id,
                    )
                )  # fmt: skip
            kept(world)

    return write


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_list_has_each_workplace_with_points_and_reasons(page: Any, world: World, language: str) -> None:
    found = page("coordinator", "/risk/", language=language)
    assert bool(re.search("[一-鿿]", found.h1)) is (language == "zh")
    assert "Example Garments" in found.text and "14" in found.text
    assert ("Time since the last visit: never visited" in found.text) is (language == "en")
    one = page("coordinator", f"/risk/{world.workplaces[0]}", language=language)
    assert "96" in one.text and ("Women" in one.text) is (language == "en")


def test_the_list_is_searched_filtered_and_sorted(page: Any) -> None:
    names = ("Garments", "Footwear", "Canteen")

    def order(**query: Any) -> list[str]:
        text = page("coordinator", "/risk/", **query).text
        return sorted((name for name in names if f"Example {name}" in text), key=text.index)

    assert order(q="footwear") == ["Footwear"]
    assert order(sector="H62") == ["Canteen"]
    assert order(sort="name") == ["Canteen", "Footwear", "Garments"]
    assert order(sort="-name") == ["Garments", "Footwear", "Canteen"]
    assert len(order(sort="points", page="7")) == 3
    assert "No workplace fits" in page("coordinator", "/risk/", q="nothing like it").text


WAITS = "These figures are being worked out"


@pytest.mark.parametrize(
    "query", [{}, {"sort": "points"}, {"sort": "name"}, {"sort": "-name"}, {"q": "example"}, {"sector": "H62"}]
)
def test_a_large_register_gets_the_same_list_a_moment_later(
    page: Any, monkeypatch: pytest.MonkeyPatch, query: dict[str, str]
) -> None:
    small = page("coordinator", "/risk/", **query).text
    monkeypatch.setattr(store_lists, "LARGE", 0)
    assert WAITS in page("coordinator", "/risk/", **query).text
    large = page("coordinator", "/risk/", **query).text
    assert "As of" in large
    assert " ".join(re.sub(r"As of [^.]*\. What was written since [^.]*\.", "", large).split()) == " ".join(
        small.split()
    )


def test_the_reasons_of_one_are_of_this_moment_and_the_order_of_the_last_working_out(
    app: Flask, page: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_lists, "LARGE", 0)
    page("coordinator", "/risk/")
    assert "never visited" in page("coordinator", f"/risk/{world.workplaces[0]}").text
    with app.app_context():
        Maker(world).visit(Route.random, enterprise=0, on=date(2026, 8, 3), missed=MANY)
        kept(world)
    assert "never visited" not in page("coordinator", f"/risk/{world.workplaces[0]}").text
    assert "What was written since may be missing" in page("coordinator", "/risk/").text


def test_an_own_enterprise_is_not_in_a_large_list_whoever_asked_first(
    app: Flask, page: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_lists, "LARGE", 0)
    page("coordinator", "/risk/")
    assert "Garments" in page("coordinator", "/risk/").text
    with app.app_context():
        tied(world, "coordinator")
        kept(world)
    for query in ({}, {"sort": "name"}, {"q": "garments"}):
        found = page("coordinator", "/risk/", **query).text
        assert "Example Garments" not in found and WAITS not in found
    page("coordinator", f"/risk/{world.workplaces[0]}", status=404)


def test_nobody_but_coordinators_sees_points(page: Any, world: World) -> None:
    for who in ("leader", "reviewer", "inspector", "administrator", "manager", "outsider"):
        page(who, "/risk/", status=403)
        page(who, f"/risk/{world.workplaces[0]}", status=403)
    page("stranger", f"/risk/{world.workplaces[0]}", status=404)


def test_an_own_enterprise_is_not_in_the_list(app: Flask, page: Any, world: World) -> None:
    with app.app_context():
        tied(world, "coordinator")
        kept(world)
    assert "Garments" not in page("coordinator", "/risk/").text
    assert "Garments" not in page("coordinator", "/risk/", q="garments", sort="name").text
    page("coordinator", f"/risk/{world.workplaces[0]}", status=404)


def test_a_sealed_result_moves_no_points(app: Flask, page: Any, world: World) -> None:
    before = page("coordinator", f"/risk/{world.workplaces[0]}").text
    with app.app_context():
        Maker(world).visit(Route.targeted, released=False, missed=MANY)
        kept(world)
    assert page("coordinator", f"/risk/{world.workplaces[0]}").text == before


def test_a_score_that_finds_shortfalls_is_said_to_do_so(page: Any, drawn: Callable[..., None]) -> None:
    drawn([(10 + number % 7, number % 3 == 0) for number in range(30)] + [(30, True)] * 10, refused=3)
    text = page("leader", "/score/").text
    assert (
        "times as often as everywhere" in text
        and "left to the lot" in text
        and "refused or where nobody was found: 3" in text
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_few_visits_judge_nothing(page: Any, drawn: Callable[..., None], language: str) -> None:
    drawn([(20, True), (3, False)])
    text = page("leader", "/score/", language=language).text
    assert ("走访太少" if language == "zh" else "Too few visits") in text


def test_the_page_for_leadership_names_nobody_and_no_points(
    page: Any, drawn: Callable[..., None], world: World
) -> None:
    drawn([(5 + number, number % 2 == 0) for number in range(32)])
    for who in ("leader", "coordinator"):
        found = page(who, "/score/")
        assert "Example" not in found.text.replace("Example City", "")
        assert list(found.links("/risk/")) == []
    page("manager", "/score/", status=403)


def test_pages_ask_the_database_a_bounded_number_of_times(app: Flask, page: Any) -> None:
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        page("coordinator", "/risk/")
        first = len(asked)
        asked.clear()
        page("coordinator", "/risk/", sort="name")
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    assert first <= 45 and len(asked) <= 45
