"""The administrator's pages of outgoing mail."""

from compliance.shared import mail, outbox
from compliance.shared.database import session
from compliance.shared.outbox import MessageState

WAY_IN = "https://visits.example.org/invitation/ABCD-EFGH"


def written(app, world, *, private=True, recipient="p@example.org"):
    with app.app_context():
        row = mail.send(world.system, recipient, "Subject <b>", f"Open {WAY_IN}", private=private)
        session().commit()
        return row.id


def state(app, mail_id):
    with app.app_context():
        return session().get(outbox.OutgoingMessage, mail_id).state


def test_a_text_that_may_hold_a_way_in_is_shown_to_nobody(app, world, post, page):
    post.says = {"RCPT": "451 later"}  # it is still there
    shown = page("administrator", f"/association/mail/{written(app, world)}")
    assert "ABCD-EFGH" not in shown.text
    assert "451 later" in shown.text


def test_a_notice_is_shown_and_the_list_finds_it(app, world, page):
    mail_id = written(app, world, private=False)
    assert WAY_IN in page("administrator", f"/association/mail/{mail_id}").text
    assert "p@example.org" in page("administrator", "/association/mail/", q="example.org", state="filed").text
    assert "p@example.org" not in page("administrator", "/association/mail/", state="failed").text
    assert "没有这样的内容" not in page("administrator", "/association/mail/", language="zh", state="nonsense").text


def test_what_failed_is_sent_again_by_hand(app, world, post, sign_in):
    post.refuses = True
    mail_id = written(app, world, private=False)
    assert state(app, mail_id) is MessageState.failed
    post.refuses = False
    sign_in("administrator").post(f"/association/mail/{mail_id}/retry", {})
    assert state(app, mail_id) is MessageState.sent


def test_a_bounce_needs_a_reason_and_can_be_taken_back(app, world, post, sign_in):
    mail_id = written(app, world)
    client = sign_in("administrator")
    client.post(f"/association/mail/{mail_id}/bounced", {"reason": ""}, status=422)
    client.post(f"/association/mail/{mail_id}/bounced", {"reason": "Mailbox full"})
    assert state(app, mail_id) is MessageState.bounced
    client.post(f"/association/mail/{mail_id}/arrived", {})
    assert state(app, mail_id) is MessageState.sent


def test_an_invitation_without_a_mail_server_is_shown_on_the_screen(app, world, page):
    assert 'name="send"' not in page("administrator", "/people/add").text
    assert "No mail server is set up" in page("administrator", "/association/mail/").text
