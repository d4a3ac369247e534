"""The tables of the leadership report: each edition that was made, for ever, and who wants to be told of new ones."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.shared.database import json_column, loose_id, moment, primary_id, reference, text_column


class LeadershipReport(SQLModel, table=True):
    """One edition of the report on a quarter ("2026-Q3") or a year ("2026"). ``files`` are digests by name of file."""

    __tablename__ = "leadership_report"
    __table_args__ = (
        sa.UniqueConstraint("association_id", "period", "edition"),
        sa.CheckConstraint("edition >= 1", name="edition"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id", index=False)
    period: str = text_column(7, ...)
    edition: int
    replaces_id: UUID | None = reference("leadership_report.id", nullable=True)
    facts_digest: str = text_column(64, ...)
    files: dict[str, Any] = json_column()
    made_at: datetime = moment(default_now=True)
    made_by: UUID | None = loose_id()


class ReportSubscription(SQLModel, table=True):
    """What a leader wants to be told of, since when, and of which period of each kind they were told last."""

    __tablename__ = "report_subscription"
    __table_args__ = (sa.UniqueConstraint("person_id"),)
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    person_id: UUID = reference("person.id", index=False)
    quarterly: bool = False
    yearly: bool = False
    since: date
    told_quarter: str = text_column(7)
    told_year: str = text_column(7)


class ReportDay(SQLModel, table=True):
    """On which day after the end of a period an association's report is made: 1 is the first."""

    __tablename__ = "report_day"
    __table_args__ = (sa.CheckConstraint("day >= 1 AND day <= 28", name="day"),)
    association_id: UUID = reference("association.id", primary_key=True)
    day: int
