"""How sure a weighted mean is: its variance over the draw, and an interval that stays on the scale.

Intervals are of Wilson's type on both scales: a bound is that true mean from which the observed one lies just as far as
chance allows, chance being ``mean (top - mean) / n_effective`` there. Such an interval never leaves the scale, is
lopsided near its ends as it should be, and has a width also where all visits agree (Wald's interval then has none).
Strata of which everything is known are moved out of it: the interval is of the open part, shrunk by that part's weight
and shifted by what is known (domain facts 6.3).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from compliance.estimation.strata import Scale, Stratum

CONFIDENCE = 0.95
_NORMAL = NormalDist()
BORROWED = 2.0
"""As many visits does each stratum borrow from all strata together, when its spread is reckoned: of two visits that
happen to agree nobody should conclude that all of the stratum agree."""
UNMET = 0.4
"""Scores: one visit more than were made is reckoned with, so far from the mean (as a part of the scale). Where most
score alike and a few far below, a small draw may have met none of the few, and would look surer than it is [chosen by
simulation, ``tests/bench/bench_honesty.py``]."""


@dataclass(frozen=True)
class Sampling:
    """What chance does to a mean: the open part's mean with the number of simple random visits that would tell as much,
    and how the whole follows from the open part.
    """

    middle: float
    """Mean of the open part (0 to top)."""
    n_effective: float
    """Infinite where nothing is open."""
    freedom: float
    """Degrees of freedom of the spread (infinite for shares, whose mean tells it)."""
    part: float
    """Weight of the open part in the whole."""
    shift: float
    """What the known part adds to the whole."""
    top: float

    @property
    def value(self) -> float:
        """The mean of the whole."""
        return self._whole(self.middle)

    def bounds(self, confidence: float = CONFIDENCE) -> tuple[float, float]:
        """The two-sided interval of the whole's mean."""
        if not self.part or math.isinf(self.n_effective):
            return self.value, self.value
        far = quantile(confidence, self.freedom)
        p, pull = self.middle / self.top, far * far / self.n_effective
        centre = (p + pull / 2) / (1 + pull)
        reach = math.sqrt(pull * (p * (1 - p) + pull / 4)) / (1 + pull)
        low, high = max(0.0, min(p, centre - reach)), min(1.0, max(p, centre + reach))
        return self._whole(low * self.top), self._whole(high * self.top)

    def _whole(self, middle: float) -> float:
        return min(self.top, max(0.0, self.shift + self.part * middle))


@dataclass(frozen=True)
class Weighted:
    """A design-weighted mean (Hájek: the weights' total stands below the line) and its variance over the draw."""

    mean: float
    size: float
    """Estimated number of members the mean is about."""
    variance: float
    """Of the mean: with finite population correction; by the textbook, without anything borrowed."""
    kish: float
    """(sum of weights) squared / sum of squared weights."""
    n: int
    n_open: int
    """Visits that speak for others: those of the random strata of which not all is known (of the take-all ones, where
    only of such not all is known)."""
    sampling: Sampling


@dataclass(frozen=True)
class _Part:
    """One stratum's share in a mean."""

    mass: float
    n: float
    of: int
    mean: float
    around: float
    """Sum of squared distances from the stratum's own mean."""
    open: float
    """Finite population correction: 0 where everything is known."""


def quantile(confidence: float, freedom: float) -> float:
    """How many standard errors reach to both sides at this confidence."""
    at = (1 + confidence) / 2
    if math.isinf(freedom):
        return _NORMAL.inv_cdf(at)
    from scipy.special import stdtrit  # half a second, so only where scores are read

    return float(stdtrit(freedom, at))


def weigh(strata: Sequence[Stratum], scale: Scale, refused_as: float | None = None) -> Weighted | None:
    """The mean over all strata, or None where no visit has a value.

    ``refused_as`` None: who refused is as those of the stratum who did not. Else each refused is taken to have that
    value, as the worst case on one side.
    """
    parts = [part for each in strata if (part := _part(each, refused_as)) is not None]
    size = sum(part.mass for part in parts)
    if not size:
        return None
    mean = min(scale.top, max(0.0, sum(part.mass * part.mean for part in parts) / size))
    seen = sum(each.sums.n for each in strata)
    return Weighted(
        mean=mean,
        size=size,
        variance=sum(_plain(part, mean) for part in parts if part.open) / size**2,
        kish=size**2 / sum(part.mass**2 / part.n for part in parts),
        n=seen,
        n_open=_speaking(strata),
        sampling=_sampling(parts, mean, size, scale),
    )


def _speaking(strata: Sequence[Stratum]) -> int:
    loose = [each for each in strata if each.open]
    random = [each for each in loose if not each.certain]
    return sum(each.sums.n for each in random or loose)


