"""Getting in: the second step, sessions that are seen and ended, the password once more for dangerous acts."""

import re
from datetime import timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from compliance.people import access, gate, store, store_access
from compliance.people import store_invitations as invitations
from compliance.people.models_access import Authenticator, RecoveryCode, SignIn
from compliance.people.rules import Role
from compliance.shared import clock
from compliance.shared.audit import AuditLine
from compliance.shared.database import session
from compliance.shared.outbox import OutgoingMessage
from compliance.shared.problems import NotFound, Refused
from tests.manners import Client
from tests.world import PASSWORD

WHO = "reviewer"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/148.0 Safari/537.36"


def browser(app):
    """A new browser that nobody has used."""
    return Client(app.test_client())


def enter(client, who=WHO, status=302, password=PASSWORD, **more):
    data = {"identity": who, "password": password, "csrf_token": client.token(), **more}
    answer = client.http.post("/sign-in", data=data, headers={"User-Agent": CHROME})
    assert answer.status_code == status
    return answer.location


def asks(app, world, *roles):
    with app.app_context():
        store_access.ask(world.system, roles)
        session().commit()


def with_app(app, world, who=WHO):
    """The secret of an authenticator app that a person has set up."""
    secret = access.new_secret()
    with app.app_context():
        person = store.get(world.system, world.people[who])
        code = pyotp.TOTP(secret).at(clock.now() - timedelta(seconds=90))
        with clock.at(clock.now() - timedelta(seconds=90)):
            store_access.add_authenticator(world.actor(who), person, secret, code)
        session().commit()
    return secret


def code_of(secret):
    return pyotp.TOTP(secret).at(clock.now())


# --- rules -------------------------------------------------------------------------------------------------------


