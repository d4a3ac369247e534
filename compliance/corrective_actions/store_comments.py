"""Words to and fro about a corrective action, and who has read them. Outside, nobody of the association is named."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
import sqlmodel
from sqlmodel import col

from compliance.corrective_actions.models import CorrectiveAction
from compliance.corrective_actions.models_exchange import ActionComment, ActionRead
from compliance.corrective_actions.store_reading import readable
from compliance.people.rules import Actor, Role
from compliance.scorecards import scope
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Conflict, Problem, Refused
from compliance.shared.words import N_, clean

LONGEST = 4000


@dataclass(frozen=True)
class Comment:
    """One thing that was written. ``person_id`` is None from the outside for people of the association.

    ``read`` says whether the other side has read it; ``read_by`` who of it, from the inside only.
    """

    at: datetime
    by_enterprise: bool
    person_id: UUID | None
    text: str
    read: bool
    read_by: tuple[UUID, ...]


def thread(actor: Actor, action_id: UUID) -> list[Comment]:
    """What was written about an action, oldest first. Raises ``NotFound``."""
    row = _load(actor, action_id)
    inside = scope.is_inside(actor, row)
    written = _comments(action_id)
    if not written:
        return []
    reads = list(session().exec(sqlmodel.select(ActionRead).where(ActionRead.action_id == action_id)))
    return [_view(one, reads, inside) for one in written]


def threads(actor: Actor, action_ids: Collection[UUID]) -> dict[UUID, list[Comment]]:
    """What was written about each of several actions that the actor may read, oldest first."""
    query = (
        sqlmodel.select(ActionComment, CorrectiveAction)
        .join(CorrectiveAction, col(CorrectiveAction.id) == col(ActionComment.action_id))
        .where(col(ActionComment.action_id).in_(list(action_ids)), readable(actor))
        .order_by(col(ActionComment.at), col(ActionComment.id))
    )
    found = list(session().exec(query))
    reads: dict[UUID, list[ActionRead]] = {}
    for one in session().exec(sqlmodel.select(ActionRead).where(col(ActionRead.action_id).in_(list(action_ids)))):
        reads.setdefault(one.action_id, []).append(one)
    by_action: dict[UUID, list[Comment]] = {}
    for comment, row in found:
        view = _view(comment, reads.get(row.id, []), scope.is_inside(actor, row))
        by_action.setdefault(row.id, []).append(view)
    return by_action


@audited("action.commented")
def say(actor: Actor, action_id: UUID, text: str) -> ActionComment:
    """Write to the other side. Whoever writes has read what was there.

    Raises ``NotFound``, Refused("action-not-yours"), Conflict("action-not-delivered"), Problem("comment-empty").
    """
    row = _load(actor, action_id)
    by_enterprise = row.enterprise_id in actor.enterprise_ids
    if not (Role.manager in actor.roles if by_enterprise else scope.is_inside(actor, row)):
        raise Refused("action-not-yours", N_("Somebody else does this: see who may do what with a corrective action."))
    if row.delivered_on is None:
        raise Conflict("action-not-delivered", N_("This action has no due date yet."))
    text = clean(text).strip()
    if not text:
        raise Problem("comment-empty", N_("Please write something."), field="text")
    comment = ActionComment(
        association_id=row.association_id,
        action_id=row.id,
        enterprise_id=row.enterprise_id,
        at=clock.now(),
        person_id=actor.person_id,
        by_enterprise=by_enterprise,
        text=text[:LONGEST],
    )
    session().add(comment)
    if actor.person_id is not None:
        _read(actor.person_id, action_id, by_enterprise, comment.at)
    session().flush()
    return comment


@audited("action.read")
def mark_read(actor: Actor, action_id: UUID) -> ActionRead | None:
    """What the other side wrote has been read. Raises ``NotFound``."""
    row = _load(actor, action_id)
    if actor.person_id is None:
        return None
    return _read(actor.person_id, action_id, row.enterprise_id in actor.enterprise_ids, clock.now())


def unread(actor: Actor, *, enterprise_id: UUID | None = None) -> dict[UUID, datetime]:
    """The actions in which somebody of the other side waits to be read, with the moment since when.

    With an enterprise: what the association wrote and none of its managers has read. Without: what the enterprises
    wrote and nobody of the association has read; only for who sees them from the inside.
    """
    ours = enterprise_id is not None
    reads = (
        sa.select(col(ActionRead.action_id), sa.func.max(col(ActionRead.until)).label("until"))
        .where(col(ActionRead.by_enterprise).is_(ours))
        .group_by(col(ActionRead.action_id))
        .subquery()
    )
    query = (
        sa.select(col(ActionComment.action_id), sa.func.min(col(ActionComment.at)))
        .outerjoin(reads, reads.c.action_id == col(ActionComment.action_id))
        .where(col(ActionComment.by_enterprise).is_(not ours))
        .where(sa.or_(reads.c.until.is_(None), reads.c.until < col(ActionComment.at)))
        .group_by(col(ActionComment.action_id))
    )
    table = ActionComment
    query = query.where(
        sa.and_(scope.outside(actor, table), col(table.enterprise_id) == enterprise_id)
        if ours
        else scope.inside(actor, table)
    )
    return {row[0]: row[1] for row in session().execute(query)}


def _load(actor: Actor, action_id: UUID) -> CorrectiveAction:
    query = sqlmodel.select(CorrectiveAction).where(CorrectiveAction.id == action_id, readable(actor))
    row: CorrectiveAction = scope.found(session().exec(query).first(), "action-unknown")
    return row


def _comments(action_id: UUID) -> Sequence[ActionComment]:
    query = sqlmodel.select(ActionComment).where(ActionComment.action_id == action_id)
    return session().exec(query.order_by(col(ActionComment.at), col(ActionComment.id))).all()


def _view(one: ActionComment, reads: Sequence[ActionRead], inside: bool) -> Comment:
    readers = [row for row in reads if row.by_enterprise is not one.by_enterprise and row.until >= one.at]
    return Comment(
        at=one.at,
        by_enterprise=one.by_enterprise,
        person_id=one.person_id if inside or one.by_enterprise else None,
        text=one.text,
        read=bool(readers),
        read_by=tuple(row.person_id for row in readers) if inside else (),
    )


def _read(person_id: UUID, action_id: UUID, by_enterprise: bool, until: datetime) -> ActionRead:
    query = sqlmodel.select(ActionRead).where(ActionRead.action_id == action_id, ActionRead.person_id == person_id)
    row = session().exec(query).first() or ActionRead(
        action_id=action_id, person_id=person_id, by_enterprise=by_enterprise, until=until
    )
    row.until, row.by_enterprise = until, by_enterprise
    session().add(row)
    return row