def _part(each: Stratum, refused_as: float | None) -> _Part | None:
    n, total, squares = float(each.sums.n), float(each.sums.total), float(each.sums.squares)
    refused = each.refused_here
    if refused_as is not None:
        n, total, squares = n + refused, total + refused * refused_as, squares + refused * refused_as**2
    if not n:
        return None
    # A report has a hundred thousand of these: what a property works out is asked for once.
    answered = each.answered
    resolved = answered + each.gone
    expansion = each.population / resolved
    if refused_as is None:
        # Visits also stand for the refused, so fewer of the living were looked at.
        living = expansion * answered
        mass, known = expansion * (n + refused), each.visited / living if living else 1.0
    else:
        mass, known = expansion * n, resolved / each.population
    known = 0.0 if each.partial else known
    around = max(0.0, squares - total * total / n)
    return _Part(mass, n, resolved, total / n, around, max(0.0, 1 - known) if known < 1 - 1e-12 else 0.0)


def _plain(part: _Part, mean: float) -> float:
    """What a stratum adds to the variance of the total of residuals, by its own visits alone."""
    if part.of < 2:
        return 0.0
    sum_, squares = part.n * (part.mean - mean), part.around + part.n * (part.mean - mean) ** 2
    spread = max(0.0, squares - sum_ * sum_ / part.of) / (part.of - 1)
    return (part.mass / part.n) ** 2 * part.open * part.of * spread


def _sampling(parts: Sequence[_Part], mean: float, size: float, scale: Scale) -> Sampling:
    top = scale.top
    loose = [part for part in parts if part.open]
    shift = sum(part.mass * part.mean for part in parts if not part.open) / size
    if not loose:
        return Sampling(mean, math.inf, math.inf, 0.0, mean, top)
    part_open = sum(part.mass for part in loose)
    middle = min(top, max(0.0, sum(part.mass * part.mean for part in loose) / part_open))
    spread = _of_shares(loose, middle) if scale is Scale.share else _of_scores(loose, middle, top)
    terms = [_term(part, within, mean) / part_open**2 for part, within in zip(loose, spread.within, strict=True)]
    variance = sum(terms)
    freedom = math.inf
    if scale is Scale.score:
        freedom = variance**2 / sum(term**2 / free for term, free in zip(terms, spread.free, strict=True))
    return Sampling(middle, spread.widest / variance, freedom, part_open / size, shift, top)


@dataclass(frozen=True)
class _Spread:
    """How much members differ inside each stratum."""

    within: list[float]
    free: list[float]
    """Degrees of freedom of each."""
    widest: float
    """The variance that a mean like theirs allows at most, to which effective visits refer."""


def _term(part: _Part, within: float, mean: float) -> float:
    """What a stratum adds to the variance: differences inside it, and (for a domain) how many of it are met."""
    outside = 1 - part.n / part.of
    meeting = outside * part.of / max(1, part.of - 1) * (part.mean - mean) ** 2
    return part.mass**2 / part.n * part.open * (within + meeting)


def _of_shares(parts: Sequence[_Part], middle: float) -> _Spread:
    """A share tells its own spread; each stratum's is drawn towards that of all, and that towards one half."""
    n = sum(part.n for part in parts)
    common = (middle * n + 1) / (n + 2)
    shares = [(part.n * part.mean + BORROWED * common) / (part.n + BORROWED) for part in parts]
    reference = sum(part.mass * p for part, p in zip(parts, shares, strict=True)) / sum(part.mass for part in parts)
    # The second factor makes up for p (1 - p) being too small on average where p itself is a guess.
    within = [p * (1 - p) * (1 + part.n / (part.n + BORROWED) ** 2) for part, p in zip(parts, shares, strict=True)]
    return _Spread(within, [math.inf] * len(parts), reference * (1 - reference))


def _of_scores(parts: Sequence[_Part], middle: float, top: float) -> _Spread:
    n, free = sum(part.n for part in parts), sum(max(0.0, part.n - 1) for part in parts)
    unmet = (UNMET * top) ** 2 / (free + 1)
    inside = sum(part.around for part in parts)
    between = sum(part.n * (part.mean - middle) ** 2 for part in parts)
    common = inside / max(1.0, free)
    lone = max(common, (inside + between) / max(1.0, n - 1))
    within, frees = [], []
    for part in parts:
        own = max(0.0, part.n - 1)
        within.append(unmet + (part.around + BORROWED * (common if part.n >= 2 else lone)) / (own + BORROWED))
        frees.append(own + min(BORROWED, free + 1))
    hair = top / (n + 2)  # where all are at an end, the mean is taken a little inside, else nothing could differ
    inner = min(top - hair / 2, max(hair / 2, middle))
    return _Spread(within, frees, inner * (top - inner))
