"""A figure of one month of a quarter's draw knows that it met a part of the drawn only."""

from uuid import UUID

import pytest

from compliance.estimation.rules import estimate
from compliance.estimation.strata import Scale, Sums
from compliance.trends.cells import Frame

ALL_OF_A_QUARTER = Frame(
    UUID(int=1), UUID(int=2), 202607, 202609, "C18/small", "C18", "small", "", "random", False, 60, 60, 60, 0, 0
)
"""Sixty workplaces, all of them drawn and visited from July to September."""


@pytest.mark.parametrize("months", [(202607, 202609), (202601, 202612)])
def test_all_of_the_quarter_is_certain(months: tuple[int, int]) -> None:
    figure = estimate([ALL_OF_A_QUARTER.stratum(Sums.count(60, 15), 0, months)], Scale.share)

    assert figure.low == figure.value == figure.high == 0.25


@pytest.mark.parametrize("months", [(202607, 202607), (202607, 202608), (202609, 202612)])
def test_a_part_of_it_is_not(months: tuple[int, int]) -> None:
    figure = estimate([ALL_OF_A_QUARTER.stratum(Sums.count(40, 10), 0, months)], Scale.share)

    assert figure.value == 0.25
    assert figure.high - figure.low > 0.2
