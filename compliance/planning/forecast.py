"""What a plan buys, said before the draw: the strata to come, how sure a figure will be, and what to know about it."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from compliance.estimation import precision
from compliance.estimation.precision import Precision, Tried
from compliance.estimation.strata import Stratum
from compliance.planning import draw
from compliance.planning.draw import DrawnStratum
from compliance.planning.frames import Frame
from compliance.planning.settings import Shares
from compliance.visits.states import Route

PERIODS = 4
"""So many periods like this one make the rolling year."""
OTHERS = (8, 15, 30, 45, 70, 100, 150, 300, 600, 1200)
_RUNS, _WORK = 200, 60_000


class Notice(StrEnum):
    """What a coordinator should know about a plan."""

    one_member = "one_member"
    everybody = "everybody"
    above = "above"
    merged = "merged"
    coarser = "coarser"
    too_few = "too_few"


@dataclass(frozen=True)
class Other:
    """The same frame with another number of random visits."""

    random: int
    found: Precision


@dataclass(frozen=True)
class Forecast:
    """A plan, looked at before anything is drawn."""

    frame_size: int
    wanted: Shares
    random: int
    """Random visits that the frame bears."""
    targeted: int
    strata: tuple[DrawnStratum, ...]
    smallest: int
    notices: tuple[Notice, ...]
    period: Precision
    year: Precision
    tried: Tried
    others: tuple[Other, ...]

    @property
    def merged(self) -> int:
        """How many strata were put together from several."""
        return sum(bool(one.merged) for one in self.strata)


def forecast(frame: Frame, wanted: Shares) -> Forecast:
    """What to expect of a frame."""
    told, smallest = draw.expected(frame)
    plan = plan_of(told)
    random_visits, targeted = draw.numbers(frame)
    drawn = sum(one.drawn for one in told)
    chance = random.Random(len(frame.members))  # noqa: S311 - a trial, not a draw: the page shows the same each time
    runs = max(20, min(_RUNS, _WORK // max(drawn, 1)))
    period = precision.precision(plan)
    return Forecast(
        frame_size=len(frame.members),
        wanted=wanted,
        random=random_visits,
        targeted=targeted,
        strata=told,
        smallest=smallest,
        notices=_notices(frame, wanted, told, smallest, period),
        period=period,
        year=precision.precision(plan * PERIODS),
        tried=precision.tried(plan, chance, runs=runs),
        others=_others(frame),
    )


def plan_of(strata: Sequence[DrawnStratum]) -> list[Stratum]:
    """Strata of a draw as the estimate takes them."""
    return [
        Stratum(population=one.population, drawn=one.drawn, certain=one.certain, like=(one.sector, one.size))
        for one in strata
    ]


def _others(frame: Frame) -> tuple[Other, ...]:
    # With many members the classes are counted for each number anew: only those near the plan are worth it.
    rest = len(frame.members) - draw.numbers(frame)[1]
    near = [n for n in OTHERS if n < rest]
    if len(frame.members) > 5000:
        near = [n for n in near if frame.terms.random / 4 < n < frame.terms.random * 4]
    found = []
    for number in near:
        told, _ = draw.expected(replace(frame, terms=replace(frame.terms, random=number)))
        found.append(Other(number, precision.precision(plan_of(told))))
    return tuple(found)


def _notices(
    frame: Frame, wanted: Shares, told: Sequence[DrawnStratum], smallest: int, period: Precision
) -> tuple[Notice, ...]:
    members = len(frame.members)
    random_visits = sum(one.drawn for one in told if one.route is Route.random)
    everybody = sum(one.drawn for one in told) == members
    found = {
        Notice.one_member: members == 1,
        Notice.everybody: everybody,
        Notice.above: wanted.random + wanted.targeted > members,
        Notice.merged: any(one.merged for one in told),
        Notice.coarser: smallest > frame.terms.smallest,
        Notice.too_few: not period.speaks and random_visits > 0,
    }
    return tuple(notice for notice, holds in found.items() if holds)
