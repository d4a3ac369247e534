"""Reading and writing what the making of teams asks of people who visit: languages, woman or not, district."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import col, select

from compliance.people.models import Tie, User, UserEnterprise
from compliance.people.models_field import FieldPerson
from compliance.people.models_leave import Leave
from compliance.people.rules import Actor, Role
from compliance.people.store import people_with_role
from compliance.shared import clock, tongues
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Problem
from compliance.shared.words import N_


@dataclass(frozen=True)
class FieldFacts:
    """What is known of a person who visits. Who never told a language speaks Mandarin."""

    languages: frozenset[str] = frozenset({tongues.MANDARIN})
    woman: bool = False
    district: str = ""


@dataclass(frozen=True)
class Going:
    """Somebody who can be sent: facts, the enterprises they are not sent to, and when they are away."""

    person_id: UUID
    name: str
    facts: FieldFacts
    not_to: frozenset[UUID]
    away: tuple[tuple[date, date], ...]

    def is_away(self, day: date) -> bool:
        """Whether they are on leave on this day."""
        return any(first <= day <= last for first, last in self.away)


def facts_of(ids: Iterable[UUID]) -> dict[UUID, FieldFacts]:
    """By person, what is known; those of whom nothing was entered have the facts of anybody."""
    wanted = list(dict.fromkeys(ids))
    found = {person_id: FieldFacts() for person_id in wanted}
    for row in session().exec(select(FieldPerson).where(col(FieldPerson.person_id).in_(wanted))):
        spoken = frozenset(row.languages) or FieldFacts().languages
        found[row.person_id] = FieldFacts(spoken, row.woman, row.district)
    return found


@audited("person.field_facts_set")
def set_facts(actor: Actor, person: User, languages: Iterable[str], *, woman: bool, district: str = "") -> FieldPerson:
    """Enter what the making of teams asks of a person. Raises ``Problem`` for a language that is none."""
    given = list(languages)
    spoken = tongues.known(given)
    if len(spoken) != len(set(given)):
        raise Problem("language-unknown", N_("Choose languages of the list."), field="languages")
    row = session().get(FieldPerson, person.id) or FieldPerson(person_id=person.id)
    row.languages, row.woman, row.district = spoken, woman, district
    row.set_at, row.set_by = clock.now(), actor.person_id
    session().add(row)
    session().flush()
    return row


def inspectors(actor: Actor, first: date, last: date) -> list[Going]:
    """Every inspector of the association with what decides where and when they go; four queries for any number."""
    people = people_with_role(actor, Role.inspector)
    ids = [person.id for person in people]
    facts, not_to, away = facts_of(ids), _not_to(ids), _away(actor, ids, first, last)
    return [
        Going(
            person.id,
            person.name,
            facts[person.id],
            frozenset(not_to.get(person.id, ())),
            tuple(away.get(person.id, ())),
        )
        for person in people
    ]


def _not_to(ids: list[UUID]) -> Mapping[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = {}
    for table in (Tie, UserEnterprise):
        query = select(col(table.person_id), col(table.enterprise_id)).where(
            col(table.person_id).in_(ids), col(table.ended_at).is_(None)
        )
        for person_id, enterprise_id in session().exec(query):
            found.setdefault(person_id, set()).add(enterprise_id)
    return found


def _away(actor: Actor, ids: list[UUID], first: date, last: date) -> Mapping[UUID, list[tuple[date, date]]]:
    query = select(col(Leave.person_id), col(Leave.first_day), col(Leave.last_day)).where(
        Leave.association_id == actor.association_id,
        col(Leave.person_id).in_(ids),
        col(Leave.ended_at).is_(None),
        col(Leave.first_day) <= last,
        col(Leave.last_day) >= first,
    )
    found: dict[UUID, list[tuple[date, date]]] = {}
    for person_id, begins, ends in session().exec(query.order_by(col(Leave.first_day))):
        found.setdefault(person_id, []).append((begins, ends))
    return found
