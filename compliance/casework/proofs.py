"""What proves that the letters of actions have arrived: looked at every night, and whenever something is recorded."""

from datetime import date
from typing import Any
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
    unfinished = [
        action.c.association_id == association_id,
        action.c.delivered_on.is_not(None),
        action.c.state.in_(sorted(UNFINISHED)),
    ]
    unfinished += [action.c.visit_id == visit_id] if visit_id else []
    shown = _shown(sa.select(action.c.visit_id).where(*unfinished))
    names = ("id", "visit_id", "delivered_on", "proven_on")
    rows = session().execute(
        sa.select(*(action.c[name] for name in names), visit.c.checklist_version_id)
        .select_from(action.join(visit, visit.c.id == action.c.visit_id))
        .where(*unfinished)
    )
    days, policies = {}, {}
    for row in rows:
        fitting = (came for dated, came in shown.get(row.visit_id, ()) if dated >= row.delivered_on)
        day = min(fitting, default=None)
        if day != row.proven_on:
            days[row.id] = day
            policies[row.visit_id] = checklists.load(row.checklist_version_id).policy
    if days:
        store_proof.prove(system_actor(association_id), days, policies)
    return len(days)


def _shown(visit_ids: Any) -> dict[UUID, list[tuple[date, date]]]:
    """By visit: the date of each letter that asks for actions, and a day on which it is proven to have been there."""
    letter, delivery = table("letter"), table("letter_delivery")
    query = (
        sa.select(letter.c.visit_id, letter.c.dated, delivery.c.happened_on)
        .select_from(delivery.join(letter, letter.c.id == delivery.c.letter_id))
        .where(delivery.c.struck_at.is_(None), delivery.c.way.in_(sorted(PROVEN)))
        .where(letter.c.state == "issued", letter.c.kind.in_(ASKING), letter.c.visit_id.in_(visit_ids))
    )
    found: dict[UUID, list[tuple[date, date]]] = {}
    for visit_id, dated, came in session().execute(query):
        found.setdefault(visit_id, []).append((dated, came))
    return found
