"""The worked examples of the domain facts (6.4), and what is exact."""

import math
from decimal import Decimal

import pytest

from compliance.estimation.intervals import weigh
from compliance.estimation.rules import estimate
from compliance.estimation.strata import Scale, Stratum, Sums

F1 = (
    Stratum(4, 4, 4, sums=Sums.count(4, 3), certain=True),
    Stratum(16, 4, 4, sums=Sums.count(4, 1)),
)
"""20 members; 4 taken for sure with y = 1, 1, 1, 0; 4 of the other 16 at random with y = 1, 0, 0, 0."""


def f2(certain: int, half: int, quarter: int) -> tuple[Stratum, ...]:
    """Two visits at each of three probabilities, 1, 1/2 and 1/4, and how many of each have it."""
    return (
        Stratum(2, 2, 2, sums=Sums.count(2, certain), certain=True),
        Stratum(4, 2, 2, sums=Sums.count(2, half)),
        Stratum(8, 2, 2, sums=Sums.count(2, quarter)),
    )


def test_the_first_example_is_weighted_as_by_hand() -> None:
    found = weigh(F1, Scale.share)

    assert found is not None
    assert found.mean == pytest.approx(0.350)
    assert found.mean * 20 == pytest.approx(7.0)
    assert found.variance * 20**2 == pytest.approx(12.0)
    assert math.sqrt(found.variance) == pytest.approx(0.1732, abs=1e-4)


def test_the_second_example_is_weighted_as_by_hand() -> None:
    found = weigh(f2(2, 1, 0), Scale.share)

    assert found is not None
    assert found.mean == pytest.approx(0.2857, abs=1e-4)
    assert found.size == pytest.approx(14)
    assert found.kish == pytest.approx(4.667, abs=1e-3)


def test_the_second_example_with_one_of_each_is_one_half() -> None:
    found = weigh(f2(1, 1, 1), Scale.share)

    assert found is not None
    assert found.mean == pytest.approx(0.5)


def test_a_domain_is_a_ratio_of_weighted_sums() -> None:
    """Half of 10 members are visited and a third of 30; 2 and 4 of the visited are in the domain."""
    found = weigh((Stratum(10, 5, 5, sums=Sums.count(2, 2)), Stratum(30, 10, 10, sums=Sums.count(4, 1))), Scale.share)

    assert found is not None
    assert found.size == pytest.approx(2 * 2 + 4 * 3)
    assert found.mean == pytest.approx((2 * 2 + 1 * 3) / (2 * 2 + 4 * 3))
    # By hand: residuals y - 7/16 in the domain and 0 outside, N^2 (1 - f) s^2 / n in each stratum.
    r, q = 1 - 7 / 16, -7 / 16
    first = 10**2 * (1 - 5 / 10) * (2 * r**2 - (2 * r) ** 2 / 5) / 4 / 5
    second = 30**2 * (1 - 10 / 30) * (r**2 + 3 * q**2 - (r + 3 * q) ** 2 / 10) / 9 / 10
    assert found.variance == pytest.approx((first + second) / 16**2)


def test_sums_in_tenths_are_points() -> None:
    assert Sums.tenths(2, 875 + 900, 875**2 + 900**2) == Sums().of(Decimal("87.5")).of(Decimal("90.0"))


def test_the_weights_of_the_missed_go_to_the_visited_of_their_stratum() -> None:
    all_came = weigh(
        (Stratum(100, 20, 20, sums=Sums.count(20, 5)), Stratum(50, 5, 5, sums=Sums.count(5, 5))), Scale.share
    )
    some_missed = weigh(
        (Stratum(100, 40, 20, sums=Sums.count(20, 5)), Stratum(50, 9, 5, sums=Sums.count(5, 5))), Scale.share
    )

    assert all_came is not None
    assert some_missed == all_came


def test_those_who_are_gone_say_how_many_more_are() -> None:
    """Of 100 in the frame 20 are drawn, and 5 of them no longer exist: so do some 25 of all."""
    found = weigh((Stratum(100, 20, 15, gone=5, sums=Sums.count(15, 6)),), Scale.share)

    assert found is not None
    assert found.size == pytest.approx(75)
    assert found.mean == pytest.approx(0.4)


def test_periods_are_averaged_by_their_size() -> None:
    figure = estimate(
        (Stratum(100, 30, 30, sums=Sums.count(30, 15)), Stratum(300, 60, 60, sums=Sums.count(60, 12))), Scale.share
    )

    assert figure.value == pytest.approx((100 * 0.5 + 300 * 0.2) / 400)


@pytest.mark.parametrize(
    ("broken", "of_what"),
    [
        ({"population": 3, "drawn": 4}, "drawn"),
        ({"population": 9, "drawn": 4, "visited": 3, "refused": 2}, "drawn"),
        ({"population": 9, "drawn": 4, "visited": 3, "sums": Sums(4, 1, 1)}, "completed"),
        ({"population": 9, "drawn": 4, "refused": 1, "refused_inside": 2}, "refused"),
        ({"population": -1, "drawn": 0}, "below zero"),
    ],
)
def test_a_stratum_that_cannot_be_is_refused(broken: dict[str, int], of_what: str) -> None:
    with pytest.raises(ValueError, match=of_what):
        Stratum(**broken)  # type: ignore[arg-type]
