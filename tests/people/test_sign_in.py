"""Signing in and out, as a browser does it."""

import logging
import re
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from compliance.people import store
from compliance.people.models import RateWindow
from compliance.people.throttle import TRIES_ANYWHERE, TRIES_BY_ADDRESS, TRIES_HERE, WINDOW
from compliance.shared import clock
from compliance.shared.database import session
from tests.manners import Client
from tests.world import PASSWORD


def attempt(client, name, password=PASSWORD, status=422, **more):
    return client.post("/sign-in", {"identity": name, "password": password, **more}, status=status)


def enters(client, name, password=PASSWORD):
    answer = client.http.post("/sign-in", data={"identity": name, "password": password, "csrf_token": client.token()})
    return answer.status_code == 302 and client.get("/account").path == "/account"


@pytest.fixture
def reachable(app, world):
    """The inspector signs in by e-mail and mobile number, too."""
    with app.app_context():
        person = store.get(world.system, world.people["inspector"])
        store.rename(world.system, person, person.name, person.username, "In@example.org", "13800138000")
        session().commit()


@pytest.mark.parametrize("name", ["inspector", "INSPECTOR", "in@EXAMPLE.org", "138 0013 8000", "+8613800138000"])
def test_one_field_for_user_name_mail_and_mobile(client, reachable, name):
    assert enters(client, name)
    assert client.get("/account").text.count("inspector")


def test_an_unknown_name_and_a_wrong_password_look_alike(app, world, client):
    def shape(page):
        return re.sub(r'value="[^"]*"', "", page.response.text)

    wrong = attempt(client, "inspector", "wrong-password")
    unknown = attempt(client, "nobody.there", "wrong-password")
    with app.app_context():
        store.deactivate(world.actor("administrator"), store.get(world.system, world.people["leader"]))
        session().commit()
    closed = attempt(client, "leader")
    assert shape(wrong) == shape(unknown) == shape(closed)
    assert "fit together" in wrong.text


def test_what_was_typed_is_kept_but_never_the_password(client):
    page = attempt(client, "Inspector Nobody", "a-wrong-secret")
    assert "Inspector Nobody" in page.response.text
    assert "a-wrong-secret" not in page.response.text


def test_the_same_work_is_done_for_a_name_that_nobody_has(app, world, client, monkeypatch):
    from compliance.people import passwords

    hashes = []
    verify = passwords.flask_security.verify_password
    monkeypatch.setattr(
        passwords.flask_security, "verify_password", lambda *given: hashes.append(given[1]) or verify(*given)
    )
    attempt(client, "nobody.there", "x" * 12)
    attempt(client, "inspector", "x" * 12)
    assert len(hashes) == 2
    assert all(kept.startswith("$argon2id$") for kept in hashes)


def test_too_many_tries_on_one_account_end_for_a_while(app, client):
    for _ in range(TRIES_HERE):
        attempt(client, "inspector", "wrong-password")
    page = attempt(client, "inspector", status=429)
    assert "Too many attempts" in page.text
    attempt(client, " Inspector ", status=429)
    other = Client(app.test_client())
    attempt(other, "inspector", status=429)
    assert enters(other, "reviewer")


def test_somebody_elsewhere_cannot_shut_a_person_out_with_a_few_tries(app, client):
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    for _ in range(TRIES_HERE + 5):
        data = {"identity": "inspector", "password": "wrong-password", "csrf_token": client.token()}
        client.http.post("/sign-in", data=data, environ_base=elsewhere)
    assert enters(Client(app.test_client()), "inspector")
    assert TRIES_HERE + 5 < TRIES_ANYWHERE


def test_signing_in_rightly_is_not_held_against_anybody(app):
    for _ in range(TRIES_HERE + 2):
        assert enters(Client(app.test_client()), "inspector")


def test_the_count_begins_anew_when_the_time_is_over(app, world, db_session):
    from compliance.people import throttle

    with app.app_context():
        assert [throttle.hit("x", 60) for _ in range(3)] == [1, 2, 3]
        later = clock.now().timestamp() + 61
        with clock.at(datetime.fromtimestamp(later, UTC)):
            assert throttle.hit("x", 60) == 1


