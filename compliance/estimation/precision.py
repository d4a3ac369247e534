"""What a number of random visits buys, said before the draw: by formula, and by trying it out.

Both say how far the 95% interval would reach to each side, if each stratum had a given share of members with something.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from statistics import fmean

from compliance.estimation.collapse import MOST, collapse
from compliance.estimation.intervals import weigh
from compliance.estimation.rules import FEWEST_VISITS, WIDEST, estimate
from compliance.estimation.strata import Scale, Stratum, Sums

USUAL_SHARE = 0.30
"""The share of members with a shortfall that a forecast takes where none is known (domain facts 6.4)."""


@dataclass(frozen=True)
class Precision:
    """What a plan promises for the figure of all members."""

    half_width: float
    """Half the 95% interval's width, as a share: 0.14 is "plus or minus 14 points". 1 where nothing is drawn."""
    visits: int
    """Visits of the plan, take-all ones included."""
    speaks: bool
    """Whether a figure would be given."""


@dataclass(frozen=True)
class Tried:
    """What came out when a plan was tried on made-up members."""

    runs: int
    half_width: float
    """Mean over the runs in which a figure was given (NaN if none was)."""
    least: float
    most: float
    """Nine of ten runs lie between these."""
    spoke: float
    """Share of the runs in which a figure was given."""
    covered: float
    """Share of the figures given whose interval contained the truth."""


def precision(plan: Sequence[Stratum], share: float = USUAL_SHARE) -> Precision:
    """The half-width to expect when all drawn are visited and each stratum has this share; by formula.

    ``plan``: strata with their population, how many are to be drawn, and whether they are take-all.
    """
    part = Decimal(str(share))
    expected = [_visited(each, part * each.drawn) for each in plan if each.population]
    used, _merged, unseen = collapse(expected)
    found = weigh(used, Scale.share)
    if found is None:
        return Precision(1.0, 0, speaks=False)
    low, high = found.sampling.bounds()
    enough = found.n >= FEWEST_VISITS and (found.n_open >= FEWEST_VISITS or not found.sampling.part)
    half = (high - low) / 2
    return Precision(half, found.n, speaks=enough and unseen <= MOST and half <= WIDEST)


def tried(plan: Sequence[Stratum], choose: random.Random, share: float = USUAL_SHARE, runs: int = 200) -> Tried:
    """The same by trial: ``runs`` times the plan is drawn from members of whom this share (rounded) has something."""
    having = [round(share * each.population) for each in plan]
    population = sum(each.population for each in plan)
    truth = sum(having) / population if population else math.nan
    halves, covered = [], 0
    for _ in range(runs):
        met = [_met(each, have, choose) for each, have in zip(plan, having, strict=True)]
        found = estimate([_visited(each, of) for each, of in zip(plan, met, strict=True)], Scale.share)
        if found.silent is None:
            halves.append((found.high - found.low) / 2)
            covered += found.low - 1e-12 <= truth <= found.high + 1e-12
    if not halves:
        return Tried(runs, math.nan, math.nan, math.nan, 0.0, math.nan)
    halves.sort()
    edge = len(halves) // 20
    return Tried(runs, fmean(halves), halves[edge], halves[-1 - edge], len(halves) / runs, covered / len(halves))


def _visited(each: Stratum, having: Decimal | int) -> Stratum:
    return replace(each, visited=each.drawn, refused=0, gone=0, sums=Sums(each.drawn, having, having))


def _met(each: Stratum, having: int, choose: random.Random) -> int:
    """How many of those drawn have it, the draw being without replacement."""
    return sum(place < having for place in choose.sample(range(each.population), each.drawn))
