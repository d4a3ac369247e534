"""Searching the audit trail of an association. Lines of sealed matters are not found."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from compliance.people import store as people
from compliance.people.rules import Actor
from compliance.shared.audit import AuditLine
from compliance.shared.database import session
from compliance.shared.words import Text
from compliance.trail import rules

PER_PAGE = 50
MOST_IN_A_FILE = 100_000
_TOGETHER = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: days in the association's zone, a family of verbs, people (None: whoever), lines before a
    number.
    """

    first: date | None = None
    last: date | None = None
    family: str = ""
    people: frozenset[UUID] | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line as its reader may know it. ``by`` is empty where nobody did it, or nobody of that id is there any more."""

    number: int
    at: datetime
    by: str
    system: bool
    done: Text
    details: list[tuple[str, str, str, str]]


def search(actor: Actor, wanted: Wanted, *, limit: int = PER_PAGE) -> tuple[list[Line], bool]:
    """The newest lines that fit, and whether there are older ones."""
    rows = session().exec(_query(actor, wanted).limit(limit + 1)).all()
    return _shown(actor, list(rows[:limit])), len(rows) > limit


def every(actor: Actor, wanted: Wanted) -> Iterator[Line]:
    """All lines that fit, the newest first, some at a time; up to ``MOST_IN_A_FILE``."""
    left, before = MOST_IN_A_FILE, wanted.before
    while left > 0:
        part = replace(wanted, before=before)
        found, more = search(actor, part, limit=min(left, _TOGETHER))
        yield from found
        if not more:
            return
        left, before = left - len(found), found[-1].number


def newest() -> AuditLine | None:
    """The end of the whole chain."""
    return session().exec(select(AuditLine).order_by(col(AuditLine.number).desc()).limit(1)).first()


def _query(actor: Actor, wanted: Wanted) -> SelectOfScalar[AuditLine]:
    zone = ZoneInfo(people.association(actor).time_zone)
    tied = bool(actor.outside_ids)
    query = select(AuditLine).where(AuditLine.association_id == actor.association_id)
    if wanted.first:
        query = query.where(AuditLine.at >= datetime.combine(wanted.first, time(), zone).astimezone(UTC))
    if wanted.last:
        query = query.where(
            AuditLine.at < datetime.combine(wanted.last + timedelta(days=1), time(), zone).astimezone(UTC)
        )
    query = query.where(*(~col(AuditLine.verb).startswith(f"{one}.") for one in sorted(rules.sealed(tied))))
    if wanted.family:
        query = query.where(col(AuditLine.verb).startswith(f"{wanted.family}."))
    if wanted.people is not None:
        query = query.where(col(AuditLine.person_id).in_(wanted.people))
    if wanted.before:
        query = query.where(col(AuditLine.number) < wanted.before)
    return query.order_by(col(AuditLine.number).desc())


def _shown(actor: Actor, rows: list[AuditLine]) -> list[Line]:
    tied = bool(actor.outside_ids)
    names = people.people_names(row.person_id for row in rows)
    found = []
    for row in rows:
        by = names.get(row.person_id, "") if row.person_id else rules.program(row.verb, row.changes)
        found.append(
            Line(
                number=row.number or 0,
                at=row.at,
                by=by,
                system=row.person_id is None and not by,
                done=rules.words(row.verb),
                details=rules.details(row.verb, row.changes, tied),
            )
        )
    return found
