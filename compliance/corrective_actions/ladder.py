"""Where an action stands on the ladder: computed from its dates and the day, never kept. Pure.

A night that was missed loses nothing, because nothing is counted from the night before: what is due is what has come up
to today and was not done yet. Of several steps that are due at once only the highest is taken; the lower ones are
passed over. While the association owes an answer, or nothing proves that the letter arrived, nothing rises.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from compliance.checklists.ladder import REMINDERS, TASKS, After, Kind, Rungs, Step


class Became(StrEnum):
    """What became of a step. `dropped` alone leaves it open: its letter was not needed that day, and may be again."""

    prepared = "prepared"
    issued = "issued"
    done = "done"
    declined = "declined"
    passed_over = "passed_over"
    dropped = "dropped"


class Held(StrEnum):
    """What an action waits for before it can rise."""

    delivery = "delivery"
    answer = "answer"


@dataclass(frozen=True)
class Standing:
    """The dates of one action, as far as the ladder reads them.

    `still`: the association owes an answer, and the clock stands. `done` holds (step, round) of everything that was
    taken, declined or passed over. `round` counts how often the due date was agreed anew.
    """

    closed: bool = False
    zero_tolerance: bool = False
    told_on: date | None = None
    proven_on: date | None = None
    due_on: date | None = None
    still: bool = False
    contained: bool = False
    round: int = 1
    done: frozenset[tuple[str, int]] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Night:
    """What one look at an action gives: the steps to take today, and the lower ones that are passed over by them."""

    take: tuple[Step, ...] = ()
    passed_over: tuple[Step, ...] = ()


@dataclass(frozen=True)
class NextStep:
    """What comes next: a step and its day. Without a day it is held by something that has to happen first."""

    step: Step
    on: date | None
    held_by: Held | None = None


NOTHING = Night()


def round_of(step: Step, standing: Standing) -> int:
    """The round in which a step counts: what rises from the due date begins anew with another one."""
    return standing.round if step.after is After.due else 1


def is_done(step: Step, standing: Standing) -> bool:
    """Whether a step was taken, declined or passed over in its round."""
    return (step.id, round_of(step, standing)) in standing.done


def falls_on(step: Step, standing: Standing) -> date | None:
    """The day of a step; None while the day that it counts from is not known, or where it cannot come any more."""
    base = {After.told: standing.told_on, After.delivery: standing.proven_on, After.due: standing.due_on}[step.after]
    if base is None or (step.kind is Kind.call and standing.contained):
        return None
    return base + timedelta(days=step.days)


def held_by(step: Step, standing: Standing) -> Held | None:
    """What keeps a step from being taken although its day has come. Zero tolerance waits for no answer."""
    if standing.still and not standing.zero_tolerance and step.kind is not Kind.call:
        return Held.answer
    return Held.delivery if step.kind in REMINDERS and standing.proven_on is None else None


def due_now(rungs: Rungs, standing: Standing, today: date) -> Night:
    """What is to be done today. Letters, referrals, messages, calls and talks are judged apart from each other."""
    if standing.closed:
        return NOTHING
    take: list[Step] = []
    passed: list[Step] = []
    for track in rungs.tracks:
        came = [step for step in track if _has_come(step, standing, today)]
        highest_done = max((place for place, step in enumerate(track) if is_done(step, standing)), default=-1)
        open_ = [step for step in came if not is_done(step, standing)]
        higher = [step for step in open_ if track.index(step) > highest_done and not _too_late(step, standing, today)]
        take += higher[-1:]
        passed += [step for step in open_ if step not in higher[-1:]]
    return Night(tuple(take), tuple(passed))


def level(rungs: Rungs, standing: Standing, today: date) -> Kind | None:
    """How high an action stands: the highest reminder whose day has come, or that was taken, in this round."""
    climbed = [
        step
        for step in rungs.steps
        if step.kind in REMINDERS
        and (is_done(step, standing) or (not standing.closed and _has_come(step, standing, today)))
    ]
    return max((step.kind for step in climbed), key=REMINDERS.index, default=None)


def next_step(rungs: Rungs, standing: Standing, today: date) -> NextStep | None:
    """What comes next and when; what is due already comes with its own day. None where nothing more can come.

    A step that is held has no day. Of steps on the same day the one that is a letter comes first.
    """
    if standing.closed:
        return None
    waiting = set(due_now(rungs, standing, today).take)
    found: list[tuple[date, bool, NextStep]] = []
    held: list[NextStep] = []
    for track in rungs.tracks:
        highest_done = max((place for place, step in enumerate(track) if is_done(step, standing)), default=-1)
        for step in track[highest_done + 1 :]:
            day = falls_on(step, standing)
            if day is None or _too_late(step, standing, today):
                continue
            why = held_by(step, standing)
            if why is not None:
                held.append(NextStep(step, None, why))
                break
            if day > today or step in waiting:
                found.append((day, step.kind in TASKS, NextStep(step, day)))
                break
    if found:
        return min(found, key=lambda one: one[:2])[2]
    return held[0] if held else None


def is_due(rungs: Rungs, standing: Standing, step_id: str, round: int, today: date) -> bool:
    """Whether a step that was prepared earlier is still called for: the same round, its day come, nothing between."""
    step = rungs.step(step_id)
    if step is None or standing.closed or round_of(step, standing) != round:
        return False
    return _has_come(step, standing, today)


def _has_come(step: Step, standing: Standing, today: date) -> bool:
    day = falls_on(step, standing)
    return day is not None and day <= today and held_by(step, standing) is None


def _too_late(step: Step, standing: Standing, today: date) -> bool:
    """A message ahead of the due date says nothing any more once that day has come."""
    return step.kind is Kind.notice and step.days < 0 and standing.due_on is not None and today >= standing.due_on
