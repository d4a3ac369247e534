"""All findings in one list: what was released and stands, in its enterprises' words, to carry away and bring back."""

from dataclasses import replace

from compliance.casework import lists
from compliance.checklists.rules import Verdict
from compliance.findings import store as findings
from compliance.history.facts import Role, meaning
from compliance.people import store as people
from compliance.people import store_ties as ties
from compliance.people.rules import TieKind
from compliance.shared.database import session
from compliance.visits.rules import Answer, Known
from tests.casework.made import released, sealed, short


def items(actor, **asked):
    return [row.item for row in lists.findings(actor, **{"view": "all", **asked}).rows]


def test_only_what_was_released_and_may_be_told_stands_in_it(world, db_session):
    told = replace(Answer("WAG04", Verdict.partial, note="One said so."), known_by=frozenset({Known.interview}))
    visit_id = released(world, [short("WAG01"), short("SAF01"), told])
    sealed(world, [short("WAG02")], place=1)
    coordinator = world.actor("coordinator")
    shown = findings.public_of_visit(coordinator, visit_id)
    assert sorted(items(coordinator)) == sorted(one.item for one in shown)
    assert "WAG02" not in items(coordinator), "nobody has released it"
    assert items(coordinator, area="safety") == ["SAF01"]
    assert items(coordinator, severity="minor", area="safety") in ([], ["SAF01"])
    assert items(coordinator, text="nobody of this name") == []
    assert items(coordinator, view="closed") == []
    assert items(world.actor("manager")) == []
    assert items(world.actor("stranger")) == []


def test_who_has_a_tie_sees_none_of_that_enterprise(world, db_session):
    released(world, [short("WAG01")])
    leader = people.get(world.system, world.people["leader"])
    assert items(world.actor("leader")) == ["WAG01"]
    ties.declare(world.system, leader, world.enterprises[0], TieKind.kin)
    session().commit()
    assert items(world.actor("leader")) == []


def test_the_page_goes_out_as_a_file_that_the_past_understands(app, world, sign_in):
    with app.app_context():
        released(world, [short("WAG01"), short("SAF01")])
    for language, first in (("en", "Wages"), ("zh", "工资")):
        client = sign_in("coordinator", language)
        page = client.get("/findings/", sort="severity", view="all")
        assert "Seen at WAG01." in page.text and first in page.text
        data = client.http.get("/findings/?view=all&export=csv").data
        headers = data.decode("utf-8-sig").splitlines()[0].split(",")
        known = {meaning(Role.findings, header) for header in headers}
        assert {"name", "credit_code", "visited_on", "area", "severity", "text", "closed_on"} <= known
    sign_in("manager").get("/findings/", 403)
    assert "/findings/" in sign_in("coordinator").get("/actions/?view=all").response.text
