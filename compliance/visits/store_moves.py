"""Writing visits: from the plan to the release, and every entry in between."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from compliance.associations.models import Association
from compliance.checklists import store as checklists
from compliance.enterprises import store as enterprises
from compliance.people import store as people
from compliance.people.rules import Actor, Role, can, sees_inside
from compliance.shared import clock, ids
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem, Refused
from compliance.shared.words import N_, clean
from compliance.visits import store_reading as reading
from compliance.visits import store_scope
from compliance.visits.models import AnswerEvent, Visit, VisitInspector
from compliance.visits.models_tablet import VisitVersion
from compliance.visits.rules import (
    CLOSING,
    PROFILE,
    Answer,
    Event,
    Folded,
    Key,
    Move,
    Outcome,
    Route,
    Signature,
    Source,
    Value,
    after,
    check_day_of_hand_out,
    check_reason,
    diff,
    fields_of,
    heads_of,
    normal,
)


@audited("visit.planned")
def plan(
    actor: Actor,
    workplace_id: UUID,
    *,
    planned_for: date,
    route: Route,
    purpose: str = "",
    inspector_ids: Sequence[UUID] = (),
    stratum: str | None = None,
    inclusion_probability: float | None = None,
    begins_at: datetime | None = None,
) -> Visit:
    """Plan a visit to a workplace; the first of the inspectors leads. With a beginning, it is handed out by itself.

    Raises ``NotFound`` for a workplace outside the actor's scope, ``Problem`` for an inspector who is none or who has
    a tie to the enterprise, and for a day before today.
    """
    workplace = enterprises.workplace(actor, workplace_id)
    if not (actor.is_system or sees_inside(actor, workplace.enterprise_id)):
        raise NotFound("workplace-unknown", N_("There is no such workplace in the register."))
    _check_plan(actor, workplace.enterprise_id, planned_for, inspector_ids)
    row = Visit(
        association_id=actor.association_id,
        enterprise_id=workplace.enterprise_id,
        workplace_id=workplace.id,
        year=planned_for.year,
        number=_next_number(actor.association_id, planned_for.year),
        route=route,
        purpose=clean(purpose)[:2000],
        stratum=stratum,
        inclusion_probability=inclusion_probability,
        planned_for=planned_for,
        begins_at=begins_at,
        created_by=actor.person_id,
    )
    session().add(row)
    session().flush()
    _send(row, inspector_ids)
    return row


@audited("visit.changed")
def change(
    actor: Actor,
    visit: Visit,
    *,
    planned_for: date,
    route: Route,
    purpose: str,
    inspector_ids: Sequence[UUID],
    begins_at: datetime | None = None,
) -> Visit:
    """Change a planned visit. Raises ``Conflict`` once it is handed out, and as ``plan`` does.

    How a drawn visit came about is not changed: the figures rest on it. Raises ``Problem`` then.
    """
    hold(visit)
    after(visit.state, Move.change)
    if visit.inclusion_probability is not None and route is not visit.route:
        raise Problem("visit-drawn", N_("This visit was drawn; why it is made cannot be changed."), field="route")
    _check_plan(actor, visit.enterprise_id, planned_for, inspector_ids, was=visit.planned_for)
    visit.planned_for, visit.route, visit.purpose = planned_for, route, clean(purpose)[:2000]
    visit.begins_at = begins_at
    _send(visit, inspector_ids)
    return visit


@audited("visit.cancelled")
def cancel(actor: Actor, visit: Visit, reason: str) -> Visit:
    """Call off a visit that is planned or still open. What was entered stays on record."""
    hold(visit)
    moved_to = after(visit.state, Move.cancel)
    visit.cancelled_reason = check_reason(clean(reason))[:2000]
    visit.state = moved_to
    visit.cancelled_at, visit.cancelled_by = clock.now(), actor.person_id
    return visit


@audited("visit.handed_out")
def hand_out(actor: Actor, visit: Visit) -> Visit:
    """Give a planned visit to its inspectors, on its day: pins the current checklist, freezes the workplace's profile.

    Raises ``Conflict`` before the day or in another state, ``Problem`` without inspectors or with one who meanwhile
    has a tie, ``NotFound`` while no checklist is published.
    """
    hold(visit)
    moved_to = after(visit.state, Move.hand_out)
    check_day_of_hand_out(visit.planned_for, reading.today(actor))
    sent = reading.inspectors([visit.id])[visit.id]
    if not sent:
        raise Problem("visit-nobody", N_("Choose at least one inspector before the visit is handed out."))
    _check_inspectors(actor, visit.enterprise_id, sent)
    visit.checklist_version_id = checklists.current(actor.association_id).id
    known = asdict(enterprises.profile_of(enterprises.workplace(actor, visit.workplace_id)))
    only = store_scope.items_of(visit)
    known.pop("only")
    visit.profile = {**known, "only": only} if only else known
    visit.handed_out_at, visit.handed_out_by = clock.now(), actor.person_id
    visit.state = moved_to
    return visit


@audited("visit.version_moved")
def move_version(actor: Actor, visit: Visit, version_id: UUID) -> Visit:
    """Move an open visit to a newer checklist version, knowingly. Entries for items that are gone count no more.

    Raises ``Conflict`` when the visit is not open or the version is not newer, ``NotFound`` for an unknown version.
    """
    hold(visit)
    after(visit.state, Move.move_version)
    numbers = {row.id: row.number for row in checklists.versions(actor)}
    if version_id not in numbers or visit.checklist_version_id is None:
        raise NotFound("checklist-unknown", N_("This version of the checklists does not exist."))
    if numbers[version_id] <= numbers[visit.checklist_version_id]:
        raise Conflict("version-not-newer", N_("A visit can only be moved to a newer version of the checklists."))
    left = session().get(VisitVersion, (visit.id, visit.checklist_version_id))
    if left is None:  # a tablet may still send answers to it
        session().add(VisitVersion(visit_id=visit.id, checklist_version_id=visit.checklist_version_id))
    visit.checklist_version_id = version_id
    return visit


# -- entries --------------------------------------------------------------------------------------------------------


def record(
    actor: Actor,
    visit: Visit,
    values: Mapping[Key, Value],
    *,
    seen: frozenset[UUID] | None = None,
    source: Source = Source.form,
    defaults: Mapping[Key, Value] | None = None,
    bulk: frozenset[str] = frozenset(),
) -> tuple[Event, ...]:
    """Enter values into an open visit; only what differs from what the form was rendered from becomes an event.

    ``seen`` are the ids of the heads that the form showed (None: those of now); ``defaults`` what it showed where
    nothing was entered; ``bulk`` the items that are filled all at once. Returns the new events, which may be none.
    Raises ``Conflict`` unless the visit is open, ``Refused`` unless the actor may enter, ``Problem`` (facts ``item``,
    ``field``) for a value that cannot be kept.
    """
    hold(visit)
    after(visit.state, Move.answer)
    if not reading.may_enter(actor, visit, at_desk=source is Source.desk):
        raise Refused("visit-not-yours", N_("Only the inspectors of this visit enter answers."))
    pinned = reading.checklist(visit)
    kept = {key: normal(pinned, key, value) for key, value in values.items()}
    known = reading.events(visit)
    if seen is None:
        seen = frozenset(event.id for heads in heads_of(known).values() for event in heads)
    now = clock.now()

    def stamp(key: Key, value: Value, replaces: frozenset[UUID]) -> Event:
        return Event(
            ids.event_id(), *key, value, replaces,
            by=actor.person_id, received_at=now, source=source, bulk=key[0] in bulk and key[1] == "verdict",
        )  # fmt: skip

    new = diff(kept, seen, known, stamp, by=actor.person_id, defaults=defaults)
    if new:
        _keep(actor, visit, new)
    return new


def enter_answers(actor: Actor, visit: Visit, answers: Iterable[Answer], *, source: Source = Source.form) -> Folded:
    """Enter whole answers, field by field; what an answer leaves empty is left as it is. For imports and the demo."""
    values = {(answer.item, name): value for answer in answers for name, value in fields_of(answer).items()}
    record(actor, visit, values, source=source)
    return reading.answers(visit)


def pick(actor: Actor, visit: Visit, event_id: UUID, *, source: Source = Source.form) -> tuple[Event, ...]:
    """Settle a conflict for one of its entries. Raises ``NotFound`` when it is no head of this visit any more."""
    heads = heads_of(reading.events(visit))
    for key, standing in heads.items():
        for event in standing:
            if event.id == event_id:
                seen = frozenset(other.id for other in standing if other.value != event.value)
                return record(actor, visit, {key: event.value}, seen=seen, source=source) if seen else ()
    raise NotFound("entry-unknown", N_("This entry has been settled in the meantime."))


@audited("visit.answered")
def _keep(actor: Actor, visit: Visit, new: Iterable[Event]) -> Visit:
    rows = [_row(visit, event) for event in new]
    session().add_all(rows)
    if any(row.source is Source.desk for row in rows):
        visit.entered_at_desk = True
    visit.started_at = visit.started_at or clock.now()
    session().flush()
    return visit


def _row(visit: Visit, event: Event) -> AnswerEvent:
    return AnswerEvent(
        id=event.id,
        visit_id=visit.id,
        item=event.item,
        field=event.field,
        value=event.value,
        replaces=sorted(str(old) for old in event.replaces),
        at=event.at,
        received_at=event.received_at or clock.now(),
        person_id=event.by,
        device=event.device,
        seq=event.seq,
        source=event.source,
        reason=event.reason,
        bulk=event.bulk,
    )


# -- the end --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Closing:
    """How a visit ended, as ``close`` takes it: for the demo, imports and tests that do not go through the pages."""

    visited_on: date
    inspector_name: str
    representative_signature: Signature | None = Signature.signed
    representative_name: str = ""
    representative_role: str = ""
    witness: str = ""
    remark: str = ""
    outcome: Outcome = Outcome.completed
    outcome_reason: str = ""


def close(actor: Actor, visit: Visit, closing: Closing, *, source: Source = Source.form) -> tuple[Event, ...]:
    """Enter how the visit ended, the inspector's signature, and that the profile was checked on site."""
    values: dict[Key, Value] = {
        (CLOSING, "visited_on"): closing.visited_on.isoformat(),
        (CLOSING, "outcome"): closing.outcome.value,
        (CLOSING, "outcome_reason"): closing.outcome_reason,
        (CLOSING, "inspector_signature"): Signature.signed.value,
        (CLOSING, "inspector_name"): closing.inspector_name,
        (CLOSING, "representative_signature"): (
            closing.representative_signature.value if closing.representative_signature else None
        ),
        (CLOSING, "representative_name"): closing.representative_name,
        (CLOSING, "representative_role"): closing.representative_role,
        (CLOSING, "witness"): closing.witness,
        (CLOSING, "remark"): closing.remark,
        (PROFILE, "checked"): True,
    }
    return record(actor, visit, values, source=source)


