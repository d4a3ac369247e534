"""Writing periods before their draw: set up, change, leave out, freeze, cancel."""

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel, col, select

from compliance.enterprises import store as enterprises
from compliance.people.rules import Actor, system_actor
from compliance.planning import frames, settings, store, store_members, store_risk, store_risk_kept
from compliance.planning.frames import Member, Outline, Terms
from compliance.planning.models import DrawExclusion, DrawPeriod
from compliance.planning.periods import PeriodMove, PeriodState, after, check_days, overlap
from compliance.planning.settings import Settings
from compliance.shared import audit, clock, files
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Conflict, Problem, Refused
from compliance.shared.words import N_, clean
from compliance.shared.worked_out import Figure

FRAME_TYPE = "text/plain"


@audited("draw.period_set_up")
def create(actor: Actor, name: str, first: date, last: date, wanted: Settings) -> DrawPeriod:
    """Set up a period. Raises ``Problem`` for bad days or numbers, and where it overlaps one that stands."""
    _check(actor, name, first, last, wanted)
    row = DrawPeriod(
        association_id=actor.association_id,
        name=clean(name).strip()[:120],
        first_day=first,
        last_day=last,
        settings=asdict(wanted),
        algorithm=frames.ALGORITHM,
        created_by=actor.person_id,
    )
    if store.touches(actor, row):
        raise Refused("plan-tie", store.TIED)
    session().add(row)
    session().flush()
    return row


@audited("draw.period_changed")
def change(actor: Actor, period_id: UUID, name: str, first: date, last: date, wanted: Settings) -> DrawPeriod:
    """Change a period that is not frozen. Raises as ``create`` does, and ``Conflict`` later."""
    row = store.get(actor, period_id, write=True)
    after(row.state, PeriodMove.change)
    _check(actor, name, first, last, wanted, but=row.id)
    row.name, row.first_day, row.last_day, row.settings = clean(name).strip()[:120], first, last, asdict(wanted)
    session().add(row)
    return row


@audited("draw.excluded")
def exclude(actor: Actor, period_id: UUID, workplace_id: UUID, reason: str) -> DrawExclusion:
    """Leave a workplace out of the frame, with the reason. A recent visit is none: the reason is a person's word."""
    row = store.get(actor, period_id, write=True)
    after(row.state, PeriodMove.change)
    if not clean(reason).strip():
        raise Problem("reason-missing", N_("Please give a reason."), field="reason")
    workplace = enterprises.workplace(actor, workplace_id)
    query = select(DrawExclusion.id).where(
        DrawExclusion.period_id == row.id, DrawExclusion.workplace_id == workplace.id
    )
    if session().exec(query).first():
        raise Conflict("already-excluded", N_("This workplace is left out already."))
    left_out = DrawExclusion(
        association_id=row.association_id,
        period_id=row.id,
        workplace_id=workplace.id,
        reason=clean(reason).strip()[:2000],
        excluded_by=actor.person_id,
    )
    session().add(left_out)
    session().flush()
    return left_out


@audited("draw.exclusion_undone")
def include_again(actor: Actor, period_id: UUID, workplace_id: UUID) -> DrawPeriod:
    """Undo an exclusion, before freezing."""
    row = store.get(actor, period_id, write=True)
    after(row.state, PeriodMove.change)
    query = select(DrawExclusion).where(DrawExclusion.period_id == row.id, DrawExclusion.workplace_id == workplace_id)
    for left_out in session().exec(query):
        session().delete(left_out)
    return row


@audited("draw.cancelled")
def cancel(actor: Actor, period_id: UUID, reason: str) -> DrawPeriod:
    """Cancel a period before its draw, with a reason; another one can then be set up for its days."""
    row = store.get(actor, period_id, write=True)
    state = after(row.state, PeriodMove.cancel)
    if not clean(reason).strip():
        raise Problem("reason-missing", N_("Please give a reason."), field="reason")
    row.state, row.cancelled_reason = state, clean(reason).strip()[:2000]
    row.cancelled_at, row.cancelled_by = clock.now(), actor.person_id
    session().add(row)
    return row


