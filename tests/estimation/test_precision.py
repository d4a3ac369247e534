"""What a number of visits buys, said before the draw."""

import random

import pytest

from compliance.estimation.precision import precision, tried
from compliance.estimation.strata import Stratum


def plan(randomly: int) -> list[Stratum]:
    """300 members, 40 of them chosen by risk."""
    return [Stratum(40, 40, certain=True), Stratum(260, randomly)]


@pytest.mark.parametrize(("randomly", "points"), [(30, 13), (45, 10), (70, 8)])
def test_random_visits_buy_the_precision_of_the_domain_facts(randomly: int, points: int) -> None:
    formula = precision(plan(randomly))
    trial = tried(plan(randomly), random.Random(1), runs=150)

    assert formula.speaks and formula.visits == 40 + randomly
    assert round(100 * formula.half_width) == points
    assert trial.half_width == pytest.approx(formula.half_width, abs=0.01)
    assert trial.least <= trial.half_width <= trial.most
    assert trial.spoke == 1 and trial.covered > 0.9


def test_too_few_visits_buy_no_figure() -> None:
    few, none = precision(plan(5)), precision(plan(0))

    assert not few.speaks and not none.speaks
    assert few.half_width > 0.2
    assert tried(plan(5), random.Random(1), runs=20).spoke == 0


def test_nothing_to_draw_from_buys_nothing() -> None:
    assert precision([]) == precision([Stratum(0, 0)])
    assert not precision([]).speaks
    assert tried([], random.Random(1), runs=3).spoke == 0


def test_visiting_everybody_leaves_no_doubt() -> None:
    found = precision([Stratum(30, 30)])

    assert (found.half_width, found.speaks) == (0, True)


def test_more_visits_never_buy_less() -> None:
    halves = [precision(plan(randomly)).half_width for randomly in range(8, 260, 7)]

    assert halves == sorted(halves, reverse=True)
