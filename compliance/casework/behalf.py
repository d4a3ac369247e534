"""The association enters what an enterprise said on paper or by telephone, as the enterprise, and says that it did."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from compliance.casework import cases
from compliance.corrective_actions import exchange, store_entered
from compliance.corrective_actions import store as actions
from compliance.corrective_actions.exchange import Entered
from compliance.corrective_actions.models_exchange import EnteredFor
from compliance.corrective_actions.store_entered import Arrival
from compliance.findings import store as findings
from compliance.people.rules import Actor, Role, can, sees_inside
from compliance.shared.problems import NotFound, Refused
from compliance.shared.words import N_


def speaking_for(actor: Actor, enterprise_id: UUID) -> Actor:
    """The actor as the enterprise's manager, for one entry: the same person on every record, no other enterprise.

    Raises NotFound outside the scope, Refused without the permit.
    """
    if not sees_inside(actor, enterprise_id):
        raise NotFound("action-unknown", N_("This does not exist, or it is not yours to see."))
    if not can(actor, "action.enter_for"):
        raise Refused("action-not-yours", N_("Somebody else does this: see who may do what with a corrective action."))
    return replace(
        actor, roles=frozenset({Role.manager}), enterprise_ids=frozenset({enterprise_id}), branch_ids=frozenset()
    )


def enter(
    actor: Actor,
    finding_id: UUID,
    action_id: UUID | None,
    what: Entered,
    arrival: Arrival,
    act: Callable[[Actor], None],
) -> EnteredFor:
    """Do what the enterprise asked for, as it (``act``), and note that it was entered, by whom and how it came.

    Raises what ``act`` raises, and what ``exchange.check_came`` raises.
    """
    finding = findings.get(actor, finding_id)
    delivered = actions.get(actor, action_id).delivered_on if action_id else None
    exchange.check_came(arrival.came_on, cases.today(actor), delivered)
    act(speaking_for(actor, finding.enterprise_id))
    return store_entered.record(actor, finding.enterprise_id, finding_id, action_id, what, arrival)
