"""Honesty: do 95% intervals contain the truth in 95 of 100 programmes? Made-up associations whose truth is known.

Each programme makes members anew (sector, size, district, hidden risk, whether they have a shortfall, a score), lets a
risk score of some quality choose the targeted ones, draws the random ones by strata, lets visits be missed, refused or
come too late, and asks the product for its figure. A figure that the product declines to give is not counted for
coverage, but is counted in the share in which it spoke. Beside it stands what a plain average over all visits claims.

Strata and the number of visits in each are those of the product's own rules (``planning.strata``).

Two groups of scenarios. ``honest``: refusals, if any, do not depend on the truth. ``refusing``: 30% of those with a
shortfall refuse and 10% of the others (in one 60% and 30%); there the product has to widen or decline. Both enter
"honesty_coverage_pct" (all figures given, pooled) and "honesty_worst_pct" (the least covered scenario with at least 50
figures given); "honesty_honest_pct" and "honesty_refusing_pct" tell them apart. "honesty_spoken_pct" is the mean over
the honest scenarios of ordinary size (at least 300 members and 30 random visits, a figure of all members). Per
scenario, "trusting_pct" is what the interval would hold if refusals were taken to tell nothing.
"""

import json
import math
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

import numpy as np

from compliance.estimation.changes import difference
from compliance.estimation.rules import Silence, estimate
from compliance.estimation.strata import Stratum
from tests.bench.programmes import SCENARIOS, Array, Scenario, year_of

RUNS = 1_000
FEWEST_TOLD = 50


@dataclass
class Outcome:
    """What 1,000 programmes of a scenario gave."""

    scenario: Scenario
    runs: int = 0
    spoke: int = 0
    covered: int = 0
    plain: int = 0
    width: float = 0.0
    widened: int = 0
    trusting: int = 0
    """Intervals that would hold the truth if refusals were taken to tell nothing."""
    silences: dict[str, int] = field(default_factory=dict)

    @property
    def coverage(self) -> float:
        """Percent of the figures given."""
        return 100 * self.covered / self.spoke if self.spoke else math.nan


def main() -> int:
    """Try each scenario and print one JSON object a line."""
    runs = int(os.environ.get("BENCH_HONESTY_RUNS", RUNS))
    only = os.environ.get("BENCH_HONESTY_ONLY", "")
    outcomes = [run(each, runs, place) for place, each in enumerate(SCENARIOS) if only in each.name]
    for line in report(outcomes):
        print(json.dumps(line))
    return 0


def run(scenario: Scenario, runs: int, place: int = 0) -> Outcome:
    """So many programmes of one scenario, always the same."""
    outcome = Outcome(scenario)
    for number in range(runs):
        lots = np.random.default_rng((20261122, place, number))
        one = _programme(scenario, lots)
        outcome.runs += 1
        outcome.plain += _holds(one.plain, one.truth)
        if one.silent is not None:
            outcome.silences[one.silent.value] = outcome.silences.get(one.silent.value, 0) + 1
            continue
        outcome.spoke += 1
        outcome.widened += one.widened
        outcome.covered += _holds(one.given, one.truth)
        outcome.trusting += _holds(one.trusting, one.truth)
        outcome.width += (one.given[1] - one.given[0]) / 2 / scenario.scale.top * 100
    return outcome


