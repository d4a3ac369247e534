"""Spreadsheets come as they are saved in offices, and go out safely."""

import codecs
import csv
import io
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from compliance.shared import spreadsheets
from compliance.shared.problems import Problem, TooLarge
from compliance.shared.spreadsheets import read_rows, write_csv, write_xlsx
from compliance.shared.words import clean

CHINESE = "企业名称,地址\n示例制衣一厂,昆明市官渡区\n阿凡提·巴依食品厂,昆明市盘龙区\n"


@pytest.mark.parametrize(
    "data",
    [
        CHINESE.encode(),
        CHINESE.encode("utf-8-sig"),
        CHINESE.encode("utf-16"),
        codecs.BOM_UTF16_BE + CHINESE.encode("utf-16-be"),
        CHINESE.encode("gb18030"),
        CHINESE.replace(",", ";").encode("gb18030"),
        CHINESE.replace(",", "\t").encode("utf-16"),
        CHINESE.replace("\n", "\r\n").encode("gb18030"),
        b"sep=;\n" + CHINESE.replace(",", ";").encode(),
    ],
)
def test_a_csv_is_read_whatever_its_encoding_and_separator(data: bytes) -> None:
    table = read_rows(data, "register.csv")
    assert table.headers == ["企业名称", "地址"]
    assert table.rows == [["示例制衣一厂", "昆明市官渡区"], ["阿凡提·巴依食品厂", "昆明市盘龙区"]]


def test_accented_latin_is_not_taken_for_chinese() -> None:
    text = "name,address\nCafetería Núñez,Peñón 12\nGarçon Façade Ltd,Hôtel de Ville\n"
    assert read_rows(text.encode("cp1252"), "a.csv").rows[0] == ["Cafetería Núñez", "Peñón 12"]
    assert read_rows(text.encode("cp1252"), "a.csv").rows[1][0] == "Garçon Façade Ltd"


def test_rare_characters_come_through_gb18030_and_utf8() -> None:
    text = "企业名称,法定代表人\n𠮷祥示例食品厂,示例代表䶮\n昆明示例喆达公司,负责人\n"
    for encoding in ("gb18030", "utf-8"):
        assert read_rows(text.encode(encoding), "a.csv").rows == [
            ["𠮷祥示例食品厂", "示例代表䶮"],
            ["昆明示例喆达公司", "负责人"],
        ]


def test_rows_keep_the_numbers_that_the_spreadsheet_program_shows() -> None:
    table = read_rows(b'\nname,address\n\nA,"x\ny"\n,,\nB,z\n', "a.csv")
    assert table.rows == [["A", "x\ny"], ["B", "z"]]
    assert table.numbers == [4, 6]


def test_ragged_rows_are_as_long_as_the_headers() -> None:
    table = read_rows(b"name,address\nA\nB,b,extra\n", "a.csv")
    assert table.headers == ["name", "address", ""]
    assert table.rows == [["A", "", ""], ["B", "b", "extra"]]


def test_a_workbook_gives_what_a_person_sees() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "名册"
    sheet.append(["name", "since", "workers", "at", "yes"])
    sheet.append(["示例·厂", datetime(2020, 3, 1), 18.0, datetime(2020, 3, 1, 9, 30), True])
    sheet.append([None, None, None])
    sheet.append(["B", date(2021, 2, 3), 2.5, None, False])
    out = io.BytesIO()
    book.create_sheet("other").append(["x"])
    book.save(out)
    table = read_rows(out.getvalue(), "a.xlsx")
    assert table.rows == [
        ["示例·厂", "2020-03-01", "18", "2020-03-01 09:30", "TRUE"],
        ["B", "2021-02-03", "2.5", "", "FALSE"],
    ]
    assert table.numbers == [2, 4]
    assert read_rows(out.getvalue(), "a.xlsx", "other").headers == ["x"]
    with pytest.raises(Problem, match="名册, other"):
        read_rows(out.getvalue(), "a.xlsx", "missing")


def test_a_formula_gives_its_stored_value_or_an_error_that_names_the_cell() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["name", "workers"])
    sheet.append(["A", "=1+2"])
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(Problem, match="Cell B2 holds a formula"):
        read_rows(out.getvalue(), "a.xlsx")
    computed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(out.getvalue())) as old, zipfile.ZipFile(computed, "w") as new:
        for part in old.infolist():
            new.writestr(
                part.filename,
                old.read(part)
                .replace(b"<f>1+2</f><v></v>", b"<f>1+2</f><v>3</v>")
                .replace(b"<f>1+2</f><v />", b"<f>1+2</f><v>3</v>"),
            )
    assert read_rows(computed.getvalue(), "a.xlsx").rows == [["A", "3"]]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "sheet-empty"),
        (b"  \r\n ", "sheet-empty"),
        (b",,\n,,\n", "sheet-empty"),
        (b"\xd0\xcf\x11\xe0old workbook", "sheet-kind"),
        (b"%PDF-1.7", "sheet-kind"),
        (b"PK\x03\x04 not a zip", "sheet-damaged"),
        (b"a,b\x00c\n1,2\n", "sheet-kind"),
    ],
)
def test_what_is_no_spreadsheet_is_refused_with_advice(data: bytes, code: str) -> None:
    with pytest.raises(Problem) as raised:
        read_rows(data, "a.xlsx")
    assert raised.value.code == code


def test_limits_are_told() -> None:
    with pytest.raises(TooLarge, match="60 megabytes"):
        read_rows(b"a" * (spreadsheets.MAX_BYTES + 1), "a.csv")
    with pytest.raises(TooLarge, match="200 columns"):
        read_rows(b"a," * 300 + b"b\n", "a.csv")


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        box.writestr("xl/workbook.xml", b"<workbook/>")
        for number in range(5):
            box.writestr(f"xl/worksheets/sheet{number}.xml", b"0" * 100 * 2**20)
    with pytest.raises(TooLarge):
        read_rows(out.getvalue(), "a.xlsx")


DANGEROUS = [
    "=1+1",
    "+86 871",
    "-2",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    "\tx",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "'=1",
    "''=1",
]


def test_no_written_cell_runs_as_a_formula() -> None:
    cells = list(csv.reader(io.StringIO(write_csv(["name"], [[text] for text in DANGEROUS]).decode("utf-8-sig"))))
    assert all(not cell.startswith(tuple("=+-@\t\r\n＝＋－＠")) for [cell] in cells)
    book = load_workbook(io.BytesIO(write_xlsx(["name"], [[text] for text in DANGEROUS])))
    assert book.active is not None
    assert all(cell.data_type == "s" for row in book.active.iter_rows() for cell in row)


def test_numbers_stay_numbers() -> None:
    assert write_csv(["n"], [[-5], [2.5]]) == codecs.BOM_UTF8 + b"n\r\n-5\r\n2.5\r\n"
    book = load_workbook(io.BytesIO(write_xlsx(["n", "d"], [[-5, date(2026, 1, 2)]])))
    assert book.active is not None
    assert [cell.value for cell in book.active[2]] == [-5, datetime(2026, 1, 2)]


SIGNS = st.text("'=+-@＝＋－＠\t\r\n\"<&;,", max_size=4)
TEXTS = st.builds(
    str.__add__, SIGNS, st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30)
)


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=2), max_size=4))
def test_what_is_written_is_read_back_as_it_was(rows: list[list[str]]) -> None:
    kept = [[clean(cell) for cell in row] for row in rows]
    expected = [row for row in kept if any(row)]
    for data in (write_csv(["a", "b"], rows), write_xlsx(["a", "b"], rows)):
        assert read_rows(data, "x").rows == expected
