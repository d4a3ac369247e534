"""What can be asked of the cells, and how sums of a stratum become what estimates are made of. Pure.

Which dimensions combine: sector, district and size with each other in any way, all with route, stratum and checklist
version; a workplace trait only by itself; items, clauses and bands with one of sector, district and size at most.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Self
from uuid import UUID

import numpy as np

from compliance.enterprises.classes import district_stem
from compliance.estimation.strata import Stratum, Sums
from compliance.trends.contribution import BAND, CLAUSE, CRITICAL_ITEM, DISTRICT, ITEM, SECTOR, SIZE, TRAIT, month_of
from compliance.trends.measures import OVERALL
from compliance.trends.packed import Numbers
from compliance.trends.periods import Step
from compliance.trends.rules import ROUTES, UNKNOWN, Selection, View


class By(StrEnum):
    """What readings are told apart by. Areas are measures of their own."""

    none = "none"
    sector = "sector"
    district = "district"
    size = "size"
    trait = "trait"
    version = "version"


class Kind(StrEnum):
    """What is summed over visits: a score (0 to 100), or whether a visit has something (0 or 1)."""

    score = "score"
    shortfall = "shortfall"
    critical = "critical"
    repeated = "repeated"
    item = "item"
    item_critical = "item_critical"
    clause = "clause"
    band = "band"


MARKED: Mapping[Kind, str] = {
    Kind.item: ITEM,
    Kind.item_critical: CRITICAL_ITEM,
    Kind.clause: CLAUSE,
    Kind.band: BAND,
}
"""The kinds that are kept as marks, and how their marks begin."""
_BITS = {By.sector: SECTOR, By.district: DISTRICT, By.size: SIZE}


@dataclass(frozen=True)
class Measure:
    """One thing to sum. ``mark`` is the item, clause or band; None asks for every one that was met."""

    kind: Kind
    area: str = OVERALL
    mark: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a cell that it is made of, the number of visits first."""
        match self.kind:
            case Kind.score:
                return (f"{self.area}_n", f"{self.area}_total", f"{self.area}_squares")
            case Kind.shortfall:
                return (f"{self.area}_asked", f"{self.area}_short")
            case Kind.critical:
                return (f"{self.area}_asked", f"{self.area}_critical")
            case Kind.repeated:
                return ("overall_asked", "repeated")
            case _:
                return ("overall_asked",)

    def sums(self, values: Sequence[int]) -> Sums:
        """From the numbers of these columns."""
        return Sums.tenths(*values) if self.kind is Kind.score else Sums.count(*values)


@dataclass(frozen=True)
class Asked:
    """What to sum over: months (202607) from first to last, and classes; empty texts do not narrow.

    ``view`` says whose visits make the plain figure; the strata are those of draws, whatever the view.
    """

    first: int
    last: int
    sector: str = ""
    district: str = ""
    size: str = ""
    trait: str = ""
    version: UUID | None = None
    view: View = View.random

    @classmethod
    def of(cls, wanted: Selection) -> Self:
        """What a reader selected, widened to whole months."""
        span = wanted.span
        return cls(
            month_of(span.first), month_of(span.last), wanted.sector, wanted.district, wanted.size, wanted.trait,
            wanted.version, wanted.view,
        )  # fmt: skip

    def grain(self, by: By) -> int:
        """By which classes the cells must be told apart."""
        if self.trait or by is By.trait:
            return TRAIT
        narrowed = {By.sector: self.sector, By.district: self.district, By.size: self.size}
        return sum(bit for one, bit in _BITS.items() if narrowed[one] or by is one)


def combines(asked: Asked, by: By, measures: Iterable[Measure]) -> bool:
    """Whether the cells can answer this."""
    classes = [bool(asked.sector), bool(asked.district), bool(asked.size)]
    if asked.trait or by is By.trait:
        return not any(classes) and by in (By.none, By.trait, By.version) and not any(marked(measures))
    return not any(marked(measures)) or asked.grain(by) in (0, SECTOR, DISTRICT, SIZE)


def marked(measures: Iterable[Measure]) -> Iterator[Measure]:
    """Those of the measures that are kept as marks."""
    return (one for one in measures if one.kind in MARKED)


def holds(code: str, stem: str) -> bool:
    """Whether a class's code is what was selected: the same, a finer one inside it, or none where none is asked for."""
    return not code if stem == UNKNOWN else code.startswith(stem)


def stems(asked: Asked) -> dict[str, str]:
    """By column, what the codes of the selected classes begin with."""
    given = {"sector": asked.sector, "district": asked.district, "size": asked.size}
    found = {name: code for name, code in given.items() if code}
    if found.get("district", UNKNOWN) != UNKNOWN:
        found["district"] = district_stem(found["district"])
    if "sector" in found and found["sector"] != UNKNOWN:
        found["sector"] = found["sector"][:3]
    return found


def bucket_of(month: int, step: Step | None) -> str:
    """The key of the month or quarter that a month is in; "" where time is not told apart."""
    year, number = divmod(month, 100)
    match step:
        case Step.quarter:
            return f"{year}-Q{(number + 2) // 3}"
        case Step.month:
            return f"{year}-{number:02d}"
        case None:
            return ""


