"""The pages of interviews: whom to ask, a form without any name on it, opened by few, and counts for the leadership."""

import re
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from compliance.casework import jobs
from compliance.interviews import records, store
from compliance.interviews.models import InterviewAgain
from compliance.people import store as people
from compliance.people import store_ties
from compliance.people.rules import TieKind
from compliance.shared import audit, clock
from compliance.shared.database import session
from compliance.shared.outbox import OutgoingMessage
from compliance.visits import store as visits
from compliance.visits.answers import Known
from tests.casework import made

NAME = "Example Garments No. 1"


@pytest.fixture
def visit(app, world):
    with app.app_context():
        return made.handed_out(world)


@pytest.fixture
def sealed(app, world):
    with app.app_context():
        return made.sealed(world)


@pytest.fixture
def released(app, world):
    with app.app_context():
        return made.released(world)


def entered(client, path, **more):
    ticked = {"notice": "y", "consent": "y", "answer_mistakes": "struck", "note": "He fell at the press."}
    return client.post(path, {**ticked, **more})


def fill(app, world, visit_id: UUID, said: str, number: int) -> None:
    raw = {"setting": "alone", "language": "zh", "notice": True, "consent": True,
           "answers": {"day-off": {"answer": said}}}  # fmt: skip
    with app.app_context():
        for _ in range(number):
            record = records.made(store.form(), raw)
            store.close(world.actor("inspector"), visit_id, uuid4(), record, date(2026, 11, 20))
        session().commit()


def test_the_inspector_is_told_whom_to_ask_and_no_name(page, visit):
    shown = page("inspector", f"/interviews/{visit}")

    assert "8 people" in shown.text and "hired in the last three months" in shown.text
    assert f"/interviews/{visit}/alone/zh" in shown.links()


def test_the_page_on_which_somebody_is_asked_names_no_enterprise(page, visit):
    for setting in ("alone", "group"):
        for language, notice in (("en", "you may stop at any time"), ("zh", "也可以随时停止")):
            shown = page("inspector", f"/interviews/{visit}/{setting}/{language}")
            assert notice in shown.text and "365" in shown.text
            assert NAME not in shown.text and "示例制衣" not in shown.text
    assert "发工资" not in page("inspector", f"/interviews/{visit}/group/zh").text
    page("inspector", f"/interviews/{visit}/alone/xx", status=404)


def test_an_interview_is_sealed_and_its_inspector_cannot_open_it(app, sign_in, visit):
    client = sign_in("inspector")
    told = entered(client, f"/interviews/{visit}/alone/en", contact="138 0000 0000", card="y")

    assert "Sealed. It cannot be read here any more." in told.text and "He fell" not in told.text
    client.post(f"/interviews/{visit}/read", status=403)
    client.post(f"/interviews/{visit}/contacts", status=403)
    sign_in("inspector2").get(f"/interviews/{visit}", status=404)
    with app.app_context():
        again = session().get(InterviewAgain, visit)
        assert again is not None and again.cards == 1


def test_without_the_workers_consent_nothing_is_kept(app, sign_in, visit):
    client = sign_in("inspector")

    refused = client.post(
        f"/interviews/{visit}/alone/en", {"notice": "y", "answer_mistakes": "struck", "note": "Kept."}, status=422
    )

    assert "only if the notice was spoken and the worker agreed" in refused.text and "Kept." in refused.text
    with app.app_context():
        assert store.kept(visit) == {}


def test_a_reviewer_opens_them_once_the_visit_is_sealed_and_stands_on_the_trail(app, sign_in, sealed):
    entered(sign_in("inspector"), f"/interviews/{sealed}/alone/en")

    shown = sign_in("reviewer").post(f"/interviews/{sealed}/read")

    assert "He fell at the press." in shown.text and "They are struck or locked in" in shown.text
    with app.app_context():
        assert audit.about(sealed)[0].verb == "interview.read"
    for who in ("coordinator", "leader", "administrator", "manager"):
        sign_in(who).post(f"/interviews/{sealed}/read", status=403)


