"""Which lines of a payroll are taken, and what the sample says of everybody."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.estimation.totals import Silence
from compliance.wages import records, sampling
from compliance.wages.records import Sheet
from compliance.wages.rules import Workplace, reckon
from tests.wages.test_rules import RATES, TODAY
from tests.wages.test_store import edition, row

groups = st.dictionaries(st.text("abc", min_size=1, max_size=2), st.integers(0, 400), max_size=4)


@given(groups, st.integers(0, 40))
def test_lines_are_those_of_the_payroll_enough_of_them_and_always_the_same(there: dict[str, int], asked: int) -> None:
    parts = sampling.propose(there, asked, "visit")
    assert parts == sampling.propose(there, asked, "visit")
    whole = sum(there.values())
    assert sum(len(part.lines) for part in parts) >= min(whole, max(2 * asked, 8))
    for part in parts:
        assert part.workers == there[part.group]
        assert len(set(part.lines)) == len(part.lines) and set(part.lines) <= set(range(1, part.workers + 1))
        assert len(part.lines) >= min(2, part.workers)


def test_another_visit_draws_other_lines() -> None:
    assert sampling.propose({"": 200}, 15, "one") != sampling.propose({"": 200}, 15, "other")


def sheet(shortfalls: list[str], **said: Any) -> Sheet:
    """Workers of whom each was paid so much less than agreed."""
    rows = [
        row(f"W{at}", hours={"normal": "174"}, deductions={}, pay={"base": str(Decimal("2613.57") - Decimal(less))})
        for at, less in enumerate(shortfalls, 1)
    ]
    return records.together([records.read(edition(*rows, **said))])


def whole(of: Sheet) -> sampling.Whole:
    return sampling.whole(of, [reckon(one.record, Workplace("530102"), RATES, TODAY) for one in of.rows])


SEWING = {"groups": [{"group": "sewing", "workers": 40}]}


def test_the_sample_is_exact_and_the_whole_an_estimate_between_two_ends() -> None:
    found = whole(sheet(["10.01", "20.02", "0", "0", "30.03", "0", "5", "15"], **SEWING))
    assert found.exact == Decimal("80.06") and found.estimate is not None
    assert found.estimate.value == pytest.approx(80.06 / 8 * 40)
    assert 80.06 <= found.estimate.low < found.estimate.value < found.estimate.high


def test_where_everybody_was_drawn_there_is_nothing_to_estimate() -> None:
    found = whole(sheet(["10.01", "0"], groups=[{"group": "sewing", "workers": 2}]))
    assert found.estimate is not None and found.estimate.low == found.estimate.high == pytest.approx(10.01)


@pytest.mark.parametrize(
    ("said", "silent"),
    [
        ({}, None),
        ({"groups": [{"group": "sewing", "workers": 1}]}, None),
        ({"groups": [{"group": "packing", "workers": 40}]}, None),
        (SEWING, Silence.too_few),
        ({"groups": [*SEWING["groups"], {"group": "packing", "workers": 9}]}, Silence.too_few),
    ],
)
def test_what_cannot_be_estimated_is_not(said: dict[str, Any], silent: Silence | None) -> None:
    estimate = whole(sheet(["10", "0", "0"], **said)).estimate
    assert (estimate and estimate.silent) == silent


@given(st.lists(st.decimals(0, 900, places=2), min_size=8, max_size=12), st.integers(12, 500))
def test_the_estimate_never_says_less_than_is_certain(less: list[Decimal], workers: int) -> None:
    found = whole(sheet([str(one) for one in less], groups=[{"group": "sewing", "workers": workers}]))
    assert found.exact == sum(less, Decimal(0))
    if found.estimate is not None and found.estimate.silent is None:
        assert found.estimate.low >= float(found.exact) - 0.005 and found.estimate.high >= found.estimate.low
