"""Reading and writing people."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from compliance.associations.models import Association
from compliance.people import identity, passwords, rules
from compliance.people.models import RoleGrant, Tie, User, UserEnterprise
from compliance.people.models_branches import Branch
from compliance.people.rules import Actor, Role
from compliance.shared import audit, clock
from compliance.shared.audit import audited
from compliance.shared.database import Id, session
from compliance.shared.outbox import Channel
from compliance.shared.problems import NotFound, Problem
from compliance.shared.words import N_, clean


def actor_of(person_id: UUID, address: str, language: str) -> Actor:
    """Who acts: the person with roles, managed enterprises, their branches, and ties. One query beside the own row.

    Raises ``NotFound`` for an unknown or deactivated person.
    """
    person = session().get(User, person_id)
    if person is None or not person.active:
        raise NotFound("person-unknown", N_("There is no such person."))
    found: dict[str, set[str | UUID]] = {"role": set(), "manages": set(), "tie": set(), "branch": set()}
    for kind, role, enterprise_id in session().execute(_standing(), {"person": person_id}):
        found[kind].add(role if kind == "role" else enterprise_id)
        if kind == "branch" and role:  # its headquarters answers for it
            found["manages"].add(enterprise_id)
    return Actor(
        person_id=person.id,
        name=person.name,
        association_id=person.association_id,
        roles=frozenset(Role(str(name)) for name in found["role"]),
        enterprise_ids=frozenset(e for e in found["manages"] if isinstance(e, UUID)),
        tied_ids=frozenset(e for e in found["tie"] if isinstance(e, UUID)),
        branch_ids=frozenset(e for e in found["branch"] if isinstance(e, UUID)),
        address=address,
        language=language,
    )


@lru_cache(maxsize=1)
def _standing() -> sa.CompoundSelect[Any]:
    """Roles, managed enterprises and ties of a person. Every request asks for them, so the statement is built once."""
    nothing, person = sa.cast(sa.null(), Id), sa.bindparam("person", type_=Id())
    roles = sa.select(sa.literal("role"), sa.cast(RoleGrant.role, sa.String), nothing).where(
        col(RoleGrant.person_id) == person
    )
    managed = sa.select(sa.literal("manages"), sa.literal(""), col(UserEnterprise.enterprise_id)).where(
        col(UserEnterprise.person_id) == person, col(UserEnterprise.ended_at).is_(None)
    )
    tied = sa.select(sa.literal("tie"), sa.literal(""), col(Tie.enterprise_id)).where(
        col(Tie.person_id) == person, col(Tie.ended_at).is_(None)
    )
    answers = sa.case((col(Branch.may_answer), sa.literal("answers")), else_=sa.literal(""))
    branches = (
        sa.select(sa.literal("branch"), answers, col(Branch.enterprise_id))
        .join(UserEnterprise, col(UserEnterprise.enterprise_id) == col(Branch.headquarters_id))
        .where(col(UserEnterprise.person_id) == person, col(UserEnterprise.ended_at).is_(None))
        .where(col(Branch.ended_at).is_(None))
    )
    return sa.union_all(roles, managed, tied, branches)


def association(actor: Actor) -> Association:
    """The actor's association. A page asks for it many times, so the session is made to hold on to its row."""
    row = session().get_one(Association, actor.association_id)
    session().info["association"] = row
    return row


def people_names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """The names of people, by id; unknown ids are left out."""
    wanted = {person_id for person_id in ids if person_id is not None}
    if not wanted:
        return {}
    query = select(User.id, User.name).where(col(User.id).in_(wanted))
    return dict(session().exec(query).all())


def people_with_role(actor: Actor, *roles: Role) -> list[User]:
    """The active people of the actor's association that hold one of the roles, by name."""
    query = (
        select(User)
        .where(User.association_id == actor.association_id, col(User.active).is_(True))
        .where(col(User.id).in_(select(RoleGrant.person_id).where(col(RoleGrant.role).in_(roles))))
        .order_by(col(User.name_key), col(User.id))
    )
    return list(session().exec(query))


def is_named(actor: Actor, name: str) -> bool:
    """Whether somebody of the actor's association, outsiders aside, has an open account under this name."""
    query = (
        select(User.name)
        .join(RoleGrant, col(RoleGrant.person_id) == col(User.id))
        .where(User.association_id == actor.association_id, col(User.active).is_(True))
        .where(RoleGrant.role != Role.outsider)
        .distinct()
    )
    return any(identity.same_name(found, name) for found in session().exec(query))


def tied_people(enterprise_id: UUID) -> frozenset[UUID]:
    """Everybody who manages the enterprise or declared a tie to it: they are not sent there, nor see inside."""
    return tied_people_of([enterprise_id])[enterprise_id]


