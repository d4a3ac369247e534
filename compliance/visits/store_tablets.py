"""Tablets: who has which, when it called last and what is still on it; and what the office asks of it."""

import base64
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from compliance.people.rules import Actor
from compliance.shared import audit, clock
from compliance.shared.audit import audited
from compliance.shared.database import insert_new, session
from compliance.shared.problems import Conflict, NotFound, Problem
from compliance.shared.words import N_, clean
from compliance.visits import store_reading as reading
from compliance.visits import sync
from compliance.visits.models_tablet import Tablet, TabletOrder
from compliance.visits.rules import check_reason
from compliance.visits.sync import Order

FIRST_MINUTES = timedelta(minutes=10)
"""For so long after its first contact a tablet gets its recovery key with every answer: one may be lost."""
MOST_TROUBLES, LONGEST_TROUBLE = 20, 200
_MOST_COUNTED = 1_000_000
MOST_TABLETS, OUT_OF_USE = 50, timedelta(days=60)
"""Tablets of one person, without those that have not called for so long."""


@dataclass(frozen=True)
class Contact:
    """What a tablet says of itself. Nothing of it is so wrong that the contact would be refused, but its own id."""

    device: str
    label: str = ""
    agent: str = ""
    release: str = ""
    at: str = ""
    persisted: bool | None = None
    unsent_entries: int = 0
    unsent_photos: int = 0
    unsent_oldest: datetime | None = None
    troubles: tuple[str, ...] = ()
    done: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answered:
    """What a contact is answered with. ``recovery`` is the key of the device, where it is given out."""

    tablet: Tablet
    drift_seconds: int | None
    orders: Sequence[TabletOrder] = field(default_factory=tuple)
    recovery: str | None = None


def read_contact(raw: Any) -> Contact:
    """What a tablet said, as far as it can be read. Raises ``Problem`` where it does not say which tablet it is."""
    device = sync.field_of(raw, "device")
    if sync.uuid_of(device) is None:
        raise Problem("device-id", N_("The tablet does not say which one it is."))
    unsent = sync.field_of(raw, "unsent")
    persisted = sync.field_of(raw, "persisted")
    return Contact(
        device=device,
        label=_line(sync.field_of(raw, "label"), 80),
        agent=_line(sync.field_of(raw, "agent"), 300),
        release=_line(sync.field_of(raw, "release"), 40),
        at=_line(sync.field_of(raw, "at"), 40),
        persisted=persisted if isinstance(persisted, bool) else None,
        unsent_entries=_count(sync.field_of(unsent, "entries")),
        unsent_photos=_count(sync.field_of(unsent, "photos")),
        unsent_oldest=sync.moment_of(sync.field_of(unsent, "oldest")),
        troubles=tuple(_line(one, LONGEST_TROUBLE) for one in _list(sync.field_of(raw, "troubles"))[:MOST_TROUBLES]),
        done=tuple(one for one in _list(sync.field_of(raw, "done")) if sync.uuid_of(one)),
    )


def contact(actor: Actor, said: Contact, *, recover: bool = False) -> Answered:
    """Note a tablet's call and answer it. The first call registers it to this person.

    ``recover``: the person has signed in just now and asks for the key of the device. Raises ``Conflict`` for a tablet
    that is somebody else's.
    """
    now = clock.now()
    row: Tablet | None = session().get(Tablet, UUID(said.device), with_for_update=True)
    if row is None:
        row = _register(actor, said, now)
    else:
        _require_own(actor, row)
        _known_again(actor, row, said)
    row.contact_at, row.drift_seconds = now, sync.drift_of(now, said.at)
    row.persisted = said.persisted
    row.unsent_entries, row.unsent_photos, row.unsent_oldest = (
        said.unsent_entries,
        said.unsent_photos,
        said.unsent_oldest,
    )
    row.troubles = list(said.troubles)
    if said.done:
        _confirm(actor, row, said.done, now)
    session().flush()
    given_out = recover or now - row.registered_at < FIRST_MINUTES
    if recover:
        audit.record(actor, "tablet.key_given", row)
    return Answered(row, row.drift_seconds, orders_of(row), row.recovery_key if given_out else None)


def _register(actor: Actor, said: Contact, now: datetime) -> Tablet:
    _require_few(actor, now)
    id = UUID(said.device)
    table: Any = Tablet.__table__  # type: ignore[attr-defined]
    values: dict[str, Any] = {
        "id": id,
        "association_id": actor.association_id,
        "person_id": actor.person_id,
        "label": said.label,
        "agent": said.agent,
        "release": said.release,
        "registered_at": now,
        "recovery_key": base64.b64encode(secrets.token_bytes(32)).decode(),
        "unsent_entries": 0,
        "unsent_photos": 0,
        "troubles": [],
    }
    # Two first calls at once are one registration.
    new = insert_new(table, [values])
    tablet = session().get_one(Tablet, id, with_for_update=True)
    _require_own(actor, tablet)
    if new:
        audit.record(actor, "tablet.registered", tablet, release=said.release)
    return tablet


