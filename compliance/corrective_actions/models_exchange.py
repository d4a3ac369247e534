"""The tables of what both sides say about a corrective action: words to and fro, declarations, a reason for doing
nothing, and what came on paper and was entered for the enterprise.
"""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from compliance.corrective_actions.exchange import Came, Entered, Taken
from compliance.shared.database import enum_column, loose_id, moment, primary_id, reference, text_column


class ActionComment(SQLModel, table=True):
    """One thing that somebody of the enterprise or of the association wrote to the other side."""

    __tablename__ = "action_comment"
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    action_id: UUID = reference("corrective_action.id")
    enterprise_id: UUID = reference("enterprise.id")
    at: datetime = moment()
    person_id: UUID | None = loose_id()
    by_enterprise: bool = False
    # What is written may speak of people: the audit trail keeps a digest.
    text: str = Field(max_length=4000, sa_column_kwargs={"info": {"private": True}})


class ActionRead(SQLModel, table=True):
    """Up to when somebody has read what the other side wrote about an action."""

    __tablename__ = "action_read"
    __table_args__ = (sa.UniqueConstraint("action_id", "person_id"),)
    id: UUID = primary_id()
    action_id: UUID = reference("corrective_action.id", index=False)
    person_id: UUID = loose_id(nullable=False)
    by_enterprise: bool
    until: datetime = moment()


class ActionDeclaration(SQLModel, table=True):
    """What somebody of the enterprise declared in their own name. Its frozen text is a file of the evidence."""

    __tablename__ = "action_declaration"
    __table_args__ = (sa.UniqueConstraint("evidence_id"),)
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    action_id: UUID = reference("corrective_action.id")
    evidence_id: UUID = reference("action_evidence.id", index=False)
    text: str = Field(max_length=4000, sa_column_kwargs={"info": {"private": True}})
    name: str = text_column(120, ...)
    post: str = text_column(120, ...)
    declared_on: date
    made_at: datetime = moment()
    made_by: UUID | None = loose_id()


class ActionRefusal(SQLModel, table=True):
    """Why the enterprise takes no action, and what the association made of that reason."""

    __tablename__ = "action_refusal"
    __table_args__ = (
        sa.CheckConstraint("reason <> ''", name="reason"),
        sa.CheckConstraint("(taken IS NULL) = (decided_at IS NULL)", name="decided"),
        sa.Index(
            "uq_action_refusal_open",
            "action_id",
            unique=True,
            sqlite_where=sa.text("taken IS NULL"),
            postgresql_where=sa.text("taken IS NULL"),
        ),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    action_id: UUID = reference("corrective_action.id")
    enterprise_id: UUID = reference("enterprise.id")
    reason: str = text_column(4000, ...)
    said_at: datetime = moment()
    said_by: UUID | None = loose_id()
    taken: Taken | None = enum_column(Taken, nullable=True)
    decided_at: datetime | None = moment(nullable=True)
    decided_by: UUID | None = loose_id()
    decided_reason: str = text_column(4000)


class EnteredFor(SQLModel, table=True):
    """Something that the enterprise said on paper or by telephone, and that the association entered on its behalf."""

    __tablename__ = "entered_for"
    __table_args__ = (
        sa.CheckConstraint("(objected_at IS NULL) = (objection = '')", name="objected"),
        sa.CheckConstraint("scan_digest IS NULL OR length(scan_digest) = 64", name="scan"),
        sa.CheckConstraint("(what = 'reply') = (action_id IS NULL)", name="about"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    enterprise_id: UUID = reference("enterprise.id")
    finding_id: UUID = reference("finding.id")
    action_id: UUID | None = reference("corrective_action.id", nullable=True)
    what: Entered = enum_column(Entered)
    came: Came = enum_column(Came)
    came_on: date
    said_by: str = text_column(200)
    scan_digest: str | None = text_column(64, nullable=True)
    scan_name: str = text_column(255)
    scan_type: str = text_column(100)
    entered_at: datetime = moment()
    entered_by: UUID | None = loose_id()
    objected_at: datetime | None = moment(nullable=True)
    objected_by: UUID | None = loose_id()
    objection: str = text_column(4000)
