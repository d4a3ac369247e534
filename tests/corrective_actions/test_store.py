"""Corrective actions in the database: from the draft to the check, with a history that both sides can read."""

from dataclasses import replace
from datetime import date

import pytest

from compliance.checklists.rules import Severity
from compliance.corrective_actions import store
from compliance.corrective_actions.rules import ActionState, Check, How
from compliance.findings import store as findings
from compliance.findings import store_replies
from compliance.findings.rules import Decision, Position
from compliance.shared.database import session
from compliance.shared.files import StoredFile
from compliance.shared.problems import NotFound
from compliance.visits.answers import Known
from tests.scorecards.made import refusal
from tests.scorecards.visited import a_visit

DELIVERED = date(2026, 11, 23)
TODAY = date(2026, 12, 1)
FILE = StoredFile("b" * 64, 4000, "image/jpeg")


def drafted(world, *, critical=False, **changes):
    """A visit with one drafted action: WAG05 is major, WAG02 critical."""
    reviewer = world.actor("reviewer")
    id = "WAG02" if critical else "WAG05"
    case = a_visit(world).say(id, "non_compliant", note="Seen.", **changes)
    raised = findings.raise_(reviewer, *case.scored)
    rows = store.draft(reviewer, case.visit, raised, case.checklist, case.answers)
    return case, raised, rows


def delivered(world, **changes):
    """The same, released and delivered."""
    reviewer = world.actor("reviewer")
    case, raised, rows = drafted(world, **changes)
    findings.release(reviewer, case.visit.id, DELIVERED, case.checklist.policy)
    store.deliver(reviewer, case.visit.id, DELIVERED, case.checklist.policy)
    session().commit()
    return case, raised[0], rows[0]


def test_each_finding_gets_an_action_with_one_accountable_party(world, db_session) -> None:
    case, (finding,), (row,) = drafted(world)
    reviewer, manager = world.actor("reviewer"), world.actor("manager")
    (view,) = store.of_visit(reviewer, case.visit.id)
    item = case.checklist.item("WAG05")
    assert view.text == item.action
    assert (view.accountable, view.days, view.state) == ("enterprise", item.days, ActionState.open)
    assert (view.due_on, view.finding_id) == (None, finding.id)
    assert store.of_visit(manager, case.visit.id) == []
    with pytest.raises(NotFound):
        store.get(manager, row.id)
    store.name_accountable(reviewer, row.id, "The owner of the building")
    assert refusal(store.name_accountable, reviewer, row.id, " ") == "action-party-missing"
    session().commit()
    assert store.get(reviewer, row.id).accountable == "The owner of the building"


def test_the_inspectors_own_words_and_days_stand(world, db_session) -> None:
    _, _, (row,) = drafted(world, action="Keep the books here.", due_days=12)
    assert (row.text_en, row.text_zh, row.days) == ("Keep the books here.", "Keep the books here.", 12)


def test_drafted_again_an_action_keeps_its_row_and_follows_its_finding(world, db_session) -> None:
    case, _, (row,) = drafted(world)
    reviewer = world.actor("reviewer")
    case.say("WAG05", "compliant").say("WAG02", "partial")
    raised = findings.raise_(reviewer, *case.scored)
    (other,) = store.draft(reviewer, case.visit, raised, case.checklist, case.answers)
    assert (other.item, row.state) == ("WAG02", ActionState.withdrawn)
    case.say("WAG05", "partial", action="As said.")
    raised = findings.raise_(reviewer, *case.scored)
    again = {one.item: one for one in store.draft(reviewer, case.visit, raised, case.checklist, case.answers)}
    assert (again["WAG05"].id, again["WAG05"].state, again["WAG05"].text_en) == (row.id, ActionState.open, "As said.")
    session().commit()


def test_what_the_enterprise_may_not_see_asks_nothing_of_it(world, db_session) -> None:
    reviewer = world.actor("reviewer")
    case = a_visit(world, workers=8, women=4)
    case.say("WAG02", "partial", known_by=frozenset({Known.interview}))
    item, fact = next((i, f) for i in case.checklist.items for f in i.facts if f.disclosure == "sealed")
    case.say(item.id, "non_compliant", facts=frozenset({fact.id}))
    raised = findings.raise_(reviewer, *case.scored)
    assert len(raised) == 2
    assert store.draft(reviewer, case.visit, raised, case.checklist, case.answers) == []


def test_due_dates_are_counted_from_delivery(world, db_session) -> None:
    case, _, row = delivered(world)
    view = store.get(world.actor("manager"), row.id)
    assert (view.delivered_on, view.due_on, view.plan_due_on) == (DELIVERED, date(2026, 12, 23), date(2026, 12, 7))
    assert not view.due_provisional
    assert not view.overdue(date(2026, 12, 23))
    assert view.overdue(date(2026, 12, 24))
    assert store.deliver(world.actor("reviewer"), case.visit.id, TODAY, case.checklist.policy) == []
    assert refusal(store.get, world.actor("manager2"), row.id) == "action-unknown"


