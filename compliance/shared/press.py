"""The press: HTML to PDF/A-3a that is PDF/UA-1 as well. The only door to printing.

WeasyPrint corrupts memory when threads share its fonts, has no time limit, and keeps a hundred megabytes. So a page is
pressed by a child process (``printer``) that does nothing else, one page at a time: it keeps one font configuration and
the parsed stylesheet, collects no garbage while it works, sees only the fonts of ``shared/fonts``, can read nothing but
the pictures that come with the page, and is killed when it takes too long.

A warning of the press is an error: a character without a glyph is a box on a paper that somebody has to sign.
"""

import atexit
import hashlib
import json
import os
import select
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

import uharfbuzz

from compliance.shared.places import PACKAGE
from compliance.shared.problems import Problem, TooLarge
from compliance.shared.words import N_

FONTS = PACKAGE / "shared" / "fonts"
SECONDS = 60.0
MOST_PAGES = 120
_MOST_HTML = 4_000_000  # characters
_MOST_CARRIED = 64_000_000  # bytes of pictures and attachments
NO_PICTURES: Mapping[str, bytes] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Pressed:
    """A finished PDF: its bytes, their SHA-256 (hex) and the number of pages."""

    pdf: bytes
    digest: str
    pages: int


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the PDF: what the paper says, for machines. ``name`` is plain ASCII with an ending that tells what
    it is; ``dated`` is when it was made and changed, so that the same paper gives the same bytes. ``relationship`` is
    one of PDF's: Data, Source, Supplement, Alternative.
    """

    name: str
    data: bytes
    description: str
    dated: date
    relationship: str = "Data"


@dataclass(frozen=True, slots=True)
class Missing:
    """A character that the fonts cannot print, and where it stands (first place only)."""

    character: str
    place: str

    def __str__(self) -> str:
        return f"{self.character} (U+{ord(self.character):04X}): {self.place}"


@cache
def printable() -> frozenset[int]:
    """The code points that the letters' regular face has."""
    face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(FONTS / "LetterHei-Regular.ttf")))
    return frozenset(face.unicodes) | {0x0A}


def missing(texts: Iterable[tuple[str, str]]) -> tuple[Missing, ...]:
    """Every character of ``(place, text)`` pairs that cannot be printed, once each, in order of appearance."""
    found: dict[str, Missing] = {}
    for place, text in texts:
        for character in text:
            if ord(character) not in printable():
                found.setdefault(character, Missing(character, place))
    return tuple(found.values())


def press(
    html: str,
    stylesheet: Path,
    identifier: str = "",
    seconds: float = SECONDS,
    *,
    attachments: Sequence[Attachment] = (),
    pictures: Mapping[str, bytes] = NO_PICTURES,
) -> Pressed:
    """Print a page as PDF/A-3a and PDF/UA-1. The same arguments, fonts and versions give the same bytes.

    The page says what the PDF says of itself: ``<html lang>``, ``<title>``, and ``<meta>`` of the names author,
    description and ``dcterms.created``. ``pictures`` (JPEG or PNG, by a name of the caller's) are shown by
    ``<img src="picture:NAME" alt="...">``; every picture needs an ``alt``, empty only if it says nothing.
    ``identifier`` becomes the PDF's own id (the digest of the content when empty).

    Raises ``TooLarge`` for more than 4 million characters, 64 MB of pictures and attachments, or ``MOST_PAGES`` pages;
    ``Problem`` ``press-layout`` when the page cannot be laid out whole (a character without glyph, a picture that is
    refused, missing or cannot be read, text outside the paper) and ``press-slow`` after ``seconds``.
    """
    carried = [*(one.data for one in attachments), *pictures.values()]
    if len(html) > _MOST_HTML or sum(map(len, carried)) > _MOST_CARRIED:
        raise TooLarge("press-too-long", N_("This is too long to be printed as one document."))
    head = {
        "html": html,
        "stylesheet": str(stylesheet),
        "identifier": identifier,
        "attachments": [(a.name, a.description, a.dated.isoformat(), a.relationship) for a in attachments],
        "pictures": list(pictures),
    }
    # A lone surrogate cannot be written as UTF-8; every text was cleaned of them when it was entered.
    answer, pdf = _room.ask([json.dumps(head).encode(), *carried], seconds)
    if answer.get("pages", 0) > MOST_PAGES:
        raise TooLarge(
            "press-too-many-pages",
            N_("This would be %(pages)s pages long; at most %(most)s can be printed."),
            pages=answer["pages"],
            most=MOST_PAGES,
        )
    if answer["faults"]:
        faults = "; ".join(answer["faults"][:5])
        raise Problem("press-layout", N_("The document cannot be printed as it is: %(faults)s"), faults=faults)
    return Pressed(pdf, hashlib.sha256(pdf).hexdigest(), answer["pages"])


class _Room:
    """The one child of this process, started when first needed; asked by one thread at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def ask(self, question: Sequence[bytes], seconds: float) -> tuple[dict[str, Any], bytes]:
        with self._lock:
            for attempt in (1, 2):
                child = self._ready()
                try:
                    return _exchange(child, question, seconds)
                except TimeoutError:
                    self.close()
                    raise Problem(
                        "press-slow",
                        N_("Printing took longer than %(seconds)s seconds and was stopped."),
                        seconds=int(seconds),
                    ) from None
                except (BrokenPipeError, EOFError):
                    # It had left after a long rest, or died at this page: once more with a fresh one.
                    self.close()
                    if attempt == 2:
                        raise Problem("press-failed", N_("Printing failed; please tell the administrator.")) from None
            raise AssertionError

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is not None:
            self.close()
        if self._child is None or self._owner != os.getpid():
            path = os.pathsep.join(filter(None, (str(PACKAGE.parent), os.environ.get("PYTHONPATH"))))
            self._child = subprocess.Popen(
                [sys.executable, "-m", "compliance.shared.printer"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": path},
                start_new_session=True,  # Ctrl-C is for the parent; the child leaves when its input ends
            )
            self._owner = os.getpid()
        return self._child

    def close(self) -> None:
        """End the child that this process started."""
        child, self._child = self._child, None
        if child is None or self._owner != os.getpid():
            return
        child.kill()
        child.wait()
        for stream in (child.stdin, child.stdout):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    continue


_room = _Room()
atexit.register(_room.close)


def _exchange(
    child: subprocess.Popen[bytes], question: Sequence[bytes], seconds: float
) -> tuple[dict[str, Any], bytes]:
    assert child.stdin is not None
    assert child.stdout is not None
    deadline = time.monotonic() + seconds
    for piece in question:
        child.stdin.write(struct.pack(">I", len(piece)) + piece)
    child.stdin.flush()
    head = json.loads(take(child.stdout, deadline))
    return head, take(child.stdout, deadline)


def take(stream: IO[bytes], deadline: float) -> bytes:
    """One length-prefixed piece from a pipe. Raises ``TimeoutError``, and ``EOFError`` when the other side has gone."""
    (size,) = struct.unpack(">I", _bytes(stream, 4, deadline))
    return _bytes(stream, size, deadline)


def _bytes(stream: IO[bytes], size: int, deadline: float) -> bytes:
    parts: list[bytes] = []
    while size:
        ready, _, _ = select.select([stream], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise TimeoutError
        part = os.read(stream.fileno(), min(size, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
