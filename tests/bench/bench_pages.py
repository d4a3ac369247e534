"""Server time of the pages that people open all day, on the demo: "page_demo_ms", "page_demo_worst_ms".

"page_trends_afresh_ms": the trends right after something was written, which nothing is kept for.
"""

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from sqlmodel import select

from compliance.associations.models import Association
from compliance.demo import filling
from compliance.people.rules import system_actor
from compliance.shared import audit
from compliance.shared.database import session
from compliance.web.app import create_app
from compliance.web.run import spare_the_collector
from compliance.web.settings import Settings
from compliance.web.upgrade import upgrade
from tests.manners import parse

ROUNDS = 15
WHO = ["inspector", "reviewer", "coordinator", "leader", "administrator", "manager"]
MOST_LINKS = 12
LIMIT = 30  # milliseconds, for each page


def main() -> None:
    """Fill a demo, walk from each person's menu one link deep, time every page."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(instance=Path(folder)), TESTING=True)
        upgrade(app)
        with app.app_context():
            filling.fill(app)
        spare_the_collector()  # as in a process that serves
        pages = [(who, http, path) for who, http in visitors(app) for path in addresses(http)]
        times = {f"{who} {path}": [] for who, _http, path in pages}
        # Round by round, not page by page: a second in which the machine is slow does not fall on one page alone.
        for _ in range(ROUNDS):
            for who, http, path in pages:
                began = time.perf_counter()
                http.get(path).get_data()
                times[f"{who} {path}"].append((time.perf_counter() - began) * 1000)
        leader = next(http for who, http, _path in pages if who == "leader")
        afresh = [after_a_write(app, leader, "/trends/") for _ in range(ROUNDS)]
    medians = {page: statistics.median(taken) for page, taken in times.items()}
    worst = max(medians, key=lambda page: medians[page])
    over_limit = [page for page in medians if medians[page] > LIMIT]
    for page in sorted(over_limit, key=lambda page: -medians[page]):
        print(f"over {LIMIT} ms: {medians[page]:.1f} {page}", file=sys.stderr)
    count = ROUNDS * len(medians)
    print(
        json.dumps(
            {"name": "page_demo_ms", "value": round(statistics.median(medians.values()), 1), "unit": "ms", "n": count}
        )
    )
    print(
        json.dumps(
            {"name": "page_trends_afresh_ms", "value": round(statistics.median(afresh), 1), "unit": "ms", "n": ROUNDS}
        )
    )
    print(
        json.dumps(
            {
                "name": "page_demo_worst_ms",
                "value": round(medians[worst], 1),
                "unit": "ms",
                "n": ROUNDS,
                "page": worst.split("?")[0],
                "over_limit": len(over_limit),
            }
        )
    )


def after_a_write(app, http, path) -> float:
    """Milliseconds of a page after a line of the audit trail."""
    with app.app_context():
        audit.record(system_actor(session().exec(select(Association.id)).first()), "bench.written")
        session().commit()
    began = time.perf_counter()
    http.get(path).get_data()
    return (time.perf_counter() - began) * 1000


def visitors(app):
    """One signed-in client for each role."""
    for who in WHO:
        http = app.test_client()
        page = parse(http.get("/sign-in").text)
        csrf = next(e.get("value") for e in page.iter("input") if e.get("name") == "csrf_token")
        http.post("/sign-in", data={"identity": who, "password": filling.password(who), "csrf_token": csrf})
        yield who, http


def addresses(http) -> list[str]:
    """The pages of a person's menu and some links from each."""
    start = parse(http.get("/", follow_redirects=True).text)
    menu = [a.get("href") for nav in start.iter("nav") if nav.get("class") == "menu" for a in nav.iter("a")]
    found = list(dict.fromkeys(menu))
    for path in menu:
        page = http.get(path, follow_redirects=True)
        inside = next(e for e in parse(page.text).iter("main"))
        links = [a.get("href") for a in inside.iter("a") if (a.get("href") or "").startswith("/")]
        for link in list(dict.fromkeys(links))[:MOST_LINKS]:
            answer = http.get(link)
            if link not in found and answer.status_code == 200 and answer.mimetype == "text/html":
                found.append(link)
    return found


if __name__ == "__main__":
    main()
