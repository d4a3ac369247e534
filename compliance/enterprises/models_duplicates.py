"""Pairs of entries that may be one employer, and those that were merged."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.enterprises.rules import Status
from compliance.shared.database import enum_column, json_column, loose_id, moment, primary_id, reference


class SuspectedPair(SQLModel, table=True):
    """Two entries of the register that resemble each other. ``reasons``: [message id, facts] each.

    What somebody has looked at and found to be two employers stays, so that nobody is asked again.
    """

    __tablename__ = "suspected_pair"
    __table_args__ = (
        sa.UniqueConstraint("first_id", "second_id"),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name="score"),
        sa.CheckConstraint("(parted_at IS NULL) = (parted_by IS NULL)", name="parted_by_somebody"),
        sa.Index("ix_suspected_pair_list", "association_id", "parted_at", "score"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id", index=False)
    first_id: UUID = reference("enterprise.id", index=False, ondelete="CASCADE")
    second_id: UUID = reference("enterprise.id", ondelete="CASCADE")
    score: int
    reasons: list[Any] = json_column(list)
    found_at: datetime = moment(default_now=True)
    parted_at: datetime | None = moment(nullable=True)
    parted_by: UUID | None = loose_id()


class EnterpriseMerge(SQLModel, table=True):
    """An entry that turned out to be the same employer as another one; everything of it went there.

    ``facts``: fact -> what the entry that is kept had before it took it over; ``moved``: table and column -> ids of the
    rows that went; ``ended``: the same for those that were ended; ``mains`` and ``closed``: workplaces that were the
    main one, and those taken out of use; ``links``: branch, headquarters, whether it may answer, as they were;
    ``invitations``: those that were readdressed.
    """

    __tablename__ = "enterprise_merge"
    __table_args__ = (
        sa.CheckConstraint("kept_id <> merged_id", name="itself"),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone_by_somebody"),
        sa.Index(
            "uq_enterprise_merge_standing",
            "merged_id",
            unique=True,
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        ),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    kept_id: UUID = reference("enterprise.id")
    merged_id: UUID = reference("enterprise.id")
    status: Status = enum_column(Status)
    facts: dict[str, Any] = json_column(audit=False)
    moved: dict[str, list[str]] = json_column(audit=False)
    ended: dict[str, list[str]] = json_column(audit=False)
    mains: list[str] = json_column(list, audit=False)
    closed: list[str] = json_column(list, audit=False)
    links: list[Any] = json_column(list, audit=False)
    invitations: list[str] = json_column(list, audit=False)
    merged_at: datetime = moment(default_now=True)
    merged_by: UUID | None = loose_id()
    undone_at: datetime | None = moment(nullable=True)
    undone_by: UUID | None = loose_id()
