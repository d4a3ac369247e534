"""Days, hours and teams are drawn: what holds whatever is drawn, and that nothing can be foreseen from it."""

import random
import statistics
from collections import Counter
from dataclasses import fields, replace
from datetime import date, timedelta
from itertools import combinations, pairwise
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.planning.schedule import BY_DAY, Fixed, Left, Person, Place, Relaxed, Terms
from compliance.planning.schedule_draw import draw_again, draw_days, draw_replacement
from compliance.shared.calendar import is_working_day
from compliance.visits.parts import STARTS, Part

FIRST = date(2026, 4, 1)
DAYS = tuple(day for day in (FIRST + timedelta(days=n) for n in range(91)) if is_working_day(day)[0])


def uid(number):
    return UUID(int=number)


def crew(count, women=None):
    return [Person(uid(9000 + n), frozenset({"cmn"}), woman=women is None or n < women) for n in range(count)]


def places_of(count, **more):
    return [Place(uid(n), uid(1000 + n), district=f"53010{n % 3}", **more) for n in range(count)]


@st.composite
def programmes(draw):
    """A crowded programme: few days, parks, languages, ties, leave, visits of last time."""
    many = draw(st.integers(2, 7))
    days = DAYS[: draw(st.integers(1, 40))]
    people = []
    for number in range(many):
        first = draw(st.sampled_from(DAYS))
        people.append(
            Person(
                uid(9000 + number),
                frozenset({"cmn"}) | draw(st.frozensets(st.sampled_from(["iii", "bca"]), max_size=1)),
                woman=draw(st.booleans()),
                not_to=draw(st.frozensets(st.sampled_from([uid(1000 + n) for n in range(12)]), max_size=2)),
                away=((first, first + timedelta(days=draw(st.integers(0, 20)))),) if draw(st.booleans()) else (),
            )
        )
    places = [
        Place(
            uid(number),
            uid(1000 + draw(st.integers(0, 11))),
            district=draw(st.sampled_from(["530102", "530111", ""])),
            park=draw(st.sampled_from(["", "", "", "qidian", "haikou"])),
            languages=draw(st.frozensets(st.sampled_from(["iii", "bca", "mya"]), max_size=1)),
            night=draw(st.booleans()),
            shifts=draw(st.booleans()),
            last=draw(st.frozensets(st.sampled_from([one.id for one in people]), max_size=2)),
        )
        for number in range(draw(st.integers(1, 14)))
    ]
    fixed = [
        Fixed(
            draw(st.sampled_from(DAYS)),
            draw(st.sampled_from([None, *Part])),
            frozenset(one.id for one in people[:2]),
            (("park", "qidian"),),
        )
        for _ in range(draw(st.integers(0, 2)))
    ]
    terms = Terms(days, stops=draw(st.integers(1, 3)), teams=draw(st.integers(0, 2)), odd=draw(st.floats(0, 1)))
    return places, people, terms, fixed


@settings(max_examples=80)
@given(programmes(), st.integers(0, 10**6))
def test_what_is_hard_holds_whatever_is_drawn(programme, seed):
    places, people, terms, fixed = programme
    plan = draw_days(places, people, terms, str(seed), fixed)
    by_place, by_person = {one.id: one for one in places}, {one.id: one for one in people}
    assert sorted([one.place for one in plan.slots] + [id for id, _why in plan.left]) == sorted(by_place)
    out = {}
    for slot in plan.slots:
        place, team = by_place[slot.place], [by_person[id] for id in slot.team]
        assert slot.day in terms.days and is_working_day(slot.day)[0]
        assert len({one.id for one in team}) == 2
        assert all(one.there_on(slot.day) and place.enterprise not in one.not_to for one in team)
        assert slot.part in {*BY_DAY, *place.odd_parts}
        assert STARTS[slot.part][0] <= slot.minute <= STARTS[slot.part][1]
        assert Relaxed.woman in slot.relaxed or any(one.woman for one in team)
        if not place.last.isdisjoint(slot.team):
            assert Relaxed.rotation in slot.relaxed
        spoken = place.languages & {code for one in people for code in one.languages}
        if spoken and not any(one.languages & spoken for one in team):
            assert Relaxed.language in slot.relaxed
        for one in team:
            out.setdefault((one.id, slot.day, slot.part), []).append(slot)
        for one in fixed:
            busy = one.day == slot.day and one.part in (None, slot.part)
            assert not (busy and one.people & set(slot.team))
    for (_who, _day, _part), together in out.items():
        assert len(together) <= terms.stops
        assert len({frozenset(one.team) for one in together}) == 1, "a team stays together for a half-day"
        assert len({by_place[one.place].district for one in together}) == 1, "nearby visits are grouped"
        assert len({one.minute for one in together}) == len(together)
    if terms.teams:
        at_once = {}
        for slot in plan.slots:
            at_once.setdefault((slot.day, slot.part), set()).add(frozenset(slot.team))
        assert all(len(teams) <= terms.teams for teams in at_once.values())
    for one, other in combinations(plan.slots, 2):
        if set(by_place[one.place].neighbourhood) & set(by_place[other.place].neighbourhood):
            same = (one.day, one.part) == (other.day, other.part)
            assert same or abs((one.day - other.day).days) >= terms.apart, "neighbours warn each other"


