"""A version of the code of conduct on its way to members: whom it goes to, who was written to, who has pledged."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from compliance.checklists import store as checklists
from compliance.enterprises.classes import Size
from compliance.enterprises.life import Audience
from compliance.enterprises.models import Enterprise, Pledge
from compliance.enterprises.models_sendings import CodeSending, CodeSendingTo
from compliance.enterprises.rules import Status
from compliance.people import store as people
from compliance.people.rules import Actor
from compliance.shared import clock, ids
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import NotFound, Problem, Stale
from compliance.shared.words import N_

PAGE = 50
CHUNK = 1000
VIEWS = ("all", "outstanding", "pledged", "unreached")


@dataclass(frozen=True, slots=True)
class Share:
    """Members of one class, and how many of them have pledged to a version."""

    name: str
    members: int
    pledged: int

    @property
    def share(self) -> float:
        """0..1; 0 without members."""
        return self.pledged / self.members if self.members else 0.0


@dataclass(frozen=True, slots=True)
class Shares:
    """How many members have pledged to a version of the code: all, by sector (division or part of it) and by size."""

    whole: Share
    sectors: tuple[Share, ...]
    sizes: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One member of a sending. ``pledged_on`` is None while its pledge to that version is outstanding."""

    id: UUID
    enterprise_id: UUID
    name: str
    credit_code: str
    messages: int
    written_at: datetime | None
    reminded: int
    reminded_at: datetime | None
    pledged_on: date | None


@dataclass(frozen=True, slots=True)
class Lines:
    """One page of the members of a sending."""

    rows: list[Line]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Where a sending stands: members, those whose messages are written, those nobody can write to, the pledged."""

    members: int
    written: int
    unreached: int
    pledged: int

    @property
    def outstanding(self) -> int:
        """Members that have not pledged."""
        return self.members - self.pledged


def _pledged(code_version: str, on: date) -> sa.ColumnElement[bool]:
    """Whether a member's pledge to a version holds on a day; for a statement over enterprises."""
    holds = sa.or_(col(Pledge.withdrawn_on).is_(None), col(Pledge.withdrawn_on) > on)
    return (
        sa.select(sa.literal(1))
        .where(col(Pledge.enterprise_id) == col(Enterprise.id), col(Pledge.code_version) == code_version, holds)
        .exists()
    )


def _members(actor: Actor) -> list[sa.ColumnElement[bool]]:
    return [col(Enterprise.association_id) == actor.association_id, col(Enterprise.status) == Status.active]


def _audience(actor: Actor, audience: Audience, code_version: str) -> list[sa.ColumnElement[bool]]:
    where = _members(actor)
    if audience.sector:
        where.append(sa.func.substr(col(Enterprise.sector), 1, len(audience.sector)) == audience.sector)
    if audience.outstanding:
        where.append(sa.not_(_pledged(code_version, _today(actor))))
    return where


def size_of(actor: Actor, audience: Audience, code_version: str) -> int:
    """How many members an audience is, today."""
    where = _audience(actor, audience, code_version)
    return int(session().execute(sa.select(sa.func.count()).select_from(Enterprise).where(*where)).scalar_one())


@audited("code.sent_out")
def confirm(
    actor: Actor, sending_id: UUID, version_number: int, audience: Audience, answer_by: date, seen: int
) -> CodeSending:
    """Send a version to an audience, whose members are settled now. Said twice with one id, it is done once.

    Raises ``NotFound`` for a version that is not there, ``Stale`` when the audience is not as large as it was ``seen``,
    ``Problem`` (fact ``field``) for a day that is over and an audience of nobody.
    """
    known = session().get(CodeSending, sending_id)
    if known is not None and known.association_id == actor.association_id:
        return known
    version = checklists.version(actor, version_number)
    if answer_by <= _today(actor):
        raise Problem("sending-day", N_("Give members a day that is still to come."), field="answer_by")
    where = _audience(actor, audience, version.code_version)
    members = list(session().exec(select(Enterprise.id).where(*where).order_by(col(Enterprise.id))))
    if not members:
        raise Problem("sending-nobody", N_("No member fits: there is nobody to send it to."), field="who")
    if len(members) != seen:
        raise Stale("sending-stale", N_("The register has changed since you looked. Look at the preview again."))
    row = CodeSending(
        id=sending_id,
        association_id=actor.association_id,
        checklist_version_id=version.id,
        code_version=version.code_version,
        audience=audience.as_json(),
        answer_by=answer_by,
        confirmed_by=actor.person_id,
    )
    session().add(row)
    session().flush()
    for start in range(0, len(members), CHUNK):
        values = [
            {"id": ids.random_id(), "sending_id": row.id, "enterprise_id": one, "messages": 0, "reminded": 0}
            for one in members[start : start + CHUNK]
        ]
        session().execute(sa.insert(CodeSendingTo), values)
    return row


