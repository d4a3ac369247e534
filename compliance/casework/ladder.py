"""Reading the ladder: where each action stands, what comes next and when, and what became of the steps so far."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa

from compliance.casework.lists import inside, table
from compliance.checklists import store as checklists
from compliance.checklists.ladder import TASKS, Ladder, Rungs, Step
from compliance.corrective_actions import ladder as rules
from compliance.corrective_actions.ladder import Became, NextStep, Standing
from compliance.corrective_actions.rules import CLOSED, UNFINISHED
from compliance.findings.rules import kind_of_deadline
from compliance.people.rules import Actor
from compliance.shared.database import session


class Dated(Protocol):
    """The dates of an action, from whatever row or view they come."""

    @property
    def severity(self) -> Any:
        """How heavily it weighs."""

    @property
    def zero_tolerance(self) -> bool:
        """Whether it rests on a zero-tolerance fact."""

    @property
    def state(self) -> Any:
        """Where it stands."""

    @property
    def told_on(self) -> date | None:
        """The day on which it was told on site."""

    @property
    def proven_on(self) -> date | None:
        """The day of proven delivery."""

    @property
    def due_on(self) -> date | None:
        """The due date."""

    @property
    def paused_on(self) -> date | None:
        """Since when the clock stands still."""

    @property
    def contained_on(self) -> date | None:
        """When its danger was contained."""

    @property
    def round(self) -> int:
        """How often the due date was agreed anew."""


def standing(one: Dated, done: Iterable[tuple[str, int]] = ()) -> Standing:
    """The dates of an action as the ladder reads them."""
    return Standing(
        closed=one.state in CLOSED or one.due_on is None,
        zero_tolerance=one.zero_tolerance,
        told_on=one.told_on,
        proven_on=one.proven_on,
        due_on=one.due_on,
        still=one.paused_on is not None,
        contained=one.contained_on is not None,
        round=one.round,
        done=frozenset(done),
    )


def kind_of(one: Dated) -> str:
    """The key of an action's severity in the policy and in the ladder."""
    return kind_of_deadline(one.severity, one.zero_tolerance)


def rungs_of(ladder: Ladder, one: Dated) -> Rungs:
    """The steps of an action's severity."""
    return ladder.rungs(kind_of(one))


def next_steps(actor: Actor, today: date, action_ids: Collection[UUID] | None = None) -> dict[UUID, NextStep]:
    """What comes next for each unfinished action within the actor's inside scope (of these, or of all of them).

    Two statements, however many actions there are. An action of which nothing more can come is left out.
    """
    if action_ids is not None and not action_ids:
        return {}
    found = {}
    for one in _unfinished(actor, action_ids):
        coming = rules.next_step(one.rungs, one.standing, today)
        if coming is not None:
            found[one.id] = coming
    return found


def tasks(actor: Actor, today: date) -> list[tuple[UUID, Step]]:
    """The calls and talks that are due and not recorded yet: an officer's, by action."""
    return [
        (one.id, step)
        for one in _unfinished(actor, None)
        for step in rules.due_now(one.rungs, one.standing, today).take
        if step.kind in TASKS
    ]


@dataclass(frozen=True)
class _Unfinished:
    id: UUID
    rungs: Rungs
    standing: Standing


def _unfinished(actor: Actor, action_ids: Collection[UUID] | None) -> Iterator[_Unfinished]:
    action, visit, step = table("corrective_action"), table("visit"), table("ladder_step")
    chosen = [action.c.state.in_(sorted(UNFINISHED)), action.c.due_on.is_not(None), *inside(actor, action)]
    chosen += [action.c.id.in_(list(action_ids))] if action_ids is not None else []
    steps = session().execute(
        sa.select(step.c.action_id, step.c.step, step.c.round)
        .select_from(step.join(action, action.c.id == step.c.action_id))
        .where(*chosen, step.c.became != Became.dropped)
    )
    done: dict[UUID, set[tuple[str, int]]] = {}
    for action_id, name, round_ in steps:
        done.setdefault(action_id, set()).add((name, round_))
    rows = session().execute(
        sa.select(*dates(), visit.c.checklist_version_id)
        .select_from(action.join(visit, visit.c.id == action.c.visit_id))
        .where(*chosen)
    )
    for row in rows:
        ladder = checklists.load(row.checklist_version_id).ladder
        yield _Unfinished(row.id, rungs_of(ladder, row), standing(row, done.get(row.id, ())))


def dates() -> list[Any]:
    """The columns of an action that the ladder reads."""
    action = table("corrective_action")
    names = (
        *("id", "visit_id", "enterprise_id", "severity", "zero_tolerance", "state", "told_on", "proven_on"),
        *("due_on", "paused_on", "contained_on", "round"),
    )
    return [action.c[name] for name in names]


@dataclass(frozen=True)
class Climbed:
    """One step of an action so far, with the letter that it went out by, if any."""

    step: str
    kind: str
    round: int
    became: Became
    happened_on: date
    deadline_on: date | None
    noted_by: UUID | None
    prepared_id: UUID | None
    letter_id: UUID | None
    number: str | None
    reason: str


def climbed(actor: Actor, action_id: UUID) -> list[Climbed]:
    """What became of the steps of an action, the oldest first; the association's alone."""
    return climbed_of(actor, [action_id]).get(action_id, [])


def climbed_of(actor: Actor, action_ids: Collection[UUID]) -> dict[UUID, list[Climbed]]:
    """The same of several actions."""
    action, step = table("corrective_action"), table("ladder_step")
    prepared, letter = table("prepared_letter"), table("letter")
    query = (
        sa.select(
            *(step.c[name] for name in ("action_id", "step", "kind", "round", "became", "happened_on", "deadline_on")),
            step.c.noted_by,
            step.c.prepared_id,
            prepared.c.letter_id,
            letter.c.number,
            sa.func.coalesce(prepared.c.reason, "").label("reason"),
        )
        .select_from(
            step.join(action, action.c.id == step.c.action_id)
            .outerjoin(prepared, prepared.c.id == step.c.prepared_id)
            .outerjoin(letter, letter.c.id == prepared.c.letter_id)
        )
        .where(step.c.action_id.in_(list(action_ids)), *inside(actor, action))
        .order_by(step.c.happened_on, step.c.noted_at, step.c.id)
    )
    found: dict[UUID, list[Climbed]] = {}
    for row in session().execute(query):
        kept = {name: value for name, value in row._mapping.items() if name != "action_id"}
        found.setdefault(row.action_id, []).append(Climbed(**kept))
    return found
