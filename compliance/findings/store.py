"""Findings: raised, released, cleared and read within the actor's scope. Replies and disputes: `store_replies`."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import sqlmodel
from sqlmodel import col

from compliance.checklists.rules import SEVERITIES, Checklist, Policy, Profile, Severity
from compliance.findings import rules
from compliance.findings.models import Dispute, Finding
from compliance.findings.rules import OPEN_TO_REPLY, Earlier, FindingState, PublicFinding
from compliance.people.rules import Actor
from compliance.scorecards import scope
from compliance.scorecards.shortfalls import NOTHING_CLEARED, Cleared
from compliance.scorecards.store import Visited
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.portions import Portion, portion
from compliance.shared.problems import Conflict, NotFound, Problem, Refused
from compliance.shared.words import N_
from compliance.visits.answers import Answers

TOLD: tuple[FindingState, ...] = (FindingState.released, FindingState.changed)
"""States in which the enterprise has been told of a finding and it holds."""


def earlier(actor: Actor, workplace_id: UUID, before: date) -> dict[str, Earlier]:
    """By item, the last finding at a workplace from a visit before this day that the enterprise was told of.

    What it was never told of, or what was withdrawn, cannot repeat.
    """
    query = sqlmodel.select(Finding).where(
        scope.inside(actor, Finding),
        Finding.workplace_id == workplace_id,
        col(Finding.visited_on) < before,
        col(Finding.state).in_(TOLD),
    )
    rows = session().exec(query.order_by(col(Finding.visited_on), col(Finding.id)))
    return {row.item: Earlier(row.visited_on, row.id) for row in rows}


def repeated(actor: Actor, visit: Visited, checklist: Checklist) -> frozenset[str]:
    """The items whose shortfall on this visit would be a repeat (for `scorecards.store.issue`)."""
    if visit.visited_on is None:
        return frozenset()
    before = earlier(actor, visit.workplace_id, visit.visited_on)
    return rules.repeats(before, visit.visited_on, checklist.policy.repeat_months)


@audited("finding.raised")
def raise_(
    actor: Actor,
    visit: Visited,
    checklist: Checklist,
    answers: Answers,
    profile: Profile,
    cleared: Cleared = NOTHING_CLEARED,
) -> list[Finding]:
    """Write the findings of a visit as drafts, in checklist order; returns those that hold.

    Called again after a correction it brings the drafts up to date: same finding, same row; what is no finding any
    more is withdrawn. What was released already is left alone. Raises NotFound outside the actor's scope.
    """
    if not scope.is_inside(actor, visit):
        raise NotFound("finding-unknown", N_("This does not exist, or it is not yours to see."))
    if visit.visited_on is None:
        raise Problem("finding-no-day", N_("The day of the visit is not known yet."))
    before = earlier(actor, visit.workplace_id, visit.visited_on)
    known = frozenset(cleared) | cleared_facts(actor, visit.id)  # what was cleared stays so
    drafts = rules.raise_findings(checklist, answers, profile, before, visit.visited_on, known)
    there = {(row.item, row.sealed_fact): row for row in of_visit(actor, visit.id, withdrawn=True)}
    raised = []
    for draft in drafts:
        row = there.pop(draft.key, None)
        if row is None:
            row = Finding(
                association_id=visit.association_id,
                enterprise_id=visit.enterprise_id,
                workplace_id=visit.workplace_id,
                visit_id=visit.id,
                visited_on=visit.visited_on,
                workplace_workers=profile.workers,
                created_at=clock.now(),
                **rules.columns(draft),
            )
        elif row.released_at is None:
            row.state = FindingState.draft
            row.withdrawn_at, row.withdrawn_reason = None, ""
            _set(row, {**rules.columns(draft), "workplace_workers": profile.workers})
        session().add(row)
        if row.state is not FindingState.withdrawn:
            raised.append(row)
    for row in there.values():
        if row.state is FindingState.draft:
            _withdraw(row, "")
            session().add(row)
    session().flush()
    return raised


@audited("finding.released")
def release(actor: Actor, visit_id: UUID, delivered_on: date, policy: Policy) -> list[Finding]:
    """Let the enterprise see the drafts of a visit that it may be shown, and start its time to reply.

    Sealed findings and those from interviews alone at a small workplace stay drafts. Returns the released ones.
    """
    due, provisional = rules.reply_due(delivered_on, policy)
    minimum = policy.interview_only_minimum_workers
    released = []
    for row in of_visit(actor, visit_id):
        showable = rules.may_be_shown(row, row.workplace_workers, minimum_workers=minimum)
        if row.state is FindingState.draft and showable:
            row.state = rules.after(row.state, "release")
            row.released_at, row.reply_due, row.reply_due_provisional = clock.now(), due, provisional
            session().add(row)
            released.append(row)
    return released


@audited("finding.cleared")
def clear(actor: Actor, finding_id: UUID, reason: str, inspector_ids: Collection[UUID]) -> Finding:
    """Clear a sealed finding: from now on it may be used and shown. Afterwards score and raise the visit again.

    `inspector_ids` are the visit's inspectors, none of whom may clear it; there is no waiver for sealed facts.
    Raises NotFound, Refused("finding-clear"), Conflict("finding-not-sealed"), Problem("finding-reason-missing").
    """
    row = get(actor, finding_id, for_update=True)
    if actor.person_id is None or actor.person_id in inspector_ids:
        raise Refused("finding-clear", N_("A sealed fact is cleared by somebody who was not on the visit."))
    if not row.sealed or row.state is not FindingState.draft:
        raise Conflict("finding-not-sealed", N_("This finding is not sealed."))
    if not reason.strip():
        raise Problem("finding-reason-missing", N_("Please give a reason."), field="reason")
    row.sealed, row.cleared_at, row.cleared_by, row.cleared_reason = False, clock.now(), actor.person_id, reason
    session().add(row)
    return row


def decided(actor: Actor, visit_id: UUID) -> dict[str, Severity]:
    """By item, the severity that counts where the decision of a dispute changed a finding: the heaviest of those of the
    item that the enterprise was told of and that hold (for `scorecards.store.issue`).
    """
    told = [row for row in of_visit(actor, visit_id) if row.state in TOLD]
    changed = {row.item for row in told if row.state is FindingState.changed}
    return {item: min((row.severity for row in told if row.item == item), key=SEVERITIES.index) for item in changed}


def cleared_facts(actor: Actor, visit_id: UUID) -> frozenset[tuple[str, str]]:
    """The (item, fact) pairs of a visit that were cleared, for score and findings."""
    rows = session().exec(
        sqlmodel.select(Finding).where(
            scope.inside(actor, Finding), Finding.visit_id == visit_id, col(Finding.cleared_at).is_not(None)
        )
    )
    return frozenset((row.item, fact) for row in rows for fact in row.facts)


def get(actor: Actor, id: UUID, *, for_update: bool = False) -> Finding:
    """One finding with everything the association knows. Raises NotFound outside its inside scope."""
    query = sqlmodel.select(Finding).where(Finding.id == id, scope.inside(actor, Finding))
    row: Finding = scope.found(
        session().exec(query.with_for_update() if for_update else query).first(), "finding-unknown"
    )
    return row


def of_visit(actor: Actor, visit_id: UUID, *, withdrawn: bool = False) -> list[Finding]:
    """The findings of a visit as the association knows them, oldest first; empty outside its inside scope."""
    query = sqlmodel.select(Finding).where(Finding.visit_id == visit_id, scope.inside(actor, Finding))
    if not withdrawn:
        query = query.where(Finding.state != FindingState.withdrawn)
    return list(session().exec(query.order_by(col(Finding.created_at), col(Finding.item), col(Finding.id))))


def public(actor: Actor, id: UUID) -> PublicFinding:
    """One released finding as its enterprise reads it, for its manager, a tied person, or staff. Raises NotFound."""
    query = sqlmodel.select(Finding).where(Finding.id == id, readable(actor))
    row = scope.found(session().exec(query).first(), "finding-unknown")
    shown: PublicFinding = scope.found(rules.shown_to_enterprise(row, row.workplace_workers), "finding-unknown")
    return shown


def public_of_visits(
    actor: Actor, visit_ids: Collection[UUID], *, waiting_on: date | None = None
) -> dict[UUID, list[PublicFinding]]:
    """The released findings of several visits as their enterprises read them, by visit; withdrawn ones among them.

    With ``waiting_on`` only those that wait on that day: for an answer that would be in time, or for a decision.
    """
    query = sqlmodel.select(Finding).where(col(Finding.visit_id).in_(list(visit_ids)), readable(actor))
    query = query.where(_waiting(waiting_on)) if waiting_on else query
    by_visit: dict[UUID, list[PublicFinding]] = {}
    for row in session().exec(query.order_by(col(Finding.item), col(Finding.id))):
        shown = rules.shown_to_enterprise(row, row.workplace_workers)
        if shown is not None:
            by_visit.setdefault(row.visit_id, []).append(shown)
    return by_visit


def public_several(actor: Actor, ids: Collection[UUID]) -> dict[UUID, PublicFinding]:
    """Released findings as their enterprises read them, by id; what the actor may not read is not among them."""
    query = sqlmodel.select(Finding).where(col(Finding.id).in_(list(ids)), readable(actor))
    shown = (rules.shown_to_enterprise(row, row.workplace_workers) for row in session().exec(query))
    return {one.id: one for one in shown if one is not None}


def public_in_portions(
    actor: Actor,
    *,
    after: UUID | None,
    most: int,
    enterprise_id: UUID | None = None,
    released_since: datetime | None = None,
) -> Portion[PublicFinding]:
    """Released findings as their enterprises read them, in the order of ids, ``most`` at a time or a few less."""
    query = sqlmodel.select(Finding).where(readable(actor))
    query = query.where(Finding.enterprise_id == enterprise_id) if enterprise_id else query
    query = query.where(col(Finding.released_at) >= released_since) if released_since else query
    found = portion(query, col(Finding.id), after, most)
    return found.each(lambda row: rules.shown_to_enterprise(row, row.workplace_workers))


def public_of_visit(actor: Actor, visit_id: UUID) -> list[PublicFinding]:
    """The released findings of one visit as its enterprise reads them."""
    return public_of_visits(actor, [visit_id]).get(visit_id, [])


def previews(rows: Iterable[Finding]) -> list[PublicFinding]:
    """Drafts as their enterprise will read them after release (for the reviewer and the draft letter)."""
    seen = (rules.preview_for_enterprise(row, row.workplace_workers) for row in rows)
    return [one for one in seen if one is not None]


def listed(
    actor: Actor,
    *,
    since: date | None = None,
    until: date | None = None,
    states: Collection[FindingState] = TOLD,
    workplace_id: UUID | None = None,
) -> list[Finding]:
    """Findings from the inside, by day of the visit (both ends included), newest visit first (for figures)."""
    query = sqlmodel.select(Finding).where(scope.inside(actor, Finding), col(Finding.state).in_(list(states)))
    query = query.where(col(Finding.visited_on) >= since) if since else query
    query = query.where(col(Finding.visited_on) <= until) if until else query
    query = query.where(Finding.workplace_id == workplace_id) if workplace_id else query
    return list(session().exec(query.order_by(col(Finding.visited_on).desc(), col(Finding.item), col(Finding.id))))


def readable(actor: Actor) -> sa.ColumnElement[bool]:
    """Findings that were told to their enterprise, of enterprises that the actor sees from either side."""
    told = sa.and_(col(Finding.released_at).is_not(None), ~col(Finding.sealed), ~col(Finding.withheld))
    return sa.and_(told, sa.or_(scope.inside(actor, Finding), scope.outside(actor, Finding)))


def _waiting(on: date) -> sa.ColumnElement[bool]:
    to_answer = (
        col(Finding.state).in_(list(OPEN_TO_REPLY)),
        col(Finding.reply_position).is_(None),
        col(Finding.reply_due) >= on,
    )
    undecided = sa.select(sa.literal(1)).where(
        col(Dispute.finding_id) == col(Finding.id), col(Dispute.decision).is_(None)
    )
    return sa.or_(sa.and_(*to_answer), undecided.exists())


def _set(row: Finding, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def _withdraw(row: Finding, reason: str) -> None:
    row.state = rules.after(row.state, "withdraw")
    row.withdrawn_at, row.withdrawn_reason = clock.now(), reason
