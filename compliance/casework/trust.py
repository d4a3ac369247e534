"""What makes letters trustworthy, as pages show it: the certificate that signs, a letter's standing, why it waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from compliance.associations import store as associations
from compliance.casework import notices
from compliance.letters import standing, store_trust
from compliance.letters import store as letters
from compliance.letters.store_trust import SignedBy, Successor
from compliance.people.rules import Actor, can
from compliance.shared import certificates, clock, jobs, signatures, signing
from compliance.shared.certificates import Certificate
from compliance.shared.certificates import Standing as Validity
from compliance.shared.problems import Problem
from compliance.shared.signatures import Looked, Signature
from compliance.shared.translation import gettext

COLOURS = {Validity.valid: "green", Validity.ends_soon: "amber", Validity.expired: "red", Validity.early: "amber"}


@dataclass(frozen=True)
class Signing:
    """The certificate that signs letters at present, or what keeps it from doing so (``fault``)."""

    certificate: Certificate | None
    fault: Problem | None
    validity: Validity | None
    in_token: bool
    stamped: bool

    @property
    def wrong(self) -> str:
        """What is wrong, in the reader's language."""
        return said(self.fault.text, self.fault.facts) if self.fault else ""

    @property
    def ready(self) -> bool:
        """Whether letters are signed by a certificate that counts, and for a while yet."""
        known = self.certificate
        return known is not None and not known.demo and self.validity is Validity.valid and self.fault is None


def now_signing() -> Signing:
    """What signs at present."""
    wanted = signing.source()
    known, fault = None, None
    try:
        known = signing.certificate()
        signing.require_usable()
    except certificates.SignFault as problem:
        fault = problem
    validity = known.standing(clock.now()) if known else None
    return Signing(known, fault, validity, wanted.module is not None, bool(wanted.stamp_url))


def used_before(actor: Actor) -> list[tuple[Certificate, datetime]]:
    """The certificates that signed letters of the actor's association, with their first use, the newest first."""
    return store_trust.certificates_of(actor.association_id)


@dataclass(frozen=True)
class Trust:
    """What the association's page of a letter shows besides its words."""

    standing: standing.Standing
    successor: Successor | None
    signature: SignedBy | None
    withdrawals: list[Any]
    job: jobs.Job | None
    may_withdraw: bool

    @property
    def kept_back(self) -> str:
        """What keeps its PDF from being made, in the reader's language."""
        return kept_back_by(self.job) if self.job else ""


def of(actor: Actor, letter: Any) -> Trust:
    """What an issued letter is worth. The letter was read within the actor's scope, from inside."""
    successor, asked = store_trust.successor_of(letter.id), store_trust.withdrawals_of(letter)
    gone = any(one.state.value == "withdrawn" for one in asked)
    return Trust(
        standing=standing.of(superseded=successor is not None, withdrawn=gone),
        successor=successor,
        signature=store_trust.signature_of(letter.id),
        withdrawals=asked,
        job=None if letter.pdf_digest or not letter.number else jobs.newest(letters.PRESS_JOB, actor, letter.number),
        may_withdraw=can(actor, "letter.withdraw"),
    )


def withdraw(actor: Actor, letter: Any, withdrawal_id: UUID, *, withdraw: bool) -> None:
    """Decide about a withdrawal, and tell the enterprise of it by a notice. Raises as ``store_trust.decide``."""
    store_trust.decide(actor, letter, withdrawal_id, withdraw=withdraw)
    if withdraw:
        notices.something_waits(actor, letter.enterprise_id, letter.id)


def kept_back_by(job: jobs.Job) -> str:
    """What keeps a job from being done, in the reader's language; empty if nothing does."""
    if not job.problem:
        return ""
    return said(job.result.get("text", job.problem), job.result.get("facts", {}))


def said(text: str, facts: Mapping[str, Any]) -> str:
    """A problem in the reader's language; what it names may be words of ours too."""
    spoken = {name: gettext(fact) if isinstance(fact, str) and fact else fact for name, fact in facts.items()}
    return gettext(text, **spoken) if spoken else gettext(text)


@dataclass(frozen=True)
class Found:
    """One signature in a file that somebody brought, and the association whose certificate it is, if one's here."""

    signature: Signature
    association: Any | None

    @property
    def known(self) -> bool:
        """Whether its name means anything here: by a record of this installation, or by an authority it trusts."""
        return self.association is not None or self.signature.trusted


@dataclass(frozen=True)
class Inside:
    """What is in a file that somebody brought."""

    looked: Looked
    found: tuple[Found, ...]


def look_inside(pdf: bytes) -> Inside:
    """What the signatures in anybody's file say. No transaction is open meanwhile. Raises ``NotNow``."""
    looked = signatures.look(pdf, signing.roots())
    found = []
    for one in looked.signatures:
        owner = store_trust.whose(one.certificate.fingerprint)
        found.append(Found(one, associations.get(owner) if owner else None))
    return Inside(looked, tuple(found))
