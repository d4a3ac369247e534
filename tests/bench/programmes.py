"""Made-up associations whose truth is known, and a year of visits to them, for ``bench_honesty``."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from compliance.estimation.strata import Scale, Stratum, Sums
from compliance.planning import strata

SMALLEST = 4
"""Workplaces of a stratum, at least, as the coordinator set it."""
Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Scenario:
    """One kind of association and programme."""

    name: str
    members: int = 300
    targeted: int = 40
    randomly: int = 30
    quality: float = 0.6
    """Correlation of the risk score with the true risk."""
    level: float = -1.2
    """P(shortfall) = logistic(level + sector + 1.3 risk)."""
    sectors: int = 1
    sizes: int = 1
    apart: float = 0.0
    """Standard deviation of the strata's levels."""
    flat: bool = False
    """Random visits spread evenly over strata, which the product would not do (else as it does, in proportion)."""
    missed: float = 0.0
    gone: float = 0.0
    refusing: tuple[float, float] = (0.0, 0.0)
    """Share that refuses among those with a shortfall and among the others."""
    domain: float = 1.0
    """Share of members that the figure is about; they cross strata and have a level of their own."""
    quarters: int = 1
    scale: Scale = Scale.share
    skewed: bool = False
    """Scores: most near 100 and some far below."""
    change: float | None = None
    """The figure is the difference to a second year whose level is shifted by so much."""

    @property
    def honest(self) -> bool:
        """Whether refusals do not depend on the truth."""
        return self.refusing[0] == self.refusing[1]

    @property
    def ordinary(self) -> bool:
        """Of ordinary size: the product should have something to say."""
        return self.honest and self.members >= 300 and self.randomly >= 30 and self.domain == 1 and self.change is None


