"""What may be told of complaints in numbers: once, for whole months together in which enough came. Pure.

A statement stands for all complaints of some months, at least five, and is never made anew: nobody subtracts what a
page showed yesterday from what it shows today. Statements follow each other without sharing a complaint, so that what
is left between any two sums is again a sum of at least five. Where a statement ends follows from its number alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from compliance.estimation.suppression import suppress_list

SMALLEST = 5
"""So many complaints stand behind a number that is told."""
ENOUGH = 20
"""So many stand behind a number that tells them apart; among fewer nearly everything would be hidden."""


class About(StrEnum):
    """What a statement counts: complaints by the month of their coming, or those that brought money, by their end."""

    received = "received"
    recovered = "recovered"


class Stage(StrEnum):
    """How far a complaint was on the day of its statement."""

    waiting = "waiting"
    answered = "answered"
    closed = "closed"


@dataclass(frozen=True)
class Months:
    """Whole months from the day ``first`` to the day ``last``, and how many complaints are in them."""

    first: date
    last: date
    number: int


@dataclass(frozen=True)
class Counted:
    """The complaints of some months, told apart. ``stages``, ``areas`` and ``signs`` count them; a complaint has one
    stage, and any number of areas and signs.
    """

    months: Months
    stages: Mapping[str, int]
    areas: Mapping[str, int]
    signs: Mapping[str, int]


def first_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def after(day: date) -> date:
    """The first day of the month after that of ``day``."""
    return first_of(first_of(day) + timedelta(days=31))


def ripe(today: date) -> date:
    """The last day of the last month of which may be told: whoever reads had a whole month to answer."""
    return first_of(first_of(today) - timedelta(days=1)) - timedelta(days=1)


def batches(days: Sequence[date], begin: date, until: date) -> list[Months]:
    """The months from ``begin`` (a first day) to ``until`` (a last day) cut where enough complaints are in them.

    What is left at the end is not enough, and waits.
    """
    found: list[Months] = []
    first, month, number = begin, begin, 0
    while after(month) - timedelta(days=1) <= until:
        last = after(month) - timedelta(days=1)
        number += sum(month <= day <= last for day in days)
        if number >= SMALLEST:
            found.append(Months(first, last, number))
            first, number = after(month), 0
        month = after(month)
    return found


def half_within(days: Sequence[int | None]) -> int | None:
    """Within how many days half of them came to it; None for those that have not, and where not half of them have."""
    known = sorted(day for day in days if day is not None)
    place = (len(days) - 1) // 2
    return known[place] if place < len(known) else None


def joined(rows: Sequence[Counted]) -> list[Counted]:
    """Rows one after the other, put together where fewer than ``ENOUGH`` are in them; the rest at the end is left out.

    Where a group ends follows from the numbers that are told anyway, not from what it tells apart.
    """
    found: list[Counted] = []
    waiting: list[Counted] = []
    for row in rows:
        waiting.append(row)
        number = sum(one.months.number for one in waiting)
        if number >= ENOUGH:
            whole = Months(waiting[0].months.first, row.months.last, number)
            stages, areas, signs = (
                _sum([getattr(one, name) for one in waiting]) for name in ("stages", "areas", "signs")
            )
            found.append(Counted(whole, stages, areas, signs))
            waiting = []
    return found


def safe_part(number: int, whole: int) -> int | None:
    """How many of ``whole`` have something; None where few have it, or few have it not."""
    few = any(0 < one < SMALLEST for one in (number, whole - number))
    return None if few or whole < SMALLEST else number


def safe_stages(one: Counted) -> dict[Stage, int | None]:
    """How many are at each stage; None for what is few, and for what would give it back."""
    counts = [one.stages.get(stage, 0) for stage in Stage]
    hidden, whole = suppress_list(counts, SMALLEST)
    return {stage: None if away or whole else count for stage, count, away in zip(Stage, counts, hidden, strict=True)}


def _sum(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    return {name: sum(one.get(name, 0) for one in counts) for name in sorted({name for one in counts for name in one})}
