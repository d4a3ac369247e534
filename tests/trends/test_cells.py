"""Cells: whatever is released, corrected, withdrawn or moved, they hold what the receipts give; no trace is left."""

import threading
from datetime import date
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from compliance.checklists import store as checklists
from compliance.checklists.rules import Severity
from compliance.enterprises import store_imports
from compliance.enterprises.classes import Size
from compliance.enterprises.models import Enterprise, Workplace
from compliance.findings.models import Finding
from compliance.findings.states import FindingState
from compliance.shared import audit, clock
from compliance.shared.database import db, session
from compliance.trends import store_put, store_verify
from compliance.trends.measures import TRAITS
from compliance.trends.models import TREND_CELL, TREND_MARK, TREND_VISIT
from compliance.visits.models import Visit
from compliance.visits.states import Outcome, Route, State
from compliance.web import upgrade
from compliance.web.cli import cli
from tests.soak import examples
from tests.trends.made import Maker


@pytest.fixture
def items(world, db_session):
    return [item.id for item in checklists.load(checklists.current(world.association_id).id).items]


def committed(world):
    audit.record(world.system, "test.wrote")
    session().commit()


def counted():
    return [
        session().execute(sa.select(sa.func.count()).select_from(one)).scalar_one()
        for one in (TREND_VISIT, TREND_CELL, TREND_MARK)
    ]


def cell(**asked):
    where = [TREND_CELL.c[name] == value for name, value in ({"grain": 0} | asked).items()]
    return session().execute(sa.select(TREND_CELL).where(*where)).mappings().all()


def test_a_released_visit_is_counted_in_its_cells(world, db_session, items):
    made = Maker(world)
    visit = made.visit(missed=(items[0],))
    made.finding(visit, items[0])
    committed(world)
    [whole] = cell(month=202608)
    assert (whole["completed"], whole["overall_n"], whole["overall_short"], whole["findings"]) == (1, 1, 1, 1)
    assert whole["overall_total"] ** 2 == whole["overall_squares"] and 0 < whole["overall_total"] < 1000
    assert store_verify.verify().differences == []


def test_before_its_release_a_visit_changes_no_cell(world, db_session, items):
    made = Maker(world)
    visit = made.visit(released=False)
    made.finding(visit, items[0], FindingState.draft)
    committed(world)
    assert counted() == [0, 0, 0]


class Life:
    """What can happen to released results; each step is a transaction of its own."""

    def __init__(self, world, items):
        self.world, self.items, self.made, self.visits = world, items, Maker(world), []

    def release(self, enterprise, number, missed, route, outcome):
        on = date(2026, 1 + number % 3, 5)
        visit = self.made.visit(route, enterprise=enterprise, on=on, outcome=outcome, missed=self.some(missed))
        if outcome is Outcome.completed:
            for item in self.some(missed):
                self.made.finding(visit, item)
        self.visits.append(visit.id)

    def correct(self, enterprise, number, missed, route, outcome):
        visit = self.one(number)
        if visit and visit.outcome is Outcome.completed:
            self.made.scored(visit, self.some(missed), released=True)

    def decide(self, enterprise, number, missed, route, outcome):
        visit = self.one(number)
        for row in session().exec(select(Finding).where(Finding.visit_id == visit.id).limit(2)) if visit else ():
            if missed % 2:
                row.state, row.withdrawn_at = FindingState.withdrawn, clock.now()
            else:
                row.state, row.severity = FindingState.changed, Severity.minor if missed % 3 else Severity.critical

    def withdraw(self, enterprise, number, missed, route, outcome):
        if visit := self.one(number):
            visit.state = State.sealed if visit.state is State.released else State.released

    def change_day(self, enterprise, number, missed, route, outcome):
        if visit := self.one(number):
            visit.visited_on, visit.route = date(2025, 12, 1 + missed), route

    def move(self, enterprise, number, missed, route, outcome):
        row = session().get(Enterprise, self.world.enterprises[enterprise])
        row.sector, row.size = ("C18", "C19", "")[number % 3], (Size.micro, Size.large, None)[missed % 3]

    def refit(self, enterprise, number, missed, route, outcome):
        row = session().get(Workplace, self.world.workplaces[enterprise])
        setattr(row, TRAITS[number % 6], bool(missed % 2))
        row.district = ("530102", "530103", "")[missed % 3]

    def some(self, missed):
        return tuple(self.items[:missed])

    def one(self, number):
        return session().get(Visit, self.visits[number % len(self.visits)]) if self.visits else None


STEPS = ("release", "release", "correct", "decide", "withdraw", "change_day", "move", "refit")
STEP = st.tuples(
    st.sampled_from(STEPS),
    st.integers(0, 2),
    st.integers(0, 9),
    st.integers(0, 4),
    st.sampled_from(Route),
    st.sampled_from([Outcome.completed, Outcome.completed, *Outcome]),
)


