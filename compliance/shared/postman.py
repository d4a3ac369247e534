"""How a mail leaves: one conversation with a mail server, or a file in the instance's ``outbox`` folder.

Nothing here knows the database. What goes wrong is told apart by what it means for the mail: the server as such is in
trouble (``Unreachable``: nothing of the mail was handed over), the server turned this mail away (``TurnedAway``: for
now, or for good), or it may have taken the mail and nobody heard it say so (``Unsure``).
"""

import contextlib
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from enum import StrEnum
from pathlib import Path
from typing import Any, Self, cast
from urllib.parse import SplitResult, unquote, urlsplit

from compliance.shared.words import clean

SILENCE = 20.0
"""Seconds that an answer of the server may take."""
LIMIT = 60.0
"""Seconds that one mail, or the greeting, may take in all: a server that answers a letter at a time is hanging too."""


class Trouble(StrEnum):
    """What went wrong, for the person who puts it right."""

    unreachable = "unreachable"
    silent = "silent"
    certificate = "certificate"
    unencrypted = "unencrypted"
    sign_in = "sign_in"
    busy = "busy"
    refused = "refused"
    later = "later"
    address = "address"
    unset = "unset"
    unsure = "unsure"


class Undelivered(Exception):
    """A mail did not leave. ``words`` are the server's own, on one line."""

    def __init__(self, trouble: Trouble, words: str = "") -> None:
        super().__init__(trouble.value)  # never the words: a server repeats addresses
        self.trouble, self.words = trouble, words


class Unreachable(Undelivered):
    """The server takes no mail at all at present; nothing of this one was handed over."""


class TurnedAway(Undelivered):
    """The server does not take this mail: ``lasting`` for good, else it may be tried again."""

    def __init__(self, trouble: Trouble, words: str = "", *, lasting: bool) -> None:
        super().__init__(trouble, words)
        self.lasting = lasting


class Unsure(Undelivered):
    """All of the mail was handed over, and the server's answer never came."""


@dataclass(frozen=True)
class Server:
    """Where the mail server is and what is asked of it. ``authority`` is a file of certificates to trust instead of
    the system's.
    """

    url: str
    encrypted: bool = True
    authority: str | None = None


class Line:
    """A round's way to the server: one conversation for many mails, begun anew where the last one broke off."""

    def __init__(self, server: Server | None) -> None:
        self.server = server
        self._talk: Conversation | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._talk is not None:
            self._talk.end()

    def conversation(self) -> "Conversation":
        """A mail server that listens. Raises ``Unreachable``."""
        if self._talk is None or not self._talk.open:
            self.__exit__()
            if self.server is None:
                raise Unreachable(Trouble.unreachable)
            self._talk = Conversation(self.server)
        return self._talk


