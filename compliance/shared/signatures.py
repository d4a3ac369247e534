"""What the signatures in a PDF say: whether it is as it was signed, by whom, and when.

The file may be anybody's, made to harm. So it is read by a child process with little memory and little time, one file
at a time, that knows nothing of this installation.
"""

import base64
import io
import json
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from compliance.shared import certificates
from compliance.shared.certificates import Certificate
from compliance.shared.places import PACKAGE
from compliance.shared.problems import NotNow
from compliance.shared.words import N_

SECONDS = 20.0
LARGEST = 64 << 20
"""Bytes of a file that is looked into: more than any letter, less than what would hold up the rest."""
_MEMORY = 1 << 30  # bytes of address space of the child
_WAITS = 30.0  # seconds until somebody else's file is done with
_MOST_SIGNATURES = 10
_one_at_a_time = threading.Lock()


class Content(StrEnum):
    """What a file turned out to be."""

    empty = "empty"
    no_pdf = "no_pdf"
    encrypted = "encrypted"
    broken = "broken"
    too_large = "too_large"
    unsigned = "unsigned"
    signed = "signed"


@dataclass(frozen=True)
class Signature:
    """One signature. ``intact``: no byte that it covers was changed since; ``whole``: it covers all of the file;
    ``trusted``: an authority that this installation trusts stands behind the certificate. ``stamped_at`` is attested by
    ``stamped_by`` (``stamp_trusted`` alike), ``signed_at`` only claimed.
    """

    intact: bool
    whole: bool
    trusted: bool
    certificate: Certificate
    signed_at: datetime | None = None
    stamped_at: datetime | None = None
    stamped_by: str = ""
    stamp_trusted: bool = False


@dataclass(frozen=True)
class Looked:
    """What is in a file."""

    content: Content
    signatures: tuple[Signature, ...] = ()


def look(pdf: bytes, roots: str = "") -> Looked:
    """What the signatures in a file say. ``roots``: the certificates (PEM) of the authorities that are trusted.

    Whatever the file is, there is an answer. Raises ``NotNow`` when too many ask at once.
    """
    if not pdf:
        return Looked(Content.empty)
    if b"%PDF-" not in pdf[:1024]:
        return Looked(Content.no_pdf)
    if len(pdf) > LARGEST:
        return Looked(Content.too_large)
    if not _one_at_a_time.acquire(timeout=_WAITS):
        raise NotNow("check-busy", N_("Many files are being checked just now; please try again in a minute."))
    try:
        question = roots.encode()
        path = os.pathsep.join(filter(None, (str(PACKAGE.parent), os.environ.get("PYTHONPATH"))))
        answer = subprocess.run(
            [sys.executable, "-m", "compliance.shared.signatures"],
            input=struct.pack(">I", len(question)) + question + pdf,
            capture_output=True,
            timeout=SECONDS,
            env={**os.environ, "PYTHONPATH": path},
            check=True,
        ).stdout
        told = json.loads(answer)
        return Looked(Content(told["content"]), tuple(_read(one) for one in told["signatures"]))
    except (subprocess.SubprocessError, ValueError, KeyError, TypeError):
        return Looked(Content.broken)
    finally:
        _one_at_a_time.release()


def _read(told: dict[str, Any]) -> Signature:
    values: dict[str, Any] = {name: value for name, value in told.items() if name != "der"}
    for name in ("signed_at", "stamped_at"):
        values[name] = datetime.fromisoformat(told[name]) if told[name] else None
    return Signature(certificate=certificates.described_der(base64.b64decode(told["der"])), **values)


# --- the child ----------------------------------------------------------------------------------------------------


def _content(pdf: bytes, roots: Sequence[Any]) -> tuple[Content, list[dict[str, Any]]]:
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=False)
        if reader.encrypted:
            return Content.encrypted, []
        found = reader.embedded_regular_signatures[:_MOST_SIGNATURES]
        told = [_one(signature, roots) for signature in found]
    except (PdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError, ArithmeticError):
        return Content.broken, []
    return (Content.signed, told) if told else (Content.unsigned, [])


def _one(found: Any, roots: Sequence[Any]) -> dict[str, Any]:
    from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    claimed = found.self_reported_timestamp
    told = {
        "der": base64.b64encode(found.signer_cert.dump()).decode(),
        "signed_at": claimed.astimezone(UTC).isoformat() if claimed and claimed.tzinfo else None,
        "intact": False,
        "whole": False,
        "trusted": False,
        "stamped_at": None,
        "stamped_by": "",
        "stamp_trusted": False,
    }

    def context(moment: datetime | None = None) -> Any:
        return ValidationContext(trust_roots=list(roots), allow_fetching=False, moment=moment)

    try:
        status = validate_pdf_signature(found, context(), context())
        stamp: Any = status.timestamp_validity
        attested = stamp is not None and stamp.intact and stamp.valid
        if attested and not status.trusted:
            # A certificate that has ended since was good when it signed.
            status = validate_pdf_signature(found, context(stamp.timestamp), context())
    except Exception:
        # Whatever a broken signature makes the library raise, it proves nothing.
        return told
    told["intact"] = bool(status.intact and status.valid)
    told["whole"] = status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    told["trusted"] = bool(told["intact"] and status.trusted)
    if attested:
        told["stamped_at"] = stamp.timestamp.astimezone(UTC).isoformat()
        told["stamped_by"] = certificates.described_der(stamp.signing_cert.dump()).holder
        told["stamp_trusted"] = bool(stamp.trusted)
    return told


def _serve() -> None:
    """Answer one file from standard input."""
    import logging
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(SECONDS), int(SECONDS)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable(logging.CRITICAL)
    (size,) = struct.unpack(">I", sys.stdin.buffer.read(4))
    pem = sys.stdin.buffer.read(size)
    pdf = sys.stdin.buffer.read()
    content, told = _content(pdf, _roots(pem))
    sys.stdout.write(json.dumps({"content": content.value, "signatures": told}))


def _roots(pem: bytes) -> list[Any]:
    from asn1crypto import pem as asn1_pem  # type: ignore[import-untyped, unused-ignore]
    from asn1crypto import x509 as asn1

    if not pem.strip():
        return []
    return [asn1.Certificate.load(der) for _kind, _headers, der in asn1_pem.unarmor(pem, multiple=True)]


if __name__ == "__main__":
    _serve()
