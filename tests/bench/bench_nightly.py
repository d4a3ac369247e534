"""The night of the ladder over 20,000 open actions of 5,000 visits, in a temporary SQLite database.

Gives "nightly_20k_actions_s": the first night of a database in which nothing was ever prepared, with some hundred
letters and every early step to write; and beside it the quiet night after it, in which nothing is due.
"""

import json
import os
import random
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.casework import nightly
from compliance.checklists import parse
from compliance.checklists import store as checklists
from compliance.people.rules import system_actor
from compliance.shared import clock, places
from compliance.shared.database import session
from compliance.web import upgrade
from compliance.web.app import create_app
from compliance.web.settings import Settings
from tests.bench.register import fill_register

ACTIONS = 20_000
EACH = 4
TODAY = date(2026, 11, 23)


def main() -> int:
    """Measure and print one JSON object a line."""
    actions = int(os.environ.get("BENCH_ACTIONS", ACTIONS))
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(instance=Path(folder), queue_url="memory:"), TESTING=True)
        upgrade.upgrade(app)
        with app.app_context():
            association_id = fill_register(actions // EACH)
            _fill(association_id, actions)
            first, result = _night(association_id, TODAY)
            quiet, nothing = _night(association_id, TODAY)
    if result.looked_at != actions or nothing.prepared:
        print(f"not as it should be: {result}, then {nothing}", file=sys.stderr)
        return 1
    for name, seconds, prepared in (
        ("nightly_20k_actions_s", first, result.prepared),
        ("nightly_20k_quiet_s", quiet, nothing.prepared),
    ):
        print(json.dumps({"name": name, "value": round(seconds, 2), "unit": "s", "n": actions, "prepared": prepared}))
    return 0


def _night(association_id: UUID, today: date) -> tuple[float, nightly.Result]:
    start = time.perf_counter()
    result = nightly.run(association_id, today)
    session().commit()
    return time.perf_counter() - start, result


def _fill(association_id: UUID, actions: int) -> None:
    """Released visits with a delivered, proven letter and four open actions each, due around today."""
    choose = random.Random(20261122)
    version = checklists.publish(
        system_actor(association_id), parse.parse(checklists.read_folder(places.checklists_dir()))
    )
    session().commit()
    tables = SQLModel.metadata.tables
    rows = session().execute(sa.select(tables["workplace"].c.id, tables["workplace"].c.enterprise_id)).all()
    made: dict[str, list[dict[str, Any]]] = {"visit": [], "letter": [], "letter_delivery": []}
    made |= {"finding": [], "corrective_action": []}
    for number, (workplace_id, enterprise_id) in enumerate(rows):
        seen = TODAY - timedelta(days=60)
        ours = {"association_id": association_id, "enterprise_id": enterprise_id}
        visit, letter = _id(choose), _id(choose)
        made["visit"].append(
            ours
            | {"id": visit, "workplace_id": workplace_id, "checklist_version_id": version.id, "visited_on": seen}
            | {"state": "released", "outcome": "completed", "planned_for": seen, "number": number + 1}
        )
        made["letter"].append(
            ours
            | {"id": letter, "visit_id": visit, "kind": "L2", "language": "zh_Hans_CN", "state": "issued"}
            | {"year": 2026, "running": number + 1, "number": f"示协函〔2026〕{number + 1}号", "dated": seen}
            | {"code": f"{number:012d}", "issued_at": clock.now()}
        )
        made["letter_delivery"].append(
            {"id": _id(choose), "association_id": association_id, "letter_id": letter, "way": "confirmed"}
            | {"happened_on": seen, "noted_at": clock.now()}
        )
        for place in range(EACH):
            finding, severity = _id(choose), ("critical", "major", "major", "minor")[place]
            about = {"workplace_id": workplace_id, "visit_id": visit, "item": f"WAG0{place + 1}", "area": "wages"}
            made["finding"].append(
                ours | about | {"id": finding, "severity": severity, "state": "released", "released_at": clock.now()}
            )
            made["corrective_action"].append(
                ours
                | about
                | {
                    "id": _id(choose),
                    "finding_id": finding,
                    "severity": severity,
                    "days": 30,
                    "state": "open",
                    "accountable": "-",
                }
                | {"delivered_on": seen, "proven_on": seen, "told_on": seen, "contained_on": None}
                | {"due_on": TODAY + timedelta(days=choose.randint(-3, 60)), "created_at": clock.now()}
            )
    for name, of in made.items():
        _insert(tables[name], of)
    session().commit()


def _insert(table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """With the plain defaults of the columns that a row does not name."""
    plain: dict[str, Any] = {}
    for column in table.columns:
        if column.name not in rows[0] and not column.nullable:
            plain[column.name] = _plain(column.type)
    for start in range(0, len(rows), 2000):
        session().execute(sa.insert(table), [plain | row for row in rows[start : start + 2000]])


def _plain(kind: Any) -> Any:
    """A value that says nothing, for a column of this type."""
    if isinstance(kind, sa.Enum):
        return kind.enums[0]
    kind = getattr(kind, "impl_instance", kind)
    for of, value in ((sa.JSON, []), (sa.String, ""), (sa.Boolean, False), (sa.Integer, 1)):
        if isinstance(kind, of):
            return value
    return clock.now()


def _id(choose: random.Random) -> UUID:
    return UUID(int=choose.getrandbits(128), version=4)


if __name__ == "__main__":
    sys.exit(main())
