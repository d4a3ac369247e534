"""A share of things of which several belong to one enterprise, and how sure it is.

Corrections of one enterprise are alike: forty things put right late by one member tell less than forty by forty. The
interval counts the members and not the things (domain facts 6.3: the cluster is the employer).
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

FEWEST = 8
"""Fewer clusters give no interval."""
MOST_ALIKE = 12.0
"""The greatest design effect reckoned with."""


@dataclass(frozen=True)
class Clusters:
    """Sums over clusters: how many there are, of things in each (n) and of those that have something (y)."""

    clusters: int = 0
    n: int = 0
    y: int = 0
    nn: int = 0
    """Sum of n squared."""
    ny: int = 0
    yy: int = 0

    def __add__(self, other: "Clusters") -> "Clusters":
        """Of other clusters, none of them in both."""
        return Clusters(
            self.clusters + other.clusters, self.n + other.n, self.y + other.y,
            self.nn + other.nn, self.ny + other.ny, self.yy + other.yy,
        )  # fmt: skip

    def of(self, n: int, y: int) -> "Clusters":
        """These and one more cluster with ``n`` things, ``y`` of which have it."""
        return self + Clusters(1, n, y, n * n, n * y, y * y)


@dataclass(frozen=True)
class Share:
    """A share (0 to 1) with its 95% interval; the ends are NaN where too few clusters stand behind it."""

    value: float
    low: float
    high: float
    n: int
    clusters: int
    alike: float
    """The design effect: how many times as many things as independent ones are needed."""

    @property
    def silent(self) -> bool:
        """Whether too few stand behind it."""
        return math.isnan(self.low)


def alike(found: Clusters) -> float:
    """The design effect, from 1 (things of one cluster are as different as any) to ``MOST_ALIKE``.

    The variance of the ratio over clusters (linearized, clusters as drawn with replacement) to that of as many
    independent things. Where all or none have it nothing shows how alike they are: then one cluster counts as one.
    """
    if found.clusters < 2 or not found.n:
        return 1.0
    p = found.y / found.n
    plain = p * (1 - p) / found.n
    if not plain:
        return min(MOST_ALIKE, max(1.0, found.nn / found.n))
    spread = found.yy - 2 * p * found.ny + p * p * found.nn
    between = max(0.0, spread) / found.n**2 * found.clusters / (found.clusters - 1)
    return min(MOST_ALIKE, max(1.0, between / plain))


def clustered_share(found: Clusters, confidence: float = 0.95) -> Share:
    """Wilson's interval with as many independent things as the clusters are worth."""
    if not found.n:
        return Share(math.nan, math.nan, math.nan, 0, 0, 1.0)
    p, effect = found.y / found.n, alike(found)
    if found.clusters < FEWEST:
        return Share(p, math.nan, math.nan, found.n, found.clusters, effect)
    far = NormalDist().inv_cdf((1 + confidence) / 2)
    pull = far * far * effect / found.n
    centre = (p + pull / 2) / (1 + pull)
    reach = math.sqrt(pull * (p * (1 - p) + pull / 4)) / (1 + pull)
    low, high = max(0.0, min(p, centre - reach)), min(1.0, max(p, centre + reach))
    return Share(p, low, high, found.n, found.clusters, effect)


def wider(confidence: float, effect: float) -> float:
    """The confidence at which an interval for independent things is as wide as one at ``confidence`` for alike ones."""
    normal = NormalDist()
    far = normal.inv_cdf((1 + confidence) / 2) * math.sqrt(effect)
    return min(2 * normal.cdf(far) - 1, 1 - 1e-11)
