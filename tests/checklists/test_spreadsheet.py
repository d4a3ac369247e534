"""A version as a spreadsheet: out, edited, and back."""

import io

import pytest
from openpyxl import load_workbook

from compliance.checklists import workbook
from compliance.checklists.parse import Outcome
from compliance.checklists.rules import Checklist
from compliance.checklists.spreadsheet import SHEETS, rows
from compliance.checklists.spreadsheet_read import parse_sheets
from tests.checklists.small import area_file, files, item, sound


def edited(data: bytes, sheet: str, row: int, heading: str, value: object) -> Outcome:
    """The outcome after one cell was changed."""
    book = load_workbook(io.BytesIO(data))
    column = [column.heading for column in SHEETS[sheet]].index(heading) + 1
    book[sheet].cell(row, column).value = value
    out = io.BytesIO()
    book.save(out)
    return parse_sheets(workbook.read(out.getvalue()))


@pytest.fixture(scope="module")
def written() -> bytes:
    return workbook.write(sound(files()))


def test_the_shipped_checklist_comes_back_with_the_same_digest(shipped: Checklist) -> None:
    result = parse_sheets(workbook.read(workbook.write(shipped)))
    assert result.complaints == ()
    assert result.checklist is not None
    assert result.checklist.digest == shipped.digest


def test_an_edited_cell_changes_what_it_says(written: bytes) -> None:
    result = edited(written, "wages", 3, "days", 14)
    assert result.checklist is not None
    assert result.checklist.item("WAG01").days == 14


@pytest.mark.parametrize(
    ("sheet", "row", "heading", "value", "code"),
    [
        ("wages", 3, "severity", "majr", "C111"),
        ("wages", 3, "question zh", "", "C104"),
        ("wages", 3, "question en", None, "C104"),
        ("wages", 3, "clause", 2.9, "C302"),
        ("wages", 3, "law", "LL-84、LL-48", "C301"),
        ("wages", 3, "document zh", "工资表\n考勤表", "C315"),
        ("wages", 3, "applies", "dormitry: true", "C101"),
        ("wages", 3, "id", "", "C102"),
        ("wages", 1, "days", "dayz", "C317"),
        ("articles", 3, "checked on", "21/11/2026", "C110"),
        ("articles", 3, "law", "LX", "C301"),
        ("code", 5, "kind", "clase", "C111"),
        ("policy", 3, "value", "many", "C107"),
        ("policy", 3, "setting", "weight.critical", "C101"),
    ],
)
def test_a_fault_names_sheet_row_and_column(
    written: bytes, sheet: str, row: int, heading: str, value: object, code: str
) -> None:
    result = edited(written, sheet, row, heading, value)
    assert result.checklist is None
    complaint = next(complaint for complaint in result.complaints if complaint.code == code)
    assert complaint.place.file == sheet
    if code not in ("C101", "C102", "C317"):
        assert (complaint.place.line, complaint.place.column) == (row, heading)


def test_facts_of_an_item_that_does_not_exist() -> None:
    bent = files()
    fact = "{id: exit-locked, text: {en: Locked, zh: 上锁}, zero_tolerance: true, disclosure: sealed}"
    bent["safety.yaml"] = area_file("safety", item("SAF01", f"    facts: [{fact}]\n"))
    result = edited(workbook.write(sound(bent)), "facts", 3, "item", "SAF02")
    assert [(complaint.code, complaint.meant) for complaint in result.complaints] == [("C316", "SAF01")]


def test_what_looks_like_a_formula_stays_text() -> None:
    bent = files()
    bent["wages.yaml"] = area_file("wages", item("WAG01", question='{en: "=1+1", zh: "=1+1 是"}'))
    checklist = sound(bent)
    data = workbook.write(checklist)
    assert load_workbook(io.BytesIO(data))["wages"]["D3"].data_type == "s"
    result = parse_sheets(workbook.read(data))
    assert result.checklist == checklist


def test_entries_with_several_lines_come_back_as_they_were() -> None:
    bent = files()
    bent["wages.yaml"] = area_file("wages", item("WAG01", evidence='[{en: "one\\ntwo", zh: "一\\n二"}]'))
    checklist = sound(bent)
    assert parse_sheets(workbook.read(workbook.write(checklist))).checklist == checklist


def test_a_missing_sheet_is_named_and_nothing_else_is_missed(written: bytes) -> None:
    sheets = dict(workbook.read(written))
    del sheets["facts"]
    assert [complaint.code for complaint in parse_sheets(sheets).complaints] == ["C011"]


@pytest.mark.parametrize("data", [b"", b"hello", b"PK\x03\x04 not really", b"\x00" * 100])
def test_other_files_are_no_workbook(data: bytes) -> None:
    with pytest.raises(workbook.NoWorkbook):
        workbook.read(data)


def test_every_sheet_has_a_row_for_each_thing(shipped: Checklist) -> None:
    tables = rows(shipped)
    assert len(tables["wages"]) == len(shipped.area("wages").items)
    assert len(tables["articles"]) == len(shipped.laws)
    assert all(len(line) == len(SHEETS[sheet]) for sheet, lines in tables.items() for line in lines)
