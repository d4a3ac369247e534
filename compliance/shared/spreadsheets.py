"""Spreadsheets in and out: CSV in whatever encoding and separator it was saved, and XLSX.

Reading gives text as a person sees it in the spreadsheet program, and the row numbers that they see there, so that a
complaint can name the place. Writing never produces a cell that a spreadsheet program would run as a formula.
"""

import csv
import io
import marshal
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import overload

from compliance.shared import encodings, workbooks
from compliance.shared.problems import Problem, TooLarge
from compliance.shared.words import N_, clean
from compliance.shared.written_sheets import MAX_CELL, Cell, csv_into, plain, unguarded, workbook_into

MAX_BYTES = 60 * 2**20
MAX_ROWS = 200_000
MAX_COLUMNS = 200

SEPARATORS = (",", ";", "\t")
_HEAD = 2**16
"""Characters among which the separator is looked for."""
_PACKED = 1000
"""Rows that are kept together."""
_OTHER_KINDS = (b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"{\\rtf")
_MARKUP = (b"<html", b"<!doctype", b"<?xml", b"<table")  # what web pages save as .xls


class Rows(Sequence[list[str]]):
    """The rows of a sheet, each ``width`` cells long, kept small: a register that grew for ten years is large.

    Equal to a list of the same rows.
    """

    def __init__(self) -> None:
        self.width = 0
        self._packed: list[bytes] = []
        self._open: list[list[str]] = []

    def append(self, row: list[str]) -> None:
        """Take one more row in; what is shorter than the longest is filled up with empty cells when it is read."""
        self.width = max(self.width, len(row))
        self._open.append(row)
        if len(self._open) == _PACKED:
            self._packed.append(zlib.compress(marshal.dumps(self._open), 1))
            self._open = []

    def __len__(self) -> int:
        return len(self._packed) * _PACKED + len(self._open)

    def __iter__(self) -> Iterator[list[str]]:
        for part in range(len(self._packed) + 1):
            yield from map(self._filled, self._part(part))

    @overload
    def __getitem__(self, place: int) -> list[str]: ...
    @overload
    def __getitem__(self, place: slice) -> list[list[str]]: ...
    def __getitem__(self, place: int | slice) -> list[str] | list[list[str]]:
        if isinstance(place, slice):
            start, stop, step = place.indices(len(self))
            return list(islice(self, start, stop, step)) if step > 0 else list(self)[place]
        part, within = divmod(range(len(self))[place], _PACKED)
        return self._filled(self._part(part)[within])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Rows({self[:3]}{'…' if len(self) > 3 else ''})"

    def _part(self, part: int) -> list[list[str]]:
        if part == len(self._packed):
            return self._open
        rows: list[list[str]] = marshal.loads(zlib.decompress(self._packed[part]))  # noqa: S302 - packed above
        return rows

    def _filled(self, row: list[str]) -> list[str]:
        return row + [""] * (self.width - len(row))


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet as read: the first row that is not empty as headers, then the rows, each as long as the headers.

    ``numbers`` are the rows' numbers as the spreadsheet program shows them (empty rows are left out).
    """

    headers: list[str]
    rows: Sequence[list[str]]
    numbers: list[int]


@dataclass(frozen=True, slots=True)
class Form:
    """How the text of a CSV file is to be read; what is None is found out."""

    encoding: str | None = None
    separator: str | None = None


FOUND_OUT = Form()


def read_rows(
    data: bytes, filename: str, sheet: str | None = None, header_row: int | None = None, form: Form = FOUND_OUT
) -> Table:
    """Read a CSV or XLSX file (told apart by content, not by name); ``sheet`` names one of a workbook's sheets,
    ``header_row`` the row with the headers, as the spreadsheet program counts: what stands above it is left out.

    Raises ``TooLarge`` above 60 MB, 200,000 rows or 200 columns, and ``Problem`` for an empty file, another kind of
    file, an unknown sheet, a formula without its value, or text in no known encoding.
    """
    return _table(_rows(data, filename, sheet, form), header_row)


def upper_rows(
    data: bytes, filename: str, count: int, sheet: str | None = None, form: Form = FOUND_OUT
) -> list[tuple[int, list[str]]]:
    """(row number, cells) of the first ``count`` rows that are not empty. Raises as ``read_rows`` does."""
    return list(islice(_texts(_rows(data, filename, sheet, form)), count))


def form_of(data: bytes) -> Form | None:
    """The encoding and the separator of a CSV file, found out; None for a workbook. Raises as ``read_rows`` does."""
    if data.startswith(b"PK\x03\x04"):
        return None
    encoding = encodings.encoding_of(data)
    return Form(encoding, _separator(_head(data, encoding)))


def _rows(data: bytes, filename: str, sheet: str | None, form: Form) -> Iterable[tuple[int, Sequence[object]]]:
    if len(data) > MAX_BYTES:
        raise TooLarge("sheet-bytes", N_("The file is larger than %(limit)d megabytes."), limit=MAX_BYTES // 2**20)
    if not data.strip():
        raise Problem("sheet-empty", N_("The file is empty."))
    if data.startswith(b"PK\x03\x04"):
        return workbooks.rows_of(data, sheet)
    if data.startswith(_OTHER_KINDS) or data.lstrip()[:9].lower().startswith(_MARKUP):
        raise Problem(
            "sheet-kind",
            N_(
                "%(filename)s is neither a CSV nor an XLSX file (or it is protected by a password). Open it in the "
                "spreadsheet program and save it as XLSX without a password."
            ),
            filename=filename,
        )
    encoding = form.encoding or encodings.encoding_of(data)
    return _csv_rows(data, encoding, form.separator or _separator(_head(data, encoding)))


def _head(data: bytes, encoding: str) -> str:
    with io.TextIOWrapper(io.BytesIO(data), encoding=encoding, errors="replace", newline="") as text:
        return text.read(_HEAD)


def _csv_rows(data: bytes, encoding: str, separator: str) -> Iterable[tuple[int, Sequence[object]]]:
    csv.field_size_limit(MAX_BYTES)
    with io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="") as text:
        last: list[str] = []  # the lines of the row that is being read

        def lines() -> Iterator[str]:
            for line in text:
                last.append(line)
                yield line

        reader = csv.reader(lines(), delimiter=separator)
        try:
            for number, cells in enumerate(reader, start=1):
                if any("\x00" in cell for cell in cells):
                    raise _no_text()
                if len(last) > 1:
                    _require_closed(last, separator, reader.line_num)
                last.clear()
                yield number, cells
        except UnicodeDecodeError:
            raise encodings.unreadable(data, encoding) from None
        except csv.Error as error:
            if "NUL" in str(error):
                raise _no_text() from None
            raise _broken(reader.line_num) from None


def _require_closed(lines: Sequence[str], separator: str, line_num: int) -> None:
    """Raise ``Problem`` where a row ran on to the end of the file because nobody closed its quotation mark."""
    try:
        list(csv.reader(lines, delimiter=separator, strict=True))
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise _broken(line_num - len(lines) + 1) from None


def _broken(line: int) -> Problem:
    return Problem(
        "sheet-csv", N_("The CSV cannot be read near line %(line)d. Look at the quotation marks there."), line=line
    )


def _no_text() -> Problem:
    return Problem("sheet-kind", N_("This is not a text file. Save it as CSV or XLSX and send it again."))


def _separator(text: str) -> str:
    """The separator that the first line with several cells uses; Excel's own ``sep=;`` line counts as well."""
    head = text[:4]
    if head.casefold() == "sep=":
        return text[4:5] if text[4:5] in SEPARATORS else ","
    for line in text.splitlines()[:20]:
        bare = "".join(line.split('"')[::2])  # what stands outside quotation marks
        counts = {separator: bare.count(separator) for separator in SEPARATORS}
        best = max(SEPARATORS, key=lambda separator: counts[separator])
        if counts[best]:
            return best
    return ","


