"""Identifiers: random where an enterprise may see them, time-ordered where tablets and trails make many."""

import secrets
import uuid

import uuid_utils.compat

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("ILOU", "110V")
_GROUP = 4


def random_id() -> uuid.UUID:
    """A random id (UUIDv4): tells nobody when the row was made."""
    return uuid.uuid4()


def event_id() -> uuid.UUID:
    """A time-ordered id (UUIDv7) for append-only rows; never shown to an enterprise."""
    return uuid_utils.compat.uuid7()


def short_code(length: int = 10) -> str:
    """A random code of Crockford's base 32 (no I, L, O, U): 5 bits a character."""
    return "".join(secrets.choice(_CROCKFORD) for _ in range(length))


def code_of(number: int, length: int) -> str:
    """The lowest 5 x ``length`` bits of a number as a code of the same kind."""
    return "".join(_CROCKFORD[(number >> 5 * place) & 31] for place in range(length))


def grouped_code(code: str) -> str:
    """A code as it is printed: in groups of four."""
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def plain_code(typed: str) -> str:
    """A code as it is kept, from whatever somebody typed: without groups, and with what is easily misread put right."""
    plain = "".join(one for one in typed.upper() if one.isascii() and one.isalnum())
    return plain.translate(_MISREAD)
