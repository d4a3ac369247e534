"""Messages: written into the outbox with the work that causes them, handed over by a round of the worker afterwards.

Nothing waits for a server, and nothing is sent by a request that fails. An e-mail goes to a mail server, a short
message to an SMS gateway or to WeCom. Without ``COMPLIANCE_MAIL_URL`` an e-mail becomes a file in the ``outbox``
folder of the instance, where an administrator sees it; but nothing that holds a way in lies in a folder: whoever has
such a thing to send asks ``is_set_up`` first, and shows it on the screen instead.
"""

import time
from datetime import timedelta
from email import policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import current_app

from compliance.shared import clock, database, gateways, ids, jobs, outbox, postman
from compliance.shared.audit import Writer
from compliance.shared.outbox import Channel, Claimed, OutgoingMessage
from compliance.shared.postman import Server, Trouble
from compliance.shared.problems import Conflict
from compliance.shared.words import N_

SEVEN_BITS = policy.SMTP.clone(cte_type="7bit")
"""How texts are written: in characters that every server on the way takes."""
_LONGEST_ROUND = 50.0  # seconds; letters are printed by the same worker


def is_set_up() -> bool:
    """Whether a mail server carries mail to people (and not only into a folder of this machine)."""
    return bool(current_app.config.get("MAIL_URL"))


def channels() -> frozenset[Channel]:
    """The channels that reach people."""
    config = current_app.config
    set_up = {Channel.email: is_set_up(), Channel.sms: config.get("SMS_URL"), Channel.wecom: config.get("WECOM_SECRET")}
    return frozenset(channel for channel, there in set_up.items() if there)


def folder() -> Path:
    """Where mails become files while there is no mail server."""
    return Path(current_app.instance_path) / "outbox"


def send(
    actor: Writer,
    recipient: str,
    subject: str,
    body: str,
    *,
    channel: Channel = Channel.email,
    private: bool = True,
    person_id: UUID | None = None,
    about_id: UUID | None = None,
    once: str | None = None,
    lasts: timedelta = outbox.LASTS,
    rests: timedelta = timedelta(0),
    hurry: bool = True,
) -> OutgoingMessage | None:
    """Put a plain-text message into the outbox; it leaves once the request's transaction is committed.

    A short message has no subject. The text of a ``private`` one is shown to nobody and forgotten at its end: such a
    message needs a server, and raises ``Conflict`` without one. ``once`` says what it is about and for whom: the
    second time nothing is written, and None returned. It ``rests`` before it leaves, and is tried for as
    long as it ``lasts``. Without ``hurry`` it leaves with the next round of the worker: for many at once.
    """
    if private and channel not in channels():
        raise Conflict("mail-unset", N_("No mail server is set up."))
    now = clock.now()
    row = {
        "id": ids.random_id(),
        "association_id": actor.association_id,
        "person_id": person_id,
        "about_id": about_id,
        "once": once,
        "channel": channel,
        "recipient": recipient,
        "subject": " ".join(subject.split())[:300],
        "body": body,
        "private": private,
        "created_at": now,
        "next_try_at": now + rests,
        "give_up_at": now + rests + lasts,
    }
    for name, value in outbox.NEW.items():
        row.setdefault(name, value)
    written = database.insert_new(sa.inspect(OutgoingMessage).local_table, [row])
    if not written:
        return None
    if hurry:
        wake(actor)
    return database.session().get_one(OutgoingMessage, written[0])


def wake(actor: Writer) -> None:
    """Have the outbox looked at once the transaction is committed."""
    jobs.enqueue("mail", "Mail", actor)


@jobs.job("mail")
def _woken(_run: jobs.Run) -> dict[str, Any]:
    go_round()
    return {}


