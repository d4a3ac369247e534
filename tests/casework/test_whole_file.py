"""An enterprise's whole file: two forms, what each says, what neither says, and who may have it."""

import io
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest
import sqlalchemy as sa
from sqlmodel import select

from compliance.casework import behalf, binding, cases, corrections, press, release, scorecard_paper, whole_actions
from compliance.casework.binding import Enclosed, Section
from compliance.casework.views import whole_files
from compliance.corrective_actions import store as actions
from compliance.corrective_actions import (
    store_agreed,
    store_checks,
    store_comments,
    store_declarations,
    store_refusals,
)
from compliance.corrective_actions.agreed import Contained, Instalment, Outcome
from compliance.corrective_actions.exchange import Came, Entered, Taken
from compliance.corrective_actions.rules import Check, How
from compliance.corrective_actions.store_entered import Arrival
from compliance.corrective_actions.store_outcomes import Part
from compliance.findings import store as findings
from compliance.findings.rules import Position
from compliance.people import store as people
from compliance.people import store_ties as ties
from compliance.people.rules import TieKind
from compliance.shared import audit, files, translation
from compliance.shared.database import db, session
from compliance.shared.jobs import Job
from compliance.shared.press import Pressed
from compliance.shared.problems import TooLarge
from compliance.web import formats
from tests.casework import made
from tests.casework.test_own import picture
from tests.casework.test_papers import FOUND, words_of
from tests.shared.conformance import faults
from tests.shared.tagged import empty


def a_past(world):
    """Two released visits with a fact that stays sealed, an answer, evidence that was accepted, and one visit more
    that is sealed; the enterprise's id.
    """
    visit_id = made.sealed(world, FOUND)
    corrections.decide_sealed_fact(world.actor("leader"), visit_id, "PUN05", "worker-struck", False, "Not yet.")
    made.safe(world)
    release.release(world.actor("reviewer"), visit_id)
    session().commit()
    manager, reviewer = world.actor("manager"), world.actor("reviewer")
    told = {one.item: one.id for one in findings.public_of_visit(manager, visit_id)}
    asked = {one.item: one.id for one in actions.of_visit(manager, visit_id)}
    cases.answer_finding(manager, told["WAG01"], Position.dispute, "发了工资条的。")
    actions.attach(manager, asked["SAF01"], files.put(picture(), "image/jpeg"), "after.jpg")
    actions.send_evidence(manager, asked["SAF01"], "The exit is open.")
    actions.attach(reviewer, asked["SAF01"], files.put(picture(), "image/jpeg"), "SECRET-on-site.jpg")
    session().commit()
    made.sealed(world, [made.short("SAN01", note="SECRET UNRELEASED")])
    return world.enterprises[0]


