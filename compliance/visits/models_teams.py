"""The table of changed teams: who stopped going to a visit that was handed out already, and who goes instead."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.shared.database import loose_id, moment, primary_id, reference, text_column
from compliance.shared.ids import event_id


class TeamChange(SQLModel, table=True):
    """Somebody else goes. What the one who left had entered stays; what their tablet still sends is kept aside."""

    __tablename__ = "team_change"
    __table_args__ = (
        sa.CheckConstraint("reason <> ''", name="reason"),
        sa.CheckConstraint("leaving_id <> instead_id", name="two_people"),
    )
    id: UUID = primary_id(event_id)
    association_id: UUID = reference("association.id")
    visit_id: UUID = reference("visit.id")
    leaving_id: UUID = reference("person.id")
    instead_id: UUID = reference("person.id")
    reason: str = text_column(2000, ...)
    at: datetime = moment(default_now=True)
    by: UUID | None = loose_id()
    undone_at: datetime | None = moment(nullable=True)
    undone_by: UUID | None = loose_id()
