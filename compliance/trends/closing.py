"""How long corrections take and how many are done in time. Pure.

Counted are the corrective actions that were delivered in the span, whatever the route of their visit; those withdrawn
count nowhere. Days run from delivery. What is open counts for as long as it has been watched and no longer: an average
over what is closed would leave out the slow ones. Accepted at the desk and drawn for a check on site is open until that
check.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from compliance.estimation.clustered import FEWEST, Clusters, Share, alike, clustered_share, wider
from compliance.estimation.survival import Curve, survival_of

FEWEST_ACTIONS = 8
"""Fewer give no curve, no share and no median."""
MILESTONES = (15, 30, 60, 90)
"""Days after delivery at which the share closed is said."""
WHOLE = "all"


class Batch(NamedTuple):
    """So many actions that are alike: days from delivery to closure, or to today where ``closed`` is False."""

    severity: str
    area: str
    key: str
    """The class (sector, district or size) that was asked for."""
    days: int
    closed: bool
    number: int


class Alike(NamedTuple):
    """Sums over enterprises: of the actions whose due date has passed those done by it, and of all the closed ones."""

    due: Clusters
    closed: Clusters


class Today(NamedTuple):
    """How the actions of a severity stand today; all of them, whenever they were delivered."""

    open: int
    overdue: int
    to_check: int


NOTHING = Alike(Clusters(), Clusters())


@dataclass(frozen=True)
class Closing:
    """What is said about one group of actions."""

    key: str
    n: int
    closed: int
    enterprises: int
    on_time: Share
    """Done by the due date, of those whose due date has passed."""
    curve: Curve | None
    """None where too few actions, or those of too few enterprises, stand behind it."""

    @property
    def spoken(self) -> bool:
        """Whether there is enough to say something."""
        return self.curve is not None

    def closed_after(self, days: int) -> tuple[float, float, float] | None:
        """The share closed after so many days with its interval; None where it was not watched so long."""
        if self.curve is None or days > self.curve.last_day:
            return None
        step = next((one for one in reversed(self.curve.steps) if one.day <= days), None)
        return (1 - step.remaining, 1 - step.high, 1 - step.low) if step else (0.0, 0.0, 0.0)


def closing(key: str, batches: Iterable[Batch], found: Alike) -> Closing:
    """What is said about the actions in these batches.

    The band is widened by how alike the actions of one enterprise are.
    """
    closed: Counter[int] = Counter()
    watched: Counter[int] = Counter()
    for batch in batches:
        (closed if batch.closed else watched)[max(0, batch.days)] += batch.number
    n = closed.total() + watched.total()
    enough = n >= FEWEST_ACTIONS and found.closed.clusters >= FEWEST
    curve = survival_of(closed, watched, wider(0.95, alike(found.closed))) if enough else None
    return Closing(key, n, closed.total(), found.closed.clusters, clustered_share(found.due), curve)


def by_group(batches: Iterable[Batch], of: Callable[[Batch], str], alike_of: Mapping[str, Alike]) -> dict[str, Closing]:
    """The same for each group, the largest first."""
    groups: dict[str, list[Batch]] = {}
    for batch in batches:
        groups.setdefault(of(batch), []).append(batch)
    found = [closing(key, rows, alike_of.get(key, NOTHING)) for key, rows in groups.items()]
    return {one.key: one for one in sorted(found, key=lambda one: (-one.n, one.key))}


def watched_after(batches: Iterable[Batch], days: Iterable[int]) -> list[int]:
    """How many were still open and watched at the start of each of these days."""
    ends: Counter[int] = Counter()
    for batch in batches:
        ends[max(0, batch.days)] += batch.number
    return [sum(number for end, number in ends.items() if end >= day) for day in days]
