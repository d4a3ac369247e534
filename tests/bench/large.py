"""The large association on SQLite, built once and kept: under ``build/``, which ``make clean`` removes."""

import hashlib
import os
import shutil
from pathlib import Path

from compliance.people.rules import system_actor
from compliance.shared.database import db, session
from compliance.trends import store_verify
from compliance.web import upgrade
from compliance.web.app import create_app
from compliance.web.settings import Settings
from tests.bench import receipts, register, visits

KEPT = Path(__file__).parents[2] / "build" / "bench"
RECEIPTS = 1000


def large(number: int) -> Path:
    """The folder of an instance with so many visits, figures of the trends and true receipts. Only to be copied."""
    rows = int(os.environ.get("BENCH_ROWS", register.ROWS))
    made_by = b"".join(Path(str(module.__file__)).read_bytes() for module in (register, visits, receipts))
    digest = hashlib.sha256(made_by + upgrade.newest().encode()).hexdigest()[:12]
    kept = KEPT / f"large-{number}-{rows}-{digest}"
    if not kept.exists():
        for older in KEPT.glob(f"large-{number}-{rows}-*"):
            shutil.rmtree(older)
        unfinished = KEPT / f"unfinished-{os.getpid()}"
        _build(unfinished, number, rows)
        unfinished.rename(kept)
    return kept


def _build(instance: Path, number: int, rows: int) -> None:
    instance.mkdir(parents=True)
    app = create_app(Settings(instance=instance, queue_url="memory:"))
    upgrade.upgrade(app)
    with app.app_context():
        association_id = visits.fill_visits(number, rows)
        receipts.issue_receipts(RECEIPTS)
        store_verify.rebuild([system_actor(association_id)])
        session().commit()
        session().connection().exec_driver_sql("COMMIT")
        session().connection().exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        session().close()
        db.engine.dispose()
