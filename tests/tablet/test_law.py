"""One law in two languages: every table of cases is asked in Python and in the tablet's browser."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from compliance.shared.places import PACKAGE
from compliance.visits.carried import rules_data
from tests.browser import browser
from tests.tablet import law
from tests.visits import small

SCRIPTS = PACKAGE / "static" / "js" / "tablet"
BASE = "https://tablet.test"
TABLES = sorted(law.ASK)


def same(one: Any) -> Any:
    """As JSON has it: tuples are lists, and keys stand in one order."""
    return json.loads(json.dumps(one, sort_keys=True))


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A browser at a place where the tablet's scripts lie, and nothing else."""
    files = {path.relative_to(SCRIPTS).as_posix(): path for path in SCRIPTS.rglob("*.js")}
    files["law.js"] = law.FOLDER.parent / "tablet" / "law.js"

    def serve(route: Route) -> None:
        name = route.request.url.removeprefix(f"{BASE}/")
        if name in files:
            route.fulfill(path=files[name], content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html><title>Law</title>", content_type="text/html")

    with browser() as opened:
        tab = opened.new_page()
        tab.route(f"{BASE}/**", serve)
        tab.goto(f"{BASE}/")
        yield tab


@pytest.mark.parametrize("name", TABLES)
def test_python_says_what_the_table_says(name: str) -> None:
    for case in law.cases(name):
        assert same(law.ASK[name](case)) == law.expected(case), case.get("name", case)


@pytest.mark.browser
@pytest.mark.parametrize("name", TABLES)
def test_the_tablet_says_what_the_table_says(name: str, page: Page) -> None:
    shared = {"checklist": law.table("completeness")["checklist"], "law": law.table("reckoning")["law"]}
    said = page.evaluate(
        f"""async ([name, cases, shared]) => {{
            const {{ asker }} = await import("{BASE}/law.js");
            return (await asker("{BASE}"))(name, cases, shared);
        }}""",
        [name, law.cases(name), shared],
    )
    for case, answer in zip(law.cases(name), said, strict=True):
        assert same(answer) == law.expected(case), case.get("name", case)


@pytest.mark.parametrize("name", TABLES)
def test_the_names_of_a_table_are_sentences_of_their_own(name: str) -> None:
    names = [case["name"] for case in law.table(name)["cases"]]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", sorted(set(TABLES) - {"fields", "payroll"}))
def test_a_table_has_frozen_samples_of_many_outcomes(name: str) -> None:
    frozen = law.table(name)["frozen"]
    assert len(frozen) >= 100 or name == "applicability"
    outcomes = {json.dumps(case["is"], sort_keys=True) for case in frozen}
    assert len(outcomes) > {"applicability": 1, "weighing": 15}.get(name, 20)  # yes or no; three severities and why


def test_the_rates_of_the_cases_are_those_that_a_tablet_carries() -> None:
    assert law.table("reckoning")["law"] == same(law.rates_as_carried())


def test_the_checklist_of_the_cases_is_the_one_that_a_tablet_carries() -> None:
    assert law.table("completeness")["checklist"] == same(rules_data(small.CHECKLIST, 1))
