"""Writing spreadsheets row by row, so that a long list needs no more memory than a short one: CSV, and XLSX.

A CSV has no types: a text that a spreadsheet program would run as a formula gets an apostrophe before it, which
``unguarded`` takes away when the file comes back. A workbook has them: text is written as text, and nothing can run.
A text that looks as if it were guarded already is guarded once more, in both, so that every text comes back as it was.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain, islice
from math import isfinite
from typing import IO
from unicodedata import east_asian_width
from xml.sax.saxutils import escape, quoteattr

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter

MAX_CELL = 32_767  # characters; the most that a spreadsheet program keeps in one cell

_RUN_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_LIKE_ESCAPES = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""Where a text would be taken for an escaped character by who reads a workbook."""
_LOOKED_AT = 200
"""Rows that decide how wide the columns are written."""
_NARROWEST, _WIDEST = 8.0, 60
_BLOCK = 500
"""Rows that are written at once."""
_DAY, _MOMENT = 1, 2
"""Numbers of the cell formats in ``_STYLES``: a day, and a day with the time."""
_FIRST_DAY = date(1900, 3, 1)
"""Before it the spreadsheet programs count days wrongly: such dates are written as text."""

Cell = str | int | float | Decimal | date | datetime | bool | None


def unguarded(text: str) -> str:
    """A text as it was before it was written."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_RUN_AS_FORMULA) else text


def csv_into(out: IO[bytes], headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write a CSV that every spreadsheet program opens rightly (UTF-8 with its mark, commas, CRLF, no live formulas);
    the number of rows without the headers.
    """
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text)
    writer.writerow([_harmless(header) for header in headers])
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007 - the last one is the number of rows
        writer.writerow([_harmless(cell) for cell in row])
    text.detach()
    return count


def workbook_into(out: IO[bytes], sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Cell]]]]) -> int:
    """Write a workbook of sheets, each with its title, headers and rows; the number of rows of all of them.

    The header row stays in view and can be filtered by; numbers, days and moments are such, and text is text.
    """
    titles: list[str] = []
    count = 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as box:
        for title, headers, rows in sheets:
            titles.append(_sheet_title(title))
            with box.open(f"xl/worksheets/sheet{len(titles)}.xml", "w", force_zip64=True) as part:
                count += _sheet_into(part, headers, rows)
        for name, content in _parts(titles).items():
            box.writestr(name, _HEAD + content)
    return count


def _harmless(cell: Cell) -> str:
    if not isinstance(cell, str):
        return plain(cell)
    text = cell[:MAX_CELL]
    return f"'{text}" if text.lstrip("'").startswith(_RUN_AS_FORMULA) else text


def plain(cell: object) -> str:
    """A cell that is no text as a person sees it: dates as ISO 8601, whole numbers without a decimal point."""
    match cell:
        case None:
            return ""
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


def _sheet_into(part: IO[bytes], headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    coming = iter(rows)
    first = list(islice(coming, _LOOKED_AT))
    wide = _widths([headers, *first])
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width:g}" customWidth="1"/>' for place, width in enumerate(wide, 1)
    )
    part.write(
        (
            f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
            f"{f'<cols>{columns}</cols>' if columns else ''}<sheetData>"
        ).encode()
    )
    letters = [get_column_letter(place) for place in range(1, len(wide) + 1)]
    numbered = enumerate(chain([headers], first, coming), 1)
    number = 0
    while block := list(islice(numbered, _BLOCK)):
        number = block[-1][0]
        part.write("".join(_row(letters, place, row) for place, row in block).encode())
    end = f'<autoFilter ref="A1:{letters[len(headers) - 1]}{number}"/>' if headers else ""
    part.write(f"</sheetData>{end}</worksheet>".encode())
    return number - 1


def _row(letters: list[str], number: int, cells: Sequence[Cell]) -> str:
    while len(letters) < len(cells):
        letters.append(get_column_letter(len(letters) + 1))
    inside = "".join(
        [_WRITTEN.get(type(cell), _text)(f"{letters[place]}{number}", cell) for place, cell in enumerate(cells)]
    )
    return f'<row r="{number}">{inside}</row>'


