"""The pages of the ladder through a client with manners: prepared letters, and what officers record on an action."""

from datetime import timedelta
from io import BytesIO

import pytest

from compliance.casework import nightly
from compliance.corrective_actions import store as actions
from compliance.corrective_actions import store_agreed
from compliance.letters import store as letters
from compliance.shared import clock
from compliance.shared.database import session
from tests.casework import made
from tests.casework.test_nightly import DANGER, MAJOR, a_case, asked, late, night, waits
from tests.visits import photographs

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])


@pytest.fixture
def overdue(app, world):
    """A visit with a late point, and the letter that the night prepared for it; both ids, and the action's."""
    with app.app_context():
        visit_id, rows = a_case(world)
        night(world, late(rows["WAG05"], 3))
        (row,) = waits()
        return visit_id, row.id, rows["WAG05"].id


@LANGUAGES
def test_the_list_and_the_letter_can_be_read_in_both_languages(sign_in, overdue, language):
    _, prepared_id, action_id = overdue
    page = sign_in("reviewer", language).get("/letters/prepared/")
    assert page.links(f"/letters/prepared/{prepared_id}")
    letter = sign_in("leader", language).get(f"/letters/prepared/{prepared_id}")
    assert letter.links(f"/actions/{action_id}")
    assert sign_in("inspector", language).get("/letters/prepared/").links("/letters/") is not None


@LANGUAGES
def test_the_empty_list_says_what_comes(sign_in, language):
    assert 'class="empty"' in sign_in("reviewer", language).get("/letters/prepared/").response.text


def test_the_paper_is_shown_before_it_is_sent(sign_in, overdue):
    answer = sign_in("reviewer").http.get(f"/letters/prepared/{overdue[1]}/pdf")
    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF")


def test_a_letter_is_worded_approved_and_then_in_the_register(sign_in, overdue, app, world):
    _, prepared_id, _ = overdue
    reviewer = sign_in("reviewer")
    path = f"/letters/prepared/{prepared_id}"
    page = reviewer.submit(reviewer.get(path), "/passages", closing_zh="期待贵单位的反馈。")
    assert "期待贵单位的反馈。" in page.text
    page = reviewer.submit(page, "/approve")
    assert page.path.startswith("/letters/")
    assert "L5" in reviewer.get("/letters/prepared/").text
    with app.app_context():
        (letter,) = [
            one for one in letters.of_enterprise(world.actor("manager"), world.enterprises[0]) if one.kind == "L5"
        ]
        assert letters.passages(letter).closing.zh == "期待贵单位的反馈。"


@pytest.mark.usefixtures("on_both_databases")
@LANGUAGES
def test_the_office_of_the_ladder_signs_and_a_vacant_one_is_told(sign_in, app, world, language):
    with app.app_context():
        _, rows = a_case(world)
        night(world, late(rows["WAG05"], 14))
        row = next(one for one in waits() if one.kind == "L6")
        prepared_id = row.id
    reviewer = sign_in("reviewer", language)
    warned = {"en": "nobody signs for that office today", "zh": "目前无人担任该职务"}[language]
    page = reviewer.get(f"/letters/prepared/{prepared_id}")
    assert warned in page.text
    administrator = sign_in("administrator", language)
    since = {"valid_from": "2026-01-01", "substitute": ""}
    for name, office, kinds in (("王芳", "secretary_general", []), ("李华", "", ["L6"])):
        typed = {"name": name, "title_zh": "秘书长", "title_en": "Secretary-General", "office": office, "kinds": kinds}
        administrator.post("/association/signatories/new", {**typed, **since})
    page = reviewer.get(f"/letters/prepared/{prepared_id}")
    assert warned not in page.text
    reviewer.submit(page, "/approve")
    with app.app_context():
        sent = [one for one in letters.of_enterprise(world.actor("reviewer"), world.enterprises[0]) if one.kind == "L6"]
        assert sent[0].words["signer"] == [["zh-Hans", "秘书长：王芳"]]


def test_an_office_that_is_none_is_refused(sign_in):
    typed = {"name": "王芳", "title_zh": "秘书长", "title_en": "S", "office": "treasurer", "valid_from": "2026-01-01"}
    sign_in("administrator").post("/association/signatories/new", {**typed, "substitute": ""}, status=422)


def test_what_somebody_else_changed_is_not_sent_unread(sign_in, overdue):
    path = f"/letters/prepared/{overdue[1]}"
    leader = sign_in("leader")
    seen = leader.get(path)
    reviewer = sign_in("reviewer")
    reviewer.submit(reviewer.get(path), "/passages", closing_zh="请尽快反馈。")
    assert leader.submit(seen, "/approve", status=409)


def test_a_letter_is_declined_with_a_reason(sign_in, overdue):
    path = f"/letters/prepared/{overdue[1]}"
    leader = sign_in("leader")
    page = leader.post(f"{path}/decline", {"reason": ""}, status=422)
    assert "reason" in page.text.lower()
    leader.post(f"{path}/decline", {"reason": "They have called."})
    assert "They have called." in leader.get("/letters/prepared/").text
    assert leader.get(path, 409)


def test_several_are_approved_after_a_second_look(sign_in, overdue, app, world):
    leader = sign_in("leader")
    assert leader.post("/letters/prepared/approve", status=422)
    page = leader.post("/letters/prepared/approve", {"letters": str(overdue[1])})
    assert not [one for one in _kinds(app, world) if one == "L5"], "nothing is sent before the second look"
    leader.submit(page, "/approve")
    assert "L5" in _kinds(app, world)


def _kinds(app, world):
    with app.app_context():
        return [one.kind for one in letters.of_enterprise(world.actor("manager"), world.enterprises[0])]


