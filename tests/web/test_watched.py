"""What whoever runs the machine can watch: health, figures, a log. None of it tells of a person or a visit."""

import contextlib
import json
import logging
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from io import StringIO
from uuid import uuid4

import pytest

from compliance.shared import database, jobs, logs
from compliance.shared.problems import Conflict
from compliance.web import health, metrics, upgrade
from tests.web.test_serving import free_port, instance, serve, wait_for
from tests.world import PASSWORD

assert instance  # a fixture
SECRET = "Zq7marked9secret"


@pytest.fixture
def log(app):
    """What the log of the product would hold."""
    out = StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logs.JsonLines())
    root = logging.getLogger()
    level, ours = root.level, logging.getLogger("compliance").level
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("compliance").setLevel(logging.INFO)
    yield out
    root.removeHandler(handler)
    root.setLevel(level)
    logging.getLogger("compliance").setLevel(ours)


def test_alive_and_ready_are_told_to_anybody_and_nothing_else(client):
    for path, words in (("/health/live", "alive\n"), ("/health/ready", "ready\n")):
        answer = client.http.get(path)
        assert (answer.status_code, answer.text) == (200, words)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers


def test_not_ready_without_a_place_for_files_and_only_the_log_says_why(app, client, log, tmp_path):
    (tmp_path / "a file").touch()
    app.config["FILES_FOLDER"], kept = str(tmp_path / "a file" / "in it"), app.config["FILES_FOLDER"]
    try:
        answer = client.http.get("/health/ready")
    finally:
        app.config["FILES_FOLDER"] = kept
    assert (answer.status_code, answer.text) == (503, "not ready\n")
    assert "files cannot be written" in log.getvalue()
    assert client.http.get("/health/live").status_code == 200


def test_not_ready_on_an_older_schema_and_ready_on_a_newer_one(db_session):
    older = upgrade.revisions()[1]
    table = database.sa.table("alembic_version", database.sa.column("version_num"))
    newest = upgrade.newest()
    for version, wrong in ((older, True), ("a_later_release", False), (newest, False)):
        with database.db.engine.begin() as connection:
            connection.execute(table.update().values(version_num=version))
        assert bool(list(health.what_is_wrong())) is wrong, version


def test_a_library_s_line_keeps_its_fixed_words_and_numbers():
    def words(template, *args):
        return logs.words_of(logging.LogRecord("library", logging.ERROR, __file__, 1, template, args, None))

    assert words("Error handling request %s after %d s (%.1f %%)", f"/x?{SECRET}", 3, 0.5) == (
        "Error handling request … after 3 s (0.5 %)"
    )
    assert words("%(who)s did it %(n)d times", {"who": SECRET, "n": 2}) == "… did it 2 times"
    assert words(f"put together of {SECRET}") == ""


def test_nothing_that_was_typed_reaches_the_log(app, client, log, monkeypatch):
    """A marked secret in form fields, query strings, addresses of mail, exceptions of requests and of jobs."""
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def breaks(**_values):
        raise ValueError(f"{SECRET} in an exception")

    @jobs.job("breaks")
    def broken(_run, words):
        try:
            raise ValueError(words)
        except ValueError:
            raise Conflict("no", f"{words} is wrong") from None

    try:
        monkeypatch.setitem(app.view_functions, "language.choose", breaks)
        client.http.get(f"/{SECRET}?q={SECRET}")
        client.http.get("/sign-in", query_string={"next": f"/{SECRET}", "q": SECRET})
        client.http.post("/sign-in", data={"email": f"{SECRET}@example.org", "password": SECRET})
        assert client.http.post("/language", data={"language": SECRET}).status_code in (400, 404, 500)
        with app.test_request_context(f"/?{SECRET}"):
            assert app.handle_user_exception(ValueError(SECRET))[1] == 500
        with app.app_context():
            row = jobs.Job(kind="breaks", title=SECRET, payload={"words": SECRET})
            database.session().add(row)
            database.session().commit()
            jobs.perform(row.id)
            assert row.state == jobs.JobState.failed
        logging.getLogger("library").error("of %s", SECRET, exc_info=ValueError(SECRET))
        logging.getLogger("library").error(f"made of {SECRET}")
    finally:
        app.testing = True
        app.config.pop("PROPAGATE_EXCEPTIONS")
        jobs._kinds.pop("breaks")
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert {"request", "of …"} <= {line["message"] for line in lines}
    assert any(line.get("error") == "ValueError" for line in lines)
    assert SECRET not in log.getvalue()


def test_a_log_in_text_names_kind_and_place_of_an_error():
    try:
        raise KeyError(SECRET)
    except KeyError:
        record = logging.LogRecord("compliance", logging.ERROR, __file__, 1, "it broke", (), sys.exc_info())
    line = logs.Plain().format(record)
    assert "it broke" in line and "KeyError" in line and "test_watched.py" in line and SECRET not in line


def test_groups_of_pages_name_no_page(app):
    with app.app_context():
        groups = {metrics.group_of(rule.endpoint) for rule in app.url_map.iter_rules()}
        assert metrics.group_of(None) == "unknown"
        assert metrics.group_of("own.overview") == "enterprise"
    assert groups <= {"static", "health", "api", "tablet", "public", "enterprise", "office"}


