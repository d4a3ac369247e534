"""The lists of the ladder: letters that wait for their approver, what became of them, and what an officer has to do."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from compliance.casework.lists import inside, table
from compliance.casework.models_ladder import LadderNight, Waiting
from compliance.casework.proofs import ASKING
from compliance.checklists import store as checklists
from compliance.checklists.ladder import Step
from compliance.corrective_actions.ladder import Became
from compliance.corrective_actions.rules import UNFINISHED
from compliance.people.rules import Actor
from compliance.shared.database import session

MOST = 200


def waiting(actor: Actor) -> Sequence[Any]:
    """The letters that wait for an approver, with the name of the enterprise and how many points; the gravest first."""
    prepared, step, enterprise = table("prepared_letter"), table("ladder_step"), table("enterprise")
    points = (
        sa.select(sa.func.count())
        .where(step.c.prepared_id == prepared.c.id, step.c.became == Became.prepared)
        .scalar_subquery()
    )
    names = ("id", "kind", "family", "visit_id", "enterprise_id", "prepared_on")
    query = (
        sa.select(*(prepared.c[name] for name in names), enterprise.c.name.label("enterprise"), points.label("points"))
        .select_from(prepared.join(enterprise, enterprise.c.id == prepared.c.enterprise_id))
        .where(prepared.c.state == Waiting.prepared, *inside(actor, prepared))
        .order_by(prepared.c.kind.desc(), prepared.c.prepared_on, enterprise.c.sort_key, prepared.c.id)
    )
    return session().execute(query.limit(MOST)).all()


def how_many_wait(actor: Actor) -> int:
    """How many letters wait for an approver."""
    prepared = table("prepared_letter")
    query = sa.select(sa.func.count()).where(prepared.c.state == Waiting.prepared, *inside(actor, prepared))
    return int(session().execute(query).scalar_one())


def decided(actor: Actor, most: int = 30) -> Sequence[Any]:
    """What became of the last ones, the newest first."""
    prepared, enterprise, letter = table("prepared_letter"), table("enterprise"), table("letter")
    names = ("id", "kind", "state", "decided_at", "decided_by", "reason", "letter_id")
    named = prepared.join(enterprise, enterprise.c.id == prepared.c.enterprise_id)
    query = (
        sa.select(*(prepared.c[name] for name in names), enterprise.c.name.label("enterprise"), letter.c.number)
        .select_from(named.outerjoin(letter, letter.c.id == prepared.c.letter_id))
        .where(prepared.c.state != Waiting.prepared, *inside(actor, prepared))
        .order_by(prepared.c.decided_at.desc(), prepared.c.id)
    )
    return session().execute(query.limit(most)).all()


def unproven(actor: Actor, today: date) -> Sequence[Any]:
    """Letters that ask for unfinished actions and that nothing proves to have arrived, after the days that the ladder
    gives: a task for an officer. The oldest first; each with its number, day, visit and enterprise.
    """
    action, letter = table("corrective_action"), table("letter")
    visit, enterprise = table("visit"), table("enterprise")
    waits = sa.exists().where(
        action.c.visit_id == letter.c.visit_id,
        action.c.delivered_on.is_not(None),
        action.c.proven_on.is_(None),
        action.c.state.in_(sorted(UNFINISHED)),
    )
    names = ("id", "number", "kind", "dated", "visit_id")
    named = letter.join(enterprise, enterprise.c.id == letter.c.enterprise_id)
    query = (
        sa.select(
            *(letter.c[name] for name in names), visit.c.checklist_version_id, enterprise.c.name.label("enterprise")
        )
        .select_from(named.join(visit, visit.c.id == letter.c.visit_id))
        .where(letter.c.state == "issued", letter.c.kind.in_(ASKING), waits, *inside(actor, letter))
        .order_by(letter.c.dated, letter.c.year, letter.c.running)
    )
    rows = session().execute(query.limit(MOST)).all()
    days = {id: checklists.load(id).ladder.unproven_days for id in {row.checklist_version_id for row in rows}}
    return [row for row in rows if row.dated + timedelta(days=days[row.checklist_version_id]) <= today]


def named(actor: Actor, steps: Mapping[UUID, Step]) -> list[tuple[Any, Step]]:
    """Actions with a step that an officer does, and the names that a list shows."""
    action, enterprise = table("corrective_action"), table("enterprise")
    names = ("id", "item", "text_en", "text_zh", "severity", "zero_tolerance", "due_on", "told_on")
    query = (
        sa.select(*(action.c[name] for name in names), enterprise.c.name.label("enterprise"))
        .select_from(action.join(enterprise, enterprise.c.id == action.c.enterprise_id))
        .where(action.c.id.in_(list(steps)), *inside(actor, action))
        .order_by(enterprise.c.sort_key, enterprise.c.id, action.c.due_on, action.c.id)
    )
    return [(row, steps[row.id]) for row in session().execute(query)] if steps else []


def last_night(actor: Actor) -> LadderNight | None:
    """When the ladder was looked at for all, and what came of it."""
    return session().get(LadderNight, actor.association_id)
