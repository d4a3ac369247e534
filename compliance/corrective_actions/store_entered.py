"""What came on paper or by telephone and was entered for the enterprise; it sees that, and can object."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
import sqlmodel
from sqlmodel import col

from compliance.corrective_actions.exchange import Came, Entered
from compliance.corrective_actions.models_exchange import EnteredFor
from compliance.people.rules import Actor, Role, sees_inside
from compliance.scorecards import scope
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.files import StoredFile
from compliance.shared.problems import Conflict, NotFound, Problem, Refused
from compliance.shared.words import N_, clean


@dataclass(frozen=True)
class EntryView:
    """What was entered. From the outside nobody of the association is named."""

    id: UUID
    enterprise_id: UUID
    finding_id: UUID
    action_id: UUID | None
    what: Entered
    came: Came
    came_on: date
    said_by: str
    scan_digest: str | None
    scan_name: str
    scan_type: str
    entered_at: datetime
    entered_by: UUID | None
    objected_at: datetime | None
    objection: str


@dataclass(frozen=True)
class Arrival:
    """How something came: the way, the day, who of the enterprise said it, and the scan of the paper."""

    came: Came
    came_on: date
    said_by: str = ""
    scan: StoredFile | None = None
    scan_name: str = ""


def of_finding(actor: Actor, finding_id: UUID) -> list[EntryView]:
    """Everything entered for the enterprise about a finding and its actions, oldest first."""
    query = sqlmodel.select(EnteredFor).where(EnteredFor.finding_id == finding_id, _scope(actor))
    return [_view(actor, row) for row in session().exec(query.order_by(col(EnteredFor.entered_at)))]


def of_findings(actor: Actor, finding_ids: Collection[UUID]) -> dict[UUID, list[EntryView]]:
    """What was entered for the enterprise about several findings and their actions, by finding, oldest first."""
    query = sqlmodel.select(EnteredFor).where(col(EnteredFor.finding_id).in_(list(finding_ids)), _scope(actor))
    by_finding: dict[UUID, list[EntryView]] = {}
    for row in session().exec(query.order_by(col(EnteredFor.entered_at))):
        by_finding.setdefault(row.finding_id, []).append(_view(actor, row))
    return by_finding


def get(actor: Actor, entry_id: UUID) -> EntryView:
    """One entry. Raises NotFound."""
    query = sqlmodel.select(EnteredFor).where(EnteredFor.id == entry_id, _scope(actor))
    return _view(actor, scope.found(session().exec(query).first(), "entry-unknown"))


def objected(actor: Actor) -> list[EntryView]:
    """The entries to which an enterprise objected, the newest first."""
    query = sqlmodel.select(EnteredFor).where(scope.inside(actor, EnteredFor), col(EnteredFor.objected_at).is_not(None))
    return [_view(actor, row) for row in session().exec(query.order_by(col(EnteredFor.objected_at).desc()))]


def entered_by(finding_id: UUID, *, but: Collection[Entered] = (Entered.comment,)) -> frozenset[UUID]:
    """Who entered something for the enterprise about a finding or its actions (messages aside)."""
    query = sqlmodel.select(EnteredFor.entered_by).where(
        EnteredFor.finding_id == finding_id, col(EnteredFor.what).not_in(list(but))
    )
    return frozenset(person for person in session().exec(query) if person is not None)


def enterers(finding_ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """By finding, who entered anything at all for the enterprise: names that are not the enterprise's own."""
    query = sqlmodel.select(EnteredFor.finding_id, EnteredFor.entered_by).where(
        col(EnteredFor.finding_id).in_(list(finding_ids))
    )
    by_finding: dict[UUID, frozenset[UUID]] = {}
    for finding_id, person in session().exec(query):
        if person is not None:
            by_finding[finding_id] = by_finding.get(finding_id, frozenset()) | {person}
    return by_finding


def require_other(actor: Actor, finding_id: UUID) -> None:
    """Raise Refused("entered-by-you"): who enters for the enterprise does not judge what was entered."""
    if actor.person_id in entered_by(finding_id):
        raise Refused(
            "entered-by-you",
            N_("You entered something here for the enterprise. Somebody else checks and decides it."),
        )


@audited("action.entered_for")
def record(
    actor: Actor, enterprise_id: UUID, finding_id: UUID, action_id: UUID | None, what: Entered, arrival: Arrival
) -> EnteredFor:
    """Note that something was entered for the enterprise. Raises NotFound outside the scope."""
    if not sees_inside(actor, enterprise_id):
        raise NotFound("action-unknown", N_("This does not exist, or it is not yours to see."))
    row = EnteredFor(
        association_id=actor.association_id,
        enterprise_id=enterprise_id,
        finding_id=finding_id,
        action_id=action_id,
        what=what,
        came=arrival.came,
        came_on=arrival.came_on,
        said_by=clean(arrival.said_by).strip()[:200],
        scan_digest=arrival.scan.digest if arrival.scan else None,
        scan_name=arrival.scan_name if arrival.scan else "",
        scan_type=arrival.scan.media_type if arrival.scan else "",
        entered_at=clock.now(),
        entered_by=actor.person_id,
    )
    session().add(row)
    session().flush()
    return row


@audited("action.entered_objected")
def object_to(actor: Actor, entry_id: UUID, reason: str) -> EnteredFor:
    """The enterprise says that it did not say this. Raises NotFound, Refused, Conflict, Problem."""
    query = sqlmodel.select(EnteredFor).where(EnteredFor.id == entry_id, _scope(actor))
    row: EnteredFor = scope.found(session().exec(query.with_for_update()).first(), "entry-unknown")
    if row.enterprise_id not in actor.enterprise_ids or Role.manager not in actor.roles:
        raise Refused("action-not-yours", N_("Somebody else does this: see who may do what with a corrective action."))
    if not reason.strip():
        raise Problem("action-reason-missing", N_("Please give a reason."), field="objection")
    if row.objected_at is not None:
        raise Conflict("entry-objected", N_("Your enterprise has objected to this already."))
    row.objected_at, row.objected_by, row.objection = clock.now(), actor.person_id, reason.strip()
    session().add(row)
    return row


def _scope(actor: Actor) -> sa.ColumnElement[bool]:
    return sa.or_(scope.inside(actor, EnteredFor), scope.outside(actor, EnteredFor))


def _view(actor: Actor, row: EnteredFor) -> EntryView:
    return EntryView(
        id=row.id,
        enterprise_id=row.enterprise_id,
        finding_id=row.finding_id,
        action_id=row.action_id,
        what=row.what,
        came=row.came,
        came_on=row.came_on,
        said_by=row.said_by,
        scan_digest=row.scan_digest,
        scan_name=row.scan_name,
        scan_type=row.scan_type,
        entered_at=row.entered_at,
        entered_by=row.entered_by if scope.is_inside(actor, row) else None,
        objected_at=row.objected_at,
        objection=row.objection,
    )
