"""Reading and writing invitations: the single-use way in for a new person, or back in for one who is locked out."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col, select

from compliance.people import identity, rules, store
from compliance.people.models import Invitation, User
from compliance.people.rules import Actor, InvitationState, Role
from compliance.shared import clock, ids
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Refused
from compliance.shared.words import N_


def invite(
    actor: Actor,
    name: str,
    roles: Iterable[Role],
    enterprise_ids: Sequence[UUID] = (),
    email: str | None = None,
) -> tuple[Invitation, str]:
    """A new invitation and its code, which is kept nowhere. The enterprises are within the actor's scope.

    Raises ``Problem`` or ``Refused`` when the actor may not give these roles.
    """
    wanted = [role for role in Role if role in set(roles)]
    rules.require_invitable(actor, wanted, len(enterprise_ids))
    code = ids.short_code(rules.CODE_LENGTH)
    row = Invitation(
        association_id=actor.association_id,
        name=identity.name_of(name),
        email=identity.email_of(email) if email else None,
        roles=[role.value for role in wanted],
        enterprise_ids=[str(enterprise_id) for enterprise_id in dict.fromkeys(enterprise_ids)],
        expires_at=clock.now() + rules.INVITATION_LASTS,
        created_by=actor.person_id,
        created_at=clock.now(),
        code_digest=digest(code),
    )
    return _keep(actor, row), code


def invite_outsider(actor: Actor, name: str, expires_at: datetime) -> tuple[Invitation, str]:
    """An invitation of a named outsider to one case, and its code. The caller keeps which case, and has found that it
    may be opened to somebody from outside. Raises ``Refused`` without the permit.
    """
    if not rules.can(actor, "outsider.invite"):
        raise Refused("outsider-invite", N_("Only a reviewer, a leader or a coordinator invites an outsider."))
    code = ids.short_code(rules.CODE_LENGTH)
    row = Invitation(
        association_id=actor.association_id,
        name=identity.name_of(name),
        roles=[Role.outsider.value],
        expires_at=expires_at,
        created_by=actor.person_id,
        created_at=clock.now(),
        code_digest=digest(code),
    )
    return _keep(actor, row), code


def way_back(actor: Actor, person: User, lasts: timedelta = rules.WAY_BACK_LASTS) -> tuple[Invitation, str]:
    """A code by which a person who is locked out chooses a new password. Earlier ones of theirs stop working.

    Raises ``Refused`` for a named outsider, so that nobody of the association gets into that account.
    """
    if Role.outsider in store.roles_of([person.id])[person.id]:
        raise Refused("outsider-way-back", N_("A named outsider who is locked out is invited to the case anew."))
    query = select(Invitation).where(Invitation.person_id == person.id, col(Invitation.used_at).is_(None))
    for earlier in session().exec(query.where(col(Invitation.revoked_at).is_(None))):
        earlier.revoked_at = clock.now()
    code = ids.short_code(rules.CODE_LENGTH)
    row = Invitation(
        association_id=person.association_id,
        person_id=person.id,
        name=person.name,
        email=person.email,
        expires_at=clock.now() + lasts,
        created_by=actor.person_id,
        created_at=clock.now(),
        code_digest=digest(code),
    )
    return _keep(actor, row), code


@audited("invitation.made")
def _keep(actor: Actor, row: Invitation) -> Invitation:
    session().add(row)
    session().flush()
    return row


def digest(code: str) -> str:
    """What is kept of a code (SHA-256, hex): 80 random bits need no slow hash."""
    return hashlib.sha256(rules.code_of(code).encode()).hexdigest()


def state(row: Invitation) -> InvitationState:
    """What has become of an invitation by now."""
    return rules.invitation_state(row.used_at, row.revoked_at, row.expires_at, clock.now())


def several(invitation_ids: Iterable[UUID]) -> dict[UUID, Invitation]:
    """Invitations by id. The caller has found them within its scope."""
    wanted = set(invitation_ids)
    query = select(Invitation).where(col(Invitation.id).in_(wanted))
    return {row.id: row for row in session().exec(query)} if wanted else {}


def of_account(actor: Actor) -> UUID | None:
    """The invitation with which the actor's own account was opened, or None."""
    query = select(Invitation.id).where(
        Invitation.association_id == actor.association_id,
        Invitation.used_by == actor.person_id,
        col(Invitation.person_id).is_(None),
    )
    return session().exec(query).first()


