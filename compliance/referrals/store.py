"""Reading and writing sealed cases of danger: within sight of the named officers without a tie, and of nobody else."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlmodel
from sqlmodel import col

from compliance.people import store as people
from compliance.people.rules import PERMITS, Actor, can
from compliance.referrals import indicators, rules
from compliance.referrals.models import DangerCase, DangerEntry, DangerLook, DangerOfficer, DangerReferral
from compliance.referrals.rules import (
    CODES,
    Agency,
    Entry,
    Ground,
    Kind,
    Measure,
    Outcome,
    Signal,
    SourceKind,
    Standing,
    Way,
)
from compliance.shared import clock, sealed_keys
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import NotFound, Problem
from compliance.shared.words import N_

PURPOSE = "danger"
_NEEDED = 2
"""Officers without a tie: every decision takes two."""
LONGEST = 2000
"""Characters of what is entered."""


@dataclass(frozen=True)
class Officer:
    """Somebody who handles cases, and how to reach them now. ``named`` is False for those who stand in."""

    person_id: UUID
    name: str
    phone: str
    named: bool


@dataclass(frozen=True)
class Read:
    """An entry with what was sealed: ``said`` for words, ``signal`` for a signal."""

    entry: Entry
    said: str
    signal: Signal | None


@dataclass(frozen=True)
class Sent:
    """A referral with what was sealed: words to the agency, on what its ground rests, and what came back."""

    row: DangerReferral
    said: str
    why: str
    answer: str


@dataclass(frozen=True)
class Whole:
    """A case as its officers read it."""

    row: DangerCase
    entries: tuple[Read, ...]
    standing: Standing
    referrals: tuple[Sent, ...]

    @property
    def signals(self) -> tuple[Signal, ...]:
        """The signals that are present, oldest first."""
        return tuple(one.signal for one in self.entries if one.signal is not None)


# --- officers ---------------------------------------------------------------------------------------------------------


def named(actor: Actor) -> list[DangerOfficer]:
    """The named officers of the actor's association, in the order in which they are told."""
    query = sqlmodel.select(DangerOfficer).where(DangerOfficer.association_id == actor.association_id)
    return list(session().exec(query.order_by(col(DangerOfficer.position), col(DangerOfficer.id))))


def officers(actor: Actor, enterprise_id: UUID | None) -> list[Officer]:
    """Who handles a case of this enterprise, in order: the named ones without a tie who hold the permit; all of them
    where it is not known which.

    Where these are fewer than two, everybody else who holds the permit and has no tie stands in behind them.
    """
    tied = people.tied_people(enterprise_id) if enterprise_id else frozenset()
    able = {one.id: one for one in people.people_with_role(actor, *PERMITS["danger.handle"]) if one.id not in tied}
    found = [
        Officer(row.person_id, able[row.person_id].name, row.phone, True)
        for row in named(actor)
        if row.person_id in able
    ]
    if len(found) < _NEEDED:
        there = {one.person_id for one in found}
        found += [Officer(one.id, one.name, one.mobile or "", False) for one in able.values() if one.id not in there]
    return found


@audited("danger.officer_named")
def name_officer(actor: Actor, person_id: UUID, position: int, phone: str) -> DangerOfficer:
    """Name an officer, or change order and telephone. Raises ``Problem`` for somebody without the permit."""
    if person_id not in {one.id for one in people.people_with_role(actor, *PERMITS["danger.handle"])}:
        raise Problem("danger-officer", N_("Only reviewers, coordinators and leaders can be named."), field="person")
    row = next((one for one in named(actor) if one.person_id == person_id), None)
    row = row or DangerOfficer(association_id=actor.association_id, person_id=person_id, position=position)
    row.position, row.phone = position, phone.strip()
    session().add(row)
    session().flush()
    return row


