"""What a sample of visits says about all members: one figure with its interval, or why there is none.

The only doors from other packages are here and in ``changes``, ``survival``, ``precision`` and ``suppression``.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

from compliance.estimation.collapse import MOST, collapse
from compliance.estimation.intervals import CONFIDENCE, Sampling, Weighted, quantile, weigh
from compliance.estimation.strata import Scale, Stratum

FEWEST_VISITS = 8
"""Fewer visits with a value give no figure (domain facts 6.3)."""
WIDEST = 0.20
"""An interval that reaches further to each side, as a part of the scale, gives no figure (domain facts 6.3)."""
_NOTHING = math.nan


class Silence(StrEnum):
    """Why no figure is given."""

    no_frame = "no_frame"
    """There was no draw, or its frame has no members."""
    no_visits = "no_visits"
    """No visit of the draw has ended with a value."""
    too_few = "too_few"
    """Fewer than eight visits (or fewer than eight random ones where they must speak for others)."""
    empty_strata = "empty_strata"
    """More than a tenth of the members are in strata that nobody has visited yet."""
    refusals = "refusals"
    """With the refusals taken for the worst and the best, the interval is too wide; without them it would not be."""
    too_wide = "too_wide"
    """The interval reaches more than 20 points to each side."""


@dataclass(frozen=True)
class Bracket:
    """Where the truth may lie: chance around the worst case for the refused below, and around the best case above."""

    least: Sampling
    middle: Sampling
    """With the refused taken as the others of their stratum."""
    most: Sampling

    @property
    def widened(self) -> bool:
        """Whether refusals pull the ends apart."""
        return self.least != self.most

    def bounds(self, confidence: float = CONFIDENCE) -> tuple[float, float]:
        """Interval that contains the truth with this confidence, wherever between the two ends it is.

        Where the ends lie apart, the truth cannot be missed on both sides at once, so each side needs less than the
        two-sided quantile (Imbens and Manski 2004). It always contains the interval as if refusals told nothing: a
        refusal never makes anybody surer.
        """
        plain = self.middle.bounds(confidence)
        if not self.widened:
            return plain
        low, high = self.least.bounds(confidence)[0], self.most.bounds(confidence)[1]
        apart = self.most.value - self.least.value
        error = ((high - low) - apart) / 2 / quantile(confidence, math.inf)
        level = one_sided(confidence, apart / error) if error > 0 else confidence
        return min(plain[0], self.least.bounds(level)[0]), max(plain[1], self.most.bounds(level)[1])


@dataclass(frozen=True)
class Estimate:
    """A figure for all members. ``value``, ``low`` and ``high`` are not a number (NaN) where ``silent`` says why."""

    scale: Scale
    value: float
    """Share 0 to 1 or score 0 to 100, with the refused taken as the others of their stratum."""
    low: float
    high: float
    """The 95% interval; it contains the value and stays on the scale."""
    n: int
    """Visits with a value behind it, take-all ones included."""
    n_effective: float
    """How many visits of a simple random draw would say as much; infinite where everything is known."""
    silent: Silence | None = None
    widened: bool = False
    """Whether refusals were taken for the worst and for the best, so that the interval is wider than chance."""
    refused: int = 0
    """Refused or not found among the drawn."""
    size: float = 0.0
    """Estimated number of members the figure is about."""
    collapsed: int = 0
    """Strata without any visit that were counted with the one most like them."""
    bracket: Bracket | None = None
    """For differences and other confidences; None where no figure is given."""


def estimate(strata: Iterable[Stratum], scale: Scale) -> Estimate:
    """The design-weighted mean over all strata with its 95% interval.

    Strata of several periods may be given together: each period's frame is a population of its own, and the figure is
    their average weighted by their sizes. Order does not matter.
    """
    given = sorted(strata, key=_order)
    refused = sum(each.refused for each in given)
    seen = sum(each.sums.n for each in given)
    if not any(each.population for each in given):
        return _silent(scale, Silence.no_frame, seen, refused)
    used, collapsed, uncovered = collapse(given)
    middle = weigh(used, scale)
    if middle is None:
        return _silent(scale, Silence.refusals if refused else Silence.no_visits, seen, refused)
    why = _too_little(middle, uncovered)
    if why is not None:
        return _silent(scale, why, seen, refused, collapsed)
    bracket = Bracket(middle.sampling, middle.sampling, middle.sampling)
    if refused:
        least, most = weigh(used, scale, 0.0), weigh(used, scale, scale.top)
        assert least is not None and most is not None  # where there is a middle, there are ends
        bracket = Bracket(least.sampling, middle.sampling, most.sampling)
    low, high = bracket.bounds()
    if (high - low) / 2 > WIDEST * scale.top:
        plain = middle.sampling.bounds()
        narrow = (plain[1] - plain[0]) / 2 <= WIDEST * scale.top
        return _silent(scale, Silence.refusals if narrow and refused else Silence.too_wide, seen, refused, collapsed)
    return Estimate(
        scale=scale,
        value=middle.mean,
        low=min(low, middle.mean),
        high=max(high, middle.mean),
        n=seen,
        n_effective=middle.sampling.n_effective,
        widened=bracket.widened,
        refused=refused,
        size=middle.size,
        collapsed=collapsed,
        bracket=bracket,
    )


def one_sided(confidence: float, apart: float) -> float:
    """The two-sided confidence to use for both ends when the truth lies between two values so many standard errors
    apart: from ``confidence`` where they coincide to ``2 * confidence - 1`` where they are far apart.
    """
    normal = NormalDist()
    low, high = normal.inv_cdf(confidence), normal.inv_cdf((1 + confidence) / 2)
    for _ in range(50):
        between = (low + high) / 2
        if normal.cdf(between + apart) - normal.cdf(-between) < confidence:
            low = between
        else:
            high = between
    return 2 * normal.cdf(high) - 1


def _too_little(found: Weighted, uncovered: float) -> Silence | None:
    few = found.n < FEWEST_VISITS or (found.sampling.part > 0 and found.n_open < FEWEST_VISITS)
    if few:
        return Silence.too_few
    return Silence.empty_strata if uncovered > MOST else None


def _silent(scale: Scale, why: Silence, n: int, refused: int, collapsed: int = 0) -> Estimate:
    return Estimate(scale, _NOTHING, _NOTHING, _NOTHING, n, 0.0, silent=why, refused=refused, collapsed=collapsed)


def _order(each: Stratum) -> tuple[object, ...]:
    sums = each.sums
    return (
        each.like,
        each.population,
        each.drawn,
        each.certain,
        each.visited,
        each.refused,
        each.gone,
        sums.n,
        sums.total,
        sums.squares,
        each.refused_inside or 0,
        each.partial,
    )
