"""The tables of letters: what was written, and the register that numbers it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from compliance.shared.database import (
    enum_column,
    json_column,
    loose_id,
    moment,
    primary_id,
    reference,
    text_column,
)


class LetterState(StrEnum):
    """A draft is the association's alone; an issued letter is frozen and the enterprise's to read."""

    draft = "draft"
    issued = "issued"


class Letter(SQLModel, table=True):
    """A letter to an enterprise about a visit. Once issued, only its PDF is set, once."""

    __tablename__ = "letter"
    __table_args__ = (
        sa.Index("ix_letter_portions", "association_id", "id"),
        sa.UniqueConstraint("association_id", "year", "running"),
        sa.UniqueConstraint("association_id", "number"),
        sa.UniqueConstraint("code"),
        sa.CheckConstraint(
            "(state = 'draft' AND number IS NULL AND running IS NULL AND code IS NULL AND issued_at IS NULL)"
            " OR (state = 'issued' AND number IS NOT NULL AND running IS NOT NULL AND year IS NOT NULL"
            " AND code IS NOT NULL AND issued_at IS NOT NULL AND dated IS NOT NULL)",
            name="numbered_when_issued",
        ),
        sa.CheckConstraint(
            "kind IN ('L0', 'L1', 'L2', 'L3', 'L4', 'L5', 'L6', 'L7', 'L8', 'L9', 'correction')", name="kind"
        ),
        sa.CheckConstraint("language IN ('en', 'zh_Hans_CN', 'both')", name="language"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    enterprise_id: UUID = reference("enterprise.id")
    visit_id: UUID = reference("visit.id")
    cites_id: UUID | None = reference("letter.id", nullable=True)
    kind: str = text_column(16)
    language: str = text_column(12)
    state: LetterState = enum_column(LetterState, LetterState.draft, index=True)
    revision: int = 1
    facts: dict[str, Any] = json_column()
    passages: dict[str, Any] = json_column()
    words: dict[str, Any] = json_column()
    template_digest: str = text_column(64)
    words_digest: str = text_column(64)
    wording: int | None = None  # the version of the association's own wording; None: the words of the product
    seal_digest: str | None = text_column(64, nullable=True)  # the picture of the seal that is printed on it
    year: int | None = None
    running: int | None = None
    number: str | None = text_column(40, nullable=True)
    code: str | None = text_column(16, nullable=True)
    dated: date | None = None
    pdf_digest: str | None = text_column(64, nullable=True)
    pdf_size: int | None = None
    created_at: datetime = moment(default_now=True)
    issued_at: datetime | None = moment(nullable=True)
    issued_by: UUID | None = loose_id()


class LetterRegister(SQLModel, table=True):
    """The last number given, for each association and year. A number is taken by moving ``last`` on, in the same
    transaction that issues the letter: it is given back when that transaction fails, so that none is missing.
    """

    __tablename__ = "letter_register"
    association_id: UUID = reference("association.id", primary_key=True)
    year: int = Field(primary_key=True)
    last: int = 0
