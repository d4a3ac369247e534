"""A total is the number of the rows behind it."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlmodel import Session

from compliance.shared import clock
from compliance.shared.database import session
from compliance.trends import store_rows
from compliance.trends.periods import Span
from compliance.trends.rules import Cell, Selection
from compliance.visits.models import Visit
from compliance.visits.states import Outcome, Route, State
from tests.trends.made import NOW, Maker, items
from tests.world import World


@pytest.fixture
def maker(db_session: Session, world: World) -> Iterator[Maker]:
    with clock.at(NOW):
        yield Maker(world)


def test_findings_of_a_visit_without_a_standing_scorecard_are_in_the_rows_as_in_their_number(
    maker: Maker, world: World
) -> None:
    item = items(world)[0]
    scored = maker.visit(missed=(item,))
    maker.finding(scored, item)
    bare = Visit(
        association_id=scored.association_id, enterprise_id=scored.enterprise_id, workplace_id=scored.workplace_id,
        year=2026, number=9900, route=Route.random, planned_for=scored.planned_for, state=State.released,
        outcome=Outcome.completed, visited_on=scored.visited_on, checklist_version_id=scored.checklist_version_id,
        sealed_at=scored.sealed_at, released_at=scored.released_at,
    )  # fmt: skip
    session().add(bare)
    session().flush()
    maker.finding(bare, item)
    wanted = Selection(Span(date(2026, 7, 1), date(2026, 9, 30)))
    rows, total = store_rows.finding_rows(world.actor("leader"), wanted, Cell(), 1)
    assert len(rows) == total == 2
