"""The tables of casework: what was decided about sealed facts, and who stood in for a second person."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.casework.rules import StandIn
from compliance.shared.database import enum_column, loose_id, moment, primary_id, reference, text_column


class Clearance(SQLModel, table=True):
    """One decision about one sealed fact of a visit. Decisions are added, never changed: the last one counts."""

    __tablename__ = "clearance"
    __table_args__ = (sa.UniqueConstraint("visit_id", "item", "fact", "round"),)
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    visit_id: UUID = reference("visit.id")
    item: str = text_column(40, ...)
    fact: str = text_column(80, ...)
    round: int = 1
    cleared: bool
    reason: str = text_column(2000, ...)
    decided_at: datetime = moment(default_now=True)
    decided_by: UUID | None = loose_id()


class Waiver(SQLModel, table=True):
    """Why a visit is released without a second person of the association: an outsider looked at it, or nobody could."""

    __tablename__ = "waiver"
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    visit_id: UUID = reference("visit.id")
    kind: StandIn = enum_column(StandIn)
    reason: str = text_column(2000, ...)
    outsider_name: str = text_column(120)
    outsider_organisation: str = text_column(200)
    recorded_at: datetime = moment(default_now=True)
    recorded_by: UUID | None = loose_id()
    withdrawn_at: datetime | None = moment(nullable=True)
    withdrawn_by: UUID | None = loose_id()
