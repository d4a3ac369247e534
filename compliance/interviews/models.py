"""The tables of interviews. What was said stands in them only under seal, and no name at all."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from compliance.checklists.interviews import Setting
from compliance.interviews.rules import Says
from compliance.shared.database import enum_column, loose_id, moment, primary_id, reference, text_column


class InterviewDoor(SQLModel, table=True):
    """The keys of a visit's interviews: with the public one they are closed, with the private one (sealed) opened."""

    __tablename__ = "interview_door"
    visit_id: UUID = reference("visit.id", primary_key=True)
    public_key: bytes = Field(sa_type=sa.LargeBinary)
    private_key: bytes = Field(sa_type=sa.LargeBinary)


class Interview(SQLModel, table=True):
    """One interview in its envelope. The day tells no hour at which somebody was away from work."""

    __tablename__ = "interview"
    id: UUID = primary_id()
    visit_id: UUID = reference("visit.id")
    setting: Setting = enum_column(Setting)
    envelope: bytes = Field(sa_type=sa.LargeBinary)
    entered_on: date
    entered_by: UUID | None = loose_id()


class InterviewContact(SQLModel, table=True):
    """How somebody who agreed can be asked again, in a list of its own under a key of its own."""

    __tablename__ = "interview_contact"
    id: UUID = primary_id()
    visit_id: UUID = reference("visit.id")
    sealed: bytes = Field(sa_type=sa.LargeBinary)
    entered_on: date
    entered_by: UUID | None = loose_id()


class InterviewAgain(SQLModel, table=True):
    """The task to ask those who agreed how they have fared, on a day that was drawn; its outcome as counts."""

    __tablename__ = "interview_again"
    __table_args__ = (
        sa.CheckConstraint(
            "(done_on IS NULL) = (asked IS NULL) AND (done_on IS NULL) = (still_there IS NULL) "
            "AND (done_on IS NULL) = (worse_off IS NULL)",
            name="done_whole",
        ),
        sa.CheckConstraint("still_there >= 0 AND worse_off >= 0 AND cards >= 0", name="counts"),
        sa.CheckConstraint("still_there <= asked AND worse_off <= asked", name="no_more_than_asked"),
    )
    visit_id: UUID = reference("visit.id", primary_key=True)
    due_on: date = Field(index=True)
    cards: int = 0
    done_on: date | None = None
    done_by: UUID | None = loose_id()
    asked: int | None = None
    still_there: int | None = None
    worse_off: int | None = None


class InterviewTold(SQLModel, table=True):
    """What was told of a question at a visit, and (sealed) on which count it rests. Rows are never changed."""

    __tablename__ = "interview_told"
    __table_args__ = (
        sa.UniqueConstraint("visit_id", "question", "number"),
        sa.CheckConstraint("(says = 'exactly') = (asked IS NOT NULL)", name="asked_if_exact"),
        sa.CheckConstraint("(asked IS NULL) = (told IS NULL)", name="whole"),
        sa.CheckConstraint("told >= 5 AND asked - told >= 5", name="nobody_alone"),
    )
    id: UUID = primary_id()
    visit_id: UUID = reference("visit.id", index=False)
    question: str = text_column(32)
    number: int
    says: Says = enum_column(Says)
    asked: int | None = None
    told: int | None = None
    basis: bytes = Field(sa_type=sa.LargeBinary)
    at: datetime = moment(default_now=True)
    by: UUID | None = loose_id()
