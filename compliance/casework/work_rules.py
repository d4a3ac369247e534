"""What waits for an officer: the kinds of work, what comes next, by when, and what is most urgent. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from compliance.checklists.ladder import Ladder
from compliance.checklists.rules import Deadlines, Severity
from compliance.shared.words import N_


class Kind(StrEnum):
    """What waits."""

    check = "check"
    arrange = "arrange"
    plan = "plan"
    extension = "extension"
    no_action = "no_action"
    comment = "comment"
    dispute = "dispute"
    review = "review"
    letter = "letter"
    delivery = "delivery"
    ask_again = "ask_again"
    complaint_read = "complaint_read"
    complaint_answer = "complaint_answer"


WAITS: dict[Kind, str] = {
    Kind.check: N_("Evidence to check"),
    Kind.arrange: N_("Check on site to arrange"),
    Kind.plan: N_("Plan to answer"),
    Kind.extension: N_("More time asked for"),
    Kind.no_action: N_("Reason for taking no action"),
    Kind.comment: N_("Message not answered"),
    Kind.dispute: N_("Dispute to decide"),
    Kind.review: N_("Visit to review"),
    Kind.letter: N_("Letter to approve"),
    Kind.delivery: N_("Delivery not proven"),
    Kind.ask_again: N_("Workers to ask again"),
    Kind.complaint_read: N_("Complaint to read"),
    Kind.complaint_answer: N_("Complaint to answer"),
}
NEXT: dict[Kind, str] = {
    Kind.check: N_("Verify it, in full or in part, or return it"),
    Kind.arrange: N_("Plan a follow-up visit with the open items"),
    Kind.plan: N_("Accept the plan or return it, with letter L4"),
    Kind.extension: N_("Give more time or say why not"),
    Kind.no_action: N_("Accept the reason or return it"),
    Kind.comment: N_("Answer, or mark it as read"),
    Kind.dispute: N_("Decide it"),
    Kind.review: N_("Release it or send it back"),
    Kind.letter: N_("Approve it or decline it"),
    Kind.delivery: N_("Note how it arrived, or send it again"),
    Kind.ask_again: N_("Ask those who agreed, never the employer about one person"),
    Kind.complaint_read: N_("Read it, and say whom it is about"),
    Kind.complaint_answer: N_("Answer whoever wrote it"),
}

PLAN_DAYS, ANSWER_DAYS, CHECK_DAYS, UNPROVEN_DAYS, LETTER_DAYS = 7, 5, 14, 7, 1
"""Days for an answer to a plan, to a message, for a check, for a letter to arrive, and for approving one that was
prepared, where no policy says it.
"""
WEIGHTS: dict[Severity, int] = {Severity.critical: 1, Severity.major: 2, Severity.minor: 3}


@dataclass(frozen=True)
class Task:
    """One thing that waits. ``on`` is the day since when; ``by`` the day until when, None where nothing is laid down.

    ``subject`` is what the page behind it is about; ``enterprise_id`` is None, and ``enterprise`` empty, for a
    complaint of which nobody knows yet whom it is about; ``owner`` whose work it is, None where it is anybody's with
    the role for it.
    """

    kind: Kind
    subject: UUID
    action_id: UUID | None
    visit_id: UUID | None
    enterprise_id: UUID | None
    enterprise: str
    sort_key: str
    item: str
    severity: Severity | None
    zero_tolerance: bool
    on: date
    by: date | None
    owner: UUID | None = None
    workplace_id: UUID | None = None

    def late(self, today: date) -> int:
        """How many days the work is late; 0 while it is not."""
        return max(0, (today - self.by).days) if self.by else 0


def weight(task: Task) -> int:
    """How heavy it is: zero tolerance first, what has no severity last."""
    if task.zero_tolerance:
        return 0
    return WEIGHTS[task.severity] if task.severity else 4


def ordered(tasks: Iterable[Task], sort: str) -> list[Task]:
    """Tasks by urgency (the earliest day until when first, the heavier first), by ``since``, ``name`` or ``severity``;
    "-" in front turns it. The order never depends on chance.
    """
    keys = {
        "urgency": lambda task: (task.by or date.max, weight(task), task.on),
        "since": lambda task: (task.on, weight(task)),
        "name": lambda task: (task.sort_key, task.by or date.max),
        "severity": lambda task: (weight(task), task.by or date.max),
    }
    name = sort.lstrip("-") if sort.lstrip("-") in keys else "urgency"
    first = sorted(tasks, key=lambda task: (task.kind.value, task.subject))
    return sorted(first, key=keys[name], reverse=sort.startswith("-"))


def check_by(due_on: date | None, since: date, deadlines: Deadlines) -> date:
    """By when a correction is checked: so many days after it is due, or after the evidence came if that is later."""
    days = CHECK_DAYS if deadlines.verification_days is None else deadlines.verification_days
    return max(due_on or since, since) + timedelta(days=days)


def plan_by(since: date, ladder: Ladder) -> date:
    """By when a plan is answered."""
    terms = ladder.letters.get("L4")
    days = terms.within_days if terms is not None and terms.within_days is not None else PLAN_DAYS
    return since + timedelta(days=days)


def review_by(visited_on: date, ladder: Ladder, urgent: bool) -> date:
    """By when a sealed visit is released: its letter goes out in time."""
    terms = ladder.letters.get("L3" if urgent else "L2")
    days = terms.within_days if terms is not None and terms.within_days is not None else PLAN_DAYS
    return visited_on + timedelta(days=days)


def after_days(day: date, days: int) -> date:
    """So many calendar days later."""
    return day + timedelta(days=days)