def test_who_has_a_tie_opens_nothing(app, sign_in, world, sealed):
    with app.app_context():
        reviewer = people.get(world.system, world.people["reviewer"])
        store_ties.declare(world.system, reviewer, world.enterprises[0], TieKind.kin)
        session().commit()

    client = sign_in("reviewer")
    client.get(f"/interviews/{sealed}", status=404)
    client.post(f"/interviews/{sealed}/read", status=404)
    client.post(f"/interviews/{sealed}/tell", status=404)


def test_leaders_get_sums_of_what_may_be_told_and_nothing_else(app, sign_in, world, released):
    fill(app, world, released, "this-week", 6)
    fill(app, world, released, "long-ago", 5)
    leader, reviewer = sign_in("leader"), sign_in("reviewer")
    assert "Nothing is told yet" in leader.get("/interviews/told").text

    assert "Counts told anew: 1" in reviewer.post(f"/interviews/{released}/tell").text
    assert re.search(r"When was your last day off\?.*5 of 11, at 1 visit", leader.get("/interviews/told").text, re.S)
    fill(app, world, released, "long-ago", 1)
    assert "Nothing new may be told" in reviewer.post(f"/interviews/{released}/tell").text
    assert "5 of 11" in leader.get("/interviews/told").text
    assert "Sealed so far" not in leader.get(f"/interviews/{released}").text, "not even how many spoke"


def test_the_coordinator_asks_again_and_notes_counts(app, sign_in, world, released):
    entered(sign_in("inspector"), f"/interviews/{released}/alone/en", contact="138 0000 0000")
    client = sign_in("coordinator")
    assert "Nobody is to be asked today" in client.get("/interviews/again").text
    with app.app_context():
        row = session().get(InterviewAgain, released)
        row.due_on = row.due_on.replace(year=2020)
        audit.record(world.system, "test.moved", row)
        session().commit()

    assert NAME in client.get("/interviews/again").text
    assert "Ask again (1)" in client.get("/work").text
    assert "138 0000" not in client.get(f"/interviews/{released}/again").text
    assert "138 0000 0000" in client.post(f"/interviews/{released}/contacts").text
    wrong = client.post(f"/interviews/{released}/again", {"asked": 1, "still_there": 2, "worse_off": 0}, status=422)
    assert "No more than were asked" in wrong.text
    assert "Noted" in client.post(f"/interviews/{released}/again", {"asked": 2, "still_there": 2, "worse_off": 0}).text
    assert "Nobody is to be asked today" in client.get("/interviews/again").text


def waits_since(app, world, visit_id: UUID, days: int) -> date:
    """The task to ask again came due so many days ago; gives the day on which the contacts end."""
    with app.app_context():
        row = session().get(InterviewAgain, visit_id)
        row.due_on = visits.today(world.system) - timedelta(days=days)
        audit.record(world.system, "test.moved", row)
        coordinator = people.get(world.system, world.people["coordinator"])
        coordinator.email = "coordinator@example.org"
        audit.record(world.system, "test.reached", coordinator)
        session().commit()
        return store.contacts_end([visit_id])[visit_id]


def test_asking_again_is_a_task_of_who_may_and_names_no_worker(app, sign_in, world, released):
    entered(sign_in("inspector"), f"/interviews/{released}/alone/en", contact="138 0000 0000")
    client = sign_in("coordinator")
    assert "Workers to ask again" not in client.get("/work/").text
    waits_since(app, world, released, 1)

    shown = client.get("/work/", kind="ask_again")

    assert "Workers to ask again" in shown.text and "never the employer about one person" in shown.text
    assert NAME in shown.text and "138" not in shown.text
    assert f"/interviews/{released}/again" in shown.links()
    for who in ("reviewer", "inspector", "leader"):
        assert "Workers to ask again" not in sign_in(who).get("/work/", view="all").text
    client.post(f"/interviews/{released}/again", {"asked": 1, "still_there": 1, "worse_off": 0})
    assert "Workers to ask again" not in client.get("/work/", view="all").text


