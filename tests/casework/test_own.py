"""The enterprise's own pages: where it stands, its findings and answers, its corrective actions, its letters."""

import io
import re
from datetime import timedelta

import pikepdf
import pytest
from PIL import Image

from compliance.casework import cases, corrections, outside
from compliance.casework.corrections import Becomes
from compliance.checklists.rules import Verdict
from compliance.corrective_actions import store as actions
from compliance.corrective_actions.rules import ActionState, Check, How
from compliance.findings import store as findings
from compliance.findings import store_replies as replies
from compliance.findings.rules import Decision, Position
from compliance.letters import store as letters
from compliance.people import store as people
from compliance.people import store_ties as ties
from compliance.people.rules import TieKind
from compliance.shared import clock
from compliance.shared.database import session
from compliance.shared.words import day
from compliance.visits import evidence
from compliance.visits import store as visits
from compliance.visits.evidence import check
from compliance.visits.marks import Mark
from compliance.visits.rules import Known
from tests.casework import made
from tests.visits import photographs

TWO = [made.short("WAG01", workers=6), made.short("SAF04", Verdict.partial, workers=3)]


def picture(colour=(200, 30, 30), kind="JPEG"):
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, kind)
    return out.getvalue()


def paper():
    out = io.BytesIO()
    document = pikepdf.new()
    document.add_blank_page()
    document.save(out)
    return out.getvalue()


def upload(data=None, name="after.jpg"):
    return io.BytesIO(data or picture()), name


@pytest.fixture
def released(app, world):
    """A released visit at the first enterprise with two findings: {item: finding id} and {item: action id}."""
    with app.app_context():
        visit_id = made.released(world, TWO)
        manager = world.actor("manager")
        told = {one.item: one.id for one in findings.public_of_visit(manager, visit_id)}
        asked = {one.item: one.id for one in actions.of_visit(manager, visit_id)}
    return visit_id, told, asked


# --- where the enterprise stands -------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
def test_before_anything_is_released_the_start_page_is_calm_and_says_what_will_come(world, page, language):
    empty = page("manager", "/own/", language=language)
    assert ("No results yet" if language == "en" else "暂无结果") in empty.text
    assert not empty.links("/own/visits/")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_of_a_released_visit_can_be_read_in_both_languages(world, page, released, language):
    visit_id, told, asked = released
    enterprise = world.enterprises[0]
    for path in (
        "/own/", f"/own/{enterprise}", f"/own/visits/{visit_id}", f"/own/{enterprise}/findings",
        f"/own/{enterprise}/findings?view=all", f"/own/{enterprise}/actions", f"/own/{enterprise}/actions?view=all",
        f"/own/{enterprise}/letters", f"/own/findings/{told['WAG01']}", f"/own/actions/{asked['SAF04']}",
    ):  # fmt: skip
        assert page("manager", path, language=language)


def test_the_start_page_says_where_we_stand_what_is_asked_and_by_when(world, page, released):
    start = page("manager", "/own/")
    assert "As it stands today" in start.text
    assert "Answer the findings: 2" in start.text
    assert "Lowest area today" in start.text
    assert len(start.links("/own/actions/")) == 2
    assert start.links("/checklists/1")
    assert start.links(".pdf")


def test_the_scorecard_gives_the_reason_for_every_point_and_no_way_of_knowing(world, page, released):
    visit_id, _told, _asked = released
    card = page("manager", f"/own/visits/{visit_id}")
    assert "Partly compliant:" in card.text
    assert "Seen at WAG01." in card.text
    assert "WAG12" in card.text
    for hidden in ("Inspector One", "Reviewer One", "Observation", "Interview", "interview"):
        assert hidden not in card.text
    assert not re.search(r"\b\d\d:\d\d\b", card.text), "a time of day"


def test_workers_affected_are_counted_from_five_on(world, page, released):
    _visit_id, told, _asked = released
    assert re.search(r"Workers affected\s*6", page("manager", f"/own/findings/{told['WAG01']}").text)
    few = page("manager", f"/own/findings/{told['SAF04']}").text
    assert re.search(r"Workers affected\s*some workers", few) and not re.search(r"Workers affected\s*\d", few)


