"""How much of the register was visited, and how long ago. Pure.

Only visits whose result is released count: of any other nobody is told here. An enterprise counts once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from compliance.trends.rules import By, Place

SINCE = (6, 12, 24, 36)
"""Months since the last visit at which its groups end; beyond the last stand the others, then those never visited."""
GROUPS = (*(f"to{months}" for months in SINCE), "over", "never")
"""How long ago: up to so many months, longer, never."""


@dataclass(frozen=True)
class Reached:
    """Active enterprises of a class: visited in the span, by a random visit, and by how long ago the last visit was."""

    active: int = 0
    visited: int = 0
    by_random: int = 0
    since: tuple[int, ...] = (0,) * len(GROUPS)

    @property
    def never(self) -> int:
        """Never visited, as far as is known here."""
        return self.since[-1]

    @property
    def share(self) -> float | None:
        """Visited in the span by active; None where nobody is active."""
        return self.visited / self.active if self.active else None

    def __add__(self, other: "Reached") -> "Reached":
        return Reached(
            self.active + other.active, self.visited + other.visited, self.by_random + other.by_random,
            tuple(a + b for a, b in zip(self.since, other.since, strict=True)),
        )  # fmt: skip

    def __sub__(self, other: "Reached") -> "Reached":
        return Reached(
            self.active - other.active, self.visited - other.visited, self.by_random - other.by_random,
            tuple(a - b for a, b in zip(self.since, other.since, strict=True)),
        )  # fmt: skip


def along(places: Mapping[Place, Reached], by: By) -> dict[str, Reached]:
    """Those of each class along one dimension; classes without an active enterprise are left out."""
    found: dict[str, Reached] = {}
    for place, one in places.items():
        found[place.along(by)] = found.get(place.along(by), Reached()) + one
    return {key: one for key, one in found.items() if one.active}


def months_before(today: date, months: int) -> date:
    """The same day so many months earlier, or the last of a shorter month."""
    total = today.year * 12 + today.month - 1 - months
    year, month = divmod(total, 12)
    for day in (today.day, 30, 29, 28):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    raise ValueError("every month has a 28th")


def ordered(found: Mapping[str, Reached]) -> Sequence[tuple[str, Reached]]:
    """The largest class first."""
    return sorted(found.items(), key=lambda entry: (-entry[1].active, entry[0]))
