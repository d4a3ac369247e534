"""What tablets send, kept entry by entry: one that cannot stand costs no other, what was here already stays as it is.

Entries that reach a visit which is closed are kept aside for its reviewer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from compliance.checklists.rules import Checklist
from compliance.people.rules import Actor
from compliance.shared import audit, clock
from compliance.shared.database import insert_new, session
from compliance.shared.problems import Problem, Refused, TooLarge
from compliance.shared.words import N_
from compliance.visits import store_photos, sync
from compliance.visits import store_reading as reading
from compliance.visits.models import AnswerEvent, Visit
from compliance.visits.models_tablet import AsideEntry, Tablet
from compliance.visits.rules import Source, Value, normal
from compliance.visits.store_given import addressed, foreign_device, versions_of, why_aside
from compliance.visits.sync import Sent


@dataclass
class Received:
    """What became of each entry of a batch, by id: its digest, or the problem."""

    kept: list[tuple[UUID, str]] = field(default_factory=list)
    known: list[tuple[UUID, str]] = field(default_factory=list)
    aside: list[tuple[UUID, str, str]] = field(default_factory=list)
    refused: list[tuple[Any, Problem]] = field(default_factory=list)


@dataclass(frozen=True)
class _Batch:
    """Where a batch goes: the visit, its device, whose entries they are, and why they are kept aside, if they are."""

    visit: Visit
    device: str
    by: UUID | None
    drift: int | None
    source: Source
    why: str
    now: datetime


def receive(actor: Actor, visit: Any, device: Any, entries: Any, at: Any = None) -> Received:
    """Keep what a tablet sends for a visit. ``visit`` and ``device`` are ids as they came, ``at`` the device's clock.

    Raises ``Problem`` only for a batch that cannot be read at all, ``TooLarge`` for more than ``sync.MOST_AT_ONCE``.
    Everything else that is wrong is in the answer, entry by entry.
    """
    sent = _entries(entries)
    now = clock.now()
    try:
        row, drift, why = addressed(actor, visit, device)
    except Problem as problem:
        return Received(refused=[(raw, problem) for raw in sent])
    drift_now = sync.drift_of(now, at) if at is not None else None
    batch = _Batch(
        visit=row,
        device=device,
        by=actor.person_id,
        drift=drift if drift_now is None else drift_now,
        source=Source.tablet,
        why=why,
        now=now,
    )
    return _keep(actor, batch, sent)


def receive_file(actor: Actor, visit_id: UUID, device: str, entries: Any) -> Received:
    """Keep what a tablet exported as a file, brought to the desk. The entries are those of the tablet's owner.

    Raises ``NotFound``, ``Refused`` unless the actor may enter at the desk, and as ``receive`` does.
    """
    sent = _entries(entries)
    visit = reading.get(actor, visit_id)
    if not reading.may_enter(actor, visit, at_desk=True):
        raise Refused("visit-not-yours", N_("Only the inspectors of this visit enter answers."))
    id = sync.uuid_of(device)
    tablet = session().get(Tablet, id) if id else None
    if id is None or (tablet is not None and tablet.association_id != actor.association_id):
        raise foreign_device()
    session().refresh(visit, with_for_update=True)
    by = tablet.person_id if tablet else actor.person_id
    drift = tablet.drift_seconds if tablet else None
    batch = _Batch(visit, device, by, drift, Source.tablet, why_aside(actor, visit), clock.now())
    return _keep(actor, batch, sent)


def _entries(entries: Any) -> Sequence[Any]:
    if not isinstance(entries, list):
        raise Problem("batch-shape", N_("This cannot be read: the entries are missing."))
    if len(entries) > sync.MOST_AT_ONCE:
        raise TooLarge(
            "batch-too-many",
            N_("%(size)d entries were sent at once; %(limit)d are allowed."),
            size=len(entries),
            limit=sync.MOST_AT_ONCE,
        )
    return entries


def _keep(actor: Actor, batch: _Batch, entries: Sequence[Any]) -> Received:
    received = Received()
    pinned, visit_text = reading.checklist(batch.visit), str(batch.visit.id)
    good: dict[UUID, tuple[Any, Sent, Value]] = {}
    for raw in entries:
        try:
            sent = sync.read(raw, visit_text, batch.device)
            value = _normal(batch.visit, pinned, sent)
            same = good.get(sent.id)
            if same is not None and same[1].sha256 != sent.sha256:
                raise _changed()
        except Problem as problem:
            received.refused.append((raw, problem))
        else:
            good[sent.id] = (raw, sent, value)
    if good and (batch.why or batch.visit.sent_back_at is not None):
        _settle_those_elsewhere(batch, good, received)
    if good:
        _insert(actor, batch, good, received)
    return received


def _normal(visit: Visit, pinned: Checklist, sent: Sent) -> Value:
    """The value as it is kept. After a move to a newer version the tablet may still speak of what is gone."""
    key = (sent.item, sent.field)
    try:
        value = normal(pinned, key, sent.value)
    except Problem as problem:
        if problem.code != "field-unknown":
            raise
        for older in list(versions_of(visit))[1:]:
            try:
                value = normal(older, key, sent.value)
            except Problem:
                continue
            sync.check_bulk(sync.item_of([older], sent.item), sent)
            return value
        raise
    if sent.bulk:
        sync.check_bulk(sync.item_of([pinned], sent.item), sent)
    return value


def _settle_those_elsewhere(batch: _Batch, good: dict[UUID, tuple[Any, Sent, Value]], received: Received) -> None:
    """What came while the visit was in another state stays where it was kept, and is not kept twice."""
    table: Any = AnswerEvent if batch.why else AsideEntry
    same_number = sa.and_(
        table.visit_id == batch.visit.id,
        table.device == batch.device,
        col(table.seq).in_([sent.seq for _raw, sent, _value in good.values()]),
    )
    query = sa.select(table.id, table.visit_id, table.device, table.seq, table.sha256).where(
        sa.or_(col(table.id).in_(good), same_number)
    )
    rows = session().execute(query).all()
    ids = {row[0]: row for row in rows}
    numbers = {row[3] for row in rows if (row[1], row[2]) == (batch.visit.id, batch.device)}
    for id, (raw, sent, _value) in list(good.items()):
        if id in ids:
            _settle(batch, raw, sent, ids[id][1:3], ids[id][4], received, aside=not batch.why)
        elif sent.seq in numbers:
            received.refused.append((raw, _taken_number()))
        else:
            continue
        good.pop(id)


def _settle(
    batch: _Batch, raw: Any, sent: Sent, place: tuple[UUID, str], digest: str, received: Received, *, aside: bool
) -> None:
    """The answer for an entry whose id is here already: kept at ``place`` (visit, device), with this digest."""
    if tuple(place) != (batch.visit.id, batch.device):
        received.refused.append((raw, Problem("entry-id-taken", N_("Another entry has this id."))))
    elif digest != sent.sha256:
        received.refused.append((raw, _changed()))
    elif aside:
        received.aside.append((sent.id, digest, batch.why or "sealed"))
    else:
        received.known.append((sent.id, digest))


def _insert(actor: Actor, batch: _Batch, good: dict[UUID, tuple[Any, Sent, Value]], received: Received) -> None:
    table: Any = AsideEntry if batch.why else AnswerEvent
    if max(sent.seq for _raw, sent, _value in good.values()) > sync.MANY:
        _require_room(batch, table, len(good))
    rows = [_row(batch, sent, value) for _raw, sent, value in good.values()]
    new = set(insert_new(table.__table__, rows))
    if len(new) < len(good):
        _explain(batch, table, {id: one for id, one in good.items() if id not in new}, received)
    kept = [sent for id, (_raw, sent, _value) in good.items() if id in new]
    if not kept:
        return
    if batch.why:
        received.aside += [(sent.id, sent.sha256, batch.why) for sent in kept]
    else:
        received.kept += [(sent.id, sent.sha256) for sent in kept]
        batch.visit.started_at = batch.visit.started_at or batch.now
    _audit(actor, batch, kept)
    if not batch.why:
        store_photos.follow(actor, batch.visit, [(sent.item, sent.field) for sent in kept])


def _audit(actor: Actor, batch: _Batch, kept: Sequence[Sent]) -> None:
    """One line for a batch: which tablet, which running numbers, and a digest that proves what they said."""
    audit.record(
        actor,
        "visit.kept_aside" if batch.why else "visit.answered",
        batch.visit,
        device=batch.device,
        entries=len(kept),
        first=min(sent.seq for sent in kept),
        last=max(sent.seq for sent in kept),
        drift_seconds=batch.drift,
        sha256=sync.receipt_of((sent.seq, str(sent.id), sent.sha256) for sent in kept),
    )


def _row(batch: _Batch, sent: Sent, value: Value) -> dict[str, Any]:
    row = {
        "id": sent.id,
        "visit_id": batch.visit.id,
        "item": sent.item,
        "field": sent.field,
        "value": value,
        "replaces": sorted(sent.replaces),
        "at": sent.at,
        "received_at": batch.now,
        "person_id": batch.by,
        "device": batch.device,
        "seq": sent.seq,
        "bulk": sent.bulk,
        "sha256": sent.sha256,
        "drift_seconds": batch.drift,
    }
    return row | ({"why": batch.why, "decided_reason": ""} if batch.why else {"source": batch.source, "reason": ""})


def _require_room(batch: _Batch, table: Any, more: int) -> None:
    count = sa.select(sa.func.count()).select_from(table).where(table.visit_id == batch.visit.id)
    if int(session().execute(count).scalar_one()) + more > sync.MOST_OF_A_VISIT:
        raise TooLarge(
            "visit-full",
            N_("A visit holds %(limit)d entries; this one is full. Export what is left and call the office."),
            limit=sync.MOST_OF_A_VISIT,
        )


def _explain(batch: _Batch, table: Any, left: dict[UUID, tuple[Any, Sent, Value]], received: Received) -> None:
    """Why rows were not written: the very same is here already, or the id or the number is taken by another."""
    query = sa.select(table.id, table.visit_id, table.device, table.sha256).where(col(table.id).in_(left))
    here = {row[0]: row[1:] for row in session().execute(query)}
    for id, (raw, sent, _value) in left.items():
        if id in here:
            _settle(batch, raw, sent, here[id][:2], here[id][2], received, aside=bool(batch.why))
        else:
            received.refused.append((raw, _taken_number()))


def _changed() -> Problem:
    return Problem("entry-changed", N_("This entry was sent before and said something else. An entry never changes."))


def _taken_number() -> Problem:
    return Problem("entry-seq-taken", N_("Another entry of this tablet has the same running number."))


def here(ids: Iterable[UUID]) -> set[UUID]:
    """Those of these entries that were kept before, among the answers or aside."""
    wanted = list(ids)
    halves = [sa.select(col(table.id)).where(col(table.id).in_(wanted)) for table in (AnswerEvent, AsideEntry)]
    return set(session().execute(sa.union_all(*halves)).scalars()) if wanted else set()


def drifts(visit: Visit) -> dict[UUID, int]:
    """By how many seconds the server's clock was ahead of the tablet's when an entry came, where that is known."""
    query = select(AnswerEvent.id, AnswerEvent.drift_seconds).where(
        AnswerEvent.visit_id == visit.id, col(AnswerEvent.drift_seconds).is_not(None)
    )
    return {id: seconds for id, seconds in session().exec(query) if seconds is not None}
