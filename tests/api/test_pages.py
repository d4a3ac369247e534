"""The page of tokens: made, shown once, revoked."""

import re
from datetime import timedelta

from sqlmodel import select

from compliance.api import store
from compliance.api.models import ApiToken
from compliance.shared.audit import AuditLine
from compliance.shared.database import session
from tests.api.calling import Program


def test_an_administrator_makes_a_token_that_works_and_revokes_it(app, world, sign_in):
    client = sign_in("administrator")
    assert "No token yet" in client.get("/association/tokens/").text
    page = client.get("/association/tokens/new")
    assert page.h1 == "Make a token"
    with app.app_context():
        until = store.today(world.association_id) + timedelta(days=10)
    form = {"name": "Membership system", "scopes": ["register.read"], "last_day": until.isoformat(), "sure": "y"}
    made = client.post("/association/tokens/new", form)
    words = re.search(r"wpc_[\w-]{43}", made.response.text)[0]
    assert made.response.headers["Cache-Control"] == "no-store"
    one = Program(app, words)
    one.get("enterprises")
    one.get("findings", status=403)
    listed = client.get("/association/tokens/")
    assert "Membership system" in listed.text and words not in listed.response.text
    assert "never" not in listed.text
    with app.app_context():
        (row,) = session().exec(select(ApiToken)).all()
        token_id = row.id
    client.post(f"/association/tokens/{token_id}/revoke", {})
    one.get("enterprises", status=401)
    assert "Revoked" in client.get("/association/tokens/").text
    assert "revoked already" in client.post(f"/association/tokens/{token_id}/revoke", {}).text
    with app.app_context():
        verbs = [line.verb for line in session().exec(select(AuditLine).where(AuditLine.subject_id == token_id))]
    assert verbs == ["api.token_made", "api.used", "api.token_revoked"]


def test_a_token_needs_a_name_a_use_an_end_and_a_word_that_one_knows(app, client, sign_in):
    admin = sign_in("administrator")
    for form in (
        {},
        {"name": "x", "scopes": ["register.read"], "last_day": "2099-01-01"},
        {"name": "x", "scopes": ["register.read"], "last_day": "2099-01-01", "sure": "y"},
        {"name": "x", "scopes": ["everything"], "last_day": "2026-12-01", "sure": "y"},
        {"name": "x", "last_day": "2026-12-01", "sure": "y"},
    ):
        admin.post("/association/tokens/new", form, status=422)
    with app.app_context():
        assert not session().exec(select(ApiToken)).all()


def test_others_neither_see_nor_make_tokens(program, sign_in):
    program()
    for who in ("coordinator", "leader", "manager"):
        sign_in(who).get("/association/tokens/", status=403)
    stranger = sign_in("stranger")
    assert "No token yet" in stranger.get("/association/tokens/").text


def test_the_page_of_the_trail_says_which_system_was_given_what(program, sign_in):
    program().get("enterprises?limit=2")
    page = sign_in("administrator").get("/trail/?family=api").text
    assert "Was given an answer as another system" in page
    assert "Register of members" in page and "operation: enterprises" in page
    assert "the system" not in page.partition("Was given an answer")[0].rpartition("Who")[2]
