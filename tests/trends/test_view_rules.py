"""Rules of the further views: what comes back, coverage, training needs, places on the map."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.enterprises import classes
from compliance.estimation.strata import Scale, Stratum, Sums
from compliance.trends import marks, places, reach, repeats
from compliance.trends.reach import GROUPS, Reached
from compliance.trends.repeats import ItemAgain
from compliance.trends.stated import Stated, state


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ({}, None),
        ({40: 1}, (1, 40, 40, 40)),
        ({10: 2, 20: 1, 400: 1}, (4, 10, 10, 20)),
        ({1: 1, 2: 1, 3: 1}, (3, 1, 2, 2)),
    ],
)
def test_the_middle_half_of_the_days(days: dict[int, int], told: tuple[int, ...] | None) -> None:
    found = repeats.between(days)
    assert (found and (found.n, found.lower, found.middle, found.upper)) == told


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(st.integers(0, 2000), st.integers(1, 9)))
def test_every_day_is_in_one_part(days: dict[int, int]) -> None:
    assert sum(repeats.parts(days)) == sum(days.values())


def test_what_came_back_at_most_places_is_first_and_what_never_did_is_not_told() -> None:
    found = repeats.most([ItemAgain("a", 9, 1), ItemAgain("b", 9, 3), ItemAgain("c", 9, 0), ItemAgain("d", 4, 3)])
    assert [one.item for one in found] == ["d", "b", "a"]


@pytest.mark.parametrize(
    ("today", "months", "day"),
    [
        (date(2026, 9, 15), 6, date(2026, 3, 15)),
        (date(2026, 8, 31), 6, date(2026, 2, 28)),
        (date(2026, 3, 31), 12, date(2025, 3, 31)),
        (date(2026, 1, 31), 36, date(2023, 1, 31)),
    ],
)
def test_months_before_a_day(today: date, months: int, day: date) -> None:
    assert reach.months_before(today, months) == day


def test_coverage_adds_and_takes_away() -> None:
    one = Reached(10, 4, 2, (3, 1, 0, 0, 1, 5))
    two = Reached(6, 1, 0, (1, 0, 0, 0, 0, 5))
    assert (one + two) - two == one
    assert (one + two).never == 10
    assert Reached().share is None
    assert len(one.since) == len(GROUPS)


def of(n: int, y: int, *, drawn: bool = True) -> Stated:
    sums = Sums.count(n, y)
    strata = (Stratum(population=20 * max(n, 1), drawn=n, visited=n, sums=sums),) if drawn else ()
    return state(strata, sums, Scale.share, high_is_good=False)


def test_a_need_is_frequent_even_at_the_lower_end() -> None:
    figures = {("a", "C18"): of(60, 40), ("b", "C18"): of(60, 14), ("c", "C18"): of(60, 3)}
    [need] = marks.needs(figures, {"C18": 300})
    assert (need.item, need.drawn) == ("a", True)
    assert marks.FREQUENT <= need.low <= need.value <= need.high
    assert need.least == int(300 * need.low)
    assert need.about == 200


@pytest.mark.parametrize(("n", "y", "spoken"), [(7, 7, False), (8, 8, True), (30, 2, False)])
def test_without_a_draw_a_need_speaks_for_those_visited_only(n: int, y: int, spoken: bool) -> None:
    found = marks.needs({("a", "C18"): of(n, y, drawn=False)}, {"C18": 50})
    assert [one.drawn for one in found] == ([False] if spoken else [])


def test_the_more_is_looked_at_the_stricter_each_is_held() -> None:
    few = {("a", "C18"): of(40, 14)}
    many = few | {(f"x{place}", "C18"): of(40, 2) for place in range(300)}
    assert [one.item for one in marks.needs(few, {"C18": 50})] == ["a"]
    assert not marks.needs(many, {"C18": 50})


def test_a_group_without_members_needs_no_training() -> None:
    assert not marks.needs({("a", "C18"): of(60, 50)}, {})


def test_few_visits_have_no_interval() -> None:
    assert marks.wilson(Sums.count(7, 7), 0.95) is None
    share, low, high = marks.wilson(Sums(10, Decimal(3), Decimal(3)), 0.95) or (0, 0, 0)
    assert (share, round(low, 3), round(high, 3)) == (0.3, 0.108, 0.603)


def test_every_place_on_the_map_is_a_district_and_no_two_share_one() -> None:
    assert len(set(places.known().values())) == len(places.known())
    assert places.known().keys() <= classes.districts().keys()
    kunming = {code for code in classes.districts() if code.startswith("5301") and not code.endswith("00")}
    assert places.known().keys() == kunming


@pytest.mark.parametrize(
    ("members", "city"), [({}, ""), ({"unknown": 9}, ""), ({"530102": 3, "440100": 2, "unknown": 9}, "5301")]
)
def test_the_city_is_that_of_most_members(members: dict[str, int], city: str) -> None:
    assert places.home(members) == city


def test_districts_without_a_place_stand_in_rows_below() -> None:
    at_home = places.placed(["530102", "440100"], "5301")
    assert at_home["530102"] == (1, 2)
    assert at_home["440100"] == (0, 5)
    assert len(set(at_home.values())) == len(at_home)
    assert places.placed(["440103", "440104"], "4401") == {"440103": (0, 0), "440104": (1, 0)}
