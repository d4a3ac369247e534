"""An association's own words: its free passages and standard sentences, and how they take the place of the product's.

What may be said in own words, and what may stand in braces, is data: ``templates/letters/free.yaml``.
"""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import yaml
from pydantic import TypeAdapter

from compliance.letters import placeholders, rules
from compliance.letters.facts import Facts, Passages
from compliance.letters.sandbox import Failed, Job, Sandbox
from compliance.letters.sections import Composition
from compliance.letters.words import Wording
from compliance.shared import places as folders
from compliance.shared import press
from compliance.shared.problems import Problem
from compliance.shared.words import LANGUAGES, N_, Text

PASSAGES = ("opening", "good", "closing")
"""Where in a letter a reviewer writes, and so where a standard sentence can go."""


@dataclass(frozen=True)
class Free:
    """A passage that may be said in own words: where it stands in ``words.yaml``, its name, the kinds of letters that
    say it, the places that it must name, and whether it is ``proposed`` to the reviewer when the letter is drafted.
    """

    path: str
    name: Text
    kinds: tuple[str, ...]
    needs: tuple[str, ...]
    proposed: bool


@dataclass(frozen=True)
class Said:
    """A text in both languages, as it was written. ``one``: one language is enough, knowingly."""

    en: str = ""
    zh: str = ""
    one: bool = False


@dataclass(frozen=True)
class Sentence:
    """A standard sentence: into which passage it goes, and for which letters it is offered (empty: for all).

    ``area`` is the id of an area of the checklist, ``severity`` critical, major or minor: it is offered where the
    letter has such a finding.
    """

    id: str
    passage: str
    said: Said
    kinds: tuple[str, ...] = ()
    area: str = ""
    severity: str = ""

    def fits(self, kind: str, found: Iterable[tuple[str, str]]) -> bool:
        """Whether it is offered for a letter of this kind with these (area, severity) of findings."""
        if self.kinds and kind not in self.kinds:
            return False
        if not self.area and not self.severity:
            return True
        return any(self.area in ("", area) and self.severity in ("", severity) for area, severity in found)


@dataclass(frozen=True)
class Content:
    """Everything that a version of the wording holds. A passage that is missing is said in the product's words."""

    passages: Mapping[str, Said] = field(default_factory=dict)
    sentences: tuple[Sentence, ...] = ()

    def sentence(self, sentence_id: str) -> Sentence | None:
        """A sentence by its id."""
        return next((one for one in self.sentences if one.id == sentence_id), None)


_CONTENT: TypeAdapter[Content] = TypeAdapter(Content)


def content_to_json(content: Content) -> dict[str, Any]:
    """A version as plain JSON values."""
    plain: dict[str, Any] = _CONTENT.dump_python(content, mode="json")
    return plain


def content_from_json(plain: Mapping[str, Any]) -> Content:
    """A version from what ``content_to_json`` gave."""
    return _CONTENT.validate_python(plain)


# --- what may be written ------------------------------------------------------------------------------------------


