"""Letters: drafted, edited, kept, and looked up by whoever holds one. How they are issued is in ``store_issuing``.

Other packages import from here.
"""

from collections.abc import Sequence
from typing import Any, Protocol, cast
from uuid import UUID

import sqlmodel
from sqlalchemy.orm import defer
from sqlmodel import col

from compliance.letters import press, rules, store_seal, store_trust, store_wording
from compliance.letters.models import Letter, LetterState
from compliance.letters.store_issuing import (
    PRESS_JOB,
    Trial,
    issue,
    picture,
    preview_of,
    require_draft,
    stamp,
    trial,
    try_out,
    with_signer,
)
from compliance.letters.store_verified import Verified, recognise, verify
from compliance.people.rules import Actor, sees_inside, sees_outside
from compliance.shared import files, jobs
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.press import Pressed
from compliance.shared.problems import Conflict, NotFound, Stale
from compliance.shared.signing import Signed
from compliance.shared.words import N_

__all__ = [
    "PRESS_JOB",
    "Trial",
    "Verified",
    "Visited",
    "archive",
    "draft",
    "draft_of",
    "edit",
    "facts",
    "filename",
    "get",
    "issue",
    "logo",
    "of_enterprise",
    "of_visit",
    "passages",
    "pdf",
    "preview",
    "preview_of",
    "print_again",
    "printed",
    "recognise",
    "redraft",
    "trial",
    "try_out",
    "verify",
]

# What a letter prints is long, and no list shows it.
_LIGHT = tuple(defer(cast(Any, column)) for column in (Letter.facts, Letter.passages, Letter.words))


class Visited(Protocol):
    """What a letter must know of its visit's row."""

    id: UUID
    association_id: UUID
    enterprise_id: UUID


# --- reading ------------------------------------------------------------------------------------------------------


def get(actor: Actor, letter_id: UUID) -> Letter:
    """A letter in the actor's scope: any of the association's from inside, from outside what was issued to the
    enterprise, which a referral never is. Raises ``NotFound``.
    """
    letter = session().get(Letter, letter_id)
    if letter is None or not _visible(actor, letter):
        raise NotFound("letter-unknown", N_("There is no such letter."))
    return letter


def of_visit(actor: Actor, visit_id: UUID) -> Sequence[Letter]:
    """The letters of a visit that the actor may see, oldest first, without what they print."""
    query = sqlmodel.select(Letter).where(Letter.visit_id == visit_id).order_by(col(Letter.created_at), col(Letter.id))
    return [letter for letter in session().exec(query.options(*_LIGHT)) if _visible(actor, letter)]


def draft_of(actor: Actor, visit_id: UUID) -> Letter | None:
    """The draft of the letter that the release of a visit will send, or None. Its words are read when they are asked
    for.
    """
    query = sqlmodel.select(Letter).where(Letter.visit_id == visit_id, Letter.state == LetterState.draft)
    query = query.where(col(Letter.kind).in_(rules.FIRST))
    query = query.options(defer(cast(Any, Letter.words)))
    found = session().exec(query.order_by(col(Letter.created_at), col(Letter.id)))
    return next((letter for letter in found if _visible(actor, letter)), None)


def of_enterprise(actor: Actor, enterprise_id: UUID) -> Sequence[Letter]:
    """The issued letters to an enterprise that the actor may see, newest first, without what they print."""
    query = sqlmodel.select(Letter).where(Letter.enterprise_id == enterprise_id, Letter.state == LetterState.issued)
    query = query.order_by(col(Letter.issued_at).desc(), col(Letter.running).desc())
    return [letter for letter in session().exec(query.options(*_LIGHT)) if _visible(actor, letter)]


def facts(letter: Letter) -> rules.Facts:
    """What the letter prints, as frozen values."""
    return rules.facts_from_json(letter.facts)


def passages(letter: Letter) -> rules.Passages:
    """The reviewer's own passages of the letter."""
    return rules.passages_from_json(letter.passages)


def preview(letter: Letter) -> bytes:
    """The PDF of a draft: marked as such on every page, without a number. Raises ``Problem`` as the press does, and
    ``Conflict`` for an issued letter.
    """
    require_draft(letter)
    return press.print_letter(letter.words, logo(letter), seal=stamp(store_seal.digest_for(letter))).pdf


def pdf(letter: Letter) -> bytes:
    """The archived PDF of an issued letter. Raises ``NotFound`` while it is being printed (moments) or for a draft."""
    if letter.state != LetterState.issued or letter.pdf_digest is None:
        raise NotFound("letter-not-printed", N_("The letter is not printed yet; please try again in a moment."))
    return files.get(letter.pdf_digest)


def filename(letter: Letter) -> str:
    """A name for the downloaded file that every system takes: the year, the number and the kind."""
    part = f"{letter.year}-{letter.running:04d}" if letter.running else "draft"
    return f"letter-{part}-{letter.kind}.pdf"


def logo(letter: Letter) -> str:
    """The letterhead's picture as the template takes it, or an empty string."""
    return picture(facts(letter).association)


# --- writing ------------------------------------------------------------------------------------------------------


