"""Cells as they are kept: all sums of one family, grain and month in one row, as small whole numbers. Pure.

A *put* is what one visit adds (``contribution``); *leaves* are many puts side by side, as arrays. ``spread`` says in
which rows of a family and grain leaves count, ``pack`` adds up what falls together and writes each row's body, and
``unpack`` reads bodies back into arrays (``unpacked`` and
``together`` let more be added to them). What a row holds follows from its sums alone: the same sums give the same
bytes, whatever was added and taken back on the way, and where nothing is left there is no body (b"").

To make the rows of one association from nothing::

    for family in Family:
        for grain in grains(family):
            spread_ = spread(leaves, family, grain)
            for (part, month), body in zip(spread_.rows, pack(spread_), strict=True):
                ...  # a row (association, family, grain, part, month) if there is a body

Any number of leaves may be given at once, and leaves of the same place may come apart or summed before (their measures,
marks and traits then have to be those of all). A call for each month keeps memory small: a row is of one month only.

A body: the number of entries, for each of ``KEYS`` the words that occur (ascending) and for each entry which of them it
has, then the columns that are not all zero. Every number takes the fewest of 0, 1, 2, 4 or 8 bytes that hold all of its
kind in the body, little-endian and signed.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from compliance.trends.contribution import ALONE, CUBE, DISTRICT, SECTOR, SIZE, TRAIT
from compliance.trends.measures import FIGURES, MEASURES, OUTCOMES, TRAITS

Numbers = np.ndarray[Any, np.dtype[np.int64]]


class Family(IntEnum):
    """What is kept together because it is read together. The numbers are kept and never change."""

    ends = 1
    scores = 2
    shares = 3
    items = 4
    critical_items = 5
    clauses = 6
    bands = 7


MARKS: Mapping[Family, str] = {
    Family.items: "i:",
    Family.critical_items: "x:",
    Family.clauses: "c:",
    Family.bands: "b:",
}
"""The families of marks, and how their marks begin. Their columns are the marks that occur, without the beginning."""
COLUMNS: Mapping[Family, tuple[str, ...]] = {
    Family.ends: (*OUTCOMES, "findings", "criticals", "repeats", "repeated", "overall_asked"),
    Family.scores: tuple(f"{area}_{part}" for area in FIGURES for part in ("n", "total", "squares")),
    Family.shares: tuple(
        f"{area}_{part}"
        for area in FIGURES
        for part in ("asked", "short", "critical")
        if (area, part) != ("overall", "asked")
    ),
}
"""The columns of the other families. On how many visits anything was looked at is asked for with every share and mark:
it stands with the outcomes, which every figure needs."""
FAMILY_OF: Mapping[str, Family] = {name: family for family, names in COLUMNS.items() for name in names}
_PLACE = {name: place for place, name in enumerate(MEASURES)}

KEYS = ("sector", "district", "size", "trait", "stratum", "route", "version")
"""By what the entries of a row are told apart, in the order in which they stand."""
_IDS = frozenset({"stratum", "version"})
_BIT = {"sector": SECTOR, "district": DISTRICT, "size": SIZE, "trait": TRAIT}
_HEAD = struct.Struct("<I7H7IHI")  # entries; words of each key, and their bytes; columns, and the bytes of their names
_WIDTHS = (1, 2, 4, 8)
_TYPES: Mapping[int, np.dtype[Any]] = {width: np.dtype(f"<i{width}") for width in _WIDTHS}
_INDEX: Mapping[int, np.dtype[Any]] = {1: np.dtype("u1"), 2: np.dtype("<u2")}


def grains(family: Family) -> tuple[int, ...]:
    """The grains at which a family is kept: the bits by which its entries are told apart."""
    return ALONE if family in MARKS else (*CUBE, TRAIT)


def parted(grain: int) -> bool:
    """Whether each sector has rows of its own (their ``part``): where it is told apart together with another class."""
    return bool(grain & SECTOR) and grain != SECTOR


class Leaves(NamedTuple):
    """What n visits of one association put in (or places where visits fall together). Signs may be negative.

    ``words`` are the words of each of ``KEYS``, in any order and each once (ids as their 16 bytes, texts in UTF-8;
    those of the trait stay empty), ``places`` (7, n) which of them each has. ``traits`` are the bits of ``TRAITS``,
    ``measures`` (44, n) lines in the order of ``MEASURES``. Marks stand apart: ``marks`` are the names with their
    beginning, and leaf ``mark_leaf[k]`` had the mark ``mark_at[k]`` ``mark_times[k]`` times.
    """

    months: Numbers
    words: Sequence[Sequence[bytes]]
    places: Numbers
    traits: Numbers
    measures: Numbers
    marks: Sequence[str]
    mark_leaf: Numbers
    mark_at: Numbers
    mark_times: Numbers


@dataclass(frozen=True, slots=True)
class Entries:
    """Sums side by side: ``places`` (7, n) into ``words``, which each key has of its own, and ``values`` (m, n), a line
    for each of ``columns``.
    """

    words: Sequence[Sequence[bytes]]
    places: Numbers
    columns: Sequence[str]
    values: Numbers


class Spread(NamedTuple):
    """Entries of many rows of one family and grain: ``rows`` are (part, month), and ``row`` (n,) says whose each entry
    is. Entries of the same row and place may stand apart; ``pack`` adds them up.
    """

    family: Family
    rows: Sequence[tuple[str, int]]
    row: Numbers
    entries: Entries


def spread(leaves: Leaves, family: Family, grain: int) -> Spread:
    """In which rows of this family and grain the leaves count, and with what."""
    count = len(leaves.months)
    columns = COLUMNS.get(family, ())
    if not count:
        nothing = Entries([[]] * len(KEYS), leaves.places, columns, np.zeros((len(columns), 0), np.int64))
        return Spread(family, [], np.zeros(0, np.int64), nothing)
    which, places = np.arange(count), leaves.places
    words = list(leaves.words)
    if grain == TRAIT:
        having = [np.flatnonzero(leaves.traits >> bit & 1) for bit in range(len(TRAITS))]
        which = np.concatenate(having)
        places = places[:, which]
        words[KEYS.index("trait")] = [trait.encode() for trait in TRAITS]
        places[KEYS.index("trait")] = np.repeat(np.arange(len(TRAITS)), [len(some) for some in having])
    else:
        places = places.copy()
    for at, key in enumerate(KEYS):
        if key in _BIT and not grain & _BIT[key]:
            words[at], places[at] = [b""], 0
    months = leaves.months[which]
    first = np.array([word.decode() for word in words[0]] if parted(grain) else [""])
    part = places[0] if parted(grain) else np.zeros(len(which), np.int64)
    code = part * 1_000_000 + months
    there, row = np.unique(code, return_inverse=True)
    rows = [(str(first[code // 1_000_000]), code % 1_000_000) for code in there.tolist()]
    row = row.reshape(-1)
    if family not in MARKS:
        values = leaves.measures[[_PLACE[name] for name in columns]][:, which]
        return Spread(family, rows, row, Entries(words, places, columns, values))
    return _marked(
        leaves, family, Spread(family, rows, row, Entries(words, places, (), np.zeros((0, count), np.int64)))
    )


def together(parts: Sequence[Spread]) -> Spread:
    """What stands in several, of one family and grain, as one; at least one is given."""
    rows: dict[tuple[str, int], int] = {}
    words: list[dict[bytes, int]] = [{} for _ in KEYS]
    columns: dict[str, int] = {}
    for part in parts:
        for column in part.entries.columns:
            columns.setdefault(column, len(columns))
    sizes = [len(part.row) for part in parts]
    row, places = np.empty(sum(sizes), np.int64), np.empty((len(KEYS), sum(sizes)), np.int64)
    values = np.zeros((len(columns), sum(sizes)), np.int64)
    at = 0
    for part, size in zip(parts, sizes, strict=True):
        here, entries = slice(at, at + size), part.entries
        row[here] = _places(rows, part.rows)[part.row]
        for key, (known, some) in enumerate(zip(words, entries.words, strict=True)):
            places[key, here] = _places(known, some)[entries.places[key]]
        values[[columns[name] for name in entries.columns], here] = entries.values
        at += size
    return Spread(
        parts[0].family, list(rows), row, Entries([list(some) for some in words], places, list(columns), values)
    )


def _places(known: dict[Any, int], given: Sequence[Any]) -> Numbers:
    return np.array([known.setdefault(one, len(known)) for one in given], np.int64)


def _marked(leaves: Leaves, family: Family, where: Spread) -> Spread:
    """Marks are few of many: they are counted by entry first, and stand side by side only then."""
    begin = MARKS[family]
    columns = [name[2:] for name in leaves.marks if name[:2] == begin]
    column_of = np.full(len(leaves.marks), -1, np.int64)
    column_of[[at for at, name in enumerate(leaves.marks) if name[:2] == begin]] = np.arange(len(columns))
    mine = column_of[leaves.mark_at] >= 0
    order, starts = _grouped(where.row, where.entries)
    first, entry = order[starts], np.empty(len(order), np.int64)
    entry[order] = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(order)))
    cell = entry[leaves.mark_leaf[mine]] * len(columns) + column_of[leaves.mark_at[mine]]
    size = len(first) * len(columns)
    values = np.bincount(cell, weights=leaves.mark_times[mine], minlength=size)[:size].astype(np.int64)
    values = values.reshape(len(first), len(columns)).T
    entries = Entries(where.entries.words, where.entries.places[:, first], columns, values)
    return Spread(family, where.rows, where.row[first], entries)


def _grouped(row: Numbers, entries: Entries) -> tuple[Numbers, Numbers]:
    """The entries in the order of their row and place, and at which of these each row and place begins."""
    code, span = row.astype(np.int64), int(row.max(initial=0)) + 1
    for words, places in zip(entries.words, entries.places, strict=True):
        if len(words) < 2:
            continue
        if span > (1 << 62) // len(words):
            there, code = np.unique(code, return_inverse=True)
            code, span = code.reshape(-1), len(there)
        code, span = code * len(words) + places, span * len(words)
    order = np.argsort(code, kind="stable")
    code = code[order]
    return order, np.flatnonzero(np.concatenate([[True], code[1:] != code[:-1]])[: len(code)])


def pack(given: Spread) -> list[bytes]:
    """The body of each row; b"" where nothing is left in it."""
    bodies = [b""] * len(given.rows)
    if not len(given.row):
        return bodies
    entries = _in_order(given.entries)
    row, first, values = _added(given.row, entries)
    if not len(row):
        return bodies
    starts = np.flatnonzero(np.concatenate([[True], row[1:] != row[:-1]]))
    ends = np.concatenate([starts[1:], [len(row)]])
    counts = ends - starts
    heads = [_words_of(entries, key, first, starts, counts) for key in range(len(KEYS))]
    least = np.minimum.reduceat(values, starts, axis=1)
    most = np.maximum.reduceat(values, starts, axis=1)
    need = np.maximum(most, -1 - least)
    widths = np.select([(most == 0) & (least == 0), need < 1 << 7, need < 1 << 15, need < 1 << 31], [0, 1, 2, 4], 8)
    named = given.family in MARKS
    for at, (which, start, end) in enumerate(zip(row[starts].tolist(), starts.tolist(), ends.tolist(), strict=True)):
        local = [(len(there[at]), index[start:end]) for there, index in heads]
        said = [_said(KEYS[key], heads[key][0][at]) for key in range(len(KEYS))]
        wide = widths[:, at]
        columns = np.flatnonzero(wide) if named else np.arange(len(wide))
        names = "\n".join(entries.columns[column] for column in columns.tolist()).encode() if named else b""
        parts = [
            _HEAD.pack(
                end - start, *(number for number, _index in local), *map(len, said), len(columns), len(names)
            ),
            *said, names, wide[columns].astype(np.uint8).tobytes(),
        ]  # fmt: skip
        for width, kind in _INDEX.items():
            parts += [index.astype(kind).tobytes() for number, index in local if _index_width(number) == width]
        for width in _WIDTHS:
            some = np.flatnonzero(wide == width)
            if len(some):
                parts.append(values[some, start:end].astype(_TYPES[width]).tobytes())
        bodies[which] = b"".join(parts)
    return bodies


def _in_order(entries: Entries) -> Entries:
    """The same with ascending words, and for named columns ascending names."""
    words, places = [], np.empty_like(entries.places)
    for key, (some, at) in enumerate(zip(entries.words, entries.places, strict=True)):
        order = sorted(range(len(some)), key=some.__getitem__)
        rank = np.empty(len(some), np.int64)
        rank[order] = np.arange(len(some))
        words.append([some[place] for place in order])
        places[key] = rank[at]
    columns, values = entries.columns, entries.values
    if tuple(columns) not in COLUMNS.values():
        by_name = sorted(range(len(columns)), key=columns.__getitem__)
        columns, values = [columns[place] for place in by_name], values[by_name]
    return Entries(words, places, columns, values)


def _added(row: Numbers, entries: Entries) -> tuple[Numbers, Numbers, Numbers]:
    """Rows, places and values with what is of one row and place added up, in their order; what is nothing is gone."""
    order, starts = _grouped(row, entries)
    first, values = order[starts], entries.values[:, order]
    if len(first) < len(row):
        values = np.add.reduceat(values, starts, axis=1)
    left = values.any(axis=0)
    first = first[left]
    return row[first], entries.places[:, first], values[:, left]


def _words_of(
    entries: Entries, key: int, places: Numbers, starts: Numbers, counts: Numbers
) -> tuple[list[list[bytes]], Numbers]:
    """Of one key, the words that occur in each row, and for each entry which of them it has."""
    words, at = entries.words[key], places[key]
    span = len(words)
    code = np.repeat(np.arange(len(starts)), counts) * span + at
    there, index = np.unique(code, return_inverse=True)
    begins = np.searchsorted(there, np.arange(len(starts) + 1) * span)
    local = index.reshape(-1) - np.repeat(begins[:-1], counts)
    named = [words[place] for place in (there % span).tolist()]
    bounds = begins.tolist()
    return [named[a:b] for a, b in pairwise(bounds)], local


def _index_width(words: int) -> int:
    """Bytes that say which of so many words an entry has."""
    return 0 if words == 1 else 1 if words <= 1 << 8 else 2


def _said(key: str, words: Sequence[bytes]) -> bytes:
    return (b"" if key in _IDS else b"\n").join(words)


class _Known:
    """Words of one key as they are met in bodies; the same list of words is looked at once."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.words: dict[bytes, int] = {}
        self._lists: dict[bytes, Numbers] = {}

    def places(self, said: bytes) -> Numbers:
        known = self._lists.get(said)
        if known is None:
            known = np.array([self.words.setdefault(one, len(self.words)) for one in self._told(said)], np.int64)
            self._lists[said] = known
        return known

    def _told(self, said: bytes) -> Iterator[bytes] | list[bytes]:
        if self.key in _IDS:
            return (said[at : at + 16] for at in range(0, len(said), 16))
        return said.split(b"\n")


