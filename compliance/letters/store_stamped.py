"""Scans of letters that were stamped by hand: archived beside the original, which stays; struck and never deleted."""

import io
from uuid import UUID

import pikepdf
import sqlmodel
from sqlmodel import col

from compliance.letters.models import Letter, LetterState
from compliance.letters.models_seal import LetterStamped
from compliance.people.rules import Actor, sees_inside
from compliance.shared import clock, files
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem
from compliance.shared.words import N_

KINDS = ("application/pdf", "image/jpeg", "image/png")
MOST = 20
"""Scans beside one letter."""


def of_letter(letter: Letter) -> list[LetterStamped]:
    """Every scan of a letter, struck ones among them, oldest first; the letter itself was read within the scope."""
    query = sqlmodel.select(LetterStamped).where(LetterStamped.letter_id == letter.id)
    return list(session().exec(query.order_by(col(LetterStamped.added_at), col(LetterStamped.id))))


def one(letter: Letter, scan_id: UUID) -> LetterStamped:
    """One scan of a letter. Raises ``NotFound``."""
    row = session().get(LetterStamped, scan_id)
    if row is None or row.letter_id != letter.id:
        raise NotFound("stamped-unknown", N_("There is no such scan."))
    return row


def require_readable(data: bytes, media_type: str) -> None:
    """Raise ``Problem`` for anything but PDF, JPEG and PNG, and for a PDF that is damaged or locked."""
    if media_type not in KINDS:
        raise Problem("stamped-kind", N_("A scan is a PDF, JPEG or PNG."), field="scan")
    if media_type != "application/pdf":
        return
    try:
        with pikepdf.Pdf.open(io.BytesIO(data)) as opened:
            pages = len(opened.pages)
    except pikepdf.PasswordError:
        raise Problem("stamped-locked", N_("This PDF is locked with a password."), field="scan") from None
    except pikepdf.PdfError:
        raise Problem("stamped-damaged", N_("This PDF is damaged and cannot be opened."), field="scan") from None
    if not pages:
        raise Problem("stamped-empty", N_("This PDF has no pages."), field="scan")


@audited("letter.stamped")
def add(actor: Actor, letter: Letter, data: bytes, media_type: str, name: str, note: str) -> LetterStamped:
    """Archive the scan of an issued letter on paper. What the bytes are was looked at by whoever calls.

    Raises ``NotFound`` outside the scope, ``Conflict`` for a draft, for too many and for one that is there,
    ``Problem`` for what is no scan.
    """
    _require_issued(actor, letter)
    require_readable(data, media_type)
    there = [row for row in of_letter(letter) if row.struck_at is None]
    if len(there) >= MOST:
        raise Conflict("stamped-many", N_("At most %(most)d scans beside one letter, please."), most=MOST)
    kept = files.put(data, media_type)
    if any(row.digest == kept.digest for row in there):
        raise Conflict("stamped-there", N_("This scan is archived already."))
    row = LetterStamped(
        association_id=letter.association_id,
        letter_id=letter.id,
        digest=kept.digest,
        media_type=media_type,
        name=name,
        size=kept.size,
        note=note.strip()[:500],
        added_by=actor.person_id,
    )
    session().add(row)
    session().flush()
    return row


@audited("letter.stamped_struck")
def strike(actor: Actor, letter: Letter, scan_id: UUID, reason: str) -> LetterStamped:
    """Take a scan back that was a mistake, with the reason; it stays readable. Raises ``NotFound``, ``Problem``."""
    _require_issued(actor, letter)
    row = one(letter, scan_id)
    if not reason.strip():
        raise Problem("stamped-reason", N_("Please give a reason."), field="reason")
    if row.struck_at is None:
        row.struck_at, row.struck_by, row.struck_reason = clock.now(), actor.person_id, reason.strip()[:500]
        session().flush()
    return row


def _require_issued(actor: Actor, letter: Letter) -> None:
    ours = letter.association_id == actor.association_id
    if not ours or not (actor.is_system or sees_inside(actor, letter.enterprise_id)):
        raise NotFound("letter-unknown", N_("There is no such letter."))
    if letter.state != LetterState.issued:
        raise Conflict("stamped-draft", N_("Only an issued letter is stamped."))
