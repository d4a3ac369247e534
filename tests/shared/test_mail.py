"""Mail: handed over by a round after the commit, to a real server on this machine, or filed in a folder."""

import email
import itertools
from datetime import timedelta
from email import policy

import pytest

from compliance.shared import clock, mail, outbox
from compliance.shared.database import session
from compliance.shared.outbox import MessageState
from compliance.shared.postman import Trouble
from compliance.shared.problems import Conflict
from tests.mailbox import Certificate, mailbox


def sent(world, recipient="someone@example.org", **more):
    row = mail.send(world.system, recipient, "示例 subject", "Body 正文 https://visits.example.org/x", **more)
    session().commit()
    return fresh(row)


def fresh(row):
    session().rollback()
    session().refresh(row)
    return row


def test_a_mail_leaves_after_the_commit_and_its_text_is_forgotten(app, world, post, db_session):
    row = mail.send(world.system, "someone@example.org", "示例 subject", "Body 正文 https://visits.example.org/x")
    assert post.received == []
    session().commit()
    assert len(post.received) == 1
    message = email.message_from_string(post.received[0], policy=policy.default)
    assert message["To"] == "someone@example.org"
    assert message["From"] == "visits@example.org"
    assert message["Subject"] == "示例 subject"
    assert message["Message-ID"] == f"<{row.id}@example.org>"
    assert message.get_content().strip() == "Body 正文 https://visits.example.org/x"
    fresh(row)
    assert (row.state, row.body, row.attempts) == (MessageState.sent, "", 1)
    assert row.answer == "kept"


def test_a_mail_that_holds_nothing_keeps_its_text(app, world, post, db_session):
    assert sent(world, private=False).body.startswith("Body")


def test_a_mail_of_a_request_that_failed_is_never_sent(app, world, post, db_session):
    mail.send(world.system, "someone@example.org", "Subject", "Body")
    session().rollback()
    session().commit()
    assert post.received == []


def test_many_mails_go_in_one_conversation(app, world, post, db_session):
    for number in range(5):
        mail.send(world.system, f"person{number}@example.org", "Subject", "Body")
    session().commit()
    assert post.recipients == [f"person{number}@example.org" for number in range(5)]
    assert post.conversations == 1


def test_the_same_thing_is_told_to_the_same_person_once(app, world, post, db_session):
    first = sent(world, once="letter 1 to A")
    assert mail.send(world.system, "someone@example.org", "Again", "Again", once="letter 1 to A") is None
    session().commit()
    assert len(post.received) == 1
    assert first.state is MessageState.sent


def test_a_mail_that_is_turned_away_for_good_has_failed_at_once_with_the_servers_words(
    app, world, post, db_session, caplog
):
    post.says = {"RCPT": "550 5.1.1 <marked@example.org> no such person"}
    row = sent(world, "marked@example.org")
    assert (row.state, row.trouble) == (MessageState.failed, Trouble.refused)
    assert row.answer == "550 5.1.1 <marked@example.org> no such person"
    assert row.body == ""
    assert "marked@" not in caplog.text
    assert "no such person" not in caplog.text


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_later_means_later_and_longer_each_time_until_a_day_is_over(app, world, post, db_session, step):
    post.says = {step: "451 4.7.1 come back later"}
    begun = clock.now()
    with clock.at(begun):
        row = sent(world)
    tries = [begun]
    while row.state is MessageState.waiting:
        assert (row.trouble, row.answer) == (Trouble.later, "451 4.7.1 come back later")
        with clock.at(row.next_try_at - timedelta(seconds=1)):
            mail.go_round()
        assert fresh(row).attempts == len(tries)
        tries.append(row.next_try_at)
        with clock.at(row.next_try_at):
            mail.go_round()
        fresh(row)
    waits = [after - before for before, after in itertools.pairwise(tries)]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(minutes=1)
    assert timedelta(hours=23) < tries[-1] - begun <= timedelta(days=1)
    assert row.state is MessageState.failed


def test_a_server_that_recovers_after_an_hour_gets_the_mail_once(app, world, post, db_session):
    post.says = {"RCPT": "450 4.2.0 greylisted"}
    row = sent(world)
    with clock.at(clock.now() + timedelta(hours=1)):
        mail.go_round()
        assert post.received == []
        post.says = {}
    with clock.at(clock.now() + timedelta(hours=3)):
        mail.go_round()
        mail.go_round()
    assert fresh(row).state is MessageState.sent
    assert len(post.received) == 1


