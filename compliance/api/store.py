"""Tokens of other systems: made, revoked, recognised; and what they were used for, on the trail."""

import secrets
from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from compliance.api import rules
from compliance.api.models import ApiToken
from compliance.api.rules import Scope, TokenState
from compliance.associations import store as associations
from compliance.people.rules import Actor
from compliance.shared import audit, clock
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound
from compliance.shared.words import N_, clean

USED = "api.used"


def today(association_id: UUID) -> date:
    """The calendar day of an association."""
    return clock.today(associations.get(association_id).time_zone)


def every(actor: Actor) -> list[ApiToken]:
    """The tokens of the actor's association, the newest first."""
    query = select(ApiToken).where(ApiToken.association_id == actor.association_id)
    return list(session().exec(query.order_by(col(ApiToken.created_at).desc(), col(ApiToken.id))))


def get(actor: Actor, token_id: UUID) -> ApiToken:
    """A token of the actor's association. Raises ``NotFound``."""
    row = session().get(ApiToken, token_id)
    if row is None or row.association_id != actor.association_id:
        raise NotFound("token-unknown", N_("There is no such token."))
    return row


def state(row: ApiToken) -> TokenState:
    """Whether it opens anything today."""
    return rules.state(row.last_day, row.revoked_at is not None, today(row.association_id))


def make(actor: Actor, name: str, scopes: Collection[Scope], last_day: date) -> tuple[ApiToken, str]:
    """A new token, and the words of it, which are kept nowhere. Raises ``Problem`` as ``rules.require_fit`` does."""
    words = rules.PREFIX + secrets.token_urlsafe(32)
    return _keep(actor, name, scopes, last_day, rules.digest(words)), words


@audited("api.token_made")
def _keep(actor: Actor, name: str, scopes: Collection[Scope], last_day: date, digest: str) -> ApiToken:
    name = clean(name)[:80]
    rules.require_fit(name, scopes, last_day, today(actor.association_id))
    row = ApiToken(
        association_id=actor.association_id,
        name=name,
        scopes=[scope.value for scope in Scope if scope in scopes],
        digest=digest,
        last_day=last_day,
        created_by=actor.person_id,
    )
    session().add(row)
    session().flush()
    return row


@audited("api.token_revoked")
def revoke(actor: Actor, token_id: UUID) -> ApiToken:
    """From now on the token opens nothing. Raises ``NotFound``, and ``Conflict`` for one that was revoked before."""
    row = get(actor, token_id)
    if row.revoked_at is not None:
        raise Conflict("token-revoked", N_("This token is revoked already."))
    row.revoked_at, row.revoked_by = clock.now(), actor.person_id
    session().add(row)
    return row


def recognise(words: str) -> ApiToken | None:
    """The token of these words that is valid today, or None: unknown, revoked and ended look alike."""
    row = session().exec(select(ApiToken).where(ApiToken.digest == rules.digest(words))).first()
    return row if row is not None and state(row) is TokenState.valid else None


def note_use(actor: Actor, token_id: UUID, **note: Any) -> None:
    """Put on the trail what a program was given, and when the token was used last.

    Within a request that reads, ``begin_writing`` comes first.
    """
    session().execute(sa.update(ApiToken).where(col(ApiToken.id) == token_id).values(last_used_at=clock.now()))
    audit.record(actor, USED, session().get_one(ApiToken, token_id), token=actor.name, **note)
