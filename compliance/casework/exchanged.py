"""What both sides said about a corrective action, gathered for a page of the enterprise or of the association."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from compliance.casework import cases
from compliance.corrective_actions import (
    exchange,
    store,
    store_comments,
    store_declarations,
    store_entered,
    store_refusals,
)
from compliance.corrective_actions.exchange import Entered, possible
from compliance.corrective_actions.seen import ActionView, EventView
from compliance.people import store as people
from compliance.people.rules import Actor, can, is_staff
from compliance.shared.database import begin_writing


def outside(actor: Actor, row: ActionView, history: Iterable[EventView]) -> dict[str, Any]:
    """For the enterprise: its own people by name, the association's as the association."""
    thread, refusals = store_comments.thread(actor, row.id), store_refusals.of_action(actor, row.id)
    entries = [one for one in store_entered.of_finding(actor, row.finding_id) if one.action_id in (None, row.id)]
    declared = store_declarations.of_action(actor, row.id)
    history = list(history)
    theirs = store_entered.entered_by(row.finding_id, but=()) if entries else frozenset()
    people_there = {
        *(one.person_id for one in history if one.by_enterprise),
        *(one.person_id for one in thread if one.by_enterprise),
        *(one.said_by for one in refusals),
    }
    return {
        **_both(thread, refusals, entries, declared),
        "who": people.people_names(people_there - theirs),
        "denied": next((one for one in reversed(history) if one.move == store.DENIED), None),
    }


def read_by_enterprise(actor: Actor, action_id: UUID) -> None:
    """What the association wrote was shown to a manager: it is marked as read, within a request that reads."""
    if any(not one.by_enterprise and not one.read for one in store_comments.thread(actor, action_id)):
        begin_writing()
        store_comments.mark_read(actor, action_id)


def inside(actor: Actor, row: ActionView, case: cases.Case) -> dict[str, Any]:
    """For the association: everybody by name, and what the reader may do."""
    thread = store_comments.threads(actor, [row.id]).get(row.id, [])
    refusals = store_refusals.of_action(actor, row.id)
    entries = [one for one in store_entered.of_finding(actor, row.finding_id) if one.action_id in (None, row.id)]
    declared = store_declarations.of_action(actor, row.id)
    ids = {
        *(one.person_id for one in thread),
        *(reader for one in thread for reader in one.read_by),
        *(one.said_by for one in refusals),
        *(one.decided_by for one in refusals),
        *(one.entered_by for one in entries),
    }
    waits = any(one.taken is None for one in refusals)
    return {
        **_both(thread, refusals, entries, declared),
        "who": people.people_names(ids),
        "may_comment": can(actor, "action.comment") and row.delivered_on is not None,
        "may_decide": can(actor, "action.decide"),
        "enterable": [what for what in Entered if what is not Entered.reply and possible(what, row.state)],
        "may_enter": can(actor, "action.enter_for") and is_staff(actor) and row.delivered_on is not None,
        "may_accept_reason": waits and not row.zero_tolerance,
        "unread": any(one.by_enterprise and not one.read for one in thread),
    }


def _both(thread: list[Any], refusals: list[Any], entries: list[Any], declared: list[Any]) -> dict[str, Any]:
    return {
        "thread": thread,
        "refusals": refusals,
        "reason_waits": next((one for one in refusals if one.taken is None), None),
        "entries": entries,
        "declarations": declared,
        "declared_as": {one.evidence_id: one for one in declared},
        "exchange_words": exchange,
    }
