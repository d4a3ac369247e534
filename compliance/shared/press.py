"""The press: HTML to PDF/A-3a that is PDF/UA-1 as well. The only door to printing.

WeasyPrint corrupts memory when threads share its fonts, has no time limit, and keeps a hundred megabytes. So a page is
pressed by a child process (``printer``) that does nothing else, one page at a time: it keeps one font configuration and
the parsed stylesheet, collects no garbage while it works, sees only the fonts of ``shared/fonts``, can read nothing but
the pictures that come with the page, and is killed when it takes too long.

A warning of the press is an error: a character without a glyph is a box on a paper that somebody has to sign.
"""

import hashlib
import json
import os
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import uharfbuzz

from compliance.shared.child import Child, give, take
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
    """The one child of this process that prints; asked by one thread at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.child = Child("compliance.shared.printer", environment=lambda: os.environ)

    def ask(self, question: Sequence[bytes], seconds: float) -> tuple[dict[str, Any], bytes]:
        with self._lock:
            for attempt in (1, 2):
                try:
                    return self._exchange(question, time.monotonic() + seconds)
                except TimeoutError:
                    self.child.close()
                    raise Problem(
                        "press-slow",
                        N_("Printing took longer than %(seconds)s seconds and was stopped."),
                        seconds=int(seconds),
                    ) from None
                except (BrokenPipeError, EOFError):
                    # It had left after a long rest, or died at this page: once more with a fresh one.
                    self.child.close()
                    if attempt == 2:
                        raise Problem("press-failed", N_("Printing failed; please tell the administrator.")) from None
            raise AssertionError

    def _exchange(self, question: Sequence[bytes], deadline: float) -> tuple[dict[str, Any], bytes]:
        questions, answers = self.child.pipes()
        give(questions, *question)
        head = json.loads(take(answers, deadline))
        return head, take(answers, deadline)


_room = _Room()
