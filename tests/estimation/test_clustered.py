"""Shares of things that belong together: as wide as members, not things, can tell."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.estimation.clustered import FEWEST, Clusters, alike, clustered_share, wider
from compliance.estimation.survival import survival, survival_of


def of(*clusters: tuple[int, int]) -> Clusters:
    found = Clusters()
    for n, y in clusters:
        found = found.of(n, y)
    return found


def test_single_things_are_those_of_wilson() -> None:
    found = clustered_share(of(*[(1, 1)] * 10, *[(1, 0)] * 10))
    assert found.value == 0.5
    assert (round(found.low, 3), round(found.high, 3)) == pytest.approx((0.299, 0.701), abs=0.005)


def test_ten_of_one_member_say_no_more_than_one() -> None:
    alone = clustered_share(of(*[(1, 1)] * 10, *[(1, 0)] * 10))
    together = clustered_share(of(*[(10, 10)] * 10, *[(10, 0)] * 10))
    assert together.alike == pytest.approx(10, rel=0.06)
    assert (together.low, together.high) == pytest.approx((alone.low, alone.high), abs=0.02)


def test_all_alike_shows_nothing_so_each_member_counts_once() -> None:
    assert alike(of(*[(10, 10)] * 10)) == 10
    assert clustered_share(of(*[(10, 10)] * 10)).low < 0.8


def test_few_members_give_no_interval() -> None:
    assert clustered_share(of(*[(50, 25)] * (FEWEST - 1))).silent
    assert not clustered_share(of(*[(50, 25)] * FEWEST)).silent
    assert math.isnan(clustered_share(Clusters()).value)


def test_nineteen_of_twenty_intervals_hold_the_truth() -> None:
    chance = random.Random(7)
    held = 0
    for _run in range(400):
        found = Clusters()
        for _member in range(40):
            own = chance.betavariate(1.2, 1.8)  # mean 0.4, members differ
            n = chance.randint(1, 8)
            found = found.of(n, sum(chance.random() < own for _thing in range(n)))
        share = clustered_share(found)
        held += share.low <= 0.4 <= share.high
    assert 0.91 <= held / 400 <= 0.99


@settings(deadline=None, max_examples=100)
@given(st.lists(st.integers(1, 30).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), min_size=FEWEST))
def test_an_interval_holds_its_value_and_stays_within(clusters: list[tuple[int, int]]) -> None:
    found = clustered_share(of(*clusters))
    assert 0 <= found.low <= found.value <= found.high <= 1


def test_a_wider_confidence_undoes_the_effect() -> None:
    assert wider(0.95, 1.0) == pytest.approx(0.95)
    assert wider(0.95, 4.0) == pytest.approx(0.99991, abs=0.0001)
    assert wider(0.95, 100.0) < 1


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), max_size=40))
def test_counts_give_the_curve_of_the_single_ones(rows: list[tuple[int, bool]]) -> None:
    closed: dict[int, int] = {}
    watched: dict[int, int] = {}
    for day, is_closed in rows:
        into = closed if is_closed else watched
        into[day] = into.get(day, 0) + 1
    single = survival([day for day, _closed in rows], [is_closed for _day, is_closed in rows])
    assert survival_of(closed, watched) == single
