"""One step for several corrective actions: each is asked by its own rules, what fails is named, the rest is done."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from compliance.casework import assigning, cases, notices
from compliance.casework.cases import Case
from compliance.corrective_actions import store as actions
from compliance.corrective_actions import store_assignment, store_checks, store_more_time
from compliance.corrective_actions.rules import Check, How
from compliance.corrective_actions.seen import ActionView
from compliance.people.rules import Actor, can
from compliance.shared import audit
from compliance.shared.database import session
from compliance.shared.problems import Problem, Refused
from compliance.shared.words import N_

MOST = 200
"""Actions in one go."""


class Act(StrEnum):
    """What can be done with several actions at once."""

    assign = "assign"
    accept_plan = "accept_plan"
    return_plan = "return_plan"
    accept = "accept"
    give_back = "give_back"
    extend = "extend"
    deny = "deny"


ACTS: dict[Act, str] = {
    Act.assign: N_("Assign to somebody"),
    Act.accept_plan: N_("Accept the plans"),
    Act.return_plan: N_("Return the plans, with a reason"),
    Act.accept: N_("Verify at the desk: the evidence shows it"),
    Act.give_back: N_("Return the evidence, with a reason"),
    Act.extend: N_("Give more time, with a reason"),
    Act.deny: N_("Do not give more time, with a reason"),
}
PERMIT: dict[Act, str] = {
    Act.assign: "action.assign",
    Act.accept_plan: "action.verify",
    Act.return_plan: "action.verify",
    Act.accept: "action.verify",
    Act.give_back: "action.verify",
    Act.extend: "action.decide",
    Act.deny: "action.decide",
}


@dataclass(frozen=True)
class Given:
    """What goes with the step, the same for all of them."""

    act: Act
    reason: str = ""
    person_id: UUID | None = None
    until: date | None = None
    worker_check: bool = False
    workers_asked: int = 0


@dataclass(frozen=True)
class Came:
    """How it went with one action: what was made of it (an assignment can be undone), or why not."""

    action: ActionView | None
    action_id: UUID
    problem: Problem | None = None
    made: Any = None


def rehearse(actor: Actor, action_ids: Iterable[UUID], given: Given) -> list[Came]:
    """What would become of each action; nothing of it is kept."""
    return [_one(actor, id, given, keep=False) for id in list(dict.fromkeys(action_ids))[:MOST]]


def do(actor: Actor, action_ids: Iterable[UUID], given: Given) -> list[Came]:
    """Take the step with each action by itself: what is refused of one costs no other."""
    return [_one(actor, id, given, keep=True) for id in list(dict.fromkeys(action_ids))[:MOST]]


def undo(actor: Actor, assignment_ids: Iterable[UUID]) -> int:
    """Give work back to those whose it was before; returns how many assignments were undone."""
    return sum(store_assignment.take_back(actor, id) is not None for id in list(assignment_ids)[:MOST])


def _one(actor: Actor, action_id: UUID, given: Given, *, keep: bool) -> Came:
    row = None
    step = session().begin_nested()
    try:
        if not can(actor, PERMIT[given.act]):
            raise Refused("action-not-yours", N_("Your role does not do this."))
        row = actions.get(actor, action_id)
        made = _STEPS[given.act](actor, row, cases.load(actor, row.visit_id), given)
    except Problem as problem:
        step.rollback()
        audit.forget_unwritten()
        return Came(row, action_id, problem)
    if keep:
        step.commit()
    else:
        step.rollback()
        audit.forget_unwritten()
    return Came(row, action_id, made=made)


def _assign(actor: Actor, row: ActionView, _case: Case, given: Given) -> Any:
    if given.person_id is None:
        raise Problem("assign-nobody", N_("Choose to whom."), field="person")
    return assigning.hand_to(actor, row, given.person_id, given.reason).id


def _accept_plan(actor: Actor, row: ActionView, _case: Case, given: Given) -> None:
    store_checks.accept_plan(actor, row.id, given.reason)
    notices.something_waits(actor, row.enterprise_id, row.id)


def _return_plan(actor: Actor, row: ActionView, _case: Case, given: Given) -> None:
    store_checks.return_plan(actor, row.id, given.reason)
    notices.something_waits(actor, row.enterprise_id, row.id)


def _accept(actor: Actor, row: ActionView, case: Case, given: Given) -> None:
    check = Check(How.desk, given.reason, given.worker_check, workers_asked=given.workers_asked)
    actions.verify(actor, row.id, check, case.involved, case.policy, cases.today(actor))
    notices.something_waits(actor, row.enterprise_id, row.id)


def _give_back(actor: Actor, row: ActionView, _case: Case, given: Given) -> None:
    actions.give_back(actor, row.id, given.reason)
    notices.something_waits(actor, row.enterprise_id, row.id)


def _extend(actor: Actor, row: ActionView, case: Case, given: Given) -> None:
    until = given.until or row.extension_asked_until
    if until is None:
        raise Problem("action-until-missing", N_("Please give the new due date."), field="until")
    actions.extend(actor, row.id, until, given.reason, case.policy)
    notices.something_waits(actor, row.enterprise_id, row.id)


def _deny(actor: Actor, row: ActionView, _case: Case, given: Given) -> None:
    store_more_time.deny(actor, row.id, given.reason)
    notices.something_waits(actor, row.enterprise_id, row.id)


_STEPS: dict[Act, Callable[[Actor, ActionView, Case, Given], Any]] = {
    Act.assign: _assign,
    Act.accept_plan: _accept_plan,
    Act.return_plan: _return_plan,
    Act.accept: _accept,
    Act.give_back: _give_back,
    Act.extend: _extend,
    Act.deny: _deny,
}
