"""The tables of findings: the findings, the rounds of dispute about them, and files sent with replies."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from compliance.checklists.rules import Severity, Verdict
from compliance.findings.states import Decision, FindingState, Position
from compliance.shared.database import enum_column, json_column, loose_id, moment, primary_id, reference, text_column

_PRIVATE = {"info": {"private": True}}  # the audit trail keeps a digest of what workers said


def _private_list() -> Any:
    return Field(default_factory=list, sa_type=json_column().sa_type, nullable=False, sa_column_kwargs=_PRIVATE)


class Finding(SQLModel, table=True):
    """A shortfall of one visit, with the enterprise's reply beside it."""

    __tablename__ = "finding"
    __table_args__ = (
        sa.UniqueConstraint("visit_id", "item", "sealed_fact"),
        # What stands behind the first columns lets figures over five million findings be answered from the index.
        sa.Index("ix_finding_workplace_item", "workplace_id", "item", "visited_on", "state", "area"),
        sa.Index(
            "ix_finding_again",
            "visit_id",
            "item",
            "area",
            "state",
            "repeat_of_id",
            "visited_on",
            sqlite_where=sa.text("repeat_of_id IS NOT NULL"),
            postgresql_where=sa.text("repeat_of_id IS NOT NULL"),
        ),
        sa.Index("ix_finding_portions", "association_id", "id"),
        sa.Index("ix_finding_association_state", "association_id", "state", "released_at"),
        sa.CheckConstraint("workers_affected IS NULL OR workers_affected >= 0", name="workers_affected"),
        sa.CheckConstraint("workplace_workers >= 0", name="workplace_workers"),
        sa.CheckConstraint("state IN ('draft', 'withdrawn') OR released_at IS NOT NULL", name="released_at"),
        sa.CheckConstraint("NOT (sealed OR withheld) OR released_at IS NULL", name="sealed_is_not_released"),
        sa.CheckConstraint("NOT zero_tolerance OR severity = 'critical'", name="zero_tolerance_is_critical"),
        sa.CheckConstraint("(reply_position IS NULL) = (replied_at IS NULL)", name="reply"),
        sa.CheckConstraint("reply_position IS NULL OR reply_due IS NOT NULL", name="reply_due"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id", index=False)
    enterprise_id: UUID = reference("enterprise.id")
    workplace_id: UUID = reference("workplace.id", index=False)
    visit_id: UUID = reference("visit.id", index=False)
    visited_on: date = Field(index=True)
    item: str = text_column(40, ...)
    area: str = text_column(40, ...)
    clause: str = text_column(16)
    verdict: Verdict | None = enum_column(Verdict, nullable=True)
    severity: Severity = enum_column(Severity)
    raised_by: list[str] = json_column(list)
    zero_tolerance: bool = False
    sealed: bool = False
    withheld: bool = False
    sealed_fact: str = Field(default="", max_length=80, sa_column_kwargs=_PRIVATE)
    facts: list[str] = _private_list()
    repeat_of_id: UUID | None = reference("finding.id", nullable=True)
    seen: str = Field(default="", max_length=10_000, sa_column_kwargs=_PRIVATE)
    workers_affected: int | None = None
    workplace_workers: int = 0
    known_by: list[str] = _private_list()
    law: list[str] = json_column(list)

    state: FindingState = enum_column(FindingState, FindingState.draft)
    created_at: datetime = moment()
    released_at: datetime | None = moment(nullable=True)
    withdrawn_at: datetime | None = moment(nullable=True)
    withdrawn_reason: str = text_column(4000)
    cleared_at: datetime | None = moment(nullable=True)
    cleared_by: UUID | None = loose_id()
    cleared_reason: str = Field(default="", max_length=4000, sa_column_kwargs=_PRIVATE)

    reply_due: date | None = None
    reply_due_provisional: bool = False
    reply_position: Position | None = enum_column(Position, nullable=True)
    reply_text: str = text_column(10_000)
    replied_at: datetime | None = moment(nullable=True)
    replied_by: UUID | None = loose_id()


class Dispute(SQLModel, table=True):
    """One round of dispute about a finding: the first, or the one appeal."""

    __tablename__ = "dispute"
    __table_args__ = (
        sa.UniqueConstraint("finding_id", "round"),
        sa.Index("ix_dispute_association_open", "association_id", "decided_at"),
        sa.CheckConstraint("round IN (1, 2)", name="round"),
        sa.CheckConstraint("reason <> ''", name="reason"),
        sa.CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided_at"),
        sa.CheckConstraint("decision IS NULL OR decision_reason <> ''", name="decision_reason"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id", index=False)
    finding_id: UUID = reference("finding.id", index=False)
    round: int = 1
    reason: str = text_column(10_000, ...)
    opened_on: date
    opened_at: datetime = moment()
    opened_by: UUID | None = loose_id()
    decide_by: date
    decide_by_provisional: bool = False
    decision: Decision | None = enum_column(Decision, nullable=True)
    decision_reason: str = text_column(10_000)
    decided_on: date | None = None
    decided_at: datetime | None = moment(nullable=True)
    decided_by: UUID | None = loose_id()
    waiver: str = text_column(2000)


class ReplyEvidence(SQLModel, table=True):
    """A file that an enterprise sent with its reply or dispute."""

    __tablename__ = "reply_evidence"
    __table_args__ = (
        sa.CheckConstraint("size >= 0", name="size"),
        sa.CheckConstraint("length(digest) = 64", name="digest"),
    )
    id: UUID = primary_id()
    finding_id: UUID = reference("finding.id")
    digest: str = text_column(64, ...)
    filename: str = text_column(255, ...)
    media_type: str = text_column(100, ...)
    size: int
    sent_at: datetime = moment()
    sent_by: UUID | None = loose_id()