def sheets(data: bytes) -> tuple[str, ...]:
    """The names of a workbook's sheets, the one first that is read unless another is named; none for a CSV file.

    Raises ``Problem`` as ``read_rows`` does.
    """
    return workbooks.sheets(data) if data.startswith(b"PK\x03\x04") else ()


def _texts(numbered: Iterable[tuple[int, Sequence[object]]]) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, as a person reads them."""
    for number, cells in numbered:
        texts = [as_text(cell) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        if not texts or (number == 1 and texts[0].casefold().startswith("sep=")):
            continue
        if len(texts) > MAX_COLUMNS:
            raise TooLarge(
                "sheet-columns", N_("Row %(row)d has more than %(limit)d columns."), row=number, limit=MAX_COLUMNS
            )
        yield number, texts


def _table(numbered: Iterable[tuple[int, Sequence[object]]], header_row: int | None) -> Table:
    headers: list[str] | None = None
    rows, numbers = Rows(), list[int]()
    for number, texts in _texts(numbered):
        if header_row is not None and number < header_row:
            continue
        if headers is None:
            headers = texts
            continue
        if len(rows) >= MAX_ROWS:
            raise TooLarge("sheet-rows", N_("The sheet has more than %(limit)d rows. Split it."), limit=MAX_ROWS)
        rows.append(texts)
        numbers.append(number)
    if headers is None:
        raise Problem("sheet-empty", N_("The file is empty."))
    rows.width = max(rows.width, len(headers))
    return Table(headers + [""] * (rows.width - len(headers)), rows, numbers)


def as_text(cell: object) -> str:
    """A cell as a person sees it: dates as ISO 8601, whole numbers without a decimal point, text cleaned."""
    # Our own guard against formulas goes, as in a file that we wrote and somebody corrected.
    return clean(unguarded(cell))[:MAX_CELL] if isinstance(cell, str) else plain(cell)


def write_csv(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A CSV that every spreadsheet program opens rightly: UTF-8 with its mark, commas, CRLF, no live formulas."""
    out = io.BytesIO()
    csv_into(out, headers, rows)
    return out.getvalue()


def write_xlsx(headers: Sequence[str], rows: Iterable[Sequence[Cell]], title: str = "Sheet1") -> bytes:
    """A workbook of one sheet: text always as text, dates and numbers as such, the header row frozen."""
    return write_workbook([(title, headers, rows)])


def write_workbook(sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Cell]]]]) -> bytes:
    """The same with several sheets, each with its title, headers and rows."""
    out = io.BytesIO()
    workbook_into(out, sheets)
    return out.getvalue()


__all__ = [
    "MAX_BYTES",
    "MAX_CELL",
    "MAX_COLUMNS",
    "MAX_ROWS",
    "SEPARATORS",
    "Cell",
    "Form",
    "Rows",
    "Table",
    "as_text",
    "form_of",
    "read_rows",
    "sheets",
    "upper_rows",
    "write_csv",
    "write_workbook",
    "write_xlsx",
]