@audited("danger.officer_ended")
def end_officer(actor: Actor, officer_id: UUID) -> DangerOfficer:
    """End a naming. Raises ``NotFound``."""
    row = next((one for one in named(actor) if one.id == officer_id), None)
    if row is None:
        raise NotFound("danger-officer-unknown", N_("There is no such officer."))
    session().delete(row)
    return row


def _is_officer(actor: Actor, enterprise_id: UUID) -> bool:
    if actor.is_system:
        return True
    return enterprise_id not in actor.outside_ids and actor.person_id in {
        one.person_id for one in officers(actor, enterprise_id)
    }


# --- signals ----------------------------------------------------------------------------------------------------------


@audited("danger.signals")
def take_in(actor: Actor, enterprise_id: UUID, signals: Iterable[Signal]) -> DangerCase | None:
    """Take the signals of one visit, interview or complaint in: they open a case, or join the open one.

    Returns the case if anything is new. What a case of this enterprise holds already, cleared or not, is not news, so
    that it may be called with the same signals as often as one likes.
    """
    law, found = indicators.load(), list(signals)
    why = rules.opening(found, law)
    if why is None:
        return None
    cases = list(session().exec(_of(enterprise_id).with_for_update()))
    known = {(one.kind, one.indicator, one.reference) for case in cases for one in _signals(case)}
    fresh = [one for one in found if (one.kind, one.indicator, one.reference) not in known]
    case = next((one for one in cases if one.cleared_at is None), None)
    if case is None:
        why = rules.opening(fresh, law)
    if not fresh or why is None:
        return None
    if case is None:
        case = DangerCase(association_id=actor.association_id, enterprise_id=enterprise_id, why=why, waits=False)
        session().add(case)
        session().flush()
        sealed_keys.made(actor, PURPOSE, case.id)
    case.waits = case.waits or any(one.sealed for one in fresh)
    for one in fresh:
        _enter(actor, case, Kind.signal, "" if one.sealed else rules.IN_THE_OPEN, _packed(one))
    session().flush()
    return case


def _of(enterprise_id: UUID) -> Any:
    return sqlmodel.select(DangerCase).where(DangerCase.enterprise_id == enterprise_id).order_by(col(DangerCase.id))


def _signals(case: DangerCase) -> list[Signal]:
    key = sealed_keys.of(PURPOSE, case.id)
    if key is None or key.wrapped is None:
        return []
    return [one.signal for one in _entries(case) if one.signal is not None]


def _packed(signal: Signal) -> dict[str, Any]:
    return {
        "kind": signal.kind.value,
        "indicator": signal.indicator,
        "strength": signal.strength.value,
        "at": signal.at.isoformat(),
        "reference": signal.reference,
        "zero_tolerance": signal.zero_tolerance,
        "sealed": signal.sealed,
    }


def _unpacked(raw: dict[str, Any]) -> Signal:
    return Signal(
        SourceKind(raw["kind"]),
        raw["indicator"],
        rules.Strength(raw["strength"]),
        datetime.fromisoformat(raw["at"]),
        raw["reference"],
        raw["zero_tolerance"],
        raw["sealed"],
    )


# --- reading ----------------------------------------------------------------------------------------------------------


def listed(actor: Actor) -> list[DangerCase]:
    """The cases that this officer sees: first those that nobody took, then the open ones, the newest first."""
    if not can(actor, "danger.handle"):
        return []
    query = sqlmodel.select(DangerCase).where(DangerCase.association_id == actor.association_id)
    rows = session().exec(query.order_by(col(DangerCase.opened_at).desc())).all()
    seen = {one: _is_officer(actor, one) for one in {row.enterprise_id for row in rows}}
    mine = (row for row in rows if seen[row.enterprise_id])
    return sorted(mine, key=lambda row: (row.cleared_at is not None, row.taken_at is not None))


