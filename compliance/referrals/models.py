"""The tables of danger: named officers, sealed cases, what was entered in them, and referrals."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
import sqlmodel
from sqlmodel import SQLModel

from compliance.referrals.rules import Agency, Ground, Kind, Opening, Outcome, Way
from compliance.shared.database import enum_column, loose_id, moment, primary_id, reference, text_column


class DangerOfficer(SQLModel, table=True):
    """A person who is named for cases of danger, in the order in which they are told. ``phone``: to reach them now."""

    __tablename__ = "danger_officer"
    __table_args__ = (sa.UniqueConstraint("person_id"), sa.CheckConstraint("position >= 1", name="in_an_order"))
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    person_id: UUID = reference("person.id", index=False)
    position: int
    phone: str = text_column(40)


class DangerCase(SQLModel, table=True):
    """One sealed case of an enterprise. ``waits``: something in it is known through workers.

    The trail tells that a case was written to, never of whom: administrators read the trail, and may have ties.
    """

    __tablename__ = "danger_case"
    __table_args__ = (
        sa.CheckConstraint("(outcome IS NULL) = (cleared_at IS NULL)", name="cleared_whole"),
        sa.CheckConstraint("(taken_by IS NULL) = (taken_at IS NULL)", name="taken_whole"),
        sa.Index(
            "uq_danger_case_open", "enterprise_id", unique=True,
            sqlite_where=sa.text("cleared_at IS NULL"), postgresql_where=sa.text("cleared_at IS NULL"),
        ),
        {"info": {"audit": False}},
    )  # fmt: skip
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    enterprise_id: UUID = reference("enterprise.id")
    opened_at: datetime = moment(default_now=True)
    why: Opening = enum_column(Opening)
    waits: bool
    told: int = 0
    reminded_at: datetime | None = moment(nullable=True)
    told_at: datetime | None = moment(nullable=True)
    taken_at: datetime | None = moment(nullable=True)
    taken_by: UUID | None = loose_id()
    outcome: Outcome | None = enum_column(Outcome, nullable=True)
    cleared_at: datetime | None = moment(nullable=True)


class DangerEntry(SQLModel, table=True):
    """One thing entered in a case; its words are sealed under the case's key. Entries are added, never changed."""

    __tablename__ = "danger_entry"
    __table_args__ = {"info": {"audit": False}}
    id: UUID = primary_id()
    case_id: UUID = reference("danger_case.id")
    number: int
    kind: Kind = enum_column(Kind)
    code: str = text_column(40)
    about_id: UUID | None = loose_id()
    at: datetime = moment(default_now=True)
    by: UUID | None = loose_id()
    sealed: bytes = sqlmodel.Field(sa_type=sa.LargeBinary)


class DangerReferral(SQLModel, table=True):
    """What was referred to whom, under which number and on what ground, and what came back.

    ``ground`` is None for those drawn up before it was asked for.
    """

    __tablename__ = "danger_referral"
    __table_args__ = (sa.UniqueConstraint("association_id", "year", "running"), {"info": {"audit": False}})
    id: UUID = primary_id()
    association_id: UUID = reference("association.id", index=False)
    year: int
    running: int
    ground: Ground | None = enum_column(Ground, nullable=True)
    case_id: UUID = reference("danger_case.id")
    agency: Agency = enum_column(Agency)
    joint: bool = False
    way: Way | None = enum_column(Way, nullable=True)
    sent_on: date | None = None
    sent_by: UUID | None = loose_id()
    received_on: date | None = None
    answered_on: date | None = None
    follow_up_on: date | None = None
    sealed: bytes = sqlmodel.Field(sa_type=sa.LargeBinary)


class DangerLook(SQLModel, table=True):
    """Up to when what came in of an enterprise was looked at for signals: nothing is passed over by a job that stood
    still. ``complaints`` is a digest of what complaints signalled then.
    """

    __tablename__ = "danger_look"
    __table_args__ = {"info": {"audit": False}}
    enterprise_id: UUID = reference("enterprise.id", primary_key=True)
    at: datetime = moment()
    complaints: str = text_column(64)