@pytest.mark.parametrize("who", ["inspector", "coordinator", "manager", "administrator"])
def test_nobody_else_reads_or_approves_one(sign_in, overdue, who):
    path = f"/letters/prepared/{overdue[1]}"
    sign_in(who).get(path, 403)
    sign_in(who).post(f"{path}/approve", status=403)
    sign_in(who).post(f"{path}/decline", {"reason": "No."}, status=403)
    sign_in(who).post("/letters/prepared/approve", {"letters": str(overdue[1])}, status=403)


def test_of_another_association_there_is_nothing(sign_in, overdue):
    sign_in("stranger").get(f"/letters/prepared/{overdue[1]}", 404)
    sign_in("stranger").post(f"/letters/prepared/{overdue[1]}/approve", status=404)


def test_a_prepared_letter_changes_no_byte_for_the_enterprise(sign_in, app, world):
    with app.app_context():
        _, rows = a_case(world)
        day = late(rows["WAG05"], 3)
    pages = ["", "/letters", "/actions", "/findings", "/scorecards"]
    with clock.at(clock.now()):
        manager = sign_in("manager")
        base = f"/own/{world.enterprises[0]}"
        before = [_body(manager, base + one) for one in pages]
        with app.app_context():
            assert nightly.run(world.association_id, day).prepared == 1
            session().commit()
        assert [_body(sign_in("manager"), base + one) for one in pages] == before


def _body(client, path):
    answer = client.http.get(path)
    return answer.status_code, len(answer.data)


@LANGUAGES
def test_the_page_of_an_action_shows_its_ladder_and_records_a_talk(sign_in, overdue, language, app, world):
    _, _, action_id = overdue
    reviewer = sign_in("reviewer", language)
    page = reviewer.get(f"/actions/{action_id}")
    assert 'id="ladder"' in page.response.text
    talk = {"held_on": "2026-04-20", "place": "协会会议室", "present": "厂长；秘书长", "outcome": "nothing"}
    assert reviewer.submit(page, "/talk", status=422, **{**talk, "held_on": "2099-01-01"})
    page = reviewer.submit(page, "/talk", **talk)
    assert "协会会议室" in page.text
    with app.app_context():
        assert len(store_agreed.talks(world.actor("reviewer"), action_id)) == 1


def test_a_repayment_plan_is_agreed_paid_and_ended(sign_in, overdue, app, world):
    visit_id, _, action_id = overdue
    today = clock.today("Asia/Shanghai")
    lines = f"{today + timedelta(days=10)} 15,000.50\n{today + timedelta(days=40)} 10000"
    reviewer = sign_in("reviewer")
    page = reviewer.get(f"/actions/{action_id}")
    refused = reviewer.submit(page, "/repayment", status=422, payments="soon 15000")
    assert "Line 1" in refused.text
    page = reviewer.submit(page, "/repayment", payments=lines, plan_note="Agreed by telephone.")
    assert "25000.50" in page.text
    with app.app_context():
        assert asked(world, visit_id)["WAG05"].due_on == today + timedelta(days=10)
    picture = (BytesIO(photographs.written(photographs.scene(), "JPEG")), "bank.jpg")
    paid = {"number": "1", "paid_on": today.isoformat(), "proof": picture}
    sent = reviewer.post(f"/actions/{action_id}/repayment/paid", paid)
    assert "15000.50" in sent.text
    assert reviewer.http.get(f"/actions/{action_id}/repayment/1/proof").status_code == 200
    assert reviewer.http.get(f"/actions/{action_id}/repayment/2/proof").status_code == 404
    page = reviewer.submit(reviewer.get(f"/actions/{action_id}"), "/repayment/end", end_reason="Not paid.")
    with app.app_context():
        assert store_agreed.plans(world.actor("reviewer"), [action_id]) == {}


def test_a_danger_is_called_about_and_contained(sign_in, build, app, world):
    visit_id = build(made.released, [DANGER])
    with app.app_context():
        action_id = asked(world, visit_id)["SAF01"].id
    inspector = sign_in("inspector")
    assert str(action_id) in inspector.get("/letters/prepared/").response.text, "a call is due"
    page = inspector.submit(inspector.get(f"/actions/{action_id}"), "/call", call_note="They open it now.")
    assert "They open it now." in page.text
    assert str(action_id) not in inspector.get("/letters/prepared/").response.text
    page = inspector.submit(page, "/contain", contain_how="call", contain_note="It is open.")
    assert 'id="danger"' in page.response.text
    with app.app_context():
        assert actions.get(world.actor("reviewer"), action_id).contained_on is not None


def test_who_was_on_the_visit_is_not_offered_another_date(sign_in, build, app, world):
    visit_id = build(made.released, [MAJOR])
    with app.app_context():
        action_id = asked(world, visit_id)["WAG05"].id
    sign_in("inspector").post(f"/actions/{action_id}/repayment", {"payments": "2027-01-31 5"}, status=403)
    assert "/repayment" not in sign_in("inspector").get(f"/actions/{action_id}").response.text


def test_a_referral_names_its_addressee_and_reason(sign_in, build, app, world):
    build(made.released, [DANGER])
    with app.app_context():
        nightly.run(world.association_id, clock.today("Asia/Shanghai"))
        session().commit()
        (row,) = waits()
        prepared_id = row.id
    sign_in("reviewer").get(f"/letters/prepared/{prepared_id}")
    leader = sign_in("leader")
    path = f"/letters/prepared/{prepared_id}"
    assert leader.submit(leader.get(path), "/approve", status=422, to="示例区应急管理局", basis="x", reason="")
    page = leader.submit(
        leader.get(path), "/approve", to="示例区应急管理局", basis="《安全生产法》第七十四条", reason="Danger to life."
    )
    assert page.path.startswith("/letters/")
    assert "L9" not in _kinds(app, world)
