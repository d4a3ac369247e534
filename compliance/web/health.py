"""Two addresses for whoever watches: is the process alive, and can it serve. Neither tells a stranger why not."""

import functools
import logging
from collections.abc import Iterator

import sqlalchemy as sa
from flask import Blueprint, Response, current_app
from sqlalchemy.exc import SQLAlchemyError

from compliance.people.gate import public
from compliance.shared import database, files
from compliance.shared.problems import Problem
from compliance.web import upgrade

bp = Blueprint("health", __name__, url_prefix="/health")
_log = logging.getLogger("compliance.health")


@bp.get("/live")
@public
def live() -> Response:
    """The process answers; nothing else is looked at."""
    return _said("alive", 200)


@bp.get("/ready")
@public
def ready() -> Response:
    """Requests can be served: 200, else 503. What is wrong goes to the log."""
    wrong = list(what_is_wrong())
    for one in wrong:
        _log.warning("not ready: %s", one)
    return _said("not ready", 503) if wrong else _said("ready", 200)


def what_is_wrong() -> Iterator[str]:
    """What keeps this process from serving: database, schema, files. Needs an app context."""
    try:
        with database.db.engine.connect() as connection:
            found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
            if found is None or found in _older():
                yield "the database is not at the newest schema (compliance migrate)"
    except SQLAlchemyError as error:
        yield f"the database cannot be asked ({type(error).__name__})"
    try:
        files.probe()
    except (OSError, Problem) as error:
        yield f"files cannot be written ({type(error).__name__})"


@functools.cache
def _older() -> frozenset[str]:
    """Every schema before this release's own. One that is unknown is newer: it was widened so that this one serves."""
    return frozenset(upgrade.revisions()) - {upgrade.newest()}


def _said(words: str, status: int) -> Response:
    return current_app.response_class(f"{words}\n", status, mimetype="text/plain")
