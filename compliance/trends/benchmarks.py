"""Benchmarks for managers: how enterprises of one kind stand, in numbers so coarse that they tell of none. Pure.

What guards a single enterprise (the reasons stand in the handbook's record of decisions on benchmarks):

- at least ten others stand behind every number, so a group needs eleven;
- a number is a quartile rounded to five points; there is no mean, no smallest, no largest, no exact count;
- none may carry more than a quarter of a group's weight;
- two groups that are shown in a quarter are the same, or differ by at least ten enterprises;
- a group's numbers change only when at least five of its enterprises have: otherwise those of the last quarter stay.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import NamedTuple

from compliance.trends.rules import OVERALL

FEWEST_OTHERS = 10
"""Enterprises besides the reader's own behind every number."""
FEWEST = FEWEST_OTHERS + 1
ROUND_TO = 5
"""Points to which quartiles are rounded."""
LARGEST_SHARE = 0.25
"""The most of a group's weight that one enterprise may carry."""
FEWEST_CHANGED = 5
"""So many enterprises of a group must have come, gone or been visited anew before its numbers change."""
BEHIND_STEPS = (10, 20, 50, 100, 200, 500, 1000)
"""How many others stand behind a number is said as one of these, rounded down."""


class Kind(NamedTuple):
    """Which enterprises are in a group: of a sector and size; an empty text means all of them."""

    sector: str = ""
    size: str = ""


EVERYBODY = Kind()


def widening(sector: str, size: str) -> list[Kind]:
    """The groups of an enterprise from narrow to wide: sector and size, sector, size, all. A class that the register
    does not know gives no group.
    """
    wanted = [Kind(sector, size)] if sector and size else []
    wanted += [Kind(sector, "")] if sector else []
    wanted += [Kind("", size)] if size else []
    return [*wanted, EVERYBODY]


@dataclass(frozen=True)
class Member:
    """An enterprise with its last visit of a draw: its scores by area and overall, and for how many it stands.

    ``enterprise`` and ``card`` are ids as text; ``scores`` lacks areas of which too little was seen.
    """

    enterprise: str
    card: str
    sector: str
    size: str
    weight: float
    scores: Mapping[str, float]


class Quartiles(NamedTuple):
    """Up to which score a quarter of the group lies, half of it, and three quarters.

    ``behind``: how many enterprises; never shown.
    """

    low: int
    middle: int
    high: int
    behind: int


Behind = Mapping[str, str]
"""Enterprise -> the scorecard that stood for it."""


@dataclass(frozen=True)
class Row:
    """The numbers of a group as they are kept for a quarter: quartiles by area, and who stands behind them.

    ``worked_out``: the quarter ("2026-Q3") in which they were worked out; an earlier one where they stay.
    """

    kind: Kind
    figures: Mapping[str, Quartiles]
    behind: Behind
    worked_out: str


def freeze(quarter: str, members: Sequence[Member], earlier: Sequence[Row] = ()) -> list[Row]:
    """What is kept for a quarter. ``earlier``: every row kept before, oldest first."""
    groups = _groups(members)
    kept: list[Row] = []
    for kind in sorted(groups, key=_narrow_first):
        row = _row(quarter, kind, groups[kind], [one for one in earlier if one.kind == kind])
        if row is not None and _apart(row, [one for one in kept if _inside(one.kind, kind)]):
            kept.append(row)
    return kept


def _groups(members: Iterable[Member]) -> dict[Kind, list[Member]]:
    groups: dict[Kind, list[Member]] = {}
    for member in members:
        for kind in widening(member.sector, member.size):
            groups.setdefault(kind, []).append(member)
    return groups


def _narrow_first(kind: Kind) -> tuple[int, int, Kind]:
    return (-sum(map(bool, kind)), -bool(kind.sector), kind)


def _inside(narrow: Kind, wide: Kind) -> bool:
    """Whether all enterprises of one group are in the other."""
    return all(there in ("", here) for here, there in zip(narrow, wide, strict=True))