def test_figures_come_from_every_process_and_hold_nothing_of_anybody(instance):
    port, figures = free_port(), free_port()
    log = {"COMPLIANCE_LOG_FORMAT": "json", "COMPLIANCE_LOG_LEVEL": "info"}
    server = serve(instance, port, COMPLIANCE_METRICS_ADDRESS=f"127.0.0.1:{figures}", **log)
    try:
        wait_for(port, server)
        for _ in range(6):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready").read()
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/{SECRET}?q={SECRET}")
        body = urllib.parse.urlencode({"email": SECRET, "password": PASSWORD}).encode()
        with contextlib.suppress(urllib.error.HTTPError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in", data=body)
        said = urllib.request.urlopen(f"http://127.0.0.1:{figures}/metrics").read().decode()
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        out, _ = server.communicate(timeout=30)
    assert 'compliance_request_seconds_count{group="health",method="GET",status="2xx"} 6.0' in said
    assert "compliance_database_up 1.0" in said and "compliance_job_oldest_seconds" in said
    lines = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    asked = [(line["group"], line["status"]) for line in lines if line["message"] == "request"]
    assert asked.count(("health", 200)) == 6 and ("unknown", 404) in asked
    for text in (said, out):
        assert SECRET not in text and PASSWORD not in text


def wait(condition, seconds=60):
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.1)
    return found


def test_a_job_has_one_worker_and_a_dead_worker_s_job_has_the_next(db_session):
    seen = []

    @jobs.job("seen")
    def look(run):
        seen.append(jobs._last_beat(run.job_id))
        jobs.perform(run.job_id)  # as another machine's worker would

    try:
        row = jobs.Job(id=uuid4(), kind="seen", title="seen")
        db_session.add(row)
        db_session.commit()
        jobs.perform(row.id)
        assert len(seen) == 1 and seen[0] is not None
        assert (row.state, row.attempts) == (jobs.JobState.done, 1)
        row.state = jobs.JobState.running  # its worker was killed, and there is no beat
        db_session.commit()
        jobs.perform(row.id)
        assert (row.state, row.attempts) == (jobs.JobState.done, 2)
    finally:
        jobs._kinds.pop("seen")


def test_a_job_that_is_handed_back_is_waited_for_by_nobody_and_costs_no_attempt(app, db_session):
    @jobs.job("back")
    def back(run):
        if not began:
            began.append(run.job_id)
            wakes, app.extensions["jobs-wake"] = app.extensions["jobs-wake"], began.append
            jobs.give_back(app)
            app.extensions["jobs-wake"] = wakes
            raise KeyboardInterrupt  # the process ends here

    began = []
    try:
        row = jobs.Job(kind="back", title="back")
        db_session.add(row)
        db_session.commit()
        with pytest.raises(KeyboardInterrupt):
            jobs.perform(row.id)
        db_session.rollback()
        jobs._queue().put(f"beat-{row.id}", jobs._GIVEN_BACK.isoformat())
        assert began == [row.id, str(row.id)]
        assert row.id in jobs._waiting() or row.started_at is not None
        jobs.perform(row.id)
        assert (row.state, row.attempts) == (jobs.JobState.done, 1)
    finally:
        jobs._kinds.pop("back")


WORKER = """
import sys, time
from pathlib import Path
from uuid import UUID
from compliance.shared import database, jobs
from compliance.web.app import create_app
from compliance.web.run import _work

app, note = create_app(), Path(sys.argv[1])

@jobs.job("slow")
def slow(run):
    note.write_text(note.read_text() + "begun ")
    if note.read_text().count("begun") == 1:
        time.sleep(60)

if len(sys.argv) > 2:
    with app.app_context():
        database.session().add(row := jobs.Job(kind="slow", title="slow"))
        database.session().commit()
        app.extensions["jobs-wake"](str(row.id))
_work(app)
"""


def test_a_worker_that_is_stopped_hands_its_job_to_the_next_one_at_once(instance, tmp_path):
    """SIGTERM in the middle of a job that takes a minute: the worker is gone in its time, and the next one does it."""
    note = tmp_path / "note"
    note.write_text("")

    def worker(*more):
        environment = {**os.environ, "COMPLIANCE_INSTANCE": str(instance), "COMPLIANCE_STOP_SECONDS": "3"}
        return subprocess.Popen([sys.executable, "-c", WORKER, str(note), *more], env=environment)

    def state():
        with contextlib.closing(sqlite3.connect(instance / "compliance.db")) as connection:
            return connection.execute("SELECT state, attempts FROM job WHERE kind = 'slow'").fetchone()

    first = worker("begin")
    wait(lambda: "begun" in note.read_text())
    first.send_signal(signal.SIGTERM)
    assert first.wait(30) == 0, "the job alone would take a minute"
    assert state() == ("running", 1)
    second = worker()
    wait(lambda: state() == ("done", 1))
    second.send_signal(signal.SIGTERM)
    assert second.wait(30) == 0
    assert note.read_text() == "begun begun "


def test_a_server_that_is_told_to_stop_answers_what_it_was_asked(instance):
    port = free_port()
    server = serve(instance, port)
    wait_for(port, server)
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\n")
        time.sleep(0.5)
        os.kill(server.pid, signal.SIGTERM)
        time.sleep(0.5)
        line.sendall(b"a=b")
        assert line.recv(12) == b"HTTP/1.1 302"  # the form is too old, and the page is shown anew
    out, _ = server.communicate(timeout=20)
    assert server.returncode == 0
    assert "Traceback" not in out
