"""Interviews on the tablet: what it carries to ask and to close, and its envelopes among what it sends.

A tablet gets the public key of a visit and no other, so that nobody opens there what was closed there.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from compliance.checklists.interviews import InterviewForm
from compliance.interviews import rules, store
from compliance.people.rules import Actor
from compliance.shared.problems import Problem
from compliance.visits import store as visits
from compliance.visits import store_given, store_sync, sync
from compliance.visits.beside import CONTACT, SEALED
from compliance.visits.rules import INTERVIEW, State, normal
from compliance.visits.store_sync import Received

if TYPE_CHECKING:
    from compliance.visits.models import Visit


def carried(actor: Actor, visit: "Visit") -> dict[str, Any] | None:
    """What a tablet needs to ask at an open visit; nothing once it is closed."""
    if visit.state is not State.handed_out:
        return None
    form, today = store.form(), visits.today(actor)
    signs = [item.id for item in visits.checklist(visit).items if rules.signs_among(item.ilo)]
    return {
        "key": base64.b64encode(store.door(actor, visit.id, today).public_key).decode(),
        "days": form.periods_of(today).answers_days,
        "signs": signs,
        **_spoken(form),
    }


@cache
def stamp() -> str:
    """Changes with the questions, so that every tablet fetches them again."""
    return hashlib.sha256(json.dumps(_spoken(store.form()), sort_keys=True).encode()).hexdigest()


def _spoken(form: InterviewForm) -> dict[str, Any]:
    return {
        "languages": dict(form.languages),
        "notice": dict(form.notice),
        "consent": dict(form.consent),
        "questions": [
            {
                "id": one.id,
                "settings": [setting.value for setting in one.settings],
                "text": dict(one.text),
                "answers": [{"id": answer.id, "text": dict(answer.text)} for answer in one.answers],
            }
            for one in form.questions
        ],
    }


def receive(actor: Actor, visit: Any, device: Any, entries: Any, at: Any = None) -> Received:
    """``store_sync.receive``, with the interviews among the entries given to those who keep them."""
    refused: list[tuple[Any, Problem]] = []
    if _any_of_interviews(entries):
        try:
            row, _drift, _why = store_given.addressed(actor, visit, device)
        except Problem:
            return store_sync.receive(actor, visit, device, entries, at)  # it says what is wrong with each
        entries, refused = _kept(actor, row, entries)
    received = store_sync.receive(actor, visit, device, entries, at)
    received.refused += refused
    return received


def receive_file(actor: Actor, visit_id: UUID, device: str, entries: Any) -> Received:
    """``store_sync.receive_file``, with the interviews as in ``receive``."""
    refused: list[tuple[Any, Problem]] = []
    visit = visits.get(actor, visit_id)
    if _any_of_interviews(entries) and visits.may_enter(actor, visit, at_desk=True):
        entries, refused = _kept(actor, visit, entries)
    received = store_sync.receive_file(actor, visit_id, device, entries)
    received.refused += refused
    return received


def _any_of_interviews(entries: Any) -> bool:
    return isinstance(entries, list) and any(sync.field_of(raw, "item") == INTERVIEW for raw in entries)


def _kept(actor: Actor, visit: "Visit", entries: Sequence[Any]) -> tuple[list[Any], list[tuple[Any, Problem]]]:
    """The entries without those that the interviews refuse, and these with the reason."""
    of_interviews = [raw for raw in entries if sync.field_of(raw, "item") == INTERVIEW]
    ids = {id for raw in of_interviews if (id := sync.uuid_of(sync.field_of(raw, "id")))}
    here = store_sync.here(ids)
    passed, refused = [], []
    for raw in entries:
        try:
            if sync.field_of(raw, "item") == INTERVIEW and sync.uuid_of(sync.field_of(raw, "id")) not in here:
                _keep(actor, visit, raw)
        except Problem as problem:
            refused.append((raw, problem))
        else:
            passed.append(raw)
    return passed, refused


def _keep(actor: Actor, visit: "Visit", raw: Any) -> None:
    """Keep what one entry brings that has not come before. One that is not well formed is refused where all are."""
    name, value = str(sync.field_of(raw, "field")), sync.field_of(raw, "value")
    try:
        sent = sync.read(raw, str(visit.id), "")
        normal(visits.checklist(visit), (INTERVIEW, name), sent.value)
    except Problem:
        return
    of = name.partition(":")[2]
    today = visits.today(actor)
    if name.startswith(SEALED):
        store.keep(actor, visit.id, UUID(of), base64.b64decode(value), today)
    elif name.startswith(CONTACT):
        store.keep_closed_contact(actor, visit.id, UUID(of), base64.b64decode(value), today)
    else:
        store.give_card(actor, visit.id, today)
