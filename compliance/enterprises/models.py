"""The tables of the register."""

from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from compliance.enterprises.classes import HOME, Size
from compliance.enterprises.rules import LENGTHS, LetterLanguage, Status, WorkplaceStatus
from compliance.shared.database import enum_column, json_column, loose_id, moment, primary_id, reference, text_column


def _derived(length: int) -> Any:
    """A text made from others: not on the audit trail, and compared byte by byte on every database."""
    plain = sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")
    return Field(default="", sa_type=cast(Any, plain), nullable=False, sa_column_kwargs={"info": {"audit": False}})


def _people(total: str = "workers") -> tuple[sa.CheckConstraint, ...]:
    parts = ("women", "migrants", "under_18")
    return (
        sa.CheckConstraint(f"{total} >= 0", name="workers"),
        *(sa.CheckConstraint(f"{part} >= 0 AND {part} <= {total}", name=part) for part in parts),
    )


# What the list filters and sorts by; an index that ends in these answers the list without touching the table.
_LISTED = ("status", "sector", "district", "size", "workers")


class Enterprise(SQLModel, table=True):
    """A member of an association."""

    __tablename__ = "enterprise"
    __table_args__ = (
        *_people(),
        sa.UniqueConstraint("association_id", "credit_code"),
        sa.Index("ix_enterprise_list", "association_id", "sort_key", "id", *_LISTED),
        sa.Index("ix_enterprise_search_name", "association_id", "sort_key", "id", "search_name", *_LISTED),
        sa.Index("ix_enterprise_search_latin", "association_id", "sort_key", "id", "search_latin", *_LISTED),
        # The register is counted by class without touching the table.
        sa.Index("ix_enterprise_places", "association_id", "status", "sector", "district", "size", "id"),
        sa.Index("ix_enterprise_sector", "association_id", "sector", "sort_key", "id"),
        sa.Index("ix_enterprise_district", "association_id", "district", "sort_key", "id"),
        sa.Index("ix_enterprise_workers", "association_id", "workers", "sort_key", "id"),
        sa.Index("ix_enterprise_portions", "association_id", "id"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id", index=False)
    name: str = text_column(LENGTHS["name"])
    name_other: str = text_column(LENGTHS["name_other"])
    country: str = text_column(2, default=HOME)
    credit_code: str | None = text_column(18, nullable=True)
    sector: str = text_column(5)
    district: str = text_column(6)
    size: Size | None = enum_column(Size, nullable=True)
    workers: int = 0
    women: int = 0
    migrants: int = 0
    under_18: int = 0
    legal_representative: str = text_column(LENGTHS["legal_representative"])
    contact_name: str = text_column(LENGTHS["contact_name"])
    contact_phone: str = text_column(LENGTHS["contact_phone"])
    contact_email: str = text_column(LENGTHS["contact_email"])
    address: str = text_column(LENGTHS["address"])
    status: Status = enum_column(Status, Status.active)
    member_since: date | None = None
    letter_language: LetterLanguage = enum_column(LetterLanguage, LetterLanguage.zh_Hans_CN)
    sort_key: str = _derived(240)
    search_name: str = _derived(500)
    search_latin: str = _derived(1200)
    revision: int = Field(default=1, sa_column_kwargs={"info": {"audit": False}})
    created_at: datetime = moment(default_now=True)


class Workplace(SQLModel, table=True):
    """A place that is visited. Every enterprise has its main one."""

    __tablename__ = "workplace"
    __table_args__ = (*_people(),)
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    enterprise_id: UUID = reference("enterprise.id")
    main: bool = False
    name: str = text_column(LENGTHS["name"])
    address: str = text_column(LENGTHS["address"])
    district: str = text_column(6)
    workers: int = 0
    women: int = 0
    migrants: int = 0
    under_18: int = 0
    dormitory: bool = False
    canteen: bool = False
    piece_work: bool = False
    night_work: bool = False
    hazardous_substances: bool = False
    agency_workers: bool = False
    shifts: bool = False
    park: str = text_column(LENGTHS["park"])
    languages: list[str] = json_column(list)
    status: WorkplaceStatus = enum_column(WorkplaceStatus, WorkplaceStatus.active)
    revision: int = Field(default=1, sa_column_kwargs={"info": {"audit": False}})
    created_at: datetime = moment(default_now=True)


class Pledge(SQLModel, table=True):
    """An enterprise's signed acceptance of a version of the code of conduct.

    ``on_own_page``: its manager made it there, signed in; nobody of the association recorded it.
    """

    __tablename__ = "pledge"
    __table_args__ = (sa.CheckConstraint("withdrawn_on IS NULL OR withdrawn_on >= signed_on", name="withdrawn_on"),)
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    enterprise_id: UUID = reference("enterprise.id")
    code_version: str = text_column(40)
    checklist_version_id: UUID | None = reference("checklist_version.id", nullable=True)
    signed_on: date
    signed_by: str = text_column(100)
    withdrawn_on: date | None = None
    file_digest: str | None = text_column(64, nullable=True)
    file_name: str = text_column(200)
    file_media_type: str = text_column(100)
    recorded_at: datetime = moment(default_now=True)
    recorded_by: UUID | None = loose_id()
    signed_position: str = text_column(100)
    on_own_page: bool = False


class RegisterReading(SQLModel, table=True):
    """How spreadsheets of one kind are read, kept under a name to be used again."""

    __tablename__ = "register_reading"
    __table_args__ = (sa.UniqueConstraint("association_id", "name"),)
    id: UUID = primary_id()
    association_id: UUID = reference("association.id", index=False)
    name: str = text_column(80)
    reading: dict[str, Any] = json_column()


class RegisterImport(SQLModel, table=True):
    """A spreadsheet on its way into the register: looked at first, then applied exactly as it was shown."""

    __tablename__ = "register_import"
    __table_args__ = {"info": {"audit": False}}
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    person_id: UUID | None = loose_id()
    program_id: UUID | None = loose_id()  # the token of the system that sent it
    file_digest: str = text_column(64)
    file_name: str = text_column(200)
    reading: dict[str, Any] = json_column()
    outcome: dict[str, Any] = json_column()
    plan_digest: str = text_column(64)
    details_digest: str = text_column(64)
    written_digest: str = text_column(64)
    job_id: UUID | None = loose_id()
    created_at: datetime = moment(default_now=True)
    applied_at: datetime | None = moment(nullable=True)
    undone_at: datetime | None = moment(nullable=True)
