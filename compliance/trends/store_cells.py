"""Reading the cells: sums for estimates and for plain figures, scoped to the actor.

Other associations' cells do not exist. Visits to enterprises that the actor manages or has a tie to are taken out of
every sum by what each of them has put in.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from compliance.checklists import store as checklists
from compliance.people.rules import Actor
from compliance.shared.database import session
from compliance.shared.kept import until_written
from compliance.shared.problems import Problem
from compliance.shared.words import N_
from compliance.trends import cells
from compliance.trends.cells import (
    MARKED,
    Asked,
    By,
    Frame,
    Kind,
    Leaf,
    Measure,
    Outcomes,
    Reading,
    bucket_of,
    combines,
    holds,
    marked,
    months_of,
    stems,
)
from compliance.trends.contribution import DISTRICT, SECTOR, SIZE, TRAIT, Put, traits_of
from compliance.trends.measures import MEASURES, OUTCOMES, TRAITS
from compliance.trends.models import TREND_CELL, TREND_MARK, TREND_VISIT
from compliance.trends.periods import Step
from compliance.trends.rules import ROUTES, UNKNOWN
from compliance.trends.store_frames import frames
from compliance.trends.store_put import as_put

_DIMENSIONS = {By.sector: SECTOR, By.district: DISTRICT, By.size: SIZE}
_PLACE = {name: place for place, name in enumerate(MEASURES)}
Where = tuple[str, str, UUID, str, UUID]
"""Bucket, group, stratum, route, version."""
Rows = dict[Where, list[int]]


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
    columns = ("findings", "criticals", "repeats")
    found: dict[tuple[str, str], dict[str, list[int]]] = {}
    for (bucket, group, _stratum, route, _version), values in _cells(actor, asked, columns, by, step).items():
        of_route = found.setdefault((bucket, group), {}).setdefault(route, [0] * (len(OUTCOMES) + len(columns)))
        of_route[:] = map(sum, zip(of_route, values, strict=True))
    view = ROUTES[asked.view]
    told = []
    for (bucket, group), routes in sorted(found.items()):
        counts = {
            (route, outcome): number
            for route, values in routes.items()
            for outcome, number in zip(OUTCOMES, values, strict=False)
            if number
        }
        rest = [sum(values[at] for route, values in routes.items() if route in view) for at in range(4, 7)]
        told.append(Outcomes(bucket, group, counts, *rest))
    return told


def strata(actor: Actor, first: int, last: int) -> list[Frame]:
    """The strata of the draws whose periods have days in these months, with how their visits ended so far."""
    return [frame for frame in frames(actor, first, last) if frame.touches(first, last)]


def _read(actor: Actor, asked: Asked, measures: Sequence[Measure], by: By, step: Step | None) -> tuple[Reading, ...]:
    found: dict[tuple[str, str], dict[tuple[UUID, str], Leaf]] = {}
    known: dict[Measure, None] = dict.fromkeys(
        one for one in measures if one.kind not in MARKED or one.mark is not None
    )
    by_column = list(dict.fromkeys(name for one in measures for name in one.columns))
    at = {name: place for place, name in enumerate(by_column, len(OUTCOMES))}
    rows = _cells(actor, asked, by_column, by, step)
    marks = _marks(actor, asked, list(marked(measures)), by, step)
    for counts in marks.values():
        known.update(dict.fromkeys(one for one, number in counts.items() if number))
    every = tuple(known)
    where_of = [(place, one, [at[name] for name in one.columns]) for place, one in enumerate(every)]
    asks = {version_id: [_asks(version_id, one) for one in every] for version_id in {where[4] for where in rows}}
    for where, values in rows.items():
        bucket, group, stratum_id, route, version_id = where
        leaf = found.setdefault((bucket, group), {}).setdefault((stratum_id, route), Leaf([None] * len(every)))
        leaf.refused += values[1] + values[2]
        here, asked_by = marks.get(where, {}), asks[version_id]
        for place, one, columns in where_of:
            of = tuple([values[column] for column in columns])
            if one.kind in MARKED:
                if not asked_by[place]:
                    continue
                of += (here.get(one, 0),)
            leaf.numbers[place] = cells.together(leaf.numbers[place], of)
    if by is By.none and step is None:
        found.setdefault(("", ""), {})
    drawn = frames(actor, asked.first, asked.last)
    told: list[Reading] = []
    for (bucket, group), leaves in sorted(found.items()):
        among = _frames_of(drawn, leaves, asked, by, bucket, group)
        told += cells.readings(bucket, group, every, leaves, among, asked)
    return tuple(told)


def _frames_of(
    drawn: Iterable[Frame], leaves: Mapping[tuple[UUID, str], Leaf], asked: Asked, by: By, bucket: str, group: str
) -> list[Frame]:
    classes = stems(asked)
    if by in _DIMENSIONS:
        classes[by.value] = group
    first, last = months_of(bucket, asked)
    there = {stratum_id for stratum_id, _route in leaves}
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


def _cells(actor: Actor, asked: Asked, names: Sequence[str], by: By, step: Step | None) -> Rows:
    """The sums of the outcomes and of these columns; what nothing is left in for this reader is not there at all."""
    columns = (*OUTCOMES, *names)
    cell, grain = TREND_CELL.c, asked.grain(by)
    codes = [_code_in(actor, cell[one.value], grain & bit, asked, by) for one, bit in _DIMENSIONS.items()]
    # Every column of the key before the month has its values, or all months would be looked at.
    traits = [""] if grain != TRAIT else [asked.trait] if asked.trait else TRAITS
    codes.append(cell.trait.in_(traits))
    group = _group(by, {one: cell[one.value] for one in (By.sector, By.district, By.size, By.trait)}, cell.version_id)
    # A figure of marks asks which version a visit was by: not every version has every item.
    bucket = _bucket(cell.month, step).label("bucket")
    keys = (bucket, group.label("group"), cell.stratum_id, cell.route, cell.version_id)
    query = (
        sa.select(*keys, *(sa.func.sum(cell[name]) for name in columns))
        .where(*_where(cell, actor, asked, grain), *codes)
        .group_by(*(["bucket"] if step else []), *(["group"] if by is not By.none else []), *keys[2:])
    )
    found: Rows = {}
    for month, code, stratum_id, route, version_id, *values in session().execute(query):
        where = (bucket_of(month, step), _named(code, by), stratum_id, route, version_id)
        numbers = [int(value) for value in values]
        there = found.get(where)
        found[where] = numbers if there is None else [a + b for a, b in zip(there, numbers, strict=True)]
    places = [_PLACE[name] for name in columns]
    for where, one in _taken_out(actor, asked, by, step):
        if where in found:
            found[where] = [a - one.measures[at] for a, at in zip(found[where], places, strict=True)]
            if not any(found[where][: len(OUTCOMES)]):
                del found[where]
    return found


def _marks(
    actor: Actor, asked: Asked, measures: Sequence[Measure], by: By, step: Step | None
) -> dict[Where, dict[Measure, int]]:
    """How many visits had each mark that is asked for."""
    if not measures:
        return {}
    mark, grain = TREND_MARK.c, asked.grain(by)
    wanted = {MARKED[one.kind]: one.kind for one in measures}
    chosen = {MARKED[one.kind] + one.mark for one in measures if one.mark is not None}
    every = {MARKED[one.kind] for one in measures if one.mark is None}
    code = {bit: one for one, bit in _DIMENSIONS.items()}.get(grain)
    codes = [_code_in(actor, mark.code, grain, asked, by, code)] if code else [mark.code == ""]
    group = _group(by, dict.fromkeys(_DIMENSIONS, mark.code), mark.version_id)
    query = sa.select(mark.month, group, mark.stratum_id, mark.route, mark.version_id, mark.marks)
    found: dict[Where, dict[Measure, int]] = {}

    def add(where: Where, counts: Mapping[str, int]) -> None:
        into = found.setdefault(where, {})
        for name, number in counts.items():
            if name in chosen or name[:2] in every:
                one = Measure(wanted[name[:2]], mark=name[2:])
                into[one] = into.get(one, 0) + number

    for month, value, stratum_id, route, version_id, text in session().execute(
        query.where(*_where(mark, actor, asked, grain), *codes)
    ):
        add((bucket_of(month, step), _named(value, by), stratum_id, route, version_id), json.loads(text))
    for where, put in _taken_out(actor, asked, by, step):
        add(where, dict.fromkeys(put.marks, -1))
    return found


def _where(of: Any, actor: Actor, asked: Asked, grain: int) -> list[sa.ColumnElement[bool]]:
    conditions = [
        of.association_id == actor.association_id, of.grain == grain, of.month.between(asked.first, asked.last),
    ]  # fmt: skip
    return conditions + ([of.version_id == asked.version] if asked.version else [])


def _code_in(
    actor: Actor, column: Any, told_apart: int, asked: Asked, by: By, dimension: By | None = None
) -> sa.ColumnElement[bool]:
    """The condition on one class: the codes themselves, so that the database goes straight to each of them."""
    dimension = dimension or By(column.name)
    if not told_apart:
        return column == ""  # type: ignore[no-any-return]
    stem = stems(asked).get(dimension.value)
    if stem == UNKNOWN or (stem and dimension is By.size and by is not By.size):
        return column == ("" if stem == UNKNOWN else stem)  # type: ignore[no-any-return]
    there = _codes(actor, dimension)
    return column.in_([code for code in there if stem is None or holds(code, stem)])  # type: ignore[no-any-return]


def _codes(actor: Actor, dimension: By) -> Sequence[str]:
    """The codes of a class that the cells know, found by one look into the index for each of them."""
    key = ("codes of cells", actor.association_id, dimension)
    return until_written(key, lambda: _looked_up(actor, dimension))


def _looked_up(actor: Actor, dimension: By) -> tuple[str, ...]:
    cell = TREND_CELL.c
    column = cell[dimension.value]
    mine = (cell.association_id == actor.association_id, cell.grain == _DIMENSIONS[dimension])
    apart = [
        cell[one.value] == ""
        for one in _DIMENSIONS
        if one is not dimension and _DIMENSIONS[one] < _DIMENSIONS[dimension]
    ]
    first = sa.select(sa.func.min(column).label("code")).where(*mine, *apart)
    seen = first.cte("seen", recursive=True)
    following = sa.select(sa.func.min(column)).where(*mine, *apart, column > seen.c.code).scalar_subquery()
    seen = seen.union_all(sa.select(following).where(seen.c.code.is_not(None)))
    found = session().execute(sa.select(seen.c.code).where(seen.c.code.is_not(None)))
    return tuple(found.scalars())


def _bucket(month: Any, step: Step | None) -> sa.ColumnElement[Any]:
    """The month, the first month of the quarter, or nothing."""
    match step:
        case Step.month:
            return month  # type: ignore[no-any-return]
        case Step.quarter:
            return month - (month % 100 + 2) % 3  # type: ignore[no-any-return]
        case None:
            return sa.literal_column("0", sa.Integer)


def _group(by: By, columns: Mapping[By, Any], version_id: Any) -> sa.ColumnElement[Any]:
    of: sa.ColumnElement[Any] = version_id if by is By.version else columns.get(by, sa.literal_column("''"))
    return of


def _named(code: Any, by: By) -> str:
    if by is By.none:
        return ""
    return str(code) if code else UNKNOWN


def _taken_out(actor: Actor, asked: Asked, by: By, step: Step | None) -> Iterator[tuple[Where, Put]]:
    """What the visits to enterprises that the actor sees from outside have put in, where the selection counts it."""
    if not actor.outside_ids:
        return
    visit = TREND_VISIT.c
    query = sa.select(TREND_VISIT).where(
        visit.association_id == actor.association_id,
        visit.enterprise_id.in_(sorted(actor.outside_ids)),
        visit.month.between(asked.first, asked.last),
    )
    classes = stems(asked)
    for one in map(as_put, session().execute(query)):
        own = {"sector": one.sector, "district": one.district, "size": one.size}
        inside = all(holds(own[name], stem) for name, stem in classes.items())
        if not inside or (asked.version and one.version_id != asked.version):
            continue
        traits = list(traits_of(one.traits))
        if asked.trait and asked.trait not in traits:
            continue
        groups: Iterable[str] = [_named(one.version_id if by is By.version else own.get(by.value), by)]
        if by is By.trait:
            groups = traits
        for group in groups:
            yield (bucket_of(one.month, step), group, one.stratum_id, one.route, one.version_id), one
