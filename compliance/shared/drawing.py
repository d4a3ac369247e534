"""Marks of an SVG drawing as text: numbers, words that fit, paths, and the frame with title and description.

Only presentation attributes, in the colours of print; classes let a style sheet recolour them on screen. Nothing here
is a script, a style or a reference to another file, so that the same drawing stands on a page and in a PDF.
"""

import unicodedata
from collections.abc import Callable, Iterable, Sequence

from markupsafe import Markup, escape

INK, DIM, GRID, PAPER = "#12262f", "#4a5d67", "#d8e1e5", "#ffffff"
ELLIPSIS = "…"
WIDE, NARROW = 720.0, 340.0
"""How wide a drawing is, in its own units: on paper and most screens, and on a phone, where the name of a row stands
above it."""


def is_narrow(width: float) -> bool:
    """Whether names stand above their rows, since beside them there is no room."""
    return width < (WIDE + NARROW) / 2


def fitted(draw: Callable[[float], Markup]) -> Markup:
    """The same drawing for a wide screen and for a phone: ``charts.css`` shows one of them. ``draw`` takes a width."""
    return Markup('<div class="on-wide">{}</div><div class="on-phone">{}</div>').format(draw(WIDE), draw(NARROW))


def number(value: float) -> str:
    """A coordinate with at most one decimal and no trailing zero."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def width_of(words: str, size: float) -> float:
    """About how wide a line of text is, in the drawing's units: a Chinese character is as wide as it is high."""
    wide = 0 if words.isascii() else sum(1 for mark in words if unicodedata.east_asian_width(mark) in "WF")
    return size * (wide + 0.56 * (len(words) - wide))


def cut(words: str, width: float, size: float) -> str:
    """The text, shortened with an ellipsis when it is wider than ``width``: Latin text after a whole word."""
    if width_of(words, size) <= width:
        return words
    room = width - width_of(ELLIPSIS, size)
    at = next((at for at in range(len(words), 0, -1) if width_of(words[:at], size) <= room), 0)
    whole = _break_at(words[: at + 1], room, size) if at else 0
    return words[: whole if " " in words[:whole] else at].rstrip(" ,;:，、；：") + ELLIPSIS


def lines_of(words: str, width: float, size: float, most: int = 2) -> list[str]:
    """The text broken into at most ``most`` lines of ``width``; what does not fit is cut.

    Latin text breaks between words, Chinese text anywhere.
    """
    lines: list[str] = []
    rest = words
    while rest and len(lines) < most - 1 and width_of(rest, size) > width:
        at = _break_at(rest, width, size)
        lines.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return [*lines, cut(rest, width, size)] if rest else lines


def _break_at(words: str, width: float, size: float) -> int:
    fits = next((at for at in range(len(words), 0, -1) if width_of(words[:at], size) <= width), 1)
    for at in range(fits, 0, -1):
        wide = unicodedata.east_asian_width(words[at - 1]) in "WF"
        if wide or words[at - 1] in " /-" or (at < len(words) and words[at] == " "):
            return at
    return fits


def text(
    x: float,
    y: float,
    words: object,
    *,
    anchor: str = "start",
    size: float = 12,
    fill: str = DIM,
    css: str = "c-dim",
    bold: bool = False,
) -> str:
    """One line of words; ``y`` is its base line."""
    weight = ' font-weight="650"' if bold else ""
    name = f' class="{css}"' if css else ""
    return (
        f'<text x="{number(x)}" y="{number(y)}" text-anchor="{anchor}" font-size="{number(size)}" fill="{fill}"'
        f"{name}{weight}>{escape(words)}</text>"
    )


def label(x: float, middle: float, words: str, width: float, *, size: float = 13) -> str:
    """A row's name to the left of ``x``, on one or two lines around ``middle``: smaller where it is long, and cut, with
    the whole of it as a tooltip, only where that is not enough.
    """
    lines = lines_of(words, width, size)
    while lines and lines[-1].endswith(ELLIPSIS) and size > 10.5:
        size -= 0.5
        lines = lines_of(words, width, size)
    top = middle + size * 0.36 - (len(lines) - 1) * size * 0.58
    drawn = "".join(
        text(x, top + i * size * 1.16, line, anchor="end", size=size, fill=INK, css="c-ink")
        for i, line in enumerate(lines)
    )
    whole = any(line.endswith(ELLIPSIS) for line in lines)
    return f"<g><title>{escape(words)}</title>{drawn}</g>" if whole else drawn


def above(x: float, y: float, words: str, width: float, *, size: float = 13) -> tuple[str, float]:
    """A row's name in a line of its own (two where it is long) that begins at ``x`` and ends above ``y + height``; and
    that height.
    """
    lines = lines_of(words, width, size)
    drawn = "".join(
        text(x, y + size + i * size * 1.2, line, size=size, fill=INK, css="c-ink") for i, line in enumerate(lines)
    )
    whole = any(line.endswith(ELLIPSIS) for line in lines)
    height = size * 1.2 * len(lines) + 4
    return (f"<g><title>{escape(words)}</title>{drawn}</g>" if whole else drawn), height


def label_width(names: Iterable[str], *, size: float = 13, least: float = 60, most: float = 210) -> float:
    """The room that row names need: the longest one, or half of it when it may stand on two lines."""
    longest = max((width_of(name, size) for name in names), default=0)
    return min(most, max(least, longest if longest <= most else most))


def linked(drawn: str, href: str | None, name: str = "") -> str:
    """The marks as a link when there is an address, with a name for those who cannot see the drawing."""
    if href is None:
        return drawn
    spoken = f' aria-label="{escape(name)}"' if name else ""
    return f'<a href="{escape(href)}"{spoken}>{drawn}</a>'


def grid(paths: Iterable[str]) -> str:
    """Hair lines."""
    return f'<path d="{"".join(paths)}" fill="none" stroke="{GRID}" class="c-grid"/>'


def hatching(x: float, y: float, wide: float, tall: float, gap: float = 7) -> str:
    """Slanting hair lines inside a box: there is something, but too little to speak of."""
    paths = []
    at = gap
    while at < wide + tall:
        a = (x + min(at, wide), y + max(0.0, at - wide))
        b = (x + max(0.0, at - tall), y + min(at, tall))
        paths.append(f"M{number(a[0])} {number(a[1])}L{number(b[0])} {number(b[1])}")
        at += gap
    return f'<path d="{"".join(paths)}" fill="none" stroke="{GRID}" stroke-width="1" class="c-grid"/>'


def frame(
    chart_id: str, title: str, description: str, width: float, height: float, marks: Sequence[str], *, links: bool
) -> Markup:
    """The drawing. With links inside it is a group and not an image, so that they can be reached."""
    role = "group" if links else "img"
    name = escape(f"{chart_id}-phone" if is_narrow(width) else chart_id)
    return Markup(  # noqa: S704 - every word in it was escaped where it was drawn
        f'<svg class="chart" viewBox="0 0 {number(width)} {number(height)}" role="{role}"'
        f' aria-labelledby="{name}-title {name}-about" font-family="Noto Sans, Noto Sans SC, sans-serif">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-about">{escape(description)}</desc>'
        f"{''.join(marks)}</svg>"
    )
