"""What a draw gives to reckon with: exact sums of a stratum's visits, and the numbers that turn them into weights.

Sums are stored as they are, without weights. How many of a stratum were drawn, visited, refused or gone is put beside
them when a figure is read, so that a later refusal changes no stored sum (domain facts 6.2).

The inclusion probability is the same for all of a stratum by the construction of the draw (a simple random draw without
replacement, or all of it), so sums need no moments of the probability: two strata are two terms here, whatever their
probabilities. A draw with unequal probabilities inside a stratum would need the squares of ``y / pi`` kept beside
these, and the variance of Hájek and Tillé; the product makes no such draw.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

Exact = int | Decimal
"""A sum that loses nothing when something is added and taken back. Floats are not."""


class Scale(StrEnum):
    """What a figure is measured in."""

    share = "share"
    """``y`` is 0 or 1 for each visit; figures lie between 0 and 1."""
    score = "score"
    """``y`` lies between 0 and 100 for each visit; so do figures."""

    @property
    def top(self) -> float:
        """The greatest value there can be; the least is 0."""
        return 1.0 if self is Scale.share else 100.0


@dataclass(frozen=True)
class Sums:
    """Number, total and total of squares of ``y`` over visits, unweighted and exact; they add and subtract."""

    n: int = 0
    total: Exact = 0
    squares: Exact = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.n + other.n, self.total + other.total, self.squares + other.squares)

    def __sub__(self, other: Sums) -> Sums:
        return Sums(self.n - other.n, self.total - other.total, self.squares - other.squares)

    def of(self, y: Exact) -> Sums:
        """These and one more visit."""
        return Sums(self.n + 1, self.total + y, self.squares + y * y)

    @classmethod
    def count(cls, n: int, with_it: int) -> Sums:
        """Of ``n`` visits, those that have something (a finding, a shortfall): ``y`` is 1 for them and 0 else."""
        return cls(n, with_it, with_it)

    @classmethod
    def tenths(cls, n: int, total: int, squares: int) -> Sums:
        """From sums of scores kept in whole tenths of a point (a score of 87.5 is 875), back in points."""
        return cls(n, Decimal(total) / 10, Decimal(squares) / 100)


@dataclass(frozen=True)
class Stratum:
    """A stratum of one draw as it stands when a figure is read, and the sums of its visits that the figure is about.

    A figure may be about a part of the members (a domain: one district, one trait) that crosses strata. Then ``sums``
    holds the visits of the domain alone and everything else stays that of the whole stratum. Pass every stratum that
    may hold members of the domain, also where none was met, and leave out those that cannot.
    """

    population: int
    """How many of the frozen frame are in the stratum (N)."""
    drawn: int
    """How many of them were drawn (n); all of them in a take-all stratum."""
    visited: int = 0
    """Completed, released visits, in or out of the domain."""
    refused: int = 0
    """Drawn, and refused or not found: that may depend on what would have been seen."""
    gone: int = 0
    """Drawn, and closed down or no member any more: not part of the population, and a sign how many more are not."""
    sums: Sums = field(default_factory=Sums)
    """Of the visits in the domain that have a value; ``sums.n <= visited``."""
    certain: bool = False
    """A take-all stratum: all of it was drawn with probability 1."""
    like: tuple[str, ...] = ()
    """Words by which strata are like each other, the weightiest first (sector, size, period). See ``collapse``."""
    refused_inside: int | None = None
    """How many of ``refused`` are in the domain, where that is known of the refused (their sector is; a trait seen on
    the spot is not). None: as many in proportion as of the visited."""
    partial: bool = False
    """``sums`` are of a part of the draw's time only (one month of a quarter's visits). Those met then are some of all
    by chance, also where all were visited in the end: nothing is known for certain."""

    def __post_init__(self) -> None:
        counts = (self.population, self.drawn, self.visited, self.refused, self.gone, self.sums.n)
        if min(counts) < 0:
            raise ValueError("a stratum counts nothing below zero")
        if self.drawn > self.population or self.answered + self.gone > self.drawn:
            raise ValueError("not more can be drawn than there are, and not more visited, refused or gone than drawn")
        if self.sums.n > self.visited:
            raise ValueError("sums are of the completed visits of the stratum, not of more")
        if self.refused_inside is not None and not 0 <= self.refused_inside <= self.refused:
            raise ValueError("of the refused, not more can be in the domain than there are")

    @property
    def answered(self) -> int:
        """Drawn members of the population of which it is known how the visit ended."""
        return self.visited + self.refused

    @property
    def resolved(self) -> int:
        """Drawn of which it is known how the visit ended; the rest is missed at random, or still to come."""
        return self.answered + self.gone

    @property
    def open(self) -> bool:
        """Whether something of its population is not known by looking: the stratum adds to the uncertainty."""
        return self.partial or self.resolved < self.population

    @property
    def expansion(self) -> float:
        """For how many of the frame each resolved one stands (1 / pi, corrected for the missed)."""
        return self.population / self.resolved

    @property
    def refused_here(self) -> float:
        """How many refusals of the domain."""
        if self.refused_inside is not None:
            return float(self.refused_inside)
        if not self.visited:
            return float(self.refused)
        return self.refused * self.sums.n / self.visited
