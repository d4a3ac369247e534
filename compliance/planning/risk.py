"""The risk score: facts about a workplace become points, each with its reason. Pure; the weights are dated data.

The score says where to look first. It says nothing about how many members fall short: that is what the random visits
are for, and they are also what the score is measured by (``risk_quality``).
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from compliance.checklists.risk import BY_BAND, NO_BAND, RiskLine, RiskWeights, Source
from compliance.shared.words import Text
from compliance.visits.states import Route

CHOSEN: frozenset[Route] = frozenset({Route.targeted, Route.follow_up})
"""Visits that took place because of earlier results. Points that rest on them say in part: we looked there before."""


@dataclass(slots=True)
class Facts:
    """What is known of one workplace on a day, from released visits and from the register.

    ``*_chosen`` count those of the findings that were seen on a visit of a route in ``CHOSEN``. ``sector_rate`` is the
    estimated share of the sector's workplaces with a shortfall in whole per cent, None where nothing is known.
    ``complaints`` are those about the enterprise whose delay is over; they carry no day, which would tell who wrote.
    """

    workplace_id: UUID
    enterprise_id: UUID
    sector: str = ""
    workers: int = 0
    under_18: int = 0
    migrants: int = 0
    last_visit: date | None = None
    last_route: Route | None = None
    last_band: str | None = None
    open_critical: int = 0
    open_critical_since: date | None = None
    open_critical_chosen: int = 0
    repeats: int = 0
    repeats_since: date | None = None
    repeats_chosen: int = 0
    refused: int = 0
    refused_since: date | None = None
    sector_rate: int | None = None
    sector_since: date | None = None
    complaints: int = 0


Value = int | str | None
"""A number or a band; None where there is nothing to measure."""


class Whence(NamedTuple):
    """Since when a fact is so, and which share of it (0 to 1) rests on visits that took place because of earlier
    results.
    """

    since: date | None = None
    chosen: float = 0.0


def _days(facts: Facts, day: date) -> Value:
    return None if facts.last_visit is None else (day - facts.last_visit).days


def _band(facts: Facts, _day: date) -> Value:
    return None if facts.last_visit is None else facts.last_band or NO_BAND


def _migrants(facts: Facts, _day: date) -> Value:
    return 100 * facts.migrants // facts.workers if facts.workers else 0


MEASURES: Mapping[Source, Callable[[Facts, date], Value]] = {
    Source.days_since_visit: _days,
    Source.last_band: _band,
    Source.open_critical: lambda facts, _day: facts.open_critical,
    Source.repeat_findings: lambda facts, _day: facts.repeats,
    Source.refused_visits: lambda facts, _day: facts.refused,
    Source.sector_rate: lambda facts, _day: facts.sector_rate,
    Source.workers: lambda facts, _day: facts.workers,
    Source.under_18: lambda facts, _day: facts.under_18,
    Source.migrants: _migrants,
    Source.complaints: lambda facts, _day: facts.complaints,
}
"""How each source is read from the facts. A new source is one entry here, one in ``Source``, and its lines of data; and
one below where the fact has a day.
"""

WHENCE: Mapping[Source, Callable[[Facts], Whence]] = {
    Source.days_since_visit: lambda facts: Whence(facts.last_visit),
    Source.last_band: lambda facts: Whence(facts.last_visit, float(facts.last_route in CHOSEN)),
    Source.open_critical: lambda facts: Whence(
        facts.open_critical_since, _part(facts.open_critical_chosen, facts.open_critical)
    ),
    Source.repeat_findings: lambda facts: Whence(facts.repeats_since, _part(facts.repeats_chosen, facts.repeats)),
    Source.refused_visits: lambda facts: Whence(facts.refused_since),
    Source.sector_rate: lambda facts: Whence(facts.sector_since),
}
"""Where a fact comes from; what is missing stands in the register, of which only the present is kept."""


def _part(chosen: int, number: int) -> float:
    return chosen / number if number else 0.0


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of a score: the fact, since when it is so, and the points that it gives.

    ``chosen``: the share of the points (0 to 1) that rests on visits that took place because of earlier results.
    """

    source: Source
    title: Text
    why: Text
    value: int | str | None
    since: date | None
    points: int
    chosen: float


@dataclass(frozen=True, slots=True)
class Score:
    """The points of a workplace, with a reason for each line of the weights, also those that give nothing."""

    points: int
    reasons: tuple[Reason, ...]

    @property
    def counted(self) -> tuple[Reason, ...]:
        """The reasons that gave points, the most first."""
        return tuple(sorted((one for one in self.reasons if one.points), key=lambda one: -one.points))

    @property
    def chosen(self) -> float:
        """The points that rest on visits that took place because of earlier results."""
        return sum(one.points * one.chosen for one in self.reasons)


def points(facts: Facts, weights: RiskWeights, day: date) -> Score:
    """The score of a workplace on a day."""
    reasons = tuple(_reason(line, facts, day) for line in weights.lines)
    return Score(sum(one.points for one in reasons), reasons)


def _reason(line: RiskLine, facts: Facts, day: date) -> Reason:
    value = MEASURES[line.source](facts, day)
    since, chosen = WHENCE[line.source](facts) if line.source in WHENCE else Whence()
    return Reason(line.source, line.title, line.why, value, since, _giver(line)(value), chosen)


def _giver(line: RiskLine) -> Callable[[Value], int]:
    """The points of a value, ready for many workplaces."""
    if line.source in BY_BAND:
        return lambda value: line.of_band(None if value is None else str(value))
    edges, given = [step.at_least for step in line.steps], [0, *(step.points for step in line.steps)]
    missing = line.missing
    return lambda value: missing if value is None else given[bisect_right(edges, value)]  # type: ignore[type-var]


def adder(weights: RiskWeights, day: date) -> Callable[[Facts], int]:
    """Gives the points alone of one workplace after the other."""
    parts = [(MEASURES[line.source], _giver(line)) for line in weights.lines]
    return lambda facts: sum([give(measure(facts, day)) for measure, give in parts])


class SectorSums(NamedTuple):
    """Drawn visits of a sector: sums of the weights, of their squares, and of the weights of those with a shortfall."""

    weights: float
    squares: float
    short: float

    @property
    def effective(self) -> float:
        """How many visits of equal weight say as much (Kish)."""
        return self.weights**2 / self.squares if self.squares else 0.0


def sector_rates(sums: Mapping[str, SectorSums], shrink: int) -> dict[str, int]:
    """The shortfall rate of each sector in whole per cent, weighted by the design and drawn towards that of all.

    ``shrink`` visits' worth of the rate of all sectors is mixed in. The entry "" is the rate of all, for sectors
    without a visit; empty where there is no visit at all.
    """
    weight = sum(one.weights for one in sums.values())
    if not weight:
        return {}
    everywhere = sum(one.short for one in sums.values()) / weight
    found = {"": round(100 * everywhere)}
    for sector, one in sums.items():
        if one.weights and sector:
            n = one.effective
            found[sector] = round(100 * (n * one.short / one.weights + shrink * everywhere) / (n + shrink))
    return found
