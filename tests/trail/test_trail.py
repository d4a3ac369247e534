"""The trail as people read it: what each reader learns, what stays sealed, and what shows that lines were cut off."""

import ast
import json
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from compliance.casework import nightly
from compliance.people import store as people
from compliance.people import store_ties
from compliance.people.rules import TieKind
from compliance.shared import audit, clock, outbox, places
from compliance.shared.audit import AuditLine
from compliance.shared.database import session
from compliance.shared.problems import Problem
from compliance.trail import anchors, exporting, rules, store
from compliance.trail.store import Wanted
from compliance.trail.words import CLOSED_TO_TIED, FAMILIES, SEALED, VERBS
from compliance.web import audit_commands
from tests.casework.made import handed_out, released, short


def written_in_code():
    """Every verb that stands in the product as a whole."""
    found = set()
    for path in places.PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in (
                "audited",
                "record",
            ):
                found |= {
                    one.value
                    for one in node.args
                    if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value.count(".") == 1
                }
    return found


def test_every_verb_has_words_or_is_sealed():
    verbs = written_in_code()
    assert len(verbs) > 200
    assert {verb for verb in verbs if rules.family(verb) not in SEALED} <= set(VERBS)
    assert {rules.family(verb) for verb in VERBS} == set(FAMILIES)
    assert set(FAMILIES) > CLOSED_TO_TIED and not SEALED & set(FAMILIES)


@given(st.sampled_from(sorted(SEALED)), st.booleans())
def test_nothing_of_a_sealed_matter_is_told(name, tied):
    changes = {"enterprise 1": {"changed": {"name": ["a", "b"]}}, "note": {"about": "somebody"}}
    assert rules.details(f"{name}.anything", changes, tied) == []
    assert name in rules.sealed(tied) and name not in rules.families(tied)


RENAMED = {"person 1": {"changed": {"name": [{"sealed": "x"}, {"sealed": "y"}]}}}
GREW = {"enterprise 1": {"changed": {"workers": [3, 4]}}}


@pytest.mark.parametrize(
    ("verb", "changes", "tied", "told"),
    [
        ("person.named", RENAMED, False, [("person", "name", "…", "…")]),
        ("visit.planned", {"visit 1": {"created": {"planned_for": "2026-12-01"}}}, False, []),
        ("enterprise.edited", GREW, False, [("enterprise", "workers", "3", "4")]),
        ("enterprise.edited", GREW, True, []),
        ("list.exported", {"note": {"list": "visits.plan"}}, False, [("", "list", "", "visits.plan")]),
        ("visit.released", {"note": {"who": "x"}}, False, []),
    ],
)
def test_details_are_shown_of_what_its_readers_keep_themselves(verb, changes, tied, told):
    assert rules.details(verb, changes, tied) == told


def told(actor, **wanted):
    lines, _more = store.search(actor, Wanted(**wanted), limit=1000)
    return lines


def test_who_reads_it_learns_of_no_visit_and_no_complaint(world, db_session):
    released(world, [short("WAG01")])
    handed_out(world, place=1)
    before = len(told(world.actor("administrator")))
    audit.record(world.system, "complaint.received", None, at="Marker street")
    session().commit()
    reader = world.actor("administrator")
    lines = told(reader)
    text = repr([(line.by, line.done, line.details) for line in lines])
    assert "Marker" not in text and "planned_for" not in text
    assert len(lines) == before
    assert {one.done.en for one in told(reader, family="visit")} >= {"Planned a visit", "Released a visit"}
    assert told(reader, family="complaint") == []


def test_with_a_tie_visits_and_draws_are_sealed_too(world, db_session):
    handed_out(world)
    person = people.get(world.system, world.people["administrator"])
    store_ties.declare(world.system, person, world.enterprises[2], TieKind.kin)
    session().commit()
    reader = world.actor("administrator")
    assert not any(one.done.en == "Planned a visit" for one in told(reader))
    assert told(reader, family="visit") == []
    assert any(one.done.en == "Declared a tie" for one in told(reader))


def test_only_lines_of_the_own_association_and_of_these_days(world, db_session):
    with clock.at(clock.now() - timedelta(days=40)):
        audit.record(world.system, "trends.rebuilt")
        session().commit()
        day = clock.today("Asia/Shanghai")
    reader = world.actor("administrator")
    assert [one.done.en for one in told(reader, first=day, last=day)] == ["Worked the trends out anew"]
    assert told(reader, last=day - timedelta(days=1)) == []
    mine = session().scalar(sa.select(sa.func.count()).where(AuditLine.association_id == world.association_id))
    assert len(told(reader)) == mine == len(list(store.every(reader, Wanted()))), "nothing is sealed yet"
    first, more = store.search(reader, Wanted(), limit=2)
    assert more and told(reader, before=first[-1].number)[0].number < first[-1].number


