"""Pairs of entries that may be one employer."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.shared.database import json_column, loose_id, moment, primary_id, reference


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
