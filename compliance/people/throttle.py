"""How often somebody may try: counted in the application's database, so that every process counts the same."""

import hashlib
import hmac
from uuid import UUID

import sqlalchemy as sa
from flask import abort, current_app
from sqlalchemy.dialects import postgresql, sqlite

from compliance.people import identity
from compliance.people.models import RateWindow
from compliance.shared import clock, database

SIGN_IN_BY_ACCOUNT = (10, 15 * 60)  # attempts, seconds
SIGN_IN_BY_ADDRESS = (100, 15 * 60)  # a whole office may stand behind one address
CODE_BY_ADDRESS = (100, 15 * 60)
PASSWORD_BY_ACCOUNT = (10, 15 * 60)


def sign_in(typed: str, address: str) -> None:
    """Count one attempt to sign in; 429 when there were too many for this account or from this address."""
    kind, value = identity.recognise(typed)
    _count(f"sign-in {kind.value} {value}", *SIGN_IN_BY_ACCOUNT)
    _count(f"sign-in from {address}", *SIGN_IN_BY_ADDRESS)


def code(address: str) -> None:
    """Count one attempt to use an invitation or set-up code from this address; 429 when there were too many."""
    _count(f"code from {address}", *CODE_BY_ADDRESS)


def password(person_id: UUID) -> None:
    """Count one attempt to name one's present password; 429 when there were too many."""
    _count(f"password of {person_id}", *PASSWORD_BY_ACCOUNT)


def _count(what: str, most: int, seconds: int) -> None:
    if hit(what, seconds) > most:
        abort(429)


def hit(what: str, seconds: int) -> int:
    """Count one event of a kind and give the number in the running window, this one included.

    In a transaction of its own, because the request's is dropped when it fails. The key is a digest: who tried to
    sign in is nobody's to read.
    """
    database.session().rollback()  # a write transaction still open would wait for itself
    secret = str(current_app.config["SECRET_KEY"]).encode()
    key = hmac.new(secret, what.encode(), hashlib.sha256).hexdigest()
    now = clock.now().timestamp()
    table = RateWindow.__table__  # type: ignore[attr-defined]
    engine = database.db.engine
    insert = (sqlite if engine.dialect.name == "sqlite" else postgresql).insert(table)
    live = table.c.expires > now
    counted = (
        insert.values(key=key, count=1, expires=now + seconds)
        .on_conflict_do_update(
            index_elements=["key"],
            set_={
                "count": sa.case((live, table.c.count + 1), else_=1),
                "expires": sa.case((live, table.c.expires), else_=now + seconds),
            },
        )
        .returning(table.c.count)
    )
    with engine.begin() as connection:
        connection.execute(table.delete().where(table.c.expires < now - 86400))
        return int(connection.execute(counted).scalar_one())
