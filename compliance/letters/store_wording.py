"""An association's own wording of its letters: one draft, numbered versions, and the words for one letter."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import sqlmodel
from sqlmodel import col

from compliance.letters import press, rules, wording
from compliance.letters.models_wording import LetterWording
from compliance.letters.sandbox import letters as sandbox
from compliance.letters.wording import Content, Free, Said, Sentence
from compliance.people.rules import Actor
from compliance.shared import audit, clock, ids
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem, Stale
from compliance.shared.words import N_

MOST_SENTENCES = 300


@dataclass(frozen=True)
class Worded:
    """The fixed words for one letter, own ones among them, and of which version these are (None: the product's)."""

    words: Mapping[str, Any]
    version: int | None


@dataclass(frozen=True)
class Own:
    """One version of an association's wording, read once; without a version the product's words are said."""

    version: int | None
    content: Content

    def worded(self, kind: str, facts: rules.Facts, number: str = "", *, whatever: bool = False) -> Worded:
        """The words that a letter is composed with. Asks the database nothing.

        Raises ``Problem`` ``wording-failed`` where they cannot be composed for these facts; ``whatever``: then the
        product's own words are taken, because a visit is sealed whatever somebody wrote.
        """
        base = press.words()
        said = {path: one for path, one in self.content.passages.items() if path in wording.free()}
        if self.version is None or not said:
            return Worded(base, self.version)
        try:
            made = wording.composed(said, wording.values(kind, facts, base, number), sandbox)
        except Problem:
            if whatever:
                return Worded(base, None)
            raise
        return Worded(wording.laid_over(base, made), self.version)


def own(association_id: UUID) -> Own:
    """The wording in force in an association."""
    row = _published(association_id)
    return Own(row.number if row else None, content(row))


def own_of(association_id: UUID, number: int | None) -> Own:
    """The wording that a letter was composed with (``Letter.wording``)."""
    row = _published(association_id, number) if number is not None else None
    return Own(row.number if row else None, content(row))


# --- reading ------------------------------------------------------------------------------------------------------


def versions(actor: Actor) -> list[LetterWording]:
    """The published versions of the actor's association, newest first."""
    query = sqlmodel.select(LetterWording).where(
        LetterWording.association_id == actor.association_id, col(LetterWording.number).is_not(None)
    )
    return list(session().exec(query.order_by(col(LetterWording.number).desc())))


def version(actor: Actor, number: int) -> LetterWording:
    """One published version. Raises ``NotFound``."""
    row = _published(actor.association_id, number) if number > 0 else None
    if row is None:
        raise NotFound("wording-unknown", N_("There is no such version of the wording."))
    return row


def current(actor: Actor) -> LetterWording | None:
    """The version in force, or None while the product's words are."""
    return _published(actor.association_id)


def draft(actor: Actor) -> LetterWording | None:
    """What is being edited, or None."""
    query = sqlmodel.select(LetterWording).where(
        LetterWording.association_id == actor.association_id, col(LetterWording.number).is_(None)
    )
    return session().exec(query).first()


def content(row: LetterWording | None) -> Content:
    """What a version holds; nothing for None."""
    return wording.content_from_json(row.content) if row else Content()


def working(actor: Actor) -> tuple[Content, int]:
    """What somebody who edits sees, and its revision: the draft, or what is in force (0)."""
    row = draft(actor)
    return (content(row), row.revision) if row else (content(current(actor)), 0)


def sentences(actor: Actor) -> tuple[Sentence, ...]:
    """The standard sentences in force."""
    return content(current(actor)).sentences


# --- writing ------------------------------------------------------------------------------------------------------


@audited("wording.edited")
def save_passage(actor: Actor, path: str, said: Said | None, *, revision: int) -> LetterWording:
    """Put a passage into own words in the draft, or back into the product's (None). The draft begins with the first
    change.

    Raises ``NotFound`` for a passage that may not be said in own words, ``Stale`` if the draft was changed since
    ``revision``, the first ``Problem`` of what is wrong. That it can be composed is tried before, by whoever calls.
    """
    passage = wording.free().get(path)
    if passage is None:
        raise NotFound("wording-path", N_("There is no such passage, or it is not for own words."))
    if said is not None:
        _require_right(said, passage)
    row = _open(actor, revision)
    now = content(row)
    passages = {**now.passages, path: said} if said else {k: v for k, v in now.passages.items() if k != path}
    return _write(row, replace(now, passages=passages))


@audited("wording.edited")
def save_sentence(actor: Actor, sentence: Sentence, *, revision: int) -> LetterWording:
    """Add a standard sentence to the draft (``id`` empty) or change one. Raises as ``save_passage`` does."""
    _require_right(sentence.said)
    row = _open(actor, revision)
    now = content(row)
    if sentence.id:
        if now.sentence(sentence.id) is None:
            raise NotFound("wording-sentence", N_("There is no such sentence."))
        kept = tuple(sentence if one.id == sentence.id else one for one in now.sentences)
    else:
        if len(now.sentences) >= MOST_SENTENCES:
            raise Conflict("wording-many", N_("At most %(most)d standard sentences, please."), most=MOST_SENTENCES)
        kept = (*now.sentences, replace(sentence, id=ids.short_code(8).lower()))
    return _write(row, replace(now, sentences=kept))


@audited("wording.edited")
def remove_sentence(actor: Actor, sentence_id: str, *, revision: int) -> LetterWording:
    """Take a standard sentence out of the draft. Raises ``NotFound`` and ``Stale``."""
    row = _open(actor, revision)
    now = content(row)
    if now.sentence(sentence_id) is None:
        raise NotFound("wording-sentence", N_("There is no such sentence."))
    return _write(row, replace(now, sentences=tuple(one for one in now.sentences if one.id != sentence_id)))


@audited("wording.edited")
def begin_with(actor: Actor, number: int) -> LetterWording:
    """Begin a draft with what an earlier version held; it counts once it is published, under a new number.

    Raises ``NotFound``, and ``Conflict`` while there is a draft.
    """
    earlier = version(actor, number)
    if draft(actor) is not None:
        raise Conflict("wording-draft", N_("There is a draft already. Publish it or throw it away first."))
    return _begun(actor, content(earlier))


def discard(actor: Actor) -> None:
    """Throw the draft away; what is in force stays. Raises ``NotFound`` without one."""
    row = _require_draft(actor)
    session().delete(row)
    audit.record(actor, "wording.discarded", row)


@audited("wording.published")
def publish(actor: Actor, note: str, *, revision: int) -> LetterWording:
    """Put the draft in force under the next number: letters that are composed from now on carry it, and letters already
    issued keep theirs. ``note`` says why.

    Raises ``NotFound`` without a draft, ``Stale``, ``Problem`` without a note, without a change, or for what is wrong.
    """
    row = _require_draft(actor)
    if revision != row.revision:
        raise _stale()
    if not note.strip():
        raise Problem("wording-note", N_("Please say why."), field="note")
    now, before = content(row), current(actor)
    if now == content(before):
        raise Problem("wording-same", N_("Nothing differs from the version in force."), field="note")
    for path, said in now.passages.items():
        _require_right(said, wording.free().get(path))
    for sentence in now.sentences:
        _require_right(sentence.said)
    row.number = (before.number or 0) + 1 if before else 1
    row.note = note.strip()[:500]
    row.published_at, row.published_by = clock.now(), actor.person_id
    row.revision += 1
    session().flush()
    return row


# --- inside -------------------------------------------------------------------------------------------------------


def _published(association_id: UUID, number: int | None = None) -> LetterWording | None:
    query = sqlmodel.select(LetterWording).where(LetterWording.association_id == association_id)
    if number is None:
        query = query.where(col(LetterWording.number).is_not(None))
    else:
        query = query.where(LetterWording.number == number)
    return session().exec(query.order_by(col(LetterWording.number).desc()).limit(1)).first()


def _require_right(said: Said, passage: Free | None = None) -> None:
    for language, problems in wording.complaints(said, passage).items():
        problems[0].facts["field"] = language
        raise problems[0]


def _require_draft(actor: Actor) -> LetterWording:
    row = draft(actor)
    if row is None:
        raise NotFound("wording-no-draft", N_("There is no draft of the wording."))
    return row


def _open(actor: Actor, revision: int) -> LetterWording:
    """The draft that a page of this revision was rendered from; a new one where there was none (0)."""
    row = draft(actor)
    if row is None and revision == 0:
        return _begun(actor, content(current(actor)))
    if row is None or row.revision != revision:
        raise _stale()
    return row


def _begun(actor: Actor, now: Content) -> LetterWording:
    before = current(actor)
    row = LetterWording(
        association_id=actor.association_id,
        based_on=before.number if before and before.number else 0,
        content=wording.content_to_json(now),
        created_by=actor.person_id,
    )
    session().add(row)
    session().flush()
    return row


def _write(row: LetterWording, now: Content) -> LetterWording:
    row.content = wording.content_to_json(now)
    row.revision += 1
    session().flush()
    return row


def _stale() -> Stale:
    return Stale("wording-stale", N_("Somebody else has changed the wording since you opened this page."))
