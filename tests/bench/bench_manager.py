"""Server time of a manager's start page, on the demo's enterprise with several visits and thirty actions:
"manager_page_ms".
"""

import json
import statistics
import tempfile
import time
from pathlib import Path

from sqlalchemy import func, select
from sqlmodel import col

from compliance.corrective_actions.models import CorrectiveAction
from compliance.demo import filling
from compliance.shared.database import session
from compliance.web.app import create_app
from compliance.web.run import spare_the_collector
from compliance.web.settings import Settings
from compliance.web.upgrade import upgrade
from tests.bench.bench_pages import visitors

ROUNDS = 40


def main() -> None:
    """Fill a demo, sign in as the manager, open the start page again and again."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(instance=Path(folder)), TESTING=True)
        upgrade(app)
        with app.app_context():
            filling.fill(app)
            most = session().execute(
                select(func.count(), func.count(func.distinct(col(CorrectiveAction.visit_id))))
                .where(col(CorrectiveAction.delivered_on).is_not(None))
                .group_by(col(CorrectiveAction.enterprise_id))
                .order_by(func.count().desc())
            )
            actions, visits = most.first()
        spare_the_collector()  # as in a process that serves
        manager = next(http for who, http in visitors(app) if who == "manager")
        taken = [one(manager) for _ in range(ROUNDS + 3)][3:]
    figure = {"name": "manager_page_ms", "value": round(statistics.median(taken), 1), "unit": "ms", "n": ROUNDS}
    print(json.dumps({**figure, "actions": actions, "visits": visits}))


def one(http) -> float:
    """Milliseconds of the start page."""
    began = time.perf_counter()
    answer = http.get("/own/")
    answer.get_data()
    assert answer.status_code == 200
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
