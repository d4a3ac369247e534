"""Keys and certificates: which one signs the letters, and what is wrong with it. Read without the signing library.

The key lies in a file (``keyfiles``) or in a token (``tokens``). Where nothing is configured, a demo certificate is
made at the first start: its holder's name says in both languages that it proves nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from compliance.shared import clock
from compliance.shared.problems import NotNow
from compliance.shared.words import N_

DEMO = "DEMO – not valid · 演示，无效"
"""The holder of a demo certificate."""
WARNING = timedelta(days=60)
"""So long before its end a certificate is warned of: authorities take weeks."""


class SignFault(NotNow):
    """Nothing can be signed as things are. What waits for a signature waits until the fault is mended."""


@dataclass(frozen=True)
class Source:
    """Where key and certificates come from, as configured. ``demo`` is the file that is made when nothing else is."""

    demo: Path
    file: Path | None = None
    passphrase: str = field(default="", repr=False)
    chain: Path | None = None
    module: Path | None = None
    token: str = ""
    pin: str = field(default="", repr=False)
    label: str = ""
    stamp_url: str = field(default="", repr=False)
    stamp_required: bool = True
    trust: Path | None = None

    @property
    def path(self) -> Path:
        """The file with the key, where no token holds it."""
        return self.file or self.demo


class Standing(StrEnum):
    """Whether a certificate may sign at a moment."""

    valid = "valid"
    ends_soon = "ends_soon"
    expired = "expired"
    early = "early"


@dataclass(frozen=True)
class Certificate:
    """What people are shown of a certificate. ``fingerprint`` is its SHA-256 (hex), ``chain`` itself and those above
    it, in PEM.
    """

    holder: str
    issuer: str
    fingerprint: str
    serial: str
    valid_from: datetime
    valid_until: datetime
    demo: bool
    chain: str

    def standing(self, now: datetime) -> Standing:
        """Where it stands at a moment."""
        if now < self.valid_from:
            return Standing.early
        if now >= self.valid_until:
            return Standing.expired
        return Standing.ends_soon if now >= self.valid_until - WARNING else Standing.valid

    @property
    def in_groups(self) -> str:
        """The fingerprint as people compare it."""
        shown = self.fingerprint.upper()
        return " ".join(shown[at : at + 4] for at in range(0, len(shown), 4))


def described(own: x509.Certificate, above: Sequence[x509.Certificate] = ()) -> Certificate:
    """A certificate in words."""
    return Certificate(
        holder=_name(own.subject),
        issuer=_name(own.issuer),
        fingerprint=own.fingerprint(hashes.SHA256()).hex(),
        serial=f"{own.serial_number:x}",
        valid_from=own.not_valid_before_utc,
        valid_until=own.not_valid_after_utc,
        demo=DEMO in _values(own.subject),
        chain="".join(one.public_bytes(serialization.Encoding.PEM).decode() for one in (own, *above)),
    )


def described_der(der: bytes) -> Certificate:
    """A certificate in words, from its bytes. Raises ``ValueError``."""
    return described(x509.load_der_x509_certificate(der))


def asn1(one: x509.Certificate) -> Any:
    """A certificate as the signing library takes it."""
    from asn1crypto import x509 as kinds  # type: ignore[import-untyped, unused-ignore]

    return kinds.Certificate.load(one.public_bytes(serialization.Encoding.DER))


def usable(own: x509.Certificate) -> None:
    """Raise ``SignFault`` for a certificate that cannot sign documents today."""
    known = described(own)
    facts = {"holder": known.holder, "day": known.valid_until.date().isoformat()}
    match known.standing(clock.now()):
        case Standing.expired:
            raise SignFault(
                "sign-expired",
                N_(
                    "The certificate of %(holder)s ended on %(day)s. Letters wait for their signature until another"
                    " certificate is set."
                ),
                **facts,
            )
        case Standing.early:
            facts["day"] = known.valid_from.date().isoformat()
            raise SignFault(
                "sign-early",
                N_(
                    "The certificate of %(holder)s begins on %(day)s only. Letters wait for their signature until then."
                ),
                **facts,
            )
    try:
        use = own.extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return
    if not (use.digital_signature or use.content_commitment):
        raise SignFault(
            "sign-use",
            N_(
                "The certificate of %(holder)s is not meant for signing documents (key usage). Ask its issuer for one"
                " that is."
            ),
            **facts,
        )


def above(own: x509.Certificate, known: Sequence[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """The certificates above one, from its issuer up, as far as they are known."""
    chain, at = [], own
    while at.issuer != at.subject:
        parent = next((one for one in known if one.subject == at.issuer and one not in chain and one != own), None)
        if parent is None:
            break
        chain.append(parent)
        at = parent
    return tuple(chain)


def _values(name: x509.Name) -> list[str]:
    kinds = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
    return [str(one.value) for kind in kinds for one in name.get_attributes_for_oid(kind)]


def _name(name: x509.Name) -> str:
    said = ", ".join(dict.fromkeys(_values(name))) or name.rfc4514_string()
    return "".join(one if one.isprintable() else " " for one in said)[:300]
