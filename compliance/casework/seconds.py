"""Who of the association can be the second person of a case: permitted, not on the visit, without a tie."""

from collections.abc import Collection, Iterable
from uuid import UUID

from compliance.casework.cases import Case
from compliance.findings.store_replies import DisputeView
from compliance.people import store as people
from compliance.people.rules import PERMITS, Actor
from compliance.visits import store as visits


def for_release(actor: Actor, case: Case) -> list[str]:
    """The names of those who can release a visit, by name."""
    return _named(actor, "visit.release", case.involved | people.tied_people(case.visit.enterprise_id))


def for_dispute(actor: Actor, case: Case, rounds: Iterable[DisputeView]) -> list[str]:
    """The names of those who can decide the open dispute about a finding: an appeal, not by who decided before."""
    judged = {one.decided_by for one in rounds if one.decided_by is not None}
    return _named(actor, "dispute.decide", case.involved | people.tied_people(case.visit.enterprise_id) | judged)


def without(actor: Actor) -> frozenset[UUID]:
    """The sealed visits in the actor's scope that nobody of the association can release."""
    waiting = visits.waiting_for_review(actor)
    sent = visits.inspectors(row.id for row in waiting)
    tied = people.tied_people_of({row.enterprise_id for row in waiting})
    able = {person.id for person in people.people_with_role(actor, *PERMITS["visit.release"])}
    return frozenset(row.id for row in waiting if able <= {*sent[row.id], *tied[row.enterprise_id], row.sealed_by})


def _named(actor: Actor, verb: str, closed: Collection[UUID]) -> list[str]:
    return [person.name for person in people.people_with_role(actor, *PERMITS[verb]) if person.id not in closed]