def test_only_confirmed_law_in_force_is_cited(app, world, page, released):
    visit_id, told, _asked = released
    with app.app_context():
        one = outside.one_finding(world.actor("manager"), told["WAG01"])
        checklist = visits.checklist(visits.get_released(world.actor("manager"), visit_id))
        held = [key for key in one.finding.law if not checklist.laws[key].confirmed]
    text = page("manager", f"/own/findings/{told['WAG01']}").text
    assert one.laws
    assert one.laws[0].en in text
    assert all(checklist.citation(key).en not in text for key in held)


def test_what_was_verified_counts_today_and_is_shown_as_accepted(app, world, page, released):
    visit_id, _told, asked = released
    with app.app_context():
        manager, reviewer = world.actor("manager"), world.actor("reviewer")
        visit = visits.get(reviewer, visit_id)
        actions.send_evidence(manager, asked["SAF04"], "Done.")
        actions.verify(
            reviewer, asked["SAF04"], Check(How.on_site, "Seen at the line.", True), visits.finders(visit),
            visits.checklist(visit).policy, cases.today(reviewer),
        )  # fmt: skip
        session().commit()
    one = page("manager", f"/own/actions/{asked['SAF04']}")
    assert "Accepted on" in one.text
    assert "On site" not in one.text
    assert "Seen at the line" not in one.text
    assert "Accepted lately" in page("manager", "/own/").text
    assert "Corrected, and the correction was verified" not in page("manager", f"/own/visits/{visit_id}").text


def test_a_file_that_a_checker_adds_changes_nothing_for_the_enterprise(app, world, page, released):
    _visit_id, _told, asked = released
    with app.app_context():
        actions.send_evidence(world.actor("manager"), asked["WAG01"], "Done.")
        session().commit()
    path = f"/own/actions/{asked['WAG01']}"
    before = page("manager", path).text
    with app.app_context():
        from compliance.shared import files

        actions.attach(world.actor("reviewer"), asked["WAG01"], files.put(picture(), "image/jpeg"), "on-the-way.jpg")
        session().commit()
    assert page("manager", path).text == before


# --- whose pages these are -------------------------------------------------------------------------------------------


def addresses(world, released):
    visit_id, told, asked = released
    enterprise = world.enterprises[0]
    return [
        f"/own/{enterprise}", f"/own/{enterprise}/findings", f"/own/{enterprise}/actions", f"/own/{enterprise}/letters",
        f"/own/visits/{visit_id}", f"/own/findings/{told['WAG01']}", f"/own/actions/{asked['WAG01']}",
    ]  # fmt: skip


@pytest.mark.parametrize("who", ["manager2", "reviewer", "leader", "administrator", "stranger"])
def test_who_does_not_see_the_enterprise_from_outside_finds_none_of_its_pages(world, page, released, who):
    for path in addresses(world, released):
        page(who, path, 404)


def test_an_unreleased_visit_does_not_exist_for_the_enterprise(app, world, page):
    with app.app_context():
        visit_id = made.sealed(world, TWO)
        reviewer = world.actor("reviewer")
        finding_id = findings.of_visit(reviewer, visit_id)[0].id
        action_id = actions.of_visit(reviewer, visit_id)[0].id
        letter_id = letters.of_visit(reviewer, visit_id)[0].id
    for path in (
        f"/own/visits/{visit_id}", f"/own/findings/{finding_id}", f"/own/actions/{action_id}",
        f"/own/letters/{letter_id}.pdf",
    ):  # fmt: skip
        page("manager", path, 404)


def test_a_leader_with_a_tie_reads_what_the_manager_reads_and_sends_nothing(app, world, sign_in, released):
    _visit_id, told, asked = released
    with app.app_context():
        leader = people.get(world.system, world.people["leader"])
        ties.declare(world.system, leader, world.enterprises[0], TieKind.kin)
        session().commit()
    client = sign_in("leader")
    for path in addresses(world, released):
        one = client.get(path)
        assert "You have a tie to this enterprise." in one.text
    assert "Answer this finding" not in client.get(f"/own/findings/{told['WAG01']}").text
    client.post(f"/own/findings/{told['WAG01']}/reply", {"position": "agree"}, 403)
    client.post(f"/own/actions/{asked['WAG01']}/plan", {"plan": "Mine."}, 403)


