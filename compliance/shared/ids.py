"""Identifiers: random where an enterprise may see them, time-ordered where tablets and trails make many."""

import secrets
import uuid

import uuid_utils.compat

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def random_id() -> uuid.UUID:
    """A random id (UUIDv4): tells nobody when the row was made."""
    return uuid.uuid4()


def event_id() -> uuid.UUID:
    """A time-ordered id (UUIDv7) for append-only rows; never shown to an enterprise."""
    return uuid_utils.compat.uuid7()


def short_code(length: int = 10) -> str:
    """A random code of Crockford's base 32 (no I, L, O, U): 5 bits a character."""
    return "".join(secrets.choice(_CROCKFORD) for _ in range(length))