def open_by_code(code: str) -> Invitation:
    """The open invitation of a code; looking changes nothing.

    Raises ``NotFound``, alike for a wrong, used, withdrawn and expired one.
    """
    row = session().exec(select(Invitation).where(Invitation.code_digest == digest(code))).first()
    if row is None or state(row) != InvitationState.open:
        raise NotFound(
            "invitation-closed",
            N_("This code is not valid, or no longer. Compare it with the paper, or ask for a new one."),
            field="code",
        )
    return row


def listed(actor: Actor, limit: int = 200) -> list[Invitation]:
    """The newest invitations that are not used, of the actor's association; a coordinator sees their own."""
    query = select(Invitation).where(
        Invitation.association_id == actor.association_id, col(Invitation.used_at).is_(None)
    )
    if not rules.can(actor, "people.manage"):
        query = query.where(Invitation.created_by == actor.person_id)
    return list(session().exec(query.order_by(col(Invitation.created_at).desc()).limit(limit)))


def get(actor: Actor, invitation_id: UUID) -> Invitation:
    """An invitation that the actor may manage. Raises ``NotFound``."""
    row = session().get(Invitation, invitation_id)
    mine = row is not None and (rules.can(actor, "people.manage") or row.created_by == actor.person_id)
    if row is None or row.association_id != actor.association_id or not mine:
        raise NotFound("invitation-unknown", N_("There is no such invitation."))
    return row


@audited("invitation.withdrawn")
def withdraw(actor: Actor, row: Invitation) -> Invitation:
    """Make an open invitation useless. Raises ``Conflict`` when it is not open any more."""
    if state(row) != InvitationState.open:
        raise Conflict("invitation-not-open", N_("This invitation is not open any more."))
    row.revoked_at = clock.now()
    return row


@audited("invitation.used")
def accept(
    actor: Actor, row: Invitation, username: str, password_hash: str, name: str, mobile: str | None = None
) -> User:
    """Use up an invitation: a new person with its roles, signing in as they chose. Raises ``Problem`` with ``field``.

    ``actor`` is the system of the invitation's association: the person did not exist a moment ago. A named outsider
    bears the name that was invited, whatever ``name`` says: it is printed.
    """
    locked = session().get_one(Invitation, row.id, with_for_update=True, populate_existing=True)
    if state(locked) != InvitationState.open:  # a second click, or a second reader of the same paper
        raise Conflict("invitation-not-open", N_("This invitation is not open any more."))
    if locked.person_id:
        person = session().get_one(User, locked.person_id)
        store.keep_password(person, password_hash)
    else:
        roles = [Role(value) for value in locked.roles]
        enterprises = [UUID(value) for value in locked.enterprise_ids]
        called = locked.name if Role.outsider in roles else name
        person = store.add_rows(actor, called, username, password_hash, roles, locked.email, mobile, enterprises)
    locked.used_at, locked.used_by = clock.now(), person.id
    session().flush()
    return person


def readdress(actor: Actor, from_id: UUID, to_id: UUID, *, only: Collection[UUID] | None = None) -> list[UUID]:
    """Let open invitations of an enterprise lead to another one; ``only`` these. Gives their ids. (caller audits)"""
    query = select(Invitation).where(
        Invitation.association_id == actor.association_id,
        col(Invitation.used_at).is_(None),
        col(Invitation.revoked_at).is_(None),
        Invitation.expires_at > clock.now(),
    )
    if only is not None:
        query = query.where(col(Invitation.id).in_(only))
    found = [row for row in session().exec(query.with_for_update()) if str(from_id) in row.enterprise_ids]
    for row in found:
        ids_of_both = [str(to_id) if one == str(from_id) else one for one in row.enterprise_ids]
        row.enterprise_ids = list(dict.fromkeys(ids_of_both))
    return [row.id for row in found]
