"""Strata of a draw: formed from classes, merged where too small, and given their number of visits. Pure.

**Merging.** A stratum with fewer workplaces than ``smallest`` is too small. The too small districts of a sector and
size become one stratum; if that is still too small, it is joined by the smallest other of them. What is then too small
becomes one stratum of its sector in the same way, and what is still too small one of all sectors. Where two visits in
each stratum are more than the random visits there are, ``smallest`` is doubled until they suffice. Nothing that was
found in visits plays a part, so that merging bends no figure; every merged stratum keeps the list of what is in it.

**Allocation.** In proportion to the number of workplaces, by the largest remainder, but two visits in each stratum
(all, where it has fewer), and never more than there are.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

LEAST = 2
"""Random visits in each stratum, at least: one alone shows no spread."""
ALL = ""
"""A class that is not told apart."""


class Cell(NamedTuple):
    """The classes of a workplace, as strata tell them apart."""

    sector: str
    size: str
    district: str


@dataclass(frozen=True)
class Stratum:
    """Workplaces among which chance alone decides. Classes that differ inside it are ``ALL``."""

    key: str
    sector: str
    size: str
    district: str
    cells: tuple[Cell, ...]
    population: int

    @property
    def merged(self) -> tuple[str, ...]:
        """The keys of what was put together, or nothing."""
        return tuple(_key(*cell) for cell in self.cells) if len(self.cells) > 1 else ()


def form(counts: Mapping[Cell, int], smallest: int, visits: int) -> tuple[tuple[Stratum, ...], int]:
    """The strata of these classes in the order of their keys, and the ``smallest`` that was used.

    ``smallest`` (2 and more) is doubled until ``visits`` allow for two in each.
    """
    total = sum(counts.values())
    while True:
        groups = _merged({cell: n for cell, n in counts.items() if n}, smallest)
        if len(groups) <= 1 or len(groups) * LEAST <= visits or smallest > total:
            return _named(groups, counts), smallest
        smallest *= 2


def allocate(populations: Sequence[int], visits: int) -> tuple[int, ...]:
    """How many of ``visits`` fall to each stratum. Their sum is ``visits``, or everybody where there are fewer.

    Raises ``ValueError`` where ``visits`` cannot give each stratum its two.
    """
    visits = min(visits, sum(populations))
    least = [min(LEAST, n) for n in populations]
    if sum(least) > visits:
        if len(populations) > 1:
            raise ValueError("fewer visits than two in each stratum")
        return (visits,)
    open_, left = set(range(len(populations))), visits
    given = [0] * len(populations)
    while True:  # those whose part is below their least get that, and the others share what is left
        among = sum(populations[h] for h in open_)
        low = [h for h in open_ if left * populations[h] < least[h] * among]
        if not low:
            break
        for h in low:
            given[h] = least[h]
            left -= least[h]
            open_.remove(h)
    if not open_:
        return tuple(given)
    parts = {h: divmod(left * populations[h], among) for h in sorted(open_)}
    for h, (whole, _) in parts.items():
        given[h] = whole
    spare = left - sum(whole for whole, _ in parts.values())
    for h in sorted(parts, key=lambda h: (-parts[h][1], h))[:spare]:
        given[h] += 1
    return tuple(given)


def count(cells: Iterable[Cell]) -> dict[Cell, int]:
    """How many workplaces each class has."""
    return dict(Counter(cells))


_Group = tuple[Cell, ...]


def _merged(counts: Mapping[Cell, int], smallest: int) -> list[_Group]:
    groups: list[_Group] = [(cell,) for cell in sorted(counts)]
    inside: tuple[Callable[[Cell], object], ...] = (
        lambda cell: (cell.sector, cell.size),
        lambda cell: cell.sector,
        lambda cell: None,
    )
    for family in inside:
        families: dict[object, list[_Group]] = defaultdict(list)
        for group in groups:
            families[family(group[0])].append(group)
        groups = [joined for members in families.values() for joined in _joined(members, counts, smallest)]
    return groups


def _joined(groups: list[_Group], counts: Mapping[Cell, int], smallest: int) -> list[_Group]:
    """One family's groups, the too small ones put together."""

    def size(group: _Group) -> int:
        return sum(counts[cell] for cell in group)

    small = [group for group in groups if size(group) < smallest]
    others = [group for group in groups if size(group) >= smallest]
    if not small or len(groups) == 1:
        return groups
    pool = tuple(sorted(cell for group in small for cell in group))
    if size(pool) < smallest and others:
        nearest = min(others, key=lambda group: (size(group), group))
        others.remove(nearest)
        pool = tuple(sorted((*pool, *nearest)))
    return [*others, pool]


def _named(groups: Sequence[_Group], counts: Mapping[Cell, int]) -> tuple[Stratum, ...]:
    found = []
    for cells in groups:
        sector, size, district = (
            values.pop() if len(values := {cell[part] for cell in cells}) == 1 else ALL for part in range(3)
        )
        population = sum(counts[cell] for cell in cells)
        found.append(Stratum(_key(sector, size, district), sector, size, district, cells, population))
    return tuple(sorted(found, key=lambda stratum: stratum.key))


def _key(sector: str, size: str, district: str) -> str:
    """``C18/small`` or ``C18/small/530102``; a star stands for all."""
    words = [word or "*" for word in (sector, size, district)]
    while len(words) > 1 and words[-1] == "*":
        words.pop()
    return "/".join(words)
