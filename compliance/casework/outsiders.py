"""Named outsiders: invited to one case of which nobody of the association can be the second person.

An outsider has no scope of their own: every other store finds nothing for them. Here, behind an open pass and for that
one case, their word counts as a reviewer's. What they are shown is gathered in ``shown_outside``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from compliance.associations import store as associations
from compliance.casework import cases, corrections, passes, release, rules, sealing, seconds
from compliance.casework import store as casework
from compliance.casework import store_outsiders as store
from compliance.casework.after_release import Becomes
from compliance.casework.cases import Case
from compliance.casework.pass_rules import OPEN, PassState, require_stranger
from compliance.casework.rehearsal import Ready
from compliance.enterprises import store as enterprises
from compliance.findings import store as findings
from compliance.findings import store_replies as replies
from compliance.findings.rules import Decision
from compliance.findings.store_replies import DisputeView
from compliance.people import identity
from compliance.people import store as people
from compliance.people import store_invitations as invitations
from compliance.people.rules import Actor, Role
from compliance.shared import clock
from compliance.shared.problems import Conflict, NotFound, Problem, Refused
from compliance.shared.words import N_, clean
from compliance.visits import store as visits
from compliance.visits.rules import Outcome, State

if TYPE_CHECKING:
    from compliance.casework.models import Outsider


# --- those who invite -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Need:
    """A case that may need somebody from outside: why it does not (``why_not``, a message id, or ``others``)."""

    case: Case
    finding_id: UUID | None
    round: int | None
    others: tuple[str, ...]
    why_not: str | None
    passes: tuple[tuple["Outsider", PassState], ...]

    @property
    def until(self) -> datetime:
        """When the access of somebody who is invited now will end."""
        return clock.now() + timedelta(days=max(1, self.case.policy.outsider_days))

    @property
    def waited_for(self) -> "Outsider | None":
        """The outsider who is waited for."""
        return next((row for row, state in self.passes if state in OPEN), None)

    @property
    def may_invite(self) -> bool:
        """Whether an outsider may be invited now."""
        return not self.others and self.why_not is None and self.waited_for is None


def need(actor: Actor, visit_id: UUID, finding_id: UUID | None = None) -> Need:
    """Whether a case needs an outsider: the release of a visit, or the open dispute about a finding.

    Raises ``NotFound`` outside the actor's scope.
    """
    case = cases.load(actor, visit_id)
    if finding_id is None:
        others, number = seconds.for_release(actor, case), None
        why_not = _no_release(case)
    else:
        row = findings.get(actor, finding_id)
        rounds = replies.disputes(actor, [finding_id]).get(finding_id, [])
        others, number = seconds.for_dispute(actor, case, rounds), _open_round(rounds)
        why_not = _no_decision(case, row.item, number)
    return Need(case, finding_id, number, tuple(others), why_not, tuple(passes.of_case(visit_id, finding_id)))


def _no_release(case: Case) -> str | None:
    if case.visit.state is not State.sealed:
        return N_("Only a sealed visit that is not released yet is shown to an outsider.")
    if case.sealed_led:
        return N_(
            "A sealed fact is in this visit: nobody from outside looks at it. Two people of the association have to."
        )
    return None


def _no_decision(case: Case, item: str, number: int | None) -> str | None:
    if number is None:
        return N_("No dispute about this finding is open.")
    if case.sealed_at(item):
        return N_("A sealed fact is behind this finding: nobody from outside looks at it.")
    return None


def _open_round(rounds: Iterable[DisputeView]) -> int | None:
    return next((one.round for one in rounds if one.decision is None), None)


def invite(
    actor: Actor,
    visit_id: UUID,
    finding_id: UUID | None = None,
    *,
    name: str,
    organisation: str,
    bound_by: str,
    reason: str,
) -> tuple["Outsider", str]:
    """Invite a named outsider to a case; gives the pass and the code, which is kept nowhere.

    Raises ``NotFound``, ``Refused`` without the permit, ``Conflict`` where the case is not open to an outsider or one
    is waited for, ``Problem`` where somebody of the association can decide, or for a name that is no outsider's.
    """
    casework.hold(visits.get(actor, visit_id))
    case_needs = need(actor, visit_id, finding_id)
    if case_needs.why_not is not None:
        raise Conflict("outsider.case", case_needs.why_not)
    if case_needs.waited_for is not None:
        raise Conflict("outsider.waited-for", N_("An outsider is invited to this case already."))
    rules.require_nobody_else(case_needs.others)
    visit = case_needs.case.visit
    called, of = identity.name_of(name), clean(organisation).strip()[:200]
    _require_stranger(actor, visit.enterprise_id, called, of)
    for text, field in ((of, "organisation"), (bound_by, "bound_by"), (reason, "reason")):
        if not text.strip():
            raise Problem("outsider.incomplete", N_("Please fill this in: it is kept on record."), field=field)
    expires_at = case_needs.until
    invitation, code = invitations.invite_outsider(actor, called, expires_at)
    row = store.keep(
        actor,
        visit,
        invitation.id,
        expires_at,
        name=called,
        organisation=of,
        bound_by=clean(bound_by).strip()[:500],
        reason=clean(reason).strip()[:2000],
        finding_id=finding_id,
        round=case_needs.round,
    )
    return row, code


def _require_stranger(actor: Actor, enterprise_id: UUID, name: str, organisation: str) -> None:
    ours = associations.get(actor.association_id)
    enterprise = enterprises.get(actor, enterprise_id)
    require_stranger(
        name,
        organisation,
        member=people.is_named(actor, name),
        association=(ours.name_en, ours.name_zh, ours.short_name_zh),
        enterprise=(
            enterprise.name,
            enterprise.name_other,
            enterprise.legal_representative,
            enterprise.contact_name,
        ),
    )


def one(actor: Actor, outsider_id: UUID) -> "Outsider":
    """A pass to a case that the actor sees from inside. Raises ``NotFound``."""
    row = store.one(actor, outsider_id)
    if row is None:
        raise NotFound("outsider-unknown", N_("There is no such invitation."))
    visits.get(actor, row.visit_id)
    return row


def withdraw(actor: Actor, outsider_id: UUID) -> "Outsider":
    """End a pass: the code, the account and the sight of the case go at once. Raises ``Conflict`` unless it is open."""
    row = one(actor, outsider_id)
    store.hold(row)
    if passes.states([row])[row.id] not in OPEN:
        raise Conflict("outsider.not-open", N_("This invitation is not open any more."))
    store.withdraw(actor, row)
    passes.end(actor, row)
    _redraft(actor, row)
    return row


# --- the outsider ---------------------------------------------------------------------------------------------------


def mine(actor: Actor) -> tuple["Outsider", PassState]:
    """The actor's own pass, and what has become of it. Raises ``NotFound`` for everybody else."""
    invitation_id = invitations.of_account(actor) if Role.outsider in actor.roles else None
    row = store.of_invitation(invitation_id) if invitation_id else None
    if row is None:
        raise NotFound("case-unknown", N_("You were not invited to a case."))
    return row, passes.states([row])[row.id]