def test_a_manager_of_several_enterprises_switches_between_them(app, world, page, released):
    with app.app_context():
        ties.bind(world.system, people.get(world.system, world.people["manager"]), world.enterprises[1])
        session().commit()
    start = page("manager", "/own/")
    assert {f"/own/{world.enterprises[0]}", f"/own/{world.enterprises[1]}"} <= set(start.links("/own/"))
    assert "No results yet" in page("manager", f"/own/{world.enterprises[1]}").text


# --- findings and answers --------------------------------------------------------------------------------------------


def test_an_agreement_is_recorded_and_stands_beside_the_finding(app, world, sign_in, released):
    visit_id, told, _asked = released
    client = sign_in("manager")
    one = client.get(f"/own/findings/{told['WAG01']}")
    answered = client.submit(one, "/reply", position="agree", text="We pay the difference.")
    assert "Your answer is recorded." in answered.text
    assert "We pay the difference." in answered.text
    assert "We pay the difference." in client.get(f"/own/visits/{visit_id}").text
    again = client.submit(one, "/reply", position="agree", text="We pay the difference.")
    assert "recorded already" in again.text


def test_a_dispute_without_a_reason_keeps_what_was_sent_files_too(app, world, sign_in, released):
    _visit_id, told, _asked = released
    client = sign_in("manager")
    path = f"/own/findings/{told['WAG01']}"
    wrong = client.submit(
        client.get(path), "/reply", 422, position="dispute", files=[upload(), upload(paper(), "roll.pdf")]
    )
    assert "Please say why" in wrong.text
    assert "after.jpg" in wrong.text
    assert wrong.form("/reply")["position"] == "dispute"
    assert len(wrong.form("/reply")["kept"]) == 2
    done = client.submit(wrong, "/reply", text="The contracts were there.")
    assert "Your dispute is recorded" in done.text
    assert len(done.links("/files/")) == 2
    with app.app_context():
        manager = world.actor("manager")
        assert len(replies.disputes(manager, [told["WAG01"]])[told["WAG01"]]) == 1
        (action,) = actions.of_findings(manager, [told["WAG01"]])[told["WAG01"]]
        assert action.paused_on is not None
    got = client.http.get(done.links("/files/")[0])
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert got.headers["Cache-Control"] == "no-store"


def test_a_dispute_that_is_sent_twice_is_one(app, world, sign_in, released):
    _visit_id, told, _asked = released
    client = sign_in("manager")
    one = client.get(f"/own/findings/{told['WAG01']}")
    for words in ("Your dispute is recorded", "recorded already"):
        sent = client.submit(one, "/reply", position="dispute", text="They were there.", files=[upload()])
        assert words in sent.text
        assert len(sent.links("/files/")) == 1
    changed = client.submit(one, "/reply", 409, position="agree", text="After all.")
    assert "under way or decided" in changed.text
    assert "After all." in changed.text


