"""Whose work a corrective action is: the default at the release, and who may be given it.

By default an action of minor weight is the work of the visit's lead inspector; a heavier one of a reviewer who was not
on the visit, the one who has least of it. Nothing is given to somebody on leave, nor to somebody with a tie to the
enterprise; whoever stands in for somebody on leave gets it instead, if they may have it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from compliance.casework import cases
from compliance.checklists.rules import Severity
from compliance.corrective_actions import store as actions
from compliance.corrective_actions import store_assignment
from compliance.corrective_actions.rules import CLOSED
from compliance.corrective_actions.seen import ActionView
from compliance.people import store as people
from compliance.people import store_leaves
from compliance.people.rules import PERMITS, Actor, Role
from compliance.shared.problems import Problem, Refused
from compliance.shared.words import N_

VERIFIERS = tuple(sorted(PERMITS["action.verify"]))


@dataclass(frozen=True)
class Crew:
    """Who there is to work on the actions of a visit, read once."""

    reviewers: tuple[UUID, ...]
    able: frozenset[UUID]
    tied: frozenset[UUID]
    away: frozenset[UUID]
    standing_in: Mapping[UUID, UUID]
    load: Mapping[UUID, int]

    def here(self, person: UUID, closed: Collection[UUID]) -> UUID | None:
        """The person, or who stands in while they are away; None if that one may not have the work."""
        found = self.standing_in.get(person) if person in self.away else person
        able = found is not None and found in self.able and found not in self.tied and found not in closed
        return found if able else None


def crew(actor: Actor, enterprise_id: UUID) -> Crew:
    """Who there is to work on an enterprise's actions."""
    on = cases.today(actor)
    able = [row.id for row in people.people_with_role(actor, *VERIFIERS)]
    roles = people.roles_of(able)
    reviewers = tuple(id for id in able if Role.reviewer in roles[id])
    return Crew(
        reviewers=reviewers,
        able=frozenset(able),
        tied=people.tied_people(enterprise_id),
        away=store_leaves.away_on(actor, on),
        standing_in=store_leaves.standing_in(actor, on),
        load=store_assignment.load_of(actor, able),
    )


def default_owner(there: Crew, action: Any, inspectors: Iterable[UUID], finders: Collection[UUID]) -> UUID | None:
    """Whose work an action is by itself; None where there is nobody."""
    sent = list(inspectors)
    second = action.severity is not Severity.minor
    closed: Collection[UUID] = finders if second else ()
    wanted = [*(() if second else sent[:1]), *sorted(there.reviewers, key=lambda id: (there.load.get(id, 0), id))]
    for person in wanted:
        found = there.here(person, closed)
        if found is not None:
            return found
    return None


def assign_visit(actor: Actor, visit: Any, inspectors: Iterable[UUID], finders: Collection[UUID]) -> None:
    """Give the delivered actions of a visit that are nobody's work to those whose it is by default."""
    there = crew(actor, visit.enterprise_id)
    sent = list(inspectors)
    load = dict(there.load)
    wanted: dict[UUID, UUID] = {}
    for action in actions.of_visit(actor, visit.id):
        if action.due_on is None or action.state in CLOSED:
            continue
        now = Crew(there.reviewers, there.able, there.tied, there.away, there.standing_in, load)
        owner = default_owner(now, action, sent, finders)
        if owner is not None:
            wanted[action.id] = owner
            load[owner] = load.get(owner, 0) + 1
    if wanted:
        store_assignment.give_first(actor, wanted)


def hand_to(actor: Actor, action: ActionView, person_id: UUID, word: str = "") -> Any:
    """Give an action to somebody, or take it over.

    Who coordinates or reviews gives any action; an inspector takes over, and hands on what is theirs. Raises
    ``Refused("assign-not-yours")``, ``Problem("assign-away", "assign-nobody")``, and what ``give`` raises.
    """
    there = crew(actor, action.enterprise_id)
    owner = store_assignment.owners([action.id]).get(action.id)
    own = store_leaves.mine_and(actor, cases.today(actor))
    anyone = Role.coordinator in actor.roles or Role.reviewer in actor.roles
    taking = person_id == actor.person_id
    if not (anyone or taking or (owner is not None and owner.person_id in own)):
        raise Refused("assign-not-yours", N_("Hand on what is your own work, or take this over first."))
    if person_id not in there.able or person_id in there.tied:
        raise Problem(
            "assign-nobody", N_("Choose an inspector or reviewer without a tie to this enterprise."), field="person"
        )
    if person_id in there.away:
        raise Problem("assign-away", N_("This person is on leave. Choose somebody else."), field="person")
    return store_assignment.give(actor, action.id, person_id, word)


def offered(actor: Actor, enterprise_id: UUID | None = None) -> list[tuple[UUID, str]]:
    """Who can be given work now, by name: of an enterprise, without those who have a tie to it."""
    away = store_leaves.away_on(actor, cases.today(actor))
    tied = people.tied_people(enterprise_id) if enterprise_id else frozenset()
    there = people.people_with_role(actor, *VERIFIERS)
    return [(row.id, row.name) for row in there if row.id not in away and row.id not in tied]
