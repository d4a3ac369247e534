"""The life of a visit in the database: who sees it, what each move asks for, and that nothing entered is lost."""

from contextlib import suppress
from datetime import timedelta

import pytest
import sqlalchemy as sa

from compliance.checklists.rules import Verdict
from compliance.people import store_ties
from compliance.people.models import User
from compliance.people.rules import TieKind
from compliance.shared import audit
from compliance.shared.problems import Conflict, NotFound, Problem, Refused
from compliance.visits import store
from compliance.visits.rules import CLOSING, Outcome, Route, Signature, Source, State

NOTE, VERDICT = ("WAG01", "note"), ("WAG01", "verdict")


# -- planning -------------------------------------------------------------------------------------------------------


def test_numbers_of_a_year_have_no_gap(db_session, office):
    assert [office.planned().number for _ in range(3)] == [1, 2, 3]
    store.cancel(office.actor("coordinator"), office.planned(), "Double")
    assert office.planned().number == 5


def test_a_plan_needs_a_day_that_is_not_over(db_session, office):
    with pytest.raises(Problem):
        office.planned(planned_for=store.today(office.actor("coordinator")) - timedelta(days=1))


def test_a_plan_for_another_association_s_workplace_does_not_exist(db_session, office, world):
    stranger = world.actor("stranger")
    with pytest.raises(NotFound):
        store.plan(stranger, world.workplaces[0], planned_for=store.today(stranger), route=Route.targeted)


def tie(office, db_session, who, enterprise=0):
    person = db_session.get(User, office.world.people[who])
    store_ties.declare(office.actor(who), person, office.world.enterprises[enterprise], TieKind.kin)


def test_an_inspector_with_a_tie_is_not_offered_and_not_accepted(db_session, office):
    tie(office, db_session, "inspector")
    offered = store.people_to_send(office.actor("coordinator"), office.world.enterprises[0])
    assert [name for _, name in offered] == ["Inspector2 One"]
    with pytest.raises(Problem):
        office.planned(0, "inspector")


def test_a_tie_declared_after_the_plan_stops_the_handing_out(db_session, office):
    visit = office.planned()
    tie(office, db_session, "inspector")
    with pytest.raises(Problem):
        store.hand_out(office.actor("coordinator"), visit)


def test_a_coordinator_with_a_tie_cannot_plan_there_nor_see_the_plan(db_session, office):
    visit = office.planned()
    tie(office, db_session, "coordinator")
    with pytest.raises(NotFound):
        store.get(office.actor("coordinator"), visit.id)
    with pytest.raises(NotFound):
        office.planned()


def test_a_visit_is_handed_out_on_its_day_and_pins_the_checklist(db_session, office):
    coordinator = office.actor("coordinator")
    tomorrow = office.planned(planned_for=store.today(coordinator) + timedelta(days=1))
    with pytest.raises(Conflict):
        store.hand_out(coordinator, tomorrow)
    visit = office.handed_out()
    assert visit.state is State.handed_out
    assert store.checklist(visit).items
    assert store.profile(visit).workers == 60


def test_a_visit_without_inspectors_is_not_handed_out(db_session, office):
    visit = office.planned(inspector_ids=[])
    with pytest.raises(Problem):
        store.hand_out(office.actor("coordinator"), visit)


def test_a_handed_out_visit_cannot_be_planned_anew_but_called_off(db_session, office):
    visit, coordinator = office.handed_out(), office.actor("coordinator")
    with pytest.raises(Conflict):
        store.change(
            coordinator, visit, planned_for=visit.planned_for, route=Route.random, purpose="", inspector_ids=[]
        )
    with pytest.raises(Problem):
        store.cancel(coordinator, visit, " ")
    assert store.cancel(coordinator, visit, "Typhoon").state is State.cancelled


# -- who sees it ----------------------------------------------------------------------------------------------------

SEES = {
    "planned": {"coordinator"},
    "handed_out": {"coordinator", "inspector"},
    "sealed": {"coordinator", "inspector", "reviewer", "leader"},
    "released": {"coordinator", "inspector", "inspector2", "reviewer", "leader"},
}


@pytest.mark.parametrize("state", SEES)
def test_a_visit_is_seen_by_those_who_need_to_know_and_does_not_exist_for_others(db_session, office, world, state):
    visit = {"planned": office.planned, "handed_out": office.handed_out}.get(state, office.sealed)()
    if state == "released":
        store.mark_released(office.actor("reviewer"), visit)
    seen = set()
    for who in world.people:
        with suppress(NotFound):
            seen.add(store.get(world.actor(who), visit.id) and who)
    assert seen == SEES[state]


