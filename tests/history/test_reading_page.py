"""How the files are read and joined is said on a page: everything a mapping of the example needs, without a text."""

import io
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook

from compliance.history import mapping as mappings
from compliance.history import reading_forms, store_imports
from compliance.history.facts import FACT_WORDS, FACTS
from compliance.shared.database import session
from compliance.shared.spreadsheets import write_csv
from tests.history.test_imports import MAP, mapping, uploads
from tests.manners import Client, Page
from tests.world import World

HERE = Path(__file__).parent
SAID = {
    "read-source": "Example City, Department of Health",
    "read-currency": "CNY",
    "read-lowest": "0",
    "read-highest": "10",
    "read-bands": "0 – 5 = Poor\n6-10：Good",
    "file-0-role": "workplaces",
    "file-0-column_0": "workplace",
    "file-0-column_1": "name",
    "file-0-column_2": "credit_code",
    "file-1-role": "visits",
    "file-1-dates": "day_first",
    "file-1-column_0": "workplace",
    "file-1-column_1": "visited_on",
    "file-1-column_2": "score",
    "file-2-role": "findings",
    "file-2-dates": "day_first",
    "file-2-column_0": "workplace",
    "file-2-column_1": "visited_on",
    "file-2-column_2": "text",
    "file-2-column_3": "severity",
    "file-2-constants": "Area = sanitation",
    "file-2-words": "Severity: Red = critical\nseverity: Blue = minor",
    "file-2-pattern": r"\[ closed (?P<closed_on>[0-9.]+) \]$",
}


def sent(client: Client, files: list[tuple[str, bytes]], text: str = "") -> Page:
    data: dict[str, Any] = {
        "files": [(io.BytesIO(data), name) for name, data in files],
        "csrf_token": client.token(),
    }
    if text:
        data["map_file"] = (io.BytesIO(text.encode()), "map.yaml")
    return client.get(client.http.post("/history/import/", data=data).headers["Location"])


def mapping_at(client: Client, page: Page) -> mappings.HistoryMapping:
    return mappings.from_file(client.http.get(f"{page.path}/mapping.yaml").data)


def test_what_the_headings_say_stands_there_already(sign_in: Any, world: World) -> None:
    page = sent(sign_in("coordinator"), uploads(world))
    found = page.form("/files")
    assert found["file-0-column_1"] == "name"
    assert found["file-1-role"] == "visits"
    assert [found[f"file-1-column_{place}"] for place in range(5)] == ["", "visited_on", "score", "owed", "paid"]
    assert (found["read-lowest"], found["read-highest"], found["read-source"]) == ("0", "100", "")
    assert "Say from where the results come" in page.text


def test_the_page_says_all_of_the_example(sign_in: Any, world: World) -> None:
    client = sign_in("coordinator")
    page = sent(client, uploads(world))
    read = client.submit(page, "/files", **SAID, **{"read-save_as": "City"})
    assert "Import as shown" in read.text
    assert mapping_at(client, page) == mapping()
    assert "City" in client.get("/history/import/").text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_sent_back_as_it_is_changes_nothing(sign_in: Any, world: World, language: str) -> None:
    client = sign_in("coordinator", language)
    kept = (
        MAP.replace(
            "{No: workplace, Date: visited_on, Score: score,",
            "{No: workplace, Date: [visited_on, kind], Score: score.wages,",
        )
        .replace("findings.csv:", "'find*.csv':")
        .replace("    split: {text:", "    split: {severity: '^(?P<severity>[A-Z][a-z]+)', text:")
        .replace("higher_is_better: true", "higher_is_better: false")
        + "  last year.csv:\n    role: visits\n    columns: {Day: visited_on}\n"
    )
    page = sent(client, uploads(world), kept)
    before = mapping_at(client, page)
    assert before == mappings.from_file(kept.encode())
    client.submit(page, "/files")
    assert mapping_at(client, page) == before


