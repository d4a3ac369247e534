"""The tables of corrective actions: what is asked for, everything that happened to it, and the evidence sent."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from compliance.checklists.rules import Severity
from compliance.corrective_actions.agreed import Contained
from compliance.corrective_actions.rules import ENTERPRISE, ActionState, How
from compliance.shared.database import enum_column, loose_id, moment, primary_id, reference, text_column
from compliance.shared.ids import event_id


class CorrectiveAction(SQLModel, table=True):
    """One thing to put right, with one accountable party and one due date.

    Enterprise, visit, item and severity are those of its finding, so that lists and figures need no other table.
    """

    __tablename__ = "corrective_action"
    __table_args__ = (
        sa.Index("ix_corrective_action_visit_item", "visit_id", "item"),
        sa.Index("ix_corrective_action_portions", "association_id", "id"),
        sa.Index("ix_corrective_action_association_due", "association_id", "state", "due_on"),
        sa.CheckConstraint("days >= 0 AND days <= 3660", name="days"),
        sa.CheckConstraint("accountable <> ''", name="accountable"),
        sa.CheckConstraint("(due_on IS NULL) = (delivered_on IS NULL)", name="due_on"),
        sa.CheckConstraint("due_on IS NULL OR due_on >= delivered_on", name="due_after_delivery"),
        sa.CheckConstraint("paused_on IS NULL OR due_on IS NOT NULL", name="paused_on"),
        sa.CheckConstraint("extensions >= 0", name="extensions"),
        sa.CheckConstraint("round >= 1", name="round"),
        sa.CheckConstraint("contain_by IS NULL OR told_on IS NOT NULL", name="contain_by"),
        sa.CheckConstraint("(contained_on IS NULL) = (contained_how IS NULL)", name="contained_with_how"),
        sa.CheckConstraint(
            "state <> 'verified' OR (verified_at IS NOT NULL AND verified_how IS NOT NULL)", name="verified"
        ),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id", index=False)
    enterprise_id: UUID = reference("enterprise.id")
    workplace_id: UUID = reference("workplace.id")
    visit_id: UUID = reference("visit.id", index=False)
    finding_id: UUID = reference("finding.id")
    item: str = text_column(40, ...)
    area: str = text_column(40, ...)
    severity: Severity = enum_column(Severity)
    zero_tolerance: bool = False
    text_en: str = text_column(10_000)
    text_zh: str = text_column(10_000)
    accountable: str = text_column(200, ENTERPRISE)
    days: int
    state: ActionState = enum_column(ActionState, ActionState.open)
    created_at: datetime = moment()

    delivered_on: date | None = None
    due_on: date | None = None
    due_provisional: bool = False
    plan_due_on: date | None = None
    paused_on: date | None = None
    # Told on site, proven to be delivered, and how often the due date was agreed anew: what the ladder counts from.
    told_on: date | None = None
    proven_on: date | None = None
    round: int = 1
    contain_by: date | None = None
    contained_on: date | None = None
    contained_how: Contained | None = enum_column(Contained, nullable=True)
    contained_by: UUID | None = loose_id()
    extensions: int = 0
    extension_asked_until: date | None = None
    extension_asked_reason: str = text_column(4000)

    root_cause: str = text_column(10_000)
    plan: str = text_column(10_000)
    preventive: str = text_column(10_000)
    responsible: str = text_column(200)
    planned_for: date | None = None

    # Of the evidence that waits or was accepted: whoever sends in time was in time, however long the check takes.
    sent_on: date | None = None
    verified_at: datetime | None = moment(nullable=True)
    verified_on: date | None = None
    verified_by: UUID | None = loose_id()
    verified_how: How | None = enum_column(How, nullable=True)
    worker_check: bool = False
    waiver: str = text_column(2000)


class ActionEvent(SQLModel, table=True):
    """One thing that happened to a corrective action. The database refuses to change or delete it."""

    __tablename__ = "action_event"
    id: UUID = primary_id(event_id)
    action_id: UUID = reference("corrective_action.id")
    at: datetime = moment()
    person_id: UUID | None = loose_id()
    by_enterprise: bool = False
    move: str = text_column(32, ...)
    from_state: str = text_column(32)
    to_state: str = text_column(32, ...)
    # A check may rest on what workers said: the audit trail keeps a digest.
    note: str = Field(default="", max_length=10_000, sa_column_kwargs={"info": {"private": True}})


class ActionEvidence(SQLModel, table=True):
    """A file that shows a correction."""

    __tablename__ = "action_evidence"
    __table_args__ = (
        sa.CheckConstraint("size >= 0", name="size"),
        sa.CheckConstraint("length(digest) = 64", name="digest"),
    )
    id: UUID = primary_id()
    action_id: UUID = reference("corrective_action.id")
    digest: str = text_column(64, ...)
    filename: str = text_column(255, ...)
    media_type: str = text_column(100, ...)
    size: int
    caption: str = text_column(500)
    by_enterprise: bool = True
    sent_at: datetime = moment()
    sent_by: UUID | None = loose_id()
