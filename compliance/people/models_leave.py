"""The table of leave: who is away, from when to when, and who does the work meanwhile."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.shared.database import loose_id, moment, primary_id, reference, text_column


class Leave(SQLModel, table=True):
    """A person is away on these days (both included) and has a substitute. It is ended, never deleted."""

    __tablename__ = "leave"
    __table_args__ = (
        sa.CheckConstraint("first_day <= last_day", name="days"),
        sa.CheckConstraint("person_id <> substitute_id", name="substitute"),
        sa.Index("ix_leave_association_days", "association_id", "first_day", "last_day"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id", index=False)
    person_id: UUID = reference("person.id")
    substitute_id: UUID = reference("person.id")
    first_day: date
    last_day: date
    word: str = text_column(500)
    set_at: datetime = moment(default_now=True)
    set_by: UUID | None = loose_id()
    ended_at: datetime | None = moment(nullable=True)
    ended_by: UUID | None = loose_id()
