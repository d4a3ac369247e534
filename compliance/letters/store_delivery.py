"""What became of issued letters: recorded by the enterprise, or noted by an officer; struck and never deleted."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
import sqlmodel
from sqlmodel import col

from compliance.letters import delivery
from compliance.letters.delivery import Way
from compliance.letters.models import Letter, LetterState
from compliance.letters.models_delivery import LetterDelivery, LetterPosting
from compliance.letters.recipes import REFERRAL
from compliance.people import store as people
from compliance.people.rules import Actor, is_staff, sees_inside
from compliance.shared import audit, clock, database, files, ids
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.files import StoredFile
from compliance.shared.problems import Conflict, NotFound, Problem
from compliance.shared.words import N_

MOST_AT_ONCE = 200
"""Letters in one print file."""


def of_letters(letter_ids: Iterable[UUID], *, struck: bool = False) -> dict[UUID, list[LetterDelivery]]:
    """What is recorded of each letter, oldest first; the letters themselves were read within the scope.

    ``struck``: with what was struck.
    """
    found: dict[UUID, list[LetterDelivery]] = {letter_id: [] for letter_id in letter_ids}
    query = sqlmodel.select(LetterDelivery).where(col(LetterDelivery.letter_id).in_(found))
    if not struck:
        query = query.where(col(LetterDelivery.struck_at).is_(None))
    for row in session().exec(query.order_by(col(LetterDelivery.noted_at), col(LetterDelivery.id))):
        found[row.letter_id].append(row)
    return found


def of_letter(letter: Letter) -> list[LetterDelivery]:
    """Everything that is or was recorded of one letter."""
    return of_letters([letter.id], struck=True)[letter.id]


def may_record(actor: Actor, letter: Letter) -> bool:
    """Whether what this person does with a letter is the enterprise's receipt: they manage it, no tie is enough."""
    issued = letter.state == LetterState.issued and letter.kind != REFERRAL
    return issued and letter.enterprise_id in actor.enterprise_ids


def stands(letter: Letter, *ways: Way) -> bool:
    """Whether one of these is recorded of a letter."""
    query = sqlmodel.select(LetterDelivery.id).where(
        LetterDelivery.letter_id == letter.id,
        col(LetterDelivery.way).in_(ways),
        col(LetterDelivery.struck_at).is_(None),
    )
    return session().exec(query).first() is not None


def record(actor: Actor, letter: Letter, way: Way) -> None:
    """Record that one of the enterprise's people downloaded a letter or confirmed it. The first time counts.

    Raises ``NotFound`` for anybody else.
    """
    if way not in delivery.OWN or not may_record(actor, letter):
        raise NotFound("letter-unknown", N_("There is no such letter."))
    if _write(actor, letter, way, _today(actor)):
        audit.record(actor, "letter.received", letter, way=way)


@audited("letter.delivery_noted")
def note(
    actor: Actor,
    letter: Letter,
    way: Way,
    on: date,
    *,
    taken_by: str = "",
    words: str = "",
    scan: tuple[StoredFile, str] | None = None,
) -> LetterDelivery:
    """Note how a letter went: posted, arrived by post, or handed over against a signed receipt (``taken_by``, a
    ``scan`` with its name).

    Raises ``NotFound`` outside the scope, ``Conflict`` for a draft or when it is noted already, and what
    ``delivery.check`` raises.
    """
    _require_issued(actor, letter)
    issued_on = clock.day_of(letter.issued_at, people.association(actor).time_zone) if letter.issued_at else date.max
    delivery.check(way, on, taken_by, issued_on, _today(actor))
    if stands(letter, way):
        raise Conflict("delivery-there", N_("This is recorded already. Strike the earlier entry if it is wrong."))
    row = LetterDelivery(
        association_id=letter.association_id,
        letter_id=letter.id,
        way=way,
        happened_on=on,
        taken_by=taken_by.strip()[: delivery.NAME],
        note=words.strip()[: delivery.NOTE],
        scan_digest=scan[0].digest if scan else None,
        scan_name=scan[1] if scan else "",
        scan_type=scan[0].media_type if scan else "",
        noted_by=actor.person_id,
        noted_at=clock.now(),
    )
    session().add(row)
    session().flush()
    return row