def test_the_whole_way_from_plan_to_verified(world, db_session) -> None:
    case, _, row = delivered(world)
    manager, reviewer, policy = world.actor("manager"), world.actor("reviewer"), case.checklist.policy
    desk = Check(How.desk, "All months are there.", worker_check=True)
    finders = [world.people["inspector"]]
    assert refusal(store.plan, reviewer, row.id, plan="x") == "action-not-yours"
    assert refusal(store.plan, manager, row.id, plan=" ") == "action-plan-missing"
    store.plan(manager, row.id, plan="One ledger.", root_cause="Two offices.", planned_for=date(2026, 12, 10))
    assert refusal(store.send_evidence, manager, row.id) == "action-nothing-sent"
    assert refusal(store.verify, manager, row.id, desk, finders, policy, TODAY) == "action-not-yours"
    store.attach(manager, row.id, FILE, "ledger.jpg", "The new ledger")
    store.send_evidence(manager, row.id, "Here it is.")
    assert refusal(store.give_back, reviewer, row.id, "") == "action-reason-missing"
    store.give_back(reviewer, row.id, "The last month is missing.")
    store.attach(manager, row.id, FILE, "november.jpg")
    store.send_evidence(manager, row.id)
    inspector = world.actor("inspector")
    assert refusal(store.verify, inspector, row.id, desk, finders, policy, TODAY) == "action-second-person"
    assert store.verified_items(reviewer, case.visit.id) == frozenset()
    store.verify(reviewer, row.id, desk, finders, policy, TODAY)
    session().commit()
    assert store.verified_items(reviewer, case.visit.id) == {"WAG05"}
    assert store.verified_items(manager, case.visit.id) == {"WAG05"}
    assert store.verified_items(world.actor("manager2"), case.visit.id) == frozenset()
    assert refusal(store.send_evidence, manager, row.id, "More.") == "action-move"
    view = store.get(manager, row.id)
    assert (view.state, view.verified_on, view.verified_by) == (ActionState.verified, TODAY, None)
    assert store.get(reviewer, row.id).verified_by == reviewer.person_id


def test_the_history_tells_each_side_what_it_may_know(world, db_session) -> None:
    case, _, row = delivered(world)
    manager, reviewer = world.actor("manager"), world.actor("reviewer")
    store.attach(manager, row.id, FILE, "ledger.jpg")
    store.send_evidence(manager, row.id, "Done.")
    store.attach(reviewer, row.id, FILE, "seen on site.jpg")
    seen = Check(How.on_site, "A worker confirmed it.", worker_check=True)
    store.verify(reviewer, row.id, seen, [], case.checklist.policy, TODAY)
    session().commit()
    inside, outside = store.history(reviewer, row.id), store.history(manager, row.id)
    assert [event.move for event in inside] == [
        "draft", "deliver", "attach", "send_evidence", "attach", "verify",
    ]  # fmt: skip
    assert [event.move for event in outside] == ["deliver", "attach", "send_evidence", "attach", "verify"]
    assert inside[-1].note == "A worker confirmed it."
    assert inside[-1].person_id == reviewer.person_id
    assert (outside[-1].note, outside[-1].person_id) == ("", None)
    assert not store.get(manager, row.id).worker_check
    assert len(store.evidence(reviewer, [row.id])[row.id]) == 2
    assert [one.filename for one in store.evidence(manager, [row.id])[row.id]] == ["ledger.jpg"]
    assert store.evidence(world.actor("manager2"), [row.id]) == {}
    assert refusal(store.history, world.actor("stranger"), row.id) == "action-unknown"


def test_a_critical_correction_is_seen_on_site_by_somebody_else(world, db_session) -> None:
    case, finding, row = delivered(world, critical=True)
    assert finding.severity is Severity.critical
    reviewer, policy = world.actor("reviewer"), case.checklist.policy
    store.attach(world.actor("manager"), row.id, FILE, "paid.jpg")
    store.send_evidence(world.actor("manager"), row.id)
    desk, site = Check(How.desk, ""), Check(How.on_site, "All were paid.")
    assert refusal(store.verify, reviewer, row.id, desk, [], policy, TODAY) == "action-on-site"
    assert refusal(store.verify, reviewer, row.id, site, [reviewer.person_id], policy, TODAY) == "action-second-person"
    assert refusal(store.verify, reviewer, row.id, site, [], policy, TODAY) == "action-worker-check"
    site = replace(site, worker_check=True, workers_asked=6)
    store.verify(reviewer, row.id, site, [], policy, TODAY)
    assert refusal(store.extend, reviewer, row.id, date(2027, 1, 1), "Why not", policy) == "action-move"


