"""What the stores of the further views count, on both databases."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from compliance.enterprises.models import Enterprise
from compliance.enterprises.rules import Status
from compliance.estimation.clustered import Clusters
from compliance.people.rules import Actor
from compliance.shared import clock
from compliance.shared.database import session
from compliance.trends import store_marks, store_reach, store_repeats, store_verify
from compliance.trends.models import TREND_LAST
from compliance.trends.periods import Span
from compliance.trends.reach import Reached
from compliance.trends.repeats import ItemAgain
from compliance.trends.rules import By, Selection
from compliance.visits.states import Outcome, Route, State
from tests.soak import examples
from tests.trends.made import NOW, TODAY, Maker, items
from tests.trends.test_cells import committed
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


HISTORIES = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.dates(date(2025, 10, 1), date(2026, 8, 1)),
        st.sampled_from([Route.random, Route.targeted, Route.follow_up]),
        st.dictionaries(st.integers(0, 1), st.booleans()),
    ),
    max_size=9,
    unique_by=lambda visit: visit[:2],
)
"""Visits: enterprise, day, route, and which items were found, each as a repeat of the last one if there was any."""


@settings(
    max_examples=examples(12),
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(history=HISTORIES)
def test_what_came_back_is_what_each_history_says(
    world: World, db_session: Session, history: list[tuple[int, date, Route, dict[int, bool]]]
) -> None:
    session().rollback()
    leader, codes = world.actor("leader"), items(world, 2)
    found: list[tuple[int, date, int]] = []
    came_back: dict[tuple[int, date, int], int] = {}
    with clock.at(NOW):
        maker, last = Maker(world), dict[tuple[int, int], tuple[UUID, date]]()
        for enterprise, on, route, short in sorted(history, key=lambda visit: visit[1]):
            visit = maker.visit(route, enterprise=enterprise, on=on)
            for item, repeats in short.items():
                finding, before = maker.finding(visit, codes[item]), last.get((enterprise, item))
                found.append((enterprise, on, item))
                if repeats and before:
                    finding.repeat_of_id = before[0]
                    came_back[enterprise, on, item] = (on - before[1]).days
                last[enterprise, item] = finding.id, on
        session().flush()
    entering = {(who, on) for who, on, route, _short in history if on.year == 2026 and route is not Route.follow_up}
    again = {(who, item) for who, on, item in came_back if (who, on) in entering}
    earlier = {(who, item) for who, day, item in found if any(one == who and day < on for one, on in entering)}
    n, y = {who for who, _item in earlier}, {who for who, _item in again}
    classes = sum((one.found for one in store_repeats.by_class(leader, WANTED).values()), Clusters())
    assert classes == Clusters(len(n), len(n), len(n & y), len(n), len(n & y), len(n & y))
    assert {one.item: (one.before, one.again) for one in store_repeats.items(leader, WANTED)} == {
        codes[item]: (len({w for w, i in earlier if i == item}), len({w for w, i in again if i == item}))
        for item in {item for _who, item in earlier}
    }
    days = Counter(days for (who, on, _item), days in came_back.items() if (who, on) in entering)
    assert store_repeats.days(leader, WANTED) == days
    after = [(who, on, route) for who, on, route, _short in history if on.year == 2026 and _before(found, who, on)]
    backs = {(who, on) for who, on, _item in came_back}
    assert store_repeats.by_route(leader, WANTED) == {
        kind: (sum(r is kind for *_v, r in after), sum(r is kind and (w, on) in backs for w, on, r in after))
        for kind in {route for _who, _on, route in after}
    }
    session().rollback()


def _before(found: list[tuple[int, date, int]], who: int, on: date) -> bool:
    return any(one == who and day < on for one, day, _item in found)


@pytest.mark.parametrize("by", list(By))
def test_coverage_counts_enterprises_by_their_last_released_visit(maker: Maker, world: World, by: By) -> None:
    leader = world.actor("leader")
    before = sum(store_reach.by_class(leader, WANTED, by, TODAY).values(), Reached())
    maker.visit(on=date(2026, 8, 1))
    maker.visit(Route.targeted, on=date(2026, 8, 2))
    maker.visit(Route.targeted, enterprise=1, on=date(2024, 10, 1))
    maker.visit(enterprise=2, on=date(2026, 8, 1), released=False)
    committed(world)
    found = sum(store_reach.by_class(leader, WANTED, by, TODAY).values(), Reached())
    assert (found.active, found.visited, found.by_random) == (before.active, 1, 1)
    assert found.since == (1, 0, 1, 0, 0, before.active - 2)
    rows, total = store_reach.rows(leader, WANTED, TODAY, found, by=by, key="", group="to24", page=1, size=9)
    assert (total, [row.id for row in rows]) == (1, [world.enterprises[1]])


def test_a_readers_own_are_in_neither(maker: Maker, world: World) -> None:
    maker.finding(maker.visit(on=date(2026, 8, 1)), items(world, 1)[0])
    committed(world)
    everybody: Actor = world.actor("leader")
    tied = replace(everybody, tied_ids=frozenset({world.enterprises[0]}))
    counted = [
        sum(store_reach.by_class(one, WANTED, By.sector, TODAY).values(), Reached()) for one in (everybody, tied)
    ]
    assert (counted[0] - counted[1]).since == (1, 0, 0, 0, 0, 0)
    assert [store_marks.rows(one, WANTED)[1] for one in (everybody, tied)] == [1, 0]


def test_the_last_visit_follows_releases_withdrawals_and_moves(maker: Maker, world: World) -> None:
    first, second = maker.visit(on=date(2025, 3, 1)), maker.visit(on=date(2026, 2, 1))
    maker.visit(enterprise=1, on=date(2026, 8, 1), outcome=Outcome.refused)
    maker.visit(enterprise=2, on=date(2026, 8, 1), released=False)
    committed(world)
    assert _last() == {world.enterprises[0]: date(2026, 2, 1)}

    second.state = State.sealed
    committed(world)
    assert _last() == {world.enterprises[0]: date(2025, 3, 1)}

    first.enterprise_id = world.enterprises[1]
    first.workplace_id = world.workplaces[1]
    committed(world)
    assert _last() == {world.enterprises[1]: date(2025, 3, 1)}

    first.state = State.sealed
    committed(world)
    assert _last() == {}


def test_who_leaves_is_no_longer_among_those_never_visited(maker: Maker, world: World) -> None:
    [leaving, staying] = maker.members(2, name="Unvisited")
    committed(world)
    leader = world.actor("leader")

    def never() -> set[UUID]:
        whole = sum(store_reach.by_class(leader, WANTED, By.sector, TODAY).values(), Reached())
        rows, total = store_reach.rows(
            leader, WANTED, TODAY, whole, by=By.sector, key="", group="never", page=1, size=50
        )  # fmt: skip
        assert len(rows) == total
        return {row.id for row in rows}

    both = {world.enterprises[leaving], world.enterprises[staying]}
    assert both <= never()
    row = session().get_one(Enterprise, world.enterprises[leaving])
    row.status = Status.left
    committed(world)
    assert both & never() == {world.enterprises[staying]}
    assert store_verify.verify().differences == []
    row.status = Status.active
    committed(world)
    assert both <= never()


def _last() -> dict[UUID, date]:
    session().expire_all()
    assert store_verify.verify().differences == []
    rows = session().execute(
        sa.select(TREND_LAST.c.enterprise_id, TREND_LAST.c.last_on).where(TREND_LAST.c.last_on.is_not(None))
    )
    return {row.enterprise_id: row.last_on for row in rows}


def test_those_never_visited_are_listed_by_name_on_first_and_last_pages(maker: Maker, world: World) -> None:
    """On the first pages the register is walked, for the last ones all unvisited are found and sorted."""
    maker.members(5, name="Unvisited")
    visited = maker.visit(on=date(2026, 8, 1))
    committed(world)
    leader = world.actor("leader")
    whole = sum(store_reach.by_class(leader, WANTED, By.sector, TODAY).values(), Reached())
    listed = []
    for page in range(1, 9):
        rows, total = store_reach.rows(
            leader, WANTED, TODAY, whole, by=By.sector, key="", group="", page=page, size=3
        )  # fmt: skip
        assert total == whole.active
        listed += rows
    assert len({row.id for row in listed}) == len(listed) == whole.active
    assert [row.last for row in listed] == [None] * whole.never + [date(2026, 8, 1)]
    assert listed[-1].id == visited.enterprise_id
    never, total = store_reach.rows(
        leader, WANTED, TODAY, whole, by=By.sector, key="", group="never", page=1, size=50
    )  # fmt: skip
    assert [row.id for row in never] == [row.id for row in listed[:-1]]
    assert total == whole.never
