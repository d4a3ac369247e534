"""What ends with a letter is rehearsed: the press tries it while nothing is locked, and what was tried is sent."""

import contextlib
import io
import json
import subprocess

import pysqlite3.dbapi2
import pytest
from PIL import Image

from compliance.associations import store as associations
from compliance.casework import cases, corrections, rehearsal, release
from compliance.casework.corrections import Becomes
from compliance.findings import store as findings
from compliance.findings.rules import Decision, Position
from compliance.letters import press
from compliance.letters import store as letters
from compliance.letters.store_issuing import picture
from compliance.shared import audit
from compliance.shared.database import db, session
from compliance.visits import store as visits
from tests.casework import made

TWO = [made.short("WAG01", workers=6), made.short("SAF04", made.Verdict.partial)]


def read(pdf):
    made = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, stdout=subprocess.PIPE, check=True)
    return "".join(made.stdout.decode().split())


def but_for_the_number(words, running):
    return json.dumps(words, ensure_ascii=False, sort_keys=True).replace(f"〕{running}号", "〕号")


@pytest.fixture
def at_the_press(monkeypatch):
    """(what was printed, what to do once while the press is at work); the press itself does what it always does."""
    printed, guests = [], []
    real = press.print_letter

    def watched(letter, logo="", identifier="", **more):
        if guests:
            guests.pop()()
        printed.append(letter)
        return real(letter, logo, identifier, **more)

    monkeypatch.setattr(press, "print_letter", watched)
    return printed, guests


def somebody_else_writes(app):
    """Another process that writes, and does not wait for anybody: it fails where a write lock is held."""
    words = "UPDATE association SET phone = '0871-11112222'"
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            other = pysqlite3.dbapi2.connect(db.engine.url.database, timeout=0)
            with contextlib.closing(other), other:
                other.execute(words)
        else:
            with db.engine.begin() as other:
                other.exec_driver_sql("SET LOCAL lock_timeout = '100ms'")
                other.exec_driver_sql(words)


def disputed(app, world, special=TWO):
    with app.app_context():
        visit_id = made.released(world, special)
        manager = world.actor("manager")
        finding = next(one for one in findings.public_of_visit(manager, visit_id) if one.item == "WAG01")
        cases.answer_finding(manager, finding.id, Position.dispute, "It was in the other office.")
        session().commit()
    return visit_id, finding.id


def test_nothing_is_locked_while_the_press_tries_the_letter_of_a_release(app, sign_in, build, world, at_the_press):
    printed, guests = at_the_press
    visit_id = build(made.sealed, TWO)
    reviewer = sign_in("reviewer")
    page = reviewer.get(f"/reviews/{visit_id}")
    guests.append(lambda: somebody_else_writes(app))
    assert "Released. Letter" in reviewer.submit(page, "/release", confirm="y").text
    with app.app_context():
        (letter,) = letters.of_visit(world.actor("reviewer"), visit_id)
        # Tried without a lock; tried again, because the telephone number had changed; and printed for the archive.
        tried, again, archived = printed
        assert "0871-11112222" not in str(tried)
        assert "0871-11112222" in str(again)
        assert archived == letter.words
        assert but_for_the_number(archived, 1) == but_for_the_number(again, 9999)
        assert letter.running == 1


def test_a_letter_that_says_what_was_tried_is_tried_once(app, sign_in, build, world, at_the_press):
    printed, _guests = at_the_press
    visit_id = build(made.sealed, TWO)
    reviewer = sign_in("reviewer")
    reviewer.submit(reviewer.get(f"/reviews/{visit_id}"), "/release", confirm="y")
    tried, archived = printed
    assert but_for_the_number(archived, 1) == but_for_the_number(tried, 9999)


def test_nothing_is_locked_while_the_press_tries_a_correcting_letter(app, sign_in, world, at_the_press):
    _printed, guests = at_the_press
    visit_id, finding_id = disputed(app, world)
    leader = sign_in("leader")
    page = leader.get(f"/disputes/{finding_id}")
    guests.append(lambda: somebody_else_writes(app))
    done = leader.submit(page, "/disputes/", decision="upheld", reason="They are right.", confirm="y")
    assert "correcting letter" in done.text
    with app.app_context():
        assert len(letters.of_visit(world.actor("manager"), visit_id)) == 2


def test_a_letter_that_cannot_be_printed_keeps_the_page_and_releases_nothing(app, sign_in, build, world):
    visit_id = build(made.sealed, [made.short("WAG01", note="A character without a glyph: \U0001f680")])
    reviewer = sign_in("reviewer")
    refused = reviewer.submit(reviewer.get(f"/reviews/{visit_id}"), "/release", 422, confirm="y")
    assert "cannot be printed" in refused.text
    with app.app_context():
        assert visits.get(world.system, visit_id).state.value == "sealed"


