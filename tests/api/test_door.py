"""Who is let in by the door for programs, and what for."""

import re
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlmodel import select

from compliance.api import rules, store
from compliance.api.door import OPERATIONS, PREFIX
from compliance.api.models import ApiToken
from compliance.api.rules import Scope
from compliance.people import gate
from compliance.shared import clock
from compliance.shared.audit import AuditLine
from compliance.shared.database import session
from tests.api.calling import Program
from tests.api.conftest import token

UNKNOWN = "00000000-0000-4000-8000-000000000000"
# What each scope opens. A route that is missing here, or asks for another scope, fails the test.
TABLE = {
    ("GET", "/enterprises"): Scope.register,
    ("GET", "/enterprises/<uuid:enterprise_id>"): Scope.register,
    ("GET", "/scorecards"): Scope.scorecards,
    ("GET", "/scorecards/<uuid:scorecard_id>"): Scope.scorecards,
    ("GET", "/findings"): Scope.findings,
    ("GET", "/findings/<uuid:finding_id>"): Scope.findings,
    ("GET", "/actions"): Scope.actions,
    ("GET", "/actions/<uuid:action_id>"): Scope.actions,
    ("GET", "/letters"): Scope.letters,
    ("GET", "/letters/<uuid:letter_id>"): Scope.letters,
    ("GET", "/letters/<uuid:letter_id>/pdf"): Scope.letters,
    ("GET", "/trends/areas"): Scope.trends,
    ("GET", "/trends/periods"): Scope.trends,
    ("GET", "/trends/groups"): Scope.trends,
    ("POST", "/imports"): Scope.imports,
    ("GET", "/imports/<uuid:import_id>"): Scope.imports,
    ("POST", "/imports/<uuid:import_id>/confirm"): Scope.imports,
}


def address(rule):
    return PREFIX + re.sub("<[^>]+>", UNKNOWN, rule)


def test_the_table_is_whole(app):
    assert {(one.method, one.rule): one.scope for one in OPERATIONS} == TABLE
    with app.app_context():
        routes = {rule.rule: rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith("/api")}
        marks = {rule: gate.verb_of(endpoint) for rule, endpoint in routes.items()}
    assert marks.pop(f"{PREFIX}/openapi.json") == gate.PUBLIC
    assert set(marks) == {PREFIX + rule for _method, rule in TABLE}
    assert set(marks.values()) == {gate.PROGRAM}


def test_no_other_route_leaves_the_gate_to_a_token(app):
    with app.app_context():
        left = [rule for rule in app.url_map.iter_rules() if gate.verb_of(rule.endpoint) == gate.PROGRAM]
    assert {rule.endpoint.partition(".")[0] for rule in left} == {"api"}


@pytest.mark.parametrize("scope", list(Scope))
def test_each_scope_opens_its_own_routes_and_no_other(program, scope):
    one = program(scope)
    for (method, rule), needed in TABLE.items():
        status = one.http.open(
            address(rule), method=method, json={}, headers={"Authorization": f"Bearer {one.words}"}
        ).status_code
        assert (status == 403) == (needed is not scope), f"{method} {rule} with {scope}: {status}"
        assert status in (200, 403, 404, 422)


def test_without_a_token_nothing_is_open_also_to_people_who_are_signed_in(app, sign_in):
    for http in (app.test_client(), sign_in("administrator").http, sign_in("leader").http):
        for method, rule in TABLE:
            answer = http.open(address(rule), method=method, json={})
            assert answer.status_code == 401, f"{method} {rule}"
            assert answer.json["code"] == "token-missing"
            assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_what_is_no_token_opens_nothing(app):
    for words in ("wpc_", "nonsense", "wpc_" + "A" * 43, "a b"):
        problem = Program(app, words).get("enterprises", status=401)
        assert problem["code"] == "token-invalid"


def test_a_token_that_is_revoked_or_ended_is_shut_out_at_once(app, world, program):
    revoked, ending = program(Scope.register), program(Scope.register, last_day=date(2026, 12, 31))
    revoked.get("enterprises")
    with app.app_context():
        rows = session().exec(select(ApiToken)).all()
        store.revoke(world.actor("administrator"), next(row.id for row in rows if row.last_day != date(2026, 12, 31)))
        session().commit()
    assert revoked.get("enterprises", status=401)["code"] == "token-invalid"
    # The last day is over when it is over where the association is: midnight in Shanghai is 16:00 UTC.
    with clock.at(datetime(2026, 12, 31, 15, 59, tzinfo=UTC)):
        ending.get("enterprises")
    with clock.at(datetime(2026, 12, 31, 16, 0, tzinfo=UTC)):
        assert ending.get("enterprises", status=401)["code"] == "token-invalid"


def test_a_token_of_another_association_finds_nothing_of_ours(app, world, program):
    theirs = program(who="stranger")
    assert theirs.get(f"enterprises/{world.enterprises[0]}", status=404)["code"] == "enterprise-unknown"
    assert [one["name"] for one in theirs.get("enterprises")["items"]] == ["Noise Works 噪声工厂"]


