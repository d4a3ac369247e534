"""A headquarters and its branches, gathered for one table: what is released, in figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from compliance.casework import cases
from compliance.checklists import store as checklists
from compliance.checklists.rules import Checklist
from compliance.corrective_actions import store_totals
from compliance.corrective_actions.store_totals import Totals
from compliance.enterprises import store as enterprises
from compliance.letters import store_newest
from compliance.letters.store_newest import Newest
from compliance.people import store_branches
from compliance.people.rules import Actor
from compliance.scorecards import store as scorecards
from compliance.scorecards.store import Figures


@dataclass(frozen=True)
class BranchRow:
    """A branch with its newest released scorecard in figures, its actions in numbers and its newest letter."""

    enterprise: Any
    answers: bool
    card: Figures | None
    totals: Totals
    letters: Newest


def of(actor: Actor, headquarters_id: UUID) -> list[BranchRow]:
    """The branches of a headquarters as its managers see them, by name; the same number of statements for any number
    of branches. Empty for who does not manage it.
    """
    if headquarters_id not in actor.enterprise_ids:
        return []
    links = {link.enterprise_id: link for link in store_branches.branches_of(actor, headquarters_id)}
    rows = enterprises.several(actor, links)
    cards = {one.enterprise_id: one for one in scorecards.figures(actor, enterprise_ids=rows)}  # the newest comes last
    totals = store_totals.by_enterprise(actor, rows, cases.today(actor))
    newest = store_newest.by_enterprise(actor, rows)
    return [
        BranchRow(row, links[row.id].may_answer, cards.get(row.id), totals.get(row.id, Totals()), newest[row.id])
        for row in sorted(rows.values(), key=lambda row: (row.sort_key, str(row.id)))
    ]


def total(rows: Sequence[BranchRow]) -> Totals:
    """All branches together."""
    return sum((row.totals for row in rows), Totals())


def checklist(actor: Actor) -> Checklist | None:
    """The checklist whose areas and bands name the columns; None while nothing is published."""
    current = checklists.current_or_none(actor.association_id)
    return checklists.load(current.digest) if current else None
