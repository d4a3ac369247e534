"""The clock of an action, and what both sides agree on instead of its date, on both databases."""

from datetime import UTC, date, datetime, timedelta

import pytest

from compliance.corrective_actions import agreed, store, store_agreed
from compliance.corrective_actions.agreed import Contained, Instalment, Outcome, check_plan, missed, next_due
from compliance.corrective_actions.rules import ActionState
from compliance.findings import store_replies
from compliance.findings.rules import Decision, Position
from compliance.shared import audit, clock
from compliance.shared.database import session
from compliance.shared.files import StoredFile
from tests.corrective_actions.test_ladder import SHIPPED
from tests.corrective_actions.test_store import delivered
from tests.scorecards.made import refusal

DUE = date(2026, 12, 23)
PROOF = (StoredFile("c" * 64, 900, "application/pdf"), "transfer.pdf")


def on(day):
    """Noon of a day in the association's time zone."""
    return clock.at(datetime(day.year, day.month, day.day, 4, tzinfo=UTC))


def test_the_clock_stands_while_evidence_waits_and_the_date_moves_by_as_many_days(world, db_session) -> None:
    _, _, row = delivered(world)
    with on(date(2026, 12, 21)):
        store.send_evidence(world.actor("manager"), row.id, "Done.")
    assert (row.due_on, row.paused_on) == (DUE, date(2026, 12, 21))
    with on(date(2026, 12, 28)):
        store.give_back(world.actor("reviewer"), row.id, "The last month is missing.")
    session().commit()
    assert (row.due_on, row.paused_on) == (date(2026, 12, 30), None)


def test_two_reasons_to_wait_are_counted_once(world, db_session) -> None:
    case, finding, row = delivered(world)
    manager, reviewer, policy = world.actor("manager"), world.actor("reviewer"), case.checklist.policy
    with on(date(2026, 12, 1)):
        store_replies.reply(manager, finding.id, Position.dispute, "Not so.", date(2026, 12, 1), policy)
        store.pause(manager, finding.id, date(2026, 12, 1))
    with on(date(2026, 12, 3)):
        store.send_evidence(manager, row.id, "And it is done.")
    assert row.paused_on == date(2026, 12, 1)
    with on(date(2026, 12, 8)):
        store_replies.decide(
            reviewer, finding.id, Decision.not_upheld, "It was so.", date(2026, 12, 8), frozenset(), None, ""
        )
        store.resume(reviewer, finding, date(2026, 12, 8), policy)
    assert (row.due_on, row.paused_on) == (date(2026, 12, 30), date(2026, 12, 8)), "the evidence still waits"
    with on(date(2026, 12, 9)):
        store.give_back(reviewer, row.id, "One month is missing.")
    session().commit()
    assert (row.due_on, row.paused_on) == (date(2026, 12, 31), None)


def test_a_request_for_more_time_stops_the_clock_and_what_is_granted_is_the_new_date(world, db_session) -> None:
    case, _, row = delivered(world)
    manager, reviewer, policy = world.actor("manager"), world.actor("reviewer"), case.checklist.policy
    with on(date(2026, 12, 20)):
        store.ask_extension(manager, row.id, date(2027, 1, 11), "The auditor is ill.", policy)
    assert row.paused_on == date(2026, 12, 20)
    with on(date(2026, 12, 24)):
        store.extend(reviewer, row.id, date(2027, 1, 11), "Granted.", policy)
    session().commit()
    assert (row.due_on, row.paused_on, row.round) == (date(2027, 1, 11), None, 2)


def test_a_day_on_which_something_is_told_on_site_counts_for_its_containment(world, db_session) -> None:
    case, _, row = delivered(world, critical=True)
    assert row.told_on == case.visit.visited_on
    assert row.contain_by == case.visit.visited_on + timedelta(days=3)
    inspector, today = world.actor("inspector"), case.visit.visited_on + timedelta(days=2)
    early = case.visit.visited_on - timedelta(days=1)
    seen = (Contained.seen, "The exit is open.", today)
    assert refusal(store_agreed.contain, world.actor("manager"), row.id, today, *seen) == "action-not-yours"
    assert refusal(store_agreed.contain, inspector, row.id, early, *seen) == "contained-on"
    assert refusal(store_agreed.contain, inspector, row.id, today, Contained.call, " ", today) == "contained-note"
    store_agreed.note_call(inspector, row.id, "Nobody answered.")
    store_agreed.contain(inspector, row.id, today, *seen)
    session().commit()
    view = store.get(world.actor("reviewer"), row.id)
    assert (view.contained_on, view.contained_how) == (today, Contained.seen)
    assert [event.move for event in store.history(world.actor("reviewer"), row.id)][-2:] == ["call", "contain"]


