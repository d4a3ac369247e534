"""A whole file as one PDF: its parts pressed, its letters behind them, with page numbers, contents and bookmarks.

The press prints a limited number of pages at once. What is longer is pressed in several parts, whose pages go on
counting.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pikepdf

from compliance.shared import joining
from compliance.shared.press import Pressed
from compliance.shared.problems import TooLarge


@dataclass(frozen=True)
class Section:
    """A part of the file: what it is, its title as the contents have it, and what it tells of (for the template)."""

    kind: str
    title: str
    visit: Any = None


@dataclass(frozen=True)
class Line:
    """One line of the contents. ``page`` is empty as long as it is not known."""

    title: str
    page: str = ""


@dataclass(frozen=True)
class Enclosed:
    """A document behind the file: its title and its PDF."""

    title: str
    pdf: bytes


Print = Callable[[Sequence[Section], bool, Sequence[Line]], str]
"""``(sections, front, contents)`` to HTML; ``front`` for the part with cover and contents."""
_PLACE = "0000"  # as wide as any number: the contents take the same room before and after


@dataclass
class _Part:
    sections: Sequence[Section]
    front: bool
    start: int
    pressed: Pressed


def bind(
    sections: Sequence[Section],
    enclosed: Sequence[Enclosed],
    html: Print,
    press: Callable[[str], Pressed],
    step: Callable[[], None] = lambda: None,
) -> tuple[bytes, int]:
    """The file as PDF, and its number of pages. ``step`` is called after each part of the work. Raises what the press
    raises, ``TooLarge`` if a single section is too long for it.
    """
    blank = [Line(title, _PLACE) for title in (*(one.title for one in sections), *(one.title for one in enclosed))]
    parts = _parts(sections, True, 0, lambda some, front: html(some, front, blank), press)
    step()
    opened = [pikepdf.Pdf.open(io.BytesIO(part.pressed.pdf)) for part in parts]
    starts = [
        part.start + page for part, pdf in zip(parts, opened, strict=True) for _title, page, _below in _bookmarks(pdf)
    ]
    end = sum(part.pressed.pages for part in parts)
    letters = [pikepdf.Pdf.open(io.BytesIO(one.pdf)) for one in enclosed]
    for letter in letters:
        starts.append(end)
        end += len(letter.pages)
    lines = [replace(line, page=str(start + 1)) for line, start in zip(blank, starts, strict=True)]
    first = press(html(parts[0].sections, True, lines))
    opened[0] = pikepdf.Pdf.open(io.BytesIO(first.pdf))
    step()
    try:
        return _joined(opened, parts, letters, enclosed), end
    finally:
        for pdf in (*opened, *letters):
            pdf.close()


def _parts(
    sections: Sequence[Section],
    front: bool,
    start: int,
    html: Callable[[Sequence[Section], bool], str],
    press: Callable[[str], Pressed],
) -> list[_Part]:
    """All sections in as few parts as the press takes."""
    try:
        return [_Part(sections, front, start, press(counted(html(sections, front), start)))]
    except TooLarge:
        if len(sections) < 2:
            raise
    half = len(sections) // 2
    before = _parts(sections[:half], front, start, html, press)
    after = before[-1].start + before[-1].pressed.pages
    return before + _parts(sections[half:], False, after, html, press)


def counted(html: str, start: int) -> str:
    """The page with its pages counted from ``start`` on."""
    if not start:
        return html
    return html.replace("</head>", f"<style>@page :first {{ counter-reset: page {start + 1} }}</style></head>", 1)


Bookmark = tuple[str, int, list[Any]]


def _bookmarks(pdf: pikepdf.Pdf) -> list[Bookmark]:
    """(title, page from 0, those below) of a PDF's bookmarks."""
    numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}

    def read(items: Any) -> list[Bookmark]:
        return [(str(one.title), numbers[one.destination[0].objgen], read(one.children)) for one in items]

    with pdf.open_outline() as outline:
        return read(outline.root)


def _joined(
    opened: Sequence[pikepdf.Pdf],
    parts: Sequence[_Part],
    letters: Sequence[pikepdf.Pdf],
    enclosed: Sequence[Enclosed],
) -> bytes:
    whole, marks = opened[0], [_moved(one, part.start) for pdf, part in zip(opened, parts, strict=True)
                               for one in _bookmarks(pdf)]  # fmt: skip
    for added in opened[1:]:
        joining.append(whole, added)
    for one, letter in zip(enclosed, letters, strict=True):
        marks.append((one.title, len(whole.pages), []))
        joining.append(whole, letter)
    with whole.open_outline() as outline:
        outline.root[:] = [_item(mark) for mark in marks]
    out = io.BytesIO()
    whole.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return out.getvalue()


def _moved(mark: Bookmark, by: int) -> Bookmark:
    title, page, below = mark
    return title, page + by, [_moved(one, by) for one in below]


def _item(mark: Bookmark) -> pikepdf.OutlineItem:
    title, page, below = mark
    item = pikepdf.OutlineItem(title, page)
    item.children.extend(_item(one) for one in below)
    item.is_closed = True
    return item
