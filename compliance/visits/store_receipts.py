"""Receipts: what of a visit has come from a tablet, proved by digests; and what is still on its way.

A visit has come whole from a tablet when its running numbers have no gap, and every photo that it announced is here
with the announced digest, or struck through.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from compliance.people.rules import Actor
from compliance.shared import audit, clock
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Problem
from compliance.shared.words import N_, clean
from compliance.visits import sync
from compliance.visits.beside import PHOTO, STRUCK, photo_of
from compliance.visits.events import Event, heads_of
from compliance.visits.models import AnswerEvent, Visit
from compliance.visits.models_tablet import AsideEntry, DiscardedEntry, TabletPhoto, TabletReceipt
from compliance.visits.rules import check_reason
from compliance.visits.store_given import given, own_tablet

MOST_NAMED = 500
"""Missing running numbers that an answer lists."""
MOST_DISCARDED = 100


@dataclass(frozen=True)
class Receipt:
    """What has come from one tablet for one visit. ``digest`` is over the lines "seq id sha256" of all entries."""

    complete: bool
    last_seq: int
    entries: int
    digest: str
    missing_seqs: tuple[int, ...]
    missing_photos: tuple[UUID, ...]
    photos: tuple[tuple[UUID, str], ...]
    at: datetime


def receipt(actor: Actor, visit: Any, device: Any, last_seq: Any, discarded: Any = None) -> Receipt:
    """What has come of everything up to ``last_seq``. ``discarded`` are entries that the tablet gives up, each
    ``{seq, id, reason}``: refused ones that nobody will send again.

    Raises ``NotFound``, ``Refused`` for another's tablet, ``Problem`` for a number or a reason that cannot be.
    """
    own_tablet(actor, device)
    row = given(actor, visit)
    last_seq = _counted(last_seq)
    if discarded:
        _discard(actor, row, device, discarded)
    told = _look(row, device, last_seq)
    _note(actor, row, device, told)
    return told


def look(actor: Actor, visit: Visit, device: Any, last_seq: Any) -> Receipt:
    """What has come from the actor's tablet for a visit that it holds; nothing is noted. Raises as ``receipt`` does."""
    own_tablet(actor, device)
    return _look(visit, device, _counted(last_seq))


def _counted(last_seq: Any) -> int:
    if isinstance(last_seq, bool) or not isinstance(last_seq, int) or not 0 <= last_seq <= sync.LARGEST_SEQ:
        raise Problem("receipt-seq", N_("The tablet does not say how many entries it made."))
    return last_seq


def _look(visit: Visit, device: str, last_seq: int) -> Receipt:
    known = _known(visit, device)
    entries = [(one.seq, str(one.id), one.sha256) for one in known if one.device == device]
    given_up = session().exec(
        select(DiscardedEntry.seq).where(DiscardedEntry.visit_id == visit.id, DiscardedEntry.device == device)
    )
    last = max((last_seq, *(seq for seq, _, _ in entries)))
    seqs = sync.gaps([*given_up, *(seq for seq, _, _ in entries)], last)
    listed = announced(known, device)
    here = photos_of(visit, listed)
    missing = tuple(sorted(id for id, digest in listed.items() if here.get(id) != digest))
    return Receipt(
        complete=not seqs and not missing,
        last_seq=last,
        entries=len(entries),
        digest=sync.receipt_of(entries),
        missing_seqs=tuple(seqs),
        missing_photos=missing,
        photos=tuple(sorted(here.items())),
        at=clock.now(),
    )


def photos_of(visit: Visit, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Those of these photos that are here, with the SHA-256 of their files."""
    wanted = list(ids)
    if not wanted:
        return {}
    query = select(TabletPhoto.id, TabletPhoto.sha256).where(
        TabletPhoto.visit_id == visit.id, col(TabletPhoto.id).in_(wanted)
    )
    return dict(session().exec(query).all())


@dataclass(frozen=True, slots=True)
class Known:
    """An entry as a receipt needs it."""

    id: UUID
    device: str
    seq: int
    sha256: str
    item: str
    field: str
    value: Any
    replaces: list[str]


def _known(visit: Visit, device: str) -> list[Known]:
    """Every entry of one tablet, and what any other said of photos; those kept aside among them."""
    halves = []
    for table in (AnswerEvent, AsideEntry):
        columns = (table.id, table.device, table.seq, table.sha256, table.item, table.field, table.value)
        halves.append(
            sa.select(*map(col, columns), col(table.replaces)).where(
                col(table.visit_id) == visit.id,
                sa.or_(
                    col(table.device) == device,
                    col(table.field).startswith(PHOTO),
                    col(table.field).startswith(STRUCK),
                ),
            )
        )
    return list({row[0]: Known(*row) for row in session().execute(sa.union_all(*halves))}.values())


def announced(known: Sequence[Known], device: str) -> dict[UUID, str]:
    """The photos that one tablet announced, with their SHA-256; without those that anybody struck through."""
    said = [
        Event(one.id, one.item, one.field, one.value, frozenset(map(UUID, one.replaces)))
        for one in known
        if one.field.startswith(STRUCK)
    ]
    struck = {photo_of(key[1]) for key, heads in heads_of(said).items() if any(head.value for head in heads)}
    found = {}
    for one in known:
        id = photo_of(one.field) if one.device == device and one.field.startswith(PHOTO) else None
        if id is not None and id not in struck:
            found[id] = str(one.value)
    return found


def _note(actor: Actor, visit: Visit, device: str, told: Receipt) -> None:
    row = session().get(TabletReceipt, (visit.id, device))
    if row is None:
        row = TabletReceipt(visit_id=visit.id, device=device)
        session().add(row)
    news = told.complete and (not row.complete or row.digest != told.digest)
    row.person_id, row.at = actor.person_id, told.at
    row.last_seq, row.entries, row.digest = told.last_seq, told.entries, told.digest
    row.missing_entries, row.missing_photos = len(told.missing_seqs), len(told.missing_photos)
    row.complete = told.complete
    session().flush()
    if news:
        audit.record(
            actor, "visit.received", visit,
            device=device, entries=told.entries, photos=len(told.photos), sha256=told.digest,
        )  # fmt: skip


@audited("visit.entries_discarded")
def _discard(actor: Actor, visit: Visit, device: str, discarded: Any) -> Sequence[DiscardedEntry]:
    if not isinstance(discarded, list) or len(discarded) > MOST_DISCARDED:
        raise Problem("discard-shape", N_("This cannot be read: the discarded entries are not listed."))
    here = {one.seq for one in _known(visit, device) if one.device == device}
    rows = []
    for one in discarded:
        seq, reason = sync.field_of(one, "seq"), sync.field_of(one, "reason")
        if isinstance(seq, bool) or not isinstance(seq, int) or not 1 <= seq <= sync.LARGEST_SEQ:
            raise Problem("entry-seq", N_("The running number of this entry is not a whole number from 1."))
        why = check_reason(clean(reason) if isinstance(reason, str) else "")[:2000]
        if seq in here or session().get(DiscardedEntry, (visit.id, device, seq)) is not None:
            continue
        row = DiscardedEntry(
            visit_id=visit.id,
            device=device,
            seq=seq,
            entry_id=sync.uuid_of(sync.field_of(one, "id")),
            reason=why,
            person_id=actor.person_id,
        )
        session().add(row)
        rows.append(row)
    session().flush()
    return rows
