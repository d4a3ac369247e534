"""What one released visit adds to the cells, as whole numbers, and to which of them. Pure.

Ids are as the database's driver gives them (bytes on SQLite): a million visits have seven million of them, which are
only compared, counted and written back.
"""

import struct
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import compress
from typing import Any, NamedTuple

import numpy as np

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
_OUTCOME = {outcome: place for place, outcome in enumerate(OUTCOMES)}
_FIGURE = {area: place for place, area in enumerate(FIGURES) if area in AREAS}


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


SUMS = np.dtype(
    [
        ("outcome", "u1"),
        ("findings", "<u2"),
        ("criticals", "<u2"),
        ("repeats", "<u2"),
        ("tenths", "<i2", len(FIGURES)),
        ("looked", "u1", len(FIGURES)),
    ]
)
"""What a visit adds, in 25 bytes: the place of its outcome in ``OUTCOMES``; its findings; for each of ``FIGURES`` the
score in tenths, -1 where it enters no average, and as bits whether anything was looked at, short, critically short.
"""
_PACKED = struct.Struct(f"<B3H{len(FIGURES)}h{len(FIGURES)}B")
ASKED, SHORT, CRITICAL = 1, 2, 4


class Put(NamedTuple):
    """What a visit adds: where, the sums as ``SUMS`` has them, and its marks: each once, ascending, a line for each."""

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
    sums: bytes
    marks: str


def month_of(day: date) -> int:
    """A day's month as the cells have it: 202607 for July 2026."""
    return day.year * 100 + day.month


def put(facts: Facts) -> Put:
    """What a visit adds to each of its cells. Only completed visits add more than their outcome."""
    findings = criticals = repeats = 0
    tenths, looked = [-1] * len(FIGURES), [0] * len(FIGURES)
    marks: set[str] = set()
    if facts.outcome == "completed":
        if facts.scores:
            _scored(facts, tenths, looked)
            marks.add(BAND + facts.band)
        for item, area, clause, critical, repeat in facts.shortfalls:
            findings += 1
            criticals += critical
            repeats += repeat
            for place in (0, _FIGURE[area]) if area in _FIGURE else (0,):
                looked[place] |= ASKED | SHORT | (CRITICAL if critical else 0)
            marks.add(ITEM + item)
            if clause:
                marks.add(CLAUSE + clause)
            if critical:
                marks.add(CRITICAL_ITEM + item)
    sums = _PACKED.pack(_OUTCOME[facts.outcome], findings, criticals, repeats, *tenths, *looked)
    return Put(*facts[:11], sums, "\n".join(sorted(marks)))


def _scored(facts: Facts, tenths: list[int], looked: list[int]) -> None:
    looked[0] = ASKED
    for place, (score, counted) in enumerate(zip(facts.scores, facts.counted, strict=True)):
        if score is not None:
            looked[place] = ASKED
            if counted:
                tenths[place] = round(score * 10)


def measured(sums: Sequence[bytes]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The measures of each of these puts: a line for each of ``MEASURES``."""
    given = np.frombuffer(b"".join(sums), SUMS)
    values = np.zeros((len(MEASURES), len(given)), np.int64)
    for place in range(len(OUTCOMES)):
        values[place] = given["outcome"] == place
    for name in ("findings", "criticals", "repeats"):
        values[_PLACE[name]] = given[name]
    values[_PLACE["repeated"]] = given["repeats"] > 0
    for place, area in enumerate(FIGURES):
        tenths, looked = given["tenths"][:, place].astype(np.int64), given["looked"][:, place]
        counted = tenths >= 0
        values[_PLACE[f"{area}_n"]] = counted
        values[_PLACE[f"{area}_total"]] = np.where(counted, tenths, 0)
        values[_PLACE[f"{area}_squares"]] = np.where(counted, tenths * tenths, 0)
        for bit, part in ((ASKED, "asked"), (SHORT, "short"), (CRITICAL, "critical")):
            values[_PLACE[f"{area}_{part}"]] = looked & bit > 0
    return values


def traits_of(bits: int) -> Iterator[str]:
    """The names of the traits that are set."""
    return compress(TRAITS, (bits >> place & 1 for place in range(len(TRAITS))))
