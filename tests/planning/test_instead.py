"""Somebody falls ill or has got a tie after a visit is handed out: somebody else goes, and nobody else knows."""

from datetime import timedelta

import pytest
from sqlmodel import select

from compliance.people import store as people
from compliance.people import store_field, store_leaves
from compliance.people import store_ties as ties
from compliance.people.rules import TieKind
from compliance.planning import handing_out, store_days, store_drawn, store_instead, store_schedule, store_slots
from compliance.planning.models_schedule import VisitSlot
from compliance.planning.schedule import SlotState
from compliance.shared import audit, clock
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem, Refused
from compliance.visits import store as visits
from compliance.visits import store_instead as teams
from compliance.visits.rules import Route
from tests.casework import made
from tests.planning.drawn import MORNING, committed, crew, grown, period


def slots(row):
    return list(session().exec(select(VisitSlot).where(VisitSlot.period_id == row.id).order_by(VisitSlot.begins_at)))


def visit_of(world, slot):
    return visits.get(world.system, store_drawn.get(world.system, slot.drawn_id).visit_id)


def team_of(visit):
    return visits.inspectors([visit.id])[visit.id]


def refused(act, *args):
    with pytest.raises(Problem) as caught:
        act(*args)
    session().rollback()
    return caught.value.code


@pytest.fixture
def tour(world, db_session):
    """The two slots of a tour, the first of them handed out, and the period."""
    with clock.at(MORNING):
        row = period(crew(grown(world)))
        store_schedule.draw_for(world.actor("coordinator"), row.id)
        session().commit()
    first = next(slot for slot in slots(row) if len(store_slots.tour(slot)) == 2)
    pair = sorted(store_slots.tour(first), key=lambda slot: slot.begins_at)
    with clock.at(pair[0].begins_at - timedelta(minutes=59)):
        handing_out.run(world.association_id)
        for slot in pair:
            session().refresh(slot)
        assert [slot.state for slot in pair] == [SlotState.handed_out, SlotState.waiting]
        yield (*pair, row)


def test_who_falls_ill_is_replaced_on_what_the_team_still_has_before_it(world, tour):
    first, second, row = tour
    visit, coordinator = visit_of(world, first), world.actor("coordinator")
    ill, stays = team_of(visit)
    store_instead.replace(coordinator, visit.id, ill, None, "Ill at the gate.")
    session().commit()
    now = team_of(visit)
    assert ill not in now and stays in now and len(now) == 2
    assert now[0] not in (ill, stays), "who comes instead of the lead leads"
    for slot in (first, second):
        assert set(store_schedule.teams([slot.id])[slot.id]) == set(now)
    assert store_days.tally(coordinator, row).replacements == 2
    assert visit.id not in [one.id for one in visits.mine(actor_of(ill))]
    assert visit.id in [one.id for one in visits.mine(actor_of(now[0]))]
    with pytest.raises(NotFound):
        visits.get(actor_of(ill), visit.id)
    [told] = [line for line in audit.about(visit.id) if line.verb == "visit.tour_passed_on"]
    assert told.person_id == coordinator.person_id
    [change] = teams.changes(visit)
    assert (change.leaving_id, change.instead_id, change.reason) == (ill, now[0], "Ill at the gate.")
    assert [line for line in audit.about(change.id) if line.verb == "visit.team_changed"]


def actor_of(person_id):
    return people.actor_of(person_id, "127.0.0.1", "en")


def test_it_can_be_taken_back_as_long_as_nothing_was_entered(world, tour):
    first, second, row = tour
    visit, coordinator = visit_of(world, first), world.actor("coordinator")
    before = team_of(visit)
    store_instead.replace(coordinator, visit.id, before[0], None, "Ill.")
    store_instead.undo(coordinator, visit.id)
    session().commit()
    assert team_of(visit) == before
    assert {*store_schedule.teams([second.id])[second.id]} == {*store_schedule.teams([first.id])[first.id]} == {*before}
    assert store_days.tally(coordinator, row).replacements == 0
    assert refused(store_instead.undo, coordinator, visit.id) == "team-undo", "what was taken back stays so"
    store_instead.replace(coordinator, visit.id, before[0], None, "Ill after all.")
    session().commit()
    came = team_of(visit)[0]
    visits.enter_answers(actor_of(came), visit, made.answered(visit, {})[:3])
    session().commit()
    assert refused(store_instead.undo, coordinator, visit.id) == "team-undo"


