"""The tables of complaints. Texts, contacts and pictures are sealed under the key of their complaint."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from compliance.complaints.rules import Concerned, Outcome, Reply, Source, State
from compliance.complaints.statements import About
from compliance.shared.database import (
    enum_column,
    json_column,
    loose_id,
    moment,
    primary_id,
    reference,
    text_column,
)


class Complaint(SQLModel, table=True):
    """A complaint as it is counted. Whoever wrote it is nowhere in this row; ``secret`` is an argon2 hash.

    ``signs``: the ILO's indicators (1 to 11) that whoever read it found in it. ``recovered_told``: its sum is in a
    statement, and comes into no second one when it is closed anew.
    """

    __tablename__ = "complaint"
    __table_args__ = (
        sa.CheckConstraint("workplace_id IS NULL OR enterprise_id IS NOT NULL", name="workplace_of_enterprise"),
        sa.CheckConstraint("recovered_fen >= 0", name="recovered"),
        sa.CheckConstraint("(closed_at IS NOT NULL) = (state = 'closed')", name="closed_whole"),
        sa.CheckConstraint("merged_into IS NULL OR merged_into <> id", name="merged_into_another"),
        sa.Index("ix_complaint_association_received", "association_id", "received_at"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id", index=False)
    number: str = text_column(16, ..., unique=True)
    secret: str = Field(max_length=255, sa_column_kwargs={"info": {"audit": False}})
    once: str = Field(max_length=64, unique=True, sa_column_kwargs={"info": {"audit": False}})
    source: Source = enum_column(Source)
    state: State = enum_column(State, State.received)
    areas: list[Any] = json_column(list)
    concerned: Concerned = enum_column(Concerned)
    still_there: Reply = enum_column(Reply)
    danger: Reply = enum_column(Reply)
    signs: list[Any] = json_column(list)
    language: str = text_column(12)
    received_at: datetime = moment(default_now=True)
    received_on: date
    read_by: date
    read_at: datetime | None = moment(nullable=True)
    answered_at: datetime | None = moment(nullable=True)
    closed_at: datetime | None = moment(nullable=True)
    scores_from: date
    enterprise_id: UUID | None = reference("enterprise.id", nullable=True)
    workplace_id: UUID | None = reference("workplace.id", nullable=True)
    merged_into: UUID | None = reference("complaint.id", nullable=True)
    outcome: Outcome | None = enum_column(Outcome, nullable=True)
    recovered_fen: int = Field(default=0, sa_type=sa.BigInteger)
    recovered_told: bool = False


class ComplaintPart(SQLModel, table=True):
    """A sealed piece of a complaint: the account, how to reach somebody, an answer, more; or a picture (its file)."""

    __tablename__ = "complaint_part"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('account', 'contact', 'more', 'answer', 'picture')", name="kind"),
        sa.CheckConstraint("(kind = 'picture') = (sealed IS NULL)", name="sealed_here_or_in_a_file"),
        sa.CheckConstraint("(kind = 'picture') = (file_digest IS NOT NULL)", name="picture_has_a_file"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    complaint_id: UUID = reference("complaint.id")
    kind: str = text_column(16, ...)
    at: datetime = moment(default_now=True)
    by: UUID | None = loose_id()
    sealed: bytes | None = Field(default=None, sa_type=sa.LargeBinary, nullable=True)
    file_digest: str | None = text_column(64, nullable=True)


class ComplaintStatement(SQLModel, table=True):
    """What is told of the complaints of some whole months; made once, and never changed.

    ``figures`` holds counts that are told only where they are not few, so that the trail does not hold them.
    """

    __tablename__ = "complaint_statement"
    __table_args__ = (
        sa.UniqueConstraint("association_id", "about", "first_on"),
        sa.CheckConstraint("first_on < last_on", name="in_their_order"),
        sa.CheckConstraint("number >= 5", name="of_no_few"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id", index=False)
    about: About = enum_column(About)
    first_on: date
    last_on: date
    number: int
    figures: dict[str, Any] = json_column(audit=False)
    made_on: date
