"""The tables of associations."""

from datetime import datetime
from uuid import UUID

from sqlmodel import SQLModel

from compliance.shared.database import json_column, moment, primary_id, reference, text_column


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
    phone: str = text_column(40)
    email: str = text_column(254)
    time_zone: str = text_column(64, default="Asia/Shanghai")
    letter_language: str = text_column(12, default="zh_Hans_CN")
    logo_digest: str | None = text_column(64, nullable=True)
    logo_zh_digest: str | None = text_column(64, nullable=True)
    logo_media_type: str = text_column(40)
    settings: dict[str, object] = json_column()
    created_at: datetime = moment(default_now=True)
