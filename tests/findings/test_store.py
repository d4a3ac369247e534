"""Findings in the database: raised, released, answered, disputed, decided; and who reads what of them."""

from dataclasses import replace
from datetime import date

import pytest

from compliance.checklists.rules import Severity
from compliance.findings import store, store_replies
from compliance.findings.rules import Decision, FindingState, Position
from compliance.findings.store_replies import Changed
from compliance.shared.database import session
from compliance.shared.files import StoredFile
from compliance.shared.problems import NotFound
from compliance.visits.answers import Known
from tests.scorecards.made import refusal
from tests.scorecards.visited import a_visit

DELIVERED = date(2026, 11, 23)
LAST = date(2026, 12, 7)  # ten working days later


def sealed_of(case):
    return next((item, fact) for item in case.checklist.items for fact in item.facts if fact.disclosure == "sealed")


def told(world, *, verdict="non_compliant", **changes):
    """A visit with one finding that was released to its enterprise."""
    reviewer = world.actor("reviewer")
    case = a_visit(world).say("WAG02", verdict, note="Two pay days were missed.", **changes)
    (row,) = store.raise_(reviewer, *case.scored)
    store.release(reviewer, case.visit.id, DELIVERED, case.checklist.policy)
    session().commit()
    return case, row


def reply(world, row, case, position=Position.agree, text="", today=DELIVERED, who="manager"):
    return store_replies.reply(world.actor(who), row.id, position, text, today, case.checklist.policy)


def decide(world, row, decision, who="leader", **changes):
    said = {"reason": "The bank list was seen.", "today": date(2026, 12, 1), "inspector_ids": [], **changes}
    return store_replies.decide(world.actor(who), row.id, decision, **said)


def test_shortfalls_become_drafts_that_only_staff_can_read(world, db_session) -> None:
    reviewer, manager = world.actor("reviewer"), world.actor("manager")
    case = a_visit(world).say("WAG02", "partial", note="Late twice.", workers=3).say("SAN01", "unable_to_verify")
    rows = store.raise_(reviewer, *case.scored)
    session().commit()
    assert [row.item for row in rows] == ["WAG02", "SAN01"]
    assert {row.state for row in rows} == {FindingState.draft}
    assert store.of_visit(manager, case.visit.id) == []
    assert store.public_of_visit(manager, case.visit.id) == []
    assert store.public_of_visit(reviewer, case.visit.id) == []
    assert [one.workers_affected for one in store.previews(rows)] == [None, None]
    for reader in (manager, world.actor("stranger")):
        with pytest.raises(NotFound):
            store.get(reader, rows[0].id)
        with pytest.raises(NotFound):
            store.public(reader, rows[0].id)


def test_raised_again_a_finding_keeps_its_row_and_what_is_gone_is_withdrawn(world, db_session) -> None:
    reviewer = world.actor("reviewer")
    case = a_visit(world).say("WAG02", "partial").say("SAN01", "partial")
    first = {row.item: row.id for row in store.raise_(reviewer, *case.scored)}
    again = store.raise_(
        reviewer, *case.say("WAG02", "non_compliant", note="All of it.").say("SAN01", "compliant").scored
    )
    session().commit()
    assert [(row.item, row.id, row.seen) for row in again] == [("WAG02", first["WAG02"], "All of it.")]
    assert store.get(reviewer, first["SAN01"]).state is FindingState.withdrawn
    back = store.raise_(reviewer, *case.say("SAN01", "partial").scored)
    assert {row.item: row.id for row in back} == first


def test_release_shows_the_public_form_and_starts_the_time_to_reply(world, db_session) -> None:
    case, row = told(world, workers=4, known_by=frozenset(Known))
    (seen,) = store.public_of_visit(world.actor("manager"), case.visit.id)
    assert seen.seen == "Two pay days were missed."
    assert seen.workers_affected is None
    assert seen.reply_due == LAST
    assert "interview" not in repr(seen)
    assert store.public(world.actor("manager"), row.id) == seen
    assert store.public_of_visit(world.actor("manager2"), case.visit.id) == []
    assert store.release(world.actor("reviewer"), case.visit.id, LAST, case.checklist.policy) == []


def test_what_is_sealed_or_from_interviews_at_a_small_workplace_is_never_released(world, db_session) -> None:
    reviewer, manager = world.actor("reviewer"), world.actor("manager")
    case = a_visit(world, workers=9, women=5)
    item, fact = sealed_of(case)
    case.say(item.id, "non_compliant", facts=frozenset({fact.id}), note="As told.")
    case.say("WAG02", "partial", known_by=frozenset({Known.interview}))
    rows = store.raise_(reviewer, *case.scored)
    assert {(row.item, row.sealed, row.withheld) for row in rows} == {(item.id, True, False), ("WAG02", False, True)}
    assert store.release(reviewer, case.visit.id, DELIVERED, case.checklist.policy) == []
    session().commit()
    assert store.public_of_visit(manager, case.visit.id) == []
    assert store.previews(rows) == []