@audited("code.reminded")
def remind(actor: Actor, row: CodeSending) -> CodeSending:
    """Ask for one more reminder to those whose pledge is outstanding. Raises ``Problem`` if there are none."""
    if not counts(actor, row).outstanding:
        raise Problem("sending-all", N_("All of them have pledged: nobody is left to remind."))
    row.reminders += 1
    session().add(row)
    return row


@audited("code.sending_queued")
def work_on(actor: Actor, row: CodeSending, job_id: UUID) -> CodeSending:
    """Note which background task writes the messages."""
    row.job_id = job_id
    session().add(row)
    return row


def sendings(actor: Actor) -> list[CodeSending]:
    """What was sent out, the newest first."""
    query = select(CodeSending).where(CodeSending.association_id == actor.association_id)
    return list(session().exec(query.order_by(col(CodeSending.confirmed_at).desc()).limit(200)))


def get(actor: Actor, sending_id: UUID) -> CodeSending:
    """A sending of the actor's association. Raises ``NotFound``."""
    row = session().get(CodeSending, sending_id)
    if row is None or row.association_id != actor.association_id:
        raise NotFound("sending-unknown", N_("Nothing of this kind was sent out."))
    return row


def _pledged_on(row: CodeSending) -> Any:
    first = sa.select(sa.func.min(col(Pledge.signed_on))).where(
        col(Pledge.enterprise_id) == col(CodeSendingTo.enterprise_id),
        col(Pledge.code_version) == row.code_version,
        col(Pledge.withdrawn_on).is_(None),
    )
    return first.correlate(CodeSendingTo).scalar_subquery()


def counts(actor: Actor, row: CodeSending) -> Counts:
    """Where a sending stands now."""
    inner = (
        sa.select(
            col(CodeSendingTo.written_at).label("written_at"),
            col(CodeSendingTo.messages).label("messages"),
            _pledged_on(row).label("pledged_on"),
        )
        .where(*_seen(actor, row))
        .subquery()
    )
    written = inner.c.written_at.is_not(None)
    query = sa.select(
        sa.func.count(),
        sa.func.count().filter(written),
        sa.func.count().filter(written, inner.c.messages == 0),
        sa.func.count().filter(inner.c.pledged_on.is_not(None)),
    ).select_from(inner)
    members, reached, unreached, pledged = session().execute(query).one()
    return Counts(members, reached - unreached, unreached, pledged)


