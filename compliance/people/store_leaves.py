"""Reading and writing leave and substitutes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlmodel
from sqlmodel import col
from sqlmodel.sql.expression import SelectOfScalar

from compliance.people import leaves
from compliance.people.leaves import Away
from compliance.people.models import User
from compliance.people.models_leave import Leave
from compliance.people.rules import STAFF, Actor, can
from compliance.people.store import get, people_names, people_with_role
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem, Refused
from compliance.shared.words import N_, clean


@dataclass(frozen=True)
class LeaveView:
    """A leave as it is listed."""

    id: UUID
    person_id: UUID
    person: str
    substitute: str
    first_day: date
    last_day: date
    word: str
    ended: bool


def standing_in(actor: Actor, day: date) -> dict[UUID, UUID]:
    """By person of the actor's association who is away on this day, who does the work."""
    return leaves.standing_in(_standing(actor, day), day)


def away_on(actor: Actor, day: date) -> frozenset[UUID]:
    """Everybody of the actor's association who is away on this day: they are given no work."""
    return frozenset(one.person_id for one in _standing(actor, day) if one.on(day))


def mine_and(actor: Actor, day: date) -> frozenset[UUID]:
    """The people whose work the actor does on this day: the actor, and everybody they stand in for."""
    if actor.person_id is None:
        return frozenset()
    return leaves.works_for(actor.person_id, standing_in(actor, day)) | {actor.person_id}


def listed(actor: Actor, today: date) -> list[LeaveView]:
    """The leaves that have not gone by, the first first: everybody's for who keeps them, else the own ones and those
    in which the actor stands in.
    """
    query = _rows(actor).where(col(Leave.last_day) >= today).order_by(col(Leave.first_day), col(Leave.id))
    if not can(actor, "leave.manage"):
        query = query.where((Leave.person_id == actor.person_id) | (Leave.substitute_id == actor.person_id))
    rows = list(session().exec(query))
    names = people_names([id for row in rows for id in (row.person_id, row.substitute_id)])
    return [
        LeaveView(
            row.id,
            row.person_id,
            names.get(row.person_id, ""),
            names.get(row.substitute_id, ""),
            row.first_day,
            row.last_day,
            row.word,
            row.ended_at is not None,
        )
        for row in rows
    ]


def colleagues(actor: Actor) -> list[User]:
    """Who can be away or stand in: the active staff, by name."""
    return people_with_role(actor, *sorted(STAFF))


@audited("leave.set")
def set_leave(
    actor: Actor, person_id: UUID, substitute_id: UUID, first_day: date, last_day: date, word: str, today: date
) -> Leave:
    """Enter when somebody is away and who stands in: oneself, or for somebody who fell ill, who keeps leaves.

    Raises Refused("leave-not-yours"), NotFound, Problem and Conflict as `leaves.check_leave` does.
    """
    _require_may(actor, person_id)
    there = {row.id for row in colleagues(actor)}
    get(actor, person_id)
    if not {person_id, substitute_id} <= there:
        raise Problem("leave-colleague", N_("Choose somebody who works here."), field="substitute")
    wanted = Away(person_id, substitute_id, first_day, last_day)
    leaves.check_leave(wanted, map(_away, session().exec(_rows(actor).with_for_update())), today)
    row = Leave(
        association_id=actor.association_id,
        person_id=person_id,
        substitute_id=substitute_id,
        first_day=first_day,
        last_day=last_day,
        word=clean(word)[:500],
        set_at=clock.now(),
        set_by=actor.person_id,
    )
    session().add(row)
    session().flush()
    return row


@audited("leave.ended")
def end_leave(actor: Actor, leave_id: UUID) -> Leave:
    """End a leave now, or take it back before it begins. Raises NotFound, Refused, Conflict("leave-ended")."""
    row = (
        session()
        .exec(sqlmodel.select(Leave).where(Leave.id == leave_id, Leave.association_id == actor.association_id))
        .first()
    )
    if row is None:
        raise NotFound("leave-unknown", N_("There is no such leave."))
    _require_may(actor, row.person_id)
    if row.ended_at is not None:
        raise Conflict("leave-ended", N_("This leave has been ended already."))
    row.ended_at, row.ended_by = clock.now(), actor.person_id
    return row


def _require_may(actor: Actor, person_id: UUID) -> None:
    if person_id != actor.person_id and not can(actor, "leave.manage"):
        raise Refused("leave-not-yours", N_("Your own leave is yours to enter; a coordinator enters anybody's."))


def _rows(actor: Actor) -> SelectOfScalar[Leave]:
    return sqlmodel.select(Leave).where(Leave.association_id == actor.association_id, col(Leave.ended_at).is_(None))


def _standing(actor: Actor, day: date) -> Collection[Away]:
    query = _rows(actor).where(col(Leave.first_day) <= day, col(Leave.last_day) >= day)
    return [_away(row) for row in session().exec(query)]


def _away(row: Leave) -> Away:
    return Away(row.person_id, row.substitute_id, row.first_day, row.last_day)
