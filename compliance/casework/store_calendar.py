"""Reading and writing calendar addresses: each person's own, made anew or switched off by that person alone."""

import hashlib
import secrets
from uuid import UUID

from sqlmodel import select

from compliance.casework.models_calendar import CalendarFeed
from compliance.people.rules import Actor
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import NotFound
from compliance.shared.words import N_

TOKEN_BYTES = 32  # beyond guessing, however often somebody tries


def mine(actor: Actor) -> CalendarFeed | None:
    """The actor's own calendar, also one that is switched off."""
    query = select(CalendarFeed).where(CalendarFeed.person_id == actor.person_id)
    return session().exec(query).first()


def by_token(token: str) -> CalendarFeed | None:
    """The calendar that this address opens, for whoever holds it."""
    return session().exec(select(CalendarFeed).where(CalendarFeed.token_digest == digest(token))).first()


def digest(token: str) -> str:
    """What is kept of an address: SHA-256 (hex)."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


@audited("calendar.renewed")
def renew(actor: Actor) -> tuple[CalendarFeed, str]:
    """A new address for the actor's calendar, and the secret part of it, which is kept nowhere. The one before stops
    working at once.
    """
    row, token = mine(actor), secrets.token_urlsafe(TOKEN_BYTES)
    if row is None:
        row = CalendarFeed(
            association_id=actor.association_id,
            person_id=_person(actor),
            salt=secrets.token_hex(),
            created_at=clock.now(),
        )
        session().add(row)
    row.token_digest, row.renewed_at = digest(token), clock.now()
    session().flush()
    return row, token


@audited("calendar.switched_off")
def switch_off(actor: Actor) -> CalendarFeed | None:
    """The address of the actor's calendar stops working. Switched off already: nothing changes."""
    row = mine(actor)
    if row is not None and row.token_digest is not None:
        row.token_digest = None
        session().flush()
    return row


def _person(actor: Actor) -> UUID:
    if actor.person_id is None:
        raise NotFound("person-unknown", N_("There is no such person."))
    return actor.person_id
