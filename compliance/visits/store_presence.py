"""Who is inside and who has come out: what inspectors entered of their presence, for the office."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from compliance.shared.database import session
from compliance.visits import beside
from compliance.visits.events import PRESENCE
from compliance.visits.models import AnswerEvent


@dataclass(frozen=True)
class Presence:
    """What is known of one inspector on one visit. Moments are those of the tablet's clock; ``arrived`` is the last
    arrival, ``left`` the leaving after it, ``help`` the moment of a call that has not been taken back.
    """

    person_id: UUID | None
    arrived: datetime | None = None
    left: datetime | None = None
    help: datetime | None = None


def presence(visit_ids: Iterable[UUID]) -> dict[UUID, list[Presence]]:
    """Visit id to what is known of each of its people, in the order in which they were first heard of."""
    wanted = list(visit_ids)
    found: dict[UUID, dict[UUID | None, list[tuple[str, str, datetime]]]] = {id: {} for id in wanted}
    columns = (AnswerEvent.visit_id, AnswerEvent.person_id, AnswerEvent.field, AnswerEvent.value, AnswerEvent.at)
    query = sa.select(*map(col, columns), col(AnswerEvent.received_at)).where(
        col(AnswerEvent.visit_id).in_(wanted), col(AnswerEvent.item) == PRESENCE
    )
    for visit_id, person_id, name, value, at, received_at in session().execute(query.order_by(col(AnswerEvent.id))):
        said = (name.partition(":")[0] + ":", str(value or ""), at or received_at)
        found[visit_id].setdefault(person_id, []).append(said)
    return {id: [_of(person, sorted(said, key=lambda one: one[2])) for person, said in people.items()]
            for id, people in found.items()}  # fmt: skip


def _of(person_id: UUID | None, said: list[tuple[str, str, datetime]]) -> Presence:
    arrived = left = help = None
    for kind, value, at in said:
        if kind == beside.ARRIVED and value:
            arrived, left = at, None
        elif kind == beside.LEFT and value:
            left = at
        elif kind == beside.HELP:
            help = at if value == "asked" else None
    return Presence(person_id, arrived, left, help)
