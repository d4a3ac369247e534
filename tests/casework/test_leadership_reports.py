"""The leadership report: the paper says what the facts say, names nobody, is kept for ever, and is told of once."""

import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from flask import Flask
from openpyxl import load_workbook

from compliance.casework import leadership_reports
from compliance.people import store as people
from compliance.people.rules import system_actor
from compliance.shared import audit, clock, files, outbox
from compliance.shared.database import session
from compliance.shared.problems import Problem
from compliance.trends import report_facts, report_paper, store_reports
from compliance.trends.board import SMALLEST
from compliance.trends.report_facts import Edition, Facts
from compliance.visits.states import Outcome, Route
from tests.trends.made import Maker, items
from tests.world import World

PERIOD = "2026-Q3"
TODAY = date(2026, 10, 6)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with clock.at(datetime(2026, 10, 6, 4, tzinfo=UTC)):
        yield


@pytest.fixture
def filled(app: Flask, world: World) -> World:
    """Fourteen drawn visits, two refused, six targeted ones, with actions."""
    with app.app_context():
        maker = Maker(world, 100)
        first, second = items(world, 2)
        made = []
        for place, member in enumerate(maker.members(14, name="Nameworthy")):
            on = date(2026, 7, 1) + timedelta(place)
            visit = maker.visit(enterprise=member, on=on, missed=(first,) if place % 2 else (first, second))
            maker.action(maker.finding(visit, first), delivered=date(2026, 8, 1), days=10, closed=date(2026, 8, 5))
            made.append(visit)
        made += [maker.visit(outcome=Outcome.refused, enterprise=place, on=date(2026, 7, 20)) for place in range(2)]
        for _place in range(6):
            maker.visit(Route.targeted, enterprise=1, on=date(2026, 8, 2))
        maker.draw(made, population=30, drawn=18)
        audit.record(world.system, "test.filled")
        session().commit()
    return world


def facts_of(world: World) -> Facts:
    return report_facts.of(world.system, PERIOD, TODAY, Edition())


def text_of(pdf: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, stdout=subprocess.PIPE, check=True)
    return re.sub(r"\s+", " ", done.stdout.decode())


def test_both_languages_say_what_the_facts_say_and_the_files_are_kept(app: Flask, filled: World) -> None:
    with app.app_context():
        facts = facts_of(filled)
        row, is_new = leadership_reports.make(filled.system, PERIOD, TODAY)
        session().commit()
        assert is_new
        assert row.edition == 1
        assert set(row.files) == set(leadership_reports.FILES)
        pdf = files.get(row.files["both.pdf"])
        text = text_of(pdf)
        whole = facts.areas[0].now
        assert whole.points is not None
        assert f"Overall: {whole.points:.0f} of 100 points" in text
        assert f"总体：{whole.points:.0f} 分" in text.replace("总体： ", "总体：") or "分（满分" in text
        assert "What is certain" in text
        assert "确定的事实" in text
        assert "Nameworthy" not in text
        assert "%(" not in text
        with pikepdf.open(BytesIO(pdf)) as paper:
            assert paper.Root.MarkInfo.Marked
            assert paper.Root.Outlines.Count
            tags = [one for one in paper.objects if isinstance(one, pikepdf.Dictionary) and one.get("/S") == "/Figure"]
            assert len(tags) >= 4
            assert all(str(one.get("/Alt", "")) for one in tags)


def test_numbers_are_numbers_and_nothing_small_is_in_them(app: Flask, filled: World) -> None:
    with app.app_context():
        row, _new = leadership_reports.make(filled.system, PERIOD, TODAY)
        session().commit()
        book = load_workbook(BytesIO(files.get(row.files["en.xlsx"])))
        sheets = ["Figures", "Areas", "Sectors", "Shortfalls", "Actions", "Coverage", "Training needs", "Method"]
        assert book.sheetnames == sheets
        areas = list(book["Areas"].iter_rows(values_only=True))
        facts = facts_of(filled)
        assert areas[1][2] == round(facts.areas[0].now.points or 0, 1)
        figures = {row[0]: row[1] for row in book["Figures"].iter_rows(min_row=2, values_only=True)}
        coverage = {row[0]: row[1] for row in book["Coverage"].iter_rows(min_row=2, values_only=True)}
        whole = facts.register
        numbers = [whole.visited, whole.active - whole.visited]
        hidden = any(0 < number < SMALLEST for number in numbers)
        told = [coverage["All · Visited in the period"], coverage["All · Not visited in the period"]]
        assert told == ([None, None] if hidden else numbers)
        needs = book["Training needs"].iter_rows(min_row=2, values_only=True)
        assert [line[-1] for line in needs] == [one.least for one in facts.needs]
        for name, first in (("Areas", 2), ("Shortfalls", 2)):
            for line in book[name].iter_rows(min_row=2, values_only=True):
                if line[first] is None and line[0] != "Score":
                    assert line[-1] != "no clear change", line
        counts = [one for one in (*figures.values(), *coverage.values()) if isinstance(one, int)]
        assert counts
        assert not any(0 < one < SMALLEST for one in counts)
        assert load_workbook(BytesIO(files.get(row.files["zh.xlsx"]))).sheetnames[4] == "整改"


