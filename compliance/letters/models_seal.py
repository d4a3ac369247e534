"""The tables of the seal: who keeps its picture, the pictures, their uses, and scans of letters stamped by hand."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.shared.database import loose_id, moment, primary_id, reference, text_column


def _one_open(name: str, column: str, open_while: str) -> sa.Index:
    where = sa.text(open_while)
    return sa.Index(name, column, unique=True, sqlite_where=where, postgresql_where=where)


class SealKeeper(SQLModel, table=True):
    """Who keeps the picture of an association's seal, from a moment until it is ended; one person at a time."""

    __tablename__ = "seal_keeper"
    __table_args__ = (_one_open("uq_seal_keeper_open", "association_id", "ended_at IS NULL"),)
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    person_id: UUID = reference("person.id")
    since: datetime = moment(default_now=True)
    appointed_by: UUID | None = loose_id()
    ended_at: datetime | None = moment(nullable=True)
    ended_by: UUID | None = loose_id()


class SealPicture(SQLModel, table=True):
    """A picture of the seal. It is retired, never deleted: letters that carry it must print alike."""

    __tablename__ = "seal_picture"
    __table_args__ = (_one_open("uq_seal_picture_open", "association_id", "retired_at IS NULL"),)
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    digest: str = text_column(64, ...)
    added_at: datetime = moment(default_now=True)
    added_by: UUID | None = loose_id()
    retired_at: datetime | None = moment(nullable=True)
    retired_by: UUID | None = loose_id()


class SealUse(SQLModel, table=True):
    """The keeper's word that a letter, as it stood at ``revision``, carries the picture; used when it was issued so."""

    __tablename__ = "seal_use"
    __table_args__ = (
        _one_open("uq_seal_use_open", "letter_id", "used_at IS NULL AND withdrawn_at IS NULL"),
        sa.CheckConstraint("reason <> ''", name="given_with_a_reason"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    letter_id: UUID = reference("letter.id")
    picture_id: UUID = reference("seal_picture.id")
    revision: int
    reason: str = text_column(500, ...)
    granted_at: datetime = moment(default_now=True)
    granted_by: UUID | None = loose_id()
    used_at: datetime | None = moment(nullable=True)
    used_by: UUID | None = loose_id()
    withdrawn_at: datetime | None = moment(nullable=True)
    withdrawn_by: UUID | None = loose_id()


class LetterStamped(SQLModel, table=True):
    """The scan of an issued letter, stamped by hand, archived beside the original; struck, never deleted."""

    __tablename__ = "letter_stamped"
    __table_args__ = (sa.CheckConstraint("(struck_at IS NULL) = (struck_reason = '')", name="struck_with_a_reason"),)
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    letter_id: UUID = reference("letter.id")
    digest: str = text_column(64, ...)
    media_type: str = text_column(40, ...)
    name: str = text_column(120, ...)
    size: int
    note: str = text_column(500)
    added_at: datetime = moment(default_now=True)
    added_by: UUID | None = loose_id()
    struck_at: datetime | None = moment(nullable=True)
    struck_by: UUID | None = loose_id()
    struck_reason: str = text_column(500)
