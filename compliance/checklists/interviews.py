"""What is said and asked in interviews, as data: the spoken notice, the questions with their answers, the periods.

A question is open, and its answers are what people usually say; whoever asks ticks one. A third language is a text
more under each key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from compliance.shared.words import Text

Spoken = Mapping[str, str]
"""A text by language code."""


class Setting(StrEnum):
    """How people are asked: one by one, or a few of them together."""

    alone = "alone"
    group = "group"


@dataclass(frozen=True)
class Said:
    """One thing that people answer. ``shortfall``: it tells of something that is not as it should be; ``danger``: of
    something that cannot wait, so that its indicators weigh heavily whoever says it.
    """

    id: str
    text: Spoken
    shortfall: bool = False
    danger: bool = False


@dataclass(frozen=True)
class Question:
    """One question: where it is asked, what it is about, and the items and ILO indicators that it speaks to."""

    id: str
    settings: tuple[Setting, ...]
    text: Spoken
    answers: tuple[Said, ...]
    items: tuple[str, ...]
    ilo: tuple[int, ...] = ()
    pay: bool = False

    def answer(self, id: str) -> Said | None:
        """The answer of this id, if there is one."""
        return next((one for one in self.answers if one.id == id), None)


@dataclass(frozen=True)
class Periods:
    """From a day on: for how many days answers, and the contacts of those who agreed, are kept once entered."""

    valid_from: date
    answers_days: int
    contacts_days: int
    source: Text


@dataclass(frozen=True)
class InterviewForm:
    """Everything that is said in an interview. ``languages``: code -> name in itself; each has all texts."""

    languages: Mapping[str, str]
    notice: Spoken
    consent: Spoken
    questions: tuple[Question, ...]
    periods: tuple[Periods, ...]

    def asked(self, setting: Setting) -> tuple[Question, ...]:
        """The questions of a setting, in their order."""
        return tuple(one for one in self.questions if setting in one.settings)

    def question(self, id: str) -> Question | None:
        """The question of this id, if there is one."""
        return next((one for one in self.questions if one.id == id), None)

    def periods_of(self, day: date) -> Periods:
        """Those of a day; before all of them the first."""
        return next((one for one in reversed(self.periods) if one.valid_from <= day), self.periods[0])