@audited("visit.sealed")
def seal(actor: Actor, visit: Visit) -> Visit:
    """The inspector's word that the visit is complete: nothing changes afterwards but by a recorded correction.

    Raises ``Refused`` for anybody but its inspectors, ``Conflict`` unless it is open, and ``Problem``
    ``visit-incomplete`` (facts ``count``, ``missing``: the list) while something is missing.
    """
    hold(visit)
    moved_to = after(visit.state, Move.seal)
    if not (actor.is_system or reading.is_sent(actor, visit)):
        raise Refused("visit-not-yours", N_("Only an inspector of this visit can seal it."))
    folded = reading.answers(visit)
    lacking = reading.what_is_missing(actor, visit, folded)
    if lacking:
        raise Problem(
            "visit-incomplete",
            N_("The visit cannot be sealed yet; still missing: %(count)d. The list says what."),
            count=len(lacking),
            missing=lacking,
        )
    _copy_closing(visit, folded)
    visit.state, visit.sealed_at, visit.sealed_by = moved_to, clock.now(), actor.person_id
    return visit


@audited("visit.sent_back")
def return_to_inspector(actor: Actor, visit: Visit, reason: str) -> Visit:
    """Open a sealed visit again for its inspectors, with a reason that they read. They sign once more.

    Raises ``Conflict`` unless it is sealed, ``Problem`` without a reason.
    """
    hold(visit)
    moved_to = after(visit.state, Move.send_back)
    visit.sent_back_reason = check_reason(clean(reason))[:2000]
    visit.state = moved_to
    visit.sent_back_at, visit.sent_back_by = clock.now(), actor.person_id
    visit.sealed_at = visit.sealed_by = None
    _correct(actor, visit, (CLOSING, "inspector_signature"), None, visit.sent_back_reason)
    return visit


