"""Issuing a letter: the press tries it first, then it is numbered and frozen.

The trial holds no row and asks the database nothing: it can be tried while no transaction is open.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from compliance.associations import store_signatories
from compliance.letters import press, rules, store_seal, store_wording
from compliance.letters.models import Letter, LetterRegister, LetterState
from compliance.people.rules import Actor
from compliance.shared import clock, files, ids, jobs
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Conflict
from compliance.shared.words import N_

PRESS_JOB = "letters.press"
_TRIAL_RUNNING = 9999  # as wide as any number that an association reaches in a year
_CODE_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Trial:
    """A letter as it will be issued, but for its running number: ``words`` carry one of the same shape.

    ``digest`` is the SHA-256 (hex) of all that shapes the paper; ``code`` the random one that will be printed.
    """

    kind: str
    language: str
    facts: rules.Facts
    passages: rules.Passages
    code: str
    words: Mapping[str, Any]
    digest: str
    own: store_wording.Own
    seal: str


def trial(actor: Actor, letter: Letter, facts: rules.Facts | None = None, *, code: str = "") -> Trial:
    """What a draft will say when it is issued, with ``facts`` instead of the draft's own.

    Raises ``Conflict`` for an issued letter, ``Problem`` ``letter-incomplete`` while it lacks something.
    """
    require_draft(letter)
    final = with_signer(letter.association_id, letter.kind, facts or rules.facts_from_json(letter.facts))
    own = rules.passages_from_json(letter.passages)
    rules.require_ready(letter.kind, final, own, actor.language)
    code = code or ids.short_code(_CODE_LENGTH)
    number = rules.number(final.association.mark, rules.year_of(final), _TRIAL_RUNNING)
    worded = store_wording.own(letter.association_id)
    words = _composed(letter.kind, letter.language, final, own, number, code, worded)
    seal = store_seal.digest_for(letter)
    shape = {"logo": final.association.logo_digest, "seal": seal, "shape": press.template_digest()}
    digest = press.digest({"words": words, **shape})
    return Trial(letter.kind, letter.language, final, own, code, words, digest, worded, seal)


def try_out(tried: Trial, language: str) -> None:
    """Print a trial and throw it away: characters without a glyph and the layout are complained of before a number is
    taken. Raises ``Problem`` in the reader's ``language``, and what the press raises.
    """
    press.require_characters(tried.words, tried.facts, tried.passages, language)
    press.print_letter(tried.words, picture(tried.facts.association), seal=stamp(tried.seal))


def preview_of(tried: Trial) -> bytes:
    """The PDF of a letter that is not there yet: marked as a draft on every page, without a number."""
    words = tried.own.worded(tried.kind, tried.facts).words
    draft = rules.compose(tried.kind, tried.facts, tried.language, words, passages=tried.passages)
    return press.print_letter(draft.as_json(), picture(tried.facts.association)).pdf


@audited("letter.issued")
def issue(actor: Actor, letter: Letter, facts: rules.Facts | None = None, *, tried: Trial | None = None) -> Letter:
    """Number, freeze and send a draft; the PDF is printed by a job once the transaction is committed.

    ``facts`` are the final ones (date, due dates); without them those of the draft stand. Everything that can be wrong
    is looked for **before** a number is taken. ``tried`` is what the press has tried already; if the letter says
    anything else by now, it is tried again, here. Raises ``Problem`` and leaves the draft a draft.
    """
    now = trial(actor, letter, facts, code=tried.code if tried else "")
    if tried is None or tried.digest != now.digest:
        try_out(now, actor.language)
    final, mark, year = now.facts, now.facts.association.mark, rules.year_of(now.facts)
    stamped = store_seal.use(actor, letter)  # asks the database: before the letter is half a draft
    running = _next_number(letter.association_id, year)
    letter.number = rules.number(mark, year, running)
    letter.year, letter.running, letter.code, letter.dated = year, running, now.code, final.dated
    letter.facts = rules.facts_to_json(final)
    letter.words = _composed(letter.kind, letter.language, final, now.passages, letter.number, now.code, now.own)
    letter.wording, letter.seal_digest = now.own.version, stamped
    letter.words_digest, letter.template_digest = press.digest(letter.words), press.template_digest()
    letter.state, letter.issued_at, letter.issued_by = LetterState.issued, clock.now(), actor.person_id
    session().flush()
    jobs.enqueue(PRESS_JOB, letter.number, actor, letter_id=str(letter.id))
    return letter


def require_draft(letter: Letter) -> None:
    """Raise ``Conflict`` for a letter that has been issued."""
    if letter.state != LetterState.draft:
        raise Conflict(
            "letter-issued",
            N_("This letter has been issued and cannot be changed; write a correcting letter."),
        )


def with_signer(association_id: UUID, kind: str, facts: rules.Facts) -> rules.Facts:
    """The facts with the signature of who holds the office that must sign, else of whoever may sign this kind on the
    letter's day; as they are where nobody is entered for it.
    """
    office = facts.signer.office
    signature = store_signatories.signature(association_id, kind, facts.dated, office)
    return replace(facts, signer=rules.Signer(signature.name, signature.title, office)) if signature else facts


def stamp(digest: str | None) -> str:
    """The picture of the seal as the template takes it, or an empty string for the place of the wet seal."""
    return press.picture(files.get(digest), "image/png") if digest else ""


def picture(association: rules.Association) -> str:
    """The letterhead's picture as the template takes it, or an empty string."""
    if not association.logo_digest:
        return ""
    return press.picture(files.get(association.logo_digest), association.logo_media_type)


def _composed(
    kind: str,
    language: str,
    facts: rules.Facts,
    passages: rules.Passages,
    number: str,
    code: str,
    own: store_wording.Own,
) -> dict[str, Any]:
    words = own.worded(kind, facts, number).words
    shown = ids.grouped_code(code)
    return rules.compose(kind, facts, language, words, passages=passages, number=number, code=shown).as_json()


def _next_number(association_id: UUID, year: int) -> int:
    """Take the next running number. The register's row is locked until the transaction ends, and moves back with it."""
    database = session()
    insert = postgresql.insert if database.get_bind().dialect.name == "postgresql" else sqlite.insert
    first = insert(LetterRegister).values(association_id=association_id, year=year, last=0).on_conflict_do_nothing()
    database.execute(first)
    move = (
        sa.update(LetterRegister)
        .where(col(LetterRegister.association_id) == association_id, col(LetterRegister.year) == year)
        .values(last=LetterRegister.last + 1)
        .returning(col(LetterRegister.last))
        .execution_options(synchronize_session=False)
    )
    return int(database.execute(move).scalar_one())
