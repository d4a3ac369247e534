"""The pages of estimates: what they say with a draw and without one, where they are silent, and with what words."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from openpyxl import load_workbook

from compliance.shared import audit, clock
from compliance.shared.database import db, session
from compliance.trends.views.frame import IGNORED
from compliance.visits.states import Outcome, Route
from tests.trends.made import NOW, Maker, items
from tests.world import World

TOLD = ("/trends/", "/trends/changes", "/trends/areas", "/trends/groups", "/trends/shortfalls")


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def drawn(app: Flask, world: World) -> Callable[..., None]:
    """Visits of a draw (and others beside it), in the third quarter of 2026 and, where asked, a year before."""

    def write(
        visits: int = 20, bad: int = 5, population: int = 40, *, before: int | None = None, others: int = 0,
        refused: int = 0, name: str = "Works",
    ) -> None:  # fmt: skip
        with app.app_context():
            maker = Maker(world, 10 * len(world.enterprises))
            missed = tuple(items(world, 12))
            members = maker.members(visits + refused, name=name)
            years = [(2026, bad)] + ([(2025, before)] if before is not None else [])
            for year, worse in years:
                made = []
                for place, member in enumerate(members):
                    on = date(year, 7, 1) + timedelta(place % 60)
                    outcome = Outcome.completed if place < visits else Outcome.refused
                    visit = maker.visit(
                        enterprise=member, on=on, outcome=outcome, missed=missed if place < worse else ()
                    )
                    if place < min(worse, visits):
                        maker.finding(visit, missed[0])
                    made.append(visit)
                if made:
                    first, last = date(year, 7, 1), date(year, 9, 30)
                    maker.draw(made, population=population, first=first, last=last)
            for number in range(others):
                visit = maker.visit(Route.targeted, enterprise=number % 3, on=date(2026, 8, 1), missed=missed)
                maker.finding(visit, missed[0])
            audit.record(world.system, "test.filled")
            session().commit()

    return write


@pytest.mark.parametrize("language", ["en", "zh"])
def test_pages_have_manners_in_both_languages(page: Any, drawn: Any, language: str) -> None:
    drawn(visits=10, bad=3, before=8, others=2, refused=1, name="有限责任公司" * 12 + "Long-named Works " * 5)
    for path in TOLD:
        found = page("leader", path, language=language, period="recent")
        assert bool(re.search("[一-鿿]", found.h1)) is (language == "zh")


@pytest.mark.parametrize("path", ["/trends/areas", "/trends/groups"])
def test_where_no_group_can_speak_the_table_leads_and_not_an_empty_drawing(page: Any, drawn: Any, path: str) -> None:
    drawn(visits=5, bad=2, population=10)
    found = page("leader", path, period="recent")
    assert "In no group have enough visits been drawn" in found.text
    assert not [one for one in found.document.iter() if (one.get("class") or "") == "chart"]
    assert "n = 5" in found.text
    assert any("by=size" in link for link in found.links("by=size"))
    assert "Compare by size" in found.text
    assert "Compare by size" not in page("leader", path, period="recent", by="size").text


def test_a_page_carries_on_what_it_does_not_look_at_and_does_not_ask_for_it(page: Any, drawn: Any) -> None:
    drawn()
    found = page("leader", "/trends/coverage", period="recent", figure="shortfall", topic="wages")
    carried = {one.get("name"): one.get("value") for one in found.document.iter("input") if one.get("type") == "hidden"}
    assert (carried["figure"], carried["topic"]) == ("shortfall", "wages")
    asked_for = {one.get("name") for one in found.document.iter("select")}
    assert not asked_for & {"figure", "topic", "step"}
    on_the_map = page("leader", "/trends/map", period="recent").document
    assert "figure" in {one.get("name") for one in on_the_map.iter("select")}


@pytest.mark.parametrize("path", sorted(IGNORED))
def test_what_a_page_does_not_look_at_changes_nothing_on_it(app: Flask, page: Any, drawn: Any, path: str) -> None:
    drawn(visits=20, bad=5, before=8, others=2, refused=1)
    with app.test_request_context():
        address = app.url_for(path)
    others = {"by": "size", "topic": "wages", "figure": "shortfall", "step": "month", "sector": "C18", "size": "small"}

    def told(**asked: str) -> str:
        text: str = page("leader", address, period="recent", **asked).text
        return text.rpartition(" Show ")[2]

    for name in set(IGNORED[path]) & others.keys():
        assert told(**{name: others[name]}) == told(), name


def test_an_empty_association_is_told_so_and_what_to_do(page: Any) -> None:
    words = ("No visits in this period", "No released findings", "Nothing can be compared yet")
    for path in TOLD:
        text = page("leader", path).text
        assert any(word in text for word in words)
        assert "n = " not in text


def test_an_estimate_stands_with_its_interval_its_visits_and_the_plain_figure(page: Any, drawn: Any) -> None:
    drawn(visits=20, bad=5, others=10)
    text = page("leader", "/trends/", figure="shortfall").text
    assert re.search(r"25% \(\d+ to \d+%\)", text)
    assert "n = 20" in text
    assert "50% (n = 30)" in text
    assert "Certain is only what was seen" not in text
    assert "Workplaces in their frames: 40; drawn: 20; visited and released: 20" in text


def test_visits_outside_any_draw_give_no_estimate_and_the_plain_figure(page: Any, drawn: Any) -> None:
    drawn(visits=0, others=12)
    text = page("leader", "/trends/", figure="shortfall").text
    assert "Certain is only what was seen" in text
    assert "no draw" in text
    assert "not drawn by lot" in text
    assert "100% (n = 12)" in text
    assert "No draw was made in this period" in text


@pytest.mark.parametrize(("visits", "spoken"), [(1, False), (7, False), (8, True)])
def test_seven_drawn_visits_are_too_few_and_eight_are_enough(page: Any, drawn: Any, visits: int, spoken: bool) -> None:
    drawn(visits=visits, bad=0, population=9)
    text = page("leader", "/trends/").text
    assert ("too few visits" not in text) is spoken
    assert bool(re.search(r"\d+(\.\d)? to \d+", text)) is spoken


def test_where_all_refused_the_page_says_that_and_no_number(page: Any, drawn: Any) -> None:
    drawn(visits=0, refused=12)
    text = page("leader", "/trends/").text
    assert "too many refused" in text
    assert "12visits refused" in text
    assert not re.search(r"\d to \d+ ", text)
    for path in TOLD:
        page("leader", path)


def test_what_got_better_is_called_so_and_small_changes_are_not(page: Any, drawn: Any) -> None:
    drawn(visits=20, bad=1, before=18, population=24)
    found = page("leader", "/trends/", figure="shortfall", period="year", year="2026").text
    assert "better" in found
    changed = page("leader", "/trends/changes", figure="shortfall", period="year", year="2026").text
    assert "comparisons were made" in changed
    assert "Nothing changed that stands" not in changed


def test_what_did_not_change_is_not_called_better(page: Any, drawn: Any) -> None:
    drawn(visits=20, bad=4, before=5, population=24)
    found = page("leader", "/trends/changes", figure="shortfall", period="year", year="2026").text
    assert "Nothing changed that stands" in found
    assert "no clear change" in page("leader", "/trends/", figure="shortfall", period="year", year="2026").text


def test_each_figure_leads_to_as_many_rows_as_it_says(sign_in: Any, drawn: Any) -> None:
    drawn(visits=12, bad=4, others=8, refused=1)
    client = sign_in("leader")
    checked = 0
    for figure in ("score", "shortfall"):
        overview = client.get(f"/trends/?figure={figure}")
        for link in overview.document.iter("a"):
            href = link.get("href") or ""
            number = re.fullmatch(r"(\d+)|.*\(n = (\d+)\)", "".join(link.itertext()).strip())
            if not href.startswith(("/trends/visits?", "/trends/findings?")) or not number:
                continue
            wanted = int(number[1] or number[2])
            assert f"{wanted} in all" in client.get(href).text, href
            checked += 1
    assert checked > 25


def test_groups_are_compared_with_one_of_them(page: Any, app: Flask, world: World, drawn: Any) -> None:
    drawn(visits=20, bad=18)
    with app.app_context():
        maker = Maker(world, 500)
        made = [maker.visit(enterprise=one, on=date(2026, 8, 2)) for one in maker.members(20, sector="C13")]
        maker.draw(made, population=40, sector="C13", first=date(2026, 4, 1), last=date(2026, 8, 31))
        audit.record(world.system, "test.filled")
        session().commit()
    text = page("leader", "/trends/groups", figure="shortfall", beside="C13", period="recent").text
    assert "Compared with: Processing of food" in text
    assert "worse" in text
    for order in ("name", "-estimate", "estimate", "n", "nonsense"):
        page("leader", "/trends/groups", sort=order)


@pytest.mark.parametrize(
    ("path", "query", "word"),
    [
        ("/trends/shortfalls", {"sector": "C18", "size": "small"}, "one class at a time"),
        ("/trends/shortfalls", {"trait": "canteen"}, "one class at a time"),
        ("/trends/areas", {"trait": "canteen"}, "kept by themselves"),
        ("/trends/groups", {"trait": "canteen"}, "kept by themselves"),
    ],
)
def test_what_does_not_combine_is_explained(page: Any, drawn: Any, path: str, query: dict[str, str], word: str) -> None:
    drawn(visits=9, bad=1, population=9)
    assert word in page("leader", path, **query).text


def test_a_trait_with_a_class_is_refused_with_words_and_kept(page: Any, drawn: Any) -> None:
    drawn(visits=9, bad=1, population=9)
    found = page("leader", "/trends/", status=422, trait="canteen", sector="C18")
    assert any("kept by itself" in said for said in found.errors())


def test_figures_can_be_taken_home_with_numbers_in_columns(sign_in: Any, drawn: Any) -> None:
    drawn(visits=20, bad=2, before=19)
    client = sign_in("leader")
    for path in (*TOLD, "/trends/?table=time"):
        sign = "&" if "?" in path else "?"
        response = client.http.get(f"{path}{sign}format=xlsx&figure=shortfall&period=year&year=2026")
        sheet: Any = load_workbook(BytesIO(response.data)).active
        heads = [cell.value for cell in sheet[1]]
        values = [row[heads.index("Estimate")].value for row in sheet.iter_rows(min_row=2)]
        assert any(isinstance(value, int | float) for value in values), path


def test_the_strata_can_be_taken_home(sign_in: Any, drawn: Any) -> None:
    drawn(visits=9, bad=1, population=9)
    response = sign_in("leader").http.get("/trends/strata?format=xlsx")
    sheet: Any = load_workbook(BytesIO(response.data)).active
    assert sheet.max_row == 2


def test_a_page_asks_the_database_little_and_not_more_for_more_visits(app: Flask, sign_in: Any, drawn: Any) -> None:
    client = sign_in("leader")
    with app.app_context():
        engine = db.engine

    def counted(path: str) -> int:
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        sa.event.listen(engine, "before_cursor_execute", note)
        client.get(f"{path}?period=recent")
        sa.event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    for path in TOLD:
        client.get(path)
    drawn(visits=9, bad=2, before=1)
    few = [counted(path) for path in TOLD]
    drawn(visits=14, bad=4, before=3, name="More")
    assert all(more <= less + 1 for more, less in zip([counted(path) for path in TOLD], few, strict=True))
    assert max(few) < 60, few


def test_the_year_of_whole_quarters_is_shown_while_a_draw_is_under_way(page: Any, drawn: Any, world: World) -> None:
    drawn(visits=9, bad=2, before=1)
    assert "1 Jul 2025 – 30 Jun 2026" in page("leader", "/trends/").text
    assert "1 Oct 2025 – 15 Sep 2026" in page("leader", "/trends/", period="recent").text


INTERVAL = r"\(\d[\d.]* to \d"


def test_an_interval_is_written_as_the_next_tests_look_for_it(page: Any, drawn: Any) -> None:
    drawn(visits=20, bad=5)
    assert re.search(INTERVAL, page("leader", "/trends/", period="year", year="2026").text)


@pytest.mark.parametrize("short", [0, 1])
def test_of_a_single_visit_in_a_year_no_number_is_told(page: Any, drawn: Any, short: int) -> None:
    drawn(visits=1, bad=short)
    for path in TOLD:
        text = page("leader", path, period="year", year="2026").text
        assert not re.search(INTERVAL, text), path
    overview = page("leader", "/trends/", period="year", year="2026").text
    assert "Too few visits" in overview or "too few visits" in overview
    assert "100%" not in overview


@pytest.mark.parametrize("short", [0, 1])
def test_an_association_of_one_member_gets_pages_without_an_interval(page: Any, drawn: Any, short: int) -> None:
    drawn(visits=1, bad=short, population=1)
    for path in TOLD:
        text = page("leader", path, period="year", year="2026").text
        assert not re.search(INTERVAL, text), path
