"""Who may not say the second word, through the pages and with forged addresses: the finder, the tied, the outsider."""

from uuid import uuid4

import pytest

from compliance.casework import cases, corrections, release
from compliance.casework import store as casework
from compliance.corrective_actions import store as actions
from compliance.findings import store as findings
from compliance.findings import store_replies as replies
from compliance.findings.rules import Position
from compliance.letters import store as letters
from compliance.people import store as people
from compliance.people import store_ties as ties
from compliance.people.rules import Role, TieKind
from compliance.shared.database import session
from compliance.visits import store as visits
from tests.casework import made

TWO = [made.short("WAG01", workers=6), made.short("SAF04", made.Verdict.partial)]
STRUCK = made.short("PUN05", facts=frozenset({"worker-struck"}))


@pytest.fixture
def both(app, world):
    """The visit's own inspector is a reviewer too."""
    with app.app_context():
        person = people.get(world.system, world.people["inspector"])
        people.set_roles(world.system, person, {Role.inspector, Role.reviewer})
        session().commit()


def tie(app, world, who, kind=TieKind.kin):
    with app.app_context():
        ties.declare(world.system, people.get(world.system, world.people[who]), world.enterprises[0], kind)
        session().commit()


def state_of(app, world, visit_id):
    with app.app_context():
        return visits.get(world.system, visit_id).state.value


def disputed(app, world, build, special=TWO, item="WAG01"):
    visit_id = build(made.released, special)
    with app.app_context():
        manager = world.actor("manager")
        finding = next(one for one in findings.public_of_visit(manager, visit_id) if one.item == item)
        cases.answer_finding(manager, finding.id, Position.dispute, "It was in the other office.")
        session().commit()
    return visit_id, finding.id


def test_the_own_inspector_releases_nothing_whatever_is_posted(sign_in, build, app, world, both):
    visit_id = build(made.sealed, TWO)
    client = sign_in("inspector")
    client.post(f"/reviews/{visit_id}/release", {"confirm": "y", "seen": token(app, world, visit_id)}, 403)
    assert state_of(app, world, visit_id) == "sealed"
    client.post(f"/reviews/{uuid4()}/release", {"confirm": "y", "seen": ""}, 404)


def token(app, world, visit_id):
    with app.app_context():
        reviewer = world.actor("reviewer")
        return corrections.page_token(reviewer, cases.load(reviewer, visit_id))


@pytest.mark.parametrize("who", ["reviewer", "leader"])
def test_who_has_a_tie_releases_decides_and_clears_nothing(sign_in, build, app, world, who):
    sealed_id = build(made.sealed, [STRUCK])
    seen = token(app, world, sealed_id)
    tie(app, world, who)
    client = sign_in(who)
    client.post(f"/reviews/{sealed_id}/release", {"confirm": "y", "seen": seen}, 404)
    client.post(f"/reviews/{sealed_id}/waiver", {"reason": "Alone."}, 404)
    fact = {"item": "PUN05", "fact": "worker-struck", "decision": "clear", "reason": "So it is.", "seen": seen}
    client.post(f"/reviews/{sealed_id}/facts", fact, 404 if who == "reviewer" else 403)
    assert state_of(app, world, sealed_id) == "sealed"


@pytest.mark.parametrize("who", ["reviewer", "leader"])
def test_who_has_a_tie_decides_no_dispute(sign_in, build, app, world, who):
    _visit_id, finding_id = disputed(app, world, build)
    tie(app, world, who, TieKind.owner)
    wrong = {"decision": "upheld", "becomes": "compliant", "reason": "They are right.", "waiver": "Nobody else."}
    wrong |= {"confirm": "y"}
    sign_in(who).post(f"/disputes/{finding_id}", wrong, 404)
    with app.app_context():
        assert replies.open_disputes(world.system)


@pytest.mark.parametrize("who", ["inspector", "coordinator", "manager", "administrator", "stranger"])
def test_who_is_no_reviewer_reaches_no_second_word(sign_in, build, app, world, who):
    visit_id = build(made.sealed, [STRUCK])
    client = sign_in(who)
    values = {"confirm": "y", "reason": "x", "csrf_token": client.token()}
    paths = ("release", "return", "facts", "waiver", "waiver/end", "photos", "conflicts", "letter", "items/PUN05")
    for path in paths:
        answer = client.http.post(f"/reviews/{visit_id}/{path}", data=values)
        assert answer.status_code in (403, 404), f"{path}: {answer.status_code}"
    assert state_of(app, world, visit_id) == "sealed"


def test_a_sealed_fact_that_its_finder_corrected_away_still_needs_a_second_person(sign_in, build, app, world, both):
    visit_id = build(made.sealed, [STRUCK, *TWO])
    client = sign_in("inspector")
    item = client.get(f"/reviews/{visit_id}/items/PUN05")
    client.submit(item, "/items/", tick=None, verdict="compliant", note="", reason="A slip.")
    review = client.get(f"/reviews/{visit_id}")
    assert "second person of the association" in review.text
    client.post(f"/reviews/{visit_id}/waiver", {"reason": "Nobody else is here."}, 403)
    client.post(f"/reviews/{visit_id}/release", {"confirm": "y", "seen": token(app, world, visit_id)}, 403)
    with app.app_context():
        assert casework.waiver_of(visit_id) is None
        made.safe(world)
        assert release.release(world.actor("reviewer"), visit_id).number, "a second person may"


