"""The pages of personal data: who may see them, what they give away and what never."""

import json
from datetime import timedelta

import pytest
from sqlmodel import select

from compliance.casework import jobs
from compliance.people import store as people
from compliance.privacy import register, store
from compliance.privacy.models import PrivacyBreach, PrivacyRequest
from compliance.privacy.rules import Asks, Step
from compliance.shared import audit, clock
from compliance.shared.database import session
from tests.complaints.test_complaints import kept, told

TODAY = clock.today("Asia/Shanghai")


@pytest.mark.parametrize("language", ["en", "zh_Hans_CN"])
def test_the_notice_is_open_to_everybody_and_says_every_kind(client, language):
    client.language = language
    page = client.get("/privacy")
    for kind in register.read().kinds.values():
        assert kind.name.in_(language) in page.text
        assert kind.purpose.in_(language) in page.text


def test_the_notice_is_linked_where_people_tell_something(client, page):
    assert client.get("/complain").links("/privacy")
    assert client.get("/sign-in").links("/privacy")
    assert page("manager", "/account").links("/account/data")


def test_where_data_stand_is_said_or_that_it_is_not_said(client, app):
    assert "has not said it here" in client.get("/privacy").text
    app.config["HOSTED_IN"] = "Example City, own rooms"
    try:
        assert "Example City, own rooms" in client.get("/privacy").text
    finally:
        app.config["HOSTED_IN"] = ""


@pytest.mark.parametrize("who", ["inspector", "manager", "outsider", "leader"])
@pytest.mark.parametrize("language", ["en", "zh_Hans_CN"])
def test_everybody_sees_their_own_data_and_nobody_elses(page, world, app, who, language):
    with app.app_context():
        names = {key: session().get(people.User, id).name for key, id in world.people.items()}
        usernames = {key: session().get(people.User, id).username for key, id in world.people.items()}
    found = page(who, "/account/data", language=language)
    data = json.loads(page(who, "/account/data.json", language=language).text)
    for said in (found.document.find(".//main").itertext(), [json.dumps(data, ensure_ascii=False)]):
        whole = " ".join(said)
        assert usernames[who] in whole
        for other in set(names) - {who}:
            assert names[other] not in whole
    assert all(part["purpose"] and part["ground"] for part in data["parts"])


def test_a_password_or_a_key_is_never_given(page):
    whole = page("manager", "/account/data.json").text
    assert "argon2" not in whole
    assert "uniquifier" not in whole


def test_what_is_asked_is_answered_in_time_and_told(sign_in, app, world):
    manager, officer = sign_in("manager"), sign_in("administrator")
    manager.submit(manager.get("/account/data"), "/account/data", asks="correction", asked="", status=422)
    manager.submit(manager.get("/account/data"), "/account/data", asks="correction", asked="My name is Li Na")
    with app.app_context():
        row = session().exec(select(PrivacyRequest)).one()
        assert row.answer_by > TODAY + timedelta(days=14)
        id = row.id
    assert "My name is Li Na" in officer.get(f"/privacy/requests/{id}").text
    with clock.at(clock.now() + timedelta(days=60)):
        assert "Late" in officer.get("/privacy/requests").text
        assert "late" in officer.get("/privacy/kept").text
    officer.submit(officer.get(f"/privacy/requests/{id}"), str(id), outcome="done", answer="It is right now")
    assert "It is right now" in manager.get("/account/data").text
    officer.post(f"/privacy/requests/{id}", {"outcome": "done", "answer": "Once more"}, status=422)


def test_the_data_of_a_closed_account_go_when_its_holder_asks(sign_in, app, world):
    manager, officer = sign_in("manager2"), sign_in("administrator")
    manager.submit(manager.get("/account/data"), "/account/data", asks="deletion", asked="Everything")
    with app.app_context():
        id = session().exec(select(PrivacyRequest)).one().id
        name = session().get(people.User, world.people["manager2"]).name
    page = officer.post(f"/privacy/requests/{id}/remove")
    assert "Close the account first." in page.text
    with app.app_context():
        people.deactivate(world.system, people.get(world.system, world.people["manager2"]))
        session().commit()
    assert "removed" in officer.post(f"/privacy/requests/{id}/remove").text
    with app.app_context():
        person = people.get(world.system, world.people["manager2"])
        assert name not in person.name and person.email is None
        assert audit.first_broken_line() is None


def test_a_contact_learns_where_their_name_stands_and_of_no_visit_to_come(sign_in, app, world):
    officer = sign_in("administrator")
    path = f"/privacy/held/enterprise/{world.enterprises[0]}"
    assert "Nothing is held" in officer.post(path, {"name": "Nobody Here"}).text
    from compliance.enterprises.models import Enterprise
    from compliance.visits.models import Visit

    with app.app_context():
        enterprise = session().get(Enterprise, world.enterprises[0])
        enterprise.contact_name, enterprise.contact_phone = "Sun Yan", "13900000000"
        visit = Visit(
            association_id=world.association_id,
            enterprise_id=enterprise.id,
            workplace_id=world.workplaces[0],
            year=2026,
            number=901,
            route="random",
            planned_for=TODAY,
            representative_name="Sun Yan",
        )
        session().add(visit)
        audit.record(world.system, "test.made")
        session().commit()
    text = officer.post(path, {"name": "Sun Yan"}).text
    assert "13900000000" in text
    assert "at a visit" not in text
    data = json.loads(officer.post(path, {"name": "Sun Yan", "as": "json"}).response.text)
    assert "13900000000" in json.dumps(data)
    assert "13900000000" not in officer.post(path, {"name": "Sun"}).document.find(".//main").itertext()


