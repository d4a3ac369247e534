"""What many released visits add to the cells, side by side: the same as ``contribution.put`` says of each. Pure.

A million visits have five million scores and as many findings. Here they are columns, and a rule is asked once of each
kind of finding, not of each finding.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress, count, repeat
from typing import Any, NamedTuple

import numpy as np

from compliance.trends import packed
from compliance.trends.contribution import ASKED, BAND, SUMS, Facts, Raw, Shortfall, measured, put
from compliance.trends.measures import FIGURES, OUTCOMES

Numbers = np.ndarray[Any, np.dtype[Any]]
WHERE = ("association_id", "enterprise_id", "month", "stratum_id", "route", "version_id", "sector", "district", "size",
         "traits")  # fmt: skip
"""Where a visit counts, in the order of ``Facts`` and ``Put``."""


class Words(defaultdict[Any, int]):
    """Values, each with the number that it got when it was first met."""

    def __init__(self, *known: Any) -> None:
        super().__init__(count(len(known)).__next__, zip(known, range(len(known)), strict=True))
        self._listed: list[Any] = []

    def listed(self) -> list[Any]:
        """The values by their numbers; none is ever taken out, so the list is made once for as many."""
        if len(self._listed) != len(self):
            self._listed = list(self)
        return self._listed

    def numbers(self, values: Sequence[Any]) -> Numbers:
        """The number of each value."""
        return np.fromiter(map(self.__getitem__, values), np.int32, len(values))

    def known(self, ids: Sequence[bytes]) -> Numbers:
        """The number of each of these ids of 16 bytes, -1 for those that were never met. What belongs to one visit
        mostly stands together: it is looked for once.
        """
        halves = np.frombuffer(b"".join(ids), np.uint64).reshape(-1, 2)
        first = np.ones(len(ids), bool)
        first[1:] = (halves[1:] != halves[:-1]).any(axis=1)
        found = np.fromiter(map(self.get, compress(ids, first.tolist()), repeat(-1)), np.int32)
        which: Numbers = np.cumsum(first) - 1
        return np.take(found, which)


class Column(NamedTuple):
    """Values side by side: the words that occur, and which of them each has."""

    words: Words
    places: Numbers

    def numbers(self) -> Numbers:
        """The values, which are numbers; NaN for None."""
        return np.array(list(self.words), np.float64)[self.places]

    def at(self, which: Any) -> list[Any]:
        """The values of some."""
        return list(map(self.words.listed().__getitem__, self.places[which].tolist()))


@dataclass(frozen=True, slots=True)
class Receipts:
    """n released visits as their receipts tell of them (``contribution.Facts``).

    ``where`` has a column for each of ``WHERE``. ``carded`` are the visits with a standing released scorecard;
    ``scores`` (6, n) are 0 to 100, NaN where nothing was assessed, and ``counted`` (6, n) whether each enters averages.
    Shortfall k is of visit ``short[k]`` and reads ``kinds[kind[k]]``.
    """

    visits: Words
    where: dict[str, Column]
    outcome: Column
    carded: Numbers
    scores: Numbers
    counted: Numbers
    band: Column
    kinds: Sequence[Shortfall]
    short: Numbers
    kind: Numbers


@dataclass(frozen=True, slots=True)
class Contributions:
    """What n visits add: ``sums`` (n,) of ``SUMS``; and pairs of a visit's rank and a mark, ascending.

    ``order`` has the visits by association and month; the rank of a visit is its place in it.
    """

    visits: Words
    where: dict[str, Column]
    sums: Numbers
    names: Sequence[str]
    order: Numbers
    rank: Numbers
    marks: Numbers

    def puts(self, which: Numbers) -> list[list[Any]]:
        """A list for each field of ``Put``, with those of these visits; ids are 16 bytes."""
        ids = list(map(self.visits.listed().__getitem__, which.tolist()))
        size, sums = SUMS.itemsize, self.sums[which].tobytes()
        cut = [sums[start : start + size] for start in range(0, len(sums), size)]
        return [ids, *(self.where[name].at(which) for name in WHERE), cut, self.marks_of(which)]

    def marks_of(self, which: Numbers) -> list[str]:
        """The marks of these visits, as ``Put`` has them."""
        wide = len(self.names) + 1
        after = np.array([f"{name}\n".encode() for name in self.names] + [b"\x1e"])
        of = self.rank[which].astype(np.int64) * wide
        first, last = np.searchsorted(self.marks, of), np.searchsorted(self.marks, of + wide)
        ends = np.cumsum(last - first + 1)
        chosen = np.full(ends[-1] if len(ends) else 0, len(self.names))  # a visit's marks, and what ends them
        inside = np.ones(len(chosen), bool)
        inside[ends - 1] = False
        steps = np.arange(len(chosen) - len(ends)) - np.repeat(ends - np.arange(1, len(ends) + 1), last - first)
        chosen[inside] = self.marks[np.repeat(last, last - first) + steps] % wide
        text = after[chosen].tobytes().replace(b"\0", b"").replace(b"\n\x1e", b"\x1e").decode()
        return text.split("\x1e")[:-1]

    def months(self) -> Iterable[tuple[Raw, int, Numbers]]:
        """Associations and months with the visits that count in each."""
        association, month = (self.where[name] for name in ("association_id", "month"))
        code = association.places.astype(np.int64) * len(month.words) + month.places
        code = code[self.order]
        begins = np.flatnonzero(code[1:] != code[:-1]) + 1
        for some in np.split(self.order, begins) if len(code) else ():
            yield association.at(some[:1])[0], month.at(some[:1])[0], some

    def leaves(self, month: int, which: Numbers) -> packed.Leaves:
        """Visits of one month of one association; they stand one behind the other in ``order``."""
        words, places = [], []
        for key in packed.KEYS:
            column = self.where.get(key) or self.where.get(f"{key}_id")
            if column is None:
                words.append([b""])
                places.append(np.zeros(len(which), np.int64))
                continue
            there, at = np.unique(column.places[which], return_inverse=True)
            known = column.words.listed()
            words.append([_bytes(known[place]) for place in there.tolist()])
            places.append(at.reshape(-1))
        wide, first = len(self.names) + 1, int(self.rank[which[0]])
        start, end = np.searchsorted(self.marks, [first * wide, (first + len(which)) * wide])
        leaf, mark = np.divmod(self.marks[start:end], wide)
        return packed.Leaves(
            np.full(len(which), month), words, np.array(places, np.int64),
            np.array(self.where["traits"].at(which)), measured([self.sums[which].tobytes()]), self.names,
            leaf - first, mark, np.ones(len(leaf), np.int64),
        )  # fmt: skip


def _bytes(word: Any) -> bytes:
    return word.encode() if isinstance(word, str) else bytes(word)


def contributions(given: Receipts) -> Contributions:
    """What these visits add."""
    number = len(given.visits)
    outcome = np.array([OUTCOMES.index(word) for word in given.outcome.words], np.uint8)[given.outcome.places]
    completed = outcome == OUTCOMES.index("completed")
    sums = np.zeros(number, SUMS)
    sums["outcome"] = outcome
    sums["tenths"] = -1
    _score(given, completed & given.carded, sums)
    here = completed[given.short]
    short, kind = given.short[here], given.kind[here]
    names = Words()
    of_kind = _found(given.kinds, short, kind, sums, names)
    bands = names.numbers([BAND + band for band in given.band.words])
    in_order = sorted(names)
    wide = len(in_order) + 1
    place = np.empty(len(names) + 1, np.int64)
    place[[names[name] for name in in_order]] = np.arange(len(in_order))
    association, month = (given.where[name] for name in ("association_id", "month"))
    order = np.lexsort((month.numbers(), association.places))
    rank = np.empty(number, np.int64)
    rank[order] = np.arange(number)
    banded = np.flatnonzero(completed & given.carded)
    pairs = [rank[banded] * wide + place[bands[given.band.places[banded]]]]
    for marks in of_kind.T:  # each kind of shortfall has some marks, -1 where it has fewer than another
        some = marks[kind] >= 0
        pairs.append(rank[short[some]] * wide + place[marks[kind[some]]])
    return Contributions(given.visits, given.where, sums, in_order, order, rank, _each_once(np.concatenate(pairs)))


def _score(given: Receipts, carded: Numbers, sums: Numbers) -> None:
    sums["looked"][carded, 0] = ASKED
    for place in range(len(FIGURES)):
        scored = carded & ~np.isnan(given.scores[place])
        sums["looked"][scored, place] = ASKED
        counted = scored & given.counted[place]
        sums["tenths"][counted, place] = np.rint(given.scores[place][counted] * 10)


def _found(kinds: Sequence[Shortfall], short: Numbers, kind: Numbers, sums: Numbers, names: Words) -> Numbers:
    """Add what shortfalls add, as a visit with nothing else would; and the marks of each kind."""
    alone = [put(_with_only(one)) for one in kinds]
    adds = np.frombuffer(b"".join(one.sums for one in alone), SUMS)
    for name in ("findings", "criticals", "repeats"):
        sums[name] = np.bincount(short, adds[name][kind], len(sums))
    for place in range(len(FIGURES)):
        for bit in (1 << shift for shift in range(8)):
            has = adds["looked"][:, place] & bit > 0
            if has.any():
                seen = np.zeros(len(sums), bool)
                seen[short[has[kind]]] = True
                sums["looked"][seen, place] |= bit
    marks = [names.numbers(one.marks.split("\n")) for one in alone]
    of_kind = np.full((len(kinds), max(map(len, marks), default=0)), -1)
    for at, some in enumerate(marks):
        of_kind[at, : len(some)] = some
    return of_kind


def _with_only(shortfall: Shortfall) -> Facts:
    return Facts(b"", b"", b"", 0, b"", "", b"", "", "", "", 0, "completed", (), (), "", (shortfall,))


def _each_once(numbers: Numbers) -> Numbers:
    numbers.sort()
    return numbers[np.concatenate([[True], numbers[1:] != numbers[:-1]])] if len(numbers) else numbers
