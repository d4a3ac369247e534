"""Deadlines run from proven delivery: a due date that a letter printed is counted anew from the day that is proven."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import sqlmodel
from sqlmodel import col

from compliance.checklists.rules import Policy
from compliance.corrective_actions import rules, store
from compliance.corrective_actions.models import CorrectiveAction
from compliance.findings.rules import kind_of_deadline
from compliance.people.rules import Actor
from compliance.scorecards import scope
from compliance.shared.audit import audited
from compliance.shared.database import session


@audited("action.proven")
def prove(actor: Actor, days: Mapping[UUID, date | None], policies: Mapping[UUID, Policy]) -> list[CorrectiveAction]:
    """Note from which day on the enterprise is proven to have the letter that asks for these actions (None: it is not
    proven after all). ``policies`` are by visit.

    A due date that the letter set is counted anew from that day, and never becomes earlier than printed. One that was
    agreed since stands.
    """
    query = sqlmodel.select(CorrectiveAction).where(
        col(CorrectiveAction.id).in_(list(days)), scope.inside(actor, CorrectiveAction)
    )
    rows = list(session().exec(query.order_by(col(CorrectiveAction.id)).with_for_update()))
    for row in rows:
        row.proven_on = days[row.id]
        session().add(row)
        if row.proven_on is not None and _count_anew(row, row.proven_on, policies[row.visit_id]):
            store.note(actor, row, "proven", "")
    return rows


def _count_anew(row: CorrectiveAction, proven_on: date, policy: Policy) -> bool:
    """Move the dates of an action; whether its due date became another."""
    deadlines = policy.severities[kind_of_deadline(row.severity, row.zero_tolerance)]
    moved = deadlines.moved_off_rest_days
    if row.plan_due_on is not None and deadlines.plan_days is not None:
        planned, _ = rules.due_date(proven_on, deadlines.plan_days, row.severity, moved=moved)
        row.plan_due_on = max(row.plan_due_on, planned)
    due, provisional = rules.due_date(proven_on, row.days, row.severity, moved=moved)
    if row.round > 1 or row.due_on is None or due <= row.due_on or row.state in rules.CLOSED:
        return False
    row.due_on, row.due_provisional = due, provisional
    return True
