"""One letter in the making: its facts and words, and the small things that every section of it is made with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from compliance.letters.facts import Facts, Passages
from compliance.letters.recipes import RECIPES
from compliance.letters.words import Block, Cell, Line, Paragraph, Said, Wording
from compliance.shared.words import Text, day

LONG = 1200  # characters of both languages from which a row may run over the end of a page
_NUMERALS = "一二三四五六七八九十"

Made = tuple[Said, list[Block]] | None
"""What a section gives: its heading and blocks, or None when there is nothing to say."""


def cell(*lines: tuple[Said, str]) -> Cell:
    """A table's cell of (words, style) lines; lines without words are left out."""
    return tuple(Line(said, style) for said, style in lines if said)


def in_full(value: date) -> Text:
    """A day as a letter writes it."""
    return Text(day(value, "en"), day(value, "zh"))


def filled(text: Text, values: Mapping[str, Text | str]) -> Text:
    """Words in both languages with their places filled."""
    en, zh = text.en, text.zh
    for name, value in values.items():
        en = en.replace(f"{{{name}}}", value if isinstance(value, str) else value.en)
        zh = zh.replace(f"{{{name}}}", value if isinstance(value, str) else value.zh)
    return Text(en, zh)


@dataclass(frozen=True)
class Making:
    """One letter in the making."""

    kind: str
    facts: Facts
    wording: Wording
    passages: Passages
    number: str

    @property
    def title_values(self) -> dict[str, Text | str]:
        """What the places in a title are filled with."""
        cited = self.facts.cites
        return {"visited": in_full(self.facts.visited_on), "number": cited.number if cited else ""}

    @property
    def title_path(self) -> str:
        """Where the words of the title are: a closure of some points is not one of all."""
        partial = self.kind == "L8" and not all(point.closed for point in self.facts.points)
        return f"titles.{self.kind}_partial" if partial else f"titles.{self.kind}"

    @property
    def to_plan(self) -> tuple[tuple[int, Text, Text], ...]:
        """Number, area and what is asked of each point whose plan is still to be sent."""
        if "plan" in RECIPES[self.kind]:
            return tuple((f.number, f.area, f.action) for f in self.facts.findings)
        return tuple((p.number, p.area, p.asked) for p in self.facts.points if p.accepted is False)

    @property
    def has_plan(self) -> bool:
        """Whether the plan's form is attached."""
        return bool(self.to_plan)

    @property
    def phone(self) -> str:
        """The number to call."""
        return self.facts.association.phone

    def day_or_open(self, value: date | None) -> Text:
        """A day, or the words for one that is set when the letter is sent."""
        return in_full(value) if value else self.wording.label("labels.not_set")

    def numbered(self, heading: Said, number: int) -> Said:
        """The heading with its number, in the way of the letter's first language: 一、 or 1."""
        numeral = _NUMERALS[number - 1] if number <= 10 else "十" + _NUMERALS[number - 11]
        (lang, text), *rest = heading
        return ((lang, f"{number}. {text}" if lang == "en" else f"{numeral}、{text}"), *rest)

    def paragraph(self, path: str, /, **values: Text | str) -> Paragraph:
        """A paragraph of the fixed words."""
        return Paragraph(self.wording.say(path, **values))

    def styled(self, style: str, path: str, /, **values: Text | str) -> Paragraph:
        """The same with a style."""
        return Paragraph(self.wording.say(path, **values), style)

    def filled(self, path: str, /, **values: Text | str) -> Text:
        """The fixed words in both languages with their places filled, for use inside other words."""
        return filled(self.wording.label(path), values)

    def contact(self) -> Text:
        """Contact, telephone and e-mail in one line."""
        association = self.facts.association
        rest = [part for part in (association.phone, association.email) if part]
        return Text(
            ", ".join(filter(None, [association.contact.en or association.contact.zh, *rest])),
            "，".join(filter(None, [association.contact.zh or association.contact.en, *rest])),
        )
