"""What proves that the letters of actions have arrived: looked at every night, and whenever something is recorded."""

from uuid import UUID

import sqlalchemy as sa

from compliance.casework.lists import table
from compliance.checklists import store as checklists
from compliance.corrective_actions import store_proof
from compliance.corrective_actions.rules import UNFINISHED
from compliance.letters.delivery import PROVEN
from compliance.letters.rules import CORRECTION, FIRST
from compliance.people.rules import system_actor
from compliance.shared.database import session

ASKING = tuple(kind for kind in (*FIRST, CORRECTION) if kind != "L1")
"""The letters that ask for actions."""


def look(association_id: UUID, visit_id: UUID | None = None) -> int:
    """Take over what is proven by now of the letters that ask for unfinished actions (of one visit, or of all); how
    many actions that concerned. A consequence of what was recorded, so that the system does it.
    """
    action, visit = table("corrective_action"), table("visit")
    letter, delivery = table("letter"), table("letter_delivery")
    asks = sa.and_(
        letter.c.visit_id == action.c.visit_id,
        letter.c.state == "issued",
        letter.c.kind.in_(ASKING),
        letter.c.dated >= action.c.delivered_on,
    )
    shows = sa.and_(
        delivery.c.letter_id == letter.c.id, delivery.c.struck_at.is_(None), delivery.c.way.in_(sorted(PROVEN))
    )
    first = sa.func.min(delivery.c.happened_on)
    query = (
        sa.select(action.c.id, action.c.visit_id, visit.c.checklist_version_id, first)
        .select_from(
            action.join(visit, visit.c.id == action.c.visit_id).outerjoin(letter, asks).outerjoin(delivery, shows)
        )
        .where(action.c.association_id == association_id, action.c.delivered_on.is_not(None))
        .where(action.c.state.in_(sorted(UNFINISHED)))
        .group_by(action.c.id, action.c.visit_id, visit.c.checklist_version_id, action.c.proven_on)
        .having(first.is_distinct_from(action.c.proven_on))
    )
    found = session().execute(query.where(action.c.visit_id == visit_id) if visit_id else query).all()
    if not found:
        return 0
    policies = {row.visit_id: checklists.load(row.checklist_version_id).policy for row in found}
    days = {row[0]: row[3] for row in found}
    store_proof.prove(system_actor(association_id), days, policies)
    return len(days)