def a_conversation(world, items=("WAG05",)):
    """A released visit with a danger, and actions with everything that can be said and agreed about one; the
    enterprise's id.
    """
    danger = made.short("SAF01", facts=frozenset({"exit-locked"}))
    visit_id = made.released(world, [danger, *(made.short(item) for item in items)])
    manager, inspector, reviewer = (world.actor(who) for who in ("manager", "inspector", "reviewer"))
    case, today = cases.load(reviewer, visit_id), cases.today(reviewer)
    asked = {one.item: one for one in actions.of_visit(manager, visit_id)}
    store_agreed.contain(inspector, asked["SAF01"].id, today, Contained.call, "The guard opened it.", today)
    for item in items:
        row = asked[item]
        store_comments.say(manager, row.id, "May it be paid in two parts?")
        store_comments.say(reviewer, row.id, "Yes, with a plan.")
        store_refusals.refuse(manager, row.id, "The order was cancelled.")
        store_refusals.decide(reviewer, row.id, Taken.returned, "Wages come before orders.", case.involved, case.policy)
        actions.plan(manager, row.id, plan="Pay in two parts.")
        store_checks.accept_plan(reviewer, row.id, "Send both receipts.")
        store_declarations.declare(
            manager, row.id, text="The first part is paid.", name="Zhao Min", post="Accountant",
            declared_on=today, today=today,
        )  # fmt: skip
        behalf.enter(
            inspector, row.finding_id, row.id, Entered.comment, Arrival(Came.phone, today, "The accountant"),
            lambda them, row=row: store_comments.say(them, row.id, "The bank was closed on Monday."),
        )  # fmt: skip
        actions.send_evidence(manager, row.id, "See the declaration.")
        half = Check(How.desk, "SECRET-how-checked", worker_check=True, workers_asked=4)
        part = Part("Half of the wages is paid.", "The other half.")
        store_checks.verify_part(reviewer, row.id, part, half, case.involved, case.policy, today)
        instalments = [Instalment(today + timedelta(days=days), fen) for days, fen in ((10, 1500050), (40, 1000000))]
        store_agreed.agree_repayment(
            reviewer, row.id, instalments, "As the law allows.", case.checklist, case.involved, today
        )
    store_agreed.note_talk(
        reviewer, [asked[item].id for item in items], today, "Office 302", "The director", Outcome.nothing, None,
        "TALK-NOTE: the brother pays.", case.checklist, case.involved, today,
    )  # fmt: skip
    roster = files.put(b"The roster.", "text/plain")
    cases.answer_finding(
        manager, asked["SAF01"].finding_id, Position.agree, "It is open now.", [(roster, "roster.txt")]
    )
    session().commit()
    return world.enterprises[0]


THE_ANSWER = ("It is open now.", "roster.txt")
BOTH_READ = (
    "May it be paid in two parts?", "Yes, with a plan.", "The order was cancelled.", "Wages come before orders.",
    "Send both receipts.", "The first part is paid.", "Zhao Min", "Accountant", "The bank was closed on Monday.",
    "The accountant", "Half of the wages is paid.", "The other half.",
)  # fmt: skip
BOTH_READ_OF_PLANS = ("25000.50", "15000.50", "10000.00")
THE_ASSOCIATION_READS = ("Office 302", "TALK-NOTE: the brother pays.", "Told by telephone")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_file_says_what_both_sides_said_and_agreed(build, sign_in, language):
    enterprise_id = build(a_conversation)
    said = words_of(ask(sign_in("leader", language), f"/register/{enterprise_id}/file")[1])
    told = THE_ASSOCIATION_READS if language == "en" else THE_ASSOCIATION_READS[:-1]
    for part in (*THE_ANSWER, *BOTH_READ, *BOTH_READ_OF_PLANS, *told, "Inspector One", "Reviewer One", "Manager One"):
        assert part in said, part
    assert "SECRET" not in said


def test_a_job_has_no_reader_and_writes_moments_as_days_of_the_association(app):
    late = datetime(2026, 11, 16, 20, tzinfo=UTC)
    with app.app_context():
        for zone, day in (("Asia/Shanghai", "17 Nov 2026"), ("UTC", "16 Nov 2026")):
            with translation.in_language("en", zone):
                assert formats.day(late) == day


def test_the_enterprise_s_form_says_it_as_its_pages_do(app, world, build, sign_in):
    enterprise_id = build(a_conversation)
    with app.app_context():
        manager = world.actor("manager")
        rows = actions.listed(manager, enterprise_id=enterprise_id)
        found = whole_actions.of(manager, manager, rows, "Asia/Shanghai", own=True)
    everything = repr(list(found.values()))
    for part in BOTH_READ:
        assert part in everything, part
    for part in ("Inspector One", "Reviewer One", "SECRET", "Office 302", "TALK-NOTE", "Danger"):
        assert part not in everything, part
    data = ask(sign_in("manager"), f"/own/{enterprise_id}/file")[1]
    said = words_of(pages_before_letters(data))
    for part in (
        *BOTH_READ,
        *BOTH_READ_OF_PLANS,
        "Entered by the association for you",
        "entered by the association for you",
    ):
        assert part in said, part
    for part in (*THE_ASSOCIATION_READS, "Inspector One", "Reviewer One", "SECRET"):
        assert part not in said, part


