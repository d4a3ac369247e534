"""Declarations: somebody of the enterprise says in their own name what was done. They count as evidence."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlmodel
from sqlmodel import col
from sqlmodel.sql.expression import SelectOfScalar

from compliance.corrective_actions import store
from compliance.corrective_actions.models import CorrectiveAction
from compliance.corrective_actions.models_exchange import ActionDeclaration
from compliance.corrective_actions.store_reading import readable
from compliance.people.rules import Actor
from compliance.scorecards import scope
from compliance.shared import clock, files
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Problem
from compliance.shared.words import N_, clean

MEDIA_TYPE = "text/plain"


@dataclass(frozen=True)
class Declaration:
    """What was declared, by whom, on which day. The text is frozen in the file of the evidence."""

    id: UUID
    action_id: UUID
    evidence_id: UUID
    text: str
    name: str
    post: str
    declared_on: date
    made_at: datetime
    made_by: UUID | None


def of_action(actor: Actor, action_id: UUID) -> list[Declaration]:
    """The declarations beside an action, oldest first."""
    query = _readable(actor).where(ActionDeclaration.action_id == action_id)
    return [_view(row) for row in session().exec(query.order_by(col(ActionDeclaration.made_at)))]


def of_actions(actor: Actor, action_ids: Collection[UUID]) -> dict[UUID, list[Declaration]]:
    """The declarations beside several actions, by action, oldest first."""
    query = _readable(actor).where(col(ActionDeclaration.action_id).in_(list(action_ids)))
    by_action: dict[UUID, list[Declaration]] = {}
    for row in session().exec(query.order_by(col(ActionDeclaration.made_at))):
        by_action.setdefault(row.action_id, []).append(_view(row))
    return by_action


def get(actor: Actor, declaration_id: UUID) -> Declaration:
    """One declaration of an action in the actor's scope. Raises NotFound."""
    row = session().exec(_readable(actor).where(ActionDeclaration.id == declaration_id)).first()
    return _view(scope.found(row, "declaration-unknown"))


@audited("action.declared")
def declare(
    actor: Actor, action_id: UUID, *, text: str, name: str, post: str, declared_on: date, today: date
) -> ActionDeclaration:
    """Add a declaration to the evidence; it is sent for review with the other files.

    Raises NotFound, Refused("action-not-yours"), Conflict("action-move"), Problem("declaration-...").
    """
    text, name, post = clean(text).strip(), clean(name).strip(), clean(post).strip()
    for field, value in (("text", text), ("name", name), ("post", post)):
        if not value:
            raise Problem(f"declaration-{field}", N_("Please fill this in."), field=field)
    if declared_on > today:
        raise Problem("declaration-future", N_("This day lies in the future."), field="declared_on")
    frozen = f"{text}\n\n{name}, {post}\n{declared_on.isoformat()}\n"
    stored = files.put(frozen.encode(), MEDIA_TYPE)
    evidence = store.attach(actor, action_id, stored, f"declaration-{declared_on.isoformat()}.txt", name)
    row = ActionDeclaration(
        association_id=session().get_one(CorrectiveAction, action_id).association_id,
        action_id=action_id,
        evidence_id=evidence.id,
        text=text,
        name=name,
        post=post,
        declared_on=declared_on,
        made_at=clock.now(),
        made_by=actor.person_id,
    )
    session().add(row)
    session().flush()
    return row


def _readable(actor: Actor) -> SelectOfScalar[ActionDeclaration]:
    joined = col(CorrectiveAction.id) == col(ActionDeclaration.action_id)
    return sqlmodel.select(ActionDeclaration).join(CorrectiveAction, joined).where(readable(actor))


def _view(row: ActionDeclaration) -> Declaration:
    return Declaration(
        id=row.id,
        action_id=row.action_id,
        evidence_id=row.evidence_id,
        text=row.text,
        name=row.name,
        post=row.post,
        declared_on=row.declared_on,
        made_at=row.made_at,
        made_by=row.made_by,
    )
