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

WINDOW = 15 * 60  # seconds
TRIES_HERE = 10  # on one account from one address
TRIES_ANYWHERE = 50  # on one account: nobody shuts a person out with a handful of tries
TRIES_BY_ADDRESS = 100  # a whole office may stand behind one address
CODES_BY_ADDRESS = 100
PASSWORDS = 10
SECONDS = 10
JUDGED = 1000  # passwords judged while they are typed: a whole office on its first day


def sign_in(typed: str, address: str) -> None:
    """Count one attempt to sign in; 429 when there were too many for this account or from this address."""
    for what, most in _limits(typed, address):
        _count(what, most)


def signed_in(typed: str, address: str) -> None:
    """Take back what a successful attempt was counted, in the request's own transaction."""
    table = _table()
    account, anywhere, office = (_key(what) for what, _ in _limits(typed, address))
    session = database.session()
    session.execute(table.delete().where(table.c.key.in_([account, anywhere])))
    session.execute(table.update().where(table.c.key == office, table.c.count > 0).values(count=table.c.count - 1))


def _limits(typed: str, address: str) -> tuple[tuple[str, int], ...]:
    kind, value = identity.recognise(typed)
    account = f"sign-in {kind.value} {value}"
    return (
        (f"{account} from {address}", TRIES_HERE),
        (account, TRIES_ANYWHERE),
        (f"sign-in from {address}", TRIES_BY_ADDRESS),
    )


def code(address: str) -> None:
    """Count one attempt to use an invitation or set-up code from this address; 429 when there were too many."""
    _count(f"code from {address}", CODES_BY_ADDRESS)


def password(person_id: UUID) -> None:
    """Count one attempt to name one's present password; 429 when there were too many."""
    _count(f"password of {person_id}", PASSWORDS)


def judged(address: str) -> None:
    """Count one password that was judged while it was typed; 429 when there were too many from this address."""
    _count(f"judged from {address}", JUDGED)


def second(person_id: UUID) -> None:
    """Count one attempt at the second step; 429 when there were too many."""
    _count(f"second step of {person_id}", SECONDS)


def second_done(person_id: UUID) -> None:
    """Take back what attempts at the second step were counted, in the request's own transaction."""
    table = _table()
    database.session().execute(table.delete().where(table.c.key == _key(f"second step of {person_id}")))


def _count(what: str, most: int) -> None:
    if hit(what, WINDOW) > most:
        abort(429)


def _key(what: str) -> str:
    """The key of a counter: a digest, because who tried to sign in is nobody's to read."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, what.encode(), hashlib.sha256).hexdigest()


def _table() -> sa.Table:
    return RateWindow.__table__  # type: ignore[attr-defined,no-any-return]


def hit(what: str, seconds: int) -> int:
    """Count one event of a kind and give the number in the running window, this one included.

    In a transaction of its own, because the request's is dropped when it fails.
    """
    database.session().rollback()  # a write transaction still open would wait for itself
    key = _key(what)
    now = clock.now().timestamp()
    table = _table()
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
