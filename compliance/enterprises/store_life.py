"""What happened to an enterprise: recorded, read, and withdrawn where it was a mistake; the register follows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from compliance.enterprises import life, rules, store, store_headcounts
from compliance.enterprises.life import LifeKind, Told
from compliance.enterprises.models import Enterprise
from compliance.enterprises.models_life import Headcount, LifeEvent, SplitInto
from compliance.enterprises.store_lists import scope
from compliance.people import store as people
from compliance.people.rules import Actor
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem
from compliance.shared.words import N_


@dataclass(frozen=True)
class Paper:
    """A file that was looked at and stored."""

    digest: str
    name: str
    media_type: str


@dataclass(frozen=True)
class EventView:
    """An event with the names of the enterprises into which one was split."""

    row: LifeEvent
    into: tuple[tuple[UUID, str], ...]


def events_of(actor: Actor, enterprise_id: UUID, *, withdrawn: bool = False) -> list[EventView]:
    """The events of an enterprise in the actor's scope, the newest first; with ``withdrawn`` also mistakes."""
    query = select(LifeEvent).join(Enterprise, col(Enterprise.id) == col(LifeEvent.enterprise_id))
    query = query.where(LifeEvent.enterprise_id == enterprise_id, scope(actor))
    if not withdrawn:
        query = query.where(col(LifeEvent.withdrawn_at).is_(None))
    rows = session().exec(query.order_by(col(LifeEvent.happened_on).desc(), col(LifeEvent.recorded_at).desc())).all()
    into = _into(row.id for row in rows)
    return [EventView(row, tuple(into.get(row.id, ()))) for row in rows]


def one(actor: Actor, event_id: UUID) -> LifeEvent:
    """An event of an enterprise in the actor's scope. Raises ``NotFound``."""
    query = select(LifeEvent).join(Enterprise, col(Enterprise.id) == col(LifeEvent.enterprise_id))
    row = session().exec(query.where(LifeEvent.id == event_id, scope(actor))).first()
    if row is None:
        raise NotFound("life-unknown", N_("There is no such event."))
    return row


@audited("life.recorded")
def record(actor: Actor, enterprise: Enterprise, told: Told, paper: Paper | None = None) -> LifeEvent:
    """Something happened to an enterprise. The register takes over what follows from it, unless something newer did.

    Raises ``Problem`` (fact ``field``) for what cannot be, ``Refused`` for a person with a tie, ``NotFound`` for an
    enterprise of ``into`` outside the actor's scope.
    """
    store.require_inside(actor, enterprise.id)
    store.require_standing(enterprise)
    standing = _standing(enterprise.id)
    for fault in life.faults(told, standing, clock.today(people.association(actor).time_zone)):
        raise Problem(f"life-{fault.field}", fault.text, field=fault.field, **fault.facts)
    into = [store.get(actor, one) for one in dict.fromkeys(told.into)] if told.kind is LifeKind.split_up else []
    if any(other.id == enterprise.id for other in into):
        raise Problem("life-into", N_("An enterprise is not split into itself."), field="into")
    facts = rules.as_stored(enterprise)
    changed = life.changes(told, asdict(facts))
    taken = [name for name in life.taken_over(told, standing) if name in changed]
    row = LifeEvent(
        association_id=enterprise.association_id,
        enterprise_id=enterprise.id,
        kind=told.kind,
        happened_on=told.happened_on,
        learnt_on=told.learnt_on,
        note=told.note,
        changed={name: list(pair) for name, pair in changed.items()},
        taken_over=taken,
        file_digest=paper.digest if paper else None,
        file_name=paper.name if paper else "",
        file_media_type=paper.media_type if paper else "",
        recorded_by=actor.person_id,
    )
    session().add(row)
    session().flush()
    session().add_all(SplitInto(event_id=row.id, enterprise_id=other.id) for other in into)
    _follow(actor, enterprise, {name: changed[name][1] for name in taken})
    return row


@audited("life.withdrawn")
def withdraw(actor: Actor, row: LifeEvent, reason: str) -> LifeEvent:
    """An event was a mistake: it stays, with the reason, and the register gets back what nobody changed since.

    Raises ``Conflict`` if it is withdrawn already, or what stands without it would contradict itself; ``Problem``
    without a reason.
    """
    store.require_inside(actor, row.enterprise_id)
    if row.withdrawn_at is not None:
        raise Conflict("life-withdrawn", N_("This entry is withdrawn already."))
    if not reason:
        raise Problem("life-reason", N_("Say why it was a mistake."), field="reason")
    clash = life.disorder([other for other in _standing(row.enterprise_id) if other.id != row.id])
    if clash is not None:
        raise Conflict("life-order", clash[0], **clash[1])
    enterprise = store.get(actor, row.enterprise_id)
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason = clock.now(), actor.person_id, reason
    _follow(actor, enterprise, life.given_back(row.changed, row.taken_over, asdict(rules.as_stored(enterprise))))
    return row


def _follow(actor: Actor, enterprise: Enterprise, values: Mapping[str, str]) -> None:
    if values:
        facts: dict[str, Any] = {name: life.as_fact(name, text) for name, text in values.items()}
        store.edit(actor, enterprise, replace(rules.as_stored(enterprise), **facts))


def _standing(enterprise_id: UUID) -> Sequence[LifeEvent]:
    query = select(LifeEvent).where(LifeEvent.enterprise_id == enterprise_id, col(LifeEvent.withdrawn_at).is_(None))
    return session().exec(query.order_by(col(LifeEvent.happened_on), col(LifeEvent.recorded_at))).all()


def _into(event_ids: Iterable[UUID]) -> dict[UUID, list[tuple[UUID, str]]]:
    query = select(SplitInto.event_id, Enterprise.id, Enterprise.name).join(
        Enterprise, col(Enterprise.id) == col(SplitInto.enterprise_id)
    )
    query = query.where(col(SplitInto.event_id).in_(list(event_ids))).order_by(col(Enterprise.sort_key))
    found: dict[UUID, list[tuple[UUID, str]]] = {}
    for event_id, enterprise_id, name in session().exec(query):
        found.setdefault(event_id, []).append((enterprise_id, name))
    return found


@audited("headcount.entered")
def count(actor: Actor, enterprise: Enterprise, on: date, workers: int) -> Headcount:
    """Somebody tells how many people worked at an enterprise on a day; the register takes the latest.

    Raises ``Problem`` (fact ``field``) for no number of people or a day in the future, and ``Refused`` for a person
    with a tie.
    """
    store.require_inside(actor, enterprise.id)
    store.require_standing(enterprise)
    if on > clock.today(people.association(actor).time_zone):
        raise Problem("headcount-future", N_("That day lies in the future."), field="counted_on")
    if not 0 < workers <= rules.MOST_PEOPLE:
        raise Problem("headcount-number", N_("%(count)d is not a number of people."), field="workers", count=workers)
    whole = (known for known in store_headcounts.of(actor, enterprise.id) if known.workplace_id is None)
    if all(known.counted_on <= on for known in whole):
        if max(enterprise.women, enterprise.migrants, enterprise.under_18) > workers:
            raise Problem(
                "headcount-parts",
                N_(
                    "The entry has more women, migrant workers or workers under 18 than that: "
                    "correct these figures first."
                ),
                field="workers",
            )
        store.edit(actor, enterprise, replace(rules.as_stored(enterprise), workers=workers), counted_on=on)
    return store_headcounts.put(actor, enterprise, workers, on)
