"""Spreadsheets from hell: each is read rightly or gets one clear sentence; nothing is half written; all goes on."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlmodel import func, select

from compliance.enterprises.models import Enterprise
from compliance.shared import spreadsheets
from compliance.shared.database import session

HELL = Path(__file__).parent / "hell"


@dataclass(frozen=True)
class Answer:
    """New and refused rows, and a sentence of the page; a file that cannot be read at all has no rows."""

    new: int = 0
    refused: int = 0
    says: str = ""
    shows: str = ""


NO_KIND = "is neither a CSV nor an XLSX file"
DAMAGED = "The workbook is damaged"
ANSWERS = {
    "billion laughs.xlsx": Answer(says=DAMAGED),
    "days as numbers.csv": Answer(0, 1, "This is not a date that exists"),
    "emoji.csv": Answer(1, shows="示例🧵制衣厂"),
    "empty.csv": Answer(says="The file is empty"),
    "errors in cells.xlsx": Answer(0, 1, "This is not a number of people"),
    "formula without its value.xlsx": Answer(says="Cell B2 holds a formula without its value"),
    "formulas.csv": Answer(3, shows="@SUM(1+1)*cmd"),
    "headers alone.csv": Answer(says="There is nothing to import"),
    "hidden first sheet.xlsx": Answer(1, shows="示例地狱癸厂"),
    "impossible date.csv": Answer(0, 2, "This is not a date that exists"),
    "macro workbook.xlsm": Answer(1, shows="示例地狱子厂"),
    "merged cells.xlsx": Answer(2, shows="示例地狱壬厂"),
    "name of 5000 characters.csv": Answer(1, 1, "5000 characters are too many"),
    "negative headcount.csv": Answer(1, 1, "This is not a number of people"),
    "no column of names.csv": Answer(says="No column is known to hold the names"),
    "old workbook.xls": Answer(says=NO_KIND),
    "outside entity.xlsx": Answer(says=DAMAGED),
    "photo of a list.jpg": Answer(says=NO_KIND),
    "right to left.csv": Answer(2, shows="Examplegpj.exe"),
    "same column twice.csv": Answer(says="The columns 企业名称 and 单位名称 mean the same"),
    "same enterprise twice.csv": Answer(1, 1, "Row 2 has the same name and address"),
    "totals row.csv": Answer(1, 1, "This is a row of sums"),
    "two encodings.csv": Answer(says="The characters near line 1 cannot be read"),
    "two header rows.csv": Answer(1, shows="示例地狱甲厂"),
    "unclosed quote.csv": Answer(says="The CSV cannot be read near line 2"),
    "web page.xls": Answer(says=NO_KIND),
    "wrong encoding.csv": Answer(says="The characters near line 2 cannot be read"),
    "zero bytes.csv": Answer(says="This is not a text file"),
}


def test_every_file_of_the_folder_has_its_answer():
    assert sorted(file.name for file in HELL.iterdir()) == sorted(ANSWERS)


def enterprises(app):
    with app.app_context():
        return session().exec(select(func.count()).select_from(Enterprise)).one()


def sent(client, data, name):
    """What the page answers; a file that cannot be read at all is refused there and then."""
    answer = client.http.post(
        "/register/import/",
        data={"file": (io.BytesIO(data), name), "csrf_token": client.token()},
    )
    answer.request.environ["wsgi.input"].close()  # a temporary file where the upload is large
    assert answer.status_code in (302, 413, 422)
    return client.http.get(answer.location) if answer.location else answer


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_each_gets_one_clear_sentence_and_nothing_is_half_written(app, sign_in, world, name):
    client = sign_in("coordinator")
    before = enterprises(app)
    expected = ANSWERS[name]
    answer = sent(client, (HELL / name).read_bytes(), name)
    for words in filter(None, (expected.says, expected.shows)):
        assert words in answer.text
    assert enterprises(app) == before, "looking writes nothing"
    if expected.new:
        looked = client.get(answer.request.path)
        assert f"{expected.new}new" in looked.text and f"{expected.refused}refused" in looked.text
        client.submit(looked, "/confirm")
    assert enterprises(app) == before + expected.new


def test_a_cell_that_a_spreadsheet_program_would_run_leaves_as_text(app, sign_in, world):
    client = sign_in("coordinator")
    answer = sent(client, b'name,workers\n"=1+1",abc\n', "a.csv")
    refused = client.http.get(f"{answer.request.path}/refused.csv").data.decode("utf-8-sig")
    assert "'=1+1" in refused


def zipped(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        for name, data in parts.items():
            box.writestr(name.replace("__", "/") + ".xml", data)
    return out.getvalue()


LARGE = {
    "zip bomb": lambda: zipped(xl__workbook=b"<workbook/>", **{f"xl__{n}": b"0" * 100 * 2**20 for n in range(5)}),
    "million columns": lambda: b"name," * 1_000_000 + b"\nA\n",
    "200 megabytes": lambda: b"name\n" + b"A" * 200 * 2**20,
    "more rows than are read": lambda: b"name\n" + b"A\n" * (spreadsheets.MAX_ROWS + 1),
}
SAID = {
    "zip bomb": "unpacks to more than",
    "million columns": "more than 200 columns",
    "200 megabytes": "More than 64 megabytes cannot be sent at once",
    "more rows than are read": "more than 200000 rows",
}


@pytest.mark.parametrize("name", sorted(LARGE))
def test_what_is_too_large_is_told_and_the_server_goes_on(app, sign_in, world, name):
    client = sign_in("coordinator")
    before = enterprises(app)
    assert SAID[name] in sent(client, LARGE[name](), "large.csv").text
    assert enterprises(app) == before
    client.get("/register/")
