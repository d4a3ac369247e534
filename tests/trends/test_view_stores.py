"""What the stores of the further views count, on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import Session

from compliance.estimation.clustered import Clusters
from compliance.people.rules import Actor
from compliance.shared import clock
from compliance.trends import store_marks, store_reach, store_repeats
from compliance.trends.periods import Span
from compliance.trends.reach import Reached
from compliance.trends.repeats import ItemAgain
from compliance.trends.rules import By, Selection
from compliance.visits.states import Route
from tests.trends.made import NOW, TODAY, Maker, items
from tests.world import World

WANTED = Selection(Span(date(2026, 1, 1), date(2026, 12, 31)))


@pytest.fixture
def maker(db_session: Session, world: World) -> Iterator[Maker]:
    with clock.at(NOW):
        yield Maker(world)


def test_what_came_back_is_counted_once_a_workplace(maker: Maker, world: World) -> None:
    leader, [item] = world.actor("leader"), items(world, 1)
    earlier = maker.finding(maker.visit(on=date(2025, 12, 1)), item)
    for on in (date(2026, 3, 1), date(2026, 6, 1)):
        maker.finding(maker.visit(Route.targeted, on=on), item).repeat_of_id = earlier.id
    maker.visit(Route.follow_up, on=date(2026, 7, 1))
    maker.visit(enterprise=1, on=date(2026, 3, 1))
    [found] = store_repeats.by_class(leader, WANTED).values()
    assert (found.revisited, found.found) == (1, Clusters(1, 1, 1, 1, 1, 1))
    assert store_repeats.by_route(leader, WANTED) == {Route.targeted: (2, 2), Route.follow_up: (1, 0)}
    assert store_repeats.items(leader, WANTED) == [ItemAgain(item, 1, 1)]
    assert store_repeats.days(leader, WANTED) == {90: 1, 182: 1}
    rows, total = store_marks.rows(leader, WANTED, repeats=True, item=item)
    assert (total, {row.before for row in rows}) == (2, {date(2025, 12, 1)})


@pytest.mark.parametrize("by", list(By))
def test_coverage_counts_enterprises_by_their_last_released_visit(maker: Maker, world: World, by: By) -> None:
    leader = world.actor("leader")
    before = sum(store_reach.by_class(leader, WANTED, by, TODAY).values(), Reached())
    maker.visit(on=date(2026, 8, 1))
    maker.visit(Route.targeted, on=date(2026, 8, 2))
    maker.visit(Route.targeted, enterprise=1, on=date(2024, 10, 1))
    maker.visit(enterprise=2, on=date(2026, 8, 1), released=False)
    found = sum(store_reach.by_class(leader, WANTED, by, TODAY).values(), Reached())
    assert (found.active, found.visited, found.by_random) == (before.active, 1, 1)
    assert found.since == (1, 0, 1, 0, 0, before.active - 2)
    rows, total = store_reach.rows(leader, WANTED, TODAY, by=by, key="", group="to24", page=1, size=9)
    assert (total, [row.id for row in rows]) == (1, [world.enterprises[1]])


def test_a_readers_own_are_in_neither(maker: Maker, world: World) -> None:
    maker.finding(maker.visit(on=date(2026, 8, 1)), items(world, 1)[0])
    everybody: Actor = world.actor("leader")
    tied = replace(everybody, tied_ids=frozenset({world.enterprises[0]}))
    counted = [
        sum(store_reach.by_class(one, WANTED, By.sector, TODAY).values(), Reached()) for one in (everybody, tied)
    ]
    assert (counted[0] - counted[1]).since == (1, 0, 0, 0, 0, 0)
    assert [store_marks.rows(one, WANTED)[1] for one in (everybody, tied)] == [1, 0]
