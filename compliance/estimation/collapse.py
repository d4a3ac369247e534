"""Strata of which nothing is known yet: they are counted with the one most like them, or the figure is not given.

The rule. A stratum that has members and no visit of known end (all missed, or all still to come) is merged with that
stratum of the same draw route that shares most leading words of ``Stratum.like`` with it (sector, then size, then
period); between equals, with the one of nearest population. Their populations and draws add up. What was seen plays no
part in the choice, since a choice by results would bend the result. Where more than a tenth of the population would be
counted in this way, no figure is given: what is said of the merged part rests on likeness alone.

A stratum with a single visit keeps its own weight. It cannot show how much its members differ, so its spread is that of
all strata together (``intervals``), which is the cautious side, since strata differ from each other too.
"""

from collections.abc import Sequence
from dataclasses import replace

from compliance.estimation.strata import Stratum

MOST = 0.10
"""Up to which share of the population strata without any visit are counted with others [proposal]."""


def collapse(strata: Sequence[Stratum]) -> tuple[tuple[Stratum, ...], int, float]:
    """The strata with the empty ones merged, how many were, and which share of the population they are."""
    full = [each for each in strata if each.answered]
    empty = [each for each in strata if not each.answered and each.resolved < each.population]
    population = sum(each.population for each in strata)
    share = sum(each.population for each in empty) / population if population else 0.0
    merged = dict(enumerate(full))
    alike = _by_beginning(full) if empty else {}
    for lone in sorted(empty, key=lambda each: (each.like, each.population, each.drawn, each.gone)):
        longest = range(len(lone.like), -1, -1)
        fitting = next((found for shared in longest if (found := alike.get((lone.certain, lone.like[:shared])))), None)
        if not fitting:
            return tuple(full), len(empty), 1.0
        place = min(fitting, key=lambda place: _distance(lone, full[place]))
        merged[place] = _together(merged[place], lone)
    return tuple(merged.values()), len(empty), share


def _by_beginning(full: Sequence[Stratum]) -> dict[tuple[bool, tuple[str, ...]], list[int]]:
    """The places of the strata of each route that begin with the same words, for every number of leading words."""
    found: dict[tuple[bool, tuple[str, ...]], list[int]] = {}
    for place, each in enumerate(full):
        for shared in range(len(each.like) + 1):
            found.setdefault((each.certain, each.like[:shared]), []).append(place)
    return found


def _together(into: Stratum, lone: Stratum) -> Stratum:
    return replace(
        into,
        population=into.population + lone.population,
        drawn=into.drawn + lone.drawn,
        gone=into.gone + lone.gone,
    )


def _distance(lone: Stratum, other: Stratum) -> tuple[object, ...]:
    """Among those that share equally many words."""
    sums = other.sums
    # The last words only make the choice the same in whatever order strata are given.
    return (
        abs(lone.population - other.population),
        other.like,
        other.population,
        other.drawn,
        other.resolved,
        sums.n,
        sums.total,
    )