def test_the_words_of_a_token_are_kept_nowhere(app, world, program):
    one = program(Scope.register)
    with app.app_context():
        (row,) = session().exec(select(ApiToken)).all()
        assert one.words.startswith(rules.PREFIX) and len(one.words) >= 46
        assert row.digest == rules.digest(one.words)
        kept = repr(row) + repr([line.changes for line in session().exec(select(AuditLine))])
    assert one.words not in kept and row.digest not in kept.replace(repr(row), "")


def test_every_answer_stands_on_the_trail_with_what_was_asked(app, world, program):
    one = program(Scope.register)
    one.get("enterprises?limit=2&status=active")
    one.get(f"enterprises/{UNKNOWN}", status=404)
    with app.app_context():
        lines = session().exec(select(AuditLine).where(AuditLine.verb == store.USED)).all()
        (row,) = session().exec(select(ApiToken)).all()
        assert [(line.subject_id, line.person_id) for line in lines] == [(row.id, None)]
        assert lines[0].changes["note"] == {
            "token": "Register of members",
            "operation": "enterprises", "asked": {"limit": 2, "status": "active"}, "rows": 2,
        }  # fmt: skip
        assert row.last_used_at is not None


def test_an_export_of_a_page_is_no_way_around_the_door(app):
    for address in ("enterprises", f"enterprises/{UNKNOWN}"):
        assert app.test_client().get(f"{PREFIX}/{address}?export=csv").status_code == 401


def test_who_asks_too_often_is_told_when_to_come_back(app, world, program, monkeypatch):
    monkeypatch.setattr(rules, "A_MINUTE", 3)
    one, other = program(Scope.register), program(Scope.register)
    with clock.at(datetime(2026, 11, 23, 2, 0, 15, tzinfo=UTC)):
        for _ in range(3):
            one.get("enterprises")
        refused = one.call("enterprises", status=429)
        assert refused.headers["Retry-After"] == "45"
        other.get("enterprises")
    with clock.at(datetime(2026, 11, 23, 2, 1, tzinfo=UTC)):
        one.get("enterprises")


def test_who_tries_many_tokens_is_held_up(app, program):
    one = program(Scope.register)
    with clock.at(datetime(2026, 11, 23, 2, 0, tzinfo=UTC)):
        for _ in range(30):
            Program(app, f"wpc_{uuid4()}").call("enterprises", status=401)
        Program(app, f"wpc_{uuid4()}").call("enterprises", status=429)
        one.get("enterprises")


def test_errors_are_problem_details_also_where_no_route_is(app, program):
    one = program()
    assert one.get("nowhere", status=404)["code"] == "not-found"
    assert one.call("enterprises", "DELETE", 405).headers["Allow"]
    assert one.call("enterprises", "OPTIONS", 405)
    assert not [name for name, _value in one.call("enterprises").headers if name.startswith("Access-Control")]
    assert one.get("enterprises?limit=x", status=422)["errors"][0]["where"] == "limit"
    for wrong in ("limit=0", "limit=201", "limit=1&limit=2", "after=1", "nothing=1", "sector=%00", "status="):
        one.get(f"enterprises?{wrong}", status=422)
    chinese = one.get(f"enterprises/{UNKNOWN}", status=404, headers={"Accept-Language": "zh-CN"})
    assert chinese["detail"] == "名册中没有这家企业。"


def test_what_did_not_change_is_not_sent_again(program):
    one = program(Scope.register)
    first = one.call("enterprises")
    assert "Set-Cookie" not in first.headers
    again = one.call("enterprises", status=304, headers={"If-None-Match": first.headers["ETag"]})
    assert again.data == b""
    other = one.call("enterprises?limit=1", headers={"If-None-Match": first.headers["ETag"]})
    assert other.headers["ETag"] != first.headers["ETag"]


def test_a_list_is_walked_by_the_links_and_no_row_comes_twice(program):
    one, address, found = program(Scope.register), "enterprises?limit=1", []
    while address:
        answer = one.call(address)
        found += [row["id"] for row in answer.json["items"]]
        link = re.fullmatch(r'<http://localhost(/[^>]+)>; rel="next"', answer.headers.get("Link", ""))
        assert bool(link) == (answer.json["next_after"] is not None)
        address = link[1] if link else ""
    assert len(found) == len(set(found)) == 3
    assert found == sorted(found)


def test_a_token_is_valid_for_a_year_at_most_and_only_for_something(app, world):
    with app.app_context():
        admin, today = world.actor("administrator"), store.today(world.association_id)
        for name, scopes, day, code in (
            (" ", {Scope.register}, today, "token-name"),
            ("CRM", set(), today, "token-scopes"),
            ("CRM", {Scope.register}, today - timedelta(days=1), "token-past"),
            ("CRM", {Scope.register}, today + timedelta(days=367), "token-long"),
        ):
            with pytest.raises(rules.Problem) as caught:
                store.make(admin, name, scopes, day)
            assert caught.value.code == code


def test_a_second_token_does_not_see_the_imports_of_the_first(app, world, program):
    first, second = program(Scope.imports), program(Scope.imports)
    made = first.post("imports", {"name": "CRM", "enterprises": [{"name": "New Works 新厂"}]})
    first.get(f"imports/{made['id']}")
    second.get(f"imports/{made['id']}", status=404)
    assert token(app, world, {Scope.imports}) != first.words