@pytest.mark.parametrize("own", [True, False])
def test_more_actions_ask_no_more_questions(stage, kind, own):
    counted = []
    for items in (("WAG05",), ("WAG05", "WAG04", "WAG06")):
        app, world = stage.set_up(kind)
        with app.app_context():
            a_conversation(world, items)
            actor = world.actor("manager" if own else "leader")
            rows = actions.listed(actor, enterprise_id=world.enterprises[0])
            asked = []

            def note(_connection, _cursor, statement, *_more, asked=asked):
                asked.append(statement)

            sa.event.listen(db.engine, "before_cursor_execute", note)
            reader = actor if own else scorecard_paper.as_manager(actor, world.enterprises[0])
            found = whole_actions.of(actor, reader, rows, "Asia/Shanghai", own=own)
            sa.event.remove(db.engine, "before_cursor_execute", note)
            assert sum(len(one.parts) for one in found.values()) == len(items)
            counted.append(len(asked))
    assert counted[0] == counted[1]
    assert counted[0] <= 14, asked


def ask(client, path):
    """Ask for a file, follow to the task, and fetch what it made."""
    token = client.get("/account").document.find(".//input[@name='csrf_token']").get("value")
    asked = client.http.post(path, data={"csrf_token": token})
    assert asked.status_code == 302, asked.text
    page = client.get(asked.location)
    link = next(one.get("href") for one in page.document.iter("a") if "/file/" in (one.get("href") or ""))
    answer = client.http.get(link)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return link, answer.data


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_association_has_the_whole_file_with_contents_bookmarks_and_letters(app, build, sign_in, language):
    enterprise_id = build(a_past)
    _, data = ask(sign_in("leader", language), f"/register/{enterprise_id}/file")
    said = words_of(data)
    wanted = ["Four payslips without hours.", "发了工资条的。", "The exit is open.", "after.jpg", "Inspector One",
              "Reviewer One", "示协函"]  # fmt: skip
    for part in wanted:
        assert part in said, part
    for part in ("SECRET", "worker-struck", "interview", "访谈得知"):
        assert part not in said, part
    assert faults(data) == []
    with pikepdf.Pdf.open(io.BytesIO(data)) as pdf, pdf.open_outline() as outline:
        titles = [one.title for one in outline.root]
        assert len(titles) == 4  # particulars, the visit, the register, the letter
        assert ("Visit of" in titles[1]) == (language == "en")
        assert "示协函" in titles[3]
        numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        begins = [numbers[one.destination[0].objgen] + 1 for one in outline.root]
        assert begins == sorted(begins)
        assert pdf.Root.MarkInfo.Marked
    contents = words_of_page(data, 2)
    assert [contents.count(f"{title} {page}") for title, page in zip(titles, begins, strict=True)] == [1, 1, 1, 1]
    assert words_of_page(data, begins[1]).endswith(str(begins[1]))
    with app.app_context():
        line = session().exec(select(audit.AuditLine).where(audit.AuditLine.verb == "enterprise.file_made")).one()
        assert line.changes["note"]["form"] == "association"


def words_of_page(data, number):
    """The text of one page, counted from 1."""
    with pikepdf.Pdf.open(io.BytesIO(data)) as pdf, pikepdf.Pdf.new() as one:
        one.pages.append(pdf.pages[number - 1])
        out = io.BytesIO()
        one.save(out)
    return words_of(out.getvalue())


def pages_before_letters(data):
    """The file without the letters, which say who signed them."""
    with pikepdf.Pdf.open(io.BytesIO(data)) as pdf, pikepdf.Pdf.new() as one, pdf.open_outline() as outline:
        letters = next(item for item in outline.root if "示协函" in item.title)
        first = next(n for n, page in enumerate(pdf.pages) if page.obj.objgen == letters.destination[0].objgen)
        one.pages.extend(list(pdf.pages)[:first])
        out = io.BytesIO()
        one.save(out)
    return out.getvalue()


