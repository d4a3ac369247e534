"""How shares are written: never more than there is."""

from decimal import Decimal

import pytest

from compliance.shared.words import part, reached


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (Decimal("0.796"), "79%"),
        (Decimal("0.8"), "80%"),
        (0.29, "29%"),
        (Decimal("0.999"), "99%"),
        (Decimal(1), "100%"),
        (Decimal("0.004"), "<1%"),
        (Decimal(0), "0%"),
    ],
)
def test_what_falls_short_of_a_limit_never_reads_as_the_limit(share: Decimal | float, shown: str) -> None:
    assert reached(share) == shown


@pytest.mark.parametrize(
    ("share", "shown"),
    [(2 / 3, "67%"), (0.945, "95%"), (0.9999, ">99%"), (1.0, "100%"), (0.0001, "<1%"), (0.0, "0%")],
)
def test_only_all_is_everything_and_only_nothing_is_nothing(share: float, shown: str) -> None:
    assert part(share) == shown
