"""Reading corrective actions: everything for staff without a tie, delivered ones for the enterprise's side."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import sqlmodel
from sqlmodel import col

from compliance.corrective_actions.models import ActionEvent, ActionEvidence, CorrectiveAction
from compliance.corrective_actions.rules import UNFINISHED, ActionState, Move
from compliance.corrective_actions.seen import ActionView, EventView, EvidenceView
from compliance.people.rules import Actor
from compliance.scorecards import scope
from compliance.shared.database import session
from compliance.shared.portions import Portion, portion
from compliance.shared.words import Text

_WAITING_FOR_ENTERPRISE = UNFINISHED - {ActionState.evidence_sent}


@dataclass(frozen=True)
class Counts:
    """How many delivered actions are unfinished, of these late, and of these waiting for a check."""

    unfinished: int
    overdue: int
    to_check: int


def readable(actor: Actor) -> sa.ColumnElement[bool]:
    """Actions that the actor may read: all from the inside, delivered ones from the outside."""
    delivered = col(CorrectiveAction.delivered_on).is_not(None)
    return sa.or_(scope.inside(actor, CorrectiveAction), sa.and_(scope.outside(actor, CorrectiveAction), delivered))


def get(actor: Actor, id: UUID) -> ActionView:
    """One corrective action. Raises NotFound."""
    query = sqlmodel.select(CorrectiveAction).where(CorrectiveAction.id == id, readable(actor))
    return _view(actor, scope.found(session().exec(query).first(), "action-unknown"))


def of_visit(actor: Actor, visit_id: UUID) -> list[ActionView]:
    """The actions of a visit, in the order in which they were drafted, withdrawn ones among them."""
    return _views(actor, CorrectiveAction.visit_id == visit_id)


def of_findings(actor: Actor, finding_ids: Collection[UUID]) -> dict[UUID, list[ActionView]]:
    """The actions of several findings, by finding."""
    by_finding: dict[UUID, list[ActionView]] = {}
    for view in _views(actor, col(CorrectiveAction.finding_id).in_(list(finding_ids))):
        by_finding.setdefault(view.finding_id, []).append(view)
    return by_finding


def listed(
    actor: Actor,
    *,
    states: Collection[ActionState] | None = None,
    overdue_on: date | None = None,
    due_until: date | None = None,
    enterprise_id: UUID | None = None,
    delivered_since: date | None = None,
    delivered_until: date | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[ActionView]:
    """Delivered actions that meet every condition given, the one due first in front; days are included."""
    table = CorrectiveAction
    where: list[Any] = [col(table.delivered_on).is_not(None)]
    where += [col(table.state).in_(list(states))] if states is not None else []
    where += [_overdue(overdue_on)] if overdue_on else []
    where += [col(table.due_on) <= due_until] if due_until else []
    where += [table.enterprise_id == enterprise_id] if enterprise_id else []
    where += [col(table.delivered_on) >= delivered_since] if delivered_since else []
    where += [col(table.delivered_on) <= delivered_until] if delivered_until else []
    query = sqlmodel.select(table).where(readable(actor), *where).order_by(col(table.due_on), col(table.id))
    return [_view(actor, row) for row in session().exec(query.limit(limit).offset(offset))]


def in_portions(
    actor: Actor,
    *,
    after: UUID | None,
    most: int,
    enterprise_id: UUID | None = None,
    states: Collection[ActionState] | None = None,
) -> Portion[ActionView]:
    """Delivered actions in the order of ids, ``most`` at a time."""
    table = CorrectiveAction
    query = sqlmodel.select(table).where(readable(actor), col(table.delivered_on).is_not(None))
    query = query.where(table.enterprise_id == enterprise_id) if enterprise_id else query
    query = query.where(col(table.state).in_(list(states))) if states is not None else query
    return portion(query, col(table.id), after, most).each(lambda row: _view(actor, row))


def counts(actor: Actor, today: date, enterprise_id: UUID | None = None) -> Counts:
    """Delivered actions in numbers, of everything the actor may read or of one enterprise."""
    table = CorrectiveAction
    unfinished = col(table.state).in_(list(UNFINISHED))
    query = sa.select(
        sa.func.count(),
        sa.func.sum(sa.case((_overdue(today), 1), else_=0)),
        sa.func.sum(sa.case((col(table.state) == ActionState.evidence_sent, 1), else_=0)),
    ).where(readable(actor), col(table.delivered_on).is_not(None), unfinished)
    query = query.where(col(table.enterprise_id) == enterprise_id) if enterprise_id else query
    total, overdue, to_check = session().execute(query).one()
    return Counts(total, int(overdue or 0), int(to_check or 0))


def verified_items(actor: Actor, visit_id: UUID) -> frozenset[str]:
    """The items of a visit whose actions are all verified (withdrawn ones aside, and at least one there)."""
    table = CorrectiveAction
    left = sa.func.sum(sa.case((col(table.state) == ActionState.verified, 0), else_=1))
    query = (
        sa.select(col(table.item))
        .where(readable(actor), col(table.visit_id) == visit_id, col(table.state) != ActionState.withdrawn)
        .group_by(col(table.item))
        .having(left == 0)
    )
    return frozenset(session().execute(query).scalars())


def history(actor: Actor, action_id: UUID) -> list[EventView]:
    """Everything that happened to an action, oldest first. Raises NotFound.

    From the outside: from delivery on, without names of the association's people, and without the note of a check.
    """
    found = histories(actor, [action_id]).get(action_id)
    if found is None:
        get(actor, action_id)
    return found or []


def histories(actor: Actor, action_ids: Collection[UUID]) -> dict[UUID, list[EventView]]:
    """The history of several actions, by action, each as `history` gives it; without those that may not be read."""
    query = (
        sqlmodel.select(ActionEvent, CorrectiveAction)
        .join(CorrectiveAction, col(CorrectiveAction.id) == col(ActionEvent.action_id))
        .where(col(ActionEvent.action_id).in_(list(action_ids)), readable(actor))
        .order_by(col(ActionEvent.id))
    )
    by_action: dict[UUID, list[EventView]] = {}
    for event, row in session().exec(query):
        inside = scope.is_inside(actor, row)
        if inside or event.move != "draft":
            by_action.setdefault(row.id, []).append(_event(event, inside))
    return by_action


def evidence(actor: Actor, action_ids: Collection[UUID]) -> dict[UUID, list[EvidenceView]]:
    """The files of several actions, by action. From the outside only those that the enterprise itself sent."""
    query = (
        sqlmodel.select(ActionEvidence, CorrectiveAction)
        .join(CorrectiveAction, col(CorrectiveAction.id) == col(ActionEvidence.action_id))
        .where(col(CorrectiveAction.id).in_(list(action_ids)), readable(actor))
        .order_by(col(ActionEvidence.sent_at), col(ActionEvidence.id))
    )
    by_action: dict[UUID, list[EvidenceView]] = {}
    for one, row in session().exec(query):
        if one.by_enterprise or scope.is_inside(actor, row):
            by_action.setdefault(row.id, []).append(_file(one))
    return by_action


def count_evidence(action_id: UUID) -> int:
    """How many files the enterprise sent for an action."""
    query = sa.select(sa.func.count()).where(
        col(ActionEvidence.action_id) == action_id, col(ActionEvidence.by_enterprise)
    )
    return int(session().execute(query).scalar_one())


def _overdue(today: date) -> sa.ColumnElement[bool]:
    table = CorrectiveAction
    return sa.and_(
        col(table.state).in_(list(_WAITING_FOR_ENTERPRISE)),
        col(table.due_on) < today,
        col(table.paused_on).is_(None),
    )


def _views(actor: Actor, *where: Any) -> list[ActionView]:
    query = sqlmodel.select(CorrectiveAction).where(readable(actor), *where)
    ordered = query.order_by(col(CorrectiveAction.created_at), col(CorrectiveAction.item), col(CorrectiveAction.id))
    return [_view(actor, row) for row in session().exec(ordered)]


def _view(actor: Actor, row: CorrectiveAction) -> ActionView:
    inside = scope.is_inside(actor, row)
    return ActionView(
        id=row.id,
        enterprise_id=row.enterprise_id,
        workplace_id=row.workplace_id,
        visit_id=row.visit_id,
        finding_id=row.finding_id,
        item=row.item,
        area=row.area,
        severity=row.severity,
        zero_tolerance=row.zero_tolerance,
        text=Text(row.text_en, row.text_zh),
        accountable=row.accountable,
        days=row.days,
        state=row.state,
        delivered_on=row.delivered_on,
        due_on=row.due_on,
        due_provisional=row.due_provisional,
        plan_due_on=row.plan_due_on,
        paused_on=row.paused_on,
        extensions=row.extensions,
        extension_asked_until=row.extension_asked_until,
        extension_asked_reason=row.extension_asked_reason,
        root_cause=row.root_cause,
        plan=row.plan,
        preventive=row.preventive,
        responsible=row.responsible,
        planned_for=row.planned_for,
        verified_on=row.verified_on,
        verified_how=row.verified_how,
        verified_by=row.verified_by if inside else None,
        worker_check=row.worker_check and inside,
        waiver=row.waiver,
        told_on=row.told_on,
        proven_on=row.proven_on,
        round=row.round,
        contain_by=row.contain_by,
        contained_on=row.contained_on,
        contained_how=row.contained_how,
    )


def _event(event: ActionEvent, inside: bool) -> EventView:
    return EventView(
        at=event.at,
        by_enterprise=event.by_enterprise,
        person_id=event.person_id if inside or event.by_enterprise else None,
        move=event.move,
        from_state=event.from_state,
        to_state=event.to_state,
        note=event.note if inside or event.move != Move.verify else "",
    )


def _file(one: ActionEvidence) -> EvidenceView:
    return EvidenceView(
        id=one.id,
        action_id=one.action_id,
        digest=one.digest,
        filename=one.filename,
        media_type=one.media_type,
        size=one.size,
        caption=one.caption,
        by_enterprise=one.by_enterprise,
        sent_at=one.sent_at,
    )
