"""Short messages over real HTTP on loopback: an SMS gateway and WeCom, well and badly behaved. None goes out twice."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from compliance.shared import gateways, mail
from compliance.shared.database import session
from compliance.shared.outbox import Channel, MessageState, OutgoingMessage
from compliance.shared.postman import Trouble
from tests.mailbox import Certificate

NUMBER = "+8613800000001"


class Heard:
    """What came in, and what is answered: ``answers`` are taken in turn, the last one for ever."""

    def __init__(self):
        self.requests = []
        self.answers = [(200, {"errcode": 0})]
        self.tokens = []
        self.hangs = threading.Event()
        self.server, self.url = None, ""

    @property
    def messages(self):
        """The bodies that were posted."""
        return [body for path, _headers, body in self.requests if body is not None]


@pytest.fixture
def gateway():
    """A server that keeps what it is told. It hands out WeCom tokens of its own."""
    heard = Heard()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            heard.requests.append((self.path, dict(self.headers), None))
            heard.tokens.append(f"token-{len(heard.tokens) + 1}")
            self._say(200, {"errcode": 0, "access_token": heard.tokens[-1], "expires_in": 7200})

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            heard.requests.append((self.path, dict(self.headers), body))
            status, content = heard.answers.pop(0) if len(heard.answers) > 1 else heard.answers[0]
            if status == 0:  # it falls silent once it has everything
                heard.hangs.wait(10)
                return
            self._say(status, content)

        def _say(self, status, content):
            text = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    heard.server, heard.url = server, f"http://127.0.0.1:{server.server_port}"
    yield heard
    heard.hangs.set()
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def set_up(app, **settings):
    before = {name: app.config[name] for name in settings}
    app.config.update(settings)
    try:
        yield
    finally:
        app.config.update(before)


@pytest.fixture
def by_sms(app, gateway):
    with set_up(app, SMS_URL=f"{gateway.url}/send", SMS_TOKEN="secret-token"):
        yield gateway


@pytest.fixture
def by_wecom(app, gateway):
    config = {"WECOM_URL": gateway.url, "WECOM_CORPORATION": "corp", "WECOM_AGENT": 7, "WECOM_SECRET": "sesame"}
    with set_up(app, **config):
        yield gateway


def told(world, channel, recipient=NUMBER):
    row = mail.send(world.system, recipient, "", "Something waits.", channel=channel, private=False)
    row_id = row.id
    session().commit()
    mail.go_round()  # if the wake-up call did not do it already
    session().expire_all()
    return session().get(OutgoingMessage, row_id)


def test_an_sms_is_posted_once_with_the_token_and_a_key_that_names_it(app, world, db_session, by_sms):
    row = told(world, Channel.sms)
    mail.go_round()
    assert row.state is MessageState.sent
    [(path, headers, body)] = by_sms.requests
    assert path == "/send"
    assert headers["Authorization"] == "Bearer secret-token"
    assert headers["Idempotency-Key"] == body["id"] == str(row.id)
    assert (body["to"], body["text"]) == (NUMBER, "Something waits.")


REFUSALS = [
    (400, MessageState.failed, Trouble.refused),
    (401, MessageState.waiting, Trouble.sign_in),
    (404, MessageState.waiting, Trouble.unreachable),
    (302, MessageState.waiting, Trouble.unreachable),
    (429, MessageState.waiting, Trouble.later),
    (503, MessageState.waiting, Trouble.later),
]


@pytest.mark.parametrize(("status", "state", "trouble"), REFUSALS, ids=[str(status) for status, _, _ in REFUSALS])
def test_a_refusal_of_the_gateway_means_what_its_status_says(app, world, db_session, by_sms, status, state, trouble):
    by_sms.answers = [(status, {})]
    row = told(world, Channel.sms)
    assert (row.state, row.trouble, len(by_sms.messages)) == (state, trouble, 1)


def test_a_gateway_that_falls_silent_after_it_has_everything_leaves_an_unsure_message(
    app, world, db_session, by_sms, monkeypatch
):
    monkeypatch.setattr(gateways, "SILENCE", 0.3)
    by_sms.answers = [(0, {})]
    row = told(world, Channel.sms)
    mail.go_round()
    assert (row.state, len(by_sms.messages)) == (MessageState.unsure, 1)


def test_a_gateway_that_is_gone_keeps_the_message_and_holds_no_other_channel_up(app, world, post, db_session):
    with set_up(app, SMS_URL="http://127.0.0.1:1/send", SMS_TOKEN="x"):
        row = told(world, Channel.sms)
        letter = mail.send(world.system, "boss@example.org", "Hello", "Text", private=False)
        session().commit()
        mail.go_round()
        session().expire_all()
        assert (row.state, row.trouble, row.handed_at) == (MessageState.waiting, Trouble.unreachable, None)
        assert letter.state is MessageState.sent
        assert post.recipients == ["boss@example.org"]


def test_a_channel_that_is_no_longer_set_up_is_told(app, world, db_session, by_sms):
    with set_up(app, SMS_URL=None):
        row = told(world, Channel.sms)
    assert (row.state, row.trouble) == (MessageState.failed, Trouble.unset)


def test_wecom_gets_a_text_from_our_application_to_one_account(app, world, db_session, by_wecom):
    by_wecom.answers = [(200, {"errcode": 0, "errmsg": "ok", "msgid": "m-1"})]
    row = told(world, Channel.wecom, "zhang")
    assert (row.state, row.answer) == (MessageState.sent, "m-1")
    [(asked, _, _), (sent, _, body)] = by_wecom.requests
    assert parse_qs(urlsplit(asked).query) == {"corpid": ["corp"], "corpsecret": ["sesame"]}
    assert parse_qs(urlsplit(sent).query) == {"access_token": ["token-1"]}
    assert (body["touser"], body["agentid"], body["msgtype"], body["text"]) == (
        "zhang",
        7,
        "text",
        {"content": "Something waits."},
    )


WECOM = [
    ({"errcode": 0, "invaliduser": "zhang"}, MessageState.failed, Trouble.address),
    ({"errcode": 81013, "errmsg": "user & party & tag all invalid"}, MessageState.failed, Trouble.address),
    ({"errcode": 45009, "errmsg": "api freq out of limit"}, MessageState.waiting, Trouble.later),
    ({"errcode": 60020, "errmsg": "not allow to access from your ip"}, MessageState.waiting, Trouble.sign_in),
    ({"errcode": 40008, "errmsg": "invalid message type"}, MessageState.failed, Trouble.refused),
]


@pytest.mark.parametrize(("answer", "state", "trouble"), WECOM, ids=[str(one[0]["errcode"]) + one[2] for one in WECOM])
def test_what_wecom_answers_is_told_apart(app, world, db_session, by_wecom, answer, state, trouble):
    by_wecom.answers = [(200, answer)]
    row = told(world, Channel.wecom, "zhang")
    assert (row.state, row.trouble) == (state, trouble)
    if "errmsg" in answer:
        assert answer["errmsg"] in row.answer


def test_a_token_that_is_over_is_fetched_anew_within_the_round(app, world, db_session, by_wecom):
    carrier = gateways.WeCom(by_wecom.url, "corp", 7, "sesame")
    by_wecom.answers = [(200, {"errcode": 0}), (200, {"errcode": 42001, "errmsg": "expired"}), (200, {"errcode": 0})]
    marks = []
    for _ in range(2):
        carrier.hand_over(world.people["manager"], "zhang", "Text", lambda: marks.append(1))
    assert by_wecom.tokens == ["token-1", "token-2"]
    assert len(marks) == 2


def test_wecom_without_a_token_is_in_trouble_and_has_no_message(app, world, db_session, by_wecom):
    app.config["WECOM_URL"] = "http://127.0.0.1:1"
    row = told(world, Channel.wecom, "zhang")
    assert (row.state, row.trouble, row.handed_at) == (MessageState.waiting, Trouble.unreachable, None)


def test_no_log_holds_a_secret(app, world, db_session, by_wecom, caplog):
    caplog.set_level(0)
    told(world, Channel.wecom, "zhang")
    by_wecom.answers = [(500, {})]
    told(world, Channel.wecom, "li")
    for secret in ("sesame", "token-1", "zhang"):
        assert secret not in caplog.text


def test_a_certificate_that_nobody_vouches_for_is_not_believed(app, world, db_session, gateway, tmp_path):
    gateway.server.socket = Certificate(tmp_path).context().wrap_socket(gateway.server.socket, server_side=True)
    with set_up(app, SMS_URL=gateway.url.replace("http:", "https:") + "/send", SMS_TOKEN="x"):
        row = told(world, Channel.sms)
    assert (row.state, row.trouble, gateway.requests) == (MessageState.waiting, Trouble.certificate, [])
