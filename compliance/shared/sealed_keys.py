"""Keys of what is sealed: one for each purpose and holder (a visit, a complaint), so that it can be destroyed alone.

Each stands in the database, wrapped by the newest master key of the instance. Master keys stand in a file of their own
that belongs in no backup of the database: without it every sealed value is unreadable, for the association too. When a
key has been destroyed, what was sealed with it is gone everywhere but in backups that are older; these end by rotation.

Master keys may also come from the environment or from the command of a vault. A new one is used from then on, also by
processes that run, and the keys of what is sealed already are wrapped anew by it (``rewrap``): the contents stay.
"""

import base64
import binascii
import contextlib
import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Collection
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
import sqlmodel
from flask import current_app
from sqlmodel import SQLModel, col

from compliance.shared import clock, crypto, database
from compliance.shared.audit import Writer, audited
from compliance.shared.problems import Problem
from compliance.shared.words import N_

_AT_ONCE = 500
_PATIENCE = 60  # seconds that the command of a vault may take


class KeyDestroyed(Problem):
    """What was sealed with this key can never be read again: its time was over."""

    status = 410

    def __init__(self) -> None:
        super().__init__("seal-destroyed", N_("This was removed when its time was over. Nobody can read it any more."))


class KeysMissing(Exception):
    """The master keys are not where they should be; one line for the operator."""


class SealedKey(SQLModel, table=True):
    """A key under which things are sealed; ``wrapped`` is empty once it has been destroyed.

    ``destroy_on`` is a day of the association's time zone: on it, and not before, the key is destroyed.
    """

    __tablename__ = "sealed_key"
    __table_args__ = (
        sa.UniqueConstraint("purpose", "holder_id"),
        sa.CheckConstraint("(wrapped IS NULL) = (destroyed_at IS NOT NULL)", name="destroyed_whole"),
        {"info": {"audit": False}},  # a wrapped key on the trail would outlive its destruction
    )
    id: UUID = database.primary_id()
    association_id: UUID = database.reference("association.id")
    purpose: str = database.text_column(32)
    holder_id: UUID = database.loose_id(nullable=False)
    master: int
    wrapped: bytes | None = sqlmodel.Field(default=None, sa_type=sa.LargeBinary, nullable=True)
    created_at: datetime = database.moment(default_now=True)
    destroy_on: date | None = sqlmodel.Field(default=None, index=True)
    destroyed_at: datetime | None = database.moment(nullable=True)


def of(purpose: str, holder_id: UUID) -> SealedKey | None:
    """The key of a holder, if it was ever made. Who may read what it opens is for the caller to decide."""
    query = sqlmodel.select(SealedKey).where(SealedKey.purpose == purpose, SealedKey.holder_id == holder_id)
    return database.session().exec(query).one_or_none()


def made(actor: Writer, purpose: str, holder_id: UUID, *, destroy_on: date | None = None) -> SealedKey:
    """The key of a holder; made at the first asking. The caller's line on the trail tells for what."""
    found = of(purpose, holder_id)
    if found is not None:
        return found
    number, master = _newest()
    key = SealedKey(
        association_id=actor.association_id, purpose=purpose, holder_id=holder_id, master=number, destroy_on=destroy_on
    )
    key.wrapped = crypto.seal(master, _label(key.id), crypto.new_key())
    row = {name: getattr(key, name) for name in SealedKey.model_fields}
    database.insert_new_of(SealedKey.__table__, row, ("purpose", "holder_id"))  # type: ignore[attr-defined]
    found = of(purpose, holder_id)
    assert found is not None, "a key that was just made is there"
    return found


def seal(key: SealedKey, label: str, clear: bytes) -> bytes:
    """Seal under a key. Raises ``KeyDestroyed``."""
    return crypto.seal(_opened(key), label, clear)


def unseal(key: SealedKey, label: str, sealed: bytes) -> bytes:
    """Read what was sealed. Raises ``KeyDestroyed`` and ``crypto.SealBroken``."""
    return crypto.unseal(_opened(key), label, sealed)


def opener(key: SealedKey) -> Callable[[str, bytes], bytes]:
    """Read many values under one key: called with label and sealed bytes. Raises as ``unseal``."""
    opened = _opened(key)
    return lambda label, sealed: crypto.unseal(opened, label, sealed)


@audited("sealed_key.postponed")
def destroy_on(_actor: Writer, key: SealedKey, day: date | None) -> SealedKey:
    """Say on which day a key is destroyed (none: while it is needed). Raises ``KeyDestroyed``."""
    if key.wrapped is None:
        raise KeyDestroyed
    key.destroy_on = day
    database.session().add(key)
    return key


@audited("sealed_key.destroyed")
def destroy(_actor: Writer, key: SealedKey) -> SealedKey:
    """Destroy a key; once it is destroyed, nothing changes any more."""
    if key.wrapped is None:
        return key
    overwrite_freed_bytes()
    key.wrapped, key.destroyed_at = None, clock.now()
    database.session().add(key)
    return key