def preview(actor: Actor, row: DrawPeriod | None, wanted: Settings, figure: Figure | None) -> tuple[Terms, Outline]:
    """What a draw with these numbers would be told now, and who could be drawn, as far as a plan tells them apart.

    ``figure`` are the points of a large register as they are kept. Raises ``Problem`` where nobody is left.
    """
    found = Counter(
        store_risk_kept.outline(figure) if figure else frames.outline(members(actor, row.id if row else None))
    )
    if figure and row is not None:
        points = store_risk_kept.points_by_id(figure)
        found -= Counter(frames.outline(store_members.members(actor.association_id, points, _left_out(row.id))))
    if not found:
        raise Problem("frame-empty", frames.EMPTY)
    return _terms(actor, row, wanted), found


def members(actor: Actor, period_id: UUID | None) -> list[Member]:
    """All who could be drawn, but those left out of the period. As the system sees it: whoever freezes, nobody's points
    are missing.
    """
    points = store_risk.points_of(system_actor(actor.association_id), store.today(actor))
    there = [~_left_out(period_id)] if period_id else []
    return store_members.members(actor.association_id, {id.hex: number for id, number in points.items()}, *there)


def _left_out(period_id: UUID) -> sa.ColumnElement[bool]:
    left_out = select(DrawExclusion.workplace_id).where(DrawExclusion.period_id == period_id)
    return SQLModel.metadata.tables["workplace"].c.id.in_(left_out)


def freeze(actor: Actor, period_id: UUID) -> DrawPeriod:
    """Freeze the frame and bind the draw to it: frame, algorithm and the seed's digest stand on the trail from now on.

    Doing it twice changes nothing. Raises ``Problem`` for a frame without members.
    """
    row = store.get(actor, period_id, write=True)
    if row.state is not PeriodState.draft:
        if row.state is PeriodState.cancelled:
            after(row.state, PeriodMove.freeze)
        return row
    wanted = settings.settings_of(row.settings)
    settings.check(wanted)
    made = frames.frame_of(_terms(actor, row, wanted), members(actor, row.id))
    data = frames.written(made)
    row.frame_digest = files.put(data, FRAME_TYPE).digest
    row.frame_size, row.algorithm = len(made.members), made.terms.algorithm
    seed = secrets.token_bytes(32)
    row.seed, row.seed_digest = seed.hex(), frames.digest_of(seed)
    row.state = after(row.state, PeriodMove.freeze)
    row.frozen_at, row.frozen_by = clock.now(), actor.person_id
    session().add(row)
    bound = {"frame_digest": row.frame_digest, "seed_digest": row.seed_digest, "algorithm": row.algorithm}
    audit.record(actor, "draw.frozen", row, **bound)
    return row


def _terms(actor: Actor, row: DrawPeriod | None, wanted: Settings) -> Terms:
    parts = settings.shares(wanted)
    return Terms(
        association=actor.association_id.hex,
        period=row.id.hex if row else "",
        first_day=row.first_day.isoformat() if row else "",
        last_day=row.last_day.isoformat() if row else "",
        random=parts.random,
        targeted=parts.targeted,
        by_district=wanted.by_district,
        smallest=wanted.smallest,
    )


def _check(actor: Actor, name: str, first: date, last: date, wanted: Settings, but: UUID | None = None) -> None:
    if not clean(name).strip():
        raise Problem("name-missing", N_("Please give the period a name."), field="name")
    check_days(first, last)
    if last < store.today(actor):
        raise Problem("period-past", N_("This period is over already. Nothing can be drawn for it."), field="last_day")
    settings.check(wanted)
    association = SQLModel.metadata.tables["association"]
    # Two periods for the same days, set up at the same moment, wait here for each other.
    session().execute(sa.select(association.c.id).where(association.c.id == actor.association_id).with_for_update())
    standing = select(DrawPeriod).where(
        DrawPeriod.association_id == actor.association_id,
        DrawPeriod.state != PeriodState.cancelled,
        col(DrawPeriod.id) != but if but else sa.true(),
    )
    for other in session().exec(standing):
        if overlap(first, last, other.first_day, other.last_day):
            raise Problem("period-overlaps", OVERLAPS, field="first_day", **_days(other))


def _days(other: DrawPeriod) -> Mapping[str, str]:
    return {"name": other.name, "first": other.first_day.isoformat(), "last": other.last_day.isoformat()}


OVERLAPS = N_(
    "These days overlap the period “%(name)s” (%(first)s to %(last)s). A workplace has one chance at a time: choose "
    "other days, or cancel that period as long as it is not drawn."
)
