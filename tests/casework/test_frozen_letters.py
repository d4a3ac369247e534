"""A letter is a legal fact: what is changed afterwards changes no word of it, and a press that fails loses nothing."""

import subprocess

import pytest

from compliance.associations import store as associations
from compliance.casework import release
from compliance.enterprises import store as enterprises
from compliance.letters import press
from compliance.letters import store as letters
from compliance.shared import audit, jobs
from compliance.shared.database import session
from compliance.visits import store as visits
from tests.casework import made

TWO = [made.short("WAG01", workers=6), made.short("SAF04", made.Verdict.partial)]


def read(pdf):
    made = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, stdout=subprocess.PIPE, check=True)
    return "".join(made.stdout.decode().split())


def job_of(letter_id):
    query = jobs.sqlmodel.select(jobs.Job).where(jobs.Job.kind == letters.PRESS_JOB)
    return [row for row in session().exec(query) if row.payload["letter_id"] == str(letter_id)]


@pytest.fixture
def broken(monkeypatch):
    """A disk that is full when the archive is written, until ``repair`` is called."""
    full = {"yes": True}
    put = letters.files.put

    def maybe(data, media_type):
        if full["yes"] and media_type == press.PDF:
            raise OSError("no space left")
        return put(data, media_type)

    monkeypatch.setattr(letters.files, "put", maybe)
    return lambda: full.update(yes=False)


def test_a_letter_printed_late_says_what_it_said_when_it_was_issued(db_session, world, broken):
    visit_id = made.released(world, TWO)
    reviewer = world.actor("reviewer")
    (letter,) = letters.of_visit(reviewer, visit_id)
    assert letter.pdf_digest is None
    before = letter.words
    row = enterprises.get(world.system, world.enterprises[0])
    row.name, row.legal_representative = "Renamed Works 改名厂", "Somebody Else"

    audit.record(world.system, "enterprise.edited", row)
    associations.edit(world.system, {"name_en": "Another Name", "name_zh": "另名协会", "phone": "110"})
    session().commit()
    broken()
    (job,) = job_of(letter.id)
    jobs.perform(job.id)
    session().expire_all()
    text = read(letters.pdf(letters.get(reviewer, letter.id)))
    assert "示例制衣一厂" in text
    assert "改名厂" not in text
    assert "另名协会" not in text
    assert letters.get(reviewer, letter.id).words == before


def test_a_press_that_fails_is_tried_again_and_then_by_hand(app, world, sign_in, broken):
    with app.app_context():
        visit_id = made.released(world, TWO)
        (letter,) = letters.of_visit(world.actor("reviewer"), visit_id)
        letter_id = letter.id
        (job,) = job_of(letter_id)
        while job.state is jobs.JobState.queued:
            jobs.perform(job.id)
            session().refresh(job)
        assert (job.state, job.attempts) == (jobs.JobState.failed, jobs.ATTEMPTS)
        assert visits.get(world.actor("reviewer"), visit_id).state.value == "released"
    manager, reviewer = sign_in("manager"), sign_in("reviewer")
    assert "is being printed" in manager.get("/own/").text
    assert manager.http.get(f"/own/letters/{letter_id}.pdf").status_code == 404
    page = reviewer.get(f"/letters/{letter_id}")
    broken()
    printed = reviewer.submit(page, "/print")
    assert reviewer.http.get(f"/letters/{letter_id}/pdf").data.startswith(b"%PDF")
    assert "Print again" not in reviewer.get(f"/letters/{letter_id}").text
    assert printed
    reviewer.submit(page, "/print")
    assert manager.http.get(f"/own/letters/{letter_id}.pdf").data.startswith(b"%PDF")
    sign_in("inspector").post(f"/letters/{letter_id}/print", {}, 403)


def test_a_release_that_fails_after_the_number_was_taken_leaves_no_gap(db_session, world, monkeypatch):
    first, second = made.sealed(world, TWO), made.sealed(world, TWO, place=1)
    reviewer = world.actor("reviewer")
    with monkeypatch.context() as patch:
        patch.setattr(letters.jobs, "enqueue", lambda *_a, **_k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            release.release(reviewer, first)
    session().rollback()
    assert visits.get(reviewer, first).state.value == "sealed"
    assert release.release(reviewer, second).running == 1
    session().commit()
    assert release.release(reviewer, first).running == 2
