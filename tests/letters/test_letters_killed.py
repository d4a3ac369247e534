"""Whoever issues letters, and the worker that prints, signs and sends, are killed at any moment, again and again: no
number is skipped or used twice, no letter is lost, and no notice is mailed twice.
"""

import email
import os
import random
import signal
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import sqlmodel
from flask import Flask

from compliance.casework import notices
from compliance.letters import store, store_trust
from compliance.letters.models import Letter, LetterRegister, LetterState
from compliance.letters.models_trust import LetterSignature
from compliance.people import store as people
from compliance.shared import audit, clock, files, signatures
from compliance.shared.database import db, session
from compliance.shared.jobs import Job, JobState
from compliance.shared.outbox import MessageState, OutgoingMessage
from compliance.shared.signatures import Content
from compliance.visits.models import Visit
from compliance.visits.states import Route
from compliance.web.app import create_app
from compliance.web.run import _work
from compliance.web.settings import Settings
from tests.letters import samples
from tests.mailbox import Post, mailbox
from tests.soak import SOAK
from tests.world import World

KILLS = 100 if SOAK else 3
WAITING = 3 if SOAK else 2
"""Drafts that always wait for the one who issues them: there is something to be killed in."""
STEP = timedelta(minutes=11)
"""Longer than a job may run, and than a message may be claimed: what a killed worker left is taken up."""
ENDS = 240.0  # seconds


@dataclass
class Office:
    """The association's processes, on a queue of their own, killed and started again as time goes by."""

    app: Flask
    world: World
    now: datetime

    def process(self, work: Callable[[], None]) -> int:
        """A process that works at this moment of the clock, in every one of its threads."""
        child = os.fork()
        if child == 0:
            try:
                with self.app.app_context():
                    session().close()
                    db.engine.dispose(close=False)
                    clock._set_to = ContextVar("clock of this process", default=self.now)
                    work()
            except BaseException:
                traceback.print_exc()
            os._exit(0)
        return child

    def work(self) -> None:
        """The worker as it is started in production, looking round at once instead of at the next full minute."""
        queue = self.app.extensions["jobs"]

        def look_round() -> None:
            for task in queue._registry.periodic_tasks:
                queue.enqueue(task)

        looking = threading.Thread(target=look_round)  # a connection of its own
        looking.start()
        looking.join()
        _work(self.app)

    def issue(self) -> None:
        """Somebody issues what is drafted, one letter after the other, as a request does."""
        with self.app.test_request_context():
            for letter_id in self.drafts():
                letter = store.issue(self.world.system, session().get_one(Letter, letter_id))
                notices.letter_issued(self.world.system, letter)
                session().commit()

    def drafts(self) -> list[UUID]:
        """The letters that nobody has issued yet."""
        return list(session().exec(sqlmodel.select(Letter.id).where(Letter.state == LetterState.draft)))

    def draft(self, number: int) -> None:
        """One more letter to issue."""
        visit = Visit(
            association_id=self.world.association_id,
            enterprise_id=self.world.enterprises[0],
            workplace_id=self.world.workplaces[0],
            year=2026,
            number=1000 + number,
            route=Route.random,
            planned_for=date(2026, 11, 17),
            visited_on=date(2026, 11, 17),
        )
        session().add(visit)
        session().flush()
        audit.record(self.world.system, "visit.planned", visit)
        store.draft(self.world.system, visit, "L1", samples.NOTHING_FOUND, "zh_Hans_CN")
        session().commit()

    def open(self) -> int:
        """How much is still to be done."""
        unprinted = sqlmodel.select(Letter.id).where(Letter.pdf_digest == None)  # noqa: E711
        unsent = sqlmodel.select(OutgoingMessage.id).where(
            sqlmodel.col(OutgoingMessage.state).in_((MessageState.waiting, MessageState.claimed))
        )
        undone = sqlmodel.select(Job.id).where(sqlmodel.col(Job.state).in_((JobState.queued, JobState.running)))
        try:
            return sum(len(session().exec(query).all()) for query in (unprinted, unsent, undone))
        finally:
            session().close()  # on SQLite whoever reads outside a request holds the write lock


