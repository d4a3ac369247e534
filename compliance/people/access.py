"""How somebody proves who they are: what is asked of whom, and the codes that are shown beside a password."""

import hashlib
from collections.abc import Collection, Iterable
from datetime import timedelta
from enum import StrEnum

import pyotp
import ua_parser

from compliance.people.rules import Role, code_of
from compliance.shared.words import N_

FRESH = timedelta(minutes=10)
"""How long a proof of who one is holds for acts that cannot be undone."""
SECOND_WITHIN = timedelta(minutes=10)
"""How long after the password the second step may come."""
SEEN_EVERY = timedelta(minutes=15)
"""How exactly it is known when a session was last used."""
CODES = 10
CODE_LENGTH = 12  # characters of base 32: 60 bits, and tries are counted
_STEP = 30  # seconds (RFC 6238, 4.1)
_APART = 1  # time steps that a telephone's clock may go wrong
SECRET_BYTES = 20  # RFC 4226, 4: at least 128 bits, 160 recommended

SETTING = "second_step"
"""Under which name an association's settings say which roles need a second step."""
BY_DEFAULT = (Role.reviewer, Role.coordinator, Role.leader, Role.administrator)
"""Who needs a second step where the association has not said otherwise: who reads more than their own visits."""


class How(StrEnum):
    """By what somebody signed in."""

    password = "password"  # noqa: S105
    authenticator = "authenticator"
    passkey = "passkey"
    recovery = "recovery"
    invitation = "invitation"
    change = "change"


HOW_WORDS = {
    How.password: N_("Password"),
    How.authenticator: N_("Password and authenticator app"),
    How.passkey: N_("Password and passkey"),
    How.recovery: N_("Password and recovery code"),
    How.invitation: N_("Invitation or code on paper"),
    How.change: N_("Change of the password"),
}


def asked_of(settings: object) -> frozenset[Role]:
    """The roles that need a second step, of an association's settings."""
    if not isinstance(settings, Iterable):
        return frozenset(BY_DEFAULT)
    return frozenset(role for role in Role if role.value in set(settings))


def is_asked(roles: Collection[Role], asked: Collection[Role]) -> bool:
    """Whether a person with these roles needs a second step."""
    return not set(roles).isdisjoint(asked)


def new_secret() -> str:
    """A secret for an authenticator app: base 32, as it is typed."""
    return pyotp.random_base32(SECRET_BYTES * 8 // 5)


def address_of(secret: str, account: str, issuer: str) -> str:
    """What stands in the QR code for an authenticator app (``otpauth://``)."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def step_of(secret: str, typed: str, seconds: float, after: int = 0) -> int | None:
    """The time step of a code that fits at a moment (seconds since 1970), or None; one step to both sides is let pass.

    A step up to ``after`` was used already and does not fit again (RFC 6238, 5.2).
    """
    digits = "".join(character for character in typed if character.isdecimal() and character.isascii())
    totp, now = pyotp.TOTP(secret), int(seconds) // _STEP
    found = None
    for step in range(max(0, now - _APART), now + _APART + 1):  # all are compared, so that time tells nothing
        if pyotp.utils.strings_equal(totp.generate_otp(step), digits) and step > after:
            found = step
    return found


def digest(person_id: object, typed: str) -> str:
    """What is kept of a recovery code; the person's id makes equal codes differ."""
    return hashlib.sha256(f"recovery {person_id} {code_of(typed)}".encode()).hexdigest()


def browser_of(said: str) -> str:
    """What a browser says of itself, shortened to its family and its system: “Firefox, Windows”."""
    found = ua_parser.parse(said[:500])
    parts = [part.family for part in (found.user_agent, found.os) if part and part.family != "Other"]
    return ", ".join(parts)[:80]
