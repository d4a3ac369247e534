"""The tables of a version of the code of conduct that is sent out to members."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.shared.database import json_column, loose_id, moment, primary_id, reference, text_column


class CodeSending(SQLModel, table=True):
    """A version of the code that members are asked to pledge to. ``audience`` says whom it went to, in plain values.

    ``reminders`` counts how often those outstanding were reminded.
    """

    __tablename__ = "code_sending"
    __table_args__ = (sa.CheckConstraint("reminders >= 0", name="reminders"),)
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    checklist_version_id: UUID = reference("checklist_version.id")
    code_version: str = text_column(40)
    audience: dict[str, Any] = json_column()
    answer_by: date
    confirmed_at: datetime = moment(default_now=True)
    confirmed_by: UUID | None = loose_id()
    reminders: int = 0
    job_id: UUID | None = loose_id()


class CodeSendingTo(SQLModel, table=True):
    """One member that a version is sent to. ``messages`` counts the people who were written to: 0 means nobody can be.

    ``written_at`` and ``reminded_at`` are when its messages came into the outbox; ``reminded`` is the last reminder's
    number.
    """

    __tablename__ = "code_sending_to"
    __table_args__ = (
        sa.UniqueConstraint("sending_id", "enterprise_id"),
        sa.CheckConstraint("messages >= 0", name="messages"),
        {"info": {"audit": False}},
    )
    id: UUID = primary_id()
    sending_id: UUID = reference("code_sending.id", index=False)
    enterprise_id: UUID = reference("enterprise.id")
    messages: int = 0
    written_at: datetime | None = moment(nullable=True)
    reminded: int = 0
    reminded_at: datetime | None = moment(nullable=True)
