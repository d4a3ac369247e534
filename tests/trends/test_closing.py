"""How long corrections take: the counts of the database, and what is said about them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session

from compliance.corrective_actions.models import CorrectiveAction
from compliance.corrective_actions.models_assignment import CheckOutcome, OnSiteDraw, OnSiteSeed
from compliance.corrective_actions.rules import ActionState
from compliance.estimation.clustered import Clusters
from compliance.people.rules import Actor
from compliance.shared import clock
from compliance.shared.database import session
from compliance.trends import closing, store_closing
from compliance.trends.closing import Alike, Batch
from compliance.trends.periods import Span
from compliance.trends.rules import By, Selection
from tests.trends.made import NOW, TODAY, Maker, items
from tests.world import World

WANTED = Selection(Span(date(2026, 1, 1), date(2026, 12, 31)))
AUGUST = date(2026, 8, 1)


@pytest.fixture
def maker(db_session: Session, world: World) -> Iterator[Maker]:
    with clock.at(NOW):
        yield Maker(world)


@pytest.fixture
def leader(db_session: Session, world: World) -> Actor:
    return world.actor("leader")


def some(maker: Maker, *days: tuple[int, date | None], enterprise: int = 0) -> list[CorrectiveAction]:
    """Actions delivered on the first of August with so many days' time, closed on a day if given."""
    finding = maker.finding(maker.visit(enterprise=enterprise), items(maker.world, 1)[0])
    return [maker.action(finding, delivered=AUGUST, days=time, closed=closed) for time, closed in days]


def drawn(action: CorrectiveAction, settled_on: date | None) -> None:
    """Drawn for a check on site, which was on ``settled_on`` if given."""
    seed = OnSiteSeed(association_id=action.association_id, year=2026, seed="0" * 64, digest="0" * 64, made_at=NOW)
    session().add(seed)
    session().flush()
    session().add(
        OnSiteDraw(
            association_id=action.association_id, action_id=action.id, seed_id=seed.id, round=1, share=0.2, point=0.1,
            drawn=True, digest="0" * 64, drawn_on=AUGUST, drawn_at=NOW, settled_on=settled_on,
            outcome=CheckOutcome.done if settled_on else None,
        )
    )  # fmt: skip
    session().flush()


def test_days_run_from_delivery_to_closure_or_to_today(maker: Maker, leader: Actor) -> None:
    some(maker, (30, date(2026, 8, 11)), (30, date(2026, 8, 11)), (60, None))
    found = sorted(store_closing.batches(leader, WANTED, TODAY))
    assert [(one.days, one.closed, one.number) for one in found] == [(10, True, 2), ((TODAY - AUGUST).days, False, 1)]
    assert {one.key for one in found} == {"C18"}


def test_withdrawn_ones_and_those_delivered_elsewhen_count_nowhere(maker: Maker, leader: Actor) -> None:
    first, second = some(maker, (30, None), (30, None))
    first.state = ActionState.withdrawn
    second.delivered_on, second.due_on = date(2025, 12, 31), date(2026, 1, 31)
    session().flush()
    assert not store_closing.batches(leader, WANTED, TODAY)
    assert store_closing.today_by_severity(leader, WANTED, TODAY)["major"].open == 1


@pytest.mark.parametrize(
    ("settled_on", "days", "closed"),
    [(None, (TODAY - AUGUST).days, False), (date(2026, 8, 21), 20, True), (date(2026, 8, 5), 10, True)],
)
def test_drawn_for_a_check_on_site_is_closed_only_after_it(
    maker: Maker, leader: Actor, settled_on: date | None, days: int, closed: bool
) -> None:
    [action] = some(maker, (30, date(2026, 8, 11)))
    drawn(action, settled_on)
    [found] = store_closing.batches(leader, WANTED, TODAY)
    assert (found.days, found.closed) == (days, closed)


def test_on_time_is_asked_of_those_whose_due_date_has_passed(maker: Maker, leader: Actor) -> None:
    on_time, late, overdue, waits, stands, running = some(
        maker, (20, date(2026, 8, 21)), (20, date(2026, 8, 22)), (20, None), (20, None), (20, None), (90, None)
    )
    waits.state = ActionState.evidence_sent
    stands.paused_on = date(2026, 8, 10)
    session().flush()
    found = store_closing.alike(leader, WANTED, TODAY, "")["all"]
    assert found.due == Clusters(1, 3, 1, 9, 3, 1)
    assert found.closed == Clusters(1, 6, 2, 36, 12, 4)
    for standing, one in (
        ("on_time", [on_time]),
        ("late", [late, overdue]),
        ("overdue", [overdue]),
        ("to_check", [waits]),
    ):
        rows, total = store_closing.rows(leader, WANTED, TODAY, standing=standing)  # type: ignore[arg-type]
        assert {row.id for row in rows} == {action.id for action in one}
        assert total == len(one)
    assert store_closing.rows(leader, WANTED, TODAY, standing="closed")[1] == 2
    assert running.id in {row.id for row in store_closing.rows(leader, WANTED, TODAY, standing="open")[0]}


