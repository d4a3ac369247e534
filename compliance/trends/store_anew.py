"""All cells worked out anew from the receipts: to prove those that are kept, and to put them right.

The visits are read once, in the order of their ids; sums are made by array, so that a million visits take seconds.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from compliance.trends import store_receipts
from compliance.trends.contribution import ALONE, TRAIT, CellKey, MarkKey, Put, Raw, cell_keys, mark_keys, put
from compliance.trends.measures import MEASURES, TRAITS

_CHUNK = 20_000
_BITS = 16  # more marks than 65,536 no checklist has
Matrix = np.ndarray[Any, np.dtype[np.int64]]
Whence = tuple[Raw, int, Raw, str, Raw]
"""Association, month, stratum, route, version."""


class Anew(NamedTuple):
    """What the cells should hold: keys in the order of the rows of ``cells``, and the counts of each row of marks."""

    visits: int
    keys: dict[CellKey, int]
    cells: Matrix
    marks: dict[MarkKey, dict[str, int]]


class _Sums:
    """Rows of measures by the place they are summed at; a place gets its number when it is first met."""

    def __init__(self) -> None:
        self.places: dict[Any, int] = {}
        self._sums: Matrix = np.zeros((1024, len(MEASURES)), np.int64)

    def place(self, key: Any) -> int:
        return self.places.setdefault(key, len(self.places))

    def add(self, at: Any, rows: Matrix) -> None:
        while len(self._sums) < len(self.places):
            self._sums = np.concatenate([self._sums, np.zeros_like(self._sums)])
        order = np.argsort(at, kind="stable")
        places, starts = np.unique(at[order], return_index=True)
        if len(places):
            self._sums[places] += np.add.reduceat(rows[order], starts, axis=0)

    @property
    def rows(self) -> Matrix:
        return self._sums[: len(self.places)]


class Gathering:
    """Sums of many visits by where they count, added up a chunk at a time."""

    def __init__(self) -> None:
        self.visits = 0
        self._leaves, self._traits = _Sums(), _Sums()
        self._whence: dict[Whence, int] = {}
        self._names: dict[str, int] = {}
        self._chunk: list[tuple[int, int, int]] = []
        self._rows: list[tuple[int, ...]] = []
        self._marked: list[int] = []
        self._counted: list[Any] = []

    def add(self, one: Put) -> None:
        """One visit."""
        self.visits += 1
        whence = (one.association_id, one.month, one.stratum_id, one.route, one.version_id)
        leaf = self._leaves.place((whence, one.sector, one.district, one.size))
        self._chunk.append((leaf, self._whence.setdefault(whence, len(self._whence)), one.traits))
        self._rows.append(one.measures)
        names = self._names
        self._marked += [leaf << _BITS | names.setdefault(mark, len(names)) for mark in one.marks]
        if len(self._chunk) >= _CHUNK:
            self._drain()

    def _drain(self) -> None:
        if not self._chunk:
            return
        leaves, whences, bits = np.array(self._chunk, np.int64).T
        rows = np.array(self._rows, np.int64)
        self._leaves.add(leaves, rows)
        for bit in range(len(TRAITS)):
            having = np.flatnonzero(bits >> bit & 1)
            at = [self._traits.place((whence, bit)) for whence in whences[having].tolist()]
            self._traits.add(np.array(at, np.int64), rows[having])
        self._counted.append(np.unique(np.array(self._marked, np.int64), return_counts=True))
        self._chunk, self._rows, self._marked = [], [], []

    def done(self) -> Anew:
        """The cells and marks of everything that was added."""
        self._drain()
        places = [
            Put._make((None, whence[0], None, *whence[1:], sector, district, size, 0, (), ()))
            for whence, sector, district, size in self._leaves.places
        ]
        cells = _Sums()
        into, source = [], []
        for leaf, place in enumerate(places):
            for key in cell_keys(place):
                into.append(cells.place(key))
                source.append(leaf)
        for start in range(0, len(into), 10 * _CHUNK):
            some = slice(start, start + 10 * _CHUNK)
            cells.add(np.array(into[some], np.int64), self._leaves.rows[source[some]])
        whences = list(self._whence)
        at = []
        for whence, bit in self._traits.places:
            association_id, *rest = whences[whence]
            at.append(cells.place((association_id, TRAIT, "", "", "", TRAITS[bit], *rest)))
        cells.add(np.array(at, np.int64), self._traits.rows)
        return Anew(self.visits, cells.places, cells.rows, self._rows_of_marks(places))

    def _rows_of_marks(self, places: Sequence[Put]) -> dict[MarkKey, dict[str, int]]:
        found: dict[MarkKey, dict[str, int]] = {}
        if not self._counted:
            return found
        codes = np.concatenate([codes for codes, _counts in self._counted])
        counts = np.concatenate([counts for _codes, counts in self._counted])
        names = list(self._names)
        leaf_of, mark_of = codes >> _BITS, codes & ((1 << _BITS) - 1)
        of_leaf = [list(mark_keys(place)) for place in places]
        for grain in range(len(ALONE)):
            rows: dict[MarkKey, int] = {}
            row_of = np.array([rows.setdefault(keys[grain], len(rows)) for keys in of_leaf], np.int64)
            unique, where = np.unique(row_of[leaf_of] << _BITS | mark_of, return_inverse=True)
            totals = np.bincount(where, weights=counts, minlength=len(unique)).astype(np.int64)
            keys = list(rows)
            for code, total in zip(unique.tolist(), totals.tolist(), strict=True):
                found.setdefault(keys[code >> _BITS], {})[names[code & ((1 << _BITS) - 1)]] = total
        return found


def gathered(puts: Iterable[Put]) -> Anew:
    """The cells of these visits."""
    gathering = Gathering()
    for one in puts:
        gathering.add(one)
    return gathering.done()


def puts() -> Iterator[Put]:
    """What every released visit puts in, by its receipts, in the order of the visits' ids."""
    return map(put, store_receipts.everything())
