"""Named outsiders for tests: invited by somebody, their code used, the case declared."""

from typing import Any
from uuid import UUID

from compliance.casework import outsiders
from compliance.people import store as people
from compliance.people import store_invitations as invitations
from compliance.people.rules import Actor
from compliance.shared.database import session
from tests.world import World

NAMED = {
    "name": "Rita Example 李律师",
    "organisation": "Example Law Office 示例律师事务所",
    "bound_by": "Signed undertaking of today",
    "reason": "Everybody here was on the visit.",
}


def invited(world: World, visit_id: UUID, finding_id: UUID | None = None, by: str = "inspector") -> tuple[Any, str]:
    """(the pass, the code). Needs an app context."""
    row, code = outsiders.invite(world.actor(by), visit_id, finding_id, **NAMED)
    session().commit()
    return row, code


def signed_up(world: World, code: str, username: str = "rita") -> Actor:
    """The outsider with an account; the world knows them by this user name."""
    person = invitations.accept(world.system, invitations.open_by_code(code), username, "hash", "Somebody Else")
    session().commit()
    world.people[username], world.uniquifiers[username] = person.id, person.fs_uniquifier
    return people.actor_of(person.id, "127.0.0.1", "en")


def declared(world: World, visit_id: UUID, finding_id: UUID | None = None, by: str = "inspector") -> Actor:
    """An outsider to whom the case is open."""
    _row, code = invited(world, visit_id, finding_id, by)
    actor = signed_up(world, code)
    outsiders.accept(actor)
    session().commit()
    return actor
