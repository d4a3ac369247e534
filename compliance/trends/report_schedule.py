"""When a report is made by itself, and who is told of it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from compliance.trends.report_facts import finished, span_of

MOST_YEARS = 4


@dataclass(frozen=True)
class Wish:
    """What somebody wants to be told of, from which day on, and what they were told of last ("" is nothing)."""

    quarterly: bool
    yearly: bool
    since: date
    told_quarter: str = ""
    told_year: str = ""


def due_on(period: str, day: int) -> date:
    """The day on which the report of a period is made: the ``day``-th after its end (1 is the first)."""
    return span_of(period).last + timedelta(days=day)


def waiting(wish: Wish, today: date, day: int) -> list[str]:
    """The periods that this person is still to be told of, the oldest first, also where days were missed."""
    found = []
    for period in reversed(finished(today, MOST_YEARS)):
        quarterly = "-" in period
        wanted, told = (wish.quarterly, wish.told_quarter) if quarterly else (wish.yearly, wish.told_year)
        if wanted and period > told and wish.since <= due_on(period, day) <= today:
            found.append(period)
    return found


def all_waiting(wishes: Iterable[Wish], today: date, day: int) -> list[str]:
    """The periods of which anybody is to be told, each once."""
    return sorted({period for wish in wishes for period in waiting(wish, today, day)})
