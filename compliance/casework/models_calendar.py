"""The table of calendar addresses."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from compliance.shared.database import moment, primary_id, reference


class CalendarFeed(SQLModel, table=True):
    """A person's calendar of deadlines, read by whoever holds its address. The address itself is never kept, only its
    digest; without one the calendar is switched off. ``salt`` makes the names of its entries, which outlive a renewal.
    """

    __tablename__ = "calendar_feed"
    __table_args__ = (sa.UniqueConstraint("person_id"), sa.UniqueConstraint("token_digest"))
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    person_id: UUID = reference("person.id", index=False, ondelete="CASCADE")
    token_digest: str | None = Field(
        default=None, max_length=64, nullable=True, sa_column_kwargs={"info": {"private": True}}
    )
    salt: str = Field(max_length=64, sa_column_kwargs={"info": {"private": True}})
    created_at: datetime = moment(default_now=True)
    renewed_at: datetime = moment(default_now=True)
