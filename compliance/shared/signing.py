"""Signing: a finished PDF gets the association's signature (PAdES baseline), and a time stamp where one is configured.

With ``signatures`` the only door to pyHanko, which takes more than a second to load: it is loaded when something is
signed. Key, certificates and the token's session are loaded once in a process, and again when their file changes.
"""

import base64
import hashlib
import io
import os
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from flask import current_app

from compliance.shared import certificates, clock
from compliance.shared.certificates import Certificate, SignFault, Source
from compliance.shared.words import N_

FIELD = "Association"
STAMP_SECONDS = 10.0
"""How long a time stamp server may take."""
_STAMP_RESTS = 60.0  # seconds in which a server that failed is not asked again: what waits must not hold up the rest
_LARGEST_STAMP = 1 << 16  # bytes
_lock = threading.Lock()
_refused: set[Source] = set()
"""Settings whose PIN was wrong. A token locks after a few tries: each start makes one, and its children none."""


@dataclass(frozen=True)
class Signed:
    """A signed PDF: its bytes, their SHA-256 (hex), who signed and when, and by whom the moment is attested."""

    pdf: bytes
    digest: str
    certificate: Certificate
    signed_at: datetime
    stamped_at: datetime | None = None
    stamped_by: str = ""


@dataclass(frozen=True)
class _Opened:
    """A key that is ready: what identifies it, its certificate, and pyHanko's signer (made when first needed)."""

    mark: tuple[Any, ...]
    certificate: Certificate
    own: x509.Certificate
    signer: Callable[[], Any]


_kept: list[_Opened] = []


def source() -> Source:
    """Where this installation's key is."""
    configured: Source = current_app.config["SIGNING"]
    return configured


def certificate() -> Certificate:
    """The certificate that signs at present. Raises ``SignFault`` that says what is wrong with the configuration."""
    with _lock:
        return _open(source()).certificate


def require_usable() -> Certificate:
    """The same, if it may sign today. Raises ``SignFault``."""
    with _lock:
        opened = _open(source())
    certificates.usable(opened.own)
    return opened.certificate


def roots() -> str:
    """The certificates (PEM) of the authorities that are trusted here; empty where none is configured."""
    trusted = source().trust
    return trusted.read_text("ascii", "replace") if trusted is not None and trusted.is_file() else ""


def forget() -> None:
    """Close what was opened. Before a process forks: a token's session is not its children's."""
    with _lock:
        _kept.clear()
        module = source().module
        if module is not None:
            import pkcs11

            pkcs11.unload(str(module))


def sign(pdf: bytes) -> Signed:
    """Sign a finished PDF; what it shows stays, and so does its conformance. Raises ``SignFault``; asked by one thread
    at a time.

    Without a time stamp, though a server is configured, only where ``COMPLIANCE_SIGN_STAMP`` says ``offered``.
    """
    wanted = source()
    with _lock:
        opened = _open(wanted)
        certificates.usable(opened.own)
        stamper = _stamper(wanted)
        try:
            done = _sign(pdf, opened, stamper)
        except SignFault as fault:
            if stamper is None or fault.code != "sign-stamp" or wanted.stamp_required:
                raise
            current_app.logger.warning("signed without a time stamp: %s", fault)
            stamper = None
            done = _sign(pdf, opened, None)
    stamped_at, stamped_by = (stamper.attested if stamper else None) or (None, "")
    digest = hashlib.sha256(done).hexdigest()
    return Signed(done, digest, opened.certificate, clock.now(), stamped_at, stamped_by)


def _sign(pdf: bytes, opened: _Opened, stamper: Any) -> bytes:
    from pyhanko.sign import PdfSignatureMetadata, PdfSigner, fields

    spec = fields.SigFieldSpec(
        FIELD,
        # Not to be seen, and still neither hidden (PDF/A) nor within the page (PDF/UA).
        invis_sig_settings=fields.InvisSigSettings(box_out_of_bounds=True),
        readable_field_name="Signature of the association · 协会签名",
    )
    told = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    out, written = io.BytesIO(), _addition()(io.BytesIO(pdf))
    _order_by_structure(written)
    # Twice the bytes, because they are written in hexadecimal. Without a figure everything would be signed twice.
    room = 2 * (len(opened.certificate.chain) + 3000 + (12_000 if stamper else 0))
    try:
        pen = PdfSigner(told, opened.signer(), timestamper=stamper, new_field_spec=spec)
        pen.sign_pdf(written, output=out, bytes_reserved=room)
    except SignFault:
        raise
    except Exception as error:
        if opened.mark[0] == "token":
            _kept.clear()  # a token that was taken out, or a session that has ended: opened anew at the next try
        current_app.logger.error("signing failed: %s", type(error).__name__)
        raise SignFault(
            "sign-failed",
            N_("The signature could not be made (%(reason)s). The administrator should look at the certificate."),
            reason=type(error).__name__,
        ) from None
    return out.getvalue()


@cache
def _addition() -> Any:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    class Addition(IncrementalPdfFileWriter):
        """What is added to a finished PDF. Its metadata, which say what it conforms to, stay to the byte."""

        def _update_meta(self) -> None:
            pass

    return Addition


