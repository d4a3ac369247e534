"""The staff's pages of casework through a client with manners, in both languages."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from compliance.casework import cases, corrections, sealing
from compliance.corrective_actions import store as actions
from compliance.findings import store as findings
from compliance.findings.rules import Decision, Position
from compliance.letters import store as letters
from compliance.people import store as people
from compliance.people import store_ties as ties
from compliance.people.rules import TieKind
from compliance.scorecards import store as scorecards
from compliance.shared.database import session
from compliance.visits import evidence
from compliance.visits import store as visits
from compliance.visits.marks import Mark
from tests.casework import made
from tests.manners import _values
from tests.visits import photographs

TWO = [made.short("WAG01", workers=6), made.short("SAF04", made.Verdict.partial)]
MIXED = [
    *TWO,
    made.short("PUN05", facts=frozenset({"worker-struck"})),
    made.short("SAF01", facts=frozenset({"exit-locked"})),
]
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])


@LANGUAGES
def test_the_empty_lists_say_what_comes_next(sign_in, language):
    reviewer = sign_in("reviewer", language)
    for path in ("/reviews/", "/disputes/", "/disputes/?view=decided", "/actions/", "/letters/"):
        assert 'class="empty"' in reviewer.get(path).response.text


def test_an_incomplete_visit_lists_what_is_missing_each_a_link(sign_in, build):
    visit_id = build(made.handed_out, [made.short("WAG01", note="")])
    page = sign_in("inspector").get(f"/visits/{visit_id}/seal")
    assert page.links("/areas/wages#WAG01")
    refused = sign_in("inspector").post(f"/visits/{visit_id}/seal", status=422)
    assert refused.links("/areas/wages#WAG01")


def test_sealing_twice_is_one_seal(sign_in, build, app, world):
    visit_id = build(made.handed_out, TWO)
    inspector = sign_in("inspector")
    page = inspector.submit(inspector.get(f"/visits/{visit_id}/seal"), "/seal")
    assert "Sealed and scored" in page.text
    assert page.path == "/visits/"
    assert "already" in inspector.post(f"/visits/{visit_id}/seal").text
    with app.app_context():
        assert len(letters.of_visit(world.actor("reviewer"), visit_id)) == 1


@LANGUAGES
def test_every_page_of_a_sealed_visit_has_manners(sign_in, build, language):
    visit_id = build(made.sealed, MIXED)
    reviewer = sign_in("reviewer", language)
    assert str(visit_id) in reviewer.get("/reviews/").response.text
    review = reviewer.get(f"/reviews/{visit_id}")
    assert "Seen at WAG01" in review.text
    for path in (
        f"/reviews/{visit_id}/items/PUN05",
        f"/visits/{visit_id}/scorecard",
        "/letters/",
        "/letters/?state=draft",
    ):
        reviewer.get(path)
    assert reviewer.get(f"/reviews/{visit_id}/letter/preview").response.data.startswith(b"%PDF")


def test_a_sealed_fact_is_decided_then_the_visit_is_released_once(sign_in, build, app, world):
    visit_id = build(made.sealed, MIXED)
    reviewer = sign_in("reviewer")
    review = reviewer.get(f"/reviews/{visit_id}")
    assert "Release the visit" not in review.text
    assert review.links("#sealed")
    again = reviewer.post(
        f"/reviews/{visit_id}/facts", {**review.form("/facts"), "decision": "keep", "reason": ""}, 422
    )
    assert again.errors()
    assert again.form("/facts")["decision"] == "keep"
    review = reviewer.submit(again, "/facts", decision="keep", reason="It would name one worker.")
    assert "stays sealed" in review.text
    unread = reviewer.submit(review, "/release", 422, confirm=None)
    assert unread.errors()
    done = reviewer.submit(review, "/release", confirm="y")
    assert "Released. Letter" in done.text
    assert done.path == f"/visits/{visit_id}/scorecard"
    assert "released already" in reviewer.submit(review, "/release", confirm="y").text
    with app.app_context():
        issued = letters.of_visit(world.actor("manager"), visit_id)
        assert [letter.running for letter in issued] == [1]
        assert "PUN05" not in str(issued[0].words)


def test_a_stale_review_page_releases_nothing(sign_in, build):
    visit_id = build(made.sealed, TWO)
    reviewer = sign_in("reviewer")
    old = reviewer.get(f"/reviews/{visit_id}")
    item = reviewer.get(f"/reviews/{visit_id}/items/WAG01")
    reviewer.submit(item, "/items/", note="Other words.", reason="Clearer.")
    reviewer.submit(old, "/release", 409, confirm="y")
    reviewer.submit(item, "/items/", 409, note="Third words.", reason="Clearer.")
    assert "Other words." in reviewer.get(f"/reviews/{visit_id}").text


def test_a_correction_keeps_everything_typed_when_something_is_missing(sign_in, build):
    visit_id = build(made.sealed, TWO)
    reviewer = sign_in("reviewer")
    item = reviewer.get(f"/reviews/{visit_id}/items/WAG01")
    wrong = reviewer.submit(item, "/items/", 422, note="New words.", workers="many", reason="")
    assert wrong.errors()
    assert wrong.form("/items/")["note"] == "New words."
    unchanged = reviewer.submit(item, "/items/", 422, reason="Nothing.")
    assert "Nothing was changed" in unchanged.text
    done = reviewer.submit(item, "/items/", verdict="compliant", note="", workers="", tick=[], reason="It was shown.")
    assert "drafted again" in done.text
    assert "It was shown." in done.text


def test_the_passages_of_the_letter_are_edited_and_stale_ones_are_not(sign_in, build):
    visit_id = build(made.sealed, TWO)
    reviewer = sign_in("reviewer")
    review = reviewer.get(f"/reviews/{visit_id}")
    fields = _form(review, f"/reviews/{visit_id}/letter")
    fields["opening_zh"] = "感谢贵单位当日的接待。"
    assert "saved" in reviewer.post(f"/reviews/{visit_id}/letter", fields).text
    reviewer.post(f"/reviews/{visit_id}/letter", fields, 409)
    fields = _form(reviewer.get(f"/reviews/{visit_id}"), f"/reviews/{visit_id}/letter")
    fields["closing_zh"] = "请限期改正。"
    reviewer.post(f"/reviews/{visit_id}/letter", fields)
    blocked = reviewer.get(f"/reviews/{visit_id}")
    assert "限期改正" in blocked.text
    assert "Release the visit" not in blocked.text
    both = reviewer.post(f"/reviews/{visit_id}/letter/language", {"language": "both"})
    assert "chosen language" in both.text
    reviewer.post(f"/reviews/{visit_id}/letter/language", {"language": "fr"}, 400)


def _form(page, action):
    for form in page.document.iter("form"):
        if form.get("action") == action:
            return _values(form)
    raise AssertionError(action)


def test_a_visit_goes_back_to_its_inspector_with_a_reason(sign_in, build):
    visit_id = build(made.sealed, TWO)
    reviewer = sign_in("reviewer")
    review = reviewer.get(f"/reviews/{visit_id}")
    assert reviewer.submit(review, "/return", 422, reason="").errors()
    assert "Returned" in reviewer.submit(review, "/return", reason="Please count again.").text
    sign_in("inspector").get(f"/visits/{visit_id}/seal")


def test_a_letter_that_cannot_be_printed_is_told_on_the_page_and_nothing_is_released(sign_in, build):
    visit_id = build(made.sealed, [made.short("WAG01", note="No glyph: \U0001f680")])
    reviewer = sign_in("reviewer")
    refused = reviewer.submit(reviewer.get(f"/reviews/{visit_id}"), "/release", 422, confirm="y")
    assert "cannot be printed" in refused.text
    sign_in("manager").get(f"/visits/{visit_id}/scorecard", 403)
    assert "Release the visit" in reviewer.get(f"/reviews/{visit_id}").text


@LANGUAGES
def test_every_page_of_a_released_visit_has_manners(sign_in, build, app, world, language):
    visit_id = build(made.released, TWO)
    with app.app_context():
        reviewer_actor, manager = world.actor("reviewer"), world.actor("manager")
        action = actions.of_visit(manager, visit_id)[0]
        letter = letters.of_visit(manager, visit_id)[0].id
        finding = next(f for f in findings.public_of_visit(manager, visit_id) if f.item == "WAG01")
        cases.answer_finding(manager, finding.id, Position.dispute, "We disagree.")
        session().commit()
        corrections.decide_dispute(reviewer_actor, finding.id, Decision.upheld, "It was shown.")
        session().commit()
    reviewer = sign_in("reviewer", language)
    paths = [
        f"/visits/{visit_id}/scorecard",
        f"/reviews/{visit_id}",
        f"/actions/{action.id}",
        "/actions/?view=all",
        f"/letters/{letter}",
        "/letters/",
        "/letters/?q=%E7%A4%BA%E4%BE%8B",
        f"/register/{world.enterprises[0]}/history",
        f"/disputes/{finding.id}",
        "/disputes/?view=decided",
        "/actions/?view=all&severity=minor&sort=-severity&q=example",
        "/reviews/?q=zzz",
        "/letters/?q=zzz",
    ]
    for path in paths:
        reviewer.get(path)
    superseded = reviewer.get(f"/visits/{visit_id}/scorecard").links("/scorecards/")
    assert superseded
    reviewer.get(superseded[0])
    pdf = reviewer.get(f"/letters/{letter}/pdf").response
    assert pdf.data.startswith(b"%PDF")
    assert pdf.headers["Content-Disposition"].startswith("attachment")
    assert pdf.headers["X-Content-Type-Options"] == "nosniff"


def test_a_dispute_is_decided_on_its_page(sign_in, build, app, world):
    visit_id = build(made.released, TWO)
    with app.app_context():
        manager = world.actor("manager")
        finding = next(f for f in findings.public_of_visit(manager, visit_id) if f.item == "WAG01")
        cases.answer_finding(manager, finding.id, Position.dispute, "We disagree.")
        session().commit()
    leader = sign_in("leader")
    assert "WAG01" in leader.get("/disputes/").text
    page = leader.get(f"/disputes/{finding.id}")
    incomplete = leader.submit(page, f"/disputes/{finding.id}", 422, decision="partly", reason="Half.", note="")
    assert incomplete.errors()
    assert incomplete.form(f"/disputes/{finding.id}")["reason"] == "Half."
    done = leader.submit(
        page,
        f"/disputes/{finding.id}",
        decision="partly",
        reason="Half.",
        note="Fewer.",
        verdict="partial",
        confirm="y",
    )
    assert "correcting letter" in done.text
    leader.submit(page, f"/disputes/{finding.id}", 409, decision="partly", reason="Half.", note="Fewer.", confirm="y")
    sign_in("inspector").get(f"/disputes/{finding.id}", 403)


def test_an_action_is_returned_and_verified_but_not_by_its_finder(sign_in, build, app, world):
    visit_id = build(made.released, TWO)
    with app.app_context():
        manager = world.actor("manager")
        action = next(a for a in actions.of_visit(manager, visit_id) if a.item == "WAG01")
        actions.send_evidence(manager, action.id, "All contracts are signed.")
        session().commit()
    reviewer, inspector = sign_in("reviewer"), sign_in("inspector")
    assert "WAG01" in reviewer.get("/actions/").text
    path = f"/actions/{action.id}"
    page = inspector.get(path)
    refused = inspector.submit(page, "/verify", 403, how="on_site", note="Seen.")
    assert "not on the visit" in refused.text
    assert reviewer.submit(reviewer.get(path), "/return", 422, reason="").errors()
    assert "Returned" in reviewer.submit(reviewer.get(path), "/return", reason="The second page is missing.").text
    nothing = reviewer.submit(reviewer.get(path), "/verify", 422, how="desk", note="")
    assert nothing.errors()
    alone = reviewer.submit(nothing, "/verify", 422, how="on_site", note="Contracts seen in the office.")
    assert "workers" in alone.text, "a correction of wages is not closed without asking the workers"
    asked = {"worker_check": "y", "workers_asked": "3"}
    done = reviewer.submit(alone, "/verify", how="on_site", note="Contracts seen in the office.", **asked)
    assert "Verified" in done.text
    reviewer.submit(nothing, "/verify", 409, how="on_site", note="Again.")


def test_more_time_is_given_once(sign_in, build, app, world):
    visit_id = build(made.released, TWO)
    with app.app_context():
        action = next(a for a in actions.of_visit(world.actor("manager"), visit_id) if a.item == "SAF04")
    leader = sign_in("leader")
    page = leader.get(f"/actions/{action.id}")
    assert leader.submit(page, "/extend", 422, until="2099-02-31", reason="Holidays").errors()
    assert leader.submit(page, "/extend", 422, until="2099-01-01", reason="Holidays").errors()
    done = leader.submit(page, "/extend", until=(action.due_on + timedelta(days=10)).isoformat(), reason="Holidays")
    assert "extended" in done.text
    assert leader.submit(done, "/accountable", accountable="Owner of the building").status == 200
    assert "Withdrawn" in leader.submit(leader.get(f"/actions/{action.id}"), "/withdraw", reason="By mistake.").text


@pytest.mark.parametrize("who", ["manager", "administrator", "inspector2", "stranger"])
def test_outsiders_find_nothing_of_a_sealed_visit(sign_in, build, app, world, who):
    visit_id = build(made.sealed, TWO)
    with app.app_context():
        letter = sealing.draft_of(world.actor("reviewer"), visit_id).id
        card = scorecards.current(world.actor("reviewer"), visit_id).id
    for path in (
        f"/visits/{visit_id}/seal",
        f"/reviews/{visit_id}",
        f"/visits/{visit_id}/scorecard",
        f"/scorecards/{card}",
        f"/letters/{letter}",
        f"/letters/{letter}/pdf",
    ):
        response = sign_in(who).http.get(path)
        assert response.status_code in (403, 404), f"{path} is {response.status_code} for {who}"


def test_a_tied_leader_finds_nothing_and_forged_ids_are_not_found(sign_in, build, app, world):
    visit_id = build(made.released, TWO)
    with app.app_context():
        leader = people.get(world.system, world.people["leader"])
        ties.declare(world.system, leader, world.enterprises[0], TieKind.competitor)
        action = actions.of_visit(world.actor("manager"), visit_id)[0]
        session().commit()
    client = sign_in("leader")
    for path in (
        f"/reviews/{visit_id}",
        f"/visits/{visit_id}/scorecard",
        f"/actions/{action.id}",
        f"/register/{world.enterprises[0]}/history",
    ):
        client.get(path, 404)
    assert "示例制衣" not in client.get("/actions/?view=all").text
    assert "示例制衣" not in client.get("/letters/").text
    reviewer = sign_in("reviewer")
    forged = uuid4()
    for path in (
        f"/reviews/{forged}",
        f"/visits/{forged}/scorecard",
        f"/actions/{forged}",
        f"/letters/{forged}",
        f"/disputes/{forged}",
        f"/scorecards/{forged}",
        f"/jobs/{forged}",
        f"/actions/{action.id}/evidence/{forged}",
        f"/register/{forged}/history",
    ):
        reviewer.get(path, 404)


def test_an_inspector_who_reviews_too_cannot_release_the_own_visit_but_may_record_a_waiver(sign_in, build, app, world):
    visit_id = build(made.sealed, TWO)
    build(made.alone)
    client = sign_in("inspector")
    review = client.get(f"/reviews/{visit_id}")
    assert "You were on this visit yourself" in review.text
    assert review.links("/outsiders/visits/")
    assert client.submit(review, "/waiver", 422, reason=" ").errors()
    recorded = client.submit(review, "/waiver", reason="Small association.")
    assert "Small association." in recorded.text
    assert "Released" in client.submit(recorded, "/release", confirm="y").text
    with app.app_context():
        assert "Small association." in str(letters.of_visit(world.actor("manager"), visit_id)[0].words)


def test_photos_are_shown_to_nobody_outside_until_they_are_ticked(sign_in, build, app, world):
    visit_id = build(made.handed_out, TWO)
    with app.app_context():
        inspector = world.actor("inspector")
        upload = evidence.check(photographs.turned((200, 150)), "a.jpg")
        row = visits.add_evidence(inspector, visits.get(inspector, visit_id), "WAG01", upload)
        sealing.seal(inspector, visit_id)
        photo = str(row.id)
        session().commit()
    reviewer = sign_in("reviewer")
    review = reviewer.get(f"/reviews/{visit_id}")
    assert "Photos that stay inside" in review.text
    with app.app_context():  # somebody covers a face while the page is open: that is not the copy that was looked at
        visit, row = visits.get_evidence(world.actor("reviewer"), UUID(photo))
        visits.mark(world.actor("reviewer"), visit, row, [Mark("blur", ((0.5, 0.5),), 0.2)])
        session().commit()
    assert "The marks on this photo have changed" in reviewer.submit(review, "/photos", clear=photo).text
    review = reviewer.get(f"/reviews/{visit_id}")
    assert "Photos that stay inside" in review.text
    assert "Saved" in reviewer.submit(review, "/photos", clear=photo).text
    assert "Photos that stay inside" not in reviewer.get(f"/reviews/{visit_id}").text


def test_the_draft_of_a_visit_that_was_sent_back_is_not_listed(sign_in, build):
    visit_id = build(made.sealed, TWO)
    reviewer = sign_in("reviewer")
    assert 'class="empty"' not in reviewer.get("/letters/?state=draft").response.text
    reviewer.submit(reviewer.get(f"/reviews/{visit_id}"), "/return", reason="Please look at SAF04 again.")
    assert 'class="empty"' in reviewer.get("/letters/?state=draft").response.text
    assert 'class="empty"' in reviewer.get("/letters/").response.text
