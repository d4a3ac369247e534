"""Reading and writing what casework itself keeps: decisions about sealed facts, and waivers of a second person.

The caller has loaded the visit within the actor's scope.
"""

from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa
import sqlmodel
from sqlmodel import col

from compliance.casework.models import Clearance, Waiver
from compliance.people.rules import Actor
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.database import session


class Visited(Protocol):
    """What casework must know of a visit's row."""

    id: UUID
    association_id: UUID


def hold(visit: Visited) -> None:
    """Hold the visit's row until the end of the transaction and look at it afresh: two words at once become one after
    the other.
    """
    session().refresh(visit, with_for_update=True)


def decisions(visit_id: UUID) -> list[Clearance]:
    """Every decision about the visit's sealed facts, oldest first."""
    return list(session().exec(_decisions(), params={"visit": visit_id}))


@lru_cache(maxsize=1)
def _decisions() -> Any:
    query = sqlmodel.select(Clearance).where(col(Clearance.visit_id) == sa.bindparam("visit"))
    return query.order_by(col(Clearance.decided_at), col(Clearance.round))


def standing_decisions(visit_id: UUID) -> dict[tuple[str, str], Clearance]:
    """The decision that counts about each (item, fact): the last one."""
    return {(row.item, row.fact): row for row in decisions(visit_id)}


@audited("sealed_fact.decided")
def decide(actor: Actor, visit: Visited, item: str, fact: str, cleared: bool, reason: str) -> Clearance:
    """Note that a sealed fact is cleared for the enterprise, or stays sealed. The rules were asked before."""
    earlier = [row for row in decisions(visit.id) if (row.item, row.fact) == (item, fact)]
    row = Clearance(
        association_id=visit.association_id,
        visit_id=visit.id,
        item=item,
        fact=fact,
        round=len(earlier) + 1,
        cleared=cleared,
        reason=reason,
        decided_at=clock.now(),
        decided_by=actor.person_id,
    )
    session().add(row)
    session().flush()
    return row


def waiver_of(visit_id: UUID) -> Waiver | None:
    """The waiver that is recorded for a visit, or None."""
    found: Waiver | None = session().exec(_waivers(), params={"visit": visit_id}).first()
    return found


@lru_cache(maxsize=1)
def _waivers() -> Any:
    query = sqlmodel.select(Waiver).where(col(Waiver.visit_id) == sa.bindparam("visit"))
    return query.where(col(Waiver.withdrawn_at).is_(None)).order_by(col(Waiver.recorded_at).desc())


def waiver_reason(visit_id: UUID) -> str:
    """Why a visit is released without a second person; empty without a waiver."""
    row = waiver_of(visit_id)
    return row.reason if row else ""


@audited("waiver.recorded")
def waive(actor: Actor, visit: Visited, reason: str) -> Waiver:
    """Record why the visit is released without a second person. A later waiver takes its place."""
    _end(actor, visit.id)
    row = Waiver(
        association_id=visit.association_id,
        visit_id=visit.id,
        reason=reason,
        recorded_at=clock.now(),
        recorded_by=actor.person_id,
    )
    session().add(row)
    session().flush()
    return row


@audited("waiver.withdrawn")
def end_waiver(actor: Actor, visit: Visited) -> Waiver | None:
    """Take the waiver of a visit back, if there is one."""
    return _end(actor, visit.id)


def _end(actor: Actor, visit_id: UUID) -> Waiver | None:
    row = waiver_of(visit_id)
    if row is not None:
        row.withdrawn_at, row.withdrawn_by = clock.now(), actor.person_id
        session().flush()
    return row
