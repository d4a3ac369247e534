"""The register of 150,000 enterprises: server time of its pages, and that more rows cost no more statements.

Gives "page_150k_ms" (the median over searches, sorts, filters and a deep page) and "page_150k_queries" (statements of
one page; it is an error if the small register needs another number).
"""

import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from compliance.people import store as people
from compliance.people.rules import Role, system_actor
from compliance.shared.database import db, session
from compliance.web import upgrade
from compliance.web.app import create_app
from compliance.web.settings import Settings
from tests.bench.register import ROWS, fill_register

ROUNDS = 5
PAGES: dict[str, dict[str, Any]] = {
    "first page": {},
    "one character": {"q": "衣"},
    "another character": {"q": "龙"},
    "two characters, nothing found": {"q": "衣服"},
    "initials": {"q": "kmsl"},
    "pinyin": {"q": "hengtaizhiyi"},
    "part of the code": {"q": "00123"},
    "pinyin and characters": {"q": "hengtai 制衣"},
    "Latin name": {"q": "example 1234"},
    "sorted by workers": {"sort": "-workers"},
    "sorted by sector": {"sort": "sector"},
    "sorted by district, middle page": {"sort": "district", "page": 1500},
    "filter sector and size": {"sector": "C18", "size": "small"},
    "filter district and status": {"district": "530100", "status": "active"},
    "filter, sorted": {"sector": "C18", "sort": "-workers"},
    "filter, search, sorted": {"sector": "C18", "q": "制衣", "sort": "workers"},
    "deep page": {"page": 2990},
    "filter, deep page": {"status": "active", "page": 2500},
}


def main() -> int:
    """Measure and print one JSON object a line."""
    rows = int(os.environ.get("BENCH_ROWS", ROWS))
    with tempfile.TemporaryDirectory() as folder:
        few = Register(Path(folder) / "few", min(rows, 150))
        many = Register(Path(folder) / "many", rows)
        needed = {name: (few.statements(_within(query)), many.statements(query)) for name, query in PAGES.items()}
        medians = {name: many.milliseconds(query) for name, query in PAGES.items()}
    for name, median in medians.items():
        print(f"  {name}: {median:.1f} ms, statements {needed[name]}", file=sys.stderr)
    worst = max(both[1] for both in needed.values())
    _print("page_150k_ms", round(statistics.median(medians.values()), 1), "ms", rows)
    slowest = max(medians, key=lambda name: medians[name])
    _print("page_150k_worst_ms", round(medians[slowest], 1), "ms", rows, page=slowest)
    _print("page_150k_queries", worst, "statements", rows)
    differing = {name: both for name, both in needed.items() if both[0] != both[1]}
    if differing:
        print(f"more rows need more statements: {differing}", file=sys.stderr)
    return 1 if differing else 0


def _within(query: dict[str, Any]) -> dict[str, Any]:
    """The same list in the small register, which has three pages."""
    return query | {"page": min(query["page"], 2)} if "page" in query else query


def sign_in(http: FlaskClient, uniquifier: str) -> None:
    """Make the client the person's, who reads Chinese."""
    with http.session_transaction() as kept:
        kept["_user_id"], kept["_fresh"], kept["language"] = uniquifier, True, "zh_Hans_CN"


class Register:
    """An application on a generated register, and a signed-in coordinator."""

    def __init__(self, instance: Path, rows: int) -> None:
        self.app: Flask = create_app(Settings(instance=instance, queue_url="memory:"), TESTING=True)
        upgrade.upgrade(self.app)
        with self.app.app_context():
            association_id = fill_register(rows)
            person = people.create_person(
                system_actor(association_id), "Coordinator", "coordinator", "plum-Ferry-71-oak", {Role.coordinator}
            )
            session().commit()
            self.uniquifier = person.fs_uniquifier
        self.http = self.app.test_client()
        sign_in(self.http, self.uniquifier)

    def load(self, query: dict[str, Any]) -> None:
        answer = self.http.get("/register/", query_string=query)
        if answer.status_code != 200:
            raise SystemExit(f"the register answers {answer.status_code}")

    def milliseconds(self, query: dict[str, Any]) -> float:
        self.load(query)
        times = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            self.load(query)
            times.append((time.perf_counter() - start) * 1000)
        return statistics.median(times)

    def statements(self, query: dict[str, Any]) -> int:
        self.load(query)
        said: list[str] = []
        with self.app.app_context():
            engine = db.engine

        def note(*given: Any) -> None:
            said.append(given[2])

        event.listen(engine, "before_cursor_execute", note)
        try:
            self.load(query)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(said)


def _print(name: str, value: float, unit: str, n: int, **facts: str) -> None:
    print(json.dumps({"name": name, "value": value, "unit": unit, "n": n, **facts}))


if __name__ == "__main__":
    sys.exit(main())
