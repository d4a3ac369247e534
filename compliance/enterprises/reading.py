"""How a spreadsheet of enterprises is read: its letters, sheet and headers, what columns and words mean, its dates.

A reading is guessed, shown and corrected on the page, or written down in a file (YAML) and used again::

    encoding: gb18030                    # of a CSV file; left out: found out, as the separator is
    separator: ";"
    sheet: 会员                          # left out: the first one that is shown
    header_row: 3                        # as the spreadsheet program counts; left out: guessed
    dates: day_first                     # year_first | day_first | month_first
    columns:                             # header: fact; "" leaves a column out, two columns of one fact are joined
      单位: name
      区: address
      门牌: address
      联系人及电话 [1]: contact_name
      联系人及电话 [2]: contact_phone
    split: {联系人及电话: /}              # where a column is taken apart; its parts are columns beside it
    constants: {country: CN}             # for every row in which the fact is empty
    words: {sector: {制衣: C18}}         # what a word in the file stands for

A header that stands twice is "Phone (2)" the second time; one that is empty goes by its letter, as "#C". What is left
of a cell goes into the last of six parts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

import yaml
from openpyxl.utils import get_column_letter

from compliance.enterprises.names import fold
from compliance.shared.encodings import ENCODINGS
from compliance.shared.problems import Problem
from compliance.shared.spreadsheets import SEPARATORS, Form, Rows, Table
from compliance.shared.words import N_, clean

MOST_WORDS = 1000
"""Lines of constants and words."""
MOST_PARTS = 6
"""Parts of one column."""
_KEYS = frozenset(
    {
        "left_out",
        "same_as",
        "encoding",
        "separator",
        "sheet",
        "header_row",
        "dates",
        "columns",
        "split",
        "constants",
        "words",
    }
)


class Dates(StrEnum):
    """In which order day, month and year stand; a year of four digits in front is always the year."""

    year_first = "year_first"
    day_first = "day_first"
    month_first = "month_first"


@dataclass(frozen=True)
class Reading:
    """How a file is read; see the module. ``columns`` maps labels of headers to facts, "" where one is left out.

    ``left_out`` are rows of this one file, ``same_as`` rows of it with the entry of the register that each one is; they
    are not kept with the rest.
    """

    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    dates: Dates = Dates.year_first
    columns: Mapping[str, str] = field(default_factory=dict)
    split: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    left_out: tuple[int, ...] = ()
    same_as: Mapping[str, str] = field(default_factory=dict)

    def meant(self, fact: str, text: str) -> str:
        """What a cell stands for: the constant where it is empty, else what its word means."""
        if not text:
            return self.constants.get(fact, "")
        if fact not in self.words:
            return text
        known = {fold(word): meaning for word, meaning in self.words[fact].items()}
        return known.get(fold(text), text)

    @property
    def form(self) -> Form:
        """What is said about the text of a CSV file."""
        return Form(self.encoding, self.separator)

    def as_json(self) -> dict[str, Any]:
        """As it is kept, and as the file has it; ``from_json`` makes the same of it."""
        return {name: value for name, value in asdict(self).items() if value not in (None, {}, ())}


def from_json(raw: Any, facts: Iterable[str]) -> Reading:
    """A reading from what was kept or stood in a file. Raises ``Problem`` for anything that it does not say."""
    known = frozenset(facts)
    if not isinstance(raw, Mapping) or set(raw) - _KEYS:
        raise _wrong(", ".join(sorted(map(str, set(raw) - _KEYS))) if isinstance(raw, Mapping) else str(raw)[:40])
    sheet, row = raw.get("sheet"), raw.get("header_row")
    if not (sheet is None or isinstance(sheet, str)):
        raise _wrong("sheet")
    if not (row is None or (isinstance(row, int) and not isinstance(row, bool) and row > 0)):
        raise _wrong("header_row")
    if raw.get("dates", Dates.year_first) not in set(Dates):
        raise _wrong("dates")
    for name, choices in (("encoding", tuple(ENCODINGS)), ("separator", SEPARATORS)):
        if raw.get(name) not in (None, *choices):
            raise _wrong(name)
    columns, constants, split = (_texts(raw, name) for name in ("columns", "constants", "split"))
    if not all(split.values()):
        raise _wrong("split")
    left_out = raw.get("left_out", [])
    if not isinstance(left_out, list | tuple) or not all(type(row) is int for row in left_out):
        raise _wrong("left_out")
    words = raw.get("words", {})
    if (
        not isinstance(words, Mapping)
        or sum(len(one) for one in words.values() if isinstance(one, Mapping)) > MOST_WORDS
    ):
        raise _wrong("words")
    meanings = {str(fact): _texts(words, fact) for fact in words}
    for fact in (*filter(None, columns.values()), *constants, *meanings):
        if fact not in known:
            raise Problem(
                "reading-fact",
                N_("%(fact)s is no fact of an enterprise. There are: %(facts)s."),
                fact=fact,
                facts=", ".join(sorted(known)),
            )
    return Reading(
        encoding=raw.get("encoding"),
        separator=raw.get("separator"),
        sheet=sheet,
        header_row=row,
        dates=Dates(raw.get("dates", Dates.year_first)),
        columns=columns,
        split=split,
        constants=constants,
        words=meanings,
        left_out=tuple(left_out),
        same_as=_same_as(raw),
    )


def from_file(data: bytes, facts: Iterable[str]) -> Reading:
    """A reading from a file of its own. Raises ``Problem``."""
    try:
        raw = yaml.safe_load(data.decode("utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError):
        raise Problem("reading-file", N_("This file of columns cannot be read: it is no YAML in UTF-8.")) from None
    return from_json(raw or {}, facts)


def as_file(reading: Reading) -> bytes:
    """The file that ``from_file`` reads."""
    plain = {**for_any_file(reading).as_json(), "dates": reading.dates.value}
    return yaml.safe_dump(plain, allow_unicode=True, sort_keys=False).encode()


def for_any_file(reading: Reading) -> Reading:
    """What holds for other files, too."""
    return replace(reading, left_out=(), same_as={})


def labels(headers: Sequence[str]) -> tuple[str, ...]:
    """What each column is called here: its header, numbered where it stands twice, its letter where it is empty."""
    found: list[str] = []
    seen: dict[str, int] = {}
    for place, header in enumerate(headers, start=1):
        text = header or f"#{get_column_letter(place)}"
        seen[text] = seen.get(text, 0) + 1
        found.append(text if seen[text] == 1 else f"{text} ({seen[text]})")
    return tuple(found)


def parts_of(label: str) -> tuple[str, ...]:
    """What the parts of a column are called."""
    return tuple(f"{label} [{part}]" for part in range(1, MOST_PARTS + 1))


def taken_apart(table: Table, split: Mapping[str, str]) -> Table:
    """The same table with the parts of columns behind the others, as many as the fullest cell has."""
    places = {place: split[label] for place, label in enumerate(labels(table.headers)) if label in split}
    if not places:
        return table
    most = {
        place: min(MOST_PARTS, 1 + max((row[place].count(at) for row in table.rows), default=0))
        for place, at in places.items()
    }
    rows = Rows()
    for row in table.rows:
        behind = []
        for place, at in places.items():
            found = [part.strip() for part in row[place].split(at, most[place] - 1)]
            behind += found + [""] * (most[place] - len(found))
        rows.append(row + behind)
    named = labels(table.headers)
    headers = [*table.headers, *(part for place in places for part in parts_of(named[place])[: most[place]])]
    rows.width = len(headers)
    return Table(headers, rows, table.numbers)


def constants_of(text: str) -> dict[str, str]:
    """Constants from lines such as ``country = CN``. Raises ``Problem`` for another line."""
    return dict(_pair(line, "Country or region = CN") for line in _lines(text))


def words_of(text: str) -> dict[str, dict[str, str]]:
    """Words from lines such as ``sector: 制衣 = C18``. Raises ``Problem`` for another line."""
    found: dict[str, dict[str, str]] = {}
    for line in _lines(text):
        fact, colon, rest = line.replace("：", ":").partition(":")
        if not colon:
            raise _line(line, "Sector: 制衣 = C18")
        word, meaning = _pair(rest, "Sector: 制衣 = C18")
        found.setdefault(fact.strip(), {})[word] = meaning
    return found


def _lines(text: str) -> list[str]:
    lines = [line.strip() for line in clean(text).splitlines() if line.strip()]
    if len(lines) > MOST_WORDS:
        raise Problem("reading-many", N_("At most %(most)d lines, please."), most=MOST_WORDS)
    return lines


def _pair(line: str, example: str) -> tuple[str, str]:
    word, sign, meaning = line.replace("＝", "=").partition("=")
    if not sign or not word.strip():
        raise _line(line, example)
    return word.strip(), meaning.strip()


def _line(line: str, example: str) -> Problem:
    return Problem(
        "reading-line", N_("“%(line)s” cannot be read. Write it as: %(example)s"), line=line[:80], example=example
    )


def _texts(raw: Mapping[Any, Any], name: str) -> dict[str, str]:
    found = raw.get(name, {})
    if not isinstance(found, Mapping) or not all(isinstance(one, str) for pair in found.items() for one in pair):
        raise _wrong(name)
    return dict(found)


def _same_as(raw: Mapping[Any, Any]) -> dict[str, str]:
    found = _texts(raw, "same_as")
    if not all(row.isdecimal() and is_id(id) for row, id in found.items()):
        raise _wrong("same_as")
    return found


def is_id(text: str) -> bool:
    """Whether a text is the id of an entry."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _wrong(what: str) -> Problem:
    return Problem("reading-shape", N_("The file of columns does not say it right: %(what)s."), what=what)
