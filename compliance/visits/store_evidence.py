"""Photos and documents of visits: kept as they came, shown as clean copies, struck through but never deleted."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from compliance.people import store as people
from compliance.people.rules import Actor, can
from compliance.shared import clock, files
from compliance.shared.audit import audited, record
from compliance.shared.database import session
from compliance.shared.ids import random_id
from compliance.shared.problems import Conflict, NotFound, Problem, Refused, Stale
from compliance.shared.words import N_, clean
from compliance.visits import pictures
from compliance.visits import store_reading as reading
from compliance.visits.evidence import Upload
from compliance.visits.marks import LONGEST_KEPT, Mark, blurs, lifts_blur, parse, shows_more, text_of
from compliance.visits.models import Evidence, Visit
from compliance.visits.rules import CLOSING, Move, Source, State, after, check_reason

MOST_FILES = 300
"""Photos and documents of one visit, those struck through included."""


def evidence_of(visit: Visit, *, struck: bool = True) -> list[Evidence]:
    """The visit's evidence in the order in which it came; without what is struck through if ``struck`` is False."""
    query = select(Evidence).where(Evidence.visit_id == visit.id)
    if not struck:
        query = query.where(col(Evidence.struck_at).is_(None))
    return list(session().exec(query.order_by(col(Evidence.added_at), col(Evidence.id))))


def public_photos(visit: Visit) -> list[Evidence]:
    """The photos that the enterprise may be shown: nobody can be recognised, not struck through, visit released."""
    if visit.state is not State.released:
        return []
    return [
        row for row in evidence_of(visit, struck=False) if row.kind == "photo" and row.unrecognisable_at is not None
    ]


def get_evidence(actor: Actor, evidence_id: UUID) -> tuple[Visit, Evidence]:
    """A piece of evidence with its visit, for those who see the visit from inside. Raises ``NotFound``."""
    row = session().get(Evidence, evidence_id)
    if row is None:
        raise _unknown()
    return reading.get(actor, row.visit_id), row


def get_public_photo(actor: Actor, evidence_id: UUID) -> tuple[Visit, Evidence]:
    """A photo that the enterprise may be shown, for those who see the enterprise from outside too."""
    row = session().get(Evidence, evidence_id)
    if row is None:
        raise _unknown()
    visit = reading.get_released(actor, row.visit_id)
    if row.id not in {photo.id for photo in public_photos(visit)}:
        raise _unknown()
    return visit, row


def shown(row: Evidence, *, small: bool = False) -> bytes:
    """The copy of a photo that pages show: JPEG without hidden data, its marks drawn in. Raises ``NotFound`` for a
    document.
    """
    digest = row.small_digest if small else row.shown_digest
    if digest is None:
        raise _unknown()
    return files.get(digest)


def document(row: Evidence) -> bytes:
    """The bytes of a document as it was uploaded. Raises ``NotFound`` for a photo: its original is sealed."""
    if row.kind != "document":
        raise _unknown()
    return files.get(row.digest)


def original(actor: Actor, row: Evidence, reason: str) -> bytes:
    """A photo as it came, without its marks and with its hidden data: for those permitted, with a reason, on record.

    Raises ``Refused`` without the permit ``evidence.original``, ``Problem`` without a reason.
    """
    if not can(actor, "evidence.original"):
        raise Refused("evidence-sealed", N_("The original of a photo stays sealed. A reviewer may look at it."))
    data = files.get(row.digest)
    record(actor, "evidence.original_read", row, reason=check_reason(clean(reason))[:2000])
    return data


@audited("evidence.added")
def add_evidence(
    actor: Actor,
    visit: Visit,
    item: str,
    upload: Upload,
    *,
    caption: str = "",
    source: Source = Source.form,
    photo_id: UUID | None = None,
    taken_at: datetime | None = None,
    position: str | None = None,
    at_desk: bool = False,
) -> Evidence:
    """Keep an upload under an item (or under ``CLOSING``, for the visit as a whole). The same file twice is one.

    ``photo_id`` is the id that a tablet gave it; ``taken_at`` and ``position`` are what the tablet read from the camera
    before it stripped the picture; ``at_desk`` says that somebody brings it for the inspector. A correction is what a
    reviewer takes over after the seal: who, and when, the caller has checked.

    Raises ``Conflict`` unless the visit is open, ``Refused`` for others than who may enter, ``NotFound`` for an item
    that the checklist does not have, ``Problem`` past ``MOST_FILES``.
    """
    if source is not Source.correction:
        after(visit.state, Move.answer)
        if not reading.may_enter(actor, visit, at_desk=at_desk or source is Source.desk):
            raise Refused("visit-not-yours", N_("Only the inspectors of this visit enter answers."))
    if item != CLOSING and not reading.checklist(visit).has(item):
        raise NotFound("item-unknown", N_("The checklist has no item %(item)s."), item=item)
    stored = files.put(upload.data, upload.media_type)
    there = evidence_of(visit)
    for row in there:
        if row.digest == stored.digest and row.item == item:
            return row
    if len(there) >= MOST_FILES:
        raise Problem("evidence-too-many", N_("A visit can hold %(limit)d files."), limit=MOST_FILES)
    zone = ZoneInfo(people.association(actor).time_zone)
    row = Evidence(
        id=photo_id or random_id(),
        visit_id=visit.id,
        item=item,
        kind=upload.kind,
        digest=stored.digest,
        media_type=upload.media_type,
        filename=upload.filename,
        size=stored.size,
        width=upload.width,
        height=upload.height,
        shown_digest=files.put(upload.shown, "image/jpeg").digest if upload.shown else None,
        small_digest=files.put(upload.small, "image/jpeg").digest if upload.small else None,
        caption=clean(caption)[:500],
        taken_at=_in_zone(taken_at or upload.taken_at, zone),
        position=(position or upload.position or "")[:60] or None,
        added_by=actor.person_id,
    )
    session().add(row)
    if source is Source.desk:
        visit.entered_at_desk = True
    session().flush()
    return row


