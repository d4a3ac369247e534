"""The days of a period, changes of them, and the handing-out at their time, on both databases."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from compliance.people import store as people
from compliance.people import store_leaves
from compliance.people import store_ties as ties
from compliance.people.rules import TieKind
from compliance.planning import handing_out, store_drawn, store_schedule, store_slots
from compliance.planning.models_schedule import VisitSlot
from compliance.planning.periods import LeftReason
from compliance.planning.schedule import ChangeKind, Relaxed, SlotState
from compliance.shared import audit, clock
from compliance.shared.calendar import is_working_day
from compliance.shared.database import session
from compliance.shared.outbox import OutgoingMessage
from compliance.shared.problems import Conflict, NotFound, Problem, Refused
from compliance.visits import store as visits
from compliance.visits.rules import Route, State
from tests.planning.drawn import FIRST, LAST, MORNING, crew, grown, period


@pytest.fixture(autouse=True)
def _in_autumn(db_session):
    with clock.at(MORNING):
        yield


@pytest.fixture
def planned(world):
    """A drawn period whose days are drawn."""
    row = period(crew(grown(world)))
    store_schedule.draw_for(world.actor("coordinator"), row.id)
    session().commit()
    return row


def slots(row):
    return list(session().exec(select(VisitSlot).where(VisitSlot.period_id == row.id).order_by(VisitSlot.begins_at)))


def due(slot):
    return clock.at(slot.begins_at - timedelta(minutes=59))


def refused(act, *args):
    with pytest.raises(Problem) as caught:
        act(*args)
    session().rollback()
    return caught.value.code


def test_everything_drawn_gets_a_day_once(world, planned):
    rows = slots(planned)
    assert len(rows) == 12 == len(store_drawn.rows(world.actor("coordinator"), planned))
    assert all(row.state is SlotState.waiting and FIRST <= row.day <= LAST for row in rows)
    assert all(is_working_day(row.day)[0] and row.day > MORNING.date() for row in rows)
    sent = store_schedule.teams(row.id for row in rows)
    women = {world.people[who] for who in ("inspector", "ann", "bea")}
    assert all(len(team) == 2 and women & set(team) for team in sent.values())
    assert store_schedule.draw_for(world.actor("coordinator"), planned.id) is None, "a double click draws nothing again"
    assert not list(session().exec(select(visits_table())).all()), "nothing stands among the visits before its time"


def visits_table():
    from compliance.visits.models import Visit

    return Visit


def test_the_trail_says_that_days_were_drawn_and_not_which(world, planned):
    lines = [line for line in audit.about(planned.id) if line.verb == "schedule.drawn"]
    assert len(lines) == 1 and lines[0].changes["note"] .keys() == {
        "placed", "unplaced", "algorithm", "number", "inputs_digest", "seed_digest", "plan_digest",
    }  # fmt: skip
    told = str([line.changes for line in session().exec(select(audit.AuditLine)) if line.verb.startswith("schedule")])
    assert not any(str(row.workplace_id) in told or str(row.day) in told for row in slots(planned))


def test_a_visit_is_handed_out_an_hour_before_it_begins_and_once(world, planned):
    slot = slots(planned)[0]
    with clock.at(slot.begins_at - timedelta(minutes=61)):
        assert handing_out.run(world.association_id).handed_out == 0
    with due(slot):
        assert handing_out.run(world.association_id).handed_out >= 1
        assert handing_out.run(world.association_id).handed_out == 0
    session().refresh(slot)
    drawn = store_drawn.get(world.system, slot.drawn_id)
    visit = visits.get(world.system, drawn.visit_id)
    assert (slot.state, visit.state, visit.route) == (SlotState.handed_out, State.handed_out, drawn.route)
    assert visit.inclusion_probability == drawn.inclusion_probability and visit.stratum
    assert visit.begins_at == slot.begins_at
    assert set(visits.inspectors([visit.id])[visit.id]) == set(store_schedule.teams([slot.id])[slot.id])
    assert not list(session().exec(select(OutgoingMessage))), "no message goes out"


def test_what_was_missed_is_caught_up_on_the_same_day_and_not_later(world, planned):
    rows = slots(planned)
    first = [row for row in rows if row.day == rows[0].day]
    with clock.at(max(row.begins_at for row in first) + timedelta(minutes=30)):
        assert handing_out.run(world.association_id).handed_out == len(first)
    later = [row for row in rows if row.day == rows[-1].day]
    with clock.at(rows[-1].begins_at + timedelta(days=1)):
        result = handing_out.run(world.association_id)
    assert result.handed_out == 0 and result.missed == len(rows) - len(first)
    for row in later:
        session().refresh(row)
        assert row.state is SlotState.missed


def test_the_order_of_handing_out_is_drawn(world, planned, monkeypatch):
    seen = []
    monkeypatch.setattr(handing_out, "_hand_out", lambda actor, slot_id: seen.append(slot_id) or "handed_out")
    with clock.at(slots(planned)[-1].begins_at):
        handing_out.run(world.association_id)
    positions = {row.id: row.position for row in slots(planned)}
    assert seen == sorted(seen, key=lambda id: (positions[id], id)) and len(seen) == 12


def test_one_that_breaks_keeps_no_other_back(world, planned, monkeypatch):
    rows = slots(planned)
    together = [row for row in rows if row.day == rows[0].day]
    broken, hand_out = together[0].id, handing_out._hand_out

    def breaking(actor, slot_id):
        if slot_id == broken:
            raise RuntimeError("disk")
        return hand_out(actor, slot_id)

    monkeypatch.setattr(handing_out, "_hand_out", breaking)
    with clock.at(max(row.begins_at for row in together)):
        result = handing_out.run(world.association_id)
        assert (result.handed_out, result.stuck) == (len(together) - 1, 1)
        monkeypatch.undo()
        assert handing_out.run(world.association_id).handed_out == 1


def test_the_day_of_visits_planned_by_hand_comes_by_itself_too(world, planned):
    begins = MORNING + timedelta(days=1, hours=4)
    visit = visits.plan(
        world.actor("coordinator"), world.workplaces[0], planned_for=date(2026, 10, 6), route=Route.complaint,
        inspector_ids=[world.people["ann"]], begins_at=begins,
    )  # fmt: skip
    session().commit()
    with clock.at(begins - timedelta(minutes=61)):
        handing_out.run(world.association_id)
        assert visits.get(world.system, visit.id).state is State.planned
    with clock.at(begins - timedelta(minutes=60)):
        handing_out.run(world.association_id)
        assert visits.get(world.system, visit.id).state is State.handed_out


def test_a_hand_made_visit_takes_its_people_and_warns_its_neighbours(world):
    row = period(crew(grown(world)))
    coordinator = world.actor("coordinator")
    drawn = store_drawn.rows(coordinator, row)
    day = date(2026, 11, 5)
    visits.plan(
        coordinator, drawn[0].workplace_id, planned_for=day, route=Route.complaint,
        inspector_ids=[world.people[who] for who in ("ann", "bea", "cai")],
    )  # fmt: skip
    store_schedule.draw_for(coordinator, row.id)
    near = next(one for one in slots(row) if one.drawn_id == drawn[0].id)
    assert abs((near.day - day).days) >= 7
    for one in slots(row):
        if one.day == day:
            busy = {world.people[who] for who in ("ann", "bea", "cai")}
            assert not busy & set(store_schedule.teams([one.id])[one.id])


def test_who_falls_ill_is_replaced_on_the_whole_tour_and_it_can_be_undone(world, planned):
    coordinator, slot = world.actor("coordinator"), slots(planned)[0]
    team = store_schedule.teams([slot.id])[slot.id]
    together = store_slots.tour(slot)
    store_slots.replace(coordinator, slot.id, team[0], None, "Ill this morning.")
    for one in together:
        now = store_schedule.teams([one.id])[one.id]
        assert team[0] not in now and team[1] in now and len(now) == 2
        assert [change.kind for change in store_slots.changes(one)] == [ChangeKind.replaced]
    store_slots.undo(coordinator, slot.id)
    for one in together:
        assert set(store_schedule.teams([one.id])[one.id]) == set(team)
    assert refused(store_slots.undo, coordinator, slot.id) == "slot-undo", "what was taken back stays so"


def test_a_replacement_that_is_chosen_must_be_able_to_go(world, planned):
    coordinator, slot = world.actor("coordinator"), slots(planned)[0]
    team = store_schedule.teams([slot.id])[slot.id]
    free = [person for person, _given in store_slots.eligible(coordinator, slot, team[0])]
    assert free and not {one.id for one in free} & set(team)
    other = free[0].id
    ties.declare(world.system, people.get(world.system, other), slot.enterprise_id, TieKind.kin)
    session().commit()
    assert refused(store_slots.replace, coordinator, slot.id, team[0], other, "Ill.") == "slot-choice"
    assert refused(store_slots.replace, coordinator, slot.id, team[0], team[1], "Ill.") == "slot-choice"
    assert refused(store_slots.replace, coordinator, slot.id, team[0], None, " ") == "reason-missing"
    assert refused(store_slots.replace, coordinator, slot.id, other, None, "Ill.") == "slot-person"
    store_slots.replace(coordinator, slot.id, team[0], free[1].id, "Knows the trade.")
    assert free[1].id in store_schedule.teams([slot.id])[slot.id]


def test_who_is_on_leave_at_the_handing_out_is_replaced_by_itself(world, planned):
    slot = slots(planned)[0]
    ill = store_schedule.teams([slot.id])[slot.id][0]
    substitute = next(id for name, id in world.people.items() if name == "reviewer")
    with due(slot):
        store_leaves.set_leave(world.actor("coordinator"), ill, substitute, slot.day, slot.day, "Ill", slot.day)
        session().commit()
        handing_out.run(world.association_id)
    visit_id = store_drawn.get(world.system, slot.drawn_id).visit_id
    sent = visits.inspectors([visit_id])[visit_id]
    assert ill not in sent and len(sent) == 2
    assert store_slots.changes(slot)[0].reason == handing_out.AWAY


def test_where_nobody_can_go_the_plan_says_so_and_the_next_round_tries_again(world, planned):
    slot = slots(planned)[0]
    crew_ids = [
        id for name, id in world.people.items() if name in {"inspector", "inspector2", "ann", "bea", "cai", "dan"}
    ]
    for id in crew_ids:
        ties.declare(world.system, people.get(world.system, id), slot.enterprise_id, TieKind.competitor)
    session().commit()
    with due(slot):
        assert handing_out.run(world.association_id).stuck == 1
        session().refresh(slot)
        assert slot.state is SlotState.waiting and "Nobody else is free" in slot.problem
        row = people.get(world.system, world.people["ann"])
        for id in crew_ids[:4]:
            row = people.get(world.system, id)
            for tie in ties.ties(row):
                ties.end(world.actor("administrator"), row, tie.id)
        session().commit()
        handing_out.run(world.association_id)
    session().refresh(slot)
    assert slot.state is SlotState.handed_out and slot.problem == ""


def test_a_visit_that_cannot_be_made_moves_to_another_drawn_day_and_is_counted(world, planned):
    coordinator, slot = world.actor("coordinator"), slots(planned)[-1]
    was = (slot.day, slot.part, slot.begins_at)
    assert refused(store_slots.move, coordinator, slot.id, "") == "reason-missing"
    store_slots.move(coordinator, slot.id, "Flood: the road is closed.")
    session().commit()
    assert (slot.day, slot.part) != was[:2] and slot.moved == 1 and slot.state is SlotState.waiting
    store_slots.undo(coordinator, slot.id)
    assert (slot.day, slot.part, slot.begins_at) == was and slot.moved == 0
    session().commit()
    with due(slot):
        handing_out.run(world.association_id)
        assert refused(store_slots.move, coordinator, slot.id, "Again.") == "slot-state"


def test_a_visit_that_the_association_called_off_can_be_drawn_again(world, planned):
    coordinator, slot = world.actor("coordinator"), slots(planned)[0]
    with due(slot):
        handing_out.run(world.association_id)
        visit_id = store_drawn.get(coordinator, slot.drawn_id).visit_id
        visits.cancel(coordinator, visits.get(coordinator, visit_id), "Both fell ill at the gate.")
        session().commit()
        store_slots.move(coordinator, slot.id, "Called off at the gate.")
        session().commit()
    session().refresh(slot)
    assert slot.state is SlotState.waiting and store_drawn.get(coordinator, slot.drawn_id).visit_id is None
    with due(slot):
        handing_out.run(world.association_id)
    again = store_drawn.get(coordinator, slot.drawn_id).visit_id
    assert again not in (None, visit_id)


def test_a_workplace_that_left_is_not_visited(world, planned):
    slot = slots(planned)[0]
    store_drawn.mark_left(world.actor("coordinator"), slot.drawn_id, LeftReason.left)
    session().commit()
    with due(slot):
        handing_out.run(world.association_id)
    session().refresh(slot)
    assert slot.state is SlotState.dropped


def test_a_period_without_inspectors_says_why_nothing_has_a_day(world):
    row = period(grown(world))  # the two inspectors of the world, and neither is known to be a woman
    coordinator = world.actor("coordinator")
    made = store_schedule.draw_for(coordinator, row.id)
    assert (made.placed, made.unplaced) == (12, 0)
    assert {tuple(one.relaxed) for one in slots(row)} == {(Relaxed.woman.value,)}
    session().rollback()
    for who in ("inspector", "inspector2"):
        people.set_roles(world.system, people.get(world.system, world.people[who]), [])
    row = period(grown(world, 3))
    made = store_schedule.draw_for(coordinator, row.id)
    assert made.placed == 0 and {one.left_why.value for one in slots(row)} == {"no_team"}


def test_what_had_no_day_gets_one_later_and_what_has_one_keeps_it(world):
    coordinator = world.actor("coordinator")
    row = period(grown(world))
    people.set_roles(world.system, people.get(world.system, world.people["inspector2"]), [])
    assert store_schedule.draw_for(coordinator, row.id).unplaced == 12
    crew(world)
    assert store_schedule.draw_for(coordinator, row.id).placed == 12
    kept = [(one.id, one.day) for one in slots(row)]
    assert store_schedule.draw_for(coordinator, row.id) is None
    assert [(one.id, one.day) for one in slots(row)] == kept


def test_who_has_a_tie_opens_no_day_and_other_associations_neither(world, planned):
    slot = slots(planned)[0]
    ties.declare(world.system, people.get(world.system, world.people["coordinator"]), world.enterprises[2], TieKind.kin)
    session().commit()
    with pytest.raises(Refused):
        store_slots.get(world.actor("coordinator"), slot.id)
    with pytest.raises(NotFound):
        store_slots.get(world.actor("stranger"), slot.id)
    with pytest.raises(Refused):
        store_schedule.draw_for(world.actor("coordinator"), planned.id)


def test_days_are_drawn_for_a_drawn_period_only(world):
    from compliance.planning import store_periods
    from tests.planning.drawn import SETTINGS

    row = store_periods.create(world.actor("coordinator"), "Autumn", FIRST, LAST, SETTINGS)
    with pytest.raises(Conflict):
        store_schedule.draw_for(world.actor("coordinator"), row.id)


def test_the_settings_have_limits(world):
    coordinator = world.actor("coordinator")
    assert store_schedule.handout(coordinator).lead == 60
    wanted = {"lead": 90, "stops": 1, "teams": 2, "apart": 10, "odd": 50}
    store_schedule.set_handout(coordinator, wanted)
    session().commit()
    assert store_schedule.handout(coordinator).lead == 90
    assert refused(store_schedule.set_handout, coordinator, {**wanted, "lead": 2}) == "handout-setting"
