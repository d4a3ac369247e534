"""How far a visit has come from each tablet, for the office that waits for it: entries, photos, receipt and clock."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from compliance.shared.database import session
from compliance.visits import sync
from compliance.visits.models import AnswerEvent, Visit
from compliance.visits.models_tablet import AsideEntry, DiscardedEntry, Tablet, TabletPhoto, TabletReceipt
from compliance.visits.store_receipts import Known, announced

ENTRY, ASIDE, GIVEN_UP, PHOTO, RECEIPT = "entry", "aside", "given_up", "photo", "receipt"


@dataclass(frozen=True)
class Arrival:
    """What has come of a visit from one tablet.

    ``told_at`` and ``digest`` are those of the receipt that it was given last, ``contact_at`` and ``drift_seconds`` of
    its last contact; ``clocks`` are the least and the greatest drift that came with an entry. ``ahead`` are the entries
    that call themselves younger than their own arrival, ``aside`` those that came too late.
    """

    device: str
    label: str
    person_id: UUID | None
    entries: int
    last_seq: int
    missing: tuple[int, ...]
    given_up: int
    aside: int
    photos_listed: int
    photos_in: int
    photos_verified: int
    complete: bool
    digest: str
    told_at: datetime | None
    contact_at: datetime | None
    drift_seconds: int | None
    clocks: tuple[int, int] | None
    ahead: int

    @property
    def doubtful(self) -> bool:
        """Whether what its clock said can be relied upon: far from the server's, set on the way, or ahead of time."""
        seen = [*(self.clocks or ()), *(() if self.drift_seconds is None else (self.drift_seconds,))]
        off = bool(seen) and max(max(map(abs, seen)), max(seen) - min(seen)) > sync.DOUBTFUL_DRIFT
        return bool(self.ahead) or off

    @property
    def photos_waiting(self) -> int:
        """Photos that were announced and are not here as announced."""
        return self.photos_listed - self.photos_verified


class _Piece(NamedTuple):
    """A row about one tablet, of any of five tables; what a table does not have is None."""

    kind: str
    device: str
    id: UUID | None
    seq: int | None
    sha256: str | None
    person_id: UUID | None
    at: datetime | None
    received_at: datetime | None
    drift: int | None
    item: str
    field: str
    value: Any
    replaces: list[str]


def arrivals(visit: Visit) -> list[Arrival]:
    """How far the visit has come from each tablet that anything is known of, the one heard of last first.

    Two statements, whatever the number of tablets and entries.
    """
    by_device: dict[str, list[_Piece]] = defaultdict(list)
    pieces = _pieces(visit)
    for piece in pieces:
        by_device[piece.device].append(piece)
    if not by_device:
        return []
    ids = [id for id in map(sync.uuid_of, by_device) if id]
    tablets = {str(row.id): row for row in session().exec(select(Tablet).where(col(Tablet.id).in_(ids)))}
    entered = [
        Known(p.id, p.device, p.seq or 0, p.sha256 or "", p.item, p.field, p.value, p.replaces)
        for p in pieces
        if p.kind in (ENTRY, ASIDE) and p.id
    ]
    here = {p.id: p.sha256 for p in pieces if p.kind == PHOTO and p.id}
    found = [_arrival(device, own, tablets.get(device), entered, here) for device, own in by_device.items()]
    return sorted(found, key=lambda one: (_heard(one) is not None, _heard(one), one.device), reverse=True)


def _heard(one: Arrival) -> datetime | None:
    return max((moment for moment in (one.told_at, one.contact_at) if moment), default=None)


def _arrival(
    device: str, own: Sequence[_Piece], tablet: Tablet | None, entered: Sequence[Known], here: dict[UUID, str | None]
) -> Arrival:
    # What a reviewer took over stands twice: as an entry, and aside as it came.
    known = {p.id: p for p in own if p.kind in (ENTRY, ASIDE)}.values()
    told = next((p for p in own if p.kind == RECEIPT), None)
    given_up = [p.seq for p in own if p.kind == GIVEN_UP and p.seq is not None]
    seqs = [p.seq for p in known if p.seq is not None]
    last = max([told.seq or 0 if told else 0, *seqs])
    missing = tuple(sync.gaps([*seqs, *given_up], last))
    listed = announced(entered, device)
    verified = sum(1 for id, digest in listed.items() if here.get(id) == digest)
    drifts = [p.drift for p in known if p.drift is not None]
    return Arrival(
        device=device,
        label=tablet.label if tablet else "",
        person_id=tablet.person_id if tablet else next((p.person_id for p in own if p.person_id), None),
        entries=len(known),
        last_seq=last,
        missing=missing,
        given_up=len(given_up),
        aside=sum(1 for p in own if p.kind == ASIDE),
        photos_listed=len(listed),
        photos_in=sum(1 for id in listed if id in here),
        photos_verified=verified,
        complete=told is not None and not missing and verified == len(listed),
        digest=(told.sha256 or "") if told else "",
        told_at=told.at if told else None,
        contact_at=tablet.contact_at if tablet else None,
        drift_seconds=tablet.drift_seconds if tablet else None,
        clocks=(min(drifts), max(drifts)) if drifts else None,
        ahead=sum(1 for p in known if p.at and p.received_at and sync.is_doubtful(p.at, p.drift, p.received_at)),
    )


def _half(kind: str, table: Any, **other: Any) -> Any:
    columns = []
    for name in ("device", "id", "seq", "sha256", "person_id", "at", "received_at", "drift_seconds",
                 "item", "field", "value", "replaces"):  # fmt: skip
        own = other.get(name, getattr(table, name, None))
        like: Any = col(getattr(AnswerEvent, name))
        columns.append((sa.cast(sa.null(), like.type) if own is None else col(own)).label(name))
    where = [col(table.visit_id) == sa.bindparam("visit"), col(table.device) != ""]
    return sa.select(sa.literal(kind).label("kind"), *columns).where(*where)


_PIECES = sa.union_all(
    _half(ENTRY, AnswerEvent),
    _half(ASIDE, AsideEntry),
    _half(GIVEN_UP, DiscardedEntry),
    _half(PHOTO, TabletPhoto),
    _half(RECEIPT, TabletReceipt, seq=TabletReceipt.last_seq, sha256=TabletReceipt.digest),
)
"""Everything that one visit has of tablets; put together once, for that takes longer than asking it."""


def _pieces(visit: Visit) -> list[_Piece]:
    return [_Piece(*row) for row in session().execute(_PIECES, {"visit": visit.id})]
