"""The outbox: every message with where it stands. Rows alone tell it, so that nothing rests on a process that lives.

A message is claimed before its server hears of it, and marked once more in the instant before its text is handed over.
A worker that is killed before that mark leaves a message that certainly did not leave: it is taken up again. One that
is killed after it leaves a message of which nobody can say whether it left. That one is **not** sent again by itself
(rather unsent than sent twice): it is shown as unsure, and a person decides. What names it to the receiving side is
made of its row's id, so that a second hand-over is known for what it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import sqlmodel
from sqlmodel import SQLModel, col

from compliance.shared import clock, database
from compliance.shared.audit import Writer, audited
from compliance.shared.postman import Trouble
from compliance.shared.problems import Conflict, NotFound, Problem
from compliance.shared.words import N_

PAGE = 50
LASTS = timedelta(days=1)
"""How long a message is tried, unless its sender said otherwise."""
ABANDONED = timedelta(minutes=5)
"""After so long a claim is nobody's any more; several times what handing over may take."""
_REST = timedelta(seconds=45)
_PAUSES = tuple(timedelta(minutes=m) for m in (1, 2, 5, 10, 20, 30, 60))
_OF_SERVER = (  # trouble that the next message would have too
    Trouble.unreachable,
    Trouble.silent,
    Trouble.certificate,
    Trouble.unencrypted,
    Trouble.sign_in,
    Trouble.busy,
)


class Channel(StrEnum):
    """By what a message goes."""

    email = "email"
    sms = "sms"
    wecom = "wecom"


class MessageState(StrEnum):
    """Where a message stands."""

    waiting = "waiting"
    claimed = "claimed"
    sent = "sent"
    filed = "filed"
    failed = "failed"
    unsure = "unsure"
    bounced = "bounced"


class OutgoingMessage(SQLModel, table=True):
    """One message. The text of a ``private`` one (it may hold a way in) is shown to nobody and forgotten at its end.

    ``recipient`` is an e-mail address, a mobile number (E.164) or a WeCom account, by ``channel``. ``once`` is what it
    is about, and for whom: a second message with the same is not written. ``next_try_at`` is set while
    it waits, ``claimed_at`` while somebody hands it over, ``handed_at`` from the instant before its text leaves.
    """

    __tablename__ = "outgoing_message"
    __table_args__ = (
        sa.CheckConstraint("(state = 'waiting') = (next_try_at IS NOT NULL)", name="tried_while_it_waits"),
        sa.CheckConstraint("(state = 'claimed') = (claimed_at IS NOT NULL)", name="claimed_by_somebody"),
        sa.CheckConstraint("(state = 'bounced') = (bounced_at IS NOT NULL)", name="bounced_by_a_note"),
        {"info": {"audit": False}},
    )
    id: UUID = database.primary_id()
    association_id: UUID | None = database.loose_id(index=True)
    person_id: UUID | None = database.loose_id(index=True)
    about_id: UUID | None = database.loose_id(index=True)
    once: str | None = database.text_column(120, nullable=True, unique=True)
    channel: Channel = database.enum_column(Channel, Channel.email)
    recipient: str = database.text_column(254)
    subject: str = database.text_column(300)
    body: str = database.text_column(20000)
    private: bool = True
    state: MessageState = database.enum_column(MessageState, MessageState.waiting, index=True)
    attempts: int = 0
    trouble: Trouble | None = database.enum_column(Trouble, nullable=True)
    answer: str = database.text_column(500)
    created_at: datetime = database.moment(default_now=True)
    give_up_at: datetime = database.moment()
    next_try_at: datetime | None = database.moment(nullable=True, index=True)
    tried_at: datetime | None = database.moment(nullable=True)
    claimed_at: datetime | None = database.moment(nullable=True)
    handed_at: datetime | None = database.moment(nullable=True)
    sent_at: datetime | None = database.moment(nullable=True)
    bounced_at: datetime | None = database.moment(nullable=True)
    bounced_by: UUID | None = database.loose_id()
    bounce_reason: str = database.text_column(500)


NEW: dict[str, Any] = {"state": MessageState.waiting, "attempts": 0, "answer": "", "bounce_reason": ""}
"""What every new message has in common."""


@dataclass(frozen=True)
class Claimed:
    """What is handed over, read once: no transaction stays open meanwhile."""

    id: UUID
    channel: Channel
    recipient: str
    subject: str
    body: str
    written_at: datetime


def pause(attempts: int) -> timedelta:
    """How long to wait after so many attempts: a minute, then longer each time, an hour from the seventh on."""
    return _PAUSES[min(max(attempts, 1), len(_PAUSES)) - 1]


# --- handing over: each of these is a step that the round commits -------------------------------------------------


