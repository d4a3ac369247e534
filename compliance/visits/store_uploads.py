"""Photos on their way from a tablet: taken in parts that may come with days between them, and whole only when the
SHA-256 of the whole is the one that was announced.

The parts lie in the database, so that any of several machines can take the next one. What was begun and not gone on
with is dropped after a while; the tablet has it still.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from compliance.people.rules import Actor
from compliance.shared import audit, clock, database, files
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem, TooLarge
from compliance.shared.words import N_
from compliance.visits import evidence, store_given, store_photos, sync
from compliance.visits.beside import PHOTO
from compliance.visits.evidence import PHOTO_LIMIT, Upload
from compliance.visits.models import AnswerEvent, Visit
from compliance.visits.models_tablet import PhotoPart, PhotoUpload, TabletPhoto
from compliance.visits.rules import CLOSING, Source
from compliance.visits.store_evidence import MOST_FILES, add_evidence

LARGEST_PART = 2**20
"""Bytes of one part."""
MOST_OPEN = 600
"""Photos that one person may have on their way."""
KEPT_FOR = timedelta(days=7)
"""After so long without a further part, what came of a photo is dropped."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
_POSITION = re.compile(r"-?\d{1,3}(\.\d{1,12})?,-?\d{1,3}(\.\d{1,12})?(,\d{1,8}(\.\d{1,6})?)?")
_ENDINGS = {"image/png": "png", "image/webp": "webp", "image/heic": "heic"}


@dataclass(frozen=True)
class Coming:
    """What a tablet says of a photo with each of its parts."""

    id: UUID
    visit: str
    item: str
    device: str
    size: int
    sha256: str
    media_type: str
    taken_at: datetime | None
    position: str | None


@dataclass(frozen=True)
class Progress:
    """How much of a photo is here. ``why`` says why it is kept aside, if it is."""

    received: int
    size: int
    complete: bool
    why: str = ""


class Headers(Protocol):
    """What came with a request."""

    def get(self, key: str, default: str) -> str:
        """One header."""


