"""What teams and neighbours ask of people and workplaces, and what speaks against a team chosen by hand."""

from datetime import timedelta

import pytest

from compliance.enterprises import store as enterprises
from compliance.enterprises.parks import neighbours_key, park_in, park_key
from compliance.people import store as people
from compliance.people import store_field, store_leaves
from compliance.shared import audit
from compliance.shared.database import session
from compliance.visits import store as visits
from compliance.visits.parts import Part, part_of
from compliance.visits.rules import Route
from tests.casework import made
from tests.casework.test_non_interference import FOUND


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("七甸产业园", "七甸 工业园区"),
        ("Qidian Industrial Park", "QIDIAN industrial  zone"),
        ("Ｑidian Park", "Qidian"),
        ("海口（工业园）", "海口"),
    ],
)
def test_one_park_has_one_key_however_it_is_written(one, other):
    assert park_key(one) == park_key(other) != ""


def test_parks_are_told_apart_and_read_from_addresses():
    assert park_key("海口工业园") != park_key("七甸工业园")
    assert park_key("工业园") and park_key("") == ""
    assert park_in("云南省昆明市呈贡区七甸产业园A3栋") == "七甸产业园"
    assert park_in("示例路1号") == ""
    assert neighbours_key("", "昆明市呈贡区七甸产业园B1") == neighbours_key("七甸工业园区", "") == "七甸"


def test_an_administrator_enters_what_teams_ask(app, world, sign_in):
    client = sign_in("administrator")
    page = client.get(f"/people/{world.people['inspector']}")
    page = client.submit(page, "/field", languages=["cmn", "iii"], woman="y", district="五华区")
    assert "Saved." in page.text
    with app.app_context():
        known = store_field.facts_of([world.people["inspector"]])[world.people["inspector"]]
        assert known == store_field.FieldFacts(frozenset({"cmn", "iii"}), woman=True, district="530102")
        assert any(line.verb == "person.field_facts_set" for line in audit.about(world.people["inspector"]))
    wrong = client.submit(page, "/field", district="nowhere", status=422)
    assert wrong.form("/field")["district"] == "nowhere" and "six-digit code" in " ".join(wrong.errors())
    assert "For the making of teams" not in client.get(f"/people/{world.people['manager']}").text
    sign_in("coordinator").post(f"/people/{world.people['inspector']}/field", status=403)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_workplace_has_park_shifts_and_languages(app, world, sign_in, language):
    client = sign_in("coordinator", language)
    page = client.get(f"/register/workplaces/{world.workplaces[0]}")
    page = client.submit(page, "/workplaces/", park="七甸产业园", shifts="y", languages=["iii", "bca"])
    assert "七甸产业园" in page.text and ("Yi" if language == "en" else "彝语") in page.text
    with app.app_context():
        row = enterprises.workplace(world.actor("coordinator"), world.workplaces[0])
        assert (row.park, row.shifts, row.languages) == ("七甸产业园", True, ["iii", "bca"])
    again = client.get(f"/register/workplaces/{world.workplaces[0]}").form("/workplaces/")
    assert again["park"] == "七甸产业园" and set(again["languages"]) == {"iii", "bca"}


def plan(client, world, **changes):
    page = client.get("/visits/plan/new", enterprise=str(world.enterprises[0]))
    return page, {"inspectors": [str(world.people["inspector"])], "part": "", **changes}


def test_a_plan_by_hand_says_what_speaks_against_it_and_has_a_drawn_hour(app, world, sign_in):
    with app.app_context():
        made.released(world, FOUND)
        for who, woman in (("inspector", False), ("inspector2", True)):
            spoken = ["cmn", "iii"] if woman else ["cmn"]
            store_field.set_facts(world.system, people.get(world.system, world.people[who]), spoken, woman=woman)
        enterprises.workplace(world.system, world.workplaces[0]).languages = ["iii"]
        audit.record(world.system, "test.language")
        session().commit()
    client = sign_in("coordinator")
    page, given = plan(client, world, part="night")
    page = client.submit(page, "/visits/plan/new", **given)
    for words in (
        "One person goes alone", "No woman is in the team", "Nobody of the team speaks",
        "Was there last time too: Inspector One",
    ):  # fmt: skip
        assert words in page.text
    with app.app_context():
        visit = visits.planned(world.actor("coordinator"), visits.PlanFilter(route=Route.targeted)).rows[0]
        assert part_of(visit.begins_at, "Asia/Shanghai") is Part.night
        begins, visit_id = visit.begins_at, visit.id
    page = client.submit(client.get(f"/visits/{visit_id}/change"), "/change", purpose="As before.")
    with app.app_context():
        assert visits.get(world.system, visit_id).begins_at == begins, "an hour is not drawn until it pleases"
    client.submit(client.get(f"/visits/{visit_id}/change"), "/change", part="")
    with app.app_context():
        assert visits.get(world.system, visit_id).begins_at is None


def test_who_is_on_leave_is_not_sent(app, world, sign_in):
    with app.app_context():
        today = visits.today(world.system)
        store_leaves.set_leave(
            world.actor("coordinator"), world.people["inspector"], world.people["inspector2"], today,
            today + timedelta(days=3), "", today,
        )  # fmt: skip
        session().commit()
    client = sign_in("coordinator")
    page, given = plan(client, world)
    wrong = client.submit(page, "/visits/plan/new", status=422, **given)
    assert "On leave on this day: Inspector One" in " ".join(wrong.errors())