def test_the_enterprise_has_its_own_form_without_anybodys_name(build, sign_in):
    enterprise_id = build(a_past)
    _, data = ask(sign_in("manager"), f"/own/{enterprise_id}/file")
    said = words_of(pages_before_letters(data))
    assert "Four payslips without hours." in said
    assert "Manager One" in said  # its own people
    for name in ("Inspector One", "Reviewer One", "Leader One", "SECRET", "worker-struck", "Workers affected: 3"):
        assert name not in said, name


def test_nobody_else_gets_a_file(app, world, build, sign_in):
    enterprise_id = build(a_past)
    link, _ = ask(sign_in("reviewer"), f"/register/{enterprise_id}/file")
    assert sign_in("leader").http.get(link).status_code == 404  # another person's task
    own = link.replace("/register/", "/own/")
    assert sign_in("manager").http.get(own).status_code == 404
    for who, status in (("inspector", 403), ("manager", 403), ("administrator", 403), ("stranger", 404)):
        client = sign_in(who)
        token = client.get("/account").document.find(".//input[@name='csrf_token']").get("value")
        assert client.http.post(f"/register/{enterprise_id}/file", data={"csrf_token": token}).status_code == status
    client = sign_in("manager2")
    token = client.get("/account").document.find(".//input[@name='csrf_token']").get("value")
    assert client.http.post(f"/own/{enterprise_id}/file", data={"csrf_token": token}).status_code == 404
    with app.app_context():
        reviewer = world.actor("reviewer")
        ties.declare(reviewer, people.get(reviewer, world.people["reviewer"]), enterprise_id, TieKind.kin, "")
        session().commit()
    assert sign_in("reviewer").http.get(link).status_code == 404  # a tie closes what was open


def test_a_file_is_fetched_for_a_week(app, build, sign_in):
    enterprise_id = build(a_past)
    client = sign_in("manager")
    link, _ = ask(client, f"/own/{enterprise_id}/file")
    with app.app_context():
        row = session().exec(select(Job).where(Job.kind == "enterprise_file")).one()
        row.finished_at -= whole_files.KEPT + timedelta(minutes=1)
        session().commit()
    assert client.http.get(link).status_code == 404


def test_a_file_that_is_too_long_for_the_press_is_pressed_in_parts():
    def press(html):
        if html.count("<section>") > 3:
            raise TooLarge("press-too-many-pages", "too long")
        return pressed(html)

    def pressed(html):
        titles = html.split("<section>")[1:]
        made = empty(2 * len(titles), [(title, 2 * n) for n, title in enumerate(titles)])
        return Pressed(made, "", 2 * len(titles))

    seen = []

    def html(sections, front, contents):
        seen.append((len(sections), front, [line.page for line in contents]))
        return "<head></head>" + "".join(f"<section>{one.title}" for one in sections)

    sections = [Section("visit", f"Visit {n}") for n in range(7)]
    letter = pressed("<section>a").pdf
    data, pages = binding.bind(sections, [Enclosed("Letter 1", letter), Enclosed("Letter 2", letter)], html, press)
    assert pages == 18
    assert seen[-1] == (3, True, ["1", "3", "5", "7", "9", "11", "13", "15", "17"])
    with pikepdf.Pdf.open(io.BytesIO(data)) as pdf, pdf.open_outline() as outline:
        assert len(pdf.pages) == 18
        assert [one.title for one in outline.root] == [*(f"Visit {n}" for n in range(7)), "Letter 1", "Letter 2"]
    with pytest.raises(TooLarge):
        binding.bind([Section("visit", "<section>" * 4)], [], html, press)


def test_a_later_part_goes_on_counting_its_pages():
    page = (
        '<!doctype html><html lang="en"><head><title>File</title></head><body class="file en">'
        '<section class="part"><h1>A</h1></section><section class="part"><h1>B</h1></section></body></html>'
    )
    assert words_of(press.pressed(binding.counted(page, 41)).pdf) == "A 42 B 43"
    assert words_of(press.pressed(binding.counted(page, 0)).pdf) == "A 1 B 2"
