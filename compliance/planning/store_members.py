"""Reading who could be drawn."""

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.enterprises.rules import Status, WorkplaceStatus
from compliance.planning.frames import Member
from compliance.shared.database import raw_hex, session


def members(association_id: UUID, points: Mapping[str, int], *narrower: sa.ColumnElement[bool]) -> list[Member]:
    """All active workplaces of active enterprises, with their points by id (32 hexadecimal digits), 0 where none are
    known. A recent visit changes nothing. ``narrower`` are conditions on the workplaces.
    """
    enterprise, workplace = SQLModel.metadata.tables["enterprise"], SQLModel.metadata.tables["workplace"]
    # A workplace without a district of its own lies in that of its enterprise.
    query = (
        sa.select(
            sa.type_coerce(workplace.c.id, sa.types.NullType()).label("place"),
            sa.type_coerce(enterprise.c.id, sa.types.NullType()).label("owner"),
            enterprise.c.sector,
            enterprise.c.size,
            sa.case((workplace.c.district == "", enterprise.c.district), else_=workplace.c.district),
        )
        .join(enterprise, enterprise.c.id == workplace.c.enterprise_id)
        .where(
            enterprise.c.association_id == association_id,
            enterprise.c.status == Status.active,
            workplace.c.status == WorkplaceStatus.active,
            *narrower,
        )
    )
    found = []
    for place, owner, sector, size, district in session().execute(query):
        id = raw_hex(place)
        found.append(Member(id, raw_hex(owner), sector, size.value if size else "", district, points.get(id, 0)))
    return found
