"""How well the risk score finds shortfalls, measured by random visits, and where it only confirms itself. Pure.

A random visit goes where the lot sends it, whatever the points are. So the share of shortfalls among random visits with
many points, beside that among all of them, says what the points are worth. Visits that were chosen by points cannot say
it: there is nothing to compare them with.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, log, sqrt
from typing import NamedTuple

Z = 1.959964
"""Of a 95% interval."""
FEWEST = 30
"""Random visits below which nothing is said about the score [proposal]."""
FEWEST_EACH = 8
"""So many visits with a shortfall, and so many without, are needed besides [proposal]."""
TOP = 1 / 3
"""The part of the workplaces with the most points that is looked at by itself."""
MOSTLY = 0.5
"""The share of its points above which a score is said to confirm itself [proposal]."""


class Trial(NamedTuple):
    """A random visit: the points that its workplace had at the draw, whether a shortfall was found, and for how many
    workplaces it stands (one by its chance).
    """

    points: int
    short: bool
    weight: float = 1.0


@dataclass(frozen=True)
class Figure:
    """A value with its 95% interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Quality:
    """What the random visits say about the score.

    ``rank``: how often, of two workplaces of which one has a shortfall, that one has more points (equal points count
    half): 0.5 is chance, 1 is perfect. ``lift``: how many times as often a shortfall is found in the third with the
    most points as everywhere. Both None where there are too few visits. They are about the workplaces that were left to
    the lot; ``whole`` is the rank over all of the frame, with the visits that were chosen by points, each for itself
    (they were chosen for certain). Without those a score that works looks weak: what it finds best is never left.
    """

    n: int
    short: int
    everywhere: float | None
    top: float | None
    rank: Figure | None
    lift: Figure | None
    whole: Figure | None = None

    @property
    def too_few(self) -> bool:
        """Whether the visits are too few to judge by."""
        return self.rank is None


class Caution(StrEnum):
    """What a reader of the score has to know."""

    chance = "chance"  # it is not shown to do better than the lot
    worse = "worse"  # it does worse than the lot
    echo = "echo"  # its points rest on where it sent somebody before
    untested = "untested"  # hardly a random visit was where it points to


def quality(trials: Sequence[Trial], chosen: Sequence[Trial] = ()) -> Quality:
    """What random visits say about the score, weighted by how many workplaces each stands for.

    ``chosen`` are the visits to those that were chosen by their points.
    """
    short = sum(one.short for one in trials)
    if len(trials) < FEWEST or min(short, len(trials) - short) < FEWEST_EACH:
        return Quality(len(trials), short, None, None, None, None)
    top = in_top(trials)
    whole = rank([*trials, *(one._replace(weight=1.0) for one in chosen)])
    return Quality(len(trials), short, share(trials), share(top), rank(trials), lift(trials, top), whole)


def share(trials: Iterable[Trial]) -> float:
    """The weighted share with a shortfall."""
    weight = found = 0.0
    for one in trials:
        weight += one.weight
        found += one.weight * one.short
    return found / weight if weight else 0.0


def in_top(trials: Sequence[Trial]) -> list[Trial]:
    """Those with the most points that make up a third of the weight; equal points are never told apart."""
    ordered = sorted(trials, key=lambda one: -one.points)
    wanted, so_far, least = TOP * sum(one.weight for one in trials), 0.0, 0
    for one in ordered:
        if so_far >= wanted:
            break
        so_far, least = so_far + one.weight, one.points
    return [one for one in ordered if one.points >= least]


def rank(trials: Sequence[Trial]) -> Figure:
    """The chance that a workplace with a shortfall has more points than one without (the area under the ROC curve).

    Interval by the structural components of DeLong, DeLong and Clarke-Pearson (1988) with the weights of the visits, on
    the logit scale so that it stays between 0 and 1. Needs visits of both kinds.
    """
    pairs = [(one.points, one.weight) for one in trials if one.short]
    others = [(one.points, one.weight) for one in trials if not one.short]
    above = _below(pairs, others)
    under = [1 - beats for beats in _below(others, pairs)]
    value = _mean(above, pairs)
    variance = _variance(above, pairs, value) + _variance(under, others, value)
    return _logit(value, sqrt(variance))


