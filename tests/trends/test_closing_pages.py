"""The page of corrective actions: it speaks where it may, and each figure leads to its rows."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook

from compliance.enterprises.models import Enterprise, Workplace
from compliance.people.models import Tie
from compliance.people.rules import TieKind
from compliance.shared import audit, clock
from compliance.shared.database import session
from tests.trends.made import NOW, Maker, items
from tests.world import World

YEAR = {"period": "year", "year": "2026"}


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with clock.at(NOW):
        yield


def many(world: World, count: int) -> World:
    """The world with so many more enterprises of one sector."""
    for place in range(count):
        one = Enterprise(
            association_id=world.association_id, name=f"Member {place:02d}", sector="C18", district="530102"
        )
        session().add(one)
        session().flush()
        work = Workplace(association_id=world.association_id, enterprise_id=one.id, name=f"Works {place:02d}")
        session().add(work)
        session().flush()
        world.enterprises.append(one.id)
        world.workplaces.append(work.id)
    return world


@pytest.fixture
def fill(app: Flask, world: World) -> Callable[..., None]:
    """Two actions of each of so many enterprises; the first of them closed on time, every third late, others open."""

    def write(enterprises: int = 12, tie: bool = False) -> None:
        with app.app_context():
            before = len(world.enterprises)
            many(world, enterprises)
            maker = Maker(world)
            [item] = items(world, 1)
            for place in range(enterprises):
                visit = maker.visit(enterprise=before + place)
                finding = maker.finding(visit, item)
                day = date(2026, 8, 4) + timedelta(place)
                maker.action(finding, delivered=date(2026, 8, 1), days=20, closed=day if place % 3 else None)
                maker.action(finding, delivered=date(2026, 8, 1), days=90)
            if tie:
                session().add(
                    Tie(
                        person_id=world.people["leader"], enterprise_id=world.enterprises[before], kind=TieKind.kin,
                        declared_at=NOW,
                    )
                )  # fmt: skip
            audit.record(world.system, "test.filled")
            session().commit()

    return write


@pytest.mark.parametrize("language", ["en", "zh"])
def test_page_and_rows_have_manners(page: Any, fill: Any, language: str) -> None:
    fill()
    for path in ("/trends/closing", "/trends/closing/rows"):
        found = page("leader", path, language=language, **YEAR)
        assert bool(re.search("[一-鿿]", found.h1)) is (language == "zh")


@pytest.mark.parametrize("path", ["/trends/closing", "/trends/closing/rows"])
@pytest.mark.parametrize("who", ["inspector", "manager"])
def test_only_leadership_reads_them(page: Any, path: str, who: str) -> None:
    page(who, path, status=403)


def test_without_actions_the_page_says_so(page: Any) -> None:
    assert "No corrective actions yet" in page("leader", "/trends/closing").text


def test_curve_median_and_share_stand_with_their_intervals(page: Any, fill: Any) -> None:
    fill()
    found = page("leader", "/trends/closing", **YEAR)
    assert "Kaplan and Meier" in found.text
    assert re.search(r"67%\s*done by the due date\s*95% interval \d+ to \d+%; n = 12", found.text)
    assert any(one.get("id") == "c-severity-title" for one in found.document.iter())


def test_few_enterprises_give_no_curve(page: Any, fill: Any) -> None:
    fill(enterprises=7)
    found = page("leader", "/trends/closing", **YEAR)
    assert "Too few: a curve needs" in found.text
    assert "95% interval" not in found.text.split("How is this computed?")[0]


def test_each_figure_leads_to_as_many_rows_as_it_says(sign_in: Any, fill: Any) -> None:
    fill()
    client = sign_in("leader")
    overview = client.get("/trends/closing?period=year&year=2026")
    checked = 0
    for link in overview.document.iter("a"):
        href, said = link.get("href") or "", "".join(link.itertext()).strip()
        if not href.startswith("/trends/closing/rows?") or not said.isdigit():
            continue
        rows = client.http.get(href + "&format=xlsx")
        sheet = load_workbook(BytesIO(rows.data)).active
        assert sheet is not None
        assert sheet.max_row - 1 == int(said), href
        checked += 1
    assert checked >= 6


def test_tables_can_be_taken_home(sign_in: Any, fill: Any) -> None:
    fill()
    answer = sign_in("leader").http.get("/trends/closing?period=year&year=2026&format=xlsx&table=area")
    sheet = load_workbook(BytesIO(answer.data)).active
    assert sheet is not None
    heads, row = list(sheet.iter_rows(values_only=True))[:2]
    assert heads[1] == "Delivered in the period"
    assert row[1] == 24


def test_a_tied_enterprise_is_in_no_figure_and_no_row(sign_in: Any, fill: Any) -> None:
    fill(tie=True)
    client = sign_in("leader")
    rows = client.get("/trends/closing/rows?period=year&year=2026").text
    assert "Member 00" not in rows
    assert "Member 01" in rows
    sheet = load_workbook(
        BytesIO(client.http.get("/trends/closing?period=year&year=2026&format=xlsx&table=area").data)
    ).active
    assert sheet is not None
    assert list(sheet.iter_rows(values_only=True))[1][1] == 22


@pytest.mark.parametrize("query", ["standing=nonsense", "severity=nonsense", "year=nonsense&period=year"])
def test_addresses_that_no_link_makes_are_refused(page: Any, query: str) -> None:
    answer = dict(part.split("=") for part in query.split("&"))
    page("leader", "/trends/closing/rows", status=422, **answer)


def test_what_is_open_today_leads_to_its_rows(page: Any, fill: Any) -> None:
    fill()
    found = page("leader", "/trends/closing", period="year", year="2026")
    tile = next(
        one for one in found.document.iter("a") if "open_today" in (one.get("href") or "") and one.find("b") is not None
    )
    rows = page("leader", tile.get("href"))
    assert rows.text.count("Open today") == 1
    assert len(list(rows.document.find(".//tbody"))) == int(tile.find("b").text)
