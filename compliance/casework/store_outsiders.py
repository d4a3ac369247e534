"""Reading and writing the passes of named outsiders. Who may do what with them is decided in ``outsiders``.

The caller has loaded the visit within the actor's scope.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlmodel
from sqlmodel import col

from compliance.casework.models import Outsider
from compliance.casework.store import Visited
from compliance.people.rules import Actor
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.database import session


def of_visits(visit_ids: Collection[UUID]) -> list[Outsider]:
    """Every pass to cases of these visits, the newest first."""
    query = sqlmodel.select(Outsider).where(col(Outsider.visit_id).in_(list(visit_ids)))
    return list(session().exec(query.order_by(col(Outsider.invited_at).desc(), col(Outsider.id))))


def of_invitation(invitation_id: UUID) -> Outsider | None:
    """The pass that an invitation opens, or None where it is no outsider's."""
    return session().exec(sqlmodel.select(Outsider).where(Outsider.invitation_id == invitation_id)).first()


def one(actor: Actor, outsider_id: UUID) -> Outsider | None:
    """A pass of the actor's association; whether the actor sees its visit is for the caller to ask."""
    row = session().get(Outsider, outsider_id)
    return row if row is not None and row.association_id == actor.association_id else None


def hold(row: Outsider) -> None:
    """Hold the row until the end of the transaction and look at it afresh."""
    session().refresh(row, with_for_update=True)


@audited("outsider.invited")
def keep(
    actor: Actor,
    visit: Visited,
    invitation_id: UUID,
    expires_at: datetime,
    *,
    name: str,
    organisation: str,
    bound_by: str,
    reason: str,
    finding_id: UUID | None = None,
    round: int | None = None,
) -> Outsider:
    """Keep to which case an invitation leads, and why."""
    row = Outsider(
        association_id=visit.association_id,
        visit_id=visit.id,
        finding_id=finding_id,
        round=round,
        invitation_id=invitation_id,
        name=name,
        organisation=organisation,
        bound_by=bound_by,
        reason=reason,
        invited_at=clock.now(),
        invited_by=actor.person_id,
        expires_at=expires_at,
    )
    session().add(row)
    session().flush()
    return row


@audited("outsider.accepted")
def accept(actor: Actor, row: Outsider) -> Outsider:
    """The outsider declares to have no tie to the enterprise, and to keep confidence."""
    row.accepted_at = clock.now()
    return row


@audited("outsider.declined")
def decline(actor: Actor, row: Outsider, reason: str) -> Outsider:
    """The outsider cannot do it, because of a tie or otherwise."""
    row.declined_at, row.declined_reason = clock.now(), reason
    return row


@audited("outsider.done")
def finish(actor: Actor, row: Outsider) -> Outsider:
    """The outsider has said the second word."""
    row.done_at = clock.now()
    return row


@audited("outsider.withdrawn")
def withdraw(actor: Actor, row: Outsider) -> Outsider:
    """The pass ends without a word."""
    row.withdrawn_at, row.withdrawn_by = clock.now(), actor.person_id
    return row
