"""The risk score of 150,000 workplaces with 200,000 visits behind them, and the benchmarks of a quarter.

Gives "risk_points_150k_s" (the points of everybody, as a draw takes them), "risk_one_ms" (one workplace with its
reasons; median), "risk_judged_s" (how well the score does) and "benchmark_quarter_s" (one quarter worked out and
kept). COMPLIANCE_BENCH_DATABASE names a PostgreSQL to measure there instead.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import sqlalchemy as sa

from compliance.people.rules import system_actor
from compliance.planning import store_risk, store_risk_quality
from compliance.shared.database import session
from compliance.trends import store_benchmarks
from compliance.web import upgrade
from compliance.web.app import create_app
from compliance.web.settings import Settings
from tests.bench.register import ROWS
from tests.bench.visits import LAST, fill_visits

VISITS = 200_000
DAY = LAST + timedelta(days=2)
"""Everything is released by then."""


def main() -> int:
    """Measure and print one JSON object a line."""
    rows, visits = int(os.environ.get("BENCH_ROWS", ROWS)), int(os.environ.get("BENCH_VISITS", VISITS))
    address = os.environ.get("COMPLIANCE_BENCH_DATABASE")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(instance=Path(folder), database_url=address, queue_url="memory:")
        app = create_app(settings, TESTING=True, SECRET_KEY="bench" * 10)
        upgrade.upgrade(app)
        with app.app_context():
            actor = system_actor(fill_visits(visits, rows))
            drawn = sa.text("UPDATE visit SET inclusion_probability = 0.5 WHERE route = 'random'")
            session().connection().execute(drawn)
            session().commit()
            began = time.perf_counter()
            points = store_risk.points_of(actor, DAY)
            _print("risk_points_150k_s", time.perf_counter() - began, len(points), visits=visits)
            one = []
            for workplace_id in list(points)[:20]:
                began = time.perf_counter()
                store_risk.score(actor, workplace_id, DAY)
                one.append(1000 * (time.perf_counter() - began))
            _print("risk_one_ms", statistics.median(one), len(points), unit="ms")
            began = time.perf_counter()
            store_risk_quality.judged(actor, DAY)
            _print("risk_judged_s", time.perf_counter() - began, len(points))
            began = time.perf_counter()
            done = store_benchmarks.freeze(actor, date(2027, 1, 2))
            session().commit()
            _print("benchmark_quarter_s", (time.perf_counter() - began) / max(1, done), done)
    return 0


def _print(name: str, value: float, n: int, unit: str = "s", **more: int) -> None:
    print(json.dumps({"name": name, "value": round(value, 2), "unit": unit, "n": n, **more}), flush=True)


if __name__ == "__main__":
    sys.exit(main())
