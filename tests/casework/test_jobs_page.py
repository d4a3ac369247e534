"""The administrator's page of background tasks: what stands where, what failed and is tried again, and nothing else."""

import pytest
from sqlmodel import select

from compliance.casework import commands
from compliance.people import store as people
from compliance.people import store_ties as ties
from compliance.people.rules import TieKind
from compliance.shared import clock, job_words, jobs
from compliance.shared.audit import AuditLine
from compliance.shared.database import session
from compliance.shared.jobs import Job, JobState


@pytest.fixture
def tasks(app, world):
    """A failed task, a finished one, and one of another association."""
    with app.app_context():
        made = {
            name: Job(
                kind=kind, title="Secret Works Ltd", association_id=association, person_id=world.people["coordinator"],
                state=state, attempts=3, problem="Secret Works Ltd is unreadable", finished_at=clock.now(),
            )
            for name, kind, association, state in (
                ("failed", "enterprises.look", world.association_id, JobState.failed),
                ("done", "letters.press", world.association_id, JobState.done),
                ("other", "enterprises.look", world.noise_association_id, JobState.failed),
            )
        }  # fmt: skip
        session().add_all(made.values())
        session().commit()
        return {name: row.id for name, row in made.items()}


def test_every_kind_and_every_round_has_words(app):
    ours = {kind for kind, fn in jobs._kinds.items() if fn.__module__.startswith("compliance.")}
    assert ours == job_words.KINDS.keys()
    assert commands, "with what is loaded where commands run, the worker among them"
    looked = {jobs._name(fn) for fn in jobs._minutely if fn.__module__.startswith("compliance.")}
    assert looked == job_words.ROUNDS.keys()


def test_it_says_what_stands_where_and_never_what_it_was_about(page, tasks):
    told = page("administrator", "/jobs/").text
    assert "Read a file for the register" in told and "Print and sign a letter" in told and "Coordinator One" in told
    assert "Secret" not in told
    failed = page("administrator", "/jobs/", state="failed")
    assert failed.text.count("Failed") == 2, "the filter and one row: what others asked for elsewhere is not here"
    assert "No task is in this state" in page("administrator", "/jobs/", state="running").text
    page("coordinator", "/jobs/", status=403)


def test_who_has_a_tie_does_not_see_that_letters_are_made(app, world, page, tasks):
    with app.app_context():
        person = people.get(world.system, world.people["administrator"])
        ties.declare(world.system, person, world.enterprises[0], TieKind.kin)
        session().commit()
    told = page("administrator", "/jobs/").text
    assert "Read a file for the register" in told and "Print and sign a letter" not in told


def test_a_failed_task_is_tried_again_and_no_other(app, world, sign_in, tasks, monkeypatch):
    done = []
    monkeypatch.setitem(jobs._kinds, "enterprises.look", lambda _run, **_payload: done.append(1))
    client = sign_in("administrator")
    client.post(f"/jobs/{tasks['failed']}/again")
    client.post(f"/jobs/{tasks['failed']}/again", status=409)
    client.post(f"/jobs/{tasks['done']}/again", status=409)
    client.post(f"/jobs/{tasks['other']}/again", status=404)
    with app.app_context():
        jobs.perform(tasks["failed"])
        row = session().get_one(Job, tasks["failed"])
        assert (row.state, row.attempts, row.problem, done) == (JobState.done, 1, "", [1])
        (line,) = session().exec(select(AuditLine).where(AuditLine.verb == "job.retried")).all()
        assert "Secret" not in str(line.changes)


def test_each_look_round_says_when_it_was_and_whether_it_went_well(app, world, page, monkeypatch):
    def breaks():
        raise RuntimeError("Secret Works Ltd")

    first, second = jobs._minutely[:2]
    breaks.__module__, breaks.__name__ = second.__module__, second.__name__
    monkeypatch.setattr(jobs, "_minutely", [first, breaks])
    with app.app_context():
        jobs.look_round()
        names = [jobs._name(first), jobs._name(second), "nobody.looks"]
        found = jobs.rounds(names)
        assert [one.well for one in found] == [True, False, True] and found[2].at is None
    told = page("administrator", "/jobs/").text
    assert "failed; see the log" in told and "Secret" not in told
