"""What one released visit adds to the cells, as whole numbers, and to which of them. Pure.

Ids are as the database's driver gives them (bytes on SQLite): a million visits have seven million of them, which are
only compared, counted and written back.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import compress
from typing import Any, NamedTuple

from compliance.checklists.rules import AREAS
from compliance.trends.measures import FIGURES, MEASURES, OUTCOMES, TRAITS

Raw = Any
"""An id as the driver gives it."""

SECTOR, DISTRICT, SIZE, TRAIT = 1, 2, 4, 8
"""The bits of a grain: by which classes a cell is told apart. Traits stand by themselves."""
CUBE = tuple(range(8))
ALONE = (0, SECTOR, DISTRICT, SIZE)
"""The grains of the marks."""

ITEM, CRITICAL_ITEM, CLAUSE, BAND = "i:", "x:", "c:", "b:"
"""How marks are told apart: a finding of the item, a critical one, one of the clause, and the visit's band."""

_PLACE = {name: place for place, name in enumerate(MEASURES)}
_OUTCOME = {outcome: _PLACE[outcome] for outcome in OUTCOMES}
_N = tuple(_PLACE[f"{area}_n"] for area in FIGURES)
_ASKED = {area: _PLACE[f"{area}_asked"] for area in FIGURES}
_SHORT = {area: _PLACE[f"{area}_short"] for area in FIGURES}
_FINDINGS, _CRITICALS = _PLACE["findings"], _PLACE["criticals"]
_REPEATS, _REPEATED = _PLACE["repeats"], _PLACE["repeated"]
_NOTHING = [0] * len(MEASURES)


class Shortfall(NamedTuple):
    """One finding that the enterprise was told of and that holds."""

    item: str
    area: str
    clause: str
    critical: bool
    repeat: bool


class Facts(NamedTuple):
    """A released visit as its receipts tell of it.

    ``scores`` has one for each of ``FIGURES`` (0 to 100, None where nothing was assessed), ``counted`` whether it
    enters averages; both are empty without a standing released scorecard. ``traits`` are the bits of ``TRAITS``.
    """

    visit_id: Raw
    association_id: Raw
    enterprise_id: Raw
    month: int
    stratum_id: Raw
    route: str
    version_id: Raw
    sector: str
    district: str
    size: str
    traits: int
    outcome: str
    scores: Sequence[float | None]
    counted: Sequence[bool]
    band: str
    shortfalls: Sequence[Shortfall]


class Put(NamedTuple):
    """What a visit adds: where, the measures in their order, and how many times each mark (once)."""

    visit_id: Raw
    association_id: Raw
    enterprise_id: Raw
    month: int
    stratum_id: Raw
    route: str
    version_id: Raw
    sector: str
    district: str
    size: str
    traits: int
    measures: tuple[int, ...]
    marks: tuple[str, ...]


def month_of(day: date) -> int:
    """A day's month as the cells have it: 202607 for July 2026."""
    return day.year * 100 + day.month


def put(facts: Facts) -> Put:
    """What a visit adds to each of its cells. Only completed visits add more than their outcome."""
    measures = _NOTHING.copy()
    measures[_OUTCOME[facts.outcome]] = 1
    marks: tuple[str, ...] = ()
    if facts.outcome == "completed":
        marks = _looked_at(facts, measures)
    return Put(*facts[:11], tuple(measures), marks)


def _looked_at(facts: Facts, measures: list[int]) -> tuple[str, ...]:
    marks: set[str] = set()
    if facts.scores:
        marks.add(BAND + facts.band)
        measures[_ASKED["overall"]] = 1
        for place, score, counted, area in zip(_N, facts.scores, facts.counted, FIGURES, strict=True):
            if score is None:
                continue
            measures[_ASKED[area]] = 1
            if counted:
                tenths = round(score * 10)
                measures[place], measures[place + 1], measures[place + 2] = 1, tenths, tenths * tenths
    for item, area, clause, critical, repeat in facts.shortfalls:
        measures[_FINDINGS] += 1
        marks.add(ITEM + item)
        if clause:
            marks.add(CLAUSE + clause)
        known = area in AREAS
        for among in ("overall", area) if known else ("overall",):
            at = _SHORT[among]
            measures[at] = 1
            measures[_ASKED[among]] = 1
            if critical:
                measures[at + 1] = 1
        if critical:
            measures[_CRITICALS] += 1
            marks.add(CRITICAL_ITEM + item)
        if repeat:
            measures[_REPEATS] += 1
            measures[_REPEATED] = 1
    return tuple(sorted(marks))


CellKey = tuple[Raw, int, str, str, str, str, int, Raw, str, Raw]
"""Association, grain, sector, district, size, trait, month, stratum, route, version."""
MarkKey = tuple[Raw, int, str, int, Raw, str, Raw]
"""Association, grain, code, month, stratum, route, version."""


def cell_keys(one: Put) -> Iterator[CellKey]:
    """The cells that a visit is in: each combination of its classes, and each of its traits."""
    whence = (one.month, one.stratum_id, one.route, one.version_id)
    for grain in CUBE:
        yield (
            one.association_id, grain, one.sector if grain & SECTOR else "", one.district if grain & DISTRICT else "",
            one.size if grain & SIZE else "", "", *whence,
        )  # fmt: skip
    for trait in traits_of(one.traits):
        yield (one.association_id, TRAIT, "", "", "", trait, *whence)


def mark_keys(one: Put) -> Iterator[MarkKey]:
    """The rows of marks that a visit is in: all, and each of its classes alone."""
    codes = ("", one.sector, one.district, one.size)
    for grain, code in zip(ALONE, codes, strict=True):
        yield (one.association_id, grain, code, one.month, one.stratum_id, one.route, one.version_id)


def traits_of(bits: int) -> Iterator[str]:
    """The names of the traits that are set."""
    return compress(TRAITS, (bits >> place & 1 for place in range(len(TRAITS))))
