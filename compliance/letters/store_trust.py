"""What an issued letter is worth: who signed it, what took its place, and whether it was withdrawn."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlmodel
from sqlmodel import col

from compliance.letters.models import Letter, LetterState
from compliance.letters.models_trust import (
    REASON,
    LetterSignature,
    LetterWithdrawal,
    SigningCertificate,
    WithdrawalState,
)
from compliance.letters.standing import SUPERSEDING
from compliance.people.rules import Actor, can, sees_inside
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.certificates import Certificate
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem, Refused
from compliance.shared.signing import Signed
from compliance.shared.words import N_

_LONGEST_CHAIN = 50  # corrections of corrections


@dataclass(frozen=True)
class SignedBy:
    """The signature of an archived letter."""

    certificate: Certificate
    signed_at: datetime
    stamped_at: datetime | None
    stamped_by: str


@dataclass(frozen=True)
class Successor:
    """The letter that took another one's place in the end."""

    id: UUID
    number: str
    withdrawn: bool


# --- signatures ---------------------------------------------------------------------------------------------------


def record(letter: Letter, signed: Signed) -> None:
    """Write down by which certificate the PDF of a letter is signed. The caller puts it on the trail."""
    known = signed.certificate
    query = sqlmodel.select(SigningCertificate).where(
        SigningCertificate.association_id == letter.association_id, SigningCertificate.fingerprint == known.fingerprint
    )
    row = session().exec(query).first()
    if row is None:
        row = SigningCertificate(
            association_id=letter.association_id,
            fingerprint=known.fingerprint,
            holder=known.holder,
            issuer=known.issuer,
            serial=known.serial,
            demo=known.demo,
            chain=known.chain,
            valid_from=known.valid_from,
            valid_until=known.valid_until,
            first_used_at=signed.signed_at,
        )
        session().add(row)
        session().flush()
    session().add(
        LetterSignature(
            association_id=letter.association_id,
            letter_id=letter.id,
            certificate_id=row.id,
            signed_at=signed.signed_at,
            stamped_at=signed.stamped_at,
            stamped_by=signed.stamped_by,
        )
    )


def signature_of(letter_id: UUID) -> SignedBy | None:
    """Who signed a letter; None for one from before letters were signed, or not printed yet."""
    query = sqlmodel.select(LetterSignature, SigningCertificate).where(
        LetterSignature.letter_id == letter_id, LetterSignature.certificate_id == SigningCertificate.id
    )
    found = session().exec(query).first()
    if found is None:
        return None
    signature, row = found
    return SignedBy(_certificate(row), signature.signed_at, signature.stamped_at, signature.stamped_by)


def certificates_of(association_id: UUID) -> list[tuple[Certificate, datetime]]:
    """Every certificate that signed letters of an association, with its first use, the newest first."""
    query = sqlmodel.select(SigningCertificate).where(SigningCertificate.association_id == association_id)
    rows = session().exec(query.order_by(col(SigningCertificate.first_used_at).desc()))
    return [(_certificate(row), row.first_used_at) for row in rows]


def whose(fingerprint: str) -> UUID | None:
    """The association whose letters a certificate signed. Open to everybody."""
    query = sqlmodel.select(SigningCertificate.association_id).where(SigningCertificate.fingerprint == fingerprint)
    return session().exec(query.order_by(col(SigningCertificate.first_used_at))).first()


def _certificate(row: SigningCertificate) -> Certificate:
    return Certificate(
        row.holder, row.issuer, row.fingerprint, row.serial, row.valid_from, row.valid_until, row.demo, row.chain
    )


# --- what took its place ------------------------------------------------------------------------------------------


def successor_of(letter_id: UUID) -> Successor | None:
    """The last of the letters that took the place of this one, one after the other.

    A letter does not come back into force because what replaced it was withdrawn: a new one says what holds then.
    """
    last: Letter | None = None
    for _ in range(_LONGEST_CHAIN):
        later = sqlmodel.select(Letter).where(
            Letter.cites_id == (last.id if last else letter_id),
            Letter.state == LetterState.issued,
            col(Letter.kind).in_(SUPERSEDING),
        )
        found = session().exec(later.order_by(col(Letter.issued_at).desc(), col(Letter.running).desc())).first()
        if found is None:
            break
        last = found
    if last is None or last.number is None:
        return None
    return Successor(last.id, last.number, last.id in withdrawn([last.id]))