def test_a_file_that_another_person_kept_or_that_is_forged_is_left_out(app, world, sign_in, released):
    _visit_id, told, _asked = released
    client = sign_in("manager")
    one = client.get(f"/own/findings/{told['WAG01']}")
    wrong = client.submit(one, "/reply", 422, position="dispute", files=[upload()])
    note = wrong.form("/reply")["kept"]
    other = client.get(f"/own/findings/{told['SAF04']}")
    for forged in (note, note[:-3] + "abc", "nonsense"):
        sent = client.submit(other, "/reply", position="agree", text="So it is.", kept=forged)
        assert not sent.links("/files/")


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"MZ\x90\x00 not a picture", "picture.jpg", "is a program, whatever its name says"),
        (picture()[:40], "broken.jpg", "is damaged"),
        (b"<html><script>alert(1)</script>", "page.pdf", "is a web page or a drawing"),
        (picture() + b"0" * 450_000, "huge.jpg", "MB are allowed"),
    ],
)
def test_disguised_damaged_and_oversized_files_are_refused_by_name(
    world, sign_in, released, monkeypatch, data, name, words
):
    for limit in ("PHOTO_LIMIT", "DOCUMENT_LIMIT"):
        monkeypatch.setattr(evidence, limit, 400_000)  # the real 15 MB would only make the test slow
    _visit_id, told, asked = released
    client = sign_in("manager")
    for path, action in ((f"/own/findings/{told['WAG01']}", "/reply"), (f"/own/actions/{asked['WAG01']}", "/evidence")):
        values = {"position": "agree", "text": "Kept text."} if action == "/reply" else {"note": "Kept text."}
        refused = client.submit(client.get(path), action, 422, files=[upload(), (io.BytesIO(data), name)], **values)
        assert name in refused.text
        assert words in refused.text
        on_top = [e for e in refused.document.iter("div") if e.get("role") == "alert"]
        assert any(name in "".join(e.itertext()) for e in on_top), "said on top, where reading goes on"
        kept = refused.form(action)
        assert "Kept text." in kept.values(), "the text stays"
        assert isinstance(kept["kept"], str), "the good file stays"


def test_after_the_reply_period_the_door_is_closed_with_words(app, world, sign_in, released):
    _visit_id, told, _asked = released
    client = sign_in("manager")
    path = f"/own/findings/{told['WAG01']}"
    one = client.get(path)
    with clock.at(clock.now() + timedelta(days=30)):
        late = client.submit(one, "/reply", 409, position="dispute", text="Too late, but typed.")
        assert "The time to reply to this finding ended" in late.text
        assert "Too late, but typed." in late.text
        assert "The time to answer ended on" in client.get(path).text
        assert "/reply" not in str([form.get("action") for form in client.last.document.iter("form")])


def test_a_decision_is_shown_and_there_is_one_appeal(app, world, sign_in, released):
    visit_id, told, _asked = released
    client = sign_in("manager")
    path = f"/own/findings/{told['WAG01']}"
    client.submit(client.get(path), "/reply", position="dispute", text="They were there.")
    with app.app_context():
        corrections.decide_dispute(world.actor("reviewer"), told["WAG01"], Decision.not_upheld, "They were not shown.")
        session().commit()
    one = client.get(path)
    assert "They were not shown." in one.text
    assert "The finding stands" not in one.h1
    assert "Reviewer" not in one.text
    client.submit(one, "/appeal", 422, text=" ")
    appealed = client.submit(one, "/appeal", text="We ask again.", files=[upload()])
    assert "Your appeal is recorded" in appealed.text
    assert "We ask again." in appealed.text
    assert "recorded already" in client.submit(one, "/appeal", text="We ask again.").text
    client.submit(one, "/appeal", 409, text="And again.")
    with app.app_context():
        corrections.decide_dispute(
            world.actor("leader"),
            told["WAG01"],
            Decision.upheld,
            "They lay in the other office.",
            Becomes(Verdict.compliant),
        )
        session().commit()
    card = client.get(f"/own/visits/{visit_id}")
    assert "This scorecard was corrected" in card.text
    assert "Corrections" in card.text
    older = client.get(card.links("/own/scorecards/")[-1])
    assert "Another one holds now" in older.text
    assert len(client.get(f"/own/{world.enterprises[0]}/letters").links(".pdf")) == 2


def test_what_was_corrected_before_the_release_stays_the_association_s_own_matter(app, world, page):
    with app.app_context():
        visit_id = made.sealed(world, TWO)
        corrections.correct(
            world.actor("reviewer"), visit_id, "WAG01", {"verdict": "partial"}, "A worker told us otherwise."
        )
        from compliance.casework import release

        release.release(world.actor("reviewer"), visit_id)
        session().commit()
    card = page("manager", f"/own/visits/{visit_id}")
    assert "A worker told us" not in card.text
    assert "This scorecard was corrected" not in card.text


