"""Reading the cells: sums for estimates and for plain figures, scoped to the actor.

Other associations' cells do not exist. Visits to enterprises that the actor manages or has a tie to are taken out of
every sum by what each of them has put in.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

import numpy as np

from compliance.checklists import store as checklists
from compliance.people.rules import Actor
from compliance.shared.kept import until_written
from compliance.shared.problems import Problem
from compliance.shared.words import N_
from compliance.trends import cells, packed, store_sums
from compliance.trends.cells import (
    MARKED,
    Asked,
    By,
    Frame,
    Kind,
    Leaves,
    Measure,
    Outcomes,
    Reading,
    bucket_of,
    combines,
    holds,
    months_of,
    stems,
)
from compliance.trends.measures import OUTCOMES
from compliance.trends.packed import KEYS, Entries, Family, Numbers
from compliance.trends.periods import Step
from compliance.trends.rules import ROUTES, UNKNOWN
from compliance.trends.sources import as_id
from compliance.trends.store_frames import frames

_DIMENSIONS = (By.sector, By.district, By.size)
_FAMILIES = {begin: family for family, begin in packed.MARKS.items()}
_STRATUM, _ROUTE, _VERSION, _TRAIT = (KEYS.index(name) for name in ("stratum", "route", "version", "trait"))


@dataclass(frozen=True, slots=True)
class _Summed:
    """Sums of n leaves, in the order of bucket and group: ``places`` (7, n) as entries have them, of which stratum,
    route and version tell leaves apart, and ``values`` (m, n), a line for each of ``columns``.
    """

    buckets: Sequence[str]
    groups: Sequence[str]
    strata: Sequence[UUID]
    routes: Sequence[str]
    versions: Sequence[UUID]
    places: Numbers
    columns: Mapping[str, int]
    values: Numbers

    def of(self, name: str) -> Numbers:
        """One column; 0 where nobody had it."""
        at = self.columns.get(name)
        return np.zeros(self.values.shape[1], np.int64) if at is None else self.values[at]

    def parts(self) -> list[tuple[tuple[str, str], slice]]:
        """Each bucket and group, and where it stands."""
        told, start = [], 0
        for part, some in groupby(zip(self.buckets, self.groups, strict=True)):
            end = start + sum(1 for _one in some)
            told.append((part, slice(start, end)))
            start = end
        return told


def read(
    actor: Actor, asked: Asked, measures: Sequence[Measure], *, by: By = By.none, step: Step | None = None
) -> list[Reading]:
    """The sums behind figures, one reading for each bucket, group and measure, in their order; what nobody was visited
    in is missing, except where nothing is told apart. Raises ``Problem`` for what the cells do not combine.
    """
    if not combines(asked, by, measures):
        raise Problem(
            "trends-combination",
            N_("These filters cannot be combined. Choose a trait alone, or one of sector, district and size."),
        )
    key = ("cells", actor.association_id, actor.outside_ids, asked, tuple(measures), by, step)
    return list(until_written(key, lambda: _read(actor, asked, measures, by, step)))


def outcomes(actor: Actor, asked: Asked, *, by: By = By.none, step: Step | None = None) -> list[Outcomes]:
    """How the released visits of each bucket and group ended, by route."""
    found = _summed(actor, asked, {Family.ends}, by, step)
    rest = ("findings", "criticals", "repeats")
    lines = found.values[[found.columns[name] for name in (*OUTCOMES, *rest)]]
    view = [route in ROUTES[asked.view] for route in found.routes]
    told = []
    for (bucket, group), some in found.parts():
        routes = found.places[_ROUTE, some]
        counts = np.zeros((len(found.routes), len(lines)), np.int64)
        np.add.at(counts, routes, lines[:, some].T)
        ends = {
            (route, outcome): int(number)
            for route, of_route in zip(found.routes, counts, strict=True)
            for outcome, number in zip(OUTCOMES, of_route, strict=False)
            if number
        }
        told.append(Outcomes(bucket, group, ends, *counts[view, len(OUTCOMES) :].sum(axis=0).tolist()))
    return told


def strata(actor: Actor, first: int, last: int) -> list[Frame]:
    """The strata of the draws whose periods have days in these months, with how their visits ended so far."""
    return [frame for frame in frames(actor, first, last) if frame.touches(first, last)]


def _read(actor: Actor, asked: Asked, measures: Sequence[Measure], by: By, step: Step | None) -> tuple[Reading, ...]:
    found = _summed(actor, asked, {Family.ends, *(one for measure in measures for one in _families(measure))}, by, step)
    every = tuple(_known(measures, found))
    numbers = _numbers(every, found)
    refused = found.of("refused") + found.of("not_found")
    drawn = frames(actor, asked.first, asked.last)
    told: list[Reading] = []
    for (bucket, group), some in found.parts() or ([(("", ""), slice(0, 0))] if by is By.none and step is None else []):
        leaves = Leaves(
            [found.strata[at] for at in found.places[_STRATUM, some].tolist()],
            [found.routes[at] for at in found.places[_ROUTE, some].tolist()],
            refused[some], numbers[:, some],
        )  # fmt: skip
        among = _frames_of(drawn, leaves.strata, asked, by, bucket, group)
        told += cells.readings(bucket, group, every, leaves, among, asked)
    return tuple(told)


def _families(measure: Measure) -> Iterator[Family]:
    """Where its numbers are kept."""
    if measure.kind in MARKED:
        yield _FAMILIES[MARKED[measure.kind]]
    yield from (packed.FAMILY_OF[name] for name in measure.columns)


def _known(measures: Sequence[Measure], found: _Summed) -> Iterator[Measure]:
    """The measures that were asked for, and for those without a mark one for each mark that was met."""
    plain = dict.fromkeys(one for one in measures if one.kind not in MARKED or one.mark is not None)
    yield from plain
    for kind in dict.fromkeys(one.kind for one in measures if one.kind in MARKED and one.mark is None):
        for name in sorted(found.columns):
            if name.startswith(MARKED[kind]) and found.of(name).any():
                one = Measure(kind, mark=name[len(MARKED[kind]) :])
                if one not in plain:
                    yield one


def _numbers(measures: Sequence[Measure], found: _Summed) -> Numbers:
    """The numbers of each measure, a line for each column. A mark counts the visits by versions that can have it."""
    lines = []
    asked = {}
    for one in measures:
        if one.kind not in MARKED:
            lines += [found.of(name) for name in one.columns]
            continue
        asks = tuple(_asks(version_id, one) for version_id in found.versions)
        if asks not in asked:
            by_these = np.array(asks, bool)[found.places[_VERSION]]
            asked[asks] = by_these, np.where(by_these, found.of("overall_asked"), 0)
        by_these, number = asked[asks]
        lines += [number, np.where(by_these, found.of(f"{MARKED[one.kind]}{one.mark}"), 0)]
    return np.array(lines, np.int64).reshape(len(lines), found.values.shape[1])


def _frames_of(
    drawn: Iterable[Frame], strata: Iterable[UUID], asked: Asked, by: By, bucket: str, group: str
) -> list[Frame]:
    classes = stems(asked)
    if by in _DIMENSIONS:
        classes[by.value] = group
    first, last = months_of(bucket, asked)
    there = set(strata)
    return [one for one in drawn if (one.touches(first, last) and one.may_hold(classes)) or one.id in there]


def _asks(version_id: UUID, measure: Measure) -> bool:
    """Whether a checklist version can have this item or clause at all; visits by others say nothing about it."""
    if measure.kind not in MARKED or measure.kind is Kind.band or measure.mark is None:
        return True
    items, clauses = _content(version_id)
    return measure.mark in (clauses if measure.kind is Kind.clause else items)


def _content(version_id: UUID) -> tuple[frozenset[str], frozenset[str]]:
    if not version_id.int:
        return frozenset(), frozenset()
    content = _contents.get(version_id)
    if content is None:
        items = checklists.load(version_id).items
        content = frozenset(item.id for item in items), frozenset(item.clause for item in items)
        _contents[version_id] = content
    return content


_contents: dict[UUID, tuple[frozenset[str], frozenset[str]]] = {}  # what a version holds never changes


def _summed(actor: Actor, asked: Asked, families: Collection[Family], by: By, step: Step | None) -> _Summed:
    """What the reader's visits have, by bucket, group, stratum, route and version; where none is left is nothing."""
    grain = asked.grain(by)
    sector = stems(asked).get("sector", "")
    given = store_sums.sums(actor, families, grain, asked.first, asked.last, sector=sector, whole=False)
    entries = given.entries
    chosen = np.ones(len(given.row), bool)
    for key, allowed in _allowed(asked, entries):
        chosen &= allowed[entries.places[key]]
    row, places, values = given.row[chosen], entries.places[:, chosen], entries.values[:, chosen]
    buckets, bucket = _numbered([bucket_of(month, step) for _part, month in given.rows])
    groups, group = [""], np.zeros(len(row), np.int64)
    if by is not By.none:
        words = entries.words[KEYS.index(by.value)]
        named = [str(as_id(word)) if by is By.version else word.decode() or UNKNOWN for word in words]
        groups, of_word = _numbered(named)
        group = of_word[places[KEYS.index(by.value)]]
    code = bucket[row] * len(groups) + group
    for key in (_STRATUM, _ROUTE, _VERSION):
        code = code * len(entries.words[key]) + places[key]
    _there, first, leaf = np.unique(code, return_index=True, return_inverse=True)
    order = np.argsort(leaf, kind="stable")
    starts = np.searchsorted(leaf[order], np.arange(len(first)))
    sums = np.add.reduceat(values[:, order], starts, axis=1) if len(order) else values
    columns = {name: place for place, name in enumerate(entries.columns)}
    left = sums[[columns[name] for name in OUTCOMES]].any(axis=0)
    first = first[left]
    return _Summed(
        [buckets[at] for at in bucket[row[first]].tolist()], [groups[at] for at in group[first].tolist()],
        [as_id(word) for word in entries.words[_STRATUM]], [word.decode() for word in entries.words[_ROUTE]],
        [as_id(word) for word in entries.words[_VERSION]], places[:, first], columns, sums[:, left],
    )  # fmt: skip


def _numbered(names: Sequence[str]) -> tuple[list[str], Numbers]:
    """The different names, ascending, and which of them each is."""
    there = sorted(set(names))
    place = {name: at for at, name in enumerate(there)}
    return there, np.array([place[name] for name in names], np.int64)


def _allowed(asked: Asked, entries: Entries) -> Iterator[tuple[int, Numbers]]:
    """By key, which of its words were asked for."""
    for name, stem in stems(asked).items():
        key = KEYS.index(name)
        yield key, np.array([holds(word.decode(), stem) for word in entries.words[key]], bool)
    if asked.trait:
        yield _TRAIT, np.array([word.decode() == asked.trait for word in entries.words[_TRAIT]], bool)
    if asked.version:
        yield _VERSION, np.array([as_id(word) == asked.version for word in entries.words[_VERSION]], bool)
