"""Signing: a finished PDF gets the association's signature (PAdES baseline), and a time stamp where one is configured.

With ``tokens``, ``timestamps`` and ``signatures`` the only door to pyHanko, which takes a second to load: it is loaded
when something is signed. Key, certificates and the token's session are loaded once in a process, and again when their
file changes.
"""

import hashlib
import io
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from flask import current_app

from compliance.shared import certificates, clock, keyfiles, timestamps, tokens
from compliance.shared.certificates import Certificate, SignFault, Source
from compliance.shared.words import N_

FIELD = "Association"
_lock = threading.Lock()


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
        if source().module is not None:
            tokens.forget(source())


def sign(pdf: bytes) -> Signed:
    """Sign a finished PDF; what it shows stays, and so does its conformance. Raises ``SignFault``; asked by one thread
    at a time.

    Without a time stamp, though a server is configured, only where ``COMPLIANCE_SIGN_STAMP`` says ``offered``.
    """
    wanted = source()
    with _lock:
        opened = _open(wanted)
        certificates.usable(opened.own)
        stamper = timestamps.stamper(wanted.stamp_url) if wanted.stamp_url else None
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
            keyfiles.make_demo(wanted.demo)
        files = [path for path in (wanted.path, wanted.chain) if path is not None]
        mark = ("file", wanted, *(path.stat().st_mtime_ns if path.exists() else 0 for path in files))
    if not _kept or _kept[0].mark != mark:
        _kept.clear()
        _kept.append(_open_token(wanted, mark) if wanted.module is not None else _open_file(wanted, mark))
    return _kept[0]


def _open_file(wanted: Source, mark: tuple[Any, ...]) -> _Opened:
    pair = keyfiles.load(wanted)

    @cache
    def signer() -> Any:
        return _with_key()(pair.key, pair.own, pair.above)

    return _Opened(mark, certificates.described(pair.own, pair.above), pair.own, signer)


def _open_token(wanted: Source, mark: tuple[Any, ...]) -> _Opened:
    signer, own, above = tokens.opened(wanted)
    return _Opened(mark, certificates.described(own, above), own, lambda: signer)


@cache
def _with_key() -> Any:
    """A signer that reads its key once. The library's own does so for each signature, and checks it each time."""
    from pyhanko.sign import Signer
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    class WithKey(Signer):
        def __init__(self, key: Any, own: x509.Certificate, above: tuple[x509.Certificate, ...]) -> None:
            store: Any = SimpleCertificateStore()  # type: ignore[no-untyped-call]
            store.register_multiple([certificates.asn1(one) for one in above])
            super().__init__(signing_cert=certificates.asn1(own), cert_registry=store)
            self._key = key

        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            digest = getattr(hashes, digest_algorithm.upper())()
            if isinstance(self._key, ec.EllipticCurvePrivateKey):
                return self._key.sign(data, ec.ECDSA(digest))
            return bytes(self._key.sign(data, padding.PKCS1v15(), digest))

    return WithKey
