"""The clock of an action: it stands still while the association owes the enterprise an answer, and the due date moves
by as many days once the answer is there. Under zero tolerance it never stands still.

An answer is owed about evidence that was sent, a request for more time, a reason for taking no action, or a dispute.
"""

from datetime import date

import sqlalchemy as sa
from sqlmodel import col

from compliance.corrective_actions import rules
from compliance.corrective_actions.models import CorrectiveAction
from compliance.corrective_actions.models_exchange import ActionRefusal
from compliance.corrective_actions.rules import ActionState, Move
from compliance.findings import store_replies as replies
from compliance.people import store as people
from compliance.people.rules import Actor
from compliance.shared import clock
from compliance.shared.database import session

_DATED = frozenset({Move.extend, Move.verify_part, Move.reopen, "agree", "deliver"})
"""What sets a due date of its own: the days that the clock stood are not added to it."""


def keep(actor: Actor, row: CorrectiveAction, move: str) -> None:
    """Stop the clock or let it run again, after something happened to an action. The caller is an audited writer."""
    if row.due_on is None or move == "pause" or row.state in rules.CLOSED or not rules.clock_stops(row.zero_tolerance):
        return
    owed = _owes(actor, row)
    today = clock.today(people.association(actor).time_zone)
    if owed and row.paused_on is None:
        row.paused_on = today
    elif not owed and row.paused_on is not None:
        _run_again(row, today, dated=move in _DATED)
    session().add(row)


def _run_again(row: CorrectiveAction, today: date, *, dated: bool) -> None:
    stood_since, row.paused_on = row.paused_on, None
    if not dated and stood_since is not None and row.due_on is not None and today > stood_since:
        row.due_on, row.due_provisional = rules.resumed_due_date(row.due_on, stood_since, today, row.severity)


def _owes(actor: Actor, row: CorrectiveAction) -> bool:
    if row.state is ActionState.evidence_sent or row.extension_asked_until is not None:
        return True
    open_reason = sa.select(sa.literal(1)).where(
        col(ActionRefusal.action_id) == row.id, col(ActionRefusal.taken).is_(None)
    )
    if session().execute(open_reason.limit(1)).first() is not None:
        return True
    if row.paused_on is None:
        return False  # a dispute stops the clock by itself when it is opened
    rounds = replies.disputes(actor, [row.finding_id]).get(row.finding_id, [])
    return any(one.decision is None for one in rounds)
