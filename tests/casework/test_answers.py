"""Letter L4: what was answered to the plans of a visit, told once, in one letter."""

from datetime import timedelta

import pytest

from compliance.casework import prepared
from compliance.casework.models_ladder import PreparedLetter, Waiting
from compliance.corrective_actions import store as actions
from compliance.corrective_actions import store_checks
from compliance.letters import store as letters
from compliance.shared.database import session
from tests.casework.test_nightly import MAJOR, OTHER, RELEASED, a_case, approve, asked, night, on, steps, waits

DAY = timedelta(days=1)


@pytest.fixture
def planned(app, world, db_session):
    """Two plans of one visit, written the day after the letter."""
    visit_id, two = a_case(world, MAJOR, OTHER)
    for action in two.values():
        planning(world, action, RELEASED + DAY)
    return visit_id, two


def planning(world, action, day):
    with on(day):
        actions.plan(
            world.actor("manager"),
            action.id,
            root_cause="Nobody was charged with it.",
            plan="The owner does it.",
            preventive="Checked monthly.",
            responsible="Li Lan",
            planned_for=None,
        )
        session().commit()


def answering(world, action, day, reason=""):
    with on(day):
        answer = store_checks.return_plan if reason else store_checks.accept_plan
        answer(world.actor("reviewer"), action.id, *([reason] if reason else []))
        session().commit()


def test_a_visit_waits_until_all_its_plans_are_answered(world, planned):
    _visit, two = planned
    answering(world, two["WAG05"], RELEASED + 2 * DAY)
    night(world, RELEASED + 3 * DAY)
    assert waits() == []
    answering(world, two["SAF05"], RELEASED + 3 * DAY, "It does not say who pays.")
    night(world, RELEASED + 4 * DAY)
    [row] = waits()
    assert row.kind == "L4"
    assert steps(two["WAG05"]) == [("answer-1", 1, "prepared")]


def test_an_answer_waits_five_days_for_the_others_and_no_longer(world, planned):
    _visit, two = planned
    answering(world, two["WAG05"], RELEASED + 2 * DAY)
    night(world, RELEASED + 5 * DAY)
    assert waits() == []
    night(world, RELEASED + 6 * DAY)
    assert [row.kind for row in waits()] == ["L4"]


def test_the_letter_tells_each_answer_with_its_reason_and_a_new_day_for_what_comes_again(world, planned):
    visit_id, two = planned
    answering(world, two["WAG05"], RELEASED + 2 * DAY)
    answering(world, two["SAF05"], RELEASED + 2 * DAY, "It does not say who pays.")
    night(world, RELEASED + 3 * DAY)
    [row] = waits()
    letter = approve(world, row, RELEASED + 3 * DAY, who="reviewer")
    facts = letters.facts(letter)
    assert {(point.accepted, point.remark.en) for point in facts.points} == {
        (True, ""),
        (False, "It does not say who pays."),
    }
    assert facts.new_due == RELEASED + 17 * DAY  # 14 days, on a working day
    assert (letter.kind, facts.cites.number) == ("L4", letters.of_visit(world.system, visit_id)[0].number)
    night(world, RELEASED + 4 * DAY)
    assert waits() == []


def test_another_answer_to_another_plan_is_another_letter(world, planned):
    _visit, two = planned
    answering(world, two["WAG05"], RELEASED + 2 * DAY)
    answering(world, two["SAF05"], RELEASED + 2 * DAY, "It does not say who pays.")
    night(world, RELEASED + 3 * DAY)
    approve(world, waits()[0], RELEASED + 3 * DAY, who="reviewer")
    planning(world, two["SAF05"], RELEASED + 5 * DAY)
    answering(world, two["SAF05"], RELEASED + 6 * DAY)
    night(world, RELEASED + 7 * DAY)
    [row] = waits()
    letter = approve(world, row, RELEASED + 7 * DAY, who="reviewer")
    [point] = letters.facts(letter).points
    assert point.accepted is True
    assert ("answer-2", 1, "issued") in steps(two["SAF05"])


def test_an_answer_that_is_overtaken_leaves_the_letter(world, planned):
    visit_id, two = planned
    answering(world, two["WAG05"], RELEASED + 2 * DAY)
    answering(world, two["SAF05"], RELEASED + 2 * DAY, "It does not say who pays.")
    night(world, RELEASED + 3 * DAY)
    planning(world, two["SAF05"], RELEASED + 4 * DAY)  # it waits for an answer again
    with on(RELEASED + 4 * DAY):
        found = prepared.read(world.actor("reviewer"), waits()[0])
    assert [one.action.item for one in found.points] == ["WAG05"]
    assert [one.action.item for one in found.gone] == ["SAF05"]
    approve(world, waits()[0], RELEASED + 4 * DAY, who="reviewer")
    assert asked(world, visit_id)["WAG05"].state.value == "planned"


def test_who_was_on_the_visit_does_not_approve_the_letter(world, planned):
    _visit, two = planned
    for action in two.values():
        answering(world, action, RELEASED + 2 * DAY)
    night(world, RELEASED + 3 * DAY)
    with on(RELEASED + 3 * DAY):
        assert prepared.read(world.actor("inspector"), waits()[0]).why_not is not None
    assert session().get(PreparedLetter, waits()[0].id).state is Waiting.prepared
