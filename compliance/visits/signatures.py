"""Signatures as they were drawn, as pictures that any paper can carry. Pure."""

import base64
import json
from typing import Any

from compliance.visits.events import Value

_FARTHEST = 100_000  # of a point from the corner: no screen is larger
_MARGIN = 4


def picture(strokes: Value) -> str:
    """What was drawn (the text of ``beside.STROKES``) as a ``data:`` address of an SVG; empty where nothing was."""
    lines = [line for line in map(_line, _read(strokes)) if line]
    points = [point for line in lines for point in line]
    if not points:
        return ""
    left, top = (min(point[axis] for point in points) - _MARGIN for axis in (0, 1))
    width, height = (max(point[axis] for point in points) + _MARGIN - start for axis, start in enumerate((left, top)))
    paths = "".join(f'<path d="{_path(line)}"/>' for line in lines)
    # Sizes in full: a reader of the paper without them would guess.
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}"'
        f' viewBox="{left:g} {top:g} {width:g} {height:g}">'
        f'<g fill="none" stroke="#101820" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round">{paths}</g>'
        "</svg>"
    )
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.encode()).decode()


def _read(strokes: Value) -> list[Any]:
    try:
        read = json.loads(strokes) if isinstance(strokes, str) else []
    except (ValueError, RecursionError):
        return []
    return [one for one in read if isinstance(one, dict)] if isinstance(read, list) else []


def _line(stroke: dict[str, Any]) -> list[tuple[float, float]]:
    points = [(float(point["x"]), float(point["y"])) for point in stroke.get("points", ())]
    return [(x, y) for x, y in points if abs(x) <= _FARTHEST and abs(y) <= _FARTHEST]


def _path(line: list[tuple[float, float]]) -> str:
    (x, y), *rest = line
    return f"M{x:g} {y:g}" + ("".join(f"L{x:g} {y:g}" for x, y in rest) if rest else "h.1")
