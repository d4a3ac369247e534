"""Making and reading statements: what leadership is told of complaints in numbers.

A statement is the same for all readers. So that none of them learns of the own enterprise, complaints about one to
which anybody who may read it has a tie are in none of them.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlmodel import col, select

from compliance.complaints import statements
from compliance.complaints.models import Complaint, ComplaintStatement
from compliance.complaints.rules import State
from compliance.complaints.statements import About, Counted, Months, Stage
from compliance.people import store as people
from compliance.people.rules import PERMITS, Actor
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.database import session


@dataclass(frozen=True)
class Statement:
    """A statement of complaints that came. The days until half were answered, and closed; None where not half were."""

    counted: Counted
    half_answered: int | None
    half_closed: int | None
    made_on: date


def state(actor: Actor, today: date) -> int:
    """Make every statement that is due on a day; how many. The caller commits."""
    until = statements.ripe(today)
    zone = people.association(actor).time_zone
    query = select(Complaint).where(
        Complaint.association_id == actor.association_id, col(Complaint.merged_into).is_(None)
    )
    known = _without_ties_of_readers(actor, list(session().exec(query)))
    came = [(row.received_on, row) for row in known]
    brought = [
        (clock.day_of(row.closed_at, zone), row)
        for row in known
        if row.closed_at and row.recovered_fen and not row.recovered_told
    ]
    return _state(actor, About.received, came, until, today, zone) + _state(
        actor, About.recovered, brought, until, today, zone
    )


def received(actor: Actor) -> list[Statement]:
    """The statements of complaints that came, the oldest first."""
    return [
        Statement(
            Counted(
                Months(row.first_on, row.last_on, row.number),
                row.figures["stages"],
                row.figures["areas"],
                row.figures["signs"],
            ),
            row.figures["half_answered"],
            row.figures["half_closed"],
            row.made_on,
        )
        for row in _made(actor, About.received)
    ]


def recovered(actor: Actor, first: date, last: date) -> int | None:
    """What complaints brought, in fen, by the statements that lie wholly in a span; None where there is none."""
    found = [row for row in _made(actor, About.recovered) if first <= row.first_on and row.last_on <= last]
    return sum(int(row.figures["fen"]) for row in found) if found else None


def _made(actor: Actor, about: About) -> list[ComplaintStatement]:
    query = select(ComplaintStatement).where(
        ComplaintStatement.association_id == actor.association_id, ComplaintStatement.about == about
    )
    return list(session().exec(query.order_by(col(ComplaintStatement.first_on))))


def _without_ties_of_readers(actor: Actor, rows: Sequence[Complaint]) -> list[Complaint]:
    readers = {one.id for one in people.people_with_role(actor, *PERMITS["trends.read"])}
    tied = people.tied_people_of({row.enterprise_id for row in rows if row.enterprise_id})
    return [row for row in rows if row.enterprise_id is None or readers.isdisjoint(tied[row.enterprise_id])]


def _state(
    actor: Actor, about: About, dated: Sequence[tuple[date, Complaint]], until: date, today: date, zone: str
) -> int:
    made = _made(actor, about)
    if not dated:
        return 0
    earliest = min(day for day, _row in dated)
    begin = statements.after(made[-1].last_on) if made else date(earliest.year, 1, 1)
    found = statements.batches([day for day, _row in dated], begin, until)
    for months in found:
        rows = [row for day, row in dated if months.first <= day <= months.last]
        _keep(actor, about, months, rows, today, zone)
    return len(found)


@audited("complaint.stated")
def _keep(
    actor: Actor, about: About, months: Months, rows: Sequence[Complaint], today: date, zone: str
) -> ComplaintStatement:
    row = ComplaintStatement(
        association_id=actor.association_id,
        about=about,
        first_on=months.first,
        last_on=months.last,
        number=months.number,
        made_on=today,
        figures=_received(rows, zone) if about is About.received else _recovered(rows),
    )
    session().add(row)
    session().flush()
    return row


def _received(rows: Sequence[Complaint], zone: str) -> dict[str, Any]:
    def days(moment: Any, row: Complaint) -> int | None:
        return (clock.day_of(moment, zone) - row.received_on) // timedelta(days=1) if moment else None

    return {
        "stages": Counter(_stage(row).value for row in rows),
        "areas": Counter(area for row in rows for area in row.areas),
        "signs": Counter(str(sign) for row in rows for sign in row.signs),
        "half_answered": statements.half_within([days(row.answered_at, row) for row in rows]),
        "half_closed": statements.half_within([days(row.closed_at, row) for row in rows]),
    }


def _recovered(rows: Sequence[Complaint]) -> dict[str, Any]:
    for row in rows:
        row.recovered_told = True
    return {"fen": sum(row.recovered_fen for row in rows)}


def _stage(row: Complaint) -> Stage:
    if row.state is State.closed:
        return Stage.closed
    return Stage.answered if row.answered_at else Stage.waiting
