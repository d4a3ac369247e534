"""Mail: kept in the database with the work that causes it, sent by a job afterwards, optional everywhere.

Nothing waits for a mail server, and nothing is sent by a request that fails. Without ``COMPLIANCE_MAIL_URL`` there is
no mail at all: whoever offers to send one asks ``is_set_up`` first.
"""

import smtplib
import ssl
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from enum import StrEnum
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

from flask import current_app
from sqlmodel import SQLModel

from compliance.shared import clock, database, jobs
from compliance.shared.audit import Writer
from compliance.shared.problems import Conflict
from compliance.shared.words import N_

TIMEOUT = 20  # seconds for each answer of the mail server


class MailState(StrEnum):
    """Where a mail stands."""

    waiting = "waiting"
    sent = "sent"


class OutgoingMail(SQLModel, table=True):
    """One mail. Its text is forgotten once it is sent: it may hold a way in."""

    __tablename__ = "outgoing_mail"
    __table_args__ = {"info": {"audit": False}}
    id: UUID = database.primary_id()
    association_id: UUID | None = database.loose_id(index=True)
    recipient: str = database.text_column(254)
    subject: str = database.text_column(300)
    body: str = database.text_column(20000)
    state: MailState = database.enum_column(MailState, MailState.waiting, index=True)
    created_at: datetime = database.moment(default_now=True)
    sent_at: datetime | None = database.moment(nullable=True)


def is_set_up() -> bool:
    """Whether there is a mail server to send by."""
    return bool(current_app.config.get("MAIL_URL"))


def send(actor: Writer, recipient: str, subject: str, body: str) -> OutgoingMail:
    """Put a plain-text mail into the outbox; it leaves once the request's transaction is committed.

    Raises ``Conflict`` when no mail server is set up.
    """
    if not is_set_up():
        raise Conflict("mail-unset", N_("No mail server is set up."))
    row = OutgoingMail(
        association_id=actor.association_id,
        recipient=recipient,
        subject=" ".join(subject.split())[:300],
        body=body,
        created_at=clock.now(),
    )
    session = database.session()
    session.add(row)
    session.flush()
    jobs.enqueue("mail", "Mail", actor, mail_id=str(row.id))
    return row


@jobs.job("mail")
def deliver(_run: jobs.Run, mail_id: str) -> dict[str, Any]:
    """Hand one mail to the server. Tried again when that fails; sent twice rather than never."""
    session = database.session()
    row = session.get(OutgoingMail, UUID(mail_id))
    if row is None or row.state == MailState.sent:
        return {}
    message = _message(row)
    session.rollback()  # no transaction stays open while the server takes its time
    _hand_over(message)
    row = session.get_one(OutgoingMail, UUID(mail_id))
    row.state, row.sent_at, row.body = MailState.sent, clock.now(), ""
    return {}


def _message(row: OutgoingMail) -> EmailMessage:
    message = EmailMessage()
    message["From"] = Address(addr_spec=current_app.config["MAIL_FROM"])
    message["To"] = Address(addr_spec=row.recipient)
    message["Subject"] = row.subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = make_msgid(str(row.id), domain=current_app.config["MAIL_FROM"].rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(row.body)
    return message


def _hand_over(message: EmailMessage) -> None:
    address = urlsplit(current_app.config["MAIL_URL"])
    secure = address.scheme == "smtps"
    host, port = address.hostname or "localhost", address.port or (465 if secure else 25)
    context = ssl.create_default_context()
    server: smtplib.SMTP = (
        smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=context)
        if secure
        else smtplib.SMTP(host, port, timeout=TIMEOUT)
    )
    with server:
        server.ehlo()
        if not secure and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        if address.username:
            server.login(unquote(address.username), unquote(address.password or ""))
        server.send_message(message)
