"""Spans of days, and how they are cut."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.shared.problems import Problem
from compliance.trends import periods
from compliance.trends.periods import Span, Step

DAYS = st.dates(date(2010, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 11, 21), date(2026, 1, 1)),
        (date(2026, 3, 31), date(2025, 4, 1)),
        (date(2026, 1, 1), date(2025, 4, 1)),
        (date(2026, 12, 31), date(2026, 1, 1)),
    ],
)
def test_four_quarters_are_the_running_one_and_three_before(today: date, first: date) -> None:
    span = periods.last_four_quarters(today)
    assert span == Span(first, today)
    assert len(periods.buckets(span, Step.quarter)) == 4


@given(DAYS, st.integers(0, 1500), st.sampled_from(Step))
def test_buckets_hold_each_day_of_the_span_once(first: date, length: int, step: Step) -> None:
    span = Span(first, first + timedelta(days=length))
    found = periods.buckets(span, step)
    assert sum((one.span.last - one.span.first).days + 1 for one in found) == length + 1
    assert found[0].span.first == span.first
    assert found[-1].span.last == span.last
    assert len({one.key for one in found}) == len(found)
    for one in found:
        assert periods.key_of(one.span.first, step) == periods.key_of(one.span.last, step) == one.key


def test_a_span_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(Problem, match="before"):
        periods.custom(date(2026, 2, 1), date(2026, 1, 31))


@pytest.mark.parametrize(("last", "fine"), [(date(2025, 12, 31), True), (date(2026, 1, 1), False)])
def test_at_most_five_years_are_shown_at_once(last: date, fine: bool) -> None:
    if fine:
        periods.custom(date(2021, 1, 1), last)
    else:
        with pytest.raises(Problem, match="At most 5"):
            periods.custom(date(2021, 1, 1), last)


def test_a_leap_day_is_a_day_to_begin_on() -> None:
    assert periods.custom(date(2024, 2, 29), date(2024, 3, 1)).holds(date(2024, 2, 29))
