"""The shape of a composed letter: every word it prints, in order, and nothing that is not printed."""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from compliance.shared.words import HTML_LANG, Language, Text

Said = tuple[tuple[str, str], ...]
"""One thing said in the letter's languages: pairs of HTML language and text, first language first."""


@dataclass(frozen=True)
class Line:
    """A line within a table's cell; ``style`` is a class of the stylesheet."""

    said: Said
    style: str = ""


Cell = tuple[Line, ...]


@dataclass(frozen=True)
class Picture:
    """A picture by the SHA-256 (hex) of its kept copy, with what is said in its place and below it."""

    digest: str
    alt: str
    caption: Said


@dataclass(frozen=True)
class Row:
    """A row of a table, with the pictures that belong under it."""

    cells: tuple[Cell, ...]
    style: str = ""
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; styles: note, formal, lead."""

    said: Said
    style: str = ""
    form: str = field(default="paragraph", init=False)


@dataclass(frozen=True)
class Listing:
    """A plain list."""

    points: tuple[Said, ...]
    form: str = field(default="listing", init=False)


@dataclass(frozen=True)
class Table:
    """A table with a head; styles: card, findings, changes, plan."""

    style: str
    head: tuple[Said, ...]
    rows: tuple[Row, ...]
    form: str = field(default="table", init=False)


Block = Paragraph | Listing | Table


@dataclass(frozen=True)
class Section:
    """A numbered section: heading and blocks."""

    name: str
    heading: Said
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Annex:
    """A form on pages of its own behind the letter."""

    label: Said
    title: Said
    blocks: tuple[Block, ...]
    signature: Said


@dataclass(frozen=True)
class Letter:
    """Every printed word. ``number`` and ``date`` are as printed; a draft has an open number and ``draft`` set."""

    kind: str
    language: str
    html_lang: str
    pdf_title: str
    author: str
    dated: str
    draft: Said
    masthead: Said
    particulars: tuple[Said, ...]
    confidential: Said
    number_label: Said
    number: str
    title: Said
    addressee: tuple[Said, ...]
    salutation: Said
    sections: tuple[Section, ...]
    closing: tuple[Paragraph, ...]
    annex_line: Said
    signatory: Said
    date: Said
    signer: Said
    seal: Said
    notes: tuple[Said, ...]
    annex: Annex | None
    verify_url: str
    enclosed: Mapping[str, Any] = field(default_factory=dict)
    """What the letter says, for machines; empty in a draft."""

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values: what is stored, and what the template prints."""
        return dataclasses.asdict(self)


_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Wording:
    """The fixed words (``templates/letters/words.yaml``), spoken in the languages of one letter."""

    data: Mapping[str, Any]
    languages: tuple[Language, ...]

    @property
    def edition(self) -> str:
        """Which edition of the words this is."""
        return str(self.data["edition"])

    def say(self, path: str, /, **values: Text | str) -> Said:
        """The words at ``path`` (``section.key``) with their places filled. Raises ``KeyError`` for an unknown one."""
        words = self.label(path)
        section, key = path.split(".")
        if self.data[section][key].get("final"):
            return self.text(words)
        return self.text(Text(_fill(words.en, "en", values), _fill(words.zh, "zh", values)))

    def text(self, text: Text) -> Said:
        """A bilingual text in the letter's languages; said once where both are the same or one is missing."""
        said: list[tuple[str, str]] = []
        for language in self.languages:
            words = text.in_(language) or (text.en or text.zh if len(self.languages) == 1 else "")
            if words and all(words != other for _, other in said):
                said.append((HTML_LANG[language], words))
        return tuple(said)

    def label(self, path: str) -> Text:
        """The words at ``path`` in both languages, for use inside other words."""
        section, key = path.split(".")
        return Text(self.data[section][key]["en"], self.data[section][key]["zh"])


def _fill(words: str, of: str, values: Mapping[str, Text | str]) -> str:
    def value(place: re.Match[str]) -> str:
        given = values[place[1]]
        if isinstance(given, str):
            return given
        return (given.en if of == "en" else given.zh) or given.en or given.zh

    return _PLACE.sub(value, words)
