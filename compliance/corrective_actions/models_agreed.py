"""The tables of what was agreed instead of a due date: repayment plans with their payments, and talks (约谈)."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from compliance.corrective_actions.agreed import Outcome
from compliance.shared.database import enum_column, loose_id, moment, primary_id, reference, text_column


class RepaymentPlan(SQLModel, table=True):
    """How an enterprise pays what it owes in wages: its payments take the place of the action's due date.

    ``owed_fen``: all that it owes for this finding as far as anybody has reckoned it, and to how many ``workers``.
    """

    __tablename__ = "repayment_plan"
    __table_args__ = (
        sa.Index(
            "uq_repayment_plan_standing",
            "action_id",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_reason = '')", name="ended_with_a_reason"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    enterprise_id: UUID = reference("enterprise.id")
    action_id: UUID = reference("corrective_action.id")
    agreed_on: date
    owed_fen: int | None = Field(default=None, sa_type=sa.BigInteger, nullable=True)
    workers: int | None = None
    note: str = text_column(2000)
    made_at: datetime = moment()
    made_by: UUID | None = loose_id()
    ended_at: datetime | None = moment(nullable=True)
    ended_by: UUID | None = loose_id()
    ended_reason: str = text_column(2000)


class Repayment(SQLModel, table=True):
    """One payment of a plan, of the enterprise as a whole. Amounts are integers of fen (a hundredth of a yuan).

    ``asked``: how many workers confirmed that they have it; the association's own figure, never the enterprise's to
    see. Only what workers confirmed counts as recovered.
    """

    __tablename__ = "repayment"
    __table_args__ = (
        sa.UniqueConstraint("plan_id", "number"),
        sa.CheckConstraint("fen > 0", name="fen"),
        sa.CheckConstraint("paid_on IS NOT NULL OR proof_digest IS NULL", name="proof_of_payment"),
        sa.CheckConstraint("(confirmed_on IS NULL) = (asked IS NULL)", name="confirmed_by_some"),
        sa.CheckConstraint("confirmed_on IS NULL OR confirmed_on >= paid_on", name="confirmed_once_paid"),
        sa.Index("ix_repayment_association_paid", "association_id", "paid_on", "confirmed_on"),
    )
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    plan_id: UUID = reference("repayment_plan.id", index=False)
    number: int
    due_on: date
    fen: int = Field(sa_type=sa.BigInteger)
    paid_on: date | None = None
    proof_digest: str | None = text_column(64, nullable=True)
    proof_name: str = text_column(255)
    proof_type: str = text_column(100)
    noted_at: datetime | None = moment(nullable=True)
    noted_by: UUID | None = loose_id()
    confirmed_on: date | None = None
    confirmed_by: UUID | None = loose_id()
    asked: int | None = None


class Talk(SQLModel, table=True):
    """A talk with an enterprise about actions of a visit: when, where, who took part (posts, no names), and
    what came of it.
    """

    __tablename__ = "talk"
    __table_args__ = (sa.CheckConstraint("(outcome = 'agreed') = (until IS NOT NULL)", name="until"),)
    id: UUID = primary_id()
    association_id: UUID = reference("association.id")
    enterprise_id: UUID = reference("enterprise.id")
    visit_id: UUID = reference("visit.id")
    held_on: date
    place: str = text_column(200, ...)
    present: str = text_column(1000, ...)
    outcome: Outcome = enum_column(Outcome)
    until: date | None = None
    # What was said may speak of people: the audit trail keeps a digest.
    note: str = Field(default="", max_length=4000, sa_column_kwargs={"info": {"private": True}})
    noted_at: datetime = moment()
    noted_by: UUID | None = loose_id()


class TalkAction(SQLModel, table=True):
    """One action that a talk was about."""

    __tablename__ = "talk_action"
    __table_args__ = (sa.UniqueConstraint("talk_id", "action_id"),)
    id: UUID = primary_id()
    talk_id: UUID = reference("talk.id", index=False)
    action_id: UUID = reference("corrective_action.id")
