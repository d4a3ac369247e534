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
from compliance.enterprises import store_import_writes, store_imports
from compliance.enterprises.classes import Size
from compliance.enterprises.models import Enterprise, Workplace
from compliance.findings.models import Finding
from compliance.findings.states import FindingState
from compliance.shared import audit, clock
from compliance.shared.database import db, session
from compliance.trends import folding, store_cells, store_fold, store_put, store_sums, store_verify
from compliance.trends.cells import Asked, By, Kind, Measure
from compliance.trends.measures import TRAITS
from compliance.trends.models import TREND_CELLS, TREND_LOG, TREND_VISIT
from compliance.trends.packed import Family
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
        for one in (TREND_VISIT, TREND_CELLS, TREND_LOG)
    ]


def whole(world):
    """Everything that can be read, for every class."""
    measures = [Measure(kind) for kind in (Kind.score, Kind.shortfall, Kind.item, Kind.clause, Kind.band)]
    year = Asked(202501, 202612)
    return [
        (store_cells.read(world.system, year, measures, by=by), store_cells.outcomes(world.system, year, by=by))
        for by in (By.none, By.sector, By.district, By.size)
    ]


def completed(world, **asked):
    found = store_cells.outcomes(world.system, Asked(202501, 202612), **asked)
    return {one.group: one.number(outcome="completed") for one in found}


def fold():
    folded = store_fold.fold()
    session().commit()
    return folded


def test_a_released_visit_is_counted(world, db_session, items):
    made = Maker(world)
    visit = made.visit(missed=(items[0],))
    made.finding(visit, items[0])
    committed(world)
    [ended] = store_cells.outcomes(world.system, Asked(202608, 202608))
    assert (ended.number(outcome="completed"), ended.findings) == (1, 1)
    score, short = store_cells.read(world.system, Asked(202608, 202608), [Measure(Kind.score), Measure(Kind.shortfall)])
    assert (score.plain.n, short.plain.total) == (1, 1)
    assert score.plain.total**2 == score.plain.squares and 0 < score.plain.total < 100
    assert store_verify.verify().differences == []


def test_what_a_release_puts_in_waits_in_a_log_and_reads_the_same_once_it_is_folded(world, db_session, items):
    made = Maker(world)
    visit = made.visit(missed=tuple(items[:2]))
    for item in items[:2]:
        made.finding(visit, item)
    made.visit(enterprise=1, outcome=Outcome.refused)
    committed(world)
    assert counted() == [2, 0, 2]
    before = whole(world)
    assert fold() == 2 and fold() == 0
    assert counted()[2] == 0 and counted()[1] > 0
    assert whole(world) == before
    assert store_verify.verify().differences == []


def test_the_worker_folds_a_log_that_has_grown_long(world, db_session, monkeypatch):
    monkeypatch.setattr(store_fold, "LONG", 2)
    made = Maker(world)
    for number in range(2):
        made.visit(enterprise=number)
    committed(world)
    folding.fold_long_logs()
    assert counted()[1:] == [0, 2]
    made.visit(enterprise=2)
    committed(world)
    folding.fold_long_logs()
    assert counted()[2] == 0 and completed(world) == {"": 3}


def test_who_changes_many_visits_at_once_leaves_no_long_log(world, db_session, monkeypatch):
    monkeypatch.setattr(store_fold, "LONG", 2)
    made = Maker(world)
    for number in range(3):
        made.visit(enterprise=number)
    committed(world)
    assert counted()[2] == 0
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
@given(steps=st.lists(STEP, min_size=3, max_size=12), folds=st.randoms())
def test_any_life_gives_the_cells_of_a_fresh_count_and_leaves_no_trace(world, db_session, items, steps, folds):
    life = Life(world, items)
    life.made.number = session().execute(sa.select(sa.func.count()).select_from(sa.table("visit"))).scalar_one() * 10
    for name, *given_ in steps:
        getattr(life, name)(*given_)
        committed(world)
        if folds.random() < 0.3:
            fold()
    proof = store_verify.verify()
    assert proof.differences == []
    fold()
    proof = store_verify.verify()
    assert proof.differences == []
    assert proof.visits == counted()[0] == len(session().exec(select(Visit).where(Visit.state == State.released)).all())
    for visit_id in life.visits:
        session().get(Visit, visit_id).state = State.sealed
    committed(world)
    fold()
    assert counted() == [0, 0, 0]


