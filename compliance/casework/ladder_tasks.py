"""What an officer does on the ladder and records: a call about a danger, a talk. It takes the steps that were due."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from compliance.casework import cases, ladder
from compliance.casework.models_ladder import LadderStep
from compliance.checklists.ladder import Kind
from compliance.corrective_actions import ladder as rules
from compliance.corrective_actions import store as actions
from compliance.corrective_actions import store_agreed
from compliance.corrective_actions.agreed import Outcome
from compliance.corrective_actions.ladder import Became
from compliance.people.rules import Actor
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Problem
from compliance.shared.words import N_


def call(actor: Actor, action_id: UUID, note: str) -> None:
    """Record a call. Raises ``NotFound``, ``Refused``, ``Problem``."""
    store_agreed.note_call(actor, action_id, note)
    _take(actor, [action_id], Kind.call)


def talk(
    actor: Actor,
    action_ids: Sequence[UUID],
    held_on: date,
    place: str,
    present: str,
    outcome: Outcome,
    until: date | None,
    note: str,
) -> Any:
    """Record a talk about actions of one visit, and draw what follows from its outcome.

    Raises what ``store_agreed.note_talk`` raises.
    """
    if not action_ids:
        raise Problem("talk-actions", N_("Choose actions of one visit."), field="actions")
    case = cases.load(actor, actions.get(actor, action_ids[0]).visit_id)
    _take(actor, action_ids, Kind.talk)
    return store_agreed.note_talk(
        actor,
        action_ids,
        held_on,
        place,
        present,
        outcome,
        until,
        note,
        case.checklist,
        case.involved,
        cases.today(actor),
    )


@audited("ladder.done")
def _take(actor: Actor, action_ids: Iterable[UUID], kind: Kind) -> list[LadderStep]:
    """The steps of this kind that are due by now are done, or passed over by a higher one."""
    today, rows = cases.today(actor), []
    for action_id in action_ids:
        action = actions.get(actor, action_id)
        case = cases.load(actor, action.visit_id)
        so_far = (one for one in ladder.climbed(actor, action_id) if one.became is not Became.dropped)
        standing = ladder.standing(action, ((one.step, one.round) for one in so_far))
        night = rules.due_now(ladder.rungs_of(case.checklist.ladder, action), standing, today)
        for steps, became in ((night.take, Became.done), (night.passed_over, Became.passed_over)):
            rows += [
                LadderStep(
                    association_id=actor.association_id,
                    action_id=action_id,
                    step=step.id,
                    kind=step.kind.value,
                    round=rules.round_of(step, standing),
                    became=became,
                    happened_on=today,
                    noted_at=clock.now(),
                    noted_by=actor.person_id,
                )
                for step in steps
                if step.kind is kind
            ]
    session().add_all(rows)
    session().flush()
    return rows
