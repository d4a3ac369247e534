"""The tables of visits."""

from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

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
from compliance.shared.ids import event_id
from compliance.visits.events import Source
from compliance.visits.marks import LONGEST_KEPT
from compliance.visits.states import Outcome, Route, Signature, State


class Visit(SQLModel, table=True):
    """A visit from its plan to its release. How it ended is entered as events and copied here when it is sealed."""

    __tablename__ = "visit"
    __table_args__ = (
        sa.UniqueConstraint("association_id", "year", "number"),
        sa.Index("ix_visit_association_state_planned", "association_id", "state", "planned_for"),
        # The newest visits are read in the order of the index, those where nobody was found by the day of their plan.
        sa.Index("ix_visit_association_state_visited", "association_id", "state", "visited_on", "id"),
        sa.Index(
            "ix_visit_nobody_found",
            "association_id",
            "state",
            "planned_for",
            "id",
            sqlite_where=sa.text("visited_on IS NULL"),
            postgresql_where=sa.text("visited_on IS NULL"),
        ),
        # The last visit to each enterprise is found without touching the table.
        sa.Index(
            "ix_visit_association_state_enterprise",
            "association_id",
            "state",
            "outcome",
            "enterprise_id",
            "visited_on",
            "planned_for",
            "route",
        ),
        sa.Index("ix_visit_workplace_visited", "workplace_id", "visited_on"),
        sa.CheckConstraint(
            "state IN ('planned', 'cancelled') OR checklist_version_id IS NOT NULL", name="pinned_when_handed_out"
        ),
        sa.CheckConstraint("state NOT IN ('sealed', 'released') OR outcome IS NOT NULL", name="sealed_with_outcome"),
        sa.CheckConstraint(
            "inclusion_probability IS NULL OR (inclusion_probability > 0 AND inclusion_probability <= 1)",
            name="inclusion_probability",
        ),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    enterprise_id: UUID = reference("enterprise.id")
    workplace_id: UUID = reference("workplace.id", index=False)
    year: int
    number: int
    route: Route = enum_column(Route)
    purpose: str = text_column(2000)
    stratum: str | None = text_column(120, nullable=True)
    inclusion_probability: float | None = None
    planned_for: date
    begins_at: datetime | None = moment(nullable=True)  # drawn; a while before, it is handed out by itself
    state: State = enum_column(State, State.planned)
    created_at: datetime = moment(default_now=True)
    created_by: UUID | None = loose_id()

    checklist_version_id: UUID | None = reference("checklist_version.id", nullable=True)
    profile: dict[str, Any] = json_column()
    handed_out_at: datetime | None = moment(nullable=True)
    handed_out_by: UUID | None = loose_id()
    started_at: datetime | None = moment(nullable=True)
    entered_at_desk: bool = False

    visited_on: date | None = None
    outcome: Outcome | None = enum_column(Outcome, nullable=True)
    outcome_reason: str = text_column(4000)
    inspector_signature: Signature | None = enum_column(Signature, nullable=True)
    inspector_name: str = text_column(120)
    representative_signature: Signature | None = enum_column(Signature, nullable=True)
    representative_name: str = text_column(120)
    representative_role: str = text_column(120)
    representative_remark: str = text_column(4000)
    witness: str = text_column(120)

    sealed_at: datetime | None = moment(nullable=True)
    sealed_by: UUID | None = loose_id()
    sent_back_at: datetime | None = moment(nullable=True)
    sent_back_by: UUID | None = loose_id()
    sent_back_reason: str = text_column(2000)
    released_at: datetime | None = moment(nullable=True)
    released_by: UUID | None = loose_id()
    cancelled_at: datetime | None = moment(nullable=True)
    cancelled_by: UUID | None = loose_id()
    cancelled_reason: str = text_column(2000)


class VisitInspector(SQLModel, table=True):
    """Who goes there; one of them leads."""

    __tablename__ = "visit_inspector"
    visit_id: UUID = reference("visit.id", primary_key=True, ondelete="CASCADE")
    person_id: UUID = reference("person.id", primary_key=True)
    lead: bool = False


class AnswerEvent(SQLModel, table=True):
    """One thing entered on a visit. The database refuses to change or delete it."""

    __tablename__ = "answer_event"
    __table_args__ = (
        sa.UniqueConstraint("visit_id", "device", "seq"),
        {"sqlite_with_rowid": False},
    )
    id: UUID = Field(default_factory=event_id, primary_key=True, sa_type=Id)
    visit_id: UUID = reference("visit.id")
    item: str = text_column(40)
    field: str = text_column(80)
    value: Any = json_column(lambda: None)
    replaces: list[str] = json_column(list)
    at: datetime | None = moment(nullable=True)
    received_at: datetime = moment(default_now=True)
    person_id: UUID | None = loose_id()
    device: str | None = text_column(64, nullable=True)
    seq: int | None = None
    source: Source = enum_column(Source)
    reason: str = text_column(2000)
    bulk: bool = False
    sha256: str | None = text_column(64, nullable=True)
    drift_seconds: int | None = Field(default=None, sa_type=cast(Any, sa.BigInteger), nullable=True)


class Evidence(SQLModel, table=True):
    """A photo or document of a visit. The original is kept as it came; what is shown is a copy without its data, with
    its marks drawn in (``marks`` as JSON text, ``None`` for none). ``position`` is "latitude,longitude[,metres]".

    Nothing is deleted: what should not stand is struck through, with a reason.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        sa.UniqueConstraint("visit_id", "item", "digest"),
        sa.CheckConstraint("kind IN ('photo', 'document')", name="kind"),
    )
    id: UUID = primary_id()
    visit_id: UUID = reference("visit.id")
    item: str = text_column(40)
    kind: str = text_column(8, ...)
    digest: str = text_column(64, ...)
    media_type: str = text_column(100, ...)
    filename: str = text_column(200)
    size: int
    width: int | None = None
    height: int | None = None
    shown_digest: str | None = text_column(64, nullable=True)
    small_digest: str | None = text_column(64, nullable=True)
    caption: str = text_column(500)
    marks: str | None = text_column(LONGEST_KEPT, nullable=True)
    marked_at: datetime | None = moment(nullable=True)
    marked_by: UUID | None = loose_id()
    position: str | None = text_column(60, nullable=True)
    taken_at: datetime | None = moment(nullable=True)
    added_at: datetime = moment(default_now=True)
    added_by: UUID | None = loose_id()
    unrecognisable_at: datetime | None = moment(nullable=True)
    unrecognisable_by: UUID | None = loose_id()
    left_out_at: datetime | None = moment(nullable=True)  # not for the letter, whoever ticked it
    struck_at: datetime | None = moment(nullable=True)
    struck_by: UUID | None = loose_id()
    struck_reason: str = text_column(2000)