def openings(actor: Writer, purpose: str, holders: Collection[UUID]) -> dict[UUID, bytes]:
    """The opened keys of many holders at once, made where there is none; a destroyed one is followed by a new one.

    Only for what is written once more after its time was over. The caller's line on the trail tells for what.
    """
    wanted = sorted(holders)
    found: dict[UUID, bytes] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        there = {key.holder_id: key for key in _of_holders(purpose, some)}
        missing = [holder for holder in some if holder not in there]
        if missing:
            _make_keys(actor, purpose, missing)
        for key in there.values():
            if key.wrapped is None:
                number, master = _newest()
                key.master, key.wrapped = number, crypto.seal(master, _label(key.id), crypto.new_key())
                key.destroyed_at, key.created_at = None, clock.now()
                database.session().add(key)
        database.session().flush()
        found |= {key.holder_id: _opened(key) for key in (_of_holders(purpose, some) if missing else there.values())}
    return found


def destroy_all(association_id: UUID, purpose: str, holders: Collection[UUID]) -> int:
    """Destroy the keys of many holders; how many there were. The caller's line on the trail tells of it."""
    overwrite_freed_bytes()
    statement = (
        sa.update(SealedKey)
        .where(
            col(SealedKey.association_id) == association_id,
            col(SealedKey.purpose) == purpose,
            col(SealedKey.holder_id).in_(list(holders)),
            col(SealedKey.wrapped).is_not(None),
        )
        .values(wrapped=None, destroyed_at=clock.now())
    )
    return int(database.session().execute(statement).rowcount)  # type: ignore[attr-defined]


def overwrite_freed_bytes() -> None:
    """From here on, SQLite writes zeros over what is deleted or replaced on this connection."""
    session = database.session()
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql("PRAGMA secure_delete = ON")


def _of_holders(purpose: str, holders: list[UUID]) -> list[SealedKey]:
    query = sqlmodel.select(SealedKey).where(SealedKey.purpose == purpose, col(SealedKey.holder_id).in_(holders))
    return list(database.session().exec(query))


def _make_keys(actor: Writer, purpose: str, holders: list[UUID]) -> None:
    number, master = _newest()
    rows = []
    for holder in holders:
        key = SealedKey(association_id=actor.association_id, purpose=purpose, holder_id=holder, master=number)
        key.wrapped = crypto.seal(master, _label(key.id), crypto.new_key())
        rows.append({name: getattr(key, name) for name in SealedKey.model_fields})
    database.insert_new(SealedKey.__table__, rows)  # type: ignore[attr-defined]


def due(association_id: UUID, today: date) -> list[SealedKey]:
    """Keys whose day has come, the oldest first."""
    query = sqlmodel.select(SealedKey).where(
        SealedKey.association_id == association_id,
        col(SealedKey.wrapped).is_not(None),
        col(SealedKey.destroy_on).is_not(None),
        col(SealedKey.destroy_on) <= today,
    )
    return list(database.session().exec(query.order_by(col(SealedKey.destroy_on), col(SealedKey.id))))


def rewrap() -> int:
    """Wrap some keys by the newest master key that are wrapped by older ones; how many, 0 when all are.

    The caller commits after each call, and goes on until it gives 0; the product may run meanwhile. Raises
    ``KeysMissing`` while an older master key that is still needed is not at hand.
    """
    number, master = _newest()
    older = col(SealedKey.wrapped).is_not(None), SealedKey.master != number
    table = SealedKey.__table__  # type: ignore[attr-defined]
    some = database.session().exec(sqlmodel.select(SealedKey).where(*older).limit(_AT_ONCE)).all()
    for key in some:
        wrapped = crypto.seal(master, _label(key.id), _opened(key))
        # A key that is destroyed in the same moment stays destroyed.
        same = table.c.id == key.id, table.c.wrapped == key.wrapped
        database.session().execute(sa.update(table).where(*same).values(wrapped=wrapped, master=number))
    for key in some:
        database.session().expire(key)
    return len(some)


def by_master() -> dict[int, int]:
    """How many keys each master key wraps, by its number; with 0 those that are at hand and wrap none."""
    query = sa.select(col(SealedKey.master), sa.func.count()).where(col(SealedKey.wrapped).is_not(None))
    used: dict[int, int] = dict(database.session().execute(query.group_by(col(SealedKey.master))).all())
    return {number: used.get(number, 0) for number in sorted({*used, *_masters()})}


def _opened(key: SealedKey) -> bytes:
    if key.wrapped is None:
        raise KeyDestroyed
    masters = _masters()
    if key.master not in masters:
        _told.cache_clear()  # another machine may have got a new one from the vault
        masters = _masters()
    if key.master not in masters:
        raise KeysMissing(f"{_name()}: master key {key.master} is missing; put it back from its safe copy")
    return crypto.unseal(masters[key.master], _label(key.id), key.wrapped)


