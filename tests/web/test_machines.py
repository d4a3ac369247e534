"""Several processes on several machines: one does what only one may do, and who collides begins anew."""

import os
import subprocess
import sys
import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from compliance.people import commands
from compliance.shared import database, jobs
from compliance.shared.alone import alone
from compliance.shared.places import PACKAGE
from tests import databases

SENTENCE = "The system can only be read at present, because it is being worked on."


class Taken(Exception):
    """As the driver says it."""

    sqlstate = "40001"


def collide():
    """Have the transaction taken back, by PostgreSQL itself where it is there."""
    if database.session().get_bind().dialect.name == "postgresql":
        text = "DO $$ BEGIN RAISE EXCEPTION 'two wrote at once' USING ERRCODE = '40P01'; END $$"
        database.session().execute(sa.text(text))
    raise DBAPIError("UPDATE", None, Taken())


@pytest.mark.parametrize(("collisions", "status"), [(2, 200), (9, 503)])
def test_a_request_that_collided_is_done_again_unseen(app, sign_in, monkeypatch, on_both_databases, collisions, status):
    tried = []
    view = app.view_functions["people.account"]

    def collides(**values):
        tried.append(dict(values))
        if len(tried) <= collisions:
            collide()
        return view(**values)

    collides.verb = "account.use"
    monkeypatch.setitem(app.view_functions, "people.account", collides)
    client = sign_in("coordinator")
    app.testing = False
    try:
        answer = client.http.get("/account")
    finally:
        app.testing = True
    assert answer.status_code == status
    assert len(tried) == min(collisions + 1, 4)
    assert ("Retry-After" in answer.headers) is (status == 503)


@pytest.fixture
def only_reading(app):
    """Nobody may write."""
    run = app.test_cli_runner().invoke
    assert run(commands.admin, ["read-only", "on"]).exit_code == 0
    yield
    assert run(commands.admin, ["read-only", "off"]).output == "Writing is possible again.\n"


def test_pages_are_read_and_writes_are_told_in_one_sentence(app, sign_in, only_reading):
    client = sign_in("coordinator")
    assert SENTENCE in client.get("/register/").text
    assert "目前只能查看" in sign_in("coordinator", "zh").get("/register/").text
    answer = client.post("/account", {}, status=503)
    assert SENTENCE in answer.text
    assert client.http.post("/account", data={"csrf_token": client.token()}).headers["Retry-After"]
    tablet = sign_in("inspector")
    told = tablet.http.post("/tablet/entries", json={}, headers={"X-CSRFToken": tablet.token()})
    assert told.status_code == 503 and told.json["code"] == "read-only", "the tablet keeps what it has, and asks again"


def test_jobs_wait_while_nothing_may_be_written_and_are_done_after_it(app, db_session):
    done = []
    jobs.job("waits")(lambda run: done.append(run.job_id))
    try:
        row = jobs.Job(kind="waits", title="waits")
        db_session.add(row)
        db_session.commit()
        run = app.test_cli_runner().invoke
        run(commands.admin, ["read-only", "on"])
        app.extensions.pop("read-only", None)
        jobs.perform(row.id)
        assert (row.state, done) == (jobs.JobState.queued, [])
        run(commands.admin, ["read-only", "off"])
        jobs.perform(row.id)
        assert (row.state, done) == (jobs.JobState.done, [row.id])
    finally:
        jobs._kinds.pop("waits")


def test_one_holds_a_lock_and_the_others_go_on_or_wait(app, db_session):
    seen = []

    def other(wait):
        with app.app_context(), alone("a thing", wait=wait) as had:
            seen.append(had)

    with alone("a thing", wait=False) as had, alone("another thing", wait=False) as also:
        assert had and also
        for wait in (False, True):
            thread = threading.Thread(target=other, args=(wait,))
            thread.start()
            thread.join(0.5)
        assert seen == [False]
    thread.join(5)
    assert seen == [False, True]


def test_of_several_that_start_at_once_one_migrates(tmp_path):
    """Two machines with an empty database; neither fails, and the schema is there once."""
    environment = {
        **os.environ,
        "COMPLIANCE_INSTANCE": str(tmp_path),
        "COMPLIANCE_DATABASE_URL": databases.create("machines_migrated"),
    }
    command = [sys.executable, "-m", "compliance", "migrate"]
    both = [
        subprocess.Popen(
            command, env=environment, cwd=PACKAGE.parent, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for _machine in range(2)
    ]
    said = [one.communicate(timeout=120)[0] for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    assert sorted("Database brought" in text for text in said) == [False, True]
