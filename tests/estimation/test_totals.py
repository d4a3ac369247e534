"""Totals of skewed amounts: exact where all are known, silent where too little is, and honest in between."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.estimation.totals import Group, Silence, total

ROUNDS = 600


def test_where_everybody_was_drawn_the_total_is_exact() -> None:
    found = total([Group(3, [0, 10.5, 4]), Group(1, [7])])
    assert (found.drawn, found.value, found.low, found.high, found.silent) == (21.5, 21.5, 21.5, 21.5, None)


@pytest.mark.parametrize(
    ("groups", "why"),
    [
        ([Group(40, [100.0] * 7)], Silence.too_few),
        ([Group(40, [100.0] * 8), Group(5, [3.0])], Silence.too_few),
        ([Group(40, [100.0] * 8), Group(5, [])], Silence.too_few),
        ([Group(40, [0.0] * 20 + [5.0, 6.0])], Silence.too_few_with_value),
        ([Group(40, [0.0] * 20)], Silence.too_few_with_value),
    ],
)
def test_of_too_little_nothing_is_said(groups: list[Group], why: Silence) -> None:
    found = total(groups)
    assert found.silent is why and math.isnan(found.value)
    assert found.drawn == sum(amount for group in groups for amount in group.amounts)


def test_one_amount_for_all_is_certain() -> None:
    found = total([Group(40, [100.0] * 8)])
    assert (found.value, found.low, found.high) == (4000, 4000, 4000)


def test_the_upper_end_is_farther_where_a_few_are_owed_much() -> None:
    found = total([Group(100, [0, 0, 0, 0, 0, 0, 10, 20, 30, 900])])
    assert found.high - found.value > 2 * (found.value - found.low)


@pytest.mark.parametrize(("wrong", "amounts"), [(1, [1.0, 2.0]), (5, [1.0, -0.01])])
def test_what_cannot_be_is_refused(wrong: int, amounts: list[float]) -> None:
    with pytest.raises(ValueError, match="at least"):
        Group(wrong, amounts)


amounts = st.lists(st.floats(0, 50_000), min_size=2, max_size=40)


@given(st.lists(st.tuples(amounts, st.integers(0, 500)), min_size=1, max_size=4))
def test_never_less_than_what_was_found_and_in_order(drawn: list[tuple[list[float], int]]) -> None:
    found = total([Group(len(some) + more, some) for some, more in drawn])
    if found.silent is None:
        near = 1e-6 * max(1.0, found.value)
        assert found.drawn - near <= found.low <= found.value + near
        assert found.value <= found.high + near


@pytest.mark.parametrize(("population", "drawn"), [(20, 10), (60, 16), (200, 30), (1000, 64)])
@pytest.mark.parametrize("owed", [0.3, 0.7, 1.0])
@pytest.mark.parametrize("spread", [0.5, 1.0])
def test_the_interval_contains_the_truth(population: int, drawn: int, owed: float, spread: float) -> None:
    """Seeded; amounts are log-normal, and some are owed nothing. At least 90 of 100 intervals contain the truth."""
    choose = np.random.default_rng(20261122)
    spoken = inside = 0
    for _ in range(ROUNDS):
        everybody = np.where(choose.random(population) < owed, np.exp(choose.normal(6.5, spread, population)), 0)
        found = total([Group(population, choose.choice(everybody, drawn, replace=False).tolist())])
        spoken += found.silent is None
        inside += found.low <= everybody.sum() <= found.high
    assert spoken > ROUNDS / 2 and inside / spoken > 0.90
