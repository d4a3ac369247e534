"""Follow-up visits that ask a few items only: what was to be put right, and nothing else.

The items are set while the visit is planned, and go into the workplace's profile when it is handed out: tablet, pages,
score and findings all ask the same rule (``checklists.rules.applicable``), and the receipt keeps them.
"""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from compliance.people.rules import Actor
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Problem
from compliance.shared.words import N_
from compliance.visits.models import Visit
from compliance.visits.models_scope import VisitScope
from compliance.visits.rules import Move, Route, after


@audited("visit.narrowed")
def narrow(actor: Actor, visit: Visit, items: Iterable[str]) -> VisitScope:
    """Let a planned follow-up visit ask these items and no others.

    Raises ``Conflict`` once it is handed out, ``Problem`` without an item or for a visit of another route.
    """
    after(visit.state, Move.change)
    wanted = sorted(set(items))
    if not wanted or visit.route is not Route.follow_up:
        raise Problem("scope-items", N_("A follow-up visit of a few items names at least one of them."))
    row = session().get(VisitScope, visit.id) or VisitScope(visit_id=visit.id)
    row.items, row.set_at, row.set_by = wanted, clock.now(), actor.person_id
    session().add(row)
    session().flush()
    return row


def items_of(visit: Visit) -> list[str]:
    """The items that a visit is narrowed to; none for a visit that asks everything."""
    if visit.route is not Route.follow_up:
        return []
    row = session().get(VisitScope, visit.id)
    return list(row.items) if row else []


def narrowed(visit_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of these visits that ask a few items only: their scorecards say nothing about the whole workplace."""
    query = sa.select(col(VisitScope.visit_id)).where(col(VisitScope.visit_id).in_(list(visit_ids)))
    return frozenset(session().execute(query).scalars())


def waiting_visits(actor: Actor, workplace_ids: Iterable[UUID]) -> dict[UUID, Visit]:
    """By workplace, the follow-up visit of a few items that is planned, handed out or sealed there. For coordinators:
    nobody else needs to know who will be visited.
    """
    query = (
        sa.select(Visit)
        .join(VisitScope, col(VisitScope.visit_id) == col(Visit.id))
        .where(
            col(Visit.association_id) == actor.association_id,
            col(Visit.workplace_id).in_(list(workplace_ids)),
            col(Visit.state).in_(["planned", "handed_out", "sealed"]),
        )
        .order_by(col(Visit.planned_for))
    )
    found: dict[UUID, Visit] = {}
    for row in session().execute(query).scalars():
        found.setdefault(row.workplace_id, row)
    return found
