"""The parts of an XLSX workbook, read as streams: which sheets there are, and the values of their cells.

What stands in a workbook may be hostile. Nothing is resolved that a part declares, no cell is made because a far one is
named, and a part is never held whole. The values are those that openpyxl gives, at a fifth of the time.
"""

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, WINDOWS_EPOCH, from_excel, from_ISO8601

MOST_COLUMNS = 16_384
"""As many as a sheet can have."""
_PIECE = 2**18  # bytes
_MAIN = "xl/workbook.xml"
_EAST_ASIAN_DAYS = frozenset(map(str, (*range(27, 37), *range(50, 59))))
"""Formats of days and times that Chinese, Japanese and Korean programs use without writing down what they are."""
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_DIGITS = "0123456789"


class NotComputed(Exception):
    """A cell, such as "B2", holds a formula without its value: written by a program that did not compute it."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its title, whether it is shown, and the part of the package that holds its cells."""

    title: str
    visible: bool
    part: str


@dataclass(frozen=True, slots=True)
class Formats:
    """What a number in a cell means: the styles that show a day, those that show a span, and the day zero."""

    days: frozenset[str]
    spans: frozenset[str]
    epoch: datetime


def sheets_of(box: zipfile.ZipFile) -> list[Sheet]:
    """The sheets that hold cells, in their order. Raises as ``rows_of``."""
    links = {link["Id"]: link for link in _links(box) if link["Type"].endswith("/worksheet")}
    return [
        Sheet(found["name"], found.get("state", "visible") == "visible", _path(links[found["id"]]["Target"]))
        for name, found in _elements(box, _MAIN)
        if name == "sheet" and found.get("id") in links
    ]


def rows_of(box: zipfile.ZipFile, sheet: Sheet) -> Iterator[tuple[int, Sequence[object]]]:
    """(row number, cell values) of the rows of a sheet that are there, up to their last cell with a value.

    Raises ``NotComputed``, and whatever an XML reader meets in a damaged file (``ExpatError``, ``ValueError`` ...).
    """
    others = {link["Type"].rpartition("/")[2]: _path(link["Target"]) for link in _links(box)}
    strings = _strings(box, others["sharedStrings"]) if others.get("sharedStrings") in box.namelist() else []
    formats = _formats(box, others.get("styles", ""))
    reader = _Reader(strings, formats)
    try:
        with box.open(sheet.part) as part:
            while piece := part.read(_PIECE):
                reader.take(piece, False)
                yield from reader.done
                reader.done.clear()
        reader.take(b"", True)
    finally:
        strings.clear()  # a reader and its parser hold each other, and would hold these for long


def _links(box: zipfile.ZipFile) -> list[Mapping[str, str]]:
    return [found for name, found in _elements(box, "xl/_rels/workbook.xml.rels") if name == "Relationship"]


def _path(target: str) -> str:
    return target[1:] if target.startswith("/") else f"xl/{target}"


def _formats(box: zipfile.ZipFile, styles: str) -> Formats:
    found = _elements(box, styles) if styles in box.namelist() else []
    written = {one["numFmtId"]: one["formatCode"] for name, one in found if name == "numFmt"}
    start = next((place for place, (name, _) in enumerate(found) if name == "cellXfs"), len(found))
    numbers = [one.get("numFmtId", "0") for name, one in found[start:] if name == "xf"]
    codes = {
        str(style): written.get(number, BUILTIN_FORMATS.get(int(number), "")) for style, number in enumerate(numbers)
    }
    east = {str(style) for style, number in enumerate(numbers) if number in _EAST_ASIAN_DAYS - written.keys()}
    from_1904 = any(one.get("date1904") in ("1", "true") for name, one in _elements(box, _MAIN) if name == "workbookPr")
    return Formats(
        days=frozenset(style for style, code in codes.items() if is_date_format(code)) | east,
        spans=frozenset(style for style, code in codes.items() if is_timedelta_format(code)),
        epoch=CALENDAR_MAC_1904 if from_1904 else WINDOWS_EPOCH,
    )


def _elements(box: zipfile.ZipFile, name: str) -> list[tuple[str, Mapping[str, str]]]:
    """The elements of a part in their order, with their attributes; names without their namespaces."""
    found: list[tuple[str, Mapping[str, str]]] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        own = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        found.append((name.rpartition(" ")[2], own))

    parser = _parser()
    parser.StartElementHandler = start
    parser.Parse(box.read(name), True)
    return found


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise ValueError("no spreadsheet program declares a type of document")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def _strings(box: zipfile.ZipFile, name: str) -> list[str]:
    """The texts that several cells share, in their order."""
    found: list[str] = []
    text: list[str] = []
    spoken = False  # what says how to read the characters is no part of the text
    parser = _parser()

    def start(name: str, _: object) -> None:
        nonlocal spoken
        if name.endswith(" t"):
            parser.CharacterDataHandler = None if spoken else text.append
        elif name.endswith(" si"):
            text.clear()
        elif name.endswith(" rPh"):
            spoken = True

    def end(name: str) -> None:
        nonlocal spoken
        if name.endswith(" t"):
            parser.CharacterDataHandler = None
        elif name.endswith(" si"):
            found.append(_unescaped("".join(text)))
        elif name.endswith(" rPh"):
            spoken = False

    parser.StartElementHandler, parser.EndElementHandler = start, end
    with box.open(name) as part:
        while piece := part.read(_PIECE):
            parser.Parse(piece, False)
    parser.Parse(b"", True)
    return found


