"""Spreadsheets in and out: CSV in whatever encoding and separator it was saved, and XLSX.

Reading gives text as a person sees it in the spreadsheet program, and the row numbers that they see there, so that a
complaint can name the place. Writing never produces a cell that a spreadsheet program would run as a formula.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain, islice
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter

from compliance.shared import encodings, workbooks
from compliance.shared.problems import Problem, TooLarge
from compliance.shared.words import N_, clean

MAX_BYTES = 20 * 2**20
MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_CELL = 32_767  # characters; the most that a spreadsheet program keeps in one cell

_LOOKED_AT = 200
"""Rows that decide how wide the columns are written."""
_NARROWEST, _WIDEST = 8.0, 60

_SEPARATORS = (",", ";", "\t")
_RUN_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Cell = str | int | float | Decimal | date | datetime | bool | None


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet as read: the first row that is not empty as headers, then the rows, each as long as the headers.

    ``numbers`` are the rows' numbers as the spreadsheet program shows them (empty rows are left out).
    """

    headers: list[str]
    rows: list[list[str]]
    numbers: list[int]


def read_rows(data: bytes, filename: str, sheet: str | None = None, header_row: int | None = None) -> Table:
    """Read a CSV or XLSX file (told apart by content, not by name); ``sheet`` names one of a workbook's sheets,
    ``header_row`` the row with the headers, as the spreadsheet program counts: what stands above it is left out.

    Raises ``TooLarge`` above 20 MB, 200,000 rows or 200 columns, and ``Problem`` for an empty file, another kind of
    file, an unknown sheet, a formula without its value, or text in no known encoding.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge("sheet-bytes", N_("The file is larger than %(limit)d megabytes."), limit=MAX_BYTES // 2**20)
    if not data.strip():
        raise Problem("sheet-empty", N_("The file is empty."))
    if data.startswith(b"PK\x03\x04"):
        rows: Iterable[tuple[int, Sequence[object]]] = workbooks.rows_of(data, sheet)
    elif data.startswith(
        (b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"{\\rtf")
    ):
        raise Problem(
            "sheet-kind",
            N_(
                "%(filename)s is neither a CSV nor an XLSX file (or it is protected by a password). Open it in the "
                "spreadsheet program and save it as XLSX without a password."
            ),
            filename=filename,
        )
    else:
        rows = _csv_rows(encodings.decode(data))
    return _table(rows, header_row)


def _csv_rows(text: str) -> Iterable[tuple[int, Sequence[object]]]:
    if "\x00" in text:
        raise Problem("sheet-kind", N_("This is not a text file. Save it as CSV or XLSX and send it again."))
    csv.field_size_limit(MAX_BYTES)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    try:
        yield from enumerate(reader, start=1)
    except csv.Error:
        raise Problem(
            "sheet-csv",
            N_("The CSV cannot be read near line %(line)d. Look at the quotation marks there."),
            line=reader.line_num,
        ) from None


def _separator(text: str) -> str:
    """The separator that the first line with several cells uses; Excel's own ``sep=;`` line counts as well."""
    head = text[:4]
    if head.casefold() == "sep=":
        return text[4:5]
    for line in text.splitlines()[:20]:
        bare = "".join(line.split('"')[::2])  # what stands outside quotation marks
        counts = {separator: bare.count(separator) for separator in _SEPARATORS}
        best = max(_SEPARATORS, key=lambda separator: counts[separator])
        if counts[best]:
            return best
    return ","


def sheets(data: bytes) -> tuple[str, ...]:
    """The names of a workbook's sheets, the one first that is read unless another is named; none for a CSV file.

    Raises ``Problem`` as ``read_rows`` does.
    """
    return workbooks.sheets(data) if data.startswith(b"PK\x03\x04") else ()


