"""What the checks of corrections came to: one row each, with what is done, what stays, and a count of those asked."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlmodel
from sqlmodel import col

from compliance.corrective_actions.models import CorrectiveAction
from compliance.corrective_actions.models_assignment import ActionCheck, CheckOutcome
from compliance.corrective_actions.rules import Check
from compliance.corrective_actions.store_reading import readable
from compliance.people.rules import Actor
from compliance.scorecards import scope
from compliance.shared import clock
from compliance.shared.database import session


@dataclass(frozen=True)
class Part:
    """What of a correction is done, and what stays to be done."""

    done: str
    stays: str


def keep_check(
    actor: Actor,
    row: CorrectiveAction,
    outcome: CheckOutcome,
    check: Check,
    today: date,
    *,
    done: str = "",
    stays: str = "",
    was: date | None = None,
    by: UUID | None = None,
    visit_id: UUID | None = None,
) -> None:
    """Keep one check with the number of workers that were asked. The caller is an audited writer."""
    session().add(
        ActionCheck(
            association_id=row.association_id,
            action_id=row.id,
            outcome=outcome,
            how=check.how,
            done=done,
            stays=stays,
            note=check.note,
            worker_check=check.worker_check,
            workers_asked=check.workers_asked,
            checked_on=today,
            checked_at=clock.now(),
            checked_by=by or actor.person_id,
            was_due_on=was,
            due_on=row.due_on,
            visit_id=visit_id,
        )
    )


def checks_of(actor: Actor, action_id: UUID) -> list[ActionCheck]:
    """The checks of an action, oldest first. From the outside nobody is told of them: `parts_of` has what is theirs."""
    query = (
        sqlmodel.select(ActionCheck)
        .join(CorrectiveAction, col(CorrectiveAction.id) == col(ActionCheck.action_id))
        .where(ActionCheck.action_id == action_id, scope.inside(actor, CorrectiveAction))
    )
    return list(session().exec(query.order_by(col(ActionCheck.checked_at))))


def parts_of(actor: Actor, action_ids: Collection[UUID]) -> dict[UUID, list[tuple[date, Part]]]:
    """By action, the parts that were verified, oldest first, for both sides: the day, what is done, what stays."""
    query = (
        sqlmodel.select(ActionCheck)
        .join(CorrectiveAction, col(CorrectiveAction.id) == col(ActionCheck.action_id))
        .where(
            col(ActionCheck.action_id).in_(list(action_ids)),
            ActionCheck.outcome == CheckOutcome.part,
            readable(actor),
        )
    )
    found: dict[UUID, list[tuple[date, Part]]] = {}
    for row in session().exec(query.order_by(col(ActionCheck.checked_at))):
        found.setdefault(row.action_id, []).append((row.checked_on, Part(row.done, row.stays)))
    return found