def _below(these: Sequence[tuple[int, float]], those: Sequence[tuple[int, float]]) -> list[float]:
    """For each of these, the weighted share of those with fewer points; equal ones count half."""
    total = sum(weight for _, weight in those)
    at: dict[int, float] = {}
    for points, weight in those:
        at[points] = at.get(points, 0.0) + weight
    below, so_far = {}, 0.0
    for points in sorted({*at, *(points for points, _ in these)}):
        here = at.get(points, 0.0)
        below[points] = (so_far + here / 2) / total
        so_far += here
    return [below[points] for points, _ in these]


def _mean(values: Sequence[float], of: Sequence[tuple[int, float]]) -> float:
    return sum(value * weight for value, (_, weight) in zip(values, of, strict=True)) / sum(weight for _, weight in of)


def _variance(values: Sequence[float], of: Sequence[tuple[int, float]], mean: float) -> float:
    total = sum(weight for _, weight in of)
    spread = sum((weight / total * (value - mean)) ** 2 for value, (_, weight) in zip(values, of, strict=True))
    return spread * len(of) / (len(of) - 1)


def _logit(value: float, error: float) -> Figure:
    if not 0 < value < 1:
        return Figure(value, value, value)
    step = Z * error / (value * (1 - value))
    middle = log(value / (1 - value))
    return Figure(value, *(1 / (1 + exp(-(middle + sign * step))) for sign in (-1, 1)))


def lift(trials: Sequence[Trial], top: Sequence[Trial]) -> Figure:
    """The share with a shortfall in the top third by that of all; interval by linearisation, on the log scale."""
    everywhere, there = share(trials), share(top)
    if not there:
        return Figure(0.0, 0.0, 1.0)
    weight, of_top, least = _weight(trials), _weight(top), min(one.points for one in top)
    spread = 0.0
    for one in trials:
        part = -one.weight * (one.short - everywhere) / (weight * everywhere)
        if one.points >= least:
            part += one.weight * (one.short - there) / (of_top * there)
        spread += part**2
    step = Z * sqrt(spread * len(trials) / (len(trials) - 1))
    value = there / everywhere
    return Figure(value, value * exp(-step), value * exp(step))


def _weight(trials: Iterable[Trial]) -> float:
    return sum(one.weight for one in trials)


@dataclass(frozen=True)
class Standing:
    """The register by its points today.

    ``members`` workplaces, ``least``: the fewest points of the third with the most; ``points``: all points of that
    third, ``chosen``: those of them that rest on visits that took place because of earlier results.
    """

    members: int
    least: int
    points: int
    chosen: float

    @property
    def echo(self) -> float | None:
        """The share of the top third's points that says in part: we looked there before."""
        return self.chosen / self.points if self.points else None


def standing(scored: Iterable[tuple[int, float]]) -> Standing:
    """From the points of each workplace, and how many of them rest on visits because of earlier results."""
    every = list(scored)
    least = least_of_top([number for number, _ in every])
    top = [one for one in every if one[0] >= least]
    return Standing(len(every), least, sum(number for number, _ in top), sum(chosen for _, chosen in top))


def least_of_top(points: Sequence[int]) -> int:
    """The fewest points of the third with the most; 0 without any."""
    return sorted(points, reverse=True)[-(-len(points) // 3) - 1] if points else 0


def warnings(found: Quality, register: Standing, trials: Sequence[Trial]) -> list[Caution]:
    """What has to be said beside the figures."""
    said = []
    if found.whole is not None and found.whole.low <= 0.5:
        said.append(Caution.worse if found.whole.high < 0.5 else Caution.chance)
    if register.echo is not None and register.echo > MOSTLY:
        said.append(Caution.echo)
    if register.members and sum(one.points >= register.least for one in trials) < FEWEST_EACH:
        said.append(Caution.untested)
    return said
