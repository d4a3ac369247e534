"""The draw is one function of frame and seed: everybody can repeat it, and its chances are those it tells."""

import random
from collections import Counter
from dataclasses import replace
from uuid import UUID

import hypothesis.strategies as st
import pytest
from hypothesis import given

from compliance.planning import draw, frames, strata
from compliance.planning.frames import Frame, Member, Terms
from compliance.planning.strata import Cell
from compliance.shared.problems import Problem
from compliance.visits.states import Route

SEED = b"\x5e" * 32
TERMS = Terms("a" * 32, "b" * 32, "2026-01-01", "2026-03-31", random=8, targeted=3, by_district=False, smallest=4)
seeds = st.binary(min_size=32, max_size=32)


@st.composite
def members(drawn: st.DrawFn, least: int = 1, most: int = 60) -> list[Member]:
    """Workplaces of a few sectors, sizes and districts, some of them unknown."""
    classes = st.tuples(
        st.sampled_from(["C18", "C1811", "H62", "C33", ""]),
        st.sampled_from(["micro", "small", "large", ""]),
        st.sampled_from(["530102", "530103", ""]),
        st.integers(0, 5),
    )
    found = drawn(st.lists(classes, min_size=least, max_size=most))
    return [Member(UUID(int=n + 1).hex, UUID(int=n + 901).hex, *one) for n, one in enumerate(found)]


terms = st.builds(
    replace,
    st.just(TERMS),
    random=st.integers(1, 40),
    targeted=st.integers(0, 30),
    by_district=st.booleans(),
    smallest=st.integers(2, 9),
)


@given(terms, members(), seeds, st.randoms(use_true_random=False))
def test_the_same_seed_gives_the_same_draw_in_whatever_order_the_members_come(
    wanted: Terms, found: list[Member], seed: bytes, order: random.Random
) -> None:
    made = draw.draw(frames.frame_of(wanted, found), seed)
    order.shuffle(found)
    again = frames.frame_of(wanted, found)
    assert draw.draw(again, seed) == made
    assert draw.draw(frames.read(frames.written(again)), seed).digest == made.digest


@given(terms, members(), seeds)
def test_each_stratum_gets_its_number_and_the_chances_add_up_to_it(
    wanted: Terms, found: list[Member], seed: bytes
) -> None:
    frame = frames.frame_of(wanted, found)
    made = draw.draw(frame, seed)
    rows = Counter(one.stratum for one in made.chosen)
    by_key = {one.key: one for one in made.strata}
    assert len(by_key) == len(made.strata)
    assert sum(one.population for one in made.strata) == len(found)
    assert all(rows[one.key] == one.drawn <= one.population for one in made.strata)
    assert all(one.drawn >= min(2, one.population) for one in made.strata) or wanted.random < 2
    assert sorted(one.position for one in made.chosen) == list(range(1, len(made.chosen) + 1))
    assert len({one.member.workplace for one in made.chosen}) == len(made.chosen)
    for key, stratum in by_key.items():
        chances = [one.probability for one in made.chosen if one.stratum == key]
        assert all(chance == stratum.drawn / stratum.population for chance in chances)
    expected_random, expected_targeted = draw.numbers(frame.terms, len(frame.members))
    routes = Counter(one.route for one in made.chosen)
    assert (routes[Route.random], routes[Route.targeted]) == (expected_random, expected_targeted)


@given(terms, members(), seeds)
def test_the_riskiest_are_targeted_and_leave_their_strata(wanted: Terms, found: list[Member], seed: bytes) -> None:
    made = draw.draw(frames.frame_of(wanted, found), seed)
    taken = [one.member.points for one in made.chosen if one.route is Route.targeted]
    left = {m.workplace for m in found} - {o.member.workplace for o in made.chosen if o.route is Route.targeted}
    highest = max((m.points for m in found if m.workplace in left), default=0)
    assert all(points >= highest for points in taken)
    assert all(one.probability == 1 for one in made.chosen if one.route is Route.targeted)


def some_members(number: int) -> list[Member]:
    """Members of three sectors."""
    sectors = ("C18", "H62", "C33")
    return [
        Member(UUID(int=n + 1).hex, UUID(int=n + 1).hex, sectors[n % 7 % 3], "small", "", n % 4) for n in range(number)
    ]


def test_over_many_seeds_each_workplace_is_drawn_as_often_as_its_chance_says() -> None:
    frame = frames.frame_of(replace(TERMS, random=12, targeted=0), some_members(40))
    runs, hits, chances = 1500, Counter[str](), dict[str, float]()
    chance = random.Random(7)
    for _ in range(runs):
        made = draw.draw(frame, chance.randbytes(32))
        hits.update(one.member.workplace for one in made.chosen)
        chances |= {one.member.workplace: one.probability for one in made.chosen}
    for member in frame.members:
        pi = chances[member.workplace]
        # Five standard deviations of a binomial, for forty members: wrong once in forty thousand.
        assert abs(hits[member.workplace] - runs * pi) < 5 * (runs * pi * (1 - pi)) ** 0.5


def test_whether_one_is_drawn_says_nothing_about_a_neighbour_in_another_stratum() -> None:
    frame = frames.frame_of(replace(TERMS, random=12, targeted=0), some_members(40))
    a, b = frame.members[0].workplace, next(m.workplace for m in frame.members if m.sector == "H62")
    chance, both, hits_a, hits_b, runs = random.Random(8), 0, 0, 0, 1500
    for _ in range(runs):
        drawn = {one.member.workplace for one in draw.draw(frame, chance.randbytes(32)).chosen}
        both += {a, b} <= drawn
        hits_a, hits_b = hits_a + (a in drawn), hits_b + (b in drawn)
    expected = hits_a * hits_b / runs
    assert abs(both - expected) < 5 * expected**0.5


