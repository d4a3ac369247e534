"""Holds, requests, breaches and what was passed on: reading within the association, writing on the trail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import col, select

from compliance.people.rules import Actor, can
from compliance.privacy import register, rules
from compliance.privacy.models import PrivacyBreach, PrivacyBreachStep, PrivacyHold, PrivacyRequest, PrivacySharing
from compliance.privacy.rules import Answered, Asks, Ground, Step, Why
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.kept import until_written
from compliance.shared.problems import NotFound, Problem
from compliance.shared.words import N_

_NOBODY = UUID(int=0)
"""Who did it, where no person acts (a command)."""

# -- holds -------------------------------------------------------------------------------------------------------------


def holds(actor: Actor) -> list[PrivacyHold]:
    """All holds of the association, the newest first."""
    query = select(PrivacyHold).where(PrivacyHold.association_id == actor.association_id)
    return list(session().exec(query.order_by(col(PrivacyHold.asked_on).desc(), col(PrivacyHold.id))))


def get_hold(actor: Actor, hold_id: UUID) -> PrivacyHold:
    """A hold. Raises ``NotFound``."""
    row = session().get(PrivacyHold, hold_id)
    if row is None or row.association_id != actor.association_id:
        raise _unknown()
    return row


@audited("privacy.held")
def hold(actor: Actor, kind: str, reason: str, until: date, today: date) -> PrivacyHold:
    """Stop the removal of a kind: for a week, and until its day once a second person confirms. Raises ``Problem``."""
    rules.require_hold(register.read().kinds.get(kind), until, today)
    _require(reason, "reason", N_("Please give a reason."))
    row = PrivacyHold(
        association_id=actor.association_id,
        kind=kind,
        reason=reason,
        until=until,
        asked_on=today,
        asked_by=actor.person_id or _NOBODY,
    )
    session().add(row)
    session().flush()
    return row


@audited("privacy.hold_confirmed")
def confirm_hold(actor: Actor, row: PrivacyHold) -> PrivacyHold:
    """Confirm a hold that another person asked for. Raises ``Refused`` for the one who asked."""
    rules.require_second(row.asked_by, actor.person_id)
    if row.confirmed_at is None and row.ended_at is None:
        row.confirmed_at, row.confirmed_by = clock.now(), actor.person_id
        session().add(row)
    return row


@audited("privacy.hold_ended")
def end_hold(actor: Actor, row: PrivacyHold) -> PrivacyHold:
    """End a hold before its day: the next night removes what is due."""
    if row.ended_at is None:
        row.ended_at, row.ended_by = clock.now(), actor.person_id
        session().add(row)
    return row


# -- requests ----------------------------------------------------------------------------------------------------------


def requests(actor: Actor) -> list[PrivacyRequest]:
    """All requests of the association: what is open first, the most urgent at the top, then the newest."""
    query = select(PrivacyRequest).where(PrivacyRequest.association_id == actor.association_id)
    order = (
        col(PrivacyRequest.answered_at).desc().nulls_first(),
        col(PrivacyRequest.answer_by),
        col(PrivacyRequest.id),
    )
    return list(session().exec(query.order_by(*order)))


def requests_of(person_id: UUID) -> list[PrivacyRequest]:
    """What a person asked by the own account, the newest first."""
    query = select(PrivacyRequest).where(PrivacyRequest.person_id == person_id)
    return list(session().exec(query.order_by(col(PrivacyRequest.received_on).desc(), col(PrivacyRequest.id))))


def get_request(actor: Actor, request_id: UUID) -> PrivacyRequest:
    """A request. Raises ``NotFound``."""
    row = session().get(PrivacyRequest, request_id)
    if row is None or row.association_id != actor.association_id:
        raise _unknown()
    return row


@audited("privacy.asked")
def ask(actor: Actor, asks: Asks, asked: str, received_on: date, *, who: str = "") -> PrivacyRequest:
    """Keep a request: the actor's own, or with ``who`` the one of somebody without an account. Raises ``Problem``."""
    if asks in (Asks.correction, Asks.deletion):
        _require(asked, "asked", N_("Please say what is to be changed or deleted."))
    row = PrivacyRequest(
        association_id=actor.association_id,
        asks=asks,
        person_id=None if who else actor.person_id,
        who=who,
        asked=asked,
        received_on=received_on,
        answer_by=rules.answer_by(received_on, register.policy().answer_working_days),
        entered_by=actor.person_id or _NOBODY,
    )
    session().add(row)
    session().flush()
    return row


@audited("privacy.answered")
def answer(actor: Actor, row: PrivacyRequest, outcome: Answered, said: str) -> PrivacyRequest:
    """Keep what was answered. Raises ``Conflict``, ``Problem`` without words."""
    rules.require_unanswered(row.answered_at)
    _require(said, "answer", N_("Please write what was answered."))
    row.outcome, row.answer = outcome, said
    row.answered_at, row.answered_by = clock.now(), actor.person_id or _NOBODY
    session().add(row)
    return row


# -- breaches ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Breach:
    """A breach with the steps that were done."""

    row: PrivacyBreach
    steps: dict[Step, PrivacyBreachStep]

    @property
    def open(self) -> bool:
        """Whether something is left to do."""
        return Step.closed not in self.steps

    def by(self, step: Step) -> datetime:
        """Until when a step is done."""
        return rules.step_by(self.row.found_at, step, register.policy().breach_hours)

    @property
    def next(self) -> Step | None:
        """The step that is due first."""
        return min((step for step in Step if step not in self.steps), key=self.by, default=None)


