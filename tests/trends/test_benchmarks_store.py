"""Benchmarks as they are kept: once a quarter, from released drawn visits, for ever."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlmodel import select

from compliance.people.rules import Actor
from compliance.shared import audit, clock
from compliance.shared.database import session
from compliance.trends import quarterly, store_benchmarks
from compliance.trends.models_benchmarks import Benchmark, BenchmarkQuarter
from compliance.trends.rules import OVERALL
from compliance.visits.models import Visit
from compliance.visits.states import Route, State
from tests.trends.compared import GRAVE, peers, visited
from tests.world import World

AFTER = datetime(2026, 10, 1, 2, tzinfo=UTC)
THIRD = date(2026, 8, 3)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with clock.at(AFTER):
        yield


def kept(world: World) -> list[tuple[str, str, str, str]]:
    rows = session().exec(select(Benchmark).where(Benchmark.association_id == world.association_id)).all()
    return sorted((row.quarter, row.sector, row.size, row.worked_out) for row in rows)


def manager(world: World) -> Actor:
    return world.actor("manager")


def test_a_quarter_is_worked_out_once_after_its_end(db_session: Flask, world: World) -> None:
    world = peers(world, 11)
    visited(world, range(3, 14), THIRD, GRAVE)
    assert store_benchmarks.freeze(world.system, date(2026, 9, 30)) == 0
    assert store_benchmarks.freeze(world.system, date(2026, 10, 1)) == 1
    assert store_benchmarks.freeze(world.system, date(2026, 10, 2)) == 0
    groups = [("C18", "small"), ("C18", ""), ("", "small"), ("", "")]
    assert kept(world) == sorted(("2026-Q3", *kind, "2026-Q3") for kind in groups)
    row = store_benchmarks.for_enterprise(manager(world), "C18", "small")
    assert row is not None and row.kind == ("C18", "small") and len(row.behind) == 11
    assert {OVERALL, "safety", "wages"} <= set(row.figures)


def test_quarters_that_were_missed_are_caught_up_as_if_in_time(db_session: Flask, world: World) -> None:
    base, world = world, peers(world, 14)
    visited(world, range(3, 14), date(2026, 2, 2), GRAVE)
    in_time = store_benchmarks.freeze(world.system, date(2026, 4, 1))
    assert in_time == 1
    first = {row.sector + row.size: row.figures for row in session().exec(select(Benchmark))}
    session().rollback()
    world = peers(base, 14)
    visited(world, range(3, 14), date(2026, 2, 2), GRAVE)
    visited(world, range(6, 17), THIRD, GRAVE)
    assert store_benchmarks.freeze(world.system, date(2026, 10, 1)) == 3
    late = session().exec(select(Benchmark).where(Benchmark.quarter == "2026-Q1"))
    assert {row.sector + row.size: row.figures for row in late} == first
    assert {quarter for quarter, *_ in kept(world)} == {"2026-Q1", "2026-Q2", "2026-Q3"}


def test_only_released_drawn_visits_stand_behind_numbers(db_session: Flask, world: World) -> None:
    world = peers(world, 11)
    made = visited(world, range(3, 14), THIRD, GRAVE)
    visited(world, [0], THIRD, route=Route.follow_up)
    row = session().get_one(Visit, made[0])
    row.state = State.sealed
    session().flush()
    store_benchmarks.freeze(world.system, date(2026, 10, 1))
    assert kept(world) == []


def test_what_is_released_after_the_quarter_waits_for_the_next(db_session: Flask, world: World) -> None:
    world = peers(world, 11)
    made = visited(world, range(3, 14), THIRD, GRAVE)
    row = session().get_one(Visit, made[0])
    row.released_at = AFTER
    session().flush()
    store_benchmarks.freeze(world.system, date(2026, 10, 1))
    assert kept(world) == []
    store_benchmarks.freeze(world.system, date(2027, 1, 1))
    assert {quarter for quarter, *_ in kept(world)} == {"2026-Q4"}


def test_the_readers_own_are_not_counted_among_the_ten(db_session: Flask, world: World) -> None:
    world = peers(world, 10)
    visited(world, [0, *range(3, 13)], THIRD, GRAVE)
    store_benchmarks.freeze(world.system, date(2026, 10, 1))
    reader = manager(world)
    assert store_benchmarks.for_enterprise(reader, "C18", "small") is not None
    two = Actor(
        reader.person_id, "M", reader.association_id, reader.roles,
        enterprise_ids=frozenset([world.enterprises[0], world.enterprises[3]]),
    )  # fmt: skip
    assert store_benchmarks.for_enterprise(two, "C18", "small") is None
    assert store_benchmarks.for_enterprise(world.actor("stranger"), "C18", "small") is None


@pytest.mark.parametrize("change", ["UPDATE benchmark SET sector = 'X'", "DELETE FROM benchmark_quarter"])
def test_the_database_refuses_to_change_what_is_kept(db_session: Flask, world: World, change: str) -> None:
    world = peers(world, 11)
    visited(world, range(3, 14), THIRD, GRAVE)
    store_benchmarks.freeze(world.system, date(2026, 10, 1))
    with pytest.raises(sa.exc.DBAPIError):
        session().execute(sa.text(change))


def test_the_worker_does_it_each_day(app: Flask, world: World) -> None:
    with app.app_context():
        world = peers(world, 11)
        visited(world, range(3, 14), THIRD, GRAVE)
        audit.record(world.system, "test.filled")
        session().commit()
        quarterly.each_day()
        quarterly.each_day()
        assert [row.quarter for row in session().exec(select(BenchmarkQuarter))] == ["2026-Q3"]
        assert len(kept(world)) == 4
