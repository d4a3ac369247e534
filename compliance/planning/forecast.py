"""What a plan buys, said before the draw: the strata to come, how sure a figure will be, and what to know about it."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from compliance.estimation import precision
from compliance.estimation.precision import Precision, Tried
from compliance.estimation.strata import Stratum
from compliance.planning import draw
from compliance.planning.draw import DrawnStratum
from compliance.planning.frames import Outline, Terms
from compliance.planning.settings import Shares
from compliance.planning.strata import Cell
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


def forecast(terms: Terms, outline: Outline, wanted: Shares) -> Forecast:
    """What to expect of a frame of which no more than the outline is known."""
    members = sum(outline.values())
    counts, certain = draw.rest(terms, outline)
    told, smallest = draw.formed(terms, counts, certain)
    plan = plan_of(told)
    random_visits, targeted = draw.numbers(terms, members)
    drawn = sum(one.drawn for one in told)
    chance = random.Random(members)  # noqa: S311 - a trial, not a draw: the page shows the same each time
    runs = max(20, min(_RUNS, _WORK // max(drawn, 1)))
    period = precision.precision(plan)
    return Forecast(
        frame_size=members,
        wanted=wanted,
        random=random_visits,
        targeted=targeted,
        strata=told,
        smallest=smallest,
        notices=_notices(terms, members, wanted, told, smallest, period),
        period=period,
        year=precision.precision(plan * PERIODS),
        tried=precision.tried(plan, chance, runs=runs),
        others=_others(terms, counts, certain),
    )


def plan_of(strata: Sequence[DrawnStratum]) -> list[Stratum]:
    """Strata of a draw as the estimate takes them."""
    return [
        Stratum(population=one.population, drawn=one.drawn, certain=one.certain, like=(one.sector, one.size))
        for one in strata
    ]


def _others(terms: Terms, counts: Mapping[Cell, int], certain: int) -> tuple[Other, ...]:
    found = []
    for number in OTHERS:
        if number < sum(counts.values()):
            told, _ = draw.formed(replace(terms, random=number), counts, certain)
            found.append(Other(number, precision.precision(plan_of(told))))
    return tuple(found)


def _notices(
    terms: Terms, members: int, wanted: Shares, told: Sequence[DrawnStratum], smallest: int, period: Precision
) -> tuple[Notice, ...]:
    random_visits = sum(one.drawn for one in told if one.route is Route.random)
    everybody = sum(one.drawn for one in told) == members
    found = {
        Notice.one_member: members == 1,
        Notice.everybody: everybody,
        Notice.above: wanted.random + wanted.targeted > members,
        Notice.merged: any(one.merged for one in told),
        Notice.coarser: smallest > terms.smallest,
        Notice.too_few: not period.speaks and random_visits > 0,
    }
    return tuple(notice for notice, holds in found.items() if holds)
