"""A long list in portions, for programs: in the order of ids, so that no row is given twice or passed over because
others came or went meanwhile.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlmodel.sql.expression import SelectOfScalar

from compliance.shared import database

T = TypeVar("T")
S = TypeVar("S")


@dataclass(frozen=True)
class Portion(Generic[T]):
    """Some rows, and the id after which the next portion begins; None at the end."""

    rows: Sequence[T]
    next_after: UUID | None

    def each(self, shown: Callable[[T], S | None]) -> "Portion[S]":
        """The same with each row as it is shown; what is not shown is left out."""
        return Portion([one for row in self.rows if (one := shown(row)) is not None], self.next_after)


def portion(query: SelectOfScalar[Any], id: Any, after: UUID | None, most: int) -> Portion[Any]:
    """Up to ``most`` rows of a query whose id column (``id``) comes after ``after``."""
    if after is not None:
        query = query.where(id > after)
    rows = list(database.session().exec(query.order_by(id).limit(most + 1)))
    more = len(rows) > most
    return Portion(rows[:most], rows[most - 1].id if more else None)
