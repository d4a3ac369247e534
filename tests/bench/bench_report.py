"""The leadership report of a year: facts, sentences, charts and the pressed PDF in one language.

Gives "report_pdf_s" (all of it, median of three) and "report_facts_s" (reading alone). BENCH_VISITS and BENCH_ROWS make
it smaller; COMPLIANCE_BENCH_DATABASE names a PostgreSQL to measure there instead.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from compliance.people.rules import system_actor
from compliance.shared import kept
from compliance.shared.database import session
from compliance.trends import report_facts, report_paper, store_verify
from compliance.trends.report_facts import Edition
from compliance.web import upgrade
from compliance.web.app import create_app
from compliance.web.settings import Settings
from tests.bench.register import ROWS
from tests.bench.visits import LAST, VISITS, fill_visits

ROUNDS = 3


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
            store_verify.rebuild([actor])
            session().commit()
            period = str(LAST.year)
            read, whole = [], []
            for place in range(ROUNDS + 1):
                kept._answers.clear()
                began = time.perf_counter()
                facts = report_facts.of(actor, period, LAST, Edition())
                seen = time.perf_counter()
                page = report_paper.html(facts, [("en", report_paper.parts_in(actor, facts, "en"))])
                pressed = report_paper.pressed(page)
                if place:  # the first one starts the press
                    read.append(seen - began)
                    whole.append(time.perf_counter() - began)
            _print("report_pdf_s", statistics.median(whole), visits, pages=pressed.pages)
            _print("report_facts_s", statistics.median(read), visits)
    return 0


def _print(name: str, value: float, n: int, **more: int) -> None:
    print(json.dumps({"name": name, "value": round(value, 2), "unit": "s", "n": n, **more}), flush=True)


if __name__ == "__main__":
    sys.exit(main())
