"""Who may do what: one page of data, and the few predicates that read it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from compliance.shared.problems import Problem, Refused
from compliance.shared.words import N_


class Role(StrEnum):
    """What a person is in an association. One person may be several things; only an outsider is nothing else."""

    inspector = "inspector"
    reviewer = "reviewer"
    coordinator = "coordinator"
    leader = "leader"
    manager = "manager"
    administrator = "administrator"
    outsider = "outsider"


class TieKind(StrEnum):
    """Why a person is not a stranger to an enterprise."""

    owner = "owner"
    kin = "kin"
    competitor = "competitor"


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts in a request, job or command.

    ``enterprise_ids`` are the enterprises that the person manages, ``tied_ids`` those to which the person declared a
    tie (owner, kin, competitor): about both, the person sees only what an enterprise manager would see. So it is with
    ``branch_ids``, the branches of a headquarters that the person manages; those for which the headquarters also
    answers stand among ``enterprise_ids`` too.

    A program that holds a token (``program_id``) is nobody: it has no role and so no permit. Stores that let it read
    show it every enterprise of its association from the outside, and its token says which of them it may ask.
    """

    person_id: UUID | None
    name: str
    association_id: UUID
    roles: frozenset[Role]
    enterprise_ids: frozenset[UUID] = frozenset()
    tied_ids: frozenset[UUID] = frozenset()
    branch_ids: frozenset[UUID] = frozenset()
    address: str = ""
    language: str = "en"
    is_system: bool = field(default=False)
    program_id: UUID | None = None

    @property
    def is_program(self) -> bool:
        """Whether no person acts, but another system by its token."""
        return self.program_id is not None

    @property
    def outside_ids(self) -> frozenset[UUID]:
        """Enterprises that this person sees from the outside only: released things, in their public form."""
        return self.enterprise_ids | self.tied_ids | self.branch_ids


STAFF = frozenset({Role.inspector, Role.reviewer, Role.coordinator, Role.leader, Role.administrator})
EVERYBODY = frozenset(Role)
MEMBERS = EVERYBODY - {Role.outsider}
_I, _R, _C, _L, _M, _A, _O = (
    Role.inspector,
    Role.reviewer,
    Role.coordinator,
    Role.leader,
    Role.manager,
    Role.administrator,
    Role.outsider,
)

