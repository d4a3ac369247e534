"""The picture of an association's seal: its one keeper, the keeper's word for a letter, and the register of uses.

Without the keeper's word a letter prints the place for the wet seal. The word holds for a letter as it stood when it
was given: a letter that is changed afterwards needs it anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import sqlmodel
from sqlmodel import col

from compliance.letters import seals
from compliance.letters.models import Letter, LetterState
from compliance.letters.models_seal import SealKeeper, SealPicture, SealUse
from compliance.people import store as people
from compliance.people.rules import PERMITS, Actor
from compliance.shared import audit, clock, files
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem, Stale
from compliance.shared.words import N_

KEEP = "seal.keep"


class UseState(StrEnum):
    """What became of the keeper's word."""

    used = "used"
    waiting = "waiting"
    lapsed = "lapsed"
    withdrawn = "withdrawn"


@dataclass(frozen=True)
class Use:
    """One line of the register: the keeper's word, the letter as it is now, and what became of the word."""

    row: SealUse
    letter: Letter
    state: UseState


# --- reading ------------------------------------------------------------------------------------------------------


def keeper(association_id: UUID) -> SealKeeper | None:
    """Who keeps the seal's picture now."""
    query = sqlmodel.select(SealKeeper).where(
        SealKeeper.association_id == association_id, col(SealKeeper.ended_at).is_(None)
    )
    return session().exec(query).first()


def is_keeper(actor: Actor) -> bool:
    """Whether this person keeps the picture."""
    row = keeper(actor.association_id)
    return row is not None and row.person_id == actor.person_id


def picture(association_id: UUID) -> SealPicture | None:
    """The picture in use, or None."""
    query = sqlmodel.select(SealPicture).where(
        SealPicture.association_id == association_id, col(SealPicture.retired_at).is_(None)
    )
    return session().exec(query).first()


def picture_bytes(actor: Actor) -> bytes:
    """The picture itself (PNG), for its keeper alone. Raises ``NotFound`` for everybody else."""
    _require_keeper(actor)
    return files.get(_require_picture(actor).digest)


def of_letter(letter: Letter) -> SealUse | None:
    """The keeper's word for a letter that was used, or that waits (lapsed or not)."""
    query = sqlmodel.select(SealUse).where(SealUse.letter_id == letter.id, col(SealUse.withdrawn_at).is_(None))
    return session().exec(query.order_by(col(SealUse.granted_at).desc())).first()


def digest_for(letter: Letter) -> str:
    """SHA-256 (hex) of the picture that a draft will carry when it is issued as it stands; empty for the wet seal."""
    row = _standing(letter)
    if row is None:
        return ""
    return session().get_one(SealPicture, row.picture_id).digest


def uses(actor: Actor) -> list[Use]:
    """The register of uses, newest first; without letters to enterprises that the actor has a tie to."""
    query = sqlmodel.select(SealUse, Letter).join(Letter, col(Letter.id) == SealUse.letter_id)
    query = query.where(SealUse.association_id == actor.association_id)
    if actor.outside_ids:
        query = query.where(col(Letter.enterprise_id).not_in(actor.outside_ids))
    found: Sequence[tuple[SealUse, Letter]] = session().exec(query.order_by(col(SealUse.granted_at).desc())).all()
    return [Use(row, letter, _state(row, letter)) for row, letter in found]


# --- writing ------------------------------------------------------------------------------------------------------


def appoint(actor: Actor, person_id: UUID | None) -> None:
    """Make somebody the keeper, and end the keeper before; None: nobody keeps it, every letter is sealed wet.

    Raises ``NotFound`` for a person of another association, ``Problem`` for one who may not read letters.
    """
    before = keeper(actor.association_id)
    if (before.person_id if before else None) == person_id:
        return
    if person_id is not None:
        person = people.get(actor, person_id)
        if not person.active or PERMITS[KEEP].isdisjoint(people.roles_of([person.id]).get(person.id, [])):
            raise Problem("seal-keeper", N_("The keeper has to be one who may read visits."), field="person")
    if before is not None:
        before.ended_at, before.ended_by = clock.now(), actor.person_id
        session().flush()
    row = None
    if person_id is not None:
        row = SealKeeper(association_id=actor.association_id, person_id=person_id, appointed_by=actor.person_id)
        session().add(row)
        session().flush()
    audit.record(actor, "seal.keeper_appointed", row or before)


@audited("seal.picture_changed")
def set_picture(actor: Actor, data: bytes) -> SealPicture:
    """Keep a picture of the seal; the one before is retired. The keeper alone. Raises ``NotFound`` for others, and what
    ``seals.prepared`` raises.
    """
    _require_keeper(actor)
    kept = files.put(seals.prepared(data), "image/png")
    _retire(actor)
    row = SealPicture(association_id=actor.association_id, digest=kept.digest, added_by=actor.person_id)
    session().add(row)
    session().flush()
    return row


