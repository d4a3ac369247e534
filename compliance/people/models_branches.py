"""The table of branches: which enterprise belongs to which headquarters."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.shared.database import loose_id, moment, primary_id, reference


class Branch(SQLModel, table=True):
    """An enterprise belongs to a headquarters, whose managers see what its own managers see. Ended, never deleted."""

    __tablename__ = "branch"
    __table_args__ = (
        sa.CheckConstraint("enterprise_id <> headquarters_id", name="itself"),
        sa.Index(
            "uq_branch_open",
            "enterprise_id",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    enterprise_id: UUID = reference("enterprise.id", ondelete="CASCADE")
    headquarters_id: UUID = reference("enterprise.id", ondelete="CASCADE")
    may_answer: bool = False
    since: datetime = moment(default_now=True)
    set_by: UUID | None = loose_id()
    ended_at: datetime | None = moment(nullable=True)
    ended_by: UUID | None = loose_id()
