"""A random third of what is accepted at the desk is looked at on site: nobody can steer it, everybody can repeat it."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import hypothesis.strategies as st
import pytest
import sqlalchemy as sa
import sqlmodel
from hypothesis import given

from compliance.casework.commands import replay
from compliance.corrective_actions import draws, store, store_draws
from compliance.corrective_actions.models_assignment import OnSiteDraw, OnSiteSeed
from compliance.corrective_actions.rules import ActionState, Check, How
from compliance.shared import audit
from compliance.shared.database import session
from tests.corrective_actions.test_store import FILE, TODAY, delivered

SEED = "5e" * 32
SHARE = 0.33
seeds = st.binary(min_size=32, max_size=32).map(bytes.hex)


@given(seeds, st.uuids(), st.integers(1, 9), st.floats(0.01, 0.99))
def test_the_same_seed_action_and_round_give_the_same_draw(seed: str, id: UUID, round: int, share: float) -> None:
    made = draws.draw(seed, id, round, share)
    assert made == draws.draw(seed, id, round, share)
    assert 0 <= made.point < 1
    assert made.drawn is (made.point < share)
    assert draws.faults(seed, draws.digest_of(seed), id, round, made) == ()


@given(seeds, st.uuids(), st.integers(1, 9))
def test_a_draw_that_was_changed_shows(seed: str, id: UUID, round: int) -> None:
    made = draws.draw(seed, id, round, SHARE)
    digest = draws.digest_of(seed)
    assert draws.faults(seed, digest, id, round, replace(made, drawn=not made.drawn)) == ("draw",)
    assert draws.faults(seed, digest, id, round, replace(made, point=made.point / 2)) == ("draw",)
    assert draws.faults(seed, digest, id, round + 1, made) == ("draw",)
    assert draws.faults(seed, "0" * 64, id, round, made) == ("seed",)


@given(seeds)
def test_about_the_share_of_all_is_drawn_whatever_the_seed(seed: str) -> None:
    count = 1500
    drawn = sum(draws.draw(seed, UUID(int=n), 1, SHARE).drawn for n in range(count))
    # Six standard deviations of a binomial: wrong once in five hundred million.
    assert abs(drawn - count * SHARE) < 6 * (count * SHARE * (1 - SHARE)) ** 0.5


@given(seeds)
def test_whoever_takes_every_second_action_is_drawn_as_often_as_anybody(seed: str) -> None:
    hers = [draws.draw(seed, UUID(int=n), 1, SHARE).drawn for n in range(0, 3000, 2)]
    his = [draws.draw(seed, UUID(int=n), 1, SHARE).drawn for n in range(1, 3000, 2)]
    spread = (2 * len(hers) * SHARE * (1 - SHARE)) ** 0.5
    assert abs(sum(hers) - sum(his)) < 6 * spread


def accepted(world, by="reviewer", on=TODAY, **changes):
    """An action of a major finding that was accepted at the desk."""
    case, _, row = delivered(world, **changes)
    manager = world.actor("manager")
    store.attach(manager, row.id, FILE, "ledger.jpg")
    store.send_evidence(manager, row.id)
    desk = Check(How.desk, "All months are there.", worker_check=True, workers_asked=3)
    store.verify(world.actor(by), row.id, desk, [], case.checklist.policy, on)
    session().commit()
    return case, row


def test_a_desk_acceptance_of_a_major_finding_is_drawn_once_and_the_draw_can_be_repeated(world, db_session) -> None:
    _case, row = accepted(world)
    reviewer = world.actor("reviewer")
    (draw,) = store_draws.of_action(reviewer, row.id)
    seed = db_session.get(OnSiteSeed, draw.seed_id)
    assert (draw.round, draw.share, draw.accepted_by) == (1, SHARE, reviewer.person_id)
    assert draw.point == draws.draw(seed.seed, row.id, 1, SHARE).point
    assert list(store_draws.replay(reviewer)) == []
    assert store_draws.of_action(world.actor("manager"), row.id) == [], "an enterprise is told of no draw"
    (made,) = audit.about(seed.id)
    assert made.verb == "on_site_seed.made"
    assert seed.digest in str(made.changes)
    assert seed.seed not in str(made.changes), "the trail knows what was announced, and never the seed"


def test_a_draw_in_the_database_cannot_say_other_than_its_point(world, db_session) -> None:
    _case, row = accepted(world)
    draw = db_session.get(OnSiteDraw, store_draws.of_action(world.actor("reviewer"), row.id)[0].id)
    draw.point, draw.drawn = (0.9, False) if draw.drawn else (0.1, True)
    db_session.flush()
    (fault,) = store_draws.replay(world.actor("reviewer"))
    assert (fault.action_id, fault.codes) == (row.id, ("draw",))
    db_session.rollback()


def test_nothing_is_drawn_of_what_was_seen_on_site(world, db_session) -> None:
    case, _, row = delivered(world)
    manager, reviewer = world.actor("manager"), world.actor("reviewer")
    store.send_evidence(manager, row.id, "Done.")
    seen = Check(How.on_site, "There they were.", worker_check=True)
    store.verify(reviewer, row.id, seen, [], case.checklist.policy, TODAY)
    session().commit()
    assert store_draws.of_action(reviewer, row.id) == []


@pytest.mark.parametrize("years", [0, 1])
def test_each_year_has_its_own_seed(world, db_session, years) -> None:
    accepted(world, on=TODAY + timedelta(days=366 * years))
    (seed,) = db_session.exec(sqlmodel.select(OnSiteSeed))
    assert seed.year == TODAY.year + years


def test_an_enterprise_reads_the_same_of_an_action_that_is_drawn_and_of_one_that_is_not(world, db_session) -> None:
    _case, row = accepted(world)
    manager = world.actor("manager")
    draw = db_session.get(OnSiteDraw, store_draws.of_action(world.actor("reviewer"), row.id)[0].id)
    told = []
    for point, drawn in ((0.1, True), (0.9, False)):
        draw.point, draw.drawn = point, drawn
        db_session.flush()
        told.append((store.get(manager, row.id), store.history(manager, row.id), store.counts(manager, TODAY)))
    assert told[0] == told[1]
    assert told[0][0].state is ActionState.verified
    assert told[0][0].verified_on == date(2026, 12, 1)
    db_session.rollback()


def test_the_command_repeats_the_draws_of_every_association(app, world, db_session) -> None:
    runner = app.test_cli_runner()
    _case, row = accepted(world)
    answer = runner.invoke(replay)
    assert answer.exit_code == 0, answer.output
    assert answer.output.endswith(" 0 differences\n")
    draw = db_session.get(OnSiteDraw, store_draws.of_action(world.actor("reviewer"), row.id)[0].id)
    point, drawn = (0.9, False) if draw.drawn else (0.1, True)
    db_session.execute(sa.update(OnSiteDraw).values(point=point, drawn=drawn))  # behind the product's back
    db_session.commit()
    answer = runner.invoke(replay)
    assert answer.exit_code == 1
    assert f"draw 1 of action {row.id}: draw" in answer.output
