"""The ladder as data: what follows, step by step, while something that was asked for is not done (domain facts 5.2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class After(StrEnum):
    """The day that a deadline or a step counts from.

    `told`: the enterprise was told on site; `delivery`: the letter is proven to be there; `due`: the due date as it
    stands; `plan`: the enterprise's plan arrived; `verification`: the last correction was verified.
    """

    visit = "visit"
    told = "told"
    delivery = "delivery"
    due = "due"
    plan = "plan"
    verification = "verification"


class Kind(StrEnum):
    """What a step is: a letter, a message that only says that something waits, or a task for an officer."""

    notice = "notice"
    call = "call"
    talk = "talk"
    first_reminder = "L5"
    second_reminder = "L6"
    escalation = "L7"
    referral = "L9"


REMINDERS: tuple[Kind, ...] = (Kind.first_reminder, Kind.second_reminder, Kind.escalation)
"""The letters that climb, lowest first."""
TASKS: frozenset[Kind] = frozenset({Kind.call, Kind.talk})
"""What an officer does and records."""
STEP_DAYS: tuple[After, ...] = (After.told, After.delivery, After.due)
"""What a step can count from; for all of them an action knows the day."""
SIGNERS: tuple[str, ...] = ("inspector", "reviewer", "secretary_general", "chair")
TOLD: tuple[str, ...] = ("leadership", "secretary_general", "committee", "annual_summary")
"""Who else is told of a step."""
DOWN: tuple[str, ...] = ("repayment", "talk")
"""What can be agreed so that the ladder begins anew."""


@dataclass(frozen=True)
class Terms:
    """What a letter of one kind needs: one of the `approver` roles says the word; `within_days` counts `after` a day.
    None for letters that a step of the ladder sends on its own day.
    """

    approver: tuple[str, ...]
    signer: str
    after: After | None = None
    within_days: int | None = None


@dataclass(frozen=True)
class Step:
    """One step. `days` are calendar days relative to the day it counts from, negative before it; `deadline_days` from
    the letter to the new date that it sets; `tells` who else is told.
    """

    id: str
    kind: Kind
    after: After
    days: int
    deadline_days: int | None = None
    tells: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rungs:
    """The ladder of one severity: its steps as they rise, and what that can be agreed takes it down again."""

    steps: tuple[Step, ...]
    down: tuple[str, ...] = ()

    @property
    def tracks(self) -> tuple[tuple[Step, ...], ...]:
        """The steps that rise in one row: the reminders, and each other kind by itself."""
        reminders = tuple(step for step in self.steps if step.kind in REMINDERS)
        others = (Kind.referral, Kind.notice, Kind.call, Kind.talk)
        tracks = (reminders, *(tuple(step for step in self.steps if step.kind is kind) for kind in others))
        return tuple(track for track in tracks if track)

    def step(self, id: str) -> Step | None:
        """The step of this id, or None."""
        return next((step for step in self.steps if step.id == id), None)


@dataclass(frozen=True)
class Ladder:
    """The whole ladder. `severities` is keyed by severity and by "zero_tolerance", `letters` by the kind of letter.

    `repayment_days`: how far ahead the last instalment of a repayment plan may lie; `talk_days`: the same of a date
    that is agreed in a talk.
    """

    letters: Mapping[str, Terms] = field(default_factory=dict)
    severities: Mapping[str, Rungs] = field(default_factory=dict)
    unproven_days: int = 7
    repayment_days: int = 366
    talk_days: int = 30

    def rungs(self, kind: str) -> Rungs:
        """The ladder of a severity; one without steps where nothing is laid down."""
        return self.severities.get(kind, Rungs(()))
