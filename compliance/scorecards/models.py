"""The tables of scorecards: receipts, issued once and never changed but for the moment of release."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from compliance.shared.database import enum_column, json_column, loose_id, moment, primary_id, reference, text_column

_PRIVATE = {"info": {"private": True}}  # the audit trail keeps a digest: sealed facts may be among the inputs


class Kind(StrEnum):
    """Why a scorecard was issued."""

    as_found = "as_found"
    correction = "correction"


class Scorecard(SQLModel, table=True):
    """What a visit was worth by the rules of its day. A correction is a new one that supersedes the old.

    Band, score and coverage are copied from the result so that lists can sort and count by them.
    """

    __tablename__ = "scorecard"
    __table_args__ = (
        sa.Index("ix_scorecard_visit_issued", "visit_id", "issued_at"),
        sa.Index("ix_scorecard_portions", "association_id", "id"),
        sa.Index("ix_scorecard_association_visited", "association_id", "visited_on"),
        sa.Index("ix_scorecard_workplace_visited", "workplace_id", "visited_on"),
        sa.Index("uq_scorecard_supersedes", "supersedes_id", unique=True),
        sa.CheckConstraint("(kind = 'correction') = (supersedes_id IS NOT NULL)", name="correction_supersedes"),
        sa.CheckConstraint("score IS NULL OR (score >= 0 AND score <= 100)", name="score"),
        sa.CheckConstraint("coverage >= 0 AND coverage <= 1", name="coverage"),
        sa.CheckConstraint("length(inputs_digest) = 64", name="inputs_digest"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id", index=False)
    enterprise_id: UUID = reference("enterprise.id")
    workplace_id: UUID = reference("workplace.id", index=False)
    visit_id: UUID = reference("visit.id", index=False)
    visited_on: date
    kind: Kind = enum_column(Kind, Kind.as_found)
    supersedes_id: UUID | None = reference("scorecard.id", nullable=True, index=False)
    reason: str = text_column(2000)
    rules_version: str = text_column(16, ...)
    checklist_digest: str = text_column(64, ...)
    inputs_digest: str = text_column(64, ...)
    inputs: dict[str, Any] = Field(
        default_factory=dict, sa_type=json_column().sa_type, nullable=False, sa_column_kwargs=_PRIVATE
    )
    result: dict[str, Any] = Field(
        default_factory=dict, sa_type=json_column().sa_type, nullable=False, sa_column_kwargs=_PRIVATE
    )
    score: float | None = None
    band: str | None = text_column(16, nullable=True)
    coverage: float = 0
    issued_at: datetime = moment()
    issued_by: UUID | None = loose_id()
    released_at: datetime | None = moment(nullable=True)
    released_by: UUID | None = loose_id()


class ScorecardArea(SQLModel, table=True):
    """The figures of one area, copied from the result so that trends can sum them."""

    __tablename__ = "scorecard_area"
    __table_args__ = (
        {"info": {"audit": False}},  # written with its scorecard, from its result
    )
    scorecard_id: UUID = reference("scorecard.id", primary_key=True)
    area: str = Field(primary_key=True, max_length=40)
    score: float | None = None
    band: str | None = text_column(16, nullable=True)
    coverage: float = 0
    hidden: bool = False
    provisional: bool = False