def _order_by_structure(written: Any) -> None:
    """A page with a field names the order in which one tabs through it (PDF/UA)."""
    from pyhanko.pdf_utils.generic import NameObject

    page, _resources = written.find_page_for_modification(0)
    if "/Tabs" not in page.get_object():
        page.get_object()[NameObject("/Tabs")] = NameObject("/S")
        written.update_container(page.get_object())


# --- the key ------------------------------------------------------------------------------------------------------


def _open(wanted: Source) -> _Opened:
    if wanted.module is not None:
        mark: tuple[Any, ...] = ("token", os.getpid(), wanted)
    else:
        if wanted.file is None:
            certificates.make_demo(wanted.demo)
        files = [path for path in (wanted.path, wanted.chain) if path is not None]
        mark = ("file", wanted, *(path.stat().st_mtime_ns if path.exists() else 0 for path in files))
    if not _kept or _kept[0].mark != mark:
        _kept.clear()
        opened = _open_token(wanted, mark) if wanted.module is not None else _open_file(wanted, mark)
        _kept.append(opened)
    return _kept[0]


def _open_file(wanted: Source, mark: tuple[Any, ...]) -> _Opened:
    pair = certificates.load(wanted)

    @cache
    def signer() -> Any:
        return _with_key()(pair.key, pair.own, pair.above)

    return _Opened(mark, certificates.described(pair.own, pair.above), pair.own, signer)


@cache
def _with_key() -> Any:
    """A signer that reads its key once. The library's own does so for each signature, and checks it each time."""
    from pyhanko.sign import Signer
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    class WithKey(Signer):
        def __init__(self, key: Any, own: x509.Certificate, above: tuple[x509.Certificate, ...]) -> None:
            store: Any = SimpleCertificateStore()  # type: ignore[no-untyped-call]
            store.register_multiple([_asn1(one) for one in above])
            super().__init__(signing_cert=_asn1(own), cert_registry=store)
            self._key = key

        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            digest = getattr(hashes, digest_algorithm.upper())()
            if isinstance(self._key, ec.EllipticCurvePrivateKey):
                return self._key.sign(data, ec.ECDSA(digest))
            return bytes(self._key.sign(data, padding.PKCS1v15(), digest))

    return WithKey


def _asn1(one: x509.Certificate) -> Any:
    from asn1crypto import x509 as asn1  # type: ignore[import-untyped, unused-ignore]
    from cryptography.hazmat.primitives.serialization import Encoding

    return asn1.Certificate.load(one.public_bytes(Encoding.DER))


def _open_token(wanted: Source, mark: tuple[Any, ...]) -> _Opened:
    """The key of a token stays in it: the token signs. Raises ``SignFault``."""
    from pkcs11 import Attribute, ObjectClass
    from pkcs11.exceptions import PKCS11Error
    from pyhanko.sign.pkcs11 import PKCS11Signer

    session = _session(wanted)
    named = {Attribute.LABEL: wanted.label} if wanted.label else {}
    try:
        keys = list(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.SIGN: True, **named}))
        held = list(session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE}))
        ders = [bytes(one[Attribute.VALUE]) for one in held]
        ids = [bytes(one[Attribute.ID] or b"") for one in held]
        labels = [str(one[Attribute.LABEL] or "") for one in held]
        key_id = bytes(keys[0][Attribute.ID] or b"") if len(keys) == 1 else b""
    except PKCS11Error as error:
        raise _token_fault(error) from None
    if len(keys) != 1:
        raise SignFault(
            "sign-label",
            N_(
                "The token holds %(number)s keys that can sign under this label. Name the one in COMPLIANCE_SIGN_LABEL."
            ),
            number=len(keys),
        )
    known = [x509.load_der_x509_certificate(der) for der in ders]
    fitting = [
        one
        for one, its_id, label in zip(known, ids, labels, strict=True)
        if (key_id and its_id == key_id) or (not key_id and label == wanted.label)
    ]
    if not fitting:
        raise SignFault(
            "sign-token-certificate",
            N_("The token has no certificate with the id of its key. Write the certificate onto the token."),
        )
    if wanted.chain is not None:
        known += certificates.more(wanted.chain, "COMPLIANCE_SIGN_CHAIN")
    own = fitting[0]
    higher = certificates.above(own, known)
    signer = PKCS11Signer(
        session,
        signing_cert=_asn1(own),
        ca_chain=[_asn1(one) for one in higher],
        key_id=key_id or None,
        key_label=None if key_id else wanted.label,
        # The digest is made here: not every token can do both.
        use_raw_mechanism=isinstance(own.public_key(), ec.EllipticCurvePublicKey),
    )
    return _Opened(mark, certificates.described(own, higher), own, lambda: signer)


