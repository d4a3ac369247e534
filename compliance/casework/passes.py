"""A named outsider's pass: what has become of it, how it ends, and what a letter prints of it.

It ends with the decision, by withdrawal, when somebody of the association decides after all, or after the days of the
policy. With it ends the account that was opened for it.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from compliance.casework import store_outsiders as store
from compliance.casework.pass_rules import OPEN, PassState, state_of
from compliance.letters import rules as letters
from compliance.people import rules as people_rules
from compliance.people import store as people
from compliance.people import store_invitations as invitations
from compliance.people.rules import Actor
from compliance.shared import clock

if TYPE_CHECKING:
    from compliance.casework.models import Outsider


def states(rows: Sequence["Outsider"]) -> dict[UUID, PassState]:
    """What has become of these passes by now, by their ids."""
    opened, now = invitations.several(row.invitation_id for row in rows), clock.now()
    return {row.id: state_of(row, invitations.state(opened[row.invitation_id]), now) for row in rows}


def of_case(visit_id: UUID, finding_id: UUID | None = None) -> list[tuple["Outsider", PassState]]:
    """The passes to one case, the newest first: the release of a visit, or the dispute about a finding."""
    rows = [row for row in store.of_visits([visit_id]) if row.finding_id == finding_id]
    known = states(rows)
    return [(row, known[row.id]) for row in rows]


def waited_for(visit_ids: Iterable[UUID]) -> dict[UUID, PassState]:
    """The open passes by what they are about: a finding in dispute, else the visit."""
    rows = store.of_visits(list(visit_ids))
    known = states(rows)
    return {row.finding_id or row.visit_id: known[row.id] for row in rows if known[row.id] in OPEN}


def standing_in(visit_id: UUID) -> letters.Outsider | None:
    """Whom a letter about the release of a visit names, while an outsider is at work."""
    at_work = [row for row, state in of_case(visit_id) if state is PassState.accepted]
    return printed(at_work[0]) if at_work else None


def printed(row: "Outsider") -> letters.Outsider:
    """What a letter prints of an outsider."""
    return letters.Outsider(row.name, row.organisation, row.reason)


def said(row: "Outsider") -> str:
    """The same on one line, as it stands on record beside a decision."""
    return f"{row.name} ({row.organisation}): {row.reason}"


def signer(row: "Outsider") -> str:
    """Who signs for the association where an outsider has decided: whoever invited them."""
    return people.people_names([row.invited_by]).get(row.invited_by, "") if row.invited_by else ""


def end(actor: Actor, row: "Outsider") -> None:
    """Make the invitation and the account useless, as soon as the pass has ended."""
    invitation = invitations.several([row.invitation_id])[row.invitation_id]
    if invitations.state(invitation) is people_rules.InvitationState.open:
        invitations.withdraw(actor, invitation)
    person = people.get(actor, invitation.used_by) if invitation.used_by else None
    if person is not None and person.active:
        system = people_rules.system_actor(actor.association_id, "outsider")
        people.deactivate(people_rules.at_address(system, actor.address), person)


def overtaken(actor: Actor, visit_id: UUID, finding_id: UUID | None = None) -> None:
    """Somebody of the association decides after all: nobody from outside is waited for any more."""
    for row, state in of_case(visit_id, finding_id):
        if state in OPEN:
            store.withdraw(actor, row)
            end(actor, row)
