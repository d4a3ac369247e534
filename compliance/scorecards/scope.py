"""Which rows an actor may read: inside the association, or from the outside as an enterprise's manager would.

For any table with `association_id` and `enterprise_id`. The same two questions as `people.rules.sees_inside` and
`sees_outside`, asked of many rows at once.
"""

from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from compliance.people.rules import Actor, is_staff, sees_inside
from compliance.shared.problems import NotFound
from compliance.shared.words import N_


class Table(Protocol):
    """A table whose rows belong to an association and speak of an enterprise."""

    association_id: UUID
    enterprise_id: UUID


def inside(actor: Actor, table: type[Table]) -> sa.ColumnElement[bool]:
    """Rows of the actor's association, but for enterprises that the actor manages or has a tie to."""
    if not is_staff(actor):
        return sa.false()
    ours = col(table.association_id) == actor.association_id
    return sa.and_(ours, col(table.enterprise_id).not_in(actor.outside_ids)) if actor.outside_ids else ours


def outside(actor: Actor, table: type[Table]) -> sa.ColumnElement[bool]:
    """Rows of enterprises that the actor manages or has a tie to, and for a program of all of its association; the
    caller adds that they are released.
    """
    if actor.is_program:
        return col(table.association_id) == actor.association_id
    return col(table.enterprise_id).in_(actor.outside_ids) if actor.outside_ids else sa.false()


class Row(Protocol):
    """A row of such a table."""

    @property
    def association_id(self) -> UUID:
        """Whose it is."""

    @property
    def enterprise_id(self) -> UUID:
        """Of whom it speaks."""


def is_inside(actor: Actor, row: Row) -> bool:
    """Whether the actor sees this row from the inside."""
    return row.association_id == actor.association_id and sees_inside(actor, row.enterprise_id)


def found(row: Any, code: str) -> Any:
    """The row, or NotFound: what is out of reach looks like what does not exist."""
    if row is None:
        raise NotFound(code, N_("This does not exist, or it is not yours to see."))
    return row
