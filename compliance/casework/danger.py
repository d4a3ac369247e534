"""Danger: what answers of a visit signal, the sealed case that they open, and who is told until somebody takes it."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa

from compliance.associations import store as associations
from compliance.casework import cases, notices
from compliance.casework.cases import Case
from compliance.casework.lists import table
from compliance.checklists.rules import Disclosure, Fact, Item, Verdict
from compliance.complaints import store as complaints
from compliance.complaints.rules import Reply
from compliance.interviews import store as interviews
from compliance.people import store as people
from compliance.people.rules import PERMITS, Actor, system_actor
from compliance.referrals import indicators, rules
from compliance.referrals import store as referrals
from compliance.referrals.rules import Signal, SourceKind, Strength
from compliance.referrals.store import Officer
from compliance.shared import clock, jobs
from compliance.shared.database import session
from compliance.visits import store as visits
from compliance.visits.rules import State

if TYPE_CHECKING:
    from compliance.complaints.models import Complaint
    from compliance.visits.models import Visit

DAY = timedelta(days=1)
OVERLAP = timedelta(minutes=5)
"""What came in so shortly before the last look is looked at once more."""
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
NEWS = 1_000_000
"""Tellings of what is new in a case that was taken are counted from here, apart from those of the case itself."""
LATE = 1_000_000_000
"""Tellings that a step is late are counted from here."""
OPEN = (State.handed_out, State.sealed)
HELD = (*OPEN, State.released)


def signals_of(case: Case) -> list[Signal]:
    """What the answers of a visit signal.

    A fact of zero tolerance weighs as its indicators do alone; every other shortfall that does not comply is one sign
    among several. What both sides stood before (``tell_now``) is not sealed, nor is an answer without a sealed fact.
    """
    found: list[Signal] = []
    for item in case.checklist.items:
        answer = case.folded.answers.get(item.id)
        if answer is None or answer.verdict is Verdict.not_applicable:
            continue
        ticked = [fact for fact in item.facts if fact.id in answer.facts]
        for fact in ticked:
            found += _of_fact(case, item, fact)
        if answer.verdict is Verdict.non_compliant and not any(fact.zero_tolerance for fact in ticked):
            sealed = any(fact.disclosure is Disclosure.sealed for fact in ticked)
            found += [
                Signal(
                    SourceKind.answer, number, Strength.medium, clock.now(), f"{case.visit.id} {item.id}", False, sealed
                )
                for number in item.ilo
            ]
    return found


def _of_fact(case: Case, item: Item, fact: Fact) -> Iterable[Signal]:
    law = indicators.load()
    if not fact.zero_tolerance:
        return
    for number in item.ilo or (None,):
        known = law.indicators.get(number or 0)
        yield Signal(
            SourceKind.answer,
            number,
            known.strength if known else Strength.strong,
            clock.now(),
            f"{case.visit.id} {item.id} {fact.id}",
            zero_tolerance=True,
            sealed=fact.disclosure is Disclosure.sealed,
        )


def signals_told(visit_id: UUID) -> list[Signal]:
    """What workers told at a visit: an answer that cannot wait weighs heavily, other shortfalls as one sign of several.

    Groups and those whom the employer brought are heard too: nothing of it is counted here.
    """
    form, found = interviews.form(), []
    for question_id, answer_id in sorted(interviews.answered(visit_id)):
        question = form.question(question_id)
        answer = question.answer(answer_id) if question else None
        if question is not None and answer is not None and answer.shortfall:
            strength = Strength.strong if answer.danger else Strength.medium
            reference = f"{visit_id} {question_id}"
            found += [Signal(SourceKind.interview, number, strength, clock.now(), reference) for number in question.ilo]
    return found


def signals_complained(rows: Iterable["Complaint"]) -> list[Signal]:
    """What complaints of one enterprise signal: the indicators that whoever read them found, and danger now."""
    law, found = indicators.load(), []
    for row in rows:
        known = [(number, law.indicators[number].strength) for number in row.signs]
        now = [(None, Strength.strong)] if row.danger is Reply.yes else []
        found += [
            Signal(SourceKind.complaint, number, strength, clock.now(), f"complaint {row.id}")
            for number, strength in (*known, *now)
        ]
    return found


def look(association_id: UUID, visit_id: UUID) -> None:
    """Open a case for what a visit holds now, or add to the open one, and tell its officers. Nothing new: nothing.

    Done as the system: whoever enters an answer neither sees the case nor learns that there is one.
    """
    actor = system_actor(association_id)
    visit = visits.get(actor, visit_id)
    signals = _signals_at(actor, visit)
    if signals:
        _take_in(actor, visit.enterprise_id, [*signals, *_beside(actor, visit.enterprise_id, but=visit_id)])


def _signals_at(actor: Actor, visit: "Visit") -> list[Signal]:
    return [*signals_of(cases.of(actor, visit)), *signals_told(visit.id)]


def _beside(actor: Actor, enterprise_id: UUID, *, but: UUID | None = None) -> list[Signal]:
    """What else is known of an enterprise and still adds up: its other visits, and complaints that are open."""
    since = visits.today(actor) - timedelta(days=indicators.load().adds_up_days)
    visit, found = table("visit"), []
    query = sa.select(visit.c.id).where(
        visit.c.enterprise_id == enterprise_id, visit.c.state.in_(HELD), visit.c.planned_for >= since
    )
    for id in session().execute(query.order_by(visit.c.planned_for)).scalars():
        if id != but:
            found += _signals_at(actor, visits.get(actor, id))
    if but is not None:
        found += signals_complained(
            complaints.telling_of_danger(actor.association_id, enterprise_id)[1].get(enterprise_id, ())
        )
    return found


def look_at_complaints(actor: Actor) -> None:
    """Open cases for complaints whose enterprise is known, and tell of those that speak of danger and nobody has read.

    Whom it is about is not known before somebody reads it: until then the officers who may read such complaints are
    told, those without any tie, one and after each pause one more.
    """
    unread, of_enterprise = complaints.telling_of_danger(actor.association_id)
    seen = referrals.looks(of_enterprise)
    for enterprise_id, rows in of_enterprise.items():
        signals = signals_complained(rows)
        said = sorted(f"{one.indicator} {one.strength} {one.reference}" for one in signals)
        digest = hashlib.sha256("\n".join(said).encode()).hexdigest()
        look = seen.get(enterprise_id)
        if look is None or look.complaints != digest:
            _take_in(actor, enterprise_id, [*signals, *_beside(actor, enterprise_id)])
            referrals.looked(enterprise_id, look.at if look else _LONG_AGO, digest)
    if not unread:
        return
    readers = {one.id for one in people.people_with_role(actor, *PERMITS["complaint.read"])}
    free = {one for one in readers if not people.actor_of(one, "", "").outside_ids}
    known = [one for one in referrals.officers(actor, None) if one.person_id in free]
    for row in unread:
        time = (clock.now() - row.received_at) // indicators.load().tell_again + 1
        notices.urgent(actor, known[:time], row.id, time)


def _take_in(actor: Actor, enterprise_id: UUID, signals: list[Signal]) -> None:
    """Take signals in, and tell of what is new: whoever took the case already, or the officers in their order."""
    case = referrals.take_in(actor, enterprise_id, signals)
    if case is None:
        return
    if case.taken_by is not None:
        notices.urgent(actor, _holder(actor, case), case.id, NEWS + len(referrals.get(actor, case.id).signals))
    tell(actor)


def tell(actor: Actor) -> None:
    """Tell officers of the cases that nobody took: one, and after each pause one more; from the last on all again."""
    law, now = indicators.load(), clock.now()
    for row in referrals.untaken():
        if row.association_id != actor.association_id:
            continue
        to = rules.tell_next(row.opened_at, row.told, row.told_at, now, law)
        if to is None:
            continue
        known = referrals.officers(actor, row.enterprise_id)
        notices.urgent(actor, known[:to], row.id, to)
        referrals.told(actor, row, to)


def remind(actor: Actor) -> None:
    """Tell whoever took a case, again and again, that a step of it is late."""
    law, now = indicators.load(), clock.now()
    for row in referrals.taken():
        if row.association_id != actor.association_id:
            continue
        if row.reminded_at is not None and now - row.reminded_at < law.remind_again:
            continue
        if rules.late(row.opened_at, referrals.get(actor, row.id).standing.done, now, law):
            notices.urgent(actor, _holder(actor, row), row.id, LATE + int((now - row.opened_at).total_seconds()))
            referrals.reminded(actor, row)


def _holder(actor: Actor, case: Any) -> list[Officer]:
    """Whoever took the case; if they handle cases no more, the first of those who do."""
    known = referrals.officers(actor, case.enterprise_id)
    return [one for one in known if one.person_id == case.taken_by] or known[:1]


@jobs.each_minute
def each_minute() -> None:
    """What came in since the last look, cases that nobody has taken yet, and steps that are late."""
    began = clock.now()
    for visit_id, enterprise_id, association_id in _unlooked():
        look(association_id, visit_id)
        referrals.looked(enterprise_id, began)
        session().commit()
    for association in associations.every():
        actor = system_actor(association.id)
        look_at_complaints(actor)
        tell(actor)
        remind(actor)
        session().commit()


def _unlooked() -> list[tuple[UUID, UUID, UUID]]:
    """(visit, enterprise, association) of open visits of which something came in since their enterprise was looked at.

    A little longer: what was being kept during the last look was not seen by it.
    """
    visit, event, interview, done = table("visit"), table("answer_event"), table("interview"), table("danger_look")
    arrived = sa.select(sa.func.max(event.c.received_at)).where(event.c.visit_id == visit.c.id).scalar_subquery()
    told = sa.select(sa.func.max(interview.c.entered_on)).where(interview.c.visit_id == visit.c.id).scalar_subquery()
    query = (
        sa.select(visit.c.id, visit.c.enterprise_id, visit.c.association_id, done.c.at, arrived, told)
        .select_from(visit.outerjoin(done, done.c.enterprise_id == visit.c.enterprise_id))
        .where(visit.c.state.in_(OPEN))
        .order_by(visit.c.enterprise_id, visit.c.id)
    )
    found = []
    for id, enterprise_id, association_id, at, last, day in session().execute(query).all():
        since = (at or _LONG_AGO) - OVERLAP
        if (last is not None and last >= since) or (day is not None and day >= since.date() - DAY):
            found.append((id, enterprise_id, association_id))
    return found