def get(actor: Actor, case_id: UUID) -> Whole:
    """A case, opened. Raises ``NotFound`` for everybody but its officers, ``KeyDestroyed`` once its time is over."""
    row = _row(actor, case_id)
    entries = _entries(row)
    return Whole(row, entries, rules.standing([one.entry for one in entries]), _referrals(row))


def _row(actor: Actor, case_id: UUID) -> DangerCase:
    row = session().get(DangerCase, case_id)
    if row is None or row.association_id != actor.association_id or not _is_officer(actor, row.enterprise_id):
        raise NotFound("danger-unknown", N_("There is no such case."))
    return row


def _entries(case: DangerCase) -> tuple[Read, ...]:
    key = sealed_keys.of(PURPOSE, case.id)
    if key is None:
        return ()
    unseal = sealed_keys.opener(key)
    query = sqlmodel.select(DangerEntry).where(DangerEntry.case_id == case.id).order_by(col(DangerEntry.number))
    found = []
    for row in session().exec(query):
        raw = json.loads(unseal(_label(row.id), row.sealed))
        entry = Entry(row.id, row.kind, row.code, row.by, row.at, row.about_id)
        signal = _unpacked(raw) if row.kind is Kind.signal else None
        found.append(Read(entry, raw.get("said", ""), signal))
    return tuple(found)


def _referrals(case: DangerCase) -> tuple[Sent, ...]:
    key = sealed_keys.of(PURPOSE, case.id)
    query = sqlmodel.select(DangerReferral).where(DangerReferral.case_id == case.id).order_by(col(DangerReferral.id))
    found = []
    for row in session().exec(query):
        assert key is not None, "a case has a key"
        raw = json.loads(sealed_keys.unseal(key, _label(row.id), row.sealed))
        found.append(Sent(row, raw["said"], raw.get("why", ""), raw["answer"]))
    return tuple(found)


def must_wait(enterprise_id: UUID) -> bool:
    """Whether nothing may reach this enterprise now: of an open case it is not settled that nobody is endangered."""
    case = session().exec(_of(enterprise_id).where(col(DangerCase.cleared_at).is_(None), DangerCase.waits)).first()
    return case is not None and not rules.standing([one.entry for one in _entries(case)]).may_tell


# --- what officers enter ----------------------------------------------------------------------------------------------


@audited("danger.taken")
def take(actor: Actor, case_id: UUID) -> DangerCase:
    """Take a case: nobody else is told of it any more. Raises ``NotFound``; who comes second changes nothing."""
    case = _row(actor, case_id)
    if case.taken_at is None:
        case.taken_at, case.taken_by = clock.now(), actor.person_id
        _enter(actor, case, Kind.taken, "", {})
    return case


@audited("danger.step")
def step_done(actor: Actor, case_id: UUID, step: str, said: str) -> DangerCase:
    """A step of containment is done. Raises ``NotFound``, ``Problem`` for a step that there is not."""
    case = _open(actor, case_id)
    if step not in {one.id for one in indicators.load().steps}:
        raise Problem("danger-step", N_("There is no such step."), field="code")
    _enter(actor, case, Kind.step, step, {"said": said})
    return case


@audited("danger.proposed")
def propose(actor: Actor, case_id: UUID, kind: Kind, code: str, said: str) -> DangerCase:
    """Enter a safety check, or propose a decision or clearing, which takes a second officer; with the reason.

    Raises ``NotFound``, ``Problem`` without a reason, for an unknown code, or what ``require_clearable`` raises.
    """
    case = _open(actor, case_id)
    if not said.strip():
        raise Problem("danger-reason", N_("Please give a reason."), field="said")
    if code not in [one.value for one in CODES[kind]]:
        raise Problem("danger-code", N_("Please choose one."), field="code")
    if kind is Kind.clearing:
        now = get(actor, case_id)
        rules.require_clearable(Outcome(code), now.standing, bool(now.referrals))
    _enter(actor, case, kind, code, {"said": said})
    return case