def test_who_has_got_a_tie_meanwhile_is_replaced_and_does_not_come_back(world, tour):
    first, _second, _row = tour
    visit, coordinator = visit_of(world, first), world.actor("coordinator")
    tied = team_of(visit)[1]
    ties.declare(world.system, people.get(world.system, tied), visit.enterprise_id, TieKind.kin)
    session().commit()
    assert store_instead.who_cannot_go(store_instead.tour(coordinator, visit)) == {tied}
    store_instead.replace(coordinator, visit.id, tied, None, "A cousin works there.")
    session().commit()
    assert tied not in team_of(visit)
    assert refused(store_instead.undo, coordinator, visit.id) == "team-undo-busy"


def test_rules_of_teams_hold_and_what_is_given_up_is_said(world, tour):
    first, _second, _row = tour
    visit, coordinator = visit_of(world, first), world.actor("coordinator")
    ill, stays = team_of(visit)
    women = {world.people[who] for who in ("inspector", "ann", "bea")}
    of = store_instead.tour(coordinator, visit)
    for person, short in store_instead.eligible(of, ill):
        assert ("woman" in [one.value for one in short]) == (not women & {stays, person.id})
    chosen = next(person.id for person, short in store_instead.eligible(of, ill) if person.id not in (ill, stays))
    ties.declare(world.system, people.get(world.system, chosen), visit.enterprise_id, TieKind.owner)
    session().commit()
    assert refused(store_instead.replace, coordinator, visit.id, ill, chosen, "Ill.") == "team-choice"
    assert refused(store_instead.replace, coordinator, visit.id, ill, stays, "Ill.") == "team-choice"
    assert refused(store_instead.replace, coordinator, visit.id, chosen, None, "Ill.") == "team-person"
    assert refused(store_instead.replace, coordinator, visit.id, ill, None, " ") == "reason-missing"
    for who in women - {stays, ill}:
        store_field.set_facts(world.system, people.get(world.system, who), ["cmn"], woman=False)
    session().commit()
    if stays not in women:
        _visit, short = store_instead.replace(coordinator, visit.id, ill, None, "Ill.")
        assert "woman" in [one.value for one in short]
        assert "woman" in first.relaxed


def test_both_can_be_replaced_one_after_the_other(world, tour):
    first, second, _row = tour
    visit, coordinator = visit_of(world, first), world.actor("coordinator")
    today, before = visits.today(coordinator), team_of(visit)
    for id in before:
        store_leaves.set_leave(coordinator, id, world.people["reviewer"], today, today, "Ill", today)
    session().commit()
    for id in before:
        store_instead.replace(coordinator, visit.id, id, None, "Ill.")
    session().commit()
    assert not set(before) & set(team_of(visit)) and len(set(team_of(visit))) == 2
    assert {*store_schedule.teams([second.id])[second.id]} == {*team_of(visit)}
    with clock.at(second.begins_at - timedelta(minutes=30)):
        handing_out.run(world.association_id)
    assert {*team_of(visit_of(world, second))} == {*team_of(visit)}


def test_a_visit_that_was_made_before_is_left_to_who_made_it(world, tour):
    first, second, _row = tour
    coordinator = world.actor("coordinator")
    with clock.at(second.begins_at - timedelta(minutes=10)):
        handing_out.run(world.association_id)
        earlier, later = visit_of(world, first), visit_of(world, second)
        before = team_of(earlier)
        store_instead.replace(coordinator, later.id, before[0], None, "Ill after the first visit.")
        session().commit()
        assert team_of(earlier) == before and before[0] not in team_of(later)


def test_a_visit_planned_by_hand_can_get_another_team_too(world, db_session):
    crew(world)
    with clock.at(MORNING):
        coordinator = world.actor("coordinator")
        visit = visits.plan(
            coordinator, world.workplaces[0], planned_for=visits.today(coordinator), route=Route.complaint,
            inspector_ids=[world.people["ann"]],
        )  # fmt: skip
        session().commit()
        assert refused(store_instead.replace, coordinator, visit.id, world.people["ann"], None, "Ill.") == "visit-state"
        visits.hand_out(coordinator, visit)
        session().commit()
        store_instead.replace(coordinator, visit.id, world.people["ann"], None, "Ill.")
        session().commit()
        [now] = team_of(visit)
        assert now in {world.people[who] for who in ("inspector", "bea")}, "a woman, since one can be had"
        store_instead.undo(coordinator, visit.id)
        session().commit()
        assert team_of(visit) == [world.people["ann"]]


