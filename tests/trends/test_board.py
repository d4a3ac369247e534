"""The board edition: nobody is named in it, and nothing small follows from what it shows."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from compliance.shared import audit, clock
from compliance.shared.database import session
from compliance.trends import board
from compliance.trends.board import SMALLEST, safe, safe_share
from compliance.visits.states import Outcome, Route
from tests.trends.made import NOW, Maker, items
from tests.world import World


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with clock.at(NOW):
        yield


@settings(deadline=None, max_examples=150)
@given(st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=1, max_size=5))
def test_no_small_count_is_shown_nor_follows_by_subtraction(rows: list[list[int]]) -> None:
    table = safe({str(place): row for place, row in enumerate(rows)})
    lines = [[*cells, total] for cells, total in zip(table.cells, table.totals, strict=True)]
    lines += [[*column, foot] for column, foot in zip(zip(*table.cells, strict=True), table.foot, strict=True)]
    lines += [[*table.totals, table.total], [*table.foot, table.total]]
    for line in lines if table.names else []:
        assert not any(one is not None and 0 < one < SMALLEST for one in line)
        assert sum(one is None for one in line) != 1, "one alone follows from the others"


def test_what_is_shown_is_true() -> None:
    table = safe({"a": [10, 20], "b": [30, 40], "empty": [0, 0]})
    assert table.names == ("a", "b")
    assert table.cells == ((10, 20), (30, 40))
    assert (table.totals, table.foot, table.total) == ((30, 70), (40, 60), 100)
    assert table.hidden == 0


@pytest.mark.parametrize(
    ("n", "y", "shown"), [(10, 5, True), (10, 0, True), (10, 10, True), (10, 4, False), (10, 6, False), (4, 0, False)]
)
def test_a_share_is_shown_where_neither_side_is_small(n: int, y: int, shown: bool) -> None:
    assert safe_share(n, y) is shown


@pytest.mark.parametrize(("number", "shown"), [(0, 0), (1, None), (4, None), (5, 5)])
def test_a_count_alone(number: int, shown: int | None) -> None:
    assert board.safe_count(number) == shown


@pytest.fixture
def filled(app: Flask, world: World) -> World:
    """Twelve drawn visits, a refused one, three targeted ones, with actions."""
    with app.app_context():
        maker = Maker(world, 100)
        first = items(world, 1)[0]
        made = []
        for place, member in enumerate(maker.members(12, name="Nameworthy")):
            visit = maker.visit(enterprise=member, on=date(2026, 7, 1) + timedelta(place), missed=(first,))
            maker.action(maker.finding(visit, first), delivered=date(2026, 8, 1), days=10, closed=date(2026, 8, 5))
            made.append(visit)
        made.append(maker.visit(outcome=Outcome.refused, on=date(2026, 7, 20)))
        for _place in range(3):
            maker.visit(Route.targeted, enterprise=1, on=date(2026, 8, 2))
        maker.draw(made, population=20)
        audit.record(world.system, "test.filled")
        session().commit()
    return world


QUERY = {"period": "year", "year": "2026"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_has_manners(page: Any, filled: World, language: str) -> None:
    found = page("leader", "/trends/board", language=language, **QUERY)
    assert bool(re.search("[一-鿿]", found.h1)) is (language == "zh")


def test_nobody_is_named_and_nothing_leads_to_rows(page: Any, sign_in: Any, filled: World) -> None:
    found = page("leader", "/trends/board", **QUERY)
    sheet = sign_in("leader").http.get("/trends/board?period=year&year=2026&format=xlsx")
    book = load_workbook(BytesIO(sheet.data)).active
    assert book is not None
    told = " ".join(str(cell) for row in book.iter_rows(values_only=True) for cell in row)
    main = found.response.get_data(as_text=True).split("</form>")[-1]
    for text in (main, told):
        assert "Nameworthy" not in text
        assert "No. 1" not in text
        assert not any(str(one) in text for one in (*filled.enterprises, *filled.workplaces))
    assert not re.search(r'href="[^"]*/(visits|enterprises|found|closing|coverage)', main)


def test_small_counts_are_not_shown_and_it_says_so(page: Any, filled: World) -> None:
    found = page("leader", "/trends/board", **QUERY)
    assert "not shown" in found.text
    assert re.search(r"Figures not shown: [1-9]", found.text)
    main = found.response.get_data(as_text=True).split("</form>")[-1]
    shown = [int(one) for one in re.findall(r'<td class="num">(\d+)</td>', main)]
    assert shown
    assert not any(0 < one < SMALLEST for one in shown)


def test_filters_do_not_narrow_it_and_days_of_ones_own_are_refused(page: Any, filled: World) -> None:
    def figures(**query: str) -> str:
        text = page("leader", "/trends/board", **QUERY, **query).response.get_data(as_text=True)
        return "".join(re.findall(r"<td[^>]*>.*?</td>", text.split("</form>")[-1]))

    assert figures() == figures(sector="C18") == figures(size="small")
    custom = {"period": "custom", "first": "2026-07-01", "last": "2026-07-31"}
    assert "is made for a quarter" in page("leader", "/trends/board", **custom).text


def test_without_visits_it_says_so(page: Any) -> None:
    assert "No visits in this period" in page("leader", "/trends/board").text


@pytest.mark.parametrize("who", ["inspector", "manager"])
def test_only_leadership_reads_it(page: Any, who: str) -> None:
    page(who, "/trends/board", status=403)
