"""The further pages of the trends: map, clauses, training, what comes back, coverage, refused visits."""

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

PAGES = ("map", "clauses", "training", "repeats", "coverage", "refusals")
ROWS = ("found", "coverage/rows")
YEAR = "period=year&year=2026"


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def fill(app: Flask, world: World) -> Callable[..., None]:
    """Members visited at random in January and again in August, the same shortfall on most; one refused."""

    def write(members: int = 12, *, tie: bool = False, numbers_from: int = 100) -> None:
        with app.app_context():
            maker = Maker(world, numbers_from)
            first, second = items(world, 2)
            made = []
            found = maker.members(members, name="Members")
            for place, member in enumerate(found):
                before = maker.visit(Route.targeted, enterprise=member, on=date(2026, 1, 10), missed=(first,))
                earlier = maker.finding(before, first)
                on = date(2026, 8, 1) + timedelta(place % 20)
                visit = maker.visit(enterprise=member, on=on, missed=(first, second))
                again = maker.finding(visit, first)
                if place % 3:
                    again.repeat_of_id = earlier.id
                maker.finding(visit, second)
                made.append(visit)
            made.append(maker.visit(outcome=Outcome.refused, on=date(2026, 8, 5), enterprise=1))
            maker.visit(on=date(2026, 8, 9), enterprise=2, released=False)
            maker.draw(made, population=3 * members)
            if tie:
                enterprise_id = world.enterprises[found[0]]
                tied = Tie(
                    person_id=world.people["leader"], enterprise_id=enterprise_id, kind=TieKind.kin, declared_at=NOW
                )
                session().add(tied)
            audit.record(world.system, "test.filled")
            session().commit()

    return write


@pytest.mark.parametrize("language", ["en", "zh"])
def test_pages_have_manners(page: Any, fill: Any, language: str) -> None:
    fill()
    for path in (*PAGES, *ROWS):
        found = page("leader", f"/trends/{path}", language=language, period="year", year="2026")
        assert bool(re.search("[一-鿿]", found.h1)) is (language == "zh")


def test_only_leadership_reads_them(page: Any) -> None:
    for path in (*PAGES, *ROWS):
        for who in ("inspector", "manager"):
            page(who, f"/trends/{path}", status=403)


def test_without_visits_there_is_no_error(page: Any) -> None:
    for path in PAGES:
        page("leader", f"/trends/{path}")


def test_every_selection_gives_a_page(page: Any, fill: Any) -> None:
    fill(members=9)
    queries = ("trait=dormitory", "sector=C18&size=small", "by=district", "topic=wages&figure=shortfall")
    for path in PAGES:
        for query in queries:
            page("leader", f"/trends/{path}", **dict(part.split("=") for part in f"{YEAR}&{query}".split("&")))


def test_counts_lead_to_as_many_rows(sign_in: Any, fill: Any) -> None:
    """Of what comes back, workplaces are counted and findings listed; here each has one."""
    fill()
    client = sign_in("leader")
    own = ("/trends/found?", "/trends/coverage/rows?", "/trends/visits?", "/trends/enterprises?")
    checked: set[str] = set()
    for path in PAGES:
        for link in client.get(f"/trends/{path}?{YEAR}").document.iter("a"):
            href, said = link.get("href") or "", "".join(link.itertext()).strip()
            if not href.startswith(own) or not said.isdigit() or href in checked:
                continue
            checked.add(href)
            sheet = load_workbook(BytesIO(client.http.get(href + "&format=xlsx").data)).active
            assert sheet is not None
            assert sheet.max_row - 1 == int(said), href
    assert len(checked) > 20


def test_tables_can_be_taken_home(sign_in: Any, fill: Any) -> None:
    fill()
    http = sign_in("leader").http
    for path in PAGES:
        answer = http.get(f"/trends/{path}?{YEAR}&format=xlsx")
        assert "attachment" in answer.headers["Content-Disposition"], path
        sheet = load_workbook(BytesIO(answer.data)).active
        assert sheet is not None
        assert all(cell.value for cell in sheet[1])


