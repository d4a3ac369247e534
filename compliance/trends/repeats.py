"""Shortfalls that come back. Pure.

A workplace enters when it is visited again, by whatever route but a follow-up visit (which looks at what was wrong, and
soon), and an earlier visit had found something. It counts once, however often it was visited.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from compliance.estimation.clustered import Clusters
from compliance.visits.states import Route

PARTS = ((0, 90), (91, 180), (181, 365), (366, 730), (731, None))
"""Days between two findings of the same item, as they are told."""


@dataclass(frozen=True)
class Again:
    """Workplaces visited again in the span; ``found`` those with an earlier finding (n), of which it came back (y)."""

    revisited: int
    found: Clusters


@dataclass(frozen=True)
class ItemAgain:
    """How many workplaces with an earlier finding of the item were visited again, and where it came back."""

    item: str
    before: int
    again: int


@dataclass(frozen=True)
class Between:
    """Days between a finding and the one that it repeats: the middle, and the middle half."""

    n: int
    lower: int
    middle: int
    upper: int


@dataclass(frozen=True)
class CameBack:
    """All that the page of what comes back tells: by class, by route (visits after an earlier finding, and those on
    which one came back), by item, and how many findings came back after so many days.
    """

    classes: Mapping[str, Again]
    routes: Mapping[Route, tuple[int, int]]
    items: Sequence[ItemAgain]
    days: Mapping[int, int]


def between(days: Mapping[int, int]) -> Between | None:
    """Quartiles of days by their counts; None where there are none."""
    n = sum(days.values())
    if not n:
        return None
    return Between(n, *(_at(days, (n - 1) * place // 4) for place in (1, 2, 3)))


def _at(days: Mapping[int, int], place: int) -> int:
    for day in sorted(days):
        place -= days[day]
        if place < 0:
            return day
    raise ValueError("there is no such place")


def parts(days: Mapping[int, int]) -> list[int]:
    """How many lie in each of ``PARTS``."""
    return [
        sum(number for day, number in days.items() if first <= day and (last is None or day <= last))
        for first, last in PARTS
    ]


def most(items: Sequence[ItemAgain]) -> list[ItemAgain]:
    """Those that came back at most workplaces first."""
    return sorted((one for one in items if one.again), key=lambda one: (-one.again, one.before, one.item))
