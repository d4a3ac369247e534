"""Reading the imported past: imports, the visits of one, those of an enterprise, and figures through time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from compliance.enterprises import store as enterprises
from compliance.history import mapping as mappings
from compliance.history import rules
from compliance.history.facts import OVERALL, Role
from compliance.history.mapping import Scale
from compliance.history.models import HistoryImport, PastFinding, PastScore, PastVisit, PastWorkplace
from compliance.history.rules import Period, Shown
from compliance.people import store as people
from compliance.people.rules import Actor, can, sees_inside
from compliance.shared.database import session
from compliance.shared.problems import NotFound
from compliance.shared.words import N_

PAGE = 50
MOST_QUARTERS = 20
"""With more quarters than these a series is told by the year."""


@dataclass(frozen=True)
class Listed:
    """An import in the list, with the name of whoever brought it along."""

    row: HistoryImport
    by: str


@dataclass(frozen=True)
class PastResult:
    """A past visit as a page shows it. Scores and amounts as numbers; ``findings`` hold what the reader may see."""

    id: UUID
    source: str
    workplace: str
    visited_on: date | None
    kind: str
    scores: Sequence[tuple[str, float | None, str]] = ()
    owed: float | None = None
    paid: float | None = None
    currency: str = ""
    scale: Scale | None = None
    findings: Sequence[PastFinding] = ()
    texts: bool = True
    """Whether the reader may read the texts of the findings."""
    enterprise_id: UUID | None = None


@dataclass(frozen=True)
class Series:
    """What one source brought along, by quarter or year. Without files of findings nothing is said of shortfalls."""

    source: str
    scale: Scale | None
    has_findings: bool
    periods: Sequence[Period] = field(default_factory=list)

    @property
    def visits(self) -> int:
        """All visits of the series."""
        return sum(one.visits for one in self.periods)


def listed(actor: Actor) -> list[Listed]:
    """The imports of the association that were applied, also those that were undone, and the actor's own that wait;
    the newest first.
    """
    mine = sa.and_(col(HistoryImport.applied_at).is_(None), col(HistoryImport.person_id) == actor.person_id)
    query = select(HistoryImport).where(
        HistoryImport.association_id == actor.association_id, sa.or_(col(HistoryImport.applied_at).is_not(None), mine)
    )
    rows = list(session().exec(query.order_by(col(HistoryImport.created_at).desc()).limit(200)))
    names = people.people_names(row.person_id for row in rows)
    return [Listed(row, names.get(row.person_id, "") if row.person_id else "") for row in rows]


def who_brought(row: HistoryImport) -> str:
    """The name of whoever brought an import along; empty for the command line."""
    return people.people_names([row.person_id]).get(row.person_id, "") if row.person_id else ""


def _outside(actor: Actor) -> list[Any]:
    """Conditions that leave out the enterprises to which the actor has a tie."""
    if not actor.outside_ids:
        return []
    enterprise = col(PastWorkplace.enterprise_id)
    return [sa.or_(enterprise.is_(None), enterprise.not_in(sorted(actor.outside_ids)))]


def visits_of_import(actor: Actor, row: HistoryImport, page: int) -> tuple[list[PastResult], int]:
    """A page of the visits of an import, the newest first, and how many there are."""
    where = [col(PastVisit.import_id) == row.id, *_outside(actor)]
    joined = sa.select(sa.func.count()).select_from(PastVisit).join(PastWorkplace).where(*where)
    total = session().scalar(joined) or 0
    query = select(PastVisit, PastWorkplace).join(PastWorkplace).where(*where)
    query = query.order_by(col(PastVisit.visited_on).desc(), col(PastVisit.id))
    found = list(session().exec(query.limit(PAGE).offset((page - 1) * PAGE)))
    return _results(found, {row.id: row}, texts=True), total


def lone_findings(actor: Actor, row: HistoryImport) -> int:
    """How many findings of an import belong to no visit."""
    where = [col(PastFinding.import_id) == row.id, col(PastFinding.visit_id).is_(None), *_outside(actor)]
    return session().scalar(sa.select(sa.func.count()).select_from(PastFinding).join(PastWorkplace).where(*where)) or 0


def of_enterprise(actor: Actor, enterprise_id: UUID) -> list[PastResult]:
    """Everything imported about an enterprise, the newest first; from outside only what the import shows to managers.

    Findings without a visit stand in results without a day. Raises ``NotFound``.
    """
    enterprises.get(actor, enterprise_id)
    inside = sees_inside(actor, enterprise_id)
    if inside and not can(actor, "history.read"):
        raise NotFound("enterprise-unknown", N_("There is no such enterprise in the register."))
    query = select(HistoryImport).where(
        HistoryImport.association_id == actor.association_id,
        col(HistoryImport.applied_at).is_not(None),
        col(HistoryImport.undone_at).is_(None),
    )
    imports = {row.id: row for row in session().exec(query) if inside or row.shown is not Shown.nothing}
    mine = col(PastWorkplace.enterprise_id) == enterprise_id
    visits = select(PastVisit, PastWorkplace).join(PastWorkplace).where(mine, col(PastVisit.import_id).in_(imports))
    found = _results(list(session().exec(visits)), imports, texts=inside)
    lone = select(PastFinding, PastWorkplace).join(PastWorkplace)
    lone = lone.where(mine, col(PastFinding.visit_id).is_(None), col(PastFinding.import_id).in_(imports))
    by_place: dict[tuple[UUID, UUID], list[PastFinding]] = {}
    names: dict[UUID, PastWorkplace] = {}
    for finding, place in session().exec(lone.order_by(col(PastFinding.found_on).desc())):
        by_place.setdefault((finding.import_id, place.id), []).append(finding)
        names[place.id] = place
    for (import_id, place_id), findings in by_place.items():
        row, place = imports[import_id], names[place_id]
        texts = inside or row.shown is Shown.everything
        found.append(
            PastResult(place_id, row.source, place.name, None, "", findings=findings, texts=texts)
        )  # fmt: skip
    return sorted(found, key=lambda one: (one.visited_on is None, -(one.visited_on or date.min).toordinal()))


def _results(
    found: Sequence[tuple[PastVisit, PastWorkplace]], imports: Mapping[UUID, HistoryImport], *, texts: bool
) -> list[PastResult]:
    ids = [visit.id for visit, _place in found]
    scores: dict[UUID, list[tuple[str, float | None, str]]] = {}
    findings: dict[UUID, list[PastFinding]] = {}
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        for score in session().exec(select(PastScore).where(col(PastScore.visit_id).in_(some))):
            value = None if score.thousandths is None else score.thousandths / 1000
            scores.setdefault(score.visit_id, []).append((score.area, value, score.band))
        query = select(PastFinding).where(col(PastFinding.visit_id).in_(some)).order_by(col(PastFinding.text))
        for one in session().exec(query):
            if one.visit_id is not None:
                findings.setdefault(one.visit_id, []).append(one)
    maps = {id: mappings.from_json(row.mapping) for id, row in imports.items()}
    return [
        PastResult(
            id=visit.id,
            source=imports[visit.import_id].source,
            workplace=place.name or place.key,
            visited_on=visit.visited_on,
            kind=visit.kind,
            scores=sorted(scores.get(visit.id, ()), key=lambda one: (one[0] != OVERALL, one[0])),
            owed=None if visit.owed is None else visit.owed / 100,
            paid=None if visit.paid is None else visit.paid / 100,
            currency=maps[visit.import_id].currency,
            scale=maps[visit.import_id].scale,
            findings=findings.get(visit.id, ()),
            texts=texts or imports[visit.import_id].shown is Shown.everything,
            enterprise_id=place.enterprise_id,
        )
        for visit, place in found
    ]


# --- through time -----------------------------------------------------------------------------------------------------


def series(actor: Actor, area: str, severities: Collection[str] = ()) -> list[Series]:
    """What each source brought along, through time: counts and plain sums, without the enterprises to which the actor
    has a tie. Shortfalls are findings of ``area`` (or of any, overall), of some severities or of all.
    """
    query = select(HistoryImport).where(
        HistoryImport.association_id == actor.association_id,
        col(HistoryImport.applied_at).is_not(None),
        col(HistoryImport.undone_at).is_(None),
    )
    by_source: dict[str, list[HistoryImport]] = {}
    for row in session().exec(query.order_by(col(HistoryImport.created_at))):
        by_source.setdefault(row.source, []).append(row)
    found = []
    for source, rows in by_source.items():
        maps = [mappings.from_json(row.mapping) for row in rows]
        scales = {one.scale for one in maps if one.scale}
        says = any(one.role is Role.findings for each in maps for one in each.files.values())
        # Two imports of one source on different scales have no mean together.
        scale = scales.pop() if len(scales) == 1 else None
        import_ids = [row.id for row in rows]
        days = _days(actor, import_ids, area, severities)
        # Where no finding carries this area or severity at all, none of them is said to be missing.
        says = says and _names_any(import_ids, area, severities)
        if days:
            found.append(Series(source, scale, says, rules.fold_days(days, MOST_QUARTERS)))
    return found


def _names_any(import_ids: Sequence[UUID], area: str, severities: Collection[str]) -> bool:
    where: list[Any] = [col(PastFinding.import_id).in_(import_ids)]
    if area != OVERALL:
        where.append(col(PastFinding.area) == area)
    if severities:
        where.append(col(PastFinding.severity).in_(severities))
    return session().scalar(sa.select(col(PastFinding.id)).where(*where).limit(1)) is not None


def _days(
    actor: Actor, import_ids: Sequence[UUID], area: str, severities: Collection[str]
) -> dict[date, tuple[int, int, int, int]]:
    where = [col(PastVisit.import_id).in_(import_ids), *_outside(actor)]
    finding: list[Any] = [col(PastFinding.visit_id) == col(PastVisit.id)]
    if area != OVERALL:
        finding.append(col(PastFinding.area) == area)
    if severities:
        finding.append(col(PastFinding.severity).in_(severities))
    short = sa.case((sa.exists().where(*finding), 1), else_=0)
    scored = sa.and_(col(PastScore.visit_id) == col(PastVisit.id), col(PastScore.area) == area)
    query = (
        sa.select(
            col(PastVisit.visited_on),
            sa.func.count(),
            sa.func.sum(short),
            sa.func.count(col(PastScore.thousandths)),
            sa.func.coalesce(sa.func.sum(col(PastScore.thousandths)), 0),
        )
        .select_from(PastVisit)
        .join(PastWorkplace)
        .outerjoin(PastScore, scored)
        .where(*where)
        .group_by(col(PastVisit.visited_on))
    )
    return {
        day: (int(visits), int(shorts), int(scores), int(total))
        for day, visits, shorts, scores, total in session().execute(query)
    }
