"""Whose work an action is. Work is given, taken over and handed on with a word; what was, stays on record.

To be given an action lets nobody do more with it than their role lets them: every step asks the rules again who acts.
"""

from collections.abc import Collection, Mapping
from uuid import UUID

import sqlalchemy as sa
import sqlmodel
from sqlmodel import col

from compliance.corrective_actions.models import CorrectiveAction
from compliance.corrective_actions.models_assignment import Assignment
from compliance.corrective_actions.rules import UNFINISHED
from compliance.people.rules import Actor
from compliance.scorecards import scope
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Conflict
from compliance.shared.words import N_, clean

LONGEST_WORD = 2000


def owners(action_ids: Collection[UUID]) -> dict[UUID, Assignment]:
    """Whose work these actions are now, by action; the caller has found them within the actor's scope."""
    query = sqlmodel.select(Assignment).where(
        col(Assignment.action_id).in_(list(action_ids)), col(Assignment.ended_at).is_(None)
    )
    return {row.action_id: row for row in session().exec(query)}


def history(actor: Actor, action_id: UUID) -> list[Assignment]:
    """Everybody whose work an action was, the first first; from the inside only."""
    query = (
        sqlmodel.select(Assignment)
        .join(CorrectiveAction, col(CorrectiveAction.id) == col(Assignment.action_id))
        .where(Assignment.action_id == action_id, scope.inside(actor, CorrectiveAction))
    )
    return list(session().exec(query.order_by(col(Assignment.given_at), col(Assignment.id))))


def load_of(actor: Actor, person_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many unfinished actions each of these people has."""
    query = (
        sa.select(col(Assignment.person_id), sa.func.count())
        .join(CorrectiveAction, col(CorrectiveAction.id) == col(Assignment.action_id))
        .where(
            col(Assignment.association_id) == actor.association_id,
            col(Assignment.person_id).in_(list(person_ids)),
            col(Assignment.ended_at).is_(None),
            col(CorrectiveAction.state).in_(list(UNFINISHED)),
        )
        .group_by(col(Assignment.person_id))
    )
    counted = {row[0]: int(row[1]) for row in session().execute(query)}
    return {person: counted.get(person, 0) for person in person_ids}


@audited("action.assigned")
def give(actor: Actor, action_id: UUID, person_id: UUID, word: str = "") -> Assignment:
    """Make an action somebody's work. Who may give what to whom is asked before (`casework.assigning`).

    Raises NotFound outside the actor's inside scope, Conflict("action-theirs") if it is theirs already.
    """
    query = sqlmodel.select(CorrectiveAction).where(
        CorrectiveAction.id == action_id, scope.inside(actor, CorrectiveAction)
    )
    row: CorrectiveAction = scope.found(session().exec(query.with_for_update()).first(), "action-unknown")
    there = owners([action_id]).get(action_id)
    if there is not None and there.person_id == person_id:
        raise Conflict("action-theirs", N_("This is their work already."))
    if there is not None:
        there.ended_at, there.ended_by = clock.now(), actor.person_id
        session().flush()
    return _add(actor, row, person_id, word)


@audited("action.assigned")
def give_first(actor: Actor, wanted: Mapping[UUID, UUID]) -> list[Assignment]:
    """Make actions that are nobody's work somebody's: by action, the person. Those that are somebody's stay theirs."""
    query = sqlmodel.select(CorrectiveAction).where(
        col(CorrectiveAction.id).in_(list(wanted)), scope.inside(actor, CorrectiveAction)
    )
    taken = owners(list(wanted))
    return [_add(actor, row, wanted[row.id], "") for row in session().exec(query) if row.id not in taken]


@audited("action.unassigned")
def take_back(actor: Actor, assignment_id: UUID) -> Assignment | None:
    """Undo one giving while nothing has followed it: whose work it was before has it again. None if it is too late."""
    row = session().get(Assignment, assignment_id)
    if row is None or row.ended_at is not None or row.given_by != actor.person_id:
        return None
    history_of = [one for one in history(actor, row.action_id) if one.id != row.id]
    before = history_of[-1] if history_of else None
    row.ended_at, row.ended_by = clock.now(), actor.person_id
    session().flush()
    if before is not None:
        action = session().get_one(CorrectiveAction, row.action_id)
        return _add(actor, action, before.person_id, before.word)
    return row


def _add(actor: Actor, row: CorrectiveAction, person_id: UUID, word: str) -> Assignment:
    kept = Assignment(
        association_id=row.association_id,
        action_id=row.id,
        person_id=person_id,
        word=clean(word)[:LONGEST_WORD],
        given_at=clock.now(),
        given_by=actor.person_id,
    )
    session().add(kept)
    session().flush()
    return kept