@jobs.each_minute
def go_round() -> None:
    """Hand over everything that is due. Commits step by step: no transaction is open while a server takes its time.

    Where a channel's server as such is in trouble the round ends for that channel, and what is due stays due.
    """
    session, begun = database.session(), time.monotonic()
    outbox.take_up_abandoned()
    waiting = outbox.due()
    session.commit()
    short: dict[Channel, gateways.Gateway] = {}
    in_trouble: set[Channel] = set()
    with postman.Line(_server()) as line:
        for message_id, channel in waiting:
            if time.monotonic() - begun > _LONGEST_ROUND:
                return
            if channel in in_trouble:
                continue
            claimed = outbox.claim(message_id)
            session.commit()
            if claimed is None:
                continue
            try:
                if channel is Channel.email:
                    _carry(claimed, line)
                else:
                    _carry_short(claimed, short)
            except postman.Unreachable as error:
                _keep_trouble(claimed, error, lasting=False)
                in_trouble.add(channel)
            except postman.TurnedAway as error:
                _keep_trouble(claimed, error, lasting=error.lasting)
            except postman.Unsure:
                outbox.unsure(claimed.id)
                session.commit()
                current_app.logger.warning("message %s may have left: the server did not say", claimed.id)


def _server() -> Server | None:
    config = current_app.config
    if not is_set_up():
        return None
    return Server(config["MAIL_URL"], encrypted=config["MAIL_TLS"] == "required", authority=config["MAIL_AUTHORITY"])


def _carry(mail: Claimed, line: postman.Line) -> None:
    session = database.session()
    message, recipient = _message(mail)
    if line.server is None:
        postman.file_away(folder(), f"{mail.written_at:%Y%m%dT%H%M%SZ}-{mail.id}.eml", message)
        outbox.left(mail.id, "", filed=True)
        session.commit()
        return

    sender = postman.wire_address(current_app.config["MAIL_FROM"])
    answer = line.conversation().hand_over(sender, recipient, message, lambda: _about_to(mail))
    outbox.left(mail.id, answer)
    session.commit()


def _carry_short(message: Claimed, gateways_of_round: dict[Channel, gateways.Gateway]) -> None:
    if message.channel not in gateways_of_round:
        gateways_of_round[message.channel] = _gateway(message.channel)
    gateway = gateways_of_round[message.channel]
    answer = gateway.hand_over(message.id, message.recipient, message.body, lambda: _about_to(message))
    outbox.left(message.id, answer)
    database.session().commit()


def _gateway(channel: Channel) -> gateways.Gateway:
    config = current_app.config
    if channel not in channels():
        raise postman.TurnedAway(Trouble.unset, lasting=True)
    if channel is Channel.sms:
        return gateways.SmsGateway(config["SMS_URL"], config["SMS_TOKEN"])
    return gateways.WeCom(
        config["WECOM_URL"], config["WECOM_CORPORATION"], config["WECOM_AGENT"], config["WECOM_SECRET"]
    )


def _about_to(message: Claimed) -> None:
    ours = outbox.handing(message.id)
    database.session().commit()
    if not ours:
        raise postman.Unreachable(Trouble.silent)


def _keep_trouble(mail: Claimed, error: postman.Undelivered, *, lasting: bool) -> None:
    database.session().rollback()
    state = outbox.stayed(mail.id, error.trouble, error.words, lasting=lasting)
    database.session().commit()
    # The server's words may repeat an address: they are kept with the mail, and no log has them.
    current_app.logger.warning("message %s: %s, %s", mail.id, error.trouble.value, state.value)


def _message(mail: Claimed) -> tuple[EmailMessage, str]:
    recipient = postman.wire_address(mail.recipient)
    sender = postman.wire_address(current_app.config["MAIL_FROM"])
    message = EmailMessage(SEVEN_BITS)
    try:
        for header, address in (("From", sender), ("To", recipient)):
            name, _, domain = address.rpartition("@")
            message[header] = Address(username=name, domain=domain)
    except (MessageError, ValueError, IndexError):
        raise postman.TurnedAway(Trouble.address, lasting=True) from None
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.written_at)
    # The same at each attempt: whoever gets it twice can tell.
    message["Message-ID"] = f"<{mail.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    return message, recipient
