"""What both sides agree on instead of the due date: a repayment plan, or a date named in a talk; and the containment of
a danger. The law of it. Pure.

Amounts are those of the enterprise as a whole, in fen (hundredths of a yuan), never of a worker.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from compliance.checklists.ladder import Ladder, Rungs
from compliance.checklists.rules import Deadlines
from compliance.shared.problems import Conflict, Problem, Refused
from compliance.shared.words import N_

WAGES = "wages"
MOST_INSTALMENTS = 36
MOST_FEN = 10**13
"""A hundred thousand million yuan: beyond it somebody has slipped."""
MOST_WORKERS = 1_000_000


class Contained(StrEnum):
    """How the association knows that a danger is contained."""

    call = "call"
    seen = "seen"


class Outcome(StrEnum):
    """What came of a talk."""

    agreed = "agreed"
    put_right = "put_right"
    nothing = "nothing"
    absent = "absent"


CONTAINED: dict[Contained, str] = {
    Contained.call: N_("Told by telephone"),
    Contained.seen: N_("Seen on site"),
}
OUTCOMES: dict[Outcome, str] = {
    Outcome.agreed: N_("A new date was agreed"),
    Outcome.put_right: N_("The enterprise says that it is put right; evidence follows"),
    Outcome.nothing: N_("Nothing was agreed"),
    Outcome.absent: N_("Nobody of the enterprise came"),
}


@dataclass(frozen=True)
class Instalment:
    """One payment of a plan: the day, the amount in fen, and the day on which it was paid."""

    due_on: date
    fen: int
    paid_on: date | None = None


def next_due(instalments: Sequence[Instalment]) -> date | None:
    """The day of the first payment that was not made; None when all were."""
    return min((one.due_on for one in instalments if one.paid_on is None), default=None)


def missed(instalments: Sequence[Instalment], today: date) -> tuple[Instalment, ...]:
    """The payments whose day has gone by without them."""
    return tuple(one for one in instalments if one.paid_on is None and one.due_on < today)


def may_decide(decider: UUID | None, finders: Set[UUID], deadlines: Deadlines) -> bool:
    """Whether this person may agree to another date: where a second person is asked for, nobody who found it."""
    return decider is not None and not (deadlines.second_person and decider in finders)


def require_decider(decider: UUID | None, finders: Set[UUID], deadlines: Deadlines) -> None:
    """Raise Refused("action-second-person") unless somebody decides who was not on the visit, where that is asked."""
    if not may_decide(decider, finders, deadlines):
        raise Refused(
            "action-second-person",
            N_("For a correction of this weight, somebody who was not on the visit agrees to another date."),
        )


def check_plan(
    instalments: Sequence[Instalment], area: str, zero_tolerance: bool, rungs: Rungs, ladder: Ladder, today: date
) -> None:
    """Refuse a repayment plan that cannot take the place of a due date.

    Raises Conflict("repayment-not-here") or Problem("repayment-empty", "repayment-many", "repayment-amount",
    "repayment-days").
    """
    if area != WAGES or zero_tolerance or "repayment" not in rungs.down:
        raise Conflict("repayment-not-here", N_("Only the date of a wages action is replaced by a repayment plan."))
    if not instalments:
        raise Problem("repayment-empty", N_("Enter at least one payment."), field="payments")
    if len(instalments) > MOST_INSTALMENTS:
        raise Problem(
            "repayment-many", N_("At most %(most)d payments, please."), field="payments", most=MOST_INSTALMENTS
        )
    if any(not 0 < one.fen <= MOST_FEN for one in instalments):
        raise Problem("repayment-amount", N_("An amount lies above zero, in yuan."), field="payments")
    days = [one.due_on for one in instalments]
    last = today + timedelta(days=ladder.repayment_days)
    if days != sorted(set(days)) or days[0] < today or days[-1] > last:
        raise Problem(
            "repayment-days",
            N_("The payments follow one another, the first not before today and the last no later than %(last)s."),
            field="payments",
            last=last,
        )


def check_paid(on: date, agreed_on: date, today: date) -> None:
    """Refuse a day on which the payment cannot have been made."""
    if not agreed_on <= on <= today:
        raise Problem("repayment-paid-on", N_("The day lies between the agreement and today."), field="paid_on")


def check_owed(owed_fen: int | None, workers: int | None, instalments: Sequence[Instalment]) -> None:
    """Refuse what cannot be owed: less than is agreed to be paid, or for nobody. None: nobody knows it yet.

    Raises Problem("repayment-owed", "repayment-workers").
    """
    if owed_fen is not None and not sum(one.fen for one in instalments) <= owed_fen <= MOST_FEN:
        raise Problem("repayment-owed", N_("What is owed is at least what is agreed to be paid."), field="owed")
    if workers is not None and not 1 <= workers <= MOST_WORKERS:
        raise Problem("repayment-workers", N_("Say for how many workers, at least one."), field="workers")


def check_confirmed(paid_on: date | None, on: date, asked: int, today: date) -> None:
    """Refuse a confirmation that cannot be: of what was not paid, on an impossible day, or by nobody.

    Raises Conflict("repayment-not-paid"), Problem("repayment-confirmed-on", "repayment-asked").
    """
    if paid_on is None:
        raise Conflict("repayment-not-paid", N_("This payment is not recorded as made."))
    if not paid_on <= on <= today:
        raise Problem("repayment-confirmed-on", N_("The day lies between the payment and today."), field="confirmed_on")
    if not 1 <= asked <= MOST_WORKERS:
        raise Problem("repayment-asked", N_("Say how many workers confirmed it, at least one."), field="asked")


def check_talk(
    held_on: date,
    place: str,
    present: str,
    outcome: Outcome,
    until: date | None,
    allowed: bool,
    ladder: Ladder,
    delivered_on: date,
    today: date,
) -> None:
    """Refuse the record of a talk that cannot be true, or that agrees on what may not be agreed.

    `allowed`: every action that was talked about may get another date by a talk. Raises Problem("talk-day",
    "talk-place", "talk-present", "talk-until") or Conflict("talk-no-date").
    """
    if not delivered_on <= held_on <= today:
        raise Problem("talk-day", N_("A talk is held after the letter, and no later than today."), field="held_on")
    if not place.strip():
        raise Problem("talk-place", N_("Please say where the talk was held."), field="place")
    if not present.strip():
        raise Problem("talk-present", N_("Please say who took part, by their posts."), field="present")
    if outcome is not Outcome.agreed:
        if until is not None:
            raise Problem(
                "talk-until", N_("A new date belongs to the outcome that one was agreed."), field="talk_until"
            )
        return
    if not allowed:
        raise Conflict("talk-no-date", N_("Something of this weight gets no other date by a talk."))
    last = held_on + timedelta(days=ladder.talk_days)
    if until is None or not max(held_on, today) < until <= last:
        raise Problem(
            "talk-until",
            N_("The new date lies after today and no later than %(last)s."),
            field="talk_until",
            last=last,
        )


def check_contained(contain_by: date | None, told_on: date | None, on: date, today: date, note: str) -> None:
    """Refuse a containment that cannot be: of something that is no danger, or on a day that does not fit."""
    if contain_by is None or told_on is None:
        raise Conflict("contained-not-asked", N_("Nothing has to be contained here."))
    if not told_on <= on <= today:
        raise Problem("contained-on", N_("The day lies between the visit and today."), field="contained_on")
    if not note.strip():
        raise Problem("contained-note", N_("Please say what was done, or what was seen."), field="contain_note")
