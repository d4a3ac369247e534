"""Reading visits: who sees which, what was entered on one, and the lists of coordinators and inspectors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from compliance.checklists import store as checklists
from compliance.checklists.rules import Checklist, Profile
from compliance.people import store as people
from compliance.people.rules import Actor, Role, can, is_staff
from compliance.shared import clock
from compliance.shared.database import session
from compliance.shared.problems import NotFound
from compliance.shared.words import N_
from compliance.visits.models import AnswerEvent, Visit, VisitInspector
from compliance.visits.rules import (
    OWN_STATES,
    PROFILE,
    SEEN_BY,
    Event,
    Folded,
    Missing,
    Route,
    Source,
    State,
    fits,
    fold,
    missing,
    profile_of,
)

PAGE_SIZE = 50


@dataclass(frozen=True)
class PlanFilter:
    """What the coordinators' list is narrowed to; empty means all. ``sort`` is a column, "-" in front turns it."""

    text: str = ""
    state: State | None = None
    route: Route | None = None
    person_id: UUID | None = None
    first: date | None = None
    last: date | None = None
    sort: str = "-planned_for"
    page: int = 1


@dataclass(frozen=True)
class Page:
    """One page of visits, and how many there are in all."""

    rows: Sequence[Visit]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE_SIZE))


def today(actor: Actor) -> date:
    """The calendar day of the actor's association."""
    return clock.today(people.association(actor).time_zone)


def get(actor: Actor, visit_id: UUID) -> Visit:
    """A visit as the association sees it, with everything that was entered.

    Raises ``NotFound`` for visits outside the actor's need to know, and for everybody who manages the enterprise or
    has a tie to it, whatever other role they hold.
    """
    return _one(_visible(actor).where(Visit.id == visit_id))


