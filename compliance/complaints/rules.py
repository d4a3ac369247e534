"""The law of complaints: what is asked, what follows, and what is told to whom. Pure."""

import hashlib
import hmac
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from compliance.shared.calendar import add_working_days
from compliance.shared.problems import Conflict, Problem
from compliance.shared.words import N_, Text

AREAS = ("wages", "safety", "sanitation", "social_security", "punishment")
AREA_WORDS = {
    "wages": N_("Pay: too little, too late, deductions, overtime"),
    "safety": N_("Danger at work: machines, fire, chemicals, locked exits"),
    "sanitation": N_("Toilets, water, food, dormitory, washing"),
    "social_security": N_("Contract, insurance, leave, maternity"),
    "punishment": N_("Shouting, beating, fines, papers taken away, harassment"),
}

LONGEST = 5000
"""Characters of one text."""
MOST_FILES = 5
WORDS = 5
"""Words of a secret: of more than 100 words each, 33 bits; guessed only through a form that counts."""
LINGERS = timedelta(minutes=20)
"""So long a complaint stays open on a telephone, and a page that was sent twice shows the same words."""


class Source(StrEnum):
    """By which way a complaint came."""

    form = "form"
    hotline = "hotline"
    womens_home = "womens_home"
    union = "union"
    legal_aid = "legal_aid"
    visit = "visit"
    letter = "letter"


SOURCE_WORDS = {
    Source.form: N_("Public form"),
    Source.hotline: N_("Hotline"),
    Source.womens_home: N_("Women's home"),
    Source.union: N_("Trade union"),
    Source.legal_aid: N_("Legal aid centre"),
    Source.visit: N_("Came in person"),
    Source.letter: N_("Letter"),
}


class State(StrEnum):
    """How far a complaint is. A complainant learns this word and the answers, and nothing else."""

    received = "received"
    read = "read"
    answered = "answered"
    closed = "closed"


STATE_WORDS = {
    State.received: N_("Received"),
    State.read: N_("Read"),
    State.answered: N_("Answered"),
    State.closed: N_("Closed"),
}


class Concerned(StrEnum):
    """How many workers are concerned."""

    one = "one"
    few = "few"
    several = "several"
    many = "many"
    unknown = "unknown"


CONCERNED_WORDS = {
    Concerned.one: N_("Only me"),
    Concerned.few: N_("2 to 4"),
    Concerned.several: N_("5 to 19"),
    Concerned.many: N_("20 or more"),
    Concerned.unknown: N_("I do not know"),
}


class Reply(StrEnum):
    """An answer to a question that nobody has to answer."""

    yes = "yes"
    no = "no"
    unsaid = "unsaid"


REPLY_WORDS = {Reply.yes: N_("Yes"), Reply.no: N_("No"), Reply.unsaid: N_("I would rather not say")}


class Outcome(StrEnum):
    """What a complaint came to."""

    founded = "founded"
    unfounded = "unfounded"
    unreachable = "unreachable"
    passed_on = "passed_on"


OUTCOME_WORDS = {
    Outcome.founded: N_("Founded"),
    Outcome.unfounded: N_("Unfounded"),
    Outcome.unreachable: N_("Could not be reached"),
    Outcome.passed_on: N_("Passed on"),
}


@dataclass(frozen=True)
class Hotline:
    """A telephone number for those who need help; ``danger`` ones are called first."""

    number: str
    whose: Text
    danger: bool


@dataclass(frozen=True)
class Period:
    """What holds from a day on: working days to read and to answer, both from its coming; days of delay (from, to),
    days that content is kept.
    """

    since: date
    read_within: int
    answer_within: int
    delay: tuple[int, int]
    keep_days: int


def in_force(periods: Sequence[Period], on: date) -> Period:
    """The period of a day; before the first one, the first."""
    begun = [one for one in periods if one.since <= on]
    return max(begun, key=lambda one: one.since) if begun else min(periods, key=lambda one: one.since)


def read_by(received_on: date, period: Period) -> date:
    """The last day on which somebody should have read it."""
    return add_working_days(received_on, period.read_within)[0]


def next_by(state: State, to_read_by: date, period: Period) -> date | None:
    """By when somebody has to read it or, once it is read, to answer it; None for one that was answered or closed."""
    if state is State.received:
        return to_read_by
    if state is not State.read:
        return None
    return add_working_days(to_read_by, period.answer_within - period.read_within)[0]


def scores_from(received_on: date, period: Period, drawn: int) -> date:
    """From which day it counts for the risk score; ``drawn`` is any random whole number.

    The delay hides the cause: an enterprise that was complained about cannot read it off the date of a visit.
    """
    least, most = period.delay
    return received_on + timedelta(days=least + drawn % (most - least + 1))


def require_something(text: str, areas: Sequence[str], files: int) -> None:
    """Raise ``Problem`` for a complaint that says nothing at all."""
    if not (text or areas or files):
        raise Problem(
            "complaint-empty", N_("Please tell us what happened, or choose a picture above."), field="happened"
        )


def require_open(state: State) -> None:
    """Raise ``Conflict`` when a complaint is closed."""
    if state is State.closed:
        raise Conflict("complaint-closed", N_("This complaint is closed. Reopen it first."))


def fen(amount: Decimal) -> int:
    """A sum in yuan as fen. Raises ``Problem`` below zero or with a third place behind the point."""
    exact = amount * 100
    if not amount.is_finite() or exact < 0 or exact != exact.to_integral_value() or exact > 10**13:
        raise Problem(
            "complaint-sum", N_("Write the sum in yuan with at most two places behind the point."), field="recovered"
        )
    return int(exact)


# -- number and secret words -------------------------------------------------------------------------------------------


def secret_words(key: bytes, once: str, words: Sequence[str]) -> tuple[str, ...]:
    """The words for a form that was sent: the same for the same form, so that a second press of the button shows them
    again; without ``key`` and ``once`` (kept nowhere) nobody can make them.
    """
    drawn = int.from_bytes(hmac.new(key, b"complaint words " + once.encode(), hashlib.sha256).digest())
    return tuple(words[(drawn >> 16 * place) % len(words)] for place in range(WORDS))


def plain_words(typed: str) -> str:
    """Secret words as they are compared: small letters without anything between them."""
    normal = unicodedata.normalize("NFKC", typed).casefold()
    return "".join(one for one in normal if one.isalpha())[:200]


def asked_sum(key: bytes, once: str) -> tuple[int, int]:
    """Two small numbers that whoever sends a form in a flood adds up; they follow from the form."""
    drawn = hmac.new(key, b"complaint sum " + once.encode(), hashlib.sha256).digest()
    return 2 + drawn[0] % 18, 2 + drawn[1] % 8
