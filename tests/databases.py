"""Databases for tests: SQLite files copied from a template, and a throw-away PostgreSQL cluster on a Unix socket."""

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import sqlalchemy as sa

KINDS = tuple(os.environ.get("COMPLIANCE_TEST_DATABASES", "sqlite,postgresql").split(","))


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
    folder = Path(tempfile.mkdtemp(prefix="compliance-pg-"))
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
