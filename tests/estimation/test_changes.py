"""Differences between two figures, and a list of changes that does not cry wolf."""

import math

import numpy as np
import pytest

from compliance.estimation.changes import changed, difference
from compliance.estimation.rules import Estimate, Silence, estimate
from compliance.estimation.strata import Scale, Stratum, Sums
from tests.soak import examples


def share(having: int, of: int, population: int = 400, refused: int = 0) -> Estimate:
    """From one stratum."""
    return estimate([Stratum(population, of + refused, of, refused, sums=Sums.count(of, having))], Scale.share)


def test_a_difference_has_an_interval_of_its_own() -> None:
    found = difference(share(12, 80), share(40, 80))

    assert found.value == pytest.approx(12 / 80 - 0.5)
    assert (round(found.low, 2), round(found.high, 2)) == (-0.46, -0.22)
    assert found.chance < 1e-4


def test_no_difference_is_a_matter_of_chance() -> None:
    found = difference(share(20, 80), share(20, 80))

    assert found.value == 0
    assert found.low == pytest.approx(-found.high)
    assert found.chance == 1


def test_the_chance_fits_the_interval() -> None:
    """Where the interval just touches none, the chance is just 5%."""
    found = difference(share(20, 80), share(31, 80))
    low, high = found.bounds(1 - found.chance)

    assert min(abs(low), abs(high)) == pytest.approx(0, abs=1e-3)
    assert (found.chance < 0.05) == (found.high < 0)


def test_a_difference_is_silent_where_either_figure_is() -> None:
    speaks, silent = share(20, 80), share(1, 4)

    for found in (difference(speaks, silent), difference(silent, speaks)):
        assert found.silent is Silence.too_few
        assert math.isnan(found.value) and math.isnan(found.low) and found.chance == 1


def test_a_share_and_a_score_are_not_compared() -> None:
    with pytest.raises(ValueError, match="no difference"):
        difference(share(20, 80), estimate([], Scale.score))


def test_refusals_on_one_side_widen_the_difference() -> None:
    plain, widened = difference(share(20, 80), share(40, 80)), difference(share(20, 80, refused=8), share(40, 80))

    assert widened.widened and not plain.widened
    assert widened.low < plain.low and widened.high > plain.high


def test_between_two_full_counts_every_difference_is_certain() -> None:
    found = difference(share(10, 40, 40), share(11, 40, 40))

    assert (found.low, found.high) == pytest.approx((-0.025, -0.025))
    assert changed([found]) == (True,)


def test_one_difference_among_many_has_to_be_larger_to_stand() -> None:
    moved = difference(share(20, 80), share(34, 80))
    none = difference(share(20, 80), share(21, 80))

    assert moved.high < 0
    assert changed([moved]) == (True,)
    assert changed([moved] + [none] * 19) == (False,) * 20


def test_a_silent_difference_does_not_count_among_those_compared() -> None:
    moved = difference(share(20, 80), share(34, 80))
    silent = difference(share(20, 80), share(1, 4))

    assert changed([silent] * 19 + [moved]) == (False,) * 19 + (True,)
    assert changed([]) == ()


def test_where_nothing_changed_the_list_stays_empty_in_19_of_20() -> None:
    """Twenty groups that stay as they are, seen in two years, 400 times over: how often is any of them named?"""
    runs = examples(400)
    lots = np.random.default_rng(20261122)
    cried = 0
    for _ in range(runs):
        levels = lots.uniform(0.03, 0.6, 20)
        found = []
        for level in levels:
            population = int(lots.integers(80, 400))
            having = round(level * population)
            seen = lots.hypergeometric(having, population - having, 40, 2)
            found.append(difference(*(share(int(each), 40, population) for each in seen)))
        cried += any(changed(found))

    # At most 5%: with 400 runs, a true 5% would be above 7.5% once in a hundred times.
    assert cried / runs <= (0.075 if runs == 400 else 0.055)


def test_scores_that_do_not_change_are_not_named_either() -> None:
    runs = examples(150)
    lots = np.random.default_rng(7)
    cried = 0
    for _ in range(runs):
        found = []
        for _group in range(8):
            everybody = np.rint(10 * np.clip(lots.normal(75, 15, 200), 0, 100)).astype(int)
            years = []
            for _year in range(2):
                seen = lots.choice(everybody, 25, replace=False)
                sums = Sums.tenths(25, int(seen.sum()), int((seen * seen).sum()))
                years.append(estimate([Stratum(200, 25, 25, sums=sums)], Scale.score))
            found.append(difference(*years))
        cried += any(changed(found))

    assert cried / runs <= 0.08
