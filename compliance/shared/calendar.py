"""Chinese working days: rest days, statutory holidays, and the weekends that are worked in exchange.

The State Council publishes the days of a year late in the year before. A day of a year that the installed
`chinesecalendar` does not know yet is judged by its weekday alone, and every answer that touched such a day says that
it is provisional.
"""

from datetime import date, timedelta

import chinese_calendar

_SATURDAY = 5


def is_working_day(day: date) -> tuple[bool, bool]:
    """Whether people work on this day in China, and whether that is provisional (the year is not published)."""
    try:
        return bool(chinese_calendar.is_workday(day)), False
    except NotImplementedError:
        return day.weekday() < _SATURDAY, True


def working_day_on_or_after(day: date) -> tuple[date, bool]:
    """The day itself if it is a working day, else the next one; and whether any day looked at is provisional."""
    provisional = False
    while True:
        working, unsure = is_working_day(day)
        provisional = provisional or unsure
        if working:
            return day, provisional
        day += timedelta(days=1)


def add_working_days(day: date, count: int) -> tuple[date, bool]:
    """The `count`-th working day after `day`, which itself is never counted; and whether that is provisional.

    With a count of 0 it is the first working day on or after `day`. Raises ValueError for a negative count.
    """
    if count < 0:
        raise ValueError("a number of working days cannot be negative")
    if count == 0:
        return working_day_on_or_after(day)
    provisional = False
    for _ in range(count):
        day, unsure = working_day_on_or_after(day + timedelta(days=1))
        provisional = provisional or unsure
    return day, provisional
