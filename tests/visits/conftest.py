"""Visits of the shared world: planned, handed out, filled in."""

from collections.abc import Callable
from typing import Any

import pytest

from compliance.checklists.rules import Verdict, applicable
from compliance.shared.database import session
from compliance.visits import store
from compliance.visits.models import Visit
from compliance.visits.rules import Answer, Route


@pytest.fixture
def office(world) -> Any:
    """What people of the world do with visits. Needs an app context around it."""
    return Office(world)


class Office:
    """Short words for the moves of a visit."""

    def __init__(self, world: Any) -> None:
        self.world = world

    def actor(self, who: str) -> Any:
        return self.world.actor(who)

    def planned(self, place: int = 0, *inspectors: str, **given: Any) -> Visit:
        coordinator = self.actor("coordinator")
        return store.plan(
            coordinator,
            self.world.workplaces[place],
            **{
                "planned_for": store.today(coordinator),
                "route": Route.targeted,
                "inspector_ids": [self.world.people[who] for who in inspectors or ("inspector",)],
                **given,
            },
        )

    def handed_out(self, place: int = 0, *inspectors: str) -> Visit:
        return store.hand_out(self.actor("coordinator"), self.planned(place, *inspectors))

    def complete(self, visit: Visit, who: str = "inspector") -> Visit:
        """Everything in order and signed: ready for the seal."""
        inspector = self.actor(who)
        pinned, profile = store.checklist(visit), store.profile(visit)
        store.enter_answers(
            inspector,
            visit,
            [Answer(item.id, Verdict.compliant) for item in pinned.items if applicable(item, profile, {})],
        )
        opened = store.answers(visit)
        later = [i for i in pinned.items if applicable(i, profile, opened.answers) and i.id not in opened.answers]
        store.enter_answers(inspector, visit, [Answer(item.id, Verdict.compliant) for item in later])
        store.close(
            inspector,
            visit,
            store.Closing(store.today(inspector), "Li Na", representative_name="Zhang Wei", remark="We will repair."),
        )
        return visit

    def sealed(self, place: int = 0) -> Visit:
        return store.seal(self.actor("inspector"), self.complete(self.handed_out(place)))


@pytest.fixture
def handed_out(app, world) -> Callable[..., Any]:
    """``handed_out()`` makes a visit for page tests, commits it, and gives its id."""

    def make(place: int = 0, *inspectors: str, complete: bool = False, sealed: bool = False) -> Any:
        with app.test_request_context("/", method="POST"):
            office = Office(world)
            visit = office.handed_out(place, *inspectors)
            if complete or sealed:
                office.complete(visit)
            if sealed:
                store.seal(office.actor("inspector"), visit)
            session().commit()
            return visit.id

    return make