@settings(max_examples=25)
@given(programmes(), st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_the_same_seed_gives_the_same_plan_in_whatever_order_it_is_asked(programme, seed, shuffler):
    places, people, terms, fixed = programme
    plan = draw_days(places, people, terms, str(seed), fixed)
    shuffler.shuffle(places)
    shuffler.shuffle(people)
    assert draw_days(places, people, terms, str(seed), fixed) == plan


def test_nobody_rests_less_than_a_night_and_nobody_is_out_three_times_a_day():
    places = places_of(160, night=True)
    plan = draw_days(places, crew(6), Terms(DAYS[:25], stops=1, odd=0.7), "1")
    parts = {}
    for slot in plan.slots:
        for one in slot.team:
            parts.setdefault((one, slot.day), set()).add(slot.part)
    for (one, day), out in parts.items():
        assert len(out) <= 2 and not {Part.morning, Part.night} <= out
        if Part.night in out:
            assert Part.morning not in parts.get((one, day + timedelta(days=1)), ())
    assert any(Part.night in out for out in parts.values())


def test_what_a_plan_is_made_from_holds_nothing_that_tells_why_a_workplace_was_drawn():
    assert {one.name for one in fields(Place)} == {
        "id", "enterprise", "district", "park", "languages", "night", "shifts", "last",
    }  # fmt: skip


def test_no_day_can_be_foreseen_from_id_or_order():
    """Over many seeds each workplace has each weekday, each part of the month and each place in the order alike."""
    places, people, terms = places_of(12), crew(6), Terms(DAYS, stops=2)
    rounds = 400
    rank = {place.id: [] for place in places}
    first_week, weekdays, ends = Counter(), Counter(), 0
    for seed in range(rounds):
        plan = draw_days(places, people, terms, str(seed))
        for position, slot in enumerate(plan.slots):
            rank[slot.place].append(position)
            weekdays[slot.day.weekday()] += 1
            ends += slot.day.day >= 25
        first_week[plan.slots[0].place] += 1
    means = [statistics.mean(rank[place.id]) for place in places]
    assert max(abs(mean - 5.5) for mean in means) < 5 * 3.45 / rounds**0.5
    line = range(len(places))
    assert (
        abs(statistics.correlation([r for p in places for r in rank[p.id]], [i for i in line for _ in range(rounds)]))
        < 0.06
    )
    expected = Counter(day.weekday() for day in DAYS)
    total = rounds * len(places)
    for weekday, count in expected.items():
        share = count / len(DAYS)
        assert abs(weekdays[weekday] / total - share) < 5 * (2 * share * (1 - share) / total) ** 0.5
    share = sum(day.day >= 25 for day in DAYS) / len(DAYS)
    assert abs(ends / total - share) < 5 * (2 * share * (1 - share) / total) ** 0.5
    assert min(first_week.values()) > rounds / len(places) / 3


def test_renamed_workplaces_have_the_same_chances():
    """Names are no input; other ids give other days, but no better ones."""
    people, terms = crew(4), Terms(DAYS[:20])
    means = []
    for base in (0, 500_000):
        places = [replace(place, id=uid(base + 700 - n)) for n, place in enumerate(places_of(6))]
        days = [
            DAYS.index(slot.day)
            for seed in range(150)
            for slot in draw_days(places, people, terms, str(seed)).slots
            if slot.place == places[0].id
        ]
        means.append(statistics.mean(days))
    assert abs(means[0] - means[1]) < 3


@pytest.mark.parametrize("women", [8, 4])
def test_the_load_is_even(women):
    people = crew(8, women)
    plan = draw_days(places_of(64), people, Terms(DAYS, stops=1), "even")
    load = Counter(one for slot in plan.slots for one in slot.team)
    assert not plan.left and max(load.values()) - min(load.values()) <= 2


def test_who_is_out_with_whom_is_drawn():
    people = crew(6)
    pairs = Counter(
        frozenset(slot.team)
        for seed in range(60)
        for slot in draw_days(places_of(6), people, Terms(DAYS), str(seed)).slots
    )
    assert len(pairs) == 15, "each two of six go together some time"


def test_a_park_is_visited_within_one_half_day():
    places = [*places_of(10), *(Place(uid(50 + n), uid(2000 + n), "530111", park="qidian") for n in range(4))]
    for seed in range(20):
        plan = draw_days(places, crew(8), Terms(DAYS), str(seed))
        assert len({(slot.day, slot.part) for slot in plan.slots if slot.place.int >= 50}) == 1


def test_a_park_that_is_too_large_for_one_half_day_lies_on_unrelated_days():
    places = [Place(uid(n), uid(2000 + n), "530111", park="qidian") for n in range(6)]
    plan = draw_days(places, crew(2), Terms(DAYS, stops=1), "3")
    halves = sorted({slot.day for slot in plan.slots})
    assert len(halves) == 6 and all((b - a).days >= 7 for a, b in pairwise(halves))


def test_nights_and_shifts_are_visited_at_night_and_in_the_evening():
    places = [
        *places_of(20, night=True),
        *(
            replace(one, id=uid(70 + one.id.int), enterprise=uid(3000 + one.id.int), shifts=True)
            for one in places_of(20)
        ),
    ]
    parts = Counter(
        (slot.part, slot.place.int < 70)
        for seed in range(10)
        for slot in draw_days(places, crew(8), Terms(DAYS), str(seed)).slots
    )
    assert parts[(Part.night, True)] > 10 and parts[(Part.evening, True)] > 10 and parts[(Part.evening, False)] > 10
    assert not parts[(Part.night, False)]
    assert 0.2 < sum(n for (part, _), n in parts.items() if part not in BY_DAY) / 400 < 0.47


def test_hours_are_drawn_and_leave_a_team_time():
    minutes = Counter()
    for seed in range(60):
        plan = draw_days(places_of(6), crew(4), Terms(DAYS, stops=2), str(seed))
        tours = {}
        for slot in plan.slots:
            minutes[slot.minute] += 1
            tours.setdefault((slot.day, slot.part, slot.team), []).append(slot)
        for tour in tours.values():
            hours = sorted(one.minute for one in tour)
            assert all(b - a >= 75 for a, b in pairwise(hours))
            assert len({one.order for one in tour}) == len(tour)
    assert len(minutes) > 30


# -- what cannot be met is named --------------------------------------------------------------------------------------


def one_place(**more):
    return [Place(uid(1), uid(1001), "530102", **more)]


YI_AWAY = Person(uid(9002), frozenset({"iii"}), woman=True, away=((DAYS[0], DAYS[-1]),))
NEXT_DOOR = Fixed(DAYS[1], None, frozenset(), (("enterprise", str(uid(1001))),))


@pytest.mark.parametrize(
    ("people", "place", "given_up"),
    [
        (crew(3, 0), {}, (Relaxed.woman,)),
        ([*crew(2), YI_AWAY], {"languages": YI_AWAY.languages}, (Relaxed.language,)),
        (crew(2), {"last": frozenset({uid(9000)})}, (Relaxed.rotation,)),
        (crew(2), {"languages": frozenset({"mya"})}, ()),
        (crew(4, 1), {"last": frozenset({uid(9000)})}, (Relaxed.rotation,)),
    ],
    ids=["no woman at all", "who speaks it is away", "both were there", "nobody speaks it", "the only woman was there"],
)  # fmt: skip
def test_what_is_given_up_is_named_and_the_least_is_given_up(people, place, given_up):
    plan = draw_days(one_place(**place), people, Terms(DAYS), "5")
    assert [slot.relaxed for slot in plan.slots] == [given_up]


@pytest.mark.parametrize(
    ("people", "terms", "fixed", "why"),
    [
        (crew(4), Terms(()), (), Left.no_days),
        (crew(1), Terms(DAYS), (), Left.no_team),
        ([replace(one, not_to=frozenset({uid(1001)})) for one in crew(4)], Terms(DAYS), (), Left.no_team),
        (crew(2), Terms(DAYS[:2]), [Fixed(day, None, frozenset({uid(9000)})) for day in DAYS[:2]], Left.full),
        (crew(4), Terms(DAYS[:3]), [NEXT_DOOR], Left.neighbours),
        ([], Terms(DAYS), (), Left.no_team),
    ],
    ids=["no days", "one inspector", "all tied", "all busy", "neighbours", "nobody"],
)  # fmt: skip
def test_what_has_no_day_says_why(people, terms, fixed, why):
    plan = draw_days(one_place(), people, terms, "5", fixed)
    assert not plan.slots and plan.left == ((uid(1), why),)


def test_a_visit_that_cannot_be_made_gets_another_half_day():
    [place] = one_place()
    [slot] = draw_days([place], crew(4), Terms(DAYS), "6").slots
    for seed in range(30):
        [moved] = draw_again(place, crew(4), Terms(DAYS), str(seed), (), but=(slot.day, slot.part)).slots
        assert (moved.day, moved.part) != (slot.day, slot.part)
    nothing = draw_again(place, crew(4), Terms((slot.day,)), "7", (), but=(slot.day, Part.morning))
    assert [one.part for one in nothing.slots] == [Part.afternoon]


def test_who_falls_ill_is_replaced_by_one_who_is_drawn():
    people, [place] = crew(5, 2), one_place()
    when = (DAYS[3], Part.morning)
    drawn = Counter()
    for seed in range(60):
        found = draw_replacement([place], when, [uid(9004)], people, Terms(DAYS), str(seed), (), without=uid(9000))
        drawn[found] += 1
    assert set(drawn) == {(uid(9001), ())}, "the other woman, and nobody else, keeps a woman in the team"
    busy = [Fixed(when[0], when[1], frozenset({uid(9001)}))]
    found = draw_replacement([place], when, [uid(9004)], people, Terms(DAYS), "1", busy, without=uid(9000))
    assert found is not None and found[0] in {uid(9002), uid(9003)} and found[1] == (Relaxed.woman,)
    assert draw_replacement([place], when, [uid(9001)], crew(2), Terms(DAYS), "1", (), without=uid(9000)) is None


def test_both_of_a_team_who_fall_ill_are_replaced_one_after_the_other():
    people, [place] = crew(5), one_place()
    ill = [replace(one, away=((DAYS[0], DAYS[-1]),)) if one.id in (uid(9000), uid(9001)) else one for one in people]
    team = [uid(9000), uid(9001)]
    for seed, leaving in enumerate(list(team)):
        staying = [id for id in team if id != leaving]
        found = draw_replacement(
            [place], (DAYS[3], Part.morning), staying, ill, Terms(DAYS), str(seed), (), without=leaving
        )
        team[team.index(leaving)] = found[0]
    assert set(team) <= {uid(9002), uid(9003), uid(9004)} and len(set(team)) == 2


HOMES = ("530102", "530111", "530301", "")


def test_the_near_go_sooner_and_nobody_is_certain_to_go():
    """Who lives in the district goes more often, as the weights have it; everybody goes some time."""
    people = [replace(one, base=HOMES[n % 4]) for n, one in enumerate(crew(8))]
    went = Counter()
    for seed in range(400):
        [slot] = draw_days(one_place(), people, Terms(DAYS), str(seed)).slots
        went.update(slot.team)
    by_home = {home: sum(went[one.id] for one in people if one.base == home) for home in HOMES}
    assert by_home["530102"] > 1.5 * by_home["530111"] > 1.5 * by_home["530301"] > 0
    assert abs(by_home["530111"] - by_home[""]) < 60, "who entered no district is neither favoured nor passed over"
    assert by_home["530102"] < 400, "half of all trips at most: the other half goes to others"
    assert min(went.values()) > 400 * 2 / 8 / 4


def test_travel_is_shorter_and_the_load_stays_even():
    people = [replace(one, base=HOMES[n % 3]) for n, one in enumerate(crew(9))]
    places = [Place(uid(n), uid(1000 + n), HOMES[n % 3]) for n in range(60)]

    def near(going):
        plan = draw_days(places, going, Terms(DAYS), "travel")
        load = Counter(id for slot in plan.slots for id in slot.team)
        home, there = {one.id: one.base for one in people}, {one.id: one.district for one in places}
        assert max(load.values()) - min(load.values()) <= 6, "each has about as many visits, two on a tour"
        return sum(home[id] == there[slot.place] for slot in plan.slots for id in slot.team)

    assert near(people) > 1.3 * near([replace(one, base="") for one in people])


def test_three_hundred_workplaces_all_get_a_day():
    shuffler = random.Random(3)
    places = [
        Place(uid(n), uid(10_000 + n), f"5301{shuffler.randrange(20):02d}", park=f"p{n % 300}" if n % 4 == 0 else "")
        for n in range(300)
    ]
    plan = draw_days(places, crew(20), Terms(DAYS), "large")
    assert len(plan.slots) == 300
