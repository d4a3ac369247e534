"""Which copies are kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Keep:
    """Of how many days, weeks and months the last copy is kept. Days without a copy do not count."""

    daily: int = 7
    weekly: int = 4
    monthly: int = 3


def kept(made: Iterable[datetime], keep: Keep) -> set[datetime]:
    """The moments (UTC) whose copies are kept: the newest of each day, week and month, and always the newest of all."""
    newest_first = sorted(made, reverse=True)
    found = set(newest_first[:1])
    for number, period in ((keep.daily, _day), (keep.weekly, _week), (keep.monthly, _month)):
        last: dict[tuple[int, ...], datetime] = {}
        for moment in newest_first:
            last.setdefault(period(moment), moment)
        found |= set(list(last.values())[:number])
    return found


def _day(moment: datetime) -> tuple[int, ...]:
    return moment.year, moment.month, moment.day


def _week(moment: datetime) -> tuple[int, ...]:
    return moment.isocalendar()[:2]


def _month(moment: datetime) -> tuple[int, ...]:
    return moment.year, moment.month