@audited("visit.corrected")
def correct(actor: Actor, visit: Visit, item: str, field: str, value: Value, reason: str) -> Visit:
    """Correct one field of a sealed or released visit; the old entry, the reason and the person stay on record.

    ``item`` is an item id, ``"@profile"`` or ``"@closing"``. Raises ``Refused`` for anybody who neither reviews nor
    decides disputes, ``Conflict`` in another state, ``Problem`` without a reason or for a value that cannot be kept.
    """
    hold(visit)
    after(visit.state, Move.correct)
    if not (can(actor, "visit.review") or can(actor, "dispute.decide")):
        raise Refused("visit-not-reviewer", N_("Only a reviewer corrects a sealed visit."))
    kept = normal(reading.checklist(visit), (item, field), value)
    _correct(actor, visit, (item, field), kept, check_reason(clean(reason))[:2000])
    if item == CLOSING:
        _copy_closing(visit, reading.answers(visit))
    return visit


@audited("visit.released")
def mark_released(actor: Actor, visit: Visit) -> Visit:
    """The visit is released. Who may do that, and what else follows, is decided by whoever calls."""
    hold(visit)
    visit.state = after(visit.state, Move.release)
    visit.released_at, visit.released_by = clock.now(), actor.person_id
    return visit


def _correct(actor: Actor, visit: Visit, key: Key, value: Value, reason: str) -> None:
    standing = heads_of(reading.events(visit)).get(key, ())
    event = Event(
        ids.event_id(), *key, value, frozenset(head.id for head in standing),
        by=actor.person_id, received_at=clock.now(), source=Source.correction, reason=reason,
    )  # fmt: skip
    session().add(_row(visit, event))
    session().flush()


