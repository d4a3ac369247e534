"""The press: HTML to PDF. The only door to WeasyPrint.

WeasyPrint corrupts memory when threads share its fonts, has no time limit, and keeps a hundred megabytes. So a page is
pressed by a child process that does nothing else, one page at a time: it keeps one font configuration and the parsed
stylesheet, collects no garbage while it works, sees only the fonts of ``shared/fonts``, can read nothing but pictures
that the page itself carries, and is killed when it takes too long.

A warning of the press is an error: a character without a glyph is a box on a paper that somebody has to sign.
"""

import atexit
import gc
import hashlib
import json
import logging
import os
import select
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

import uharfbuzz

from compliance.shared.places import PACKAGE
from compliance.shared.problems import Problem, TooLarge
from compliance.shared.words import N_

FONTS = PACKAGE / "shared" / "fonts"
SECONDS = 60.0
MOST_PAGES = 120
_MOST_HTML = 4_000_000  # characters
_MOST_PICTURE = 2_000_000  # characters of a data: address
_MOST_MEMORY = 2 << 30  # bytes of address space of the child
_IDLE = 300.0  # seconds until an unused child leaves
_PICTURES = ("data:image/png;", "data:image/jpeg;", "data:image/svg+xml;")
# What a subset font does not need in a PDF; the same tables that WeasyPrint drops.
_DROPPED = (b"BASE", b"DSIG", b"EBDT", b"EBLC", b"EBSC", b"GPOS", b"GSUB", b"JSTF", b"LTSH", b"PCLT", b"SVG ")


@dataclass(frozen=True, slots=True)
class Pressed:
    """A finished PDF: its bytes, their SHA-256 (hex) and the number of pages."""

    pdf: bytes
    digest: str
    pages: int


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


def press(html: str, stylesheet: Path, identifier: str = "", seconds: float = SECONDS) -> Pressed:
    """Print a page as tagged PDF. The same page, fonts and versions give the same bytes.

    ``identifier`` becomes the PDF's own id (the digest of the content when empty). Raises ``TooLarge`` for more than
    4 million characters or ``MOST_PAGES`` pages, ``Problem`` ``press-layout`` when the page cannot be laid out whole
    (a character without glyph, a picture that is refused, text outside the paper) and ``press-slow`` after ``seconds``.
    """
    if len(html) > _MOST_HTML:
        raise TooLarge("press-too-long", N_("This is too long to be printed as one document."))
    # A lone surrogate cannot be written as UTF-8; every text was cleaned of them when it was entered.
    question = json.dumps({"html": html, "stylesheet": str(stylesheet), "identifier": identifier}).encode()
    answer, pdf = _room.ask(question, seconds)
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

    def ask(self, question: bytes, seconds: float) -> tuple[dict[str, Any], bytes]:
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
                [sys.executable, "-m", "compliance.shared.press"],
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


def _exchange(child: subprocess.Popen[bytes], question: bytes, seconds: float) -> tuple[dict[str, Any], bytes]:
    assert child.stdin is not None
    assert child.stdout is not None
    deadline = time.monotonic() + seconds
    child.stdin.write(struct.pack(">I", len(question)) + question)
    child.stdin.flush()
    head = json.loads(_take(child.stdout, deadline))
    return head, _take(child.stdout, deadline)


def _take(stream: IO[bytes], deadline: float) -> bytes:
    """One length-prefixed piece from a pipe, or ``TimeoutError``."""
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


# --- the child ----------------------------------------------------------------------------------------------------


