"""Keeping interviews under seal, reading them, telling counts of them, and asking again.

Every function takes a visit that the caller has found within the actor's scope. Nothing here knows who was asked.
"""

import json
import secrets
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from uuid import UUID

import sqlmodel
from sqlmodel import col

from compliance.checklists import parse
from compliance.checklists import store as checklists
from compliance.checklists.interviews import InterviewForm, Setting
from compliance.checklists.parse_interviews import read_interviews
from compliance.checklists.reader import Reader
from compliance.checklists.source import read_yaml
from compliance.interviews import records, rules
from compliance.interviews.models import Interview, InterviewAgain, InterviewContact, InterviewDoor, InterviewTold
from compliance.interviews.records import Record
from compliance.interviews.rules import Count, Says, Told
from compliance.people.rules import Actor
from compliance.shared import audit, database, envelopes, places, sealed_keys
from compliance.shared.audit import audited
from compliance.shared.crypto import SealBroken
from compliance.shared.database import session
from compliance.shared.problems import Conflict, Problem
from compliance.shared.sealed_keys import SealedKey
from compliance.shared.words import N_, clean

_ANSWERS, CONTACTS = "interview", "interview_contact"
"""Purposes of the two keys of a visit: destroying the contacts leaves the answers, and the other way round."""


@cache
def form() -> InterviewForm:
    """What is said and asked in interviews. Raises BrokenChecklist if the file is broken."""
    reader = Reader()
    for name, data in checklists.read_folder(places.checklists_dir()).items():
        root = read_yaml(name, data, reader.complaints.append)
        if root is not None and "interviews" in root.values and (found := read_interviews(reader, root)) is not None:
            return found
    raise parse.BrokenChecklist(tuple(reader.complaints))


# -- keeping -----------------------------------------------------------------------------------------------------------


def door(actor: Actor, visit_id: UUID, today: date) -> InterviewDoor:
    """The keys of a visit's interviews, made when they are first asked for. Raises ``KeyDestroyed``."""
    return session().get(InterviewDoor, visit_id) or _made(actor, visit_id, today)


def has_door(visit_id: UUID) -> bool:
    """Whether the keys of a visit's interviews are made already."""
    return session().get(InterviewDoor, visit_id) is not None


@audited("interview.door")
def _made(actor: Actor, visit_id: UUID, today: date) -> InterviewDoor:
    last = today + timedelta(days=form().periods_of(today).answers_days)
    key = sealed_keys.made(actor, _ANSWERS, visit_id, destroy_on=last)
    private, public = envelopes.new_pair()
    row = {"visit_id": visit_id, "public_key": public, "private_key": sealed_keys.seal(key, _door(visit_id), private)}
    database.insert_new_of(InterviewDoor.__table__, row, ("visit_id",))  # type: ignore[attr-defined]
    found = session().get(InterviewDoor, visit_id)
    assert found is not None, "a door that was just made is there"
    return found


def close(actor: Actor, visit_id: UUID, id: UUID, record: Record, today: date) -> Interview:
    """Put an interview into its envelope and keep it (audited as ``keep``). Raises as ``keep``."""
    public = door(actor, visit_id, today).public_key
    return keep(actor, visit_id, id, envelopes.close(public, _label(visit_id, id), records.written(record)), today)


@audited("interview.kept")
def keep(actor: Actor, visit_id: UUID, id: UUID, envelope: bytes, today: date) -> Interview:
    """Keep an interview in its envelope; the same one again changes nothing.

    It is opened once, to see that it can be read. Raises ``Problem`` where it cannot, ``Conflict`` for another one
    under the same id, and ``KeyDestroyed``.
    """
    held = session().get(Interview, id)
    if held is not None:
        if held.visit_id != visit_id or held.envelope != envelope:
            raise Conflict("interview-differs", N_("There is another interview with this id already."))
        return held
    record = _opened(_private(visit_id), visit_id, id, envelope)
    row = Interview(
        id=id,
        visit_id=visit_id,
        setting=record.setting,
        envelope=envelope,
        entered_on=today,
        entered_by=actor.person_id,
    )
    session().add(row)
    session().flush()
    return row


def kept(visit_id: UUID) -> dict[Setting, int]:
    """How many interviews of each setting a visit has."""
    query = sqlmodel.select(Interview.setting, sqlmodel.func.count()).where(Interview.visit_id == visit_id)
    return {Setting(setting): number for setting, number in session().exec(query.group_by(Interview.setting))}


def read(actor: Actor, visit_id: UUID) -> list[Record]:
    """Open all interviews of a visit; the look is on the audit trail. Raises ``KeyDestroyed``.

    They come in no order that tells when somebody was asked.
    """
    found = _records(visit_id)
    audit.record(actor, "interview.read", session().get(InterviewDoor, visit_id), interviews=len(found))
    return found


