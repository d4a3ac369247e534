"""The board edition: figures that may leave the house. Pure.

It names no enterprise and has no links. Counts from 1 to ``SMALLEST`` - 1 are hidden, and others with them where the
totals would give them back (``estimation.suppression``). Tables that share a total are shown together only where that
total is visible in both, so that one table never undoes what another hides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from compliance.estimation.suppression import suppress
from compliance.trends.stated import Stated

SMALLEST = 5


@dataclass(frozen=True)
class Safe:
    """A table of counts with its totals, of which None stands for what is hidden."""

    names: tuple[str, ...]
    cells: tuple[tuple[int | None, ...], ...]
    totals: tuple[int | None, ...]
    """Of the rows."""
    foot: tuple[int | None, ...]
    """Of the columns."""
    total: int | None

    @property
    def hidden(self) -> int:
        """How many figures are not shown."""
        every = [*(cell for row in self.cells for cell in row), *self.totals, *self.foot, self.total]
        return sum(one is None for one in every)


def safe(rows: Mapping[str, Sequence[int]]) -> Safe:
    """The counts of a table (rows of equal length) with what must be hidden taken away. Empty rows are left out."""
    kept = {name: tuple(row) for name, row in rows.items() if sum(row)}
    counts = list(kept.values())
    hidden = suppress(counts, SMALLEST)
    columns = list(zip(*counts, strict=True))
    return Safe(
        tuple(kept),
        tuple(tuple(map(_unless, row, away)) for row, away in zip(counts, hidden.cells, strict=True)),
        tuple(map(_unless, map(sum, counts), hidden.rows)),
        tuple(map(_unless, map(sum, columns), hidden.columns)),
        _unless(sum(map(sum, counts)), hidden.total),
    )


def _unless(value: int, hidden: bool) -> int | None:
    return None if hidden else value


def safe_count(number: int) -> int | None:
    """A count by itself; None where it is small."""
    return None if 0 < number < SMALLEST else number


def safe_share(n: int, y: int) -> bool:
    """Whether a share of ``y`` in ``n`` may be shown: neither those who have it nor the others are few."""
    return all(one == 0 or one >= SMALLEST for one in (y, n - y)) and n >= SMALLEST


def may_state(one: Stated, *, counted: bool) -> bool:
    """Whether an estimate may stand in the edition: it speaks, and (``counted``: for shares) no few are behind it."""
    if one.silent:
        return False
    return not counted or all(
        safe_share(sums.n, int(sums.total))
        for sums in (one.plain, sum((each.sums for each in one.strata[1:]), one.strata[0].sums))
    )
