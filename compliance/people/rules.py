"""Who may do what: one page of data, and the few predicates that read it."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a person is in an association. One person may be several things."""

    inspector = "inspector"
    reviewer = "reviewer"
    coordinator = "coordinator"
    leader = "leader"
    manager = "manager"
    administrator = "administrator"


class TieKind(StrEnum):
    """Why a person is not a stranger to an enterprise."""

    owner = "owner"
    kin = "kin"
    competitor = "competitor"


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts in a request, job or command.

    ``enterprise_ids`` are the enterprises that the person manages, ``tied_ids`` those to which the person declared a
    tie (owner, kin, competitor): about both, the person sees only what an enterprise manager would see.
    """

    person_id: UUID | None
    name: str
    association_id: UUID
    roles: frozenset[Role]
    enterprise_ids: frozenset[UUID] = frozenset()
    tied_ids: frozenset[UUID] = frozenset()
    address: str = ""
    language: str = "en"
    is_system: bool = field(default=False)

    @property
    def outside_ids(self) -> frozenset[UUID]:
        """Enterprises that this person sees from the outside only: released things, in their public form."""
        return self.enterprise_ids | self.tied_ids


STAFF = frozenset(
    {Role.inspector, Role.reviewer, Role.coordinator, Role.leader, Role.administrator}
)
EVERYBODY = frozenset(Role)
_I, _R, _C, _L, _M, _A = (
    Role.inspector,
    Role.reviewer,
    Role.coordinator,
    Role.leader,
    Role.manager,
    Role.administrator,
)

# The one page of permits. A verb that is missing here is refused to everybody; so is an empty set.
PERMITS: dict[str, frozenset[Role]] = {
    # own account and start page
    "account.use": EVERYBODY,
    "job.read": EVERYBODY,
    # association
    "association.edit": frozenset({_A}),
    # audit trail
    "audit.read": frozenset({_A}),
    # checklists
    "checklist.read": EVERYBODY,
    "checklist.publish": frozenset({_A}),
    # corrective actions
    "action.answer": frozenset({_M}),
    "action.read": EVERYBODY,
    "action.verify": frozenset({_I, _R}),
    # enterprises
    "enterprise.read": frozenset({_I, _R, _C, _L, _A}),
    "enterprise.edit": frozenset({_C, _A}),
    "enterprise.import": frozenset({_C, _A}),
    "enterprise.own": frozenset({_M}),
    # findings
    "finding.reply": frozenset({_M}),
    "dispute.decide": frozenset({_R, _L}),
    # letters
    "letter.read": EVERYBODY,
    "letter.edit": frozenset({_R}),
    # people
    "people.manage": frozenset({_A}),
    "people.invite": frozenset({_A, _C}),
    "tie.declare": STAFF,
    # trends
    "trends.read": frozenset({_L, _C, _R}),
    # visits
    "visit.plan": frozenset({_C}),
    "visit.conduct": frozenset({_I}),
    "visit.read": frozenset({_I, _R, _C, _L}),
    "visit.review": frozenset({_R}),
    "visit.release": frozenset({_R, _L}),
    "visit.desk_entry": frozenset({_I, _C}),
}


def can(actor: Actor, verb: str) -> bool:
    """Whether one of the actor's roles carries the permit. A verb without an entry is refused."""
    return actor.is_system or not PERMITS.get(verb, frozenset()).isdisjoint(actor.roles)


def is_staff(actor: Actor) -> bool:
    """Whether the actor works for the association in any role."""
    return actor.is_system or not STAFF.isdisjoint(actor.roles)


def sees_inside(actor: Actor, enterprise_id: UUID) -> bool:
    """Whether the actor may see what the association alone knows about an enterprise."""
    return is_staff(actor) and enterprise_id not in actor.outside_ids


def sees_outside(actor: Actor, enterprise_id: UUID) -> bool:
    """Whether the actor sees an enterprise as its manager would."""
    return enterprise_id in actor.outside_ids


def system_actor(association_id: UUID, name: str = "system") -> Actor:
    """The actor of jobs and commands: everything in one association, no person."""
    return Actor(
        person_id=None,
        name=name,
        association_id=association_id,
        roles=frozenset(Role),
        address="local",
        is_system=True,
    )
