"""The register of 150,000 enterprises as a file: how long until it is whole, and the memory that it needs.

Gives "export_150k_csv_s", "export_150k_xlsx_s" (from the request to the last byte) and "export_150k_peak_mb" (by how
much the worse of the two makes a fresh process larger than a page does; it is an error beyond ``MOST_MB``).
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from compliance.web.app import create_app
from compliance.web.settings import Settings
from tests.bench.bench_register import Register, sign_in
from tests.bench.register import ROWS

MOST_MB = 100


def main() -> int:
    """Measure and print one JSON object a line."""
    rows = int(os.environ.get("BENCH_ROWS", ROWS))
    with tempfile.TemporaryDirectory() as folder:
        made = Register(Path(folder), rows)
        # What filling the register needed is not what an export needs.
        again = [sys.executable, "-m", "tests.bench.bench_export", folder, made.uniquifier, str(rows)]
        return subprocess.run(again, check=False).returncode


def _measured(instance: Path, uniquifier: str, rows: int) -> int:
    http = create_app(Settings(instance=instance, queue_url="memory:"), TESTING=True).test_client()
    sign_in(http, uniquifier)
    http.get("/register/")  # what every page needs
    before = _peak()
    for kind in ("csv", "xlsx"):
        start = time.perf_counter()
        answer = http.get(f"/register/download.{kind}", query_string={"status": ""}, buffered=False)
        if answer.status_code != 200:
            raise SystemExit(f"the export answers {answer.status_code}")
        sent = sum(len(block) for block in answer.response)
        took = time.perf_counter() - start
        print(json.dumps({"name": f"export_150k_{kind}_s", "value": round(took, 1), "unit": "s", "n": rows,
                          "megabytes": round(sent / 2**20, 1)}), flush=True)  # fmt: skip
    grown = _peak() - before
    print(json.dumps({"name": "export_150k_peak_mb", "value": round(grown, 1), "unit": "MB", "n": rows}), flush=True)
    return 1 if grown > MOST_MB else 0


def _peak() -> float:
    """The most that this process held at once, in megabytes (``getrusage`` would count its parent's as well)."""
    held = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert held
    return int(held[1]) / 1024


if __name__ == "__main__":
    sys.exit(_measured(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])) if len(sys.argv) > 3 else main())
