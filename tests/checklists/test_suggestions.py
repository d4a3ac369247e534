"""Numbers that suggest an answer."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.checklists.rules import Checklist, Item, Quantity, Suggestion, Text
from compliance.checklists.suggestions import RULES, seats_for_men, seats_for_women, suggest
from tests.checklists.small import files, sound

SEATS = {"men": "m", "women": "w", "seats_men": "sm", "seats_women": "sw"}


def with_rule(rule: str, parameters: dict[str, str], *names: str) -> Item:
    quantities = tuple(Quantity(n, Text(n, n), Text("", ""), Decimal(0), Decimal(1000)) for n in names)
    item = sound(files()).item("WAG01")
    return replace(item, quantities=quantities, suggestion=Suggestion(rule, parameters))


@pytest.mark.parametrize(
    ("rule", "limit", "value", "verdict"),
    [
        ("at_most", "36", "36", "compliant"),
        ("at_most", "36", "37", "non_compliant"),
        ("at_least", "2", "2", "compliant"),
        ("at_least", "2", "1", "non_compliant"),
        ("zero", "", "0", "compliant"),
        ("zero", "", "1", "non_compliant"),
    ],
)
def test_limits_belong_to_the_good_side(rule: str, limit: str, value: str, verdict: str) -> None:
    item = with_rule(rule, {"quantity": "n", "limit": limit}, "n")
    suggested = suggest(item, {"n": Decimal(value)})
    assert suggested is not None
    assert suggested.verdict == verdict
    assert suggested.reason.en
    assert suggested.reason.zh


@pytest.mark.parametrize(
    ("men", "women", "seats_men", "seats_women", "verdict"),
    [
        (0, 0, 0, 0, "compliant"),
        (25, 15, 1, 1, "compliant"),
        (26, 15, 1, 1, "partial"),
        (26, 16, 1, 1, "non_compliant"),
        (100, 100, 4, 7, "compliant"),
        (101, 131, 5, 9, "compliant"),
        (101, 131, 5, 8, "partial"),
        (10, 10, 1, 0, "non_compliant"),
    ],
)
def test_toilets_by_the_standard(men: int, women: int, seats_men: int, seats_women: int, verdict: str) -> None:
    numbers = {"m": men, "w": women, "sm": seats_men, "sw": seats_women}
    suggested = suggest(with_rule("toilets", SEATS, *SEATS.values()), {k: Decimal(v) for k, v in numbers.items()})
    assert suggested is not None
    assert suggested.verdict == verdict


@given(st.integers(0, 5000))
def test_more_people_never_need_fewer_seats(people: int) -> None:
    for seats in (seats_for_men, seats_for_women):
        assert 0 <= seats(Decimal(people)) <= seats(Decimal(people + 1)) <= people + 1
    assert seats_for_women(Decimal(people)) >= seats_for_men(Decimal(people))


def test_nothing_is_suggested_without_all_numbers_or_beyond_their_range() -> None:
    item = with_rule("toilets", SEATS, *SEATS.values())
    assert suggest(item, {"m": Decimal(1)}) is None
    assert suggest(with_rule("zero", {"quantity": "n"}, "n"), {"n": Decimal(-1)}) is None
    assert suggest(with_rule("zero", {"quantity": "n"}, "n"), {"n": Decimal("0.5")}) is None
    assert suggest(sound(files()).item("WAG01"), {}) is None


def test_every_shipped_rule_suggests_something_for_the_least_numbers(shipped: Checklist) -> None:
    with_rules = [item for item in shipped.items if item.suggestion]
    assert with_rules
    for item in with_rules:
        assert item.suggestion
        assert item.suggestion.rule in RULES
        assert suggest(item, {quantity.id: quantity.minimum for quantity in item.quantities}) is not None
