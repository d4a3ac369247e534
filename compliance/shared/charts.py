"""Charts as SVG made on the server: the same drawing on a page, on paper and in a PDF.

Pure functions of frozen values; all words come from the caller in the reader's language. A value that is None is a gap
and never a zero. Colour never stands alone: lines have dashes and names, cells and segments carry their figure.
The page puts a table with the same figures beside each drawing. Screen colours are in ``static/css/charts.css``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor, log10

from markupsafe import Markup, escape

from compliance.shared.drawing import (
    DIM,
    GRID,
    INK,
    PAPER,
    WIDE,
    above,
    cut,
    frame,
    grid,
    hatching,
    is_narrow,
    label,
    label_width,
    lines_of,
    linked,
    number,
    text,
    width_of,
)

Place = Callable[[float], float]
SERIES = ("#0b6179", "#b3541e", "#5b4a9c", "#2e7d4f", "#4a5d67")
DASHES = ("", "7 4", "2 3", "9 3 2 3", "4 2")
RAMP = ("#6f1f14", "#a33b1c", "#d1662b", "#ea9a52", "#f2c893", "#f3e9d8")
"""Lowest value first: what needs attention is dark."""
COLOURS = {
    "green": ("#1b7f5c", PAPER),
    "teal": ("#2f7f96", PAPER),
    "pale": ("#a9d3df", INK),
    "amber": ("#e3b34a", INK),
    "orange": ("#c8622a", PAPER),
    "red": ("#9c1f1a", PAPER),
    "grey": ("#d8e1e5", INK),
}
"""Name of a colour as in the policy's bands -> (fill, ink on it)."""


@dataclass(frozen=True)
class Bar:
    """One bar: ``shown`` is its figure in words, ``note`` what stands at the end (the number of visits)."""

    name: str
    value: float | None
    shown: str
    note: str = ""
    low: float | None = None
    high: float | None = None
    href: str | None = None


@dataclass(frozen=True)
class Cell:
    """One square of a heatmap; ``shown`` is the figure (or why there is none), ``note`` stands small below it.

    ``hatched`` marks a square where something was seen, but too little to speak of.
    """

    value: float | None
    shown: str
    note: str = ""
    href: str | None = None
    hatched: bool = False


@dataclass(frozen=True)
class Dot:
    """One row of a scorecard, 0 to 100: as it is, as it was at the last visit, the median and middle half of others."""

    name: str
    now: float | None
    shown: str
    before: float | None = None
    median: float | None = None
    half: tuple[float, float] | None = None


@dataclass(frozen=True)
class Part:
    """What a segment of a stacked row means; ``colour`` is a key of ``COLOURS``."""

    name: str
    colour: str


