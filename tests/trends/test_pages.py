"""The pages of the trends: what they say, what they keep silent about, and that figures and rows agree."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from openpyxl import load_workbook

from compliance.people.models import Tie
from compliance.people.rules import TieKind
from compliance.shared import audit, clock
from compliance.shared.database import db, session
from compliance.visits.states import Outcome, Route
from tests.trends.made import NOW, Maker, items
from tests.world import World

PAGES = ("/trends/", "/trends/visits", "/trends/findings", "/trends/actions", "/trends/enterprises")


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def fill(app: Flask, world: World) -> Callable[..., None]:
    """Some random and targeted visits with findings and actions."""

    def write(random: int = 9, targeted: int = 9, tie: bool = False, numbers_from: int = 0) -> None:
        with app.app_context():
            maker = Maker(world, numbers_from)
            first, second = items(world, 2)
            for number in range(random + targeted):
                route = Route.random if number < random else Route.targeted
                missed = (first,) if route is Route.random else (first, second)
                visit = maker.visit(
                    route, enterprise=number % 2, on=date(2026, 7, 1) + timedelta(number), missed=missed
                )
                finding = maker.finding(visit, first)
                closed = date(2026, 8, 20) if number % 2 else None
                maker.action(finding, delivered=date(2026, 8, 1), days=20, closed=closed)
            maker.visit(outcome=Outcome.refused)
            if tie:
                session().add(
                    Tie(
                        person_id=world.people["leader"],
                        enterprise_id=world.enterprises[0],
                        kind=TieKind.kin,
                        declared_at=NOW,
                    )
                )
            audit.record(world.system, "test.filled")
            session().commit()

    return write


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_pages_have_manners_in_both_languages(page: Any, fill: Any, path: str, language: str) -> None:
    fill()
    found = page("leader", path, language=language)
    assert bool(re.search("[一-鿿]", found.h1)) is (language == "zh")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", ["inspector", "manager", "administrator"])
def test_only_leadership_reads_trends(page: Any, path: str, who: str) -> None:
    page(who, path, status=403)


def test_what_is_tied_is_left_out_and_the_page_says_so(page: Any, fill: Any) -> None:
    fill(tie=True)
    found = page("leader", "/trends/")
    assert "have declared a tie to them: 1" in found.text
    rows = page("leader", "/trends/visits")
    assert "No. 1" not in rows.text
    assert "No. 2" in rows.text
    assert "No. 1" not in page("leader", "/trends/enterprises").text
    assert "declared a tie" not in page("reviewer", "/trends/").text


def _made(text: str) -> int:
    found = re.search(r"(\d+)visits made and released", text)
    assert found, text
    return int(found[1])


def test_figures_are_worked_out_anew_when_something_was_written_and_not_before(
    app: Flask, sign_in: Any, fill: Any
) -> None:
    fill(tie=True)
    leader, reviewer = sign_in("leader"), sign_in("reviewer")
    counted: list[str] = []
    with app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", lambda _c, _u, text, *_more: counted.append(text))

    def asked(client: Any) -> tuple[int, int]:
        counted.clear()
        text = client.get("/trends/").text
        return _made(text), sum("trend_cell" in one for one in counted)

    seen, everything = asked(leader)[0], asked(reviewer)[0]
    assert seen < everything, "who is tied to an enterprise does not get the figures of somebody else"
    assert asked(reviewer) == (everything, 0)
    fill(random=1, targeted=0, numbers_from=100)
    assert asked(reviewer)[0] == everything + 2
    with clock.at(NOW + timedelta(days=1)):
        assert asked(reviewer)[1] > 0, "figures depend on the day"


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"period": "custom"}, "first and the last day"),
        ({"period": "custom", "first": "2026-02-30", "last": "2026-03-01"}, "Not a valid date"),
        ({"period": "custom", "first": "2026-03-01", "last": "2026-02-01"}, "before the first"),
        ({"period": "custom", "first": "2016-03-01", "last": "2026-02-01"}, "At most 5"),
        ({"period": "year", "year": "1"}, "2000"),
        ({"view": "everything"}, "Not a valid choice"),
        ({"sector": "Z99"}, "Not a valid choice"),
    ],
)
def test_a_selection_that_cannot_be_is_named_and_kept(page: Any, query: dict[str, str], error: str) -> None:
    found = page("leader", "/trends/", status=422, **query)
    assert any(error in said for said in found.errors()), found.errors()
    for name, value in query.items():
        if name in ("first", "last"):
            fields = [e.get("value") for e in found.document.iter("input") if e.get("name") == name]
            assert fields == [value]


@pytest.mark.parametrize("query", [{"route": "x"}, {"state": "lost"}, {"item": "x" * 99}, {"period": "custom"}])
def test_an_address_that_no_link_makes_is_refused(page: Any, query: dict[str, str]) -> None:
    assert "no such figure" in page("leader", "/trends/actions", status=422, **query).text


@pytest.mark.parametrize("path", PAGES[1:])
def test_rows_can_be_taken_home_as_a_spreadsheet(sign_in: Any, fill: Any, path: str) -> None:
    fill()
    http = sign_in("leader").http
    response = http.get(f"{path}?format=xlsx&period=year&year=2026")
    assert response.status_code == 200
    assert "attachment" in response.headers["Content-Disposition"]
    sheet: Any = load_workbook(BytesIO(response.data)).active
    assert sheet.max_row > 2
    assert all(cell.value for cell in sheet[1])


def test_the_number_of_queries_does_not_grow_with_the_visits(app: Flask, sign_in: Any, fill: Any) -> None:
    client = sign_in("leader")

    def counted(path: str) -> int:
        seen: list[str] = []
        with app.app_context():
            engine = db.engine

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        sa.event.listen(engine, "before_cursor_execute", note)
        client.get(path)
        sa.event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    fill(random=10, targeted=2)
    counts = [counted(path) for path in PAGES]
    fill(random=12, targeted=4, numbers_from=500)
    assert [counted(path) for path in PAGES] == counts
