"""Checks on site: what waits for one, the follow-up visit that asks these items and no others, and what it makes of
the actions when it is released.

The enterprise sees nothing of it before the release: an action is "under review", or verified, alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from compliance.casework import lists
from compliance.casework.cases import Case
from compliance.casework.lists import table
from compliance.checklists.rules import SHORTFALLS, Verdict
from compliance.corrective_actions import store as actions
from compliance.corrective_actions import store_checks, store_draws
from compliance.corrective_actions.models_assignment import CheckOutcome
from compliance.corrective_actions.rules import UNFINISHED, ActionState, asks_workers
from compliance.corrective_actions.seen import ActionView
from compliance.corrective_actions.store_checks import Seen
from compliance.findings import store as findings
from compliance.findings.rules import kind_of_deadline
from compliance.people import store_leaves
from compliance.people.rules import Actor
from compliance.shared.database import session
from compliance.shared.problems import NotFound, Problem
from compliance.shared.words import N_
from compliance.visits import store as visits
from compliance.visits import store_scope
from compliance.visits.answers import Answer, Answers, Known
from compliance.visits.rules import Route

OUTCOMES: Mapping[Verdict, CheckOutcome] = {
    Verdict.compliant: CheckOutcome.done,
    Verdict.partial: CheckOutcome.part,
    Verdict.non_compliant: CheckOutcome.not_done,
    Verdict.unable_to_verify: CheckOutcome.not_done,
}
"""What an answer on a follow-up visit says about the action; what was not looked at or does not apply says nothing."""


@dataclass(frozen=True)
class Open:
    """One action of a workplace that a follow-up visit can look at; `drawn` where it was accepted at the desk."""

    action: ActionView
    drawn: bool


def open_items(actor: Actor, workplace_id: UUID) -> list[Open]:
    """Everything of a workplace that is delivered and not closed, and what was drawn for a check on site."""
    action, draw = table("corrective_action"), table("on_site_draw")
    waiting = sa.select(draw.c.action_id).where(draw.c.drawn, draw.c.settled_on.is_(None))
    query = sa.select(action.c.id).where(
        action.c.workplace_id == workplace_id,
        action.c.delivered_on.is_not(None),
        *lists.inside(actor, action),
        sa.or_(
            action.c.state.in_(sorted(UNFINISHED)),
            sa.and_(action.c.state == ActionState.verified, action.c.id.in_(waiting)),
        ),
    )
    ids = list(session().execute(query.order_by(action.c.due_on, action.c.id)).scalars())
    drawn = store_draws.waiting_among(ids)
    return [Open(actions.get(actor, id), id in drawn) for id in ids]


def arrange(
    actor: Actor,
    workplace_id: UUID,
    items: Iterable[str],
    *,
    planned_for: date,
    inspector_ids: Sequence[UUID],
    purpose: str = "",
) -> Any:
    """Plan a follow-up visit that asks these open items of a workplace and no others.

    Raises what ``visits.store.plan`` raises; ``Problem("follow-items")`` without an item that is open there;
    ``Problem("follow-away")`` for an inspector who is on leave that day; ``Problem("follow-second-person")`` where
    only people go who found what is to be checked.
    """
    there = open_items(actor, workplace_id)
    chosen = [one.action for one in there if one.action.item in set(items)]
    if not chosen:
        raise Problem("follow-items", N_("Choose at least one item that is still open here."), field="items")
    if set(inspector_ids) & store_leaves.away_on(actor, planned_for):
        raise Problem("follow-away", N_("One of the chosen people is on leave that day."), field="inspectors")
    found_by = finders_of(actor, {action.visit_id for action in chosen})
    for action in chosen:
        needed = action.zero_tolerance or action.severity.value != "minor"
        if needed and inspector_ids and set(inspector_ids) <= found_by[action.visit_id]:
            raise Problem(
                "follow-second-person",
                N_("Send somebody who was not on the visit that found %(item)s."),
                item=action.item,
                field="inspectors",
            )
    visit = visits.plan(
        actor,
        workplace_id,
        planned_for=planned_for,
        route=Route.follow_up,
        purpose=purpose,
        inspector_ids=inspector_ids,
    )
    store_scope.narrow(actor, visit, [action.item for action in chosen])
    return visit


def finders_of(actor: Actor, visit_ids: Iterable[UUID]) -> dict[UUID, frozenset[UUID]]:
    """By visit, everybody who had a hand in what was found there."""
    wanted = list(visit_ids)
    sent = visits.inspectors(wanted)
    visit = table("visit")
    query = sa.select(visit.c.id, visit.c.sealed_by).where(visit.c.id.in_(wanted), *lists.inside(actor, visit))
    sealed = {row.id: row.sealed_by for row in session().execute(query)}
    return {id: frozenset({*sent[id], *({sealed[id]} if sealed.get(id) else set())}) for id in wanted}


def is_narrow(case: Case) -> bool:
    """Whether a visit asks a few items only."""
    return bool(case.profile.only)


def new_answers(actor: Actor, case: Case) -> Answers:
    """The answers of which findings are raised. On a follow-up visit what is still as it was found is no new finding:
    its action goes on. A fact that was not ticked before is.
    """
    if not is_narrow(case):
        return case.folded.answers
    known = {one.action.item: one.action for one in open_items(actor, case.visit.workplace_id)}
    kept = {}
    for id, answer in case.folded.answers.items():
        action = known.get(id)
        if action is not None and answer.verdict in SHORTFALLS:
            earlier = findings.get(actor, action.finding_id)
            if answer.facts <= {*earlier.facts, earlier.sealed_fact}:
                continue
        kept[id] = answer
    return kept


def told_words(case: Case) -> dict[str, str]:
    """By item, what the enterprise will read of a follow-up visit's shortfalls, for the reviewer's eye before."""
    if not is_narrow(case):
        return {}
    return {id: answer.note for id, answer in case.folded.answers.items() if _told(case, answer)}


def settle(actor: Actor, case: Case, released_by: UUID | None) -> list[ActionView]:
    """Take over what a follow-up visit saw, at its release; returns the actions that it spoke of.

    An action is verified in the name of somebody who was not on the visit that found it: one of those who were there
    now, or else who releases. Where there is nobody, or where no worker was asked though the policy wants it, the
    action waits on the work list with what was seen beside it.
    """
    if not is_narrow(case):
        return []
    there = [one.action for one in open_items(actor, case.visit.workplace_id) if one.action.item in case.profile.only]
    found_by = finders_of(actor, {action.visit_id for action in there})
    spoken = []
    for action in there:
        answer = case.folded.answers.get(action.item)
        outcome = OUTCOMES.get(answer.verdict) if answer is not None and answer.verdict is not None else None
        if answer is None or outcome is None or case.sealed_at(action.item):
            continue
        policy = policy_of(actor, action)
        asked = Known.interview in answer.known_by
        checker = _checker(case, released_by, found_by[action.visit_id], action, policy)
        short = outcome is CheckOutcome.done and (checker is None or (asks_workers(action.area, policy) and not asked))
        if short:
            store_checks.note_on_site(actor, action.id, answer.note, case.visit.id, case.visited_on, worker_check=asked)
            continue
        seen = Seen(
            outcome,
            answer.note or "–",
            checker or case.visit.sealed_by,
            case.visit.id,
            case.visited_on,
            worker_check=asked,
            told=answer.note if _told(case, answer) else "",
        )
        store_checks.seen_on_site(actor, action.id, seen, policy)
        spoken.append(action)
    return spoken


def policy_of(actor: Actor, action: ActionView) -> Any:
    """The policy of the checklist by which an action was found."""
    return visits.checklist(visits.get_released(actor, action.visit_id)).policy


def _checker(
    case: Case, released_by: UUID | None, finders: frozenset[UUID], action: ActionView, policy: Any
) -> UUID | None:
    second = policy.severities[kind_of_deadline(action.severity, action.zero_tolerance)].second_person
    for person in (case.visit.sealed_by, *case.inspectors, released_by):
        if person is not None and not (second and person in finders):
            return person
    return None


def _told(case: Case, answer: Answer) -> bool:
    """Whether the inspector's words about an item may be read by the enterprise: not where they may come from workers
    alone, or beside a sealed fact.
    """
    alone = set(answer.known_by) == {Known.interview} and case.profile.workers < (
        case.policy.interview_only_minimum_workers
    )
    short = answer.verdict in SHORTFALLS
    return bool(answer.note) and short and not alone and not case.sealed_at(answer.item)


def require_coordinator_sees(actor: Actor, workplace_id: UUID) -> None:
    """Raise ``NotFound`` for a workplace of which nothing waits, or that the actor does not see from inside."""
    if not open_items(actor, workplace_id):
        raise NotFound("workplace-unknown", N_("There is no such workplace in the register."))