@audited("danger.agreed")
def agree(actor: Actor, case_id: UUID, entry_id: UUID) -> DangerCase:
    """Say the second word about a proposal. A clearing closes the case, and starts the time until its key is destroyed.

    Raises ``NotFound``, ``Refused`` for the person who proposed it, and what ``require_clearable`` raises.
    """
    case = _open(actor, case_id)
    now = get(actor, case_id)
    proposed = next((one.entry for one in now.entries if one.entry.id == entry_id), None)
    if proposed is None:
        raise NotFound("danger-unknown", N_("There is no such case."))
    rules.require_second(proposed, actor.person_id, now.standing.waiting)
    if proposed.kind is Kind.clearing:
        rules.require_clearable(Outcome(proposed.code), now.standing, bool(now.referrals))
    _enter(actor, case, Kind.confirmed, "", {}, about=entry_id)
    if proposed.kind is Kind.clearing:
        case.outcome, case.cleared_at = Outcome(proposed.code), clock.now()
        key = sealed_keys.of(PURPOSE, case.id)
        assert key is not None, "a case has a key"
        sealed_keys.destroy_on(actor, key, case.cleared_at.date() + timedelta(days=indicators.load().keep_days))
    return case


@audited("danger.referred")
def refer(
    actor: Actor, case_id: UUID, agency: Agency, said: str, ground: Ground, why: str, today: date
) -> DangerReferral:
    """Draw up a referral, once two officers decided on one; ``why`` says on what the ground rests.

    Raises ``NotFound``, ``Problem`` before that, for a ground without a word, or words by which a worker is found.
    """
    case = _open(actor, case_id)
    decided = get(actor, case_id).standing.decision
    if decided not in (Measure.refer, Measure.joint):
        raise Problem("danger-undecided", N_("First two officers have to decide on a referral."), field="agency")
    if not why.strip() and ground is not Ground.nobody:
        raise Problem(
            "danger-ground", N_("Write on what this ground rests: who agreed and when, or which law."), field="why"
        )
    rules.require_nobody_named(said, "said")
    rules.require_nobody_named(why, "why")
    row = DangerReferral(
        association_id=case.association_id,
        case_id=case.id,
        agency=agency,
        joint=decided is Measure.joint,
        year=today.year,
        running=_next_number(case.association_id, today.year),
        ground=ground,
        sealed=b"",
    )
    row.sealed = _sealed(case, row.id, {"said": said.strip(), "why": why.strip(), "answer": ""})
    session().add(row)
    session().flush()
    return row


@dataclass(frozen=True)
class Track:
    """What is known of a referral: sent how and when, received, answered, and when it is asked after."""

    way: Way
    sent_on: date
    received_on: date | None = None
    answered_on: date | None = None
    follow_up_on: date | None = None
    answer: str = ""


@audited("danger.tracked")
def track(actor: Actor, case_id: UUID, referral_id: UUID, known: Track) -> DangerReferral:
    """Note what became of a referral. Raises ``NotFound``, ``Problem`` for days that cannot be."""
    case = _row(actor, case_id)
    sent = next((one for one in get(actor, case_id).referrals if one.row.id == referral_id), None)
    if sent is None:
        raise NotFound("danger-referral-unknown", N_("There is no such referral."))
    for name in ("received_on", "answered_on", "follow_up_on"):
        day: date | None = getattr(known, name)
        if day is not None and day < known.sent_on:
            raise Problem("danger-days", N_("This day lies before the day on which it was sent."), field=name)
    row = sent.row
    row.way, row.sent_on, row.sent_by = known.way, known.sent_on, row.sent_by or actor.person_id
    row.received_on, row.answered_on, row.follow_up_on = known.received_on, known.answered_on, known.follow_up_on
    rules.require_nobody_named(known.answer, "answer")
    row.sealed = _sealed(case, row.id, {"said": sent.said, "why": sent.why, "answer": known.answer.strip()})
    session().add(row)
    session().flush()
    return row