def _table(numbered: Iterable[tuple[int, Sequence[object]]], header_row: int | None) -> Table:
    headers: list[str] = []
    rows: list[list[str]] = []
    numbers: list[int] = []
    for number, cells in numbered:
        if header_row is not None and number < header_row:
            continue
        texts = [as_text(cell) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        if not texts or (number == 1 and not headers and texts[0].casefold().startswith("sep=")):
            continue
        if len(texts) > MAX_COLUMNS:
            raise TooLarge(
                "sheet-columns", N_("Row %(row)d has more than %(limit)d columns."), row=number, limit=MAX_COLUMNS
            )
        if not headers:
            headers = texts
            continue
        if len(rows) >= MAX_ROWS:
            raise TooLarge("sheet-rows", N_("The sheet has more than %(limit)d rows. Split it."), limit=MAX_ROWS)
        rows.append(texts)
        numbers.append(number)
    if not headers:
        raise Problem("sheet-empty", N_("The file is empty."))
    width = max(len(headers), max((len(row) for row in rows), default=0))
    headers += [""] * (width - len(headers))
    return Table(headers, [row + [""] * (width - len(row)) for row in rows], numbers)


def as_text(cell: object) -> str:
    """A cell as a person sees it: dates as ISO 8601, whole numbers without a decimal point, text cleaned."""
    match cell:
        case None:
            return ""
        case str():
            # Our own guard against formulas, from a file that we wrote and somebody corrected.
            guarded = cell[:1] == "'" and cell[1:2] in _RUN_AS_FORMULA and len(cell) > 1
            return clean(cell[1:] if guarded else cell)[:MAX_CELL]
        case bool():
            return "TRUE" if cell else "FALSE"
        case datetime():
            whole_day = cell.time() == time(0)
            return cell.date().isoformat() if whole_day else cell.isoformat(sep=" ", timespec="minutes")
        case date() | time():
            return cell.isoformat()
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
        case _:
            return str(cell)


def write_csv(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A CSV that every spreadsheet program opens rightly: UTF-8 with its mark, commas, CRLF, no live formulas."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([_harmless(header) for header in headers])
    for row in rows:
        writer.writerow([_harmless(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _harmless(cell: Cell) -> str:
    text = as_text(cell)
    return f"'{text}" if isinstance(cell, str) and text.startswith(_RUN_AS_FORMULA) else text


def write_xlsx(headers: Sequence[str], rows: Iterable[Sequence[Cell]], title: str = "Sheet1") -> bytes:
    """A workbook of one sheet: text always as text, dates and numbers as such, the header row frozen."""
    return write_workbook([(title, headers, rows)])


def write_workbook(sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Cell]]]]) -> bytes:
    """The same with several sheets, each with its title, headers and rows."""
    book = Workbook(write_only=True)
    for title, headers, rows in sheets:
        sheet = book.create_sheet(_sheet_title(title))
        sheet.freeze_panes = "A2"
        coming = iter(rows)
        first = list(islice(coming, _LOOKED_AT))
        for place, wide in enumerate(_widths([headers, *first]), 1):
            sheet.column_dimensions[get_column_letter(place)].width = wide
        sheet.append([_cell(sheet, header) for header in headers])
        for row in chain(first, coming):
            sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _widths(rows: Iterable[Sequence[Cell]]) -> list[float]:
    """How wide each column is, in characters, so that what stands in the first rows can be read."""
    wide: list[float] = []
    for row in rows:
        wide += [_NARROWEST] * (len(row) - len(wide))
        for place, value in enumerate(row):
            text = as_text(value)
            marks = sum(2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in text[:_WIDEST])
            wide[place] = min(_WIDEST, max(wide[place], marks + 2))
    return wide


def _cell(sheet: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    made = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value)[:MAX_CELL])
    made.data_type = "s"  # or a text that begins with "=" becomes a formula
    return made


def _sheet_title(title: str) -> str:
    return "".join(" " if mark in "[]:*?/\\'" else mark for mark in title)[:31].strip() or "Sheet1"
