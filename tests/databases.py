"""Databases for tests: SQLite files copied from a template, and a throw-away PostgreSQL cluster on a Unix socket."""

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql

KINDS = tuple(os.environ.get("COMPLIANCE_TEST_DATABASES", "sqlite,postgresql").split(","))


MEMORY = Path("/dev/shm")
ROOM = 4 << 30  # bytes that must be free in memory's file system before databases are laid there


def scratch() -> Path | None:
    """Where throw-away databases lie: in memory when there is room, since nobody needs them after a loss of power."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM else None


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    if not found:
        raise RuntimeError("PostgreSQL is not installed: run `make setup`")
    return found[-1]


def _as_server(command: list[str]) -> list[str]:
    # The server refuses to run as root; Debian's package brings a user for it.
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


@cache
def cluster() -> str:
    """Start a cluster for this test process; returns the address of its server without a database name."""
    folder = Path(tempfile.mkdtemp(prefix="compliance-pg-", dir=scratch()))
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
    programs = _programs()
    data = folder / "data"
    subprocess.run(
        _as_server(
            [
                str(programs / "initdb"),
                "-D",
                str(data),
                "-U",
                "tester",
                "--auth=trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ]
        ),
        check=True,
        capture_output=True,
        cwd="/",
    )
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    subprocess.run(
        _as_server(
            [str(programs / "pg_ctl"), "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start"]
        ),
        check=True,
        capture_output=True,
        cwd="/",
    )

    def stop() -> None:
        subprocess.run(
            _as_server([str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"]),
            capture_output=True,
            cwd="/",
        )
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    return f"postgresql+psycopg://tester@/{{name}}?host={folder}"


def create(name: str, template: str | None = None) -> str:
    """Make a PostgreSQL database (a copy of ``template`` when given) and return its address."""
    address = cluster()
    admin = sa.create_engine(address.format(name="postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    with admin.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
    return address.format(name=name)


class SetBack:
    """Sets a PostgreSQL database back to how it was: only tables that were written to, since a copy of all takes long.

    Whether a table with rows was written to is told by their number and by the last transaction that left one there;
    whether one without rows was, by its having pages.
    """

    def __init__(self, address: str) -> None:
        url = sa.make_url(address)
        self.reach: dict[str, Any] = {"dbname": url.database, "user": url.username, "host": url.query["host"]}
        with psycopg.connect(**self.reach, autocommit=True) as connection:
            names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
            self.tables = [name for (name,) in names]
            self.rows = {table: self._read(connection, table) for table in self.tables}
            self.counters = connection.execute(
                "SELECT schemaname, sequencename, last_value FROM pg_sequences"
            ).fetchall()
            self.empty = [table for table in self.tables if not self.rows[table]]
            self.written = self._written(connection)
            self.shape = self._shape(connection)

    def set_back(self) -> bool:
        """Whether it could be; not where something other than rows was changed."""
        with psycopg.connect(**self.reach, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if self._shape(connection) != self.shape:
                return False
            now = self._written(connection)
            changed = [table for table in now if now[table] != self.written[table]]
            filled = connection.execute(
                "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND relkind = 'r' AND pg_relation_size(oid) > 0",
                (self.empty,),
            ).fetchall()
            with connection.transaction():
                connection.execute("SET LOCAL session_replication_role = replica")  # no trigger, no foreign key
                for table in [*changed, *(table for (table,) in filled)]:
                    connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
                for table in changed:
                    self._write(connection, table)
                for schema, name, last in self.counters:
                    connection.execute(
                        "SELECT setval(format('%%I.%%I', %s::text, %s::text), coalesce(%s, 1), %s)",
                        (schema, name, last, last is not None),
                    )
            self.written = self._written(connection)
            return True

    @staticmethod
    def _read(connection: psycopg.Connection[Any], table: str) -> bytes:
        with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
            return b"".join(bytes(block) for block in copy)

    def _write(self, connection: psycopg.Connection[Any], table: str) -> None:
        with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
            copy.write(self.rows[table])

    def _written(self, connection: psycopg.Connection[Any]) -> dict[str, tuple[int, int]]:
        each = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {}, count(*), coalesce(max(xmin::text::bigint), 0) FROM {}").format(
                sql.Literal(table), sql.Identifier(table)
            )
            for table in self.tables
            if self.rows[table]
        )
        return {table: (count, last) for table, count, last in connection.execute(each)}

    @staticmethod
    def _shape(connection: psycopg.Connection[Any]) -> Any:
        """Everything that is not rows: relations, columns, constraints, triggers, functions and settings."""
        return connection.execute(
            """
            SELECT (SELECT (count(*), max(oid::bigint)) FROM pg_class WHERE relkind <> 't' AND relname !~ '^pg_'),
                   (SELECT (count(*), max(attrelid::bigint)) FROM pg_attribute WHERE NOT attisdropped AND attnum > 0),
                   (SELECT (count(*), max(oid::bigint)) FROM pg_constraint),
                   (SELECT md5(string_agg(oid || tgenabled::text, ',' ORDER BY oid)) FROM pg_trigger),
                   (SELECT max(xmin::text::bigint) FROM pg_proc),
                   (SELECT count(*) FROM pg_db_role_setting)
            """
        ).fetchone()