def _text(place: str, cell: object) -> str:
    text = cell if isinstance(cell, str) else plain(cell)
    if not text:
        return ""
    if not text.isprintable():
        text = ILLEGAL_CHARACTERS_RE.sub("", text).replace("\ufffe", "").replace("\uffff", "")
    text = text[:MAX_CELL]
    if "_x" in text:
        text = _LIKE_ESCAPES.sub("_x005F_", text)
    if text[:1] == "'" and unguarded(text) != text:
        text = f"'{text}"
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def _number(place: str, cell: int | float | Decimal) -> str:
    return f'<c r="{place}"><v>{cell}</v></c>' if isfinite(cell) else _text(place, cell)


def _day(place: str, cell: date) -> str:
    if cell < _FIRST_DAY:
        return _text(place, cell)
    return f'<c r="{place}" s="{_DAY}"><v>{(cell - _ZERO.date()).days}</v></c>'


def _moment(place: str, cell: datetime) -> str:
    if cell.time() == time(0):
        return _day(place, cell.date())
    if cell.date() < _FIRST_DAY:
        return _text(place, cell)
    after = cell.replace(tzinfo=None) - _ZERO
    return f'<c r="{place}" s="{_MOMENT}"><v>{after.days + (after.seconds + after.microseconds / 1e6) / 86400}</v></c>'


def _truth(place: str, cell: bool) -> str:
    return f'<c r="{place}" t="b"><v>{int(cell)}</v></c>'


_ZERO = datetime.combine(date(1899, 12, 30), time(0))
_WRITTEN: dict[type, Callable[[str, object], str]] = {
    str: _text,
    int: _number,  # type: ignore[dict-item]
    float: _number,  # type: ignore[dict-item]
    Decimal: _number,  # type: ignore[dict-item]
    date: _day,  # type: ignore[dict-item]
    datetime: _moment,  # type: ignore[dict-item]
    bool: _truth,  # type: ignore[dict-item]
}


def _widths(rows: Iterable[Sequence[Cell]]) -> list[float]:
    """How wide each column is, in characters, so that what stands in the first rows can be read."""
    wide: list[float] = []
    for row in rows:
        wide += [_NARROWEST] * (len(row) - len(wide))
        for place, value in enumerate(row):
            text = value if isinstance(value, str) else plain(value)
            marks = sum(2 if east_asian_width(mark) in "WF" else 1 for mark in text[:_WIDEST])
            wide[place] = min(_WIDEST, max(wide[place], marks + 2))
    return wide


def _sheet_title(title: str) -> str:
    return "".join(" " if mark in "[]:*?/\\'" else mark for mark in title)[:31].strip() or "Sheet1"


_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OPEN = "http://schemas.openxmlformats.org"
_MAIN = f"{_OPEN}/spreadsheetml/2006/main"
_LINKS = f"{_OPEN}/officeDocument/2006/relationships"
_PACKAGE = f"{_OPEN}/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" xfId="0"/><xf numFmtId="164" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def _parts(titles: Sequence[str]) -> dict[str, str]:
    """What stands beside the sheets in the package of a workbook: what there is, and how it looks."""
    numbers = range(1, len(titles) + 1)
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_KIND}.worksheet+xml"/>' for n in numbers
    )
    links = "".join(
        f'<Relationship Id="s{n}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    pages = "".join(f'<sheet name={quoteattr(title)} sheetId="{n}" r:id="s{n}"/>' for n, title in enumerate(titles, 1))
    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>{kinds}</Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="w" '
            f'Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">{links}'
            f'<Relationship Id="look" Type="{_LINKS}/styles" Target="styles.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><bookViews><workbookView/></bookViews>'
            f"<sheets>{pages}</sheets></workbook>"
        ),
        "xl/styles.xml": _STYLES,
    }