def _require_few(actor: Actor, now: datetime) -> None:
    query = sa.select(sa.func.count()).where(
        col(Tablet.person_id) == actor.person_id, col(Tablet.contact_at) > now - OUT_OF_USE
    )
    if int(session().execute(query).scalar_one()) >= MOST_TABLETS:
        raise Conflict("devices-too-many", N_("You have used too many tablets lately. Ask your coordinator."))


def _require_own(actor: Actor, row: Tablet) -> None:
    if row.person_id != actor.person_id:
        raise Conflict("device-foreign", N_("This tablet belongs to somebody else. Only its owner sends from it."))


def _known_again(actor: Actor, row: Tablet, said: Contact) -> None:
    told = {"label": said.label or row.label, "agent": said.agent, "release": said.release}
    if any(getattr(row, name) != value for name, value in told.items()):
        _describe(actor, row, told)


@audited("tablet.described")
def _describe(actor: Actor, row: Tablet, told: dict[str, str]) -> Tablet:
    for name, value in told.items():
        setattr(row, name, value)
    session().flush()
    return row


# -- what the office asks ---------------------------------------------------------------------------------------------


def tablets(actor: Actor) -> list[Tablet]:
    """Every tablet of the association, the one that called last first."""
    query = select(Tablet).where(Tablet.association_id == actor.association_id)
    return list(session().exec(query.order_by(col(Tablet.contact_at).desc(), col(Tablet.id))))


def tablet(actor: Actor, tablet_id: UUID) -> Tablet:
    """A tablet of the association. Raises ``NotFound``."""
    row = session().get(Tablet, tablet_id)
    if row is None or row.association_id != actor.association_id:
        raise NotFound("device-unknown", N_("There is no such tablet."))
    return row


def orders_of(row: Tablet, *, done: bool = False) -> list[TabletOrder]:
    """What is asked of a tablet and not carried out yet, oldest first; with ``done`` everything that ever was."""
    query = select(TabletOrder).where(TabletOrder.tablet_id == row.id)
    if not done:
        query = query.where(col(TabletOrder.done_at).is_(None))
    return list(session().exec(query.order_by(col(TabletOrder.ordered_at), col(TabletOrder.id))))


@audited("tablet.ordered")
def order(actor: Actor, row: Tablet, kind: Order, reason: str, visit_id: UUID | None = None) -> TabletOrder:
    """Ask a tablet to wipe itself (what is unsent stays), or to discard what is unsent of one visit. The same wish that
    is still open is one wish. Raises ``Problem`` without a reason, ``NotFound`` for a visit out of reach.
    """
    why = check_reason(clean(reason))[:2000]
    if kind is Order.discard:
        if visit_id is None:
            raise Problem("order-visit", N_("Say which visit is to be discarded."), field="visit")
        visit_id = reading.get(actor, visit_id).id
    else:
        visit_id = None
    for open_one in orders_of(row):
        if (open_one.kind, open_one.visit_id) == (kind, visit_id):
            return open_one
    wish = TabletOrder(
        tablet_id=row.id, visit_id=visit_id, kind=kind, reason=why, ordered_at=clock.now(), ordered_by=actor.person_id
    )
    session().add(wish)
    session().flush()
    return wish


@audited("tablet.obeyed")
def _confirm(actor: Actor, row: Tablet, done: Iterable[str], now: datetime) -> Tablet:
    ids = [UUID(one) for one in done]
    for wish in orders_of(row):
        if wish.id in ids:
            wish.done_at = now
    session().flush()
    return row


def unsent_of(actor: Actor, since: datetime) -> list[Tablet]:
    """The tablets whose oldest unsent entry is older than a moment, the oldest first."""
    query = select(Tablet).where(
        Tablet.association_id == actor.association_id,
        sa.or_(col(Tablet.unsent_entries) > 0, col(Tablet.unsent_photos) > 0),
        col(Tablet.unsent_oldest) < since,
    )
    return list(session().exec(query.order_by(col(Tablet.unsent_oldest))))


def _line(value: Any, longest: int) -> str:
    return clean(value[: 4 * longest]).replace("\n", " ")[:longest] if isinstance(value, str) else ""


def _count(value: Any) -> int:
    good = isinstance(value, int) and not isinstance(value, bool)
    return max(0, min(_MOST_COUNTED, value)) if good else 0


def _list(value: Any) -> list[Any]:
    return value[:100] if isinstance(value, list) else []
