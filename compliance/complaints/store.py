"""Reading and writing complaints.

Who has a tie to an enterprise learns nothing of a complaint about it. Before a complaint is linked nobody knows whose
it is, so that officers with any tie at all see only those that are linked to somebody else.
"""

import json
import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from compliance.associations import store as associations
from compliance.complaints import policy, rules
from compliance.complaints.models import Complaint, ComplaintPart
from compliance.complaints.rules import Concerned, Outcome, Reply, Source, State
from compliance.enterprises import store as enterprises
from compliance.people.rules import Actor, can
from compliance.shared import audit, clock, files, ids, sealed_keys
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem
from compliance.shared.words import N_

PURPOSE = "complaint"
PAGE = 50
SORTS: dict[str, Any] = {"received": col(Complaint.received_at), "read_by": col(Complaint.read_by)}


@dataclass(frozen=True)
class Told:
    """What somebody tells in a form; ``pictures`` are JPEG bytes without hidden data."""

    account: dict[str, str]
    contact: dict[str, str]
    areas: Sequence[str]
    concerned: Concerned
    still_there: Reply
    danger: Reply
    pictures: Sequence[bytes] = ()
    source: Source = Source.form


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed by; ``older`` are days since a complaint came in."""

    number: str = ""
    state: State | None = None
    area: str = ""
    older: int | None = None


@dataclass(frozen=True)
class Found:
    """A page of the list."""

    rows: list[Complaint]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class Part:
    """An opened piece."""

    id: UUID
    kind: str
    at: datetime
    by: UUID | None
    text: dict[str, str] = field(default_factory=dict)


# -- whoever complains -------------------------------------------------------------------------------------------------


def sent_before(once: str) -> Complaint | None:
    """The complaint that this very form made already (``once`` as ``digest_of`` gives it)."""
    return session().exec(select(Complaint).where(Complaint.once == once)).one_or_none()


@audited("complaint.received")
def receive(actor: Actor, told: Told, secret: str, once: str, language: str, today: date) -> Complaint:
    """Keep a complaint. ``secret`` is the hash of its words, ``once`` the digest of its form.

    Raises ``Problem`` for one that says nothing.
    """
    rules.require_something(told.account.get("happened", ""), told.areas, len(told.pictures))
    period = policy.of(today)
    row = Complaint(
        association_id=actor.association_id,
        number=ids.short_code(8),
        secret=secret,
        once=once,
        source=told.source,
        areas=[area for area in rules.AREAS if area in told.areas],
        concerned=told.concerned,
        still_there=told.still_there,
        danger=told.danger,
        language=language,
        received_on=today,
        read_by=rules.read_by(today, period),
        scores_from=rules.scores_from(today, period, secrets.randbelow(2**32)),
    )
    session().add(row)
    session().flush()
    _keep(actor, row, "account", told.account)
    if any(told.contact.values()):
        _keep(actor, row, "contact", told.contact)
    for picture in told.pictures:
        _keep_picture(actor, row, picture)
    session().flush()
    return row


def by_number(association_id: UUID, number: str) -> Complaint | None:
    """The complaint with a number as somebody typed it. Its words still have to be asked for."""
    query = select(Complaint).where(
        Complaint.association_id == association_id, Complaint.number == ids.plain_code(number[:40])
    )
    return session().exec(query).one_or_none()


def of_holder(complaint_id: UUID) -> Complaint:
    """The complaint whose words the reader of this page knew. Raises ``NotFound``."""
    row = session().get(Complaint, complaint_id)
    if row is None:
        raise _unknown()
    return row


@audited("complaint.more")
def add(actor: Actor, row: Complaint, text: str, pictures: Sequence[bytes]) -> Complaint:
    """The complainant writes more; a closed complaint opens again. Raises ``Problem``, ``Conflict``."""
    if not text and not pictures:
        raise Problem("complaint-more", N_("Please write something or choose a photo."), field="text")
    if text:
        _keep(actor, row, "more", {"text": text})
    for picture in pictures:
        _keep_picture(actor, row, picture)
    _open_again(actor, row, State.received)
    row.read_by = rules.read_by(_today(actor), policy.of(row.received_on))
    return row


@audited("complaint.withdrawn")
def withdraw(actor: Actor, row: Complaint) -> Complaint:
    """The complainant takes back what was written: it is closed, and its key goes with the next round of the worker,
    unless a court holds it back. Raises ``KeyDestroyed``.
    """
    if row.state is not State.closed:
        _close(actor, row, None, 0)
    sealed_keys.destroy_on(actor, sealed_keys.made(actor, PURPOSE, row.id), _today(actor))
    return row


def told_to_holder(row: Complaint) -> list[Part]:
    """What the complainant wrote and was answered, the oldest first; nothing once its key is destroyed."""
    return [one for one in parts(row) if one.kind != "contact"]


# -- officers ----------------------------------------------------------------------------------------------------------


def scope(actor: Actor) -> sa.ColumnElement[bool]:
    """Which complaints exist for an actor."""
    mine = col(Complaint.association_id) == actor.association_id
    if not can(actor, "complaint.read"):
        return sa.false()
    if not actor.outside_ids:
        return mine
    return sa.and_(
        mine, col(Complaint.enterprise_id).is_not(None), col(Complaint.enterprise_id).not_in(actor.outside_ids)
    )


def get(actor: Actor, complaint_id: UUID) -> Complaint:
    """A complaint. Raises ``NotFound``, also for who has a tie to whom it is about."""
    row = session().exec(select(Complaint).where(Complaint.id == complaint_id, scope(actor))).one_or_none()
    if row is None:
        raise _unknown()
    return row


def search(actor: Actor, filters: Filters, today: date, sort: str = "-received", page: int = 1) -> Found:
    """One page of the list; an unknown sort means the newest first, a page beyond the end the last one."""
    where = [scope(actor), *_narrowed(filters, today)]
    total = session().execute(sa.select(sa.func.count()).select_from(Complaint).where(*where)).scalar_one()
    pages = max(1, -(-total // PAGE))
    page = max(1, min(page, pages))
    query = select(Complaint).where(*where).order_by(*_order(sort)).offset((page - 1) * PAGE).limit(PAGE)
    return Found(list(session().exec(query)), total, page, pages)


def next_by(row: Complaint) -> date | None:
    """By when the next step is due, if one is: to read it, then to answer it."""
    return rules.next_by(row.state, row.read_by, policy.of(row.received_on))


def of_enterprise(actor: Actor, enterprise_id: UUID) -> list[Complaint]:
    """The complaints about an enterprise that the actor may read, the newest first."""
    query = select(Complaint).where(Complaint.enterprise_id == enterprise_id, scope(actor))
    return list(session().exec(query.order_by(col(Complaint.received_at).desc())))


def waiting(actor: Actor) -> list[Complaint]:
    """Those that wait to be read or answered, by somebody who may and has no tie."""
    query = select(Complaint).where(scope(actor), col(Complaint.state).in_([State.received, State.read]))
    return list(session().exec(query.order_by(col(Complaint.read_by), col(Complaint.id))))


def any_late(actor: Actor, today: date) -> bool:
    """Whether any of those that wait for the actor should have been read or answered before today."""
    return any((next_by(row) or date.max) < today for row in waiting(actor))


def exported(actor: Actor, filters: Filters, today: date, sort: str) -> list[Complaint]:
    """All rows of the list as it is narrowed and sorted, to take home; that somebody took them is on the trail."""
    query = select(Complaint).where(scope(actor), *_narrowed(filters, today)).order_by(*_order(sort))
    rows = list(session().exec(query))
    audit.record(actor, "complaint.exported", rows=len(rows))
    return rows


def came_since(actor: Actor, moment: datetime) -> int:
    """How many came since a moment."""
    query = sa.select(sa.func.count()).select_from(Complaint).where(scope(actor), col(Complaint.received_at) >= moment)
    return int(session().execute(query).scalar_one())


def parts(row: Complaint) -> list[Part]:
    """All pieces of a complaint, opened, the oldest first. Who may read them is for the caller to decide."""
    key = sealed_keys.of(PURPOSE, row.id)
    if key is None or key.wrapped is None:
        return []
    opened = sealed_keys.opener(key)
    query = select(ComplaintPart).where(ComplaintPart.complaint_id == row.id)
    found = session().exec(query.order_by(col(ComplaintPart.at), col(ComplaintPart.id)))
    return [
        Part(one.id, one.kind, one.at, one.by, json.loads(opened(_label(one.id), one.sealed)) if one.sealed else {})
        for one in found
    ]


def is_gone(row: Complaint) -> bool:
    """Whether the content has been destroyed."""
    key = sealed_keys.of(PURPOSE, row.id)
    return key is not None and key.wrapped is None


def picture(actor: Actor, complaint_id: UUID, part_id: UUID) -> bytes:
    """A picture as JPEG. Raises ``NotFound``."""
    row = get(actor, complaint_id)
    part = session().get(ComplaintPart, part_id)
    key = sealed_keys.of(PURPOSE, row.id)
    if part is None or part.complaint_id != row.id or not part.file_digest or key is None or key.wrapped is None:
        raise _unknown()
    return sealed_keys.unseal(key, _label(part.id), files.get(part.file_digest))


@audited("complaint.read")
def mark_read(_actor: Actor, row: Complaint) -> Complaint:
    """Somebody has read it."""
    if row.state is State.received:
        row.state = State.read
        row.read_at = row.read_at or clock.now()
    return row


@audited("complaint.linked")
def link(actor: Actor, row: Complaint, enterprise_id: UUID, workplace_id: UUID | None) -> Complaint:
    """Say whom it is about. Raises ``NotFound``, also for an enterprise to which the actor has a tie."""
    enterprises.get(actor, enterprise_id)
    if enterprise_id in actor.outside_ids:
        raise _unknown()
    if workplace_id is not None and enterprises.workplace(actor, workplace_id).enterprise_id != enterprise_id:
        raise _unknown()
    row.enterprise_id, row.workplace_id = enterprise_id, workplace_id
    return row


@audited("complaint.signs")
def point(actor: Actor, row: Complaint, signs: Collection[int]) -> Complaint:
    """Say which of the ILO's indicators (1 to 11) its words point to; none takes them back. Raises ``Problem``."""
    if any(number not in range(1, 12) for number in signs):
        raise Problem("complaint-signs", N_("There are eleven indicators."), field="signs")
    row.signs = sorted(set(signs))
    return row


