"""The tables of what happens to a member over the years: dated facts, headcounts, and what imports changed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.enterprises.life import CountSource, LifeKind
from compliance.enterprises.rules import LENGTHS
from compliance.shared.database import enum_column, json_column, loose_id, moment, primary_id, reference, text_column


class LifeEvent(SQLModel, table=True):
    """Something that happened to an enterprise on a day. It is withdrawn with a reason, and never deleted.

    ``changed``: fact -> [before, after]; ``taken_over``: those of them that the register took from it.
    """

    __tablename__ = "life_event"
    __table_args__ = (
        sa.CheckConstraint("learnt_on >= happened_on", name="learnt_after_it_happened"),
        sa.CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason = '')", name="withdrawn_with_a_reason"),
        sa.Index("ix_life_event_enterprise_day", "enterprise_id", "happened_on"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    enterprise_id: UUID = reference("enterprise.id", index=False)
    kind: LifeKind = enum_column(LifeKind)
    happened_on: date
    learnt_on: date
    note: str = text_column(LENGTHS["note"])
    changed: dict[str, Any] = json_column()
    taken_over: list[str] = json_column(list)
    file_digest: str | None = text_column(64, nullable=True)
    file_name: str = text_column(200)
    file_media_type: str = text_column(100)
    recorded_at: datetime = moment(default_now=True)
    recorded_by: UUID | None = loose_id()
    withdrawn_at: datetime | None = moment(nullable=True)
    withdrawn_by: UUID | None = loose_id()
    withdrawn_reason: str = text_column(500)


class SplitInto(SQLModel, table=True):
    """One of the enterprises into which another one was split."""

    __tablename__ = "split_into"
    __table_args__ = (sa.Index("ix_split_into_enterprise_id", "enterprise_id"),)
    event_id: UUID = reference("life_event.id", primary_key=True)
    enterprise_id: UUID = reference("enterprise.id", primary_key=True)


class Headcount(SQLModel, table=True):
    """How many people worked at an enterprise on a day (on a visit: at one workplace), and how that is known."""

    __tablename__ = "headcount"
    __table_args__ = (
        sa.CheckConstraint("workers >= 0", name="workers"),
        sa.CheckConstraint("(source = 'visit') = (workplace_id IS NOT NULL)", name="visit_of_a_workplace"),
        sa.Index("ix_headcount_enterprise_day", "enterprise_id", "counted_on"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    enterprise_id: UUID = reference("enterprise.id", index=False, ondelete="CASCADE")
    workplace_id: UUID | None = reference("workplace.id", nullable=True)
    counted_on: date
    workers: int
    source: CountSource = enum_column(CountSource)
    visit_id: UUID | None = loose_id(index=True)
    recorded_at: datetime = moment(default_now=True)
    recorded_by: UUID | None = loose_id()


class ImportedChange(SQLModel, table=True):
    """Which facts of an enterprise a spreadsheet changed. The facts themselves stand in the register."""

    __tablename__ = "imported_change"
    __table_args__ = {"info": {"audit": False}}
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    enterprise_id: UUID = reference("enterprise.id", ondelete="CASCADE")
    facts: list[str] = json_column(list)
    changed_at: datetime = moment(default_now=True)
