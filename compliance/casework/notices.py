"""Notices: who speaks for an enterprise, or leads the association, is told that something waits, and where to sign in.
Never what. By e-mail, SMS or WeCom, as the person chose and the association has it.

Nothing goes out before a release, and nothing about visits: the association's letters, returned answers and decisions
are all there is to tell of. The words are the same for all of them.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from compliance.associations import store as associations
from compliance.letters import rules as letter_rules
from compliance.people import store as people
from compliance.people import store_ties
from compliance.people.rules import PERMITS, Actor, Role
from compliance.referrals.store import Officer
from compliance.shared import addresses, bilingual, mail, outbox
from compliance.shared.outbox import Channel
from compliance.shared.words import LANGUAGES, N_, Text

RESTS = timedelta(minutes=10)
"""So long a notice of something returned or decided waits for others: who is told once is told of all of them."""
_SUBJECT = N_("%(association)s: something waits for you")
_TEXT = N_(
    "Something new waits for you on the pages of %(association)s.\n"
    "Sign in to see it:\n%(address)s\n\n"
    "For your protection this message says no more. Nobody of the association asks for your password."
)
_URGENT = N_("%(association)s: an urgent matter awaits you")
_URGENT_TEXT = N_(
    "%(association)s: an urgent matter awaits you. Open the product at once: %(address)s\nWhom to phone: %(phones)s"
)
_SHORT = N_("%(association)s: something new waits for you. Sign in to see it: %(address)s")


def letter_issued(actor: Actor, letter: Any) -> None:
    """A letter was issued: once to each person, about this letter. A referral is not the enterprise's to know of."""
    if letter.kind == letter_rules.REFERRAL:
        return
    _tell(actor, letter.enterprise_id, letter.id, "letter")


def something_waits(actor: Actor, enterprise_id: UUID, about_id: UUID) -> None:
    """An answer was returned, or a decision fell, about this. Who is about to get such a notice gets no second one."""
    _tell(actor, enterprise_id, about_id, "", rests=RESTS)


def leaders_look(actor: Actor, enterprise_id: UUID, about_id: UUID) -> None:
    """The association's leaders, but those with a tie to the enterprise, are told that something waits for them."""
    tied = people.tied_people(enterprise_id)
    leaders = (one for one in people.people_with_role(actor, Role.leader) if one.id not in tied)
    _send(actor, leaders, about_id, "", rests=RESTS)


def report_waits(actor: Actor, leader: Any, report_id: UUID, period: str) -> None:
    """A leader who asked for it is told once that the report of a period waits; without a figure, like every notice."""
    _send(actor, [leader], report_id, f"report-{period}", rests=timedelta(0))


def contacts_end(actor: Actor, enterprise_id: UUID, visit_id: UUID) -> None:
    """Who asks workers again, but for those with a tie, is told once that something waits: contacts end soon."""
    tied = people.tied_people(enterprise_id)
    asking = (one for one in people.people_with_role(actor, *PERMITS["interview.contact"]) if one.id not in tied)
    _send(actor, asking, visit_id, "contacts", rests=timedelta(0))


def complaints_wait(actor: Actor, officer: Any, day: date) -> None:
    """An officer is told at most once a day that something waits: complaints that are late. It does not say what."""
    _send(actor, [officer], actor.association_id, f"waits-{day}", rests=timedelta(0))


def _tell(actor: Actor, enterprise_id: UUID, about_id: UUID, kind: str, *, rests: timedelta = timedelta(0)) -> None:
    _send(actor, store_ties.managers_of(actor, [enterprise_id])[enterprise_id], about_id, kind, rests=rests)


def urgent(actor: Actor, officers: Iterable[Officer], case_id: UUID, time: int) -> None:
    """Officers are told that an urgent matter waits, and whom to phone; by every way that reaches them, and not what.

    ``time`` counts how often this case was told: each time is a message of its own.
    """
    known = list(officers)
    named = {one.id: one for one in people.people_with_role(actor, *PERMITS["danger.handle"])}
    association = associations.get(actor.association_id)
    phones = "; ".join(f"{one.name} {one.phone}" for one in known if one.phone) or "–"
    facts = {
        "association": Text(association.name_en, association.name_zh),
        "address": f"{addresses.base()}/",
        "phones": phones,
    }
    subject, text = bilingual.said(_URGENT, **facts), bilingual.said(_URGENT_TEXT, **facts)
    for one in known:
        person = named[one.person_id]
        where = {Channel.email: person.email or "", Channel.sms: person.mobile or "", Channel.wecom: person.wecom}
        for channel, recipient in where.items():
            if not recipient or (channel not in mail.channels() and channel is not Channel.email):
                continue
            mail.send(
                actor,
                recipient,
                " · ".join(subject.values()) if channel is Channel.email else "",
                "\n\n".join(text.values()),
                channel=channel,
                private=False,
                person_id=person.id,
                about_id=case_id,
                once=f"urgent:{case_id}:{person.id}:{channel.value}:{time}",
            )


def _send(actor: Actor, to: Iterable[Any], about_id: UUID, kind: str, *, rests: timedelta) -> None:
    association = associations.get(actor.association_id)
    facts = {"association": Text(association.name_en, association.name_zh), "address": f"{addresses.base()}/"}
    subject, text, short = (bilingual.said(words, **facts) for words in (_SUBJECT, _TEXT, _SHORT))
    for person in to:
        channel, recipient = way_to(person)
        if not recipient or (rests and outbox.rests_for(person.id)):
            continue
        languages = [person.language] if person.language in LANGUAGES else list(reversed(LANGUAGES))
        long = channel is Channel.email
        mail.send(
            actor,
            recipient,
            " · ".join(subject[language] for language in languages) if long else "",
            "\n\n".join(text[language] for language in languages)
            if long
            else "\n".join(short[language] for language in languages),
            channel=channel,
            private=False,
            person_id=person.id,
            about_id=about_id,
            once=f"{kind}:{about_id}:{person.id}" if kind else None,
            rests=rests,
        )


def way_to(person: Any) -> tuple[Channel, str]:
    """By what a person is told, and where: as they chose, else by what reaches them; an empty address if nothing does.

    An e-mail that no server carries still becomes a file that an administrator sees.
    """
    where = {Channel.email: person.email or "", Channel.sms: person.mobile or "", Channel.wecom: person.wecom}
    for channel in (person.notices_by, *Channel):
        if where[channel] and channel in mail.channels():
            return channel, where[channel]
    return Channel.email, where[Channel.email]