def test_a_sealed_fact_that_went_away_after_a_return_still_needs_a_second_person(sign_in, build, app, world, both):
    visit_id = build(made.sealed, [STRUCK])
    with app.app_context():
        inspector = world.actor("inspector")
        corrections.send_back(inspector, visit_id, "Look again.")
        visit = visits.get(inspector, visit_id)
        undone = {("PUN05", "fact:worker-struck"): False, ("PUN05", "verdict"): "compliant"}
        visits.record(inspector, visit, {**undone, ("@closing", "inspector_signature"): "signed"})
        from compliance.casework import sealing

        sealing.seal(inspector, visit_id)
        session().commit()
    refused = {"reason": "Nobody else is here."}
    sign_in("inspector").post(f"/reviews/{visit_id}/waiver", refused, 403)


def test_the_finder_of_a_sealed_fact_verifies_its_correction_not_even_with_a_waiver(sign_in, build, app, world, both):
    with app.app_context():
        visit_id = made.sealed(world, [STRUCK, *TWO])
        reviewer = world.actor("reviewer")
        corrections.decide_sealed_fact(reviewer, visit_id, "PUN05", "worker-struck", True, "Several witnesses agree.")
        made.safe(world)
        release.release(reviewer, visit_id)
        session().commit()
        asked = {one.item: one.id for one in actions.of_visit(reviewer, visit_id)}
    client = sign_in("inspector")
    values = {"how": "on_site", "note": "Seen.", "waiver": "Nobody else is here."}
    client.post(f"/actions/{asked['PUN05']}/verify", values, 403)
    client.post(f"/actions/{asked['WAG01']}/verify", {**values, "waiver": ""}, 403)
    client.post(f"/actions/{asked['WAG01']}/verify", {**values, "worker_check": "y", "workers_asked": "3"})


def test_the_finder_decides_no_dispute_where_a_sealed_fact_is_not_even_with_a_waiver(sign_in, build, app, world, both):
    with app.app_context():
        special = made.short("PUN09", facts=frozenset({"search-seen-at-gate", "forced-or-strip-search"}))
        visit_id = made.sealed(world, [special])
        reviewer, manager = world.actor("reviewer"), world.actor("manager")
        corrections.decide_sealed_fact(reviewer, visit_id, "PUN09", "forced-or-strip-search", False, "One witness.")
        made.safe(world)
        release.release(reviewer, visit_id)
        (finding,) = findings.public_of_visit(manager, visit_id)
        cases.answer_finding(manager, finding.id, Position.dispute, "It was a bag.")
        session().commit()
    values = {"decision": "not_upheld", "becomes": "compliant", "verdict": "partial", "severity": ""}
    values |= {"round": "1", "reason": "I saw it.", "waiver": "Nobody else is here."}
    sign_in("inspector").post(f"/disputes/{finding.id}", values, 403)


def test_a_decision_is_about_the_round_that_its_page_showed(sign_in, build, app, world):
    _visit_id, finding_id = disputed(app, world, build)
    leader, reviewer = sign_in("leader"), sign_in("reviewer")
    old = leader.get(f"/disputes/{finding_id}")
    reviewer.submit(reviewer.get(f"/disputes/{finding_id}"), "/disputes/", decision="not_upheld", reason="Not shown.")
    with app.app_context():
        cases.appeal(world.actor("manager"), finding_id, "Here they are: look at the dates.")
        session().commit()
    late = leader.submit(old, "/disputes/", 409, decision="not_upheld", reason="As before.")
    assert late
    with app.app_context():
        assert [one.round for one in replies.open_disputes(world.system)] == [2]


@pytest.mark.parametrize("who", ["manager2", "stranger", "leader", "reviewer"])
def test_nobody_else_answers_for_an_enterprise(sign_in, build, app, world, who):
    visit_id = build(made.released, TWO)
    with app.app_context():
        manager = world.actor("manager")
        finding = findings.public_of_visit(manager, visit_id)[0].id
        action = actions.of_visit(manager, visit_id)[0].id
        letter = letters.of_visit(manager, visit_id)[0].id
    client = sign_in(who)
    expected = (403, 404)
    for path, values in (
        (f"/own/findings/{finding}/reply", {"position": "agree", "text": "Yes."}),
        (f"/own/findings/{finding}/appeal", {"text": "No."}),
        (f"/own/actions/{action}/plan", {"plan": "Mine."}),
        (f"/own/actions/{action}/evidence", {"do": "send", "note": "Mine."}),
        (f"/own/actions/{action}/more-time", {"until": "2027-01-01", "reason": "Mine."}),
    ):
        assert client.http.post(path, data=values | {"csrf_token": client.token()}).status_code in expected, path
    assert client.http.get(f"/own/letters/{letter}.pdf").status_code == 404
