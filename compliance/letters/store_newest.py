"""The issued letters of several enterprises: how many, and the newest of each; for a headquarters and its branches."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from compliance.letters.models import Letter, LetterState
from compliance.people.rules import Actor
from compliance.scorecards import scope
from compliance.shared.database import session


@dataclass(frozen=True)
class Newest:
    """How many letters were issued to an enterprise, and the newest one's number and date."""

    count: int = 0
    number: str = ""
    dated: date | None = None


def by_enterprise(actor: Actor, enterprise_ids: Collection[UUID]) -> dict[UUID, Newest]:
    """One line for each of these enterprises."""
    readable = sa.or_(scope.inside(actor, Letter), scope.outside(actor, Letter))
    query = (
        sa.select(col(Letter.enterprise_id), col(Letter.number), col(Letter.dated))
        .where(readable, col(Letter.state) == LetterState.issued)
        .where(col(Letter.enterprise_id).in_(list(enterprise_ids)))
        .order_by(col(Letter.issued_at))
    )
    found = {id: Newest() for id in enterprise_ids}
    for enterprise_id, number, dated in session().execute(query):
        found[enterprise_id] = Newest(found[enterprise_id].count + 1, number or "", dated)
    return found
