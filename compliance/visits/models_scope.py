"""The table of narrow visits: which items alone a follow-up visit asks."""

from datetime import datetime
from uuid import UUID

from sqlmodel import SQLModel

from compliance.shared.database import json_column, loose_id, moment, reference


class VisitScope(SQLModel, table=True):
    """The items that a follow-up visit asks, and no others. Set while it is planned; frozen by its handing-out."""

    __tablename__ = "visit_scope"
    visit_id: UUID = reference("visit.id", primary_key=True, ondelete="CASCADE")
    items: list[str] = json_column(list)
    set_at: datetime = moment(default_now=True)
    set_by: UUID | None = loose_id()