def test_made_again_it_stands_until_something_changes_and_then_says_what_it_replaces(app: Flask, filled: World) -> None:
    with app.app_context():
        first, _new = leadership_reports.make(filled.system, PERIOD, TODAY)
        session().commit()
        same, is_new = leadership_reports.make(filled.system, PERIOD, TODAY)
        assert (same.id, is_new) == (first.id, False)
        maker = Maker(filled, 500)
        for _place in range(5):
            maker.visit(Route.targeted, enterprise=1, on=date(2026, 8, 9))
        audit.record(filled.system, "test.more")
        session().commit()
        second, is_new = leadership_reports.make(filled.system, PERIOD, TODAY)
        session().commit()
        assert (second.edition, second.replaces_id, is_new) == (2, first.id, True)
        assert "This edition replaces edition 1" in text_of(files.get(second.files["en.pdf"]))
        assert files.get(first.files["en.pdf"])


@pytest.mark.parametrize("period", ["2026-Q4", "2026", "2019", "nonsense"])
def test_only_what_has_ended_can_be_told(app: Flask, world: World, period: str) -> None:
    with app.app_context(), pytest.raises(Problem, match="ended"):
        leadership_reports.make(world.system, period, TODAY)


@pytest.mark.parametrize("case", ["empty", "single", "refused"])
def test_little_is_told_as_little(app: Flask, world: World, case: str) -> None:
    with app.app_context():
        maker = Maker(world, 700)
        made = []
        if case == "single":
            made = [maker.visit(on=date(2026, 8, 3))]
        if case == "refused":
            made = [maker.visit(outcome=Outcome.refused, enterprise=n, on=date(2026, 8, 3)) for n in maker.members(6)]
        if made:
            maker.draw(made, population=20)
        audit.record(world.system, "test.little")
        session().commit()
        facts = facts_of(world)
        parts = report_paper.parts_in(world.system, facts, "en")
        text = text_of(report_paper.pressed(report_paper.html(facts, [("en", parts)])).pdf)
        assert "too little is known" in text
        assert "points (95%" not in text
        said = {
            "empty": "No visit of the period has a released result.",
            "single": "made and released: not shown",
            "refused": "Every visit was refused or found nobody (6)",
        }
        assert said[case] in text


def test_what_is_not_released_changes_no_byte(app: Flask, filled: World) -> None:
    with app.app_context():

        def page() -> str:
            facts = facts_of(filled)
            return report_paper.html(facts, [("en", report_paper.parts_in(filled.system, facts, "en"))])

        before = page()
        Maker(filled, 800).visit(enterprise=0, on=date(2026, 8, 11), released=False)
        audit.record(filled.system, "test.sealed")
        session().commit()
        assert page() == before


def test_leaders_are_told_once_also_after_missed_nights(app: Flask, filled: World) -> None:
    with app.app_context():
        leader = filled.actor("leader")
        people.get(filled.system, filled.people["leader"]).email = "leader@example.org"
        store_reports.subscribe(leader, date(2026, 2, 1), quarterly=True, yearly=False)
        session().commit()
        system = system_actor(filled.association_id)
        assert leadership_reports.announce(system, TODAY) == 3, "two missed quarters and the last"
        session().commit()
        assert leadership_reports.announce(system, TODAY) == 0
        messages = [one for row in store_reports.made(system) for one in outbox.about(row.id)]
        assert len(messages) == len(store_reports.made(system))
        assert not any(re.search(r"2026|Q\d|%", one.body.split("http")[0]) for one in messages)


def test_the_page_offers_ended_periods_makes_one_and_gives_its_files(page: Any, sign_in: Any, filled: World) -> None:
    leader = sign_in("leader")
    found = leader.get("/trends/reports")
    assert "No report has been made yet" in found.text
    leader.submit(found, "/trends/reports", period=PERIOD)
    found = leader.get("/trends/reports")
    links = re.findall(r'href="([^"]*/trends/reports/[^"]+\.(?:pdf|xlsx))"', found.response.get_data(as_text=True))
    assert len(links) == 5
    assert leader.http.get(links[0]).data.startswith(b"%PDF")
    leader.submit(found, "/trends/reports", period="2026-Q4", status=422)
    leader.submit(found, "/trends/reports/told", quarterly="y")
    leader.submit(found, "/trends/reports/day", day="40", status=422)
    assert 'value="9"' in leader.submit(found, "/trends/reports/day", day="9").response.get_data(as_text=True)
    assert sign_in("coordinator").http.get(links[0]).status_code == 200
    assert "Make the report" not in page("coordinator", "/trends/reports").text
    assert sign_in("manager").http.get(links[0]).status_code in (403, 404)


def test_the_page_is_chinese_for_who_reads_chinese(page: Any, filled: World) -> None:
    assert page("leader", "/trends/reports", language="zh").h1 == "领导层报告"
