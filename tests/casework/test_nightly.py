"""The nights of the ladder, and the letters that they prepare for the approver whom the ladder names."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
import sqlmodel
from sqlalchemy.exc import IntegrityError

from compliance.casework import cases, ladder, ladder_tasks, lists_ladder, nightly, prepared, proofs, rehearsal
from compliance.casework.models_ladder import LadderStep, PreparedLetter, Waiting
from compliance.checklists.rules import Verdict
from compliance.corrective_actions import store as actions
from compliance.corrective_actions import store_agreed
from compliance.corrective_actions.agreed import Contained, Outcome
from compliance.corrective_actions.ladder import Became, Held
from compliance.corrective_actions.rules import Check, How
from compliance.letters import store as letters
from compliance.letters import store_delivery
from compliance.letters.delivery import Way
from compliance.people import store as people
from compliance.people import store_ties
from compliance.people.rules import Role, TieKind
from compliance.shared import audit, clock, mail
from compliance.shared.database import session
from compliance.shared.words import Text
from tests.casework import made
from tests.scorecards.made import refusal

RELEASED = date(2026, 3, 2)
MAJOR, OTHER = made.short("WAG05"), made.short("SAF05")


@contextmanager
def on(day: date):
    """Noon of a day in the association's time zone."""
    with clock.at(datetime(day.year, day.month, day.day, 4, tzinfo=UTC)):
        yield


def a_case(world, *special, proven=True, **more):
    """A visit that was released in March, with the actions by item; the manager has the letter."""
    with on(RELEASED):
        visit_id = made.released(world, special or (MAJOR,), **more)
        (letter,) = letters.of_visit(world.actor("reviewer"), visit_id)
        if proven:
            store_delivery.record(world.actor("manager"), letter, Way.confirmed)
            proofs.look(world.association_id, visit_id)
        session().commit()
    return visit_id, asked(world, visit_id)


def asked(world, visit_id):
    return {one.item: one for one in actions.of_visit(world.actor("reviewer"), visit_id)}


def night(world, day):
    with on(day):
        result = nightly.run(world.association_id, day)
        session().commit()
    return result


def steps(action):
    query = sqlmodel.select(LadderStep).where(LadderStep.action_id == action.id)
    return sorted((one.step, one.round, one.became.value) for one in session().exec(query))


def waits():
    query = sqlmodel.select(PreparedLetter).where(PreparedLetter.state == Waiting.prepared)
    return list(session().exec(query))


def approve(world, row, day, who="leader", **more):
    with on(day):
        actor = world.actor(who)
        letter = rehearsal.carry_out(actor, partial(prepared.prepare, actor, row.id, **more))
        session().commit()
    return letter


def late(action, days):
    return action.due_on + timedelta(days=days)


def test_the_steps_come_in_their_nights_and_each_once(world, db_session):
    _, rows = a_case(world)
    action = rows["WAG05"]
    assert night(world, late(action, -8)).prepared == 0
    assert night(world, late(action, -7)).told == 1
    assert steps(action) == [("notice", 1, "done")]
    assert night(world, late(action, 0)).prepared == 0
    assert night(world, late(action, 1)).prepared == 1
    assert night(world, late(action, 1)).prepared == 0
    assert night(world, late(action, 2)).prepared == 0
    (row,) = waits()
    assert row.kind == "L5"
    night(world, late(action, 14))
    (row,) = waits()
    assert row.kind == "L6", "the letter that waited rises"
    assert steps(action) == [("first", 1, "passed_over"), ("notice", 1, "done"), ("second", 1, "prepared")]
    assert audit.first_broken_line() is None


def test_missed_nights_are_caught_up_by_the_highest_step(world, db_session):
    _, rows = a_case(world)
    night(world, late(rows["WAG05"], 40))
    (row,) = waits()
    assert row.kind == "L7"
    assert steps(rows["WAG05"]) == [
        ("first", 1, "passed_over"),
        ("notice", 1, "passed_over"),
        ("second", 1, "passed_over"),
        ("third", 1, "prepared"),
    ]


def test_one_letter_speaks_of_all_late_points_of_a_visit(world, db_session):
    visit_id, rows = a_case(world, MAJOR, OTHER, made.short("SAN01", Verdict.partial))
    day = max(late(rows["WAG05"], 1), late(rows["SAF05"], 1))
    night(world, day)
    (row,) = waits()
    with on(day):
        letter = prepared.read(world.actor("reviewer"), row)
        assert {point.action.item for point in letter.points} >= {"WAG05", "SAF05"}
    issued = approve(world, row, day)
    assert (issued.kind, issued.state.value) == ("L6", "issued"), "the highest step of any of them"
    assert letters.facts(issued).new_due > day
    for item in ("WAG05", "SAF05"):
        assert [became for _, _, became in steps(rows[item])].count("issued") == 1
    kinds = [one.kind for one in letters.of_visit(world.actor("manager"), visit_id)]
    assert kinds == ["L2", "L6"]
    assert night(world, day).prepared == 0


