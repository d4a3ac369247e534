"""What stands in a person's calendar of deadlines: for managers what their enterprises owe, for officers what waits
for them.

A calendar lies on the servers of others. So an entry says how many, until when and where to read on; no name, no
finding, no area. Nothing is said of visits: not of planned ones, and not of checks on site that are to be arranged.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa

from compliance.casework import cases, lists, outside, work
from compliance.casework.lists import table
from compliance.casework.work import Wanted
from compliance.casework.work_rules import Kind, Task
from compliance.corrective_actions.rules import UNFINISHED, ActionState
from compliance.people.rules import Actor, can
from compliance.shared.database import session
from compliance.shared.words import N_

TEXTS: dict[str, str] = {
    "due": N_("Corrective actions due: %(n)d"),
    "plan": N_("Plans due: %(n)d"),
    "planned": N_("Corrections planned for today: %(n)d"),
    "reply": N_("Last day to answer findings: %(n)d"),
    "late": N_("Corrective actions of members fall due: %(n)d"),
    Kind.check.value: N_("Evidence to check: %(n)d"),
    Kind.plan.value + "s": N_("Plans to answer: %(n)d"),
    Kind.extension.value: N_("Requests for more time: %(n)d"),
    Kind.no_action.value: N_("Reasons for no action to answer: %(n)d"),
    Kind.dispute.value: N_("Decisions due: %(n)d"),
    Kind.letter.value: N_("Letters to approve: %(n)d"),
}
"""What an entry says, by its kind."""
OFFICERS: dict[Kind, str] = {
    Kind.check: "check",
    Kind.plan: "plans",
    Kind.extension: "extension",
    Kind.no_action: "no_action",
    Kind.dispute: "dispute",
    Kind.letter: "letter",
}
"""The work that stands in a calendar. Visits, to review or to arrange, never do."""
DONE_FOR = timedelta(days=60)
"""How long a day on which everything is done still stands there as called off, so that every calendar has heard."""
BACK = timedelta(days=400)


@dataclass(frozen=True)
class Entry:
    """All of one kind on one day: how many are open (none: it is called off), and when that last changed."""

    kind: str
    enterprise_id: UUID | None
    day: date
    open: int
    changed_at: datetime

    def name(self, salt: str) -> str:
        """A name that stays the same, and tells nothing to who does not know the salt."""
        what = f"{self.kind} {self.enterprise_id} {self.day.isoformat()}"
        return hmac.new(salt.encode(), what.encode(), hashlib.sha256).hexdigest()[:40]


def has_any(actor: Actor) -> bool:
    """Whether there is a calendar for this person at all."""
    return _manages(actor) or _works(actor)


def of(actor: Actor) -> list[Entry]:
    """The entries of a person's calendar, by day."""
    today = cases.today(actor)
    found = (
        [entry for id in sorted(actor.enterprise_ids) for entry in _owed(actor, id, today)] if _manages(actor) else []
    )
    if _works(actor):
        found += _waiting(actor, today)
    return sorted(found, key=lambda one: (one.day, one.kind, str(one.enterprise_id)))


def _manages(actor: Actor) -> bool:
    return can(actor, "enterprise.own") and bool(actor.enterprise_ids)


def _works(actor: Actor) -> bool:
    return can(actor, "visit.read")


class _Days:
    """Counts by kind and day, with the last change of each."""

    def __init__(self, enterprise_id: UUID | None) -> None:
        self.enterprise_id = enterprise_id
        self.found: dict[tuple[str, date], tuple[int, datetime]] = {}

    def add(self, kind: str, day: date | None, changed_at: datetime, *, is_open: bool = True) -> None:
        if day is not None:
            count, changed = self.found.get((kind, day), (0, changed_at))
            self.found[(kind, day)] = (count + is_open, max(changed, changed_at))

    def entries(self, today: date) -> Iterator[Entry]:
        for (kind, day), (count, changed_at) in self.found.items():
            if day >= today - (BACK if count else DONE_FOR):
                yield Entry(kind, self.enterprise_id, day, count, changed_at)


def _owed(actor: Actor, enterprise_id: UUID, today: date) -> Iterator[Entry]:
    """What an enterprise owes, from what its manager may read alone."""
    cards = outside.cards_of(actor, enterprise_id)
    released = {card.visit_id: card.released_at or card.issued_at for card in cards}
    told = outside.work(actor, enterprise_id, outside.waiting(actor, cards))
    touched = _touched([row.id for row, _step in told.todo] + [row.id for row in (*told.review, *told.accepted)])
    days = _Days(enterprise_id)

    def when(visit_id: UUID, action_id: UUID) -> datetime:
        return max(touched.get(action_id, _DAWN), released.get(visit_id, _DAWN))

    for row, step in told.todo:
        changed = when(row.visit_id, row.id)
        days.add("plan" if step.code == "plan" else "due", step.due, changed)
        if step.code == "plan":
            days.add("due", row.due_on, changed)
        if row.planned_for != row.due_on:
            days.add("planned", row.planned_for, changed)
    for row in (*told.review, *told.accepted):
        days.add("due", row.due_on, when(row.visit_id, row.id), is_open=False)
    for one in told.answers:
        days.add("reply", one.finding.reply_due, released.get(one.finding.visit_id, _DAWN))
    return days.entries(today)


def _touched(action_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """When something last happened to each of these actions that its enterprise may know of."""
    event = table("action_event")
    query = (
        sa.select(event.c.action_id, sa.func.max(event.c.at))
        .where(event.c.action_id.in_(list(action_ids)))
        .where(sa.or_(event.c.by_enterprise, event.c.move.not_in(outside.INSIDE_MOVES)))
        .group_by(event.c.action_id)
    )
    return {id: at if at.tzinfo else at.replace(tzinfo=UTC) for id, at in session().execute(query)}


def _waiting(actor: Actor, today: date) -> Iterator[Entry]:
    """What waits for an officer or for anybody with the same permit, and the days on which actions fall due."""
    days = _Days(None)
    views = ("mine", "nobody") if can(actor, "action.verify") else ("mine",)
    for task in (task for view in views for task in _tasks(actor, view)):
        if task.kind in OFFICERS:
            days.add(OFFICERS[task.kind], task.by, _midnight(task.on))
    if can(actor, "letter.deliver") or can(actor, "dispute.decide"):
        for day, count, delivered in _falling_due(actor):
            for _one in range(count):
                days.add("late", day, _midnight(delivered))
    return days.entries(today)


def _tasks(actor: Actor, view: str) -> Iterator[Task]:
    page = 1
    while True:
        found = work.listed(actor, Wanted(view=view, page=page))
        yield from found.rows
        if page >= found.pages:
            return
        page += 1


def _falling_due(actor: Actor) -> Iterable[tuple[date, int, date]]:
    """(day, how many, the newest day of delivery) of members' actions that are open, by due day."""
    action = table("corrective_action")
    open_states = sorted(UNFINISHED - {ActionState.evidence_sent})
    query = (
        sa.select(action.c.due_on, sa.func.count(), sa.func.max(action.c.delivered_on))
        .where(action.c.state.in_(open_states), action.c.due_on.is_not(None), action.c.paused_on.is_(None))
        .where(*lists.inside(actor, action))
        .group_by(action.c.due_on)
    )
    return [(row[0], row[1], row[2]) for row in session().execute(query)]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


_DAWN = datetime(2020, 1, 1, tzinfo=UTC)
