"""The tokens of other systems."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from compliance.shared.database import json_column, loose_id, moment, primary_id, reference, text_column


class ApiToken(SQLModel, table=True):
    """What another system holds to be let in. The token itself is never kept, only its digest."""

    __tablename__ = "api_token"
    __table_args__ = (
        sa.CheckConstraint("name <> ''", name="name"),
        sa.CheckConstraint("revoked_at IS NOT NULL OR revoked_by IS NULL", name="revoked_once"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    name: str = text_column(80)
    scopes: list[str] = json_column(list)
    digest: str = Field(max_length=64, unique=True, sa_column_kwargs={"info": {"private": True}})
    last_day: date
    created_at: datetime = moment(default_now=True)
    created_by: UUID | None = loose_id()
    revoked_at: datetime | None = moment(nullable=True)
    revoked_by: UUID | None = loose_id()
    last_used_at: datetime | None = moment(nullable=True)
