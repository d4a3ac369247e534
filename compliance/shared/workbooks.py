"""Reading XLSX without trusting it: a zip is bounded before it is opened, formulas give their stored values."""

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from compliance.shared import worksheets
from compliance.shared.problems import Problem, TooLarge
from compliance.shared.words import N_
from compliance.shared.worksheets import Sheet

MAX_UNPACKED = 400 * 2**20  # bytes; a small zip can unpack to anything
MAX_FILES = 2000
_HEAD = 2**12  # bytes; what declares something stands in front


def rows_of(data: bytes, sheet: str | None) -> Iterator[tuple[int, Sequence[object]]]:
    """(row number, cell values) of a sheet; the first visible one that has rows unless it is named.

    Raises ``TooLarge`` for a bomb and ``Problem`` for a damaged file, an unknown sheet or an uncomputed formula.
    """
    with _opened(data) as box:
        yield from worksheets.rows_of(box, _chosen(worksheets.sheets_of(box), sheet))


def sheets(data: bytes) -> tuple[str, ...]:
    """The names of the sheets, first the one that is read unless another is named. Raises as ``rows_of``."""
    with _opened(data) as box:
        found = worksheets.sheets_of(box)
        first = _chosen(found, None).title
        return (first, *(sheet.title for sheet in found if sheet.title != first))


@contextmanager
def _opened(data: bytes) -> Iterator[zipfile.ZipFile]:
    _look_inside(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as box:
            yield box
    except Problem:
        raise
    except worksheets.NotComputed as cell:
        raise Problem(
            "sheet-formula",
            N_(
                "Cell %(cell)s holds a formula without its value. Open the file in the spreadsheet program, "
                "save it, and send it again."
            ),
            cell=str(cell),
        ) from None
    except Exception as error:  # whatever an XML reader meets
        raise _damaged() from error


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


def _chosen(found: Sequence[Sheet], title: str | None) -> Sheet:
    pages = {sheet.title: sheet for sheet in found}
    if title is not None:
        if title not in pages:
            raise Problem(
                "sheet-unknown",
                N_("There is no sheet %(sheet)s. The sheets are: %(sheets)s."),
                sheet=title,
                sheets=", ".join(pages),
            )
        return pages[title]
    shown = [sheet for sheet in found if sheet.visible] or found
    if not shown:
        raise Problem("sheet-empty", N_("The file is empty."))
    return shown[0]


def _damaged() -> Problem:
    return Problem(
        "sheet-damaged", N_("The workbook is damaged. Open it in the spreadsheet program and save it as XLSX again.")
    )
