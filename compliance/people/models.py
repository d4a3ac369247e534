"""The tables of people: accounts, roles, managed enterprises, ties, invitations, and counters of attempts."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from flask_security import UserMixin
from sqlmodel import Field, SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

from compliance.people.rules import Role, TieKind
from compliance.shared.database import (
    enum_column,
    json_column,
    loose_id,
    moment,
    primary_id,
    reference,
    text_column,
)
from compliance.shared.outbox import Channel


class User(UserMixin, SQLModel, table=True):
    """A person with an account, who signs in by user name, e-mail address or mobile number: each theirs alone."""

    __tablename__ = "person"
    id: UUID = primary_id()  # type: ignore[assignment]  # the mixin speaks of int
    association_id: UUID = reference("association.id")
    name: str = text_column(120)
    name_key: str = Field(default="", max_length=300, index=True, sa_column_kwargs={"info": {"audit": False}})
    username: str = text_column(64, ..., unique=True)
    email: str | None = text_column(254, nullable=True, unique=True)  # type: ignore[assignment]
    mobile: str | None = text_column(16, nullable=True, unique=True)
    notices_by: Channel = enum_column(Channel, Channel.email)
    wecom: str = text_column(64)
    active: bool = True
    demo: bool = False  # the password is printed in the open
    # In which language the person last read the product; mails are written in it, and in both while nobody knows.
    language: str | None = Field(
        default=None, max_length=12, nullable=True, sa_column_kwargs={"info": {"audit": False}}
    )
    password: str | None = Field(default=None, max_length=255, sa_column_kwargs={"info": {"private": True}})
    # The session names this and not the id: a new one ends every session of the person.
    fs_uniquifier: str = Field(max_length=64, unique=True, sa_column_kwargs={"info": {"private": True}})
    created_at: datetime = moment(default_now=True)
    signed_in_at: datetime | None = Field(
        default=None,
        sa_type=UTCDateTime,
        nullable=True,
        sa_column_kwargs={"info": {"audit": False}},
    )

    def begin(self, sign_in_id: UUID | None) -> None:
        """Say by which sign-in this person is here; what is kept of a session names it, so that it can be ended."""
        self.__dict__["_sign_in_id"] = sign_in_id

    @property
    def sign_in_id(self) -> UUID | None:
        """By which sign-in this person is here; None outside a request, and in sessions older than this list."""
        found: UUID | None = self.__dict__.get("_sign_in_id")
        return found

    def get_id(self) -> str:
        """What a session keeps of the person."""
        return f"{self.fs_uniquifier}.{self.sign_in_id}" if self.sign_in_id else self.fs_uniquifier


class RoleGrant(SQLModel, table=True):
    """One role of one person."""

    __tablename__ = "role_grant"
    __table_args__ = (sa.UniqueConstraint("person_id", "role"),)
    id: UUID = primary_id()
    person_id: UUID = reference("person.id", ondelete="CASCADE")
    role: Role = enum_column(Role, index=True)


class UserEnterprise(SQLModel, table=True):
    """A manager speaks for an enterprise, from a moment until it is ended."""

    __tablename__ = "user_enterprise"
    __table_args__ = (
        sa.Index(
            "uq_user_enterprise_open",
            "person_id",
            "enterprise_id",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )
    id: UUID = primary_id()
    person_id: UUID = reference("person.id", ondelete="CASCADE")
    enterprise_id: UUID = reference("enterprise.id", ondelete="CASCADE")
    since: datetime = moment(default_now=True)
    ended_at: datetime | None = moment(nullable=True)


class Tie(SQLModel, table=True):
    """A declared conflict of interest with an enterprise. It is ended, never deleted."""

    __tablename__ = "tie"
    __table_args__ = (
        sa.Index(
            "uq_tie_open",
            "person_id",
            "enterprise_id",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )
    id: UUID = primary_id()
    person_id: UUID = reference("person.id", ondelete="CASCADE")
    enterprise_id: UUID = reference("enterprise.id", ondelete="CASCADE")
    kind: TieKind = enum_column(TieKind)
    note: str = text_column(500)
    declared_at: datetime = moment(default_now=True)
    declared_by: UUID | None = loose_id()
    ended_at: datetime | None = moment(nullable=True)
    ended_by: UUID | None = loose_id()


class Invitation(SQLModel, table=True):
    """A single-use way in: for a new person, or back in for one who forgot the password (``person_id``).

    The code itself is never kept, only its digest.
    """

    __tablename__ = "invitation"
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    person_id: UUID | None = reference("person.id", nullable=True, ondelete="CASCADE")
    name: str = text_column(120)
    email: str | None = text_column(254, nullable=True)
    roles: list[str] = json_column(list)
    enterprise_ids: list[str] = json_column(list)
    code_digest: str = Field(max_length=64, unique=True, sa_column_kwargs={"info": {"private": True}})
    created_at: datetime = moment(default_now=True)
    created_by: UUID | None = loose_id()
    expires_at: datetime = moment()
    used_at: datetime | None = moment(nullable=True)
    used_by: UUID | None = loose_id()
    revoked_at: datetime | None = moment(nullable=True)


class RateWindow(SQLModel, table=True):
    """How often something was tried in the running window of time; shared by all processes."""

    __tablename__ = "rate_window"
    __table_args__ = {"info": {"audit": False}}
    key: str = Field(primary_key=True, max_length=200)
    count: int
    expires: float = Field(index=True)
