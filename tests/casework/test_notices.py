"""Notices by mail: that something waits, to whom it concerns, in their language, once; and never what."""

import email
from datetime import timedelta
from email import policy

import pytest
import sqlmodel

from compliance.casework import after_release, cases, notices, sealing
from compliance.checklists.rules import Verdict
from compliance.corrective_actions import store as actions
from compliance.findings import store as findings
from compliance.findings import store_replies as replies
from compliance.findings.rules import Decision, Position
from compliance.people import store as people
from compliance.people import store_lists, store_ties
from compliance.shared import clock, mail
from compliance.shared.database import session
from compliance.shared.outbox import Channel, OutgoingMessage
from compliance.visits import store as visits
from tests.casework import made

SHORT = [made.short("WAG01", workers=6)]
ADDRESS = "boss@example.org"


@pytest.fixture
def reachable(world, db_session):
    """The first enterprise's manager has an address, and a colleague who has none."""
    person = people.get(world.system, world.people["manager"])
    people.rename(world.system, person, person.name, person.username, ADDRESS, None)
    colleague = people.create_person(
        world.system, "No Mail", "nomail", "plum-Ferry-71-oak", {"manager"}, enterprise_ids=world.enterprises[:1]
    )
    assert colleague.email is None
    session().commit()
    return person


def later(**span):
    return clock.at(clock.now() + timedelta(**span))


def text_of(raw):
    message = email.message_from_string(raw, policy=policy.default)
    return f"{message['Subject']}\n{message.get_content()}"


def test_a_letter_is_told_to_those_who_speak_for_the_enterprise_and_to_nobody_else(app, world, post, reachable):
    made.released(world, SHORT)
    made.released(world, SHORT, place=1)  # its manager has no address
    assert post.recipients == [ADDRESS]


def test_the_notice_says_nothing_but_that_something_waits(app, world, post, reachable):
    app.config["PUBLIC_URL"] = "https://visits.example.org"
    try:
        visit_id = made.released(world, SHORT)
    finally:
        app.config["PUBLIC_URL"] = ""
    text = text_of(post.received[0])
    assert "https://visits.example.org/" in text
    letter = sealing.letters.of_visit(world.system, visit_id)[0]
    for told in (letter.number, letter.code, "Garments", "制衣", "wage", "工资", "letter", "函", "visit ", "走访"):
        assert told not in text.replace("visits.example.org", ""), told


def test_a_notice_that_no_request_wrote_leads_somewhere(app, world, post, reachable):
    made.released(world, SHORT)
    assert "http://127.0.0.1:5000/" in text_of(post.received[0])


@pytest.mark.parametrize(
    ("language", "there", "absent"),
    [
        ("en", ["something waits"], ["待查看"]),
        ("zh_Hans_CN", ["待查看"], ["something waits"]),
        (None, ["something waits", "待查看"], []),
    ],
)
def test_each_reads_it_in_the_language_they_last_read(app, world, post, reachable, language, there, absent):
    if language:
        store_lists.note_language(reachable.id, language)
        session().commit()
    made.released(world, SHORT)
    text = text_of(post.received[0])
    assert all(words in text for words in there)
    assert not any(words in text for words in absent)


def test_switching_the_language_is_remembered(app, world, sign_in):
    sign_in("manager").post("/language", {"language": "zh_Hans_CN"})
    with app.app_context():
        assert people.get(world.system, world.people["manager"]).language == "zh_Hans_CN"


def test_nobody_is_told_twice_of_the_same_letter(app, world, post, reachable):
    visit_id = made.released(world, SHORT)
    (letter,) = sealing.letters.of_visit(world.system, visit_id)
    notices.letter_issued(world.actor("reviewer"), letter)
    session().commit()
    assert len(post.received) == 1


def test_nothing_is_told_before_the_release(app, world, post, reachable):
    visit_id = made.sealed(world, SHORT)
    with later(days=1):
        mail.go_round()
    assert post.received == []
    assert visits.get(world.system, visit_id).state.value == "sealed"


def test_who_no_longer_speaks_for_the_enterprise_is_not_told(app, world, post, reachable):
    store_ties.unbind(world.system, reachable, world.enterprises[0])
    session().commit()
    made.released(world, SHORT)
    assert post.received == []