def _records(visit_id: UUID) -> list[Record]:
    rows = session().exec(sqlmodel.select(Interview).where(Interview.visit_id == visit_id)).all()
    if not rows:
        return []
    private = _private(visit_id)
    return [_opened(private, visit_id, row.id, row.envelope) for row in sorted(rows, key=lambda row: row.id)]


def _private(visit_id: UUID) -> bytes:
    row, key = session().get(InterviewDoor, visit_id), sealed_keys.of(_ANSWERS, visit_id)
    if row is None or key is None:
        raise Problem("interview-no-door", N_("No interview of this visit has begun."))
    return sealed_keys.unseal(key, _door(visit_id), row.private_key)


def _opened(private: bytes, visit_id: UUID, id: UUID, envelope: bytes) -> Record:
    """What is in an envelope: a finished record, or what a tablet entered, which becomes one."""
    try:
        clear = envelopes.open_with(private, _label(visit_id, id), envelope)
        raw = json.loads(clear)
    except (SealBroken, ValueError):
        raise _unreadable() from None
    return records.read(clear) if isinstance(raw, dict) and "given" in raw else records.made(form(), raw)


def _unreadable() -> Problem:
    return Problem("interview-unreadable", N_("This interview does not open with the key of its visit."))


def _door(visit_id: UUID) -> str:
    return f"interview_door {visit_id}"


def _label(visit_id: UUID, id: UUID) -> str:
    return f"interview {visit_id} {id}"


# -- telling counts ----------------------------------------------------------------------------------------------------


@audited("interview.told")
def tell(actor: Actor, visit_id: UUID) -> list[InterviewTold]:
    """Tell the counts of a visit that are far enough from all that were told before. Raises ``KeyDestroyed``."""
    key = sealed_keys.of(_ANSWERS, visit_id)
    if key is None:
        return []
    bases: dict[str, list[Count]] = {}
    for row in _told([visit_id]):
        asked, told = json.loads(sealed_keys.unseal(key, _basis(row.id), row.basis))
        bases.setdefault(row.question, []).append(Count(asked, told))
    rows = []
    for question, count in true_counts(visit_id).items():
        before = bases.get(question, [])
        if count in before or not rules.may_replace(before, count):
            continue
        said = rules.tell(count)
        row = InterviewTold(
            visit_id=visit_id,
            question=question,
            number=len(before) + 1,
            says=said.says,
            asked=said.asked,
            told=said.told,
            basis=b"",
            by=actor.person_id,
        )
        row.basis = sealed_keys.seal(key, _basis(row.id), json.dumps([count.asked, count.told]).encode())
        rows.append(row)
    session().add_all(rows)
    session().flush()
    return rows


def answered(visit_id: UUID) -> set[tuple[str, str]]:
    """What was answered at all, as question and answer, told by nobody and no number of people: for signs of danger.

    Empty once the key is destroyed.
    """
    try:
        return {(one.question, one.answer) for record in _records(visit_id) for one in record.given}
    except sealed_keys.KeyDestroyed:
        return set()


def true_counts(visit_id: UUID) -> dict[str, Count]:
    """The true counts of a visit by question; only for deciding what may be told."""
    return records.counted(_records(visit_id))


def told(visit_ids: Sequence[UUID]) -> dict[UUID, dict[str, Told]]:
    """What was told last of each question, by visit. The caller has found the visits within the actor's scope."""
    found: dict[UUID, dict[str, Told]] = {}
    for row in _told(visit_ids):
        found.setdefault(row.visit_id, {})[row.question] = Told(Says(row.says), row.asked, row.told)
    return found


def visits_told() -> list[UUID]:
    """The visits of which anything was told; the caller leaves out those beyond the actor's scope."""
    return list(session().exec(sqlmodel.select(InterviewTold.visit_id).distinct()))


def _told(visit_ids: Iterable[UUID]) -> list[InterviewTold]:
    query = sqlmodel.select(InterviewTold).where(col(InterviewTold.visit_id).in_(list(visit_ids)))
    return list(session().exec(query.order_by(col(InterviewTold.number))))


def _basis(id: UUID) -> str:
    return f"interview_told {id}"


# -- against reprisals -------------------------------------------------------------------------------------------------


@audited("interview.contact_kept")
def keep_contact(actor: Actor, visit_id: UUID, said: str, today: date) -> InterviewContact:
    """Keep how somebody who agreed can be asked again; it ends with its key. Raises ``KeyDestroyed``."""
    key = _contacts_key(actor, visit_id, today)
    row = InterviewContact(visit_id=visit_id, sealed=b"", entered_on=today, entered_by=actor.person_id)
    row.sealed = sealed_keys.seal(key, f"interview_contact {row.id}", clean(said)[: records.CONTACT_LIMIT].encode())
    session().add(row)
    _again(visit_id, today)
    session().flush()
    return row


