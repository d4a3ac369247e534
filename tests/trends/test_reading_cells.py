"""Reading cells: the sums are those of the visits, by bucket and class, and nothing that is not the reader's."""

from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import select

from compliance.checklists import store as checklists
from compliance.checklists.rules import AREAS
from compliance.estimation.strata import Sums
from compliance.planning.models import DrawnWorkplace, DrawPeriod, DrawStratum
from compliance.planning.periods import LeftReason, PeriodState
from compliance.scorecards.models import Scorecard, ScorecardArea
from compliance.shared import audit
from compliance.shared.database import session
from compliance.shared.problems import Problem
from compliance.trends import store_cells, store_rows
from compliance.trends.cells import Asked, By, Kind, Measure
from compliance.trends.periods import Span, Step
from compliance.trends.rules import OVERALL, Cell, Selection, View
from compliance.visits.models import Visit
from compliance.visits.states import Outcome, Route
from tests.trends.made import NOW, Maker

YEAR = Asked(202601, 202612)
SPAN = Span(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def items(world, db_session):
    return [item.id for item in checklists.load(checklists.current(world.association_id).id).items]


@pytest.fixture
def visited(world, db_session, items):
    """Visits of three enterprises on several days, one refused, one targeted, some with findings."""
    made = Maker(world)
    for number, (enterprise, on) in enumerate(
        [(0, date(2026, 2, 3)), (0, date(2026, 5, 3)), (1, date(2026, 5, 4)), (2, date(2026, 8, 5))]
    ):
        visit = made.visit(enterprise=enterprise, on=on, missed=tuple(items[:number]))
        for item in items[:number]:
            made.finding(visit, item)
    made.visit(Route.targeted, enterprise=1, on=date(2026, 8, 6), missed=tuple(items[:9]))
    made.visit(enterprise=2, on=date(2026, 9, 6), outcome=Outcome.refused)
    audit.record(world.system, "test.wrote")
    session().commit()
    return made


def scores_of(visit_id):
    card = session().exec(select(Scorecard).where(Scorecard.visit_id == visit_id)).one()
    areas = session().exec(select(ScorecardArea).where(ScorecardArea.scorecard_id == card.id)).all()
    return {OVERALL: card.score} | {area.area: area.score for area in areas}


def one(readings, bucket="", group=""):
    [found] = [reading for reading in readings if (reading.bucket, reading.group) == (bucket, group)]
    return found


@pytest.mark.parametrize("view", [View.random, View.targeted, View.all])
@pytest.mark.parametrize("area", [OVERALL, *AREAS[:2]])
def test_scores_are_those_of_the_visits(world, visited, view, area):
    wanted = Selection(SPAN, view=view)
    rows, number = store_rows.visit_rows(world.system, wanted, Cell(area=area), 1)
    scores = [scores_of(row.id)[area] for row in rows]
    assert number == len(scores)
    found = one(store_cells.read(world.system, replace(YEAR, view=view), [Measure(Kind.score, area)]))
    assert (found.plain.n, float(found.plain.total)) == (len(scores), pytest.approx(sum(scores)))
    assert float(found.plain.squares) == pytest.approx(sum(score * score for score in scores))
    assert found.undrawn


def test_buckets_and_classes_add_up_to_the_whole(world, visited):
    short = Measure(Kind.shortfall)
    whole = one(store_cells.read(world.system, YEAR, [short])).plain
    assert whole == Sums.count(4, 3)
    for by in (By.none, By.sector, By.district, By.size):
        for step in (None, Step.quarter, Step.month):
            parts = store_cells.read(world.system, YEAR, [short], by=by, step=step)
            assert sum((part.plain for part in parts), Sums()) == whole, (by, step)
    by_quarter = store_cells.read(world.system, YEAR, [short], step=Step.quarter)
    assert [(part.bucket, part.plain.n) for part in by_quarter] == [("2026-Q1", 1), ("2026-Q2", 2), ("2026-Q3", 1)]


def test_each_class_can_be_asked_for_with_every_other(world, visited):
    measure = Measure(Kind.score)
    for sector in store_cells.read(world.system, YEAR, [measure], by=By.sector):
        of_sector = replace(YEAR, sector=sector.group)
        parts = store_cells.read(world.system, of_sector, [measure], by=By.district)
        assert sum((part.plain for part in parts), Sums()).n == sector.plain.n
        for district in parts:
            within = replace(of_sector, district=district.group)
            assert (
                sum(s.plain.n for s in store_cells.read(world.system, within, [measure], by=By.size))
                == district.plain.n
            )


def test_items_are_met_and_counted_against_the_visits_that_asked_for_them(world, visited, items):
    found = store_cells.read(world.system, YEAR, [Measure(Kind.item)])
    assert {reading.measure.mark: reading.plain.total for reading in found} == {items[0]: 3, items[1]: 2, items[2]: 1}
    assert {reading.plain.n for reading in found} == {4}
    by_sector = store_cells.read(world.system, YEAR, [Measure(Kind.item, mark=items[0])], by=By.sector)
    assert sum(reading.plain.total for reading in by_sector) == 3
    with pytest.raises(Problem):
        store_cells.read(world.system, replace(YEAR, district="530100"), [Measure(Kind.item)], by=By.sector)


def test_bands_and_outcomes_are_counted(world, visited):
    bands = store_cells.read(world.system, YEAR, [Measure(Kind.band)])
    assert sum(reading.plain.total for reading in bands) == 4
    [ended] = store_cells.outcomes(world.system, YEAR)
    assert ended.number() == 6 and ended.number(outcome="refused") == 1 and ended.number(route="targeted") == 1
    assert ended.findings == 6


def test_own_and_tied_enterprises_are_taken_out_of_every_sum(world, visited):
    tied = replace(world.system, tied_ids=frozenset({world.enterprises[2]}))
    assert tied.outside_ids
    for measure, number in ((Measure(Kind.score), 3), (Measure(Kind.shortfall), 3)):
        assert one(store_cells.read(tied, YEAR, [measure])).plain.n == number
    [ended] = store_cells.outcomes(tied, YEAR)
    assert ended.number() == 4 and ended.number(outcome="refused") == 0
    items = store_cells.read(tied, YEAR, [Measure(Kind.item)])
    assert sum(reading.plain.total for reading in items) == 3
    assert all(part.plain.n for part in store_cells.read(tied, YEAR, [Measure(Kind.score)], by=By.sector))


def test_another_association_sees_nothing(world, visited):
    from uuid import uuid4

    other = replace(world.system, association_id=uuid4())
    assert one(store_cells.read(other, YEAR, [Measure(Kind.score)])).plain.n == 0
    assert store_cells.outcomes(other, YEAR) == []


@pytest.fixture
def drawn(world, visited):
    """The random visits of the fixture are those of a draw: five of a stratum of twelve, one of them closed since."""
    kinds = {"association_id": world.association_id}
    period = DrawPeriod(
        **kinds, name="2026", first_day=date(2026, 1, 1), last_day=date(2026, 12, 31), state=PeriodState.drawn,
        algorithm="1", frame_digest="0" * 64, frame_size=20, seed="0" * 64, seed_digest="0" * 64, drawn_at=NOW,
    )  # fmt: skip
    session().add(period)
    session().flush()
    of = {"period_id": period.id, "route": Route.random}
    stratum = DrawStratum(**kinds, **of, key="all", sector="", size="", district="", frame_size=12, drawn=4)
    empty = DrawStratum(**kinds, **of, key="C39", sector="C39", size="", district="", frame_size=8, drawn=2)
    session().add_all([stratum, empty])
    session().flush()
    random = session().exec(select(Visit).where(Visit.route == Route.random, Visit.number > 9000)).all()
    for place, visit in enumerate(sorted(random, key=lambda one: one.number, reverse=True)[:3], 1):
        place_of = {"enterprise_id": visit.enterprise_id, "workplace_id": world.workplaces[place - 1]}
        session().add(
            DrawnWorkplace(
                **kinds,
                **of,
                **place_of,
                stratum_id=stratum.id,
                inclusion_probability=1 / 3,
                position=place,
                visit_id=visit.id,
            )
        )
    session().flush()
    audit.record(world.system, "test.drew")
    session().commit()
    return stratum


def test_strata_carry_the_frame_and_how_the_drawn_visits_ended(world, drawn):
    found = one(store_cells.read(world.system, YEAR, [Measure(Kind.shortfall)]))
    there = {stratum.population: stratum for stratum in found.strata}
    whole = there[12]
    assert (whole.drawn, whole.visited, whole.refused, whole.refused_inside, whole.sums.n) == (4, 2, 1, 1, 2)
    assert (there[8].visited, there[8].sums.n) == (0, 0)
    assert found.plain.n == 4  # the plain figure counts visits outside the draw too


def test_a_domain_keeps_the_strata_that_may_hold_it(world, drawn):
    asked = replace(YEAR, sector="C18")
    found = one(store_cells.read(world.system, asked, [Measure(Kind.shortfall)]))
    assert [stratum.population for stratum in found.strata] == [12]
    assert found.strata[0].visited == 2 >= found.strata[0].sums.n
    before = store_cells.read(world.system, Asked(202501, 202512), [Measure(Kind.shortfall)])
    assert one(before).undrawn


def test_whoever_has_a_tie_does_not_learn_from_a_departure_that_the_workplace_was_drawn(world, visited):
    own, other = (visited.visit(enterprise=place, on=date(2026, 8, 7), released=False) for place in (0, 1))
    visited.draw([own, other], population=12)
    audit.record(world.system, "test.drew")
    session().commit()
    tied = replace(world.actor("leader"), tied_ids=frozenset({world.enterprises[0]}))

    def gone(actor):
        return [stratum.gone for stratum in store_cells.strata(actor, 202607, 202609)]

    assert gone(tied) == [0]
    for left, seen in ((own, 0), (other, 1)):
        row = session().exec(select(DrawnWorkplace).where(DrawnWorkplace.visit_id == left.id)).one()
        row.left_reason, row.left_at = LeftReason.left, NOW
        audit.record(world.system, "test.left")
        session().commit()
        assert gone(tied) == [seen]
    assert gone(world.actor("reviewer")) == [2]
