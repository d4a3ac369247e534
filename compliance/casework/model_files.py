"""Model documents as files that people fill in: XLSX and DOCX, in one language, to be printed on A4 as they are."""

import io
import zipfile
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter

from compliance.checklists.howto import Model

BLANK_ROWS = 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_TICKS = {"en": ("Point", "Yes", "No", "Remark"), "zh": ("检查内容", "是", "否", "备注")}
_FOOT = {
    "en": ("Enterprise: ____", "Filled in by: ____", "Date: ____"),
    "zh": ("单位：____", "填表人：____", "日期：____"),
}


def table(model: Model, language: str) -> tuple[tuple[str, ...], list[str]]:
    """(column heads, first cells of the rows that are named) of a sheet or a check; blank rows are the caller's."""
    if model.kind == "check":
        return _TICKS[_short(language)], [point.in_(language) for point in model.points]
    return tuple(column.in_(language) for column in model.columns), [row.in_(language) for row in model.rows]


def foot(language: str) -> tuple[str, ...]:
    """The line below: whose it is, by whom, when."""
    return _FOOT[_short(language)]


def xlsx(model: Model, language: str) -> bytes:
    """A workbook: title, note, heads, empty rows with lines; landscape, one page wide, heads on every page."""
    book = Workbook()
    page: Any = book.active
    page.title = model.title.in_(language)[:28].replace(":", " ").replace("/", " ").replace("?", "")
    heads, named = table(model, language)
    thin = Side(style="thin", color="808080")
    lines, wrap = Border(thin, thin, thin, thin), Alignment(wrap_text=True, vertical="center")
    page["A1"], page["A1"].font = model.title.in_(language), Font(bold=True, size=15)
    if model.note:
        page["A2"], page["A2"].alignment = model.note.in_(language), wrap
        page.merge_cells(start_row=2, start_column=1, end_row=2, end_column=max(1, len(heads)))
        page.row_dimensions[2].height = 34
    for column, head in enumerate(heads, start=1):
        cell = page.cell(4, column, head)
        cell.font, cell.border, cell.alignment = Font(bold=True), lines, wrap
        wide = 46 if model.kind == "check" and column == 1 else 16
        page.column_dimensions[get_column_letter(column)].width = wide
    for row in range(len(named) if model.kind == "check" else max(len(named), BLANK_ROWS)):
        for column in range(1, len(heads) + 1):
            cell = page.cell(5 + row, column, named[row] if column == 1 and row < len(named) else None)
            cell.border, cell.alignment = lines, wrap
        page.row_dimensions[5 + row].height = 26
    last = 6 + (len(named) if model.kind == "check" else max(len(named), BLANK_ROWS))
    page.cell(last, 1, "    ".join(foot(language)))
    page.page_setup.orientation = "landscape" if len(heads) > 5 else "portrait"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.print_title_rows = "4:4"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def docx(model: Model, language: str) -> bytes:
    """A text document: title, note, paragraphs or a table."""
    parts = [_paragraph(model.title.in_(language), 32, bold=True)]
    if model.note:
        parts.append(_paragraph(model.note.in_(language), 20))
    parts += [_paragraph(text.in_(language), 24) for text in model.paragraphs]
    if model.kind != "text":
        heads, named = table(model, language)
        blank = 0 if model.kind == "check" else max(0, 12 - len(named))
        cells = [heads, *((first, *[""] * (len(heads) - 1)) for first in [*named, *[""] * blank])]
        parts.append(_table(cells))
    parts.append(_paragraph("        ".join(foot(language)), 22))
    turned = model.kind == "sheet" and len(model.columns) > 5
    size = 'w:w="16838" w:h="11906" w:orient="landscape"' if turned else 'w:w="11906" w:h="16838"'
    section = (
        f'<w:sectPr><w:pgSz {size}/><w:pgMar w:top="1000" w:right="1000" w:bottom="1000" w:left="1000"/></w:sectPr>'
    )
    body = f'{_HEAD}<w:document xmlns:w="{_W}"><w:body>{"".join(parts)}{section}</w:body></w:document>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        box.writestr("[Content_Types].xml", _TYPES)
        box.writestr("_rels/.rels", _RELATIONS)
        box.writestr("word/document.xml", body)
    return out.getvalue()


_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = (
    f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{DOCX}.main+xml"/></Types>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
_RELATIONS = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}" Target="word/document.xml"/></Relationships>'
)
_FONTS = '<w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:eastAsia="SimSun"/>'


def _short(language: str) -> str:
    return "zh" if language.startswith("zh") else "en"


def _paragraph(text: str, half_points: int, *, bold: bool = False) -> str:
    weight = "<w:b/>" if bold else ""
    run = f'<w:rPr>{_FONTS}{weight}<w:sz w:val="{half_points}"/></w:rPr>'
    return (
        '<w:p><w:pPr><w:spacing w:after="160"/></w:pPr>'
        f'<w:r>{run}<w:t xml:space="preserve">{escape(_longer(text))}</w:t></w:r></w:p>'
    )


def _longer(text: str) -> str:
    """Places to fill in, long enough for a pen."""
    return text.replace("____", "_" * 12)


def _table(rows: "list[tuple[str, ...]]") -> str:
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    borders = "".join(f'<w:{side} w:val="single" w:sz="4"/>' for side in sides)
    lines = "".join(
        "<w:tr>" + "".join(f"<w:tc><w:tcPr/>{_paragraph(cell, 20, bold=not at)}</w:tc>" for cell in row) + "</w:tr>"
        for at, row in enumerate(rows)
    )
    looks = f'<w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>{borders}</w:tblBorders></w:tblPr>'
    return f"<w:tbl>{looks}{lines}</w:tbl>"