def _row(quarter: str, kind: Kind, members: Sequence[Member], earlier: Sequence[Row]) -> Row | None:
    figures = {
        area: found
        for area in sorted({area for member in members for area in member.scores})
        if (found := quartiles([(one.scores[area], one.weight) for one in members if area in one.scores])) is not None
    }
    if OVERALL not in figures:
        return None
    behind = {one.enterprise: one.card for one in members}
    if any(0 < changed(one.behind, behind) < FEWEST_CHANGED for one in earlier):
        last = earlier[-1]
        return Row(kind, last.figures, last.behind, last.worked_out)
    return Row(kind, figures, behind, quarter)


def quartiles(values: Sequence[tuple[float, float]]) -> Quartiles | None:
    """The weighted quartiles of (score, weight), rounded; None where too few stand behind, or one weighs too much."""
    total = sum(weight for _, weight in values)
    if len(values) < FEWEST or max(weight for _, weight in values) > LARGEST_SHARE * total:
        return None
    ordered = sorted(values)
    low, middle, high = (_rounded(_at(ordered, part * total)) for part in (0.25, 0.5, 0.75))
    return Quartiles(low, middle, high, len(values))


def _at(ordered: Sequence[tuple[float, float]], wanted: float) -> float:
    so_far = 0.0
    for value, weight in ordered:
        so_far += weight
        if so_far >= wanted * (1 - 1e-12):
            return value
    return ordered[-1][0]


def _rounded(value: float) -> int:
    return ROUND_TO * int(value / ROUND_TO + 0.5)


def changed(before: Behind, after: Behind) -> int:
    """How many enterprises came, went, or stand there with another scorecard."""
    return sum(before.get(one) != after.get(one) for one in before.keys() | after.keys())


def _apart(row: Row, narrower: Sequence[Row]) -> bool:
    """Whether nothing can be learned by setting a group beside narrower ones: alone, or all of them together."""
    together = dict(chain.from_iterable(one.behind.items() for one in narrower))
    others = [one.behind for one in narrower] + ([together] if narrower else [])
    apart = [len(row.behind.keys() ^ one.keys()) for one in others]
    return all(number == 0 or number >= FEWEST_OTHERS for number in apart)


def figures_for(row: Row, own: Iterable[str]) -> dict[str, Quartiles]:
    """The numbers of a row behind which ten stand that are not the reader's."""
    mine = len(row.behind.keys() & set(own))
    return {area: one for area, one in row.figures.items() if one.behind - mine >= FEWEST_OTHERS}


def shown(rows: Iterable[Row], sector: str, size: str, own: Iterable[str]) -> Row | None:
    """The narrowest group of an enterprise behind which ten stand that are not the reader's; None without one.

    ``own``: every enterprise that the reader sees from the outside (manages, or has a tie to).
    """
    of_kind = {row.kind: row for row in rows}
    mine = set(own)
    for kind in widening(sector, size):
        row = of_kind.get(kind)
        if row is not None and OVERALL in figures_for(row, mine):
            return row
    return None


def others(row: Row, own: Iterable[str]) -> int:
    """How many stand behind a row besides the reader's own, rounded down so that no change by one shows."""
    number = len(row.behind.keys() - set(own))
    return max((step for step in BEHIND_STEPS if step <= number), default=0)


class Position(StrEnum):
    """Where a score lies among the quartiles of a group."""

    top = "top"
    above = "above"
    middle = "middle"
    below = "below"
    bottom = "bottom"


def position(score: float, among: Quartiles) -> Position:
    """Where a score lies. Within half a rounding step of the middle it is not told apart from it."""
    if score > among.high and score - among.middle > ROUND_TO / 2:
        return Position.top
    if score < among.low and among.middle - score > ROUND_TO / 2:
        return Position.bottom
    if abs(score - among.middle) <= ROUND_TO / 2:
        return Position.middle
    return Position.above if score > among.middle else Position.below