def keep_closed_contact(actor: Actor, visit_id: UUID, id: UUID, envelope: bytes, today: date) -> InterviewContact:
    """Keep a contact that a tablet closed with the key of the visit (audited as ``keep_contact``), under that of the
    contacts from now on. Raises ``Problem`` where it does not open, and ``KeyDestroyed``.
    """
    try:
        said = envelopes.open_with(_private(visit_id), f"interview_contact {visit_id} {id}", envelope).decode()
    except (SealBroken, ValueError):
        raise _unreadable() from None
    return keep_contact(actor, visit_id, said, today)


@audited("interview.cards_given")
def give_card(actor: Actor, visit_id: UUID, today: date) -> InterviewAgain:
    """Note that somebody took a card and may call in; of whom nothing is kept."""
    row = _again(visit_id, today)
    row.cards += 1
    session().add(row)
    session().flush()
    return row


def contacts(actor: Actor, visit_id: UUID) -> list[str]:
    """Open the contacts of a visit; the look is on the audit trail. Raises ``KeyDestroyed``."""
    query = sqlmodel.select(InterviewContact).where(InterviewContact.visit_id == visit_id)
    rows = sorted(session().exec(query), key=lambda row: row.id)
    key = sealed_keys.of(CONTACTS, visit_id)
    audit.record(actor, "interview.contacts_read", session().get(InterviewAgain, visit_id), contacts=len(rows))
    if key is None:
        return []
    opener = sealed_keys.opener(key)
    return [opener(f"interview_contact {row.id}", row.sealed).decode() for row in rows]


def again(visit_id: UUID) -> InterviewAgain | None:
    """The task to ask those of a visit again, if anybody agreed or took a card."""
    return session().get(InterviewAgain, visit_id)


def to_ask_again(today: date) -> list[InterviewAgain]:
    """Tasks whose day has come and that are not done, the oldest first; the caller leaves out those beyond scope."""
    query = sqlmodel.select(InterviewAgain).where(InterviewAgain.due_on <= today, col(InterviewAgain.done_on).is_(None))
    return list(session().exec(query.order_by(col(InterviewAgain.due_on), col(InterviewAgain.visit_id))))


def contacts_end(visit_ids: Iterable[UUID]) -> dict[UUID, date]:
    """The days on which the contacts of these visits are destroyed, where there still are any."""
    query = sqlmodel.select(SealedKey.holder_id, col(SealedKey.destroy_on)).where(
        SealedKey.purpose == CONTACTS,
        col(SealedKey.holder_id).in_(list(visit_ids)),
        col(SealedKey.wrapped).is_not(None),
    )
    return {holder: day for holder, day in session().exec(query) if day is not None}


def ending(association_id: UUID, today: date) -> list[UUID]:
    """The visits of an association whose workers can soon be asked again no more, and have not been."""
    query = (
        sqlmodel.select(InterviewAgain.visit_id)
        .join(SealedKey, col(SealedKey.holder_id) == col(InterviewAgain.visit_id))
        .where(SealedKey.purpose == CONTACTS, SealedKey.association_id == association_id)
        .where(col(SealedKey.wrapped).is_not(None), col(InterviewAgain.done_on).is_(None))
        .where(col(SealedKey.destroy_on) > today, col(SealedKey.destroy_on) <= today + rules.WARNED_BEFORE)
    )
    return list(session().exec(query.order_by(col(InterviewAgain.visit_id))))


@audited("interview.asked_again")
def asked_again(
    actor: Actor, row: InterviewAgain, today: date, *, asked: int, still_there: int, worse_off: int
) -> InterviewAgain:
    """Note how those who were asked again have fared, as counts. Raises ``Problem`` and ``Conflict``."""
    if row.done_on is not None:
        raise Conflict("asked-again-already", N_("This has been entered already."))
    if max(still_there, worse_off) > asked:
        raise Problem("asked-again-more", N_("No more than were asked can have answered."), field="asked")
    row.done_on, row.done_by = today, actor.person_id
    row.asked, row.still_there, row.worse_off = asked, still_there, worse_off
    session().add(row)
    session().flush()
    return row


def _again(visit_id: UUID, today: date) -> InterviewAgain:
    found = session().get(InterviewAgain, visit_id)
    if found is None:
        found = InterviewAgain(visit_id=visit_id, due_on=rules.asked_again_on(today, secrets.randbelow(1 << 30)))
        session().add(found)
    return found


def _contacts_key(actor: Actor, visit_id: UUID, today: date) -> SealedKey:
    last = today + timedelta(days=form().periods_of(today).contacts_days)
    return sealed_keys.made(actor, CONTACTS, visit_id, destroy_on=last)
