"""Reading goes on while nothing may be written: while a database is moved, or a copy of it serves.

Set by ``read_only`` in the settings, or switched in the queue's store, which all processes and machines share.
"""

import time
from typing import Any

from flask import Flask, current_app, has_request_context, request
from sqlalchemy import event
from sqlalchemy.orm import Session

from compliance.shared.problems import NotNow
from compliance.shared.words import N_

_KEY = "read-only"
_KNOWN_FOR = 2.0  # seconds

SENTENCE = N_(
    "The system can only be read at present, because it is being worked on. Nothing is lost; try again later."
)


def is_on() -> bool:
    """Whether nothing may be written now; known again within two seconds after it was switched."""
    if current_app.config["READ_ONLY"]:
        return True
    kept: tuple[float, bool] = current_app.extensions.get(_KEY, (0.0, False))
    if time.monotonic() - kept[0] > _KNOWN_FOR:
        kept = (time.monotonic(), current_app.extensions["jobs"].get(_KEY, peek=True) is not None)
        current_app.extensions[_KEY] = kept
    return kept[1]


def switch(on: bool) -> None:
    """Switch for all processes and machines that share the queue."""
    queue = current_app.extensions["jobs"]
    if on:
        queue.put(_KEY, "on")
    else:
        queue.get(_KEY)
    current_app.extensions.pop(_KEY, None)


def init_app(app: Flask) -> None:
    """Refuse every request that writes, in one sentence, before it has begun."""

    @app.before_request
    def _refuse() -> None:
        if request.method not in ("GET", "HEAD", "OPTIONS") and is_on():
            raise NotNow("read-only", SENTENCE)

    @app.context_processor
    def _shown() -> dict[str, bool]:
        return {"only_reading": is_on()}


@event.listens_for(Session, "before_flush")
def _nothing_is_written(session: Session, _context: Any, _instances: Any) -> None:
    # A page that notes who looked at it cannot be shown without the note.
    if has_request_context() and (session.new or session.dirty or session.deleted) and is_on():
        raise NotNow("read-only", SENTENCE)
