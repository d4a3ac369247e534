"""A check on site is a follow-up visit that asks the open items and no others; its release says what became of them."""

from datetime import timedelta

import pytest

from compliance.casework import cases, following, lists, outside, release, sealing
from compliance.checklists.rules import Verdict, applicable_items
from compliance.corrective_actions import store as actions
from compliance.corrective_actions import store_draws, store_outcomes
from compliance.corrective_actions.models_assignment import OnSiteDraw
from compliance.corrective_actions.rules import ActionState, Check, How
from compliance.findings import store as findings
from compliance.letters import store as letters
from compliance.scorecards import store as scorecards
from compliance.shared import audit
from compliance.shared.database import session
from compliance.shared.files import StoredFile
from compliance.shared.problems import Problem
from compliance.trends.rules import ROUTES
from compliance.visits import store as visits
from compliance.visits.rules import Answer, Known, Route
from tests.casework import made

FOUND = [made.short("SAF05"), made.short("WAG05"), made.short("SAN01", Verdict.partial)]
BOTH = frozenset({Known.observation, Known.interview})


def asked_of(world, visit_id):
    return {one.item: one for one in actions.of_visit(world.actor("reviewer"), visit_id)}


def arranged(world, items=("SAF05", "WAG05"), by="inspector2"):
    """A follow-up visit that is handed out."""
    coordinator = world.actor("coordinator")
    visit = following.arrange(
        coordinator, world.workplaces[0], items,
        planned_for=cases.today(coordinator), inspector_ids=[world.people[by]],
    )  # fmt: skip
    visits.hand_out(coordinator, visit)
    session().commit()
    return visit


def looked(world, visit, answers, by="inspector2"):
    """The same, answered, sealed and released."""
    inspector = world.actor(by)
    visits.enter_answers(inspector, visit, answers)
    day = cases.today(inspector)
    visits.close(
        inspector, visit, visits.Closing(visited_on=day, inspector_name="Inspector Two", representative_name="Manager")
    )
    derived = sealing.seal(inspector, visit.id)
    session().commit()
    release.release(world.actor("reviewer"), visit.id)
    session().commit()
    return derived


def test_it_asks_the_open_items_and_no_others(world, db_session):
    made.released(world, FOUND)
    visit = arranged(world)
    assert visit.route is Route.follow_up
    checklist, profile = visits.checklist(visit), visits.profile(visit)
    assert [item.id for item in applicable_items(checklist, profile, {})] == ["WAG05", "SAF05"]
    assert {lack.item for lack in visits.what_is_missing(world.actor("inspector2"), visit)} >= {"WAG05", "SAF05"}
    assert "SAN01" not in {lack.item for lack in visits.what_is_missing(world.actor("inspector2"), visit)}


def test_only_what_is_open_there_can_be_looked_at_by_somebody_else_who_is_here(world, db_session):
    made.released(world, FOUND)
    coordinator = world.actor("coordinator")
    day = cases.today(coordinator)

    def refused(items, who):
        with pytest.raises(Problem) as problem:
            following.arrange(
                coordinator, world.workplaces[0], items, planned_for=day, inspector_ids=[world.people[who]]
            )
        return problem.value.code

    assert refused(["PUN01"], "inspector2") == "follow-items"
    assert refused(["SAF05"], "inspector") == "follow-second-person"


def test_what_is_done_is_verified_on_site_by_who_was_not_there_before(world, db_session):
    visit_id = made.released(world, FOUND)
    visit = arranged(world)
    derived = looked(
        world, visit, [Answer("SAF05", Verdict.compliant), Answer("WAG05", Verdict.compliant, known_by=BOTH)]
    )
    after = asked_of(world, visit_id)
    assert derived.findings == ()
    assert (after["SAF05"].state, after["SAF05"].verified_how) == (ActionState.verified, How.on_site)
    assert after["SAF05"].verified_by == world.people["inspector2"]
    assert (after["WAG05"].state, after["WAG05"].worker_check) == (ActionState.verified, True)
    assert after["SAN01"].state is ActionState.open, "it was not looked at"
    assert letters.of_visit(world.actor("reviewer"), visit.id) == [], "its actions tell it, and letter L8"


def test_wages_without_a_word_of_a_worker_wait_for_one(world, db_session):
    visit_id = made.released(world, FOUND)
    visit = arranged(world)
    looked(world, visit, [Answer("SAF05", Verdict.compliant), Answer("WAG05", Verdict.compliant)])
    row = asked_of(world, visit_id)["WAG05"]
    assert row.state is ActionState.open
    (check,) = store_outcomes.checks_of(world.actor("reviewer"), row.id)
    assert (check.visit_id, check.worker_check) == (visit.id, False)