def test_one_that_is_turned_away_does_not_hold_up_the_others(app, world, post, db_session):
    post.says = {"DATA": "552 too big"}
    bad = mail.send(world.system, "first@example.org", "Subject", "Body")
    good = mail.send(world.system, "second@example.org", "Subject", "Body")
    post.heard = lambda: post.says.clear() or post.says
    session().commit()
    assert {fresh(bad).state, fresh(good).state} == {MessageState.sent}


def test_an_address_that_is_none_has_failed_and_says_so(app, world, post, db_session):
    row = sent(world, "no address\r\nRCPT TO:<other@example.org>")
    assert (row.state, row.trouble) == (MessageState.failed, Trouble.address)
    assert post.recipients == []


def test_a_chinese_address_and_domain_arrive(app, world, post, db_session):
    row = sent(world, "经理@例子.example")
    assert row.state is MessageState.sent
    assert post.recipients == ["经理@xn--fsqu00a.example"]


def test_a_subject_cannot_bring_headers_of_its_own(app, world, post, db_session):
    mail.send(world.system, "someone@example.org", "Subject\r\nBcc: other@example.org", "Body")
    session().commit()
    assert "\nBcc:" not in post.received[0]


def test_lines_with_dots_arrive_as_they_were(app, world, post, db_session):
    mail.send(world.system, "someone@example.org", "Subject", ".\n..two\nthe end\n.")
    session().commit()
    text = email.message_from_string(post.received[0], policy=policy.default).get_content()
    assert text == ".\n..two\nthe end\n.\n"


# --- encrypted, signed in -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("implicit", [False, True])
def test_encrypted_and_with_a_password(app, world, db_session, tmp_path, implicit):
    with mailbox(app, certificate=Certificate(tmp_path), account=True, implicit=implicit) as post:
        row = sent(world)
    assert row.state is MessageState.sent
    assert post.encrypted == [True]
    assert post.signed_in


@pytest.mark.parametrize(
    "settings",
    [{"MAIL_TLS": "required"}, {"MAIL_URL": "smtp://visits:secret@127.0.0.1:{port}"}],
    ids=["required", "with a password"],
)
def test_a_server_that_does_not_encrypt_gets_nothing(app, world, db_session, settings):
    with mailbox(app) as post:
        port = app.config["MAIL_URL"].rpartition(":")[2]
        app.config.update({name: value.format(port=port) for name, value in settings.items()})
        row = sent(world)
        assert post.received == post.signed_in == []
    assert (row.state, row.trouble) == (MessageState.waiting, Trouble.unencrypted)


@pytest.mark.parametrize(("name", "days"), [("mail.example.org", 7), ("127.0.0.1", -1)], ids=["another's", "expired"])
@pytest.mark.parametrize("implicit", [False, True])
def test_a_bad_certificate_gets_nothing(app, world, db_session, tmp_path, name, days, implicit):
    with mailbox(app, certificate=Certificate(tmp_path, name, days), implicit=implicit) as post:
        row = sent(world)
        assert post.received == []
    assert (row.state, row.trouble) == (MessageState.waiting, Trouble.certificate)
    assert row.answer


def test_a_certificate_that_nobody_vouches_for_gets_nothing(app, world, db_session, tmp_path):
    with mailbox(app, certificate=Certificate(tmp_path), MAIL_AUTHORITY=None) as post:
        assert sent(world).trouble is Trouble.certificate
        assert post.received == []


def test_a_wrong_password_is_the_servers_trouble_and_fails_no_mail(app, world, db_session, tmp_path):
    with mailbox(app, certificate=Certificate(tmp_path), account=True) as post:
        app.config["MAIL_URL"] = app.config["MAIL_URL"].replace("p%40ss", "wrong")
        row = sent(world)
        assert post.received == []
    assert (row.state, row.trouble) == (MessageState.waiting, Trouble.sign_in)


# --- without a server ---------------------------------------------------------------------------------------------


def test_without_a_server_a_mail_becomes_a_file(app, world, db_session):
    row = sent(world, private=False)
    (file,) = mail.folder().glob(f"*{row.id}.eml")
    message = email.message_from_bytes(file.read_bytes(), policy=policy.default)
    assert message["To"] == "someone@example.org"
    assert message.get_content().startswith("Body 正文")
    assert row.state is MessageState.filed
    assert file.stat().st_mode & 0o077 == 0


def test_without_a_server_nothing_that_holds_a_way_in_is_written_anywhere(app, world, db_session):
    assert not mail.is_set_up()
    with pytest.raises(Conflict):
        mail.send(world.system, "someone@example.org", "Subject", "Body")
    assert outbox.listed(world.system).rows == []


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