def months_of(bucket: str, asked: Asked) -> tuple[int, int]:
    """The months of a bucket, both included, cut to what was asked."""
    if not bucket:
        return asked.first, asked.last
    year, part = bucket.split("-")
    if part.startswith("Q"):
        last = int(part[1:]) * 3
        first = last - 2
    else:
        first = last = int(part)
    return max(int(year) * 100 + first, asked.first), min(int(year) * 100 + last, asked.last)


class Frame(NamedTuple):
    """A stratum of a draw as it stands now: the frame's and the drawn number, and how the drawn visits ended."""

    id: UUID
    period_id: UUID
    first: int
    last: int
    key: str
    sector: str
    size: str
    district: str
    route: str
    certain: bool
    population: int
    drawn: int
    visited: int
    refused: int
    gone: int

    def touches(self, first: int, last: int) -> bool:
        """Whether its period has days in these months."""
        return self.first <= last and self.last >= first

    def may_hold(self, classes: Mapping[str, str]) -> bool:
        """Whether there can be members of these classes in it; a class that is not told apart holds all."""
        own = {"sector": self.sector[:3], "district": self.district, "size": self.size}
        return all(not own[name] or holds(own[name], stem) for name, stem in classes.items())

    def stratum(self, sums: Sums, refused_inside: int, months: tuple[int, int]) -> Stratum:
        """What an estimate is made of: ``sums`` are of the visits in these months, both included."""
        return Stratum(
            population=self.population, drawn=self.drawn, visited=self.visited, refused=self.refused, gone=self.gone,
            sums=sums, certain=self.certain, like=(self.sector, self.size, str(self.first)),
            refused_inside=min(refused_inside, self.refused),
            partial=not (months[0] <= self.first and self.last <= months[1]),
        )  # fmt: skip


class Leaves(NamedTuple):
    """The numbers of n strata and routes in a bucket and group: how many ``refused``, and ``numbers`` (k, n) with the
    lines of each measure's columns one below the other; that of a mark has how many were asked, and how many had it.
    """

    strata: Sequence[UUID]
    routes: Sequence[str]
    refused: Numbers
    numbers: Numbers


@dataclass(frozen=True)
class Reading:
    """One figure's numbers: those of each stratum for the estimate, and all compared visits for the plain figure."""

    bucket: str
    group: str
    measure: Measure
    strata: tuple[Stratum, ...]
    plain: Sums
    by_route: Mapping[str, Sums]

    @property
    def undrawn(self) -> bool:
        """Whether there is no draw behind it: only the plain figure can be shown."""
        return not self.strata


@dataclass(frozen=True)
class Outcomes:
    """How released visits ended, by route and outcome; and how many findings the visits of the view have."""

    bucket: str
    group: str
    counts: Mapping[tuple[str, str], int]
    findings: int
    criticals: int
    repeats: int

    def number(self, *, route: str | None = None, outcome: str | None = None) -> int:
        """How many of a route and outcome, or of all."""
        return sum(n for (a, b), n in self.counts.items() if route in (None, a) and outcome in (None, b))


def readings(
    bucket: str, group: str, measures: Sequence[Measure], leaves: Leaves, frames: Sequence[Frame], asked: Asked
) -> Iterator[Reading]:
    """The sums of one bucket and group put together. ``frames`` are the strata that may hold its members.

    A stratum that says the same for many measures (nobody had this item, nor that one) is made once.
    """
    months = months_of(bucket, asked)
    place_of = {frame.id: place for place, frame in enumerate(frames)}
    place = np.array([place_of.get(id, -1) for id in leaves.strata], np.int64)
    drawn = place >= 0
    of_frames = _by_place(leaves.numbers[:, drawn], place[drawn], len(frames))
    refused = np.bincount(place[drawn], weights=leaves.refused[drawn], minlength=len(frames)).astype(int).tolist()
    routes = sorted(set(leaves.routes))
    of_routes = _by_place(leaves.numbers, np.array([routes.index(one) for one in leaves.routes], np.int64), len(routes))
    compared = [route in ROUTES[asked.view] for route in routes]
    plain = of_routes[compared].sum(axis=0).tolist()
    made: list[dict[tuple[bool, tuple[int, ...]], Stratum]] = [{} for _ in frames]
    at = 0
    for measure in measures:
        score = measure.kind is Kind.score
        lines = slice(at, at + (3 if score else 2))
        at = lines.stop
        strata = []
        for frame, known, inside, of in zip(frames, made, refused, of_frames[:, lines].tolist(), strict=True):
            key = (score, tuple(of))
            stratum = known.get(key)
            if stratum is None:
                stratum = known[key] = frame.stratum(measure.sums(of), inside, months)
            strata.append(stratum)
        by_route = zip(routes, map(measure.sums, of_routes[:, lines].tolist()), strict=True)
        yield Reading(bucket, group, measure, tuple(strata), measure.sums(plain[lines]), dict(by_route))


def _by_place(numbers: Numbers, place: Numbers, places: int) -> Numbers:
    """Lines of numbers added up by place: for each place the sum of each line."""
    found = np.zeros((places, len(numbers)), np.int64)
    np.add.at(found, place, numbers.T)
    return found
