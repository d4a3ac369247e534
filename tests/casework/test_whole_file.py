"""An enterprise's whole file: two forms, what each says, what neither says, and who may have it."""

import io
from datetime import timedelta

import pikepdf
import pytest
from sqlmodel import select

from compliance.casework import binding, cases, corrections, press, release
from compliance.casework.binding import Enclosed, Section
from compliance.casework.views import whole_files
from compliance.corrective_actions import store as actions
from compliance.findings import store as findings
from compliance.findings.rules import Position
from compliance.people import store as people
from compliance.people import store_ties as ties
from compliance.people.rules import TieKind
from compliance.shared import audit, files
from compliance.shared.database import session
from compliance.shared.jobs import Job
from compliance.shared.press import Pressed
from compliance.shared.problems import TooLarge
from tests.casework import made
from tests.casework.test_own import picture
from tests.casework.test_papers import FOUND, words_of


def a_past(world):
    """Two released visits with a fact that stays sealed, an answer, evidence that was accepted, and one visit more
    that is sealed; the enterprise's id.
    """
    visit_id = made.sealed(world, FOUND)
    corrections.decide_sealed_fact(world.actor("leader"), visit_id, "PUN05", "worker-struck", False, "Not yet.")
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


def test_the_enterprise_has_its_own_form_without_anybodys_name(build, sign_in):
    enterprise_id = build(a_past)
    _, data = ask(sign_in("manager"), f"/own/{enterprise_id}/file")
    with pikepdf.Pdf.open(io.BytesIO(data)) as pdf, pikepdf.Pdf.new() as one, pdf.open_outline() as outline:
        letters = next(item for item in outline.root if "示协函" in item.title)
        first = next(n for n, page in enumerate(pdf.pages) if page.obj.objgen == letters.destination[0].objgen)
        one.pages.extend(list(pdf.pages)[:first])
        out = io.BytesIO()
        one.save(out)
    said = words_of(out.getvalue())
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
        with pikepdf.Pdf.new() as pdf:
            titles = html.split("<section>")[1:]
            for _ in titles:
                pdf.add_blank_page()
                pdf.add_blank_page()
            with pdf.open_outline() as outline:
                outline.root.extend(pikepdf.OutlineItem(title, 2 * n) for n, title in enumerate(titles))
            out = io.BytesIO()
            pdf.save(out)
        return Pressed(out.getvalue(), "", 2 * len(titles))

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
