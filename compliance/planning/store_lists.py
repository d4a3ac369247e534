"""The list of those drawn, narrowed, sorted and paged."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel, col

from compliance.people.rules import Actor
from compliance.planning.models import DrawnWorkplace, DrawPeriod, DrawStratum
from compliance.shared.database import session
from compliance.visits.states import Route

PAGE_SIZE = 50
_SORTS = {
    "position": col(DrawnWorkplace.position),
    "route": col(DrawnWorkplace.route),
    "stratum": col(DrawStratum.key),
    "chance": col(DrawnWorkplace.inclusion_probability),
    "points": col(DrawnWorkplace.points),
}
WITH, WITHOUT, LEFT = "visit", "waiting", "left"


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to; empty means all. ``sort`` is a column, "-" in front turns it."""

    text: str = ""
    route: Route | None = None
    standing: str = ""
    stratum: UUID | None = None
    sort: str = "position"
    page: int = 1


@dataclass(frozen=True)
class Line:
    """One drawn workplace with its stratum and names."""

    row: DrawnWorkplace
    stratum: DrawStratum
    enterprise: str
    workplace: str
    district: str


@dataclass(frozen=True)
class Page:
    """One page of the list, and how many there are in all."""

    rows: Sequence[Line]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE_SIZE))


def drawn(
    actor: Actor,
    period: DrawPeriod,
    wanted: Wanted,
    enterprise_ids: Collection[UUID] | None = None,
    *,
    all_: bool = False,
) -> Page:
    """Those drawn in a period. The caller opened the period with ``store.get``.

    ``enterprise_ids`` are those that a search found; ``all_`` gives every row on one page.
    """
    enterprise, workplace = SQLModel.metadata.tables["enterprise"], SQLModel.metadata.tables["workplace"]
    conditions = [
        col(DrawnWorkplace.period_id) == period.id,
        col(DrawnWorkplace.association_id) == actor.association_id,
    ]
    if enterprise_ids is not None:
        conditions.append(col(DrawnWorkplace.enterprise_id).in_(list(enterprise_ids)))
    if wanted.route:
        conditions.append(col(DrawnWorkplace.route) == wanted.route)
    if wanted.stratum:
        conditions.append(col(DrawnWorkplace.stratum_id) == wanted.stratum)
    conditions += {
        WITH: [col(DrawnWorkplace.visit_id).is_not(None)],
        WITHOUT: [col(DrawnWorkplace.visit_id).is_(None), col(DrawnWorkplace.left_reason).is_(None)],
        LEFT: [col(DrawnWorkplace.left_reason).is_not(None)],
    }.get(wanted.standing, [])
    total = session().execute(sa.select(sa.func.count(col(DrawnWorkplace.id))).where(*conditions)).scalar_one()
    column = _SORTS.get(wanted.sort.removeprefix("-"), _SORTS["position"])
    query = (
        sa.select(DrawnWorkplace, DrawStratum, enterprise.c.name, workplace.c.name, workplace.c.district)
        .join(DrawStratum, col(DrawStratum.id) == col(DrawnWorkplace.stratum_id))
        .join(enterprise, enterprise.c.id == DrawnWorkplace.enterprise_id)
        .join(workplace, workplace.c.id == DrawnWorkplace.workplace_id)
        .where(*conditions)
        .order_by(column.desc() if wanted.sort.startswith("-") else column, col(DrawnWorkplace.position))
    )
    page = min(max(1, wanted.page), max(1, -(-total // PAGE_SIZE)))
    if not all_:
        query = query.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    return Page([Line(*line) for line in session().execute(query).all()], total, page)