class _Reader:
    """Takes the XML of a sheet in, piece by piece; ``done`` holds the rows that ended."""

    def __init__(self, strings: Sequence[str], formats: Formats) -> None:
        self.done: list[tuple[int, list[object]]] = []
        self._strings, self._formats = strings, formats
        self._number, self._row = 0, list[object]()
        self._place = 0
        self._places: dict[str, int] = {}
        """Columns by their letters."""
        self._attributes: Mapping[str, str] = {}
        self._text: list[str] = []
        self._formula = self._valued = self._spoken = False
        self._parser = _parser()
        self._parser.StartElementHandler = self._first
        self.take = self._parser.Parse

    def _first(self, name: str, _: object) -> None:
        """The first element tells the namespace: there are two, one of them of the stricter standard."""
        space = name.rpartition(" ")[0]
        self._starts = {
            f"{space} row": self._row_starts,
            f"{space} c": self._cell_starts,
            f"{space} f": self._formula_starts,
            f"{space} v": self._value_starts,
            f"{space} t": self._text_starts,
            f"{space} rPh": self._spoken_starts,
        }
        self._ends = {
            f"{space} row": self._row_ends,
            f"{space} c": self._cell_ends,
            f"{space} v": self._text_ends,
            f"{space} t": self._text_ends,
            f"{space} rPh": self._spoken_ends,
        }
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._start, self._end

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in self._starts:
            self._starts[name](attributes)

    def _end(self, name: str) -> None:
        if name in self._ends:
            self._ends[name]()

    def _row_starts(self, attributes: Mapping[str, str]) -> None:
        self._number = int(float(attributes["r"])) if "r" in attributes else self._number + 1
        self._row, self._place = [], 0

    def _row_ends(self) -> None:
        self.done.append((self._number, self._row))

    def _cell_starts(self, attributes: Mapping[str, str]) -> None:
        self._attributes = attributes
        self._formula = self._valued = False
        self._text.clear()

    def _formula_starts(self, _: object) -> None:
        self._formula = True

    def _value_starts(self, _: object) -> None:
        self._valued = True
        self._parser.CharacterDataHandler = self._text.append

    def _text_starts(self, _: object) -> None:
        self._parser.CharacterDataHandler = None if self._spoken else self._text.append

    def _text_ends(self) -> None:
        self._parser.CharacterDataHandler = None

    def _spoken_starts(self, _: object) -> None:
        self._spoken = True

    def _spoken_ends(self) -> None:
        self._spoken = False

    def _cell_ends(self) -> None:
        reference = self._attributes.get("r", "")
        letters = reference.rstrip(_DIGITS)
        if letters:
            place = self._places.get(letters) or self._places.setdefault(letters, _column(letters))
        else:
            place = self._place + 1
        self._place = place
        kind = self._attributes.get("t", "n")
        if self._text:
            if place > MOST_COLUMNS:
                raise ValueError("more columns than a sheet can have")
            row = self._row
            row.extend([None] * (place - len(row)))
            row[place - 1] = _value("".join(self._text), kind, self._attributes, self._strings, self._formats)
        elif self._formula and not (kind == "str" and self._valued):  # it may have computed an empty text
            raise NotComputed(reference)


def _value(text: str, kind: str, attributes: Mapping[str, str], strings: Sequence[str], formats: Formats) -> object:
    match kind:
        case "s":
            return strings[int(text)]
        case "inlineStr" | "str":
            return _unescaped(text)
        case "n":
            value = float(text) if "." in text or "E" in text or "e" in text else int(text)
            style = attributes.get("s", "0")
            return _day(value, style, formats) if style in formats.days else value
        case "b":
            return bool(int(text))
        case "d":
            return from_ISO8601(text)  # type: ignore[no-untyped-call]
        case _:
            return text  # an error, such as #N/A


def _day(value: float, style: str, formats: Formats) -> object:
    try:
        return from_excel(value, formats.epoch, timedelta=style in formats.spans)
    except (OverflowError, ValueError):
        return "#VALUE!"


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _column(letters: str) -> int:
    """A is 1. Raises ``ValueError`` for what no sheet has."""
    place = 0
    for letter in letters:
        if not "A" <= letter <= "Z" or len(letters) > 3:
            raise ValueError(f"no column: {letters}")
        place = place * 26 + ord(letter) - ord("A") + 1
    return place
