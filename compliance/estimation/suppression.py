"""Small cells hidden from a table with totals, so that nobody finds them by subtraction.

A count from 1 to ``minimum - 1`` is hidden. Where the totals would give it back, others are hidden with it: those of
the smallest counts first, totals only where nothing else helps. The promise: from everything that stays visible, even
knowing that zeros are never hidden, each hidden small cell could as well be 1 as ``minimum`` or more.

A table with totals is a network: its total flows into the rows, through the cells to the columns, and back. What stays
visible is a pipe with a known flow; a hidden cell can be any value for which the hidden pipes can pass the difference
on in a circle. How much they can is a maximum flow, so the promise is kept exactly and not by rules of thumb.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

Node = tuple[str, int]
Pipe = tuple[Node, Node]
_IN: Node = ("in", 0)
_OUT: Node = ("out", 0)
_TOTAL_COSTS = 10**9
"""Hiding a total costs more than hiding any cells."""
_ANY = 10**12


@dataclass(frozen=True)
class Hidden:
    """What of a table is hidden (True) from its readers."""

    cells: tuple[tuple[bool, ...], ...]
    rows: tuple[bool, ...]
    """Totals of the rows."""
    columns: tuple[bool, ...]
    total: bool

    @property
    def any(self) -> bool:
        """Whether anything is hidden."""
        return self.total or any(self.rows) or any(self.columns) or any(map(any, self.cells))


def suppress(counts: Sequence[Sequence[int]], minimum: int = 5) -> Hidden:
    """What to hide of a table of counts (rows of equal length) that is shown with totals of rows and columns.

    A zero is shown. Whatever is computed from a hidden count must be hidden with it.
    """
    table = _Table(counts, minimum)
    table.protect()
    return table.hidden()


def suppress_list(counts: Sequence[int], minimum: int = 5) -> tuple[tuple[bool, ...], bool]:
    """The same for a list with its total: which to hide, and whether the total."""
    hidden = suppress([list(counts)], minimum)
    return hidden.cells[0], hidden.total or hidden.rows[0]


class _Table:
    """The network: pipes from node to node, with their flow, and which of them are hidden."""

    def __init__(self, counts: Sequence[Sequence[int]], minimum: int) -> None:
        width = len(counts[0]) if counts else 0
        if any(len(row) != width for row in counts):
            raise ValueError("rows of a table are of equal length")
        if any(count < 0 for row in counts for count in row):
            raise ValueError("nothing is counted below zero")
        self.minimum, self.height, self.width = minimum, len(counts), width
        self.flow: dict[Pipe, int] = {(_OUT, _IN): sum(map(sum, counts))}
        for r, row in enumerate(counts):
            self.flow[_IN, ("row", r)] = sum(row)
            for c, count in enumerate(row):
                self.flow[("row", r), ("column", c)] = count
        for c in range(width):
            self.flow[("column", c), _OUT] = sum(row[c] for row in counts)
        self.away = {pipe for pipe, flow in self.flow.items() if 0 < flow < minimum}
        self.small = sorted(self.away)
        self.near: dict[Node, list[Node]] = {}
        for start, end in self.flow:
            self.near.setdefault(start, []).append(end)
            self.near.setdefault(end, []).append(start)

    def protect(self) -> None:
        """Hide more until each small one could be 1, or the minimum and more."""
        for pipe in self.small:
            start, end = pipe
            self._let(end, start, self.minimum - self.flow[pipe], pipe)
            self._let(start, end, self.flow[pipe] - 1, pipe)

    def hidden(self) -> Hidden:
        """In the table's own words."""
        rows, columns = range(self.height), range(self.width)
        return Hidden(
            tuple(tuple((("row", r), ("column", c)) in self.away for c in columns) for r in rows),
            tuple((_IN, ("row", r)) in self.away for r in rows),
            tuple((("column", c), _OUT) in self.away for c in columns),
            (_OUT, _IN) in self.away,
        )

    def _let(self, start: Node, end: Node, enough: int, but: Pipe) -> None:
        """Make it possible that ``enough`` more goes from start to end beside one pipe: the cheapest way is hidden."""
        moved: dict[Pipe, int] = {}
        while enough > 0:
            way = self._cheapest(start, end, but, moved)
            if way is None:
                return  # a total is no less than the number of hidden counts in it: everybody sees that
            amount = min([enough, *(self._room(a, b, moved) for a, b in way)])
            for a, b in way:
                self.away.add((a, b) if (a, b) in self.flow else (b, a))
                moved[a, b] = moved.get((a, b), 0) + amount
                moved[b, a] = moved.get((b, a), 0) - amount
            enough -= amount

    def _room(self, a: Node, b: Node, moved: dict[Pipe, int]) -> int:
        """How much more fits in this direction: any along a pipe, and against it all that flows in it but 1."""
        return _ANY if (a, b) in self.flow else self.flow[b, a] - 1 - moved.get((a, b), 0)

    def _cheapest(self, start: Node, end: Node, but: Pipe, moved: dict[Pipe, int]) -> list[Pipe] | None:
        """The way for which least has to be hidden. For a count there is one: through its own totals and back."""
        best: dict[Node, int] = {start: 0}
        came: dict[Node, Node] = {}
        queue: list[tuple[int, Node]] = [(0, start)]
        while queue:
            cost, at = heapq.heappop(queue)
            for to in self.near[at] if cost == best[at] else ():
                pipe = (at, to) if (at, to) in self.flow else (to, at)
                if pipe == but or not self.flow[pipe] or self._room(at, to, moved) <= 0:
                    continue
                through = cost + self._price(pipe)
                if through < best.get(to, _ANY):
                    best[to], came[to] = through, at
                    heapq.heappush(queue, (through, to))
        if end not in came:
            return None
        way, at = [], end
        while at != start:
            way.append((came[at], at))
            at = came[at]
        return way

    def _price(self, pipe: Pipe) -> int:
        if pipe in self.away:
            return 0
        return self.flow[pipe] + (_TOTAL_COSTS if _IN in pipe or _OUT in pipe else 0)