def report(outcomes: list[Outcome]) -> Iterator[dict[str, object]]:
    """Per scenario, then overall."""
    for each in outcomes:
        yield {
            "name": "honesty_scenario_pct",
            "value": _round(each.coverage),
            "unit": "%",
            "n": each.spoke,
            "scenario": each.scenario.name,
            "spoken_pct": _round(100 * each.spoke / each.runs),
            "plain_pct": _round(100 * each.plain / each.runs),
            "trusting_pct": _round(100 * each.trusting / each.spoke if each.spoke else math.nan),
            "half_width_points": _round(each.width / each.spoke if each.spoke else math.nan),
            "widened_pct": _round(100 * each.widened / each.spoke if each.spoke else math.nan),
            "honest": each.scenario.honest,
            "ordinary": each.scenario.ordinary,
            "silences": each.silences,
        }
    told = [each for each in outcomes if each.spoke >= FEWEST_TOLD]
    honest = [each for each in outcomes if each.scenario.honest]
    refusing = [each for each in outcomes if not each.scenario.honest]
    ordinary = [each for each in outcomes if each.scenario.ordinary]
    for name, value, n in (
        ("honesty_coverage_pct", _pooled(outcomes), sum(each.spoke for each in outcomes)),
        ("honesty_honest_pct", _pooled(honest), sum(each.spoke for each in honest)),
        ("honesty_refusing_pct", _pooled(refusing), sum(each.spoke for each in refusing)),
        ("honesty_worst_pct", min((each.coverage for each in told), default=math.nan), len(told)),
        ("honesty_plain_pct", 100 * _mean([each.plain / each.runs for each in outcomes]), len(outcomes)),
        ("honesty_spoken_pct", 100 * _mean([each.spoke / each.runs for each in ordinary]), len(ordinary)),
        ("honesty_spoken_least_pct", min((100 * e.spoke / e.runs for e in ordinary), default=math.nan), len(ordinary)),
    ):
        yield {"name": name, "value": _round(value), "unit": "%", "n": n}


Interval = tuple[float, float]


@dataclass(frozen=True)
class Programme:
    """One programme: the truth, what the product says, and what others would say."""

    truth: float
    given: Interval
    silent: Silence | None
    widened: bool
    trusting: Interval
    plain: Interval


def _holds(interval: Interval, truth: float) -> bool:
    return interval[0] - 1e-9 <= truth <= interval[1] + 1e-9


def _programme(scenario: Scenario, lots: np.random.Generator) -> Programme:
    year = year_of(scenario, lots)
    if scenario.change is None:
        told = estimate(year.drawn, scenario.scale)
        trusting = estimate(_trusted(year.drawn), scenario.scale)
        return Programme(
            year.truth, (told.low, told.high), told.silent, told.widened, (trusting.low, trusting.high),
            _interval(float(year.values.mean()), _error(year.values)),
        )  # fmt: skip
    earlier = year_of(replace(scenario, level=scenario.level - scenario.change), lots)
    found = difference(estimate(year.drawn, scenario.scale), estimate(earlier.drawn, scenario.scale))
    trusted = difference(
        estimate(_trusted(year.drawn), scenario.scale), estimate(_trusted(earlier.drawn), scenario.scale)
    )
    gap = float(year.values.mean() - earlier.values.mean())
    error = math.hypot(_error(year.values), _error(earlier.values))
    return Programme(
        year.truth - earlier.truth, (found.low, found.high), found.silent, found.widened, (trusted.low, trusted.high),
        _interval(gap, error),
    )  # fmt: skip


def _trusted(drawn: list[Stratum]) -> list[Stratum]:
    """As if who refused had been missed by chance."""
    return [replace(each, refused=0) for each in drawn]


def _interval(middle: float, error: float) -> Interval:
    """What a plain average claims: 1.96 standard errors to both sides, as spreadsheets do it."""
    return middle - 1.96 * error, middle + 1.96 * error


def _error(values: Array) -> float:
    return float(values.std(ddof=1)) / math.sqrt(len(values)) if len(values) > 1 else math.inf


def _pooled(outcomes: list[Outcome]) -> float:
    spoke = sum(each.spoke for each in outcomes)
    return 100 * sum(each.covered for each in outcomes) / spoke if spoke else math.nan


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else math.nan


def _round(value: float) -> float | None:
    return None if math.isnan(value) else float(Decimal(str(round(value, 1))))


if __name__ == "__main__":
    sys.exit(main())
