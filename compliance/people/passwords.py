"""Passwords: how they are hashed (argon2id), compared in even time, and what a good one is."""

import functools
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import flask_security
from zxcvbn import zxcvbn

from compliance.people import breached
from compliance.shared.problems import Problem
from compliance.shared.translation import gettext
from compliance.shared.words import N_

SHORTEST = 10
LONGEST = 200  # characters; beyond it hashing is only work for us
_WEAKEST = 3  # of zxcvbn's scores 0..4: "safely unguessable"
_NAME = 3  # characters of a person's name that a guesser would try
_OWN = 6  # characters that must be left once the person's names are taken out
_JUDGED = 72  # characters; zxcvbn's time grows with the square of the length


def hashed(password: str) -> str:
    """The argon2id hash of a password. Takes a third of a second on purpose: never inside a write transaction."""
    return str(flask_security.hash_password(_normal(password)))


def fits(password: str, kept: str | None) -> bool:
    """Whether a password is the one kept. Takes as long when there is none, so that time tells nothing."""
    known = bool(kept)
    right = bool(flask_security.verify_password(_normal(password), kept or _nobodys()))
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
    names = {part for word in about for part in re.split(r"\W+", word.lower()) if len(part) >= _NAME}
    weak = zxcvbn(password[:_JUDGED], user_inputs=[*about, *names])["score"] < _WEAKEST
    if breached.is_known(_normal(password)):
        raise Problem(
            "password-breached",
            N_("This password was lost by others and is tried first by whoever wants to get in. Take another one."),
            field=field,
        )
    if weak or len(_without(password.lower(), names)) < _OWN:
        raise Problem(
            "password-guessable",
            N_("This password is easy to guess. Take several words that do not belong together."),
            field=field,
        )


class Strength(NamedTuple):
    """How good a password that somebody types is: 0 (none) to 4, and what is wrong with it in words (or "")."""

    score: int
    problem: str


def strength(password: str, about: Sequence[str] = ()) -> Strength:
    """How good a password is while it is typed; what ``check`` refuses has at most a score of 2."""
    score = int(zxcvbn(password[:_JUDGED], user_inputs=list(about))["score"]) if password else 0
    try:
        check(password, about)
    except Problem as problem:
        return Strength(min(score, _WEAKEST - 1), str(gettext(problem.text, **_plain(problem.facts))))
    return Strength(score, "")


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: fact for name, fact in facts.items() if name != "field"}


def _without(password: str, names: set[str]) -> str:
    for name in sorted(names, key=len, reverse=True):
        password = password.replace(name, "")
    return password


def _normal(password: str) -> str:
    return str(flask_security.proxies._security.password_util.normalize(password))


@functools.cache
def _nobodys() -> str:
    return hashed("nobody has this password")
