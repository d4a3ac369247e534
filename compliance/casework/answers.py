"""Answers to plans: what an officer accepted or returned goes out as letter L4, one letter for a visit."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from compliance.casework.lists import table
from compliance.corrective_actions.ladder import Became
from compliance.corrective_actions.rules import UNFINISHED, Move
from compliance.shared.database import session

KIND = "L4"
_ANSWERS = (Move.accept_plan.value, Move.return_plan.value)
_MOVES = (Move.plan.value, *_ANSWERS)


@dataclass(frozen=True)
class Answer:
    """The newest answer to the plan of one action: which one it is (from 1), and the officer's words."""

    number: int
    accepted: bool
    word: str

    @property
    def step(self) -> str:
        """The name under which the ladder keeps that it was told."""
        return f"answer-{self.number}"


def standing(action_ids: Collection[UUID]) -> dict[UUID, Answer]:
    """The newest answers to the plans of these actions, which were read in scope; none where a newer plan waits."""
    event = table("action_event")
    return dict(_read(event.c.action_id.in_(list(action_ids)))[0])


def untold(association_id: UUID, today: date, within_days: int) -> Iterator[tuple[Any, Answer]]:
    """(action, answer) of every answer that no letter has told yet, of unfinished actions.

    A visit waits while another of its plans is unanswered, so that one letter tells all; but not past ``within_days``
    from the first of its plans.
    """
    action, event, step = table("corrective_action"), table("action_event"), table("ladder_step")
    chosen = sa.select(action.c.id).where(
        action.c.association_id == association_id,
        action.c.state.in_(sorted(UNFINISHED)),
        action.c.delivered_on.is_not(None),
    )
    answers, open_plans = _read(event.c.action_id.in_(chosen))
    if not answers:
        return
    query = sa.select(action.c.id, action.c.visit_id, action.c.enterprise_id).where(action.c.id.in_(chosen))
    rows = [row for row in session().execute(query) if row.id in answers or row.id in open_plans]
    told = session().execute(
        sa.select(step.c.action_id, step.c.step).where(
            step.c.association_id == association_id, step.c.kind == KIND, step.c.became != Became.dropped
        )
    )
    done = {(row.action_id, row.step) for row in told}
    waits = {row.visit_id for row in rows if row.id in open_plans and (today - open_plans[row.id]).days < within_days}
    for row in rows:
        answer = answers.get(row.id)
        if answer is not None and row.visit_id not in waits and (row.id, answer.step) not in done:
            yield row, answer


def _read(where: Any) -> tuple[dict[UUID, Answer], dict[UUID, date]]:
    """The newest answer of each action, and the days of the plans that wait for one."""
    event = table("action_event")
    query = sa.select(event.c.action_id, event.c.move, event.c.note, event.c.at).where(where, event.c.move.in_(_MOVES))
    answers: dict[UUID, Answer] = {}
    open_plans: dict[UUID, date] = {}
    numbers: dict[UUID, int] = {}
    for row in session().execute(query.order_by(event.c.action_id, event.c.at, event.c.id)):
        if row.move == Move.plan:
            answers.pop(row.action_id, None)
            open_plans[row.action_id] = row.at.date()
        else:
            open_plans.pop(row.action_id, None)
            numbers[row.action_id] = numbers.get(row.action_id, 0) + 1
            answers[row.action_id] = Answer(numbers[row.action_id], row.move == Move.accept_plan, row.note)
    return answers, open_plans