# The one page of permits. A verb that is missing here is refused to everybody; so is an empty set.
PERMITS: dict[str, frozenset[Role]] = {
    # own account and start page
    "account.use": EVERYBODY,
    "job.read": MEMBERS,
    "job.manage": frozenset({_A}),
    # association
    "association.edit": frozenset({_A}),
    # the one case that an outsider was invited to, and the invitation
    "case.own": frozenset({_O}),
    "outsider.invite": frozenset({_R, _C, _L}),
    # checklists
    "checklist.read": MEMBERS,
    "checklist.publish": frozenset({_A}),
    # complaints of workers: who reads and answers them, and who enters what was told by telephone or in person
    "complaint.read": frozenset({_R, _C}),
    "complaint.handle": frozenset({_R, _C}),
    "complaint.enter": frozenset({_I, _R, _C}),
    # corrective actions
    "action.agree": frozenset({_R, _C, _L}),
    "action.answer": frozenset({_M}),
    "action.comment": frozenset({_I, _R, _C, _L}),
    "action.decide": frozenset({_R, _C, _L}),
    "action.enter_for": frozenset({_I, _R, _C}),
    "action.read": MEMBERS,
    "action.assign": frozenset({_I, _R, _C}),
    "action.verify": frozenset({_I, _R}),
    # sealed cases of danger, for the named officers without a tie; and who names them
    "danger.handle": frozenset({_R, _C, _L}),
    "danger.appoint": frozenset({_A}),
    # who is drawn to be visited; and the proof of it, once the seed is revealed
    "draw.manage": frozenset({_C}),
    "draw.audit": frozenset({_L, _A}),
    # enterprises
    "enterprise.read": frozenset({_I, _R, _C, _L, _A}),
    "enterprise.edit": frozenset({_C, _A}),
    "enterprise.import": frozenset({_C, _A}),
    # taking it back shows which enterprises other records depend on, planned visits among them
    "enterprise.import_undo": frozenset({_C}),
    # two entries beside each other show how often each was visited, planned visits among them
    "enterprise.merge": frozenset({_C}),
    "enterprise.open": MEMBERS,
    "enterprise.own": frozenset({_M}),
    # what happens to a member over the years, and everything that is known about it by day
    "life.record": frozenset({_C, _A}),
    "enterprise.timeline": MEMBERS,
    # a version of the code of conduct: signed by a manager, sent out to members, followed until they have signed
    "enterprise.pledge": frozenset({_M}),
    "code.send": frozenset({_C}),
    "code.follow": frozenset({_C, _L}),
    # everything about an enterprise as one paper
    "enterprise.file": frozenset({_R, _C, _L}),
    # results of visits from before the system: who brings them along, who reads all, whose enterprise they are about
    "history.import": frozenset({_C}),
    "history.read": frozenset({_I, _R, _C, _L}),
    "history.open": frozenset({_I, _R, _C, _L, _M}),
    # photos of visits as they came, before any mark
    "evidence.original": frozenset({_R}),
    # how to put an item right, and model documents
    "howto.read": MEMBERS,
    # findings
    "finding.read": MEMBERS,
    "finding.reply": frozenset({_M}),
    "dispute.decide": frozenset({_R, _L}),
    # what workers said: who asks seals it, who reviews opens it, who asks again has the contacts, leaders get counts
    "interview.record": frozenset({_I}),
    "interview.read": frozenset({_R}),
    "interview.contact": frozenset({_C}),
    "interview.totals": frozenset({_R, _L}),
    # pay sheets: who visits enters and reads its own, who reviews opens it
    "pay.record": frozenset({_I}),
    "pay.read": frozenset({_R}),
    # leave and substitutes
    "leave.manage": frozenset({_C, _A}),
    "leave.own": STAFF,
    # letters
    "letter.read": MEMBERS,
    "letter.edit": frozenset({_R}),
    "letter.approve": frozenset({_R, _L}),
    "letter.deliver": frozenset({_I, _R, _C}),
    "letter.withdraw": frozenset({_R, _L}),
    "letter.wording": frozenset({_R, _A}),
    # the picture of the association's seal: these may look, and may be appointed its one keeper
    "seal.read": frozenset({_I, _R, _C, _L, _A}),
    "seal.keep": frozenset({_I, _R, _C, _L}),
    "seal.appoint": frozenset({_A}),
    # outgoing mail
    "mail.manage": frozenset({_A}),
    # people
    "people.manage": frozenset({_A}),
    "people.invite": frozenset({_A, _C}),
    "people.read": frozenset({_A, _C}),
    # who did what and when; sealed matters do not stand there
    "trail.read": frozenset({_A}),
    "tie.declare": STAFF,
    # tokens by which other systems read, and bring enterprises along
    "token.manage": frozenset({_A}),
    # the points of each workplace; and, without any, whether they find anything
    "risk.read": frozenset({_C}),
    "risk.judge": frozenset({_L, _C, _R}),
    # personal data: who answers for them; and who, with a second person, holds back their removal
    "privacy.manage": frozenset({_A}),
    "privacy.hold": frozenset({_A, _L}),
    # whoever passes something on writes down the ground; and reads the own entries alone
    "privacy.share": frozenset({_R, _C, _L, _A}),
    # scorecards
    "scorecard.read": MEMBERS,
    # trends
    "trends.read": frozenset({_L, _C, _R}),
    "report.make": frozenset({_L}),
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


def program_actor(association_id: UUID, token_id: UUID, name: str, address: str, language: str) -> Actor:
    """The actor of another system that holds a token."""
    return Actor(
        person_id=None,
        name=name,
        association_id=association_id,
        roles=frozenset(),
        address=address,
        language=language,
        program_id=token_id,
    )


def at_address(actor: Actor, address: str) -> Actor:
    """The same actor, acting from a network address."""
    return replace(actor, address=address)


# --- Words for roles and ties, as msgids ---

ROLE_NAMES = {
    Role.inspector: N_("Inspector"),
    Role.reviewer: N_("Reviewer"),
    Role.coordinator: N_("Coordinator"),
    Role.leader: N_("Leader"),
    Role.manager: N_("Enterprise manager"),
    Role.administrator: N_("Administrator"),
    Role.outsider: N_("Named outsider"),
}
ROLE_TASKS = {
    Role.inspector: N_("Visits workplaces, fills in the checklist and seals the visit."),
    Role.reviewer: N_("Reads sealed visits, corrects or returns them, and releases them."),
    Role.coordinator: N_("Keeps the register, plans visits and hands them out."),
    Role.leader: N_("Decides where to visit, releases results and reads the trends."),
    Role.manager: N_("Sees the own enterprise's released results, replies and sends evidence."),
    Role.administrator: N_("Manages people, settings and checklists."),
    Role.outsider: N_("Looks at one case, in the place of a second person of the association, and decides it."),
}
STANDING_ROLES = tuple(role for role in Role if role is not Role.outsider)
"""The roles that are given to people. An outsider's comes with an invitation to a case, and ends with it."""
TIE_NAMES = {
    TieKind.owner: N_("Owner or shareholder"),
    TieKind.kin: N_("Close relative works or owns there"),
    TieKind.competitor: N_("Competitor or business partner"),
}


# --- Who may change whom ---


def require_safe_roles(actor: Actor, person_id: UUID, roles: Iterable[Role], other_administrators: int) -> None:
    """Raise ``Refused`` when a change of roles would leave the association without an administrator.

    ``other_administrators`` counts the active administrators besides this person.
    """
    if Role.administrator in roles or other_administrators > 0:
        return
    raise Refused(
        "last-administrator", N_("This is the only administrator. Make somebody else one first."), field="roles"
    )


def require_standing(held: Iterable[Role], wanted: Iterable[Role]) -> None:
    """Raise ``Refused`` when an outsider would get a role of the association, or a member an outsider's."""
    if Role.outsider in {*held, *wanted} and set(held) != set(wanted):
        raise Refused(
            "outsider-roles",
            N_("A named outsider has no other role, and is invited to a case on the page of that case."),
            field="roles",
        )


def require_other(actor: Actor, person_id: UUID) -> None:
    """Raise ``Refused`` when people would close their own account."""
    if actor.person_id == person_id:
        raise Refused("own-account", N_("You cannot close your own account. Ask another administrator."))


def require_may_end_tie(actor: Actor, person_id: UUID) -> None:
    """Ending a tie opens what it closed, so that it is an administrator's act, and never about oneself."""
    if not can(actor, "people.manage"):
        raise Refused("tie-end", N_("Only an administrator ends a tie."))
    if actor.person_id == person_id:
        raise Refused("tie-end-own", N_("Another administrator has to end your own tie."))


def invitable(actor: Actor) -> tuple[Role, ...]:
    """The roles that the actor may invite people to: an administrator to all, a coordinator to field and managers."""
    if can(actor, "people.manage"):
        return STANDING_ROLES
    return (Role.inspector, Role.manager) if can(actor, "people.invite") else ()


def require_invitable(actor: Actor, roles: Iterable[Role], enterprises: int) -> None:
    """Raise ``Problem`` or ``Refused`` when the actor may not invite to these roles, or they make no sense.

    A manager is bound to at least one enterprise, and nobody else to any.
    """
    wanted = set(roles)
    if not wanted:
        raise Problem("roles-missing", N_("Choose at least one role."), field="roles")
    if not wanted <= set(invitable(actor)):
        raise Refused("roles-beyond", N_("Only an administrator gives this role."), field="roles")
    if Role.manager in wanted and not enterprises:
        raise Problem("manager-unbound", N_("A manager needs an enterprise: choose which one."), field="enterprise")
    if enterprises and Role.manager not in wanted:
        raise Problem("binding-unused", N_("Only managers are bound to an enterprise."), field="roles")


# --- Invitations ---

INVITATION_LASTS = timedelta(days=14)
WAY_BACK_LASTS = timedelta(days=1)
RESCUE_LASTS = timedelta(hours=1)


class InvitationState(StrEnum):
    """What has become of an invitation."""

    open = "open"
    used = "used"
    revoked = "revoked"
    expired = "expired"


INVITATION_WORDS = {
    InvitationState.open: N_("Still valid"),
    InvitationState.used: N_("Used"),
    InvitationState.revoked: N_("Withdrawn"),
    InvitationState.expired: N_("Expired"),
}


def invitation_state(
    used_at: datetime | None, revoked_at: datetime | None, expires_at: datetime, now: datetime
) -> InvitationState:
    """The state at ``now``. What was used stays used, whatever came later."""
    if used_at:
        return InvitationState.used
    if revoked_at:
        return InvitationState.revoked
    return InvitationState.expired if expires_at <= now else InvitationState.open


CODE_LENGTH = 16  # characters of base 32: 80 bits, beyond guessing


def code_of(typed: str) -> str:
    """A code as it is compared: capitals without separators, look-alikes set right (O to 0, I and L to 1)."""
    letters = "".join(c for c in typed.upper() if c.isalnum())
    return letters.translate(str.maketrans("OIL", "011"))[:64]


def grouped(code: str) -> str:
    """A code as it is printed: groups of four."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))
