"""Corrective actions of several enterprises in numbers, one line for each: for a headquarters and its branches."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from compliance.corrective_actions.models import CorrectiveAction
from compliance.corrective_actions.rules import UNFINISHED, ActionState
from compliance.corrective_actions.store_reading import readable
from compliance.people.rules import Actor
from compliance.shared.database import session


@dataclass(frozen=True)
class Totals:
    """How many delivered actions wait for the enterprise, of these late; wait for the association; were accepted."""

    to_do: int = 0
    late: int = 0
    review: int = 0
    accepted: int = 0

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(
            self.to_do + other.to_do,
            self.late + other.late,
            self.review + other.review,
            self.accepted + other.accepted,
        )


def by_enterprise(actor: Actor, enterprise_ids: Collection[UUID], today: date) -> dict[UUID, Totals]:
    """The totals of each of these enterprises, as far as the actor may read their actions."""
    table = CorrectiveAction
    waiting = col(table.state).in_(list(UNFINISHED - {ActionState.evidence_sent}))
    late = sa.and_(waiting, col(table.due_on) < today, col(table.paused_on).is_(None))
    sums = (
        sa.func.sum(sa.case((condition, 1), else_=0))
        for condition in (
            waiting,
            late,
            col(table.state) == ActionState.evidence_sent,
            col(table.state) == ActionState.verified,
        )
    )
    query = (
        sa.select(col(table.enterprise_id), *sums)
        .where(readable(actor), col(table.delivered_on).is_not(None))
        .where(col(table.enterprise_id).in_(list(enterprise_ids)))
        .group_by(col(table.enterprise_id))
    )
    return {row[0]: Totals(*(int(number) for number in row[1:])) for row in session().execute(query)}