def test_what_is_no_danger_needs_no_containment(world, db_session) -> None:
    _, _, row = delivered(world)
    assert row.contain_by is None
    seen = (Contained.seen, "All well.", DUE)
    assert refusal(store_agreed.contain, world.actor("reviewer"), row.id, DUE, *seen) == "contained-not-asked"


FIRST, SECOND = Instalment(date(2027, 1, 4), 1_000_000), Instalment(date(2027, 2, 1), 50_050)
AGREED = date(2026, 12, 1)


def a_plan(world, **more):
    case, _, row = delivered(world, **more)
    reviewer, finders = world.actor("reviewer"), [world.people["inspector"]]
    with on(AGREED):
        plan = store_agreed.agree_repayment(
            reviewer, row.id, [FIRST, SECOND], "As agreed by phone.", case.checklist, finders, AGREED
        )
    session().commit()
    return case, row, plan


def test_a_repayment_plan_takes_the_place_of_the_date(world, db_session) -> None:
    _, row, plan = a_plan(world)
    reviewer = world.actor("reviewer")
    assert (row.due_on, row.round) == (FIRST.due_on, 2)
    shown = store_agreed.plans(world.actor("manager"), [row.id])[row.id]
    assert (shown.fen, shown.paid_fen, shown.made_by) == (1_050_050, 0, None)
    assert store_agreed.plans(world.actor("manager2"), [row.id]) == {}
    assert store_agreed.plans(reviewer, [row.id])[row.id].made_by == reviewer.person_id
    early = date(2026, 11, 30)
    assert refusal(store_agreed.note_paid, reviewer, plan.id, 1, early, AGREED) == "repayment-paid-on"
    assert refusal(store_agreed.note_paid, reviewer, plan.id, 9, AGREED, AGREED) == "repayment-unknown"
    assert refusal(store_agreed.note_paid, world.actor("stranger"), plan.id, 1, AGREED, AGREED) == "repayment-unknown"
    store_agreed.note_paid(reviewer, plan.id, 1, date(2027, 1, 4), date(2027, 1, 5), PROOF)
    assert refusal(store_agreed.note_paid, reviewer, plan.id, 1, AGREED, date(2027, 1, 5)) == "repayment-paid"
    assert (row.due_on, row.round) == (SECOND.due_on, 3), "the next payment is the date from now on"
    assert store_agreed.proof(world.actor("manager"), row.id, 1).proof_name == "transfer.pdf"
    assert refusal(store_agreed.proof, reviewer, row.id, 2) == "file-missing"
    store_agreed.note_paid(reviewer, plan.id, 2, date(2027, 1, 5), date(2027, 1, 5))
    session().commit()
    assert (row.due_on, row.round, row.state) == (SECOND.due_on, 3, ActionState.open)
    assert audit.first_broken_line() is None


def test_only_what_workers_confirm_counts_as_recovered(world, db_session) -> None:
    _, row, plan = a_plan(world)
    reviewer, later = world.actor("reviewer"), date(2027, 1, 8)
    confirm = store_agreed.confirm
    assert refusal(confirm, reviewer, plan.id, 1, later, 6, later) == "repayment-not-paid"
    store_agreed.note_paid(reviewer, plan.id, 1, date(2027, 1, 5), date(2027, 1, 5))
    session().commit()
    assert refusal(confirm, reviewer, plan.id, 1, date(2027, 1, 4), 6, later) == "repayment-confirmed-on"
    assert refusal(confirm, reviewer, plan.id, 1, later, 0, later) == "repayment-asked"
    assert refusal(confirm, reviewer, plan.id, 9, later, 6, later) == "repayment-unknown"
    assert refusal(confirm, world.actor("manager"), plan.id, 1, later, 6, later) == "repayment-unknown"
    [standing] = store_agreed.plans(reviewer, [row.id]).values()
    assert (standing.paid_fen, standing.recovered_fen) == (FIRST.fen, 0)
    confirm(reviewer, plan.id, 1, later, 6, later)
    session().commit()
    assert refusal(confirm, reviewer, plan.id, 1, later, 6, later) == "repayment-confirmed"
    [standing] = store_agreed.plans(reviewer, [row.id]).values()
    assert (standing.paid_fen, standing.recovered_fen) == (FIRST.fen, FIRST.fen)
    store_agreed.end_repayment(reviewer, row.id, "They will not pay the rest.", later)
    session().commit()
    assert audit.first_broken_line() is None


@pytest.mark.parametrize(
    ("owed", "workers", "wrong"),
    [
        (None, None, None),
        (FIRST.fen + SECOND.fen, 12, None),
        (FIRST.fen + SECOND.fen - 1, 12, "repayment-owed"),
        (agreed.MOST_FEN + 1, 12, "repayment-owed"),
        (None, 0, "repayment-workers"),
    ],
)
def test_what_is_owed_is_at_least_what_is_paid(owed: int | None, workers: int | None, wrong: str | None) -> None:
    if wrong is None:
        agreed.check_owed(owed, workers, [FIRST, SECOND])
    else:
        assert refusal(agreed.check_owed, owed, workers, [FIRST, SECOND]) == wrong


