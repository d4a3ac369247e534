"""Which copies stay."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from compliance.backups.rules import Keep, kept

NIGHT = datetime(2026, 11, 23, 2, tzinfo=UTC)
KEEP = Keep(daily=7, weekly=4, monthly=3)
moments = st.lists(st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)), max_size=40)


def test_a_year_of_nights_leaves_a_week_of_days_then_weeks_then_months() -> None:
    nights = [NIGHT - timedelta(days=back) for back in range(365)]

    stay = sorted(kept(nights, KEEP), reverse=True)

    assert stay[:7] == nights[:7]
    # Sundays, and the last nights of October and September
    assert [f"{night:%m-%d}" for night in stay[7:]] == ["11-15", "11-08", "10-31", "09-30"]


def test_of_one_day_the_last_copy_stays() -> None:
    hours = [NIGHT - timedelta(hours=back) for back in range(3)]

    assert kept(hours, Keep(1, 0, 0)) == {NIGHT}


@given(moments)
def test_days_without_copies_do_not_count(made: list[datetime]) -> None:
    days = {moment.date() for moment in made}

    assert len({moment.date() for moment in kept(made, Keep(7, 0, 0))}) == min(7, len(days))


@given(moments, st.integers(0, 3), st.integers(0, 3), st.integers(0, 3))
def test_the_newest_always_stays_and_nothing_comes_back(made: list[datetime], d: int, w: int, m: int) -> None:
    keep = Keep(d, w, m)
    stay = kept(made, keep)

    assert stay <= set(made)
    assert not made or max(made) in stay
    assert kept(stay, keep) == stay
