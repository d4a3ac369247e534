"""Keys in files: PKCS#12 or PEM as an authority sends them, or the demo's own that is made at the first start."""

import contextlib
import os
import secrets
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from compliance.shared.certificates import DEMO, SignFault, Source, above
from compliance.shared.words import N_

_DEMO_BEGAN, _DEMO_LASTS = timedelta(days=365 * 2), timedelta(days=365 * 5)  # the demo's own story began earlier
_LARGEST = 1 << 20  # bytes of a key or certificate file
_CURVES = ("secp256r1", "secp384r1", "secp521r1")


@dataclass(frozen=True)
class Pair:
    """A private key with its certificate and the certificates above it."""

    key: Any = field(repr=False)
    own: x509.Certificate
    above: tuple[x509.Certificate, ...]


def load(source: Source) -> Pair:
    """The key of a file with its certificates. Raises ``SignFault`` that says what to do."""
    if source.file is None:
        make_demo(source.demo)
    data = _read(source.path, "COMPLIANCE_SIGN_FILE")
    passphrase = source.passphrase.encode() or None
    key, certificates = _from_pem(source, data, passphrase) or _from_pkcs12(source, data, passphrase)
    if source.chain is not None:
        certificates += more(source.chain, "COMPLIANCE_SIGN_CHAIN")
    _require_kind(key, source.path.name)
    public = _public(key.public_key())
    own = next((one for one in certificates if _public(one.public_key()) == public), None)
    if own is None:
        raise SignFault(
            "sign-no-certificate",
            N_(
                "There is no certificate for the key in %(file)s. Put it into that file, or into a file of certificates"
                " that COMPLIANCE_SIGN_CHAIN names."
            ),
            file=source.path.name,
        )
    return Pair(key, own, above(own, certificates))


def more(path: Path, setting: str) -> list[x509.Certificate]:
    """The certificates of a PEM file. Raises ``SignFault``."""
    try:
        return x509.load_pem_x509_certificates(_read(path, setting))
    except (ValueError, UnsupportedAlgorithm):
        raise SignFault(
            "sign-chain",
            N_("%(setting)s: %(file)s is not a file of certificates in PEM form."),
            setting=setting,
            file=path.name,
        ) from None


def make_demo(path: Path) -> None:
    """Make the demo key and certificate unless they are there. Two processes at once make one."""
    if path.exists():
        return
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(kind, DEMO) for kind in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(secrets.token_bytes(16)) >> 1)
        .not_valid_before(now - _DEMO_BEGAN)
        .not_valid_after(now + _DEMO_LASTS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_signs_documents(), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    both = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    both += made.public_bytes(serialization.Encoding.PEM)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, partial = tempfile.mkstemp(dir=path.parent)  # mode 600
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(both)
            out.flush()
            os.fsync(out.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(partial, path)
    finally:
        Path(partial).unlink()


def _signs_documents() -> x509.KeyUsage:
    wanted = dict.fromkeys(
        (
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    return x509.KeyUsage(digital_signature=True, content_commitment=True, **wanted)


def _read(path: Path, setting: str) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise SignFault(
            "sign-file",
            N_("%(setting)s: the file %(file)s cannot be read (%(reason)s)."),
            setting=setting,
            file=path.name,
            reason=error.strerror or type(error).__name__,
        ) from None
    if len(data) > _LARGEST:
        raise _unknown(path)
    return data


def _from_pem(source: Source, data: bytes, passphrase: bytes | None) -> tuple[Any, list[x509.Certificate]] | None:
    if b"-----BEGIN" not in data:
        return None
    try:
        if b"ENCRYPTED" not in data:
            passphrase = None
        elif passphrase is None:
            raise _closed(source)
        key = serialization.load_pem_private_key(data, passphrase)
        return key, x509.load_pem_x509_certificates(data) if b"BEGIN CERTIFICATE" in data else []
    except UnsupportedAlgorithm:
        raise _unsupported(source.path.name) from None
    except (ValueError, TypeError):
        raise (_closed(source) if passphrase and b"PRIVATE KEY" in data else _unknown(source.path)) from None


def _from_pkcs12(source: Source, data: bytes, passphrase: bytes | None) -> tuple[Any, list[x509.Certificate]]:
    try:
        found = pkcs12.load_pkcs12(data, passphrase)
    except UnsupportedAlgorithm:
        raise _unsupported(source.path.name) from None
    except (ValueError, TypeError):
        # 30: the first byte of every PKCS#12 file. What begins so and cannot be opened has another passphrase.
        raise (_closed(source) if data[:1] == b"\x30" else _unknown(source.path)) from None
    if found.key is None:
        raise _unknown(source.path)
    own = [found.cert.certificate] if found.cert else []
    return found.key, own + [one.certificate for one in found.additional_certs]


def _require_kind(key: Any, name: str) -> None:
    strong = isinstance(key, rsa.RSAPrivateKey) and key.key_size >= 2048
    if not strong and not (isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in _CURVES):
        raise _unsupported(name)


def _unsupported(name: str) -> SignFault:
    return SignFault(
        "sign-kind",
        N_(
            "The key in %(file)s is of a kind that cannot sign here (SM2 is one). Ask the issuer for RSA with 2048 bits"
            " or more, or for EC P-256, P-384 or P-521."
        ),
        file=name,
    )


def _closed(source: Source) -> SignFault:
    return SignFault(
        "sign-passphrase",
        N_("COMPLIANCE_SIGN_PASSPHRASE does not open %(file)s. Set the passphrase that the file was made with."),
        file=source.path.name,
    )


def _unknown(path: Path) -> SignFault:
    return SignFault(
        "sign-unknown",
        N_("COMPLIANCE_SIGN_FILE: %(file)s is neither a PKCS#12 file nor a private key in PEM form."),
        file=path.name,
    )


def _public(key: Any) -> bytes:
    return bytes(key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo))
