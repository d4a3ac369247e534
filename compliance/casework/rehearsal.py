"""What ends with a letter is rehearsed first: gone through, dropped, and its letter tried while nothing is locked.

A letter is printed once for trial before it takes a number. That takes half a second, and SQLite has one write lock for
everybody: so the trial comes before the transaction that keeps something. What was tried is what is frozen, because the
letter is tried again if it says anything else by then.

No letter and no decision reaches an enterprise while an officer has not found that nobody is endangered by it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from compliance.casework import notices
from compliance.letters import recipes
from compliance.letters import store as letters
from compliance.people.rules import Actor
from compliance.referrals import store as referrals
from compliance.shared.database import session
from compliance.shared.problems import Conflict
from compliance.shared.words import N_

WAITS = N_("This waits for an officer of the association.")

P = ParamSpec("P")


@dataclass(frozen=True)
class Ready:
    """A letter that only lacks its number, with the facts that it will print."""

    letter: Any
    facts: Any


Prepare = Callable[[], Ready | None]
"""Everything that a release or a decision does, up to the letter's number; None where no letter goes out."""


def why_held(enterprise_id: UUID) -> str | None:
    """The message id of why nothing may reach this enterprise now, or None when it may.

    Reminders of days that the enterprise knows go on: that they stop would tell more than that they come.
    """
    return WAITS if referrals.must_wait(enterprise_id) else None


def require_free(enterprise_id: UUID) -> None:
    """Raise ``Conflict`` while ``why_held`` says something."""
    if why_held(enterprise_id) is not None:
        raise Conflict("danger-waits", WAITS)


def _require_free_of(ready: Ready) -> None:
    if ready.letter.kind != recipes.REFERRAL:  # the enterprise never hears of it
        require_free(ready.letter.enterprise_id)


def rehearse(actor: Actor, prepare: Prepare) -> letters.Trial | None:
    """Go through it, keep nothing, and give what the letter would say. Raises what ``prepare`` raises.

    The request's transaction ends: nothing may have been written in it before, and rows that were read are read anew.
    """
    ready = prepare()
    if ready is not None:
        _require_free_of(ready)
    tried = letters.trial(actor, ready.letter, ready.facts) if ready else None
    session().rollback()
    return tried


def carry_out(actor: Actor, prepare: Prepare) -> Any | None:
    """Rehearse it, let the press try the letter, and then do it. Returns the letter, if one goes out."""
    tried = rehearse(actor, prepare)
    if tried is not None:
        letters.try_out(tried, actor.language)
    return finish(actor, prepare(), tried)


def finish(actor: Actor, ready: Ready | None, tried: letters.Trial | None = None) -> Any | None:
    """Number, freeze and send a letter that is ready. What has not been tried is tried now."""
    if ready is None:
        return None
    _require_free_of(ready)
    letters.issue(actor, ready.letter, ready.facts, tried=tried)
    notices.letter_issued(actor, ready.letter)
    return ready.letter


def finished(
    prepare: Callable[Concatenate[Actor, P], Ready | None],
) -> Callable[Concatenate[Actor, P], Any | None]:
    """The same, done to its end in one transaction: the press tries the letter while it is open."""

    def run(actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> Any | None:
        return finish(actor, prepare(actor, *args, **kwargs))

    return run
