"""What signals open a sealed case: each reason alone, and what does not open one."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.referrals import indicators, rules
from compliance.referrals.rules import Opening, Signal, SourceKind, Strength

LAW = indicators.load()
NOW = datetime(2026, 9, 1, tzinfo=UTC)


def sign(number: int | None, source: str, strength: Strength = Strength.medium, *, zero: bool = False) -> Signal:
    return Signal(SourceKind.answer, number, strength, NOW, source, zero_tolerance=zero)


@pytest.mark.parametrize(
    ("why", "signals"),
    [
        (None, []),
        (None, [sign(10, "SAN01")]),
        (Opening.zero_tolerance, [sign(None, "SAF13", zero=True)]),
        (Opening.zero_tolerance, [sign(5, "PUN05", Strength.strong, zero=True)]),
        (Opening.strong, [sign(3, "PUN03", Strength.strong)]),
        # Threats weigh heavily beside debt, papers kept back, withheld wages or restricted movement.
        (None, [sign(6, "PUN07")]),
        (Opening.strong, [sign(6, "PUN07"), sign(9, "PUN14")]),
        (None, [sign(6, "PUN07"), sign(10, "SAN01")]),
        # Three indicators from three items, two of them signs of coercion from different items.
        (Opening.combination, [sign(1, "SAF13"), sign(8, "WAG02"), sign(10, "SAN01")]),
        (None, [sign(2, "WAG04"), sign(10, "SAN01"), sign(11, "WAG08")]),
        (None, [sign(8, "WAG02"), sign(10, "SAN01"), sign(11, "WAG08")]),
        (None, [sign(8, "WAG09"), sign(9, "WAG09"), sign(10, "SAN01")]),
        (None, [sign(8, "WAG09"), sign(9, "WAG09"), sign(10, "SAN01"), sign(11, "WAG08")]),
        (None, [sign(8, "WAG02"), sign(8, "WAG03"), sign(10, "SAN01"), sign(11, "WAG08")]),
        (Opening.combination, [sign(8, "WAG02"), sign(4, "PUN03"), sign(10, "SAN01"), sign(11, "WAG08")]),
    ],
)
def test_each_reason_opens_a_case_and_less_does_not(why: Opening | None, signals: list[Signal]) -> None:
    assert rules.opening(signals, LAW) is why


ANY = st.lists(
    st.builds(
        sign, st.sampled_from([None, *range(1, 12)]), st.sampled_from(["A", "B", "C", "D"]), st.sampled_from(Strength)
    ),
    max_size=8,
)


@given(ANY, ANY)
def test_more_signals_never_close_what_fewer_open(some: list[Signal], more: list[Signal]) -> None:
    if rules.opening(some, LAW) is not None:
        assert rules.opening(some + more, LAW) is not None


@given(ANY, st.randoms(use_true_random=False))
def test_their_order_decides_nothing(some: list[Signal], chance: object) -> None:
    mixed = list(some)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert rules.opening(mixed, LAW) is rules.opening(some, LAW)
