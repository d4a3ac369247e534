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
    cut,
    frame,
    grid,
    hatching,
    label,
    label_width,
    lines_of,
    linked,
    number,
    text,
    width_of,
)

Place = Callable[[float], float]
WIDTH = 720
SERIES = ("#0b6179", "#b3541e", "#5b4a9c", "#2e7d4f", "#4a5d67")
DASHES = ("", "7 4", "2 3", "9 3 2 3", "4 2")
RAMP = ("#6f1f14", "#a33b1c", "#d1662b", "#ea9a52", "#f2c893", "#f3e9d8")
"""Lowest value first: what needs attention is dark."""
COLOURS = {
    "green": ("#1b7f5c", PAPER),
    "teal": ("#2f7f96", PAPER),
    "amber": ("#e3b34a", INK),
    "orange": ("#c8622a", PAPER),
    "red": ("#9c1f1a", PAPER),
    "grey": ("#d8e1e5", INK),
}
"""Name of a colour as in the policy's bands -> (fill, ink on it)."""


@dataclass(frozen=True)
class Series:
    """One line: a value or None for each place, and what stands below each place (the number of visits).

    ``low`` and ``high`` are an interval around the values where there is one.
    """

    name: str
    values: Sequence[float | None]
    counts: Sequence[int] = ()
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()


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


def line(
    chart_id: str,
    title: str,
    description: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    scale: tuple[float, float] = (0, 100),
    unit: str = "",
    counts_name: str = "n",
) -> Markup:
    """Lines over time. A gap breaks the line; a single point between gaps is a dot. Counts stand below the axis.

    ``scale`` is the range of values (low, high). At most five series.
    """
    low, high = scale
    size = 12.0
    left = 46.0
    right = max((width_of(one.name, size) for one in series), default=0.0) + 36
    right = min(230.0, max(70.0, right))
    top, plot, rows = 12.0, 220.0, sum(1 for one in series if one.counts)
    bottom = top + plot
    height = bottom + 30 + rows * 18
    step = (WIDTH - left - right) / max(1, len(labels))

    def x(place: float) -> float:
        return left + step * (place + 0.5)

    def y(value: float) -> float:
        return top + plot * (1 - (min(max(value, low), high) - low) / (high - low))

    marks = [grid(f"M{number(left)} {number(y(tick))}H{number(WIDTH - right)}" for tick in ticks(low, high))]
    marks += [text(left - 8, y(tick) + 4, f"{tick:g}{unit}", anchor="end") for tick in ticks(low, high)]
    every = _every(labels, step, size)
    marks += [
        text(x(i), bottom + 20, words, anchor="middle", size=size) for i, words in enumerate(labels) if i % every == 0
    ]
    for index, one in enumerate(series):
        marks += _interval(one, index, x, y)
        marks += _lines(one, index, x, y)
    marks += _names_at_ends(series, y, WIDTH - right + 8, right - 10, (top, bottom))
    row = bottom + 38
    for index, one in enumerate(series):
        if not one.counts:
            continue
        colour = SERIES[index % len(SERIES)]
        marks.append(text(left - 8, row, counts_name, anchor="end", size=11))
        counted_every = _every([str(count) for count in one.counts], step, 11)
        marks += [
            text(x(i), row, count, anchor="middle", size=11, fill=colour, css=f"c-text c-s{index % len(SERIES)}")
            for i, count in enumerate(one.counts)
            if i % max(1, counted_every) == 0
        ]
        marks.append(_sample(WIDTH - right + 8, row - 4, index))
        marks.append(text(WIDTH - right + 34, row, cut(one.name, right - 36, 11), size=11))
        row += 18
    return frame(chart_id, title, description, WIDTH, height, marks, links=False)


