"""The tables of what became of issued letters: what is recorded of their way, and what was posted together."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.letters.delivery import NAME, NOTE, Way
from compliance.shared.database import enum_column, loose_id, moment, primary_id, reference, text_column


class LetterPosting(SQLModel, table=True):
    """Letters that were printed as one file and taken to the post together. ``file_holds`` tells which letters the file
    held when it was made.
    """

    __tablename__ = "letter_posting"
    __table_args__ = (sa.CheckConstraint("(file_digest IS NULL) = (file_holds IS NULL)", name="file_holds"),)
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    posted_on: date
    both_sides: bool = True
    file_digest: str | None = text_column(64, nullable=True)
    file_holds: str | None = text_column(64, nullable=True)
    created_at: datetime = moment(default_now=True)
    created_by: UUID | None = loose_id()


class LetterDelivery(SQLModel, table=True):
    """One thing that is recorded of a letter's way. A mistake is struck with a reason and stays readable."""

    __tablename__ = "letter_delivery"
    __table_args__ = (
        sa.Index(
            "uq_letter_delivery_standing",
            "letter_id",
            "way",
            unique=True,
            sqlite_where=sa.text("struck_at IS NULL"),
            postgresql_where=sa.text("struck_at IS NULL"),
        ),
        sa.CheckConstraint("(struck_at IS NULL) = (struck_reason = '')", name="struck_with_a_reason"),
        sa.CheckConstraint("way <> 'handed' OR taken_by <> ''", name="handed_to_somebody"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    letter_id: UUID = reference("letter.id")
    posting_id: UUID | None = reference("letter_posting.id", nullable=True)
    way: Way = enum_column(Way)
    happened_on: date
    taken_by: str = text_column(NAME)
    note: str = text_column(NOTE)
    scan_digest: str | None = text_column(64, nullable=True)
    scan_name: str = text_column(120)
    scan_type: str = text_column(100)
    noted_at: datetime = moment(default_now=True)
    noted_by: UUID | None = loose_id()
    struck_at: datetime | None = moment(nullable=True)
    struck_by: UUID | None = loose_id()
    struck_reason: str = text_column(NOTE)
