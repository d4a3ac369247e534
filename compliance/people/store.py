"""Reading and writing people."""

import uuid
from collections.abc import Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from compliance.associations.models import Association
from compliance.people import identity, passwords
from compliance.people.models import RoleGrant, Tie, User, UserEnterprise
from compliance.people.rules import Actor, Role
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.database import Id, session
from compliance.shared.problems import NotFound, Problem
from compliance.shared.words import N_, clean


def actor_of(person_id: UUID, address: str, language: str) -> Actor:
    """Who acts: the person with roles, managed enterprises and ties. One query beside the person's own row.

    Raises ``NotFound`` for an unknown or deactivated person.
    """
    person = session().get(User, person_id)
    if person is None or not person.active:
        raise NotFound("person-unknown", N_("There is no such person."))
    nothing = sa.cast(sa.null(), Id)
    roles = sa.select(
        sa.literal("role"), sa.cast(RoleGrant.role, sa.String), nothing
    ).where(col(RoleGrant.person_id) == person_id)
    managed = sa.select(
        sa.literal("manages"), sa.literal(""), col(UserEnterprise.enterprise_id)
    ).where(
        col(UserEnterprise.person_id) == person_id,
        col(UserEnterprise.ended_at).is_(None),
    )
    tied = sa.select(sa.literal("tie"), sa.literal(""), col(Tie.enterprise_id)).where(
        col(Tie.person_id) == person_id, col(Tie.ended_at).is_(None)
    )
    found: dict[str, set[str | UUID]] = {"role": set(), "manages": set(), "tie": set()}
    for kind, role, enterprise_id in session().execute(
        sa.union_all(roles, managed, tied)
    ):
        found[kind].add(role if kind == "role" else enterprise_id)
    return Actor(
        person_id=person.id,
        name=person.name,
        association_id=person.association_id,
        roles=frozenset(Role(str(name)) for name in found["role"]),
        enterprise_ids=frozenset(e for e in found["manages"] if isinstance(e, UUID)),
        tied_ids=frozenset(e for e in found["tie"] if isinstance(e, UUID)),
        address=address,
        language=language,
    )


def association(actor: Actor) -> Association:
    """The actor's association."""
    return session().get_one(Association, actor.association_id)


def people_names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """The names of people, by id; unknown ids are left out."""
    wanted = {person_id for person_id in ids if person_id is not None}
    if not wanted:
        return {}
    query = select(User.id, User.name).where(col(User.id).in_(wanted))
    return {person_id: name for person_id, name in session().exec(query)}


def people_with_role(actor: Actor, *roles: Role) -> list[User]:
    """The active people of the actor's association that hold one of the roles, by name."""
    query = (
        select(User)
        .where(User.association_id == actor.association_id, col(User.active).is_(True))
        .where(
            col(User.id).in_(
                select(RoleGrant.person_id).where(col(RoleGrant.role).in_(roles))
            )
        )
        .order_by(col(User.name))
    )
    return list(session().exec(query))


def tied_people(enterprise_id: UUID) -> frozenset[UUID]:
    """Everybody who manages the enterprise or declared a tie to it: they must not be sent there."""
    managing = select(UserEnterprise.person_id).where(
        UserEnterprise.enterprise_id == enterprise_id,
        col(UserEnterprise.ended_at).is_(None),
    )
    tied = select(Tie.person_id).where(
        Tie.enterprise_id == enterprise_id, col(Tie.ended_at).is_(None)
    )
    return frozenset([*session().exec(managing), *session().exec(tied)])


def by_identity(typed: str) -> User | None:
    """The person whom a sign-in field names, or None. Knows no scope: only sign-in may ask."""
    kind, value = identity.recognise(typed)
    return (
        session()
        .exec(select(User).where(col(getattr(User, kind.value)) == value))
        .first()
    )


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
) -> User:
    """Add a person to the actor's association.

    The password is checked by whoever takes it from a form (``passwords.check``); here it is only hashed.
    Raises ``Problem`` with ``field`` when a name is malformed or already somebody's.
    """
    return add_person(
        actor,
        name,
        username,
        passwords.hashed(password),
        roles,
        email,
        mobile,
        enterprise_ids,
    )


def add_person(
    actor: Actor,
    name: str,
    username: str,
    password_hash: str,
    roles: Iterable[Role],
    email: str | None,
    mobile: str | None,
    enterprise_ids: Sequence[UUID],
) -> User:
    """The rows of a new person; the caller puts them on the audit trail."""
    person = User(
        association_id=actor.association_id,
        name=name_of(name),
        username=identity.username_of(username),
        email=identity.email_of(email) if email else None,
        mobile=identity.mobile_of(mobile) if mobile else None,
        password=password_hash,
        fs_uniquifier=uuid.uuid4().hex,
        active=True,
    )
    require_free(person)
    session().add(person)
    flush_person()
    for role in sorted(set(roles)):
        session().add(RoleGrant(person_id=person.id, role=role))
    for enterprise_id in dict.fromkeys(enterprise_ids):
        session().add(
            UserEnterprise(
                person_id=person.id, enterprise_id=enterprise_id, since=clock.now()
            )
        )
    session().flush()
    return person


def name_of(typed: str) -> str:
    """A person's name as it is shown. Raises ``Problem`` when nothing is left of it."""
    name = " ".join(clean(typed).split())
    if not name:
        raise Problem("name-missing", N_("A person needs a name."), field="name")
    return name[:120]


def require_free(person: User) -> None:
    """Raise ``Problem`` when somebody else already has one of the person's names."""
    taken = {
        "username": N_("This user name is already taken."),
        "email": N_("Somebody else uses this e-mail address."),
        "mobile": N_("Somebody else uses this mobile number."),
    }
    with session().no_autoflush:
        for field, text in taken.items():
            value = getattr(person, field)
            query = select(User.id).where(
                col(getattr(User, field)) == value, User.id != person.id
            )
            if value and session().exec(query).first():
                raise Problem(f"{field}-taken", text, field=field)


def flush_person() -> None:
    """Let the database's own constraints speak, for the moment between the look and the write."""
    try:
        session().flush()
    except IntegrityError:
        raise Problem(
            "name-taken", N_("This name was taken in the meantime."), field="username"
        ) from None