@pytest.mark.parametrize("who", ["manager", "leader"])
def test_outsiders_reach_a_visit_only_once_it_is_released(db_session, office, who):
    if who == "leader":
        tie(office, db_session, "leader")
    visit = office.sealed()
    with pytest.raises(NotFound):
        store.get_released(office.actor(who), visit.id)
    store.mark_released(office.actor("reviewer"), visit)
    assert store.get_released(office.actor(who), visit.id) is visit
    with pytest.raises(NotFound):
        store.get(office.actor(who), visit.id)


def test_my_visits_are_those_handed_out_to_me(db_session, office):
    office.planned()
    mine = office.handed_out(1)
    office.handed_out(2, "inspector2")
    assert [v.id for v in store.mine(office.actor("inspector"))] == [mine.id]


def test_a_reviewer_still_sees_what_was_sent_back(db_session, office):
    visit = office.sealed()
    store.return_to_inspector(office.actor("reviewer"), visit, "Photo of exit 3 is missing")
    assert store.get(office.actor("reviewer"), visit.id) is visit


# -- entering -------------------------------------------------------------------------------------------------------


def test_only_the_inspectors_of_a_visit_enter_answers(db_session, office):
    visit = office.handed_out()
    for who in ("inspector2", "coordinator", "reviewer", "manager"):
        with pytest.raises(Refused):
            store.record(office.actor(who), visit, {NOTE: "x"})
    with pytest.raises(Refused):
        store.record(office.actor("inspector2"), visit, {NOTE: "x"}, source=Source.desk)


def test_desk_entry_is_marked_for_ever(db_session, office):
    visit = office.handed_out()
    store.record(office.actor("coordinator"), visit, {NOTE: "x"}, source=Source.desk)
    assert visit.entered_at_desk
    assert {e.source for e in store.events(visit)} == {Source.desk}


def test_what_is_entered_comes_back_as_it_was(db_session, office):
    visit = office.handed_out()
    said = {
        VERDICT: "non_compliant",
        NOTE: "工资表：𠮷、䶮 1,700",
        ("WAG01", "workers"): "7",
        ("WAG01", "known:document"): True,
    }
    assert len(store.record(office.actor("inspector"), visit, said)) == 4
    answer = store.answers(visit).answers["WAG01"]
    assert (answer.verdict, answer.note, answer.workers) == (Verdict.non_compliant, "工资表：𠮷、䶮 1,700", 7)
    assert visit.started_at is not None


def test_an_empty_save_leaves_no_trace(db_session, office):
    visit = office.handed_out()
    lines = len(audit.about(visit.id))
    assert store.record(office.actor("inspector"), visit, {NOTE: "", ("WAG01", "known:document"): False}) == ()
    assert len(audit.about(visit.id)) == lines


def test_a_conflict_is_kept_and_settled_by_picking(db_session, office):
    visit = office.handed_out(0, "inspector", "inspector2")
    store.record(office.actor("inspector"), visit, {NOTE: "of one"}, seen=frozenset())
    store.record(office.actor("inspector2"), visit, {NOTE: "of two"}, seen=frozenset())
    (conflict,) = store.answers(visit).conflicts
    chosen = next(e for e in conflict.events if e.value == "of two")
    store.pick(office.actor("inspector"), visit, chosen.id)
    folded = store.answers(visit)
    assert folded.answers["WAG01"].note == "of two"
    assert not folded.conflicts
    assert {e.value for e in store.events(visit)} == {"of one", "of two"}


@pytest.mark.parametrize("key", [("XXX99", "note"), ("WAG01", "colour"), ("WAG01", "fact:nothing")])
def test_an_unknown_field_is_refused(db_session, office, key):
    with pytest.raises(Problem):
        store.record(office.actor("inspector"), office.handed_out(), {key: "x"})


# -- the end --------------------------------------------------------------------------------------------------------


def test_a_seal_names_everything_that_is_missing(db_session, office):
    visit = office.handed_out()
    with pytest.raises(Problem) as refused:
        store.seal(office.actor("inspector"), visit)
    assert refused.value.code == "visit-incomplete"
    assert refused.value.facts["count"] == len(refused.value.facts["missing"]) > 50


def test_a_complete_visit_is_sealed_by_its_inspector_alone(db_session, office):
    visit = office.complete(office.handed_out())
    for who in ("inspector2", "coordinator", "reviewer"):
        with pytest.raises(Refused):
            store.seal(office.actor(who), visit)
    store.seal(office.actor("inspector"), visit)
    assert (visit.state, visit.outcome) == (State.sealed, Outcome.completed)
    assert (visit.representative_signature, visit.representative_remark) == (Signature.signed, "We will repair.")
    assert visit.visited_on == store.today(office.actor("inspector"))


@pytest.mark.parametrize("outcome", [Outcome.refused, Outcome.closed_down, Outcome.not_found])
def test_a_visit_can_end_otherwise_with_a_reason(db_session, office, outcome):
    visit, inspector = office.handed_out(), office.actor("inspector")
    closing = store.Closing(store.today(inspector), "Li Na", None, outcome=outcome, outcome_reason="Gate shut.")
    store.close(inspector, visit, closing)
    assert store.seal(inspector, visit).outcome is outcome