def tied_people_of(enterprise_ids: Iterable[UUID]) -> dict[UUID, frozenset[UUID]]:
    """The same of several enterprises, by enterprise."""
    found: dict[UUID, set[UUID]] = {enterprise_id: set() for enterprise_id in enterprise_ids}
    of_each = (
        sa.select(col(table.enterprise_id), col(table.person_id)).where(
            col(table.enterprise_id).in_(list(found)), col(table.ended_at).is_(None)
        )
        for table in (UserEnterprise, Tie)
    )
    for enterprise_id, person_id in session().execute(sa.union_all(*of_each)):
        found[enterprise_id].add(person_id)
    return {enterprise_id: frozenset(people) for enterprise_id, people in found.items()}


def count_by_role(actor: Actor) -> dict[Role, int]:
    """How many active people of the actor's association hold each role."""
    query = (
        sa.select(col(RoleGrant.role), sa.func.count())
        .join(User, col(User.id) == col(RoleGrant.person_id))
        .where(col(User.association_id) == actor.association_id, col(User.active).is_(True))
        .group_by(RoleGrant.role)
    )
    counted = dict(session().execute(query).all())
    return {role: counted.get(role, 0) for role in Role}


def any_administrator() -> bool:
    """Whether anybody at all administers anything yet."""
    query = (
        select(RoleGrant.id)
        .join(User, col(User.id) == col(RoleGrant.person_id))
        .where(RoleGrant.role == Role.administrator, col(User.active).is_(True))
        .limit(1)
    )
    return session().exec(query).first() is not None


def has_demo_accounts() -> bool:
    """Whether somebody's password is one of those that the demo prints in the open."""
    return session().exec(select(User.id).where(col(User.demo).is_(True)).limit(1)).first() is not None


def roles_of(ids: Sequence[UUID]) -> dict[UUID, list[Role]]:
    """The roles of each person, in the order of ``Role``."""
    found: dict[UUID, set[Role]] = {person_id: set() for person_id in ids}
    for grant in session().exec(select(RoleGrant).where(col(RoleGrant.person_id).in_(ids))):
        found[grant.person_id].add(grant.role)
    return {person_id: [role for role in Role if role in held] for person_id, held in found.items()}


def get(actor: Actor, person_id: UUID) -> User:
    """A person of the actor's association. Raises ``NotFound``."""
    person = session().get(User, person_id)
    if person is None or person.association_id != actor.association_id:
        raise NotFound("person-unknown", N_("There is no such person."))
    return person


def by_identity(typed: str) -> User | None:
    """The person whom a sign-in field names, or None. Knows no scope: only sign-in may ask."""
    kind, value = identity.recognise(typed)
    return session().exec(select(User).where(col(getattr(User, kind.value)) == value)).first()


@audited("person.created")
def create_person(
    actor: Actor,
    name: str,
    username: str,
    password: str,
    roles: Iterable[Role],
    email: str | None = None,
    mobile: str | None = None,
    enterprise_ids: Sequence[UUID] = (),
    *,
    demo: bool = False,
) -> User:
    """Add a person to the actor's association. ``demo``: the password is printed in the open.

    The password is checked by whoever takes it from a form (``passwords.check``); here it is only hashed.
    Raises ``Problem`` with ``field`` when a name is malformed or already somebody's.
    """
    person = add_rows(actor, name, username, passwords.hashed(password), roles, email, mobile, enterprise_ids)
    person.demo = demo
    return person


@audited("person.created")
def create_locked(
    actor: Actor,
    name: str,
    username: str,
    roles: Iterable[Role],
    email: str | None = None,
    mobile: str | None = None,
    enterprise_ids: Sequence[UUID] = (),
) -> User:
    """Add a person who has no password yet and chooses one with a code (``store_invitations.way_back``)."""
    return add_rows(actor, name, username, None, roles, email, mobile, enterprise_ids)


def add_rows(
    actor: Actor,
    name: str,
    username: str,
    password_hash: str | None,
    roles: Iterable[Role],
    email: str | None,
    mobile: str | None,
    enterprise_ids: Sequence[UUID],
) -> User:
    """The rows of a new person; the caller is an audited writer."""
    person = User(
        association_id=actor.association_id,
        username=identity.username_of(username),
        password=password_hash,
        fs_uniquifier=new_uniquifier(),
        active=True,
    )
    _name(person, name, username, email, mobile)
    session().add(person)
    _flush()
    for role in sorted(set(roles)):
        session().add(RoleGrant(person_id=person.id, role=role))
    for enterprise_id in dict.fromkeys(enterprise_ids):
        session().add(UserEnterprise(person_id=person.id, enterprise_id=enterprise_id, since=clock.now()))
    session().flush()
    return person


