"""The register by points of risk: a page of workplaces, each with its score and reasons."""

from collections.abc import Mapping
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
from compliance.planning import store_risk, store_risk_kept
from compliance.planning.risk import Score
from compliance.shared.database import raw_hex, session
from compliance.shared.problems import NotFound
from compliance.shared.words import N_
from compliance.shared.worked_out import Figure

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
    """A page of the list. ``figure``: of which moment its order is, in a large register."""

    rows: list[Place]
    total: int
    page: int
    pages: int
    figure: Figure | None = None


def listed(
    actor: Actor, day: date, text: str = "", filters: Filters | None = None, sort: str = "-points", page: int = 1
) -> Found | Figure:
    """One page of the active workplaces, by points unless asked otherwise. A page beyond the end means the last one.

    In a large register the order is as a job worked it out; before it has, this gives how far it is.
    """
    filters = filters or Filters()
    known = store_risk_kept.points(actor, day)
    if isinstance(known, Figure):
        return known
    if sort.removeprefix("-") == "name":
        ids = [id for id in _matching(actor, text, filters, in_order=True) if id in known.points]
    elif text or filters.any:
        fits = [id for id in _matching(actor, text, filters) if id in known.points]
        ids = sorted(fits, key=lambda id: (-known.points[id], id))
    else:
        ids = list(known.points)
    if sort in ("-name", "points"):
        ids.reverse()
    total = len(ids)
    pages = max(1, -(-total // PAGE))
    page = max(1, min(page, pages))
    shown = [UUID(hex=id) for id in ids[(page - 1) * PAGE : page * PAGE]]
    return Found(_places(actor, shown, day, known.rates), total, page, pages, known.figure)


def one(actor: Actor, workplace_id: UUID, day: date) -> Place:
    """One workplace with its score. Raises NotFound outside the scope, or where it is not active."""
    found = _places(actor, [workplace_id], day, store_risk_kept.rates(actor, day))
    if not found:
        raise NotFound("workplace-unknown", N_("This workplace does not exist."))
    return found[0]


def _matching(actor: Actor, text: str, filters: Filters, *, in_order: bool = False) -> list[str]:
    """The ids that fit, by name if so wanted: of a large register that takes longer than to find them."""
    workplace, enterprise = SQLModel.metadata.tables["workplace"], SQLModel.metadata.tables["enterprise"]
    query = (
        sa.select(sa.type_coerce(workplace.c.id, sa.types.NullType()))
        .select_from(workplace.join(enterprise, enterprise.c.id == workplace.c.enterprise_id))
        .where(
            workplace.c.association_id == actor.association_id,
            workplace.c.status == WorkplaceStatus.active,
            *store_lists.matching(actor, text, filters),
        )
    )
    if in_order:
        query = query.order_by(enterprise.c.sort_key, workplace.c.main.desc(), workplace.c.id)
    return [raw_hex(raw) for raw in session().execute(query).scalars()]


def _places(actor: Actor, ids: list[UUID], day: date, rates: Mapping[str, int] | None) -> list[Place]:
    scores = store_risk.scores(actor, ids, day, rates)
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
