"""A register of 150,000 rows comes in: what a file does is worked out, done, and nothing the second time.

Gives "import_150k_preview_s" and "import_150k_apply_s" (each with how often it told its progress) and
"import_150k_peak_mb" (the largest memory of the process, with all of the application in it) for a CSV file, and for a
workbook "import_150k_xlsx_preview_s", "import_150k_xlsx_apply_s" and "import_150k_xlsx_peak_mb". It is an error
if the same file would change anything the second time.
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
from compliance.shared.spreadsheets import write_csv, write_xlsx
from compliance.web import upgrade
from compliance.web.app import create_app
from compliance.web.settings import Settings
from tests.bench.register import ROWS, _Nobody, facts_of


def main() -> int:
    """Measure and print one JSON object a line, each kind of file in a process of its own."""
    rows = int(os.environ.get("BENCH_ROWS", ROWS))
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in ("register.csv", "register.xlsx"):
            for step in ("write", "read"):
                command = [sys.executable, "-m", "tests.bench.bench_import", step, str(Path(folder) / name), str(rows)]
                failed |= subprocess.run(command).returncode
    return failed


def read_file(path: Path, rows: int) -> int:
    """Take a file in, in a system of its own."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(instance=Path(folder), queue_url="memory:"), TESTING=True)
        upgrade.upgrade(app)
        with app.app_context():
            return measure(path.read_bytes(), path.name, rows)


def measure(data: bytes, name: str, rows: int) -> int:
    """What the two jobs of an import do, as they do it."""
    kind = "" if name.endswith("csv") else "xlsx_"
    association = Association(name_en="Example Association", name_zh="示例协会", short_name_zh="示协")
    session().add(association)
    session().flush()
    audit.record(_Nobody(association.id), "association.created", association)
    actor = system_actor(association.id)
    row = store_imports.take_in(actor, data, name)
    session().commit()
    looking, steps = timed(lambda progress: store_imports.keep_look(row, store_imports.looked(actor, row, progress)))
    session().commit()
    _print(f"import_150k_{kind}preview_s", looking, "s", rows, steps=steps)

    def work(progress: Callable[[int, int], None]) -> None:
        begin_reading()
        prepared = store_import_writes.prepare(actor, row, progress)
        begin_writing()
        store_import_writes.apply(actor, row, progress, prepared)
        session().commit()

    writing, steps = timed(work)
    _print(f"import_150k_{kind}apply_s", writing, "s", rows, steps=steps)
    again = store_imports.look_at(actor, data, name)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _print(f"import_150k_{kind}peak_mb", round(peak), "MB", rows)
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
    write = write_csv if path.suffix == ".csv" else write_xlsx
    path.write_bytes(write([headers[name] for name in FACTS], lines()))


def _print(name: str, value: float, unit: str, n: int, **facts: int) -> None:
    print(json.dumps({"name": name, "value": value, "unit": unit, "n": n, **facts}))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["write", path, rows]:
            write_file(Path(path), int(rows))
        case ["read", path, rows]:
            sys.exit(read_file(Path(path), int(rows)))
        case _:
            sys.exit(main())
