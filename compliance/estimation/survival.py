"""How long something takes when not all of it has ended: the curve of Kaplan and Meier.

An average of the days of what is closed leaves out what is still open, which is the slow part. The curve counts an open
one for as long as it has been watched, and no longer (it is censored).
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist


@dataclass(frozen=True)
class Step:
    """What changes on a day on which at least one was closed."""

    day: int
    watched: int
    """Open at the start of the day and still watched."""
    closed: int
    """Closed on that day."""
    remaining: float
    """Share still open after the day."""
    low: float
    high: float
    """95% interval of that share."""


@dataclass(frozen=True)
class Curve:
    """Shares still open by days since the start, one step for each day on which something was closed."""

    n: int
    closed: int
    steps: tuple[Step, ...]
    median: int | None
    """The day by which half are closed; None while that is not yet so."""
    median_low: int | None
    """The 95% interval of the median; an end that the watched time does not reach is None."""
    median_high: int | None
    last_day: int
    """The longest that anything was watched: nothing is said beyond."""

    def remaining(self, day: int) -> float:
        """Share still open after so many days."""
        return next((step.remaining for step in reversed(self.steps) if step.day <= day), 1.0)


def survival(durations: Sequence[int], closed: Sequence[bool], confidence: float = 0.95) -> Curve:
    """The curve from days (0 or more) and whether each ended by being closed, or is open (watched so long).

    Greenwood's variance on the scale of log(-log), so that the interval stays within 0 and 1. Where one is closed on
    the day on which another was last watched, the watched one counts as open on that day.
    """
    if len(durations) != len(closed):
        raise ValueError("each duration says whether it ended")
    if any(day < 0 for day in durations):
        raise ValueError("nothing lasts less than no days")
    ends = Counter(day for day, is_closed in zip(durations, closed, strict=True) if is_closed)
    return survival_of(ends, Counter(durations) - ends, confidence)


def survival_of(closed: Mapping[int, int], watched: Mapping[int, int], confidence: float = 0.95) -> Curve:
    """The same from counts: how many were closed after so many days, and how many are open and were watched so long."""
    if any(day < 0 for day in (*closed, *watched)):
        raise ValueError("nothing lasts less than no days")
    ends = Counter({day: number for day, number in closed.items() if number})
    return _curve(ends, ends + Counter(watched), confidence)


def _curve(ends: Counter[int], leaves: Counter[int], confidence: float) -> Curve:
    number = leaves.total()
    watched, remaining, greenwood = number, 1.0, 0.0
    far = NormalDist().inv_cdf((1 + confidence) / 2)
    steps = []
    for day in sorted(leaves):
        if ends[day]:
            remaining *= 1 - ends[day] / watched
            left = watched - ends[day]
            greenwood = greenwood + ends[day] / (watched * left) if left else math.inf
            low, high = _around(remaining, greenwood, far)
            steps.append(Step(day, watched, ends[day], remaining, low, high))
        watched -= leaves[day]
    return Curve(
        n=number,
        closed=sum(ends.values()),
        steps=tuple(steps),
        median=_first(steps, (step.remaining for step in steps)),
        median_low=_first(steps, (step.low for step in steps)),
        median_high=_first(steps, (step.high for step in steps)),
        last_day=max(leaves, default=0),
    )


def _around(remaining: float, greenwood: float, far: float) -> tuple[float, float]:
    if remaining <= 0:
        return 0.0, 0.0
    reach = far * math.sqrt(greenwood) / abs(math.log(remaining))
    if reach > 700:  # no more than nothing is known, and exp would say so less kindly
        return 0.0, 1.0
    return remaining ** math.exp(reach), remaining ** math.exp(-reach)


def _first(steps: Sequence[Step], shares: Iterable[float]) -> int | None:
    # A hair above one half: 0.7 * 5 / 7 is a half in words and not in binary.
    return next((step.day for step, share in zip(steps, shares, strict=True) if share <= 0.5 + 1e-12), None)