def test_who_has_a_tie_is_given_no_such_task_and_told_nothing(app, sign_in, world, released):
    entered(sign_in("inspector"), f"/interviews/{released}/alone/en", contact="138 0000 0000")
    end = waits_since(app, world, released, 1)
    with app.app_context():
        coordinator = people.get(world.system, world.people["coordinator"])
        store_ties.declare(world.system, coordinator, world.enterprises[0], TieKind.kin)
        session().commit()

    assert "Workers to ask again" not in sign_in("coordinator").get("/work/", view="all").text
    assert told_by(app, world, end - timedelta(days=1)) == []


def told_by(app, world, day: date) -> list[str]:
    """Who was told by that day that contacts end; twice is asked, once is told."""
    with app.app_context(), clock.at(datetime(day.year, day.month, day.day, 4, tzinfo=UTC)):
        for _ in range(2):
            jobs.tell_of_ending_contacts()
        query = select(OutgoingMessage).where(OutgoingMessage.once.like("contacts:%"))
        return [f"{one.recipient} {one.subject} {one.body}" for one in session().exec(query)]


def test_before_contacts_are_destroyed_who_asks_again_is_told_once_and_not_what(app, sign_in, world, released):
    entered(sign_in("inspector"), f"/interviews/{released}/alone/en", contact="138 0000 0000")
    end = waits_since(app, world, released, 1)

    assert told_by(app, world, end - timedelta(days=8)) == []
    [told] = told_by(app, world, end - timedelta(days=7))
    assert "coordinator" in told and NAME not in told and "138" not in told and "nterview" not in told
    assert len(told_by(app, world, end - timedelta(days=6))) == 1
    with app.app_context():
        client = sign_in("coordinator")
    assert "are destroyed on" in client.get(f"/interviews/{released}/again").text
    assert "Contacts are destroyed on" in client.get("/interviews/again").text


def test_a_small_count_that_rests_on_interviews_is_some_workers_for_whoever_may_not_open_them(app, sign_in, world):
    spoke = made.short("SAF04", workers=3, known_by=frozenset({Known.interview, Known.observation}), note="Dark.")
    seen = made.short("SAF05", workers=4, known_by=frozenset({Known.observation}), note="Blocked.")
    with app.app_context():
        visit = made.released(world, [spoke, seen])

    leader = sign_in("leader")
    review = leader.get(f"/reviews/{visit}").text
    assert re.search(r"SAF04.*?Workers affected\s*some workers", review, re.S)
    assert re.search(r"SAF05.*?Workers affected\s*4", review, re.S)
    area = leader.http.get(f"/visits/{visit}/areas/safety").text
    assert re.search('name="SAF04.workers"[^>]*value="some workers"', area)
    assert re.search('name="SAF05.workers"[^>]*value="4"', area)
    for who in ("reviewer", "inspector"):
        area = sign_in(who).http.get(f"/visits/{visit}/areas/safety").text
        assert re.search('name="SAF04.workers"[^>]*value="3"', area)


def test_every_page_speaks_chinese(page, released):
    for who, path in (("inspector", f"/interviews/{released}"), ("coordinator", "/interviews/again"),
                      ("leader", "/interviews/told"), ("inspector", f"/interviews/{released}/alone/zh")):  # fmt: skip
        assert re.search("访谈|回访|员工|问题", page(who, path, language="zh_Hans_CN").text)


def test_a_managers_pages_are_the_same_bytes_whether_or_not_somebody_spoke(app, sign_in, world, released):
    client = sign_in("manager")
    paths = ["/", "/own", f"/own/visits/{released}"]
    before = [client.http.get(path, follow_redirects=True).data for path in paths]
    fill(app, world, released, "this-week", 6)
    fill(app, world, released, "long-ago", 5)
    sign_in("reviewer").post(f"/interviews/{released}/tell")

    after = [client.http.get(path, follow_redirects=True).data for path in paths]

    assert [blank(one) for one in before] == [blank(one) for one in after]
    for path in ("", "/alone/zh", "/again"):
        client.get(f"/interviews/{released}{path}", status=403)


def blank(data: bytes) -> bytes:
    """Without what is random in every page: the token of its forms."""
    return re.sub(rb'(name="csrf_token"[^>]*value=|csrf-token" content=)"[^"]*"', b"", data)
