"""What reached a visit after it was closed: kept as it came, until a reviewer takes it over or sets it aside."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from compliance.people.rules import Actor, can
from compliance.shared import clock, files
from compliance.shared.audit import audited
from compliance.shared.database import insert_new, session
from compliance.shared.problems import Conflict, NotFound, Refused
from compliance.shared.words import N_, clean
from compliance.visits import evidence, store_photos
from compliance.visits import store_moves as moves
from compliance.visits import store_reading as reading
from compliance.visits.models import AnswerEvent, Visit
from compliance.visits.models_tablet import AsideEntry, TabletPhoto
from compliance.visits.rules import CLOSING, INTERVIEW, PAY, Source, State, check_reason
from compliance.visits.store_evidence import add_evidence
from compliance.visits.sync import Decision

_AS_SENT = (
    "id", "visit_id", "item", "field", "value", "replaces", "at", "person_id", "device", "seq", "bulk", "sha256",
    "drift_seconds",
)  # fmt: skip


_DECIDED_ABOUT = col(AsideEntry.item).not_in((INTERVIEW, PAY))
"""Interviews are kept by those who keep them also when they come late; of them only a digest stands here."""


@dataclass(frozen=True)
class Aside:
    """Everything that came too late for one visit, in the order in which it came."""

    entries: Sequence[AsideEntry]
    photos: Sequence[TabletPhoto]


def aside_of(visit: Visit) -> Aside:
    """What came too late for a visit that the caller has loaded, decided about or not."""
    entries = select(AsideEntry).where(AsideEntry.visit_id == visit.id, _DECIDED_ABOUT)
    photos = select(TabletPhoto).where(TabletPhoto.visit_id == visit.id, TabletPhoto.why != "")
    return Aside(
        list(
            session().exec(entries.order_by(col(AsideEntry.received_at), col(AsideEntry.device), col(AsideEntry.seq)))
        ),
        list(session().exec(photos.order_by(col(TabletPhoto.received_at), col(TabletPhoto.id)))),
    )


def undecided(visit: Visit) -> int:
    """How much came too late for a visit that the caller has loaded, and nobody has decided about."""
    entries = sa.select(sa.func.count()).where(
        col(AsideEntry.visit_id) == visit.id, col(AsideEntry.decision).is_(None), _DECIDED_ABOUT
    )
    photos = sa.select(sa.func.count()).where(
        col(TabletPhoto.visit_id) == visit.id, col(TabletPhoto.why) != "", col(TabletPhoto.decision).is_(None)
    )
    return int(session().execute(sa.select(entries.scalar_subquery() + photos.scalar_subquery())).scalar_one())


def waiting(actor: Actor) -> dict[UUID, int]:
    """How much nobody has decided about yet, by visit; only visits that the actor sees from inside."""
    entries = select(AsideEntry.visit_id).where(col(AsideEntry.decision).is_(None), _DECIDED_ABOUT)
    photos = select(TabletPhoto.visit_id).where(col(TabletPhoto.decision).is_(None), TabletPhoto.why != "")
    counted = Counter([*session().exec(entries), *session().exec(photos)])
    seen = reading.seen_among(actor, counted)
    return {visit_id: number for visit_id, number in counted.items() if visit_id in seen}


@audited("aside.taken")
def take_over(actor: Actor, visit: Visit, row: AsideEntry | TabletPhoto, reason: str) -> AsideEntry | TabletPhoto:
    """Let something that came too late count after all: entered into an open visit as it came, recorded as a correction
    of a sealed one. Whoever calls scores a sealed visit again afterwards.

    Raises ``Refused`` for anybody who does not review, ``Conflict`` when it is decided already or the visit is neither
    open nor sealed, ``Problem`` without a reason or for a value that its checklist does not take any more.
    """
    why = _check(actor, visit, row, reason)
    if visit.state not in (State.handed_out, State.sealed):
        raise Conflict("aside-state", N_("Only an open or sealed visit takes over what came too late."))
    if isinstance(row, TabletPhoto):
        upload = evidence.check(files.get(row.sha256), f"photo-{row.id.hex[:8]}")
        row.evidence_id = add_evidence(
            actor, visit, row.item if reading.checklist(visit).has(row.item) else CLOSING, upload,
            source=Source.correction, photo_id=row.id, taken_at=row.taken_at, position=row.position or None,
        ).id  # fmt: skip
        store_photos.follow(actor, visit, store_photos.keys_about(visit, row.id))
    else:
        if visit.state is State.handed_out:
            _enter(row)
        else:
            moves.correct(actor, visit, row.item, row.field, row.value, why)
        store_photos.follow(actor, visit, [(row.item, row.field)])
    return _decided(actor, row, Decision.taken, why)


@audited("aside.set_aside")
def set_aside(actor: Actor, visit: Visit, row: AsideEntry | TabletPhoto, reason: str) -> AsideEntry | TabletPhoto:
    """Leave something that came too late where it is, with the reason. Raises as ``take_over`` does."""
    return _decided(actor, row, Decision.set_aside, _check(actor, visit, row, reason))


def entry(visit: Visit, entry_id: UUID) -> AsideEntry | TabletPhoto:
    """An entry or a photo that came too late for this visit. Raises ``NotFound``."""
    for table in (AsideEntry, TabletPhoto):
        row: Any = session().get(table, entry_id, with_for_update=True)
        if row is not None and row.visit_id == visit.id and row.why:
            found: AsideEntry | TabletPhoto = row
            return found
    raise NotFound("aside-unknown", N_("There is nothing like that beside this visit."))


def _check(actor: Actor, visit: Visit, row: AsideEntry | TabletPhoto, reason: str) -> str:
    session().refresh(visit, with_for_update=True)
    if not can(actor, "visit.review"):
        raise Refused("visit-not-reviewer", N_("Only a reviewer corrects a sealed visit."))
    if row.decision is not None:
        raise Conflict("aside-decided", N_("Somebody has decided about this in the meantime."))
    return check_reason(clean(reason))[:2000]


def _decided(actor: Actor, row: AsideEntry | TabletPhoto, decision: Decision, reason: str) -> AsideEntry | TabletPhoto:
    row.decision, row.decided_reason = decision, reason
    row.decided_at, row.decided_by = clock.now(), actor.person_id
    session().flush()
    return row


def _enter(row: AsideEntry) -> None:
    values: dict[str, Any] = {name: getattr(row, name) for name in _AS_SENT}
    values |= {"received_at": clock.now(), "source": Source.tablet, "reason": ""}
    insert_new(AnswerEvent.__table__, [values])  # type: ignore[attr-defined]