def test_a_breach_has_its_clock_and_its_steps(sign_in, app, world):
    officer = sign_in("administrator")
    now = clock.now()
    form = officer.get("/privacy/breaches")
    later = (now + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    assert (
        "has not come yet"
        in officer.submit(form, "/privacy/breaches", what="A tablet is gone", found_at=later, status=422).text
    )
    found = (now - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    officer.submit(form, "/privacy/breaches", what="A tablet is gone", found_at=found, kinds=["photo", "account"])
    with app.app_context():
        breach = session().exec(select(PrivacyBreach)).one()
        assert breach.kinds == ["account", "photo"]
        path = f"/privacy/breaches/{breach.id}"
    officer.post(path, {"step": "closed", "how": "Done"}, status=422)
    for step in Step:
        officer.post(path, {"step": step.value, "how": f"Done: {step.value}"})
    page = officer.get(path)
    assert "Done: authority" in page.text
    assert "1 breach" not in officer.get("/privacy/kept").text


def test_a_breach_that_waits_is_seen_and_late(sign_in, app, world):
    with app.app_context():
        store.note_breach(world.actor("administrator"), "A mail went astray", ["message"], 3, clock.now())
        session().commit()
    officer = sign_in("administrator")
    assert "1 breach" in officer.get("/privacy/kept").text
    assert "Personal data 1" in officer.get("/people").text, "it waits in the menu"
    assert "Personal data 1" not in sign_in("leader").get("/account").text
    with clock.at(clock.now() + timedelta(hours=5)):
        assert "Late" in officer.get("/privacy/breaches").text


def test_what_is_passed_on_needs_a_ground(sign_in):
    officer = sign_in("administrator")
    fields = {
        "why": "referral",
        "recipient": "Labour inspection",
        "kinds": ["complaint"],
        "people": "1",
        "ground": "separate_consent",
        "note": "Spoken, asked for this recipient",
        "shared_on": TODAY.isoformat(),
    }
    assert "Choose what was passed on." in officer.post("/privacy/shared", {**fields, "kinds": []}, status=422).text
    officer.post("/privacy/shared", {**fields, "ground": "because"}, status=422)
    officer.post("/privacy/shared", {**fields, "note": ""}, status=422)
    assert "Labour inspection" in officer.post("/privacy/shared", fields).text
    reviewer = sign_in("reviewer")
    assert "Labour inspection" not in reviewer.get("/privacy/shared").text
    assert "Legal aid" in reviewer.post("/privacy/shared", {**fields, "recipient": "Legal aid"}).text
    assert "Legal aid" in officer.get("/privacy/shared").text
    sign_in("inspector").get("/privacy/shared", 403)


def test_two_persons_hold_back_a_removal_on_the_page(sign_in):
    asker, second = sign_in("administrator"), sign_in("leader")
    until = (TODAY + timedelta(days=60)).isoformat()
    page = asker.post("/privacy/kept", {"kind": "message", "reason": "A court", "until": until})
    assert "to be confirmed" in page.text
    assert "Confirm" not in [button for button in page.text.split("Act")[-1].split() if button == "Confirm"]
    page = second.get("/privacy/kept")
    second.submit(page, "/confirm")
    assert "confirmed" in asker.get("/privacy/kept").text
    asker.post("/privacy/kept", {"kind": "interview", "reason": "A court", "until": until}, status=422)


def test_a_complainant_gets_a_copy_of_what_is_theirs(client):
    number, words = kept(told(client, happened="They lock the door", contact="139 0000 0000"))
    client.post("/complain/case", {"number": number, "words": words})
    data = json.loads(client.get("/complain/open/data.json").text)
    assert data["written"][0]["text"] == ["They lock the door"]
    assert "139" not in json.dumps(data)
    client.post("/complain/leave")
    assert client.get("/complain/open/data.json").path == "/complain/case"


@pytest.mark.parametrize("who", ["manager", "inspector"])
def test_no_export_changes_with_a_visit_to_come(sign_in, app, world, who):
    from compliance.visits.models import Visit, VisitInspector

    def given():
        return json.loads(sign_in(who).get("/account/data.json").text)["parts"]

    before = given()
    with app.app_context():
        visit = Visit(
            association_id=world.association_id,
            enterprise_id=world.enterprises[0],
            workplace_id=world.workplaces[0],
            year=2026,
            number=902,
            route="random",
            planned_for=TODAY + timedelta(days=3),
        )
        session().add(visit)
        session().flush()
        session().add(VisitInspector(visit_id=visit.id, person_id=world.people["inspector"], lead=True))
        audit.record(world.system, "test.made")
        session().commit()
    assert given() == before


def test_a_complainant_takes_back_what_was_written(client, app):
    number, words = kept(told(client, happened="They lock the door"))
    client.post("/complain/case", {"number": number, "words": words})
    assert "being deleted" in client.post("/complain/open/withdraw").text
    with app.app_context():
        jobs.destroy_due_keys()
    page = client.get("/complain/open")
    assert "They lock the door" not in page.text
    assert "has been deleted" in page.text
    with app.app_context():
        assert audit.first_broken_line() is None


def test_requests_of_others_do_not_exist(sign_in, app, world):
    with app.app_context():
        row = store.ask(world.actor("manager"), Asks.access, "Mine", TODAY)
        session().commit()
        id = row.id
    assert "Mine" not in sign_in("manager2").get("/account/data").text
    sign_in("manager2").get(f"/privacy/requests/{id}", 403)
    sign_in("leader").get("/privacy/requests", 403)
