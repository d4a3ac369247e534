"""The cells of a workbook are read as openpyxl reads them, and more rightly where it does not know better."""

import io
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from compliance.shared.problems import Problem, TooLarge
from compliance.shared.spreadsheets import read_rows, sheets, write_xlsx
from compliance.shared.workbooks import rows_of
from compliance.shared.worksheets import MOST_COLUMNS

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def workbook(cells: str, *, space: str = MAIN, styles: str = "", strings: str = "", book: str = "") -> bytes:
    """A workbook of one sheet, its XML as a program may have written it."""
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{space}" xmlns:r="{LINKS}">{book}'
        '<sheets><sheet name="One" sheetId="1" r:id="a"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships><Relationship Id="a" Type="{LINKS}/worksheet" '
        f'Target="/xl/worksheets/sheet1.xml"/><Relationship Id="b" Type="{LINKS}/sharedStrings" '
        f'Target="sharedStrings.xml"/><Relationship Id="c" Type="{LINKS}/styles" Target="styles.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{space}"><sheetData>{cells}</sheetData></worksheet>',
        "xl/styles.xml": f'<styleSheet xmlns="{space}">{styles}</styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{space}">{strings}</sst>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        for name, text in parts.items():
            box.writestr(name, text)
    return out.getvalue()


def read(cells: str, **parts: str) -> list[list[object]]:
    return [list(row) for _, row in rows_of(workbook(cells, **parts), None)]


def test_cells_of_every_sort_are_read_as_openpyxl_reads_them() -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["示例 <&> 厂", 1, -2.5, 1e21, 0.1 + 0.2, True, False, None, "", " two  blanks "])
    sheet.append(
        [datetime(2020, 3, 1), datetime(2020, 3, 1, 9, 30), date(1999, 12, 31), time(7, 5), timedelta(hours=30)]
    )
    sheet.append([CellRichText("plain ", TextBlock(InlineFont(b=True), "bold")), "line\nbreak"])
    sheet["G9"] = "far"
    sheet["A9"] = "#N/A"
    sheet["C12"], sheet["D12"] = 44000, 44000.25
    sheet["C12"].number_format, sheet["D12"].number_format = 'yyyy"年"m"月"d"日"', '#,##0.00 "day"'
    sheet.merge_cells("A14:C14")
    sheet["A14"] = "merged"
    for data in (saved(book), written_only(book)):
        page = load_workbook(io.BytesIO(data), data_only=True).worksheets[0]
        expected = {number: stripped(row) for number, row in enumerate(page.iter_rows(values_only=True), 1)}
        found = {number: stripped(row) for number, row in rows_of(data, None)}
        assert {number: row for number, row in found.items() if row} == {n: row for n, row in expected.items() if row}


def written_only(book: Workbook) -> bytes:
    """The same as a stream: without the size of the sheet, and with texts inline."""
    stream = Workbook(write_only=True)
    page = stream.create_sheet()
    for row in book.worksheets[0].iter_rows(values_only=True):
        page.append([str(cell) if isinstance(cell, CellRichText) else cell for cell in row])
    return saved(stream)


def stripped(row: Any) -> list[object]:
    cells = list(row)
    while cells and cells[-1] in (None, ""):
        cells.pop()
    return cells


def test_days_are_counted_from_1904_where_a_workbook_says_so() -> None:
    styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    cell = '<row><c s="1"><v>0</v></c><c s="1"><v>366</v></c></row>'
    [[_, day]] = read(cell, styles=styles, book='<workbookPr date1904="1"/>')
    assert day == datetime(1905, 1, 1)


@pytest.mark.parametrize("number", [27, 31, 36, 50, 57, 58])
def test_the_formats_of_days_that_chinese_programs_do_not_write_down_are_known(number: int) -> None:
    styles = f'<cellXfs><xf numFmtId="0"/><xf numFmtId="{number}"/></cellXfs>'
    assert read('<row><c s="1"><v>44000</v></c><c><v>44000</v></c></row>', styles=styles) == [
        [datetime(2020, 6, 18), 44000]
    ]


def test_a_format_that_is_written_down_is_what_it_says() -> None:
    styles = (
        '<numFmts><numFmt numFmtId="57" formatCode="0.00"/></numFmts>'
        '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="57"/></cellXfs>'
    )
    assert read('<row><c s="0"><v>44000</v></c></row>', styles=styles) == [[44000]]


