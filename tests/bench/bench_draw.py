"""Drawing 2,000 of 150,000 workplaces: the draw itself, and apart from it, freezing the frame.

Gives "draw_150k_s" (reading the frozen frame, drawing, writing strata and drawn workplaces, in one transaction;
median), "draw_freeze_150k_s" (reading the register with its points of risk, writing the frame) and
"draw_verify_150k_s" (computing it anew). COMPLIANCE_BENCH_DATABASE names a PostgreSQL to measure there instead.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from compliance.people.rules import Actor, system_actor
from compliance.planning import store, store_drawn, store_periods, store_verify
from compliance.planning.models import DrawnWorkplace, DrawPeriod, DrawStratum
from compliance.planning.periods import PeriodState
from compliance.planning.settings import Settings as Plan
from compliance.shared.database import session
from compliance.web import upgrade
from compliance.web.app import create_app
from compliance.web.settings import Settings
from tests.bench.register import ROWS, fill_register

DRAWN, ROUNDS = 2000, 5


def main() -> int:
    """Measure and print one JSON object a line."""
    rows = int(os.environ.get("BENCH_ROWS", ROWS))
    address = os.environ.get("COMPLIANCE_BENCH_DATABASE")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(instance=Path(folder), database_url=address, queue_url="memory:")
        app = create_app(settings, TESTING=True, SECRET_KEY="bench" * 10)
        upgrade.upgrade(app)
        with app.app_context():
            actor = system_actor(fill_register(-(-rows * 20 // 19)))  # one in twenty has left
            period_id, freezing = _frozen(actor)
        drawing = [_drawn(app, actor, period_id, again=bool(n)) for n in range(ROUNDS)]
        with app.app_context():
            began = time.perf_counter()
            verdict = store_verify.verify(store.get(actor, period_id))
            verifying = time.perf_counter() - began
    _print("draw_150k_s", statistics.median(drawing), rows, drawn=verdict.drawn, strata=verdict.strata)
    _print("draw_freeze_150k_s", freezing, rows)
    _print("draw_verify_150k_s", verifying, rows)
    return 0 if verdict.equal and verdict.drawn == min(DRAWN, rows) else 1


def _frozen(actor: Actor) -> tuple[UUID, float]:
    first = store.today(actor) + timedelta(days=1)
    plan = Plan(visits=DRAWN, inspector_days=DRAWN * 2, random_share=70, complaint_share=0)
    row = store_periods.create(actor, "Bench", first, first + timedelta(days=90), plan)
    session().commit()
    period_id = row.id
    began = time.perf_counter()
    store_periods.freeze(actor, period_id)
    session().commit()
    return period_id, time.perf_counter() - began


def _drawn(app: Flask, actor: Actor, period_id: UUID, *, again: bool) -> float:
    with app.app_context():
        if again:  # set back by hand: the product draws a period once
            for table in (DrawnWorkplace, DrawStratum):
                session().execute(
                    sa.delete(table).where(sa.column("period_id", DrawStratum.period_id.type) == period_id)
                )
            session().execute(
                sa.update(DrawPeriod)
                .where(DrawPeriod.id == period_id)  # type: ignore[arg-type]
                .values(state=PeriodState.frozen, drawn_at=None)
            )
            session().commit()
        began = time.perf_counter()
        store_drawn.make(actor, period_id)
        session().commit()
        return time.perf_counter() - began


def _print(name: str, value: float, rows: int, **more: Any) -> None:
    print(json.dumps({"name": name, "value": round(value, 2), "unit": "s", "n": rows, **more}), flush=True)


if __name__ == "__main__":
    sys.exit(main())
