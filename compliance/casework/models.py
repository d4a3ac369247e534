"""The tables of casework: decisions about sealed facts, and what stood in for a second person of the association."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.shared.database import loose_id, moment, primary_id, reference, text_column


class Clearance(SQLModel, table=True):
    """One decision about one sealed fact of a visit. Decisions are added, never changed: the last one counts."""

    __tablename__ = "clearance"
    __table_args__ = (sa.UniqueConstraint("visit_id", "item", "fact", "round"),)
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    visit_id: UUID = reference("visit.id")
    item: str = text_column(40, ...)
    fact: str = text_column(80, ...)
    round: int = 1
    cleared: bool
    reason: str = text_column(2000, ...)
    decided_at: datetime = moment(default_now=True)
    decided_by: UUID | None = loose_id()


class Waiver(SQLModel, table=True):
    """Why a visit is released without a second person: nobody else could look at it."""

    __tablename__ = "waiver"
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    visit_id: UUID = reference("visit.id")
    reason: str = text_column(2000, ...)
    recorded_at: datetime = moment(default_now=True)
    recorded_by: UUID | None = loose_id()
    withdrawn_at: datetime | None = moment(nullable=True)
    withdrawn_by: UUID | None = loose_id()


class Outsider(SQLModel, table=True):
    """A named outsider, invited to one case because nobody of the association may say the second word: the release of a
    visit, or the decision of a dispute about one of its findings (``finding_id`` and ``round``).

    Who it is in the system is the account that was opened with the invitation.
    """

    __tablename__ = "outsider"
    __table_args__ = (
        sa.UniqueConstraint("invitation_id"),
        sa.CheckConstraint("(finding_id IS NULL) = (round IS NULL)", name="round_of_a_dispute"),
        sa.CheckConstraint("done_at IS NULL OR accepted_at IS NOT NULL", name="accepted_before_done"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    visit_id: UUID = reference("visit.id")
    finding_id: UUID | None = reference("finding.id", nullable=True)
    round: int | None = None
    invitation_id: UUID = reference("invitation.id", index=False)
    name: str = text_column(120, ...)
    organisation: str = text_column(200, ...)
    bound_by: str = text_column(500, ...)
    reason: str = text_column(2000, ...)
    invited_at: datetime = moment(default_now=True)
    invited_by: UUID | None = loose_id()
    expires_at: datetime = moment()
    accepted_at: datetime | None = moment(nullable=True)
    declined_at: datetime | None = moment(nullable=True)
    declined_reason: str = text_column(2000)
    done_at: datetime | None = moment(nullable=True)
    withdrawn_at: datetime | None = moment(nullable=True)
    withdrawn_by: UUID | None = loose_id()
