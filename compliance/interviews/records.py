"""What is kept of one interview, and how it is written before it is sealed. There is no place for a name."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from compliance.checklists.interviews import InterviewForm, Setting
from compliance.interviews.rules import Count
from compliance.shared.problems import Problem
from compliance.shared.words import N_, clean

UNSAID = "did-not-say"
"""The answer of whoever did not say."""
NOTE_LIMIT = 2000
"""Characters of one note."""
CONTACT_LIMIT = 200
MOST_IN_A_GROUP = 30


@dataclass(frozen=True)
class Given:
    """One answer. ``asked`` and ``said`` are the words as they were, so that a later form changes nothing."""

    question: str
    answer: str
    asked: str
    said: str
    shortfall: bool
    note: str = ""


@dataclass(frozen=True)
class Record:
    """One interview, alone or with a group of ``people``. ``brought``: the employer had chosen them."""

    setting: Setting
    language: str
    people: int
    brought: bool
    given: tuple[Given, ...]
    note: str = ""

    @property
    def counts(self) -> bool:
        """Whether it goes into counts: who was brought, or speaks before others, is not free to say."""
        return self.setting is Setting.alone and not self.brought


def made(form: InterviewForm, raw: Any) -> Record:
    """The record of what was entered on a page or a tablet. Raises ``Problem`` for what cannot be.

    ``raw``: setting, language, people, brought, notice, consent, answers (question -> {answer, note}), note.
    """
    if (
        not isinstance(raw, Mapping)
        or raw.get("setting") not in set(Setting)
        or not isinstance(raw.get("answers"), dict)
    ):
        raise Problem("interview-shape", N_("This is no interview."))
    if raw.get("notice") is not True or raw.get("consent") is not True:
        raise Problem(
            "interview-consent",
            N_("An interview is kept only if the notice was spoken and the worker agreed."),
            field="consent",
        )
    setting, language = Setting(raw["setting"]), raw.get("language")
    if language not in form.languages:
        raise Problem("interview-language", N_("The questions are not written in this language."), field="language")
    people = raw.get("people") if setting is Setting.group else 1
    if not isinstance(people, int) or not 1 <= people <= MOST_IN_A_GROUP or (setting is Setting.group and people < 2):
        raise Problem("interview-people", N_("Say how many took part, from 2 to 30."), field="people")
    given = tuple(_given(form, setting, str(language), id, one) for id, one in raw["answers"].items())
    note = _note(raw.get("note"))
    if not note and all(one.answer == UNSAID and not one.note for one in given):
        raise Problem("interview-empty", N_("No question has an answer yet."))
    order = [one.id for one in form.questions]
    ordered = tuple(sorted(given, key=lambda one: order.index(one.question)))
    return Record(setting, str(language), people, raw.get("brought") is True, ordered, note)


def _given(form: InterviewForm, setting: Setting, language: str, id: str, raw: Any) -> Given:
    question = form.question(id)
    if question is None or setting not in question.settings or not isinstance(raw, Mapping):
        raise Problem("interview-question", N_("“%(id)s” is not asked here."), id=str(id)[:40])
    name = raw.get("answer") or UNSAID
    if name == UNSAID:
        return Given(id, UNSAID, question.text[language], "", False, _note(raw.get("note")))
    answer = question.answer(str(name))
    if answer is None:
        raise Problem("interview-answer", N_("“%(id)s” has no such answer."), id=id)
    said = answer.text[language]
    return Given(id, answer.id, question.text[language], said, answer.shortfall, _note(raw.get("note")))


def _note(raw: Any) -> str:
    return clean(raw)[:NOTE_LIMIT] if isinstance(raw, str) else ""


def written(record: Record) -> bytes:
    """The record as it is sealed."""
    document = {**vars(record), "setting": record.setting.value, "given": [vars(one) for one in record.given]}
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def read(clear: bytes) -> Record:
    """What ``written`` wrote."""
    document = json.loads(clear)
    given = tuple(Given(**one) for one in document.pop("given"))
    return Record(**{**document, "setting": Setting(document["setting"]), "given": given})


def counted(records: Iterable[Record]) -> dict[str, Count]:
    """By question, of how many who answered it freely how many told of a shortfall."""
    asked: Counter[str] = Counter()
    told: Counter[str] = Counter()
    for record in records:
        for one in record.given:
            if record.counts and one.answer != UNSAID:
                asked[one.question] += 1
                told[one.question] += one.shortfall
    return {question: Count(number, told[question]) for question, number in sorted(asked.items())}
