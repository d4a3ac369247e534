"""Everything goes from one kind of database to the other, and nothing differs."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from compliance.shared.database import db, session
from compliance.web.app import create_app
from tests import databases
from tests.backups.conftest import Office, contents

pytestmark = pytest.mark.usefixtures("on_both_databases")


@pytest.fixture
def target(kind: str, tmp_path: Path, worker_id: str) -> str:
    """An empty database of the other kind."""
    return f"sqlite:///{tmp_path / 'moved.db'}" if kind == "postgresql" else databases.create(f"moved_{worker_id}")


def at(app: Flask, address: str) -> Flask:
    settings = app.extensions["settings"].model_copy(update={"database_url": address})
    return create_app(settings, TESTING=True, SECRET_KEY="test" * 10)


def test_everything_moves_and_work_goes_on(office: Office, target: str) -> None:
    before = contents(office.app)

    told = office.done("move", target)

    assert "every table is the same" in told
    assert "receipts replayed" in told
    moved = contents(office.app, sa.make_url(target))
    assert {table for table in moved if moved[table] != before[table]} == {"audit_line"}, "one line tells of the move"
    assert contents(office.app) == before
    there = Office(at(office.app, target), office.world, office.copies)
    there.write("Moved")
    assert there.verbs()[1] == "database.moved"


def test_a_database_that_is_not_empty_is_refused(office: Office, target: str) -> None:
    engine = sa.create_engine(target)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE somebody (id integer)")
    engine.dispose()

    assert "is not empty" in office.refused("move", target)


def test_an_address_that_is_none_is_refused(office: Office) -> None:
    assert "must begin with" in office.refused("move", "mysql://example")
    assert "is not the address" in office.refused("move", "nonsense")


def test_what_the_other_database_cannot_hold_is_told(office: Office, kind: str, target: str) -> None:
    if kind == "sqlite":  # which takes a longer text than the column has room for
        long = sa.text("UPDATE association SET short_name_zh = :long")
        with office.app.app_context():
            session().execute(long, {"long": "x" * 400})
            session().commit()
            db.engine.dispose()

        assert office.refused("move", target).startswith("Table association cannot be written: value too long")