@audited("letter.drafted")
def draft(
    actor: Actor,
    visit: Visited,
    kind: str,
    facts: rules.Facts,
    language: str,
    *,
    passages: rules.Passages | None = None,
    cites: Letter | None = None,
) -> Letter:
    """Write a draft with the usual passages (or ``passages``). ``language`` is ``en``, ``zh_Hans_CN`` or ``both``;
    ``cites`` is the letter that a correcting letter is about.
    """
    letter = Letter(
        association_id=visit.association_id,
        enterprise_id=visit.enterprise_id,
        visit_id=visit.id,
        kind=kind,
        language=language,
        cites_id=cites.id if cites else None,
    )
    worded = store_wording.own(visit.association_id).worded(kind, facts, whatever=True)
    _write(letter, facts, passages or rules.usual_passages(kind, facts, worded.words), worded)
    session().add(letter)
    session().flush()
    return letter


@audited("letter.redrafted")
def redraft(
    actor: Actor, letter: Letter, facts: rules.Facts, *, kind: str | None = None, language: str | None = None
) -> Letter:
    """Give a draft new facts (after a recorded correction), and another kind or language if they call for it. The
    reviewer's passages stay; the list of good practices follows the facts unless it was edited.
    """
    require_draft(letter)
    written = rules.passages_from_json(letter.passages)
    old_facts, old_words = (
        rules.facts_from_json(letter.facts),
        store_wording.own_of(letter.association_id, letter.wording),
    )
    usual = old_words.worded(letter.kind, old_facts, whatever=True).words
    before = rules.usual_passages(letter.kind, old_facts, usual)
    letter.kind, letter.language = kind or letter.kind, language or letter.language
    worded = store_wording.own(letter.association_id).worded(letter.kind, facts, whatever=True)
    now = rules.usual_passages(letter.kind, facts, worded.words)
    kept = rules.Passages(
        opening=now.opening if written.opening == before.opening else written.opening,
        good=now.good if written.good == before.good else written.good,
        closing=now.closing if written.closing == before.closing else written.closing,
    )
    _write(letter, facts, kept, worded)
    letter.revision += 1
    session().flush()
    return letter


@audited("letter.edited")
def edit(actor: Actor, letter: Letter, passages: rules.Passages, *, revision: int) -> Letter:
    """Replace the free passages of a draft. Raises ``Stale`` if somebody edited it since ``revision`` was shown, and
    ``Problem`` ``letter-characters`` for what cannot be printed.
    """
    require_draft(letter)
    if revision != letter.revision:
        raise Stale("letter-stale", N_("Somebody else has changed this letter since you opened it."))
    facts = rules.facts_from_json(letter.facts)
    _write(letter, facts, passages, store_wording.own(letter.association_id).worded(letter.kind, facts, whatever=True))
    press.require_characters(letter.words, facts, passages, actor.language)
    letter.revision += 1
    session().flush()
    return letter


def printed(letter: Letter) -> Pressed:
    """Print an issued letter from its frozen words; nothing is stored. Raises ``Conflict`` for a draft."""
    if letter.state != LetterState.issued:
        raise Conflict("letter-draft", N_("Only an issued letter is printed for the archive."))
    return press.print_letter(letter.words, logo(letter), letter.words_digest[:32], seal=stamp(letter.seal_digest))


@audited("letter.printed")
def archive(actor: Actor, letter: Letter, pdf: bytes | Signed) -> Letter:
    """Keep the PDF of an issued letter, with who signed it. Done once: a second time changes nothing."""
    if letter.pdf_digest is None:
        stored = files.put(pdf.pdf if isinstance(pdf, Signed) else pdf, press.PDF)
        letter.pdf_digest, letter.pdf_size = stored.digest, stored.size
        if isinstance(pdf, Signed):
            store_trust.record(letter, pdf)
        session().flush()
    return letter


def print_again(actor: Actor, letter: Letter) -> None:
    """Ask once more for the PDF of an issued letter whose printing failed. One that is printed is left as it is.

    Raises ``Conflict`` for a draft.
    """
    if letter.state != LetterState.issued or letter.number is None:
        raise Conflict("letter-draft", N_("Only an issued letter is printed for the archive."))
    if letter.pdf_digest is None:
        jobs.enqueue(PRESS_JOB, letter.number, actor, letter_id=str(letter.id))


# --- inside -------------------------------------------------------------------------------------------------------


def _visible(actor: Actor, letter: Letter) -> bool:
    if actor.is_system or (letter.association_id == actor.association_id and sees_inside(actor, letter.enterprise_id)):
        return letter.association_id == actor.association_id
    shown = letter.state == LetterState.issued and letter.kind != rules.REFERRAL
    return shown and sees_outside(actor, letter.enterprise_id)


def _write(letter: Letter, facts: rules.Facts, passages: rules.Passages, worded: store_wording.Worded) -> None:
    words, letter.wording = worded.words, worded.version
    facts = with_signer(letter.association_id, letter.kind, facts)
    letter.facts, letter.passages = rules.facts_to_json(facts), rules.passages_to_json(passages)
    letter.words = rules.compose(letter.kind, facts, letter.language, words, passages=passages).as_json()
    letter.words_digest, letter.template_digest = press.digest(letter.words), press.template_digest()
