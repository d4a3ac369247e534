"""The tables of getting in: sign-ins with the sessions they began, and what a person shows beside the password."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

from compliance.people.access import How
from compliance.shared.database import enum_column, moment, primary_id, reference, text_column


class SignIn(SQLModel, table=True):
    """One sign-in of a person, or a try that was ``refused``. The session that it began lasts until ``ended_at``.

    ``browser`` is what the browser says of itself, shortened to its family and system; ``device_digest`` is the digest
    of a random mark that the device keeps, so that a new one is noticed. The network address stands on the trail alone.
    """

    __tablename__ = "sign_in"
    __table_args__ = (
        sa.Index("ix_sign_in_person_at", "person_id", "at"),
        sa.CheckConstraint("NOT refused OR ended_at IS NOT NULL", name="refused_begins_nothing"),
        {"info": {"audit": False}},
    )
    id: UUID = primary_id()
    person_id: UUID = reference("person.id", ondelete="CASCADE", index=False)
    at: datetime = moment(default_now=True)
    how: How = enum_column(How)
    refused: bool = False
    browser: str = text_column(80)
    device_digest: str = text_column(64)
    new_device: bool = False
    seen_at: datetime = moment(default_now=True)
    ended_at: datetime | None = moment(nullable=True)


class Authenticator(SQLModel, table=True):
    """A person's authenticator app: its secret, sealed, and the newest time step that was used (RFC 6238, 5.2)."""

    __tablename__ = "authenticator"
    __table_args__ = (sa.UniqueConstraint("person_id"),)
    id: UUID = primary_id()
    person_id: UUID = reference("person.id", ondelete="CASCADE", index=False)
    sealed: bytes = Field(sa_type=sa.LargeBinary, sa_column_kwargs={"info": {"private": True}})
    last_step: int = Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs={"info": {"audit": False}})
    created_at: datetime = moment(default_now=True)


class Passkey(SQLModel, table=True):
    """A passkey of a person (W3C Web Authentication): its public key, and how often it says that it signed."""

    __tablename__ = "passkey"
    id: UUID = primary_id()
    person_id: UUID = reference("person.id", ondelete="CASCADE")
    name: str = text_column(60)
    credential: bytes = Field(sa_type=sa.LargeBinary, unique=True, sa_column_kwargs={"info": {"private": True}})
    public_key: bytes = Field(sa_type=sa.LargeBinary, sa_column_kwargs={"info": {"private": True}})
    signed: int = Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs={"info": {"audit": False}})
    created_at: datetime = moment(default_now=True)
    used_at: datetime | None = Field(
        default=None, sa_type=UTCDateTime, nullable=True, sa_column_kwargs={"info": {"audit": False}}
    )


class RecoveryCode(SQLModel, table=True):
    """One of a person's codes for the day when the telephone is lost; only its digest is kept, and it works once."""

    __tablename__ = "recovery_code"
    id: UUID = primary_id()
    person_id: UUID = reference("person.id", ondelete="CASCADE")
    digest: str = Field(max_length=64, sa_column_kwargs={"info": {"private": True}})
    created_at: datetime = moment(default_now=True)
    used_at: datetime | None = moment(nullable=True)
