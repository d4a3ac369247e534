"""The tables of the ladder at work: letters that wait for their approver, what became of each step, the last night."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from compliance.corrective_actions.ladder import Became
from compliance.shared.database import enum_column, loose_id, moment, primary_id, reference, text_column


class Family(StrEnum):
    """What a prepared letter is for. Of each there is at most one waiting for a visit."""

    answer = "answer"
    reminder = "reminder"
    closure = "closure"
    referral = "referral"


class Waiting(StrEnum):
    """What became of a prepared letter."""

    prepared = "prepared"
    sent = "sent"
    declined = "declined"
    dropped = "dropped"


class PreparedLetter(SQLModel, table=True):
    """A letter that a night prepared. Its words are made when it is looked at, and its facts gathered anew when it is
    approved: only the passages that somebody wrote are kept.
    """

    __tablename__ = "prepared_letter"
    __table_args__ = (
        sa.Index(
            "uq_prepared_letter_waiting",
            "visit_id",
            "family",
            unique=True,
            sqlite_where=sa.text("state = 'prepared'"),
            postgresql_where=sa.text("state = 'prepared'"),
        ),
        sa.Index("ix_prepared_letter_association_state", "association_id", "state"),
        sa.CheckConstraint("kind IN ('L4', 'L5', 'L6', 'L7', 'L8', 'L9')", name="kind"),
        sa.CheckConstraint("(state = 'sent') = (letter_id IS NOT NULL)", name="letter_when_sent"),
        sa.CheckConstraint("(state = 'prepared') = (decided_at IS NULL)", name="decided"),
        sa.CheckConstraint("state <> 'declined' OR reason <> ''", name="declined_with_a_reason"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id", index=False)
    enterprise_id: UUID = reference("enterprise.id")
    visit_id: UUID = reference("visit.id")
    family: Family = enum_column(Family)
    kind: str = text_column(16, ...)
    state: Waiting = enum_column(Waiting, Waiting.prepared)
    revision: int = 1
    prepared_on: date
    passages: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON().with_variant(JSONB(), "postgresql"))
    letter_id: UUID | None = reference("letter.id", nullable=True)
    decided_at: datetime | None = moment(nullable=True)
    decided_by: UUID | None = loose_id()
    reason: str = text_column(2000)


class LadderStep(SQLModel, table=True):
    """What became of one step of an action. A step is taken once in a round: the database says so too."""

    __tablename__ = "ladder_step"
    __table_args__ = (
        sa.Index(
            "uq_ladder_step_once",
            "action_id",
            "step",
            "round",
            unique=True,
            sqlite_where=sa.text("became <> 'dropped'"),
            postgresql_where=sa.text("became <> 'dropped'"),
        ),
        sa.CheckConstraint("round >= 1", name="round"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    action_id: UUID = reference("corrective_action.id")
    prepared_id: UUID | None = reference("prepared_letter.id", nullable=True)
    step: str = text_column(24, ...)
    kind: str = text_column(16, ...)
    round: int = 1
    became: Became = enum_column(Became)
    happened_on: date
    deadline_on: date | None = None
    noted_at: datetime = moment()
    noted_by: UUID | None = loose_id()


class LadderNight(SQLModel, table=True):
    """The last day of an association, in its own time zone, on which the ladder was looked at for all."""

    __tablename__ = "ladder_night"
    association_id: UUID = reference("association.id", primary_key=True)
    last_on: date
    finished_at: datetime = moment()
    looked_at: int = 0
    prepared: int = 0
