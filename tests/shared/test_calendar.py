"""Working days in China: weekends, statutory holidays, make-up days, and years that are not published yet."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.shared.calendar import add_working_days, is_working_day, working_day_on_or_after

DAYS = st.dates(date(2024, 1, 1), date(2029, 12, 31))


@pytest.mark.parametrize(
    ("day", "expected", "why"),
    [
        (date(2026, 11, 20), date(2026, 11, 20), "an ordinary Friday stays"),
        (date(2026, 11, 21), date(2026, 11, 23), "a Saturday moves to Monday"),
        (date(2025, 10, 1), date(2025, 10, 9), "National Day and Mid-Autumn 2025 last until 8 October"),
        (date(2025, 10, 11), date(2025, 10, 11), "a Saturday worked in exchange stays"),
        (date(2025, 9, 28), date(2025, 9, 28), "so does a Sunday"),
        (date(2025, 5, 1), date(2025, 5, 6), "Labour Day"),
    ],
)
def test_a_day_moves_to_the_next_working_day(day: date, expected: date, why: str) -> None:
    assert working_day_on_or_after(day) == (expected, False), why


def test_a_year_that_is_not_published_is_judged_by_weekdays_and_says_so() -> None:
    assert working_day_on_or_after(date(2031, 10, 1)) == (date(2031, 10, 1), True)
    assert working_day_on_or_after(date(2031, 10, 4)) == (date(2031, 10, 6), True)


def test_counting_into_an_unpublished_year_is_provisional_and_before_it_is_not() -> None:
    assert add_working_days(date(2026, 12, 21), 3) == (date(2026, 12, 24), False)
    counted, provisional = add_working_days(date(2030, 12, 21), 10)
    assert provisional
    assert counted == date(2031, 1, 3)


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 20), 10, date(2026, 12, 4)),
        (date(2025, 9, 26), 3, date(2025, 9, 30)),  # Sunday 28 September is worked
        (date(2026, 11, 21), 0, date(2026, 11, 23)),
    ],
)
def test_working_days_are_counted_from_the_day_after(start: date, count: int, expected: date) -> None:
    assert add_working_days(start, count)[0] == expected


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        add_working_days(date(2026, 1, 1), -1)


@given(DAYS, st.integers(0, 30))
def test_counting_ends_on_a_working_day_and_never_goes_back(day: date, count: int) -> None:
    counted, _ = add_working_days(day, count)
    assert is_working_day(counted)[0]
    assert counted >= day + timedelta(days=count)


@given(DAYS, st.integers(1, 15), st.integers(1, 15))
def test_counting_in_two_legs_is_counting_at_once(day: date, first: int, second: int) -> None:
    there, _ = add_working_days(day, first)
    assert add_working_days(there, second)[0] == add_working_days(day, first + second)[0]