def test_one_address_cannot_try_every_account(app, client):
    from compliance.people import throttle

    with app.app_context():
        for _ in range(TRIES_BY_ADDRESS):
            throttle.hit("sign-in from 127.0.0.1", WINDOW)
    attempt(client, "reviewer", status=429)


def test_signing_out_is_a_post_and_ends_the_session(sign_in):
    client = sign_in("inspector")
    assert client.http.get("/sign-out").status_code == 405
    client.post("/sign-out")
    assert client.get("/account").path == "/sign-in"


def test_without_a_token_nobody_is_signed_in_or_out(client, sign_in):
    client.http.get("/sign-in")
    answer = client.http.post("/sign-in", data={"identity": "inspector", "password": PASSWORD})
    assert answer.status_code == 302
    assert client.get("/account").path == "/sign-in"
    inside = sign_in("inspector")
    inside.http.post("/sign-out")
    assert inside.get("/account").path == "/account"


@pytest.mark.parametrize(
    ("next_page", "ends"),
    [
        ("/account/password", "/account/password"),
        ("https://elsewhere.example.org/", None),
        ("//elsewhere.example.org", None),
    ],
)
def test_after_signing_in_one_goes_on_but_never_elsewhere(client, next_page, ends):
    token = client.token()
    answer = client.http.post(
        "/sign-in", data={"identity": "reviewer", "password": PASSWORD, "next": next_page, "csrf_token": token}
    )
    assert answer.status_code == 302
    location = answer.headers["Location"]
    assert "elsewhere" not in location
    assert ends is None or location.endswith(ends)


def test_a_new_password_signs_other_devices_out(app, world, sign_in):
    here, there = sign_in("leader"), sign_in("leader")
    assert there.get("/account").path == "/account"
    changed = {"current": PASSWORD, "password": "kettle-harbour-quilt", "again": "kettle-harbour-quilt"}
    page = here.post("/account/password", changed)
    assert page.path == "/account"
    assert there.get("/account").path == "/sign-in"
    fresh = Client(app.test_client())
    attempt(fresh, "leader", PASSWORD)
    assert enters(fresh, "leader", "kettle-harbour-quilt")


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"current": "wrong"}, "not your present password"),
        ({"password": "short", "again": "short"}, "at least 10"),
        ({"again": "something else"}, "differ"),
        ({"password": "LeaderOne2026", "again": "LeaderOne2026"}, "easy to guess"),
        ({"password": "", "again": ""}, "required"),
    ],
)
def test_a_password_is_not_changed_when_something_is_wrong(sign_in, changed, says):
    good = {"current": PASSWORD, "password": "kettle-harbour-quilt", "again": "kettle-harbour-quilt"}
    page = sign_in("leader").post("/account/password", {**good, **changed}, status=422)
    assert says in " ".join(page.errors())


def test_nothing_personal_reaches_the_log(app, world, client, caplog):
    caplog.set_level(logging.DEBUG)
    attempt(client, "marked.name@example.org", "marked-secret-password")
    attempt(client, "inspector", "marked-secret-password")
    client.get("/invitation/MARKEDCODE", status=404)
    logged = "\n".join(record.getMessage() for record in caplog.records if "sqlalchemy" not in record.name)
    for secret in ("marked.name", "marked-secret", "MARKEDCODE"):
        assert secret not in logged


def test_no_counter_tells_who_tried(app, world, client):
    attempt(client, "marked.name@example.org", "x" * 12)
    with app.app_context():
        keys = [row.key for row in session().exec(select(RateWindow))]
    assert len(keys) >= 2
    assert not any("marked" in key or "127.0" in key for key in keys)


def test_a_sign_in_is_on_the_trail(app, world, client):
    from compliance.shared import audit, trail_values

    assert enters(client, "reviewer")
    with app.app_context():
        line = audit.about(world.people["reviewer"])[0]
        assert line.verb == "person.signed_in"
        assert trail_values.opened(trail_values.ADDRESSES, line.address) == "127.0.0.1"
        assert store.get(world.system, world.people["reviewer"]).signed_in_at is not None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_sign_in_page_in_both_languages(app, language):
    page = Client(app.test_client(), language).get("/sign-in")
    assert page.h1 == {"en": "Sign in", "zh": "登录"}[language]
    assert page.links("/invitation")
