"""Reading XLSX without trusting it: a zip is bounded before it is opened, formulas give their stored values."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from openpyxl import load_workbook

from compliance.shared.problems import Problem, TooLarge
from compliance.shared.words import N_

MAX_UNPACKED = 400 * 2**20  # bytes; a small zip can unpack to anything
MAX_FILES = 2000
_PIECE = 2**20  # bytes
_HEAD = 2**12  # bytes; what declares something stands in front
_LONGEST = 20_000  # bytes of one cell with a formula; formulas have at most 8,192 characters

# A cell with a formula and no value behind it: written by a program that did not compute it.
_UNCOMPUTED = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^>]*><f[^>]*?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?</c>')


def rows_of(data: bytes, sheet: str | None) -> Iterator[tuple[int, Sequence[object]]]:
    """(row number, cell values) of a sheet; the first visible one that has rows unless it is named.

    Raises ``TooLarge`` for a bomb and ``Problem`` for a damaged file, an unknown sheet or an uncomputed formula.
    """
    _look_inside(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises whatever its XML reader meets
        raise _damaged() from error
    try:
        page = _sheet(book, sheet)
        _refuse_uncomputed(data, page)
        page.reset_dimensions()  # the size that a file claims is often wrong
        yield from enumerate(page.iter_rows(values_only=True), start=1)
    except Problem:
        raise
    except Exception as error:
        raise _damaged() from error
    finally:
        book.close()


def sheets(data: bytes) -> tuple[str, ...]:
    """The names of the sheets, first the one that is read unless another is named. Raises as ``rows_of``."""
    _look_inside(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True)
    except Exception as error:
        raise _damaged() from error
    try:
        first = _sheet(book, None).title
        return (first, *(page.title for page in book.worksheets if page.title != first))
    finally:
        book.close()


def _look_inside(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as box:
            parts = box.infolist()
            declares = len(parts) <= MAX_FILES and any(_declares(box, part) for part in parts)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError):
        raise _damaged() from None
    if len(parts) > MAX_FILES or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise TooLarge(
            "sheet-bomb", N_("The workbook unpacks to more than %(limit)d megabytes."), limit=MAX_UNPACKED // 2**20
        )
    if declares:
        raise _damaged()
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise Problem("sheet-kind", N_("This is not an XLSX workbook. Save it as CSV or XLSX and send it again."))


def _declares(box: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether a part declares entities of its own, which no spreadsheet program does."""
    if not part.filename.endswith((".xml", ".rels")):
        return False
    with box.open(part) as found:
        return b"<!doctype" in found.read(_HEAD).lower()


def _sheet(book: Any, name: str | None) -> Any:
    pages = {page.title: page for page in book.worksheets}
    if name is not None:
        if name not in pages:
            raise Problem(
                "sheet-unknown",
                N_("There is no sheet %(sheet)s. The sheets are: %(sheets)s."),
                sheet=name,
                sheets=", ".join(pages),
            )
        return pages[name]
    shown = [page for page in pages.values() if page.sheet_state == "visible"] or list(pages.values())
    if not shown:
        raise Problem("sheet-empty", N_("The file is empty."))
    return shown[0]


def _refuse_uncomputed(data: bytes, page: Any) -> None:
    kept = b""
    with zipfile.ZipFile(io.BytesIO(data)) as box, box.open(page._worksheet_path) as part:
        while piece := part.read(_PIECE):
            found = _UNCOMPUTED.search(kept + piece)
            if found:
                raise Problem(
                    "sheet-formula",
                    N_(
                        "Cell %(cell)s holds a formula without its value. Open the file in the spreadsheet program, "
                        "save it, and send it again."
                    ),
                    cell=found.group(1).decode(),
                )
            kept = (kept + piece)[-_LONGEST:]


def _damaged() -> Problem:
    return Problem(
        "sheet-damaged", N_("The workbook is damaged. Open it in the spreadsheet program and save it as XLSX again.")
    )