DEPENDING = (0.30, 0.10)
SCENARIOS = (
    Scenario("one stratum, quality 0", quality=0.0),
    Scenario("one stratum, quality 0.3", quality=0.3),
    Scenario("one stratum, quality 0.6"),
    Scenario("one stratum, quality 0.9", quality=0.9),
    Scenario("60 members", members=60, targeted=8, randomly=20),
    Scenario("60 members, 2 x 3 strata", members=60, targeted=8, randomly=20, sectors=2, sizes=3, apart=0.7),
    Scenario("120 members, 2 x 2 strata", members=120, targeted=15, randomly=30, sectors=2, sizes=2, apart=0.7),
    Scenario("300 members, 4 x 3 strata", randomly=45, sectors=4, sizes=3, apart=0.7),
    Scenario("300 members, 10 x 3 small strata", randomly=60, sectors=10, sizes=3, apart=0.7),
    Scenario("300 members, 10 x 3 small strata, drawn evenly", randomly=60, sectors=10, sizes=3, apart=1.2, flat=True),
    Scenario("300 members, rare", level=-4.0, randomly=45),
    Scenario("300 members, rare, 4 x 3 strata", level=-4.0, randomly=45, sectors=4, sizes=3, apart=0.7),
    Scenario("300 members, nearly all", level=3.5, randomly=45, sectors=4, sizes=3, apart=0.7),
    Scenario("1,000 members, 6 x 3 strata", members=1000, targeted=100, randomly=100, sectors=6, sizes=3, apart=0.7),
    Scenario(
        "5,000 members, 8 x 3 strata, quality 0.9",
        members=5000,
        targeted=300,
        randomly=300,
        quality=0.9,
        sectors=8,
        sizes=3,
        apart=0.7,
    ),
    Scenario("a third missed, some gone", randomly=60, sectors=4, sizes=3, apart=0.7, missed=0.33, gone=0.05),
    Scenario("strata left empty", randomly=60, sectors=10, sizes=3, apart=0.7, missed=0.25),
    Scenario("refusals whatever the truth", randomly=70, sectors=4, apart=0.5, refusing=(0.1, 0.1)),
    Scenario("a year of four draws", randomly=15, targeted=15, quarters=4, sectors=2, apart=0.5),
    Scenario("a district", members=1000, targeted=80, randomly=150, sectors=6, sizes=2, apart=0.7, domain=0.25),
    Scenario("a small trait", members=1000, targeted=80, randomly=150, sectors=6, sizes=2, apart=0.7, domain=0.12),
    Scenario("a trait of a small association", randomly=60, sectors=4, apart=0.7, domain=0.4),
    Scenario("scores", scale=Scale.score),
    Scenario("scores, quality 0.9, 4 x 3 strata", scale=Scale.score, quality=0.9, sectors=4, sizes=3, apart=0.7),
    Scenario("scores, 60 members", scale=Scale.score, members=60, targeted=8, randomly=12),
    Scenario("scores, 10 x 3 small strata", scale=Scale.score, randomly=60, sectors=10, sizes=3, apart=0.7),
    Scenario("skewed scores", scale=Scale.score, skewed=True),
    Scenario("skewed scores, 12 visits", scale=Scale.score, skewed=True, randomly=12),
    Scenario("skewed scores, few far below", scale=Scale.score, skewed=True, level=-2.5),
    Scenario("skewed scores, 4 x 3 strata", scale=Scale.score, skewed=True, sectors=4, sizes=3, apart=0.7),
    Scenario("scores, 5,000 members", scale=Scale.score, members=5000, targeted=300, randomly=300, sectors=8, sizes=3),
    Scenario("scores of a district", scale=Scale.score, members=1000, targeted=80, randomly=150, sectors=6, domain=0.2),
    Scenario("a change of shares", randomly=70, sectors=4, apart=0.5, change=-0.4),
    Scenario("a change of rare shares", randomly=70, level=-4.0, sectors=4, apart=0.5, change=-0.4),
    Scenario("a change of scores", randomly=45, sectors=4, apart=0.5, change=-0.4, scale=Scale.score),
    Scenario("refusals depending, 300 members", randomly=70, refusing=DEPENDING),
    Scenario("refusals depending, 1,000 members", members=1000, targeted=100, randomly=150, refusing=DEPENDING),
    Scenario(
        "refusals depending, 5,000 members",
        members=5000,
        targeted=300,
        randomly=500,
        sectors=8,
        sizes=3,
        apart=0.7,
        refusing=DEPENDING,
    ),
    Scenario(
        "refusals depending, scores", scale=Scale.score, members=1000, targeted=100, randomly=150, refusing=DEPENDING
    ),
    Scenario("refusals depending, many refuse", randomly=70, refusing=(0.6, 0.3)),
    Scenario("refusals depending, a change", members=1000, targeted=100, randomly=250, refusing=DEPENDING, change=-0.4),
    # The allowance for what no visit met was raised for this one.
    Scenario("skewed scores, very few far below", randomly=60, level=-3.0, scale=Scale.score, skewed=True),
    # These came after the method was settled, to see whether it holds where it was not tried.
    Scenario("rare in a district", 1000, 80, 150, level=-3.8, sectors=6, sizes=2, apart=0.7, domain=0.25),
    Scenario("rare, 10 random visits", randomly=10, level=-3.5),
    Scenario("rare, drawn evenly, 5,000 members", 5000, 100, 120, level=-4, sectors=6, sizes=3, apart=1.2, flat=True),
    Scenario("skewed scores, 20 of 60 members", 60, 8, 20, sectors=2, sizes=2, scale=Scale.score, skewed=True),
)


@dataclass(frozen=True)
class Members:
    """The truth about one association, and how its members are told apart."""

    stratum: Array
    risk: Array
    y: Array
    """0 or 1, or a score in tenths of a point."""
    short: Array
    """Whether they have a shortfall."""
    inside: Array
    """Whether the figure is about them."""
    gone: Array

    @property
    def truth(self) -> float:
        """The mean of those the figure is about."""
        return float(self.y[self.inside & ~self.gone].mean())


@dataclass(frozen=True)
class Year:
    """What a year leaves: the strata, the truth, and the values of all visits."""

    drawn: list[Stratum]
    truth: float
    values: Array


def year_of(scenario: Scenario, lots: np.random.Generator) -> Year:
    """Members anew, and what their visits show."""
    members = _members(scenario, lots)
    drawn: list[Stratum] = []
    values: list[Array] = []
    for quarter in range(scenario.quarters):
        for stratum, seen in _draw(scenario, members, lots, quarter):
            drawn.append(stratum)
            values.append(seen)
    tenth = 10 if scenario.scale is Scale.score else 1
    return Year(drawn, members.truth / tenth, np.concatenate(values) / tenth)


