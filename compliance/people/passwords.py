"""Passwords: how they are hashed (argon2id), compared in even time, and what a good one is."""

import functools
from collections.abc import Sequence

import flask_security
from zxcvbn import zxcvbn

from compliance.shared.problems import Problem
from compliance.shared.words import N_

SHORTEST = 10
LONGEST = 200  # characters; beyond it hashing is only work for us
_WEAKEST = 3  # of zxcvbn's scores 0..4: "safely unguessable"
_JUDGED = 72  # characters; zxcvbn's time grows with the square of the length


def hashed(password: str) -> str:
    """The argon2id hash of a password. Takes a third of a second on purpose: never inside a write transaction."""
    return str(flask_security.hash_password(_normal(password)))


def fits(password: str, kept: str | None) -> bool:
    """Whether a password is the one kept. Takes as long when there is none, so that time tells nothing."""
    known = bool(kept)
    right = bool(flask_security.verify_password(_normal(password)[:LONGEST], kept or _nobodys()))
    return known and right


def check(password: str, about: Sequence[str] = (), *, field: str = "password") -> None:
    """Raise ``Problem`` for a password that is too short, too long or easy to guess.

    ``about`` are words that a guesser would try first: the person's names.
    """
    if len(password) < SHORTEST:
        raise Problem(
            "password-short",
            N_("A password has at least %(least)d characters."),
            least=SHORTEST,
            field=field,
        )
    if len(password) > LONGEST:
        raise Problem(
            "password-long",
            N_("A password has at most %(most)d characters."),
            most=LONGEST,
            field=field,
        )
    if zxcvbn(password[:_JUDGED], user_inputs=[word for word in about if word])["score"] < _WEAKEST:
        raise Problem(
            "password-guessable",
            N_("This password is easy to guess. Take several words that do not belong together."),
            field=field,
        )


def _normal(password: str) -> str:
    return str(flask_security.proxies._security.password_util.normalize(password))


@functools.cache
def _nobodys() -> str:
    return hashed("nobody has this password")