def due() -> Sequence[tuple[UUID, Channel]]:
    """What may be tried now, longest waiting first; nothing for a moment where the channel's server was in trouble."""
    now, table = clock.now(), OutgoingMessage
    waiting = col(table.state) == MessageState.waiting
    rests = sqlmodel.select(table.channel).where(
        waiting, col(table.trouble).in_(_OF_SERVER), col(table.tried_at) > now - _REST
    )
    resting = set(database.session().exec(rests.distinct()).all())
    query = sqlmodel.select(table.id, table.channel).where(waiting, col(table.next_try_at) <= now)
    if resting:
        query = query.where(col(table.channel).not_in(resting))
    found = database.session().exec(query.order_by(col(table.next_try_at), col(table.created_at)).limit(500))
    return [(message_id, Channel(channel)) for message_id, channel in found]


def claim(message_id: UUID) -> Claimed | None:
    """Take a message that waits for oneself; None when somebody else was quicker."""
    now, table = clock.now(), OutgoingMessage
    taken = _move(
        table.id == message_id,
        table.state == MessageState.waiting,
        state=MessageState.claimed,
        claimed_at=now,
        tried_at=now,
        next_try_at=None,
        attempts=table.attempts + 1,
    )
    if not taken:
        return None
    row = database.session().get_one(table, message_id, populate_existing=True)
    return Claimed(row.id, row.channel, row.recipient, row.subject, row.body, row.created_at)


def handing(message_id: UUID) -> bool:
    """Note that the text leaves now; false when the claim is no longer ours, and it must not."""
    now, table = clock.now(), OutgoingMessage
    fresh = col(table.claimed_at) > now - ABANDONED
    return bool(_move(table.id == message_id, table.state == MessageState.claimed, fresh, handed_at=now))


def left(message_id: UUID, answer: str, *, filed: bool = False) -> None:
    """The server has it, or (``filed``) the folder."""
    _end(message_id, MessageState.filed if filed else MessageState.sent, None, answer)


def unsure(message_id: UUID) -> None:
    """All of it was handed over, and no answer came."""
    _end(message_id, MessageState.unsure, Trouble.unsure, "")


def stayed(message_id: UUID, trouble: Trouble, answer: str, *, lasting: bool) -> MessageState:
    """It did not leave: it waits for another try, or has failed (``lasting``, or its time is over)."""
    row = database.session().get_one(OutgoingMessage, message_id, populate_existing=True)
    again = clock.now() + pause(row.attempts)
    if lasting or again > row.give_up_at:
        _end(message_id, MessageState.failed, trouble, answer)
        return MessageState.failed
    _move(
        OutgoingMessage.id == message_id,
        state=MessageState.waiting,
        next_try_at=again,
        claimed_at=None,
        handed_at=None,
        trouble=trouble,
        answer=answer,
    )
    return MessageState.waiting


def take_up_abandoned() -> None:
    """Claims whose worker died: what was not being handed over waits again, the rest is unsure."""
    table = OutgoingMessage
    old = (table.state == MessageState.claimed, col(table.claimed_at) < clock.now() - ABANDONED)
    _move(*old, col(table.handed_at).is_(None), state=MessageState.waiting, next_try_at=clock.now(), claimed_at=None)
    query = sqlmodel.select(table.id).where(*old, col(table.handed_at).is_not(None))
    for message_id in database.session().exec(query).all():
        unsure(message_id)


def came_back() -> int:
    """The database is a copy of an earlier day: what waited in it may have left since, and is not sent by itself.

    How many messages wait for a person to decide. The change stands on the trail only if the caller puts it there.
    """
    query = sqlmodel.select(OutgoingMessage.id).where(
        col(OutgoingMessage.state).in_((MessageState.waiting, MessageState.claimed))
    )
    found = database.session().exec(query).all()
    for message_id in found:
        unsure(message_id)
    return len(found)


def _end(message_id: UUID, state: MessageState, trouble: Trouble | None, answer: str) -> None:
    table = OutgoingMessage
    _move(
        table.id == message_id,
        state=state,
        trouble=trouble,
        answer=answer,
        claimed_at=None,
        next_try_at=None,
        sent_at=clock.now() if state in (MessageState.sent, MessageState.filed) else None,
        body=sa.case((col(table.private), ""), else_=table.body),
    )


def _move(*where: Any, **values: Any) -> Sequence[UUID]:
    statement = sa.update(OutgoingMessage).where(*where).values(**values).returning(col(OutgoingMessage.id))
    statement = statement.execution_options(synchronize_session=False)
    return list(database.session().execute(statement).scalars())


# --- for the administrator ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outgoing:
    """One page of the list, newest first, and how many messages of the association stand where."""

    rows: Sequence[OutgoingMessage]
    counts: dict[MessageState, int]
    total: int
    page: int
    pages: int