@audited("person.named")
def rename(actor: Actor, person: User, name: str, username: str, email: str | None, mobile: str | None) -> User:
    """Change what a person is called and signs in by. Raises ``Problem`` with ``field``."""
    _name(person, name, username, email, mobile)
    _flush()
    return person


@audited("person.notices_set")
def set_notices(actor: Actor, person: User, by: Channel, wecom: str) -> User:
    """By what a person is told that something waits; ``wecom`` is their account there. Raises ``Problem`` with
    ``field`` where they could not be reached by it.
    """
    account = clean(wecom).strip()
    missing = {
        Channel.email: (person.email, "notices_by", N_("Enter an e-mail address first.")),
        Channel.sms: (person.mobile, "notices_by", N_("Enter a mobile number first.")),
        Channel.wecom: (account, "wecom", N_("Enter the account in WeCom.")),
    }
    there, field, words = missing[by]
    if not there:
        raise Problem("notices-unreachable", words, field=field)
    person.notices_by, person.wecom = by, account
    _flush()
    return person


@audited("person.roles_changed")
def set_roles(actor: Actor, person: User, roles: Iterable[Role]) -> User:
    """Give a person exactly these roles. Raises ``Refused`` for the last administrator."""
    wanted = set(roles)
    rules.require_standing(roles_of([person.id])[person.id], wanted)
    rules.require_safe_roles(actor, person.id, wanted, _other_administrators(person))
    held = {grant.role: grant for grant in session().exec(select(RoleGrant).where(RoleGrant.person_id == person.id))}
    for role in sorted(wanted - held.keys()):
        session().add(RoleGrant(person_id=person.id, role=role))
    for role in sorted(held.keys() - wanted):
        session().delete(held[role])
    session().flush()
    return person


@audited("person.deactivated")
def deactivate(actor: Actor, person: User) -> User:
    """Close an account: the person is signed out everywhere at once. What they did stays under their name."""
    rules.require_other(actor, person.id)
    rules.require_safe_roles(actor, person.id, (), _other_administrators(person))
    person.active = False
    person.fs_uniquifier = new_uniquifier()
    return person


@audited("person.reactivated")
def reactivate(actor: Actor, person: User) -> User:
    """Open a closed account again, with the roles it had."""
    person.active = True
    return person


@audited("person.password_changed")
def set_password_hash(actor: Actor, person: User, password_hash: str) -> User:
    """Keep a new password. Every session of the person ends; the caller may begin a new one."""
    keep_password(person, password_hash)
    return person


def keep_password(person: User, password_hash: str) -> None:
    """The columns of a new password; the caller is an audited writer."""
    person.password, person.demo = password_hash, False
    person.fs_uniquifier = new_uniquifier()


def new_uniquifier() -> str:
    """A new name of a person in what sessions keep: all that know the old one are over."""
    return uuid.uuid4().hex


def signed_in(person: User, at: datetime, address: str, language: str, how: str) -> None:
    """Note on the trail that somebody signed in and how, and in which language they read."""
    person.signed_in_at = at
    person.language = language
    audit.record(actor_of(person.id, address, ""), "person.signed_in", person, how=how)


def _other_administrators(person: User) -> int:
    query = (
        sa.select(sa.func.count())
        .select_from(RoleGrant)
        .join(User, col(User.id) == col(RoleGrant.person_id))
        .where(col(User.association_id) == person.association_id, col(User.active).is_(True))
        .where(col(RoleGrant.role) == Role.administrator, col(User.id) != person.id)
    )
    return int(session().execute(query).scalar_one())


def _name(person: User, name: str, username: str, email: str | None, mobile: str | None) -> None:
    values = {
        "username": identity.username_of(username),
        "email": identity.email_of(email) if email else None,
        "mobile": identity.mobile_of(mobile) if mobile else None,
    }
    shown = identity.name_of(name)
    _require_free(person.id, values)
    person.name, person.name_key = shown, identity.name_key(shown)
    for field, value in values.items():
        setattr(person, field, value)


def _require_free(person_id: UUID, values: dict[str, str | None]) -> None:
    taken = {
        "username": N_("This user name is already taken."),
        "email": N_("Somebody else uses this e-mail address."),
        "mobile": N_("Somebody else uses this mobile number."),
    }
    for field, text in taken.items():
        query = select(User.id).where(col(getattr(User, field)) == values[field], User.id != person_id)
        if values[field] and session().exec(query).first():
            raise Problem(f"{field}-taken", text, field=field)


def _flush() -> None:
    # The database's own constraints speak for the moment between the look and the write.
    try:
        session().flush()
    except IntegrityError:
        raise Problem("name-taken", N_("This name was taken in the meantime."), field="username") from None
