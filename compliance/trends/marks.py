"""Figures of clauses and items: which are found how often, and where they are frequent for certain. Pure."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import NormalDist

from compliance.estimation.rules import FEWEST_VISITS
from compliance.estimation.strata import Sums
from compliance.trends.stated import Stated

FREQUENT = 0.20
"""A shortfall of at least one workplace in five is frequent."""
ALL = ""
"""The group of all members together."""
_NORMAL = NormalDist()


@dataclass(frozen=True)
class Need:
    """An item that is frequently a shortfall in a class of members, and at least so frequently (``low``).

    ``drawn`` says whether it speaks for all members of the class, or only describes those visited. ``reach`` are the
    active enterprises of the class, ``least`` and ``about`` how many of them it would help.
    """

    item: str
    group: str
    value: float
    low: float
    high: float
    n: int
    drawn: bool
    reach: int

    @property
    def least(self) -> int:
        """At least so many enterprises."""
        return math.floor(self.reach * self.low)

    @property
    def about(self) -> int:
        """About so many enterprises."""
        return round(self.reach * self.value)


def wilson(sums: Sums, confidence: float) -> tuple[float, float, float] | None:
    """Share and interval of the visits themselves; None where there are too few."""
    if sums.n < FEWEST_VISITS:
        return None
    share, pull = float(sums.total) / sums.n, _NORMAL.inv_cdf((1 + confidence) / 2) ** 2 / sums.n
    centre = (share + pull / 2) / (1 + pull)
    reach = math.sqrt(pull * (share * (1 - share) + pull / 4)) / (1 + pull)
    return share, max(0.0, min(share, centre - reach)), min(1.0, max(share, centre + reach))


def strict(compared: int) -> float:
    """The confidence at which each of so many is asked, so that 95% holds for all together (Bonferroni)."""
    return 1 - 0.05 / max(1, compared)


def needs(figures: Mapping[tuple[str, str], Stated], reach: Mapping[str, int]) -> list[Need]:
    """The items (by item and class) whose interval lies above ``FREQUENT`` even though many are looked at, those that
    would help most enterprises first. Classes with too few visits, or without an active enterprise, are silent.

    The lower bound is that of the draw. Where there was none it is that of the visits, which says nothing about others.
    """
    asked = [one for one in figures.values() if one.n or one.plain.n >= FEWEST_VISITS]
    confidence = strict(len(asked))
    found = []
    for (item, group), one in figures.items():
        at = _bounds(one, confidence)
        if at and at[1] >= FREQUENT and reach.get(group, 0):
            drawn = one.silent is None
            found.append(Need(item, group, *at, one.n if drawn else one.plain.n, drawn, reach[group]))
    return sorted(found, key=lambda one: (not one.drawn, -one.least, -one.low, one.item, one.group))


def _bounds(one: Stated, confidence: float) -> tuple[float, float, float] | None:
    if one.silent is None:
        bracket = one.estimate.bracket
        low, high = bracket.bounds(confidence) if bracket else (one.estimate.low, one.estimate.high)
        return one.estimate.value, low, high
    return wilson(one.plain, confidence)


def most_frequent(figures: Iterable[tuple[str, Stated]]) -> list[tuple[str, Stated]]:
    """Those with an estimate first, the most frequent first."""
    return sorted(figures, key=lambda one: (one[1].points is None, -(one[1].points or 0), -one[1].plain.total, one[0]))