def test_more_time_is_asked_for_and_granted_once(world, db_session) -> None:
    case, _, row = delivered(world)
    manager, reviewer, policy = world.actor("manager"), world.actor("reviewer"), case.checklist.policy
    until = date(2026, 12, 26)  # a Saturday
    assert refusal(store.extend, manager, row.id, until, "The printer is late.", policy) == "action-not-yours"
    assert refusal(store.ask_extension, manager, row.id, date(2027, 3, 1), "Late.", policy) == "action-until"
    store.ask_extension(manager, row.id, until, "The printer is late.", policy)
    assert store.get(reviewer, row.id).extension_asked_until == until
    store.extend(reviewer, row.id, until, "Agreed.", policy)
    session().commit()
    view = store.get(manager, row.id)
    assert (view.state, view.due_on, view.extension_asked_until) == (ActionState.extended, date(2026, 12, 28), None)
    assert refusal(store.extend, reviewer, row.id, date(2027, 1, 5), "Again.", policy) == "action-move"
    assert refusal(store.ask_extension, manager, row.id, date(2027, 1, 5), "Again.", policy) == "action-move"
    store.send_evidence(manager, row.id, "Done.")
    store.give_back(reviewer, row.id, "Not all of it.")
    assert refusal(store.extend, reviewer, row.id, date(2027, 1, 5), "Again.", policy) == "action-extended-before"


def test_a_dispute_stops_the_clock_and_its_decision_starts_it_again(world, db_session) -> None:
    case, finding, row = delivered(world)
    manager, leader, policy = world.actor("manager"), world.actor("leader"), case.checklist.policy
    store_replies.reply(manager, finding.id, Position.dispute, "Not so.", date(2026, 11, 25), policy)
    store.pause(manager, finding.id, date(2026, 11, 25))
    assert not store.get(manager, row.id).overdue(date(2027, 6, 1))
    assert store.pause(manager, finding.id, date(2026, 11, 26)) == []
    changed = store_replies.Changed(severity=Severity.minor)
    after = store_replies.decide(leader, finding.id, Decision.partly, "So.", date(2026, 12, 2), [], changed)
    store.resume(leader, after, date(2026, 12, 2), policy)
    session().commit()
    view = store.get(manager, row.id)
    assert (view.due_on, view.paused_on, view.severity) == (date(2026, 12, 30), None, Severity.minor)


def test_the_actions_of_a_withdrawn_finding_are_withdrawn(world, db_session) -> None:
    case, finding, row = delivered(world)
    leader = world.actor("leader")
    assert refusal(store.withdraw, leader, row.id, " ") == "action-reason-missing"
    assert refusal(store.withdraw_for, world.actor("manager"), finding.id, "No.") == "action-not-yours"
    store.withdraw_for(leader, finding.id, "The dispute was upheld.")
    assert store.withdraw_for(leader, finding.id, "Again.") == []
    session().commit()
    assert store.get(world.actor("manager"), row.id).state is ActionState.withdrawn
    assert store.verified_items(leader, case.visit.id) == frozenset()


def test_lists_and_counts(world, db_session) -> None:
    reviewer, manager = world.actor("reviewer"), world.actor("manager")
    rows = []
    for number, (item, place) in enumerate((("WAG05", 0), ("WAG02", 0), ("WAG05", 1)), start=1):
        case = a_visit(world, number, place=place).say(item, "non_compliant")
        raised = findings.raise_(reviewer, *case.scored)
        rows += store.draft(reviewer, case.visit, raised, case.checklist, case.answers)
        store.deliver(reviewer, case.visit.id, DELIVERED, case.checklist.policy)
    store.send_evidence(manager, rows[0].id, "Done.")
    session().commit()
    first, late = date(2026, 12, 2), date(2027, 6, 1)
    assert next(view.id for view in store.listed(reviewer)) == rows[1].id
    assert {view.id for view in store.listed(manager)} == {rows[0].id, rows[1].id}
    assert [view.id for view in store.listed(reviewer, overdue_on=first)] == [rows[1].id]
    assert {view.id for view in store.listed(reviewer, overdue_on=late)} == {rows[1].id, rows[2].id}
    assert [view.id for view in store.listed(reviewer, states=[ActionState.evidence_sent])] == [rows[0].id]
    assert [view.id for view in store.listed(reviewer, enterprise_id=world.enterprises[1])] == [rows[2].id]
    assert store.listed(reviewer, delivered_since=date(2026, 11, 24)) == []
    assert len(store.listed(reviewer, limit=2)) == 2
    assert [view.id for view in store.of_findings(manager, [rows[0].finding_id])[rows[0].finding_id]] == [rows[0].id]
    numbers = store.counts(reviewer, first)
    assert (numbers.unfinished, numbers.overdue, numbers.to_check) == (3, 1, 1)
    assert store.counts(manager, late).overdue == 1
    assert store.counts(world.actor("stranger"), late).unfinished == 0