def test_nothing_rises_before_the_letter_is_proven_to_be_there(world, db_session):
    visit_id, rows = a_case(world, proven=False)
    action = rows["WAG05"]
    assert night(world, late(action, 40)).prepared == 0
    reviewer = world.actor("reviewer")
    with on(late(action, 40)):
        coming = ladder.next_steps(reviewer, late(action, 40), [action.id])[action.id]
        assert (coming.step.kind, coming.held_by) in {("talk", None), ("L5", Held.delivery)}
        (open_letter,) = lists_ladder.unproven(reviewer, late(action, 40))
        assert open_letter.visit_id == visit_id
    assert lists_ladder.unproven(reviewer, RELEASED + timedelta(days=6)) == []
    assert lists_ladder.unproven(reviewer, RELEASED + timedelta(days=7)) != []


def test_due_dates_are_counted_anew_from_the_day_that_is_proven(world, db_session):
    visit_id, rows = a_case(world, proven=False)
    before = rows["WAG05"]
    came = RELEASED + timedelta(days=10)
    reviewer = world.actor("reviewer")
    with on(came):
        (letter,) = letters.of_visit(reviewer, visit_id)
        entry = store_delivery.note(reviewer, letter, Way.handed, came, taken_by="The clerk")
        assert proofs.look(world.association_id, visit_id) == 1
        assert proofs.look(world.association_id, visit_id) == 0
        session().commit()
    after = asked(world, visit_id)["WAG05"]
    assert after.proven_on == came
    assert after.due_on >= before.due_on + timedelta(days=10)
    assert after.plan_due_on > before.plan_due_on
    assert actions.history(world.actor("manager"), after.id)[-1].move == "proven"
    with on(came):
        store_delivery.strike(reviewer, letter, entry.id, "Another letter.")
        proofs.look(world.association_id, visit_id)
        session().commit()
    again = asked(world, visit_id)["WAG05"]
    assert (again.proven_on, again.due_on) == (None, after.due_on), "a date that was told stays"


def test_proof_on_the_letters_own_day_moves_nothing(world, db_session):
    _visit_id, rows = a_case(world)
    assert rows["WAG05"].proven_on == RELEASED
    assert [event.move for event in actions.history(world.actor("manager"), rows["WAG05"].id)] == ["deliver"]


def test_the_clock_stands_still_while_the_association_owes_an_answer(world, db_session):
    visit_id, rows = a_case(world)
    action = rows["WAG05"]
    with on(action.due_on):
        actions.send_evidence(world.actor("manager"), action.id, "Done.")
        session().commit()
    assert night(world, late(action, 40)).prepared == 0
    coming = ladder.next_steps(world.actor("reviewer"), late(action, 40), [action.id])[action.id]
    assert (coming.on, coming.held_by) == (None, Held.answer)
    with on(late(action, 40)):
        actions.give_back(world.actor("reviewer"), action.id, "Not yet.")
        session().commit()
    moved = asked(world, visit_id)["WAG05"]
    assert moved.due_on >= late(action, 40)
    assert night(world, late(moved, 1)).prepared == 1
    assert waits()[0].kind == "L5"


def test_what_was_put_right_meanwhile_leaves_the_letter_and_may_call_for_one_again(world, db_session):
    _, rows = a_case(world, MAJOR, OTHER)
    day = max(late(rows["WAG05"], 1), late(rows["SAF05"], 1))
    night(world, day)
    (row,) = waits()
    with on(day):
        actions.send_evidence(world.actor("manager"), rows["SAF05"].id, "Done.")
        session().commit()
    issued = approve(world, row, day + timedelta(days=1))
    assert len(letters.facts(issued).points) == 1
    assert ("first", 1, "dropped") in steps(rows["SAF05"])
    with on(day + timedelta(days=2)):
        actions.give_back(world.actor("reviewer"), rows["SAF05"].id, "It is not.")
        session().commit()
    night(world, day + timedelta(days=30))
    assert steps(rows["SAF05"])[-1][2] == "prepared"


