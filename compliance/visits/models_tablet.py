"""The tables of tablets: the devices, what is asked of them, what of a visit they sent, and what came too late."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

from compliance.shared.database import (
    Id,
    enum_column,
    json_column,
    loose_id,
    moment,
    primary_id,
    reference,
    text_column,
)
from compliance.visits.sync import Decision, Order

_QUIET: dict[str, Any] = {"info": {"audit": False}}  # told anew at every contact: not for the trail


class Tablet(SQLModel, table=True):
    """A browser of one person that keeps visits; its id is made on the device."""

    __tablename__ = "tablet"
    id: UUID = Field(primary_key=True, sa_type=Id)
    association_id: UUID = reference("association.id")
    person_id: UUID = reference("person.id")
    label: str = text_column(80)
    agent: str = text_column(300)
    release: str = text_column(40)
    registered_at: datetime = moment(default_now=True)
    recovery_key: str = Field(default="", max_length=64, sa_column_kwargs=_QUIET)

    contact_at: datetime | None = Field(
        default=None, sa_type=cast(Any, UTCDateTime), nullable=True, sa_column_kwargs=_QUIET
    )
    drift_seconds: int | None = Field(
        default=None, sa_type=cast(Any, sa.BigInteger), nullable=True, sa_column_kwargs=_QUIET
    )
    persisted: bool | None = Field(default=None, nullable=True, sa_column_kwargs=_QUIET)
    unsent_entries: int = Field(default=0, sa_column_kwargs=_QUIET)
    unsent_photos: int = Field(default=0, sa_column_kwargs=_QUIET)
    unsent_oldest: datetime | None = Field(
        default=None, sa_type=cast(Any, UTCDateTime), nullable=True, sa_column_kwargs=_QUIET
    )
    troubles: list[Any] = Field(
        default_factory=list, sa_type=json_column().sa_type, nullable=False, sa_column_kwargs=_QUIET
    )


class TabletOrder(SQLModel, table=True):
    """A word from the office to a tablet, carried out at its next contact."""

    __tablename__ = "tablet_order"
    __table_args__ = (sa.CheckConstraint("kind = 'wipe' OR visit_id IS NOT NULL", name="discard_of_a_visit"),)
    id: UUID = primary_id()
    tablet_id: UUID = reference("tablet.id")
    visit_id: UUID | None = reference("visit.id", nullable=True)
    kind: Order = enum_column(Order)
    reason: str = text_column(2000, ...)
    ordered_at: datetime = moment(default_now=True)
    ordered_by: UUID | None = loose_id()
    done_at: datetime | None = moment(nullable=True)


class TabletReceipt(SQLModel, table=True):
    """How much of a visit has come from one tablet, as it was told last. The trail has the line of the whole."""

    __tablename__ = "tablet_receipt"
    __table_args__ = {"info": {"audit": False}}
    visit_id: UUID = reference("visit.id", primary_key=True)
    device: str = Field(max_length=64, primary_key=True)
    person_id: UUID | None = loose_id()
    last_seq: int = 0
    entries: int = 0
    missing_entries: int = 0
    missing_photos: int = 0
    digest: str = text_column(64)
    complete: bool = False
    at: datetime = moment(default_now=True)


class DiscardedEntry(SQLModel, table=True):
    """An entry that a tablet gave up, with the reason: its running number is no gap."""

    __tablename__ = "discarded_entry"
    visit_id: UUID = reference("visit.id", primary_key=True)
    device: str = Field(max_length=64, primary_key=True)
    seq: int = Field(primary_key=True)
    entry_id: UUID | None = loose_id()
    reason: str = text_column(2000)
    at: datetime = moment(default_now=True)
    person_id: UUID | None = loose_id()


class AsideEntry(SQLModel, table=True):
    """An entry that reached a visit which was closed already. The database refuses to change what it says."""

    __tablename__ = "aside_entry"
    __table_args__ = (
        sa.UniqueConstraint("visit_id", "device", "seq"),
        sa.CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided_at"),
    )
    id: UUID = Field(primary_key=True, sa_type=Id)
    visit_id: UUID = reference("visit.id", index=False)
    item: str = text_column(40)
    field: str = text_column(80)
    value: Any = json_column(lambda: None)
    replaces: list[str] = json_column(list)
    at: datetime | None = moment(nullable=True)
    received_at: datetime = moment(default_now=True)
    person_id: UUID | None = loose_id()
    device: str = text_column(64)
    seq: int
    bulk: bool = False
    sha256: str = text_column(64)
    drift_seconds: int | None = Field(default=None, sa_type=cast(Any, sa.BigInteger), nullable=True)
    why: str = text_column(32)
    decision: Decision | None = enum_column(Decision, nullable=True)
    decided_at: datetime | None = moment(nullable=True)
    decided_by: UUID | None = loose_id()
    decided_reason: str = text_column(2000)


class TabletPhoto(SQLModel, table=True):
    """A photo that came whole from a tablet. ``why`` is set where it came too late and waits beside the visit."""

    __tablename__ = "tablet_photo"
    __table_args__ = (sa.CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided_at"),)
    id: UUID = Field(primary_key=True, sa_type=Id)
    visit_id: UUID = reference("visit.id")
    evidence_id: UUID | None = reference("evidence.id", nullable=True)
    item: str = text_column(40)
    device: str = text_column(64)
    sha256: str = text_column(64)
    size: int
    media_type: str = text_column(100)
    taken_at: datetime | None = moment(nullable=True)
    position: str = text_column(80)
    received_at: datetime = moment(default_now=True)
    person_id: UUID | None = loose_id()
    why: str = text_column(32)
    decision: Decision | None = enum_column(Decision, nullable=True)
    decided_at: datetime | None = moment(nullable=True)
    decided_by: UUID | None = loose_id()
    decided_reason: str = text_column(2000)


class PhotoUpload(SQLModel, table=True):
    """A photo on its way: gone when it is whole, or too old."""

    __tablename__ = "photo_upload"
    __table_args__ = {"info": {"audit": False}}
    id: UUID = Field(primary_key=True, sa_type=Id)
    visit_id: UUID = reference("visit.id")
    person_id: UUID = reference("person.id")
    item: str = text_column(40)
    device: str = text_column(64)
    sha256: str = text_column(64)
    size: int
    received: int = 0
    changed_at: datetime = moment(default_now=True, index=True)


class PhotoPart(SQLModel, table=True):
    """Bytes of a photo on its way."""

    __tablename__ = "photo_part"
    __table_args__ = {"info": {"audit": False}}
    upload_id: UUID = reference("photo_upload.id", primary_key=True, ondelete="CASCADE")
    start: int = Field(primary_key=True)
    data: bytes


class VisitVersion(SQLModel, table=True):
    """A checklist version that a visit was pinned to before it was moved: a tablet may still send answers to it."""

    __tablename__ = "visit_version"
    visit_id: UUID = reference("visit.id", primary_key=True)
    checklist_version_id: UUID = reference("checklist_version.id", primary_key=True)
    moved_at: datetime = moment(default_now=True)