def telling_of_danger(
    association_id: UUID, enterprise_id: UUID | None = None
) -> tuple[list[Complaint], dict[UUID, list[Complaint]]]:
    """Open complaints that signal danger: those that speak of it and that nobody has read or said whom they are about,
    and by enterprise the others; of one enterprise only, where one is given. For the case that they open; who may see
    it is decided there.
    """
    signs = sa.or_(col(Complaint.danger) == Reply.yes, sa.cast(col(Complaint.signs), sa.Text) != "[]")
    query = select(Complaint).where(Complaint.association_id == association_id, Complaint.state != State.closed, signs)
    if enterprise_id is not None:
        query = query.where(Complaint.enterprise_id == enterprise_id)
    unread: list[Complaint] = []
    of_enterprise: dict[UUID, list[Complaint]] = {}
    for row in session().exec(query.order_by(col(Complaint.received_at), col(Complaint.id))):
        if row.enterprise_id is not None:
            of_enterprise.setdefault(row.enterprise_id, []).append(row)
        elif row.state is State.received:
            unread.append(row)
    return unread, of_enterprise


@audited("complaint.answered")
def answer(actor: Actor, row: Complaint, text: str) -> Complaint:
    """Answer the complainant. Raises ``Problem``, ``Conflict`` when it is closed."""
    rules.require_open(row.state)
    if not text:
        raise Problem("complaint-answer", N_("Please write an answer."), field="text")
    _keep(actor, row, "answer", {"text": text})
    now = clock.now()
    row.state, row.read_at, row.answered_at = State.answered, row.read_at or now, row.answered_at or now
    return row


