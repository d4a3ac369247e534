"""A register of 150,000 rows comes in: what a CSV file does is worked out, done, and nothing the second time.

Gives "import_150k_preview_s" and "import_150k_apply_s" (each with how often it told its progress) and
"import_150k_peak_mb" (the largest memory of the process, with all of the application in it). It is an error if the same
file would change anything the second time.
"""

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from compliance.associations.models import Association
from compliance.enterprises import store_import_writes, store_imports
from compliance.enterprises.columns import COLUMNS
from compliance.enterprises.importing import FACTS, values_of
from compliance.people.rules import system_actor
from compliance.shared import audit
from compliance.shared.database import begin_reading, begin_writing, session
from compliance.shared.spreadsheets import write_csv
from compliance.web import upgrade
from compliance.web.app import create_app
from compliance.web.settings import Settings
from tests.bench.register import ROWS, _Nobody, facts_of


def main() -> int:
    """Measure and print one JSON object a line."""
    rows = int(os.environ.get("BENCH_ROWS", ROWS))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "register.csv"
        # In a process of its own: what it needs is not what an import needs.
        subprocess.run([sys.executable, "-m", "tests.bench.bench_import", str(file), str(rows)], check=True)
        app = create_app(Settings(instance=Path(folder) / "instance", queue_url="memory:"), TESTING=True)
        upgrade.upgrade(app)
        with app.app_context():
            return measure(file.read_bytes(), rows)


def measure(data: bytes, rows: int) -> int:
    """What the two jobs of an import do, as they do it."""
    association = Association(name_en="Example Association", name_zh="示例协会", short_name_zh="示协")
    session().add(association)
    session().flush()
    audit.record(_Nobody(association.id), "association.created", association)
    actor = system_actor(association.id)
    row = store_imports.take_in(actor, data, "register.csv")
    session().commit()
    looking, steps = timed(lambda progress: store_imports.keep_look(row, store_imports.looked(actor, row, progress)))
    session().commit()
    _print("import_150k_preview_s", looking, "s", rows, steps=steps)

    def work(progress: Callable[[int, int], None]) -> None:
        begin_reading()
        prepared = store_import_writes.prepare(actor, row, progress)
        begin_writing()
        store_import_writes.apply(actor, row, progress, prepared)
        session().commit()

    writing, steps = timed(work)
    _print("import_150k_apply_s", writing, "s", rows, steps=steps)
    again = store_imports.look_at(actor, data, "register.csv")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _print("import_150k_peak_mb", round(peak), "MB", rows)
    same = again.outcome["unchanged"] == rows and row.outcome["new"] == rows
    if not same:
        print(f"not what is expected: {row.outcome}, then {again.outcome}", file=sys.stderr)
    return 0 if same else 1


def timed(work: Callable[[Callable[[int, int], None]], Any]) -> tuple[float, int]:
    """Seconds, and how often it said how far it is."""
    told: list[tuple[int, int]] = []
    start = time.perf_counter()
    work(lambda done, total: told.append((done, total)))
    return round(time.perf_counter() - start, 1), len(told)


def write_file(path: Path, rows: int) -> None:
    """A spreadsheet of invented enterprises, the same ones every time."""
    choose = random.Random(20261121)

    def lines() -> Any:
        for number in range(rows):
            yield [str(getattr(fact, "value", fact) or "") for fact in values_of(facts_of(number, choose))]

    headers = {name: names[0] for name, names in COLUMNS.items()}
    path.write_bytes(write_csv([headers[name] for name in FACTS], lines()))


def _print(name: str, value: float, unit: str, n: int, **facts: int) -> None:
    print(json.dumps({"name": name, "value": value, "unit": unit, "n": n, **facts}))


if __name__ == "__main__":
    if len(sys.argv) == 3:
        write_file(Path(sys.argv[1]), int(sys.argv[2]))
    else:
        sys.exit(main())
