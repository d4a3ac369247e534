"""Reading and writing what binds people to enterprises: managing them, or a declared tie."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from compliance.people import rules
from compliance.people.models import Tie, User, UserEnterprise
from compliance.people.rules import Actor, TieKind
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound
from compliance.shared.words import N_, clean


def bindings(person: User) -> list[UserEnterprise]:
    """The enterprises that a person manages now."""
    query = select(UserEnterprise).where(UserEnterprise.person_id == person.id, col(UserEnterprise.ended_at).is_(None))
    return list(session().exec(query.order_by(col(UserEnterprise.since))))


def ties(person: User) -> list[Tie]:
    """All ties of a person, those in force first, then the newest."""
    query = select(Tie).where(Tie.person_id == person.id)
    return list(session().exec(query.order_by(col(Tie.ended_at).is_not(None), col(Tie.declared_at).desc())))


def managers_of(actor: Actor, enterprise_ids: Sequence[UUID]) -> dict[UUID, list[User]]:
    """The active managers of each enterprise of the actor's association."""
    query = (
        select(UserEnterprise.enterprise_id, User)
        .join(User, col(User.id) == col(UserEnterprise.person_id))
        .where(col(UserEnterprise.enterprise_id).in_(enterprise_ids), col(UserEnterprise.ended_at).is_(None))
        .where(User.association_id == actor.association_id, col(User.active).is_(True))
        .order_by(col(User.name_key))
    )
    found: dict[UUID, list[User]] = {enterprise_id: [] for enterprise_id in enterprise_ids}
    for enterprise_id, person in session().exec(query):
        found[enterprise_id].append(person)
    return found


@audited("person.bound")
def bind(actor: Actor, person: User, enterprise_id: UUID) -> UserEnterprise:
    """Let a person speak for an enterprise. The caller has found the enterprise within the actor's scope."""
    held = [row for row in bindings(person) if row.enterprise_id == enterprise_id]
    if held:
        raise Conflict("already-bound", N_("This person already manages this enterprise."), field="enterprise")
    row = UserEnterprise(person_id=person.id, enterprise_id=enterprise_id, since=clock.now())
    session().add(row)
    session().flush()
    return row


@audited("person.unbound")
def unbind(actor: Actor, person: User, enterprise_id: UUID) -> UserEnterprise:
    """End that a person speaks for an enterprise. Raises ``NotFound``."""
    for row in bindings(person):
        if row.enterprise_id == enterprise_id:
            row.ended_at = clock.now()
            return row
    raise NotFound("binding-unknown", N_("This person does not manage this enterprise."))


@audited("tie.declared")
def declare(actor: Actor, person: User, enterprise_id: UUID, kind: TieKind, note: str = "") -> Tie:
    """Note a conflict of interest. From now on the person sees about the enterprise only what its manager sees."""
    for row in ties(person):
        if row.enterprise_id == enterprise_id and row.ended_at is None:
            raise Conflict("tie-known", N_("A tie to this enterprise is already declared."), field="enterprise")
    row = Tie(
        person_id=person.id,
        enterprise_id=enterprise_id,
        kind=kind,
        note=clean(note)[:500],
        declared_at=clock.now(),
        declared_by=actor.person_id,
    )
    session().add(row)
    session().flush()
    return row


@audited("tie.ended")
def end(actor: Actor, person: User, tie_id: UUID) -> Tie:
    """End a tie; its row stays. Raises ``Refused`` for the person's own tie, ``NotFound``, ``Conflict``."""
    rules.require_may_end_tie(actor, person.id)
    row = session().get(Tie, tie_id)
    if row is None or row.person_id != person.id:
        raise NotFound("tie-unknown", N_("There is no such tie."))
    if row.ended_at:
        raise Conflict("tie-ended", N_("This tie has already been ended."))
    row.ended_at, row.ended_by = clock.now(), actor.person_id
    return row
