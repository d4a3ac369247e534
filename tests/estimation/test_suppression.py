"""Small cells are hidden so that a reader who subtracts learns nothing. The reader here is a linear programme."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from compliance.estimation.suppression import Hidden, suppress, suppress_list
from tests.soak import examples

MINIMUM = 5


def worked_out(counts: list[list[int]], hidden: Hidden, row: int, column: int) -> tuple[float, float]:
    """The least and the greatest that a hidden count can be, for who knows all that is shown and that zeros are."""
    height, width = len(counts), len(counts[0])
    unknown = height * width
    known_left, known_right = [], []

    def told(places: list[tuple[int, int]], total: int) -> None:
        line = np.zeros(unknown)
        for r, c in places:
            line[r * width + c] = 1
        known_left.append(line)
        known_right.append(total)

    everywhere = [(r, c) for r in range(height) for c in range(width)]
    for r, c in everywhere:
        if not hidden.cells[r][c]:
            told([(r, c)], counts[r][c])
    for r in range(height):
        if not hidden.rows[r]:
            told([(r, c) for c in range(width)], sum(counts[r]))
    for c in range(width):
        if not hidden.columns[c]:
            told([(r, c) for r in range(height)], sum(line[c] for line in counts))
    if not hidden.total:
        told(everywhere, sum(map(sum, counts)))
    wanted = np.zeros(unknown)
    wanted[row * width + column] = 1
    limits = [(1 if hidden.cells[r][c] else 0, 10_000) for r, c in everywhere]
    ends = []
    for sign in (1, -1):
        answer = linprog(
            sign * wanted,
            A_eq=np.array(known_left) if known_left else None,
            b_eq=known_right or None,
            bounds=limits,
        )
        assert answer.status == 0
        ends.append(sign * answer.fun)
    return ends[0], ends[1]


def test_a_table_without_small_counts_is_shown_whole() -> None:
    assert not suppress([[5, 0, 8], [20, 7, 0]]).any
    assert not suppress([]).any


def test_a_single_small_count_takes_others_with_it() -> None:
    hidden = suppress([[3, 10, 20], [40, 50, 60], [70, 80, 90]])

    assert hidden.cells[0][0]
    assert sum(map(sum, hidden.cells)) == 4
    assert not any(hidden.rows) and not any(hidden.columns) and not hidden.total


def test_in_a_list_the_smallest_other_is_hidden_too() -> None:
    assert suppress_list([3, 30, 20, 0, 40]) == ((True, False, True, False, False), False)


def test_two_small_ones_of_which_the_sum_is_known_are_not_enough() -> None:
    """1 + 1 = 2 could be nothing else, since zeros are shown."""
    hidden, total = suppress_list([1, 1, 9, 40])

    assert hidden[:3] == (True, True, True) and not hidden[3] and not total


def test_a_small_association_shows_not_even_its_total() -> None:
    assert suppress_list([2]) == ((True,), True)
    assert suppress_list([2, 1]) == ((True, True), True)
    assert suppress_list([0, 0]) == ((False, False), False)


def test_tables_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="equal length"):
        suppress([[1, 2], [3]])
    with pytest.raises(ValueError, match="below zero"):
        suppress([[-1]])


TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.one_of(st.integers(0, 9), st.integers(0, 60)), min_size=width, max_size=width),
        min_size=1,
        max_size=4,
    )
)


@settings(max_examples=examples(40), deadline=None)
@given(TABLES)
def test_nobody_finds_a_small_count_by_subtraction(counts: list[list[int]]) -> None:
    hidden = suppress(counts, MINIMUM)
    for r, line in enumerate(counts):
        for c, count in enumerate(line):
            if 0 < count < MINIMUM:
                assert hidden.cells[r][c]
                low, high = worked_out(counts, hidden, r, c)
                assert low <= 1 + 1e-6 and high >= MINIMUM - 1e-6
            elif hidden.cells[r][c]:
                low, high = worked_out(counts, hidden, r, c)
                assert high - low >= 1 - 1e-6, "what is hidden beside a small count is not found either"


@settings(max_examples=examples(40), deadline=None)
@given(TABLES)
def test_zeros_stay_and_totals_are_hidden_only_with_cells(counts: list[list[int]]) -> None:
    hidden = suppress(counts, MINIMUM)
    small = any(0 < count < MINIMUM for line in counts for count in line)

    assert hidden.any == small
    for r, line in enumerate(counts):
        assert not any(hidden.cells[r][c] for c, count in enumerate(line) if count == 0)
        if 0 < sum(line) < MINIMUM:
            assert hidden.rows[r]
