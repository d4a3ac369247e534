"""A sealed copy of a large association (``visits``) and the way back from it, on SQLite and on PostgreSQL.

Gives "backup_1m_s" (all rows copied, sealed and read once more), "restore_1m_s" (the database built beside the one in
use, every row read back, all digests compared, the trail walked and 1,000 receipts replayed), and between the two
databases "move_1m_s". The first database is built once and kept (``large``). BENCH_VISITS and BENCH_ROWS make it
smaller, BENCH_DATABASES=sqlite leaves PostgreSQL out.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from flask import Flask

from compliance.backups import copying, proving, rooms, tables
from compliance.backups.copying import address
from compliance.backups.folder import Copies
from compliance.backups.keys import Keys
from compliance.web.app import create_app
from compliance.web.settings import Settings
from tests import databases
from tests.bench.large import RECEIPTS, large
from tests.bench.visits import VISITS


def main() -> int:
    """Measure and print one JSON object a line."""
    visits = int(os.environ.get("BENCH_VISITS", VISITS))
    kinds = os.environ.get("BENCH_DATABASES", "sqlite,postgresql").split(",")
    with tempfile.TemporaryDirectory(prefix="compliance-bench-") as folder:
        instance = Path(folder)
        subprocess.run(["cp", "-R", "--reflink=auto", f"{large(visits)}/.", folder], check=True)
        app = create_app(Settings(instance=instance, queue_url="memory:"))
        keys = Keys({1: b"k" * 32})
        for kind in kinds:
            app = app if kind == "sqlite" else _moved(app, instance)
            copies = Copies(instance / kind, keys)
            began = time.perf_counter(), time.process_time()
            with copies.alone():
                made = copying.make(app, copies, _silent)
            size = sum(path.stat().st_size for path in (copies.path / made.name).iterdir())
            facts = {"n": visits, "database": kind, "rows": made.manifest.rows}
            _print("backup_1m_s", began, packed_mb=round(size / 2**20), **facts)
            with app.app_context():
                room = rooms.beside(address())
            began = time.perf_counter(), time.process_time()
            room.clear()
            proving.build(copies, made.name, made.manifest, room, _silent)
            proved = list(proving.prove(app, room.url, made.manifest.newest_line, RECEIPTS))
            _print("restore_1m_s", began, proved=len(proved), **facts)
            room.clear()
    return 0


def _moved(app: Flask, instance: Path) -> Flask:
    """The same in a PostgreSQL database."""
    target = databases.create("bench_backup")
    settings = Settings(instance=instance, queue_url="memory:", database_url=target)
    moved = create_app(settings)
    with app.app_context():
        here = address()
    with moved.app_context(), tables.reading(here) as source:
        began = time.perf_counter(), time.process_time()
        rows = proving.transfer(source, address(), _silent)
        _print("move_1m_s", began, rows=rows, database="sqlite to postgresql")
    return moved


def _silent(_what: str, _done: int, _total: int) -> None:
    """Nobody looks on."""


def _print(name: str, began: tuple[float, float], **facts: Any) -> None:
    took, worked = time.perf_counter() - began[0], time.process_time() - began[1]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    told = {"name": name, "value": round(took, 1), "unit": "s", "processor_s": round(worked, 1), "memory_mb": memory}
    print(json.dumps(told | facts), flush=True)


if __name__ == "__main__":
    sys.exit(main())
