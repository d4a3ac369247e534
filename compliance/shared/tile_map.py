"""A map of squares: one for each district, at about its place among the others, all of one size.

No outline and no outside tile: a small district is as easy to read as a large one, and nothing has to be fetched.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from compliance.shared.charts import RAMP
from compliance.shared.drawing import (
    DIM,
    GRID,
    INK,
    PAPER,
    WIDE,
    frame,
    hatching,
    is_narrow,
    lines_of,
    linked,
    number,
    text,
    width_of,
)

MOST_ACROSS = 6
_GAP = 4.0


@dataclass(frozen=True)
class Tile:
    """A square in a column and row (0 is west and north). Without a value it is blank and says ``shown``; ``hatched``
    where something was seen there, but too little to speak of.
    """

    column: int
    row: int
    name: str
    value: float | None
    shown: str
    note: str = ""
    href: str | None = None
    hatched: bool = False


def in_rows(count: int, across: int = MOST_ACROSS) -> list[tuple[int, int]]:
    """Places for squares of which no place is known: in rows, in the order in which they come."""
    return [(index % across, index // across) for index in range(count)]


def tiles(
    chart_id: str,
    title: str,
    description: str,
    squares: Sequence[Tile],
    *,
    scale: tuple[float, float] = (0, 100),
    legend: tuple[str, str, str],
    blank: tuple[str, str],
    width: float = WIDE,
) -> Markup:
    """The squares, coloured over ``scale`` with the lowest dark, each with its figure and perhaps a link.

    ``legend`` are the words at the dark end, in the middle and at the light end; ``blank`` those for a hatched square
    and for an empty one.
    """
    across = max((one.column for one in squares), default=0) + 1
    down = max((one.row for one in squares), default=0) + 1
    side = min(150.0, (width + _GAP) / max(across, 4))
    tall = 96.0
    left = max(0.0, (width - side * across) / 2)
    marks = []
    for one in squares:
        drawn = _square(one, left + side * one.column, tall * one.row, side - _GAP, tall - _GAP, scale)
        marks.append(linked(drawn, one.href, f"{one.name}: {one.shown} {one.note}".strip()))
    meanings, foot = _legend(tall * down + 14, legend, blank, width)
    marks += meanings
    return frame(chart_id, title, description, width, foot, marks, links=any(one.href for one in squares))


def step_of(value: float, scale: tuple[float, float]) -> int:
    """Which colour of the ramp a value has, the lowest value the first."""
    low, high = scale
    return min(len(RAMP) - 1, max(0, int((value - low) / (high - low) * len(RAMP))))


def _square(one: Tile, x: float, y: float, wide: float, tall: float, scale: tuple[float, float]) -> str:
    spoken = f"<title>{escape(f'{one.name}: {one.shown} {one.note}'.strip())}</title>"
    box = f'<rect x="{number(x)}" y="{number(y)}" width="{number(wide)}" height="{number(tall)}" rx="4"'
    middle = x + wide / 2
    if one.value is None:
        drawn = f'{box} fill="{PAPER}" stroke="{GRID}" class="c-blank">{spoken}</rect>'
        ink, dim, css, dim_css = INK, DIM, "c-ink", "c-dim"
    else:
        step = step_of(one.value, scale)
        drawn = f'{box} fill="{RAMP[step]}">{spoken}</rect>'
        ink = dim = PAPER if step < 3 else INK
        css = dim_css = ""
    if one.hatched:
        drawn += hatching(x, y, wide, tall)
    small = wide < 100
    names = lines_of(one.name, wide - (4 if small else 8), 10 if small else 12, most=3 if small else 2)
    for index, words in enumerate(names):
        drawn += text(middle, y + 15 + 13 * index, words, anchor="middle", size=10 if small else 12, fill=ink, css=css)
    size = 17.0 if one.value is not None else 12.0
    size = min(size, size * (wide - 6) / max(1.0, width_of(one.shown, size)))
    notes = [part for part in one.note.split(" · ") if part] if small else [one.note]
    foot = y + tall - 9
    for part in reversed(notes):
        shrunk = min(11.0, 11 * (wide - 4) / max(1.0, width_of(part, 11)))
        drawn += text(middle, foot, part, anchor="middle", size=shrunk, fill=dim, css=dim_css)
        foot -= 13
    return drawn + text(
        middle, foot - 3, one.shown, anchor="middle", size=size,
        fill=ink if one.value is not None else dim, css=css if one.value is not None else dim_css,
        bold=one.value is not None,
    )  # fmt: skip


def _legend(top: float, words: tuple[str, str, str], blank: tuple[str, str], width: float) -> tuple[list[str], float]:
    """The colours and what they mean, what a hatched and an empty square mean, and where the drawing ends."""
    wide, left = 44.0, 4.0
    marks = [
        f'<rect x="{number(left + wide * step)}" y="{number(top)}" width="{number(wide)}" height="12" fill="{colour}"/>'
        for step, colour in enumerate(RAMP)
    ]
    places = ((left, "start"), (left + wide * len(RAMP) / 2, "middle"), (left + wide * len(RAMP), "end"))
    marks += [text(x, top + 28, said, anchor=anchor, size=11) for (x, anchor), said in zip(places, words, strict=True)]
    at, y = left + wide * len(RAMP) + 32, top
    if is_narrow(width):
        at, y = left, top + 42
    for place, said in enumerate(blank):
        marks.append(
            f'<rect x="{number(at)}" y="{number(y)}" width="20" height="12" fill="{PAPER}" stroke="{GRID}"'
            ' class="c-blank"/>'
        )
        if place == 0:
            marks.append(hatching(at, y, 20, 12))
        marks.append(text(at + 28, y + 10, said, size=11))
        y += 20
    return marks, max(y, top + 42) + 4
