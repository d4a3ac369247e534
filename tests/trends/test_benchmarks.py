"""Benchmarks: at least ten others behind every number, and no number that tells of one of them."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.trends import benchmarks
from compliance.trends.benchmarks import EVERYBODY, FEWEST, FEWEST_CHANGED, FEWEST_OTHERS, Kind, Member, Position, Row
from compliance.trends.rules import OVERALL

SECTORS, SIZES = ("C18", "C19", "H62", ""), ("micro", "small", "")
AREAS = ("wages", "safety")
SCORE = st.floats(0, 100).map(lambda score: round(score, 1))
SEEDS = st.integers(0, 2**32)


def member(lot: Random, number: int) -> Member:
    scores = {area: round(lot.uniform(0, 100), 1) for area in AREAS if lot.random() < 0.9}
    return Member(
        str(number), f"card {lot.randrange(10**6)}", lot.choice(SECTORS), lot.choice(SIZES),
        lot.choice((1.0, 2.0, 5.0, 30.0)), {OVERALL: round(lot.uniform(0, 100), 1), **scores},
    )  # fmt: skip


def some(seed: int, most: int = 80) -> list[Member]:
    """Members by lot: from none to many, of few or many kinds."""
    lot = Random(seed)
    return [member(lot, number) for number in range(lot.randrange(most))]


def plain(number: int, score: float, sector: str = "C18", size: str = "small", weight: float = 1.0) -> Member:
    return Member(str(number), f"card {number}", sector, size, weight, {OVERALL: score})


def figures(rows: Sequence[Row]) -> dict[Kind, dict[str, tuple[int, int, int]]]:
    """All that anybody can ever read of rows."""
    return {row.kind: {area: one[:3] for area, one in row.figures.items()} for row in rows}


@given(SEEDS)
@settings(deadline=None, max_examples=80)
def test_ten_others_stand_behind_every_number_of_every_reader(seed: int) -> None:
    found = some(seed)
    rows = benchmarks.freeze("2026-Q3", found)
    by_kind = {row.kind: row for row in rows}
    for reader in found:
        row = benchmarks.shown(rows, reader.sector, reader.size, [reader.enterprise])
        if row is None:
            continue
        assert row is by_kind[row.kind] and row.kind in benchmarks.widening(reader.sector, reader.size)
        for area in benchmarks.figures_for(row, [reader.enterprise]):
            others = [one for one in found if one.enterprise in row.behind and one is not reader and area in one.scores]
            assert len(others) >= FEWEST_OTHERS
        assert benchmarks.others(row, [reader.enterprise]) in benchmarks.BEHIND_STEPS


@given(SEEDS)
@settings(deadline=None, max_examples=80)
def test_whoever_reads_for_several_is_not_counted_with_any_of_them(seed: int) -> None:
    found, lot = some(seed), Random(seed + 1)
    own = {one.enterprise for one in found if lot.random() < 0.2}
    row = benchmarks.shown(benchmarks.freeze("2026-Q3", found), "C18", "small", own)
    if row is not None:
        assert len(row.behind.keys() - own) >= FEWEST_OTHERS


@given(SEEDS)
@settings(deadline=None, max_examples=150)
def test_what_one_member_does_changes_no_number(seed: int) -> None:
    """It comes, goes, or is visited anew with any result: whatever is shown in both quarters is the same."""
    found, lot = some(seed), Random(seed + 1)
    first = benchmarks.freeze("2026-Q2", found)
    place = lot.randrange(len(found) + 1)
    new = [member(lot, place)] if lot.random() < 0.7 else []
    later = [*found[:place], *new, *found[place + 1 :]]
    before, after = figures(first), figures(benchmarks.freeze("2026-Q3", later, first))
    assert all(after[kind] == before[kind] for kind in before.keys() & after.keys())


@given(SEEDS)
@settings(deadline=None, max_examples=40)
def test_numbers_of_two_quarters_differ_by_nobody_or_by_several(seed: int) -> None:
    found, lot = some(seed), Random(seed + 1)
    kept: list[Row] = []
    for quarter in ("2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"):
        kept += benchmarks.freeze(quarter, found, kept)
        found = [member(lot, place) if lot.random() < 0.1 else one for place, one in enumerate(found)]
    for one in kept:
        for other in kept:
            if one.kind == other.kind and figures([one]) != figures([other]):
                assert benchmarks.changed(one.behind, other.behind) >= FEWEST_CHANGED


@given(SEEDS)
@settings(deadline=None, max_examples=80)
def test_a_group_and_a_wider_one_differ_by_nobody_or_by_ten(seed: int) -> None:
    rows = benchmarks.freeze("2026-Q3", some(seed, 150))
    for wide in rows:
        inside = [
            one
            for one in rows
            if one.kind != wide.kind and all(b in ("", a) for a, b in zip(one.kind, wide.kind, strict=True))
        ]
        sets = [set(one.behind) for one in inside] + ([set().union(*(one.behind for one in inside))] if inside else [])
        for narrow in sets:
            assert len(set(wide.behind) ^ narrow) == 0 or len(set(wide.behind) ^ narrow) >= FEWEST_OTHERS


@given(st.lists(st.tuples(SCORE, st.sampled_from((1.0, 2.0))), min_size=FEWEST, max_size=20), st.data())
@settings(deadline=None, max_examples=60)
def test_one_score_moves_a_quartile_no_further_than_to_its_neighbours(
    values: list[tuple[float, float]], data: st.DataObject
) -> None:
    """Even without the rule about quarters: the result lies between the scores beside it, rounded to five points."""
    place = data.draw(st.integers(0, len(values) - 1))
    heaviest = max(weight for _, weight in values)
    other = [*values[:place], (data.draw(SCORE), values[place][1]), *values[place + 1 :]]
    before, after = benchmarks.quartiles(values), benchmarks.quartiles(other)
    assert before is not None and after is not None
    total = sum(weight for _, weight in values)
    for part, was, now in zip((0.25, 0.5, 0.75), before[:3], after[:3], strict=True):
        below = _at(values, part * total - heaviest), _at(values, part * total + heaviest)
        assert below[0] - 2.5 <= was <= below[1] + 2.5 and below[0] - 2.5 <= now <= below[1] + 2.5


def _at(values: list[tuple[float, float]], wanted: float) -> float:
    """The score up to which so much weight lies; the ends of the scale beyond all of it."""
    so_far = 0.0
    for value, weight in sorted(values):
        so_far += weight
        if so_far >= wanted - 1e-9:
            return value if wanted > 0 else 0.0
    return 100.0


def test_ten_are_too_few_and_eleven_are_enough() -> None:
    ten = [plain(number, 50 + number) for number in range(10)]
    assert benchmarks.freeze("2026-Q3", ten) == []
    rows = benchmarks.freeze("2026-Q3", [*ten, plain(10, 60)])
    assert {row.kind for row in rows} == {Kind("C18", "small"), Kind("C18", ""), Kind("", "small"), EVERYBODY}
    # A visitor from outside the group has eleven others, and so has one of them ten; one with two of them has nine.
    assert benchmarks.shown(rows, "C18", "small", []) is not None
    assert benchmarks.shown(rows, "C18", "small", ["1"]) is not None
    assert benchmarks.shown(rows, "C18", "small", ["1", "2"]) is None


def test_groups_widen_from_sector_and_size_to_all() -> None:
    assert benchmarks.widening("C18", "small") == [Kind("C18", "small"), Kind("C18"), Kind("", "small"), EVERYBODY]
    assert benchmarks.widening("", "small") == [Kind("", "small"), EVERYBODY]
    assert benchmarks.widening("", "") == [EVERYBODY]
    garments = [plain(number, 60, size="small" if number < 6 else "large") for number in range(12)]
    rows = benchmarks.freeze("2026-Q3", garments)
    row = benchmarks.shown(rows, "C18", "small", ["1"])
    assert row is not None and row.kind == Kind("C18")


def test_who_stands_for_very_many_is_not_a_number_of_its_own() -> None:
    light = [plain(number, 50 + number) for number in range(20)]
    assert benchmarks.freeze("2026-Q3", light)
    assert benchmarks.freeze("2026-Q3", [*light, plain(20, 90, weight=10.0)]) == []


def test_a_wider_group_that_adds_only_a_few_is_not_shown() -> None:
    small = [plain(number, 60) for number in range(14)]
    few = [plain(100 + number, 40, size="large") for number in range(3)]
    assert {row.kind for row in benchmarks.freeze("2026-Q3", [*small, *few])} == {
        Kind("C18", "small"),
        Kind("", "small"),
    }
    many = [plain(100 + number, 40, size="large") for number in range(10)]
    assert Kind("C18") in {row.kind for row in benchmarks.freeze("2026-Q3", [*small, *many])}


def test_quartiles_weigh_each_by_how_many_it_stands_for() -> None:
    heavy, light = [(40.0, 3.0)] * 6, [(80.0, 1.0)] * 6
    assert benchmarks.quartiles([*heavy, *light]) == (40, 40, 40, 12)
    assert benchmarks.quartiles([(value, 1.0) for value, _ in [*heavy, *light]]) == (40, 40, 80, 12)
    assert benchmarks.quartiles([(62.4, 1.0)] * 11) == (60, 60, 60, 11)
    assert benchmarks.quartiles([(62.5, 1.0)] * 11) == (65, 65, 65, 11)


def test_several_changes_let_the_numbers_move_and_fewer_do_not() -> None:
    found = [plain(number, 50) for number in range(20)]
    first = benchmarks.freeze("2026-Q2", found)

    def with_new(count: int) -> list[Member]:
        return [
            replace(one, card=f"new {one.card}", scores={OVERALL: 90.0}) if place < count else one
            for place, one in enumerate(found)
        ]

    stays = benchmarks.freeze("2026-Q3", with_new(FEWEST_CHANGED - 1), first)
    assert figures(stays) == figures(first) and {row.worked_out for row in stays} == {"2026-Q2"}
    moves = benchmarks.freeze("2026-Q3", with_new(16), first)
    assert {row.worked_out for row in moves} == {"2026-Q3"} and figures(moves) != figures(first)
    # Four of them changing back must not show either, by way of the quarter before.
    back = benchmarks.freeze("2026-Q4", with_new(2), [*first, *moves])
    assert figures(back) == figures(moves)


def test_a_place_among_others_is_said_in_words() -> None:
    among = benchmarks.Quartiles(60, 70, 80, 11)
    said = {score: benchmarks.position(score, among) for score in (59, 60, 66, 68, 72, 75, 80, 81)}
    assert said == {
        59: Position.bottom, 60: Position.below, 66: Position.below, 68: Position.middle, 72: Position.middle,
        75: Position.above, 80: Position.above, 81: Position.top,
    }  # fmt: skip
    alike = benchmarks.Quartiles(70, 70, 70, 11)
    assert [benchmarks.position(score, alike) for score in (60, 71, 80)] == [
        Position.bottom, Position.middle, Position.top,
    ]  # fmt: skip