def test_what_is_still_as_it_was_is_no_new_finding_and_what_is_new_is(world, db_session):
    visit_id = made.released(world, FOUND)
    visit = arranged(world, ["SAF05", "SAN01"])
    derived = looked(
        world, visit, [made.short("SAF05", note="Still open."), made.short("SAN01", Verdict.partial, note="Half done.")]
    )
    assert derived.findings == ()
    after = asked_of(world, visit_id)
    assert after["SAF05"].state is ActionState.open
    assert actions.history(world.actor("manager"), after["SAF05"].id)[-1].move == "not_done"
    assert after["SAN01"].state is ActionState.returned
    ((_on, part),) = store_outcomes.parts_of(world.actor("manager"), [after["SAN01"].id])[after["SAN01"].id]
    assert part.done == "Half done."
    case = cases.of(world.actor("reviewer"), visit)
    assert "SAF05" not in following.new_answers(world.actor("reviewer"), case)


def test_a_new_danger_under_an_item_is_raised_as_usual(world, db_session):
    made.released(world, [made.short("SAF01")])
    visit = arranged(world, ["SAF01"])
    derived = looked(world, visit, [made.short("SAF01", facts=frozenset({"exit-locked"}))])
    (finding,) = derived.findings
    assert finding.zero_tolerance
    assert [letter.kind for letter in letters.of_visit(world.actor("reviewer"), visit.id)] == ["L3"]


def test_what_was_accepted_at_the_desk_and_drawn_is_confirmed_or_opened_again(world, db_session):
    visit_id = made.released(world, FOUND)
    reviewer, manager = world.actor("reviewer"), world.actor("manager")
    for item in ("SAF05", "WAG05"):
        id = asked_of(world, visit_id)[item].id
        actions.attach(manager, id, StoredFile("b" * 64, 10, "image/jpeg"), "x.jpg")
        actions.send_evidence(manager, id)
        case = cases.load(reviewer, visit_id)
        check = Check(How.desk, "Complete.", worker_check=True)
        actions.verify(reviewer, id, check, case.involved, case.policy, cases.today(reviewer))
        for draw in store_draws.of_action(reviewer, id):  # as if the draw had fallen on both
            row = session().get(OnSiteDraw, draw.id)
            row.point, row.drawn = 0.1, True
    audit.record(reviewer, "test.drawn")
    session().commit()
    visit = arranged(world)
    looked(world, visit, [made.short("SAF05", note="Open again."), Answer("WAG05", Verdict.compliant, known_by=BOTH)])
    after = asked_of(world, visit_id)
    assert (after["SAF05"].state, after["SAF05"].verified_on) == (ActionState.returned, None)
    assert after["WAG05"].state is ActionState.verified
    assert not store_draws.waiting_among([after["SAF05"].id, after["WAG05"].id])


def test_a_few_items_say_nothing_about_the_whole_workplace(world, db_session):
    first = made.released(world, [made.short("SAF01")])
    visit = arranged(world, ["SAF01"])
    looked(world, visit, [made.short("SAF01", facts=frozenset({"exit-locked"}))])
    reviewer, manager = world.actor("reviewer"), world.actor("manager")
    cards = outside.cards_of(manager, world.enterprises[0])
    assert {card.visit_id for card in cards} == {first, visit.id}, "its findings are there to be answered"
    (place,) = outside.places(manager, world.enterprises[0], cards)
    assert place.card.visit_id == first
    later = cases.today(reviewer) + timedelta(days=1)
    before = scorecards.previous(reviewer, world.workplaces[0], later)
    assert before is not None
    assert before.visit_id == first
    assert list(scorecards.replay(reviewer)) == []
    assert [one.item for one in findings.of_visit(reviewer, visit.id)] == ["SAF01"]


def test_what_is_drawn_is_closed_only_after_the_check_on_site(world, db_session):
    visit_id = made.released(world, [made.short("SAF05")])
    reviewer, manager = world.actor("reviewer"), world.actor("manager")
    action = asked_of(world, visit_id)["SAF05"]
    actions.attach(manager, action.id, StoredFile("b" * 64, 10, "image/jpeg"), "x.jpg")
    actions.send_evidence(manager, action.id)
    case, on = cases.load(reviewer, visit_id), cases.today(reviewer)
    actions.verify(reviewer, action.id, Check(How.desk, "Complete."), case.involved, case.policy, on)
    row = session().get(OnSiteDraw, store_draws.of_action(reviewer, action.id)[0].id)
    for point, drawn in ((0.1, True), (0.9, False)):
        row.point, row.drawn = point, drawn
        audit.record(reviewer, "test.drawn")
        counts = lists.action_counts(reviewer, on)
        assert (counts["on_site"], counts["closed"]) == ((1, 0) if drawn else (0, 1))
        for view in ("on_site", "closed"):
            assert lists.actions(reviewer, on, view=view).total == counts[view]
        assert actions.counts(manager, on).unfinished == 0, "its enterprise reads the same"


def test_a_follow_up_visit_enters_no_trend(world, db_session):
    assert all(Route.follow_up not in routes for routes in ROUTES.values())
