"""The audit trail: every write with who, when, from where and what changed; append-only, chained by hash.

The session itself collects what changed; a store writer that wears ``@audited`` takes the collection and turns it into
a line. A change that no writer took is refused at commit, so that a forgotten line is an error and not a gap.

What is about a person and will be removed one day (columns marked ``apart``) does not stand in the line: it is sealed
elsewhere (``trail_values``), and the line holds the digest of the sealed value. So does the network address.
"""

import enum
import functools
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast
from uuid import UUID

import sqlalchemy as sa
import sqlmodel
from sqlalchemy import event
from sqlalchemy.orm import Session as OrmSession
from sqlmodel import Field, SQLModel, col

from compliance.shared import clock, database

GENESIS = "0" * 64
_LONGEST_KEPT = 2000  # characters of one changed value; longer ones are kept as digest
_TOGETHER = 1000  # lines read at once
_PENDING = "changes not yet on the audit trail"


@dataclass(frozen=True)
class _Apart:
    """A value that does not come to stand in the line itself, and the row it stood in."""

    row_id: UUID
    value: Any


class AuditLine(SQLModel, table=True):
    """One line of the trail. The database refuses to change or delete it."""

    __tablename__ = "audit_line"
    __table_args__ = {"info": {"audit": False}}
    number: int | None = Field(default=None, primary_key=True)
    at: datetime = database.moment(index=True)
    association_id: UUID | None = database.loose_id(index=True)
    person_id: UUID | None = database.loose_id(index=True)
    address: str = database.text_column(64)
    verb: str = database.text_column(64, index=True)
    subject: str = database.text_column(64)
    subject_id: UUID | None = database.loose_id(index=True)
    changes: dict[str, Any] = database.json_column()
    previous_hash: str = database.text_column(64)
    hash: str = database.text_column(64)


class Writer(Protocol):
    """Whoever writes: a person in a request, or the system in a job."""

    @property
    def person_id(self) -> UUID | None:
        """Who."""

    @property
    def association_id(self) -> UUID:
        """For which association."""

    @property
    def address(self) -> str:
        """From which network address."""


P = ParamSpec("P")
R = TypeVar("R")
W = TypeVar("W", bound=Writer)


def audited(verb: str) -> Callable[[Callable[Concatenate[W, P], R]], Callable[Concatenate[W, P], R]]:
    """Put what the decorated store writer changes on the trail as ``verb``.

    The writer's first parameter is the actor. The line's subject is the row that it returns (the first of a list).
    """

    def decorate(write: Callable[Concatenate[W, P], R]) -> Callable[Concatenate[W, P], R]:
        @functools.wraps(write)
        def wrapper(actor: W, *args: P.args, **kwargs: P.kwargs) -> R:
            result = write(actor, *args, **kwargs)
            row = result[0] if isinstance(result, list | tuple) and result else result
            record(actor, verb, row if isinstance(row, SQLModel) else None)
            return result

        wrapper.audited_verb = verb  # type: ignore[attr-defined]
        return cast(Callable[Concatenate[W, P], R], wrapper)

    return decorate


def record(actor: Writer, verb: str, subject: SQLModel | None = None, **note: Any) -> AuditLine:
    """Write one line now, with all changes that the session has collected since the last one."""
    session = database.session()
    session.flush()
    changes = _put_apart(actor, session.info.pop(_PENDING, {}))
    changes = {**changes, **({"note": _plain(note)} if note else {})}
    now = clock.now()
    address = _keepers[1](actor, now)
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        session.execute(sa.text("SELECT pg_advisory_xact_lock(5122001)"))
    line = AuditLine(
        at=now,
        association_id=actor.association_id,
        person_id=actor.person_id,
        address=address,
        verb=verb,
        subject=_table(subject) if subject is not None else "",
        subject_id=_identity(subject) if subject is not None else None,
        changes=changes,
        previous_hash=newest_hash(),
    )
    line.hash = fingerprint(line)
    session.add(line)
    session.flush()
    return line


def keep_apart(
    put: Callable[[Writer, str, Sequence[tuple[UUID, Any]]], list[str]],
    address: Callable[[Writer, datetime], str],
    seen: str,
) -> None:
    """Say who seals values and addresses, and what of it a session forgets when it is rolled back."""
    _keepers[:] = [put, address, seen]


_keepers: list[Any] = []


def newest_hash() -> str:
    """The hash of the newest line; it changes with every write."""
    query = sa.select(col(AuditLine.hash)).order_by(col(AuditLine.number).desc()).limit(1)
    return database.session().execute(query).scalar() or GENESIS


def hash_of(number: int) -> str:
    """The hash of one line; empty where there is none."""
    query = sa.select(col(AuditLine.hash)).where(col(AuditLine.number) == number)
    return database.session().execute(query).scalar() or ""


def has_unwritten() -> bool:
    """Whether this session has sent changes to the database that have no line yet."""
    return _PENDING in database.session().info


def forget_unwritten() -> None:
    """Forget what the session has collected since the last line, after a savepoint took it back."""
    database.session().info.pop(_PENDING, None)


def fingerprint(line: AuditLine) -> str:
    """SHA-256 (hex) over a line's content and the hash of the line before it."""
    content = [
        line.at.isoformat(),
        str(line.association_id),
        str(line.person_id),
        line.address,
        line.verb,
        line.subject,
        str(line.subject_id),
        line.changes,
        line.previous_hash,
    ]
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def about(subject_id: UUID, *, limit: int = 200) -> list[AuditLine]:
    """The newest lines about one row, newest first."""
    query = sqlmodel.select(AuditLine).where(AuditLine.subject_id == subject_id)
    return list(database.session().exec(query.order_by(col(AuditLine.number).desc()).limit(limit)))


