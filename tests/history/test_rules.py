"""Values of the past have bounds, periods lose no visit, and a mapping says what it means or is refused."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from compliance.history import mapping as mappings
from compliance.history import rules
from compliance.shared.problems import Problem

WHOLE = some.integers(0, 500)
DAYS = some.dictionaries(
    some.dates(date(2000, 1, 1), date(2030, 12, 31)), some.tuples(WHOLE, WHOLE, WHOLE, some.integers(0, 10**9))
)


@pytest.mark.parametrize(("text", "found"), [("87", 87000), ("87.5", 87500), ("0", 0), (" 100 ", 100000)])
def test_a_score_is_kept_in_thousandths(text: str, found: int) -> None:
    assert rules.thousandths(text, Decimal(0), Decimal(100)) == found


@pytest.mark.parametrize("text", ["", "A", "101", "-1", "8.1234", "1e2", "nan", "9" * 20])
def test_what_is_no_score_of_the_scale_is_refused(text: str) -> None:
    with pytest.raises(rules.Unreadable):
        rules.thousandths(text, Decimal(0), Decimal(100))


@pytest.mark.parametrize(("text", "found"), [("1,234.50", 123450), ("¥20", 2000), ("20元", 2000), ("$0.5", 50)])
def test_money_is_kept_in_hundredths(text: str, found: int) -> None:
    assert rules.hundredths(text) == found


@pytest.mark.parametrize("text", ["", "-5", "1.234", "five", "1,2,3"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(rules.Unreadable):
        rules.hundredths(text)


@given(DAYS, some.integers(1, 40))
def test_quarters_and_years_lose_no_visit(days: dict[date, tuple[int, int, int, int]], most: int) -> None:
    found = rules.fold_days(days, most)
    assert sum(one.visits for one in found) == sum(day[0] for day in days.values())
    assert sum(one.total for one in found) == sum(day[3] for day in days.values())
    assert [one.key for one in found] == sorted({one.key for one in found})
    assert len({"Q" in one.key for one in found}) <= 1, "quarters and years do not mix"


RIGHT = """
source: Older list
files:
  a.csv: {role: findings, columns: {No: workplace, Day: visited_on, What: [text, area]}}
"""


def test_a_heading_that_yaml_would_take_for_something_else_stays_what_it_is() -> None:
    found = mappings.from_file(RIGHT.encode())
    assert dict(found.files["a.csv"].columns)["No"] == ("workplace",)
    assert mappings.from_file(mappings.as_file(found).encode()) == found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("source: Older list", "source: ''"),
        ("role: findings", "role: other"),
        ("[text, area]", "[text, score]"),
        ("[text, area]}", "text}, split: {text: '('}"),
        ("[text, area]}", "text}, split: {text: '(?P<closed>x)'}"),
        ("files:", "unknown: 1\nfiles:"),
        ("files:", "scale: {lowest: 5, highest: 5}\nfiles:"),
        ("files:", "bands: [{lowest: 0, highest: 5, name: A}, {lowest: 5, highest: 9, name: B}]\nfiles:"),
    ],
    ids=range(8),
)
def test_a_mapping_that_is_not_right_is_refused(before: str, after: str) -> None:
    with pytest.raises(Problem):
        mappings.from_file(RIGHT.replace(before, after).encode())