@audited("complaint.closed")
def close(actor: Actor, row: Complaint, outcome: Outcome, recovered: Decimal) -> Complaint:
    """Close it with what came of it; its content is kept as the policy says. Raises ``Problem``, ``Conflict``."""
    rules.require_open(row.state)
    _close(actor, row, outcome, rules.fen(recovered))
    return row


@audited("complaint.reopened")
def reopen(actor: Actor, row: Complaint) -> Complaint:
    """Open it again; the days to answer begin anew. Raises ``Conflict`` once its content is destroyed, or when it was
    not closed.
    """
    if row.state is not State.closed:
        raise Conflict("complaint-open", N_("This complaint is open."))
    _open_again(actor, row, State.read)
    row.read_by = rules.read_by(_today(actor), policy.of(row.received_on))
    return row


@audited("complaint.merged")
def merge(actor: Actor, row: Complaint, number: str) -> Complaint:
    """Close it as the duplicate of another one in the actor's scope. Raises ``Problem``, ``Conflict``."""
    rules.require_open(row.state)
    other = by_number(actor.association_id, number)
    seen = (
        other is not None and session().exec(select(Complaint.id).where(Complaint.id == other.id, scope(actor))).all()
    )
    if other is None or not seen or other.id == row.id or other.merged_into is not None:
        raise Problem("complaint-merge", N_("There is no other complaint with this number."), field="number")
    row.merged_into = other.id
    if row.enterprise_id is None:
        row.enterprise_id, row.workplace_id = other.enterprise_id, other.workplace_id
    _close(actor, row, None, 0)
    return row


def duplicates(actor: Actor, row: Complaint) -> list[Complaint]:
    """Those that were merged into this one."""
    query = select(Complaint).where(Complaint.merged_into == row.id, scope(actor))
    return list(session().exec(query.order_by(col(Complaint.received_at))))


