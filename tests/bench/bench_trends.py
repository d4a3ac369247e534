"""The trends of a large association (``visits``), on SQLite and on PostgreSQL.

Gives "trends_1m_ms" (database time of the costliest page, median of rounds: each page is asked once with nothing kept,
and what it asked the database is asked again and timed), "trends_growth_ratio" (against the same page with 10,000
visits), "cells_per_release_ms" (all that bringing the figures up to date adds to a release, median),
"cells_fold_ms_per_visit" (what the worker does later for each change, to fold it into the cells), "cells_verify_1m_s",
"cells_rebuild_1m_s", and "trends_worked_out_s": what the worker spends on the slowest of the figures that a large
association gets from a job. Pages of such figures are timed as everybody gets them, kept. Readings are timed with as
long a log as may wait for its fold. BENCH_VISITS and BENCH_ROWS
make it smaller, BENCH_DATABASES names one database.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event
from sqlmodel import SQLModel

from compliance.checklists.rules import AREAS
from compliance.people import store as people
from compliance.people.rules import Role, system_actor
from compliance.shared import database, kept
from compliance.shared.database import db, session
from compliance.trends import store_cells, store_fold, store_put, store_verify
from compliance.trends.cells import Asked, By, Kind, Measure
from compliance.trends.models import TREND_VISIT
from compliance.trends.periods import Step
from compliance.web import upgrade
from compliance.web.app import create_app
from compliance.web.settings import Settings
from tests import databases
from tests.bench.register import ROWS
from tests.bench.visits import VISITS, fill_visits

FEW = 10_000
ROUNDS = 5
LAST = 202607  # releases are of the last months
RECENT, YEARS = Asked(202510, 202609), Asked(202110, 202609)
SCORES = [Measure(Kind.score, area) for area in ("overall", *AREAS)]
SHARES = [Measure(kind, area) for kind in (Kind.shortfall, Kind.critical) for area in ("overall", *AREAS)]
READINGS: dict[str, Callable[[Any], Any]] = {
    "overview": lambda actor: store_cells.read(actor, RECENT, SCORES, step=Step.quarter),
    "overview, five years": lambda actor: store_cells.read(actor, YEARS, SCORES, step=Step.quarter),
    "months": lambda actor: store_cells.read(actor, RECENT, SCORES, step=Step.month),
    "areas by sector": lambda actor: store_cells.read(actor, RECENT, SCORES, by=By.sector),
    "shares by district": lambda actor: store_cells.read(actor, RECENT, SHARES, by=By.district),
    "shares by size in one sector": lambda actor: store_cells.read(
        actor, Asked(202510, 202609, sector="C18"), SHARES, by=By.size
    ),
    "districts of a sector and size": lambda actor: store_cells.read(
        actor, Asked(202510, 202609, sector="C18", size="small"), SCORES, by=By.district
    ),
    "traits": lambda actor: store_cells.read(actor, RECENT, SCORES, by=By.trait),
    "items": lambda actor: store_cells.read(actor, RECENT, [Measure(Kind.item)]),
    "clauses by quarter": lambda actor: store_cells.read(actor, RECENT, [Measure(Kind.clause)], step=Step.quarter),
    "items by sector": lambda actor: store_cells.read(actor, RECENT, [Measure(Kind.item)], by=By.sector),
    "outcomes by district": lambda actor: store_cells.outcomes(actor, RECENT, by=By.district),
}


def main() -> int:
    """Measure and print one JSON object a line."""
    visits, rows = int(os.environ.get("BENCH_VISITS", VISITS)), int(os.environ.get("BENCH_ROWS", ROWS))
    wrong = 0
    for kind in os.environ.get("BENCH_DATABASES", "sqlite,postgresql").split(","):
        with tempfile.TemporaryDirectory(prefix="compliance-bench-") as folder:
            few = _Association(Path(folder) / "few", kind, min(FEW, visits), rows)
            small = few.costs()
            few.close()
            many = _Association(Path(folder) / "many", kind, visits, rows)
            large = many.costs()
            for name, cost in large.items():
                print(f"  {kind} {name}: {cost:.1f} ms, with few {small.get(name, 0):.1f} ms", file=sys.stderr)
            worst = max(large, key=lambda name: large[name])
            ratios = {name: large[name] / small[name] for name in large if small.get(name)}
            steepest = max(ratios, key=lambda name: ratios[name])
            facts: dict[str, Any] = {"n": visits, "database": kind}
            _print("trends_1m_ms", large[worst], "ms", page=worst, **facts)
            steep = {"steepest": steepest, "of_it": round(ratios[steepest], 2)}
            _print("trends_growth_ratio", ratios[worst], "times", page=worst, **steep, **facts)
            slowest = max(many.working, key=lambda name: many.working[name])
            _print("trends_worked_out_s", many.working[slowest], "s", page=slowest, **facts)
            took, worked, folding, folded = many.release()
            _print("cells_per_release_ms", took, "ms", processor_ms=round(worked, 2), **facts)
            _print("cells_fold_ms_per_visit", folding, "ms", at_once=folded, **facts)
            took, worked, differences = many.verified()
            wrong += differences
            _print("cells_verify_1m_s", took, "s", processor_s=round(worked, 1), differences=differences, **facts)
            _print("cells_rebuild_1m_s", many.rebuilding, "s", generated_s=round(many.generating, 1), **facts)
            many.close()
    return 1 if wrong else 0


class _Association:
    """An application on a generated association, and its leader."""

    def __init__(self, instance: Path, kind: str, visits: int, rows: int) -> None:
        address = databases.create(f"bench_{instance.name}") if kind == "postgresql" else None
        settings = Settings(instance=instance, queue_url="memory:", database_url=address)
        self.app: Flask = create_app(settings, TESTING=True)
        upgrade.upgrade(self.app)
        with self.app.app_context():
            began = time.perf_counter()
            self.actor = system_actor(fill_visits(visits, rows))
            self.generating = time.perf_counter() - began
            began = time.perf_counter()
            store_verify.rebuild([self.actor])
            session().commit()
            self.rebuilding = time.perf_counter() - began
            if kind == "sqlite":  # as the database is after a night: nothing waits in its log
                session().connection().exec_driver_sql("ANALYZE")
                session().commit()
                with closing(db.engine.raw_connection()) as connection:  # not within a transaction
                    driver: Any = connection.driver_connection
                    driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            person = people.create_person(self.actor, "Leader", "leader", "plum-Ferry-71-oak", {Role.leader})
            session().commit()
            uniquifier = person.fs_uniquifier
            if kind == "postgresql":
                with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    for table in ("trend_cells", "trend_log", "trend_visit"):
                        connection.exec_driver_sql(f"VACUUM ANALYZE {table}")
        self.working: dict[str, float] = {}
        self.http = self.app.test_client()
        with self.http.session_transaction() as given:
            given["_user_id"], given["_fresh"], given["language"] = uniquifier, True, "zh_Hans_CN"

    def close(self) -> None:
        """Let go of the database."""
        with self.app.app_context():
            db.engine.dispose()

    def costs(self) -> dict[str, float]:
        """Database time of each reading and each page, in milliseconds, with as long a log as may wait for its fold."""
        with self.app.app_context():
            self._take_out_and_put_back(self._some(store_fold.LONG // 2))
            session().commit()
        found = {}
        for name, reading in READINGS.items():
            with self.app.app_context():
                found[f"reading: {name}"] = self._cost(partial(reading, self.actor))
                session().rollback()
        for rule in sorted(self.app.url_map.iter_rules(), key=str):
            path = str(rule)
            if path.startswith(("/trends", "/score")) and "GET" in (rule.methods or ()) and not rule.arguments:
                try:
                    self._work_out(path)
                    found[path] = self._cost(partial(self.http.get, path))
                except Exception as failure:  # a page that fails has no figure; the others have
                    print(f"  {path} fails: {type(failure).__name__}: {failure}", file=sys.stderr)
        return found

    def _work_out(self, path: str) -> None:
        """Have a page's heavy figures worked out, if it has any: here the queue does so within the request."""
        began = time.perf_counter()
        first = self.http.get(path)
        if b"data-refresh-seconds" in first.data:
            self.working[path] = time.perf_counter() - began

    def _cost(self, ask: Callable[[], Any]) -> float:
        said: list[tuple[str, Any]] = []

        def note(_connection: Any, _cursor: Any, statement: str, given: Any, *_rest: Any) -> None:
            if statement.lstrip().upper().startswith(("SELECT", "WITH")):
                said.append((statement, given))

        with self.app.app_context():
            engine = db.engine
        kept._answers.clear()
        event.listen(engine, "before_cursor_execute", note)
        try:
            ask()
        finally:
            event.remove(engine, "before_cursor_execute", note)
        rounds = []
        with engine.connect().execution_options(sqlite_begin="DEFERRED") as connection:
            for _ in range(ROUNDS):
                began = time.perf_counter()
                for statement, given in said:
                    connection.exec_driver_sql(statement, given).fetchall()
                rounds.append((time.perf_counter() - began) * 1000)
        return statistics.median(rounds)

    def release(self) -> tuple[float, float, float, int]:
        """What the cells add to a release, and the processor's part: a visit is taken out by hand and comes back. And
        what a fold costs for each change in a log as long as it may get, and how many those are.
        """
        with self.app.app_context():
            store_fold.fold()
            session().commit()
            times, worked = self._take_out_and_put_back(self._some(store_fold.LONG // 2))
            began = time.perf_counter()
            folded = store_fold.fold()
            session().commit()
            folding = (time.perf_counter() - began) * 1000 / folded
        return statistics.median(times), statistics.median(worked), folding, folded

    def _some(self, number: int) -> list[UUID]:
        """Visits of a few months, as they are released one after the other."""
        query = sa.select(TREND_VISIT.c.visit_id).where(TREND_VISIT.c.month >= LAST)
        found = list(session().execute(query).scalars())
        return found[:: max(1, len(found) // number)][:number]

    def _take_out_and_put_back(self, some: Sequence[UUID]) -> tuple[list[float], list[float]]:
        times, worked = [], []
        visit = SQLModel.metadata.tables["visit"]
        for visit_id in some:
            this = sa.update(visit).where(visit.c.id == visit_id)
            session().execute(this.values(state="sealed"))
            store_put.bring_up_to_date([visit_id])
            session().execute(this.values(state="released"))
            began = time.perf_counter(), time.process_time()
            store_put.bring_up_to_date([visit_id])
            times.append((time.perf_counter() - began[0]) * 1000)
            worked.append((time.process_time() - began[1]) * 1000)
            session().commit()
        return times, worked

    def verified(self) -> tuple[float, float, int]:
        """Seconds of a proof of all cells, the processor's part of them, and the differences it found."""
        with self.app.app_context():
            database.begin_reading()
            began = time.perf_counter(), time.process_time()
            proof = store_verify.verify()
            return time.perf_counter() - began[0], time.process_time() - began[1], len(proof.differences)


def _print(name: str, value: float, unit: str, **facts: Any) -> None:
    print(json.dumps({"name": name, "value": round(value, 2), "unit": unit, **facts}), flush=True)


if __name__ == "__main__":
    sys.exit(main())