def breaches(actor: Actor) -> list[Breach]:
    """All breaches of the association, the newest first."""
    query = select(PrivacyBreach).where(PrivacyBreach.association_id == actor.association_id)
    rows = list(session().exec(query.order_by(col(PrivacyBreach.found_at).desc(), col(PrivacyBreach.id))))
    return [Breach(row, steps) for row, steps in zip(rows, _steps([row.id for row in rows]), strict=True)]


def get_breach(actor: Actor, breach_id: UUID) -> Breach:
    """A breach. Raises ``NotFound``."""
    row = session().get(PrivacyBreach, breach_id)
    if row is None or row.association_id != actor.association_id:
        raise _unknown()
    return Breach(row, _steps([row.id])[0])


@audited("privacy.breach_found")
def note_breach(actor: Actor, what: str, kinds: Sequence[str], people: int | None, found_at: datetime) -> PrivacyBreach:
    """Begin the record of a breach; its clock runs from ``found_at``. Raises ``Problem``."""
    _require(what, "what", N_("Please say what happened."))
    if found_at > clock.now():
        raise Problem("breach-future", N_("This moment has not come yet."), field="found_at")
    known = register.read().kinds
    row = PrivacyBreach(
        association_id=actor.association_id,
        what=what,
        kinds=[kind for kind in known if kind in kinds],
        people=people,
        found_at=found_at,
        noted_by=actor.person_id or _NOBODY,
    )
    session().add(row)
    session().flush()
    return row


@audited("privacy.breach_step")
def note_step(actor: Actor, breach: Breach, step: Step, how: str) -> PrivacyBreachStep:
    """Note that a step is done, and how. Raises ``Conflict``, ``Problem`` without words."""
    rules.require_next(step, set(breach.steps))
    _require(how, "how", N_("Please say how."))
    row = PrivacyBreachStep(
        breach_id=breach.row.id, step=step, how=how, done_at=clock.now(), noted_by=actor.person_id or _NOBODY
    )
    session().add(row)
    session().flush()
    return row


def _steps(ids: Sequence[UUID]) -> list[dict[Step, PrivacyBreachStep]]:
    found: dict[UUID, dict[Step, PrivacyBreachStep]] = {id: {} for id in ids}
    for row in session().exec(select(PrivacyBreachStep).where(col(PrivacyBreachStep.breach_id).in_(ids))):
        found[row.breach_id][Step(row.step)] = row
    return [found[id] for id in ids]


# -- passing on --------------------------------------------------------------------------------------------------------


def shared(actor: Actor) -> list[PrivacySharing]:
    """What was passed on, the newest first; only the own entries for whoever does not answer for all of them."""
    query = select(PrivacySharing).where(PrivacySharing.association_id == actor.association_id)
    if not can(actor, "privacy.manage"):
        query = query.where(PrivacySharing.noted_by == actor.person_id)
    return list(session().exec(query.order_by(col(PrivacySharing.shared_on).desc(), col(PrivacySharing.noted_at))))


@audited("privacy.shared")
def note_sharing(
    actor: Actor,
    why: Why,
    recipient: str,
    kinds: Sequence[str],
    people: int,
    ground: Ground,
    note: str,
    shared_on: date,
) -> PrivacySharing:
    """Note that data of so many people were passed on, and on what ground; nobody is named. Raises ``Problem``."""
    _require(recipient, "recipient", N_("Please say to whom."))
    known = [kind for kind in register.read().kinds if kind in kinds]
    if not known:
        raise Problem("sharing-kinds", N_("Choose what was passed on."), field="kinds")
    row = PrivacySharing(
        association_id=actor.association_id,
        why=why,
        recipient=recipient,
        kinds=known,
        people=people,
        ground=ground,
        note=note,
        shared_on=shared_on,
        noted_by=actor.person_id or _NOBODY,
    )
    session().add(row)
    session().flush()
    return row


# -- what waits --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Waiting:
    """What waits for whoever is responsible for personal data, and how much of it is late."""

    requests: int
    breaches: int
    holds: int
    late: int

    @property
    def total(self) -> int:
        """How much waits."""
        return self.requests + self.breaches + self.holds


def waiting(actor: Actor, today: date) -> Waiting:
    """Open requests, breaches with a step left, holds that nobody confirmed."""
    asked = [row for row in requests(actor) if row.answered_at is None]
    broken = [one for one in breaches(actor) if one.open]
    unsure = [
        row
        for row in holds(actor)
        if row.confirmed_at is None
        and rules.holds(today, row.until, row.asked_on, confirmed=False, ended=row.ended_at is not None)
    ]
    now = clock.now()
    late = sum(row.answer_by < today for row in asked)
    late += sum(one.next is not None and one.by(one.next) < now for one in broken)
    return Waiting(len(asked), len(broken), len(unsure), late)


def count(actor: Actor, today: date) -> int:
    """How much waits for this actor, for the menu; worked out once until something is written."""
    key = ("privacy", actor.association_id, can(actor, "privacy.manage"), today)

    def counted() -> int:
        found = waiting(actor, today)
        return found.total if can(actor, "privacy.manage") else found.holds

    return until_written(key, counted)


def _require(text: str, field: str, words: str) -> None:
    if not text.strip():
        raise Problem(f"privacy-{field}", words, field=field)


def _unknown() -> NotFound:
    return NotFound("privacy-unknown", N_("There is no such record."))
