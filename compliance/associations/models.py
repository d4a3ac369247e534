"""The tables of associations."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.shared.database import json_column, loose_id, moment, primary_id, reference, text_column


class Association(SQLModel, table=True):
    """An employers' association; several may stand under a confederation (their parent)."""

    __tablename__ = "association"
    id: UUID = primary_id()
    parent_id: UUID | None = reference("association.id", nullable=True)
    name_en: str = text_column(200)
    name_zh: str = text_column(200)
    short_name_zh: str = text_column(12)
    address_en: str = text_column(300)
    address_zh: str = text_column(300)
    post_code: str | None = text_column(12, nullable=True)
    website: str | None = text_column(200, nullable=True)
    contact_en: str | None = text_column(60, nullable=True)
    contact_zh: str | None = text_column(60, nullable=True)
    phone: str = text_column(40)
    email: str = text_column(254)
    time_zone: str = text_column(64, default="Asia/Shanghai")
    letter_language: str = text_column(12, default="zh_Hans_CN")
    logo_digest: str | None = text_column(64, nullable=True)
    logo_zh_digest: str | None = text_column(64, nullable=True)
    logo_media_type: str = text_column(40)
    settings: dict[str, object] = json_column()
    created_at: datetime = moment(default_now=True)


class Signatory(SQLModel, table=True):
    """Who may sign an association's letters, of which kinds, from when to when (both days included), and who signs
    while this person is away. An `office` (or "") signs what the ladder gives to it. It ends, and is never deleted.
    """

    __tablename__ = "signatory"
    __table_args__ = (
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_it_begins"),
        sa.CheckConstraint("(away_from IS NULL) = (away_to IS NULL)", name="away_from_and_to"),
        sa.CheckConstraint("away_to IS NULL OR away_to >= away_from", name="back_after_leaving"),
        sa.CheckConstraint("office IN ('', 'secretary_general', 'chair')", name="office"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    name: str = text_column(60, ...)
    title_en: str = text_column(80, ...)
    title_zh: str = text_column(40, ...)
    kinds: list[Any] = json_column(list)
    office: str = text_column(32)
    valid_from: date
    valid_to: date | None = None
    substitute_id: UUID | None = reference("signatory.id", nullable=True)
    away_from: date | None = None
    away_to: date | None = None
    added_at: datetime = moment(default_now=True)
    added_by: UUID | None = loose_id()
