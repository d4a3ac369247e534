"""Reading for the trends: in scope, released, standing, and nothing else."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from sqlmodel import Session

from compliance.findings.states import FindingState
from compliance.people.rules import Actor
from compliance.shared import clock
from compliance.trends import store, store_rows
from compliance.trends.periods import Span
from compliance.trends.rules import Cell, Selection, View
from compliance.visits.states import Outcome, Route, State
from tests.trends.made import NOW, TODAY, Maker, items
from tests.world import World

WANTED = Selection(Span(date(2026, 1, 1), date(2026, 12, 31)))


@pytest.fixture
def maker(db_session: Session, world: World) -> Iterator[Maker]:
    with clock.at(NOW):
        yield Maker(world)


@pytest.fixture
def leader(db_session: Session, world: World) -> Actor:
    return world.actor("leader")


def visits(actor: Actor, wanted: Selection = WANTED, cell: Cell = Cell()) -> list[store_rows.VisitRow]:  # noqa: B008
    found, total = store_rows.visit_rows(actor, wanted, cell, 1)
    assert total == len(found)
    return found


def test_visits_come_with_the_score_of_their_released_scorecard(maker: Maker, leader: Actor) -> None:
    first = maker.visit(on=date(2026, 2, 1))
    maker.visit(Route.targeted, released=False)  # sealed: in no figure and no list before its release
    refused = maker.visit(outcome=Outcome.refused)
    found = {visit.id: visit for visit in visits(leader)}
    assert found.keys() == {first.id, refused.id}
    assert (found[first.id].score, found[first.id].band) == (100, "good")
    assert found[refused.id].score is None


def test_what_is_planned_or_handed_out_is_in_no_list(maker: Maker, leader: Actor) -> None:
    for state in (State.planned, State.handed_out):
        visit = maker.visit(Route.targeted, released=False)
        visit.state, visit.outcome, visit.visited_on = state, None, None
    assert not visits(leader)


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2027, 1, 1)])
def test_days_outside_the_span_are_not_there(maker: Maker, leader: Actor, day: date) -> None:
    maker.visit(on=day)
    assert not visits(leader)


def test_a_superseded_scorecard_no_longer_counts(maker: Maker, leader: Actor, world: World) -> None:
    visit = maker.visit()
    maker.scored(visit, tuple(items(world, 5)), released=False)
    assert visits(leader)[0].score == 100  # the correction is not released yet
    maker.scored(visit, tuple(items(world, 6)), released=True)
    (found,) = visits(leader)
    assert (found.score or 100) < 100


def test_other_associations_and_tied_enterprises_are_in_no_list(maker: Maker, leader: Actor, world: World) -> None:
    for number in (0, 1):
        visit = maker.visit(enterprise=number)
        maker.action(maker.finding(visit, items(world, 1)[0]), delivered=date(2026, 8, 1), closed=TODAY)
    tied = replace(leader, tied_ids=frozenset({world.enterprises[0]}))
    stranger = replace(leader, association_id=world.noise_association_id or uuid4())
    for actor, visited, enterprises in ((leader, 2, 3), (tied, 1, 2), (stranger, 0, 1)):
        assert len(visits(actor)) == visited
        assert store_rows.action_rows(actor, WANTED, Cell(), TODAY, 1)[1] == visited
        assert store.put_right(actor, WANTED) == visited
        assert sum(store.register(actor, WANTED).values()) == enterprises
        assert store_rows.enterprise_rows(actor, WANTED, Cell(), 1)[1] == enterprises
        assert store_rows.finding_rows(actor, WANTED, Cell(), 1)[1] == visited
    assert [store.left_out(actor) for actor in (leader, tied, stranger)] == [0, 1, 0]


@pytest.mark.parametrize(
    ("narrow", "count"),
    [
        ({"sector": "C18"}, 1), ({"sector": "C"}, 2), ({"sector": "unknown"}, 0),
        ({"sector": "C18", "size": "large"}, 0),
        ({"district": "530102"}, 3), ({"district": "530100"}, 3), ({"district": "530103"}, 0),
        ({"size": "small"}, 3), ({"size": "unknown"}, 0), ({"sector": "%"}, 0),
    ],
)  # fmt: skip
def test_a_class_holds_the_finer_ones_in_it(maker: Maker, leader: Actor, narrow: dict[str, str], count: int) -> None:
    for number in range(3):
        maker.visit(enterprise=number)
    wanted = replace(WANTED, **narrow)  # type: ignore[arg-type]
    assert len(visits(leader, wanted)) == sum(store.register(leader, wanted).values()) == count


def test_findings_are_those_released_on_the_visits_of_the_view(maker: Maker, leader: Actor, world: World) -> None:
    one, two, three = items(world, 3)
    first, second = maker.visit(), maker.visit(enterprise=1)
    follow_up, targeted = maker.visit(Route.follow_up), maker.visit(Route.targeted)
    for visit in (first, second, follow_up, targeted):
        maker.finding(visit, one)
    maker.finding(first, two, FindingState.changed)
    maker.finding(second, two, FindingState.withdrawn)
    maker.finding(second, three, FindingState.draft)
    for view, number in ((View.random, 2), (View.all, 3)):
        wanted = replace(WANTED, view=view)
        assert store_rows.finding_rows(leader, wanted, Cell(item=one), 1)[1] == number
        assert store_rows.finding_rows(leader, wanted, Cell(item=two), 1)[1] == 1
        assert store_rows.finding_rows(leader, wanted, Cell(item=three), 1)[1] == 0


def test_actions_are_those_open_now_or_closed_in_the_span(maker: Maker, leader: Actor, world: World) -> None:
    finding = maker.finding(maker.visit(), items(world, 1)[0])
    maker.action(finding, delivered=date(2026, 8, 1), days=30)
    maker.action(finding, delivered=date(2026, 9, 10), days=30)
    maker.action(finding, delivered=date(2026, 5, 1), closed=date(2026, 5, 21))
    maker.action(finding, delivered=date(2025, 5, 1), closed=date(2025, 6, 1))
    for state, number in (("", 3), ("open", 2), ("overdue", 1), ("to_check", 0), ("closed", 1)):
        assert store_rows.action_rows(leader, WANTED, Cell(state=state), TODAY, 1)[1] == number, state
    (closed,), _number = store_rows.action_rows(leader, WANTED, Cell(state="closed"), TODAY, 1)
    assert closed.verified_on == date(2026, 5, 21)
    assert store.put_right(leader, WANTED) == 1


def test_an_action_that_is_not_delivered_is_nobodys_yet(maker: Maker, leader: Actor, world: World) -> None:
    row = maker.action(maker.finding(maker.visit(), items(world, 1)[0]), delivered=date(2026, 8, 1))
    row.delivered_on = row.due_on = None
    assert store_rows.action_rows(leader, WANTED, Cell(), TODAY, 1) == ([], 0)


def test_enterprises_by_whether_they_were_visited(maker: Maker, leader: Actor, world: World) -> None:
    maker.visit(enterprise=0)
    maker.visit(Route.targeted, enterprise=1)
    maker.visit(enterprise=2, outcome=Outcome.refused)
    found = {
        visited: [row.id for row in store_rows.enterprise_rows(leader, WANTED, Cell(visited=visited), 1)[0]]
        for visited in ("yes", "random", "no")
    }
    assert found["yes"] == world.enterprises[:2] or set(found["yes"]) == set(world.enterprises[:2])
    assert found["random"] == [world.enterprises[0]]
    assert found["no"] == [world.enterprises[2]]
    (row,) = store_rows.enterprise_rows(leader, WANTED, Cell(visited="random"), 1)[0]
    assert (row.visits, row.last_visit) == (1, date(2026, 8, 3))


def test_pages_of_rows_come_one_after_the_other(maker: Maker, leader: Actor) -> None:
    whole = store_rows.enterprise_rows(leader, WANTED, Cell(), 1)[0]
    parts = [store_rows.enterprise_rows(leader, WANTED, Cell(), page, size=2)[0] for page in (1, 2, 3)]
    assert [len(part) for part in parts] == [2, 1, 0]
    assert [row.id for part in parts for row in part] == [row.id for row in whole]