# -- what other parts of the house ask ---------------------------------------------------------------------------------


def counted(association_id: UUID, enterprise_ids: Iterable[UUID], day: date, since: date) -> dict[UUID, int]:
    """How many complaints count for the risk of each enterprise on a day: those whose delay is over, whose delay ended
    after ``since``, and that were neither unfounded nor duplicates. Without any, an enterprise is missing.
    """
    wanted = set(enterprise_ids)
    query = (
        sa.select(col(Complaint.enterprise_id), sa.func.count())
        .where(
            col(Complaint.association_id) == association_id,
            col(Complaint.enterprise_id).is_not(None),
            col(Complaint.scores_from) <= day,
            col(Complaint.scores_from) > since,
            col(Complaint.merged_into).is_(None),
            sa.or_(col(Complaint.outcome).is_(None), col(Complaint.outcome) != Outcome.unfounded),
        )
        .group_by(col(Complaint.enterprise_id))
    )
    return {one: number for one, number in session().execute(query) if one in wanted}


def remove_pictures(complaint_id: UUID) -> None:
    """Remove the files of photos whose key is about to be destroyed; the caller's line on the trail tells of the key.

    Each was sealed for this complaint alone, so that no other row names its file.
    """
    query = select(ComplaintPart.file_digest).where(
        ComplaintPart.complaint_id == complaint_id, col(ComplaintPart.file_digest).is_not(None)
    )
    for digest in session().exec(query):
        files.remove(str(digest))


def _order(sort: str) -> list[Any]:
    key = SORTS.get(sort.removeprefix("-"), SORTS["received"])
    down = sort.startswith("-") or sort.removeprefix("-") not in SORTS
    return [key.desc() if down else key, col(Complaint.id)]


def _narrowed(filters: Filters, today: date) -> list[sa.ColumnElement[bool]]:
    where: list[sa.ColumnElement[bool]] = []
    if filters.number:
        where.append(col(Complaint.number).contains(ids.plain_code(filters.number), autoescape=True))
    if filters.state:
        where.append(col(Complaint.state) == filters.state)
    if filters.area:
        where.append(sa.cast(col(Complaint.areas), sa.Text).contains(f'"{filters.area}"'))
    if filters.older is not None:
        where.append(col(Complaint.received_on) <= today - timedelta(days=filters.older))
    return where


# -- inside ------------------------------------------------------------------------------------------------------------


def _keep(actor: Actor, row: Complaint, kind: str, text: dict[str, str]) -> None:
    part = ComplaintPart(association_id=row.association_id, complaint_id=row.id, kind=kind, by=actor.person_id)
    clear = json.dumps({name: value for name, value in text.items() if value}, ensure_ascii=False).encode()
    part.sealed = _sealed(actor, row, part, clear)
    session().add(part)


def _keep_picture(actor: Actor, row: Complaint, data: bytes) -> None:
    part = ComplaintPart(association_id=row.association_id, complaint_id=row.id, kind="picture", by=actor.person_id)
    part.file_digest = files.put(_sealed(actor, row, part, data), "application/octet-stream").digest
    session().add(part)


def _sealed(actor: Actor, row: Complaint, part: ComplaintPart, clear: bytes) -> bytes:
    try:
        return sealed_keys.seal(sealed_keys.made(actor, PURPOSE, row.id), _label(part.id), clear)
    except sealed_keys.KeyDestroyed:
        raise _gone() from None


def _close(actor: Actor, row: Complaint, outcome: Outcome | None, recovered_fen: int) -> None:
    row.state, row.closed_at, row.read_at = State.closed, clock.now(), row.read_at or clock.now()
    row.outcome, row.recovered_fen = outcome, recovered_fen
    today = _today(actor)
    key = sealed_keys.made(actor, PURPOSE, row.id)
    sealed_keys.destroy_on(actor, key, today + timedelta(days=policy.of(today).keep_days))


def _open_again(actor: Actor, row: Complaint, state: State) -> None:
    if row.state is State.closed:
        key = sealed_keys.made(actor, PURPOSE, row.id)
        try:
            sealed_keys.destroy_on(actor, key, None)
        except sealed_keys.KeyDestroyed:
            raise _gone() from None
        row.closed_at, row.outcome, row.merged_into = None, None, None
    row.state = state


def _today(actor: Actor) -> date:
    return clock.today(associations.get(actor.association_id).time_zone)


def _label(part_id: UUID) -> str:
    return f"complaint_part {part_id}"


def _unknown() -> NotFound:
    return NotFound("complaint-unknown", N_("There is no such complaint."))


def _gone() -> Conflict:
    return Conflict("complaint-gone", N_("What was written here has been deleted after its time. Please write anew."))