@settings(
    max_examples=examples(8),
    deadline=None,
    phases=[Phase.generate],  # a step is a transaction: making a failure smaller takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEP, min_size=3, max_size=12))
def test_any_life_gives_the_cells_of_a_fresh_count_and_leaves_no_trace(world, db_session, items, steps):
    life = Life(world, items)
    life.made.number = session().execute(sa.select(sa.func.count()).select_from(sa.table("visit"))).scalar_one() * 10
    for name, *given_ in steps:
        getattr(life, name)(*given_)
        committed(world)
    proof = store_verify.verify()
    assert proof.differences == []
    assert proof.visits == counted()[0] == len(session().exec(select(Visit).where(Visit.state == State.released)).all())
    for visit_id in life.visits:
        session().get(Visit, visit_id).state = State.sealed
    committed(world)
    assert counted() == [0, 0, 0]


def test_an_import_that_moves_an_enterprise_takes_its_visits_along(world, db_session, items):
    visit = Maker(world).visit()
    committed(world)
    row = session().get(Enterprise, visit.enterprise_id)
    sheet = f"name,sector,district\n{row.name},C39,530114\n".encode()
    looked = store_imports.look_at(world.system, sheet, "moved.csv")
    assert looked.outcome["changed"] == 1, store_imports.details(looked)
    store_imports.apply(world.system, looked)
    session().commit()
    assert [(one["sector"], one["completed"]) for one in cell(grain=1)] == [("C39", 1)]
    assert store_verify.verify().differences == []


def test_what_is_rolled_back_leaves_the_cells_alone(world, db_session):
    Maker(world).visit()
    session().flush()
    session().rollback()
    committed(world)
    assert counted() == [0, 0, 0]


def test_a_savepoint_taken_back_is_not_counted(world, db_session):
    Maker(world).visit()
    inner = session().begin_nested()
    Maker(world, 5).visit()
    session().flush()
    inner.rollback()
    audit.forget_unwritten()
    committed(world)
    assert counted()[0] == 1
    assert store_verify.verify().differences == []


def test_two_releases_at_once_are_both_counted(app, world, db_session):
    made = Maker(world)
    ids = [made.visit(released=False, enterprise=number % 3).id for number in range(8)]
    committed(world)
    session().close()
    start, failures = threading.Barrier(4), []

    def release(some):
        with app.app_context():
            start.wait()
            for visit_id in some:
                try:
                    visit = session().get(Visit, visit_id)
                    visit.state, visit.released_at = State.released, clock.now()
                    committed(world)
                except Exception as failure:  # the test says what it was
                    failures.append(failure)

    threads = [threading.Thread(target=release, args=(ids[at::4],)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [one["completed"] for one in cell()] == [8]
    assert store_verify.verify().differences == []


def test_a_wrong_cell_shows_and_is_put_right(app, world, db_session, items):
    made = Maker(world)
    made.finding(made.visit(missed=(items[0],)), items[0])
    committed(world)
    session().execute(sa.update(TREND_CELL).where(TREND_CELL.c.grain == 1).values(wages_total=7))
    session().execute(sa.delete(TREND_CELL).where(TREND_CELL.c.grain == 2))
    session().execute(sa.update(TREND_MARK).where(TREND_MARK.c.grain == 0).values(marks='{"i:X":9}'))
    session().commit()
    found = {(one.table, one.fault.value) for one in store_verify.verify().differences}
    assert found == {("trend_cell", "differs"), ("trend_cell", "missing"), ("trend_mark", "differs")}
    session().close()
    run = app.test_cli_runner()
    asked = SimpleNamespace(load_app=lambda: app)
    told = run.invoke(cli.get_command(None, "trends"), ["verify"], obj=asked)
    assert told.exit_code == 1 and "compliance trends rebuild" in told.output
    assert run.invoke(cli.get_command(None, "trends"), ["rebuild"], obj=asked).exit_code == 0
    told = run.invoke(cli.get_command(None, "trends"), ["verify"], obj=asked)
    assert told.exit_code == 0 and "0 differences" in told.output
    assert store_verify.verify().differences == []
    assert audit.first_broken_line() is None


def test_bringing_up_to_date_twice_changes_nothing(world, db_session):
    visit = Maker(world).visit()
    committed(world)
    before = cell()
    store_put.bring_up_to_date([visit.id])
    session().commit()
    assert cell() == before


def test_an_upgrade_fills_the_cells_of_what_is_released_already(app, world, db_session):
    Maker(world).visit()
    committed(world)
    before = cell()
    session().close()
    db.engine.dispose()
    upgrade.migrate(db.engine.url, app.config["SQLALCHEMY_ENGINES"]["default"].get("module"), "0020", down=True)
    assert upgrade.upgrade(app)
    assert cell() == before and len(before) == 1
    assert audit.first_broken_line() is None
