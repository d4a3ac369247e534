"""Visits in every state, made the way people make them: planned, handed out, answered, closed, sealed, released."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from compliance.casework import cases, release, sealing
from compliance.checklists.rules import Verdict, applicable
from compliance.people import store as people
from compliance.people.rules import Actor, Role
from compliance.referrals import store as referrals
from compliance.referrals.rules import Kind, Safe
from compliance.shared.database import session
from compliance.visits import store as visits
from compliance.visits.rules import Answer, Known, Outcome, Route
from tests.world import World

SEEN = frozenset({Known.document, Known.observation})


def answered(visit: Any, special: Mapping[str, Answer]) -> list[Answer]:
    """Every item that is asked, compliant but for ``special``."""
    checklist, profile = visits.checklist(visit), visits.profile(visit)
    given = {item.id: special.get(item.id, Answer(item.id, Verdict.compliant)) for item in checklist.items}
    return [given[item.id] for item in checklist.items if applicable(item, profile, given)]


def short(item: str, verdict: Verdict = Verdict.non_compliant, **more: Any) -> Answer:
    """An answer that is a shortfall, complete."""
    return replace(Answer(item, verdict, note=f"Seen at {item}.", known_by=SEEN), **more)


def handed_out(
    world: World,
    special: Sequence[Answer] = (),
    *,
    place: int = 0,
    inspectors: Sequence[str] = ("inspector",),
    route: Route = Route.targeted,
) -> UUID:
    """A visit with every answer in it, ready to be sealed; its id. Needs an app context."""
    coordinator = world.actor("coordinator")
    visit = visits.plan(
        coordinator,
        world.workplaces[place],
        planned_for=cases.today(coordinator),
        route=route,
        inspector_ids=[world.people[who] for who in inspectors],
    )
    visits.hand_out(coordinator, visit)
    inspector = world.actor(inspectors[0])
    visits.enter_answers(inspector, visit, answered(visit, {answer.item: answer for answer in special}))
    visits.close(
        inspector,
        visit,
        visits.Closing(
            visited_on=cases.today(coordinator), inspector_name="Inspector One", representative_name="Manager"
        ),
    )
    session().commit()
    return visit.id


def sealed(world: World, special: Sequence[Answer] = (), **more: Any) -> UUID:
    """A sealed visit, of which an officer has found that it endangers nobody; its id."""
    visit_id = handed_out(world, special, **more)
    sealing.seal(world.actor("inspector"), visit_id)
    session().commit()
    safe(world, more.get("place", 0))
    return visit_id


def released(world: World, special: Sequence[Answer] = (), **more: Any) -> UUID:
    """A released visit; its id."""
    visit_id = sealed(world, special, **more)
    release.release(world.actor("reviewer"), visit_id)
    session().commit()
    return visit_id


def alone(world: World) -> None:
    """A small association: the inspector reviews too, and nobody else is there who could."""
    for who in ("reviewer", "leader"):
        people.deactivate(world.system, people.get(world.system, world.people[who]))
    inspector = people.get(world.system, world.people["inspector"])
    people.set_roles(world.system, inspector, {Role.inspector, Role.reviewer})
    session().commit()


__all__ = ["Actor", "Outcome", "Verdict", "alone", "answered", "handed_out", "released", "sealed", "short"]


def safe(world: World, place: int = 0) -> None:
    """An officer finds that nobody is endangered if the enterprise hears of a visit; nothing without a case."""
    enterprise_id = world.enterprises[place]
    for case in referrals.listed(world.system):
        if case.enterprise_id == enterprise_id and case.cleared_at is None:
            referrals.propose(world.system, case.id, Kind.safety, Safe.out.value, "She is with her family.")
    session().commit()
