"""Workers are killed again and again, at any moment of handing over: no mail is sent twice, and none is lost."""

import contextlib
import email
import os
import random
import signal
import time
from collections import Counter
from datetime import timedelta

import pytest
import sqlmodel

from compliance.shared import clock, mail
from compliance.shared.database import db, session
from compliance.shared.outbox import ABANDONED, MessageState, OutgoingMessage
from tests.soak import SOAK

KILLS = 100 if SOAK else 8
MAILS = 5


def worker_until(moment):
    """A process that makes one round, and is killed after so many seconds if it still lives."""
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            session().close()
            db.engine.dispose(close=False)
            mail.go_round()
        os._exit(0)
    ends = time.monotonic() + moment
    while time.monotonic() < ends:
        if os.waitpid(child, os.WNOHANG)[0]:
            return False
        time.sleep(0.001)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


@pytest.mark.parametrize("seed", [1, 2])
def test_a_killed_worker_sends_nothing_twice_and_loses_nothing(app, world, post, db_session, monkeypatch, seed):
    chance, killed, now = random.Random(seed), 0, clock.now()
    monkeypatch.setattr(mail, "wake", lambda _actor: None)
    rows = []
    while killed < KILLS:
        if len(rows) < MAILS * KILLS:
            with clock.at(now):
                rows += [
                    mail.send(world.system, f"p{len(rows) + n}@example.org", "Subject", "Body") for n in range(MAILS)
                ]
            session().commit()
        with clock.at(now):
            killed += worker_until(chance.uniform(0.005, 0.12))
        now += ABANDONED + timedelta(seconds=1)
        session().close()
    for _ in range(3):
        with clock.at(now):
            mail.go_round()
        now += ABANDONED + timedelta(seconds=1)
    session().rollback()
    got = Counter(email.message_from_string(raw)["Message-ID"] for raw in post.received)
    assert max(got.values()) == 1
    states = {row.id: row.state for row in session().exec(sqlmodel.select(OutgoingMessage))}
    assert set(states.values()) <= {MessageState.sent, MessageState.unsure}
    for mail_id, state in states.items():
        there = got[f"<{mail_id}@example.org>"]
        assert there == 1 or state is MessageState.unsure, f"{state} and arrived {there} times"
    assert Counter(states.values())[MessageState.unsure] <= killed