def seen_among(actor: Actor, visit_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of these visits that the actor sees as the association does."""
    query = select(Visit.id).where(Visit.association_id == actor.association_id, col(Visit.id).in_(list(visit_ids)))
    return frozenset(session().exec(query.where(_inside(actor))))


def get_released(actor: Actor, visit_id: UUID) -> Visit:
    """A released visit, also for those who see its enterprise from the outside only. Raises ``NotFound``.

    What such a person may be shown of it is up to the caller; never notes, ways of knowing, or hours of the day.
    """
    from_outside = sa.and_(
        col(Visit.state) == State.released, col(Visit.enterprise_id).in_(list(actor.outside_ids) or [None])
    )
    query = select(Visit).where(Visit.association_id == actor.association_id, Visit.id == visit_id)
    return _one(query.where(sa.or_(from_outside, _inside(actor))))


def newest_released(workplace_id: UUID, before: date | None = None) -> Visit | None:
    """The latest released visit of a workplace that was completed (before a day). The caller has checked the scope."""
    query = select(Visit).where(
        Visit.workplace_id == workplace_id, Visit.state == State.released, col(Visit.visited_on).is_not(None)
    )
    if before:
        query = query.where(col(Visit.visited_on) < before)
    return session().exec(query.order_by(col(Visit.visited_on).desc(), col(Visit.released_at).desc()).limit(1)).first()


def handed_out_since(moment: datetime) -> list[Visit]:
    """Visits of every association that were handed out since then and not called off, for the check of a letter that
    inspectors show at the gate. Whoever asks is nobody: nothing but the letter's own words may be made of them.
    """
    query = select(Visit).where(col(Visit.handed_out_at) >= moment, Visit.state != State.cancelled)
    return list(session().exec(query))


def mine(actor: Actor) -> list[Visit]:
    """What is handed out to this inspector and still open, then what they sealed and is not released yet."""
    query = (
        _visible(actor)
        .where(col(Visit.id).in_(_given_to(actor)), col(Visit.state).in_([State.handed_out, State.sealed]))
        .order_by(col(Visit.state), col(Visit.handed_out_at).desc())
    )
    return list(session().exec(query))


def waiting_for_review(actor: Actor) -> list[Visit]:
    """Sealed visits that nobody has released yet, oldest first."""
    query = _visible(actor).where(Visit.state == State.sealed).order_by(col(Visit.sealed_at))
    return list(session().exec(query))


def planned(actor: Actor, wanted: PlanFilter, enterprise_ids: Any = None) -> Page:
    """The coordinators' list. ``enterprise_ids`` (a list or subquery of ids) narrows it to those enterprises."""
    query = _visible(actor)
    if enterprise_ids is not None:
        query = query.where(col(Visit.enterprise_id).in_(enterprise_ids))
    if wanted.state:
        query = query.where(Visit.state == wanted.state)
    if wanted.route:
        query = query.where(Visit.route == wanted.route)
    if wanted.first:
        query = query.where(Visit.planned_for >= wanted.first)
    if wanted.last:
        query = query.where(Visit.planned_for <= wanted.last)
    if wanted.person_id:
        sent = select(VisitInspector.visit_id).where(VisitInspector.person_id == wanted.person_id)
        query = query.where(col(Visit.id).in_(sent))
    total = session().execute(sa.select(sa.func.count()).select_from(query.subquery())).scalar_one()
    column = {"planned_for": Visit.planned_for, "state": Visit.state, "route": Visit.route, "number": Visit.number}.get(
        wanted.sort.lstrip("-"), Visit.planned_for
    )
    order: Any = col(column).desc() if wanted.sort.startswith("-") else col(column)
    last_page = max(1, -(-total // PAGE_SIZE))
    page = min(max(1, wanted.page), last_page)
    query = query.order_by(order, col(Visit.year).desc(), col(Visit.number).desc())
    return Page(list(session().exec(query.offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE))), total, page)


def inspectors(visit_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Who goes where: visit id to person ids, the lead first."""
    wanted = list(visit_ids)
    found: dict[UUID, list[UUID]] = {visit_id: [] for visit_id in wanted}
    if wanted:
        query = select(VisitInspector).where(col(VisitInspector.visit_id).in_(wanted))
        for row in session().exec(query.order_by(col(VisitInspector.lead).desc(), col(VisitInspector.person_id))):
            found[row.visit_id].append(row.person_id)
    return found


def finders(visit: Visit, sent: Iterable[UUID] | None = None) -> frozenset[UUID]:
    """Everybody who had a hand in what was found: the visit's inspectors, and whoever sealed it. ``sent`` saves
    reading the inspectors again.
    """
    people_sent = set(inspectors([visit.id])[visit.id] if sent is None else sent)
    return frozenset(people_sent | ({visit.sealed_by} if visit.sealed_by else set()))


def is_sent(actor: Actor, visit: Visit) -> bool:
    """Whether the actor is one of the visit's inspectors."""
    return actor.person_id is not None and actor.person_id in inspectors([visit.id])[visit.id]


def may_enter(actor: Actor, visit: Visit, *, at_desk: bool) -> bool:
    """Whether the actor may enter answers: an inspector of this visit, or at the desk whoever may type paper sheets."""
    if actor.is_system or is_sent(actor, visit):
        return True
    return at_desk and Role.coordinator in actor.roles and can(actor, "visit.desk_entry")


def checklist(visit: Visit) -> Checklist:
    """The version that the visit is pinned to. Raises ``NotFound`` before the handing-out."""
    if visit.checklist_version_id is None:
        raise NotFound("visit-not-pinned", N_("This visit is not handed out yet, so it has no checklist."))
    return checklists.load(visit.checklist_version_id)


def events(visit: Visit) -> list[Event]:
    """Every event of a visit, as frozen values."""
    rows = session().execute(_events(), {"visit": visit.id})
    return [Event(r[0], r[1], r[2], r[3], frozenset(map(UUID, r[4])), *r[5:]) for r in rows]


@lru_cache(maxsize=1)
def _events() -> sa.Select[Any]:
    columns = (
        AnswerEvent.id, AnswerEvent.item, AnswerEvent.field, AnswerEvent.value, AnswerEvent.replaces,
        AnswerEvent.person_id, AnswerEvent.at, AnswerEvent.received_at, AnswerEvent.device, AnswerEvent.seq,
        AnswerEvent.source, AnswerEvent.reason, AnswerEvent.bulk,
    )  # fmt: skip
    return sa.select(*map(col, columns)).where(col(AnswerEvent.visit_id) == sa.bindparam("visit"))


def answers(visit: Visit, known: Iterable[Event] | None = None) -> Folded:
    """What was entered, as it stands now; only what the pinned checklist asks. ``known`` saves reading them again."""
    pinned = checklist(visit)
    return fold(event for event in (events(visit) if known is None else known) if fits(pinned, event.key))


def profile(visit: Visit, folded: Folded | None = None) -> Profile:
    """The workplace as found: the register at the handing-out, changed by what the inspector entered."""
    folded = folded or answers(visit)
    return profile_of(visit.profile, folded.group(PROFILE))


def what_is_missing(actor: Actor, visit: Visit, folded: Folded | None = None) -> tuple[Missing, ...]:
    """Exactly what stands between this visit and its seal; empty if nothing does."""
    folded = folded or answers(visit)
    return missing(checklist(visit), folded, profile(visit, folded), today(actor))


def corrections(visit: Visit, known: Iterable[Event] | None = None) -> list[Event]:
    """What was corrected after the seal, oldest first. ``known`` saves reading the events again."""
    found = [event for event in (events(visit) if known is None else known) if event.source is Source.correction]
    return sorted(found, key=lambda event: event.id)


def _one(query: Any) -> Visit:
    row: Visit | None = session().exec(query).first()
    if row is None:
        raise NotFound("visit-unknown", N_("There is no such visit."))
    return row


def _given_to(actor: Actor) -> Any:
    return select(VisitInspector.visit_id).where(VisitInspector.person_id == actor.person_id)


def _inside(actor: Actor) -> Any:
    """The condition under which the association's own view of a visit is open to the actor."""
    if actor.is_system:
        return sa.true()
    if not is_staff(actor):
        return sa.false()
    states = frozenset[State]().union(*(SEEN_BY.get(role, frozenset()) for role in actor.roles))
    open_to: list[Any] = [col(Visit.state).in_(sorted(states)) if states else sa.false()]
    if Role.inspector in actor.roles:
        open_to.append(sa.and_(col(Visit.id).in_(_given_to(actor)), col(Visit.state).in_(sorted(OWN_STATES))))
    if Role.reviewer in actor.roles:
        open_to.append(sa.and_(col(Visit.state) == State.handed_out, col(Visit.sent_back_at).is_not(None)))
    return sa.and_(col(Visit.enterprise_id).not_in(list(actor.outside_ids)), sa.or_(*open_to))


def _visible(actor: Actor) -> Any:
    return select(Visit).where(Visit.association_id == actor.association_id).where(_inside(actor))
