"""Every list gives as a file what it shows, to whoever may see it and to nobody else."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlmodel import col, select

from compliance.casework import cases
from compliance.shared import places
from compliance.shared.audit import AuditLine
from compliance.shared.database import session
from compliance.shared.downloads import VERB
from compliance.shared.spreadsheets import read_rows
from compliance.visits import store as visits
from compliance.visits.rules import Route
from compliance.web import exports
from tests.casework import made
from tests.manners import Client, each, text
from tests.world import World

SignIn = Callable[..., Client]

OWN = {
    "casework/pledges_sending.html",
    "complaints/list.html",
    "enterprises/register.html",
    "planning/drawn.html",
    "trends/rows.html",
    "trends/told.html",
}
"""Lists whose export is their own, with more than the page shows."""
NO_LIST = {
    "visits/find.html": "one is chosen from it",
    "casework/timeline.html": "told in sentences",
    "planning/days.html": "days by themselves, which nobody should carry away",
}
PAGE = """<!doctype html><main><h1>Actions</h1><table><tr><td>not this</td></tr></table>
<table data-list><thead><tr><th><span class="vh">Tick</span></th><th><a>Due<span aria-hidden="true">▲</span></a></th>
<th class="num">Workers</th><th>Enterprise</th><th>Text</th></tr></thead><tbody>
<tr><td><input type="checkbox"></td><td>{day}<br><span class="badge red"><svg><path/></svg>3 days late</span></td>
<td class="num">1,204</td><th><a>=1+1</a><div class="dim small">Plant 2</div></th>
<td data-value="whole &amp; long">wh…</td></tr>
<tr><td></td><td>–</td><td class="num">–</td><th><a>B</a></th>
<td data-value="x">x <span class="small">new</span></td></tr>
</tbody></table></main>"""


@pytest.mark.parametrize("day", ["3 Mar 2026", "2026年3月3日"])
def test_a_cell_is_what_it_shows(app: Flask, day: str) -> None:
    shown = exports.read(PAGE.replace("{day}", day))
    assert (shown.title, shown.heads, shown.more) == ("Actions", ["Due", "Workers", "Enterprise", "Text"], False)
    with app.test_request_context():
        heads, rows = exports.table(shown.rows, shown.heads)
    assert heads == ["Due", "Due, more", "Workers", "Enterprise", "Enterprise, more", "Text", "Text, more"]
    assert rows == [
        [date(2026, 3, 3), "3 days late", 1204, "=1+1", "Plant 2", "whole & long", ""],
        [None, "", None, "B", "", "x", "new"],
    ]


def test_every_template_with_pages_of_rows_offers_an_export() -> None:
    folder = places.templates_dir()
    for path in sorted(folder.rglob("*.html")):
        name, source = path.relative_to(folder).as_posix(), path.read_text()
        if name == "parts/lists.html":
            continue
        calls = re.findall(r"\bpager\([^)]*\)", source)
        offers = "data-list" in source
        if name in OWN or name in NO_LIST:
            assert calls and all("export=False" in call for call in calls), name
            assert not offers, name
        else:
            assert offers == bool(calls or "exports()" in source), name


@pytest.fixture
def busy(app: Flask, world: World) -> World:
    """A released visit with findings, a sealed one, and more planned visits than one page shows."""
    with app.app_context():
        made.released(world, [made.short("WAG01"), made.short("SAF04")])
        made.sealed(world, [made.short("SAF04")], place=1)
        coordinator = world.actor("coordinator")
        for ahead in range(1, 56):
            visits.plan(
                coordinator,
                world.workplaces[2],
                planned_for=cases.today(coordinator) + timedelta(days=ahead),
                route=Route.targeted,
                inspector_ids=[world.people["inspector"]],
            )
        session().commit()
    return world


def addresses(app: Flask, world: World) -> list[str]:
    """Every page that names no row, or an enterprise."""
    with app.app_context():
        rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    plain = [rule.rule for rule in rules if not rule.arguments]
    named = [
        rule.rule.replace("<uuid:enterprise_id>", str(world.enterprises[0]))
        for rule in rules
        if rule.arguments == {"enterprise_id"}
    ]
    return sorted({*plain, *named})


def shown_everywhere(client: Client, address: str) -> tuple[list[str], list[str]]:
    """Heads and the words of every row of a list, page by page, as a reader would copy them."""
    heads: list[str] = []
    rows: list[str] = []
    page = client.get(address)
    while True:
        [table] = [one for one in each(page.document, "table") if one.get("data-list") is not None]
        lines = each(table, "tr")
        heads = [text(cell) for cell in each(lines[0], "th")]
        rows += [
            " ".join(cell.get("data-value") or text(cell) for cell in each(line, "th", "td")) for line in lines[1:]
        ]
        following = [link.get("href") for link in each(page.document, "a") if link.get("rel") == "next"]
        if not following:
            return heads, rows
        page = client.get(following[0])


def words_of(line: list[str]) -> list[str]:
    """The words that a row of a file holds, but for days, which a page writes out."""
    parts = [part for cell in line for part in cell.split(" · ")]
    return [part for part in parts if part and not re.fullmatch(r"\d{4}-\d\d-\d\d", part)]


EVERYBODY = {"/checklists"}
FOUND = {
    "coordinator": {
        "/visits/plan", "/actions/", "/findings/", "/letters/", "/people", "/risk/", "/register/{}/history", "/work/",
    },
    "reviewer": {"/actions/", "/findings/", "/letters/", "/reviews/", "/register/{}/history", "/work/"},
    "leader": {"/actions/", "/findings/", "/reviews/", "/letters/", "/register/{}/history", "/work/"},
    "manager": {"/own/{}/letters"},
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("who", sorted(FOUND))
def test_the_file_holds_what_all_pages_show_and_no_more(
    sign_in: SignIn, app: Flask, busy: World, who: str, language: str
) -> None:
    client = sign_in(who, language)
    found = set()
    for address in addresses(app, busy):
        answer = client.http.get(address)
        if answer.status_code != 200 or answer.mimetype != "text/html" or " data-list" not in answer.text:
            continue
        found.add(address.replace(str(busy.enterprises[0]), "{}"))
        links = client.get(address).links("export=")
        assert len(links) == 2, f"{address} offers no export to {who}"
        _, rows = shown_everywhere(client, address)
        for link in links:
            file = client.http.get(link)
            assert (file.status_code, file.headers["Cache-Control"]) == (200, "no-store"), link
            read = read_rows(file.data, "x").rows
            assert len(read) == len(rows), link
            for line, shown in zip(read, rows, strict=True):
                missing = [part for part in words_of(line) if part not in shown and part not in shown.replace(",", "")]
                assert not missing, (link, missing, shown)
    assert found == FOUND[who] | EVERYBODY


@pytest.mark.usefixtures("on_both_databases")
def test_an_export_is_typed_and_stands_on_the_trail(sign_in: SignIn, app: Flask, busy: World, tmp_path: Path) -> None:
    path = tmp_path / "visits.xlsx"
    file = sign_in("coordinator", "zh").http.get("/visits/plan?export=xlsx&sort=-planned_for&state=planned")
    path.write_bytes(file.data)
    sheet = load_workbook(path).active
    assert sheet is not None
    days = [row[0].value for row in sheet.iter_rows(min_row=2)]
    assert len(days) == 55 and all(isinstance(day, datetime) for day in days)
    assert days == sorted(days, reverse=True)
    with app.app_context():
        line = session().exec(select(AuditLine).where(col(AuditLine.verb) == VERB)).one()
    assert line.person_id == busy.people["coordinator"]
    assert line.changes["note"] == {
        "list": "visits.plan",
        "kind": "xlsx",
        "rows": 55,
        "filters": {"export": ["xlsx"], "sort": ["-planned_for"], "state": ["planned"]},
    }


def test_too_long_a_list_is_refused_in_one_sentence(
    sign_in: SignIn, busy: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MOST", 20)
    refused = sign_in("coordinator").http.get("/visits/plan?export=csv")
    assert refused.status_code == 413
    assert "narrow the list by its filters" in refused.text


def test_a_page_without_a_list_gives_no_file(sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    assert client.http.get("/people?export=csv&q=nobodyatallhere").status_code == 404
    assert client.http.get("/account?export=csv").status_code == 404
    client.get("/register/?export=pdf")


def test_whoever_may_not_see_the_list_gets_no_file(sign_in: SignIn, busy: World) -> None:
    for address in ("/people", "/visits/plan", "/actions/", "/reviews/"):
        assert sign_in("manager").http.get(f"{address}?export=csv").status_code == 403
    assert sign_in("inspector").http.get("/visits/plan?export=csv").status_code == 403
