"""The law of a named outsider's pass: what has become of it, and who is no outsider."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from compliance.people.identity import same_name
from compliance.people.rules import InvitationState
from compliance.shared.problems import Problem
from compliance.shared.words import N_


class PassState(StrEnum):
    """What has become of an invitation to a case."""

    invited = "invited"
    accepted = "accepted"
    done = "done"
    declined = "declined"
    withdrawn = "withdrawn"
    expired = "expired"


PASS_WORDS = {
    PassState.invited: N_("Invited"),
    PassState.accepted: N_("Accepted, at work"),
    PassState.done: N_("Done"),
    PassState.declined: N_("Declined"),
    PassState.withdrawn: N_("Withdrawn"),
    PassState.expired: N_("Expired"),
}
OPEN = frozenset({PassState.invited, PassState.accepted})
"""States in which the outsider is waited for."""


class Pass(Protocol):
    """What the rules need to know of a pass."""

    @property
    def expires_at(self) -> datetime: ...  # noqa: D102
    @property
    def accepted_at(self) -> datetime | None: ...  # noqa: D102
    @property
    def declined_at(self) -> datetime | None: ...  # noqa: D102
    @property
    def done_at(self) -> datetime | None: ...  # noqa: D102
    @property
    def withdrawn_at(self) -> datetime | None: ...  # noqa: D102


def state_of(one: Pass, invitation: InvitationState, now: datetime) -> PassState:
    """The state at ``now``. What was done stays done, whatever came later; an invitation that an administrator withdrew
    takes the pass with it.
    """
    if one.done_at:
        return PassState.done
    if one.declined_at:
        return PassState.declined
    if one.withdrawn_at or invitation is InvitationState.revoked:
        return PassState.withdrawn
    if one.expires_at <= now or invitation is InvitationState.expired:
        return PassState.expired
    return PassState.accepted if one.accepted_at else PassState.invited


def require_stranger(
    name: str, organisation: str, *, member: bool, association: Iterable[str], enterprise: Iterable[str]
) -> None:
    """Raise ``Problem`` unless the named person is from outside of the association and of the enterprise.

    ``member`` says whether somebody of the association has this name; the two others are the names of the association,
    and those of the enterprise and of the people who are known of it.
    """
    if member:
        raise Problem(
            "outsider.member",
            N_("Somebody here has this name already. For a namesake, add what tells them apart, such as a title."),
            field="name",
        )
    if any(same_name(organisation, one) for one in association if one):
        raise Problem(
            "outsider.association", N_("A named outsider is not of the association itself."), field="organisation"
        )
    known = [one for one in enterprise if one]
    for field, typed in (("name", name), ("organisation", organisation)):
        if any(same_name(typed, one) for one in known):
            raise Problem(
                "outsider.enterprise", N_("This is the enterprise itself, or one of its people."), field=field
            )