def _copy_closing(visit: Visit, folded: Folded) -> None:
    given = folded.group(CLOSING)

    def text(name: str) -> str:
        return str(given.get(name) or "")

    def signature(name: str) -> Signature | None:
        return Signature(text(name)) if text(name) else None

    visit.visited_on = date.fromisoformat(text("visited_on")) if text("visited_on") else None
    visit.outcome = Outcome(text("outcome") or Outcome.completed.value)
    visit.outcome_reason = text("outcome_reason")
    visit.inspector_signature, visit.inspector_name = signature("inspector_signature"), text("inspector_name")
    visit.representative_signature = signature("representative_signature")
    visit.representative_name, visit.representative_role = text("representative_name"), text("representative_role")
    visit.representative_remark, visit.witness = text("remark"), text("witness")


# -- behind the moves -----------------------------------------------------------------------------------------------


def people_to_send(actor: Actor, enterprise_id: UUID) -> list[tuple[UUID, str]]:
    """Inspectors (id, name) who may be sent to an enterprise: those with a tie to it are not offered."""
    tied = people.tied_people(enterprise_id)
    return [(p.id, p.name) for p in people.people_with_role(actor, Role.inspector) if p.id not in tied]


def _check_plan(
    actor: Actor, enterprise_id: UUID, planned_for: date, inspector_ids: Sequence[UUID], was: date | None = None
) -> None:
    if planned_for < reading.today(actor) and planned_for != was:
        raise Problem("visit-day-past", N_("This day is over. Choose today or a later day."), field="planned_for")
    _check_inspectors(actor, enterprise_id, inspector_ids)


def set_team(actor: Actor, visit: Visit, inspector_ids: Sequence[UUID], *, new: UUID) -> None:
    """Who goes to a visit that the caller holds and puts on the trail; ``new`` is the one who was not there before.

    Raises ``Problem`` where that one is no inspector, has a tie to the enterprise, or goes there already.
    """
    _check_inspectors(actor, visit.enterprise_id, [new])
    if len(set(inspector_ids)) < len(inspector_ids):
        raise Problem("visit-inspector-twice", N_("This person goes there already."), field="inspectors")
    _send(visit, inspector_ids)


def _check_inspectors(actor: Actor, enterprise_id: UUID, inspector_ids: Sequence[UUID]) -> None:
    offered = {person_id for person_id, _ in people_to_send(actor, enterprise_id)}
    if not set(inspector_ids) <= offered:
        raise Problem(
            "visit-inspector",
            N_("One of the chosen people is no inspector or has a tie to this enterprise. Choose again."),
            field="inspectors",
        )


def _send(visit: Visit, inspector_ids: Sequence[UUID]) -> None:
    for old in session().exec(select(VisitInspector).where(VisitInspector.visit_id == visit.id)):
        session().delete(old)
    session().flush()
    for place, person_id in enumerate(dict.fromkeys(inspector_ids)):
        session().add(VisitInspector(visit_id=visit.id, person_id=person_id, lead=place == 0))
    session().flush()


def _next_number(association_id: UUID, year: int) -> int:
    # Whoever plans at the same moment waits here; SQLite has one writer at a time anyway.
    session().execute(sa.select(col(Association.id)).where(col(Association.id) == association_id).with_for_update())
    newest = sa.select(sa.func.max(col(Visit.number))).where(
        col(Visit.association_id) == association_id, col(Visit.year) == year
    )
    return (session().execute(newest).scalar() or 0) + 1


def hold(visit: Visit) -> None:
    """Hold the row until the end of the transaction, and look at it afresh: two moves at once become one after the
    other, and the second sees what the first did.
    """
    session().flush()
    session().refresh(visit, with_for_update=True)