def _every(labels: Sequence[str], step: float, size: float) -> int:
    """Every how many-th label has room."""
    widest = max((width_of(words, size) for words in labels), default=0) + 8
    return max(1, -(-int(widest) // max(1, int(step))))


def _runs(values: Sequence[float | None]) -> list[list[int]]:
    runs: list[list[int]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(place)
    return [run for run in runs if run]


def _interval(one: Series, index: int, x: Place, y: Place) -> list[str]:
    colour = SERIES[index % len(SERIES)]
    if not one.low or not one.high:
        return []
    both = [None if a is None or b is None else a for a, b in zip(one.low, one.high, strict=True)]
    drawn = []
    for run in _runs(both):
        over = "L".join(f"{number(x(i))} {number(y(one.high[i] or 0))}" for i in run)
        under = "L".join(f"{number(x(i))} {number(y(one.low[i] or 0))}" for i in reversed(run))
        drawn.append(
            f'<path d="M{over}L{under}Z" fill="{colour}" fill-opacity=".15" class="c-fill c-s{index % len(SERIES)}"/>'
        )
    return drawn


def _lines(one: Series, index: int, x: Place, y: Place) -> list[str]:
    colour, css = SERIES[index % len(SERIES)], f"c-s{index % len(SERIES)}"
    dash = DASHES[index % len(DASHES)]
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    drawn = []
    for run in _runs(one.values):
        if len(run) > 1:
            path = "L".join(f"{number(x(i))} {number(y(one.values[i] or 0))}" for i in run)
            drawn.append(
                f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2.2" stroke-linejoin="round"{dashed}'
                f' class="c-line {css}"/>'
            )
    for place, value in enumerate(one.values):
        if value is not None:
            shown = f"{one.name}: {value:g}"
            drawn.append(
                f'<circle cx="{number(x(place))}" cy="{number(y(value))}" r="3.5" fill="{colour}"'
                f' class="c-fill {css}"><title>{escape(shown)}</title></circle>'
            )
    return drawn


def _sample(left: float, middle: float, index: int) -> str:
    dash = DASHES[index % len(DASHES)]
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<path d="M{number(left)} {number(middle)}h20" fill="none" stroke="{SERIES[index % len(SERIES)]}"'
        f' stroke-width="2.2"{dashed} class="c-line c-s{index % len(SERIES)}"/>'
    )


def _names_at_ends(
    series: Sequence[Series], y: Place, left: float, room: float, span: tuple[float, float]
) -> list[str]:
    """The name of each line beside its last value, pushed apart so that none covers another."""
    last = [[value for value in one.values if value is not None][-1:] for one in series]
    ends = sorted((y(values[0]), index) for index, values in enumerate(last) if values)
    places: list[float] = []
    for wanted, _index in ends:
        places.append(max(wanted, places[-1] + 16) if places else wanted)
    over = max(0.0, places[-1] - span[1]) if places else 0.0
    return [
        text(
            left, max(span[0], at - over) + 4, cut(series[index].name, room, 12),
            fill=SERIES[index % len(SERIES)], css=f"c-text c-s{index % len(SERIES)}", bold=True,
        )
        for at, (_wanted, index) in zip(places, ends, strict=True)
    ]  # fmt: skip


def bars(chart_id: str, title: str, description: str, rows: Sequence[Bar], *, top: float | None = None) -> Markup:
    """Bars from zero to ``top`` (the largest value unless given). A bar without a value shows its words instead."""
    names = label_width([row.name for row in rows])
    notes = max((width_of(row.note, 11) for row in rows), default=0) + 8
    shown = max((width_of(row.shown, 13) for row in rows), default=0) + 12
    left = names + 14
    room = WIDTH - left - notes - shown
    highest = top or max((max(row.value or 0, row.high or 0) for row in rows), default=0) or 1
    tall = 34.0
    marks: list[str] = []
    for index, row in enumerate(rows):
        middle = tall * index + 18
        drawn = label(left - 12, middle, row.name, names)
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
        drawn += text(WIDTH, middle + 5, row.note, anchor="end", size=11)
        marks.append(linked(drawn, row.href, f"{row.name}: {row.shown} {row.note}"))
    links = any(row.href for row in rows)
    return frame(chart_id, title, description, WIDTH, tall * len(rows) + 4, marks, links=links)


def heatmap(
    chart_id: str,
    title: str,
    description: str,
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Sequence[Sequence[Cell]],
    *,
    scale: tuple[float, float] = (0, 100),
) -> Markup:
    """Squares coloured by value over ``scale``, the lowest dark. Each carries its figure and may be a link."""
    names = label_width(rows)
    left = names + 14
    wide = (WIDTH - left) / max(1, len(columns))
    heads = [lines_of(name, wide - 6, 12) for name in columns]
    slanted = any(head[-1].endswith("…") for head in heads if head)
    longest = min(130.0, max((width_of(name, 12) for name in columns), default=0))
    top = longest * 0.6 + 18 if slanted else 16.0 * max((len(head) for head in heads), default=1) + 6
    tall = 44.0
    marks = []
    for j, name in enumerate(columns):
        middle = left + wide * (j + 0.5)
        if slanted:
            marks.append(
                f'<text transform="translate({number(middle)} {number(top - 8)}) rotate(-35)" font-size="12"'
                f' fill="{DIM}" class="c-dim">{escape(cut(name, 130, 12))}</text>'
            )
        else:
            first = top - 8 - 14 * (len(heads[j]) - 1)
            marks += [text(middle, first + 14 * i, words, anchor="middle") for i, words in enumerate(heads[j])]
    for i, name in enumerate(rows):
        marks.append(label(left - 12, top + tall * (i + 0.5), name, names))
        for j, cell in enumerate(cells[i]):
            drawn = _square(cell, left + wide * j, top + tall * i, wide, tall, scale, f"{name}, {columns[j]}")
            marks.append(linked(drawn, cell.href, f"{name}, {columns[j]}: {cell.shown} {cell.note}"))
    links = any(cell.href for row in cells for cell in row)
    # Slanted heads lean over the right edge.
    width = WIDTH + (60 if slanted else 0)
    return frame(chart_id, title, description, width, top + tall * len(rows) + 4, marks, links=links)


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
) -> Markup:
    """A scorecard, 0 to 100: full dot now, ring at the last visit, bar at the median of others.

    ``keys`` are the words for the three marks (now, before, median); those that no row has are left out.
    """
    names = label_width([row.name for row in rows], size=14)
    left, end = names + 24, WIDTH - 70.0
    top, tall = 28.0, 40.0
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
        middle = top + tall * (index + 0.5)
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
        marks.append(text(WIDTH - 2, middle + 5, row.shown, anchor="end", size=14, fill=INK, css="c-ink", bold=True))
    if keys:
        at = left
        for mark, words, shown in zip((_full, _ring, _median), keys, used, strict=True):
            if shown:
                marks += [mark(at + 7, foot + 14), text(at + 20, foot + 18, words)]
                at += 44 + width_of(words, 12)
        foot += 30
    return frame(chart_id, title, description, WIDTH, foot, marks, links=False)


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
) -> Markup:
    """Rows of shares that fill the width, one below the other as time goes on, with the meaning of each colour above.

    With ``full`` the rows are counts: the width stands for so many, and a shorter row is fewer of them. A segment wide
    enough carries its count. A row of nothing is an empty frame.
    """
    names = label_width([row.name for row in rows])
    notes = max((width_of(row.note, 11) for row in rows), default=0) + 10
    left = names + 14
    room = WIDTH - left - notes
    marks, top = _legend(parts, left)
    tall = 30.0
    for index, row in enumerate(rows):
        y = top + tall * index
        marks.append(label(left - 12, y + 13, row.name, names))
        marks.append(text(WIDTH, y + 17, row.note, anchor="end", size=11))
        total = sum(row.counts)
        if not total:
            marks.append(
                f'<rect x="{number(left)}" y="{number(y)}" width="{number(room)}" height="26" rx="3" fill="{PAPER}"'
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
                f'<rect x="{number(at)}" y="{number(y)}" width="{number(max(wide - 1, 0.5))}" height="26" rx="2"'
                f' fill="{fill}" class="c-part-{escape(part.colour)}">'
                f"<title>{escape(f'{row.name}, {share}')}</title></rect>"
            )
            if wide > width_of(str(count), 12) + 6:
                drawn += text(
                    at + wide / 2, y + 18, count, anchor="middle", fill=ink, css=f"c-on-{part.colour}", bold=True
                )
            href = row.hrefs[place] if row.hrefs else None
            marks.append(linked(drawn, href, f"{row.name}, {share}"))
            at += wide
    links = any(href for row in rows for href in row.hrefs)
    return frame(chart_id, title, description, WIDTH, top + tall * len(rows), marks, links=links)


def _legend(parts: Sequence[Part], left: float) -> tuple[list[str], float]:
    """The meaning of each colour, on as many lines as needed; and where the rows may begin."""
    marks: list[str] = []
    x, y = left, 6.0
    for part in parts:
        wide = width_of(part.name, 12) + 36
        if x + wide > WIDTH and x > left:
            x, y = left, y + 22
        fill, _ink = COLOURS.get(part.colour, COLOURS["grey"])
        marks.append(
            f'<rect x="{number(x)}" y="{number(y)}" width="14" height="14" rx="3" fill="{fill}"'
            f' class="c-part-{escape(part.colour)}"/>'
        )
        marks.append(text(x + 20, y + 12, part.name, fill=INK, css="c-ink"))
        x += wide
    return marks, y + 28
