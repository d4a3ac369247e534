"""A request whose transaction PostgreSQL took back because of another one is done once more, unseen by its sender."""

import random
import time

from flask import Flask, g, request, session
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError

from compliance.shared import database

_TRIES = 4
_PAUSE = 0.05  # seconds before the second try; longer before each further one


def init_app(app: Flask) -> None:
    """Wrap what calls the view: nothing of it was kept, so it may run again with what was sent."""
    once = app.dispatch_request

    def dispatch() -> ResponseReturnValue:
        kept, known = dict(session), dict(vars(g))
        for attempt in range(_TRIES):
            try:
                answer = once()
                database.session().flush()  # what the database thinks of it shows here, not at the commit
                return answer
            except DBAPIError as error:
                if not database.collided(error) or attempt == _TRIES - 1:
                    raise
                _as_it_began(kept, known)
                time.sleep(_PAUSE * 2**attempt * (0.5 + random.random()))  # noqa: S311 - two that collided part
        raise AssertionError("unreachable")

    app.dispatch_request = dispatch  # type: ignore[method-assign]


def _as_it_began(kept: dict[str, object], known: dict[str, object]) -> None:
    database.session().rollback()
    if dict(session) != kept:
        session.clear()
        session.update(kept)
    vars(g).clear()
    vars(g).update(known)
    for _name, upload in request.files.items(multi=True):
        upload.stream.seek(0)
