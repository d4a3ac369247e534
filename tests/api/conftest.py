"""What the tests of the door begin with: tokens, and something to read."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

import pytest

from compliance.api import store
from compliance.api.rules import Scope
from compliance.shared.database import session
from tests.api.calling import Program


@pytest.fixture
def program(app, world) -> Callable[..., Program]:
    """``program(Scope.findings)``: a program that holds a token for that; for everything where nothing is said."""

    def made(*scopes: Scope, who: str = "administrator", last_day: date | None = None) -> Program:
        return Program(app, token(app, world, scopes or tuple(Scope), who=who, last_day=last_day))

    return made


def token(app, world, scopes: Iterable[Scope], *, who: str = "administrator", last_day: date | None = None) -> str:
    """The words of a new token."""
    with app.app_context():
        actor = world.actor(who)
        day = last_day or store.today(actor.association_id) + timedelta(days=30)
        _row, words = store.make(actor, "Register of members", frozenset(scopes), day)
        session().commit()
        return words
