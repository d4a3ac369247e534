"""A released scorecard as a paper, in one form for everybody: what its enterprise sees.

The association prints the same form. A paper leaves the house, so nothing that stays inside is read for it at all.
"""

import base64
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from compliance.casework import cases, outside
from compliance.casework.outside import Step, Told
from compliance.checklists import store as checklists
from compliance.checklists.rules import Checklist
from compliance.corrective_actions.seen import ActionView
from compliance.enterprises import store as enterprises
from compliance.people import store as people
from compliance.people.rules import Actor, Role
from compliance.scorecards.result import Result
from compliance.scorecards.rules import Comparison
from compliance.scorecards.store import ScorecardView


@dataclass(frozen=True)
class CardPaper:
    """Everything that the paper says of one visit. ``steps`` are what comes next of each action, by its id."""

    association: Any
    enterprise: Any
    workplace: str
    card: ScorecardView
    checklist: Checklist
    today: Result
    compared: Comparison | None
    before: date | None
    told: tuple[Told, ...]
    steps: dict[UUID, Step]
    corrected: tuple[ScorecardView, ...]
    made_on: date


def as_manager(actor: Actor, enterprise_id: UUID) -> Actor:
    """The same person with the eyes of a manager of one enterprise: released things alone, in their public form."""
    return replace(
        actor,
        roles=frozenset({Role.manager}),
        enterprise_ids=frozenset({enterprise_id}),
        tied_ids=frozenset(),
        is_system=False,
    )


def of(reader: Actor, card: ScorecardView) -> CardPaper:
    """The paper of a released scorecard that holds now, for somebody who sees its enterprise from outside."""
    on = cases.today(reader)
    before = cases.previous_card(reader, card)
    told = tuple(outside.of_visit(reader, card))
    return CardPaper(
        association=people.association(reader),
        enterprise=enterprises.get(reader, card.enterprise_id),
        workplace=outside.names(reader, card.enterprise_id).get(card.workplace_id, ""),
        card=card,
        checklist=checklists.load(card.checklist_digest),
        today=outside.standing(reader, card),
        compared=cases.comparison(card, before),
        before=before.visited_on if before else None,
        told=told,
        steps=steps(told, on),
        corrected=tuple(outside.superseded_by(reader, card)),
        made_on=on,
    )


def steps(told: tuple[Told, ...], on: date) -> dict[UUID, Step]:
    """What comes next of each action of these findings, by the action's id."""
    asked: list[ActionView] = [action for one in told for action in one.actions]
    return {action.id: outside.step(action, on) for action in asked}


def bar(score: Decimal | None) -> str:
    """A score from 0 to 100 as a bar that survives a printer without colour: a ``data:`` address of an SVG."""
    width = 0 if score is None else max(Decimal(0), min(Decimal(100), score))
    drawn = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="102" height="10" viewBox="-1 -1 102 10">'
        f'<rect width="{width}" height="8" fill="#12595f"/>'
        '<rect width="100" height="8" fill="none" stroke="#12313a" stroke-width=".8"/>'
        '<path d="M25 0v8M50 0v8M75 0v8" stroke="#8a979e" stroke-width=".5"/></svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.encode()).decode()
