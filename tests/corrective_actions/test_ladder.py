"""The ladder: which step is due, which comes next, and that a missed night changes nothing."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.checklists import parse
from compliance.checklists import store as checklists
from compliance.checklists.ladder import REMINDERS, TASKS, After, Kind, Rungs, Step
from compliance.corrective_actions.ladder import (
    Held,
    Standing,
    due_now,
    falls_on,
    is_done,
    is_due,
    level,
    next_step,
    round_of,
)
from compliance.shared import places

DUE = date(2026, 6, 1)
SHIPPED = parse.parse(checklists.read_folder(places.checklists_dir())).ladder
MAJOR, MINOR = SHIPPED.rungs("major"), SHIPPED.rungs("minor")
CRITICAL, ZERO = SHIPPED.rungs("critical"), SHIPPED.rungs("zero_tolerance")
LATE = Standing(told_on=date(2026, 5, 1), proven_on=date(2026, 5, 4), due_on=DUE)


def on(days: int) -> date:
    return DUE + timedelta(days=days)


def taken(rungs: Rungs, standing: Standing, today: date) -> list[str]:
    return [step.id for step in due_now(rungs, standing, today).take]


@pytest.mark.parametrize(
    ("rungs", "days", "steps"),
    [
        (MAJOR, -8, []),
        (MAJOR, -7, ["notice"]),
        (MAJOR, -1, ["notice"]),
        (MAJOR, 0, []),  # the day has come: a message ahead of it says nothing any more
        (MAJOR, 1, ["first"]),
        (MAJOR, 13, ["first"]),
        (MAJOR, 14, ["second"]),
        (MAJOR, 21, ["second", "talk"]),
        (MAJOR, 30, ["third", "talk"]),
        (MAJOR, 300, ["third", "talk"]),
        (MINOR, 13, []),
        (MINOR, 14, ["first"]),
        (CRITICAL, 2, ["call-1"]),
        (CRITICAL, 3, ["first", "call-1"]),
        (CRITICAL, 7, ["second", "call-1"]),
        (ZERO, -31, ["referral", "call-1"]),
        (ZERO, -29, ["referral", "call-3"]),
        (ZERO, 1, ["second", "referral", "call-4"]),
    ],
)
def test_of_what_is_due_at_once_only_the_highest_is_taken(rungs: Rungs, days: int, steps: list[str]) -> None:
    assert taken(rungs, LATE, on(days)) == steps


def test_the_lower_ones_are_recorded_as_passed_over() -> None:
    assert [step.id for step in due_now(MAJOR, LATE, on(40)).passed_over] == ["first", "second", "notice"]
    after_the_second = replace(LATE, done=frozenset({("second", 1)}))
    assert [step.id for step in due_now(MAJOR, after_the_second, on(15)).passed_over] == ["first", "notice"]


@pytest.mark.parametrize(
    ("change", "steps"),
    [
        ({"closed": True}, []),
        ({"still": True}, []),
        ({"proven_on": None}, ["talk"]),
        ({"due_on": None}, []),
        ({"done": frozenset({("second", 1)})}, ["talk"]),
        ({"done": frozenset({("second", 1)}), "round": 2}, ["second", "talk"]),
    ],
)
def test_what_holds_a_step_back(change: dict[str, Any], steps: list[str]) -> None:
    assert taken(MAJOR, replace(LATE, **change), on(22)) == steps


def test_zero_tolerance_waits_for_no_answer_and_its_calls_end_with_the_danger() -> None:
    grave = replace(LATE, zero_tolerance=True)
    assert taken(ZERO, replace(grave, still=True), on(1)) == ["second", "referral", "call-4"]
    assert taken(ZERO, replace(grave, contained=True), on(1)) == ["second", "referral"]
    referred_in_an_earlier_round = replace(grave, round=2, done=frozenset({("referral", 1)}))
    assert taken(ZERO, referred_in_an_earlier_round, on(1)) == ["second", "call-4"]


@pytest.mark.parametrize(
    ("change", "days", "step", "day", "held"),
    [
        ({}, -20, "notice", -7, None),
        ({}, -3, "notice", -7, None),  # due now, and not taken yet
        ({"done": frozenset({("notice", 1)})}, -3, "first", 1, None),
        ({"done": frozenset({("first", 1)})}, 3, "second", 14, None),
        ({"done": frozenset({("first", 1), ("second", 1)})}, 15, "talk", 21, None),
        ({"done": frozenset({("first", 1), ("second", 1), ("talk", 1)})}, 22, "third", 30, None),
        ({"still": True}, 3, "first", None, Held.answer),
        ({"proven_on": None, "done": frozenset({("talk", 1)})}, 3, "first", None, Held.delivery),
    ],
)
def test_what_comes_next_and_when(
    change: dict[str, Any], days: int, step: str, day: int | None, held: Held | None
) -> None:
    found = next_step(MAJOR, replace(LATE, **change), on(days))
    assert found is not None
    assert (found.step.id, found.on, found.held_by) == (step, None if day is None else on(day), held)


def test_nothing_comes_after_the_last_step_or_the_end() -> None:
    assert next_step(MAJOR, replace(LATE, done=frozenset({("third", 1), ("talk", 1)})), on(99)) is None
    assert next_step(MAJOR, replace(LATE, closed=True), on(99)) is None


def test_a_prepared_step_is_asked_again_before_it_goes() -> None:
    assert is_due(MAJOR, LATE, "first", 1, on(2))
    assert not is_due(MAJOR, LATE, "first", 2, on(2))
    assert not is_due(MAJOR, replace(LATE, still=True), "first", 1, on(2))
    assert not is_due(MAJOR, replace(LATE, closed=True), "first", 1, on(2))
    assert not is_due(MAJOR, replace(LATE, due_on=on(5)), "first", 1, on(2))
    assert not is_due(MAJOR, LATE, "no-such-step", 1, on(2))


days = st.integers(-60, 120)
ladders = st.sampled_from([ZERO, CRITICAL, MAJOR, MINOR])


@st.composite
def made_up(draw: st.DrawFn) -> Rungs:
    """A ladder that the parser would let through."""
    at = sorted(draw(st.sets(st.integers(-5, 40), max_size=3)))
    kinds = draw(st.permutations(REMINDERS))[: len(at)]
    rising = sorted(kinds, key=REMINDERS.index)
    steps = [Step(f"r{n}", kind, After.due, day) for n, (kind, day) in enumerate(zip(rising, at, strict=True))]
    for kind in (Kind.notice, Kind.call, Kind.talk, Kind.referral):
        after = draw(st.sampled_from([After.told, After.due, After.delivery]))
        at = sorted(draw(st.sets(st.integers(-20, 40), max_size=3)))
        steps += [Step(f"{kind}{n}", kind, after, day) for n, day in enumerate(at)]
    return Rungs(tuple(steps))


standings = st.builds(
    Standing,
    closed=st.booleans(),
    zero_tolerance=st.booleans(),
    told_on=st.one_of(st.none(), days.map(on)),
    proven_on=st.one_of(st.none(), days.map(on)),
    due_on=st.one_of(st.none(), days.map(on)),
    still=st.booleans(),
    contained=st.booleans(),
    round=st.integers(1, 3),
)


def nights(rungs: Rungs, standing: Standing, when: list[int]) -> tuple[Standing, list[tuple[str, int]]]:
    """Look at an action on these days; everything that was taken, in its order."""
    went: list[tuple[str, int]] = []
    for day in when:
        night = due_now(rungs, standing, on(day))
        went += [(step.id, round_of(step, standing)) for step in night.take]
        both = {(step.id, round_of(step, standing)) for step in (*night.take, *night.passed_over)}
        standing = replace(standing, done=standing.done | both)
    return standing, went


@given(st.one_of(ladders, made_up()), standings, st.lists(days, unique=True, min_size=1).map(sorted), st.data())
def test_any_nights_that_end_on_the_same_day_end_on_the_same_step(
    rungs: Rungs, standing: Standing, when: list[int], data: st.DataObject
) -> None:
    some = [day for day in when[:-1] if data.draw(st.booleans())] + when[-1:]
    every, most = nights(rungs, standing, list(range(when[0], when[-1] + 1)))
    few, less = nights(rungs, standing, some)
    assert every.done == few.done
    assert level(rungs, every, on(when[-1])) == level(rungs, few, on(when[-1]))
    assert set(less) <= set(most)
    for way in (most, less):
        assert len(way) == len(set(way)), "a step was taken twice"


@given(st.one_of(ladders, made_up()), standings, days)
def test_nothing_is_taken_before_its_day_or_twice_in_a_night(rungs: Rungs, standing: Standing, today: int) -> None:
    night = due_now(rungs, standing, on(today))
    for step in (*night.take, *night.passed_over):
        day = falls_on(step, standing)
        assert day is not None
        assert day <= on(today)
    letters = [step.kind for step in night.take if step.kind in REMINDERS]
    lower = [step.kind for step in night.passed_over if step.kind in REMINDERS]
    assert len(letters) <= 1
    assert not letters or all(REMINDERS.index(letters[0]) > REMINDERS.index(kind) for kind in lower)
    if standing.closed:
        assert not night.take


@given(st.one_of(ladders, made_up()), standings, days, st.integers(0, 60))
def test_the_level_only_rises_until_there_is_a_way_down(
    rungs: Rungs, standing: Standing, today: int, later: int
) -> None:
    then, _ = nights(rungs, standing, [today])
    before, after = level(rungs, then, on(today)), level(rungs, then, on(today + later))
    assert before is None or (after is not None and REMINDERS.index(after) >= REMINDERS.index(before))


@given(st.one_of(ladders, made_up()), standings, days)
def test_what_is_said_to_come_next_does_come_then(rungs: Rungs, standing: Standing, today: int) -> None:
    coming = next_step(rungs, standing, on(today))
    if coming is None or coming.on is None:
        return
    if coming.on <= on(today):
        assert coming.step in due_now(rungs, standing, on(today)).take
    else:
        assert not is_done(coming.step, standing)
        assert coming.step in due_now(rungs, standing, coming.on).take or coming.step.kind in {Kind.notice, *TASKS}


@given(
    ladders.filter(lambda rungs: rungs is not ZERO),
    st.lists(st.tuples(st.sampled_from(["ask", "answer", "agree", "prove"]), st.integers(1, 25)), max_size=6),
    st.data(),
)
def test_the_same_holds_while_the_clock_stops_and_dates_are_agreed_anew(
    rungs: Rungs, story: list[tuple[str, int]], data: st.DataObject
) -> None:
    """A timeline of what happens between the nights; the due date moves by the days on which the clock stood."""
    standing, still_since, today = Standing(told_on=on(-30), due_on=on(0)), 0, -30
    every, few = standing, standing
    for what, wait in [*story, ("answer", 1), ("nothing", 1)]:
        for day in range(today, today + wait):
            every, _ = nights(rungs, every, [day])
            if data.draw(st.booleans()):
                few, _ = nights(rungs, few, [day])
        today += wait
        change: dict[str, Any] = {}
        if what == "ask" and not every.still:
            still_since, change = today, {"still": True}
        elif what == "answer" and every.still and every.due_on:
            change = {"still": False, "due_on": every.due_on + timedelta(days=today - still_since)}
        elif what == "agree" and not every.still:
            change = {"round": every.round + 1, "due_on": on(today + 10)}
        elif what == "prove" and every.proven_on is None and every.due_on:
            change = {"proven_on": on(today), "due_on": max(every.due_on, on(today + 20))}
        every, few = replace(every, **change), replace(few, **change)
    every, _ = nights(rungs, every, [today])
    few, _ = nights(rungs, few, [today])
    assert level(rungs, every, on(today)) == level(rungs, few, on(today))