@audited("evidence.struck")
def strike(actor: Actor, visit: Visit, row: Evidence, reason: str) -> Evidence:
    """Strike a piece of evidence through, with a reason. It stays on record and is shown nowhere else.

    Raises ``Refused`` for others than the visit's inspectors while it is open, or a reviewer once it is sealed.
    """
    _check_may_mark(actor, visit)
    if row.struck_at is not None:
        raise Conflict("evidence-struck", N_("This file is struck through already."))
    row.struck_reason = check_reason(clean(reason))[:2000]
    row.struck_at, row.struck_by = clock.now(), actor.person_id
    return row


@audited("evidence.described")
def describe(
    actor: Actor, visit: Visit, row: Evidence, *, caption: str, unrecognisable: bool, seen: str | None = None
) -> Evidence:
    """Change the caption, and say (or take back) that nobody in this picture can be recognised.

    ``seen`` is the digest of the copy that the person looked at. Raises ``Stale`` when another one is shown by now: the
    word counts for the copy that was seen.
    """
    _check_may_mark(actor, visit)
    if (
        row.kind == "photo"
        and unrecognisable
        and row.unrecognisable_at is None
        and seen not in (None, row.shown_digest)
    ):
        raise Stale(
            "evidence-changed",
            N_("The marks on this photo have changed since you opened the page. Look again."),
            field="unrecognisable",
        )
    row.caption = clean(caption)[:500]
    if row.kind != "photo":
        return row
    if unrecognisable and row.unrecognisable_at is None:
        row.unrecognisable_at, row.unrecognisable_by = clock.now(), actor.person_id
    elif not unrecognisable:
        row.unrecognisable_at = row.unrecognisable_by = None
    return row


@audited("evidence.marked")
def mark(actor: Actor, visit: Visit, row: Evidence, marks: Sequence[Mark], *, reason: str = "") -> Evidence:
    """Draw marks on a photo. The original stays as it is; every copy that is shown is drawn anew.

    A mark that is gone takes back the word that nobody can be recognised. Taking a blur away shows somebody again:
    that needs the permit ``evidence.original`` and a reason, which stays on the trail. Raises ``Refused``, ``Problem``,
    ``NotFound`` for a document.
    """
    _check_may_mark(actor, visit)
    if row.kind != "photo":
        raise _unknown()
    if lifts_blur(parse(row.marks), marks):
        if not can(actor, "evidence.original"):
            raise Refused("evidence-sealed", N_("What a blur covers stays covered. A reviewer may take the blur away."))
        record(actor, "evidence.blur_lifted", row, reason=check_reason(clean(reason))[:2000])
    redraw(row, marks, actor.person_id, clock.now())
    return row


def redraw(row: Evidence, marks: Sequence[Mark], by: UUID | None, at: datetime) -> None:
    """Set the marks of a photo and draw its copies; for writers that have checked who does it. Raises ``Problem`` when
    the marks are too many or the original cannot be opened.
    """
    text = text_of(marks)
    if text == row.marks:
        return
    if len(text or "") > LONGEST_KEPT:
        raise Problem("marks-too-many", N_("There are more marks on this photo than can be kept. Undo some of them."))
    try:
        shown, small = pictures.redrawn(files.get(row.digest), row.media_type, marks)
    except (pictures.Damaged, pictures.TooManyPixels):
        raise Problem("marks-undrawable", N_("The original of this photo cannot be opened to draw on it.")) from None
    if shows_more(parse(row.marks), marks):
        row.unrecognisable_at = row.unrecognisable_by = None
    row.marks, row.marked_at, row.marked_by = text, at, by
    row.shown_digest = files.put(shown, "image/jpeg").digest
    row.small_digest = files.put(small, "image/jpeg").digest


def under_blur(row: Evidence) -> bytes:
    """What is drawn on at the desk: the photo with its blurs, without the marks that point (JPEG)."""
    if row.kind != "photo":
        raise _unknown()
    if not any(one.kind != "blur" for one in parse(row.marks)):
        return shown(row)
    try:
        return pictures.redrawn(files.get(row.digest), row.media_type, blurs(parse(row.marks)))[0]
    except (pictures.Damaged, pictures.TooManyPixels):
        raise _unknown() from None


def may_mark(actor: Actor, visit: Visit) -> bool:
    """Whether the actor may strike through or describe evidence: its inspectors while open, then reviewers."""
    if actor.is_system:
        return True
    if visit.state is State.handed_out:
        return reading.may_enter(actor, visit, at_desk=True)
    return visit.state in (State.sealed, State.released) and can(actor, "visit.review")


def _check_may_mark(actor: Actor, visit: Visit) -> None:
    if not may_mark(actor, visit):
        raise Refused(
            "evidence-not-yours",
            N_("While a visit is open its inspectors mark its pictures, once it is sealed its reviewer does."),
        )


def _in_zone(taken: datetime | None, zone: ZoneInfo) -> datetime | None:
    return taken.replace(tzinfo=zone) if taken and taken.tzinfo is None else taken


def _unknown() -> NotFound:
    return NotFound("evidence-unknown", N_("There is no such picture or document."))
