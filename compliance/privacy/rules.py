"""The law of personal data: kinds and their ends, deadlines of answers and of the steps after a breach. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from compliance.shared.calendar import add_working_days
from compliance.shared.problems import Conflict, Problem, Refused
from compliance.shared.words import N_, Text

LONGEST_HOLD = timedelta(days=366)
UNCONFIRMED = timedelta(days=7)
"""How long a hold that one person asked for holds; after it, only with the word of a second one."""
PLAIN = "plain"
"""What the register calls columns that hold nothing about a person."""


class End(StrEnum):
    """What becomes of personal data at the end of its period."""

    key = "key"
    blanked = "blanked"
    removed = "removed"
    kept = "kept"


END_WORDS = {
    End.key: N_("Its key is destroyed; nobody can read it any more"),
    End.blanked: N_("Emptied; the row stays as a number"),
    End.removed: N_("Removed"),
    End.kept: N_("Kept, for the reason given"),
}


@dataclass(frozen=True)
class Removal:
    """One thing that the night does; see the head of ``kinds.yaml``."""

    table: str
    since: tuple[str, ...]
    gone: dict[str, list[Any]]
    through: str
    blank: dict[str, Any]
    delete: bool
    files: tuple[str, ...]
    hanging: tuple["Hanging", ...]


@dataclass(frozen=True)
class Hanging:
    """Rows that hang on those that are removed, by a column that names them."""

    table: str
    by: str
    blank: dict[str, Any]
    delete: bool


@dataclass(frozen=True)
class Kind:
    """A kind of personal data. ``days`` after ``since`` it ends as ``end`` says; None where the end names the day."""

    id: str
    name: Text
    purpose: Text
    ground: Text
    law: tuple[int, ...]
    readers: Text
    place: Text
    days: int | None
    since: Text
    end: End
    why: Text
    holdable: bool
    keys: tuple[str, ...]
    removals: tuple[Removal, ...]


@dataclass(frozen=True)
class Elsewhere:
    """Personal data outside the database."""

    name: Text
    what: Text
    period: Text


@dataclass(frozen=True)
class Register:
    """Everything of ``kinds.yaml`` and ``tables.yaml``; ``tables`` maps table and kind (or ``PLAIN``) to columns."""

    checked: date
    kinds: dict[str, Kind]
    elsewhere: tuple[Elsewhere, ...]
    tables: dict[str, dict[str, tuple[str, ...]]]


# -- requests ----------------------------------------------------------------------------------------------------------


class Asks(StrEnum):
    """What somebody asks about their own data."""

    access = "access"
    copy = "copy"
    correction = "correction"
    deletion = "deletion"
    objection = "objection"
    explanation = "explanation"


ASKS_WORDS = {
    Asks.access: N_("To see what is held"),
    Asks.copy: N_("To get a copy, or to have it moved elsewhere"),
    Asks.correction: N_("To have something corrected"),
    Asks.deletion: N_("To have something deleted"),
    Asks.objection: N_("To object, or to take consent back"),
    Asks.explanation: N_("To have the rules explained"),
}


class Answered(StrEnum):
    """What came of a request."""

    done = "done"
    partly = "partly"
    refused = "refused"


ANSWERED_WORDS = {
    Answered.done: N_("Done"),
    Answered.partly: N_("Done in part"),
    Answered.refused: N_("Refused, with the reason"),
}


def answer_by(received_on: date, working_days: int) -> date:
    """The last day on which a request is answered."""
    return add_working_days(received_on, working_days)[0]


def require_unanswered(answered_at: datetime | None) -> None:
    """Raise ``Conflict`` for a request that was answered."""
    if answered_at is not None:
        raise Conflict("privacy-answered", N_("This request was answered already."))


# -- holds -------------------------------------------------------------------------------------------------------------


def holds(today: date, until: date, asked_on: date, *, confirmed: bool, ended: bool) -> bool:
    """Whether a hold stops removal on a day: confirmed until its last day, unconfirmed for a week."""
    if ended or today > until:
        return False
    return confirmed or today <= asked_on + UNCONFIRMED


def require_hold(kind: Kind | None, until: date, today: date) -> None:
    """Raise ``Problem`` for a kind that nobody may hold, or a day that has passed or lies too far ahead."""
    if kind is None or not kind.holdable:
        raise Problem("hold-kind", N_("The removal of this kind cannot be stopped."), field="kind")
    if not today <= until <= today + LONGEST_HOLD:
        raise Problem("hold-until", N_("Choose a day from today on, at most a year ahead."), field="until")


def require_second(asked_by: UUID | None, actor: UUID | None) -> None:
    """Raise ``Refused`` when the one who asked would also confirm."""
    if actor is None or asked_by == actor:
        raise Refused("hold-second", N_("Another person has to confirm this."))


# -- after a breach ----------------------------------------------------------------------------------------------------


class Step(StrEnum):
    """What is done after a breach, in order."""

    contained = "contained"
    assessed = "assessed"
    authority = "authority"
    persons = "persons"
    closed = "closed"


STEP_WORDS = {
    Step.contained: N_("Contain it: close the way, change keys and passwords, keep the traces"),
    Step.assessed: N_("Assess it: whose data, how many people, what harm, are workers in danger"),
    Step.authority: N_("Tell the authority for personal information (cyberspace administration)"),
    Step.persons: N_("Tell the people concerned, or write down why no harm can follow"),
    Step.closed: N_("Close it: what is changed so that it does not happen again"),
}


def step_by(found_at: datetime, step: Step, hours: dict[str, int]) -> datetime:
    """Until when a step is done."""
    return found_at + timedelta(hours=hours[step.value])


def require_next(step: Step, done: set[Step]) -> None:
    """Raise ``Conflict`` for a step that was done, or for the end before all others."""
    if step in done or Step.closed in done:
        raise Conflict("breach-step", N_("This step was entered already."))
    if step is Step.closed and done != set(Step) - {Step.closed}:
        raise Conflict("breach-open", N_("Enter the other steps first."))


# -- passing on --------------------------------------------------------------------------------------------------------


class Ground(StrEnum):
    """On what personal data is passed on to somebody else (PIPL 13, 23, 29)."""

    separate_consent = "separate_consent"
    legal_duty = "legal_duty"
    emergency = "emergency"


GROUND_WORDS = {
    Ground.separate_consent: N_("Separate consent of the person"),
    Ground.legal_duty: N_("Duty by law, or order of an authority"),
    Ground.emergency: N_("Danger to life, health or property, at once"),
}


class Why(StrEnum):
    """For what personal data is passed on."""

    referral = "referral"
    claim = "claim"
    joint_visit = "joint_visit"
    other = "other"


WHY_WORDS = {
    Why.referral: N_("Referral to an authority or an organisation that helps"),
    Why.claim: N_("Claim of wages"),
    Why.joint_visit: N_("Joint visit"),
    Why.other: N_("Something else"),
}
