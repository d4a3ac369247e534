"""Reads what is said and asked in interviews: notice, questions with their answers, periods."""

import itertools
import re
from collections.abc import Collection

from compliance.checklists.complaints import Place, nearest
from compliance.checklists.interviews import InterviewForm, Periods, Question, Said, Setting, Spoken
from compliance.checklists.reader import Reader, once
from compliance.checklists.source import Group

_LANGUAGE = re.compile(r"[a-z]{2,3}")
_ID = re.compile(r"[a-z][a-z0-9-]{0,31}")
_NEEDED = ("en", "zh")
_MOST_DAYS = 1096


def read_interviews(reader: Reader, root: Group, items: Collection[str] | None = None) -> InterviewForm | None:
    """The interviews of one file; None where there is nothing to use. ``items``: the items there are, if known."""
    reader.keys(root, ("interviews",))
    group = reader.group(root, "interviews")
    if group is None:
        return None
    reader.keys(group, ("languages", "notice", "consent", "questions", "periods"))
    languages = _languages(reader, group)
    notice, consent = (_spoken(reader, group, key, languages) for key in ("notice", "consent"))
    seen: dict[str, Place] = {}
    questions = []
    for entry in reader.groups(group, "questions"):
        question = _question(reader, entry, languages, items)
        if once(reader, "C205", seen, question.id, entry.place):
            questions.append(question)
    periods = [one for entry in reader.groups(group, "periods") if (one := _periods(reader, entry))]
    for earlier, later in itertools.pairwise(periods):
        if later.valid_from <= earlier.valid_from:
            reader.complain("C321", group.at("periods"), first=earlier.valid_from, value=later.valid_from)
    for setting in Setting:
        if questions and not any(setting in one.settings for one in questions):
            reader.complain("C323", group.at("questions"), value=setting.value)
    if not questions or not periods:
        return None
    return InterviewForm(languages, notice, consent, tuple(questions), tuple(periods))


def _languages(reader: Reader, group: Group) -> dict[str, str]:
    table = reader.group(group, "languages")
    if table is None:
        return dict.fromkeys(_NEEDED, "")
    for code in table.values:
        if not _LANGUAGE.fullmatch(code):
            reader.complain("C112", table.at(code), key="languages", value=code[:80], example="vi")
    for code in _NEEDED:
        if code not in table.values:
            reader.complain("C102", table.place, key=code)
    return {code: reader.word(table, code) for code in table.values}


def _spoken(reader: Reader, group: Group, key: str, languages: Collection[str]) -> Spoken:
    table = reader.group(group, key)
    if table is None:
        return {}
    reader.keys(table, tuple(languages))
    return {code: reader.word(table, code) for code in languages if code in table.values}


def _question(reader: Reader, group: Group, languages: Collection[str], items: Collection[str] | None) -> Question:
    reader.keys(group, ("id", "settings", "text", "answers", "items"), ("ilo", "pay"))
    id = reader.shaped(group, "id", _ID, "identity-card")
    settings = tuple(Setting(one) for one in _chosen(reader, group))
    pay = reader.truth(group, "pay")
    if pay and Setting.group in settings:
        reader.complain("C324", group.at("settings"), value=id)
    about = reader.words(group, "items")
    for item in about:
        if items is not None and item not in items:
            reader.complain("C316", group.at("items"), meant=nearest(item, items), value=item)
    seen: dict[str, Place] = {}
    answers = []
    for entry in reader.groups(group, "answers"):
        reader.keys(entry, ("id", "text"), ("shortfall", "danger"))
        name = reader.shaped(entry, "id", _ID, "with-me")
        if once(reader, "C205", seen, name, entry.place):
            danger = reader.truth(entry, "danger")
            shortfall = reader.truth(entry, "shortfall") or danger
            answers.append(Said(name, _spoken(reader, entry, "text", languages), shortfall, danger))
    if {one.shortfall for one in answers} != {True, False}:
        reader.complain("C325", group.at("answers"), value=id)
    numbers = (reader.as_whole(entry, "ilo", 1, 11) for entry in reader.many(group, "ilo"))
    ilo = tuple(number for number in numbers if number is not None)
    return Question(id, settings, _spoken(reader, group, "text", languages), tuple(answers), about, ilo, pay)


def _chosen(reader: Reader, group: Group) -> tuple[str, ...]:
    named = (reader.as_choice(entry, "settings", tuple(Setting)) for entry in reader.many(group, "settings"))
    return tuple(one for one in dict.fromkeys(named) if one)


def _periods(reader: Reader, group: Group) -> Periods | None:
    reader.keys(group, ("from", "answers_days", "contacts_days", "source"))
    valid_from, source = reader.day(group, "from"), reader.text(group, "source")
    answers = reader.whole(group, "answers_days", 1, _MOST_DAYS)
    contacts = reader.whole(group, "contacts_days", 14, 30)
    if valid_from is None or answers is None or contacts is None:
        return None
    return Periods(valid_from, answers, contacts, source)
