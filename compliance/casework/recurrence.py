"""Findings that came again: of an action, those before it and after it on the same item of the same workplace."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from compliance.casework import lists
from compliance.casework.lists import table
from compliance.corrective_actions.rules import ActionState
from compliance.corrective_actions.seen import ActionView
from compliance.people.rules import Actor
from compliance.shared.database import session


@dataclass(frozen=True)
class Link:
    """A finding that this one repeats, or that repeats it, with its action."""

    action_id: UUID
    visited_on: date
    severity: Any
    zero_tolerance: bool
    state: ActionState
    verified_on: date | None
    later: bool


def chain_of(actor: Actor, row: ActionView) -> list[Link]:
    """The action of the finding that this one repeats, and those of findings that repeat this one; oldest first."""
    finding, again, action = table("finding"), table("finding").alias("again"), table("corrective_action")
    this = sa.select(finding.c.repeat_of_id).where(finding.c.id == row.finding_id).scalar_subquery()
    query = (
        sa.select(
            action.c.id, again.c.visited_on, again.c.severity, again.c.zero_tolerance, action.c.state,
            action.c.verified_on, (again.c.repeat_of_id == row.finding_id).label("later"),
        )
        .select_from(again.join(action, action.c.finding_id == again.c.id))
        .where(
            sa.or_(again.c.id == this, again.c.repeat_of_id == row.finding_id),
            action.c.delivered_on.is_not(None),
            *lists.inside(actor, action),
        )
        .order_by(again.c.visited_on, action.c.id)
        .limit(20)
    )  # fmt: skip
    return [Link(*line) for line in session().execute(query)]
