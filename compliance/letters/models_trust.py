"""The tables of trust in letters: the certificates that signed, their signatures, and letters that were withdrawn."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from compliance.shared.database import enum_column, loose_id, moment, primary_id, reference, text_column

REASON = 2000


class SigningCertificate(SQLModel, table=True):
    """A certificate that signed letters. It stays when another one takes its place: old letters are checked by it.

    ``chain`` is itself and those above it, in PEM; ``fingerprint`` its SHA-256 (hex).
    """

    __tablename__ = "signing_certificate"
    __table_args__ = (sa.UniqueConstraint("association_id", "fingerprint"),)
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    fingerprint: str = text_column(64, index=True)
    holder: str = text_column(300)
    issuer: str = text_column(300)
    serial: str = text_column(64)
    demo: bool = False
    chain: str = Field(sa_type=sa.Text)
    valid_from: datetime = moment()
    valid_until: datetime = moment()
    first_used_at: datetime = moment(default_now=True)


class LetterSignature(SQLModel, table=True):
    """The signature in the archived PDF of a letter, written once."""

    __tablename__ = "letter_signature"
    __table_args__ = (
        sa.UniqueConstraint("letter_id"),
        sa.CheckConstraint("stamped_at IS NOT NULL OR stamped_by = ''", name="stamped_by_somebody"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    letter_id: UUID = reference("letter.id", index=False)
    certificate_id: UUID = reference("signing_certificate.id")
    signed_at: datetime = moment()
    stamped_at: datetime | None = moment(nullable=True)
    stamped_by: str = text_column(300)


class WithdrawalState(StrEnum):
    """A withdrawal is asked for by one person, and decided by another."""

    asked = "asked"
    withdrawn = "withdrawn"
    declined = "declined"


class LetterWithdrawal(SQLModel, table=True):
    """That an issued letter shall not count any more. Its number stays given, its PDF stays in the archive."""

    __tablename__ = "letter_withdrawal"
    __table_args__ = (
        sa.Index(
            "uq_letter_withdrawal_standing",
            "letter_id",
            unique=True,
            sqlite_where=sa.text("state <> 'declined'"),
            postgresql_where=sa.text("state <> 'declined'"),
        ),
        sa.CheckConstraint("reason <> ''", name="reason"),
        sa.CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided_once"),
        sa.CheckConstraint(
            "decided_by IS NULL OR asked_by IS NULL OR decided_by <> asked_by OR state = 'declined'", name="four_eyes"
        ),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    letter_id: UUID = reference("letter.id")
    reason: str = text_column(REASON)
    state: WithdrawalState = enum_column(WithdrawalState, WithdrawalState.asked)
    asked_at: datetime = moment(default_now=True)
    asked_by: UUID | None = loose_id()
    decided_at: datetime | None = moment(nullable=True)
    decided_by: UUID | None = loose_id()
