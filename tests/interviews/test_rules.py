"""How many are asked and whom; what is told of their answers, and that no part of it can be taken from another."""

import itertools
import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.interviews.rules import (
    TOLD_FROM,
    Count,
    Says,
    Told,
    Total,
    Whom,
    Workforce,
    asked_again_on,
    may_replace,
    propose,
    sample_size,
    tell,
    total,
)
from tests.soak import examples

HISTORIES = examples(500)


@pytest.mark.parametrize(
    ("workers", "size", "with_signs"),
    [(0, 0, 0), (1, 1, 1), (4, 4, 4), (5, 4, 5), (16, 4, 6), (17, 5, 8), (25, 5, 8), (60, 8, 12), (100, 10, 15),
     (250, 16, 24), (400, 20, 30), (900, 30, 45)],
)  # fmt: skip
def test_the_square_root_and_at_least_four_are_asked(workers: int, size: int, with_signs: int) -> None:
    assert sample_size(workers) == size
    assert sample_size(workers, signs=True) == with_signs


@pytest.mark.parametrize(
    ("workers", "alone", "groups"),
    [(4, 4, ()), (60, 8, ()), (100, 6, (4,)), (250, 11, (5,)), (400, 15, (5,)), (900, 21, (5, 4))],
)
def test_about_a_third_is_asked_in_groups_of_four_or_five(workers: int, alone: int, groups: tuple[int, ...]) -> None:
    proposal = propose(Workforce(workers))

    assert (proposal.alone, proposal.groups) == (alone, groups)


@given(st.integers(0, 5000), st.sets(st.integers(1, 11)))
def test_everybody_proposed_is_there_and_groups_are_of_four_or_five(workers: int, indicators: set[int]) -> None:
    proposal = propose(Workforce(workers), indicators)

    assert proposal.size == sample_size(workers, signs=bool(indicators & set(range(1, 10)))) <= workers
    assert set(proposal.groups) <= {4, 5}
    assert not proposal.size or proposal.alone >= proposal.size / 2


@given(st.integers(1, 2000), st.data())
def test_women_and_men_together_are_no_more_than_are_asked(workers: int, data: st.DataObject) -> None:
    women = data.draw(st.integers(0, workers))
    proposal = propose(Workforce(workers, women=women))
    of_them = dict(proposal.of_them)

    assert of_them.get(Whom.women, 0) + of_them.get(Whom.men, 0) <= proposal.size
    assert all(number <= proposal.size for number in of_them.values())


def test_migrants_and_the_newest_are_asked_beyond_their_share() -> None:
    there = Workforce(400, women=100, migrants=80, under_18=1, night_work=True, agency_workers=True)

    assert dict(propose(there).of_them) == {
        Whom.women: 5,
        Whom.men: 15,
        Whom.migrants: 6,
        Whom.newest: 4,
        Whom.night_shift: 5,
        Whom.agency: 2,
        Whom.under_18: 1,
    }
    assert dict(propose(Workforce(16)).of_them) == {Whom.newest: 1}, "what nobody knows is not proposed"


# -- what is told ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "told", "says"),
    [(0, 0, Says.nothing), (4, 2, Says.nothing), (5, 0, Says.nothing), (5, 1, Says.some), (9, 5, Says.some),
     (9, 4, Says.some), (9, 9, Says.some), (10, 5, Says.exactly), (30, 25, Says.exactly), (30, 26, Says.some)],
)  # fmt: skip
def test_a_count_is_exact_only_with_five_each_way(asked: int, told: int, says: Says) -> None:
    found = tell(Count(asked, told))

    assert found == (Told(says, asked, told) if says is Says.exactly else Told(says))


@pytest.mark.parametrize(("asked", "told"), [(4, 5), (-1, -1), (3, -1)])
def test_a_count_that_cannot_be_is_refused(asked: int, told: int) -> None:
    with pytest.raises(ValueError, match=str(told)):
        Count(asked, told)


def test_a_new_count_is_told_only_far_enough_from_every_earlier_one() -> None:
    first = Count(20, 10)

    assert may_replace([], first) and may_replace([first], first)
    assert not may_replace([first], Count(21, 11)), "the one who came later is known"
    assert not may_replace([first], Count(25, 15)), "all five who came later said the same"
    assert may_replace([first], Count(30, 15))
    assert may_replace([first], Count(20, 15)), "five went and five came"
    assert not may_replace([first, Count(30, 15)], Count(21, 10)), "the first one has not been forgotten"


def test_a_total_holds_only_what_is_told_of_each_part() -> None:
    assert total([tell(Count(20, 10)), tell(Count(9, 1)), tell(Count(12, 7)), tell(Count(3, 3))]) == Total(2, 32, 17)


def publications(chance: random.Random) -> dict[int, list[Count]]:
    """The counts of some visits that were told exactly, in order, while people come, go and change their word."""
    told: dict[int, list[Count]] = {}
    for visit in range(chance.randint(1, 4)):
        people = [chance.random() < 0.5 for _ in range(chance.randint(0, 40))]
        rested: list[Count] = []
        for _ in range(chance.randint(1, 12)):
            now = Count(len(people), sum(people))
            if may_replace(rested, now):
                rested.append(now)
            chance.shuffle(people)
            people = people[chance.choice((0, 0, 1, 2, 6)) :]
            people += [chance.random() < 0.5 for _ in range(chance.choice((0, 1, 1, 4, 5, 12)))]
            if people and chance.random() < 0.3:
                people[0] = not people[0]
        told[visit] = rested
    return told


def test_nothing_small_is_left_when_any_told_count_is_taken_from_any_other() -> None:
    chance = random.Random(20261123)
    differences = 0
    for _ in range(HISTORIES):
        told = publications(chance)
        exact = {visit: [one for one in rested if tell(one).says is Says.exactly] for visit, rested in told.items()}
        for rested in told.values():
            for one, other in itertools.combinations(rested, 2):
                # an exact one beside one that was only "some workers" or silence: what is known of that is a range
                for left in (other.told - one.told, other.others - one.others, other.asked - one.asked):
                    assert left == 0 or abs(left) >= TOLD_FROM
                differences += 1
        for one in itertools.chain(*exact.values()):
            assert min(one.told, one.others) >= TOLD_FROM
        # every page of totals at every moment: any two of them differ by parts that are told, or by what may be told
        moments = list(itertools.islice(itertools.product(*[[None, *rested] for rested in exact.values()]), 60))
        for one_page, other_page in itertools.combinations(moments, 2):
            pair = zip(one_page, other_page, strict=True)
            changed = [(before, after) for before, after in pair if before != after]
            if len(changed) == 1:
                before, after = changed[0]
                sums = [total([tell(part) for part in page if part]) for page in (one_page, other_page)]
                left = sums[1].told - sums[0].told
                assert left == (after.told if after else 0) - (before.told if before else 0)
                assert left == 0 or abs(left) >= TOLD_FROM
    assert differences > HISTORIES, "the attack had something to attack"


@given(st.integers(0, 10**9))
def test_people_are_asked_again_one_to_two_weeks_later(drawn: int) -> None:
    visited = date(2026, 11, 20)

    assert timedelta(days=7) <= asked_again_on(visited, drawn) - visited <= timedelta(days=14)
