"""A stored visit of the test world, with the answers that it is scored by."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from compliance.checklists import store as checklists
from compliance.checklists.rules import Checklist, Profile, Verdict, applicable_items
from compliance.shared import audit
from compliance.shared.database import session
from compliance.visits.answers import Answer, Known
from compliance.visits.models import Visit
from compliance.visits.states import Route
from tests.world import World

PROFILE = Profile(workers=60, women=30, sector="C18", size="small")


@dataclass
class Case:
    """A visit row, its pinned checklist, its profile, and answers that start out as all well."""

    visit: Visit
    checklist: Checklist
    profile: Profile
    answers: dict[str, Answer] = field(default_factory=dict)

    def say(self, item: str, verdict: str, **changes: Any) -> "Case":
        """Answer one item."""
        known = {"known_by": frozenset({Known.document}), **changes}
        self.answers[item] = Answer(item, Verdict(verdict), **known)
        return self

    @property
    def scored(self) -> tuple[Visit, Checklist, dict[str, Answer], Profile]:
        """The arguments of `issue` and `raise_`."""
        return self.visit, self.checklist, self.answers, self.profile


def a_visit(world: World, number: int = 1, on: date = date(2026, 11, 20), place: int = 0, **profile: Any) -> Case:
    """A visit to one of the world's workplaces where everything is as it should be."""
    pinned = checklists.current(world.association_id)
    enterprise: UUID = world.enterprises[place]
    visit = Visit(
        association_id=world.association_id,
        enterprise_id=enterprise,
        workplace_id=world.workplaces[place],
        year=on.year,
        number=number,
        route=Route.random,
        planned_for=on,
        visited_on=on,
        checklist_version_id=pinned.id,
    )
    session().add(visit)
    session().flush()
    audit.record(world.system, "visit.planned", visit)
    made = checklists.load(pinned.digest)
    at = Profile(**{**PROFILE.__dict__, **profile})
    case = Case(visit, made, at)
    for _ in range(2):  # what the first answers open is answered in the second round
        for item in applicable_items(made, at, case.answers):
            case.say(item.id, "compliant")
    return case