def test_another_algorithm_is_refused_by_its_name() -> None:
    frame = frames.frame_of(replace(TERMS, algorithm="compliance-draw-0"), some_members(9))
    with pytest.raises(Problem, match=r"compliance-draw-0.*compliance-draw-1"):
        draw.draw(frame, SEED)


def test_a_frame_with_no_members_is_refused() -> None:
    with pytest.raises(Problem, match="nobody to draw from"):
        frames.frame_of(TERMS, [])
    with pytest.raises(Problem, match="nobody to draw from"):
        draw.draw(Frame(TERMS, ()), SEED)


def test_an_association_with_one_workplace_visits_it_for_certain() -> None:
    made = draw.draw(frames.frame_of(TERMS, some_members(1)), SEED)
    assert [(one.route, one.probability) for one in made.chosen] == [(Route.random, 1.0)]
    assert [(one.population, one.drawn) for one in made.strata] == [(1, 1)]


def test_capacity_above_the_frame_visits_everybody_once() -> None:
    made = draw.draw(frames.frame_of(replace(TERMS, random=60, targeted=60), some_members(20)), SEED)
    assert len(made.chosen) == 20
    assert {one.probability for one in made.chosen} == {1.0}
    made = draw.draw(frames.frame_of(replace(TERMS, random=8, targeted=60), some_members(20)), SEED)
    assert Counter(one.route for one in made.chosen) == {Route.random: 8, Route.targeted: 12}


def test_the_draw_never_changes_between_releases() -> None:
    """A frozen example: whoever changes what it gives has to give the algorithm another name."""
    frame = frames.frame_of(TERMS, some_members(30))
    assert frames.digest_of(frames.written(frame)) == FROZEN_FRAME
    assert draw.draw(frame, SEED).digest == FROZEN_DRAW


@given(terms, members())
def test_what_is_expected_beforehand_is_what_comes_where_points_decide(wanted: Terms, found: list[Member]) -> None:
    told = [member._replace(points=n) for n, member in enumerate(found)]
    frame = frames.frame_of(wanted, told)
    assert draw.expected(frame.terms, frames.outline(frame.members))[0] == draw.draw(frame, SEED).strata


def test_a_frame_that_was_changed_is_not_read() -> None:
    data = frames.written(frames.frame_of(TERMS, some_members(5)))
    lines = data.decode().splitlines()
    for bad in (
        b"",
        data[:-5],
        data.replace(b"frame 1", b"frame 2"),
        ("\n".join([*lines[:2], *reversed(lines[2:])]) + "\n").encode() + b"x",
        b"\xff\xfe",
    ):
        with pytest.raises(Problem, match="cannot be read"):
            frames.read(bad)


# --- strata ---

cells = st.builds(
    Cell, st.sampled_from(["A01", "C18", "C19", "H62"]), st.sampled_from(["micro", "small"]), st.sampled_from(["", "x"])
)


@given(st.dictionaries(cells, st.integers(1, 30), min_size=1), st.integers(2, 12), st.integers(2, 60))
def test_merged_strata_hold_everybody_once_and_are_large_enough(
    counts: dict[Cell, int], smallest: int, visits: int
) -> None:
    formed, used = strata.form(counts, smallest, visits)
    assert sorted(cell for one in formed for cell in one.cells) == sorted(counts)
    assert all(one.population == sum(counts[cell] for cell in one.cells) for one in formed)
    assert all(one.population >= used for one in formed) or len(formed) == 1
    assert len(formed) * 2 <= visits or len(formed) == 1
    assert len({one.key for one in formed}) == len(formed)
    assert all(bool(one.merged) is (len(one.cells) > 1) for one in formed)


@given(st.lists(st.integers(1, 500), min_size=1, max_size=30), st.integers(1, 3000))
def test_visits_are_allocated_whole_and_never_beyond_a_stratum(populations: list[int], visits: int) -> None:
    least = sum(min(2, n) for n in populations)
    if visits < least and len(populations) > 1 and sum(populations) > visits:
        with pytest.raises(ValueError, match="two in each"):
            strata.allocate(populations, visits)
        return
    given_ = strata.allocate(populations, visits)
    assert sum(given_) == min(visits, sum(populations))
    assert all(0 <= n <= most for n, most in zip(given_, populations, strict=True))
    if len(populations) > 1:
        assert all(n >= min(2, most) for n, most in zip(given_, populations, strict=True))


def test_strata_of_one_are_merged_within_their_sector_and_say_so() -> None:
    counts = {Cell("C18", "micro", ""): 1, Cell("C18", "small", ""): 9, Cell("C18", "large", ""): 1}
    formed, _ = strata.form({**counts, Cell("H62", "small", ""): 10}, 4, 30)
    assert [(one.key, one.population) for one in formed] == [("C18", 11), ("H62/small", 10)]
    assert formed[0].merged == ("C18/large", "C18/micro", "C18/small")


def test_too_many_strata_for_the_visits_are_merged_further() -> None:
    counts = {Cell(f"C{n}", "small", ""): 10 for n in range(13, 43)}
    formed, used = strata.form(counts, 4, 20)
    assert len(formed) <= 10
    assert used > 4


FROZEN_FRAME = "69d25459f4ad9c55fbfe730874508a7716001e3be97d1207d29106e10b14f881"
FROZEN_DRAW = "ab4719e16cfd6979473068905c0e662e7f49b11d76895ab1635d2906a561726e"