def test_a_plan_that_is_not_kept_ends_and_the_ladder_goes_on(world, db_session) -> None:
    _, row, _ = a_plan(world)
    reviewer = world.actor("reviewer")
    assert refusal(store_agreed.end_repayment, reviewer, row.id, " ", DUE) == "action-reason-missing"
    store_agreed.end_repayment(reviewer, row.id, "They will not pay.", date(2026, 12, 10))
    session().commit()
    assert row.due_on == date(2026, 12, 10)
    assert store_agreed.plans(reviewer, [row.id]) == {}
    assert refusal(store_agreed.end_repayment, reviewer, row.id, "Again.", DUE) == "repayment-ended"


def test_whoever_found_it_or_has_a_tie_agrees_to_nothing(world, db_session) -> None:
    case, _, row = delivered(world)
    terms = ([FIRST], "", case.checklist)
    finders = [world.people["reviewer"]]
    agree = store_agreed.agree_repayment
    assert refusal(agree, world.actor("reviewer"), row.id, *terms, finders, AGREED) == "action-second-person"
    assert refusal(agree, world.actor("inspector"), row.id, *terms, [], AGREED) == "action-not-yours"
    assert refusal(agree, world.actor("manager"), row.id, *terms, [], AGREED) == "action-not-yours"
    assert refusal(agree, world.actor("stranger"), row.id, *terms, [], AGREED) == "action-unknown"


@pytest.mark.parametrize(
    ("instalments", "area", "zero", "code"),
    [
        ([FIRST], "safety", False, "repayment-not-here"),
        ([FIRST], "wages", True, "repayment-not-here"),
        ([], "wages", False, "repayment-empty"),
        ([FIRST] * 37, "wages", False, "repayment-many"),
        ([Instalment(FIRST.due_on, 0)], "wages", False, "repayment-amount"),
        ([SECOND, FIRST], "wages", False, "repayment-days"),
        ([FIRST, FIRST], "wages", False, "repayment-days"),
        ([Instalment(date(2026, 11, 1), 5)], "wages", False, "repayment-days"),
        ([Instalment(date(2028, 6, 1), 5)], "wages", False, "repayment-days"),
    ],
)
def test_a_plan_that_cannot_stand(instalments, area, zero, code) -> None:
    rungs = SHIPPED.rungs("zero_tolerance" if zero else "major")
    assert refusal(check_plan, instalments, area, zero, rungs, SHIPPED, AGREED) == code


def test_what_is_missed_and_what_comes_next() -> None:
    paid = Instalment(date(2026, 12, 1), 5, date(2026, 12, 1))
    assert next_due([paid, FIRST, SECOND]) == FIRST.due_on
    assert next_due([paid]) is None
    assert missed([paid, FIRST, SECOND], date(2027, 1, 5)) == (FIRST,)
    assert missed([FIRST], FIRST.due_on) == ()


def test_a_talk_is_recorded_and_a_date_agreed_in_it_is_the_new_one(world, db_session) -> None:
    case, _, row = delivered(world)
    leader, today, until = world.actor("leader"), date(2027, 1, 13), date(2027, 2, 1)

    def talk(outcome=Outcome.agreed, until=until, held=today, place="Our office", present="Manager; leader"):
        args = (held, place, present, outcome, until, "They see it.", case.checklist, [], today)
        return store_agreed.note_talk(leader, [row.id], *args)

    assert refusal(talk, present=" ") == "talk-present"
    assert refusal(talk, place=" ") == "talk-place"
    assert refusal(talk, until=None) == "talk-until"
    assert refusal(talk, until=today + timedelta(days=31)) == "talk-until"
    assert refusal(talk, outcome=Outcome.nothing) == "talk-until"
    assert refusal(talk, held=today + timedelta(days=1)) == "talk-day"
    talk()
    session().commit()
    assert (row.due_on, row.round) == (until, 2)
    (kept,) = store_agreed.talks(world.actor("reviewer"), row.id)
    assert (kept.place, kept.outcome, kept.until) == ("Our office", Outcome.agreed, until)
    assert store_agreed.talks(world.actor("manager"), row.id) == []
    talk(Outcome.nothing, None)
    session().commit()
    assert (row.due_on, row.round) == (until, 2)


def test_something_critical_gets_no_other_date_by_a_talk(world, db_session) -> None:
    case, _, row = delivered(world, critical=True)
    today = date(2027, 1, 13)
    args = (today, "Our office", "Manager", Outcome.agreed, today + timedelta(days=5), "", case.checklist, [], today)
    assert refusal(store_agreed.note_talk, world.actor("leader"), [row.id], *args) == "talk-no-date"
