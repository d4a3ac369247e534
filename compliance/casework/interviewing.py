"""Interviews of a visit: who may do what with them, and when."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from compliance.casework import notices
from compliance.checklists.interviews import Question
from compliance.checklists.rules import SHORTFALLS
from compliance.interviews import rules, store
from compliance.interviews.rules import Proposal, Total, Workforce
from compliance.people.rules import Actor, can, system_actor
from compliance.shared.problems import NotFound
from compliance.shared.words import N_
from compliance.visits import store as visits
from compliance.visits import store_reading
from compliance.visits.rules import State

if TYPE_CHECKING:
    from compliance.interviews.models import InterviewAgain
    from compliance.visits.models import Visit

BEGUN = frozenset({State.handed_out, State.sealed, State.released})


def visit(actor: Actor, visit_id: UUID) -> "Visit":
    """A visit within the actor's scope that has begun. Raises ``NotFound``."""
    row = visits.get(actor, visit_id)
    if row.state not in BEGUN:
        raise NotFound("visit-unknown", N_("There is no such visit."))
    return row


def may_record(actor: Actor, row: "Visit") -> bool:
    """Whether the actor may enter interviews: an inspector of this visit."""
    return can(actor, "interview.record") and visits.is_sent(actor, row)


def own(actor: Actor, visit_id: UUID) -> "Visit":
    """A visit whose interviews the actor may enter. Raises ``NotFound``."""
    row = visit(actor, visit_id)
    if not may_record(actor, row):
        raise NotFound("visit-unknown", N_("There is no such visit."))
    return row


def proposal(row: "Visit") -> Proposal:
    """Whom to ask there, by what is known of the workplace and by the items that were found wanting so far."""
    folded = visits.answers(row)
    profile = visits.profile(row, folded)
    checklist = visits.checklist(row)
    signs = {
        number
        for item in checklist.items
        if (answer := folded.answers.get(item.id)) is not None and (answer.facts or answer.verdict in SHORTFALLS)
        for number in item.ilo
    }
    there = Workforce(
        profile.workers,
        profile.women,
        profile.migrants,
        profile.under_18,
        profile.night_work,
        profile.agency_workers,
    )
    return rules.propose(there, signs)


@dataclass(frozen=True)
class ToldRow:
    """What is told of one question: the sum over visits, and at how many "some workers" told of it."""

    question: Question
    total: Total
    some: int


def totals(actor: Actor) -> list[ToldRow]:
    """What was told of each question at all visits that the actor sees."""
    told = store.told(sorted(visits_seen(actor, store.visits_told())))
    rows = []
    for question in store.form().questions:
        of_visits = [by_question[question.id] for by_question in told.values() if question.id in by_question]
        if of_visits:
            some = sum(one.says is rules.Says.some for one in of_visits)
            rows.append(ToldRow(question, rules.total(of_visits), some))
    return rows


def visits_seen(actor: Actor, visit_ids: list[UUID]) -> frozenset[UUID]:
    """Those of these visits that the actor sees as the association does."""
    return store_reading.seen_among(actor, visit_ids)


def tell_of_ends(association_id: UUID) -> None:
    """Whoever asks again is told some days before contacts are destroyed, once for each visit; never whose."""
    actor = system_actor(association_id)
    for visit_id in store.ending(association_id, visits.today(actor)):
        notices.contacts_end(actor, visits.get(actor, visit_id).enterprise_id, visit_id)


def waiting(actor: Actor) -> list[tuple["InterviewAgain", "Visit"]]:
    """The visits whose workers are to be asked again by today, the oldest first."""
    rows = store.to_ask_again(visits.today(actor))
    seen = visits_seen(actor, [row.visit_id for row in rows])
    return [(row, visits.get(actor, row.visit_id)) for row in rows if row.visit_id in seen]