def test_several_returned_answers_are_told_in_one_notice(app, world, post, reachable):
    visit_id = made.released(world, [*SHORT, made.short("SAF04", Verdict.partial)])
    post.received.clear()
    reviewer = world.actor("reviewer")
    for row in actions.of_visit(reviewer, visit_id):
        notices.something_waits(reviewer, row.enterprise_id, row.id)
    session().commit()
    assert post.received == []  # it rests
    with later(minutes=11):
        mail.go_round()
    assert len(post.received) == 1
    with later(minutes=12):
        notices.something_waits(reviewer, world.enterprises[0], visit_id)
        session().commit()
    with later(minutes=30):
        mail.go_round()
    assert len(post.received) == 2


def test_a_decision_is_told_once_with_its_letter_or_without(app, world, post, reachable):
    visit_id = made.released(world, [*SHORT, made.short("SAF04", Verdict.partial)])
    manager, leader = world.actor("manager"), world.actor("leader")
    rows, case = findings.of_visit(leader, visit_id), cases.load(leader, visit_id)
    for row in rows:
        replies.reply(manager, row.id, Position.dispute, "It is not so.", cases.today(leader), case.policy)
    session().commit()
    post.received.clear()
    after_release.decide_dispute(leader, rows[0].id, Decision.upheld, "Right.")
    session().commit()
    assert len(post.received) == 1  # the correcting letter
    after_release.decide_dispute(leader, rows[1].id, Decision.not_upheld, "It was seen.")
    session().commit()
    with later(minutes=11):
        mail.go_round()
    assert len(post.received) == 2


def test_an_answer_that_is_returned_is_told(app, world, reachable, sign_in, post):
    visit_id = made.released(world, SHORT)
    manager = world.actor("manager")
    (row,) = actions.of_visit(manager, visit_id)
    actions.send_evidence(manager, row.id, "Done.")
    session().commit()
    post.received.clear()
    sign_in("reviewer").post(f"/actions/{row.id}/return", {"reason": "A page is missing."})
    with later(minutes=11):
        mail.go_round()
    assert len(post.received) == 1
    assert "A page is missing" not in text_of(post.received[0])


# --- by SMS and WeCom ---------------------------------------------------------------------------------------------


@pytest.fixture
def by_more(app):
    """An SMS gateway and WeCom that take no message here: nothing listens at their addresses."""
    settings = {
        "SMS_URL": "http://127.0.0.1:1/",
        "SMS_TOKEN": "x",
        "WECOM_URL": "http://127.0.0.1:1",
        "WECOM_CORPORATION": "corp",
        "WECOM_AGENT": 7,
        "WECOM_SECRET": "sesame",
    }
    before = {name: app.config[name] for name in settings}
    app.config.update(settings)
    yield
    app.config.update(before)


def written():
    query = sqlmodel.select(OutgoingMessage).order_by(sqlmodel.col(OutgoingMessage.created_at))
    return [(one.channel.value, one.recipient, one.subject, one.body) for one in session().exec(query)]


def test_a_notice_goes_the_way_that_its_reader_chose_and_says_no_more_there(app, world, db_session, reachable, by_more):
    people.rename(world.system, reachable, reachable.name, reachable.username, ADDRESS, "+86 138 0000 0001")
    people.set_notices(world.system, reachable, Channel.sms, "")
    session().commit()
    made.released(world, SHORT)
    [(channel, recipient, subject, body)] = written()
    assert (channel, recipient, subject) == ("sms", "+8613800000001", "")
    assert len(body) < 200
    assert "WAG01" not in body
    people.set_notices(world.system, reachable, Channel.wecom, "zhang")
    session().commit()
    made.released(world, SHORT)
    assert written()[-1][:2] == ("wecom", "zhang")


def test_who_chose_what_is_no_longer_set_up_is_told_by_what_is(app, world, post, reachable):
    people.set_notices(world.system, reachable, Channel.wecom, "zhang")
    session().commit()
    made.released(world, SHORT)
    assert post.recipients == [ADDRESS]


def test_a_manager_chooses_on_the_own_account_page(app, world, db_session, sign_in, by_more):
    client = sign_in("manager")
    page = client.get("/account")
    assert "How notices reach you" in page.text
    page = client.post("/account/notices", data={"notices_by": "sms", "wecom": ""}, status=422)
    assert "Enter a mobile number first." in page.text
    page = client.post("/account/notices", data={"notices_by": "wecom", "wecom": " zhang "})
    assert "Saved." in page.text
    assert people.get(world.system, world.people["manager"]).wecom == "zhang"


def test_there_is_nothing_to_choose_for_staff_or_where_only_mail_is_set_up(app, world, db_session, sign_in):
    for who in ("manager", "reviewer"):
        assert "How notices reach you" not in sign_in(who).get("/account").text
