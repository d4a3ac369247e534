"""Where a row of figures breaks: what was asked has changed, or nobody was drawn. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from compliance.checklists.rules import Checklist
from compliance.trends.rules import OVERALL


class Break(StrEnum):
    """Why two neighbouring figures must not be joined."""

    checklist = "checklist"
    draw = "draw"


def print_of(checklist: Checklist, area: str) -> tuple[Any, ...]:
    """What decides the figures of an area: its items with their weight and when they are asked, and how answers count.
    Two versions with the same one differ in words only, and their figures compare.
    """
    policy = checklist.policy
    areas = [one for one in checklist.areas if area in (OVERALL, one.id)]
    items = tuple(
        sorted(
            (one.id, item.id, str(item.severity), repr(item.applies), repr(item.only_if))
            for one in areas
            for item in one.items
        )
    )
    counting = (repr(sorted(policy.weights.items())), repr(sorted(policy.credits.items())), policy.coverage_minimum)
    return (items, *counting)


def same(area: str, versions: Iterable[Checklist]) -> bool:
    """Whether all these versions ask the same in an area (or overall)."""
    return len({print_of(one, area) for one in dict.fromkeys(versions)}) <= 1


def between(
    buckets: Sequence[str],
    used: Mapping[str, Collection[Checklist]],
    drawn: Mapping[str, bool],
    area: str,
) -> dict[str, list[Break]]:
    """The breaks before each bucket, seen from the one before it that had visits. ``used``: the checklists that its
    visits were pinned to; ``drawn``: whether a draw stands behind it. Buckets without visits are in neither.
    """
    found: dict[str, list[Break]] = {}
    last = ""
    for bucket in buckets:
        if not used.get(bucket):
            continue
        if last:
            here = []
            if not same(area, [*used[last], *used[bucket]]):
                here.append(Break.checklist)
            if drawn.get(last, False) is not drawn.get(bucket, False):
                here.append(Break.draw)
            if here:
                found[bucket] = here
        last = bucket
    return found
