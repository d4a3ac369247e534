"""The weights of the risk score as data: what points are given for, how many, and why. Dated, like the law.

They are no part of a checklist version: a new weight changes whom the association looks at, and no question, score or
letter, so it makes no break in what is compared over time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from compliance.shared.words import Text


class Source(StrEnum):
    """What is known of a workplace and can give points."""

    days_since_visit = "days_since_visit"
    last_band = "last_band"
    open_critical = "open_critical"
    repeat_findings = "repeat_findings"
    refused_visits = "refused_visits"
    sector_rate = "sector_rate"
    workers = "workers"
    under_18 = "under_18"
    migrants = "migrants"
    complaints = "complaints"


BY_BAND: frozenset[Source] = frozenset({Source.last_band})
"""What is a word (the band of a scorecard) and not a number: its points stand beside each word."""
NO_BAND = "none"
"""How the table of bands names a visit that looked at too little for a band."""


@dataclass(frozen=True)
class RiskStep:
    """From ``at_least`` of the source's unit on, so many points; of several steps the highest that is reached."""

    at_least: int
    points: int


@dataclass(frozen=True)
class RiskLine:
    """One source of points. ``missing``: the points where there is nothing to measure (never visited)."""

    source: Source
    title: Text
    why: Text
    steps: tuple[RiskStep, ...] = ()
    bands: Mapping[str, int] = field(default_factory=dict)
    missing: int = 0

    def of_number(self, value: int | None) -> int:
        """The points of a number; None where there is nothing to measure."""
        if value is None:
            return self.missing
        return next((step.points for step in reversed(self.steps) if value >= step.at_least), 0)

    def of_band(self, band: str | None) -> int:
        """The points of a band; None where there was no visit. A band without an entry gives none."""
        return self.missing if band is None else self.bands.get(band, 0)

    @property
    def highest(self) -> int:
        """The most points that this line can give."""
        return max([self.missing, *(step.points for step in self.steps), *self.bands.values()])


@dataclass(frozen=True)
class LeftOut:
    """Something that might give points and gives none, with the reason."""

    title: Text
    why: Text


@dataclass(frozen=True)
class RiskWeights:
    """The weights from a day on, until the next ones begin.

    ``shortfall``: the bands that count as a shortfall, for the sector's rate and for judging the score itself.
    ``months``: how far back random visits, repeat findings and refusals are counted. ``shrink``: as many visits' worth
    of the rate of all sectors is mixed into each sector's own, so that few visits do not make a sector look special.
    """

    valid_from: date
    source: Text
    shortfall: tuple[str, ...]
    months: int
    shrink: int
    lines: tuple[RiskLine, ...]
    left_out: tuple[LeftOut, ...] = ()

    @property
    def highest(self) -> int:
        """The most points that a workplace can have."""
        return sum(line.highest for line in self.lines)


@dataclass(frozen=True)
class RiskPolicy:
    """All weights there were and will be, oldest first."""

    weights: tuple[RiskWeights, ...]

    def in_force(self, day: date) -> RiskWeights:
        """The weights of a day; for a day before all of them the first ones."""
        return next((one for one in reversed(self.weights) if one.valid_from <= day), self.weights[0])