def test_a_day_that_cannot_be_is_an_error_as_the_spreadsheet_program_shows_it() -> None:
    styles = '<cellXfs><xf numFmtId="14"/></cellXfs>'
    assert read('<row><c s="0"><v>99999999999</v></c></row>', styles=styles) == [["#VALUE!"]]


def test_how_characters_are_read_aloud_is_no_part_of_the_text() -> None:
    strings = (
        "<si><t>東京</t><rPh sb='0' eb='2'><t>とうきょう</t></rPh></si><si><r><t>a</t></r><r><t> b</t></r></si><si/>"
    )
    cells = '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c></row>'
    assert read(cells, strings=strings) == [["東京", "a b", ""]]


def test_the_stricter_standard_and_names_with_a_prefix_are_read() -> None:
    assert read('<row><c t="inlineStr"><is><t>A</t></is></c></row>', space=STRICT) == [["A"]]
    prefixed = f'<x:row xmlns:x="{MAIN}" r="3"><x:c r="B3"><x:v>5</x:v></x:c></x:row>'
    assert list(rows_of(workbook(prefixed), None)) == [(3, [None, 5])]


def test_a_formula_that_gives_an_empty_text_is_computed() -> None:
    assert read('<row><c r="A1" t="str"><f>""</f><v></v></c><c r="B1" t="str"><f>"a"</f><v>a</v></c></row>') == [
        [None, "a"]
    ]
    with pytest.raises(Problem, match="Cell B1 holds a formula"):
        read('<row><c r="B1"><f>1+2</f><v></v></c></row>')
    with pytest.raises(Problem, match="Cell B1 holds a formula"):
        read('<row><c r="B1" t="str"><f>1+2</f></c></row>')


def test_what_a_program_writes_as_an_escape_is_read_as_what_it_means() -> None:
    assert read('<row><c t="inlineStr"><is><t>a_x000D_b_x005F_x000D_</t></is></c></row>') == [["a\rb_x000D_"]]


def test_a_text_that_looks_like_an_escape_comes_back() -> None:
    for text in ("_x000D_", "a_x0041_b", "__x0041__", "_x005F_"):
        assert read_rows(write_xlsx(["name"], [[text]]), "a.xlsx").rows == [[text]]


@pytest.mark.parametrize(
    "cells",
    [
        '<row><c r="ABCD1"><v>1</v></c></row>',
        '<row><c r="ZZZ1"><v>1</v></c></row>',
        '<row><c r="a1"><v>1</v></c></row>',
        '<row><c t="s"><v>7</v></c></row>',
        "<row><c><v>many</v></c></row>",
        '<row r="two"><c><v>1</v></c></row>',
        "<row><c><v>1</v></row>",
        "<row>" + "<c/>" * MOST_COLUMNS + "<c><v>1</v></c></row>",
    ],
)
def test_a_damaged_sheet_is_refused_with_one_sentence(cells: str) -> None:
    with pytest.raises(Problem, match="The workbook is damaged"):
        read(cells)


def test_a_cell_far_away_needs_no_room_for_those_between() -> None:
    assert read_rows(
        workbook('<row r="1"><c><v>1</v></c></row><row r="1048576"><c><v>2</v></c></row>'), "a"
    ).numbers == [1048576]
    with pytest.raises(TooLarge, match="Row 1048576 has more than 200 columns"):
        read_rows(workbook('<row><c><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'), "a")


def test_a_type_of_document_is_refused_in_every_encoding() -> None:
    declared = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]>'
    sheet = f'{declared}<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(""))) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            is_sheet = part.filename.endswith("sheet1.xml")
            new.writestr(part.filename, sheet.encode("utf-16") if is_sheet else old.read(part))
    with pytest.raises(Problem, match="The workbook is damaged"):
        read_rows(out.getvalue(), "a.xlsx")


def test_the_first_sheet_that_is_shown_is_read_and_drawings_are_none() -> None:
    book = Workbook()
    first: Any = book.active
    first.title, first.sheet_state = "hidden", "hidden"
    book.create_chartsheet("drawing")
    book.create_sheet("shown").append(["x"])
    assert sheets(saved(book)) == ("shown", "hidden")
    assert read_rows(saved(book), "a.xlsx").headers == ["x"]