@audited("seal.picture_retired")
def retire(actor: Actor) -> SealPicture:
    """Put the picture out of use: letters are sealed wet. The keeper alone; raises ``NotFound`` for others."""
    _require_keeper(actor)
    row = _require_picture(actor)
    _retire(actor)
    return row


@audited("seal.granted")
def grant(actor: Actor, letter: Letter, reason: str, *, revision: int) -> SealUse:
    """The keeper's word: this draft, as it stands, may carry the picture when it is issued.

    Raises ``NotFound`` for anybody else or without a picture, ``Conflict`` for an issued letter or when it is given
    already, ``Stale`` if the letter was changed since, ``Problem`` without a reason.
    """
    _require_keeper(actor)
    now = _require_picture(actor)
    if letter.association_id != actor.association_id or letter.enterprise_id in actor.outside_ids:
        raise NotFound("letter-unknown", N_("There is no such letter."))
    if letter.state != LetterState.draft:
        raise Conflict("seal-issued", N_("This letter has been issued. Seal the paper, and archive the scan."))
    if revision != letter.revision:
        raise Stale("letter-stale", N_("Somebody else has changed this letter since you opened it."))
    if not reason.strip():
        raise Problem("seal-reason", N_("Please give a reason."), field="reason")
    if _standing(letter) is not None:
        raise Conflict("seal-given", N_("The picture is granted to this letter already."))
    _withdraw_open(actor, letter)
    row = SealUse(
        association_id=actor.association_id,
        letter_id=letter.id,
        picture_id=now.id,
        revision=letter.revision,
        reason=reason.strip()[:500],
        granted_by=actor.person_id,
    )
    session().add(row)
    session().flush()
    return row


def withdraw(actor: Actor, letter: Letter) -> None:
    """Take the word for a draft back. The keeper alone; raises ``NotFound`` for others or where there is none."""
    _require_keeper(actor)
    row = _open(letter)
    if row is None:
        raise NotFound("seal-not-given", N_("There is nothing to take back."))
    _withdraw_open(actor, letter)
    audit.record(actor, "seal.withdrawn", row)


def use(actor: Actor, letter: Letter) -> str | None:
    """Use the keeper's word, if it stands, for a letter that is being issued: the digest of the picture, or None for
    the wet seal. The change stands on the trail with the issue, which is the caller's.
    """
    row = _standing(letter)
    if row is None:
        _withdraw_open(actor, letter)
        return None
    row.used_at, row.used_by = clock.now(), actor.person_id
    session().flush()
    return session().get_one(SealPicture, row.picture_id).digest


# --- inside -------------------------------------------------------------------------------------------------------


def _require_keeper(actor: Actor) -> None:
    if not is_keeper(actor):
        raise NotFound("seal-unknown", N_("There is no such page."))


def _require_picture(actor: Actor) -> SealPicture:
    row = picture(actor.association_id)
    if row is None:
        raise NotFound("seal-none", N_("There is no picture of the seal."))
    return row


def _retire(actor: Actor) -> None:
    row = picture(actor.association_id)
    if row is not None:
        row.retired_at, row.retired_by = clock.now(), actor.person_id
        session().flush()


def _open(letter: Letter) -> SealUse | None:
    query = sqlmodel.select(SealUse).where(
        SealUse.letter_id == letter.id, col(SealUse.used_at).is_(None), col(SealUse.withdrawn_at).is_(None)
    )
    return session().exec(query).first()


def _standing(letter: Letter) -> SealUse | None:
    """The open word for a letter, if it holds: same draft, same keeper, same picture."""
    row = _open(letter)
    if row is None or row.revision != letter.revision:
        return None
    now, kept = keeper(letter.association_id), picture(letter.association_id)
    same_keeper = now is not None and now.person_id == row.granted_by
    return row if same_keeper and kept is not None and kept.id == row.picture_id else None


def _withdraw_open(actor: Actor, letter: Letter) -> None:
    row = _open(letter)
    if row is not None:
        row.withdrawn_at, row.withdrawn_by = clock.now(), actor.person_id
        session().flush()


def _state(row: SealUse, letter: Letter) -> UseState:
    if row.used_at is not None:
        return UseState.used
    if row.withdrawn_at is not None:
        return UseState.withdrawn
    fresh = letter.state == LetterState.draft and letter.revision == row.revision
    return UseState.waiting if fresh else UseState.lapsed