def test_a_night_drops_an_anchor_and_mails_it(app, world, db_session):
    app.config["ANCHOR_TO"] = "notary@example.org"
    nightly.each_day()
    nightly.each_day()
    assert anchors.first_missing() is None
    ours, _noise = anchors.every()
    mails = [one for one in outbox.listed(world.system).rows if one.recipient == "notary@example.org"]
    assert len(mails) == 1 and ours.hash in mails[0].body
    assert oct(Path(app.config["ANCHORS"]).stat().st_mode)[-3:] == "600"


def test_lines_that_were_cut_off_show_by_the_anchor(app, world, db_session):
    audit.record(world.system, "trends.rebuilt")
    session().commit()
    anchors.drop(world.system, clock.today("Asia/Shanghai"))
    path = Path(app.config["ANCHORS"])
    kept = json.loads(path.read_text())
    path.write_text(json.dumps({**kept, "number": kept["number"] + 5}) + "\n")
    assert audit.first_broken_line() is None, "the chain alone does not know what came after its end"
    assert anchors.first_missing().number == kept["number"] + 5
    path.write_text(json.dumps({**kept, "hash": "0" * 64}) + "\n")
    assert anchors.first_missing().number == kept["number"]
    path.write_text("rubbish\n")
    with pytest.raises(Problem, match="Line 1"):
        anchors.first_missing()


def test_an_auditor_checks_the_file_by_himself(world, db_session, tmp_path):
    path = tmp_path / "trail.jsonl"
    count = exporting.write(path)
    assert count == len(list(exporting.read(path))) == session().scalar(sa.select(sa.func.count(AuditLine.number)))
    assert audit.first_broken(exporting.read(path)) is None
    lines = path.read_text().splitlines()
    path.write_text("\n".join(lines[:3] + lines[4:]) + "\n")
    assert audit.first_broken(exporting.read(path)).number == json.loads(lines[4])["number"]
    path.write_text("\n".join(lines[2:]) + "\n")
    assert audit.first_broken(exporting.read(path), whole=False) is None
    changed = lines[3].replace(json.loads(lines[3])["verb"], "person.named")
    path.write_text("\n".join([*lines[:3], changed, *lines[4:]]) + "\n")
    assert audit.first_broken(exporting.read(path)).number == json.loads(lines[3])["number"]
    path.write_text("no line\n")
    with pytest.raises(Problem):
        list(exporting.read(path))


def test_the_commands_say_what_is_broken(app, world, tmp_path):
    def run(*args):
        return app.test_cli_runner().invoke(audit_commands.audit, args)

    assert "whole" in run("verify").output
    path = tmp_path / "trail.jsonl"
    assert "lines in" in run("export", str(path)).output
    assert "whole" in run("verify", "--file", str(path)).output
    path.write_text(path.read_text().replace('"verb": "', '"verb": "x', 1))
    broken = run("verify", "--file", str(path))
    assert broken.exit_code == 1 and "BROKEN at line 1" in broken.output
    Path(app.config["ANCHORS"]).write_text(
        json.dumps({"at": "2026-01-01T00:00:00+00:00", "number": 10**6, "hash": ""}) + "\n"
    )
    cut = run("verify")
    assert cut.exit_code == 1 and "line 1000000" in cut.output


def test_the_page(app, world, sign_in):
    with app.app_context():
        released(world, [short("WAG01")])
        anchors.drop(world.system, clock.today("Asia/Shanghai"))
    for language, words, none in (
        ("en", "Released a visit", "No line fits"),
        ("zh", "发布走访结果", "没有符合条件的记录"),
    ):
        client = sign_in("administrator", language)
        assert words in client.get("/trail/").text
        assert words in client.get("/trail/", family="visit").text
        assert none in client.get("/trail/", q="nobody at all").text
        assert none in client.get("/trail/", to="2020-01-01").text
        assert words in client.get("/trail/", q="reviewer").text
        assert words in client.http.get("/trail/download.csv").data.decode("utf-8-sig")
        assert client.http.get("/trail/download.xlsx?family=person").status_code == 200
        client.get("/trail/", family="complaint", before="x", **{"from": "31.02."})
    for who in ("coordinator", "leader", "reviewer", "inspector", "manager"):
        sign_in(who).get("/trail/", status=403)
