"""Bringing along the past of a city: 6,399 workplaces, 14,233 visits and 39,006 findings from three files.

Gives "import_history_sf_s": from the confirmation until the job is done and committed. The files lie beside the project
in ../shared/data; without them nothing is measured. COMPLIANCE_BENCH_DATABASE names a PostgreSQL to measure there
instead.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path

from compliance.history import jobs as work
from compliance.history import mapping as mappings
from compliance.history import store_imports
from compliance.people.rules import system_actor
from compliance.shared import jobs
from compliance.shared.database import session
from compliance.web import upgrade
from compliance.web.app import create_app
from compliance.web.settings import Settings
from tests.world import fill

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
FILES = ("sf_businesses.csv", "sf_inspections.csv", "sf_violations.csv")
EXPECTED = {"places": 6399, "visits": 14233, "findings": 39006}


def main() -> int:
    """Measure and print one JSON object a line."""
    if not all((DATA / name).exists() for name in FILES):
        print(f"import_history_sf_s: not measured, {DATA} does not hold {', '.join(FILES)}", file=sys.stderr)
        return 0
    assert work
    with tempfile.TemporaryDirectory() as folder:
        address = os.environ.get("COMPLIANCE_BENCH_DATABASE")
        settings = Settings(instance=Path(folder), database_url=address, queue_url="memory:")
        app = create_app(settings, TESTING=True, SECRET_KEY="bench" * 10)
        upgrade.upgrade(app)
        world = fill(app)
        with app.app_context():
            actor = system_actor(world.association_id)
            mapping = mappings.from_file((ROOT / "tests" / "history" / "sf.yaml").read_bytes())
            began = time.perf_counter()
            row = store_imports.look_at(actor, [(name, (DATA / name).read_bytes()) for name in FILES], mapping)
            session().commit()
            looking = time.perf_counter() - began
            began = time.perf_counter()
            confirmed = store_imports.confirm(actor, row, "past visits")
            session().commit()  # the queue in memory does the job at once
            took = time.perf_counter() - began
            assert confirmed.job_id is not None
            job = session().get_one(jobs.Job, confirmed.job_id)
            assert job.state is jobs.JobState.done, job.problem
            counts = {name: job.result[name] for name in EXPECTED}
    assert counts == EXPECTED, counts
    print(f"  looking at the files took {looking:.1f} s", file=sys.stderr)
    whole = sum(EXPECTED.values())
    print(json.dumps({"name": "import_history_sf_s", "value": round(took, 2), "unit": "s", "n": whole}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