@audited("letter.delivery_struck")
def strike(actor: Actor, letter: Letter, delivery_id: UUID, reason: str) -> LetterDelivery:
    """Take an officer's entry back, with the reason; it stays readable. What the enterprise did stands.

    Raises ``NotFound``, ``Conflict`` for the enterprise's own receipt, ``Problem`` without a reason.
    """
    _require_issued(actor, letter)
    row = one(letter, delivery_id)
    if row.way in delivery.OWN:
        raise Conflict("delivery-own", N_("What the enterprise did itself is not struck."))
    if not reason.strip():
        raise Problem("delivery-reason", N_("Please give a reason."), field="reason")
    if row.struck_at is None:
        row.struck_at, row.struck_by = clock.now(), actor.person_id
        row.struck_reason = reason.strip()[: delivery.NOTE]
        session().flush()
    return row


def one(letter: Letter, delivery_id: UUID) -> LetterDelivery:
    """One entry of a letter. Raises ``NotFound``."""
    row = session().get(LetterDelivery, delivery_id)
    if row is None or row.letter_id != letter.id:
        raise NotFound("delivery-unknown", N_("There is no such entry."))
    return row


@audited("letter.posted")
def post(actor: Actor, letters: Sequence[Letter], on: date, *, both_sides: bool) -> LetterPosting:
    """Note that these letters are printed as one file and posted. Letters that are noted as posted already are left
    out: somebody else was quicker.

    Raises ``NotFound`` outside the scope, ``Problem`` for none, too many, or a day that cannot be.
    """
    if not letters:
        raise Problem("posting-empty", N_("Choose at least one letter."), field="letters")
    if len(letters) > MOST_AT_ONCE:
        raise Problem(
            "posting-many", N_("At most %(most)d letters at once, please."), field="letters", most=MOST_AT_ONCE
        )
    zone = people.association(actor).time_zone
    for letter in letters:
        _require_issued(actor, letter)
        if letter.issued_at is None or letter.pdf_digest is None:
            raise Conflict("letter-not-printed", N_("The letter is not printed yet; please try again in a moment."))
        delivery.check(Way.posted, on, "", clock.day_of(letter.issued_at, zone), _today(actor))
    posting = LetterPosting(
        association_id=actor.association_id,
        posted_on=on,
        both_sides=both_sides,
        created_by=actor.person_id,
        created_at=clock.now(),
    )
    session().add(posting)
    session().flush()
    for letter in letters:
        _write(actor, letter, Way.posted, on, posting.id)
    return posting


def posting(actor: Actor, posting_id: UUID) -> LetterPosting:
    """A posting of the actor's association. Raises ``NotFound``."""
    row = session().get(LetterPosting, posting_id)
    if row is None or row.association_id != actor.association_id or not is_staff(actor):
        raise NotFound("posting-unknown", N_("There is no such posting."))
    return row


@audited("letter.posting_printed")
def keep_file(actor: Actor, posting: LetterPosting, data: bytes, holds: str) -> LetterPosting:
    """Keep the print file of a posting; ``holds`` tells which letters are in it."""
    stored = files.put(data, "application/pdf")
    posting.file_digest, posting.file_holds = stored.digest, holds
    session().flush()
    return posting


def _require_issued(actor: Actor, letter: Letter) -> None:
    ours = letter.association_id == actor.association_id
    if not ours or not (actor.is_system or sees_inside(actor, letter.enterprise_id)):
        raise NotFound("letter-unknown", N_("There is no such letter."))
    if letter.state != LetterState.issued:
        raise Conflict("letter-draft", N_("Only an issued letter can be delivered."))


def _write(actor: Actor, letter: Letter, way: Way, on: date, posting_id: UUID | None = None) -> bool:
    """One row unless it stands already; whether it was written. Two at the same moment make one."""
    row = {
        "id": ids.random_id(),
        "association_id": letter.association_id,
        "letter_id": letter.id,
        "posting_id": posting_id,
        "way": way,
        "happened_on": on,
        "taken_by": "",
        "note": "",
        "scan_name": "",
        "scan_type": "",
        "noted_by": actor.person_id,
        "noted_at": clock.now(),
        "struck_reason": "",
    }
    return bool(database.insert_new(sa.inspect(LetterDelivery).local_table, [row]))


def _today(actor: Actor) -> date:
    return clock.today(people.association(actor).time_zone)