def superseded(letters: Iterable[Letter]) -> set[UUID]:
    """Which letters a later one among them took the place of."""
    issued = (one for one in letters if one.state == LetterState.issued and one.kind in SUPERSEDING)
    return {one.cites_id for one in issued if one.cites_id is not None}


# --- withdrawals --------------------------------------------------------------------------------------------------


def withdrawn(letter_ids: Collection[UUID]) -> dict[UUID, LetterWithdrawal]:
    """Those of the letters that were withdrawn. What was only asked for is the association's alone, and not here."""
    query = sqlmodel.select(LetterWithdrawal).where(
        col(LetterWithdrawal.letter_id).in_(list(letter_ids)), LetterWithdrawal.state == WithdrawalState.withdrawn
    )
    return {row.letter_id: row for row in session().exec(query)}


def withdrawals_of(letter: Letter) -> list[LetterWithdrawal]:
    """Every withdrawal that was asked for, the newest first. The letter was read within the scope, from inside."""
    query = sqlmodel.select(LetterWithdrawal).where(LetterWithdrawal.letter_id == letter.id)
    return list(session().exec(query.order_by(col(LetterWithdrawal.asked_at).desc(), col(LetterWithdrawal.id))))


def asked(actor: Actor) -> list[tuple[LetterWithdrawal, Letter]]:
    """The withdrawals that wait for a second person, with their letters, the longest waiting first."""
    query = sqlmodel.select(LetterWithdrawal, Letter).where(
        LetterWithdrawal.association_id == actor.association_id,
        LetterWithdrawal.state == WithdrawalState.asked,
        LetterWithdrawal.letter_id == Letter.id,
    )
    found = session().exec(query.order_by(col(LetterWithdrawal.asked_at)))
    return [(row, letter) for row, letter in found if actor.is_system or sees_inside(actor, letter.enterprise_id)]


@audited("letter.withdrawal_asked")
def ask(actor: Actor, letter: Letter, reason: str) -> LetterWithdrawal:
    """Ask that an issued letter is withdrawn; another person decides. Asked twice with the same reason is once.

    Raises ``NotFound`` outside the scope, ``Conflict`` for a draft or when it is asked for or withdrawn already,
    ``Problem`` without a reason.
    """
    _require_open(actor, letter)
    if letter.state != LetterState.issued:
        raise Conflict("withdrawal-draft", N_("Only an issued letter can be withdrawn."))
    reason = reason.strip()[:REASON]
    if not reason:
        raise Problem("withdrawal-reason", N_("Please give a reason."), field="reason")
    for row in withdrawals_of(letter):
        if row.state == WithdrawalState.asked and (row.asked_by, row.reason) == (actor.person_id, reason):
            return row  # sent twice
        if row.state != WithdrawalState.declined:
            raise Conflict("withdrawal-there", N_("Somebody has asked for this already, or the letter is withdrawn."))
    row = LetterWithdrawal(
        association_id=letter.association_id,
        letter_id=letter.id,
        reason=reason,
        asked_at=clock.now(),
        asked_by=actor.person_id,
    )
    session().add(row)
    session().flush()
    return row


@audited("letter.withdrawal_decided")
def decide(actor: Actor, letter: Letter, withdrawal_id: UUID, *, withdraw: bool) -> LetterWithdrawal:
    """Withdraw a letter, as another person asked, or decline it (who asked may decline it too, and takes it back so).

    Raises ``NotFound``, ``Refused`` for whoever asked, ``Conflict`` when it is decided.
    """
    _require_open(actor, letter)
    row = session().get(LetterWithdrawal, withdrawal_id, with_for_update=True, populate_existing=True)
    if row is None or row.letter_id != letter.id:
        raise NotFound("withdrawal-unknown", N_("There is no such entry."))
    if withdraw and row.asked_by == actor.person_id:
        raise Refused("withdrawal-own", N_("You asked for it yourself: another person has to withdraw the letter."))
    wanted = WithdrawalState.withdrawn if withdraw else WithdrawalState.declined
    if row.state != WithdrawalState.asked:
        if (row.state, row.decided_by) == (wanted, actor.person_id):
            return row  # sent twice
        raise Conflict("withdrawal-decided", N_("Somebody else has decided this in the meantime."))
    row.state, row.decided_at, row.decided_by = wanted, clock.now(), actor.person_id
    session().flush()
    return row


def _require_open(actor: Actor, letter: Letter) -> None:
    ours = letter.association_id == actor.association_id and can(actor, "letter.withdraw")
    if not ours or not (actor.is_system or sees_inside(actor, letter.enterprise_id)):
        raise NotFound("letter-unknown", N_("There is no such letter."))