def read_announcement(photo_id: UUID, headers: Headers) -> Coming:
    """What the headers of a part say. Raises ``Problem`` for what cannot be; a place or a moment is never a reason."""
    if photo_id.version != 4:
        raise Problem("photo-id", N_("The id of this photo is not a UUID of version 4."))
    size, digest = headers.get("X-Size", ""), headers.get("X-SHA256", "")
    if not size.isdecimal() or len(size) > 12 or int(size) < 1:
        raise Problem("photo-size", N_("The size of this photo is missing."))
    if int(size) > PHOTO_LIMIT:
        raise TooLarge(
            "photo-too-large",
            N_("This photo has %(size)d MB; at most %(limit)d MB are allowed."),
            size=-(-int(size) // 2**20),
            limit=PHOTO_LIMIT // 2**20,
        )
    if not _SHA256.fullmatch(digest):
        raise Problem("not-a-digest", N_("A photo is announced with the SHA-256 of its file (64 hexadecimal digits)."))
    position = headers.get("X-Position", "")
    return Coming(
        id=photo_id,
        visit=headers.get("X-Visit", ""),
        item=headers.get("X-Item", "")[:40],
        device=headers.get("X-Device", ""),
        size=int(size),
        sha256=digest,
        media_type=headers.get("X-Type", "")[:100],
        taken_at=sync.moment_of(headers.get("X-Taken", "")),
        position=position if len(position) <= 60 and _POSITION.fullmatch(position) else None,
    )


def progress(actor: Actor, photo_id: UUID) -> Progress:
    """How much of the actor's photo is here. Raises ``NotFound`` for one that never began, or is somebody else's."""
    done = session().get(TabletPhoto, photo_id)
    if done is not None and done.person_id == actor.person_id:
        return Progress(done.size, done.size, True, done.why)
    begun = session().get(PhotoUpload, photo_id)
    if begun is None or begun.person_id != actor.person_id:
        raise NotFound("photo-unknown", N_("Nothing of this photo has arrived."))
    return Progress(begun.received, begun.size, False)


def take(actor: Actor, coming: Coming, start: int, data: bytes) -> Progress | bytes:
    """Keep one part. With the last one the whole file is returned instead, and nothing written: look at it, then
    ``keep`` it.

    Raises ``Conflict`` ``photo-offset`` (fact ``received``) when this is not the next part, ``NotFound`` for a visit or
    an item that is not the actor's, ``Problem`` for a photo that the entries announce with another SHA-256.
    """
    store_given.own_tablet(actor, coming.device)
    visit = store_given.given(actor, coming.visit)
    done = _done(actor, visit, coming)
    if done is not None:
        return done
    _check_part(coming, start, data)
    _check_place(visit, coming)
    row = _begun(actor, visit, coming, start)
    if start != row.received:
        raise Conflict(
            "photo-offset",
            N_("Of this photo %(received)d bytes have arrived. The next part begins there."),
            received=row.received,
        )
    if start + len(data) == coming.size:
        parts = select(PhotoPart.data).where(PhotoPart.upload_id == row.id).order_by(col(PhotoPart.start))
        return b"".join([*session().exec(parts), data])
    session().execute(sa.insert(PhotoPart), {"upload_id": row.id, "start": start, "data": data})
    row.received, row.changed_at = start + len(data), clock.now()
    session().flush()
    return Progress(row.received, coming.size, False)


def examine(coming: Coming, data: bytes) -> Upload:
    """Look at a whole file: its SHA-256, and whether it is a picture. Its copies are drawn and stored already; nothing
    is held in the database meanwhile.

    Raises ``Problem`` or ``TooLarge`` for a file that can never be kept: drop it then.
    """
    if hashlib.sha256(data).hexdigest() != coming.sha256:
        raise Problem("photo-hash", N_("This photo was damaged on its way. It is sent once more."))
    upload = evidence.check(data, f"photo-{coming.id.hex[:8]}.{_ENDINGS.get(coming.media_type, 'jpg')}")
    if upload.kind != "photo":
        raise Problem("photo-kind", N_("%(name)s is not a picture."), name=upload.filename)
    files.put(upload.data, upload.media_type)
    files.put(upload.shown, "image/jpeg")
    files.put(upload.small, "image/jpeg")
    return upload


def keep(
    actor: Actor, coming: Coming, upload: Upload, *, brought: Visit | None = None, owner_id: UUID | None = None
) -> TabletPhoto | None:
    """Keep a photo that was examined: as evidence of its visit, or aside when the visit is closed. None when it was
    kept already (two last parts at once). Where somebody brings the tablet's file to the desk, ``brought`` is the visit
    and ``owner_id`` the tablet's person; whether that is allowed, the caller has checked.

    Raises ``Problem`` past the number of files that a visit can hold.
    """
    visit = brought or store_given.given(actor, coming.visit)
    session().execute(sa.delete(PhotoUpload).where(col(PhotoUpload.id) == coming.id))
    if _done(actor, visit, coming) is not None:
        return None
    why = store_given.why_aside(actor, visit) if brought else store_given.why_not_theirs(actor, visit)
    if not why and not _is_asked(visit, coming.item):
        why = "item-gone"
    row = TabletPhoto(
        id=coming.id,
        visit_id=visit.id,
        item=coming.item,
        device=coming.device,
        sha256=coming.sha256,
        size=coming.size,
        media_type=upload.media_type,
        taken_at=coming.taken_at,
        position=coming.position or "",
        person_id=owner_id or actor.person_id,
        why=why,
    )
    if not why:
        shown = add_evidence(
            actor,
            visit,
            coming.item,
            upload,
            source=Source.tablet,
            photo_id=coming.id,
            taken_at=coming.taken_at,
            position=coming.position,
            at_desk=brought is not None,
        )
        row.evidence_id = shown.id
        visit.started_at = visit.started_at or clock.now()
    session().add(row)
    audit.record(actor, "photo.kept_aside" if why else "photo.received", row)
    if not why:
        store_photos.follow(actor, visit, store_photos.keys_about(visit, coming.id))
    return row


def drop(photo_id: UUID) -> None:
    """Forget what came of a photo, in a transaction of its own: the request that finds it bad fails."""
    session().rollback()
    with database.db.engine.begin() as connection:
        connection.execute(sa.delete(PhotoUpload).where(col(PhotoUpload.id) == photo_id))


def _check_part(coming: Coming, start: int, data: bytes) -> None:
    if len(data) > LARGEST_PART:
        raise TooLarge(
            "part-too-large",
            N_("A part of a photo has at most %(limit)d bytes."),
            limit=LARGEST_PART,
        )
    if not data or start < 0 or start + len(data) > coming.size:
        raise Problem("photo-part", N_("This part does not belong to the photo: the sizes do not fit."))


def _done(actor: Actor, visit: Visit, coming: Coming) -> Progress | None:
    row = session().get(TabletPhoto, coming.id)
    if row is None:
        return None
    if (row.visit_id, row.person_id, row.sha256) != (visit.id, actor.person_id, coming.sha256):
        raise _another()
    return Progress(row.size, row.size, True, row.why)


def _check_place(visit: Visit, coming: Coming) -> None:
    if coming.item != CLOSING and not any(one.has(coming.item) for one in store_given.versions_of(visit)):
        raise NotFound("item-unknown", N_("The checklist has no item %(item)s."), item=coming.item)
    announced = select(AnswerEvent.value).where(
        AnswerEvent.visit_id == visit.id, AnswerEvent.field == f"{PHOTO}{coming.id}"
    )
    if any(value != coming.sha256 for value in session().exec(announced)):
        raise Problem("photo-mismatch", N_("This photo was announced with another SHA-256."))


def _begun(actor: Actor, visit: Visit, coming: Coming, start: int) -> PhotoUpload:
    row = session().get(PhotoUpload, coming.id, with_for_update=True)
    if row is not None and row.person_id != actor.person_id:
        raise _another()
    same = row is not None and (row.visit_id, row.item, row.device, row.size, row.sha256) == (
        visit.id, coming.item, coming.device, coming.size, coming.sha256,
    )  # fmt: skip
    if row is not None and not same and start == 0:
        session().delete(row)  # the tablet begins again, with another file
        session().flush()
        row = None
    elif row is not None and not same:
        raise _another()
    if row is None:
        row = _begin(actor, visit, coming)
    return row


def _begin(actor: Actor, visit: Visit, coming: Coming) -> PhotoUpload:
    now = clock.now()
    session().execute(sa.delete(PhotoUpload).where(col(PhotoUpload.changed_at) < now - KEPT_FOR))
    whole = sa.select(sa.func.count()).where(col(TabletPhoto.visit_id) == visit.id)
    coming_here = sa.select(sa.func.count()).where(col(PhotoUpload.person_id) == actor.person_id)
    if int(session().execute(whole).scalar_one()) >= MOST_FILES:
        raise Problem("evidence-too-many", N_("A visit can hold %(limit)d files."), limit=MOST_FILES)
    if int(session().execute(coming_here).scalar_one()) >= MOST_OPEN:
        raise Problem("photos-too-many", N_("Too many photos are on their way at once. Let some of them finish."))
    table: Any = PhotoUpload.__table__  # type: ignore[attr-defined]
    row = {
        "id": coming.id,
        "visit_id": visit.id,
        "person_id": actor.person_id,
        "item": coming.item,
        "device": coming.device,
        "sha256": coming.sha256,
        "size": coming.size,
        "received": 0,
        "changed_at": now,
    }
    database.insert_new(table, [row])  # the same first part twice at once is one
    return session().get_one(PhotoUpload, coming.id, with_for_update=True)


def _is_asked(visit: Visit, item: str) -> bool:
    return item == CLOSING or next(iter(store_given.versions_of(visit))).has(item)


def _another() -> Conflict:
    return Conflict("photo-known", N_("Another photo has this id."))
