"""What both sides say about a corrective action: the law of it. Pure."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from uuid import UUID

from compliance.corrective_actions.rules import CLOSED, ActionState, Move, may
from compliance.people.rules import Role
from compliance.shared.problems import Conflict, Problem, Refused
from compliance.shared.words import N_


class Taken(StrEnum):
    """What the association made of a reason for taking no action."""

    accepted = "accepted"
    returned = "returned"


class Entered(StrEnum):
    """What was entered for the enterprise."""

    reply = "reply"
    plan = "plan"
    evidence = "evidence"
    more_time = "more_time"
    no_action = "no_action"
    comment = "comment"


class Came(StrEnum):
    """How it came to the association."""

    letter = "letter"
    phone = "phone"
    message = "message"
    office = "office"


WHAT: dict[Entered, str] = {
    Entered.reply: N_("Answer to the finding"),
    Entered.plan: N_("Plan"),
    Entered.evidence: N_("Evidence"),
    Entered.more_time: N_("Request for more time"),
    Entered.no_action: N_("Reason for taking no action"),
    Entered.comment: N_("Message"),
}
WAYS: dict[Came, str] = {
    Came.letter: N_("by letter"),
    Came.phone: N_("by telephone"),
    Came.message: N_("by e-mail or message"),
    Came.office: N_("said or handed over in person"),
}


def possible(what: Entered, state: ActionState) -> bool:
    """Whether an enterprise can hand this in about a corrective action in this state, and so somebody for it."""
    if what in (Entered.reply, Entered.comment):
        return True
    return may(state, Move.plan if what is Entered.plan else Move.send_evidence, frozenset({Role.manager}))


def check_refusal(state: ActionState, reason: str, open_already: bool) -> None:
    """Refuse a reason for no action that says nothing, comes too late, or comes twice.

    Raises Problem("action-reason-missing"), Conflict("action-move", "refusal-open").
    """
    if not reason.strip():
        raise Problem("action-reason-missing", N_("Please give a reason."), field="reason")
    if state in CLOSED:
        raise Conflict("action-move", N_("A corrective action in this state cannot be handled that way."))
    if open_already:
        raise Conflict("refusal-open", N_("A reason was given already. The association decides about it."))


def check_taking(
    taken: Taken, reason: str, zero_tolerance: bool, decider: UUID | None, finders: Collection[UUID], second: bool
) -> None:
    """Refuse a decision about such a reason that would not hold.

    Danger is never left alone: under zero tolerance the reason can only be returned. Where a second person verifies,
    a second person decides this too.
    """
    if not reason.strip():
        raise Problem("action-reason-missing", N_("Please give a reason."), field="reason")
    if taken is not Taken.accepted:
        return
    if zero_tolerance:
        raise Refused(
            "refusal-zero-tolerance",
            N_("Under zero tolerance no reason for taking no action is accepted. Return it and say what to do."),
        )
    if decider is None or (second and decider in finders):
        raise Refused(
            "action-second-person",
            N_("A correction of this weight is verified by somebody who was not on the visit."),
        )


def check_came(came_on: date, today: date, delivered_on: date | None) -> None:
    """Refuse a day on which nothing can have come: after today, or before the enterprise knew of it."""
    if came_on > today:
        raise Problem("entered-future", N_("This day lies in the future."), field="came_on")
    if delivered_on is not None and came_on < delivered_on:
        raise Problem(
            "entered-early",
            N_("On this day the enterprise did not know of it yet: it was delivered on %(day)s."),
            day=delivered_on,
            field="came_on",
        )