def _members(scenario: Scenario, lots: np.random.Generator) -> Members:
    n, many = scenario.members, scenario.sectors * scenario.sizes
    sector = lots.integers(0, scenario.sectors, n)
    size = lots.choice(scenario.sizes, n, p=_falling(scenario.sizes))
    stratum = sector * scenario.sizes + size
    inside = lots.random(n) < scenario.domain
    risk = lots.standard_normal(n)
    level = scenario.level + scenario.apart * lots.standard_normal(many)[stratum] + 1.3 * risk
    level = level + (0.6 * inside if scenario.domain < 1 else 0.0)
    short = lots.random(n) < 1 / (1 + np.exp(-level))
    y = short.astype(np.int64)
    if scenario.scale is Scale.score:
        y = _scores(scenario, level, short, lots)
    return Members(stratum, risk, y, short, inside, lots.random(n) < scenario.gone)


def _scores(scenario: Scenario, level: Array, short: Array, lots: np.random.Generator) -> Array:
    """In whole tenths of a point."""
    n = len(level)
    if scenario.skewed:
        points = np.where(short & (lots.random(n) < 0.5), lots.uniform(10, 60, n), lots.uniform(93, 104, n))
    else:
        points = 78 - 10 * (level - scenario.level) - 15 * short + 8 * lots.standard_normal(n)
    tenths: Array = np.rint(10 * np.clip(points, 0, 100)).astype(np.int64)
    return tenths


def _falling(sizes: int) -> Array:
    """Many small ones, few large."""
    weights: Array = np.array([0.5**size for size in range(sizes)])
    return weights / float(weights.sum())


def _draw(
    scenario: Scenario, members: Members, lots: np.random.Generator, quarter: int
) -> Iterator[tuple[Stratum, Array]]:
    """By the product's rules: the targeted leave, strata are formed of the rest, and chance alone draws in each."""
    quality, n = scenario.quality, scenario.members
    score = quality * members.risk + math.sqrt(1 - quality**2) * lots.standard_normal(n)
    certain = np.zeros(n, dtype=bool)
    certain[np.argsort(-score)[: scenario.targeted]] = True
    yield _stratum(scenario, members, np.flatnonzero(certain), certain.sum(), ("", "", str(quarter)), True, lots)
    rest = {cell: np.flatnonzero(~certain & (members.stratum == h)) for h, cell in enumerate(_cells(scenario))}
    formed, _ = strata.form({cell: len(pool) for cell, pool in rest.items()}, SMALLEST, scenario.randomly)
    populations = [each.population for each in formed]
    given = strata.allocate(populations, scenario.randomly)
    if scenario.flat:
        given = tuple(min(each, max(2, round(scenario.randomly / len(formed)))) for each in populations)
    for each, many in zip(formed, given, strict=True):
        pool = lots.permutation(np.concatenate([rest[cell] for cell in each.cells]))
        yield _stratum(scenario, members, pool, many, (each.sector, each.size, str(quarter)), False, lots)


def _cells(scenario: Scenario) -> list[strata.Cell]:
    """The classes in the order of their numbers."""
    return [
        strata.Cell(f"C{sector:02}", str(size), "")
        for sector in range(scenario.sectors)
        for size in range(scenario.sizes)
    ]


def _stratum(
    scenario: Scenario, members: Members, pool: Array, many: int, like: tuple[str, ...], certain: bool,
    lots: np.random.Generator,
) -> tuple[Stratum, Array]:  # fmt: skip
    drawn = pool[:many]
    chance = np.where(members.short[drawn], scenario.refusing[0], scenario.refusing[1])
    missed = lots.random(len(drawn)) < scenario.missed
    gone = members.gone[drawn] & ~missed
    refused = (lots.random(len(drawn)) < chance) & ~missed & ~gone
    visited = drawn[~missed & ~gone & ~refused]
    y = members.y[visited][members.inside[visited]]
    total, squares = int(y.sum()), int((y * y).sum())
    sums = Sums.tenths(len(y), total, squares) if scenario.scale is Scale.score else Sums(len(y), total, squares)
    stratum = Stratum(
        len(pool), len(drawn), len(visited), int(refused.sum()), int(gone.sum()), sums, certain=certain, like=like
    )
    return stratum, y
