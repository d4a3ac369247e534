"""The list of people: search, filters, pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from compliance.people.models import RoleGrant, User, UserEnterprise
from compliance.people.rules import Actor, Role
from compliance.people.store import roles_of
from compliance.shared.database import session

PAGE = 50


@dataclass(frozen=True, slots=True)
class Members:
    """One page of the list of people: rows, the roles of each, how many enterprises each manages."""

    people: list[User]
    roles: dict[UUID, list[Role]]
    enterprises: dict[UUID, int]
    total: int
    page: int
    pages: int


def members(
    actor: Actor, *, text: str = "", role: Role | None = None, active: bool | None = None, page: int = 1
) -> Members:
    """People of the actor's association by name, ``PAGE`` at a time.

    ``text`` is looked for in names (also by pinyin and initials), user names, e-mail addresses and mobile numbers.
    """
    where = [col(User.association_id) == actor.association_id]
    if active is not None:
        where.append(col(User.active).is_(active))
    if role is not None:
        where.append(col(User.id).in_(select(RoleGrant.person_id).where(RoleGrant.role == role)))
    for word in text.lower().split():
        fields = (User.name, User.name_key, User.username, User.email, User.mobile)
        where.append(sa.or_(*(col(f).icontains(word, autoescape=True) for f in fields)))
    total = session().execute(sa.select(sa.func.count()).select_from(User).where(*where)).scalar_one()
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    query = select(User).where(*where).order_by(col(User.name_key), col(User.id)).limit(PAGE).offset((page - 1) * PAGE)
    people = list(session().exec(query))
    ids = [person.id for person in people]
    return Members(people, roles_of(ids), _managed_counts(ids), total, page, pages)


def note_language(person_id: UUID, language: str) -> None:
    """Remember in which language a person reads, for mails to them."""
    session().get_one(User, person_id).language = language


def _managed_counts(ids: Sequence[UUID]) -> dict[UUID, int]:
    query = (
        sa.select(col(UserEnterprise.person_id), sa.func.count())
        .where(col(UserEnterprise.person_id).in_(ids), col(UserEnterprise.ended_at).is_(None))
        .group_by(col(UserEnterprise.person_id))
    )
    return dict(session().execute(query).all())
