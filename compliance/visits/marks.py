"""Marks on a photo: what hides (a blur over faces and name plates) and what points (arrow, box, pen). Pure.

Marks are kept as data beside the untouched original. The copy that anybody is shown is drawn from both, and what a blur
covers is not in that copy any more: a handful of mean colours for the whole covered region, so that nothing can be
worked out from it. Coordinates are shares of the upright picture's width and height, a width is a share of its longer
edge; both are rounded to four decimals, so that one mark has one form.
"""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from compliance.shared.problems import Problem
from compliance.shared.words import N_

LONGEST = 40_000
"""Characters of the marks of one photo, as one person draws them."""
LONGEST_KEPT = 5 * LONGEST
"""What is kept may be the union of several people's."""
MOST = 200
"""Marks on one photo."""
MOST_POINTS = 1_500
"""Points of one stroke."""
KINDS = {"blur": ("points", "width"), "arrow": ("from", "to"), "box": ("from", "to"), "pen": ("points",)}
WIDTHS = (0.004, 0.5)
"""The narrowest and the widest brush."""

CELLS = 5
"""A blurred region is left with at most this many colours along its longer side."""
SMALLEST_CELL = 1 / 40
"""Of the longer edge: no colour of a blurred region stands for less."""
OVERLAP = 0.15
"""Share of the brush's width by which a blur reaches beyond the stroke, so that no rim peeps out."""
RED, WHITE = "#d4001a", "#ffffff"

Point = tuple[float, float]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark. Arrow and box have two points, a blur a width too."""

    kind: str
    points: tuple[Point, ...]
    width: float = 0.0


def parse(text: str | None) -> tuple[Mark, ...]:
    """The marks of a JSON text; none for an empty one. Raises ``Problem`` for anything that is not marks."""
    if not text:
        return ()
    if len(text) > LONGEST:
        raise _unreadable("marks-too-many")
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise _unreadable("marks-unreadable") from None
    if not isinstance(given, list):
        raise _unreadable("marks-unreadable")
    if len(given) > MOST:
        raise _unreadable("marks-too-many")
    return tuple(dict.fromkeys(_mark(one) for one in given))


def text_of(marks: Iterable[Mark]) -> str | None:
    """The JSON text of marks, the same for the same marks; None for none. ``parse`` backwards."""
    plain = [_plain(mark) for mark in marks]
    return json.dumps(plain, separators=(",", ":")) if plain else None


def union(*several: Sequence[Mark]) -> tuple[Mark, ...]:
    """Everything that any of them marks, each mark once: what one person has hidden stays hidden."""
    return tuple(dict.fromkeys(mark for marks in several for mark in marks))


def shows_more(before: Sequence[Mark], after: Sequence[Mark]) -> bool:
    """Whether something may be seen after a change that was not to be seen before: a mark is gone, whatever its kind
    (a box drawn over a face hides some of it too).
    """
    return not set(before) <= set(after)


def lifts_blur(before: Sequence[Mark], after: Sequence[Mark]) -> bool:
    """Whether a blur is gone after a change."""
    return shows_more(blurs(before), after)


def blurs(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """The marks that hide."""
    return tuple(mark for mark in marks if mark.kind == "blur")


def drawn(picture: Image.Image, marks: Sequence[Mark]) -> Image.Image:
    """A copy of an upright RGB picture with its marks: first what hides, then what points, in their order."""
    copy = picture.copy()
    for group in regions(blurs(marks), copy.size):
        _hide(copy, picture, group)
    pointing = [mark for mark in marks if mark.kind != "blur"]
    if pointing:
        _point(copy, pointing)
    return copy


def regions(hiding: Sequence[Mark], size: tuple[int, int]) -> list[list[Mark]]:
    """Strokes that touch each other's frame belong to one region: several dabs on one face hide it as one."""
    groups: list[list[Mark]] = []
    for mark in hiding:
        here = [mark]
        while near := [group for group in groups if _touch(frame(group, size), frame(here, size))]:
            groups = [group for group in groups if group not in near]
            here = [*(one for group in near for one in group), *here]
        groups.append(here)
    return groups


def frame(group: Sequence[Mark], size: tuple[int, int]) -> Box:
    """The rectangle in pixels around all strokes of a region: left, top, right, bottom."""
    frames = [_frame(mark, size) for mark in group]
    return (min(f[0] for f in frames), min(f[1] for f in frames), max(f[2] for f in frames), max(f[3] for f in frames))


def cell(box: Box, longer_edge: int) -> float:
    """Edge in pixels of one colour of a blurred region with this frame."""
    return max(longer_edge * SMALLEST_CELL, max(box[2] - box[0], box[3] - box[1]) / CELLS)


# -- drawing ------------------------------------------------------------------------------------------------------


def _hide(copy: Image.Image, source: Image.Image, group: Sequence[Mark]) -> None:
    box = frame(group, copy.size)
    edge = cell(box, max(copy.size))
    left, top = max(0, math.floor(box[0])), max(0, math.floor(box[1]))
    right, bottom = min(copy.width, math.ceil(box[2])), min(copy.height, math.ceil(box[3]))
    if right <= left or bottom <= top:
        return
    size = (right - left, bottom - top)
    part = source.crop((left, top, right, bottom))
    cells = (max(1, round(size[0] / edge)), max(1, round(size[1] / edge)))
    mosaic = part.resize(cells, Image.Resampling.BOX).resize(size, Image.Resampling.NEAREST)
    mask = Image.new("L", size)
    pen = ImageDraw.Draw(mask)
    for mark in group:
        wide = _brush(mark, copy.size)
        spots = [(x * copy.width - left, y * copy.height - top) for x, y in mark.points]
        _stroke(pen, spots, wide, 255)
    copy.paste(mosaic, (left, top), _closed(mask, min(_brush(mark, copy.size) for mark in group) / 2))


