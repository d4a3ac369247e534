"""Differences between two figures, with an interval of their own, and which of many differences stand.

A difference is of two figures that chance moves independently: two periods that do not overlap (each has a draw of its
own; a workplace may be in both), or two groups without common members. Groups that share draw strata are drawn by one
lot, but given how many of each were met their values are independent of each other, so the same interval serves. Not
so for a group and a whole that contains it, or for a rolling year and the one that begins a quarter later: compare
parts, not a part with its whole.

The interval is that of Zou and Donner (MOVER, for shares Newcombe's): margins are added as squares, each side from the
facing ends of the two intervals. So it is honest near 0 and 1, where the intervals are lopsided. What refusals widen is
added plainly, since it is not chance.

**Many comparisons: Holm.** ``changed`` keeps the chance that any of the differences it names is a false alarm at 5%.
Holm's step-down needs no independence (areas of one visit are not independent, nor are a sector and a district), and
controls what a reader of the list relies on, namely that everything on it is so. Benjamini and Hochberg would name more
and let one in twenty of the named be false: right for a search, wrong for what leadership acts on.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist

from compliance.estimation.intervals import CONFIDENCE, Sampling
from compliance.estimation.rules import Bracket, Estimate, Silence, one_sided

_NORMAL = NormalDist()
LEAST = 1e-12
"""Nobody needs to tell smaller chances apart."""
_HALF = math.log(0.5)


@dataclass(frozen=True)
class Difference:
    """``after - before`` on their scale, or why there is none (then the numbers are NaN)."""

    value: float
    low: float
    high: float
    """The 95% interval; it contains the value."""
    silent: Silence | None = None
    widened: bool = False
    after: Estimate | None = None
    before: Estimate | None = None

    def bounds(self, confidence: float = CONFIDENCE) -> tuple[float, float]:
        """The interval at another confidence."""
        if self.after is None or self.before is None or not self.after.bracket or not self.before.bracket:
            return math.nan, math.nan
        return _bounds(self.after.bracket, self.before.bracket, confidence)

    @property
    def chance(self) -> float:
        """How likely chance alone shows a difference so far from none (two-sided p, no less than ``LEAST``).

        1 where silent, and where it is more than one half.
        """
        if self.silent is not None or not self._stands(_HALF):
            return 1.0
        stands, falls = _HALF, math.log(LEAST)
        if self._stands(falls):
            return LEAST
        while stands - falls > 1e-4:
            between = (stands + falls) / 2
            stands, falls = (between, falls) if self._stands(between) else (stands, between)
        return math.exp(stands)

    def _stands(self, log_chance: float) -> bool:
        """Whether the interval that errs with this chance leaves no difference out."""
        low, high = self.bounds(1 - math.exp(log_chance))
        return low > 0 or high < 0


def difference(after: Estimate, before: Estimate) -> Difference:
    """By how much ``after`` is above ``before``; silent where either is. They must be on one scale."""
    if after.scale is not before.scale:
        raise ValueError("a share and a score have no difference")
    if after.bracket is None or before.bracket is None:
        return Difference(math.nan, math.nan, math.nan, silent=after.silent or before.silent)
    value = after.value - before.value
    low, high = _bounds(after.bracket, before.bracket, CONFIDENCE)
    return Difference(
        value,
        min(low, value),
        max(high, value),
        widened=after.widened or before.widened,
        after=after,
        before=before,
    )


def changed(differences: Iterable[Difference], confidence: float = CONFIDENCE) -> tuple[bool, ...]:
    """For each difference whether it stands among all that were looked at (Holm); a silent one never does.

    Give everything that was compared, not only what looks large: what was looked at counts.
    """
    given = list(differences)
    chances = {place: each.chance for place, each in enumerate(given) if each.silent is None}
    stands = [False] * len(given)
    left = len(chances)
    for place in sorted(chances, key=lambda place: chances[place]):
        if chances[place] > (1 - confidence) / left:
            break
        stands[place] = True
        left -= 1
    return tuple(stands)


def _bounds(after: Bracket, before: Bracket, confidence: float) -> tuple[float, float]:
    value = after.middle.value - before.middle.value
    below, above = _reach(after.middle, after.middle, before.middle, before.middle, confidence)
    plain = value - below, value + above
    if not (after.widened or before.widened):
        return plain
    least, most = after.least.value - before.most.value, after.most.value - before.least.value
    ends = after.least, after.most, before.least, before.most
    error = max(_reach(*ends, confidence)) / _NORMAL.inv_cdf((1 + confidence) / 2)
    level = one_sided(confidence, (most - least) / error) if error > 0 else confidence
    below, above = _reach(*ends, level)
    return min(plain[0], least - below), max(plain[1], most + above)


def _reach(
    after_least: Sampling, after_most: Sampling, before_least: Sampling, before_most: Sampling, confidence: float
) -> tuple[float, float]:
    """How far chance reaches below the least difference and above the greatest."""
    return (
        math.hypot(_margin(after_least, confidence)[0], _margin(before_most, confidence)[1]),
        math.hypot(_margin(after_most, confidence)[1], _margin(before_least, confidence)[0]),
    )


def _margin(of: Sampling, confidence: float) -> tuple[float, float]:
    low, high = of.bounds(confidence)
    return of.value - low, high - of.value
