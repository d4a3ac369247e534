"""How long closing takes, the open ones counted for as long as they were watched."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.estimation.survival import survival
from tests.soak import examples


def test_the_curve_of_a_textbook_example() -> None:
    """Remission of 21 patients on 6-MP (Freireich 1963; Kaplan-Meier in every textbook)."""
    days = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    ended = (
        [True, True, True, False, True, False, True, False, False, True, True]
        + [False] * 3
        + [True, True]
        + [False] * 5
    )
    curve = survival(days, ended)

    assert [step.day for step in curve.steps] == [6, 7, 10, 13, 16, 22, 23]
    assert [round(step.remaining, 4) for step in curve.steps] == [
        0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482,
    ]  # fmt: skip
    assert curve.median == 23
    assert (curve.n, curve.closed, curve.last_day) == (21, 9, 35)
    # log(-log) interval at day 10, as R's survfit(conf.type = "log-log") prints it.
    assert curve.steps[2].low == pytest.approx(0.503, abs=0.002)
    assert curve.steps[2].high == pytest.approx(0.889, abs=0.002)


def test_the_slow_ones_that_are_open_are_not_left_out() -> None:
    closed_only = survival([10, 12, 14], [True] * 3)
    with_open = survival([10, 12, 14, 90, 90, 90, 90], [True] * 3 + [False] * 4)

    assert closed_only.median == 12
    assert with_open.median is None
    assert with_open.remaining(90) == pytest.approx(4 / 7)


def test_with_nothing_to_watch_nothing_is_said() -> None:
    curve = survival([], [])

    assert (curve.n, curve.steps, curve.median, curve.remaining(10)) == (0, (), None, 1.0)


def test_all_closed_on_one_day() -> None:
    curve = survival([5, 5, 5], [True] * 3)

    assert (curve.steps[0].remaining, curve.steps[0].low, curve.steps[0].high) == (0, 0, 0)
    assert curve.median == curve.median_low == curve.median_high == 5


def test_days_below_zero_and_unequal_lists_are_refused() -> None:
    with pytest.raises(ValueError, match="no days"):
        survival([-1], [True])
    with pytest.raises(ValueError, match="whether it ended"):
        survival([1, 2], [True])


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.booleans()), min_size=1, max_size=60))
def test_the_curve_only_falls_and_stays_in_its_interval(seen: list[tuple[int, bool]]) -> None:
    curve = survival([day for day, _ in seen], [ended for _, ended in seen])
    before = 1.0
    for step in curve.steps:
        assert 0 <= step.low <= step.remaining + 1e-12 <= step.high + 2e-12 <= 1 + 3e-12
        assert step.remaining < before
        before = step.remaining
    if all(ended for _, ended in seen):
        days = sorted(day for day, _ in seen)
        assert math.isclose(before, 0, abs_tol=1e-12)
        assert curve.median == days[(len(days) - 1) // 2]