def lines(first: datetime | None = None, before: datetime | None = None) -> Iterator[AuditLine]:
    """The lines of the chain in their order, some at a time; from a moment on, and before one."""
    session, query = database.session(), sqlmodel.select(AuditLine).order_by(col(AuditLine.number))
    if first is not None:
        query = query.where(AuditLine.at >= first)
    if before is not None:
        query = query.where(AuditLine.at < before)
    last = 0
    while some := session.exec(query.where(col(AuditLine.number) > last).limit(_TOGETHER)).all():
        yield from some
        last = some[-1].number or 0
        for line in some:
            session.expunge(line)


def first_broken(chain: Iterable[AuditLine], *, whole: bool = True) -> AuditLine | None:
    """The first line whose hash or link does not fit, or None. Not ``whole``: it begins wherever it begins."""
    previous = GENESIS if whole else None
    for line in chain:
        if previous not in (None, line.previous_hash) or fingerprint(line) != line.hash:
            return line
        previous = line.hash
    return None


def first_broken_line() -> AuditLine | None:
    """Walk the whole chain; the first broken line, or None."""
    return first_broken(lines())


@event.listens_for(OrmSession, "before_flush")
def _collect(session: OrmSession, _context: Any, _instances: Any) -> None:
    pending: dict[str, Any] = session.info.setdefault(_PENDING, {})
    for row in session.new:
        columns = sa.inspect(row).mapper.column_attrs
        _note(pending, row, "created", {column.key: (None, getattr(row, column.key)) for column in columns})
    for row in session.dirty:
        state = sa.inspect(row)
        moved = {}
        for attribute in state.mapper.column_attrs:
            history = state.attrs[attribute.key].history
            if history.has_changes():
                moved[attribute.key] = (history.deleted[0] if history.deleted else None, getattr(row, attribute.key))
        _note(pending, row, "changed", moved)
    for row in session.deleted:
        _note(pending, row, "deleted", {})
    if not pending:
        session.info.pop(_PENDING)


def _note(pending: dict[str, Any], row: Any, what: str, values: dict[str, tuple[Any, Any]]) -> None:
    table = sa.inspect(row).mapper.local_table
    if table.info.get("audit") is False:
        return
    kept = {}
    for name, (old, new) in values.items():
        column = table.columns.get(name)
        if column is not None and column.info.get("audit") is False:
            continue
        private = column is not None and column.info.get("private", False)
        apart = _identity(row) if column is not None and column.info.get("apart", False) and not private else None
        if what == "changed":
            kept[name] = [_value(old, private, apart), _value(new, private, apart)]
        elif new not in (None, "", [], {}):
            kept[name] = _value(new, private, apart)
    if kept or what == "deleted":
        entry = pending.setdefault(f"{table.name} {_identity(row)}", {})
        merged = {**entry.get(what, {}), **kept}
        entry[what] = merged


@event.listens_for(OrmSession, "before_commit")
def _refuse_gaps(session: OrmSession) -> None:
    session.flush()
    left = session.info.pop(_PENDING, None)
    if left:
        raise RuntimeError(f"changed without an audit line: {', '.join(sorted(left))}")


@event.listens_for(OrmSession, "after_rollback")
def _forget(session: OrmSession) -> None:
    session.info.pop(_PENDING, None)
    for seen in _keepers[2:]:
        session.info.pop(seen, None)


def _put_apart(actor: Writer, changes: dict[str, Any]) -> dict[str, Any]:
    found = list(_each_apart(changes))
    if not found:
        return changes
    digests = _keepers[0](actor, "trail", [(one.row_id, one.value) for one in found])
    return cast(dict[str, Any], _replaced(changes, iter(digests)))


def _each_apart(value: Any) -> Iterator[_Apart]:
    match value:
        case _Apart():
            yield value
        case dict():
            for item in value.values():
                yield from _each_apart(item)
        case list():
            for item in value:
                yield from _each_apart(item)


def _replaced(value: Any, digests: Iterator[str]) -> Any:
    """The same with a digest in place of each value that is kept apart, in the order of ``_each_apart``."""
    match value:
        case _Apart():
            return {"sealed": next(digests)}
        case dict():
            return {name: _replaced(item, digests) for name, item in value.items()}
        case list():
            return [_replaced(item, digests) for item in value]
        case _:
            return value


def _table(row: SQLModel) -> str:
    return str(sa.inspect(row).mapper.local_table.name)


def _identity(row: SQLModel) -> Any:
    keys = sa.inspect(row).mapper.primary_key_from_instance(row)
    return keys[0] if len(keys) == 1 and isinstance(keys[0], UUID) else (None if len(keys) == 1 else keys[0])


def _value(value: Any, private: bool, apart: UUID | None = None) -> Any:
    plain = _plain(value)
    if apart is not None and plain not in (None, "", [], {}):
        return _Apart(apart, plain)
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False)
    if plain is not None and (private or len(text) > _LONGEST_KEPT):
        return {"sha256": hashlib.sha256(text.encode()).hexdigest()}
    return plain


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int() | float():
            return value
        case enum.Enum():
            return value.value
        case str():
            return value
        case datetime() | date():
            return value.isoformat()
        case bytes():
            return {"sha256": hashlib.sha256(value).hexdigest()}
        case Decimal() | UUID():
            return str(value)
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(item) for item in value]
        case _:
            return str(value)