def test_a_sealed_finding_is_cleared_by_somebody_else_and_then_released(world, db_session) -> None:
    reviewer = world.actor("reviewer")
    case = a_visit(world)
    item, fact = sealed_of(case)
    case.say(item.id, "non_compliant", facts=frozenset({fact.id}), note="As told.")
    (row,) = store.raise_(reviewer, *case.scored)
    assert refusal(store.clear, reviewer, row.id, "Two officers agree.", [reviewer.person_id]) == "finding-clear"
    assert refusal(store.clear, world.system, row.id, "Two officers agree.", []) == "finding-clear"
    assert refusal(store.clear, reviewer, row.id, " ", []) == "finding-reason-missing"
    store.clear(reviewer, row.id, "Two officers agree.", [])
    assert refusal(store.clear, reviewer, row.id, "Again.", []) == "finding-not-sealed"
    assert store.cleared_facts(reviewer, case.visit.id) == {(item.id, fact.id)}
    (again,) = store.raise_(reviewer, *case.scored)
    assert (again.id, again.sealed) == (row.id, False)
    assert len(store.release(reviewer, case.visit.id, DELIVERED, case.checklist.policy)) == 1
    session().commit()
    assert store.public(world.actor("manager"), row.id).facts == (fact.id,)


def test_a_finding_that_the_enterprise_was_told_of_can_repeat(world, db_session) -> None:
    reviewer = world.actor("reviewer")
    policy = a_visit(world, 1, date(2025, 1, 10)).checklist.policy
    old = a_visit(world, 2, date(2025, 6, 1)).say("WAG04", "partial").say("SAN01", "partial")
    rows = {row.item: row for row in store.raise_(reviewer, *old.scored)}
    new = a_visit(world, 3).say("WAG04", "partial")
    assert store.repeated(reviewer, new.visit, new.checklist) == frozenset()
    store.release(reviewer, old.visit.id, date(2025, 6, 4), policy)
    assert store.repeated(reviewer, new.visit, new.checklist) == {"WAG04", "SAN01"}
    (row,) = store.raise_(reviewer, *new.scored)
    assert row.repeat_of_id == rows["WAG04"].id
    assert row.severity is Severity.major
    assert row.raised_by == ["repeat"]
    elsewhere = a_visit(world, 4, place=1)
    assert store.repeated(reviewer, elsewhere.visit, elsewhere.checklist) == frozenset()
    session().commit()


def test_a_manager_agrees_and_may_think_again_until_the_last_day(world, db_session) -> None:
    case, row = told(world)
    assert refusal(reply, world, row, case, who="manager2") == "finding-unknown"
    assert refusal(reply, world, row, case, who="reviewer") == "finding-not-manager"
    assert refusal(reply, world, row, case, today=date(2026, 12, 8)) == "finding-reply-late"
    assert refusal(reply, world, row, case, Position.dispute) == "finding-reason-missing"
    reply(world, row, case)
    reply(world, row, case, Position.dispute, "Both pay days were kept.", today=LAST)
    assert refusal(reply, world, row, case) == "finding-disputed"
    session().commit()
    public = store.public(world.actor("manager"), row.id)
    assert (public.reply_position, public.reply_text) == (Position.dispute, "Both pay days were kept.")
    (dispute,) = store_replies.disputes(world.actor("manager"), [row.id])[row.id]
    assert (dispute.round, dispute.opened_on, dispute.decide_by) == (1, LAST, date(2026, 12, 21))
    assert store_replies.disputes(world.actor("manager2"), [row.id]) == {}


def test_a_tied_person_reads_like_a_manager_and_answers_nothing(world, db_session) -> None:
    case, row = told(world)
    tied = replace(world.actor("leader"), tied_ids=frozenset({world.enterprises[0]}))
    assert store.public(tied, row.id).id == row.id
    with pytest.raises(NotFound):
        store.get(tied, row.id)
    answer = (tied, row.id, Position.agree, "", DELIVERED, case.checklist.policy)
    assert refusal(store_replies.reply, *answer) == "finding-not-manager"
    said = (tied, row.id, Decision.upheld, "So.", DELIVERED, [])
    assert refusal(store_replies.decide, *said) == "finding-unknown"