def test_a_letter_of_which_nothing_is_left_is_dropped(world, db_session):
    visit_id, rows = a_case(world)
    action = rows["WAG05"]
    night(world, late(action, 1))
    (row,) = waits()
    with on(late(action, 1)):
        actions.send_evidence(world.actor("manager"), action.id, "Done.")
        session().commit()
    assert approve(world, row, late(action, 2)) is None
    assert session().get(PreparedLetter, row.id).state is Waiting.dropped
    assert [one.kind for one in letters.of_visit(world.actor("reviewer"), visit_id)] == ["L2"]


def test_only_the_approver_whom_the_ladder_names_says_the_word(world, db_session):
    _, rows = a_case(world)
    action = rows["WAG05"]
    night(world, late(action, 31))
    (row,) = waits()
    for who in ("inspector", "reviewer", "coordinator"):
        actor = world.actor(who)
        assert refusal(prepared.prepare, actor, row.id) == "prepared.person", who
        assert refusal(prepared.decline, actor, row.id, "No.") == "prepared.person", who
    for who in ("manager", "stranger"):
        assert refusal(prepared.prepare, world.actor(who), row.id) == "prepared-unknown", who
    assert refusal(prepared.decline, world.actor("leader"), row.id, " ") == "prepared.reason"
    issued = approve(world, row, late(action, 31))
    assert issued.kind == "L7"
    assert letters.facts(issued).hearing.say_by > late(action, 31)
    assert refusal(prepared.prepare, world.actor("leader"), row.id) == "prepared-decided"


def test_who_was_on_the_visit_does_not_approve_its_letter(world, db_session):
    _, rows = a_case(world)
    inspector = people.get(world.system, world.people["inspector"])
    people.set_roles(world.system, inspector, {Role.inspector, Role.reviewer})
    session().commit()
    night(world, late(rows["WAG05"], 1))
    (row,) = waits()
    assert refusal(prepared.prepare, world.actor("inspector"), row.id) == "prepared.person"


def test_what_was_declined_does_not_come_again_but_the_next_step_does(world, db_session):
    _, rows = a_case(world)
    action = rows["WAG05"]
    night(world, late(action, 1))
    (row,) = waits()
    with on(late(action, 2)):
        prepared.decline(world.actor("reviewer"), row.id, "They called.")
        session().commit()
    assert night(world, late(action, 3)).prepared == 0
    assert ("first", 1, "declined") in steps(action)
    assert night(world, late(action, 14)).prepared == 1


def test_passages_that_somebody_wrote_are_printed(world, db_session):
    _, rows = a_case(world)
    action = rows["WAG05"]
    night(world, late(action, 1))
    (row,) = waits()
    reviewer = world.actor("reviewer")
    with on(late(action, 1)):
        letter = prepared.read(reviewer, row)
        usual = letters.passages(prepared.draft(reviewer, letter, prepared.facts(reviewer, letter)))
        session().rollback()

        own = replace(usual, closing=Text("We look forward to it.", "期待贵单位的反馈。"))
        assert refusal(prepared.word, reviewer, row.id, own, 7) == "letter-stale"
        prepared.word(reviewer, row.id, own, 1)
        session().commit()
    issued = approve(world, row, late(action, 1), revision=2)
    assert letters.passages(issued).closing.en == "We look forward to it."


def closed(world, visit_id, items, day):
    with on(day):
        manager, reviewer = world.actor("manager"), world.actor("reviewer")
        case = cases.load(reviewer, visit_id)
        for item in items:
            one = asked(world, visit_id)[item]
            actions.send_evidence(manager, one.id, "Done.")
            check = Check(How.on_site, "Seen.", worker_check=True)
            actions.verify(reviewer, one.id, check, case.involved, case.policy, day)
        session().commit()


def test_when_all_is_closed_a_closure_letter_is_prepared(world, db_session):
    visit_id, _rows = a_case(world, MAJOR, OTHER)
    day = RELEASED + timedelta(days=5)
    closed(world, visit_id, ["WAG05"], day)
    assert night(world, day).prepared == 0
    closed(world, visit_id, ["SAF05"], day)
    assert night(world, day).prepared == 1
    assert night(world, day).prepared == 0
    (row,) = waits()
    issued = approve(world, row, day, who="reviewer")
    assert issued.kind == "L8"
    assert len(letters.facts(issued).points) == 2
    assert night(world, day + timedelta(days=1)).prepared == 0


DANGER = made.short("SAF01", facts=frozenset({"exit-locked"}))