def test_photos_are_shown_once_nobody_can_be_recognised_and_only_beside_a_finding(app, world, sign_in):
    with app.app_context():
        inspector, reviewer = world.actor("inspector"), world.actor("reviewer")
        visit_id = made.handed_out(world, TWO)
        visit = visits.get(inspector, visit_id)
        rows = [
            visits.add_evidence(inspector, visit, item, check(picture((n * 40, 9, 9)), f"{item}.jpg"), caption="Ms Li")
            for n, item in enumerate(("WAG01", "SAF04", "PUN01"))
        ]
        from compliance.casework import release, sealing

        sealing.seal(inspector, visit_id)
        for row in (rows[0], rows[2]):
            visits.describe(reviewer, visit, row, caption="Ms Li", unrecognisable=True)
        release.release(reviewer, visit_id)
        session().commit()
        ids = [row.id for row in rows]
    client = sign_in("manager")
    card = client.get(f"/own/visits/{visit_id}")
    assert "Ms Li" not in card.text
    assert card.links("/own/photos/") == [f"/own/photos/{ids[0]}"]
    assert client.http.get(f"/own/photos/{ids[0]}").mimetype == "image/jpeg"
    assert client.http.get(f"/own/photos/{ids[0]}?small=1").status_code == 200
    assert [client.http.get(f"/own/photos/{id}").status_code for id in ids[1:]] == [404, 404]
    assert sign_in("manager2").http.get(f"/own/photos/{ids[0]}").status_code == 404


@pytest.mark.parametrize("when", ["before the release", "after the release"])
def test_18_an_enterprise_is_shown_a_photo_with_what_is_covered_covered(app, world, sign_in, when):
    face = Mark("blur", ((0.5, 0.5),), 0.3)
    with app.app_context():
        inspector, reviewer = world.actor("inspector"), world.actor("reviewer")
        visit_id = made.handed_out(world, TWO)
        visit = visits.get(inspector, visit_id)
        upload = check(photographs.turned((400, 300)), "x.jpg")
        row = visits.add_evidence(inspector, visit, "WAG01", upload)
        from compliance.casework import release, sealing

        sealing.seal(inspector, visit_id)
        if when == "before the release":
            visits.mark(reviewer, visit, row, [face])
        visits.describe(reviewer, visit, row, caption="", unrecognisable=True)
        release.release(reviewer, visit_id)
        if when == "after the release":
            visits.mark(reviewer, visit, row, [face])
        session().commit()
        id, shown, small = row.id, visits.shown(row), visits.shown(row, small=True)
    client = sign_in("manager")
    assert upload.shown != shown == client.http.get(f"/own/photos/{id}").data
    assert upload.small != small == client.http.get(f"/own/photos/{id}?small=1").data
    for closed in ("picture", "small", "under", "marks", "document"):
        assert client.http.get(f"/visits/evidence/{id}/{closed}").status_code == 403
    assert client.http.get(f"/own/photos/{id}").headers["Cache-Control"] == "no-store"
    with app.app_context():
        reviewer = world.actor("reviewer")
        visit, row = visits.get_evidence(reviewer, id)
        visits.mark(reviewer, visit, row, [], reason="The wrong place was covered")
        session().commit()
    assert client.http.get(f"/own/photos/{id}").status_code == 404  # nobody has looked at it uncovered


def test_17_a_manager_sends_a_heic_picture_and_the_staff_sees_it(app, world, sign_in, released):
    _visit_id, _told, asked = released
    client = sign_in("manager")
    path = f"/own/actions/{asked['WAG01']}"
    sent = client.submit(client.get(path), "/evidence", files=[(io.BytesIO(photographs.heic((200, 150))), "IMG.HEIC")])
    assert "IMG.jpg" in sent.text  # every browser shows it, and nothing hides in it
    staff = sign_in("reviewer")
    (address,) = set(staff.get(f"/actions/{asked['WAG01']}").links("/picture"))
    assert staff.http.get(address).mimetype == "image/jpeg"


def test_a_finding_from_interviews_alone_at_a_small_workplace_is_nowhere(app, world, page):
    with app.app_context():
        from compliance.visits.rules import PROFILE

        visit_id = made.handed_out(world, [made.short("PUN01", known_by=frozenset({Known.interview}))])
        inspector = world.actor("inspector")
        visits.record(inspector, visits.get(inspector, visit_id), {(PROFILE, "workers"): 6, (PROFILE, "women"): 2})
        from compliance.casework import release, sealing

        sealing.seal(inspector, visit_id)
        release.release(world.actor("reviewer"), visit_id)
        session().commit()
    assert "Seen at PUN01" not in page("manager", f"/own/visits/{visit_id}").text