@pytest.fixture
def office(app: Flask, world: World, tmp_path: Path) -> Iterator[tuple[Office, Post]]:
    """The world with a real queue, and a mail server that lives while the others die."""
    url = app.config["SQLALCHEMY_ENGINES"]["default"]["url"]
    keys = Path(app.config["SEALING_KEYS"])  # without them nothing sealed in the world is written or read
    settings = Settings(
        instance=tmp_path, database_url=str(url), queue_url=f"sqlite:///{tmp_path / 'jobs.db'}", sealing_keys=keys
    )
    own = create_app(settings, TESTING=True, SECRET_KEY="test" * 10)
    with own.app_context(), mailbox(own, PUBLIC_URL="https://visits.example.org") as post:
        manager = people.get(world.system, world.people["manager"])
        people.rename(world.system, manager, manager.name, manager.username, "boss@example.org", None)
        session().commit()
        yield Office(own, world, clock.now()), post
        session().close()
        db.engine.dispose()


def ended(*children: int) -> None:
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_killed_at_any_moment_no_number_letter_or_notice_is_lost_or_doubled(office: tuple[Office, Post]) -> None:
    place, post = office
    chance, drafted = random.Random(20261122), 0
    for _ in range(KILLS):
        while len(place.drafts()) < WAITING:
            drafted += 1
            place.draft(drafted)
        session().close()
        worker, issuer = place.process(place.work), place.process(place.issue)
        moments = sorted((chance.uniform(0.2, 2.5), child) for child in (worker, issuer))
        began = time.monotonic()
        for moment, child in moments:
            time.sleep(max(0.0, began + moment - time.monotonic()))
            ended(child)
        place.now += STEP
    began = time.monotonic()
    while place.drafts():
        assert time.monotonic() - began < ENDS, "what is drafted cannot be issued"
        session().close()
        os.waitpid(place.process(place.issue), 0)
    while (left := place.open()) and time.monotonic() - began < ENDS:
        session().close()
        worker = place.process(place.work)
        until = time.monotonic() + 20
        while time.monotonic() < until and place.open():
            time.sleep(0.05)
        ended(worker)
        place.now += STEP
    assert left == 0
    check(place.world, post, drafted)


def check(world: World, post: Post, drafted: int) -> None:
    """Everything that was promised, of everything that is there."""
    letters = session().exec(sqlmodel.select(Letter).order_by(sqlmodel.col(Letter.running))).all()
    assert [letter.running for letter in letters] == list(range(1, drafted + 1)), "without a gap and without a twin"
    [register] = session().exec(sqlmodel.select(LetterRegister)).all()
    assert register.last == drafted
    assert len(session().exec(sqlmodel.select(LetterSignature)).all()) == drafted
    for letter in letters:
        assert letter.pdf_digest is not None
        pdf = files.get(letter.pdf_digest)
        content, [signature] = signatures._content(pdf, [])
        assert content is Content.signed
        assert (signature["intact"], signature["whole"]) == (True, True)
        if SOAK or letter is letters[0]:
            assert pdf.startswith(store.printed(letter).pdf), "what was printed is what was frozen"
        assert store_trust.signature_of(letter.id) is not None
    rows = session().exec(sqlmodel.select(OutgoingMessage)).all()
    assert Counter(row.about_id for row in rows) == Counter(letter.id for letter in letters), "one notice to a letter"
    arrived = Counter(email.message_from_string(raw)["Message-ID"] for raw in post.received)
    assert max(arrived.values()) == 1
    for row in rows:
        there = arrived[f"<{row.id}@example.org>"]
        assert row.state in (MessageState.sent, MessageState.unsure)
        assert there == 1 or row.state is MessageState.unsure, f"{row.state} and arrived {there} times"
    assert Counter(row.state for row in rows)[MessageState.unsure] <= KILLS
    assert {job.state for job in session().exec(sqlmodel.select(Job))} == {JobState.done}
    assert audit.first_broken_line() is None
