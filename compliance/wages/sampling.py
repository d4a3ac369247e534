"""Which pay records of a workplace to look at, and what those of some workers say of all."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from compliance.estimation import totals
from compliance.estimation.totals import FEWEST_DRAWN, Group, Total
from compliance.wages.records import Sheet
from compliance.wages.rules import NOTHING, Reckoning, owed

MONTHS = 3
"""So many months of each worker: a busy one, a slack one and the latest (domain facts 3.3)."""
LEAST_OF_A_GROUP = 2
"""Of one worker alone nobody can tell how different the others of a group are."""


@dataclass(frozen=True)
class Part:
    """Of a group with so many workers these lines of its payroll, counted from 1."""

    group: str
    workers: int
    lines: tuple[int, ...]


def propose(groups: Mapping[str, int], interviews: int, seed: str) -> tuple[Part, ...]:
    """Whose pay records to take, by their place on the payroll: twice as many workers as are interviewed.

    All are drawn blind, so that they speak for the others and the list tells nobody who was interviewed. The same
    ``seed`` and number of workers draw the same lines.
    """
    there = {name: number for name, number in groups.items() if number}
    whole = sum(there.values())
    wanted = min(whole, max(2 * interviews, FEWEST_DRAWN))
    return tuple(
        Part(name, number, _drawn(number, _share(number, wanted, whole), f"{seed} {name} {number}"))
        for name, number in there.items()
    )


def _share(number: int, wanted: int, whole: int) -> int:
    return min(number, max(LEAST_OF_A_GROUP, -(-wanted * number // whole)))


def _drawn(number: int, size: int, seed: str) -> tuple[int, ...]:
    """Numbers of SHA-256, one after the other, until there are enough lines: a tablet draws the same ones."""
    lines: set[int] = set()
    turn = 0
    while len(lines) < size:
        digest = hashlib.sha256(f"{seed} {turn}".encode()).digest()
        lines.add(1 + int.from_bytes(digest[:6]) % number)
        turn += 1
    return tuple(sorted(lines))


@dataclass(frozen=True)
class Whole:
    """What is owed to the workers of the sheet, to the cent, and to all workers as an estimate.

    ``estimate`` is None where it is not known how many workers there are in some group, or fewer are said than stand
    on the sheet.
    """

    exact: Decimal
    estimate: Total | None


def whole(sheet: Sheet, reckonings: Iterable[Reckoning]) -> Whole:
    """What the sheet comes to, for its months together."""
    sums = owed(reckonings)
    group_of = {row.record.worker: row.group for row in sheet.rows}
    amounts: dict[str, list[float]] = {name: [] for name in sheet.groups}
    known = bool(group_of)
    for worker, group in group_of.items():
        known = known and group in amounts
        amounts.setdefault(group, []).append(float(sums.get(worker, NOTHING)))
    known = known and all(sheet.groups.get(name, 0) >= len(some) for name, some in amounts.items())
    exact = sum(sums.values(), NOTHING)
    if not known:
        return Whole(exact, None)
    return Whole(exact, totals.total([Group(sheet.groups[name], some) for name, some in amounts.items()]))
