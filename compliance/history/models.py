"""The tables of the imported past. None of their rows is a visit or a scorecard of this system."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from compliance.history.rules import LONGEST, LONGEST_TEXT, Shown
from compliance.shared.database import enum_column, json_column, loose_id, moment, primary_id, reference, text_column

_QUIET: Any = {"info": {"audit": False}}  # one line of the trail stands for a whole import


class HistoryMap(SQLModel, table=True):
    """A mapping that is kept under a name to be used again."""

    __tablename__ = "history_map"
    __table_args__ = (sa.UniqueConstraint("association_id", "name"),)
    id: UUID = primary_id()
    association_id: UUID = reference("association.id", index=False)
    name: str = text_column(80)
    mapping: dict[str, Any] = json_column()


class HistoryImport(SQLModel, table=True):
    """Files about past visits: looked at first, then applied exactly as they were shown, undone as a whole."""

    __tablename__ = "history_import"
    __table_args__ = (
        sa.CheckConstraint("undone_at IS NULL OR applied_at IS NOT NULL", name="undone_after_it_was_applied"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    person_id: UUID | None = loose_id()
    source: str = text_column(200)
    mapping: dict[str, Any] = json_column(audit=False)
    outcome: dict[str, Any] = json_column(audit=False)
    plan_digest: str = text_column(64)
    details_digest: str | None = text_column(64, nullable=True)
    shown: Shown = enum_column(Shown, Shown.nothing)
    job_id: UUID | None = loose_id()
    created_at: datetime = moment(default_now=True)
    applied_at: datetime | None = moment(nullable=True)
    undone_at: datetime | None = moment(nullable=True)


class HistoryFile(SQLModel, table=True):
    """A file of an import, in the order in which they were sent."""

    __tablename__ = "history_file"
    __table_args__ = (_QUIET,)
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    import_id: UUID = reference("history_import.id")
    place: int
    name: str = text_column(200)
    digest: str | None = text_column(64, nullable=True)
    created_at: datetime = moment(default_now=True)


class PastWorkplace(SQLModel, table=True):
    """A workplace as a source names it; with its enterprise where the register has it."""

    __tablename__ = "past_workplace"
    __table_args__ = (sa.UniqueConstraint("association_id", "identity"), _QUIET)
    id: UUID = primary_id()
    association_id: UUID = reference("association.id", index=False)
    import_id: UUID = reference("history_import.id")
    enterprise_id: UUID | None = reference("enterprise.id", nullable=True)
    identity: str = text_column(64)
    facts: str = text_column(64)
    key: str = text_column(LONGEST["workplace"])
    name: str = text_column(LONGEST["name"])
    address: str = text_column(LONGEST["address"])
    credit_code: str = text_column(LONGEST["credit_code"])


class PastVisit(SQLModel, table=True):
    """A visit from before the system. Amounts in hundredths of the currency of its import."""

    __tablename__ = "past_visit"
    __table_args__ = (
        sa.UniqueConstraint("association_id", "identity"),
        sa.CheckConstraint("owed >= 0", name="owed"),
        sa.CheckConstraint("paid >= 0", name="paid"),
        _QUIET,
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id", index=False)
    import_id: UUID = reference("history_import.id")
    workplace_id: UUID = reference("past_workplace.id")
    identity: str = text_column(64)
    facts: str = text_column(64)
    number: str = text_column(LONGEST["visit"])
    visited_on: date
    kind: str = text_column(LONGEST["kind"])
    owed: int | None = Field(default=None, sa_type=sa.BigInteger)
    paid: int | None = Field(default=None, sa_type=sa.BigInteger)


class PastScore(SQLModel, table=True):
    """The result of a past visit in an area, or overall: a score in thousandths of its source's scale, and a band."""

    __tablename__ = "past_score"
    __table_args__ = (_QUIET,)
    visit_id: UUID = reference("past_visit.id", primary_key=True)
    area: str = Field(max_length=20, primary_key=True)
    thousandths: int | None = Field(default=None, sa_type=sa.BigInteger)
    band: str = text_column(LONGEST["band"])


class PastFinding(SQLModel, table=True):
    """A finding from before the system; without a visit where the source has none for it."""

    __tablename__ = "past_finding"
    __table_args__ = (sa.UniqueConstraint("association_id", "identity"), _QUIET)
    id: UUID = primary_id()
    association_id: UUID = reference("association.id", index=False)
    import_id: UUID = reference("history_import.id")
    workplace_id: UUID = reference("past_workplace.id")
    visit_id: UUID | None = reference("past_visit.id", nullable=True)
    identity: str = text_column(64)
    facts: str = text_column(64)
    text: str = text_column(LONGEST_TEXT)
    area: str = text_column(20)
    severity: str = text_column(20)
    found_on: date
    closed_on: date | None = None
