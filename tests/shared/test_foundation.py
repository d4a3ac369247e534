"""The shared floor: clock, words, files, jobs, problems."""

import uuid
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.shared import clock, files, ids, jobs, words
from compliance.shared.database import session
from compliance.shared.problems import NotFound, Problem


def test_a_day_is_the_association_s():
    with clock.at(datetime(2026, 11, 20, 17, 0, tzinfo=UTC)):
        assert clock.today("Asia/Shanghai") == date(2026, 11, 21)
        assert clock.today("Europe/London") == date(2026, 11, 20)


def test_dates_are_written_as_people_write_them():
    assert words.day(date(2026, 11, 2), "en") == "2 November 2026"
    assert words.day(date(2026, 11, 2), "zh_Hans_CN") == "2026年11月2日"


@given(st.text())
def test_clean_text_is_stable_and_printable(text):
    once = words.clean(text)
    assert words.clean(once) == once
    assert not set(once) & set("\u202e\u200b\x00\x1b\ufeff")


@pytest.mark.parametrize("name", ["李喆堃", "买买提·艾力", "𠮷田", "Zoë"])
def test_names_survive_cleaning(name):
    assert words.clean(name) == name


def test_ids_that_an_enterprise_sees_tell_no_time():
    assert ids.random_id().version == 4
    assert ids.event_id().version == 7
    assert ids.event_id() < ids.event_id()


def test_a_file_comes_back_and_damage_shows(app):
    with app.app_context():
        kept = files.put("证据".encode(), "text/plain")
        assert files.get(kept.digest) == "证据".encode()
        path = Path(files.folder()) / kept.digest[:2] / kept.digest
        path.write_bytes(b"changed")
        with pytest.raises(NotFound, match="damaged"):
            files.get(kept.digest)
        path.unlink()
        for wrong in ("../../etc/passwd", "0" * 64, ""):
            with pytest.raises(NotFound):
                files.get(wrong)


@jobs.job("test-add")
def add(run, a, b):
    run.progress(1, 2)
    return {"sum": a + b}


@jobs.job("test-refuse")
def refuse(run):
    raise Problem("planted", "This cannot be done.")


@jobs.job("test-crash")
def crash(run):
    raise ZeroDivisionError("secret words")


def test_a_job_runs_after_the_commit_and_keeps_its_result(world, db_session):
    job = jobs.enqueue("test-add", "Adding", world.system, a=1, b=2)
    assert job.state == jobs.JobState.queued
    session().commit()
    session().refresh(job)
    assert (job.state, job.result) == (jobs.JobState.done, {"sum": 3})
    assert jobs.progress_of(job.id) == (1, 2)


def test_a_job_that_is_not_asked_for_after_all_never_runs(world, db_session):
    job = jobs.enqueue("test-add", "Adding", world.system, a=1, b=2)
    kept = job.id
    session().rollback()
    assert session().get(jobs.Job, kept) is None


def test_a_problem_is_told_and_a_crash_is_not_quoted(world, db_session, caplog):
    told = jobs.enqueue("test-refuse", "Refusing", world.system)
    crashed = jobs.enqueue("test-crash", "Crashing", world.system)
    session().commit()
    for _ in range(jobs.ATTEMPTS):
        jobs.perform(crashed.id)
    session().refresh(told)
    session().refresh(crashed)
    assert (told.state, told.problem) == (jobs.JobState.failed, "This cannot be done.")
    assert (crashed.state, crashed.problem) == (jobs.JobState.failed, "ZeroDivisionError")
    assert crashed.attempts == jobs.ATTEMPTS
    assert "secret words" not in caplog.text


def test_somebody_else_s_job_does_not_exist(world, db_session):
    job = jobs.enqueue("test-add", "Adding", world.actor("leader"), a=1, b=2)
    session().commit()
    assert jobs.get(world.actor("leader"), job.id).id == job.id
    for who, wanted in (("reviewer", job.id), ("leader", uuid.uuid4())):
        with pytest.raises(NotFound):
            jobs.get(world.actor(who), wanted)
