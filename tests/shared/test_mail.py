"""Mail: sent by a job after the commit, through a real server on this machine."""

import contextlib
import email
from email import policy

import pytest

from compliance.shared import mail
from compliance.shared.database import session
from compliance.shared.problems import Conflict


def test_a_mail_leaves_after_the_commit_and_its_text_is_forgotten(app, world, post, db_session):
    row = mail.send(world.system, "someone@example.org", "示例 subject", "Body 正文 https://visits.example.org/x")
    assert post.received == []
    session().commit()
    assert len(post.received) == 1
    assert "To: someone@example.org" in post.received[0]
    assert "From: visits@example.org" in post.received[0]
    session().refresh(row)
    assert row.state == mail.MailState.sent
    assert row.body == ""


def test_a_mail_of_a_request_that_failed_is_never_sent(app, world, post, db_session):
    mail.send(world.system, "someone@example.org", "Subject", "Body")
    session().rollback()
    session().commit()
    assert post.received == []


def test_a_server_that_refuses_leaves_the_mail_waiting_and_the_reason_without_names(
    app, world, post, db_session, caplog
):
    post.refuses = True
    row = mail.send(world.system, "marked@example.org", "Subject", "Body")
    with contextlib.suppress(Exception):
        session().commit()
    session().refresh(row)
    assert row.state == mail.MailState.waiting
    assert row.body == "Body"
    assert "marked@" not in caplog.text


def test_a_subject_cannot_bring_headers_of_its_own(app, world, post, db_session):
    mail.send(world.system, "someone@example.org", "Subject\r\nBcc: other@example.org", "Body")
    session().commit()
    assert "\nBcc:" not in post.received[0]


def test_without_a_server_there_is_no_mail(app, world, db_session):
    app.config["MAIL_URL"] = None
    assert not mail.is_set_up()
    with pytest.raises(Conflict):
        mail.send(world.system, "someone@example.org", "Subject", "Body")


def test_an_invitation_is_mailed_in_both_languages(app, world, post, sign_in):
    page = sign_in("administrator").post(
        "/people/add",
        {
            "name": "Example Person",
            "roles": ["leader"],
            "email": "p@example.org",
            "send": "y",
            "username": "",
            "find": "",
        },
    )
    assert "p@example.org" in page.text
    text = email.message_from_string(post.received[0], policy=policy.default).get_content()
    assert "/invitation/" in text
    assert "invites you" in text
    assert "邀请" in text
