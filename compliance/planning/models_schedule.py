"""The tables of the plan of days. It lies apart from visits: a row of those is made when a visit is handed out.

Nothing of it is on the audit trail by itself: the trail is read by more people than may know a plan. Each change is a
row here, and the trail says that there was one.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.planning.schedule import ChangeKind, Left, SlotState
from compliance.shared.database import enum_column, json_column, loose_id, moment, primary_id, reference, text_column
from compliance.shared.ids import event_id
from compliance.visits.parts import Part


class DayPlan(SQLModel, table=True):
    """One drawing of days for what was drawn in a period: from which seed and inputs (a file), and what came out.

    Drawings of before the inputs were kept have neither their digest nor that of the plan, and cannot be repeated.
    """

    __tablename__ = "day_plan"
    __table_args__ = (
        sa.UniqueConstraint("period_id", "number"),
        sa.CheckConstraint(
            "(inputs_digest IS NULL) = (plan_digest IS NULL) AND (inputs_digest IS NULL) = (number IS NULL)",
            name="frozen_whole",
        ),
        {"info": {"audit": False}},
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    period_id: UUID = reference("draw_period.id")
    number: int | None = None
    algorithm: str = text_column(20)
    seed: str = text_column(64)
    settings: dict[str, Any] = json_column()
    inputs_digest: str | None = text_column(64, nullable=True)
    plan_digest: str | None = text_column(64, nullable=True)
    placed: int
    unplaced: int
    made_at: datetime = moment(default_now=True)
    made_by: UUID | None = loose_id()


class VisitSlot(SQLModel, table=True):
    """When a drawn workplace is visited, or why it has no day. ``moved`` counts; ``position`` is drawn."""

    __tablename__ = "visit_slot"
    __table_args__ = (
        sa.UniqueConstraint("drawn_id"),
        sa.Index("ix_visit_slot_association_state", "association_id", "state", "begins_at"),
        sa.Index("ix_visit_slot_period_day", "period_id", "day"),
        sa.CheckConstraint(
            "state NOT IN ('waiting', 'handed_out', 'missed') OR (day IS NOT NULL AND part IS NOT NULL"
            " AND begins_at IS NOT NULL)",
            name="has_a_day",
        ),
        sa.CheckConstraint("state <> 'unplaced' OR left_why IS NOT NULL", name="says_why_not"),
        {"info": {"audit": False}},
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id", index=False)
    period_id: UUID = reference("draw_period.id", index=False)
    drawn_id: UUID = reference("drawn_workplace.id", index=False)
    enterprise_id: UUID = reference("enterprise.id")
    workplace_id: UUID = reference("workplace.id")
    state: SlotState = enum_column(SlotState)
    day: date | None = None
    part: Part | None = enum_column(Part, nullable=True)
    begins_at: datetime | None = moment(nullable=True)
    position: int = 0
    relaxed: list[str] = json_column(list)
    left_why: Left | None = enum_column(Left, nullable=True)
    problem: str = text_column(300)
    moved: int = 0
    handed_out_at: datetime | None = moment(nullable=True)


class VisitSlotPerson(SQLModel, table=True):
    """Who goes there; one of them leads."""

    __tablename__ = "visit_slot_person"
    __table_args__ = ({"info": {"audit": False}},)
    slot_id: UUID = reference("visit_slot.id", primary_key=True, ondelete="CASCADE")
    person_id: UUID = reference("person.id", primary_key=True)
    lead: bool = False


class VisitSlotChange(SQLModel, table=True):
    """One change of a slot: what was and what is (day, part, beginning, people), why, and by whom."""

    __tablename__ = "visit_slot_change"
    __table_args__ = (
        sa.CheckConstraint("reason <> ''", name="reason"),
        {"info": {"audit": False}},
    )
    id: UUID = primary_id(event_id)
    association_id: UUID = reference("association.id")
    period_id: UUID = reference("draw_period.id")
    slot_id: UUID = reference("visit_slot.id")
    kind: ChangeKind = enum_column(ChangeKind)
    reason: str = text_column(2000, ...)
    before: dict[str, Any] = json_column()
    after: dict[str, Any] = json_column()
    at: datetime = moment(default_now=True)
    by: UUID | None = loose_id()
    undone: bool = False