def enterprise_of(actor: Actor) -> str:
    """The name of the enterprise that the actor's case is about, to declare that one has no tie to it."""
    row, state = mine(actor)
    if state not in OPEN:
        raise _closed()
    visit = visits.get(_as_second_person(actor), row.visit_id)
    return enterprises.names([visit.enterprise_id])[visit.enterprise_id]


def accept(actor: Actor) -> "Outsider":
    """Declare to have no tie to the enterprise, and to keep confidence. Raises ``NotFound`` unless it is asked for.

    From now on the case is open to the actor, and the draft letter names them.
    """
    row = _held(actor, PassState.invited)
    store.accept(actor, row)
    _redraft(actor, row)
    return row


def decline(actor: Actor, reason: str) -> "Outsider":
    """Say that one cannot do it: a tie, or another reason. The pass and the account end."""
    row = _held(actor, *OPEN)
    store.decline(actor, row, clean(reason).strip()[:2000])
    passes.end(actor, row)
    _redraft(actor, row)
    return row


def seat(actor: Actor) -> tuple["Outsider", Actor]:
    """The open, accepted pass of an outsider, and the actor as whom the case is read and decided.

    That actor is a reviewer: it never leaves the modules of this case. Raises ``NotFound`` when the case is closed.
    """
    row, state = mine(actor)
    if state is not PassState.accepted:
        raise _closed()
    return row, _as_second_person(actor)


def prepare_release(actor: Actor, *, seen: str, verify_url: str = "") -> Ready | None:
    """Release the visit as its second person; the pass ends with it. Raises what ``release.prepare`` raises, and
    ``Conflict`` while the association has not finished its own part.
    """
    row = _held(actor, PassState.accepted)
    _require_about(row, dispute=False)
    ready = release.prepare(_as_second_person(actor), row.visit_id, seen=seen, verify_url=verify_url, outsider=row)
    _done(actor, row)
    return ready


def send_back(actor: Actor, reason: str, *, seen: str) -> None:
    """Return the visit to its inspectors, with a reason. The pass stays open: the outsider looks at it again."""
    row = _held(actor, PassState.accepted)
    _require_about(row, dispute=False)
    corrections.send_back(_as_second_person(actor), row.visit_id, reason, seen=seen)


def prepare_decision(
    actor: Actor, decision: Decision, reason: str, becomes: Becomes, *, verify_url: str = ""
) -> Ready | None:
    """Decide the dispute as somebody who was not on the visit; the pass ends with it."""
    row = _held(actor, PassState.accepted)
    finding_id = _require_about(row, dispute=True)
    ready = corrections.prepare_decision(
        _as_second_person(actor),
        finding_id,
        decision,
        reason,
        becomes,
        verify_url=verify_url,
        seen_round=row.round,
        outsider=row,
    )
    _done(actor, row)
    return ready


def _as_second_person(actor: Actor) -> Actor:
    return replace(actor, roles=frozenset({Role.reviewer}))


def _held(actor: Actor, *states: PassState) -> "Outsider":
    """The actor's own pass, held until the transaction ends, in one of these states."""
    row, _state = mine(actor)
    store.hold(row)
    if passes.states([row])[row.id] not in states:
        raise _closed()
    return row


def _closed() -> Problem:
    return NotFound("case-closed", N_("This case is not open to you, or not any more."))


def _require_about(row: "Outsider", *, dispute: bool) -> UUID:
    if dispute != (row.finding_id is not None):
        raise Refused("outsider.other", N_("You were not asked to decide this."))
    return row.finding_id or row.visit_id


def _done(actor: Actor, row: "Outsider") -> None:
    store.finish(actor, row)
    passes.end(actor, row)


def _redraft(actor: Actor, row: "Outsider") -> None:
    """Let the draft letter say who stands in now, also where they stand back because of a tie."""
    acting = replace(_as_second_person(actor), tied_ids=frozenset())
    visit = visits.get(acting, row.visit_id)
    if row.finding_id is None and visit.state is State.sealed and visit.outcome is Outcome.completed:
        sealing.redraft_letter(acting, visit)
