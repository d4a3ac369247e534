"""How long it takes to seal a full visit: scorecard, findings, corrective actions and draft letter, all committed."""

import json
import statistics
import tempfile
import time
from pathlib import Path
from uuid import UUID

from compliance.casework import sealing
from compliance.checklists.rules import FLAGS, Verdict, applicable
from compliance.shared.database import session
from compliance.visits import store as visits
from compliance.visits.rules import PROFILE, Answer, Known, Route
from compliance.web import upgrade
from compliance.web.app import create_app
from compliance.web.settings import Settings
from tests.world import World, fill

ROUNDS = 20
WARM = 3
NOTE = "Exit 3 behind the packing area was chained during work. The guard held the key; opening it took 40 seconds."


def _ready(world: World) -> tuple[UUID, int]:
    """A visit on which every item is asked and every third falls short, with nothing missing."""
    coordinator, inspector = world.actor("coordinator"), world.actor("inspector")
    visit = visits.plan(
        coordinator,
        world.workplaces[0],
        planned_for=visits.today(coordinator),
        route=Route.targeted,
        inspector_ids=[world.people["inspector"]],
    )
    visits.hand_out(coordinator, visit)
    whole = {(PROFILE, flag): True for flag in FLAGS}
    whole |= {(PROFILE, "workers"): 320, (PROFILE, "women"): 180, (PROFILE, "migrants"): 90, (PROFILE, "under_18"): 4}
    visits.record(inspector, visit, {**whole, (PROFILE, "size"): "medium"})
    pinned, profile = visits.checklist(visit), visits.profile(visit)
    answers = {}
    opened = {item.only_if.item: next(iter(sorted(item.only_if.verdicts))) for item in pinned.items if item.only_if}
    for place, item in enumerate(pinned.items):
        verdict = opened.get(item.id, Verdict.non_compliant if place % 3 == 0 else Verdict.compliant)
        short = verdict in (Verdict.non_compliant, Verdict.partial)
        answers[item.id] = Answer(
            item.id,
            verdict,
            note=NOTE if short else "",
            known_by=frozenset({Known.document}) if short else frozenset(),
            workers=12 if short else None,
        )
    asked = [answers[item.id] for item in pinned.items if applicable(item, profile, answers)]
    visits.enter_answers(inspector, visit, asked)
    closing = visits.Closing(visits.today(coordinator), "Inspector One", representative_name="Representative")
    visits.close(inspector, visit, closing)
    session().commit()
    return visit.id, len(asked)


def main() -> None:
    """Print ``seal_to_scorecard_ms``: the median of sealing such a visit, from the word to the commit."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(instance=Path(folder), database_url=f"sqlite:///{folder}/bench.db", queue_url="memory:")
        app = create_app(settings, SECRET_KEY="bench" * 10)
        upgrade.upgrade(app)
        world = fill(app)
        times, asked, found = [], 0, 0
        for turn in range(ROUNDS + WARM):
            with app.app_context():
                visit_id, asked = _ready(world)
            with app.test_request_context("/", method="POST"):
                inspector = world.actor("inspector")
                begun = time.perf_counter()
                derived = sealing.seal(inspector, visit_id)
                session().commit()
                took = (time.perf_counter() - begun) * 1000
                assert derived is not None
                found = len(derived.findings)
            if turn >= WARM:
                times.append(took)
    line = {"name": "seal_to_scorecard_ms", "value": round(statistics.median(times), 1), "unit": "ms", "n": ROUNDS}
    print(json.dumps({**line, "items": asked, "findings": found}))


if __name__ == "__main__":
    main()