# --- corrective actions ----------------------------------------------------------------------------------------------

PLAN = {
    "root_cause": "Nobody compared the payroll with the new minimum.",
    "plan": "Pay the difference.",
    "preventive": "Check each January.",
    "responsible": "Head of accounts",
    "planned_for": "",
}


def test_a_plan_is_written_kept_on_faults_and_changed(app, world, sign_in, released):
    _visit_id, _told, asked = released
    client = sign_in("manager")
    path = f"/own/actions/{asked['WAG01']}"
    one = client.get(path)
    wrong = client.submit(one, "/plan", 422, **{**PLAN, "plan": " ", "planned_for": "2026-02-31"})
    assert wrong.form("/plan")["root_cause"] == PLAN["root_cause"]
    long = client.submit(one, "/plan", 422, **{**PLAN, "plan": "x" * 10_000})
    assert "At most 4,000 characters" in long.text
    late = client.submit(one, "/plan", 422, **{**PLAN, "planned_for": "2099-01-01"})
    assert "after the due date" in late.text
    assert late.form("/plan")["planned_for"] == "2099-01-01"
    saved = client.submit(one, "/plan", **PLAN)
    assert "The plan is saved." in saved.text
    assert "Head of accounts" in saved.text
    assert "saved already" in client.submit(one, "/plan", **PLAN).text
    stale = client.submit(one, "/plan", 409, **{**PLAN, "plan": "Something else."})
    assert "Somebody else has changed this plan" in stale.text
    assert stale.form("/plan")["plan"] == "Something else."
    assert "The plan is saved." in client.submit(stale, "/plan").text


def test_evidence_is_kept_sent_returned_and_sent_again(app, world, sign_in, released):
    _visit_id, _told, asked = released
    client = sign_in("manager")
    path = f"/own/actions/{asked['WAG01']}"
    one = client.get(path)
    assert "Please add a file or say what was done." in client.submit(one, "/evidence", 422, do="send").text
    kept = client.submit(one, "/evidence", do="keep", note="Half done.", files=[upload(), upload(paper(), "roll.pdf")])
    assert "not sent yet" in kept.text
    assert kept.form("/evidence")["note"] == "Half done."
    assert len(kept.links("/files/")) == 2
    sent = client.submit(client.get(path), "/evidence", do="send", note="All done.")
    assert "Under review" in sent.text
    assert "sent already" in client.submit(client.get(path), "/evidence", do="send", note="All done.").text
    with app.app_context():
        actions.give_back(world.actor("reviewer"), asked["WAG01"], "The months before June are missing.")
        session().commit()
    back = client.get(path)
    assert "The months before June are missing." in back.text
    assert "Returned" in back.text
    again = client.submit(
        back, "/evidence", do="send", note="With all months.", files=[upload(), upload(picture((1, 2, 3)), "b.jpg")]
    )
    assert len(again.links("/files/")) == 3, "the same file twice is one"
    with app.app_context():
        assert actions.get(world.actor("manager"), asked["WAG01"]).state is ActionState.evidence_sent


def test_what_was_typed_is_shown_when_the_action_was_closed_meanwhile(app, world, sign_in, released):
    visit_id, _told, asked = released
    client = sign_in("manager")
    one = client.get(f"/own/actions/{asked['SAF04']}")
    with app.app_context():
        reviewer = world.actor("reviewer")
        visit = visits.get(reviewer, visit_id)
        actions.verify(
            reviewer, asked["SAF04"], Check(How.on_site, "Seen."), visits.finders(visit),
            visits.checklist(visit).policy,
            cases.today(reviewer),
        )  # fmt: skip
        session().commit()
    late = client.submit(one, "/evidence", 409, do="send", note="Our long explanation.")
    assert "Our long explanation." in late.text
    assert "Accepted" in late.text