def test_a_reply_comes_with_files(world, db_session) -> None:
    case, row = told(world)
    manager = world.actor("manager")
    file = StoredFile("a" * 64, 1200, "application/pdf")
    store_replies.attach(manager, row.id, file, "bank list.pdf", DELIVERED)
    late = (manager, row.id, file, "late.pdf", date(2026, 12, 8))
    assert refusal(store_replies.attach, *late) == "finding-not-open"
    reply(world, row, case, Position.dispute, "Both pay days were kept.", today=LAST)
    store_replies.attach(*late)  # the dispute is open, so its evidence may still come
    session().commit()
    names = [one.filename for one in store_replies.evidence(world.actor("reviewer"), [row.id])[row.id]]
    assert names == ["bank list.pdf", "late.pdf"]
    assert store_replies.evidence(world.actor("stranger"), [row.id]) == {}


@pytest.mark.parametrize(
    ("decision", "changed", "state"),
    [
        (Decision.upheld, None, FindingState.withdrawn),
        (Decision.partly, Changed(seen="One pay day was missed.", severity=Severity.major), FindingState.changed),
        (Decision.not_upheld, None, FindingState.released),
    ],
)
def test_a_dispute_is_decided_with_a_reason(world, db_session, decision, changed, state) -> None:
    case, row = told(world)
    reply(world, row, case, Position.dispute, "Both pay days were kept.")
    (waiting,) = store_replies.open_disputes(world.actor("leader"))
    assert waiting.finding_id == row.id
    inspector = world.people["leader"]
    assert refusal(decide, world, row, decision, inspector_ids=[inspector], changed=changed) == "dispute-decider"
    assert refusal(decide, world, row, decision, who="coordinator", changed=changed) == "dispute-decider"
    assert refusal(decide, world, row, decision, who="manager", changed=changed) == "finding-unknown"
    assert refusal(decide, world, row, decision, reason=" ", changed=changed) == "dispute-reason-missing"
    decide(world, row, decision, changed=changed)
    session().commit()
    public = store.public(world.actor("manager"), row.id)
    assert public.state is state
    assert (public.seen == "One pay day was missed.") is (decision is Decision.partly)
    (view,) = store_replies.disputes(world.actor("manager"), [row.id])[row.id]
    assert (view.decision, view.decision_reason, view.decided_by) == (decision, "The bank list was seen.", None)
    assert store_replies.open_disputes(world.actor("leader")) == []
    assert refusal(decide, world, row, decision) == "dispute-not-open"


def test_a_decision_in_part_says_what_changes(world, db_session) -> None:
    case, row = told(world)
    reply(world, row, case, Position.dispute, "Both pay days were kept.")
    assert refusal(decide, world, row, Decision.partly) == "dispute-change-missing"


def test_there_is_one_appeal_and_another_person_decides_it(world, db_session) -> None:
    case, row = told(world)
    manager, policy = world.actor("manager"), case.checklist.policy
    appeal = (manager, row.id, "Nobody looked at the list.", date(2026, 12, 2), policy)
    assert refusal(store_replies.appeal, *appeal) == "dispute-no-appeal"
    reply(world, row, case, Position.dispute, "Both pay days were kept.")
    decide(world, row, Decision.not_upheld)
    store_replies.appeal(*appeal)
    assert refusal(store_replies.appeal, *appeal) == "dispute-no-appeal"
    assert refusal(decide, world, row, Decision.upheld) == "dispute-decider"
    decide(world, row, Decision.upheld, who="reviewer")
    session().commit()
    assert [one.round for one in store_replies.disputes(manager, [row.id])[row.id]] == [1, 2]
    assert store.get(world.actor("reviewer"), row.id).state is FindingState.withdrawn
    assert refusal(store_replies.appeal, *appeal) == "dispute-no-appeal"


def test_a_small_association_records_a_waiver(world, db_session) -> None:
    case, row = told(world)
    reply(world, row, case, Position.dispute, "Both pay days were kept.")
    alone = {"inspector_ids": [world.people["leader"]], "waiver": "Two people work here; the other is ill."}
    decide(world, row, Decision.not_upheld, **alone)
    session().commit()
    assert store_replies.disputes(world.actor("manager"), [row.id])[row.id][0].waiver == alone["waiver"]


def test_what_workers_said_is_not_on_the_audit_trail(world, db_session) -> None:
    from compliance.shared import audit

    reviewer = world.actor("reviewer")
    case = a_visit(world)
    item, fact = sealed_of(case)
    case.say(item.id, "non_compliant", facts=frozenset({fact.id}), note="The canary words of a worker.")
    (row,) = store.raise_(reviewer, *case.scored)
    session().commit()
    trail = repr([line.changes for line in audit.about(row.id)])
    assert trail
    assert "canary" not in trail
    assert fact.id not in trail