@pytest.mark.parametrize("name", ["sf.yaml", "whd.yaml"])
def test_the_page_can_say_what_real_files_need(app: Flask, world: World, name: str) -> None:
    said = mappings.from_file((HERE / name).read_bytes())
    files = [(file, write_csv(list(how.columns), [])) for file, how in said.files.items()]
    with app.test_request_context():
        row = store_imports.look_at(world.actor("coordinator"), [(file, data + b"x\r\n") for file, data in files], said)
        session().commit()
        seen = store_imports.details(row)["files"]
        form, parts = reading_forms.read_form(said, "?"), reading_forms.file_parts(said, seen)
        assert reading_forms.said(said, form, parts) == said


WRONG = [
    ("read-source", "", "This field is required"),
    ("read-lowest", "A", "Write the lowest and the highest score as numbers"),
    ("read-highest", "-1", "Write the lowest and the highest score as numbers"),
    ("read-bands", "0 to the top", "cannot be read. Write it as: 0 – 70 = Poor"),
    ("read-bands", "0-5 = a\n5-9 = b", "The bands overlap"),
    ("read-currency", "cny", "Three capital letters"),
    ("file-0-column_2", "score", "says nothing of this: Score"),
    ("file-2-constants", "Area", "Write it as: Area = sanitation"),
    ("file-2-constants", "Weather = fine", "says nothing of this: Weather"),
    ("file-2-words", "Score: a = 1", "says nothing of this: Score"),
    ("file-2-pattern", "(", "This is no regular expression"),
    ("file-2-pattern", "(?P<score>.)", "score is no fact of findings"),
    ("file-1-header_row", "0", "Number must be"),
]


@pytest.mark.parametrize("place", range(len(WRONG)))
def test_what_is_wrong_stands_at_its_field_and_changes_nothing(sign_in: Any, world: World, place: int) -> None:
    name, value, says = WRONG[place]
    client = sign_in("coordinator")
    page = sent(client, uploads(world), MAP)
    answer = client.submit(page, "/files", status=422, **{**SAID, name: value})
    assert any(says in one for one in answer.errors()), answer.errors()
    assert answer.form("/files")[name] == value
    assert mapping_at(client, page) == mapping()


def test_another_row_of_headers_brings_its_own_columns(sign_in: Any, world: World) -> None:
    client = sign_in("coordinator")
    book = Workbook()
    book.worksheets[0].append(["Notes"])
    book.worksheets[0].append(["nothing here"])
    visits: Any = book.create_sheet("走访")
    for line in (["示例市"], ["企业名称", "走访日期", "得分"], ["示例一厂", "2024-03-01", 80]):
        visits.append(line)
    out = io.BytesIO()
    book.save(out)
    page = sent(client, [("old.xlsx", out.getvalue())])
    assert "No heading says what these files hold" in page.text
    answer = client.submit(
        page,
        "/files",
        **{"read-source": "Old list", "read-lowest": "0", "read-highest": "100", "file-0-role": "visits"},
        **{"file-0-sheet": "走访", "file-0-header_row": "2", "file-0-column_0": ""},
    )
    [how] = mapping_at(client, page).files.values()
    assert how.columns == {"企业名称": ("name",), "走访日期": ("visited_on",), "得分": ("score",)}
    assert "Import as shown" in answer.text


def test_a_file_can_be_left_out(sign_in: Any, world: World) -> None:
    client = sign_in("coordinator")
    page = sent(client, uploads(world), MAP)
    client.submit(page, "/files", **{"file-2-role": ""})
    assert set(mapping_at(client, page).files) == {"places.csv", "visits.csv"}


def test_what_is_missing_is_named_as_the_page_names_it(sign_in: Any, world: World) -> None:
    client = sign_in("coordinator")
    page = sent(client, uploads(world), MAP)
    answer = client.submit(page, "/files", **{"file-1-column_1": ""})
    assert "which column of visits.csv is Day of the visit" in answer.text


def test_every_fact_can_be_chosen() -> None:
    offered = [fact for group in reading_forms.GROUPS.values() for fact in group]
    assert sorted(offered) == sorted({fact for facts in FACTS.values() for fact in facts})
    assert set(FACT_WORDS) == {fact.partition(".")[0] for fact in offered}
