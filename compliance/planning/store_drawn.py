"""What was drawn: drawing, the rows of a period, the visit that each becomes, and those that left meanwhile."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel, col, select

from compliance.enterprises.rules import Status, WorkplaceStatus
from compliance.people.rules import Actor
from compliance.planning import draw, store
from compliance.planning.models import DrawnWorkplace, DrawPeriod, DrawStratum
from compliance.planning.periods import LeftReason, PeriodMove, PeriodState, after
from compliance.shared import audit, clock
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.ids import random_id
from compliance.shared.problems import Conflict, NotFound
from compliance.shared.words import N_, clean
from compliance.visits import store as visits
from compliance.visits.states import State

Drawn = DrawnWorkplace
"""The row of a drawn workplace, for those who are given one."""
SEAL, BARE = "drawn_seal", "drawn_digest"
"""Under which name a line of the trail binds the result: by its seal, or, in earlier releases, by its bare digest."""


def make(actor: Actor, period_id: UUID) -> DrawPeriod:
    """Draw a frozen period, once: a second call finds it drawn and changes nothing. The seal of the result is put
    on the trail; who was drawn is not.
    """
    row = store.get(actor, period_id, write=True)
    if row.state in (PeriodState.drawn, PeriodState.ended):
        return row
    state = after(row.state, PeriodMove.draw)
    seed = bytes.fromhex(row.seed or "")
    made = draw.draw(store.frame(row), seed)
    ids = {stratum.key: random_id() for stratum in made.strata}
    _insert(DrawStratum, [_stratum(row, one, ids[one.key]) for one in made.strata])
    _insert(DrawnWorkplace, [_chosen(row, one, ids[one.stratum]) for one in made.chosen])
    row.state, row.drawn_digest = state, made.seal(seed)
    row.drawn_at, row.drawn_by = clock.now(), actor.person_id
    session().add(row)
    told = {"drawn": len(made.chosen), "strata": len(made.strata), SEAL: row.drawn_digest}
    audit.record(actor, "draw.drawn", row, **told)
    note_departures(actor, row)
    return row


def rows(actor: Actor, row: DrawPeriod) -> list[DrawnWorkplace]:
    """All that was drawn in a period, by position. The caller opened the period with ``store.get``."""
    query = select(DrawnWorkplace).where(DrawnWorkplace.period_id == row.id)
    return list(session().exec(query.order_by(col(DrawnWorkplace.position))))


def get(actor: Actor, drawn_id: UUID, *, write: bool = False) -> DrawnWorkplace:
    """One drawn workplace. Raises ``NotFound`` outside the scope, ``Refused`` as ``store.get`` does."""
    query = select(DrawnWorkplace).where(
        DrawnWorkplace.id == drawn_id, DrawnWorkplace.association_id == actor.association_id
    )
    if write:
        query = query.with_for_update()
    row = session().exec(query).first()
    if row is None:
        raise NotFound("drawn-unknown", N_("There is no such drawn workplace."))
    store.get(actor, row.period_id)
    return row


def waiting(actor: Actor, row: DrawPeriod) -> list[DrawnWorkplace]:
    """Those that have no visit yet and did not leave, by position."""
    return [one for one in rows(actor, row) if one.visit_id is None and one.left_reason is None]


def of_visit(visit_id: UUID) -> DrawnWorkplace | None:
    """The drawn workplace that a visit stands for, or None. The caller has checked the scope."""
    return session().exec(select(DrawnWorkplace).where(DrawnWorkplace.visit_id == visit_id)).first()


@audited("draw.visit_planned")
def plan_visit(
    actor: Actor, drawn_id: UUID, planned_for: date, inspector_ids: Sequence[UUID], purpose: str = ""
) -> DrawnWorkplace:
    """Plan the visit of a drawn workplace, with its route, stratum and inclusion probability.

    Raises ``Conflict`` where it has a visit already, has left, or the seed is revealed.
    """
    row = get(actor, drawn_id, write=True)
    _require_open(actor, row)
    stratum = session().get_one(DrawStratum, row.stratum_id)
    visit = visits.plan(
        actor,
        row.workplace_id,
        planned_for=planned_for,
        route=row.route,
        purpose=purpose,
        inspector_ids=inspector_ids,
        stratum=stratum.key,
        inclusion_probability=row.inclusion_probability,
    )
    row.visit_id = visit.id
    session().add(row)
    return row


@audited("draw.left")
def mark_left(actor: Actor, drawn_id: UUID, reason: LeftReason, note: str = "") -> DrawnWorkplace:
    """Note that a drawn workplace no longer belongs to those whom the draw stands for. Its draw stays as it was.

    Raises ``Conflict`` where its visit has been made or is under way.
    """
    row = get(actor, drawn_id, write=True)
    if row.left_reason is not None:
        return row
    if row.visit_id is not None:
        visit = SQLModel.metadata.tables["visit"]
        state = session().execute(sa.select(visit.c.state).where(visit.c.id == row.visit_id)).scalar()
        if state not in _NOT_BEGUN:
            raise Conflict("drawn-visited", N_("This workplace has been visited, or its visit is under way."))
    row.left_reason, row.left_at, row.left_by = reason, clock.now(), actor.person_id
    row.left_note = clean(note).strip()[:2000]
    session().add(row)
    return row


def note_departures(actor: Actor, row: DrawPeriod) -> int:
    """Mark those that left the register since they were drawn, and how many. The trail has a line.

    Only within the period, and only where no visit was begun: who leaves later, or was visited, belonged to the frame.
    """
    if row.state is not PeriodState.drawn or store.today(actor) > row.last_day:
        return 0
    tables = SQLModel.metadata.tables
    enterprise, workplace, visit = tables["enterprise"], tables["workplace"], tables["visit"]
    query = (
        sa.select(DrawnWorkplace, enterprise.c.status)
        .join(enterprise, enterprise.c.id == DrawnWorkplace.enterprise_id)
        .join(workplace, workplace.c.id == DrawnWorkplace.workplace_id)
        .outerjoin(visit, visit.c.id == DrawnWorkplace.visit_id)
        .where(
            col(DrawnWorkplace.period_id) == row.id,
            col(DrawnWorkplace.left_reason).is_(None),
            sa.or_(enterprise.c.status != Status.active, workplace.c.status != WorkplaceStatus.active),
            sa.or_(visit.c.id.is_(None), visit.c.state.in_(_NOT_BEGUN)),
        )
        .with_for_update(of=DrawnWorkplace)
    )
    found = session().execute(query).all()
    for one, status in found:
        one.left_reason = _WHY.get(Status(status), LeftReason.removed)
        one.left_at, one.left_by = clock.now(), actor.person_id
        session().add(one)
    if found:
        audit.record(actor, "draw.left", row, left=len(found))
    return len(found)


def visit_states(drawn: Iterable[DrawnWorkplace]) -> Mapping[UUID, Any]:
    """State, outcome and day of the visits of drawn workplaces, by visit."""
    visit = SQLModel.metadata.tables["visit"]
    ids = [one.visit_id for one in drawn if one.visit_id]
    query = sa.select(visit.c.id, visit.c.state, visit.c.outcome, visit.c.planned_for, visit.c.visited_on)
    found = {}
    for start in range(0, len(ids), 500):
        for line in session().execute(query.where(visit.c.id.in_(ids[start : start + 500]))):
            found[line.id] = line
    return found


def counts(row: DrawPeriod) -> dict[str, int]:
    """How many were drawn, how many of them have a visit, and how many left."""
    query = sa.select(
        sa.func.count(col(DrawnWorkplace.id)),
        sa.func.count(col(DrawnWorkplace.visit_id)),
        sa.func.count(col(DrawnWorkplace.left_reason)),
    ).where(col(DrawnWorkplace.period_id) == row.id)
    drawn, planned, left = session().execute(query).one()
    return {"drawn": drawn, "planned": planned, "left": left}


def unended(row: DrawPeriod) -> int:
    """How many drawn visits have not ended: neither released nor cancelled, and the workplace did not leave."""
    visit = SQLModel.metadata.tables["visit"]
    query = (
        sa.select(sa.func.count())
        .select_from(DrawnWorkplace)
        .outerjoin(visit, visit.c.id == DrawnWorkplace.visit_id)
        .where(
            col(DrawnWorkplace.period_id) == row.id,
            col(DrawnWorkplace.left_reason).is_(None),
            visit.c.id.is_not(None),
            visit.c.state.not_in((State.released, State.cancelled)),
        )
    )
    return int(session().execute(query).scalar_one())


def _require_open(actor: Actor, row: DrawnWorkplace) -> None:
    period = store.get(actor, row.period_id)
    if period.state is not PeriodState.drawn:
        raise Conflict("period-state", N_("This period has ended, and its seed is revealed."))
    if row.left_reason is not None:
        raise Conflict("drawn-left", N_("This workplace has left since it was drawn."))
    if row.visit_id is not None:
        raise Conflict("drawn-planned", N_("The visit of this workplace is planned already."))


def _stratum(row: DrawPeriod, one: draw.DrawnStratum, id: UUID) -> dict[str, Any]:
    return {
        "id": id,
        "association_id": row.association_id,
        "period_id": row.id,
        "key": one.key,
        "sector": one.sector,
        "size": one.size,
        "district": one.district,
        "route": one.route,
        "certain": one.certain,
        "frame_size": one.population,
        "drawn": one.drawn,
        "merged": list(one.merged),
    }


def _chosen(row: DrawPeriod, one: draw.Chosen, stratum_id: UUID) -> dict[str, Any]:
    return {
        "id": random_id(),
        "association_id": row.association_id,
        "period_id": row.id,
        "stratum_id": stratum_id,
        "enterprise_id": UUID(one.member.enterprise),
        "workplace_id": UUID(one.member.workplace),
        "route": one.route,
        "inclusion_probability": one.probability,
        "position": one.position,
        "points": one.member.points,
        "left_note": "",
    }


def _insert(table: type[SQLModel], lines: list[dict[str, Any]]) -> None:
    if lines:
        session().execute(sa.insert(table), lines)


_NOT_BEGUN = (State.planned, State.cancelled)
_WHY = {Status.left: LeftReason.left, Status.closed: LeftReason.closed}