def require_masters() -> None:
    """That every master key is at hand by which something is still sealed. Raises ``KeysMissing``."""
    used = sa.select(col(SealedKey.master)).where(col(SealedKey.wrapped).is_not(None)).distinct()
    for master in database.session().execute(used).scalars().all():
        query = sqlmodel.select(SealedKey).where(SealedKey.master == master, col(SealedKey.wrapped).is_not(None))
        key = database.session().exec(query.limit(1)).one()
        try:
            _opened(key)
        except crypto.SealBroken:
            raise KeysMissing(f"{_name()}: master key {master} is another one than sealed these data") from None


def _label(key_id: UUID) -> str:
    return f"sealed_key {key_id}"


def file() -> Path | None:
    """The file of the master keys; None where they come from the environment or from a command."""
    config = current_app.config
    return None if config["SEALING_KEY"] or config["SEALING_KEYS_COMMAND"] else Path(config["SEALING_KEYS"])


def _name() -> str:
    """What the operator calls the place of the master keys."""
    kept = file()
    if kept is not None:
        return kept.name
    return "COMPLIANCE_SEALING_KEY" if current_app.config["SEALING_KEY"] else "COMPLIANCE_SEALING_KEYS_COMMAND"


def _newest() -> tuple[int, bytes]:
    kept = file()
    if kept is not None and not kept.exists():
        if database.session().exec(sqlmodel.select(SealedKey.id).limit(1)).first() is not None:
            raise KeysMissing(f"{kept.name} is not there, but sealed data are: put it back from its safe copy")
        make_file(kept)
    return max(_masters().items())


def _masters() -> dict[int, bytes]:
    kept = file()
    if kept is None:
        given = current_app.config["SEALING_KEY"]
        return parsed(given.replace(",", "\n"), _name()) if given else _told(current_app.config["SEALING_KEYS_COMMAND"])
    try:
        stamp = kept.stat().st_mtime_ns
    except FileNotFoundError:
        raise KeysMissing(f"{kept.name} is not there: put it back from its safe copy") from None
    return _read(kept, stamp)


@lru_cache(maxsize=4)
def _read(kept: Path, _stamp: int) -> dict[int, bytes]:
    return parsed(kept.read_text(encoding="ascii"), kept.name)


@lru_cache(maxsize=1)
def _told(command: str) -> dict[int, bytes]:
    """What the command of a vault prints; asked once by each process. It is run without a shell."""
    try:
        answer = subprocess.run(  # noqa: S603 - the operator's own command
            shlex.split(command), capture_output=True, timeout=_PATIENCE, check=True, text=True
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        why = f"ended with {error.returncode}" if isinstance(error, subprocess.CalledProcessError) else str(error)
        raise KeysMissing(f"COMPLIANCE_SEALING_KEYS_COMMAND gave no key: {why}") from None
    return parsed(answer.stdout, "COMPLIANCE_SEALING_KEYS_COMMAND")


def parsed(text: str, name: str) -> dict[int, bytes]:
    """Numbered keys as text: a number and 32 bytes in base64 a line. Raises ``KeysMissing`` that calls it ``name``."""
    keys = {}
    for at, line in enumerate(text.splitlines(), 1):
        number, _, key = line.partition(" ")
        try:
            keys[int(number)] = base64.b64decode(key, validate=True)
        except (ValueError, binascii.Error):
            raise KeysMissing(f"{name}, line {at}: not a number and a key in base64") from None
    if not keys or any(len(key) != crypto.KEY_BYTES for key in keys.values()):
        raise KeysMissing(f"{name}: each key needs {crypto.KEY_BYTES} bytes")
    return keys


def make_file(file: Path) -> None:
    """Write a first key, numbered 1, into a new file that its owner alone reads. Two processes at once make one."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, partial = tempfile.mkstemp(dir=file.parent)  # mode 600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(f"1 {base64.b64encode(crypto.new_key()).decode()}\n")
            out.flush()
            os.fsync(out.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(partial, file)
    finally:
        Path(partial).unlink()


def add_to(kept: Path) -> int:
    """Add a master key with the next number to a file that is there; from then on it wraps. Gives its number."""
    known = parsed(kept.read_text(encoding="ascii"), kept.name)
    number = max(known) + 1
    handle, partial = tempfile.mkstemp(dir=kept.parent)  # mode 600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as out:
            for one, key in sorted({**known, number: crypto.new_key()}.items()):
                out.write(f"{one} {base64.b64encode(key).decode()}\n")
            out.flush()
            os.fsync(out.fileno())
        Path(partial).replace(kept)  # whole or not at all
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
    return number