def test_an_import_that_moves_an_enterprise_takes_its_visits_along(world, db_session, items):
    visit = Maker(world).visit()
    committed(world)
    row = session().get(Enterprise, visit.enterprise_id)
    sheet = f"name,sector,district\n{row.name},C39,530114\n".encode()
    looked = store_imports.look_at(world.system, sheet, "moved.csv")
    assert looked.outcome["changed"] == 1, store_imports.details(looked)
    store_import_writes.apply(world.system, looked)
    session().commit()
    assert completed(world, by=By.sector) == {"C39": 1}
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
    assert completed(world) == {"": 8}
    assert store_verify.verify().differences == []


def test_who_reads_while_others_release_and_fold_counts_each_visit_once(app, world, db_session):
    made = Maker(world)
    ids = [made.visit(released=False, enterprise=number % 3).id for number in range(12)]
    committed(world)
    session().close()
    start, failures, seen = threading.Barrier(4), [], []

    def release(some):
        for visit_id in some:
            visit = session().get(Visit, visit_id)
            visit.state, visit.released_at = State.released, clock.now()
            committed(world)

    def read():
        while sum(seen[-1:]) < len(ids):
            kept = store_sums.sums(world.system, [Family.ends], 0, 202501, 202612, whole=True).entries
            seen.append(int(kept.values[kept.columns.index("completed")].sum()))
            session().rollback()

    def alone(act):
        with app.app_context():
            start.wait()
            try:
                act()
            except Exception as failure:  # the test says what it was
                failures.append(failure)
                seen.append(len(ids))

    acts = [lambda: release(ids[::2]), lambda: release(ids[1::2]), read, lambda: [fold() for _ in range(20)]]
    threads = [threading.Thread(target=alone, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert seen == sorted(seen) and seen[-1] == len(ids)
    assert store_verify.verify().differences == []


def test_a_wrong_cell_shows_and_is_put_right(app, world, db_session, items):
    made = Maker(world)
    made.finding(made.visit(missed=(items[0],)), items[0])
    committed(world)
    fold()
    kept = sa.select(TREND_CELLS.c.body).where(TREND_CELLS.c.family == 2, TREND_CELLS.c.grain == 0)
    body = bytearray(session().execute(kept).scalar_one())
    body[-1] += 1
    cells = TREND_CELLS.c
    wrong = sa.update(TREND_CELLS).where(cells.family == 2, cells.grain == 0)
    session().execute(wrong.values(body=bytes(body)))
    session().execute(sa.delete(TREND_CELLS).where(cells.family == 1, cells.grain == 2))
    session().execute(sa.update(TREND_CELLS).where(cells.family == 4, cells.grain == 1).values(month=202001))
    session().execute(sa.update(TREND_VISIT).values(month=202607))
    session().commit()
    found = {(one.table, one.fault.value) for one in store_verify.verify().differences}
    assert ("trend_visit", "differs") in found
    session().execute(sa.update(TREND_VISIT).values(month=202608))
    session().commit()
    found = {(one.table, one.fault.value) for one in store_verify.verify().differences}
    assert found == {("trend_cells", fault) for fault in ("differs", "missing", "left over")}
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
    before = counted()
    store_put.bring_up_to_date([visit.id])
    session().commit()
    assert counted() == before


def test_an_upgrade_fills_the_cells_of_what_is_released_already(app, world, db_session):
    Maker(world).visit()
    committed(world)
    before = whole(world)
    session().close()
    db.engine.dispose()
    upgrade.migrate(db.engine.url, app.config["SQLALCHEMY_ENGINES"]["default"].get("module"), "0020", down=True)
    assert upgrade.upgrade(app)
    assert whole(world) == before and completed(world) == {"": 1}
    assert store_verify.verify().differences == []
    assert audit.first_broken_line() is None
