"""The record of a visit (走访记录, L0): when, where, who, and the signatures. Nothing of what was looked at or found.

It is handed over on site. Its hours are those at which both sides stood together, the arrival and the signature: when
the visitors were done is not told, because they may have spoken with workers after they left.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from compliance.enterprises import store as enterprises
from compliance.people import store as people
from compliance.people.rules import Actor
from compliance.shared import clock
from compliance.shared.problems import Conflict
from compliance.shared.words import N_
from compliance.visits import signatures
from compliance.visits import store as visits
from compliance.visits.beside import ARRIVED, STROKES
from compliance.visits.events import CLOSING, PRESENCE, Event, fold
from compliance.visits.rules import Outcome, Signature

if TYPE_CHECKING:
    from compliance.associations.models import Association
    from compliance.visits.models import Visit


@dataclass(frozen=True)
class Signed:
    """One side's signature: what became of it (None while nobody was asked), the name, and a picture of what was drawn
    (a ``data:`` address, empty where it is on paper or there is none).
    """

    outcome: Signature | None
    name: str
    role: str = ""
    drawn: str = ""


@dataclass(frozen=True)
class VisitRecord:
    """Everything that the record says. ``arrived`` and ``signed_at`` are hours of the day of the visit, as HH:MM in the
    association's time zone; empty where no tablet was there. ``corrected_on`` is the day of the last correction.
    """

    association: "Association"
    enterprise: str
    credit_code: str
    workplace: str
    address: str
    visited_on: date | None
    arrived: str
    signed_at: str
    inspectors: tuple[str, ...]
    outcome: Outcome | None
    representative: Signed
    inspector: Signed
    witness: str
    remark: str
    corrected_on: date | None
    language: str


def of(actor: Actor, visit: "Visit") -> VisitRecord:
    """The record of a visit that the caller found within the actor's scope. Raises ``Conflict`` before its day."""
    if visit.handed_out_at is None:
        raise Conflict("record-none", N_("There is a record once the visit is handed out."))
    entered = visits.events(visit)
    given = visits.answers(visit, entered).group(CLOSING)
    drawn = fold(event for event in entered if event.item == CLOSING and event.field in STROKES).group(CLOSING)
    association = people.association(actor)
    zone = association.time_zone
    on = date.fromisoformat(str(given["visited_on"])) if given.get("visited_on") else visit.visited_on
    enterprise = enterprises.get(actor, visit.enterprise_id)
    workplace = enterprises.workplace(actor, visit.workplace_id)
    corrections = [one for one in visits.corrections(visit, entered) if one.item == CLOSING and one.received_at]
    corrected = max((one.received_at for one in corrections if one.received_at), default=None)
    return VisitRecord(
        association=association,
        enterprise=enterprise.name,
        credit_code=enterprise.credit_code or "",
        workplace=workplace.name if workplace.name != enterprise.name else "",
        address=workplace.address or enterprise.address,
        visited_on=on,
        arrived=_hour(_arrivals(entered), on, zone),
        signed_at=_hour(_signatures(entered), on, zone),
        inspectors=_names(visit.id),
        outcome=Outcome(str(given["outcome"])) if given.get("outcome") else None,
        representative=_signed(given, drawn, "representative"),
        inspector=_signed(given, drawn, "inspector"),
        witness=str(given.get("witness") or ""),
        remark=str(given.get("remark") or ""),
        corrected_on=clock.day_of(corrected, zone) if corrected else None,
        language=str(enterprise.letter_language),
    )


def _signed(given: Mapping[str, object], drawn: Mapping[str, object], who: str) -> Signed:
    outcome = given.get(f"{who}_signature")
    signed = Signature(str(outcome)) if outcome else None
    strokes = drawn.get(f"{who}_strokes") if signed is Signature.signed else None
    return Signed(
        signed,
        str(given.get(f"{who}_name") or ""),
        str(given.get(f"{who}_role") or ""),
        signatures.picture(strokes if isinstance(strokes, str) else None),
    )


def _names(visit_id: UUID) -> tuple[str, ...]:
    sent = visits.inspectors([visit_id])[visit_id]
    known = people.people_names(sent)
    return tuple(known[id] for id in sent if id in known)


def _arrivals(entered: Iterable[Event]) -> list[datetime]:
    found = (one.value for one in entered if one.item == PRESENCE and one.field.startswith(ARRIVED))
    return [datetime.fromisoformat(value) for value in found if isinstance(value, str) and value]


def _signatures(entered: Iterable[Event]) -> list[datetime]:
    """When the representative signed on a tablet, or refused: not when somebody typed it in at the desk."""
    return [
        one.at
        for one in entered
        if one.item == CLOSING and one.field == "representative_signature" and one.device and one.value and one.at
    ]


def _hour(moments: Iterable[datetime], on: date | None, zone: str) -> str:
    """The first of these moments on a day, as HH:MM; empty without one: a tablet's clock may be wrong by years."""
    here = sorted(moment.astimezone(ZoneInfo(zone)) for moment in moments)
    return next((f"{moment:%H:%M}" for moment in here if moment.date() == on), "")