def listed(
    actor: Writer,
    *,
    text: str = "",
    state: MessageState | None = None,
    channel: Channel | None = None,
    page: int = 1,
) -> Outgoing:
    """The association's messages. ``text`` is looked for in recipients and subjects."""
    table = OutgoingMessage
    ours = col(table.association_id) == actor.association_id
    where = [ours, *([col(table.state) == state] if state else [])]
    if channel:
        where.append(col(table.channel) == channel)
    for word in text.lower().split():
        fields = (table.recipient, table.subject)
        where.append(sa.or_(*(col(f).icontains(word, autoescape=True) for f in fields)))
    total = database.session().execute(sa.select(sa.func.count()).select_from(table).where(*where)).scalar_one()
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    query = sqlmodel.select(table).where(*where).order_by(col(table.created_at).desc(), col(table.id))
    rows = database.session().exec(query.limit(PAGE).offset((page - 1) * PAGE)).all()
    grouped = sa.select(col(table.state), sa.func.count()).where(ours).group_by(col(table.state))
    return Outgoing(rows, {row[0]: row[1] for row in database.session().execute(grouped)}, total, page, pages)


def get(actor: Writer, message_id: UUID) -> OutgoingMessage:
    """A message of the actor's association. Raises ``NotFound``."""
    row = database.session().get(OutgoingMessage, message_id)
    if row is None or row.association_id != actor.association_id:
        raise NotFound("mail-unknown", N_("There is no such message."))
    return row


def about(about_id: UUID) -> Sequence[OutgoingMessage]:
    """The messages about one thing, oldest first."""
    query = sqlmodel.select(OutgoingMessage).where(OutgoingMessage.about_id == about_id)
    return database.session().exec(query.order_by(col(OutgoingMessage.created_at))).all()


def states_about(about_ids: Sequence[UUID]) -> dict[UUID, list[MessageState]]:
    """Where the messages about each of these stand."""
    table = OutgoingMessage
    query = sqlmodel.select(table.about_id, table.state).where(col(table.about_id).in_(about_ids))
    found: dict[UUID, list[MessageState]] = {one: [] for one in about_ids}
    for about_id, state in database.session().exec(query):
        if about_id is not None:
            found[about_id].append(MessageState(state))
    return found


def rests_for(person_id: UUID) -> bool:
    """Whether a notice to this person still rests before it leaves."""
    table = OutgoingMessage
    query = sqlmodel.select(table.id).where(
        table.person_id == person_id,
        table.state == MessageState.waiting,
        table.attempts == 0,
        col(table.next_try_at) > clock.now(),
    )
    return database.session().exec(query.limit(1)).first() is not None


ENDED_BADLY = (MessageState.failed, MessageState.unsure, MessageState.bounced)


def may_retry(row: OutgoingMessage) -> bool:
    """Whether it can be tried once more: it did not arrive for certain, and its text is still there."""
    return bool(row.body) and row.state in (MessageState.waiting, *ENDED_BADLY)


@audited("mail.retried")
def retry(actor: Writer, row: OutgoingMessage) -> OutgoingMessage:
    """Try once more, for as long as a new message would be. Raises ``Conflict`` where that cannot be done."""
    if not may_retry(row):
        raise Conflict("mail-no-retry", N_("This message cannot be sent again."))
    now = clock.now()
    row.state, row.next_try_at, row.give_up_at = MessageState.waiting, now, max(row.give_up_at, now + LASTS)
    row.attempts, row.trouble, row.answer, row.handed_at = 0, None, "", None
    row.bounced_at, row.bounced_by, row.bounce_reason = None, None, ""
    database.session().flush()
    return row


@audited("mail.bounced")
def note_bounced(actor: Writer, row: OutgoingMessage, reason: str) -> OutgoingMessage:
    """Note by hand that a message came back. Raises ``Conflict`` if it never left, ``Problem`` without a reason."""
    if row.state not in (MessageState.sent, MessageState.unsure):
        raise Conflict("mail-not-sent", N_("Only a message that left can come back."))
    if not reason.strip():
        raise Problem("mail-reason", N_("Please give a reason."), field="reason")
    row.state, row.bounced_at, row.bounced_by = MessageState.bounced, clock.now(), actor.person_id
    row.bounce_reason = reason.strip()[:500]
    database.session().flush()
    return row


@audited("mail.arrived")
def note_arrived(actor: Writer, row: OutgoingMessage) -> OutgoingMessage:
    """Take a note that it came back away, or settle that an unsure one arrived. Raises ``Conflict`` for others."""
    if row.state not in (MessageState.bounced, MessageState.unsure):
        raise Conflict("mail-not-sent", N_("Only a message that left can have arrived."))
    row.state, row.sent_at = MessageState.sent, row.sent_at or row.handed_at or clock.now()
    row.bounced_at, row.bounced_by, row.bounce_reason, row.trouble = None, None, "", None
    database.session().flush()
    return row
