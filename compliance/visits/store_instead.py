"""Changing the team of a visit that is handed out: somebody fell ill, or turned out to have a tie."""

from uuid import UUID

from sqlmodel import col, select

from compliance.people.rules import Actor
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Conflict
from compliance.shared.words import N_, clean
from compliance.visits import store_moves as moves
from compliance.visits import store_reading as reading
from compliance.visits.models import AnswerEvent, Evidence, Visit
from compliance.visits.models_teams import TeamChange
from compliance.visits.rules import Move, State, after, check_reason


def changes(visit: Visit) -> list[TeamChange]:
    """How the team of a visit was changed since it was handed out, the newest first. The caller loaded the visit."""
    query = select(TeamChange).where(TeamChange.visit_id == visit.id)
    return list(session().exec(query.order_by(col(TeamChange.id).desc())))


@audited("visit.team_changed")
def send_instead(actor: Actor, visit: Visit, leaving: UUID, instead: UUID, reason: str) -> TeamChange:
    """Let somebody else go to a visit that is handed out: from now on it is theirs, and no longer that of who leaves.

    Raises ``Conflict`` unless it is open and ``leaving`` goes there, ``Problem`` without a reason and for somebody who
    is no inspector, has a tie to the enterprise, or goes there already.
    """
    moves.hold(visit)
    after(visit.state, Move.change_team)
    why = check_reason(clean(reason))[:2000]
    team = reading.inspectors([visit.id])[visit.id]
    if leaving not in team:
        raise Conflict("team-person", N_("This person does not go there any more. Load the page again."))
    moves.set_team(actor, visit, [instead if id == leaving else id for id in team], new=instead)
    row = TeamChange(
        association_id=visit.association_id,
        visit_id=visit.id,
        leaving_id=leaving,
        instead_id=instead,
        reason=why,
        at=clock.now(),
        by=actor.person_id,
    )
    session().add(row)
    session().flush()
    return row


@audited("visit.team_change_undone")
def take_back(actor: Actor, visit: Visit) -> TeamChange:
    """Take the newest change of a team back. Raises ``Conflict`` where ``undoable`` says no, ``Problem`` where whoever
    left is no inspector any more or has a tie to the enterprise.
    """
    moves.hold(visit)
    row = undoable(visit)
    if row is None:
        raise Conflict("team-undo", N_("This change cannot be taken back any more."))
    team = reading.inspectors([visit.id])[visit.id]
    moves.set_team(actor, visit, [row.leaving_id if id == row.instead_id else id for id in team], new=row.leaving_id)
    row.undone_at, row.undone_by = clock.now(), actor.person_id
    session().add(row)
    return row


def undoable(visit: Visit) -> TeamChange | None:
    """The newest change of a team that can be taken back: the visit is open, and who came instead entered nothing."""
    row = next((one for one in changes(visit) if one.undone_at is None), None)
    if (
        row is None
        or visit.state is not State.handed_out
        or row.instead_id not in reading.inspectors([visit.id])[visit.id]
    ):
        return None
    entered = select(AnswerEvent.id).where(AnswerEvent.visit_id == visit.id, AnswerEvent.person_id == row.instead_id)
    added = select(Evidence.id).where(Evidence.visit_id == visit.id, Evidence.added_by == row.instead_id)
    busy = session().exec(entered.limit(1)).first() or session().exec(added.limit(1)).first()
    return None if busy else row
