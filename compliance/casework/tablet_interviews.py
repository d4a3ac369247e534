"""Interviews on the tablet: what it carries to ask and to close, and the keeping of its envelopes.

A tablet gets the public key of a visit and no other, so that nobody opens there what was closed there.
"""

import base64
import hashlib
import json
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from compliance.checklists.interviews import InterviewForm
from compliance.interviews import rules, store
from compliance.people.rules import Actor
from compliance.visits import store as visits
from compliance.visits.beside import CONTACT, SEALED
from compliance.visits.rules import State

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


def lacks_key(visit: "Visit") -> bool:
    """Whether ``carried`` would make the key of an open visit's interviews, which is a write."""
    return visit.state is State.handed_out and not store.has_door(visit.id)


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


def keep(actor: Actor, visit: "Visit", name: str, value: Any) -> None:
    """Keep what one entry of ``INTERVIEW`` brings. Raises ``Problem`` for what cannot be kept."""
    of, today = UUID(name.partition(":")[2]), visits.today(actor)
    if name.startswith(SEALED):
        store.keep(actor, visit.id, of, base64.b64decode(value), today)
    elif name.startswith(CONTACT):
        store.keep_closed_contact(actor, visit.id, of, base64.b64decode(value), today)
    else:
        store.give_card(actor, visit.id, today)
