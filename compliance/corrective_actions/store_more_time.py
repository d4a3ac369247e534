"""A request for more time that the association does not grant, with its reason. Granting it is in `store`."""

from uuid import UUID

from compliance.corrective_actions import store
from compliance.corrective_actions.models import CorrectiveAction
from compliance.corrective_actions.rules import Move
from compliance.people.rules import Actor
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Conflict, Problem
from compliance.shared.words import N_


@audited("action.extension_denied")
def deny(actor: Actor, action_id: UUID, reason: str) -> CorrectiveAction:
    """Say no to a request for more time: the due date stands, and the enterprise reads why. It asks once.

    Raises NotFound, Refused("action-not-yours"), Conflict("extension-none"), Problem("action-reason-missing").
    """
    row = store.for_move(actor, action_id, Move.withdraw)
    if row.extension_asked_until is None:
        raise Conflict("extension-none", N_("No request for more time waits for a decision by now."))
    if not reason.strip():
        raise Problem("action-reason-missing", N_("Please give a reason."), field="reason")
    row.extension_asked_until, row.extension_asked_reason = None, ""
    session().add(row)
    store.note(actor, row, store.DENIED, reason.strip())
    return row