def _next_number(association_id: UUID, year: int) -> int:
    held = sqlmodel.select(DangerCase.id).where(DangerCase.association_id == association_id).with_for_update()
    session().exec(held).all()  # two at once take two numbers
    newest = sqlmodel.select(sqlmodel.func.max(col(DangerReferral.running))).where(
        DangerReferral.association_id == association_id, DangerReferral.year == year
    )
    return (session().exec(newest).one() or 0) + 1


def _open(actor: Actor, case_id: UUID) -> DangerCase:
    case = _row(actor, case_id)
    if case.cleared_at is not None:
        raise Problem("danger-cleared", N_("This case is cleared."))
    return case


def _enter(
    actor: Actor, case: DangerCase, kind: Kind, code: str, raw: dict[str, Any], about: UUID | None = None
) -> None:
    query = sqlmodel.select(sqlmodel.func.count()).select_from(DangerEntry).where(DangerEntry.case_id == case.id)
    row = DangerEntry(
        case_id=case.id, number=session().exec(query).one() + 1, kind=kind, code=code, about_id=about,
        by=actor.person_id, sealed=b"",
    )  # fmt: skip
    row.sealed = _sealed(case, row.id, raw)
    session().add(row)
    session().add(case)
    session().flush()


def _sealed(case: DangerCase, row_id: UUID, raw: dict[str, Any]) -> bytes:
    key = sealed_keys.of(PURPOSE, case.id)
    assert key is not None, "a case has a key"
    return sealed_keys.seal(key, _label(row_id), json.dumps(raw, ensure_ascii=False).encode())


def _label(row_id: UUID) -> str:
    return f"danger {row_id}"


# --- telling ----------------------------------------------------------------------------------------------------------


def untaken() -> Sequence[DangerCase]:
    """The cases of all associations that nobody has taken, oldest first: for the job that tells of them."""
    query = sqlmodel.select(DangerCase).where(col(DangerCase.taken_at).is_(None), col(DangerCase.cleared_at).is_(None))
    return session().exec(query.order_by(col(DangerCase.opened_at))).all()


def taken() -> Sequence[DangerCase]:
    """The open cases of all associations that somebody took, oldest first: for the job that tells of late steps."""
    query = sqlmodel.select(DangerCase).where(
        col(DangerCase.taken_at).is_not(None), col(DangerCase.cleared_at).is_(None)
    )
    return session().exec(query.order_by(col(DangerCase.opened_at))).all()


@audited("danger.reminded")
def reminded(_actor: Actor, case: DangerCase) -> DangerCase:
    """Keep when it was told that steps are late."""
    case.reminded_at = clock.now()
    session().add(case)
    return case


@audited("danger.told")
def told(_actor: Actor, case: DangerCase, to: int) -> DangerCase:
    """Keep to how many officers, in their order, a case was told, and when."""
    case.told, case.told_at = to, clock.now()
    session().add(case)
    return case


# --- what was looked at -----------------------------------------------------------------------------------------------


def looks(enterprise_ids: Iterable[UUID]) -> dict[UUID, DangerLook]:
    """What of each enterprise was looked at for signals; those that never were are left out."""
    query = sqlmodel.select(DangerLook).where(col(DangerLook.enterprise_id).in_(list(enterprise_ids)))
    return {row.enterprise_id: row for row in session().exec(query)}


def looked(enterprise_id: UUID, at: datetime, complaints: str | None = None) -> DangerLook:
    """Keep up to when an enterprise was looked at, and what complaints said (None: as before). A bookkeeping of the
    caller's job: nothing of it stands on the trail.
    """
    row = session().get(DangerLook, enterprise_id) or DangerLook(enterprise_id=enterprise_id, at=at, complaints="")
    row.at = at
    row.complaints = row.complaints if complaints is None else complaints
    session().add(row)
    session().flush()
    return row
