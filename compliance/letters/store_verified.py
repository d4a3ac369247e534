"""What anybody who holds a letter may learn of it, by the code on the paper or by the file. Open to everybody."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlmodel

from compliance.associations import store as associations
from compliance.letters import rules, standing, store_trust
from compliance.letters.models import Letter, LetterState
from compliance.letters.standing import Standing
from compliance.letters.store_trust import SignedBy
from compliance.shared import clock, ids
from compliance.shared.database import session


@dataclass(frozen=True)
class Verified:
    """That a letter is genuine, its number, day and kind, in part to whom it went, which later letter took its place
    (the last of them, which may be withdrawn in its turn), and on which day it was withdrawn itself. ``pdf_digest`` is
    the SHA-256 (hex) of the file as it was issued, None until it is printed.
    """

    association_id: UUID
    code: str
    number: str
    dated: date
    kind: str
    addressee: str
    superseded_by: str | None
    pdf_digest: str | None
    withdrawn_on: date | None = None
    successor_withdrawn: bool = False
    signature: SignedBy | None = None

    @property
    def standing(self) -> Standing:
        """Whether it counts."""
        return standing.of(superseded=self.superseded_by is not None, withdrawn=self.withdrawn_on is not None)


def verify(code: str) -> Verified | None:
    """The letter with this code printed on it, however it is typed; None if there is none."""
    return _verified(Letter.code == ids.plain_code(code))


def recognise(digest: str) -> Verified | None:
    """The letter whose archived PDF has this SHA-256 (hex), unchanged to the last byte."""
    return _verified(Letter.pdf_digest == digest.lower())


def _verified(condition: Any) -> Verified | None:
    letter = session().exec(sqlmodel.select(Letter).where(condition, Letter.state == LetterState.issued)).first()
    if letter is None or letter.number is None or letter.code is None or letter.dated is None:
        return None
    later, ended = store_trust.successor_of(letter.id), store_trust.withdrawn([letter.id]).get(letter.id)
    zone = associations.get(letter.association_id).time_zone
    return Verified(
        association_id=letter.association_id,
        code=ids.grouped_code(letter.code),
        number=letter.number,
        dated=letter.dated,
        kind=letter.kind,
        addressee=rules.in_part(rules.addressee(rules.facts_from_json(letter.facts))),
        superseded_by=later.number if later else None,
        pdf_digest=letter.pdf_digest,
        withdrawn_on=clock.day_of(ended.decided_at, zone) if ended and ended.decided_at else None,
        successor_withdrawn=later.withdrawn if later else False,
        signature=store_trust.signature_of(letter.id),
    )
