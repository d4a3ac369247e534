"""Charts of figures that are not certain: each with its interval and the number of visits behind it.

Like ``charts``: pure functions, print colours as attributes, words from the caller, a table beside each drawing. What
is not known is never drawn as a number, and a line is only drawn inside its band.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from compliance.shared.charts import SERIES, Place, ticks
from compliance.shared.drawing import (
    DIM,
    INK,
    PAPER,
    WIDE,
    above,
    frame,
    grid,
    is_narrow,
    label,
    label_width,
    linked,
    number,
    text,
    width_of,
)


@dataclass(frozen=True)
class Range:
    """One row: the figure with its interval (or None and in ``shown`` why), the plain figure, how many visits."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    shown: str
    note: str = ""
    plain: float | None = None
    before: float | None = None
    href: str | None = None


@dataclass(frozen=True)
class Moment:
    """One period of a drawing through time. ``mark`` numbers the break that lies before it, if any."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    plain: float | None = None
    plain_n: int = 0
    mark: str = ""


def ranges(
    chart_id: str,
    title: str,
    about: str,
    rows: Sequence[Range],
    *,
    scale: tuple[float, float] = (0, 100),
    unit: str = "",
    keys: tuple[str, str, str] | None = None,
    width: float = WIDE,
) -> Markup:
    """Dots with their intervals, one row each. ``keys`` are the words for the dot, the ring (before) and the grey
    diamond (plain); what no row has is left out.
    """
    if is_narrow(width):
        return _narrow_ranges(chart_id, title, about, rows, scale, unit, keys, width)
    names = label_width([row.name for row in rows], size=13)
    notes = max((width_of(row.note, 11) for row in rows), default=0) + 10
    shown = min(190.0, max((width_of(row.shown, 12.5) for row in rows), default=0) + 16)
    left, end = names + 24, width - notes - shown
    low, high = scale
    top, tall = 26.0, 38.0

    def x(value: float) -> float:
        return left + (end - left) * (min(max(value, low), high) - low) / (high - low)

    foot = top + tall * len(rows)
    steps = ticks(low, high, 4)
    marks = [grid(f"M{number(x(tick))} {number(top - 4)}V{number(foot - 4)}" for tick in steps)]
    marks += [text(x(tick), 15, f"{tick:g}{unit}", anchor="middle", size=11) for tick in steps]
    for index, row in enumerate(rows):
        middle = top + tall * (index + 0.5) - 2
        drawn = label(left - 18, middle, row.name, names) + _range(row, x, middle)
        given = row.value is not None
        drawn += text(
            end + 14, middle + 4.5, row.shown, size=12.5 if given else 12, bold=given,
            fill=INK if given else DIM, css="c-ink" if given else "c-dim",
        )  # fmt: skip
        drawn += text(width, middle + 4.5, row.note, anchor="end", size=11)
        marks.append(linked(drawn, row.href, f"{row.name}: {row.shown} {row.note}"))
    if keys:
        foot = _keys(marks, keys, rows, left, foot, width)
    return frame(chart_id, title, about, width, foot, marks, links=any(row.href for row in rows))


def _narrow_ranges(
    chart_id: str,
    title: str,
    about: str,
    rows: Sequence[Range],
    scale: tuple[float, float],
    unit: str,
    keys: tuple[str, str, str] | None,
    width: float,
) -> Markup:
    """The same with the name and the figure above each interval."""
    low, high = scale
    left, end = 12.0, width - 12.0

    def x(value: float) -> float:
        return left + (end - left) * (min(max(value, low), high) - low) / (high - low)

    steps = ticks(low, high, 4)
    marks = [text(x(tick), 12, f"{tick:g}{unit}", anchor="middle", size=11) for tick in steps]
    y = 22.0
    for row in rows:
        given = row.value is not None
        figure = width_of(row.shown, 12.5) + width_of(row.note, 11) + 30
        drawn, named = above(0, y, row.name, width)
        beside = width_of(row.name, 13) + figure <= width
        y += 0 if beside else named
        drawn += text(width, y + 13, row.note, anchor="end", size=11)
        drawn += text(
            width - width_of(row.note, 11) - 10, y + 13, row.shown, anchor="end", size=12.5 if given else 12,
            bold=given, fill=INK if given else DIM, css="c-ink" if given else "c-dim",
        )  # fmt: skip
        y += 20
        if given or row.plain is not None or row.before is not None:
            drawn += grid([f"M{number(left)} {number(y + 8)}H{number(end)}"])
            drawn += grid(f"M{number(x(tick))} {number(y + 4)}v8" for tick in steps) + _range(row, x, y + 8)
            y += 20
        y += 6
        marks.append(linked(drawn, row.href, f"{row.name}: {row.shown} {row.note}"))
    foot = _keys(marks, keys, rows, 0, y, width) if keys else y
    return frame(chart_id, title, about, width, foot, marks, links=any(row.href for row in rows))


def _range(row: Range, x: Place, middle: float) -> str:
    drawn = ""
    if row.plain is not None:
        drawn += _diamond(x(row.plain), middle)
    if row.before is not None:
        drawn += _ring(x(row.before), middle)
    if row.value is not None and row.low is not None and row.high is not None:
        drawn += _whisker_across(x(row.low), x(row.high), middle) + _dot(x(row.value), middle, 6)
    return drawn


def _keys(
    marks: list[str], keys: tuple[str, str, str], rows: Sequence[Range], left: float, foot: float, width: float
) -> float:
    """What the marks mean, those that are there; returns where the drawing ends."""
    used = (
        any(row.value is not None for row in rows),
        any(row.before is not None for row in rows),
        any(row.plain is not None for row in rows),
    )
    if not any(used):
        return foot
    at, y = left, foot + 12
    for place, (words, shown) in enumerate(zip(keys, used, strict=True)):
        if not shown:
            continue
        wide = 40 + width_of(words, 12)
        if at + wide > width and at > left:
            at, y = left, y + 20
        middle = at + 12
        if place == 0:
            marks.append(_whisker_across(at, at + 24, y) + _dot(middle, y, 5))
        else:
            marks.append(_ring(middle, y) if place == 1 else _diamond(middle, y))
        marks.append(text(at + 30, y + 4, words))
        at += wide + 6
    return y + 18


def through_time(
    chart_id: str,
    title: str,
    about: str,
    moments: Sequence[Moment],
    *,
    scale: tuple[float, float] = (0, 100),
    unit: str = "",
    keys: tuple[str, str, str],
    counts: tuple[str, str],
    width: float = WIDE,
) -> Markup:
    """A figure from period to period: dots joined inside their band, where nothing breaks the row of them; the plain
    figure as grey diamonds that nothing joins. ``keys``: words for the dot, for a break, for the diamond; ``counts``:
    words before the two rows of numbers of visits.
    """
    low, high = scale
    left = max(46.0, 12 + max(width_of(words, 11) for words in counts))
    top, plot = 24.0, 220.0
    bottom = top + plot
    step = (width - left - 10) / max(1, len(moments))

    def x(place: float) -> float:
        return left + step * (place + 0.5)

    def y(value: float) -> float:
        return top + plot * (1 - (min(max(value, low), high) - low) / (high - low))

    steps = ticks(low, high)
    marks = [grid(f"M{number(left)} {number(y(tick))}H{number(width - 10)}" for tick in steps)]
    marks += [text(left - 8, y(tick) + 4, f"{tick:g}{unit}", anchor="end") for tick in steps]
    every = max(1, -(-int(max((width_of(one.name, 12) for one in moments), default=0) + 8) // max(1, int(step))))
    for place, one in enumerate(moments):
        if place % every == 0:
            marks.append(text(x(place), bottom + 20, one.name, anchor="middle"))
        if one.mark:
            at = x(place - 0.5)
            marks.append(_break_line(at, top - 4, bottom))
            marks.append(text(at, top - 10, one.mark, anchor="middle", size=11, fill=INK, css="c-ink", bold=True))
    for run in _runs(moments):
        marks.append(_band([moments[i] for i in run], [x(i) for i in run], y))
    for place, one in enumerate(moments):
        if one.plain is not None:
            marks.append(_diamond(x(place), y(one.plain), f"{one.name}, {keys[2]}: {one.plain:.0f}{unit}"))
        if one.value is not None and one.low is not None and one.high is not None:
            spoken = f"{one.name}: {one.value:.0f}{unit} ({one.low:.0f}–{one.high:.0f}), n = {one.n}"
            marks.append(_whisker_up(x(place), y(one.high), y(one.low)))
            marks.append(_dot(x(place), y(one.value), 4.5, spoken))
    marks += _counts_below(moments, counts, left, step, bottom + 38)
    drawn, foot = _keys_below(moments, keys, 0 if is_narrow(width) else left, bottom + 62, width)
    return frame(chart_id, title, about, width, foot, [*marks, *drawn], links=False)


def _counts_below(
    moments: Sequence[Moment], counts: tuple[str, str], left: float, step: float, line: float
) -> list[str]:
    """Two rows of numbers of visits: the drawn ones, and all."""
    marks = []
    few = max(1, -(-30 // max(1, int(step))))
    inks = ((INK, "c-ink"), (DIM, "c-dim"))
    rows = ([one.n for one in moments], [one.plain_n for one in moments])
    for words, values, (fill, css) in zip(counts, rows, inks, strict=True):
        marks.append(text(left - 8, line, words, anchor="end", size=11))
        marks += [
            text(left + step * (place + 0.5), line, value, anchor="middle", size=11, fill=fill, css=css)
            for place, value in enumerate(values)
            if place % few == 0
        ]
        line += 17
    return marks


def _keys_below(
    moments: Sequence[Moment], keys: tuple[str, str, str], left: float, foot: float, width: float
) -> tuple[list[str], float]:
    """What the marks mean, those that are there; and where the drawing ends."""
    marks = []
    at = left
    shown = (
        any(one.value is not None for one in moments),
        any(one.mark for one in moments),
        any(one.plain is not None for one in moments),
    )
    for place, (words, used) in enumerate(zip(keys, shown, strict=True)):
        if not used:
            continue
        if at > left and at + 22 + width_of(words, 12) > width:
            at, foot = left, foot + 24
        middle = foot + 12
        if place == 0:
            marks.append(_whisker_up(at + 8, foot + 4, foot + 20) + _dot(at + 8, middle, 4.5))
        else:
            marks.append(_break_line(at + 8, foot + 3, foot + 21) if place == 1 else _diamond(at + 8, middle))
        marks.append(text(at + 22, foot + 16, words))
        at += 44 + width_of(words, 12)
    return marks, foot + 28


def _break_line(x: float, top: float, bottom: float) -> str:
    return (
        f'<path d="M{number(x)} {number(top)}V{number(bottom)}" fill="none" stroke="{INK}" stroke-width="1.2"'
        f' stroke-dasharray="2 4" class="c-line c-ink"/>'
    )


def _runs(moments: Sequence[Moment]) -> list[list[int]]:
    """The places that may be joined: figures next to each other with no break between them."""
    runs: list[list[int]] = [[]]
    for place, one in enumerate(moments):
        if one.value is None:
            runs.append([])
            continue
        if one.mark:
            runs.append([])
        runs[-1].append(place)
    return [run for run in runs if len(run) > 1]


def _band(moments: Sequence[Moment], places: Sequence[float], y: Place) -> str:
    over = "L".join(f"{number(x)} {number(y(one.high or 0))}" for one, x in zip(moments, places, strict=True))
    back = list(zip(moments, places, strict=True))[::-1]
    under = "L".join(f"{number(x)} {number(y(one.low or 0))}" for one, x in back)
    middle = "L".join(f"{number(x)} {number(y(one.value or 0))}" for one, x in zip(moments, places, strict=True))
    return (
        f'<path d="M{over}L{under}Z" fill="{SERIES[0]}" fill-opacity=".15" class="c-fill c-s0"/>'
        f'<path d="M{middle}" fill="none" stroke="{SERIES[0]}" stroke-width="2" class="c-line c-s0"/>'
    )


def _dot(x: float, y: float, radius: float, spoken: str = "") -> str:
    inside = f"<title>{escape(spoken)}</title>" if spoken else ""
    return (
        f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" fill="{SERIES[0]}" class="c-fill c-s0">'
        f"{inside}</circle>"
    )


def _ring(x: float, y: float) -> str:
    return (
        f'<circle cx="{number(x)}" cy="{number(y)}" r="5" fill="{PAPER}" stroke="{SERIES[0]}" stroke-width="1.8"'
        f' class="c-ring c-line c-s0"/>'
    )


def _diamond(x: float, y: float, spoken: str = "") -> str:
    inside = f"<title>{escape(spoken)}</title>" if spoken else ""
    return (
        f'<path d="M{number(x)} {number(y - 5)}l5 5l-5 5l-5 -5Z" fill="{PAPER}" stroke="#7d8f99" stroke-width="1.5"'
        f' class="c-plain">{inside}</path>'
    )


def _whisker_across(low: float, high: float, y: float) -> str:
    return (
        f'<path d="M{number(low)} {number(y)}H{number(high)}M{number(low)} {number(y - 5)}v10M{number(high)}'
        f' {number(y - 5)}v10" fill="none" stroke="{SERIES[0]}" stroke-width="2" class="c-line c-s0"/>'
    )


def _whisker_up(x: float, high: float, low: float) -> str:
    return (
        f'<path d="M{number(x)} {number(high)}V{number(low)}M{number(x - 4)} {number(high)}h8M{number(x - 4)}'
        f' {number(low)}h8" fill="none" stroke="{SERIES[0]}" stroke-width="1.4" class="c-line c-s0"/>'
    )