class Conversation:
    """Connected, encrypted, signed in. ``open`` tells whether another mail can follow."""

    def __init__(self, server: Server) -> None:
        self._smtp = smtplib.SMTP(timeout=SILENCE)
        self._context = ssl.create_default_context(cafile=server.authority)
        self.open = False
        try:
            with self._in_time():
                self._begin(urlsplit(server.url), server.encrypted)
        except Unreachable:
            self.end()
            raise
        except (OSError, smtplib.SMTPException, ValueError) as error:
            self.end()
            raise Unreachable(_trouble_of(error), _words_of(error)) from None
        self.open = True

    def hand_over(self, sender: str, recipient: str, message: EmailMessage, about_to: Callable[[], None]) -> str:
        """Hand one mail over and give the server's words of receipt.

        ``about_to`` is called when the server has agreed to everything but the text: from then on only its answer
        tells whether it has the mail. What ``about_to`` raises ends the conversation before the text is sent. Raises
        ``Unreachable``, ``TurnedAway``, ``Unsure``.
        """
        plain = recipient.isascii() and sender.isascii()
        if not plain and not self._smtp.has_extn("smtputf8"):
            raise TurnedAway(Trouble.address, lasting=True)
        text = _quoted(message.as_bytes(policy=SMTP if plain else SMTPUTF8))
        with self._in_time():
            self._agree(lambda: self._smtp.mail(sender, () if plain else ("SMTPUTF8", "BODY=8BITMIME")), (250,))
            self._agree(lambda: self._smtp.rcpt(recipient), (250, 251, 252))
            self._agree(lambda: self._smtp.docmd("DATA"), (354,))
            self.open = False  # whatever happens now, happens in the middle of a text
            about_to()
            try:
                self._smtp.send(text)
                code, words = self._smtp.getreply()
            except (OSError, smtplib.SMTPException):
                raise Unsure(Trouble.unsure) from None
        if code not in range(200, 600):  # nothing that a mail server says
            raise Unsure(Trouble.unsure)
        self.open = code != 421
        if code == 250:
            return _line(words)
        raise TurnedAway(*_meaning(code, words), lasting=code >= 500)

    def end(self) -> None:
        """Say good-bye, or just hang up; never raises."""
        with contextlib.suppress(OSError, smtplib.SMTPException, ValueError):
            if self.open:
                with self._in_time(5):
                    self._smtp.quit()
        self.open = False
        with contextlib.suppress(OSError):
            self._smtp.close()

    def _begin(self, address: SplitResult, encrypted: bool) -> None:
        host, implicit = address.hostname or "localhost", address.scheme == "smtps"
        # Not smtplib's own way to connect: until that has its greeting, nobody could end it.
        self._smtp.sock = socket.create_connection((host, address.port or (465 if implicit else 25)), SILENCE)
        if implicit:
            self._encrypt(host)
        code, words = self._smtp.getreply()
        if code != 220:
            raise Unreachable(Trouble.busy, f"{code} {_line(words)}")
        self._smtp.ehlo_or_helo_if_needed()
        if not implicit and self._smtp.has_extn("starttls"):
            code, words = self._smtp.docmd("STARTTLS")
            if code != 220:
                raise Unreachable(Trouble.unencrypted, f"{code} {_line(words)}")
            self._encrypt(host)
            self._smtp.ehlo()  # what was said before counts no more
        elif not implicit and (encrypted or address.username):
            raise Unreachable(Trouble.unencrypted)
        if address.username:
            self._smtp.login(unquote(address.username), unquote(address.password or ""))

    def _encrypt(self, host: str) -> None:
        plain = cast(socket.socket, self._smtp.sock)
        self._smtp.sock = self._context.wrap_socket(plain, server_hostname=host)
        self._smtp.file = None

    def _agree(self, step: Callable[[], tuple[int, bytes]], good: tuple[int, ...]) -> None:
        try:
            code, words = step()
        except (OSError, smtplib.SMTPException) as error:
            self.open = False
            raise Unreachable(_trouble_of(error), _words_of(error)) from None
        if code in good:
            return
        trouble, said = _meaning(code, words)
        if code == 421 or trouble is Trouble.sign_in:
            self.open = False
            raise Unreachable(trouble, said)
        try:
            self._smtp.rset()
        except (OSError, smtplib.SMTPException):
            self.open = False
        raise TurnedAway(trouble, said, lasting=code >= 500)

    @contextlib.contextmanager
    def _in_time(self, seconds: float | None = None) -> Iterator[None]:
        done = threading.Event()
        watch = threading.Thread(
            target=self._cut_after, args=(LIMIT if seconds is None else seconds, done), daemon=True
        )
        watch.start()
        try:
            yield
        finally:
            done.set()
            watch.join()

    def _cut_after(self, seconds: float, done: threading.Event) -> None:
        # A socket is put aside while it is encrypted: so it is tried again until somebody notices.
        while not done.wait(seconds):
            seconds = 0.2
            held = self._smtp.sock
            if held is not None:
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(held, socket.SHUT_RDWR)


def file_away(folder: Path, name: str, message: EmailMessage) -> Path:
    """Keep a mail as a file that every mail program opens. The same name is the same mail: it is written over."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file, half = folder / name, folder / f".{name}"
    half.touch(mode=0o600)
    half.write_bytes(message.as_bytes(policy=SMTPUTF8))
    half.replace(file)
    return file


def wire_address(address: str) -> str:
    """An address as it goes over the line: its domain in ASCII. Raises ``TurnedAway`` for what is none."""
    name, _, domain = address.rpartition("@")
    if not name or re.search(r"[\s<>]", address):
        raise TurnedAway(Trouble.address, lasting=True)
    try:
        return f"{name}@{domain if domain.isascii() else domain.encode('idna').decode()}"
    except UnicodeError:
        raise TurnedAway(Trouble.address, lasting=True) from None


def _quoted(text: bytes) -> bytes:
    """The text as ``DATA`` takes it (RFC 5321, 4.5.2): a dot in front of a line is doubled, one alone ends it."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", text)
    lines = re.sub(rb"(?m)^\.", b"..", lines)
    return lines + (b"" if lines.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def _meaning(code: int, words: Any) -> tuple[Trouble, str]:
    said = f"{code} {_line(words)}"
    if code in (530, 534, 535, 538):
        return Trouble.sign_in, said
    return (Trouble.refused if code >= 500 else Trouble.later), said


def _trouble_of(error: Exception) -> Trouble:
    match error:
        case ssl.SSLCertVerificationError():
            return Trouble.certificate
        case TimeoutError():
            return Trouble.silent
        case smtplib.SMTPServerDisconnected():
            return Trouble.silent
        case smtplib.SMTPAuthenticationError():
            return Trouble.sign_in
        case smtplib.SMTPResponseException():
            return Trouble.busy
        case smtplib.SMTPException():  # it offers no way to sign in that we know
            return Trouble.sign_in
        case _:
            return Trouble.unreachable


def _words_of(error: Exception) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return _line(error.verify_message)
        case smtplib.SMTPResponseException():
            return f"{error.smtp_code} {_line(error.smtp_error)}"
        case smtplib.SMTPException():
            return ""
        case OSError():
            return _line(error.strerror or type(error).__name__)
        case _:
            return type(error).__name__


def _line(words: Any) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return " ".join(clean(text).split())[:400]
