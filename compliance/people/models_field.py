"""The table of what the making of teams asks of people who visit."""

from datetime import datetime
from uuid import UUID

from sqlmodel import SQLModel

from compliance.shared.database import json_column, loose_id, moment, reference, text_column


class FieldPerson(SQLModel, table=True):
    """Which languages a person speaks (codes of ``shared.tongues``), whether she is a woman, and where they start."""

    __tablename__ = "field_person"
    person_id: UUID = reference("person.id", primary_key=True, ondelete="CASCADE")
    languages: list[str] = json_column(list)
    woman: bool = False
    district: str = text_column(6)
    set_at: datetime = moment(default_now=True)
    set_by: UUID | None = loose_id()
