"""The outbox when things break: servers that hang, workers that are killed. No mail is sent twice, none is lost."""

import time
from datetime import timedelta

import pytest

from compliance.shared import clock, mail, outbox, postman
from compliance.shared.audit import about
from compliance.shared.database import session
from compliance.shared.outbox import ABANDONED, MessageState
from compliance.shared.postman import Trouble
from compliance.shared.problems import Conflict, NotFound, Problem
from tests.mailbox import odd_server
from tests.shared.test_mail import fresh, sent


class Killed(BaseException):
    """The worker is gone, in the middle of whatever it did."""


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(postman, "SILENCE", 0.4)
    monkeypatch.setattr(postman, "LIMIT", 0.8)


def later(**span):
    return clock.at(clock.now() + timedelta(**span))


# --- servers that hang --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["EHLO", "RCPT"])
def test_a_server_that_falls_silent_is_left_and_tried_again(app, world, post, db_session, impatient, step):
    post.hangs = step
    begun = time.monotonic()
    row = sent(world)
    assert time.monotonic() - begun < 5
    assert (row.state, row.trouble, row.handed_at) == (MessageState.waiting, Trouble.silent, None)
    post.hangs = ""
    with later(minutes=2):
        mail.go_round()
    assert fresh(row).state is MessageState.sent
    assert len(post.received) == 1


def greets_nobody(_socket, over):
    over.wait()


def answers_a_letter_at_a_time(socket, over):
    while not over.wait(0.2):
        socket.sendall(b"2")


def hangs_up(socket, _over):
    socket.close()


def is_no_mail_server(socket, over):
    socket.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    over.wait(1)


def is_full(socket, over):
    socket.sendall(b"421 4.3.2 too many connections\r\n")
    over.wait(1)


@pytest.mark.parametrize(
    "behave",
    [greets_nobody, answers_a_letter_at_a_time, hangs_up, is_no_mail_server, is_full],
    ids=lambda f: f.__name__,
)
def test_no_server_holds_the_worker_up(app, world, db_session, impatient, behave):
    begun = time.monotonic()
    with odd_server(app, behave):
        row = sent(world)
    assert time.monotonic() - begun < 5
    assert row.state is MessageState.waiting
    assert row.trouble in (Trouble.silent, Trouble.busy)


def test_a_server_that_is_not_there_is_asked_once_for_all_that_waits(app, world, db_session):
    with odd_server(app, hangs_up):
        address = app.config["MAIL_URL"]
    app.config["MAIL_URL"] = address  # nobody listens there any more
    try:
        rows = [mail.send(world.system, f"p{n}@example.org", "Subject", "Body") for n in range(3)]
        session().commit()
    finally:
        app.config["MAIL_URL"] = None
    assert [fresh(row).attempts for row in rows] == [1, 0, 0]
    assert {row.state for row in rows} == {MessageState.waiting}
    assert rows[0].trouble is Trouble.unreachable


def test_an_answer_that_never_comes_leaves_it_open_whether_the_mail_left(app, world, post, db_session, impatient):
    post.hangs = "DATA"
    row = sent(world)
    assert len(post.received) == 1
    assert (row.state, row.trouble) == (MessageState.unsure, Trouble.unsure)
    post.hangs = ""
    with later(days=2):
        mail.go_round()
    assert fresh(row).state is MessageState.unsure
    assert len(post.received) == 1


# --- workers that are killed --------------------------------------------------------------------------------------


def killed_at(monkeypatch, world, step):
    """A mail, and a worker that handed it over and was killed at this step."""

    def killed(*_args, **_more):
        raise Killed

    with monkeypatch.context() as during:
        during.setattr(mail, "wake", lambda _actor: None)
        row = mail.send(world.system, "someone@example.org", "Subject", "Body")
        session().commit()
        during.setattr(outbox, step, killed)
        with pytest.raises(Killed):
            mail.go_round()
    return fresh(row)


def test_a_worker_killed_before_the_text_leaves_a_mail_that_is_taken_up_again(
    app, world, post, db_session, monkeypatch
):
    row = killed_at(monkeypatch, world, "handing")
    assert row.state is MessageState.claimed
    mail.go_round()
    assert post.received == []  # it may still be somebody's
    with later(seconds=ABANDONED.total_seconds() + 1):
        mail.go_round()
    assert fresh(row).state is MessageState.sent
    assert len(post.received) == 1


def test_a_worker_killed_after_the_text_never_sends_it_again(app, world, post, db_session, monkeypatch):
    row = killed_at(monkeypatch, world, "left")
    assert len(post.received) == 1
    for days in (1, 2, 3):
        with later(days=days):
            mail.go_round()
    assert fresh(row).state is MessageState.unsure
    assert row.body == ""
    assert len(post.received) == 1


def test_a_claim_that_took_too_long_is_not_followed_by_the_text(app, world, post, db_session):
    """Somebody else may have taken it up meanwhile."""
    row = mail.send(world.system, "someone@example.org", "Subject", "Body")
    session().flush()
    assert outbox.claim(row.id) is not None
    with later(seconds=ABANDONED.total_seconds() + 1):
        assert not outbox.handing(row.id)


def test_a_mail_is_claimed_by_one_alone(app, world, post, db_session):
    row = mail.send(world.system, "someone@example.org", "Subject", "Body")
    session().flush()
    assert outbox.claim(row.id) is not None
    assert outbox.claim(row.id) is None


# --- the administrator's hand -------------------------------------------------------------------------------------


def test_an_administrator_tries_again_what_failed(app, world, post, db_session):
    post.refuses = True
    row = sent(world, private=False)
    assert row.state is MessageState.failed
    post.refuses = False
    outbox.retry(world.system, row)
    mail.wake(world.system)
    session().commit()
    assert fresh(row).state is MessageState.sent
    assert [line.verb for line in about(row.id)] == ["mail.retried"]


def test_what_was_private_is_not_there_to_be_tried_again(app, world, post, db_session):
    post.refuses = True
    row = sent(world)
    with pytest.raises(Conflict):
        outbox.retry(world.system, row)


def test_a_bounce_is_noted_by_hand_with_a_reason_and_taken_back(app, world, post, db_session):
    row = sent(world)
    with pytest.raises(Problem):
        outbox.note_bounced(world.system, row, "  ")
    outbox.note_bounced(world.system, row, "Mailbox full")
    assert (row.state, row.bounce_reason) == (MessageState.bounced, "Mailbox full")
    outbox.note_arrived(world.system, row)
    assert (row.state, row.bounced_at, row.bounce_reason) == (MessageState.sent, None, "")
    assert [line.verb for line in about(row.id)] == ["mail.arrived", "mail.bounced"]
    session().commit()


def test_a_mail_that_waits_cannot_have_come_back(app, world, post, db_session):
    post.says = {"RCPT": "451 later"}
    with pytest.raises(Conflict):
        outbox.note_bounced(world.system, sent(world), "Reason")


def test_another_associations_mail_is_not_there(app, world, post, db_session):
    row = sent(world)
    with pytest.raises(NotFound):
        outbox.get(world.actor("stranger"), row.id)
    assert outbox.listed(world.actor("stranger")).total == 0
    assert outbox.listed(world.system, text="SOMEONE example").total == 1
    assert outbox.listed(world.system, state=MessageState.failed).total == 0