def test_a_rehearsal_keeps_nothing(db_session, world):
    visit_id = made.sealed(world, TWO)
    reviewer = world.actor("reviewer")
    lines = db_session.execute(audit.sa.text("SELECT count(*) FROM audit_line")).scalar()
    tried = rehearsal.rehearse(reviewer, lambda: release.prepare(reviewer, visit_id))
    assert tried.facts.dated == cases.today(reviewer)
    assert all(one.due for one in tried.facts.findings)
    session().commit()
    assert db_session.execute(audit.sa.text("SELECT count(*) FROM audit_line")).scalar() == lines
    assert visits.get(reviewer, visit_id).state.value == "sealed"
    assert findings.public_of_visit(world.actor("manager"), visit_id) == []
    letter = rehearsal.carry_out(reviewer, lambda: release.prepare(reviewer, visit_id))
    session().commit()
    assert letter.running == 1
    assert letter.words["number"]


def test_another_logo_is_another_trial(db_session, world):
    visit_id = made.sealed(world, TWO)
    reviewer = world.actor("reviewer")
    before = rehearsal.rehearse(reviewer, lambda: release.prepare(reviewer, visit_id))
    drawn = io.BytesIO()
    Image.new("RGB", (40, 20), "green").save(drawn, "PNG")
    associations.set_logo(world.system, "en", drawn.getvalue())
    session().commit()
    after = rehearsal.rehearse(reviewer, lambda: release.prepare(reviewer, visit_id))
    assert picture(after.facts.association)
    assert before.digest != after.digest


def test_the_decider_reads_the_correcting_letter_before_it_goes_out(app, sign_in, world):
    visit_id, finding_id = disputed(app, world)
    leader = sign_in("leader")
    page = leader.get(f"/disputes/{finding_id}")
    answers = {"decision": "partly", "reason": "Five were shown.", "note": "One contract was missing.", "workers": "1"}
    form = {**page.form("/disputes/"), **answers}
    shown = leader.post(f"/disputes/{finding_id}/preview", form).response
    assert shown.mimetype == "application/pdf"
    assert "attachment" not in shown.headers["Content-Disposition"]
    words = read(shown.data)
    assert "草稿" in words
    assert "Onecontractwasmissing." in words
    assert "Fivewereshown." in words
    with app.app_context():
        assert len(letters.of_visit(world.actor("leader"), visit_id)) == 1, "nothing is decided by looking"
        assert findings.get(world.actor("leader"), finding_id).state.value == "released"
    unread = leader.post(f"/disputes/{finding_id}", form, 422)
    assert "read the preview" in " ".join(unread.errors())
    assert unread.form("/disputes/")["note"] == "One contract was missing."
    assert "correcting letter" in leader.submit(unread, "/disputes/", confirm="y").text
    with app.app_context():
        sent = letters.of_visit(world.actor("manager"), visit_id)[-1]
        assert "One contract was missing." in str(sent.words)


def test_a_decision_without_a_letter_has_no_preview_and_asks_for_none(app, sign_in, world):
    _visit_id, finding_id = disputed(app, world)
    reviewer = sign_in("reviewer")
    page = reviewer.get(f"/disputes/{finding_id}")
    form = {**page.form("/disputes/"), "decision": "not_upheld", "reason": "It was not shown."}
    told = reviewer.post(f"/disputes/{finding_id}/preview", form)
    assert "no letter goes out" in told.text
    assert told.form("/disputes/")["reason"] == "It was not shown."
    assert "Decided." in reviewer.submit(told, "/disputes/").text


def test_an_incomplete_decision_has_no_preview_and_keeps_what_was_typed(app, sign_in, world):
    _visit_id, finding_id = disputed(app, world)
    leader = sign_in("leader")
    form = {
        **leader.get(f"/disputes/{finding_id}").form("/disputes/"),
        "decision": "partly",
        "note": "",
        "reason": "So.",
    }
    again = leader.post(f"/disputes/{finding_id}/preview", form, 422)
    assert again.errors()
    assert again.form("/disputes/")["reason"] == "So."


def test_a_decision_that_changed_what_was_rehearsed_says_what_is_true_now(db_session, world):
    visit_id = made.released(world, TWO)
    manager, leader = world.actor("manager"), world.actor("leader")
    finding = next(one for one in findings.public_of_visit(manager, visit_id) if one.item == "WAG01")
    cases.answer_finding(manager, finding.id, Position.dispute, "It was in the other office.")
    session().commit()

    def decide(words):
        change = Becomes(made.Verdict.partial, words, 6)
        return corrections.prepare_decision(leader, finding.id, Decision.partly, "So it is.", change)

    tried = rehearsal.rehearse(leader, lambda: decide("First words."))
    letter = rehearsal.finish(leader, decide("Second words."), tried)
    session().commit()
    assert "Second words." in str(letter.words)
    assert "First words." not in str(letter.words)
