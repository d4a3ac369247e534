"""How long the server works on the page of one checklist area: the fullest one, of a visit with most answers given."""

import json
import statistics
import tempfile
import time
from pathlib import Path

from compliance.checklists.rules import Verdict
from compliance.shared.database import session
from compliance.visits import store
from compliance.visits.rules import Route
from compliance.web import upgrade
from compliance.web.app import create_app
from compliance.web.settings import Settings
from tests.world import fill

ROUNDS = 60
NOTE = "Exit 3 behind the packing area was chained during work. The guard held the key; opening it took 40 seconds."


def main() -> None:
    """Print ``page_checklist_ms``: median of one area's page as its inspector loads it."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(instance=Path(folder), database_url=f"sqlite:///{folder}/bench.db", queue_url="memory:")
        app = create_app(settings, SECRET_KEY="bench" * 10)
        upgrade.upgrade(app)
        world = fill(app)
        with app.test_request_context("/", method="POST"):
            coordinator = world.actor("coordinator")
            visit = store.plan(
                coordinator,
                world.workplaces[0],
                planned_for=store.today(coordinator),
                route=Route.targeted,
                inspector_ids=[world.people["inspector"]],
            )
            store.hand_out(coordinator, visit)
            pinned = store.checklist(visit)
            values = {}
            for place, item in enumerate(pinned.items):
                verdict = (Verdict.compliant, Verdict.compliant, Verdict.non_compliant)[place % 3]
                values[(item.id, "verdict")] = verdict.value
                if verdict is Verdict.non_compliant:
                    values |= {(item.id, "note"): NOTE, (item.id, "known:document"): True, (item.id, "workers"): 12}
            store.record(world.actor("inspector"), visit, values)
            session().commit()
            fullest = max(pinned.areas, key=lambda area: len(area.items)).id
            address = f"/visits/{visit.id}/areas/{fullest}"
        client = app.test_client()
        with client.session_transaction() as kept:
            kept["_user_id"], kept["_fresh"] = world.uniquifiers["inspector"], True
        times = []
        for turn in range(ROUNDS + 5):
            begun = time.perf_counter()
            answer = client.get(address)
            took = (time.perf_counter() - begun) * 1000
            assert answer.status_code == 200, answer.status
            if turn >= 5:
                times.append(took)
    print(
        json.dumps(
            {"name": "page_checklist_ms", "value": round(statistics.median(times), 1), "unit": "ms", "n": ROUNDS}
        )
    )


if __name__ == "__main__":
    main()
