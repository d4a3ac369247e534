"""The table of the association's own wording of letters: each version whole, one draft at most."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.shared.database import json_column, loose_id, moment, primary_id, reference, text_column


class LetterWording(SQLModel, table=True):
    """A version of an association's free passages and standard sentences. Without a number it is the draft.

    ``based_on`` is the version that it was begun from, 0 for the words that come with the product.
    """

    __tablename__ = "letter_wording"
    __table_args__ = (
        sa.UniqueConstraint("association_id", "number"),
        sa.Index(
            "uq_letter_wording_draft",
            "association_id",
            unique=True,
            sqlite_where=sa.text("number IS NULL"),
            postgresql_where=sa.text("number IS NULL"),
        ),
        sa.CheckConstraint("(number IS NULL) = (published_at IS NULL)", name="numbered_when_published"),
        sa.CheckConstraint("number IS NULL OR note <> ''", name="published_with_a_note"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    number: int | None = None
    based_on: int = 0
    content: dict[str, Any] = json_column()
    note: str = text_column(500)
    revision: int = 1
    created_at: datetime = moment(default_now=True)
    created_by: UUID | None = loose_id()
    published_at: datetime | None = moment(nullable=True)
    published_by: UUID | None = loose_id()
