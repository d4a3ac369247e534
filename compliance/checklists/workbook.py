"""Sheets of text to an XLSX workbook and back; the only place here that knows the file format."""

import io
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from compliance.checklists.rules import Checklist
from compliance.checklists.spreadsheet import SHEETS, Column, rows

UNPACKED_LIMIT = 64 * 2**20
ROW_LIMIT = 5000
COLUMN_LIMIT = 60

_WRAP = Alignment(wrap_text=True, vertical="top")
_HEAD = PatternFill("solid", fgColor="DCE6EA")


class NoWorkbook(ValueError):
    """The bytes are not a workbook that can be read safely."""


def write(checklist: Checklist) -> bytes:
    """The checklist as XLSX: headings, a row that explains them, and every cell as text."""
    book = Workbook(write_only=True)
    for name, lines in rows(checklist).items():
        sheet = book.create_sheet(name)
        columns = SHEETS[name]
        for index, column in enumerate(columns, 1):
            sheet.column_dimensions[get_column_letter(index)].width = column.width
        sheet.freeze_panes = "B3"
        sheet.append([_cell(sheet, column.heading, head=True) for column in columns])
        sheet.append([_cell(sheet, _gloss(index, column)) for index, column in enumerate(columns)])
        for line in lines:
            sheet.append([_cell(sheet, text) for text in line])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _gloss(index: int, column: Column) -> str:
    mark = "# " if index == 0 else ""
    return f"{mark}{column.gloss.zh}\n{column.gloss.en}"


def _cell(sheet: Any, text: str, *, head: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value=text)
    # As text: "2.10" keeps its zero, and nothing that begins with "=" ever becomes a formula.
    cell.data_type = "s"
    cell.number_format = "@"
    cell.alignment = _WRAP
    if head:
        cell.font, cell.fill = Font(bold=True), _HEAD
    return cell


def read(data: bytes) -> Mapping[str, Sequence[Sequence[str]]]:
    """Sheet -> rows of text. Raises NoWorkbook for anything that is not a workbook of a sensible size."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > UNPACKED_LIMIT:
                raise NoWorkbook("too large when unpacked")
        with warnings.catch_warnings():
            # Spreadsheet programs leave extensions in the file that are of no interest here.
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            return {sheet.title.strip().casefold(): _lines(sheet) for sheet in book.worksheets}
    except NoWorkbook:
        raise
    except Exception as error:
        # The library raises whatever the broken part makes it raise: KeyError, BadZipFile, ParseError, ...
        raise NoWorkbook(str(error)) from error


def _lines(sheet: Any) -> list[list[str]]:
    lines = sheet.iter_rows(values_only=True, max_row=ROW_LIMIT, max_col=COLUMN_LIMIT)
    return [[_text(value) for value in line] for line in lines]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{Decimal(repr(value)).normalize():f}"
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value).replace("_x000D_", "")
