"""Who closes or leaves is not drawn or listed any more, and stays in the figures of the past."""

from datetime import date

import pytest
from sqlmodel import select

from compliance.checklists.rules import AREAS
from compliance.enterprises import store as enterprises
from compliance.enterprises import store_life
from compliance.enterprises.life import LifeKind, Told
from compliance.planning import store_members
from compliance.shared import audit, clock, touched
from compliance.shared.database import session
from compliance.trends import store_cells
from compliance.trends.cells import Asked, Kind, Measure
from compliance.visits.models import Visit
from tests.trends.made import NOW, Maker

SPAN = Asked(202601, 202612)


def past(world):
    readings = store_cells.read(world.system, SPAN, [Measure(Kind.score, area) for area in AREAS])
    return sorted(map(repr, readings))


@pytest.mark.parametrize("gone", [LifeKind.closed, LifeKind.left])
def test_a_member_that_goes_stays_in_past_figures_and_out_of_new_frames(world, db_session, gone):
    with clock.at(NOW):
        made = Maker(world)
        for place, month in ((0, 3), (0, 5), (1, 5), (2, 7)):
            made.visit(enterprise=place, on=date(2026, month, 3))
        audit.record(world.system, "test.wrote")
        session().commit()
        before = past(world)
        assert before
        frame = {row.enterprise for row in store_members.members(world.association_id, {})}
        assert world.enterprises[0].hex in frame
        member = enterprises.get(world.system, world.enterprises[0])
        told = Told(kind=gone, happened_on=NOW.date(), learnt_on=NOW.date())
        store_life.record(world.system, member, told)
        touched.settle()
        session().commit()
        assert past(world) == before
        assert world.enterprises[0].hex not in {
            row.enterprise for row in store_members.members(world.association_id, {})
        }
        assert len(session().exec(select(Visit)).all()) == 4
