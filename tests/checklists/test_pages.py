"""Pages of the checklists, as a reader, a manager and an administrator see them."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook

from compliance.checklists import workbook
from compliance.checklists.rules import Checklist
from compliance.checklists.spreadsheet import SHEETS
from compliance.checklists.views import SECTIONS, XLSX

Page = Callable[..., Any]


def edited(checklist: Checklist, sheet: str, row: int, heading: str, value: object) -> bytes:
    """The workbook of the checklist with one cell changed."""
    book = load_workbook(io.BytesIO(workbook.write(checklist)))
    column = [column.heading for column in SHEETS[sheet]].index(heading) + 1
    book[sheet].cell(row, column).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def upload(client: Any, data: bytes, status: int = 200) -> Any:
    page = client.get("/checklists/next")
    return client.submit(page, "/checklists/next", status, file=(io.BytesIO(data), "mine.xlsx", XLSX))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("section", SECTIONS)
def test_every_part_of_a_version_can_be_read_in_one_language_and_in_both(
    page: Page, section: str, language: str
) -> None:
    assert page("inspector", f"/checklists/1/{section}", language=language)
    assert page("inspector", f"/checklists/1/{section}", language=language, text="both")


@pytest.mark.parametrize("who", ["leader", "reviewer", "manager", "administrator"])
def test_everybody_may_read_the_code_and_the_checklists(page: Page, who: str) -> None:
    assert "Version 1" in page(who, "/checklists").text
    assert "WAG01" in page(who, "/checklists/1/wages").text


def test_both_languages_stand_side_by_side(page: Page, shipped: Checklist) -> None:
    item = shipped.item("SAF01")
    both = page("leader", "/checklists/1/safety", text="both").text
    assert item.question.en in both
    assert item.question.zh in both
    assert item.question.zh not in page("leader", "/checklists/1/safety").text


def test_unconfirmed_law_is_marked(page: Page) -> None:
    assert "not confirmed" in page("leader", "/checklists/1/laws").text


def test_another_association_does_not_know_the_version(page: Page) -> None:
    page("stranger", "/checklists/1", 404)
    page("stranger", "/checklists/1/changes", 404)
    page("leader", "/checklists/7", 404)


@pytest.mark.parametrize("who", ["manager", "inspector", "leader", "coordinator", "reviewer"])
def test_only_the_administrator_publishes(page: Page, who: str) -> None:
    page(who, "/checklists/next", 403)
    assert "/checklists/next" not in page(who, "/checklists").links()


def test_the_first_version_has_nothing_to_compare_with(page: Page) -> None:
    assert "first version" in page("leader", "/checklists/1/changes").text


def test_a_version_goes_out_as_spreadsheet_is_edited_checked_and_published(sign_in: Page, shipped: Checklist) -> None:
    admin = sign_in("administrator")
    confirm = upload(admin, edited(shipped, "wages", 3, "days", "12"))
    assert "WAG01" in confirm.text
    assert "Days to correct" in confirm.text
    done = admin.submit(confirm, "/checklists/publish", note="Shorter")
    assert "Version 2 is published" in done.text
    assert "Days: 12" in admin.get("/checklists/2/wages").text
    changes = admin.get("/checklists/2/changes")
    assert "WAG01" in changes.text
    assert "Go back to this version" in admin.get("/checklists/1").text


def test_complaints_name_sheet_row_and_column_and_nothing_is_published(sign_in: Page, shipped: Checklist) -> None:
    admin = sign_in("administrator")
    answer = upload(admin, edited(shipped, "wages", 3, "severity", "majr"), 422)
    assert "wages3severityWAG01“majr” is not a possible value" in answer.text
    assert "Did you mean “major”?" in answer.text
    assert "/checklists/2" not in admin.get("/checklists").links()


def test_a_code_that_changed_needs_a_new_version(sign_in: Page, shipped: Checklist) -> None:
    answer = upload(sign_in("administrator"), edited(shipped, "code", 5, "text en", "The employer does."), 422)
    assert "still calls itself version 2026.1" in answer.text


def test_complaints_are_told_in_chinese(sign_in: Page, shipped: Checklist) -> None:
    answer = upload(sign_in("administrator", "zh"), edited(shipped, "wages", 3, "severity", "majr"), 422)
    assert "是否应为“major”？" in answer.text


def test_the_same_content_again_is_told_so(sign_in: Page, shipped: Checklist) -> None:
    answer = upload(sign_in("administrator"), workbook.write(shipped))
    assert "published already: it is version 1" in answer.text


@pytest.mark.parametrize("data", [b"", b"no workbook at all"])
def test_other_files_are_refused_with_a_reason(sign_in: Page, data: bytes) -> None:
    answer = upload(sign_in("administrator"), data, 422)
    assert "spreadsheet" in answer.text


def test_a_version_published_in_the_meantime_stops_an_older_confirmation(sign_in: Page, shipped: Checklist) -> None:
    admin = sign_in("administrator")
    slow = upload(admin, edited(shipped, "wages", 3, "days", "12"))
    admin.submit(upload(admin, edited(shipped, "wages", 3, "days", "13")), "/checklists/publish")
    assert "in the meantime" in admin.submit(slow, "/checklists/publish", 409).text


def test_an_administrator_goes_back_to_an_earlier_version(sign_in: Page, shipped: Checklist) -> None:
    admin = sign_in("administrator")
    admin.submit(upload(admin, edited(shipped, "wages", 3, "days", "12")), "/checklists/publish")
    done = admin.submit(admin.get("/checklists/1"), "/checklists/1/again")
    assert "Version 3 is published" in done.text
    assert admin.get("/checklists/3/changes").text.count("WAG01") == 1


def test_the_download_is_a_workbook(sign_in: Page, shipped: Checklist) -> None:
    answer = sign_in("leader").get("/checklists/1/spreadsheet")
    assert workbook.read(answer.response.data)["wages"][2][0] == "WAG01"