def test_after_the_seal_only_a_recorded_correction_changes_anything(db_session, office):
    visit = office.sealed()
    with pytest.raises(Conflict):
        store.record(office.actor("inspector"), visit, {NOTE: "late"})
    with pytest.raises(Refused):
        store.correct(office.actor("inspector"), visit, "WAG01", "note", "late", "forgot")
    with pytest.raises(Problem):
        store.correct(office.actor("reviewer"), visit, "WAG01", "note", "checked", "")
    store.correct(office.actor("reviewer"), visit, "WAG01", "note", "checked", "Typing error")
    (event,) = store.corrections(visit)
    assert (event.value, event.reason, event.source) == ("checked", "Typing error", Source.correction)
    assert store.answers(visit).answers["WAG01"].note == "checked"


def test_a_correction_of_the_end_shows_in_the_visit(db_session, office):
    visit = office.sealed()
    store.correct(office.actor("reviewer"), visit, CLOSING, "remark", "We repaired.", "Misheard")
    assert visit.representative_remark == "We repaired."


def test_a_visit_that_is_sent_back_is_signed_and_sealed_again(db_session, office):
    visit, inspector = office.sealed(), office.actor("inspector")
    store.return_to_inspector(office.actor("reviewer"), visit, "Name the exit")
    assert visit.state is State.handed_out
    assert [m.code for m in store.what_is_missing(inspector, visit)] == ["inspector"]
    store.record(inspector, visit, {(CLOSING, "inspector_signature"): "signed"})
    assert store.seal(inspector, visit).state is State.sealed


def test_release_is_the_end_of_the_way_back(db_session, office):
    visit = store.mark_released(office.actor("reviewer"), office.sealed())
    with pytest.raises(Conflict):
        store.return_to_inspector(office.actor("reviewer"), visit, "x")
    with pytest.raises(Conflict):
        store.mark_released(office.actor("reviewer"), visit)


def test_every_move_is_on_the_trail(db_session, office):
    visit = office.sealed()
    store.correct(office.actor("reviewer"), visit, "WAG01", "note", "checked", "Typing error")
    verbs = {line.verb for line in audit.about(visit.id)}
    assert {"visit.planned", "visit.handed_out", "visit.answered", "visit.sealed", "visit.corrected"} <= verbs


def test_entries_are_only_ever_added(db_session, office):
    visit = office.handed_out()
    store.record(office.actor("inspector"), visit, {NOTE: "first"})
    first = {e.id for e in store.events(visit)}
    store.record(office.actor("inspector"), visit, {NOTE: "second"})
    assert first < {e.id for e in store.events(visit)}


def test_a_device_cannot_use_a_number_of_its_sequence_twice(db_session, office):
    from compliance.visits.models import AnswerEvent

    visit = office.handed_out()
    for _ in range(2):
        row = AnswerEvent(visit_id=visit.id, item="WAG01", field="note", value="x", device="t1", seq=1, source="tablet")
        db_session.add(row)
    with pytest.raises(sa.exc.IntegrityError):
        db_session.flush()
    db_session.rollback()


def test_the_list_filters_and_pages(db_session, office):
    coordinator = office.actor("coordinator")
    office.planned(0)
    office.planned(1, "inspector2", route=Route.complaint)
    office.handed_out(2)
    assert store.planned(coordinator, store.PlanFilter()).total == 3
    assert store.planned(coordinator, store.PlanFilter(state=State.handed_out)).total == 1
    assert store.planned(coordinator, store.PlanFilter(route=Route.complaint)).total == 1
    assert store.planned(coordinator, store.PlanFilter(person_id=office.world.people["inspector2"])).total == 1
    assert store.planned(coordinator, store.PlanFilter(), [office.world.enterprises[0]]).total == 1
    assert store.planned(coordinator, store.PlanFilter(page=99)).page == 1
    assert store.planned(office.actor("leader"), store.PlanFilter()).total == 0


def test_an_open_visit_moves_to_a_newer_version_and_keeps_what_was_entered(db_session, office):
    from dataclasses import replace

    from compliance.checklists import store as checklists

    visit, coordinator = office.handed_out(), office.actor("coordinator")
    store.record(office.actor("inspector"), visit, {NOTE: "kept", ("WAG02", "note"): "gone with its item"})
    pinned = store.checklist(visit)
    areas = tuple(replace(a, items=tuple(i for i in a.items if i.id != "WAG02")) for a in pinned.areas)
    newer = checklists.publish(office.world.system, replace(pinned, areas=areas))
    assert store.checklist(visit).has("WAG02")
    store.move_version(coordinator, visit, newer.id)
    assert set(store.answers(visit).answers) == {"WAG01"}
    assert len(store.events(visit)) == 2
    with pytest.raises(Conflict):
        store.move_version(coordinator, visit, newer.id)
