"""A map of squares: one for each district, at about its place among the others, all of one size.

No outline and no outside tile: a small district is as easy to read as a large one, and nothing has to be fetched.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from compliance.shared.charts import RAMP, WIDTH
from compliance.shared.drawing import DIM, GRID, INK, PAPER, frame, lines_of, linked, number, text, width_of

MOST_ACROSS = 6
_GAP = 4.0


@dataclass(frozen=True)
class Tile:
    """A square in a column and row (0 is west and north). Without a value it is blank and says ``shown``."""

    column: int
    row: int
    name: str
    value: float | None
    shown: str
    note: str = ""
    href: str | None = None


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
    blank: str,
) -> Markup:
    """The squares, coloured over ``scale`` with the lowest dark, each with its figure and perhaps a link.

    ``legend`` are the words at the dark end, in the middle and at the light end; ``blank`` those for an empty square.
    """
    across = max((one.column for one in squares), default=0) + 1
    down = max((one.row for one in squares), default=0) + 1
    side = min(132.0, (WIDTH + _GAP) / max(across, 4))
    tall = min(side, 92.0)
    left = max(0.0, (WIDTH - side * across) / 2)
    marks = []
    for one in squares:
        drawn = _square(one, left + side * one.column, tall * one.row, side - _GAP, tall - _GAP, scale)
        marks.append(linked(drawn, one.href, f"{one.name}: {one.shown} {one.note}".strip()))
    marks += _legend(tall * down + 14, legend, blank)
    return frame(chart_id, title, description, WIDTH, tall * down + 54, marks, links=any(one.href for one in squares))


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
    names = lines_of(one.name, wide - 8, 11)
    for index, words in enumerate(names):
        drawn += text(middle, y + 16 + 13 * index, words, anchor="middle", size=11, fill=ink, css=css)
    size = 16.0 if one.value is not None else 11.0
    size = min(size, size * (wide - 6) / max(1.0, width_of(one.shown, size)))
    drawn += text(
        middle, y + tall - 26, one.shown, anchor="middle", size=size,
        fill=ink if one.value is not None else dim, css=css if one.value is not None else dim_css,
        bold=one.value is not None,
    )  # fmt: skip
    return drawn + text(middle, y + tall - 9, one.note, anchor="middle", size=10, fill=dim, css=dim_css)


def _legend(top: float, words: tuple[str, str, str], blank: str) -> list[str]:
    wide, left = 44.0, 4.0
    marks = [
        f'<rect x="{number(left + wide * step)}" y="{number(top)}" width="{number(wide)}" height="12" fill="{colour}"/>'
        for step, colour in enumerate(RAMP)
    ]
    places = ((left, "start"), (left + wide * len(RAMP) / 2, "middle"), (left + wide * len(RAMP), "end"))
    marks += [text(x, top + 28, said, anchor=anchor, size=11) for (x, anchor), said in zip(places, words, strict=True)]
    at = left + wide * len(RAMP) + 40
    marks.append(
        f'<rect x="{number(at)}" y="{number(top)}" width="20" height="12" fill="{PAPER}" stroke="{GRID}"'
        ' class="c-blank"/>'
    )
    return [*marks, text(at + 28, top + 10, blank, size=11)]
