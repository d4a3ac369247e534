"""Short messages: how one is handed to an SMS gateway or to WeCom, over HTTPS.

Nothing here knows the database. What goes wrong is told apart as ``postman`` does: the server as such is in trouble, it
turned this message away, or it may have taken the message and nobody heard it say so.
"""

import logging
from collections.abc import Callable
from typing import Any, Protocol
from uuid import UUID

import httpx

from compliance.shared.postman import SILENCE, Trouble, TurnedAway, Unreachable, Unsure
from compliance.shared.words import clean

logging.getLogger("httpx").setLevel(logging.WARNING)  # it writes addresses with the secret in them into the log

_TOKEN_OVER = frozenset({40014, 41001, 42001})
_NOT_LET_IN = frozenset({40001, 40013, 40056, 48002, 60020, 301002})
_NOBODY = frozenset({40031, 60111, 81013})
_SAME_WITHIN = 1800  # seconds in which WeCom takes the same words to the same person for the same message


class Gateway(Protocol):
    """Takes short messages."""

    def hand_over(self, message_id: UUID, recipient: str, text: str, about_to: Callable[[], None]) -> str:
        """Hand one message over and give the gateway's words of receipt. ``about_to`` is called in the instant before
        it leaves. Raises ``Unreachable``, ``TurnedAway``, ``Unsure``.
        """


class SmsGateway:
    """A gateway that takes ``{"id", "to", "text"}`` as JSON with a bearer token, and answers with a status alone.

    ``id`` stands in the header ``Idempotency-Key`` as well: the same twice is one message. ``to`` is in E.164.
    """

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = url, token

    def hand_over(self, message_id: UUID, recipient: str, text: str, about_to: Callable[[], None]) -> str:
        """As ``Gateway`` says."""
        about_to()
        answer = _ask(
            "POST",
            self._url,
            json={"id": str(message_id), "to": recipient, "text": text},
            headers={"Authorization": f"Bearer {self._token}", "Idempotency-Key": str(message_id)},
        )
        if answer.is_success:
            return f"{answer.status_code}"
        raise _meaning(answer.status_code)


class WeCom:
    """WeCom (企业微信): an application of the association writes to the person's account there.

    Its documented interface: a token for the application's secret, then ``message/send``.
    """

    def __init__(self, url: str, corporation: str, agent: int, secret: str) -> None:
        self._url, self._corporation, self._agent, self._secret = url.rstrip("/"), corporation, agent, secret
        self._token = ""

    def hand_over(self, message_id: UUID, recipient: str, text: str, about_to: Callable[[], None]) -> str:
        """As ``Gateway`` says."""
        message = {
            "touser": recipient,
            "msgtype": "text",
            "agentid": self._agent,
            "text": {"content": text},
            "enable_duplicate_check": 1,
            "duplicate_check_interval": _SAME_WITHIN,
        }
        kept = bool(self._token)
        token = self._token or self._fetch_token()
        about_to()
        answer = self._send(token, message)
        if kept and answer.get("errcode") in _TOKEN_OVER:  # it said so itself: nothing was taken
            answer = self._send(self._fetch_token(), message)
        code = answer.get("errcode")
        if code in _NOBODY or (code == 0 and answer.get("invaliduser")):
            raise TurnedAway(Trouble.address, _said(answer), lasting=True)
        if code == 0:
            return str(answer.get("msgid", ""))[:100]
        if code in _NOT_LET_IN or code in _TOKEN_OVER:
            raise Unreachable(Trouble.sign_in, _said(answer))
        busy = code in (-1, 45009, 45033)
        raise TurnedAway(Trouble.later if busy else Trouble.refused, _said(answer), lasting=not busy)

    def _fetch_token(self) -> str:
        asked = {"corpid": self._corporation, "corpsecret": self._secret}
        try:
            answer = _json(_ask("GET", f"{self._url}/cgi-bin/gettoken", params=asked))
        except Unsure:
            raise Unreachable(Trouble.silent) from None  # only the token was asked for
        if answer.get("errcode", 0) != 0 or not answer.get("access_token"):
            raise Unreachable(Trouble.sign_in, _said(answer))
        self._token = str(answer["access_token"])
        return self._token

    def _send(self, token: str, message: dict[str, Any]) -> dict[str, Any]:
        return _json(_ask("POST", f"{self._url}/cgi-bin/message/send", params={"access_token": token}, json=message))


def _ask(method: str, url: str, **request: Any) -> httpx.Response:
    try:
        return httpx.request(method, url, timeout=SILENCE, follow_redirects=False, **request)
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        untrusted = "CERTIFICATE_VERIFY_FAILED" in str(error)
        raise Unreachable(Trouble.certificate if untrusted else Trouble.unreachable) from None
    except httpx.UnsupportedProtocol:
        raise Unreachable(Trouble.unreachable) from None
    except httpx.HTTPError:
        raise Unsure(Trouble.unsure) from None


def _json(answer: httpx.Response) -> dict[str, Any]:
    if not answer.is_success:
        raise _meaning(answer.status_code)
    try:
        content = answer.json()
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise Unreachable(Trouble.busy, f"{answer.status_code}")
    return content


def _meaning(status: int) -> TurnedAway | Unreachable:
    """What an HTTP status that is no success says about the message. Whoever answers with one took nothing."""
    if status in (401, 403, 407):
        return Unreachable(Trouble.sign_in, f"{status}")
    if status in (404, 405) or status in range(300, 400):
        return Unreachable(Trouble.unreachable, f"{status}")
    if status in (408, 425, 429) or status >= 500:
        return TurnedAway(Trouble.later, f"{status}", lasting=False)
    return TurnedAway(Trouble.refused, f"{status}", lasting=True)


def _said(answer: dict[str, Any]) -> str:
    words = " ".join(clean(str(answer.get("errmsg", ""))).split())
    return f"{answer.get('errcode', '')} {words}"[:200].strip()
