"""The office looks into the field: who is inside, who asks for help, which tablets hold what; its orders to them."""

import email
import uuid
from email import policy

import sqlalchemy as sa

from compliance.shared.database import Id, session
from compliance.visits import store_tablets
from compliance.visits.events import PRESENCE


def test_the_office_sees_who_is_inside_and_who_came_out(handed, tablet, sign_in):
    visit_id = handed(0, "inspector")
    one = tablet("inspector")
    office = sign_in("coordinator")
    assert "not arrived yet" in office.get("/visits/field").text
    one.enter(visit_id, PRESENCE, f"arrived:{uuid.uuid4()}", one.now())
    one.send(visit_id)
    assert "inside since" in office.get("/visits/field").text
    one.enter(visit_id, PRESENCE, f"left:{uuid.uuid4()}", one.now())
    one.send(visit_id)
    assert "came out" in office.get("/visits/field").text


def test_a_call_for_help_without_a_mail_server_is_kept_and_shown(handed, tablet, sign_in):
    visit_id = handed(0, "inspector")
    one = tablet("inspector")
    one.enter(visit_id, PRESENCE, f"help:{uuid.uuid4()}", "asked")
    assert len(one.send(visit_id).json["kept"]) == 1
    assert "asks for help" in sign_in("coordinator").get("/visits/field").text


def test_a_call_for_help_is_mailed_once_without_saying_where(app, world, handed, tablet, post):
    visit_id = handed(0, "inspector")
    with app.app_context():
        people = sa.table("person", sa.column("id", Id), sa.column("email"))
        mine = people.c.id == world.people["coordinator"]
        session().execute(sa.update(people).where(mine).values(email="coordinator@example.org"))
        session().commit()
    one = tablet("inspector")
    one.enter(visit_id, PRESENCE, f"help:{uuid.uuid4()}", "asked")
    assert len(one.send(visit_id).json["kept"]) == 1
    assert len(one.send(visit_id).json["known"]) == 1
    (sent,) = post.received
    text = email.message_from_string(sent, policy=policy.default).get_body().get_content()
    assert "Inspector One asks for help" in text
    assert "正在求助" in text
    assert "示例制衣" not in text


def test_an_order_needs_a_reason_and_a_yes_and_waits_for_the_next_contact(app, world, tablet, sign_in):
    one = tablet("inspector")
    office = sign_in("coordinator")
    page = office.get(f"/visits/tablets/{one.device}")
    refused = office.submit(page, "/visits/tablets/", kind="wipe", reason="Left in a taxi", status=422)
    assert "Left in a taxi" in refused.text
    done = office.submit(refused, "/visits/tablets/", kind="wipe", reason="Left in a taxi", sure="y")
    assert "waits for its next contact" in done.text
    told = one.contact().get_json()["orders"]
    assert [order["kind"] for order in told] == ["wipe"]
    one.contact(done=[told[0]["id"]])
    assert "waits for its next contact" not in office.get(f"/visits/tablets/{one.device}").text


def test_what_a_tablet_notes_of_itself_stands_in_words(tablet, sign_in):
    one = tablet("inspector")
    one.contact(troubles=["2026-11-22T08:11 restored", "2026-11-22T08:12 copy QuotaExceededError", "of 100% old words"])
    shown = sign_in("coordinator").get(f"/visits/tablets/{one.device}").text
    assert "2026-11-22 08:11 · The browser had thrown away what it kept" in shown
    assert "could not be written (QuotaExceededError)" in shown
    assert "of 100% old words" in shown


def test_giving_up_what_is_unsent_names_the_visit(app, world, handed, tablet, sign_in):
    visit_id = handed(0, "inspector")
    one = tablet("inspector")
    office = sign_in("coordinator")
    page = office.get(f"/visits/tablets/{one.device}")
    office.submit(page, "/visits/tablets/", kind="discard", reason="Entered on paper", sure="y", status=422)
    office.submit(page, "/visits/tablets/", kind="discard", reason="Entered on paper", sure="y", visit=str(visit_id))
    (order,) = one.contact().get_json()["orders"]
    assert order["visit"] == str(visit_id)


def test_only_coordinators_look_into_the_field(app, world, tablet, sign_in):
    one = tablet("inspector")
    for who in ("inspector", "leader", "manager", "reviewer"):
        sign_in(who).get("/visits/field", status=403)
        sign_in(who).get(f"/visits/tablets/{one.device}", status=403)
    sign_in("coordinator").get(f"/visits/tablets/{uuid.uuid4()}", status=404)
    with app.app_context():
        assert len(store_tablets.tablets(world.system)) == 1
