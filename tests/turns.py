"""A transaction that began by reading must not turn into one that writes.

SQLite refuses that at once with "database is locked" as soon as somebody else has written in between, so it would fail
in use and never in a test. Here it always fails.
"""

from typing import Any

import sqlalchemy as sa
from flask import Flask, g, has_request_context, request, request_started
from sqlalchemy import event

WRITES = ("INSERT", "UPDATE", "DELETE")


class TurnedIntoAWrite(AssertionError):
    """A page that is asked for by GET wrote after it had read: call ``begin_writing`` before it reads."""


@request_started.connect
def _asked(_app: Flask, **_more: Any) -> None:
    g.asked = True  # what a test does within a context of its own is not a page


@event.listens_for(sa.Engine, "begin")
def _begin(connection: sa.Connection) -> None:
    connection.info.pop("read", None)


@event.listens_for(sa.Engine, "before_cursor_execute")
def _before(connection: sa.Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
    if (
        connection.dialect.name != "sqlite"
        or not has_request_context()
        or not g.get("asked")
        or request.method != "GET"
    ):
        return
    if connection.get_execution_options().get("sqlite_begin") == "IMMEDIATE":
        return
    verb = statement.lstrip().split(None, 1)[0].upper()
    if verb in ("SELECT", "WITH"):
        connection.info["read"] = True
    elif verb in WRITES and connection.info.get("read"):
        raise TurnedIntoAWrite(f"{request.path}: {statement[:80]}")
