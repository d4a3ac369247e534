"""What the pages and the report tell, from the cells: areas, time, groups, shortfalls, and what has changed.

Everything is asked of the cells in a fixed number of readings, whatever the number of visits.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from compliance.checklists import store as checklists
from compliance.checklists.rules import Checklist
from compliance.estimation.strata import Scale, Sums
from compliance.people.rules import Actor
from compliance.trends import breaks, periods, stated, store_cells
from compliance.trends import cells as asking
from compliance.trends.breaks import Break
from compliance.trends.cells import Asked, Kind, Measure, Reading
from compliance.trends.measures import FIGURES
from compliance.trends.periods import Bucket, Step
from compliance.trends.rules import UNKNOWN, By, Selection, View
from compliance.trends.stated import Movement, Stated


@dataclass(frozen=True)
class AreaTold:
    """An area (or the whole): now, in the period before, and how it moved."""

    area: str
    now: Stated
    movement: Movement


@dataclass(frozen=True)
class PeriodTold:
    """One quarter or month, and what breaks the row before it."""

    bucket: Bucket
    told: Stated
    breaks: Sequence[Break]


@dataclass(frozen=True)
class GroupTold:
    """One class of members."""

    group: str
    told: Stated
    beside: Movement | None = None
    """The difference from the group that all are compared with; None for that one itself, and where none can speak."""
    is_base: bool = False
    """Whether it is the one that all are compared with."""


@dataclass(frozen=True)
class ItemTold:
    """An item of the checklists: the share of workplaces with a finding of it."""

    item: str
    told: Stated
    critical: int
    """Visits, of all, on which it was critical."""
    movement: Movement


@dataclass(frozen=True)
class Change:
    """Something that stands among everything that was compared."""

    area: str
    by: By | None
    group: str
    movement: Movement


@dataclass(frozen=True)
class Changes:
    """What has changed, how many comparisons were made, and how many of them could speak."""

    found: Sequence[Change]
    compared: int
    spoken: int


def measure_of(wanted: Selection, area: str) -> Measure:
    """The chosen figure of an area."""
    return Measure(Kind(wanted.figure), area)


def scale_of(kind: Kind) -> Scale:
    """What a kind of figure is measured in."""
    return Scale.score if kind is Kind.score else Scale.share


def asked_of(wanted: Selection) -> Asked:
    """What the cells are asked; the plain figure is that of all routes."""
    return replace(Asked.of(wanted), view=View.all)


def earlier(wanted: Selection) -> Selection:
    """The same for the period to compare with."""
    return replace(wanted, span=periods.before(wanted.span))


def stated_of(reading: Reading) -> Stated:
    """The figure of a reading. A high score is good, a high share of shortfalls is not."""
    kind = reading.measure.kind
    return stated.state(reading.strata, reading.plain, scale_of(kind), high_is_good=kind is Kind.score)


def nothing(measure: Measure) -> Stated:
    """The figure of what nobody was visited in."""
    kind = measure.kind
    return stated.state((), Sums(), scale_of(kind), high_is_good=kind is Kind.score)


def areas(actor: Actor, wanted: Selection) -> list[AreaTold]:
    """The whole and each area, with its movement from the period before."""
    measures = [measure_of(wanted, area) for area in FIGURES]
    now = _by_measure(actor, wanted, measures)
    before = _by_measure(actor, earlier(wanted), measures)
    broken = broken_areas(actor, wanted)
    moves = stated.moved([(now[m], before[m]) for m in measures], broken=[m.area in broken for m in measures])
    return [AreaTold(m.area, now[m], move) for m, move in zip(measures, moves, strict=True)]


def _by_measure(actor: Actor, wanted: Selection, measures: Sequence[Measure]) -> dict[Measure, Stated]:
    readings = store_cells.read(actor, asked_of(wanted), measures)
    found = {one.measure: stated_of(one) for one in readings}
    return {measure: found.get(measure) or nothing(measure) for measure in measures}


def versions_used(actor: Actor, wanted: Selection, step: Step) -> dict[str, list[Checklist]]:
    """The checklists that the compared visits of the selected period and the one before were pinned to, by bucket."""
    asked = replace(asked_of(wanted), first=asked_of(earlier(wanted)).first)
    found: dict[str, list[Checklist]] = {}
    for one in store_cells.read(actor, asked, [Measure(Kind.shortfall)], by=asking.By.version, step=Step.month):
        if one.plain.n and one.group != UNKNOWN and (version := UUID(one.group)).int:
            year, month = one.bucket.split("-")
            bucket = asking.bucket_of(100 * int(year) + int(month), step)
            found.setdefault(bucket, []).append(checklists.load(version))
    return found


def broken_areas(actor: Actor, wanted: Selection) -> set[str]:
    """The areas (or the whole) of which the checklists asked something else in the period before."""
    used = versions_used(actor, wanted, Step.month).values()
    everything = [one for versions in used for one in versions]
    return {area for area in FIGURES if not breaks.same(area, everything)}


def through_time(actor: Actor, wanted: Selection) -> list[PeriodTold]:
    """The chosen figure of the chosen area in each quarter or month of the period and the one before it, from the
    first one with visits.
    """
    before = earlier(wanted)
    span = periods.Span(before.span.first, wanted.span.last)
    measure = measure_of(wanted, wanted.topic)
    asked = asked_of(replace(wanted, span=span))
    readings = {one.bucket: one for one in store_cells.read(actor, asked, [measure], step=wanted.step)}
    among = periods.buckets(span, wanted.step)
    drawn = {key: any(stratum.sums.n for stratum in one.strata) for key, one in readings.items()}
    used = versions_used(actor, wanted, wanted.step)
    found = breaks.between([one.key for one in among], used, drawn, wanted.topic)
    told = [
        PeriodTold(
            one, stated_of(readings[one.key]) if one.key in readings else nothing(measure), found.get(one.key, ())
        )
        for one in among
    ]
    begins = next((place for place, one in enumerate(told) if one.told.plain.n or one.told.n), 0)
    return told[begins:]


def grid(actor: Actor, wanted: Selection, by: By) -> dict[str, dict[str, Stated]]:
    """The chosen figure by group and area. Groups that nobody was visited in are missing."""
    measures = [measure_of(wanted, area) for area in FIGURES]
    found: dict[str, dict[str, Stated]] = {}
    for one in store_cells.read(actor, asked_of(wanted), measures, by=asking.By(by.value)):
        found.setdefault(one.group, {})[one.measure.area] = stated_of(one)
    return {group: areas for group, areas in found.items() if any(one.plain.n for one in areas.values())}


def groups(actor: Actor, wanted: Selection, by: By, beside: str) -> list[GroupTold]:
    """The chosen figure of the chosen area in each group, most visits first, each compared with the group ``beside``
    (or, where that is none of them, the first that can speak).
    """
    measure = measure_of(wanted, wanted.topic)
    readings = store_cells.read(actor, asked_of(wanted), [measure], by=asking.By(by.value))
    found = [(one.group, stated_of(one)) for one in readings if one.plain.n]
    found.sort(key=lambda entry: (-entry[1].n, -entry[1].plain.n, entry[0]))
    of = dict(found)
    chosen = beside if beside in of else next((group for group, one in found if not one.silent), "")
    others = [(group, one) for group, one in found if group != chosen] if chosen else []
    moves = dict(zip([g for g, _one in others], stated.moved([(one, of[chosen]) for _g, one in others]), strict=True))
    return [GroupTold(group, one, moves.get(group), bool(chosen) and group == chosen) for group, one in found]


def shortfalls(actor: Actor, wanted: Selection) -> list[ItemTold]:
    """The items that were findings on any visit of the period, with the share of workplaces that have each, the most
    frequent first; those of the chosen area, or all.
    """
    kinds = [Measure(Kind.item), Measure(Kind.item_critical)]
    readings = store_cells.read(actor, asked_of(wanted), kinds)
    critical = {one.measure.mark: int(one.plain.total) for one in readings if one.measure.kind is Kind.item_critical}
    now = {one.measure.mark or "": one for one in readings if one.measure.kind is Kind.item and one.plain.total}
    before = {
        one.measure.mark: one
        for one in store_cells.read(actor, asked_of(earlier(wanted)), [Measure(Kind.item, mark=item) for item in now])
    }
    pairs = [
        (stated_of(one), stated_of(before[item]) if item in before else nothing(one.measure))
        for item, one in now.items()
    ]
    moves = stated.moved(pairs)
    found = [
        ItemTold(item, told, critical.get(item, 0), move)
        for item, (told, _before), move in zip(now, pairs, moves, strict=True)
    ]
    return sorted(found, key=_frequent)


def _frequent(one: ItemTold) -> tuple[float, float, str]:
    plain = float(one.told.plain.total) / one.told.plain.n if one.told.plain.n else 0.0
    return (-(one.told.points if one.told.points is not None else -1.0), -plain, one.item)


def changes(actor: Actor, wanted: Selection, bys: Collection[By] = tuple(By)) -> Changes:
    """The areas and groups of which the chosen figure has changed since the period before, corrected for everything
    that was compared together.
    """
    measures = [measure_of(wanted, area) for area in FIGURES]
    before = earlier(wanted)
    broken = broken_areas(actor, wanted)
    places: list[tuple[str, By | None, str]] = []
    pairs: list[tuple[Stated, Stated]] = []
    for by in (None, *(one for one in bys if not getattr(wanted, one.value) and not wanted.trait)):
        along = asking.By(by.value) if by else asking.By.none
        now, then = (
            {(one.group, one.measure): one for one in store_cells.read(actor, asked_of(each), measures, by=along)}
            for each in (wanted, before)
        )
        for key in now.keys() & then.keys():
            group, measure = key
            if measure.area in broken:
                continue
            places.append((measure.area, by, group))
            pairs.append((stated_of(now[key]), stated_of(then[key])))
    order = sorted(
        range(len(places)), key=lambda i: (str(places[i][1] or ""), places[i][2], FIGURES.index(places[i][0]))
    )
    moves = stated.moved([pairs[i] for i in order])
    found = [
        Change(*places[i], move)
        for i, move in zip(order, moves, strict=True)
        if move.way in (stated.Way.better, stated.Way.worse)
    ]
    spoken = sum(move.difference.silent is None for move in moves)
    return Changes(found, len(moves), spoken)
