"""How the pages of trends, draws and reports look and speak in a real browser: by eye, by ear, and by keyboard alone.

The browser asks the application itself: each of its requests is answered by the client of a signed-in person.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, Route

from compliance.shared import audit, clock
from compliance.shared.database import session
from compliance.trends.views.frame import PAGES
from compliance.visits.states import Outcome
from tests.browser import browser
from tests.trends.made import NOW, Maker, items
from tests.world import World

pytestmark = pytest.mark.browser
HERE = "http://compliance.test"
FIGURES = [f"trends.{name.partition('.')[2]}" for name in PAGES]
ROWS = ("visits", "findings", "actions", "enterprises", "closing/rows", "coverage/rows", "found", "strata")
MORE = ("/trends/reports", "/score/", "/draws/", "/draws/new", "/draws/days/settings", "/risk/")


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture(scope="module")
def opened() -> Iterator[Browser]:
    """One browser for the module."""
    with browser() as one:
        yield one


@pytest.fixture
def filled(app: Flask, world: World) -> None:
    """Visits by lot and others, in this quarter and a year before, some refused, with findings that come back."""
    with app.app_context():
        maker = Maker(world, 10 * len(world.enterprises))
        missed = tuple(items(world, 12))
        members = maker.members(24, name="Long-named Works of Leather, Fur and Feather")
        for year, bad in ((2025, 14), (2026, 5)):
            made = []
            for place, member in enumerate(members):
                outcome = Outcome.refused if place == 23 else Outcome.completed
                on = date(year, 7, 1) + timedelta(place)
                visit = maker.visit(enterprise=member, on=on, outcome=outcome, missed=missed if place < bad else ())
                if place < bad:
                    maker.finding(visit, missed[0])
                made.append(visit)
            maker.draw(made, population=40, first=date(year, 7, 1), last=date(year, 9, 30))
        audit.record(world.system, "test.filled")
        session().commit()


@pytest.fixture
def at(opened: Browser, sign_in: Any) -> Iterator[Callable[..., Page]]:
    """``at("leader", "zh", "dark", (390, 844))``: a page of that person's browser; ``go(page, path)`` opens one."""
    contexts = []

    def signed_in(who: str, language: str = "en", scheme: Any = "light", size: tuple[int, int] = (1024, 768)) -> Page:
        client = sign_in(who, language).http

        def answer(asked: Route) -> None:
            parts = urlsplit(asked.request.url)
            with client.get(parts.path, query_string=parts.query) as found:
                asked.fulfill(status=found.status_code, headers=dict(found.headers), body=found.data)

        context = opened.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, reduced_motion="reduce"
        )
        contexts.append(context)
        context.route("**/*", answer)
        return context.new_page()

    yield signed_in
    for one in contexts:
        one.close()


def go(page: Page, path: str) -> Page:
    """Open a page and unfold everything on it."""
    answer = page.goto(HERE + path)
    assert answer is not None
    assert answer.status == 200, path
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    return page


def paths(app: Flask) -> list[str]:
    """The addresses of all pages of figures and of the rows behind them."""
    with app.test_request_context():
        figures = [app.url_for(endpoint) for endpoint in FIGURES]
    return [f"{path}?period=recent" for path in [*figures, *(f"/trends/{one}" for one in ROWS)]]


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("zh", "dark")])
def test_axe_finds_nothing_in_either_language_light_or_dark(
    app: Flask, filled: None, at: Any, language: str, scheme: str
) -> None:
    for who, seen in (("leader", [*paths(app), "/trends/reports", "/score/", "/draw-checks/"]), ("coordinator", MORE)):
        page = at(who, language, scheme)
        for path in seen:
            found = Axe().run(go(page, path))
            assert found.violations_count == 0, f"{path} in {language}, {scheme}:\n{found.generate_report()}"


OUTSIDE = """() => [...document.querySelectorAll(".chart")].filter((one) => one.checkVisibility()).flatMap((chart) => {
  const box = chart.getBoundingClientRect(), room = chart.closest(".figure-wide").getBoundingClientRect();
  const far = [...chart.querySelectorAll("text")].map((one) => [one.textContent, one.getBoundingClientRect()])
    .filter(([, at]) => at.left < box.left - 2 || at.right > box.right + 2 || at.bottom > box.bottom + 2);
  return [...far.map(([words]) => words), ...(box.width > room.width + 1 ? ["a chart wider than its room"] : [])];
})"""
"""Words that stand outside their chart, and charts that are wider than the room they have."""


@pytest.mark.parametrize(("language", "size"), [("en", (390, 844)), ("zh", (390, 844)), ("zh", (768, 1024))])
def test_charts_fit_every_screen_and_pages_do_not_scroll_sideways(
    app: Flask, filled: None, at: Any, language: str, size: tuple[int, int]
) -> None:
    page = at("leader", language, size=size)
    for path in paths(app):
        go(page, path)
        assert page.evaluate(OUTSIDE) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), path


def test_on_a_phone_the_page_that_is_shown_is_in_sight_among_the_others(app: Flask, filled: None, at: Any) -> None:
    page = at("leader", size=(390, 844))
    go(page, "/trends/board")
    box = page.locator(".trend-pages [aria-current]").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


def test_everything_can_be_reached_and_unfolded_by_keyboard(app: Flask, filled: None, at: Any) -> None:
    page = at("leader")
    page.goto(f"{HERE}/trends/areas?period=recent")
    reached = set()
    for _press in range(300):
        page.keyboard.press("Tab")
        one = page.evaluate(
            """() => { const e = document.activeElement, style = getComputedStyle(e);
              return e === document.body ? "" : e.localName + (e.closest("svg") ? " in chart" : "")
                + (style.outlineStyle === "none" && style.boxShadow === "none" ? " unmarked" : ""); }"""
        )
        if not one:
            break
        reached.add(one)
        if one == "summary":
            page.keyboard.press("Enter")
    assert not any(one.endswith("unmarked") for one in reached), reached
    assert {"select", "button", "summary", "a", "a in chart"} <= reached
    assert page.evaluate("[...document.querySelectorAll('main details')].every((one) => one.open)")
