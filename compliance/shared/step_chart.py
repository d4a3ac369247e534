"""A chart of what is still open after so many days: curves that fall in steps, with bands, and those watched below.

Like every chart of ``charts.py``: pure, words from the caller, a table with the same figures beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from compliance.shared.charts import DASHES, SERIES, Place, ticks
from compliance.shared.drawing import WIDE, cut, frame, grid, is_narrow, number, text, width_of

MOST_CURVES = 5
MOST_BANDS = 3
"""With more curves their bands would hide each other; the table has the intervals."""
_TOP, _PLOT = 26.0, 230.0


@dataclass(frozen=True)
class Fall:
    """From ``day`` on the share (0 to 1) is ``share``, with an interval around it."""

    day: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Falling:
    """One curve: it begins at 1, falls at each step, and is drawn as far as ``last`` (days), where watching ended.

    ``watched`` says for each of the chart's days how many are still open and watched (``chart_days``).
    """

    name: str
    falls: Sequence[Fall]
    last: int
    watched: Sequence[int] = ()


def chart_days(last: int) -> list[int]:
    """The round days that stand below a chart of so many days, from 0 on."""
    return sorted({int(tick) for tick in ticks(0, max(last, 1), 6) if tick == int(tick) and tick <= max(last, 1)})


def steps(
    chart_id: str,
    title: str,
    description: str,
    curves: Sequence[Falling],
    *,
    days_name: str,
    watched_name: str,
    share_name: str,
    width: float = WIDE,
) -> Markup:
    """Up to ``MOST_CURVES`` falling curves over days. Below stand the days and how many are watched on each;
    ``share_name`` says what the height is.
    """
    narrow = is_narrow(width)
    last = max((one.last for one in curves), default=0) or 1
    days = chart_days(last)
    right = min(200.0, max(80.0, max((width_of(one.name, 12) for one in curves), default=0) + 16))
    left, bottom = 52.0, _TOP + _PLOT
    if narrow:
        left, right = 40.0, 14.0
    room = width - left - right
    every = max(1, -(-34 // max(1, int(room * (days[1] if len(days) > 1 else last) / last))))

    def x(day: float) -> float:
        return left + room * day / last

    def y(share: float) -> float:
        return _TOP + _PLOT * (1 - share)

    shares = (0, 0.25, 0.5, 0.75, 1)
    marks = [grid(f"M{number(left)} {number(y(one))}H{number(left + room)}" for one in shares)]
    marks += [text(left - 8, y(one) + 4, f"{100 * one:g}%", anchor="end") for one in shares]
    marks += [text(x(day), bottom + 20, day, anchor="middle") for day in days[::every]]
    marks.append(text(left - 44 if not narrow else 0, 12, share_name, size=11))
    if narrow:
        marks.append(text(width, bottom + 36, days_name, anchor="end", size=11))
    else:
        marks.append(text(left + room + 14, bottom + 20, cut(days_name, right - 14, 11), size=11))
    for index, one in enumerate(curves[:MOST_CURVES]):
        if one.falls and len(curves) <= MOST_BANDS:
            marks.append(_band(one, index, x, y))
        marks.append(_curve(one, index, x, y))
    if not narrow:
        marks += _names(curves[:MOST_CURVES], x, y, width)
    row = bottom + 46
    marks.append(text(0 if narrow else left - 44, row - 2, watched_name, size=11))
    for index, one in enumerate(curves[:MOST_CURVES]):
        if narrow:
            row += 24
            marks += _key(one.name, index, row, width)
        if not one.watched:
            continue
        row += 18
        fill, css = SERIES[index % len(SERIES)], f"c-text c-s{index % len(SERIES)}"
        marks += [
            text(x(day), row, count, anchor="middle", size=11, fill=fill, css=css)
            for day, count in list(zip(days, one.watched, strict=True))[::every]
        ]
        if not narrow:
            marks.append(text(left + room + 14, row, cut(one.name, right - 14, 11), size=11, fill=fill, css=css))
    return frame(chart_id, title, description, width, row + 10, marks, links=False)


def _key(name: str, index: int, row: float, width: float) -> list[str]:
    """How a curve is drawn, and its name."""
    colour, css = SERIES[index % len(SERIES)], f"c-s{index % len(SERIES)}"
    dash = DASHES[index % len(DASHES)]
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return [
        f'<path d="M0 {number(row - 4)}h28" fill="none" stroke="{colour}" stroke-width="2.2"{dashed}'
        f' class="c-line {css}"/>',
        text(36, row, cut(name, width - 36, 12), fill=colour, css=f"c-text {css}", bold=True),
    ]


def _stairs(falls: Sequence[tuple[int, float]], last: int, x: Place, y: Place) -> str:
    drawn = [f"M{number(x(0))} {number(y(1.0))}"]
    drawn += [f"H{number(x(day))}V{number(y(share))}" for day, share in falls]
    return "".join([*drawn, f"H{number(x(last))}"])


def _curve(one: Falling, index: int, x: Place, y: Place) -> str:
    dash = DASHES[index % len(DASHES)]
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    path = _stairs([(fall.day, fall.share) for fall in one.falls], one.last, x, y)
    return (
        f'<path d="{path}" fill="none" stroke="{SERIES[index % len(SERIES)]}" stroke-width="2.2"{dashed}'
        f' class="c-line c-s{index % len(SERIES)}"><title>{escape(one.name)}</title></path>'
    )


def _band(one: Falling, index: int, x: Place, y: Place) -> str:
    """Between the upper stairs, from left to right, and the lower ones, back again."""
    over = _stairs([(fall.day, fall.high) for fall in one.falls], one.last, x, y)
    back = "".join(f"V{number(y(fall.low))}H{number(x(fall.day))}" for fall in reversed(one.falls))
    return (
        f'<path d="{over}{back}V{number(y(1.0))}Z" fill="{SERIES[index % len(SERIES)]}" fill-opacity=".13"'
        f' class="c-fill c-s{index % len(SERIES)}"/>'
    )


def _names(curves: Sequence[Falling], x: Place, y: Place, width: float) -> list[str]:
    """The name of each curve beside its end, pushed apart so that none covers another."""
    ends = sorted((y(one.falls[-1].share if one.falls else 1.0), index) for index, one in enumerate(curves))
    places: list[float] = []
    for wanted, _index in ends:
        places.append(max(wanted, places[-1] + 16) if places else wanted)
    over = max(0.0, places[-1] - (_TOP + _PLOT)) if places else 0.0
    left = x(max((one.last for one in curves), default=0) or 1) + 8
    return [
        text(
            left, at - over + 4, cut(curves[index].name, width - left, 12),
            fill=SERIES[index % len(SERIES)], css=f"c-text c-s{index % len(SERIES)}", bold=True,
        )
        for at, (_wanted, index) in zip(places, ends, strict=True)
    ]  # fmt: skip
