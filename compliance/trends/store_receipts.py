"""What released visits say, read from their receipts: the visit, its standing released scorecard, its findings.

Of this, and of nothing else, the cells are made; it looks across associations, and so returns no row that a page shows.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from compliance.checklists import store as checklists
from compliance.checklists.rules import AREAS
from compliance.shared.database import session
from compliance.trends import sources
from compliance.trends.contribution import Facts, Raw, Shortfall, month_of
from compliance.trends.measures import TRAITS
from compliance.trends.sources import table
from compliance.visits.states import State


def of_visits(visit_ids: Sequence[UUID]) -> list[Facts]:
    """The facts of those of these visits that are released."""
    if len(visit_ids) == 1:
        return _of_visit(visit_ids[0])
    given = {"ids": visit_ids}
    rows = session().execute(_these(_visits(), "visit", "id"), given).all()
    lines = session().execute(_these(findings(), "finding", "visit_id"), given) if rows else ()
    return list(_merged(rows, lines, _nil()))


def _of_visit(visit_id: UUID) -> list[Facts]:
    """One visit, in the driver's own words: a release has a millisecond for all of its cells."""
    connection = session().connection()
    given = (as_raw(visit_id, connection.dialect),)
    visit, findings = _said(connection.dialect)
    rows = connection.exec_driver_sql(visit, given).all()
    lines = connection.exec_driver_sql(findings, given) if rows else ()
    return list(_merged(rows, lines, _nil()))


def as_raw(id: UUID, dialect: sa.Dialect) -> Raw:
    """An id as the driver takes it."""
    return id.bytes if dialect.name == "sqlite" else id


@lru_cache(maxsize=4)
def _said(dialect: sa.Dialect) -> tuple[str, str]:
    """The two statements for one visit as text, with one place for its id."""
    place: sa.ColumnElement[Any] = sa.literal_column(_PLACE)
    mark = "?" if dialect.name == "sqlite" else "%s"
    found = [
        str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True})).replace(_PLACE, mark)
        for query in (
            _visits().where(table("visit").c.id == place),
            findings().where(table("finding").c.visit_id == place),
        )
    ]
    return found[0], found[1]


_PLACE = ":the_visit:"


def _these(query: sa.Select[Any], of: str, name: str) -> sa.Select[Any]:
    column = table(of).c[name]
    return query.where(column.in_(sa.bindparam("ids", expanding=True))).order_by(column)


@lru_cache(maxsize=1)
def _visits() -> sa.Select[Any]:
    """A row a visit: where it counts, how it ended, and its scores."""
    visit, enterprise, workplace = table("visit"), table("enterprise"), table("workplace")
    card, drawn = table("scorecard"), table("drawn_workplace")
    areas = [table("scorecard_area").alias(f"of_{area}") for area in AREAS]
    joined: sa.FromClause = (
        visit.join(enterprise, enterprise.c.id == visit.c.enterprise_id)
        .join(workplace, workplace.c.id == visit.c.workplace_id)
        .outerjoin(drawn, drawn.c.visit_id == visit.c.id)
        .outerjoin(card, sa.and_(card.c.visit_id == visit.c.id, sources.standing_scorecard()))
    )
    for name, area in zip(AREAS, areas, strict=True):
        joined = joined.outerjoin(area, sa.and_(area.c.scorecard_id == card.c.id, area.c.area == name))
    return (
        sa.select(
            sources.raw(visit.c.id), sources.raw(visit.c.association_id), sources.raw(visit.c.enterprise_id),
            sources.raw(sources.day()), sources.raw(drawn.c.stratum_id), sources.raw(visit.c.route),
            sources.raw(visit.c.checklist_version_id), enterprise.c.sector, sources.district(),
            sources.raw(enterprise.c.size), traits(), sources.raw(visit.c.outcome),
            sources.raw(card.c.id), card.c.score, card.c.coverage, card.c.band,
            *(column for area in areas for column in (area.c.score, area.c.provisional)),
        )
        .select_from(joined)
        .where(visit.c.state == State.released)
    )  # fmt: skip


def traits() -> sa.ColumnElement[int]:
    """The traits of a workplace as bits."""
    workplace = table("workplace")
    bits = (sa.case((workplace.c[name], 1 << place), else_=0) for place, name in enumerate(TRAITS))
    return sum(bits, sa.literal(0))


@lru_cache(maxsize=1)
def findings() -> sa.Select[Any]:
    """A row a finding that the enterprise was told of and that holds: its visit, and it as ``Shortfall``."""
    finding = table("finding")
    return sa.select(
        sources.raw(finding.c.visit_id), finding.c.item, finding.c.area, finding.c.clause,
        sources.raw(finding.c.severity == "critical"), sources.raw(finding.c.repeat_of_id.is_not(None)),
    ).where(finding.c.state.in_(sources.SHOWN_FINDINGS))  # fmt: skip


def _merged(rows: Iterable[Sequence[Any]], lines: Iterable[Sequence[Any]], nil: Raw) -> Iterator[Facts]:
    """Visits with their findings; both come in the order of the visits' ids."""
    coming = iter(lines)
    line = next(coming, None)
    for row in rows:
        visit_id = row[0]
        found = []
        while line is not None and line[0] <= visit_id:
            if line[0] == visit_id:
                found.append(Shortfall(*line[1:]))
            line = next(coming, None)
        yield _facts(row, found, nil)


def _facts(row: Sequence[Any], shortfalls: Sequence[Shortfall], nil: Raw) -> Facts:
    visit_id, association_id, enterprise_id, on, stratum_id, route, version_id, sector, district, size = row[:10]
    traits, outcome, card_id, score, coverage, band, *areas = row[10:]
    scores: tuple[float | None, ...] = ()
    counted: tuple[bool, ...] = ()
    if card_id is not None:
        scores = (score, *areas[::2])
        counted = (coverage >= coverage_minimum(version_id), *(not provisional for provisional in areas[1::2]))
    return Facts(
        visit_id, association_id, enterprise_id, month(on), stratum_id or nil, route, version_id or nil,
        division(sector), district or "", size or "", traits, outcome, scores, counted, band or "", shortfalls,
    )  # fmt: skip


def month(day: Any) -> int:
    """The month of a day as a driver gives it."""
    return int(day[:4]) * 100 + int(day[5:7]) if isinstance(day, str) else month_of(day)


def division(sector: str | None) -> str:
    """The sector under which an enterprise counts."""
    return (sector or "")[:3]


def _nil() -> Raw:
    nil = UUID(int=0)
    return nil.bytes if session().get_bind().dialect.name == "sqlite" else nil


@lru_cache(maxsize=256)
def coverage_minimum(version_id: Raw) -> float:
    """The coverage below which a score is provisional. What a version says never changes."""
    return float(checklists.load(sources.as_id(version_id)).policy.coverage_minimum) if version_id else 0.0
