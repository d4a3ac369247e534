"""The database: one session a request, honest transactions on SQLite, and the column kinds that tables use."""

import enum
from collections.abc import Callable
from typing import Any, cast
from uuid import UUID, SafeUUID

import sqlalchemy as sa
import sqlmodel
from flask import has_request_context, request
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

from compliance.shared import clock, ids


def _check_name(constraint: Any, _table: sa.Table) -> str:
    # Two columns of one enum in a table need two names: the check of an enum is named by its column.
    columns = list(constraint.columns)
    return columns[0].name if columns else str(constraint.name)


SQLModel.metadata.naming_convention = {
    "constraint_name": _check_name,
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

db = SQLAlchemy(session_options={"class_": sqlmodel.Session})


def session() -> sqlmodel.Session:
    """The session of this request, job or command. Only the request, job or command commits it."""
    return cast(sqlmodel.Session, db.session)


def prepare(engine: sa.Engine) -> None:
    """Make SQLite honest: write-ahead log, foreign keys, and a write transaction that begins as one.

    The driver's own BEGIN comes after the first SELECT and loses updates; a deferred BEGIN fails when a read
    turns into a write. So SQLAlchemy emits it: deferred for requests that only read, immediate otherwise.
    """
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "busy_timeout=10000",
            "foreign_keys=ON",
            "temp_store=MEMORY",
            "cache_size=-65536",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        reading = has_request_context() and request.method in ("GET", "HEAD", "OPTIONS")
        mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED" if reading else "IMMEDIATE")
        connection.exec_driver_sql(f"BEGIN {mode}")


def _from_bytes(value: bytes | None) -> UUID | None:
    # What UUID(bytes=value) does, without looking for six other ways to make one: a page reads a thousand of them.
    if value is None:
        return None
    found = UUID.__new__(UUID)
    object.__setattr__(found, "int", int.from_bytes(value, "big"))
    object.__setattr__(found, "is_safe", SafeUUID.unknown)
    return found


class Id(TypeDecorator[UUID]):
    """A UUID: native on PostgreSQL, 16 bytes on SQLite (a third of the space of its text)."""

    impl = sa.Uuid
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        """16 bytes on SQLite, the native type elsewhere."""
        return dialect.type_descriptor(sa.LargeBinary(16) if dialect.name == "sqlite" else sa.Uuid())

    def process_bind_param(self, value: UUID | None, dialect: sa.Dialect) -> Any:
        """Refuse anything that is not a UUID before it reaches the database."""
        if value is not None and not isinstance(value, UUID):
            value = UUID(str(value))
        return value.bytes if value is not None and dialect.name == "sqlite" else value

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], UUID | None] | None:
        """Back to a UUID; where the driver gives one, nothing is done to it."""
        return _from_bytes if dialect.name == "sqlite" else None


def primary_id(make: Callable[[], UUID] = ids.random_id) -> Any:
    """The column of a table's own id; random unless the table says otherwise."""
    return Field(default_factory=make, primary_key=True, sa_type=Id)


def reference(
    target: str, *, nullable: bool = False, index: bool = True, primary_key: bool = False, ondelete: str | None = None
) -> Any:
    """A foreign key ``table.column``; indexed, because every one of them is searched by."""
    kinds: dict[str, Any] = {"foreign_key": target, "sa_type": Id, "ondelete": ondelete}
    if primary_key:
        return Field(primary_key=True, **kinds)
    if nullable:
        return Field(default=None, nullable=True, index=index, **kinds)
    return Field(index=index, **kinds)


def loose_id(*, nullable: bool = True, index: bool = False) -> Any:
    """An id without a foreign key (the audit trail outlives what it speaks of)."""
    return Field(default=None if nullable else ..., nullable=nullable, index=index, sa_type=Id)


def enum_column(kind: type[enum.Enum], default: Any = ..., *, nullable: bool = False, index: bool = False) -> Any:
    """A column of an enum's values as text with a CHECK."""
    column = sa.Enum(
        kind,
        native_enum=False,
        length=32,
        create_constraint=True,
        values_callable=lambda members: [member.value for member in members],
        validate_strings=True,
        name=kind.__name__.lower(),
    )
    if nullable and default is ...:
        default = None
    return Field(default=default, sa_type=cast(Any, column), nullable=nullable, index=index)