def lines(actor: Actor, row: CodeSending, view: str = "all", page: int = 1) -> Lines:
    """One page of the members of a sending, by name; narrowed to those outstanding, pledged, or reached by nobody."""
    query = _lines(actor, row, view)
    total = int(session().execute(sa.select(sa.func.count()).select_from(query.subquery())).scalar_one())
    pages = max(1, -(-total // PAGE))
    page = max(1, min(page, pages))
    found = session().execute(query.limit(PAGE).offset((page - 1) * PAGE))
    return Lines([Line(*one) for one in found], total, page, pages)


def every_line(actor: Actor, row: CodeSending, view: str = "all") -> Iterator[Line]:
    """All of them, for a download."""
    for one in session().execute(_lines(actor, row, view), execution_options={"yield_per": CHUNK}):
        yield Line(*one)


def _lines(actor: Actor, row: CodeSending, view: str) -> sa.Select[Any]:
    on, to = _pledged_on(row), CodeSendingTo
    query = sa.select(
        col(to.id), col(to.enterprise_id), col(Enterprise.name), sa.func.coalesce(col(Enterprise.credit_code), ""),
        col(to.messages), col(to.written_at), col(to.reminded), col(to.reminded_at), on.label("pledged_on"),
    ).join(Enterprise, col(Enterprise.id) == col(to.enterprise_id)).where(*_seen(actor, row))  # fmt: skip
    narrowed: Mapping[str, list[Any]] = {
        "outstanding": [on.is_(None)],
        "pledged": [on.is_not(None)],
        "unreached": [col(to.written_at).is_not(None), col(to.messages) == 0],
    }
    return query.where(*narrowed.get(view, [])).order_by(col(Enterprise.sort_key), col(Enterprise.id))


def _seen(actor: Actor, row: CodeSending) -> list[sa.ColumnElement[bool]]:
    """What of a sending is listed: not the enterprises that the reader sees from outside."""
    where = [col(CodeSendingTo.sending_id) == row.id]
    return [*where, col(CodeSendingTo.enterprise_id).not_in(actor.outside_ids)] if actor.outside_ids else where


# --- for the background task -----------------------------------------------------------------------------------------


def known(sending_id: UUID) -> CodeSending:
    """A sending, for the task that writes its messages."""
    return session().get_one(CodeSending, sending_id)


def unwritten(row: CodeSending, reminder: int, most: int) -> list[CodeSendingTo]:
    """The next members to write to: with ``reminder`` 0 the first message, else that reminder, while outstanding."""
    query = select(CodeSendingTo).where(*_to_write(row, reminder))
    return list(session().exec(query.order_by(col(CodeSendingTo.id)).limit(most)))


def left_to_write(row: CodeSending, reminder: int) -> int:
    """How many of them there are."""
    query = sa.select(sa.func.count()).select_from(CodeSendingTo).where(*_to_write(row, reminder))
    return int(session().execute(query).scalar_one())


def _to_write(row: CodeSending, reminder: int) -> list[sa.ColumnElement[bool]]:
    to, mine = CodeSendingTo, col(CodeSendingTo.sending_id) == row.id
    if not reminder:
        return [mine, col(to.written_at).is_(None)]
    return [mine, col(to.written_at).is_not(None), col(to.reminded) < reminder, _pledged_on(row).is_(None)]


def written(to: CodeSendingTo, reminder: int, messages: int) -> None:
    """Note that a member's messages are in the outbox. The task's own lines tell of it: this row is none of them."""
    if reminder:
        to.reminded, to.reminded_at = reminder, clock.now()
    else:
        to.messages, to.written_at = messages, clock.now()
    session().add(to)


# --- numbers ---------------------------------------------------------------------------------------------------------


def shares(actor: Actor, code_version: str) -> Shares:
    """How many members have pledged to a version, today, without those that the reader sees from outside: one statement
    over the register.
    """
    pledged = _pledged(code_version, _today(actor))
    where = _members(actor)
    if actor.outside_ids:
        where.append(col(Enterprise.id).not_in(actor.outside_ids))
    division = sa.func.substr(col(Enterprise.sector), 1, 3)
    query = (
        sa.select(division, col(Enterprise.size), sa.func.count(), sa.func.count().filter(pledged))
        .where(*where)
        .group_by(division, col(Enterprise.size))
    )
    rows = [
        (sector, size.value if size else "", members, yes) for sector, size, members, yes in session().execute(query)
    ]
    whole = Share("", sum(row[2] for row in rows), sum(row[3] for row in rows))
    in_order = [*Size, ""]
    found = _by((size, members, yes) for _sector, size, members, yes in rows)
    sizes = tuple(sorted(found, key=lambda one: in_order.index(one.name)))
    return Shares(whole, _by((sector, members, yes) for sector, _size, members, yes in rows), sizes)


def _by(rows: Iterable[tuple[str, int, int]]) -> tuple[Share, ...]:
    found: dict[str, list[int]] = {}
    for name, members, yes in rows:
        both = found.setdefault(name, [0, 0])
        both[0] += members
        both[1] += yes
    return tuple(Share(name, *both) for name, both in sorted(found.items()))


def _today(actor: Actor) -> date:
    return clock.today(people.association(actor).time_zone)
