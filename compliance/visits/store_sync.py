"""What tablets send, kept entry by entry: one that cannot stand costs no other, what was here already stays as it is.

Entries that reach a visit which is closed are kept aside for its reviewer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, select

from compliance.checklists import store as checklists
from compliance.checklists.rules import Checklist
from compliance.people.rules import Actor
from compliance.shared import audit, clock
from compliance.shared.database import session
from compliance.shared.problems import NotFound, Problem, Refused, TooLarge
from compliance.shared.words import N_
from compliance.visits import store_reading as reading
from compliance.visits import sync
from compliance.visits.models import AnswerEvent, Visit, VisitInspector
from compliance.visits.models_tablet import AsideEntry, Tablet, VisitVersion
from compliance.visits.rules import Source, State, Value, normal
from compliance.visits.sync import Sent

WHY_ASIDE = {
    "sealed": N_("The visit was sealed before this arrived. It is kept for the reviewer."),
    "released": N_("The visit was released before this arrived. It is kept for the reviewer."),
    "cancelled": N_("The visit was cancelled before this arrived. It is kept for the reviewer."),
    "tie": N_("This visit is not yours any more. What arrived is kept for the reviewer."),
}


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
        tablet = own_tablet(actor, device)
        row = given(actor, visit)
    except Problem as problem:
        return Received(refused=[(raw, problem) for raw in sent])
    drift = sync.drift_of(now, at) if at is not None else None
    batch = _Batch(
        visit=row,
        device=device,
        by=actor.person_id,
        drift=tablet.drift_seconds if drift is None else drift,
        source=Source.tablet,
        why=why_aside(actor, row),
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
        raise _foreign_device()
    session().refresh(visit, with_for_update=True)
    by = tablet.person_id if tablet else actor.person_id
    drift = tablet.drift_seconds if tablet else None
    batch = _Batch(visit, device, by, drift, Source.tablet, why_aside(actor, visit), clock.now())
    return _keep(actor, batch, sent)


def own_tablet(actor: Actor, device: Any) -> Tablet:
    """The actor's tablet with this id. Raises ``Refused`` for somebody else's, ``NotFound`` for one that never called."""
    id = sync.uuid_of(device)
    if id is None:
        raise Problem("device-id", N_("The tablet does not say which one it is."))
    row = session().get(Tablet, id)
    if row is None:
        raise NotFound("device-unknown", N_("This tablet is not registered yet. It registers at its next contact."))
    if row.person_id != actor.person_id:
        raise _foreign_device()
    return row


def given(actor: Actor, visit: Any) -> Visit:
    """A visit that was handed out to this inspector, whatever became of it since; its row is held.

    Raises ``NotFound`` for every other.
    """
    id = visit if isinstance(visit, UUID) else sync.uuid_of(visit)
    query = (
        select(Visit)
        .join(VisitInspector, col(VisitInspector.visit_id) == col(Visit.id))
        .where(col(Visit.id) == id, Visit.association_id == actor.association_id)
        .where(VisitInspector.person_id == actor.person_id, col(Visit.handed_out_at).is_not(None))
        .with_for_update(of=Visit)
        .execution_options(populate_existing=True)
    )
    row = session().exec(query).first() if id else None
    if row is None:
        raise NotFound("visit-unknown", N_("There is no such visit."))
    return row


def why_aside(actor: Actor, visit: Visit) -> str:
    """Why entries for this visit are kept aside; empty while it is open."""
    if visit.enterprise_id in actor.outside_ids:
        return "tie"
    return "" if visit.state is State.handed_out else visit.state.value


def versions_of(visit: Visit) -> Iterable[Checklist]:
    """The checklist that the visit is pinned to, then those that it was moved from, newest first."""
    yield reading.checklist(visit)
    query = select(VisitVersion.checklist_version_id).where(VisitVersion.visit_id == visit.id)
    for version_id in session().exec(query.order_by(col(VisitVersion.moved_at).desc())):
        yield checklists.load(version_id)


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
    if good and batch.visit.sent_back_at is not None and not batch.why:
        _drop_those_aside(batch, good, received)
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


def _drop_those_aside(batch: _Batch, good: dict[UUID, tuple[Any, Sent, Value]], received: Received) -> None:
    """What was kept aside before the visit was opened again stays with the reviewer, and is not entered twice."""
    query = select(AsideEntry.id, AsideEntry.sha256, AsideEntry.why).where(
        AsideEntry.visit_id == batch.visit.id, AsideEntry.device == batch.device, col(AsideEntry.id).in_(good)
    )
    for id, digest, why in session().exec(query):
        raw, sent, _value = good.pop(id)
        if sent.sha256 == digest:
            received.aside.append((id, digest, why))
        else:
            received.refused.append((raw, _changed()))


def _insert(actor: Actor, batch: _Batch, good: dict[UUID, tuple[Any, Sent, Value]], received: Received) -> None:
    table: Any = AsideEntry if batch.why else AnswerEvent
    _require_room(batch, table, len(good))
    rows = [_row(batch, sent, value) for _raw, sent, value in good.values()]
    new = set(_add(table.__table__, rows))
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


def _add(table: sa.Table, rows: list[dict[str, Any]]) -> Iterable[UUID]:
    """Write rows that are not there yet; the ids of those that were written. Same code on both databases, one batch."""
    insert = sqlite.insert if session().get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(table).on_conflict_do_nothing().returning(table.c.id)
    return session().execute(statement, rows).scalars()


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
        if id not in here:
            received.refused.append((raw, _taken_number()))
        elif here[id][:2] != (batch.visit.id, batch.device):
            received.refused.append((raw, Problem("entry-id-taken", N_("Another entry has this id."))))
        elif here[id][2] != sent.sha256:
            received.refused.append((raw, _changed()))
        elif batch.why:
            received.aside.append((id, sent.sha256, batch.why))
        else:
            received.known.append((id, sent.sha256))


def _foreign_device() -> Refused:
    return Refused("device-foreign", N_("This tablet belongs to somebody else. Only its owner sends from it."))


def _changed() -> Problem:
    return Problem("entry-changed", N_("This entry was sent before and said something else. An entry never changes."))


def _taken_number() -> Problem:
    return Problem("entry-seq-taken", N_("Another entry of this tablet has the same running number."))
