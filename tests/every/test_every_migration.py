"""Migrations: they give the tables that the code describes, go up and down with data, and keep what must not change."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel

from compliance.corrective_actions import store as actions
from compliance.shared import clock
from compliance.shared import ids as ids_of
from compliance.shared.database import Id, db, session
from compliance.web import upgrade
from tests import databases
from tests.casework import made
from tests.corrective_actions.test_store import delivered


def engine_of(app):
    with app.app_context():
        return db.engine


def test_the_models_are_what_the_migrations_make(app, kind, db_session):
    with db.engine.connect() as connection:
        command.check(upgrade.configuration(connection))


def test_the_checks_of_the_database_are_those_of_the_models(db_session, tmp_path):
    made = (
        sa.create_engine(f"sqlite:///{tmp_path / 'made.db'}")
        if db.engine.dialect.name == "sqlite"
        else sa.create_engine(databases.create("made"))
    )
    SQLModel.metadata.create_all(made)
    for table in SQLModel.metadata.tables:
        expected, found = (
            {
                c["name"]: " ".join(c["sqltext"].replace("\n", " ").split())
                for c in sa.inspect(e).get_check_constraints(table)
            }
            for e in (made, db.engine)
        )
        assert found == expected, table
    made.dispose()


def test_every_foreign_key_is_indexed():
    for table in SQLModel.metadata.tables.values():
        leading = {next(iter(i.columns)).name for i in table.indexes} | {
            next(iter(c.columns)).name for c in table.constraints if isinstance(c, sa.UniqueConstraint)
        }
        leading |= {c.name for c in table.primary_key.columns}
        for key in table.foreign_keys:
            assert key.parent.name in leading, f"{table.name}.{key.parent.name} has no index"


def test_down_and_up_again_keeps_the_world(app, world, db_session):
    session().close()
    db.engine.dispose()
    url, module = db.engine.url, app.config["SQLALCHEMY_ENGINES"]["default"].get("module")
    steps = list(ScriptDirectory.from_config(upgrade.configuration()).walk_revisions())
    for step in steps[:-1]:
        upgrade.migrate(url, module, step.down_revision, down=True)
    for step in reversed(steps[:-1]):
        upgrade.migrate(url, module, step.revision)
    with db.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM enterprise")).scalar() == 4


def test_an_outsider_who_was_only_written_down_becomes_a_reason(app, world, db_session):
    visit_id = made.sealed(world)
    session().close()
    db.engine.dispose()
    url, module = db.engine.url, app.config["SQLALCHEMY_ENGINES"]["default"].get("module")
    upgrade.migrate(url, module, "0002", down=True)
    ids = [sa.column(name, Id) for name in ("id", "association_id", "visit_id")]
    words = ("kind", "reason", "outsider_name", "outsider_organisation", "recorded_at")
    waiver = sa.table("waiver", *ids, *(sa.column(name) for name in words))
    kept = {"id": ids_of.random_id(), "association_id": world.association_id, "visit_id": visit_id}
    kept |= {"kind": "outsider", "reason": "Alone.", "outsider_name": "A. Person", "outsider_organisation": "Firm"}
    with db.engine.begin() as connection:
        connection.execute(sa.insert(waiver).values(**kept, recorded_at="2026-11-21 08:00:00"))
    db.engine.dispose()
    upgrade.migrate(url, module)
    with db.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT reason FROM waiver")).scalar() == "A. Person (Firm): Alone."


def test_what_was_sent_before_has_its_day_in_the_time_zone_of_the_association(app, world, db_session):
    _case, _, row = delivered(world)
    manager = world.actor("manager")
    with clock.at(datetime(2026, 11, 22, 17, tzinfo=UTC)):  # one in the morning of the day after, there
        actions.send_evidence(manager, row.id, "Done.")
    session().commit()
    assert row.sent_on == date(2026, 11, 23)
    session().close()
    db.engine.dispose()
    url, module = db.engine.url, app.config["SQLALCHEMY_ENGINES"]["default"].get("module")
    upgrade.migrate(url, module, "0025", down=True)
    db.engine.dispose()
    upgrade.migrate(url, module)
    with db.engine.connect() as connection:
        assert str(connection.execute(sa.text("SELECT sent_on FROM corrective_action")).scalar()) == "2026-11-23"


@pytest.mark.parametrize("table", ["audit_line", "answer_event", "checklist_version"])
def test_what_is_written_once_cannot_be_changed_or_deleted(db_session, table):
    column = {"audit_line": "verb", "answer_event": "item", "checklist_version": "note"}[table]
    count = db_session.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar()
    if not count:
        return
    for statement in (f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            db_session.execute(sa.text(statement))
        db_session.rollback()


def test_a_failed_migration_puts_the_copy_back(stage, monkeypatch):
    app, _world = stage.set_up("sqlite")  # PostgreSQL undoes a failed one by itself
    with app.app_context():
        db.engine.dispose()
    file = Path(stage.folder / "run.db")
    before = file.read_bytes()
    shutil.rmtree(Path(app.instance_path) / "backups", ignore_errors=True)

    def half_way(url, module=None, revision="head", **_):
        made = sa.create_engine(url, module=module)
        with made.begin() as connection:
            connection.exec_driver_sql("DROP TABLE audit_line")
        made.dispose()
        raise RuntimeError("planted")

    monkeypatch.setattr(upgrade, "migrate", half_way)
    monkeypatch.setattr(upgrade, "newest", lambda: "0000")
    with pytest.raises(upgrade.UpgradeFailed, match="planted"):
        upgrade.upgrade(app)
    assert list((Path(app.instance_path) / "backups").glob("before-migration-*.db"))
    restored = sa.create_engine(f"sqlite:///{file}")
    assert "audit_line" in sa.inspect(restored).get_table_names()
    restored.dispose()
    assert len(file.read_bytes()) == len(before)
