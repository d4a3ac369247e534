"""What a plan of days is made from is frozen as bytes; the plan is proved from them and a seed nobody chose."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from sqlmodel import select

from compliance.planning import (
    commands,
    day_inputs,
    store,
    store_drawn,
    store_schedule,
    store_slots,
    store_verify,
    store_verify_days,
)
from compliance.planning.day_inputs import Inputs
from compliance.planning.models_schedule import DayPlan, VisitSlot
from compliance.planning.periods import LeftReason
from compliance.planning.schedule import Fixed, Person, Place, Terms
from compliance.planning.schedule_draw import draw_days
from compliance.shared import audit, clock, files
from compliance.shared.database import session
from compliance.shared.problems import Conflict, Problem
from compliance.visits.parts import Part
from tests.planning.drawn import MORNING, crew, grown, period
from tests.planning.test_schedule_draw import DAYS, programmes, uid

SEED = "5e" * 32


@settings(max_examples=60)
@given(programmes())
def test_what_is_written_is_read_again_and_gives_the_same_plan(programme):
    places, people, terms, fixed = programme
    inputs = Inputs(uid(1), 1, terms, tuple(people), tuple(places), tuple(fixed))
    data = day_inputs.written(inputs)
    again = day_inputs.read(data)
    assert day_inputs.written(again) == data
    assert day_inputs.written(replace(inputs, people=inputs.people[::-1], places=inputs.places[::-1])) == data
    plan = draw_days(places, people, terms, SEED, fixed)
    assert draw_days(again.places, again.people, again.terms, SEED, again.fixed) == plan


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:-1],
        lambda data: data + b"\n",
        lambda data: data.replace(b"days 1", b"days 2"),
        lambda data: data.replace(b'"stops":2', b'"stops": 2'),
        lambda data: data.replace(b'"woman":true', b'"man":true'),
        lambda data: data.replace(b"530102", b"530102 "),
        lambda data: b"",
        lambda data: b"\xff",
        lambda data: b"compliance days 1\n[]\n",
    ],
)
def test_bytes_that_are_not_exactly_those_are_refused(spoil):
    data = day_inputs.written(
        Inputs(uid(1), 1, Terms(DAYS), (Person(uid(2), woman=True),), (Place(uid(3), uid(4), "530102"),), ())
    )
    spoiled = spoil(data)
    assert spoiled != data
    if b"530102 " in spoiled:  # another district is other inputs, whole in themselves: the digest tells
        assert day_inputs.written(day_inputs.read(spoiled)) == spoiled
        return
    with pytest.raises(Problem):
        day_inputs.read(spoiled)


def test_the_seed_of_days_follows_from_that_of_the_period_and_differs_each_time():
    seeds = [day_inputs.seed_of(SEED, number) for number in (1, 2, 3)]
    assert len(set(seeds)) == 3 and all(len(seed) == 64 for seed in seeds)
    assert seeds[0] == day_inputs.seed_of(SEED, 1) != day_inputs.seed_of("5f" * 32, 1)


def test_the_drawing_of_days_never_changes_between_releases():
    """A plan that was drawn can be proved for ever: whoever changes the algorithm gives it a new name."""
    people = tuple(
        Person(uid(9000 + n), woman=n % 2 == 0, base=("530102", "530301", "")[n % 3], away=((DAYS[n], DAYS[n]),))
        for n in range(6)
    )
    places = tuple(
        Place(
            uid(n),
            uid(100 + n // 2),
            ("530102", "530111", "530301")[n % 3],
            shifts=n % 4 == 0,
            last=frozenset({uid(9000 + n % 6)}),
        )
        for n in range(15)
    )
    fixed = (Fixed(DAYS[3], Part.morning, frozenset({uid(9001)}), (("enterprise", str(uid(100))),)),)
    inputs = Inputs(uid(1), 1, Terms(DAYS), people, places, fixed)
    plan = draw_days(inputs.places, inputs.people, inputs.terms, SEED, inputs.fixed)
    assert (inputs.algorithm, len(plan.slots)) == ("days-2", 15)
    assert (
        hashlib.sha256(day_inputs.written(inputs)).hexdigest()
        == "032fe3241d93e7094b4c8ada347bfd6a5cb073b39d1fb4b5901609dd37eb5953"
    )
    assert day_inputs.digest_of(plan, SEED) == "cd54c53782068d254ced1681554e3b08ea6da06d9342696c6de29413d886559b"


@pytest.fixture
def planned(world, db_session):
    with clock.at(MORNING):
        row = period(crew(grown(world)))
        store_schedule.draw_for(world.actor("coordinator"), row.id)
        session().commit()
        yield row


def slots(row):
    return list(session().exec(select(VisitSlot).where(VisitSlot.period_id == row.id).order_by(VisitSlot.begins_at)))


def codes(row):
    return {fault.code for fault in store_verify_days.verify(row).faults}


def spoil(world, row):
    """Write past the stores, as somebody with the database open would."""
    session().add(row)
    session().flush()
    audit.forget_unwritten()
    session().commit()


def test_a_plan_is_proved_from_its_inputs_whatever_was_changed_in_the_register_since(world, planned):
    verdict = store_verify_days.verify(planned)
    assert verdict.equal and (verdict.placed, verdict.unplaced, verdict.changed, verdict.old) == (12, 0, 0, 0)
    from compliance.people import store as people
    from compliance.people import store_field

    store_field.set_facts(
        world.system, people.get(world.system, world.people["ann"]), ["iii"], woman=False, district="530111"
    )
    session().commit()
    assert store_verify_days.verify(planned).equal


def test_changes_by_hand_are_counted_and_do_not_hide_what_was_drawn(world, planned):
    coordinator, rows = world.actor("coordinator"), slots(planned)
    team = store_schedule.teams([rows[0].id])[rows[0].id]
    store_slots.replace(coordinator, rows[0].id, team[0], None, "Ill.")
    store_slots.move(coordinator, rows[-1].id, "Flood.")
    store_drawn.mark_left(coordinator, rows[5].drawn_id, LeftReason.left)
    session().commit()
    verdict = store_verify_days.verify(planned)
    assert verdict.equal and verdict.changed >= 2
    store_slots.undo(coordinator, rows[-1].id)
    session().commit()
    assert store_verify_days.verify(planned).equal


def test_days_that_are_drawn_later_are_proved_too(world, db_session):
    from compliance.people import store as people

    with clock.at(MORNING):
        row = period(grown(world))
        people.set_roles(world.system, people.get(world.system, world.people["inspector2"]), [])
        coordinator = world.actor("coordinator")
        assert store_schedule.draw_for(coordinator, row.id).placed == 0
        crew(world)
        assert store_schedule.draw_for(coordinator, row.id).number == 2
        session().commit()
        verdict = store_verify_days.verify(row)
    assert verdict.equal and (verdict.drawings, verdict.placed, verdict.unplaced) == (2, 12, 0)


def test_each_thing_that_was_tampered_with_is_named(world, planned):
    made = session().exec(select(DayPlan)).one()
    slot = slots(planned)[0]
    was = slot.day
    slot.day = was + timedelta(days=1)
    spoil(world, slot)
    assert codes(planned) == {"day"}
    slot.day = was
    spoil(world, slot)
    seed = made.seed
    made.seed = "00" * 32
    spoil(world, made)
    assert {"days-seed", "days-trail", "plan-digest"} <= codes(planned)
    made.seed = seed
    made.plan_digest, kept = "00" * 32, made.plan_digest
    spoil(world, made)
    assert codes(planned) == {"days-trail", "plan-digest"}
    made.plan_digest = kept
    other = day_inputs.read(files.get(made.inputs_digest))
    other = replace(other, people=other.people[1:])
    digest, made.inputs_digest = made.inputs_digest, files.put(day_inputs.written(other), "text/plain").digest
    spoil(world, made)
    assert {"days-trail", "plan-digest", "day"} <= codes(planned)
    made.inputs_digest = files.put(b"no inputs", "text/plain").digest
    spoil(world, made)
    assert {"inputs-unreadable", "days-trail"} == codes(planned)
    made.inputs_digest = digest
    made.algorithm = "days-0"
    spoil(world, made)
    assert "days-algorithm" in codes(planned)
    made.algorithm = "days-2"
    spoil(world, made)
    assert codes(planned) == set()
    (Path(files.folder()) / digest[:2] / digest).unlink()
    assert codes(planned) == {"inputs-missing"}


def test_a_day_that_no_drawing_gave_shows(world, planned):
    made = session().exec(select(DayPlan)).one()
    inputs = day_inputs.read(files.get(made.inputs_digest))
    assert {one.id for one in inputs.places} == {row.drawn_id for row in slots(planned)}
    added = slots(planned)[0]
    store_drawn.rows(world.system, planned)
    session().delete(added)
    session().flush()
    audit.forget_unwritten()
    session().commit()
    assert codes(planned) == {"day"}, "one that is missing shows as well"


def test_without_a_drawing_there_is_nothing_to_prove(world, db_session):
    with clock.at(MORNING):
        row = period(crew(grown(world)))
    with pytest.raises(Conflict):
        store_verify_days.verify(row)


def run(app, *arguments):
    return app.test_cli_runner().invoke(commands.draw, ["verify-days", *arguments])


@pytest.fixture
def kept(app, world):
    with clock.at(MORNING), app.app_context():
        row = period(crew(grown(world)))
        store_schedule.draw_for(world.actor("coordinator"), row.id)
        session().commit()
        return row.id


def test_the_command_proves_the_days(app, world, kept):
    result = run(app, "Autumn")
    assert result.exit_code == 0, result.output
    assert "drawing 1: days-2, inputs" in result.output and "equal: 12 with a day, 0 without" in result.output
    assert run(app, "Spring").exit_code == 2
    with app.app_context():
        made = session().exec(select(DayPlan)).one()
        made.plan_digest = "00" * 32
        spoil(world, made)
    result = run(app, str(kept))
    assert result.exit_code == 1 and "The drawing gives another plan" in result.output


def test_a_drawing_of_before_the_inputs_were_kept_is_not_called_equal(app, world, kept):
    with app.app_context():
        made = session().exec(select(DayPlan)).one()
        made.inputs_digest = made.plan_digest = made.number = None
        spoil(world, made)
    result = run(app, "Autumn")
    assert result.exit_code == 1 and "cannot be repeated" in result.output and "equal" not in result.output


def test_auditors_read_the_proof_of_the_days_after_the_reveal(app, world, sign_in, kept):
    leader = sign_in("leader")
    with clock.at(datetime(2027, 1, 4, 2, tzinfo=UTC)):
        assert "plan of days is equal" not in leader.get(f"/draw-checks/{kept}").text
        with app.app_context():
            store_verify.reveal(world.actor("leader"), store.every(world.system)[0].id)
            session().commit()
        assert "The plan of days is equal too: 12 days" in leader.get(f"/draw-checks/{kept}").text
        assert "def draw_days" in leader.get("/draw-checks/days.txt").response.text
        with app.app_context():
            made = session().exec(select(DayPlan)).one()
            made.inputs_digest = made.plan_digest = made.number = None
            spoil(world, made)
        assert "before inputs were kept" in leader.get(f"/draw-checks/{kept}").text