@given(st.integers(600, 2**33), st.integers(-3, 3))
def test_a_code_fits_in_its_time_step_and_one_beside_it(seconds, apart):
    secret = "JBSWY3DPEHPK3PXP" * 2
    typed = pyotp.TOTP(secret).generate_otp(max(0, seconds // 30 + apart))
    found = access.step_of(secret, f" {typed[:3]} {typed[3:]}", seconds)
    if abs(apart) <= 1:
        assert found is not None
        assert access.step_of(secret, typed, seconds, after=seconds // 30 + 1) is None, "used once"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(seconds, code):
    """RFC 6238, appendix B (SHA-1), the last six of eight digits."""
    assert access.step_of("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", code, seconds) == seconds // 30


@pytest.mark.parametrize(
    ("settings", "asked"),
    [(None, set(access.BY_DEFAULT)), ([], set()), (["manager", "unheard-of"], {Role.manager})],
)
def test_whom_an_association_asks(settings, asked):
    assert access.asked_of(settings) == asked


@pytest.mark.parametrize(
    ("said", "shown"),
    [(CHROME, "Chrome, Windows"), ("", ""), ("curl/8.0", "curl"), ("x" * 9000, "")],
)
def test_a_browser_is_named_in_short(said, shown):
    assert access.browser_of(said) == shown


# --- the second step ---------------------------------------------------------------------------------------------


def test_an_authenticator_app_is_set_up_shown_once_and_asked_from_then_on(app, world):
    client = browser(app)
    enter(client)
    page = client.get("/account/authenticator")
    secret = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page.response.text)[1].replace(" ", "")
    client.post("/account/authenticator", {"code": "000000"}, status=422)
    answer = client.http.post("/account/authenticator", data={"code": code_of(secret), "csrf_token": client.token()})
    codes = re.findall(r"<code>([0-9A-Z-]{14})</code>", answer.text)
    assert len(set(codes)) == access.CODES
    with app.app_context():
        row = session().exec(select(Authenticator)).one()
        assert secret.encode() not in row.sealed
        assert not any(code.replace("-", "") in repr(session().exec(select(RecoveryCode)).all()) for code in codes)
        assert secret not in repr([line.changes for line in session().exec(select(AuditLine))])
    other = browser(app)
    assert enter(other, next="/account") == "/sign-in/second"
    assert other.get("/account").path == "/sign-in", "the password alone opens nothing"
    assert enter(other, next="/account") == "/sign-in/second"
    with clock.at(clock.now() + timedelta(seconds=60)):
        answer = other.http.post("/sign-in/second", data={"code": code_of(secret), "csrf_token": other.token()})
        assert answer.location == "/account" and other.get("/account").path == "/account"


def test_a_code_works_once_whoever_saw_it(app, world):
    secret = with_app(app, world)
    first, second = browser(app), browser(app)
    for client in (first, second):
        enter(client)
    code = code_of(secret)
    assert first.http.post("/sign-in/second", data={"code": code, "csrf_token": first.token()}).status_code == 302
    second.post("/sign-in/second", {"code": code}, status=422)
    assert second.get("/account").path == "/sign-in"


def test_a_recovery_code_works_once_and_says_how_many_are_left(app, world):
    with_app(app, world)
    with app.app_context():
        person = store.get(world.system, world.people[WHO])
        code = store_access.new_codes(world.actor(WHO), person)[0]
        session().commit()
    for number in range(2):
        client = browser(app)
        enter(client)
        got = client.http.post("/sign-in/second", data={"code": code.lower(), "csrf_token": client.token()})
        assert got.status_code == (302, 422)[number]
        if number == 0:
            assert "9 are left" in client.get("/account").text


def test_tries_at_the_second_step_are_counted_and_seen_by_the_person(app, world):
    secret = with_app(app, world)
    client = browser(app)
    enter(client)
    for _ in range(10):
        client.post("/sign-in/second", {"code": "000000"}, status=422)
    client.post("/sign-in/second", {"code": "000000"}, status=429)
    with app.app_context():
        rows = session().exec(select(SignIn)).all()
        assert [row.refused for row in rows].count(True) == 10
    with clock.at(clock.now() + timedelta(minutes=16)):
        enter(client)
        got = client.http.post("/sign-in/second", data={"code": code_of(secret), "csrf_token": client.token()})
        assert got.status_code == 302
        assert client.get("/account/access").text.count("refused") == 10


def test_the_second_step_is_no_way_around_the_first_one(app, world):
    secret = with_app(app, world)
    client = browser(app)
    assert client.get("/sign-in/second").path == "/sign-in"
    enter(client)
    with clock.at(clock.now() + access.SECOND_WITHIN + timedelta(seconds=1)):
        assert client.get("/sign-in/second").path == "/sign-in", "it took too long"
    enter(client)
    with app.app_context():
        store.set_password_hash(world.system, store.get(world.system, world.people[WHO]), "another")
        session().commit()
    got = client.http.post("/sign-in/second", data={"code": code_of(secret), "csrf_token": client.token()})
    assert got.location == "/sign-in", "the password was changed meanwhile"


def test_a_code_on_paper_is_no_way_around_the_second_step(app, world):
    secret = with_app(app, world)
    with app.app_context():
        person = store.get(world.system, world.people[WHO])
        _row, paper = invitations.way_back(world.actor("administrator"), person)
        session().commit()
    client = browser(app)
    new = "walnut-Harbor-52-tin"
    form = {"password": new, "again": new, "csrf_token": client.token()}
    assert client.http.post(f"/invitation/{paper}", data=form).location == "/sign-in/second"
    assert client.get("/account").path == "/sign-in"
    enter(client, password=new)
    client.http.post("/sign-in/second", data={"code": code_of(secret), "csrf_token": client.token()})
    assert client.get("/account").path == "/account"


def test_whose_role_asks_for_it_sets_it_up_before_anything_else(app, world):
    asks(app, world, Role.reviewer)
    client = browser(app)
    enter(client, remember="y")
    assert client.get("/").path == "/account/access"
    assert "needs a second step" in client.get("/account/access").text
    assert client.http.post("/people", data={"csrf_token": client.token()}).status_code in (403, 405)
    assert client.http.post("/account/notices", data={"csrf_token": client.token()}).status_code == 403
    page = client.get("/account/authenticator")
    secret = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page.response.text)[1].replace(" ", "")
    client.http.post("/account/authenticator", data={"code": code_of(secret), "csrf_token": client.token()})
    assert client.get("/").path == "/reviews/"
    assert client.http.post("/account/authenticator/take", data={"csrf_token": client.token()}).status_code == 403
    inspector = browser(app)
    enter(inspector, "inspector")
    assert inspector.get("/").path == "/visits/", "other roles go on"


def test_the_last_second_step_stays_while_a_role_needs_it(db_session, world):
    store_access.ask(world.system, [Role.reviewer])
    me, person = world.actor(WHO), store.get(world.system, world.people[WHO])
    row = store_access.add_passkey(me, person, "Blue key", b"id", b"key", 0)
    with pytest.raises(Refused):
        store_access.take_passkey(me, person, row.id)
    other = store_access.add_passkey(me, person, "Telephone", b"id2", b"key", 0)
    store_access.take_passkey(me, person, row.id)
    with pytest.raises(NotFound):
        store_access.take_passkey(me, person, row.id)
    assert [one.id for one in store_access.seconds(person.id).passkeys] == [other.id]


def test_an_administrator_takes_a_lost_second_step_away_and_the_person_is_told(app, world, sign_in):
    with_app(app, world)
    with app.app_context():
        person = store.get(world.system, world.people[WHO])
        store.rename(world.system, person, person.name, person.username, "re@example.org", None)
        session().commit()
    reviewer, administrator = sign_in(WHO), sign_in("administrator")
    address = f"/people/{world.people[WHO]}/second-step/reset"
    with clock.at(clock.now() + access.FRESH + timedelta(seconds=1)):
        answer = administrator.http.post(address, data={"csrf_token": administrator.token()})
        assert answer.location.startswith("/account/confirm"), "it was too long ago"
    administrator.http.post(address, data={"csrf_token": administrator.token()})
    assert reviewer.get("/account").path == "/sign-in", "signed out everywhere"
    with app.app_context():
        assert not store_access.seconds(world.people[WHO]).any
        mail = session().exec(select(OutgoingMessage)).one()
        assert mail.recipient == "re@example.org" and "second step" in mail.body


# --- sessions ----------------------------------------------------------------------------------------------------


def test_one_device_is_signed_out_and_the_others_stay(app, world):
    here, there = browser(app), browser(app)
    for client in (here, there):
        enter(client, remember="y")
    page = here.get("/account/access")
    assert page.text.count("Chrome, Windows") >= 2 and "this device" in page.text
    with app.app_context():
        rows = sorted(session().exec(select(SignIn)).all(), key=lambda row: row.at)
        other = rows[1].id
    here.post(f"/account/sessions/{other}/end", {})
    assert there.get("/account").path == "/sign-in", "also where it was to stay signed in for 30 days"
    assert here.get("/account").path == "/account"
    here.post(f"/account/sessions/{other}/end", {}, status=404)
    stranger = browser(app)
    enter(stranger, "inspector")
    stranger.post(f"/account/sessions/{rows[0].id}/end", {}, status=404)


def test_all_other_devices_are_signed_out(app, world):
    here, there = browser(app), browser(app)
    for client in (here, there):
        enter(client)
    here.post("/account/sessions/end", {})
    assert there.get("/account").path == "/sign-in"
    assert here.get("/account").path == "/account"


def test_signing_others_out_proves_nothing(app, world):
    client = browser(app)
    enter(client, "administrator")
    with clock.at(clock.now() + access.FRESH + timedelta(seconds=1)):
        client.post("/account/sessions/end", {})
        assert client.get("/association/second-step").path == "/account/confirm"


def test_who_signs_out_is_no_longer_listed(app, world):
    client = browser(app)
    enter(client)
    client.post("/sign-out", {})
    with app.app_context():
        assert store_access.open_sessions(world.people[WHO], clock.now() - timedelta(days=1)) == []


def test_a_new_device_is_told_by_mail_and_a_known_one_is_not(app, world):
    with app.app_context():
        person = store.get(world.system, world.people[WHO])
        store.rename(world.system, person, person.name, person.username, "re@example.org", None)
        session().commit()
    here, there = browser(app), browser(app)
    for client in (here, here, there, there):
        enter(client)
        client.post("/sign-out", {})
    with app.app_context():
        (mail,) = session().exec(select(OutgoingMessage)).all()
        assert "Chrome, Windows" in mail.body


def test_a_session_tells_when_it_was_last_used_by_the_quarter_of_an_hour(app, world):
    client = browser(app)
    enter(client)
    began = clock.now()
    for minutes in (5, 20, 30):
        with clock.at(began + timedelta(minutes=minutes)):
            client.get("/account")
    with app.app_context():
        (row,) = session().exec(select(SignIn)).all()
        assert timedelta(minutes=19) < row.seen_at - began < timedelta(minutes=21)


def test_only_oneself_sees_what_was_tried(app, world, page):
    client = browser(app)
    enter(client, status=422, password="wrong-password-1")
    enter(client, "nobody", status=422, password="wrong-password-1")
    assert "refused" in page(WHO, "/account/access").text
    assert "refused" not in page("administrator", "/account/access").text


# --- the password once more --------------------------------------------------------------------------------------


def test_what_is_dangerous_asks_for_the_password_again_after_a_while(app, world):
    client = browser(app)
    enter(client, "administrator")
    assert client.get("/association/second-step").path == "/association/second-step"
    with clock.at(clock.now() + access.FRESH + timedelta(seconds=1)):
        assert client.get("/association/second-step").path == "/account/confirm"
        client.post("/account/confirm", {"password": "wrong", "next": "/association/second-step"}, status=422)
        away = client.http.post(
            "/account/confirm", data={"password": PASSWORD, "next": "//evil.example", "csrf_token": client.token()}
        )
        assert away.location == "/"
        assert client.get("/association/second-step").path == "/association/second-step"
        saved = client.http.post("/association/second-step", data={"roles": ["reviewer"], "csrf_token": client.token()})
        assert saved.location == "/association"


DANGEROUS = {
    "access.asked",
    "access.authenticator",
    "access.passkey",
    "access.recovery_codes",
    "access.reset",
    "access.take_authenticator",
    "access.take_passkey",
    "api_tokens.new",
    "membership.close",
    "membership.new_code",
    "membership.set_roles",
    "merging.merge",
    "privacy.of_contact",
    "privacy.of_person",
    "privacy.remove",
}


def test_the_acts_that_ask_for_it_are_these(app):
    with app.app_context():
        assert {name for name in app.view_functions if gate._mark(name, "proved")} == DANGEROUS
