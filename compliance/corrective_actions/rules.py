"""Corrective actions: their states as a table of moves, their due dates, and who may say that one is done."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from compliance.checklists.rules import Deadlines, Policy, Severity
from compliance.people.rules import Role
from compliance.shared.calendar import working_day_on_or_after
from compliance.shared.problems import Conflict, Problem, Refused
from compliance.shared.words import N_

ENTERPRISE = "enterprise"
"""The accountable party unless somebody else is named."""


class ActionState(StrEnum):
    """Where a corrective action stands. `extended` is open under a later due date."""

    open = "open"
    planned = "planned"
    evidence_sent = "evidence_sent"
    returned = "returned"
    verified = "verified"
    extended = "extended"
    withdrawn = "withdrawn"


class Move(StrEnum):
    """What can be done with a corrective action."""

    plan = "plan"
    send_evidence = "send_evidence"
    give_back = "give_back"
    verify = "verify"
    extend = "extend"
    withdraw = "withdraw"
    accept_plan = "accept_plan"
    return_plan = "return_plan"
    verify_part = "verify_part"
    reopen = "reopen"


class How(StrEnum):
    """How a correction was verified."""

    desk = "desk"
    on_site = "on_site"


CLOSED: frozenset[ActionState] = frozenset({ActionState.verified, ActionState.withdrawn})
UNFINISHED: frozenset[ActionState] = frozenset(ActionState) - CLOSED

_MANAGER = frozenset({Role.manager})
_CHECKERS = frozenset({Role.inspector, Role.reviewer})
_DECIDERS = frozenset({Role.reviewer, Role.coordinator, Role.leader})
_S, _M = ActionState, Move

MOVES: dict[tuple[ActionState, Move], tuple[ActionState, frozenset[Role]]] = {
    # The enterprise proposes, and sends evidence.
    (_S.open, _M.plan): (_S.planned, _MANAGER),
    (_S.planned, _M.plan): (_S.planned, _MANAGER),
    (_S.returned, _M.plan): (_S.planned, _MANAGER),
    (_S.extended, _M.plan): (_S.extended, _MANAGER),
    (_S.open, _M.send_evidence): (_S.evidence_sent, _MANAGER),
    (_S.planned, _M.send_evidence): (_S.evidence_sent, _MANAGER),
    (_S.returned, _M.send_evidence): (_S.evidence_sent, _MANAGER),
    (_S.extended, _M.send_evidence): (_S.evidence_sent, _MANAGER),
    (_S.evidence_sent, _M.send_evidence): (_S.evidence_sent, _MANAGER),
    # The association checks. On site it can see a correction before any evidence was sent.
    (_S.evidence_sent, _M.give_back): (_S.returned, _CHECKERS),
    (_S.evidence_sent, _M.verify): (_S.verified, _CHECKERS),
    (_S.open, _M.verify): (_S.verified, _CHECKERS),
    (_S.planned, _M.verify): (_S.verified, _CHECKERS),
    (_S.returned, _M.verify): (_S.verified, _CHECKERS),
    (_S.extended, _M.verify): (_S.verified, _CHECKERS),
    # More time.
    (_S.open, _M.extend): (_S.extended, _DECIDERS),
    (_S.planned, _M.extend): (_S.extended, _DECIDERS),
    (_S.returned, _M.extend): (_S.extended, _DECIDERS),
    # No longer asked for: its finding was withdrawn, or it was drafted by mistake.
    (_S.open, _M.withdraw): (_S.withdrawn, _DECIDERS),
    (_S.planned, _M.withdraw): (_S.withdrawn, _DECIDERS),
    (_S.evidence_sent, _M.withdraw): (_S.withdrawn, _DECIDERS),
    (_S.returned, _M.withdraw): (_S.withdrawn, _DECIDERS),
    (_S.extended, _M.withdraw): (_S.withdrawn, _DECIDERS),
    # The answer to a plan. A plan that is returned is asked for anew.
    (_S.planned, _M.accept_plan): (_S.planned, _CHECKERS),
    (_S.extended, _M.accept_plan): (_S.extended, _CHECKERS),
    (_S.planned, _M.return_plan): (_S.open, _CHECKERS),
    (_S.extended, _M.return_plan): (_S.extended, _CHECKERS),
    # A part is done; the rest is asked for on.
    (_S.evidence_sent, _M.verify_part): (_S.returned, _CHECKERS),
    (_S.open, _M.verify_part): (_S.returned, _CHECKERS),
    (_S.planned, _M.verify_part): (_S.returned, _CHECKERS),
    (_S.returned, _M.verify_part): (_S.returned, _CHECKERS),
    (_S.extended, _M.verify_part): (_S.returned, _CHECKERS),
    # What was accepted at the desk did not hold on site.
    (_S.verified, _M.reopen): (_S.returned, _CHECKERS),
}
"""(state, move) -> (new state, who may). What is not here cannot happen."""


def after(state: ActionState, move: Move) -> ActionState:
    """The state after a move. Raises Conflict("action-move") for one that the table does not have."""
    entry = MOVES.get((state, move))
    if entry is None:
        raise Conflict("action-move", N_("A corrective action in this state cannot be handled that way."))
    return entry[0]


def may(state: ActionState, move: Move, roles: Set[Role]) -> bool:
    """True if the table has this move for one of these roles (which buttons a page shows)."""
    entry = MOVES.get((state, move))
    return entry is not None and not entry[1].isdisjoint(roles)


def days_for(
    item_days: int, edited: int | None, severity: Severity, raised: bool, zero_tolerance: bool, policy: Policy
) -> int:
    """Calendar days from delivery to the due date: the inspector's figure, else the item's.

    Where the severity was raised to critical, or zero tolerance applies, the correction is due no later than
    the plan of such a finding (policy: 7 and 3 days, the longest that domain facts 1.8 allow for a fix).
    """
    days = item_days if edited is None else edited
    kind = "zero_tolerance" if zero_tolerance else severity.value
    longest = policy.severities[kind].plan_days
    urgent = zero_tolerance or (raised and severity is Severity.critical)
    return min(days, longest) if urgent and longest is not None else days


def due_date(delivered_on: date, days: int, severity: Severity, *, moved: bool | None = None) -> tuple[date, bool]:
    """The due date as a calendar date, and whether it is provisional (the year's holidays are not published).

    Counted in calendar days from delivery, then moved to the next Chinese working day, except for critical
    findings. `moved` overrides that by the policy's `moved_off_rest_days`. A date that is not moved is never
    provisional.
    """
    plain = delivered_on + timedelta(days=days)
    if not (severity is not Severity.critical if moved is None else moved):
        return plain, False
    return working_day_on_or_after(plain)


def resumed_due_date(
    due_on: date, paused_on: date, resumed_on: date, severity: Severity, *, moved: bool | None = None
) -> tuple[date, bool]:
    """The due date after the clock stood still from `paused_on` to `resumed_on`: as many days later."""
    return due_date(due_on, max(0, (resumed_on - paused_on).days), severity, moved=moved)


def clock_stops(zero_tolerance: bool) -> bool:
    """Whether a dispute stops the clock. Danger is not put off by an argument about it."""
    return not zero_tolerance


def is_overdue(state: ActionState, due_on: date | None, paused_on: date | None, today: date) -> bool:
    """True if the enterprise is late: the day after the due date, nothing sent, and the clock running."""
    waiting = state in UNFINISHED and state is not ActionState.evidence_sent
    return waiting and due_on is not None and paused_on is None and today > due_on


def may_verify(
    actor_id: UUID | None, finder_ids: Set[UUID], severity: Severity, *, second_person: bool | None = None
) -> bool:
    """True if this person may say that a correction is done: for critical and major, nobody who found it.

    `second_person` overrides that by the policy's own figure for the severity. Nobody in particular (a system
    actor) may not verify.
    """
    needed = severity is not Severity.minor if second_person is None else second_person
    return actor_id is not None and not (needed and actor_id in finder_ids)


@dataclass(frozen=True)
class Check:
    """How a correction was checked: the way, what was seen, whether workers confirmed it, and, where a small
    association had no second person, the recorded reason (`waiver`).
    """

    how: How
    note: str
    worker_check: bool = False
    waiver: str = ""
    workers_asked: int = 0


def asks_workers(area: str, policy: Policy) -> bool:
    """True if the policy wants at least one check with workers before an action of this area is closed."""
    return area in policy.worker_check_areas


def check_workers_asked(area: str, check: Check, policy: Policy) -> None:
    """Refuse to close an action that no worker was asked about, where the policy wants it (domain facts 1.8).

    Raises Problem("action-worker-check") or, for a count that says otherwise, Problem("action-workers-asked").
    """
    if asks_workers(area, policy) and not check.worker_check:
        raise Problem(
            "action-worker-check",
            N_(
                "An action about wages, working time or disciplinary measures is closed after at least one check "
                "with workers. Tick that workers confirmed it; never who."
            ),
            field="worker_check",
        )
    if check.workers_asked < 0 or (check.workers_asked and not check.worker_check):
        raise Problem(
            "action-workers-asked",
            N_("Tick that workers confirmed it, or leave the number empty."),
            field="workers_asked",
        )


def rest_due(due_on: date, days: int, today: date, deadlines: Deadlines) -> tuple[date, bool]:
    """By when the rest is due after a part was verified, or after a correction did not hold on site.

    Where the policy allows an extension at all: as many days from today as the action had, but no more than an
    extension has; never earlier than it was due. Otherwise the date stands.
    """
    if not deadlines.extension:
        return due_on, False
    wanted = today + timedelta(days=min(days, deadlines.extension_days))
    if wanted <= due_on:
        return due_on, False
    return working_day_on_or_after(wanted) if deadlines.moved_off_rest_days else (wanted, False)


def check_verification(
    actor_id: UUID | None,
    finder_ids: Set[UUID],
    severity: Severity,
    check: Check,
    deadlines: Deadlines,
    state: ActionState,
    evidence_count: int,
) -> None:
    """Refuse a check that would not hold (domain facts 1.8, closure); whether workers were asked is asked apart.

    Raises Refused("action-second-person"), Problem("action-on-site") where the policy wants it seen on site,
    Problem("action-no-evidence") for a desk check of nothing, Problem("action-note-missing").
    """
    allowed = may_verify(actor_id, finder_ids, severity, second_person=deadlines.second_person)
    if not allowed and (actor_id is None or not check.waiver.strip()):
        raise Refused(
            "action-second-person",
            N_("A correction of this weight is verified by somebody who was not on the visit."),
        )
    if deadlines.verification == How.on_site and check.how is not How.on_site:
        raise Problem("action-on-site", N_("A correction of this weight is verified on site."), field="how")
    if check.how is How.desk and (state is not ActionState.evidence_sent or evidence_count == 0):
        raise Problem(
            "action-no-evidence",
            N_("There is no evidence yet that could be checked at the desk."),
            field="how",
        )
    if check.how is How.on_site and not check.note.strip():
        raise Problem("action-note-missing", N_("Please say what was seen on site."), field="note")


def check_extension(due_on: date | None, extensions: int, until: date, reason: str, deadlines: Deadlines) -> None:
    """Refuse an extension beyond the policy: one, with a reason, at most `extension_days` after the due date.

    Raises Conflict("action-not-delivered", "action-no-extension", "action-extended-before") or
    Problem("action-until", "action-reason-missing").
    """
    if due_on is None:
        raise Conflict("action-not-delivered", N_("This action has no due date yet."))
    if not deadlines.extension:
        raise Conflict("action-no-extension", N_("The due date of an action of this weight is not extended."))
    if extensions:
        raise Conflict("action-extended-before", N_("The due date has been extended once already."))
    if not reason.strip():
        raise Problem("action-reason-missing", N_("Please give a reason."), field="reason")
    last = due_on + timedelta(days=deadlines.extension_days)
    if not due_on < until <= last:
        raise Problem(
            "action-until",
            N_("The new date lies after %(due)s and no later than %(last)s."),
            due=due_on,
            last=last,
            field="until",
        )