class Printer(logging.Handler):
    """WeasyPrint, warmed up, in this process. Only the press's own child and the benchmark make one.

    Not to be used by two threads at once.
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        outside = os.environ.get("FONTCONFIG_FILE")
        os.environ["FONTCONFIG_FILE"] = str(FONTS / "fonts.conf")  # read once, when the fonts are first asked for
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration

        self._weasyprint = weasyprint
        logging.getLogger("weasyprint").addHandler(self)
        logging.getLogger("weasyprint").propagate = False
        _prepare_subsetting()
        _prepare_tags()
        self._fetcher = _closed_fetcher()
        self._fonts = FontConfiguration()
        self._sheets: dict[tuple[str, int], Any] = {}
        self._faults: list[str] = []
        if outside is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = outside
        gc.collect()
        gc.freeze()

    def emit(self, record: logging.LogRecord) -> None:
        """Every warning is a fault of the page."""
        self._faults.append(record.getMessage()[:300])

    def print(self, html: str, stylesheet: str, identifier: str = "") -> tuple[bytes, int, list[str]]:
        """(PDF, pages, faults). With faults the PDF is empty."""
        self._faults = []
        gc.disable()
        try:
            page = self._weasyprint.HTML(string=html, base_url="", url_fetcher=self._fetcher)
            options = {
                "pdf_tags": True,
                "pdf_identifier": identifier.encode() or None,
                "custom_metadata": False,
            }
            document = page.render(font_config=self._fonts, stylesheets=[self._sheet(stylesheet)], **options)
            count = len(document.pages)
            if count > MOST_PAGES:
                return b"", count, []
            for number, leaf in enumerate(document.pages, 1):
                if text := _outside(leaf):
                    self._faults.append(f"page {number}: outside the paper: {text[:60]}")
            pdf = b"" if self._faults else document.write_pdf(**options)
            return (b"" if self._faults else pdf), count, self._faults
        finally:
            gc.enable()

    def _sheet(self, path: str) -> Any:
        key = (path, Path(path).stat().st_mtime_ns)
        if key not in self._sheets:
            self._sheets[key] = self._weasyprint.CSS(filename=path, font_config=self._fonts, url_fetcher=self._fetcher)
        return self._sheets[key]


def _outside(leaf: Any) -> str:
    """The first text that crosses the edge of the paper, or an empty string."""
    from weasyprint.formatting_structure import boxes

    page = leaf._page_box
    right, bottom = page.margin_width() + 0.5, page.margin_height() + 0.5
    for box in page.descendants():
        if isinstance(box, boxes.TextBox) and (
            box.position_x < -0.5 or box.position_x + box.width > right or box.position_y + box.height > bottom
        ):
            return str(box.text)
    return ""


def _closed_fetcher() -> Any:
    """A fetcher that gives pictures carried by the page itself and refuses every file and every network address."""
    from weasyprint.urls import URLFetcher

    class Closed(URLFetcher):  # type: ignore[misc, unused-ignore]
        def __init__(self) -> None:
            super().__init__(allowed_protocols=("data",), allow_redirects=False)

        def fetch(self, url: str, headers: Any = None) -> Any:
            if not url[:32].lower().startswith(_PICTURES) or len(url) > _MOST_PICTURE:
                raise ValueError("only pictures that the page carries may be shown")
            return super().fetch(url, headers)

    return Closed()


def _prepare_subsetting() -> None:
    """Without the system's libharfbuzz-subset WeasyPrint takes seven times as long: then uharfbuzz does it."""
    from weasyprint.pdf import fonts
    from weasyprint.text import ffi

    if ffi.harfbuzz_subset is not None and "COMPLIANCE_PRESS_UHARFBUZZ" not in os.environ:
        return

    def subset(self: Any, to_unicode: dict[int, str], hinting: bool) -> None:
        if not to_unicode:
            return
        wanted, flags = uharfbuzz.SubsetInput(), uharfbuzz.SubsetFlags
        wanted.sets(uharfbuzz.SubsetInputSets.GLYPH_INDEX).update(to_unicode)
        dropped = [int.from_bytes(table, "big") for table in _DROPPED]
        wanted.sets(uharfbuzz.SubsetInputSets.DROP_TABLE_TAG).update(dropped)
        wanted.flags = flags.RETAIN_GIDS | flags.PASSTHROUGH_UNRECOGNIZED | flags.DESUBROUTINIZE
        wanted.flags |= flags.NOTDEF_OUTLINE if self.missing else flags.DEFAULT
        wanted.flags |= flags.DEFAULT if hinting else flags.NO_HINTING
        face = uharfbuzz.Face(uharfbuzz.Blob(self.file_content), self.index)
        self.file_content = bytes(uharfbuzz.subset(face, wanted).blob.data)

    fonts.Font.subset = subset


def _prepare_tags() -> None:
    """Let ``lang`` of an element and the scope of a heading cell reach the PDF's tags, where WeasyPrint 70 drops them.

    A reader's voice then changes with the language of a bilingual letter.
    """
    import pydyf
    from weasyprint.layout.absolute import AbsolutePlaceholder
    from weasyprint.pdf import tags

    build = tags._build_box_tree

    def with_language(box: Any, *rest: Any, **named: Any) -> Any:
        inner = box._box if isinstance(box, AbsolutePlaceholder) else box
        element = getattr(inner, "element", None)
        language = element.get("lang") if element is not None and hasattr(element, "get") else None
        for tag in build(box, *rest, **named):
            if language and inner.element_tag != "html":
                tag["Lang"] = pydyf.String(language)
            if tag["S"] == "/TH":
                tag.setdefault("A", pydyf.Dictionary({"O": "/Table"}))["Scope"] = "/Column"
            yield tag

    tags._build_box_tree = with_language


def _serve() -> None:
    """Answer pages from standard input until it ends."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    source = os.fdopen(os.dup(0), "rb", buffering=0)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that a library prints may land between the answers
    printer = Printer()
    while True:
        try:
            question = json.loads(_take(source, time.monotonic() + _IDLE))
        except (EOFError, TimeoutError):
            return
        try:
            pdf, pages, faults = printer.print(question["html"], question["stylesheet"], question["identifier"])
        except Exception as error:
            pdf, pages, faults = b"", 0, [f"{type(error).__name__}: {error}"[:300]]
        head = json.dumps({"pages": pages, "faults": faults}).encode()
        for piece in (head, pdf):
            answers.write(struct.pack(">I", len(piece)) + piece)
        answers.flush()
        gc.collect()


if __name__ == "__main__":
    _serve()
