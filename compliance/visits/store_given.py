"""Whose visit, and whose tablet: what an inspector was given, and why what is sent for it may have to be kept aside."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from compliance.checklists import store as checklists
from compliance.checklists.rules import Checklist
from compliance.people.rules import Actor
from compliance.shared.database import session
from compliance.shared.problems import NotFound, Problem, Refused
from compliance.shared.words import N_
from compliance.visits import store_reading as reading
from compliance.visits import sync
from compliance.visits.models import Visit, VisitInspector
from compliance.visits.models_tablet import Tablet, VisitVersion
from compliance.visits.models_teams import TeamChange
from compliance.visits.rules import State

WHY_ASIDE = {
    "sealed": N_("The visit was sealed before this arrived. It is kept for the reviewer."),
    "released": N_("The visit was released before this arrived. It is kept for the reviewer."),
    "cancelled": N_("The visit was cancelled before this arrived. It is kept for the reviewer."),
    "tie": N_("This visit is not yours any more. What arrived is kept for the reviewer."),
}


_GIVEN = (
    select(Visit)
    .join(VisitInspector, col(VisitInspector.visit_id) == col(Visit.id))
    .where(col(Visit.id) == sa.bindparam("visit"), col(Visit.association_id) == sa.bindparam("association"))
    .where(col(VisitInspector.person_id) == sa.bindparam("person"), col(Visit.handed_out_at).is_not(None))
    .with_for_update(of=Visit)
    .execution_options(populate_existing=True)
)
_GIVEN_BEFORE = (
    select(Visit)
    .where(col(Visit.id) == sa.bindparam("visit"), col(Visit.association_id) == sa.bindparam("association"))
    .where(
        col(Visit.id).in_(
            sa.select(col(TeamChange.visit_id)).where(col(TeamChange.leaving_id) == sa.bindparam("person"))
        )
    )
    .with_for_update(of=Visit)
    .execution_options(populate_existing=True)
)
_ADDRESSED = (
    _GIVEN.add_columns(col(Tablet.drift_seconds))
    .join(Tablet, col(Tablet.id) == sa.bindparam("device"))
    .where(col(Tablet.person_id) == sa.bindparam("person"))
)


def addressed(actor: Actor, visit: Any, device: Any) -> tuple[Visit, int | None, str]:
    """The visit that a batch is for, held, how far the tablet's clock was off at its last contact, and why what comes
    is kept aside, if it is.

    Raises what ``own_tablet`` and ``given`` raise.
    """
    ids = {"visit": sync.uuid_of(visit), "device": sync.uuid_of(device)}
    found = session().execute(_ADDRESSED, {**_of(actor), **ids}).first() if all(ids.values()) else None
    if found is None:  # rarely: look once more, and say what is wrong
        tablet = own_tablet(actor, device)
        row = given(actor, visit)
        return row, tablet.drift_seconds, why_not_theirs(actor, row)
    return found[0], found[1], why_aside(actor, found[0])


def _of(actor: Actor) -> dict[str, Any]:
    return {"association": actor.association_id, "person": actor.person_id}


def own_tablet(actor: Actor, device: Any) -> Tablet:
    """The actor's tablet with this id. Raises ``Refused`` for somebody else's, ``NotFound`` before its first call."""
    id = sync.uuid_of(device)
    if id is None:
        raise Problem("device-id", N_("The tablet does not say which one it is."))
    row = session().get(Tablet, id)
    if row is None:
        raise NotFound("device-unknown", N_("This tablet is not registered yet. It registers at its next contact."))
    if row.person_id != actor.person_id:
        raise foreign_device()
    return row


def given(actor: Actor, visit: Any) -> Visit:
    """A visit that was handed out to this inspector, whatever became of it since, also if somebody else went instead of
    them; its row is held.

    Raises ``NotFound`` for every other.
    """
    id = visit if isinstance(visit, UUID) else sync.uuid_of(visit)
    asked = {**_of(actor), "visit": id}
    row: Visit | None = session().execute(_GIVEN, asked).scalar() if id else None
    if row is None and id:
        row = session().execute(_GIVEN_BEFORE, asked).scalar()
    if row is None:
        raise NotFound("visit-unknown", N_("There is no such visit."))
    return row


def why_aside(actor: Actor, visit: Visit) -> str:
    """Why entries for this visit are kept aside; empty while it is open."""
    if visit.enterprise_id in actor.outside_ids:
        return "tie"
    return "" if visit.state is State.handed_out else visit.state.value


def why_not_theirs(actor: Actor, visit: Visit) -> str:
    """The same for what an inspector sends who may have been replaced since the visit was handed out."""
    return why_aside(actor, visit) if reading.is_sent(actor, visit) else "tie"


def versions_of(visit: Visit) -> Iterable[Checklist]:
    """The checklist that the visit is pinned to, then those that it was moved from, newest first."""
    yield reading.checklist(visit)
    query = select(VisitVersion.checklist_version_id).where(VisitVersion.visit_id == visit.id)
    for version_id in session().exec(query.order_by(col(VisitVersion.moved_at).desc())):
        yield checklists.load(version_id)


def foreign_device() -> Refused:
    """That a tablet is somebody else's."""
    return Refused("device-foreign", N_("This tablet belongs to somebody else. Only its owner sends from it."))
