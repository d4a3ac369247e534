"""Enterprises that another system brings along: looked at by the engine of the page, then confirmed."""

import pytest
from sqlmodel import select

from compliance.api.rules import Scope
from compliance.enterprises import store_import_writes, store_imports
from compliance.enterprises.models import Enterprise, RegisterImport
from compliance.shared.audit import AuditLine
from compliance.shared.database import session

ROWS = [
    {
        "name": "New Works 新厂",
        "credit_code": "91110108551385082Q",
        "sector": "C18",
        "workers": 120,
        "status": "active",
    },
    {"name": "Example Garments No. 1 示例制衣一厂", "workers": 75, "contact_name": "Zhao Liu"},
    {"name": "Broken Works", "credit_code": "123", "member_since": "soon"},
    {"name": '=HYPERLINK("x") 公式厂', "letter_language": "both", "size": "large", "member_since": "2026-11-02"},
]


def count(app):
    with app.app_context():
        return {row.name: row for row in session().exec(select(Enterprise))}


def test_enterprises_are_looked_at_then_confirmed_then_there(app, world, program):
    one = program(Scope.imports)
    answer = one.call("imports", "POST", 201, json={"name": "CRM November", "enterprises": ROWS})
    shown = answer.json
    assert answer.headers["Location"] == f"/api/v1/imports/{shown['id']}"
    assert (shown["state"], shown["name"]) == ("ready", "CRM November")
    assert [shown[name] for name in ("rows", "new", "changed", "unchanged", "refused")] == [4, 2, 1, 0, 1]
    assert [row["row"] for row in shown["new_rows"]] == [0, 3]
    assert shown["changed_rows"] == [{"row": 1, "name": ROWS[1]["name"], "facts": ["workers", "contact_name"]}]
    assert {(row["row"], row["fact"]) for row in shown["refused_rows"]} == {(2, "credit_code"), (2, "member_since")}
    assert "New Works 新厂" not in count(app)
    assert one.get(f"imports/{shown['id']}") == shown

    confirmed = one.call(f"imports/{shown['id']}/confirm", "POST", 202).json
    assert confirmed["state"] in ("working", "done")
    assert one.get(f"imports/{shown['id']}")["state"] == "done"
    there = count(app)
    assert there["New Works 新厂"].workers == 120
    assert there[ROWS[1]["name"]].workers == 75
    assert there['=HYPERLINK("x") 公式厂'].letter_language.value == "both"
    assert str(there['=HYPERLINK("x") 公式厂'].member_since) == "2026-11-02"
    one.call(f"imports/{shown['id']}/confirm", "POST", 409)


def test_a_preview_tells_nothing_of_what_the_register_holds(app, world, program):
    one = program(Scope.imports)
    told = one.call(
        "imports", "POST", 201, json={"name": "x", "enterprises": [{"name": ROWS[1]["name"], "workers": 75}]}
    ).text
    assert "60" not in told.replace("2026", ""), "the number of workers before"


def test_a_register_that_changed_meanwhile_stops_the_import(app, world, program):
    one = program(Scope.imports)
    first, second = (
        one.post("imports", {"name": "x", "enterprises": [{"name": "New Works 新厂", "workers": workers}]})
        for workers in (10, 20)
    )
    one.call(f"imports/{first['id']}/confirm", "POST", 202)
    one.call(f"imports/{second['id']}/confirm", "POST", 202)
    stale = one.get(f"imports/{second['id']}")
    assert stale["state"] == "failed" and "has changed" in stale["problem"]
    assert count(app)["New Works 新厂"].workers == 10


def test_people_see_who_sent_an_import_and_may_take_it_back(app, world, program):
    one = program(Scope.imports)
    made = one.post("imports", {"name": "CRM", "enterprises": ROWS[:1]})
    one.call(f"imports/{made['id']}/confirm", "POST", 202)
    with app.app_context():
        coordinator = world.actor("coordinator")
        (row,) = store_imports.latest(coordinator)
        assert row.person_id is None and row.program_id is not None
        verbs = {line.verb for line in session().exec(select(AuditLine).where(AuditLine.subject_id == row.id))}
        assert {"register.looked_at", "register.imported"} <= verbs
        store_import_writes.undo_later(coordinator, row, "Taking back")
        session().commit()
    assert one.get(f"imports/{made['id']}")["state"] == "taken_back"
    assert "New Works 新厂" not in count(app)


@pytest.mark.parametrize(
    ("body", "status", "where"),
    [
        ("{", 400, None),
        ('"x"', 422, ""),
        ('{"name": "x", "enterprises": []}', 422, "/enterprises"),
        ('{"name": "x", "enterprises": [{"name": ""}]}', 422, "/enterprises/0/name"),
        ('{"name": "x", "enterprises": [{"name": "A", "workers": "12"}]}', 422, "/enterprises/0/workers"),
        ('{"name": "x", "enterprises": [{"name": "A", "workers": 1.5}]}', 422, "/enterprises/0/workers"),
        ('{"name": "x", "enterprises": [{"name": "A", "id": 1}]}', 422, "/enterprises/0/id"),
        ('{"name": "x", "enterprises": [{"name": "\\ud800"}]}', 400, None),
    ],
)
def test_a_body_of_another_form_says_where(program, body, status, where):
    problem = program(Scope.imports).call("imports", "POST", status, data=body, content_type="application/json").json
    assert where is None or problem["errors"][0]["where"] == where


def test_only_json_is_taken_and_not_too_much_of_it(app, program):
    one = program(Scope.imports)
    one.call("imports", "POST", 415, data={"name": "x"})
    one.call("imports", "POST", 413, data=b" " * (9 * 2**20), content_type="application/json")
    with app.app_context():
        assert not session().exec(select(RegisterImport)).all()
