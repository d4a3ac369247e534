"""What becomes of everything that belongs to an entry of the register when it is merged into another one.

Every column of the database that points to an enterprise is named here once, whichever package it belongs to; a test
finds those that are not. Nothing is copied and nothing is deleted: a row points to the entry that is kept, or goes on
pointing to the entry that was merged, which stays as a mark that leads to the other.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from compliance.enterprises.life import MEMBERSHIP
from compliance.enterprises.rules import EnterpriseFacts
from compliance.shared.words import N_


@dataclass(frozen=True, slots=True)
class Goes:
    """It goes to the entry that is kept, and back to the other when the merging is undone.

    ``belongs_to`` is the column of the record that it hangs on: what came to that record in between goes back with it.
    """

    belongs_to: str = ""


@dataclass(frozen=True, slots=True)
class GoesOnce:
    """It goes, unless the entry that is kept has the same: a row equal in these columns, both under the condition.

    ``ends``: a row that cannot go is ended as long as the entries are merged.
    """

    same: tuple[str, ...]
    while_: str = ""
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Stays:
    """It stays, and why."""

    why: str


_CHANGES = ", ".join(f"'{kind.value}'" for kind in MEMBERSHIP)
_FOLLOWS = "worked out from visits, and follows them"

WAYS: dict[str, Goes | GoesOnce | Stays] = {
    "workplace.enterprise_id": Goes(),
    "visit.enterprise_id": Goes("workplace_id"),
    "visit_slot.enterprise_id": Goes("workplace_id"),
    "drawn_workplace.enterprise_id": Goes("workplace_id"),
    "headcount.enterprise_id": Goes("workplace_id"),
    "complaint.enterprise_id": Goes("workplace_id"),
    "scorecard.enterprise_id": Goes("visit_id"),
    "finding.enterprise_id": Goes("visit_id"),
    "letter.enterprise_id": Goes("visit_id"),
    "prepared_letter.enterprise_id": Goes("visit_id"),
    "talk.enterprise_id": Goes("visit_id"),
    "corrective_action.enterprise_id": Goes("visit_id"),
    "entered_for.enterprise_id": Goes("finding_id"),
    "action_comment.enterprise_id": Goes("action_id"),
    "action_refusal.enterprise_id": Goes("action_id"),
    "repayment_plan.enterprise_id": Goes("action_id"),
    "past_workplace.enterprise_id": Goes(),
    "pledge.enterprise_id": Goes(),
    "imported_change.enterprise_id": Goes(),
    "life_event.enterprise_id": GoesOnce((), f"withdrawn_at IS NULL AND kind IN ({_CHANGES})"),
    "code_sending_to.enterprise_id": GoesOnce(("sending_id",)),
    "danger_case.enterprise_id": GoesOnce((), "cleared_at IS NULL"),
    "tie.enterprise_id": GoesOnce(("person_id",), "ended_at IS NULL"),
    "user_enterprise.enterprise_id": GoesOnce(("person_id",), "ended_at IS NULL", ends=True),
    "branch.enterprise_id": Stays("linked anew, so that a branch never has branches"),
    "branch.headquarters_id": Stays("linked anew, so that a branch never has branches"),
    "split_into.enterprise_id": Stays("the event names the entry that there was"),
    "suspected_pair.first_id": Stays("what was told apart is known again when the merging is undone"),
    "suspected_pair.second_id": Stays("what was told apart is known again when the merging is undone"),
    "enterprise_merge.kept_id": Stays("which entries were merged, and when"),
    "enterprise_merge.merged_id": Stays("which entries were merged, and when"),
    "danger_look.enterprise_id": Stays("forgotten for both, so that all is looked at again"),
    "trend_visit.enterprise_id": Stays(_FOLLOWS),
    "trend_last.enterprise_id": Stays(_FOLLOWS),
}
"""By table and column, those first that others belong to."""

CHOSEN: dict[str, str] = {
    "name": N_("Registered name"),
    "name_other": N_("Name in the other language"),
    "country": N_("Country or region"),
    "credit_code": N_("Unified social credit code"),
    "sector": N_("Sector"),
    "district": N_("District"),
    "address": N_("Address"),
    "size": N_("Size"),
    "workers": N_("Workers"),
    "legal_representative": N_("Legal representative"),
    "contact_name": N_("Contact"),
    "contact_phone": N_("Phone"),
    "contact_email": N_("E-mail"),
    "status": N_("Membership"),
    "member_since": N_("Member since"),
    "letter_language": N_("Language of letters"),
}
"""The facts between which somebody chooses, in the order in which they are shown."""

TOGETHER: dict[str, tuple[str, ...]] = {"workers": ("women", "migrants", "under_18")}
"""What is taken with a fact: parts of a number mean nothing beside another one."""


def differing(kept: EnterpriseFacts, merged: EnterpriseFacts) -> tuple[str, ...]:
    """The facts of which the entry that goes knows something else; what it does not know is no difference."""
    return tuple(name for name in CHOSEN if getattr(merged, name) and getattr(merged, name) != getattr(kept, name))


def suggested(kept: EnterpriseFacts, merged: EnterpriseFacts) -> frozenset[str]:
    """The facts to take over from the entry that goes: what the other does not know, and the longer membership."""
    found = {name for name in differing(kept, merged) if not getattr(kept, name)}
    if kept.member_since and merged.member_since and merged.member_since < kept.member_since:
        found.add("member_since")
    return frozenset(found)


def taken(kept: EnterpriseFacts, merged: EnterpriseFacts, names: Collection[str]) -> EnterpriseFacts:
    """The facts of the entry that is kept, with these taken over from the other."""
    every = [one for name in names for one in (name, *TOGETHER.get(name, ()))]
    return replace(kept, **{name: getattr(merged, name) for name in every})
