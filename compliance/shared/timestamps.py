"""Time stamps (RFC 3161): a server attests that a signature was there at a moment.

Bounded in time and size, and a server that failed is left alone for a while.
"""

import base64
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from compliance.shared import certificates
from compliance.shared.certificates import SignFault
from compliance.shared.words import N_

SECONDS = 10.0
"""How long a server may take."""
_RESTS = 60.0  # seconds in which a server that failed is not asked again: what waits must not hold up the rest
_LARGEST = 1 << 16  # bytes
_failed_at: dict[str, float] = {}


def stamper(url: str) -> Any:
    """What asks this server for a stamp; ``attested`` is then the moment, and by whom."""
    return _stamps()(url)


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
    if time.monotonic() - _failed_at.get(url, -_RESTS) < _RESTS:
        raise _stamp_fault(N_("it failed a moment ago"))
    parts = urlsplit(url)
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    if parts.username:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    try:
        asked = urllib.request.Request(bare, request, headers)  # noqa: S310 - the settings allow http and https alone
        with urllib.request.urlopen(asked, timeout=SECONDS) as answer:  # noqa: S310
            data = bytes(answer.read(_LARGEST + 1))
            kind = answer.headers.get_content_type()
    except (OSError, ValueError, urllib.error.URLError) as error:
        _failed_at[url] = time.monotonic()
        reason = getattr(error, "reason", error)
        said = type(reason).__name__
        if isinstance(error, urllib.error.HTTPError):
            said = f"HTTP {error.code}"
            error.close()
        raise _stamp_fault(said) from None
    if kind != "application/timestamp-reply" or len(data) > _LARGEST:
        _failed_at[url] = time.monotonic()
        raise _stamp_fault(N_("its answer is no time stamp"))
    return data


def _stamp_fault(reason: str) -> SignFault:
    return SignFault(
        "sign-stamp",
        N_("The time stamp server gave no time stamp (%(reason)s). The letter waits and is tried again."),
        reason=reason,
    )
