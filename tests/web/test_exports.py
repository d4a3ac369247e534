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
    "enterprises/import_look.html",
    "enterprises/register.html",
    "history/look.html",
    "planning/drawn.html",
    "trail/listed.html",
    "trends/rows.html",
    "trends/told.html",
}
"""Lists whose export is their own, with more than the page shows."""
NO_LIST = {
    "visits/find.html": "one is chosen from it",
    "casework/timeline.html": "told in sentences",
}
"""Pages of several that hold no table to carry away."""
STAYS = {
    "casework/jobs.html": "what the machine does, for a look",
    "planning/days.html": "days by themselves",
    "planning/my_days.html": "days by themselves",
    "casework/field.html": "who is where at this hour",
    "interviews/told.html": "what workers said is told here alone",
    "interviews/waiting.html": "whom to ask again is sealed",
    "pay/sheet.html": "what single workers earn is sealed",
    "pay/worker.html": "what a single worker earns is sealed",
    "casework/danger_case.html": "a sealed case",
}
"""Tables that nobody should carry away; the decision on lists says so too."""
PART_OF_ONE = {
    "people/access.html": "one's own last sign-ins",
    "associations/signature.html": "settings",
    "casework/_ladder.html": "one action",
    "casework/_parts.html": "one scorecard",
    "casework/_stamped.html": "one letter",
    "casework/letter.html": "one letter",
    "casework/on_site.html": "one visit, with buttons",
    "casework/own/_parts.html": "one action",
    "casework/own/action.html": "one action",
    "casework/own/compared.html": "two scorecards side by side",
    "casework/own/scorecard.html": "one scorecard; its PDF has it",
    "casework/post_cover.html": "printed",
    "casework/prepared_confirm.html": "asks whether",
    "casework/prepared_letter.html": "one letter",
    "casework/scorecard.html": "one scorecard; findings have a list of their own",
    "casework/wording.html": "settings, which have a file of their own",
    "checklists/next.html": "what to correct in a file that was sent",
    "checklists/parts.html": "what changed in one item",
    "checklists/sections.html": "the code of conduct, which has a file of its own",
    "complaints/posters.html": "links to posters",
    "enterprises/merging.html": "two entries side by side",
    "history/_results.html": "drawn by the pages of the past, which mark it",
    "howto/model.html": "a model to copy",
    "letters/letter.html": "printed",
    "papers/_file_action.html": "printed",
    "papers/_scorecard.html": "printed",
    "papers/file.html": "printed",
    "papers/poster.html": "printed",
    "papers/record.html": "printed",
    "papers/referral.html": "printed",
    "pay/bring.html": "what to correct in a file that was sent",
    "planning/_bought.html": "figures of one draw",
    "planning/period.html": "one period; the trail has who looked",
    "planning/risk_of.html": "one score",
    "planning/risk_quality.html": "figures, not rows",
    "privacy/_parts.html": "one request",
    "trends/parts.html": "figures, which have a file of their own",
    "trends/report_inside.html": "printed",
}
"""Tables that are a part of one thing, or of a page that is printed."""
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


def test_several_tables_of_one_sort_are_one_list() -> None:
    twice = PAGE.replace("{day}", "3 Mar 2026").replace("</main>", "") + PAGE[PAGE.index("<table data-list") :]
    assert len(exports.read(twice).rows) == 4
    with pytest.raises(ValueError, match="other columns"):
        exports.read(PAGE.replace("</main>", "<table data-list><thead><tr><th>A</th></tr></thead></table></main>"))


def test_every_list_offers_an_export_or_says_why_not() -> None:
    folder = places.templates_dir()
    tables = set()
    for path in sorted(folder.rglob("*.html")):
        name, source = path.relative_to(folder).as_posix(), path.read_text()
        if name == "parts/lists.html":
            continue
        calls = re.findall(r"\bpager\([^)]*\)", source)
        offers = "data-list" in source
        if "<table" in source:
            tables.add(name)
        if name in OWN or name in NO_LIST or name in STAYS or name in PART_OF_ONE:
            assert all("export=False" in call for call in calls), name
            assert not offers, name
        else:
            assert offers == bool(calls or "exports()" in source), name
            assert offers or name not in tables, f"{name}: a list, or a part of one thing?"
    assert not (STAYS.keys() | PART_OF_ONE.keys()) - tables, "no such table any more"


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
RESULTS = {"/actions/", "/findings/", "/results/", "/letters/", "/register/{}/history", "/register/{}/life", "/work/"}
FOUND = {
    "coordinator": RESULTS | {"/visits/plan", "/letters/post", "/people", "/risk/"},
    "reviewer": RESULTS | {"/reviews/", "/letters/post"},
    "leader": RESULTS | {"/reviews/", "/privacy/kept"},
    "manager": {"/own/{}/letters", "/own/{}/actions"},
}


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
