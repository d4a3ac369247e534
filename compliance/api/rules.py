"""Tokens of other systems: what they may be for, how long, and how often they may ask. Pure."""

import hashlib
from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum

from compliance.shared.problems import Problem
from compliance.shared.words import N_

PREFIX = "wpc_"
"""How every token begins, so that one that lies where it should not is recognised."""
LONGEST = timedelta(days=366)
A_MINUTE = 300
"""Requests of one token in a minute."""
MOST = 200
"""Rows of one answer."""
USUAL = 50
"""Rows of an answer where nothing is said."""


class Scope(StrEnum):
    """What a token may ask for. Each route asks for exactly one."""

    register = "register.read"
    scorecards = "scorecards.read"
    findings = "findings.read"
    actions = "actions.read"
    letters = "letters.read"
    trends = "trends.read"
    imports = "enterprises.import"


SCOPE_WORDS: dict[Scope, str] = {
    Scope.register: N_("Read the register: enterprises and workplaces, without contact persons"),
    Scope.scorecards: N_("Read released scorecards"),
    Scope.findings: N_("Read released findings, as their enterprises read them"),
    Scope.actions: N_("Read corrective actions that were delivered"),
    Scope.letters: N_("Read letters that were sent, with their PDF"),
    Scope.trends: N_("Read trend figures"),
    Scope.imports: N_("Bring enterprises into the register: look at what would change, then confirm"),
}


class TokenState(StrEnum):
    """Whether a token opens anything."""

    valid = "valid"
    revoked = "revoked"
    ended = "ended"


STATE_WORDS: dict[TokenState, str] = {
    TokenState.valid: N_("Valid"),
    TokenState.revoked: N_("Revoked"),
    TokenState.ended: N_("Ended"),
}


def digest(token: str) -> str:
    """What is kept of a token. It holds 256 random bits, so that a plain digest cannot be turned round."""
    return hashlib.sha256(token.encode()).hexdigest()


def state(last_day: date, revoked: bool, today: date) -> TokenState:
    """The state on a day of the association; the last day is included."""
    if revoked:
        return TokenState.revoked
    return TokenState.ended if today > last_day else TokenState.valid


def require_fit(name: str, scopes: Collection[Scope], last_day: date, today: date) -> None:
    """Raise ``Problem`` (fact ``field``) for a token without a name, without a use, or without a near end."""
    if not name:
        raise Problem("token-name", N_("Say which system it is for."), field="name")
    if not scopes:
        raise Problem("token-scopes", N_("Tick at least one thing that it may do."), field="scopes")
    if last_day < today:
        raise Problem("token-past", N_("That day is over."), field="last_day")
    if last_day > today + LONGEST:
        raise Problem("token-long", N_("A token is valid for a year at most; make a new one then."), field="last_day")


FEWEST = 5
"""No count of people below this leaves by this door."""


def closed(count: int, of: int) -> int | None:
    """A part of a headcount as it may be told: None where it, or what is left of the whole, is fewer than five people,
    and where it is not known (0).
    """
    rest = of - count
    return count if count >= FEWEST and (rest == 0 or rest >= FEWEST) else None


def closed_total(count: int) -> int | None:
    """A headcount as it may be told."""
    return count if count >= FEWEST else None
