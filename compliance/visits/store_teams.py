"""What speaks against a team that a coordinator chose by hand, and an hour that nobody can foresee."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from compliance.enterprises import store as enterprises
from compliance.people import store as people
from compliance.people import store_field, store_leaves
from compliance.people.rules import Actor
from compliance.shared.calendar import is_working_day
from compliance.shared.database import session
from compliance.shared.problems import Problem
from compliance.shared.words import N_
from compliance.visits.models import Visit, VisitInspector
from compliance.visits.parts import STARTS, STEP, Part, begins


@dataclass(frozen=True)
class Advice:
    """One thing to know about a plan: an English message id and its facts."""

    text: str
    facts: dict[str, str]


def drawn_beginning(actor: Actor, day: date, part: Part) -> datetime:
    """A moment in a part of a day, drawn: no habit tells when people come."""
    first, last = STARTS[part]
    minute = first + STEP * secrets.randbelow((last - first) // STEP + 1)
    return begins(day, minute, people.association(actor).time_zone)


def last_visitors(workplace_ids: Sequence[UUID]) -> dict[UUID, frozenset[UUID]]:
    """By workplace, who made the latest visit there. The caller has checked the scope."""
    ids = list(workplace_ids)
    newest = (
        sa.select(
            col(Visit.id),
            col(Visit.workplace_id),
            sa.func.row_number()
            .over(
                partition_by=col(Visit.workplace_id),
                order_by=(col(Visit.visited_on).desc(), col(Visit.sealed_at).desc(), col(Visit.id)),
            )
            .label("place"),
        )
        .where(col(Visit.workplace_id).in_(ids), col(Visit.visited_on).is_not(None))
        .subquery()
    )
    query = (
        sa.select(newest.c.workplace_id, col(VisitInspector.person_id))
        .join(VisitInspector, col(VisitInspector.visit_id) == newest.c.id)
        .where(newest.c.place == 1)
    )
    found: dict[UUID, set[UUID]] = {}
    for workplace_id, person_id in session().execute(query):
        found.setdefault(workplace_id, set()).add(person_id)
    return {id: frozenset(who) for id, who in found.items()}


def require_there(actor: Actor, day: date, inspector_ids: Sequence[UUID]) -> None:
    """Raise ``Problem`` where one of those who are to go is on leave on this day."""
    away = store_leaves.away_on(actor, day) & set(inspector_ids)
    if away:
        names = ", ".join(sorted(people.people_names(away).values()))
        text = N_("On leave on this day: %(names)s. Choose somebody else or another day.")
        raise Problem("visit-inspector-away", text, field="inspectors", names=names)


def advice(actor: Actor, workplace_id: UUID, day: date, inspector_ids: Sequence[UUID]) -> list[Advice]:
    """What a coordinator should know of this plan: team, woman, language, rotation, working day, another visit."""
    workplace = enterprises.workplace(actor, workplace_id)
    team = [one for one in store_field.inspectors(actor, day, day) if one.person_id in inspector_ids]
    everybody = store_field.inspectors(actor, day, day)
    found: list[Advice] = []
    if not is_working_day(day)[0]:
        found.append(Advice(N_("This is no working day."), {}))
    if len(team) == 1:
        found.append(Advice(N_("One person goes alone; teams are of two."), {}))
    if team and any(one.facts.woman for one in everybody) and not any(one.facts.woman for one in team):
        found.append(Advice(N_("No woman is in the team."), {}))
    spoken = frozenset(code for one in everybody for code in one.facts.languages)
    asked = frozenset(workplace.languages) & spoken
    if team and asked and not any(one.facts.languages & asked for one in team):
        found.append(Advice(N_("Nobody of the team speaks the workers' language."), {}))
    again = last_visitors([workplace_id]).get(workplace_id, frozenset())
    names = [one.name for one in team if one.person_id in again]
    if names:
        found.append(Advice(N_("Was there last time too: %(names)s."), {"names": ", ".join(names)}))
    query = (
        select(VisitInspector.person_id)
        .join(Visit, col(Visit.id) == col(VisitInspector.visit_id))
        .where(
            Visit.association_id == actor.association_id,
            Visit.planned_for == day,
            col(Visit.state).in_(["planned", "handed_out"]),
            col(Visit.workplace_id) != workplace_id,
            col(Visit.enterprise_id).not_in(list(actor.outside_ids)),
            col(VisitInspector.person_id).in_(list(inspector_ids)),
        )
    )
    busy = set(session().exec(query))
    names = [one.name for one in team if one.person_id in busy]
    if names:
        found.append(Advice(N_("Has another visit on this day: %(names)s."), {"names": ", ".join(names)}))
    return found