def _closed(mask: Image.Image, reach: float) -> Image.Image:
    """The mask with gaps filled that are narrower than twice ``reach``: a hand that scribbles leaves slivers open."""
    few = max(1, math.ceil(reach / 8))  # on a coarse copy: a filter of three pixels, a few times
    steps = round(reach / few)
    edge = steps + 1
    small = ImageOps.expand(mask.reduce(few).point(lambda level: 255 if level else 0), edge)
    for kind in (ImageFilter.MaxFilter(3), ImageFilter.MinFilter(3)):
        for _step in range(steps):
            small = small.filter(kind)
    grown = ImageOps.crop(small, edge).resize(mask.size, Image.Resampling.NEAREST)
    return ImageChops.lighter(mask, grown)


def _point(copy: Image.Image, marks: Sequence[Mark]) -> None:
    # A white edge around the red line shows on any ground and in a print without colours. Drawn at twice the size, so
    # that slanted lines are smooth.
    size = (copy.width * 2, copy.height * 2)
    line = max(4, round(max(size) / 130))
    edge = max(2, line // 3)
    for colour, grown in ((WHITE, edge), (RED, 0)):
        mask = Image.new("L", size)
        pen = ImageDraw.Draw(mask)
        for mark in marks:
            spots = [(x * size[0], y * size[1]) for x, y in mark.points]
            if mark.kind == "box":
                spots = _corners(spots)
            elif mark.kind == "arrow":
                spots = _arrow(pen, spots, line, grown)
            _stroke(pen, spots, line + 2 * grown, 255)
        copy.paste(colour, mask=mask.reduce(2))


def _arrow(pen: ImageDraw.ImageDraw, spots: list[Point], line: float, grown: float) -> list[Point]:
    """Draw the head of an arrow, and give its shaft."""
    (x0, y0), (x1, y1) = spots
    length = math.hypot(x1 - x0, y1 - y0)
    if length < 1:
        return spots
    dx, dy = (x1 - x0) / length, (y1 - y0) / length
    head = min(line * 5, length)
    side = head * 0.5
    back = (x1 - dx * head, y1 - dy * head)
    tip = [(x1, y1), (back[0] - dy * side, back[1] + dx * side), (back[0] + dy * side, back[1] - dx * side)]
    pen.polygon(tip, fill=255)
    if grown:
        _stroke(pen, [*tip, tip[0]], 2 * grown, 255)
    return [(x0, y0), (x1 - dx * head * 0.8, y1 - dy * head * 0.8)]


def _stroke(pen: ImageDraw.ImageDraw, spots: Sequence[Point], width: float, fill: int) -> None:
    if len(spots) > 1:
        pen.line(list(spots), fill=fill, width=max(1, round(width)))
    reach = width / 2
    for x, y in spots:
        pen.ellipse((x - reach, y - reach, x + reach, y + reach), fill=fill)


def _corners(spots: Sequence[Point]) -> list[Point]:
    (x0, y0), (x1, y1) = spots
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)]


def _brush(mark: Mark, size: tuple[int, int]) -> float:
    return mark.width * max(size) * (1 + 2 * OVERLAP)


def _frame(mark: Mark, size: tuple[int, int]) -> Box:
    reach = _brush(mark, size) / 2
    across = [x * size[0] for x, _ in mark.points]
    down = [y * size[1] for _, y in mark.points]
    return (min(across) - reach, min(down) - reach, max(across) + reach, max(down) + reach)


def _touch(one: Box, other: Box) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


# -- reading ------------------------------------------------------------------------------------------------------


def _mark(given: Any) -> Mark:
    kind = given.get("kind") if isinstance(given, dict) else None
    if not isinstance(kind, str) or kind not in KINDS or set(given) != {"kind", *KINDS[kind]}:
        raise _unreadable("marks-unreadable")
    if "from" in given:
        return Mark(kind, (_spot(given["from"]), _spot(given["to"])))
    points = given["points"]
    if not isinstance(points, list) or not 1 <= len(points) <= MOST_POINTS:
        raise _unreadable("marks-unreadable")
    width = 0.0
    if kind == "blur":
        width = _number(given["width"])
        if not WIDTHS[0] <= width <= WIDTHS[1]:
            raise _unreadable("marks-unreadable")
    return Mark(kind, tuple(_spot(point) for point in points), width)


def _spot(given: Any) -> Point:
    if not isinstance(given, list) or len(given) != 2:
        raise _unreadable("marks-unreadable")
    x, y = _number(given[0]), _number(given[1])
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise _unreadable("marks-unreadable")
    return (x, y)


def _number(given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        raise _unreadable("marks-unreadable")
    return round(float(given), 4)


def _plain(mark: Mark) -> dict[str, Any]:
    spots = [[_short(x), _short(y)] for x, y in mark.points]
    if mark.kind in ("arrow", "box"):
        return {"kind": mark.kind, "from": spots[0], "to": spots[1]}
    plain: dict[str, Any] = {"kind": mark.kind, "points": spots}
    return {**plain, "width": mark.width} if mark.kind == "blur" else plain


def _short(number: float) -> float | int:
    return int(number) if number in (0, 1) else number


def _unreadable(code: str) -> Problem:
    if code == "marks-too-many":
        return Problem(code, N_("There are more marks on this photo than can be kept. Undo some of them."))
    return Problem(code, N_("The marks on this photo cannot be read."))