def test_more_time_is_asked_for_once_with_a_reason_within_what_the_policy_allows(app, world, sign_in, released):
    _visit_id, _told, asked = released
    client = sign_in("manager")
    with app.app_context():
        manager = world.actor("manager")
        rows = {item: actions.get(manager, id) for item, id in asked.items()}
        latest = {i: outside.latest_extension(row, outside.checklist_of(manager, row)) for i, row in rows.items()}
    item = next(item for item, last in latest.items() if last)
    path = f"/own/actions/{asked[item]}"
    one = client.get(path)
    assert client.submit(one, "/more-time", 422, until=latest[item].isoformat(), reason="").errors()
    last_day = day(latest[item], "en")
    assert f"no later than {last_day}" in client.submit(one, "/more-time", 422, until="2099-01-01", reason="Late.").text
    far = client.submit(one, "/more-time", 422, until="2099-01-01", reason="Parts are late.")
    assert far.form("/more-time")["reason"] == "Parts are late."
    values = {"until": latest[item].isoformat(), "reason": "Parts are late."}
    assert "You have asked for more time" in client.submit(one, "/more-time", **values).text
    assert "asked for this already" in client.submit(one, "/more-time", **values).text
    assert "already" in client.submit(one, "/more-time", 409, **{**values, "reason": "Still late."}).text


def test_an_overdue_action_says_so(world, sign_in, released):
    _visit_id, _told, asked = released
    client = sign_in("manager")
    with clock.at(clock.now() + timedelta(days=200)):
        assert "was due on" in client.get(f"/own/actions/{asked['WAG01']}").text
        assert "was due on" in client.get("/own/").text


def test_who_is_late_says_until_when_it_will_be_done_and_is_offered_no_date_that_has_passed(world, sign_in, released):
    _visit_id, _told, asked = released
    client = sign_in("manager")
    with clock.at(clock.now() + timedelta(days=200)):
        one = client.get(f"/own/actions/{asked['WAG01']}")
        assert "You can ask once" not in one.text
        ahead = (clock.now() + timedelta(days=10)).date()
        assert "The plan is saved." in client.submit(one, "/plan", **{**PLAN, "planned_for": ahead.isoformat()}).text


def test_a_provisional_due_date_says_so(app, world, page, released):
    _visit_id, _told, asked = released
    with app.app_context():
        row = actions.get(world.actor("manager"), asked["SAF04"])
    text = page("manager", f"/own/actions/{asked['SAF04']}").text
    assert ("provisional" in text) is row.due_provisional


# --- letters ---------------------------------------------------------------------------------------------------------


def test_letters_are_downloaded_by_those_they_are_for(app, world, sign_in, released):
    visit_id, _told, _asked = released
    with app.app_context():
        (letter,) = letters.of_visit(world.actor("manager"), visit_id)
        letter_id, printed = letter.id, letter.pdf_digest is not None
    client = sign_in("manager")
    listed = client.get(f"/own/{world.enterprises[0]}/letters")
    if printed:
        got = client.http.get(listed.links(".pdf")[0])
        assert got.mimetype == "application/pdf"
        assert got.data.startswith(b"%PDF")
    else:
        assert "is being printed" in listed.text
    for who in ("manager2", "leader", "stranger"):
        assert sign_in(who).http.get(f"/own/letters/{letter_id}.pdf").status_code == 404


def test_position_words_exist_for_every_answer():
    from compliance.findings.words import POSITIONS

    assert set(POSITIONS) == set(Position)


def test_a_finding_that_came_back_leads_to_what_was_found_before(app, world, sign_in):
    with app.app_context():
        with clock.at(clock.now() - timedelta(days=40)):
            before = made.released(world, TWO)
        again = made.released(world, TWO)
        manager = world.actor("manager")
        first, second = (
            next(one.id for one in findings.public_of_visit(manager, visit_id) if one.item == "WAG01")
            for visit_id in (before, again)
        )
    client = sign_in("manager")
    assert client.get(f"/own/findings/{second}").links(f"/own/findings/{first}")
    assert "What was found then" not in client.get(f"/own/findings/{first}").text
