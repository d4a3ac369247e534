"""The register by points of risk: a page of workplaces, each with its score and reasons."""

import heapq
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.enterprises import store_lists
from compliance.enterprises.rules import WorkplaceStatus
from compliance.enterprises.store_lists import Filters
from compliance.people.rules import Actor
from compliance.planning import store_risk
from compliance.planning.risk import Score
from compliance.shared.database import session
from compliance.shared.problems import NotFound
from compliance.shared.words import N_

PAGE = 50
SORTS = ("-points", "points", "name", "-name")


@dataclass(frozen=True)
class Place:
    """A workplace as it stands in the list. ``name`` is its own, empty for the only or main one."""

    workplace_id: UUID
    enterprise_id: UUID
    enterprise: str
    name: str
    sector: str
    district: str
    score: Score


@dataclass(frozen=True)
class Found:
    """A page of the list."""

    rows: list[Place]
    total: int
    page: int
    pages: int


def listed(
    actor: Actor, day: date, text: str = "", filters: Filters | None = None, sort: str = "-points", page: int = 1
) -> Found:
    """One page of the active workplaces, by points unless asked otherwise. A page beyond the end means the last one."""
    filters = filters or Filters()
    points = store_risk.points_of(actor, day)
    by_name = sort.removeprefix("-") == "name"
    ids: list[UUID]
    if by_name or text or filters.any:
        ids = [id for id in _matching(actor, text, filters) if id in points]
    else:
        ids = list(points)
    total = len(ids)
    pages = max(1, -(-total // PAGE))
    page = max(1, min(page, pages))
    first, last = (page - 1) * PAGE, page * PAGE
    if by_name:
        ids = ids[::-1] if sort == "-name" else ids
    elif sort == "points":
        ids = heapq.nsmallest(last, ids, key=lambda id: (points[id], id))
    else:
        ids = heapq.nsmallest(last, ids, key=lambda id: (-points[id], id))
    return Found(_places(actor, ids[first:last], day), total, page, pages)


def one(actor: Actor, workplace_id: UUID, day: date) -> Place:
    """One workplace with its score. Raises NotFound outside the scope, or where it is not active."""
    found = _places(actor, [workplace_id], day)
    if not found:
        raise NotFound("workplace-unknown", N_("This workplace does not exist."))
    return found[0]


def _matching(actor: Actor, text: str, filters: Filters) -> list[UUID]:
    workplace, enterprise = SQLModel.metadata.tables["workplace"], SQLModel.metadata.tables["enterprise"]
    query = (
        sa.select(workplace.c.id)
        .select_from(workplace.join(enterprise, enterprise.c.id == workplace.c.enterprise_id))
        .where(
            workplace.c.association_id == actor.association_id,
            workplace.c.status == WorkplaceStatus.active,
            *store_lists.matching(actor, text, filters),
        )
        .order_by(enterprise.c.sort_key, workplace.c.main.desc(), workplace.c.id)
    )
    return list(session().execute(query).scalars())


def _places(actor: Actor, ids: list[UUID], day: date) -> list[Place]:
    scores = store_risk.scores(actor, ids, day)
    workplace, enterprise = SQLModel.metadata.tables["workplace"], SQLModel.metadata.tables["enterprise"]
    query = (
        sa.select(
            workplace.c.id, workplace.c.enterprise_id, enterprise.c.name, workplace.c.name.label("workplace_name"),
            workplace.c.main, enterprise.c.sector, workplace.c.district, enterprise.c.district.label("main_district"),
        )
        .select_from(workplace.join(enterprise, enterprise.c.id == workplace.c.enterprise_id))
        .where(workplace.c.id.in_(ids), workplace.c.association_id == actor.association_id)
    )  # fmt: skip
    rows: dict[UUID, Any] = {row.id: row for row in session().execute(query)}
    return [
        Place(
            id, rows[id].enterprise_id, rows[id].name, "" if rows[id].main else rows[id].workplace_name,
            rows[id].sector, rows[id].district or rows[id].main_district, scores[id],
        )
        for id in ids
        if id in scores and id in rows
    ]  # fmt: skip
