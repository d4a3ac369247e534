"""Who may say the last word on a prepared letter. Pure."""

from collections.abc import Set
from uuid import UUID

from compliance.checklists.ladder import Terms
from compliance.people.rules import Actor, can, sees_inside
from compliance.shared.problems import Problem, Refused
from compliance.shared.words import N_


def why_not_approve(
    actor: Actor, terms: Terms | None, enterprise_id: UUID, involved: Set[UUID], *, waived: bool = False
) -> str | None:
    """The message id of why this person may not approve or decline a letter, or None when they may.

    ``terms`` are the ladder's for its kind; ``involved`` the inspectors of the visit and who sealed it. A waiver of the
    second person, as it is recorded for the visit, counts here too.
    """
    named = terms is not None and not {role.value for role in actor.roles}.isdisjoint(terms.approver)
    if not can(actor, "letter.approve") or actor.person_id is None or not named:
        return N_("The ladder names somebody else as the one who approves a letter of this kind.")
    if not sees_inside(actor, enterprise_id):
        return N_("You have a tie to this enterprise, so somebody else approves this letter.")
    if actor.person_id in involved and not waived:
        return N_("You were on this visit yourself. A second person approves this letter.")
    return None


def require_may_approve(
    actor: Actor, terms: Terms | None, enterprise_id: UUID, involved: Set[UUID], *, waived: bool = False
) -> None:
    """Raise ``Refused`` ``prepared.person`` with the reason of ``why_not_approve``."""
    reason = why_not_approve(actor, terms, enterprise_id, involved, waived=waived)
    if reason is not None:
        raise Refused("prepared.person", reason)


def require_reason(reason: str) -> None:
    """Raise ``Problem`` ``prepared.reason`` for a decision without its reason."""
    if not reason.strip():
        raise Problem("prepared.reason", N_("Please give a reason."), field="reason")
