"""Withdrawal by two people, the certificate on the administrator's pages, and letters that wait for a signature."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from compliance.letters import store as letters
from compliance.letters import store_trust
from compliance.shared import audit, clock, jobs, timestamps
from compliance.shared.certificates import DEMO, Source
from compliance.shared.database import session
from compliance.shared.jobs import JobState
from compliance.shared.problems import Conflict, NotFound, Refused
from tests import stamps
from tests.casework import made
from tests.casework.made import short
from tests.manners import Client
from tests.stamps import PASSPHRASE, Authority
from tests.world import World

REASON = "Sent to the wrong enterprise."


@pytest.fixture
def signing_with(app: Flask) -> Iterator[Callable[..., None]]:
    """Configure what signs, for one test."""
    before: Source = app.config["SIGNING"]

    def configure(**wanted: Any) -> None:
        app.config["SIGNING"] = replace(app.config["SIGNING"], **wanted)

    yield configure
    app.config["SIGNING"] = before
    timestamps._failed_at.clear()


@pytest.fixture
def letter_id(app: Flask, world: World) -> UUID:
    """A letter that was issued, printed and signed."""
    with app.test_request_context():
        [letter] = letters.of_visit(world.system, made.released(world, [short("WAG03")]))
        return letter.id


def waiting(world: World, number: str) -> jobs.Job:
    """The job that prints and signs the letter of a number."""
    job = jobs.newest(letters.PRESS_JOB, world.system, number)
    assert job is not None
    return job


def test_the_archived_file_is_the_signed_one_and_its_digest_is_on_the_trail(
    app: Flask, world: World, letter_id: UUID
) -> None:
    with app.test_request_context():
        letter = letters.get(world.system, letter_id)
        signature = store_trust.signature_of(letter_id)
        assert signature is not None
        assert signature.certificate.demo
        assert letters.pdf(letter).startswith(letters.printed(letter).pdf)
        [line] = [line for line in audit.about(letter_id) if line.verb == "letter.printed"]
        assert letter.pdf_digest in str(line.changes)
        assert signature.certificate.fingerprint in str(line.changes), "its first use stands with it"


def test_one_person_asks_and_another_withdraws(
    app: Flask, world: World, letter_id: UUID, sign_in: Callable[..., Client]
) -> None:
    reviewer, leader, manager = sign_in("reviewer"), sign_in("leader"), sign_in("manager")
    page = f"/letters/{letter_id}"
    own = f"/own/{world.enterprises[0]}/letters"
    before = manager.get(own).text
    reviewer.post(f"{page}/withdrawal", {"reason": ""}, status=422)
    reviewer.post(f"{page}/withdrawal", {"reason": REASON})
    assert "Another person has to withdraw it." in reviewer.get(page).text
    assert manager.get(own).text == before, "what was only asked for is the association's alone"
    assert "Asked for: the withdrawal of" in leader.get("/letters/").text
    with app.test_request_context():
        [asked] = store_trust.withdrawals_of(letters.get(world.system, letter_id))
        asked_id = asked.id
    reviewer.post(f"{page}/withdrawal/{asked_id}", {"decision": "withdraw"}, status=403)
    leader.post(f"{page}/withdrawal/{asked_id}", {"decision": "withdraw"})
    leader.post(f"{page}/withdrawal/{asked_id}", {"decision": "withdraw"})
    assert REASON in manager.get(own).text
    assert "Withdrawn on" in leader.get(page).text
    reviewer.post(f"{page}/withdrawal", {"reason": "Again."}, status=409)
    with app.test_request_context():
        assert letters.pdf(letters.get(world.system, letter_id)), "it stays in the archive"


def test_what_was_asked_for_may_be_declined_and_asked_for_anew(app: Flask, world: World, letter_id: UUID) -> None:
    with app.test_request_context():
        reviewer, leader = world.actor("reviewer"), world.actor("leader")
        letter = letters.get(world.system, letter_id)
        asked = store_trust.ask(reviewer, letter, REASON)
        assert store_trust.ask(reviewer, letter, REASON) is asked, "sent twice"
        with pytest.raises(Conflict):
            store_trust.ask(leader, letter, "Me too.")
        with pytest.raises(Refused):
            store_trust.decide(reviewer, letter, asked.id, withdraw=True)
        store_trust.decide(reviewer, letter, asked.id, withdraw=False)
        with pytest.raises(Conflict):
            store_trust.decide(leader, letter, asked.id, withdraw=True)
        assert store_trust.withdrawn([letter_id]) == {}
        store_trust.ask(leader, letter, "Still.")
        session().commit()


def test_who_may_not_see_a_letter_withdraws_none(app: Flask, world: World, letter_id: UUID) -> None:
    with app.test_request_context():
        letter = letters.get(world.system, letter_id)
        tied = replace(world.actor("leader"), tied_ids=frozenset({letter.enterprise_id}))
        for actor in (world.actor("inspector"), world.actor("manager"), tied, world.actor("stranger")):
            with pytest.raises(NotFound):
                store_trust.ask(actor, letter, REASON)


def test_the_administrator_sees_which_certificate_signs(letter_id: UUID, page: Callable[..., Any]) -> None:
    for path in ("/association/signature", "/association"):
        shown = page("administrator", path).text
        assert DEMO in shown
        assert "demo, proves nothing" in shown
    assert "演示" in page("administrator", "/association/signature", language="zh").text
    assert "own certificate" in page("administrator", "/start").text


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"file": Path("nowhere.p12")}, "nowhere.p12 cannot be read"),
        ({"module": Path("nowhere.so"), "token": "t"}, "cannot be loaded as a PKCS#11 module"),
    ],
    ids=["no file", "no module"],
)
def test_a_wrong_configuration_is_said_on_the_page_and_never_breaks_it(
    signing_with: Callable[..., None], page: Callable[..., Any], wanted: dict[str, Any], said: str
) -> None:
    signing_with(**wanted)
    for path in ("/association/signature", "/association", "/start"):
        page("administrator", path)
    assert said in page("administrator", "/association/signature").text


def test_a_certificate_near_its_end_is_warned_of(
    signing_with: Callable[..., None], page: Callable[..., Any], tmp_path: Path
) -> None:
    authority = Authority()
    signing_with(file=authority.file(tmp_path, "Near", days=30), passphrase=PASSPHRASE)
    assert "This certificate ends soon." in page("administrator", "/association/signature").text
    signing_with(file=authority.file(tmp_path, "Over", days=3, since=-9))
    assert "Over ended on" in page("administrator", "/association/signature").text


def test_a_letter_waits_while_no_time_stamp_is_given_and_is_signed_once_one_is(
    app: Flask, world: World, signing_with: Callable[..., None], page: Callable[..., Any]
) -> None:
    with stamps.stamp_server(Authority()) as server:
        server.says = (503, "text/plain", b"")
        signing_with(stamp_url=server.url)
        with app.test_request_context():
            [letter] = letters.of_visit(world.system, made.released(world, [short("WAG03")]))
            letter_id, number = letter.id, str(letter.number)
            assert letter.pdf_digest is None
            job = waiting(world, number)
            job_id = job.id
            assert (job.state, job.attempts) == (JobState.queued, 1)
        assert "gave no time stamp (HTTP 503)" in page("reviewer", f"/letters/{letter_id}").text
        assert "时间戳服务器未给出时间戳" in page("reviewer", f"/letters/{letter_id}", language="zh").text
        assert number in page("administrator", "/association/signature").text
        with app.test_request_context():
            for _ in range(5):  # beyond the number of times that a failing job is tried
                timestamps._failed_at.clear()
                jobs.perform(job_id)
            assert waiting(world, number).state is JobState.queued
            with clock.at(clock.now() + timedelta(minutes=3)):
                assert job_id not in jobs._waiting(), "tried less and less often"
            with clock.at(clock.now() + timedelta(minutes=7)):
                assert job_id in jobs._waiting()
            server.says = None
            timestamps._failed_at.clear()
            jobs.perform(job_id)
            assert waiting(world, number).state is JobState.done
            signature = store_trust.signature_of(letter_id)
            assert signature is not None
            assert signature.stamped_by


def test_an_old_letter_stays_known_when_another_certificate_signs(
    app: Flask, world: World, letter_id: UUID, signing_with: Callable[..., None], tmp_path: Path
) -> None:
    with app.test_request_context():
        first = store_trust.signature_of(letter_id)
        signing_with(file=Authority().file(tmp_path), passphrase=PASSPHRASE)
        [newer] = letters.of_visit(world.system, made.released(world, [short("WAG03")], place=1))
        second = store_trust.signature_of(newer.id)
        assert first is not None
        assert second is not None
        assert first.certificate.fingerprint != second.certificate.fingerprint
        for one in (first, second):
            assert store_trust.whose(one.certificate.fingerprint) == world.association_id
        known = [one.fingerprint for one, _first in store_trust.certificates_of(world.association_id)]
        assert known == [second.certificate.fingerprint, first.certificate.fingerprint]
        assert "BEGIN CERTIFICATE" in second.certificate.chain
