"""One at a time, over all processes and machines that serve one database."""

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from flask import current_app

from compliance.shared import database


@contextlib.contextmanager
def alone(name: str, *, wait: bool) -> Iterator[bool]:
    """Hold the lock of a name; gives False where somebody else holds it and ``wait`` is not asked for.

    On PostgreSQL it is the server's advisory lock, elsewhere a lock on a file of the instance. Both are let go by
    themselves when their process or its connection dies. Needs an app context; nothing of the session is touched.
    """
    with _in_database(name, wait) if database.db.engine.dialect.name == "postgresql" else _in_file(name, wait) as had:
        yield had


@contextlib.contextmanager
def _in_database(name: str, wait: bool) -> Iterator[bool]:
    key = int.from_bytes(hashlib.sha256(f"compliance {name}".encode()).digest()[:8], "big", signed=True)
    with database.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()  # not one of the pool's, which may be emptied meanwhile
        ask = "pg_advisory_lock" if wait else "pg_try_advisory_lock"
        had = connection.scalar(sa.text(f"SELECT {ask}(:key)"), {"key": key}) is not False
        try:
            yield had
        finally:
            if had:
                connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": key})


@contextlib.contextmanager
def _in_file(name: str, wait: bool) -> Iterator[bool]:
    file = os.open(Path(current_app.instance_path) / f".{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            had = True
        except BlockingIOError:
            had = False
        yield had
    finally:
        os.close(file)
