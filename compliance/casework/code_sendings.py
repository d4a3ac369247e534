"""A version of the code of conduct is sent to members: the words in both languages, and the task that writes them.

A member's managers are told as they chose to be; a member without any is written to at its contact's address. That a
message was opened is not known, and not asked for. Each message is about one member and one sending, once: a task
that was killed goes on where it stopped, and nobody gets the same message twice.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from compliance.associations import store as associations
from compliance.casework import notices
from compliance.enterprises import store as enterprises
from compliance.enterprises import store_sendings
from compliance.people import store_ties
from compliance.people.rules import Actor, system_actor
from compliance.shared import addresses, audit, bilingual, jobs, mail
from compliance.shared.database import session
from compliance.shared.jobs import Run, job
from compliance.shared.outbox import Channel
from compliance.shared.words import LANGUAGES, N_, Text

JOB = "code.sending"
AT_ONCE = 100
LASTS = timedelta(days=7)
"""How long a message is tried: there are many of them, and none is urgent."""
_SUBJECT = N_("%(association)s: please pledge to version %(code)s of the code of conduct")
_AGAIN = N_("%(association)s: your pledge to version %(code)s of the code of conduct is outstanding")
_TEXT = N_(
    "%(association)s asks %(enterprise)s to pledge to version %(code)s of the code of conduct by %(day)s.\n"
    "A manager of the enterprise reads it and signs it here, signed in:\n%(address)s\n"
    "Who would rather sign on paper sends the signed paper to the association.\n\n"
    "Nobody of the association asks for your password."
)
_PAPER = N_(
    "%(association)s asks %(enterprise)s to pledge to version %(code)s of the code of conduct by %(day)s.\n"
    "Ask the association for the text, sign it, and send the signed paper back. Reach us: %(reach)s"
)
_SHORT = N_("%(association)s asks you to pledge to version %(code)s of the code of conduct by %(day)s: %(address)s")


@dataclass(frozen=True)
class Message:
    """What one reader gets, by language. ``short`` is for SMS and WeCom; empty for who has no account."""

    subject: dict[str, str]
    text: dict[str, str]
    short: dict[str, str]


def message(association: Any, name: str, code: str, by: date, *, account: bool, reminder: int = 0) -> Message:
    """The words of a message or reminder about one enterprise."""
    facts = {
        "association": Text(association.name_en, association.name_zh),
        "enterprise": name,
        "code": code,
        "day": by,
        "address": f"{addresses.base()}/own/",
        "reach": association.email or association.phone or "–",
    }
    return Message(
        bilingual.said(_AGAIN if reminder else _SUBJECT, **facts),
        bilingual.said(_TEXT if account else _PAPER, **facts),
        bilingual.said(_SHORT, **facts) if account else {},
    )


def start(actor: Actor, row: Any, title: str) -> None:
    """Have the messages written that are not written yet: the first ones, or the newest reminder."""
    task = jobs.enqueue(JOB, title, actor, sending_id=str(row.id), reminder=row.reminders)
    store_sendings.work_on(actor, row, task.id)


@job(JOB)
def write_all(run: Run, sending_id: str, reminder: int) -> dict[str, Any]:
    """Write what is not written yet, so many at once; what is committed stays, whatever is killed after it."""
    found = store_sendings.known(UUID(sending_id))
    actor = system_actor(found.association_id)
    total, done, count = store_sendings.left_to_write(found, reminder), 0, 0
    while chunk := store_sendings.unwritten(found, reminder, AT_ONCE):
        count += _write(actor, found, chunk, reminder)
        done += len(chunk)
        session().commit()
        run.progress(done, max(total, done))
    audit.record(actor, "code.messages_written", found, members=done, messages=count, reminder=reminder)
    return {"members": done, "messages": count}


def _write(actor: Actor, row: Any, chunk: Sequence[Any], reminder: int) -> int:
    """The messages of some members, into the outbox; how many there are."""
    association = associations.get(row.association_id)
    ids = [one.enterprise_id for one in chunk]
    managers, members = store_ties.managers_of(actor, ids), enterprises.several(actor, ids)
    count = 0
    for one in chunk:
        member = members[one.enterprise_id]
        ways: dict[tuple[Channel, str], Any] = {
            notices.way_to(person): person for person in managers[one.enterprise_id]
        }
        ways = {way: person for way, person in ways.items() if way[1]}
        if not ways and member.contact_email:
            ways = {(Channel.email, member.contact_email): None}
        for (channel, recipient), person in ways.items():
            words = message(
                association, member.name, row.code_version, row.answer_by, account=person is not None, reminder=reminder
            )
            _send(actor, one, channel, recipient, person, words, reminder)
        store_sendings.written(one, reminder, len(ways))
        count += len(ways)
    return count


def _send(actor: Actor, one: Any, channel: Channel, recipient: str, person: Any, words: Message, reminder: int) -> None:
    long = channel is Channel.email
    wanted = person.language if person is not None else ""
    languages = [wanted] if wanted in LANGUAGES else list(reversed(LANGUAGES))
    to = hashlib.sha256(f"{channel.value}:{recipient}".encode()).hexdigest()[:32]
    mail.send(
        actor,
        recipient,
        " · ".join(words.subject[language] for language in languages) if long else "",
        "\n\n".join(words.text[language] for language in languages)
        if long
        else "\n".join(words.short[language] for language in languages),
        channel=channel,
        private=False,
        person_id=person.id if person is not None else None,
        about_id=one.id,
        once=f"code:{one.id}:{reminder}:{to}",
        lasts=LASTS,
        hurry=False,
    )