def _session(wanted: Source) -> Any:
    import pkcs11
    from pkcs11.exceptions import PinIncorrect, PKCS11Error

    assert wanted.module is not None
    if wanted in _refused:
        raise _token_fault(PinIncorrect())
    try:
        library: Any = pkcs11.lib(str(wanted.module))
    except (PKCS11Error, RuntimeError, OSError):
        raise SignFault(
            "sign-module",
            N_(
                "COMPLIANCE_SIGN_MODULE: %(file)s cannot be loaded as a PKCS#11 module. Install the token's driver, or"
                " correct the path."
            ),
            file=wanted.module.name,
        ) from None
    try:
        library.reinitialize()  # tokens that were put in, and keys written onto them, since
        return library.get_token(token_label=wanted.token).open(user_pin=wanted.pin or None)
    except PKCS11Error as error:
        fault = _token_fault(error)
        if fault.code == "sign-pin":
            _refused.add(wanted)
        raise fault from None


def _token_fault(error: Exception) -> SignFault:
    from pkcs11 import exceptions

    match error:
        case exceptions.NoSuchToken() | exceptions.TokenNotPresent() | exceptions.DeviceRemoved():
            text = N_("No token with the label of COMPLIANCE_SIGN_TOKEN is there. Put it in, or correct the label.")
        case exceptions.MultipleTokensReturned():
            text = N_("Several tokens have the label of COMPLIANCE_SIGN_TOKEN. Take the others out.")
        case exceptions.PinIncorrect() | exceptions.PinLenRange() | exceptions.PinInvalid():
            text = N_("COMPLIANCE_SIGN_PIN is wrong. Correct it before the next start: tokens lock after a few tries.")
        case exceptions.PinLocked():
            text = N_("The token is locked after wrong PINs. Unlock it with the tool of its maker.")
        case _:
            text = N_("The token does not answer as it should (%(reason)s). Take it out and put it in again.")
            return SignFault("sign-token", text, reason=type(error).__name__)
    return SignFault("sign-pin" if "Pin" in type(error).__name__ else "sign-token", text)


# --- time stamps --------------------------------------------------------------------------------------------------

_failed_at: dict[str, float] = {}


def _stamper(wanted: Source) -> Any:
    return _stamps()(wanted.stamp_url) if wanted.stamp_url else None


@cache
def _stamps() -> Any:
    from asn1crypto import tsp  # type: ignore[import-untyped, unused-ignore]
    from pyhanko.sign.timestamps import TimeStamper

    class Stamps(TimeStamper):
        """Asks a server (RFC 3161), bounded in time and size, and keeps what it attested."""

        def __init__(self, url: str) -> None:
            super().__init__()  # type: ignore[no-untyped-call]
            self.url = url
            self.attested: tuple[datetime, str] | None = None

        async def async_request_tsa_response(self, req: Any) -> Any:
            try:
                answer = tsp.TimeStampResp.load(_asked(self.url, req.dump()), strict=True)
                if answer["status"]["status"].native not in ("granted", "granted_with_mods"):
                    raise _stamp_fault(N_("it refused the request"))
                token = answer["time_stamp_token"]["content"]
                info = token["encap_content_info"]["content"].parsed
                if info["message_imprint"].native != req["message_imprint"].native:
                    raise _stamp_fault(N_("its answer is about something else"))
                who = info["tsa"].chosen.human_friendly if info["tsa"].native else _first_holder(token)
                self.attested = (info["gen_time"].native.astimezone(UTC), str(who)[:300])
            except (ValueError, TypeError, KeyError, AttributeError):
                raise _stamp_fault(N_("its answer cannot be read")) from None
            return answer

        async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> Any:
            try:
                return await super().async_timestamp(message_digest, md_algorithm)
            except SignFault:
                raise
            except Exception:
                raise _stamp_fault(N_("its answer cannot be used")) from None

    return Stamps


def _first_holder(token: Any) -> str:
    for one in token["certificates"]:
        return certificates.described_der(one.chosen.dump()).holder
    return ""


def _asked(url: str, request: bytes) -> bytes:
    if time.monotonic() - _failed_at.get(url, -_STAMP_RESTS) < _STAMP_RESTS:
        raise _stamp_fault(N_("it failed a moment ago"))
    parts = urlsplit(url)
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    if parts.username:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    try:
        asked = urllib.request.Request(bare, request, headers)  # noqa: S310 - the settings allow http and https alone
        with urllib.request.urlopen(asked, timeout=STAMP_SECONDS) as answer:  # noqa: S310
            data = bytes(answer.read(_LARGEST_STAMP + 1))
            kind = answer.headers.get_content_type()
    except (OSError, ValueError, urllib.error.URLError) as error:
        _failed_at[url] = time.monotonic()
        reason = getattr(error, "reason", error)
        said = type(reason).__name__
        if isinstance(error, urllib.error.HTTPError):
            said = f"HTTP {error.code}"
            error.close()
        raise _stamp_fault(said) from None
    if kind != "application/timestamp-reply" or len(data) > _LARGEST_STAMP:
        _failed_at[url] = time.monotonic()
        raise _stamp_fault(N_("its answer is no time stamp"))
    return data


def _stamp_fault(reason: str) -> SignFault:
    return SignFault(
        "sign-stamp",
        N_("The time stamp server gave no time stamp (%(reason)s). The letter waits and is tried again."),
        reason=reason,
    )
