"""The tables of who works on an action, how each check of it came out, and which ones are drawn for a check on site."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from compliance.corrective_actions.rules import How
from compliance.shared.database import enum_column, loose_id, moment, primary_id, reference, text_column

_PRIVATE = {"info": {"private": True}}


class CheckOutcome(StrEnum):
    """How a check of a correction came out."""

    done = "done"
    part = "part"
    not_done = "not_done"


class Assignment(SQLModel, table=True):
    """An action is somebody's work, from a moment until it is handed on. What was handed on stays on record."""

    __tablename__ = "action_assignment"
    __table_args__ = (
        sa.Index(
            "uq_action_assignment_open",
            "action_id",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
        sa.Index("ix_action_assignment_person_open", "person_id", "ended_at"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    action_id: UUID = reference("corrective_action.id")
    person_id: UUID = reference("person.id", index=False)
    word: str = text_column(2000)
    given_at: datetime = moment()
    given_by: UUID | None = loose_id()
    ended_at: datetime | None = moment(nullable=True)
    ended_by: UUID | None = loose_id()


class ActionCheck(SQLModel, table=True):
    """One check of a correction: what of it is done, what stays, and how many workers were asked. Never who."""

    __tablename__ = "action_check"
    __table_args__ = (
        sa.CheckConstraint("workers_asked >= 0", name="workers_asked"),
        sa.CheckConstraint("outcome <> 'part' OR (done <> '' AND stays <> '')", name="part_says_both"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    action_id: UUID = reference("corrective_action.id")
    outcome: CheckOutcome = enum_column(CheckOutcome)
    how: How = enum_column(How)
    done: str = text_column(4000)
    stays: str = text_column(4000)
    # What was seen may rest on what workers said: the audit trail keeps a digest.
    note: str = Field(default="", max_length=10_000, sa_column_kwargs=_PRIVATE)
    worker_check: bool = False
    workers_asked: int = 0
    checked_on: date
    checked_at: datetime = moment()
    checked_by: UUID | None = loose_id()
    was_due_on: date | None = None
    due_on: date | None = None
    visit_id: UUID | None = reference("visit.id", nullable=True)


class OnSiteSeed(SQLModel, table=True):
    """The secret from which the draws of an association's year follow; its digest is on the audit trail first."""

    __tablename__ = "on_site_seed"
    __table_args__ = (
        sa.UniqueConstraint("association_id", "year"),
        sa.CheckConstraint("length(seed) = 64", name="seed"),
        sa.CheckConstraint("length(digest) = 64", name="digest"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    year: int
    seed: str = Field(max_length=64, sa_column_kwargs=_PRIVATE)
    digest: str = text_column(64, ...)
    made_at: datetime = moment()


class OnSiteDraw(SQLModel, table=True):
    """Whether one acceptance at the desk is looked at on site: drawn once, and what came of it."""

    __tablename__ = "on_site_draw"
    __table_args__ = (
        sa.UniqueConstraint("action_id", "round"),
        sa.Index("ix_on_site_draw_association_open", "association_id", "drawn", "settled_on"),
        sa.CheckConstraint("round >= 1", name="round"),
        sa.CheckConstraint("share > 0 AND share < 1", name="share"),
        sa.CheckConstraint("point >= 0 AND point < 1", name="point"),
        sa.CheckConstraint("drawn = (point < share)", name="drawn_by_point"),
        sa.CheckConstraint("(settled_on IS NULL) = (outcome IS NULL)", name="settled"),
        sa.CheckConstraint("length(digest) = 64", name="digest"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id", index=False)
    action_id: UUID = reference("corrective_action.id", index=False)
    seed_id: UUID = reference("on_site_seed.id")
    round: int
    share: float
    point: float
    drawn: bool
    digest: str = text_column(64, ...)
    drawn_on: date
    drawn_at: datetime = moment()
    accepted_by: UUID | None = loose_id()
    settled_on: date | None = None
    settled_by: UUID | None = loose_id()
    outcome: CheckOutcome | None = enum_column(CheckOutcome, nullable=True)
    visit_id: UUID | None = reference("visit.id", nullable=True)