def json_column(default_factory: Callable[[], Any] = dict, *, audit: bool = True) -> Any:
    """A JSON column (JSONB on PostgreSQL), with ``audit`` on the trail. Reassign it: changes in place are not seen."""
    kind = sa.JSON().with_variant(JSONB(), "postgresql")
    kept = {} if audit else {"info": {"audit": False}}
    return Field(default_factory=default_factory, sa_type=cast(Any, kind), nullable=False, sa_column_kwargs=kept)


def text_column(
    max_length: int, default: Any = "", *, nullable: bool = False, index: bool = False, unique: bool = False
) -> Any:
    """A text column with its longest length in characters."""
    if nullable and default == "":
        default = None
    return Field(default=default, max_length=max_length, nullable=nullable, index=index, unique=unique)


def moment(*, nullable: bool = False, index: bool = False, default_now: bool = False) -> Any:
    """A moment in UTC; naive datetimes are refused."""
    kinds: dict[str, Any] = {"sa_type": UTCDateTime, "nullable": nullable, "index": index}
    if default_now:
        return Field(default_factory=clock.now, **kinds)
    return Field(default=None, **kinds) if nullable else Field(**kinds)


def insert_new(table: Any, rows: list[dict[str, Any]]) -> list[Any]:
    """Write those of many rows that are not there yet, in one go; the ids of those that were written.

    The change stands on the trail only if the caller puts it there.
    """
    insert = sqlite.insert if session().get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(table).on_conflict_do_nothing().returning(table.c.id)
    return list(session().execute(statement, rows).scalars())


def insert_new_of(table: Any, row: dict[str, Any], unique: tuple[str, ...]) -> None:
    """Write a row unless one with the same ``unique`` columns is there; two at once write one.

    The change stands on the trail only if the caller puts it there.
    """
    insert = sqlite.insert if session().get_bind().dialect.name == "sqlite" else postgresql.insert
    session().execute(insert(table).on_conflict_do_nothing(index_elements=unique), [row])


def begin_writing() -> None:
    """After reading alone: end the transaction, and begin one that may write. Rows are read anew after it."""
    session().rollback()
    session().connection(execution_options={"sqlite_begin": "IMMEDIATE"})


def begin_reading() -> None:
    """Begin a transaction that sees one state of the database throughout, and that nobody waits for: for long work.

    What was not committed is taken back. Before it writes, ``begin_writing``.
    """
    session().rollback()
    on_sqlite = session().get_bind().dialect.name == "sqlite"
    options = {"sqlite_begin": "DEFERRED"} if on_sqlite else {"isolation_level": "REPEATABLE READ"}
    session().connection(execution_options=options)


def is_passing(error: BaseException) -> bool:
    """Whether the same work may well succeed a moment later: two wrote at once, or the database was out of reach."""
    if not isinstance(error, DBAPIError):
        return False
    code = getattr(error.orig, "sqlstate", None)
    return collided(error) or error.connection_invalidated or (isinstance(error, OperationalError) and code is None)


def collided(error: BaseException) -> bool:
    """Whether PostgreSQL took a transaction back because of another one: serialization failure, or deadlock."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in ("40001", "40P01")


def flush() -> None:
    """Send what is pending to the database, so that its constraints speak now."""
    session().flush()


def raw_hex(raw: Any) -> str:
    """The 32 hexadecimal digits of an id that was read as ``NullType``, for many at once.

    It is 16 bytes on SQLite, else the driver's own UUID.
    """
    return raw.hex() if isinstance(raw, bytes) else UUID(str(raw)).hex


__all__ = [
    "Id",
    "begin_reading",
    "begin_writing",
    "collided",
    "db",
    "enum_column",
    "flush",
    "insert_new",
    "insert_new_of",
    "is_passing",
    "json_column",
    "loose_id",
    "moment",
    "prepare",
    "primary_id",
    "raw_hex",
    "reference",
    "session",
    "text_column",
]
