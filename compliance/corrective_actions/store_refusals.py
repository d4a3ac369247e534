"""Why an enterprise takes no action, and what the association made of that: a recorded answer, accepted or returned."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlmodel
from sqlmodel import col
from sqlmodel.sql.expression import SelectOfScalar

from compliance.checklists.rules import Policy
from compliance.corrective_actions import exchange, store
from compliance.corrective_actions.exchange import Taken
from compliance.corrective_actions.models import CorrectiveAction
from compliance.corrective_actions.models_exchange import ActionRefusal
from compliance.corrective_actions.rules import UNFINISHED, Move
from compliance.corrective_actions.store_reading import readable
from compliance.findings.rules import kind_of_deadline
from compliance.people.rules import Actor
from compliance.scorecards import scope
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Conflict
from compliance.shared.words import N_


@dataclass(frozen=True)
class Refusal:
    """A reason for taking no action. From the outside nobody of the association is named."""

    id: UUID
    action_id: UUID
    enterprise_id: UUID
    reason: str
    said_at: datetime
    said_by: UUID | None
    taken: Taken | None
    decided_at: datetime | None
    decided_by: UUID | None
    decided_reason: str


def of_action(actor: Actor, action_id: UUID) -> list[Refusal]:
    """Every reason that was given for an action, oldest first."""
    query = _readable(actor).where(ActionRefusal.action_id == action_id)
    return [_view(actor, row) for row in session().exec(query.order_by(col(ActionRefusal.said_at)))]


def of_actions(actor: Actor, action_ids: Collection[UUID]) -> dict[UUID, list[Refusal]]:
    """Every reason that was given for several actions, by action, oldest first."""
    query = _readable(actor).where(col(ActionRefusal.action_id).in_(list(action_ids)))
    by_action: dict[UUID, list[Refusal]] = {}
    for row in session().exec(query.order_by(col(ActionRefusal.said_at))):
        by_action.setdefault(row.action_id, []).append(_view(actor, row))
    return by_action


def waiting(actor: Actor, *, enterprise_id: UUID | None = None) -> list[Refusal]:
    """The reasons that wait for a word of the association, the oldest first; of one enterprise, or of all in scope."""
    query = _readable(actor).where(
        col(ActionRefusal.taken).is_(None), col(CorrectiveAction.state).in_(list(UNFINISHED))
    )
    if enterprise_id is not None:
        query = query.where(ActionRefusal.enterprise_id == enterprise_id)
    return [_view(actor, row) for row in session().exec(query.order_by(col(ActionRefusal.said_at)))]


@audited("action.no_action")
def refuse(actor: Actor, action_id: UUID, reason: str) -> ActionRefusal:
    """The enterprise says why it takes no action. The due date stands until the association has accepted the reason.

    Raises NotFound, Refused("action-not-yours"), and what ``exchange.check_refusal`` raises.
    """
    row = store.for_move(actor, action_id, Move.send_evidence)
    open_already = any(one.taken is None for one in of_action(actor, action_id))
    exchange.check_refusal(row.state, reason, open_already)
    refusal = ActionRefusal(
        association_id=row.association_id,
        action_id=row.id,
        enterprise_id=row.enterprise_id,
        reason=reason.strip(),
        said_at=clock.now(),
        said_by=actor.person_id,
    )
    session().add(refusal)
    session().flush()
    store.note(actor, row, "no_action", reason.strip())
    return refusal


@audited("action.no_action_decided")
def decide(
    actor: Actor, action_id: UUID, taken: Taken, reason: str, finders: Collection[UUID], policy: Policy
) -> ActionRefusal:
    """Accept the reason (the action is no longer asked for) or return it (the action stands). The enterprise reads why.

    Raises NotFound, Refused, Conflict("refusal-none"), and what ``exchange.check_taking`` raises.
    """
    row = store.for_move(actor, action_id, Move.withdraw)
    query = sqlmodel.select(ActionRefusal).where(
        ActionRefusal.action_id == action_id, col(ActionRefusal.taken).is_(None)
    )
    refusal = session().exec(query.with_for_update()).first()
    if refusal is None:
        raise Conflict("refusal-none", N_("No reason waits for a decision by now."))
    second = policy.severities[kind_of_deadline(row.severity, row.zero_tolerance)].second_person
    exchange.check_taking(taken, reason, row.zero_tolerance, actor.person_id, finders, second)
    refusal.taken, refusal.decided_at, refusal.decided_by = taken, clock.now(), actor.person_id
    refusal.decided_reason = reason.strip()
    session().add(refusal)
    if taken is Taken.accepted:
        store.note(actor, row, "no_action_accepted", reason.strip())
        store.withdraw(actor, action_id, reason.strip())
    else:
        store.note(actor, row, "no_action_returned", reason.strip())
    return refusal


def _readable(actor: Actor) -> SelectOfScalar[ActionRefusal]:
    joined = col(CorrectiveAction.id) == col(ActionRefusal.action_id)
    return sqlmodel.select(ActionRefusal).join(CorrectiveAction, joined).where(readable(actor))


def _view(actor: Actor, row: ActionRefusal) -> Refusal:
    inside = scope.is_inside(actor, row)
    return Refusal(
        id=row.id,
        action_id=row.action_id,
        enterprise_id=row.enterprise_id,
        reason=row.reason,
        said_at=row.said_at,
        said_by=row.said_by,
        taken=row.taken,
        decided_at=row.decided_at,
        decided_by=row.decided_by if inside else None,
        decided_reason=row.decided_reason,
    )