@dataclass(frozen=True)
class Stack:
    """One row of shares: a count for each part; ``hrefs`` lead to what is behind each of them."""

    name: str
    counts: Sequence[int]
    note: str = ""
    hrefs: Sequence[str | None] = ()


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round figures from ``low`` to ``high``, some ``about`` + 1 of them. Needs low < high."""
    raw = (high - low) / about
    size = 10.0 ** floor(log10(raw))
    step = min((factor * size for factor in (1, 2, 2.5, 5, 10)), key=lambda s: abs(s - raw))
    first = floor(low / step) * step
    found = (round(first + i * step, 10) for i in range(int((high - first) / step + 1e-9) + 1))
    return [tick for tick in found if tick >= low - step * 0.01]


def bars(
    chart_id: str,
    title: str,
    description: str,
    rows: Sequence[Bar],
    *,
    top: float | None = None,
    width: float = WIDE,
) -> Markup:
    """Bars from zero to ``top`` (the largest value unless given). A bar without a value shows its words instead."""
    narrow = is_narrow(width)
    names = label_width([row.name for row in rows])
    notes = max((width_of(row.note, 11) for row in rows), default=0) + 8
    shown = max((width_of(row.shown, 13) for row in rows), default=0) + 12
    left = 0.0 if narrow else names + 14
    room = width - left - notes - shown
    highest = top or max((max(row.value or 0, row.high or 0) for row in rows), default=0) or 1
    marks: list[str] = []
    foot = 0.0
    for row in rows:
        drawn, named = above(0, foot, row.name, width) if narrow else ("", 0.0)
        middle = foot + named + (14 if narrow else 18)
        foot = middle + 16
        drawn = drawn or label(left - 12, middle, row.name, names)
        end = left
        if row.value is not None:
            end = left + room * max(0.0, min(row.value, highest)) / highest
            drawn += (
                f'<rect x="{number(left)}" y="{number(middle - 10)}" width="{number(max(end - left, 1))}" height="20"'
                f' rx="3" fill="{SERIES[0]}" class="c-bar c-fill c-s0"/>'
            )
        if row.low is not None and row.high is not None:
            a, b = (left + room * min(edge, highest) / highest for edge in (row.low, row.high))
            drawn += (
                f'<path d="M{number(a)} {number(middle)}H{number(b)}M{number(a)} {number(middle - 4)}v8M{number(b)}'
                f' {number(middle - 4)}v8" fill="none" stroke="{INK}" stroke-width="1.4" class="c-line c-ink"/>'
            )
            end = max(end, b)
        given = row.value is not None
        drawn += text(
            end + 8, middle + 5, row.shown, size=13 if given else 12, bold=given,
            fill=INK if given else DIM, css="c-ink" if given else "c-dim",
        )  # fmt: skip
        drawn += text(width, middle + 5, row.note, anchor="end", size=11)
        marks.append(linked(drawn, row.href, f"{row.name}: {row.shown} {row.note}"))
    links = any(row.href for row in rows)
    return frame(chart_id, title, description, width, foot + 4, marks, links=links)


def heatmap(
    chart_id: str,
    title: str,
    description: str,
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Sequence[Sequence[Cell]],
    *,
    scale: tuple[float, float] = (0, 100),
    width: float = WIDE,
) -> Markup:
    """Squares coloured by value over ``scale``, the lowest dark. Each carries its figure and may be a link."""
    narrow = is_narrow(width)
    names = label_width(rows)
    left = 0.0 if narrow else names + 14
    size = 9.5 if narrow else 12.0
    wide = (width - left) / max(1, len(columns))
    heads = [lines_of(name, wide - (2 if narrow else 6), size) for name in columns]
    slanted = any(head[-1].endswith("…") for head in heads if head)
    longest = min(130.0, max((width_of(name, size) for name in columns), default=0))
    top = longest * 0.6 + 18 if slanted else 16.0 * max((len(head) for head in heads), default=1) + 6
    tall = 44.0
    marks = []
    for j, name in enumerate(columns):
        middle = left + wide * (j + 0.5)
        if slanted:
            marks.append(
                f'<text transform="translate({number(middle)} {number(top - 8)}) rotate(-35)"'
                f' font-size="{number(size)}" fill="{DIM}" class="c-dim">{escape(cut(name, 130, size))}</text>'
            )
        else:
            first = top - 8 - 14 * (len(heads[j]) - 1)
            marks += [
                text(middle, first + 14 * i, words, anchor="middle", size=size) for i, words in enumerate(heads[j])
            ]
    y = top
    for i, name in enumerate(rows):
        named = 0.0
        if narrow:
            drawn, named = above(0, y, name, width)
        else:
            drawn = label(left - 12, y + tall / 2, name, names)
        marks.append(drawn)
        y += named
        for j, cell in enumerate(cells[i]):
            drawn = _square(cell, left + wide * j, y, wide, tall, scale, f"{name}, {columns[j]}")
            marks.append(linked(drawn, cell.href, f"{name}, {columns[j]}: {cell.shown} {cell.note}"))
        y += tall
    links = any(cell.href for row in cells for cell in row)
    # Slanted heads lean over the right edge.
    return frame(chart_id, title, description, width + (60 if slanted else 0), y + 4, marks, links=links)


def _square(cell: Cell, x: float, y: float, wide: float, tall: float, scale: tuple[float, float], place: str) -> str:
    low, high = scale
    box = f'<rect x="{number(x + 1)}" y="{number(y + 1)}" width="{number(wide - 2)}" height="{number(tall - 2)}" rx="4"'
    spoken = f"<title>{escape(f'{place}: {cell.shown} {cell.note}'.strip())}</title>"
    middle = x + wide / 2
    if cell.value is None:
        small = min(11.0, 11.0 * (wide - 6) / max(1.0, width_of(cell.shown, 11)))
        drawn = f'{box} fill="{PAPER}" stroke="{GRID}" class="c-blank">{spoken}</rect>'
        if cell.hatched:
            drawn += hatching(x + 1, y + 1, wide - 2, tall - 2)
        if small >= 8:
            drawn += text(middle, y + tall / 2 + (-1 if cell.note else 4), cell.shown, anchor="middle", size=small)
        lower = y + tall / 2 + (13 if small >= 8 else 4)
        return drawn + (text(middle, lower, cell.note, anchor="middle", size=10) if cell.note else "")
    step = min(len(RAMP) - 1, max(0, int((cell.value - low) / (high - low) * len(RAMP))))
    ink = PAPER if step < 3 else INK
    drawn = f'{box} fill="{RAMP[step]}">{spoken}</rect>'
    drawn += text(
        middle,
        y + tall / 2 + (0 if cell.note else 5),
        cell.shown,
        anchor="middle",
        size=14,
        fill=ink,
        css="",
        bold=True,
    )
    return drawn + (
        text(middle, y + tall / 2 + 14, cell.note, anchor="middle", size=10, fill=ink, css="") if cell.note else ""
    )


def dots(
    chart_id: str,
    title: str,
    description: str,
    rows: Sequence[Dot],
    *,
    keys: tuple[str, str, str] | None = None,
    width: float = WIDE,
) -> Markup:
    """A scorecard, 0 to 100: full dot now, ring at the last visit, bar at the median of others.

    ``keys`` are the words for the three marks (now, before, median); those that no row has are left out.
    """
    narrow = is_narrow(width)
    names = label_width([row.name for row in rows], size=14)
    left, end = (12.0, width - 56.0) if narrow else (names + 24, width - 70.0)
    top, tall = 28.0, 48.0 if narrow else 40.0
    used = [
        any(v is not None for v in column)
        for column in ([r.now for r in rows], [r.before for r in rows], [r.median for r in rows])
    ]

    def x(value: float) -> float:
        return left + (end - left) * min(max(value, 0), 100) / 100

    foot = top + tall * len(rows)
    marks = [grid(f"M{number(x(tick))} {number(top - 4)}V{number(foot - 4)}" for tick in (0, 25, 50, 75, 100))]
    marks += [text(x(tick), 16, tick, anchor="middle", size=11) for tick in (0, 25, 50, 75, 100)]
    for index, row in enumerate(rows):
        middle = top + tall * (index + 0.5) + (8 if narrow else 0)
        if narrow:
            marks.append(text(0, middle - 16, cut(row.name, width, 13), size=13, fill=INK, css="c-ink"))
        else:
            marks.append(label(left - 20, middle, row.name, names, size=14))
        if row.half is not None:
            low, high = (x(edge) for edge in row.half)
            marks.append(
                f'<rect x="{number(low - 2)}" y="{number(middle - 11)}" width="{number(high - low + 4)}" height="22"'
                f' rx="4" fill="{SERIES[4]}" fill-opacity=".18" class="c-fill c-s4"/>'
            )
        if row.now is not None and row.before is not None:
            marks.append(
                f'<path d="M{number(x(row.before))} {number(middle)}H{number(x(row.now))}" fill="none"'
                f' stroke="{SERIES[0]}" stroke-width="4" stroke-opacity=".35" class="c-line c-s0"/>'
            )
        if row.before is not None:
            marks.append(_ring(x(row.before), middle))
        if row.median is not None:
            marks.append(_median(x(row.median), middle))
        if row.now is not None:
            marks.append(_full(x(row.now), middle))
        marks.append(text(width - 2, middle + 5, row.shown, anchor="end", size=14, fill=INK, css="c-ink", bold=True))
    if keys:
        named = [(mark, key) for mark, key, shown in zip((_full, _ring, _median), keys, used, strict=True) if shown]
        drawn, foot = _keys(named, left, foot, width)
        marks += drawn
    return frame(chart_id, title, description, width, foot, marks, links=False)


def _keys(
    named: Sequence[tuple[Callable[[float, float], str], str]], left: float, foot: float, width: float
) -> tuple[list[str], float]:
    """What the marks of a scorecard mean, those that are there; and where the drawing ends."""
    marks: list[str] = []
    at = left
    for mark, words in named:
        wide = 44 + width_of(words, 12)
        if at + wide > width + 24 and at > left:
            at, foot = left, foot + 24
        marks += [mark(at + 7, foot + 14), text(at + 20, foot + 18, words)]
        at += wide
    return marks, foot + 30


def _full(x: float, y: float) -> str:
    return f'<circle cx="{number(x)}" cy="{number(y)}" r="7" fill="{SERIES[0]}" class="c-fill c-s0"/>'


def _ring(x: float, y: float) -> str:
    return (
        f'<circle cx="{number(x)}" cy="{number(y)}" r="5" fill="{PAPER}" stroke="{SERIES[0]}" stroke-width="2"'
        f' class="c-ring c-line c-s0"/>'
    )


def _median(x: float, y: float) -> str:
    return (
        f'<path d="M{number(x)} {number(y - 11)}v22" fill="none" stroke="{SERIES[1]}" stroke-width="3"'
        f' class="c-line c-s1"/>'
    )


def stacked(
    chart_id: str,
    title: str,
    description: str,
    parts: Sequence[Part],
    rows: Sequence[Stack],
    *,
    full: int | None = None,
    width: float = WIDE,
) -> Markup:
    """Rows of shares that fill the width, one below the other as time goes on, with the meaning of each colour above.

    With ``full`` the rows are counts: the width stands for so many, and a shorter row is fewer of them. A segment wide
    enough carries its count. A row of nothing is an empty frame.
    """
    narrow = is_narrow(width)
    names = label_width([row.name for row in rows])
    notes = max((width_of(row.note, 11) for row in rows), default=0) + 10
    left = 0.0 if narrow else names + 14
    room = width - left - (0 if narrow else notes)
    marks, y = _legend(parts, left, width)
    for row in rows:
        if narrow:
            drawn, named = above(0, y, row.name, width - notes)
            marks += [drawn, text(width, y + 13, row.note, anchor="end", size=11)]
            y += named
        else:
            marks.append(label(left - 12, y + 13, row.name, names))
            marks.append(text(width, y + 17, row.note, anchor="end", size=11))
        top, y = y, y + (34 if narrow else 30)
        total = sum(row.counts)
        if not total:
            marks.append(
                f'<rect x="{number(left)}" y="{number(top)}" width="{number(room)}" height="26" rx="3" fill="{PAPER}"'
                f' stroke="{GRID}" class="c-blank"/>'
            )
            continue
        at = left
        for place, (part, count) in enumerate(zip(parts, row.counts, strict=True)):
            if not count:
                continue
            wide = room * count / max(total, full or 0)
            fill, ink = COLOURS.get(part.colour, COLOURS["grey"])
            share = f"{part.name}: {count} ({round(100 * count / total)}%)"
            drawn = (
                f'<rect x="{number(at)}" y="{number(top)}" width="{number(max(wide - 1, 0.5))}" height="26" rx="2"'
                f' fill="{fill}" class="c-part-{escape(part.colour)}">'
                f"<title>{escape(f'{row.name}, {share}')}</title></rect>"
            )
            if wide > width_of(str(count), 12) + 6:
                drawn += text(
                    at + wide / 2, top + 18, count, anchor="middle", fill=ink, css=f"c-on-{part.colour}", bold=True
                )
            href = row.hrefs[place] if row.hrefs else None
            marks.append(linked(drawn, href, f"{row.name}, {share}"))
            at += wide
    links = any(href for row in rows for href in row.hrefs)
    return frame(chart_id, title, description, width, y, marks, links=links)


def _legend(parts: Sequence[Part], left: float, width: float) -> tuple[list[str], float]:
    """The meaning of each colour, on as many lines as needed; and where the rows may begin."""
    marks: list[str] = []
    x, y = left, 6.0
    for part in parts:
        wide = width_of(part.name, 12) + 36
        if x + wide > width + 16 and x > left:
            x, y = left, y + 22
        fill, _ink = COLOURS.get(part.colour, COLOURS["grey"])
        marks.append(
            f'<rect x="{number(x)}" y="{number(y)}" width="14" height="14" rx="3" fill="{fill}"'
            f' class="c-part-{escape(part.colour)}"/>'
        )
        marks.append(text(x + 20, y + 12, part.name, fill=INK, css="c-ink"))
        x += wide
    return marks, y + 28
