"""Bring a database to the newest schema: copy it, migrate it, and put the copy back when that fails."""

import contextlib
import shutil
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from compliance.associations import store as associations
from compliance.people.rules import system_actor
from compliance.shared import clock, database, places
from compliance.shared.alone import alone
from compliance.trends import store_verify as cells

KEPT_COPIES = 5


class UpgradeFailed(Exception):
    """The schema could not be brought up to date; the database is as it was before."""


def configuration(connection: sa.Connection | None = None) -> Config:
    """Alembic's configuration, made in code."""
    config = Config()
    config.set_main_option("script_location", str(places.PACKAGE / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """The newest revision that this release knows."""
    return str(ScriptDirectory.from_config(configuration()).get_current_head())


def knows(revision: str) -> bool:
    """Whether this release has the migrations that lead to a revision."""
    return revision in revisions()


def revisions() -> list[str]:
    """Every revision that this release knows."""
    return [one.revision for one in ScriptDirectory.from_config(configuration()).walk_revisions()]


def current(engine: sa.Engine) -> str | None:
    """The revision that a database is at; None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(app: Flask) -> bool:
    """Migrate the application's database. True when something was to do.

    Raises ``UpgradeFailed`` with the reason after the copy was put back (SQLite) or the transaction rolled back
    (PostgreSQL, whose schema changes are transactional).
    """
    with app.app_context():
        engine = database.db.engine
        if current(engine) == newest():
            return False
        with alone("migration", wait=True):  # of several that start at once, one migrates and the others wait
            before = current(engine)
            if before == newest():
                return False
            engine.dispose()
            return _upgrade(app, engine.url, before)


def _upgrade(app: Flask, url: sa.URL, before: str | None) -> bool:
    file = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
    copy = _copy(file, app, before) if file and file.exists() and before else None
    try:
        migrate(url, app.config["SQLALCHEMY_ENGINES"]["default"].get("module"))
    except Exception as error:
        if file and copy:
            _put_back(copy, file)
        raise UpgradeFailed(f"{type(error).__name__}: {error}") from error
    if before:
        fill_cells(app)
    return True


def fill_cells(app: Flask) -> None:
    """What the trends keep beside the results, made from them where an upgrade brought or emptied its tables."""
    with app.app_context():
        if not cells.complete():
            cells.rebuild([system_actor(association.id) for association in associations.every()])
        database.session().commit()


def migrate(url: sa.URL, module: object = None, revision: str = "head", *, down: bool = False) -> None:
    """Run the migrations on an engine of their own.

    Foreign keys are off on SQLite while tables are rebuilt (a rebuilt parent would take its children along), and
    checked afterwards; the whole upgrade is one transaction.
    """
    options = {"module": module} if module else {}
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool, **options)
    if engine.dialect.name == "sqlite":

        @sa.event.listens_for(engine, "connect")
        def _connect(connection: object, _record: object) -> None:
            connection.isolation_level = None  # type: ignore[attr-defined]
            connection.execute("PRAGMA journal_mode=WAL")  # type: ignore[attr-defined]

        @sa.event.listens_for(engine, "begin")
        def _begin(connection: sa.Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    with engine.begin() as connection:
        (command.downgrade if down else command.upgrade)(configuration(connection), revision)
        if engine.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"{len(broken)} rows point to rows that are gone, first in table {broken[0][0]}")


def _copy(file: Path, app: Flask, revision: str | None) -> Path:
    folder = Path(app.instance_path) / "backups"
    folder.mkdir(exist_ok=True)
    copy = folder / f"before-migration-{clock.now():%Y%m%d-%H%M%S}-from-{revision}.db"
    module = app.config["SQLALCHEMY_ENGINES"]["default"]["module"]
    with contextlib.closing(module.connect(file)) as source, contextlib.closing(module.connect(copy)) as target:
        source.backup(target)
    for old in sorted(folder.glob("before-migration-*.db"))[:-KEPT_COPIES]:
        old.unlink()
    return copy


def _put_back(copy: Path, file: Path) -> None:
    for leftover in (Path(f"{file}-wal"), Path(f"{file}-shm")):
        leftover.unlink(missing_ok=True)
    shutil.copyfile(copy, file)