def test_what_is_sealed_and_not_released_changes_no_byte(app: Flask, world: World, sign_in: Any, fill: Any) -> None:
    fill()
    client = sign_in("leader")
    paths = [*PAGES, *ROWS, "", "closing", "board", "visits", "enterprises?visited=yes", "enterprises?visited=no"]

    def told() -> list[str]:
        both = ["&" if "?" in path else "?" for path in paths]
        found = [client.get(f"/trends/{path}{sign}{YEAR}") for path, sign in zip(paths, both, strict=True)]
        return [_main(one.response.get_data(as_text=True)) for one in found]

    before = told()
    with app.app_context():
        maker = Maker(world, 900)
        maker.visit(on=date(2026, 8, 20), enterprise=0, released=False, missed=tuple(items(world, 3)))
        maker.visit(on=date(2026, 8, 21), enterprise=1, outcome=Outcome.refused, released=False)
        audit.record(world.system, "test.filled")
        session().commit()
    for path, one, other in zip(paths, before, told(), strict=True):
        assert one == other, path


def _main(text: str) -> str:
    return text.partition("<main")[2].partition("</main")[0]


def test_a_tied_enterprise_is_in_no_row(page: Any, fill: Any, world: World) -> None:
    fill(tie=True)
    own = str(world.enterprises[-12])
    for path in ROWS:
        text = page("leader", f"/trends/{path}", period="year", year="2026").response.get_data(as_text=True)
        assert own not in text
        assert str(world.enterprises[-11]) in text


def test_what_came_back_and_where(page: Any, fill: Any) -> None:
    fill()
    found = page("leader", "/trends/repeats", period="year", year="2026")
    assert re.search(r"12\s*workplaces visited again\s*12\s*of them with an earlier finding", found.text)
    assert re.search(r"67%\s*where an earlier finding came back", found.text)
    assert "Follow-up visits stand apart" in found.text


def test_refusals_widen_what_is_stated(page: Any, fill: Any) -> None:
    fill()
    found = page("leader", "/trends/refusals", period="year", year="2026")
    assert "What refusals do to the estimates" in found.text
    assert "If those who refused were like the others" in found.text


def test_a_need_for_training_is_named_with_its_reach(page: Any, fill: Any) -> None:
    fill(members=24)
    found = page("leader", "/trends/training", period="year", year="2026")
    assert "Train these on this" in found.text
    assert "All members of the group" in found.text
    assert "Nothing is frequent for certain" not in found.text


def test_never_visited_ones_are_counted_and_listed(page: Any, fill: Any) -> None:
    fill()
    found = page("leader", "/trends/coverage", period="year", year="2026")
    never = re.search(r"(\d+)\s*never visited", found.text)
    assert never
    rows = page("leader", "/trends/coverage/rows", period="year", year="2026", group="never")
    assert f"{never[1]} in all" in rows.text
    assert "Members" not in rows.text


@pytest.mark.parametrize("path", ["found?item=nothing", "coverage/rows?group=never&key=C99"])
def test_no_rows_are_said_to_be_none(page: Any, path: str) -> None:
    page_path, _sep, query = path.partition("?")
    assert "Nothing here" in page("leader", f"/trends/{page_path}", **dict(p.split("=") for p in query.split("&"))).text


def test_the_number_of_queries_does_not_grow_with_the_visits(app: Flask, sign_in: Any, fill: Any) -> None:
    counted: list[str] = []
    with app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", lambda _c, _u, text, *_more: counted.append(text))
    client, paths = sign_in("leader"), [*PAGES, "closing", "board"]

    def asked() -> list[int]:
        numbers = []
        for path in paths:
            client.get(f"/trends/{path}?{YEAR}")  # what checklists say is read once
            counted.clear()
            client.get(f"/trends/{path}?{YEAR}&step=month")
            numbers.append(len(counted))
        return numbers

    fill(members=9)
    few = asked()
    fill(members=24, numbers_from=400)
    assert [more <= before + 1 for before, more in zip(few, asked(), strict=True)] == [True] * len(paths)
    assert max(few) < 40