def test_a_referral_is_the_leaders_word_with_a_reason_and_never_the_enterprises_to_see(world, db_session):
    visit_id, _rows = a_case(world, DANGER)
    night(world, RELEASED)
    (row,) = waits()
    assert row.kind == "L9"
    leader = world.actor("leader")
    passing = prepared.Passing("示例区应急管理局", "《安全生产法》第七十四条", "")
    assert refusal(prepared.prepare, leader, row.id, passing=passing) == "prepared.reason"

    issued = approve(world, row, RELEASED, passing=replace(passing, reason="Danger to life."))
    facts = letters.facts(issued)
    assert (issued.kind, facts.points, facts.team) == ("L9", (), ())
    assert [fact.en for fact in facts.referral.facts] == ["An exit that people need is locked or fastened now"]
    assert [one.kind for one in letters.of_visit(world.actor("manager"), visit_id)] == ["L3"]
    assert night(world, RELEASED).prepared == 0


def test_calls_go_on_until_the_danger_is_contained(world, db_session):
    _, rows = a_case(world, DANGER)
    action, inspector = rows["SAF01"], world.actor("inspector")

    def due(day):
        return [step.id for id, step in ladder.tasks(inspector, day) if id == action.id]

    assert action.contain_by == action.told_on == RELEASED
    assert due(RELEASED) == ["call-1"]
    with on(RELEASED):
        ladder_tasks.call(inspector, action.id, "They are opening it.")
        session().commit()
    assert due(RELEASED) == []
    assert due(RELEASED + timedelta(days=2)) == ["call-3"]
    with on(RELEASED):
        store_agreed.contain(inspector, action.id, RELEASED, Contained.call, "It is open.", RELEASED)
        session().commit()
    assert due(RELEASED + timedelta(days=2)) == []


def test_a_date_that_is_agreed_in_a_talk_begins_the_ladder_anew(world, db_session):
    visit_id, rows = a_case(world)
    action, leader = rows["WAG05"], world.actor("leader")
    day = late(action, 21)
    night(world, day)
    (row,) = waits()
    approve(world, row, day)
    assert [step.id for _, step in ladder.tasks(leader, day)] == ["talk"]
    with on(day):
        until = day + timedelta(days=10)
        ladder_tasks.talk(leader, [action.id], day, "Our office", "Manager", Outcome.agreed, until, "They will.")
        session().commit()
    assert ladder.tasks(leader, day) == []
    assert asked(world, visit_id)["WAG05"].due_on == until
    assert night(world, until).prepared == 0
    assert night(world, until + timedelta(days=1)).prepared == 1
    assert waits()[0].kind == "L5"
    assert [one.became for one in ladder.climbed(leader, action.id) if one.step == "talk"] == [Became.done]


def test_two_nights_at_once_make_one(world, db_session):
    _, rows = a_case(world)
    day = late(rows["WAG05"], 1)
    with on(day):
        nightly.run(world.association_id, day)
        nightly.run(world.association_id, day)
        session().commit()
    assert len(waits()) == 1


def test_the_database_takes_a_step_once_in_a_round(world, db_session):
    _, rows = a_case(world)
    night(world, late(rows["WAG05"], 1))
    kept = session().exec(sqlmodel.select(LadderStep).where(LadderStep.step == "first")).one()
    again = LadderStep(**kept.model_dump(exclude={"id"}))
    session().add(again)
    with pytest.raises(IntegrityError):
        session().flush()
    session().rollback()


def test_each_day_of_an_association_has_one_night_by_its_own_clock(world, db_session):
    _, rows = a_case(world)
    day = late(rows["WAG05"], 1)
    with clock.at(datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=8, minutes=1)):
        nightly.each_day()  # a minute before midnight in Kunming: still the day before
        assert waits() == []
    with clock.at(datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=8)):
        nightly.each_day()
        assert len(waits()) == 1
        nightly.each_day()
    assert lists_ladder.last_night(world.actor("reviewer")).last_on == day


def test_leaders_are_told_that_something_waits_where_the_ladder_says_so_and_never_what(app, world, post, db_session):
    leader = people.get(world.system, world.people["leader"])
    people.rename(world.system, leader, leader.name, leader.username, "leader@example.org", None)
    session().commit()
    a_case(world, DANGER)
    told = len(post.recipients)
    night(world, RELEASED)  # a referral is proposed on the day
    mail.go_round()
    with clock.at(clock.now() + timedelta(hours=1)):
        mail.go_round()
    assert post.recipients[told:] == ["leader@example.org"]
    assert "WAG" not in post.received[-1]


def test_a_leader_with_a_tie_is_not_told(app, world, post, db_session):
    leader = people.get(world.system, world.people["leader"])
    people.rename(world.system, leader, leader.name, leader.username, "leader@example.org", None)
    store_ties.declare(world.system, leader, world.enterprises[0], TieKind.kin)
    session().commit()
    a_case(world, DANGER)
    night(world, RELEASED)
    with clock.at(clock.now() + timedelta(hours=1)):
        mail.go_round()
    assert post.recipients == []
