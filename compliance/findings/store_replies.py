"""What an enterprise says to a finding, and how a dispute about it is decided."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlmodel
from sqlmodel import col

from compliance.checklists.rules import Policy, Severity
from compliance.findings import rules, store
from compliance.findings.models import Dispute, Finding, ReplyEvidence
from compliance.findings.rules import Decision, FindingState, Position
from compliance.people.rules import Actor, can, sees_outside
from compliance.scorecards import scope
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.files import StoredFile
from compliance.shared.problems import Conflict, Problem, Refused
from compliance.shared.words import N_


@dataclass(frozen=True)
class DisputeView:
    """A round of dispute as both sides may read it. `decided_by` is None for whoever sees it from the outside."""

    id: UUID
    finding_id: UUID
    round: int
    reason: str
    opened_on: date
    decide_by: date
    decide_by_provisional: bool
    decision: Decision | None
    decision_reason: str
    decided_on: date | None
    decided_by: UUID | None
    waiver: str


@dataclass(frozen=True)
class EvidenceView:
    """A file that came with a reply; its bytes are in the file store under `digest`."""

    id: UUID
    finding_id: UUID
    digest: str
    filename: str
    media_type: str
    size: int
    sent_at: datetime


@dataclass(frozen=True)
class Changed:
    """What a decision in part changes of a finding; None leaves a value as it is."""

    severity: Severity | None = None
    seen: str | None = None
    workers_affected: int | None = None


@audited("finding.replied")
def reply(actor: Actor, finding_id: UUID, position: Position, text: str, today: date, policy: Policy) -> Finding:
    """Put the enterprise's answer beside a finding; a dispute opens its first round and stops the action's clock.

    `today` is the day in the association's time zone. An agreement can be changed until the reply is due.
    Raises NotFound, Refused("finding-not-manager"), and what `rules.check_reply` raises.
    """
    row = _mine(actor, finding_id)
    rounds = _rounds(row.id)
    rules.check_reply(row.state, row.reply_due, position, text, today, bool(rounds))
    row.reply_position, row.reply_text = position, text
    row.replied_at, row.replied_by = clock.now(), actor.person_id
    session().add(row)
    if position is Position.dispute:
        session().add(_opened(actor, row, 1, text, today, policy))
    return row


@audited("finding.evidence_added")
def attach(actor: Actor, finding_id: UUID, file: StoredFile, filename: str, today: date) -> ReplyEvidence:
    """Add a file to the enterprise's answer, while it may reply or its dispute is open.

    Raises NotFound, Refused("finding-not-manager"), Conflict("finding-not-open").
    """
    row = _mine(actor, finding_id)
    in_time = row.reply_due is not None and today <= row.reply_due
    undecided = any(one.decided_at is None for one in _rounds(row.id))
    if row.state not in rules.OPEN_TO_REPLY or not (in_time or undecided):
        raise Conflict("finding-not-open", N_("This finding is not open to a reply."))
    evidence = ReplyEvidence(
        finding_id=row.id,
        digest=file.digest,
        filename=filename,
        media_type=file.media_type,
        size=file.size,
        sent_at=clock.now(),
        sent_by=actor.person_id,
    )
    session().add(evidence)
    return evidence


@audited("dispute.appealed")
def appeal(actor: Actor, finding_id: UUID, reason: str, today: date, policy: Policy) -> Dispute:
    """Open the one appeal. Raises NotFound, Refused("finding-not-manager"), and what `rules.check_appeal` raises."""
    row = _mine(actor, finding_id)
    rounds = _rounds(row.id)
    rules.check_appeal(rounds, rounds[0].decided_on if rounds else None, reason, today, policy)
    dispute = _opened(actor, row, 2, reason, today, policy)
    session().add(dispute)
    return dispute


@audited("dispute.decided")
def decide(
    actor: Actor,
    finding_id: UUID,
    decision: Decision,
    reason: str,
    today: date,
    inspector_ids: Collection[UUID],
    changed: Changed | None = None,
    waiver: str = "",
) -> Finding:
    """Decide the open round: upheld withdraws the finding, partly changes it, not upheld leaves it.

    `inspector_ids` are the visit's inspectors. The caller then corrects the visit, issues the superseding scorecard
    and letter, and withdraws or resumes the actions. Raises NotFound, Refused("dispute-decider"),
    Conflict("dispute-not-open"), Problem("dispute-reason-missing", "dispute-change-missing").
    """
    row = store.get(actor, finding_id, for_update=True)
    if not can(actor, "dispute.decide"):
        raise Refused("dispute-decider", N_("Disputes are decided by reviewers and leaders."))
    rounds = _rounds(row.id)
    open_round = next((one for one in rounds if one.decided_at is None), None)
    if open_round is None:
        raise Conflict("dispute-not-open", N_("There is no open dispute about this finding."))
    sealed = row.cleared_at is not None
    rules.check_decider(actor.person_id, frozenset(inspector_ids), False, rounds, sealed=sealed, waiver=waiver)
    if not reason.strip():
        raise Problem("dispute-reason-missing", N_("Please give the reason for the decision."), field="reason")
    if decision is Decision.partly:
        _change(row, changed or Changed())
    row.state = rules.result_of(row.state, decision)
    if row.state is FindingState.withdrawn:
        row.withdrawn_at, row.withdrawn_reason = clock.now(), reason
    open_round.decision, open_round.decision_reason, open_round.waiver = decision, reason, waiver
    open_round.decided_on, open_round.decided_at, open_round.decided_by = today, clock.now(), actor.person_id
    session().add_all([row, open_round])
    return row


def disputes(actor: Actor, finding_ids: Collection[UUID]) -> dict[UUID, list[DisputeView]]:
    """The rounds of dispute by finding, first round first, for findings that the actor may read."""
    query = (
        sqlmodel.select(Dispute, Finding.enterprise_id)
        .join(Finding, col(Finding.id) == col(Dispute.finding_id))
        .where(col(Finding.id).in_(list(finding_ids)), store.readable(actor))
        .order_by(col(Dispute.round))
    )
    by_finding: dict[UUID, list[DisputeView]] = {}
    for row, enterprise_id in session().exec(query):
        outside = sees_outside(actor, enterprise_id)
        by_finding.setdefault(row.finding_id, []).append(_view(row, outside))
    return by_finding


def open_disputes(actor: Actor, limit: int = 200) -> list[DisputeView]:
    """The undecided disputes of the association, the one due first in front (inside only)."""
    query = (
        sqlmodel.select(Dispute)
        .join(Finding, col(Finding.id) == col(Dispute.finding_id))
        .where(scope.inside(actor, Finding), col(Dispute.decided_at).is_(None))
        .order_by(col(Dispute.decide_by), col(Dispute.id))
        .limit(limit)
    )
    return [_view(row, outside=False) for row in session().exec(query)]


def evidence(actor: Actor, finding_ids: Collection[UUID]) -> dict[UUID, list[EvidenceView]]:
    """The files sent with replies, by finding, for findings that the actor may read."""
    query = (
        sqlmodel.select(ReplyEvidence)
        .join(Finding, col(Finding.id) == col(ReplyEvidence.finding_id))
        .where(col(Finding.id).in_(list(finding_ids)), store.readable(actor))
        .order_by(col(ReplyEvidence.sent_at), col(ReplyEvidence.id))
    )
    by_finding: dict[UUID, list[EvidenceView]] = {}
    for row in session().exec(query):
        view = EvidenceView(row.id, row.finding_id, row.digest, row.filename, row.media_type, row.size, row.sent_at)
        by_finding.setdefault(row.finding_id, []).append(view)
    return by_finding


def _mine(actor: Actor, finding_id: UUID) -> Finding:
    """A finding that the actor may answer: told to an enterprise that the actor manages."""
    query = sqlmodel.select(Finding).where(Finding.id == finding_id, store.readable(actor)).with_for_update()
    row: Finding = scope.found(session().exec(query).first(), "finding-unknown")
    scope.found(rules.shown_to_enterprise(row, row.workplace_workers), "finding-unknown")
    if row.enterprise_id not in actor.enterprise_ids or not can(actor, "finding.reply"):
        raise Refused("finding-not-manager", N_("A finding is answered by a manager of the enterprise."))
    return row


def _rounds(finding_id: UUID) -> list[Dispute]:
    query = sqlmodel.select(Dispute).where(Dispute.finding_id == finding_id)
    return list(session().exec(query.order_by(col(Dispute.round)).with_for_update()))


def _opened(actor: Actor, row: Finding, round: int, reason: str, today: date, policy: Policy) -> Dispute:
    last, provisional = rules.decide_by(today, policy)
    return Dispute(
        association_id=row.association_id,
        finding_id=row.id,
        round=round,
        reason=reason,
        opened_on=today,
        opened_at=clock.now(),
        opened_by=actor.person_id,
        decide_by=last,
        decide_by_provisional=provisional,
    )


def _change(row: Finding, changed: Changed) -> None:
    if changed == Changed():
        raise Problem("dispute-change-missing", N_("Please say what changes of the finding."), field="seen")
    if changed.severity is not None:
        row.severity = changed.severity
        row.zero_tolerance = row.zero_tolerance and changed.severity is Severity.critical
    if changed.seen is not None:
        row.seen = changed.seen
    if changed.workers_affected is not None:
        row.workers_affected = changed.workers_affected


def _view(row: Dispute, outside: bool) -> DisputeView:
    return DisputeView(
        id=row.id,
        finding_id=row.finding_id,
        round=row.round,
        reason=row.reason,
        opened_on=row.opened_on,
        decide_by=row.decide_by,
        decide_by_provisional=row.decide_by_provisional,
        decision=row.decision,
        decision_reason=row.decision_reason,
        decided_on=row.decided_on,
        decided_by=None if outside else row.decided_by,
        waiver=row.waiver,
    )