def unpack(family: Family, bodies: Sequence[bytes]) -> tuple[Numbers, Entries]:
    """How many entries each body has, and the entries of all, one body after the other."""
    heads = [_HEAD.unpack_from(body) for body in bodies]
    counts = np.array([head[0] for head in heads], np.int64)
    total = int(counts.sum())
    known = [_Known(key) for key in KEYS]
    places = np.zeros((len(KEYS), total), np.int64)
    names: dict[str, int] = {} if family in MARKS else {name: at for at, name in enumerate(COLUMNS[family])}
    blocks: list[tuple[int, int, Numbers, Any]] = []
    begin = 0
    for body, head in zip(bodies, heads, strict=True):
        count, numbers, sizes, width, names_size = head[0], head[1:8], head[8:15], head[15], head[16]
        end, at = begin + count, _HEAD.size
        of_key = []
        for one, size in zip(known, sizes, strict=True):
            of_key.append(one.places(body[at : at + size]))
            at += size
        columns = np.arange(width)
        if family in MARKS:
            said = body[at : at + names_size].decode().split("\n")
            columns = np.array([names.setdefault(name, len(names)) for name in said], np.int64)
        at += names_size
        wide = np.frombuffer(body, np.uint8, width, at)
        at += width
        for index_width, kind in _INDEX.items():
            for key, number in enumerate(numbers):
                if _index_width(number) == index_width:
                    places[key, begin:end] = of_key[key][np.frombuffer(body, kind, count, at)]
                    at += index_width * count
        for key, number in enumerate(numbers):
            if number == 1:
                places[key, begin:end] = of_key[key][0]
        for value_width in _WIDTHS:
            some = columns[wide == value_width]
            if len(some):
                block = np.frombuffer(body, _TYPES[value_width], len(some) * count, at).reshape(len(some), count)
                at += block.nbytes
                blocks.append((begin, end, some, block))
        begin = end
    values = np.zeros((len(names), total), np.int64)
    for begin, end, some, block in blocks:
        values[some, begin:end] = block
    return counts, Entries([list(one.words) for one in known], places, list(names), values)


def unpacked(family: Family, rows: Sequence[tuple[str, int]], bodies: Sequence[bytes]) -> Spread:
    """Rows with their bodies, as ``pack`` takes them."""
    counts, entries = unpack(family, bodies)
    return Spread(family, rows, np.repeat(np.arange(len(rows)), counts), entries)
