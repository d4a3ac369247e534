"""The tables of published versions, of checklists and of risk weights. The database refuses to change their rows."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, UniqueConstraint

from compliance.shared.database import moment, primary_id, reference, text_column


class ChecklistVersion(SQLModel, table=True):
    """One published version of an association's code of conduct, laws, items and policy.

    `content` is the canonical text, `digest` its SHA-256. The same digest may come again under a new number: that
    is how an association returns to an earlier version. The highest number is the current version.
    """

    __tablename__ = "checklist_version"
    __table_args__ = (UniqueConstraint("association_id", "number"),)
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    number: int
    digest: str = text_column(64, default=..., index=True)
    content: str = Field(sa_type=sa.Text)
    code_version: str = text_column(32)
    items_count: int
    published_at: datetime = moment()
    published_by: UUID | None = reference("person.id", nullable=True)
    note: str = text_column(500)


class RiskWeightsVersion(SQLModel, table=True):
    """A published version of an association's weights of the risk score. The highest number is the current one.

    `content` is the canonical text, `digest` its SHA-256.
    """

    __tablename__ = "risk_weights"
    __table_args__ = (UniqueConstraint("association_id", "number"),)
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    number: int
    digest: str = text_column(64, default=...)
    content: str = Field(sa_type=sa.Text)
    published_at: datetime = moment()
    published_by: UUID | None = reference("person.id", nullable=True)
