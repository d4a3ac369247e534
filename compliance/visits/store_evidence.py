"""Photos and documents of visits: kept as they came, shown as clean copies, struck through but never deleted."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from compliance.people import store as people
from compliance.people.rules import Actor, can
from compliance.shared import clock, files
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem, Refused
from compliance.shared.words import N_, clean
from compliance.visits import store_reading as reading
from compliance.visits.evidence import Upload
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
    """The copy of a photo that pages show (JPEG without hidden data). Raises ``NotFound`` for a document."""
    digest = row.small_digest if small else row.shown_digest
    if digest is None:
        raise _unknown()
    return files.get(digest)


def original(row: Evidence) -> bytes:
    """The bytes as they were uploaded, hidden data included: for the association alone."""
    return files.get(row.digest)


@audited("evidence.added")
def add_evidence(
    actor: Actor, visit: Visit, item: str, upload: Upload, *, caption: str = "", source: Source = Source.form
) -> Evidence:
    """Keep an upload under an item (or under ``CLOSING``, for the visit as a whole). The same file twice is one.

    Raises ``Conflict`` unless the visit is open, ``Refused`` for others than who may enter, ``NotFound`` for an item
    that the checklist does not have, ``Problem`` past ``MOST_FILES``.
    """
    after(visit.state, Move.answer)
    if not reading.may_enter(actor, visit, at_desk=source is Source.desk):
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
        taken_at=_in_zone(upload.taken_at, zone),
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
def describe(actor: Actor, visit: Visit, row: Evidence, *, caption: str, unrecognisable: bool) -> Evidence:
    """Change the caption, and say (or take back) that nobody in this picture can be recognised."""
    _check_may_mark(actor, visit)
    row.caption = clean(caption)[:500]
    if row.kind != "photo":
        return row
    if unrecognisable and row.unrecognisable_at is None:
        row.unrecognisable_at, row.unrecognisable_by = clock.now(), actor.person_id
    elif not unrecognisable:
        row.unrecognisable_at = row.unrecognisable_by = None
    return row


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
    return taken.replace(tzinfo=zone) if taken else None


def _unknown() -> NotFound:
    return NotFound("evidence-unknown", N_("There is no such picture or document."))