@cache
def _data() -> Mapping[str, Any]:
    path = folders.templates_dir() / "letters" / "free.yaml"
    data: Mapping[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return data


@cache
def free() -> Mapping[str, Free]:
    """The passages that may be said in own words, in the order of a letter."""
    return {
        path: Free(
            path,
            Text(**entry["name"]),
            tuple(entry["kinds"]),
            tuple(entry.get("needs", ())),
            bool(entry.get("proposed")),
        )
        for path, entry in _data()["passages"].items()
    }


@cache
def known_places(*, proposed: bool = False) -> Mapping[str, Text]:
    """What may stand in braces, and what it means; ``proposed``: in what is written when a letter is drafted."""
    left_out = _data()["set_when_sent"] if proposed else ()
    return {name: Text(**meaning) for name, meaning in _data()["places"].items() if name not in left_out}


def shipped(path: str, words: Mapping[str, Any]) -> Said:
    """The product's own words of a passage."""
    section, key = path.split(".")
    return Said(words[section][key]["en"], words[section][key]["zh"])


def complaints(said: Said, passage: Free | None = None) -> dict[str, list[Problem]]:
    """Everything that is wrong with a text before it is tried, by language (``en``, ``zh``). Without a passage it is a
    standard sentence.
    """
    proposed, needs = (passage.proposed, passage.needs) if passage else (True, ())
    found: dict[str, list[Problem]] = {"zh": [], "en": []}
    for language, text in (("zh", said.zh), ("en", said.en)):
        if not text and not (said.one and (said.en or said.zh)):
            found[language].append(_missing(language))
            continue
        too_early = [name for name in placeholders.used(text) if name in _data()["set_when_sent"]] if proposed else []
        found[language] += [
            Problem("wording-early", N_("{%(name)s} is set when the letter is sent, and cannot stand here."), name=name)
            for name in too_early
        ] or placeholders.complaints(text, known_places(proposed=proposed))
        found[language] += unfit(text)
        if text and not found[language]:
            there = placeholders.used(text)
            found[language] += [
                Problem("wording-needs", N_("This passage has to name {%(name)s}."), name=need)
                for need in needs
                if need not in there
            ]
    return {language: problems for language, problems in found.items() if problems}


def _missing(language: str) -> Problem:
    if language == "en":
        return Problem("wording-missing", N_("Write it in English too, or tick that one language is enough."))
    return Problem("wording-missing", N_("Write it in Chinese too, or tick that one language is enough."))


def unfit(text: str) -> Iterator[Problem]:
    """Words of an authority, and characters that the letters' font does not have."""
    for word in rules.official_words(text):
        yield Problem(
            "wording-official",
            N_("“%(word)s” is a word of the authorities. Recommend or request instead."),
            word=word,
        )
    for missing in press.missing([("", text)]):
        yield Problem(
            "wording-character",
            N_("%(character)s cannot be printed: the letters' font does not have it."),
            character=f"{missing.character} (U+{ord(missing.character):04X})",
        )


# --- composing ----------------------------------------------------------------------------------------------------

Values = Mapping[str, Mapping[str, str | int]]
"""What the places stand for, by language (``en``, ``zh``)."""


def values(kind: str, facts: Facts, words: Mapping[str, Any], number: str = "") -> Values:
    """What the places stand for in one letter; what is not set yet is said as such."""
    on = Composition(kind, facts, Wording(words, LANGUAGES), Passages(), number)
    enterprise, contact = facts.enterprise, on.contact()
    name = Text(enterprise.name_en or enterprise.name, enterprise.name)
    open_number = on.wording.label("labels.not_set")
    texts = {
        "enterprise": name,
        "legal_representative": Text(enterprise.legal_representative, enterprise.legal_representative),
        "association": facts.association.name,
        "workplace": facts.workplace,
        "visited": on.day_or_open(facts.visited_on),
        "code": facts.code_title,
        "dated": on.day_or_open(facts.dated),
        "reply_by": on.day_or_open(facts.reply_by),
        "plan_by": on.day_or_open(facts.plan_by),
        "number": Text(number, number) if number else open_number,
        "contact": contact,
        "phone": Text(facts.association.phone, facts.association.phone),
    }
    counts = {"findings": len(facts.findings), "urgent": sum(f.urgent for f in facts.findings)}
    return {
        "en": {**{key: text.en or text.zh for key, text in texts.items()}, **counts},
        "zh": {**{key: text.zh or text.en for key, text in texts.items()}, **counts},
    }


def composed(said: Mapping[str, Said], given: Values, sandbox: Sandbox) -> dict[str, Text]:
    """Own words with their places filled. Raises ``Problem`` ``wording-failed`` that names passage, line and why."""
    made: dict[tuple[str, str], str] = {}
    waiting: list[tuple[str, str]] = []
    jobs: list[Job] = []
    for key, texts in said.items():
        for language, text in (("en", texts.en), ("zh", texts.zh)):
            simple = placeholders.filled(text, given[language])
            if simple is None:
                waiting.append((key, language))
                jobs.append((placeholders.template(text), given[language]))
            else:
                made[key, language] = simple
    try:
        texts_made = sandbox.compose(jobs)
    except Failed as failed:
        key, language = waiting[failed.index]
        raise _failure(failed, key, language) from None
    made.update(zip(waiting, texts_made, strict=True))
    return {key: Text(made[key, "en"].strip(), made[key, "zh"].strip()) for key in said}


def shown(said: Said, given: Values) -> Text:
    """A text with its places filled, or as it was written where it has to be run for that."""
    en, zh = (placeholders.filled(text, given[of]) for of, text in (("en", said.en), ("zh", said.zh)))
    return Text(said.en if en is None else en, said.zh if zh is None else zh)


_WHY = {
    "slow": N_("%(where)s: composing it took longer than two seconds and was stopped. Is there a loop without end?"),
    "long": N_("%(where)s: it becomes longer than 10,000 characters."),
    "memory": N_("%(where)s: it needs too much memory."),
    "died": N_("%(where)s: composing it was stopped."),
    "error": N_("%(where)s, line %(line)d: %(words)s"),
}


def _failure(failed: Failed, key: str, language: str) -> Problem:
    passage = free().get(key)
    name = passage.name if passage else Text("Standard sentence", "常用语句")
    of = Text("English", "英文") if language == "en" else Text("Chinese", "中文")
    where = Text(f"{name.en} ({of.en})", f"{name.zh}（{of.zh}）")
    return Problem(
        "wording-failed", _WHY[failed.why], where=where, line=failed.line, words=failed.words, key=key, field=language
    )


def laid_over(words: Mapping[str, Any], own: Mapping[str, Text]) -> Mapping[str, Any]:
    """The fixed words with own words in the place of some; those are final, nothing is filled into them any more."""
    sections = dict(words)
    for path, text in own.items():
        section, key = path.split(".")
        sections[section] = {**sections[section], key: {"en": text.en, "zh": text.zh, "final": True}}
    return sections


# --- comparing ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """What differs between two versions in one text: ``name`` and ``language`` (en, zh), and its pieces as (what, text)
    with what one of ``same``, ``gone`` and ``new``.
    """

    name: Text
    language: str
    pieces: tuple[tuple[str, str], ...]


def changes(before: Content, after: Content, words: Mapping[str, Any]) -> list[Change]:
    """What differs, passage by passage and sentence by sentence. The product's words stand where there are no own."""
    found: list[Change] = []
    for path, passage in free().items():
        old, new = (content.passages.get(path, shipped(path, words)) for content in (before, after))
        found += _differences(passage.name, old, new)
    ids = dict.fromkeys(one.id for content in (before, after) for one in content.sentences)
    for sentence_id in ids:
        old_one, new_one = before.sentence(sentence_id), after.sentence(sentence_id)
        name = Text("Standard sentence", "常用语句")
        told = _differences(name, old_one.said if old_one else Said(), new_one.said if new_one else Said())
        if not told and old_one != new_one:
            told = [Change(name, "zh", (("same", (new_one or old_one).said.zh),))]  # type: ignore[union-attr]
        found += told
    return found


_MOST_COMPARED = 4_000_000  # characters of one times characters of the other; beyond it the whole text is shown twice


def _differences(name: Text, old: Said, new: Said) -> list[Change]:
    pairs = (("zh", old.zh, new.zh), ("en", old.en, new.en))
    return [Change(name, language, tuple(_pieces(a, b))) for language, a, b in pairs if a != b]


def _pieces(before: str, after: str) -> Iterator[tuple[str, str]]:
    if len(before) * len(after) > _MOST_COMPARED:
        yield from (("gone", before), ("new", after))
        return
    old, new = (re.findall(r"\w+|\s+|.", text) if text.isascii() else list(text) for text in (before, after))
    for what, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield "same", "".join(old[a:b])
            continue
        if a < b:
            yield "gone", "".join(old[a:b])
        if c < d:
            yield "new", "".join(new[c:d])
