"""The tables of personal data: who is gone since when, holds, requests, breaches, what was passed on."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from compliance.privacy.rules import Answered, Asks, Ground, Step, Why
from compliance.shared.database import (
    Id,
    enum_column,
    json_column,
    loose_id,
    moment,
    primary_id,
    reference,
    text_column,
)


class PrivacyGone(SQLModel, table=True):
    """A row (a closed account, an enterprise that left) and the day on which the night first saw it so."""

    __tablename__ = "privacy_gone"
    __table_args__ = {"info": {"audit": False}}
    row_id: UUID = Field(primary_key=True, sa_type=Id)
    association_id: UUID = reference("association.id")
    of: str = text_column(40, ...)
    since: date


class PrivacyHold(SQLModel, table=True):
    """A kind whose removal is stopped for a time; it lasts beyond a week only with the word of a second person."""

    __tablename__ = "privacy_hold"
    __table_args__ = (
        sa.CheckConstraint("(confirmed_at IS NULL) = (confirmed_by IS NULL)", name="confirmed_whole"),
        sa.CheckConstraint("confirmed_by <> asked_by", name="two_persons"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    kind: str = text_column(32, ...)
    reason: str = text_column(2000, ...)
    until: date
    asked_on: date
    asked_by: UUID = loose_id(nullable=False)
    confirmed_at: datetime | None = moment(nullable=True)
    confirmed_by: UUID | None = loose_id()
    ended_at: datetime | None = moment(nullable=True)
    ended_by: UUID | None = loose_id()


class PrivacyRequest(SQLModel, table=True):
    """What somebody asked about their own data: by their account (``person_id``), or entered for them (``who``)."""

    __tablename__ = "privacy_request"
    __table_args__ = (
        sa.CheckConstraint(
            "(answered_at IS NULL) = (outcome IS NULL) AND (answered_at IS NULL) = (answered_by IS NULL)",
            name="answered_whole",
        ),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    asks: Asks = enum_column(Asks)
    person_id: UUID | None = loose_id(index=True)
    who: str = text_column(200)
    asked: str = text_column(4000)
    received_on: date
    answer_by: date
    entered_by: UUID = loose_id(nullable=False)
    outcome: Answered | None = enum_column(Answered, nullable=True)
    answer: str = text_column(4000)
    answered_at: datetime | None = moment(nullable=True)
    answered_by: UUID | None = loose_id()


class PrivacyBreach(SQLModel, table=True):
    """Personal data that got out, were changed or lost, or may have been."""

    __tablename__ = "privacy_breach"
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    what: str = text_column(4000, ...)
    kinds: list[Any] = json_column(list)
    people: int | None = None
    found_at: datetime = moment()
    noted_by: UUID = loose_id(nullable=False)


class PrivacyBreachStep(SQLModel, table=True):
    """A step that was done after a breach, and how. Rows are never changed."""

    __tablename__ = "privacy_breach_step"
    __table_args__ = (sa.UniqueConstraint("breach_id", "step"),)
    id: UUID = primary_id()
    breach_id: UUID = reference("privacy_breach.id", index=False)
    step: Step = enum_column(Step)
    how: str = text_column(4000, ...)
    done_at: datetime = moment()
    noted_by: UUID = loose_id(nullable=False)


class PrivacySharing(SQLModel, table=True):
    """Personal data that were passed on to somebody else: for what, to whom, on what ground. Nobody is named."""

    __tablename__ = "privacy_sharing"
    __table_args__ = (sa.CheckConstraint("people > 0", name="people"),)
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    why: Why = enum_column(Why)
    recipient: str = text_column(200, ...)
    kinds: list[Any] = json_column(list)
    people: int
    ground: Ground = enum_column(Ground)
    note: str = text_column(2000)
    shared_on: date
    noted_at: datetime = moment(default_now=True)
    noted_by: UUID = loose_id(nullable=False)
