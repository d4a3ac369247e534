"""The tables of draws: a period, its strata, what was drawn, and what was left out of the frame with a reason.

The frame itself is a file, kept by its digest; the seed stands here and nowhere else until it is revealed.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from compliance.planning.periods import LeftReason, PeriodState
from compliance.shared.database import enum_column, json_column, loose_id, moment, primary_id, reference, text_column
from compliance.visits.states import Route


class DrawPeriod(SQLModel, table=True):
    """A span of days for which visits are drawn, from its settings to its revealed seed."""

    __tablename__ = "draw_period"
    __table_args__ = (
        sa.Index("ix_draw_period_association_first", "association_id", "first_day"),
        sa.CheckConstraint("last_day >= first_day", name="last_day"),
        sa.CheckConstraint("frame_size >= 0", name="frame_size"),
        sa.CheckConstraint(
            "state IN ('draft', 'cancelled') OR (frame_digest IS NOT NULL AND seed IS NOT NULL)",
            name="frozen_with_frame_and_seed",
        ),
        sa.CheckConstraint("(seed IS NULL) = (seed_digest IS NULL)", name="seed_with_digest"),
        sa.CheckConstraint("state NOT IN ('drawn', 'ended') OR drawn_at IS NOT NULL", name="drawn_at"),
        sa.CheckConstraint("state <> 'ended' OR revealed_at IS NOT NULL", name="ended_revealed"),
        sa.CheckConstraint("state <> 'cancelled' OR (cancelled_reason <> '' AND drawn_at IS NULL)", name="cancelled"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id", index=False)
    name: str = text_column(120, ...)
    first_day: date
    last_day: date
    state: PeriodState = enum_column(PeriodState, PeriodState.draft)
    settings: dict[str, Any] = json_column()
    algorithm: str = text_column(40)
    frame_digest: str | None = text_column(64, nullable=True)
    frame_size: int = 0
    # The seed is on no trail: its digest is, from the moment of freezing.
    seed: str | None = Field(default=None, max_length=64, nullable=True, sa_column_kwargs={"info": {"audit": False}})
    seed_digest: str | None = text_column(64, nullable=True)
    # The seal of the result (``draw.Drawing.seal``); in draws of earlier releases its bare digest.
    drawn_digest: str | None = text_column(64, nullable=True)
    job_id: UUID | None = loose_id()
    created_at: datetime = moment(default_now=True)
    created_by: UUID | None = loose_id()
    frozen_at: datetime | None = moment(nullable=True)
    frozen_by: UUID | None = loose_id()
    drawn_at: datetime | None = moment(nullable=True)
    drawn_by: UUID | None = loose_id()
    revealed_at: datetime | None = moment(nullable=True)
    revealed_by: UUID | None = loose_id()
    cancelled_at: datetime | None = moment(nullable=True)
    cancelled_by: UUID | None = loose_id()
    cancelled_reason: str = text_column(2000)


class DrawStratum(SQLModel, table=True):
    """A part of the frame in which every workplace had the same chance. Empty classes mean all of them."""

    __tablename__ = "draw_stratum"
    __table_args__ = (
        sa.UniqueConstraint("period_id", "key"),
        sa.CheckConstraint("drawn >= 0 AND drawn <= frame_size", name="drawn"),
        sa.CheckConstraint("NOT certain OR drawn = frame_size", name="certain"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    period_id: UUID = reference("draw_period.id", index=False)
    key: str = text_column(120, ...)
    sector: str = text_column(5)
    size: str = text_column(10)
    district: str = text_column(6)
    route: Route = enum_column(Route)
    certain: bool = False
    frame_size: int
    drawn: int
    merged: list[str] = json_column(list)


class DrawnWorkplace(SQLModel, table=True):
    """A workplace that was drawn. Its visit, once there is one, says how it ended."""

    __tablename__ = "drawn_workplace"
    __table_args__ = (
        sa.UniqueConstraint("period_id", "workplace_id"),
        sa.UniqueConstraint("period_id", "position"),
        sa.UniqueConstraint("visit_id"),
        sa.Index("ix_drawn_workplace_association_period", "association_id", "period_id"),
        sa.Index(
            "ix_drawn_workplace_left",
            "association_id",
            "period_id",
            "stratum_id",
            sqlite_where=sa.text("left_reason IS NOT NULL"),
            postgresql_where=sa.text("left_reason IS NOT NULL"),
        ),
        sa.CheckConstraint("inclusion_probability > 0 AND inclusion_probability <= 1", name="inclusion_probability"),
        sa.CheckConstraint("position >= 1", name="position"),
        sa.CheckConstraint("(left_reason IS NULL) = (left_at IS NULL)", name="left_at"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id", index=False)
    period_id: UUID = reference("draw_period.id", index=False)
    stratum_id: UUID = reference("draw_stratum.id")
    enterprise_id: UUID = reference("enterprise.id")
    workplace_id: UUID = reference("workplace.id")
    route: Route = enum_column(Route)
    inclusion_probability: float
    position: int
    points: int = 0
    visit_id: UUID | None = reference("visit.id", nullable=True, index=False)
    left_reason: LeftReason | None = enum_column(LeftReason, nullable=True)
    left_at: datetime | None = moment(nullable=True)
    left_by: UUID | None = loose_id()
    left_note: str = text_column(2000)


class DrawExclusion(SQLModel, table=True):
    """A workplace that is left out of a period's frame, with the reason. Undone only before freezing."""

    __tablename__ = "draw_exclusion"
    __table_args__ = (
        sa.UniqueConstraint("period_id", "workplace_id"),
        sa.CheckConstraint("reason <> ''", name="reason"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    period_id: UUID = reference("draw_period.id", index=False)
    workplace_id: UUID = reference("workplace.id")
    reason: str = text_column(2000, ...)
    excluded_at: datetime = moment(default_now=True)
    excluded_by: UUID | None = loose_id()