def test_a_slow_check_makes_nobody_late(maker: Maker, leader: Actor) -> None:
    in_time, late = some(maker, (20, date(2026, 8, 30)), (20, date(2026, 8, 30)))
    in_time.sent_on, late.sent_on = date(2026, 8, 21), date(2026, 8, 22)
    session().flush()
    for standing, one in (("on_time", in_time), ("late", late)):
        [row] = store_closing.rows(leader, WANTED, TODAY, standing=standing)[0]  # type: ignore[arg-type]
        assert row.id == one.id


@pytest.mark.parametrize("group", ["severity", "area", "class"])
def test_groups_add_up(maker: Maker, leader: Actor, group: str) -> None:
    some(maker, (20, date(2026, 8, 21)), (20, None))
    some(maker, (20, date(2026, 8, 12)), enterprise=1)
    found = store_closing.alike(leader, WANTED, TODAY, group)  # type: ignore[arg-type]
    assert sum((one.closed for one in found.values()), Clusters()).n == 3
    assert sum(one.number for one in store_closing.batches(leader, replace(WANTED, by=By.size), TODAY)) == 3


def test_a_leaders_own_enterprise_is_in_no_count(maker: Maker, leader: Actor, world: World) -> None:
    some(maker, (20, None))
    some(maker, (20, None), enterprise=1)
    tied = replace(leader, tied_ids=frozenset({world.enterprises[0]}))
    assert sum(one.number for one in store_closing.batches(tied, WANTED, TODAY)) == 1
    assert {row.enterprise_id for row in store_closing.rows(tied, WANTED, TODAY)[0]} == {world.enterprises[1]}
    assert store_closing.alike(tied, WANTED, TODAY, "")["all"].closed.n == 1
    assert store_closing.today_by_severity(tied, WANTED, TODAY)["major"].open == 1


def group(closed: int, open_: int, enterprises: int) -> closing.Closing:
    batches = [Batch("major", "wages", "C18", 10 + place, True, 1) for place in range(closed)]
    batches.append(Batch("major", "wages", "C18", 50, False, open_))
    sums = Clusters()
    for place in range(enterprises):
        sums = sums.of(1, int(place < closed))
    return closing.closing("all", batches, Alike(sums, sums))


@pytest.mark.parametrize(
    ("closed", "open_", "enterprises", "spoken"),
    [(0, 0, 0, False), (4, 3, 7, False), (5, 3, 7, False), (5, 3, 8, True), (0, 20, 12, True), (40, 0, 20, True)],
)
def test_few_actions_and_few_enterprises_give_no_curve(closed: int, open_: int, enterprises: int, spoken: bool) -> None:
    assert group(closed, open_, enterprises).spoken is spoken


def test_open_ones_are_not_left_out_of_the_median() -> None:
    found = group(10, 10, 20)
    assert found.curve is not None
    assert found.curve.median == 19  # half of twenty, though all ten closed ones took 14.5 days in the median
    assert found.closed_after(19) == pytest.approx((0.5, 0.29, 0.71), abs=0.03)
    assert found.closed_after(5) == (0.0, 0.0, 0.0)
    assert found.closed_after(51) is None


def test_how_many_are_watched() -> None:
    batches = [Batch("major", "wages", "C18", 10, True, 2), Batch("major", "wages", "C18", 30, False, 3)]
    assert closing.watched_after(batches, [0, 10, 11, 30, 31]) == [5, 5, 3, 3, 0]


def test_a_check_that_found_nothing_wrong_moves_no_other_day(maker: Maker, leader: Actor) -> None:
    """An older check than the last verification decides nothing."""
    [action] = some(maker, (30, date(2026, 8, 31)))
    drawn(action, date(2026, 8, 20))
    action.verified_at = datetime(2026, 8, 31, tzinfo=UTC)
    [found] = store_closing.batches(leader, WANTED, TODAY)
    assert found.days == (date(2026, 8, 31) - AUGUST) // timedelta(1)
