"""Reading periods of drawing: who may open which, and who has looked.

A period is opened by coordinators alone, and by none who has a tie to an enterprise in its frame: another one must. Who
looked at the plan stands on the audit trail. Auditors (leaders, administrators) see of a period what it was bound to,
and everything only after its seed is revealed; who has a tie sees when it is, and nothing else for ever.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel, col, select

from compliance.people import store as people
from compliance.people.rules import Actor
from compliance.planning import frames
from compliance.planning.models import DrawExclusion, DrawPeriod, DrawStratum
from compliance.planning.periods import PeriodState
from compliance.shared import clock, files
from compliance.shared.audit import AuditLine, record
from compliance.shared.database import session
from compliance.shared.problems import NotFound, Refused
from compliance.shared.words import N_

LOOKED = "draw.looked"


@dataclass(frozen=True)
class Look:
    """Somebody looked at a page or file of a period."""

    at: datetime
    person_id: UUID | None
    page: str


@dataclass(frozen=True)
class LeftOut:
    """A workplace that is left out of a frame, with its names."""

    row: DrawExclusion
    enterprise: str
    workplace: str


def today(actor: Actor) -> date:
    """The calendar day of the actor's association."""
    return clock.today(people.association(actor).time_zone)


def every(actor: Actor) -> list[DrawPeriod]:
    """All periods of the actor's association, the newest first."""
    query = select(DrawPeriod).where(DrawPeriod.association_id == actor.association_id)
    return list(session().exec(query.order_by(col(DrawPeriod.first_day).desc(), col(DrawPeriod.created_at).desc())))


def running() -> list[DrawPeriod]:
    """The drawn periods of every association, for work that nobody asks for."""
    return list(session().exec(select(DrawPeriod).where(DrawPeriod.state == PeriodState.drawn)))


def get(actor: Actor, period_id: UUID, *, write: bool = False) -> DrawPeriod:
    """A period as whoever plans it sees it. With ``write`` its row is locked.

    Raises ``NotFound`` outside the association, ``Refused`` for who has a tie to an enterprise that can be drawn.
    """
    row = _row(actor, period_id, write=write)
    if touches(actor, row):
        raise Refused("plan-tie", TIED)
    return row


def for_audit(actor: Actor, period_id: UUID) -> DrawPeriod:
    """A period as an auditor sees it. Raises ``NotFound`` and ``Refused`` as ``get`` does.

    For who manages or has a tie to any enterprise the answer is the same whatever became of the draw.
    """
    row = _row(actor, period_id)
    if actor.outside_ids and not actor.is_system:
        raise Refused("plan-tie", TIED_AUDITOR)
    return row


def touches(actor: Actor, row: DrawPeriod) -> bool:
    """Whether an enterprise that the actor manages or has a tie to is, or before freezing could be, in the frame."""
    if actor.is_system or not actor.outside_ids:
        return False
    if row.frame_digest is not None:
        data = files.get(row.frame_digest)
        return any(f",{enterprise_id.hex},".encode() in data for enterprise_id in actor.outside_ids)
    enterprise = SQLModel.metadata.tables["enterprise"]
    query = sa.select(enterprise.c.id).where(
        enterprise.c.association_id == actor.association_id, enterprise.c.id.in_(sorted(actor.outside_ids))
    )
    return session().execute(query.limit(1)).first() is not None


def look(actor: Actor, row: DrawPeriod, page: str) -> None:
    """Put on the trail that somebody looks at the plan. Within a request that reads, ``begin_writing`` comes first."""
    record(actor, LOOKED, row, page=page)


def looks(row: DrawPeriod, most: int = 100) -> list[Look]:
    """Who looked at a period's plan, the newest first."""
    query = (
        select(AuditLine)
        .where(AuditLine.subject_id == row.id, AuditLine.verb == LOOKED)
        .order_by(col(AuditLine.number).desc())
    )
    found = session().exec(query.limit(most))
    return [Look(line.at, line.person_id, str(line.changes.get("note", {}).get("page", ""))) for line in found]


def strata(row: DrawPeriod) -> list[DrawStratum]:
    """The strata of a drawn period: the take-all one first, then by key."""
    query = select(DrawStratum).where(DrawStratum.period_id == row.id)
    return list(session().exec(query.order_by(col(DrawStratum.certain).desc(), col(DrawStratum.key))))


def exclusions(row: DrawPeriod) -> list[LeftOut]:
    """What is left out of a period's frame."""
    enterprise, workplace = SQLModel.metadata.tables["enterprise"], SQLModel.metadata.tables["workplace"]
    query = (
        sa.select(DrawExclusion, enterprise.c.name, workplace.c.name)
        .join(workplace, workplace.c.id == DrawExclusion.workplace_id)
        .join(enterprise, enterprise.c.id == workplace.c.enterprise_id)
        .where(col(DrawExclusion.period_id) == row.id)
        .order_by(col(DrawExclusion.excluded_at))
    )
    return [LeftOut(*line) for line in session().execute(query)]


def frame(row: DrawPeriod) -> frames.Frame:
    """The frozen frame of a period. Raises ``NotFound`` before freezing, and when the file is gone or damaged."""
    if row.frame_digest is None:
        raise NotFound("frame-missing", N_("The frame of this period is not frozen yet."))
    return frames.read(files.get(row.frame_digest))


def _row(actor: Actor, period_id: UUID, *, write: bool = False) -> DrawPeriod:
    query = select(DrawPeriod).where(DrawPeriod.association_id == actor.association_id, DrawPeriod.id == period_id)
    if write:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session().exec(query).first()
    if row is None:
        raise NotFound("period-unknown", N_("There is no such period."))
    return row


TIED = N_(
    "You manage or have a tie to an enterprise that can be drawn in this period. Nobody sees a plan in which their own "
    "may stand: another coordinator has to do this."
)
TIED_AUDITOR = N_(
    "You manage or have a tie to an enterprise of the register. Nobody checks a draw in which their own may stand: "
    "somebody without a tie has to do this."
)