def test_what_else_somebody_has_on_the_day_does_not_keep_a_change_from_being_taken_back(world, db_session):
    crew(world)
    with clock.at(MORNING):
        coordinator = world.actor("coordinator")
        both = [
            visits.plan(
                coordinator, place, planned_for=visits.today(coordinator), route=Route.complaint,
                inspector_ids=[world.people["ann"], world.people["bea"]],
            )
            for place in world.workplaces[:2]
        ]  # fmt: skip
        for visit in both:
            visits.hand_out(coordinator, visit)
        store_instead.replace(coordinator, both[0].id, world.people["ann"], None, "Ill.")
        store_instead.undo(coordinator, both[0].id)
        session().commit()
        assert set(team_of(both[0])) == {world.people["ann"], world.people["bea"]}


def test_where_nobody_can_go_it_says_so(world, tour):
    first, _second, _row = tour
    visit, coordinator = visit_of(world, first), world.actor("coordinator")
    for who in ("inspector", "inspector2", "ann", "bea", "cai", "dan"):
        ties.declare(world.system, people.get(world.system, world.people[who]), visit.enterprise_id, TieKind.kin)
    session().commit()
    assert refused(store_instead.replace, coordinator, visit.id, team_of(visit)[0], None, "Ill.") == "team-nobody"


def test_who_may_not_open_the_plan_changes_no_team_of_it(world, tour):
    first, _second, _row = tour
    visit = visit_of(world, first)
    ill = team_of(visit)[0]
    other = next(id for id in world.enterprises if id != visit.enterprise_id)
    ties.declare(world.system, people.get(world.system, world.people["coordinator"]), other, TieKind.kin)
    session().commit()
    with pytest.raises(Refused):
        store_instead.replace(world.actor("coordinator"), visit.id, ill, None, "Ill.")
    with pytest.raises(NotFound):
        store_instead.replace(world.actor("stranger"), visit.id, ill, None, "Ill.")


def test_a_sealed_visit_keeps_its_team(world, tour):
    first, _second, _row = tour
    visit, coordinator = visit_of(world, first), world.actor("coordinator")
    visits.cancel(coordinator, visit, "Flood.")
    session().commit()
    with pytest.raises(Conflict):
        store_instead.replace(coordinator, visit.id, team_of(visit)[0], None, "Ill.")


# -- the page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def handed_out(app, world):
    """A visit that was handed out, and its team."""
    with clock.at(MORNING):
        period_id = committed(app, world)
        with app.app_context():
            store_schedule.draw_for(world.actor("coordinator"), period_id)
            session().commit()
            slot = session().exec(select(VisitSlot).order_by(VisitSlot.begins_at)).first()
            begins = slot.begins_at
    with clock.at(begins - timedelta(minutes=50)):
        with app.app_context():
            handing_out.run(world.association_id)
            visit = visit_of(world, session().exec(select(VisitSlot).order_by(VisitSlot.begins_at)).first())
            told = (visit.id, team_of(visit))
        yield told


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_coordinator_lets_somebody_else_go_and_takes_it_back(app, world, sign_in, handed_out, language):
    visit_id, (ill, stays) = handed_out
    names = {id: who for who, id in world.people.items()}
    coordinator = sign_in("coordinator", language)
    assert coordinator.get(f"/visits/{visit_id}").links(f"/visits/{visit_id}/team")
    page = coordinator.get(f"/visits/{visit_id}/team")
    wrong = coordinator.submit(page, "/team", leaving=str(ill), reason="", status=422)
    assert wrong.form("/team")["leaving"] == str(ill)
    page = coordinator.submit(page, "/team", leaving=str(ill), reason="Ill at the gate.")
    assert "Ill at the gate." in page.text
    with app.app_context():
        now = team_of(visits.get(world.system, visit_id))
    came = next(id for id in now if id != stays)
    sign_in(names[ill]).get(f"/visits/{visit_id}", status=404)
    assert str(visit_id) in sign_in(names[came]).get("/visits/").response.text
    page = coordinator.submit(coordinator.get(f"/visits/{visit_id}/team"), "/undo")
    with app.app_context():
        assert team_of(visits.get(world.system, visit_id)) == [ill, stays]
    sign_in(names[came]).get(f"/visits/{visit_id}", status=404)
    coordinator.post(f"/visits/{visit_id}/team/undo", status=409)


@pytest.mark.parametrize("who", ["leader", "reviewer", "administrator", "manager", "inspector"])
def test_nobody_else_changes_a_team(sign_in, handed_out, who):
    visit_id, (ill, _stays) = handed_out
    client = sign_in(who)
    client.get(f"/visits/{visit_id}/team", status=403)
    client.post(f"/visits/{visit_id}/team", {"leaving": str(ill), "reason": "x"}, status=403)
    client.post(f"/visits/{visit_id}/team/undo", status=403)
