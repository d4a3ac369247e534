"""The corrective actions of an enterprise's whole file, each with everything that followed, read table by table for
the whole file at once.

The enterprise's own form says what its pages say: its own people by name and the association as such, nothing of how
or by whom something was checked. The association's form names everybody, and adds repayment plans that ended, how a
danger was stopped, and the talks.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from compliance.casework import outside
from compliance.corrective_actions import store as actions
from compliance.corrective_actions import (
    store_agreed,
    store_comments,
    store_declarations,
    store_entered,
    store_outcomes,
    store_refusals,
)
from compliance.corrective_actions.agreed import CONTAINED, OUTCOMES, Contained
from compliance.corrective_actions.exchange import WAYS, WHAT
from compliance.corrective_actions.rules import Move
from compliance.corrective_actions.seen import ActionView, EventView
from compliance.corrective_actions.store_agreed import PlanView
from compliance.corrective_actions.store_declarations import Declaration
from compliance.corrective_actions.store_outcomes import Part
from compliance.people import store as people
from compliance.people.rules import Actor
from compliance.shared import clock

_ANSWERS = (Move.accept_plan.value, Move.return_plan.value)


@dataclass(frozen=True)
class Happened:
    """One line of the history of an action. ``who`` is empty where the reader is not told."""

    on: date
    move: str
    who: str
    note: str


@dataclass(frozen=True)
class Said:
    """One thing that one side wrote to the other; ``entered``: the association entered it for the enterprise."""

    on: date
    by_enterprise: bool
    who: str
    entered: bool
    text: str


@dataclass(frozen=True)
class Reason:
    """A reason for taking no action. ``taken`` is "", "accepted" or "returned"; ``why`` is the association's answer."""

    on: date
    who: str
    text: str
    taken: str
    decided_on: date | None
    decided_by: str
    why: str


@dataclass(frozen=True)
class EnteredFile:
    """What came on paper or by telephone and was entered: ``what`` and ``way`` in the words of the pages."""

    what: str
    way: str
    came_on: date
    said_by: str
    scan: str
    entered_by: str
    objected_on: date | None
    objection: str


@dataclass(frozen=True)
class Talked:
    """A talk; the association's form alone has it."""

    on: date
    place: str
    present: str
    outcome: str
    until: date | None
    note: str
    noted_by: str


@dataclass(frozen=True)
class Danger:
    """By when a danger was to be stopped, and when it was, with how that is known; the association's form alone."""

    by: date
    contained_on: date | None
    how: str


@dataclass(frozen=True)
class ActionFile:
    """An action with all that followed. ``answer`` is the last answer to the plan; ``evidence`` the files that the
    enterprise sent, (name, caption, day), without the declarations; ``repayments`` in the enterprise's form only the
    plan in force.
    """

    action: ActionView
    history: tuple[Happened, ...]
    answer: Happened | None
    evidence: tuple[tuple[str, str, date], ...]
    declarations: tuple[Declaration, ...]
    said: tuple[Said, ...]
    reasons: tuple[Reason, ...]
    entered: tuple[EnteredFile, ...]
    parts: tuple[tuple[date, Part], ...]
    repayments: tuple[PlanView, ...] = ()
    danger: Danger | None = None
    talks: tuple[Talked, ...] = ()


def of(actor: Actor, reader: Actor, rows: Collection[ActionView], zone: str, *, own: bool) -> dict[UUID, ActionFile]:
    """By action. ``reader`` sees as a manager does; ``actor`` is who asked, the same in the enterprise's form."""
    read = _Read(actor, reader, rows, own)
    names = people.people_names(read.people())
    return {row.id: read.action(row, names, lambda at: clock.day_of(at, zone)) for row in rows}


class _Read:
    """Everything of the file's actions, one query for each table."""

    def __init__(self, actor: Actor, reader: Actor, rows: Collection[ActionView], own: bool) -> None:
        ids, findings = [row.id for row in rows], {row.finding_id for row in rows}
        told = actions.histories(reader, ids)
        # Words and order are those that the enterprise reads; the association's form adds who it was.
        self.own = own
        self.told = {id: outside.shown_of(events) for id, events in told.items()}
        self.inside = (
            {}
            if own
            else {
                (id, one.at, one.move): one.person_id
                for id, events in actions.histories(actor, ids).items()
                for one in events
            }
        )
        self.rows = rows
        self.files = actions.evidence(reader, ids)
        self.threads = store_comments.threads(actor, ids)
        self.reasons = store_refusals.of_actions(actor, ids)
        self.declared = store_declarations.of_actions(reader, ids)
        self.entered = store_entered.of_findings(actor, findings)
        self.parts = store_outcomes.parts_of(reader, ids)
        self.plans = (
            {id: [plan] for id, plan in store_agreed.plans(reader, ids).items()}
            if own
            else store_agreed.every_plan(actor, ids)
        )
        self.talks = {} if own else store_agreed.talks_of(actor, ids)
        # In the enterprise's form nobody is named who entered something for it.
        self.unnamed = store_entered.enterers(findings) if own else {}

    def people(self) -> set[UUID | None]:
        """Whom the file may name."""
        return {
            *(self._acted(id, one) for id, events in self.told.items() for one in events),
            *(one.person_id for thread in self.threads.values() for one in thread),
            *(id for found in self.reasons.values() for one in found for id in (one.said_by, one.decided_by)),
            *(() if self.own else (one.entered_by for found in self.entered.values() for one in found)),
            *(one.noted_by for found in self.talks.values() for one in found),
        }

    def action(self, row: ActionView, names: Mapping[UUID, str], day: Callable[[datetime], date]) -> ActionFile:
        """One action of the file."""
        hidden = self.unnamed.get(row.finding_id, frozenset())

        def name(person: UUID | None) -> str:
            return names.get(person, "") if person is not None and person not in hidden else ""

        events = self.told.get(row.id, [])
        history = tuple(Happened(day(one.at), one.move, name(self._acted(row.id, one)), one.note) for one in events)
        declared = tuple(self.declared.get(row.id, ()))
        stands_as_declaration = {one.evidence_id for one in declared}
        return ActionFile(
            action=row,
            history=history,
            answer=_answer(history),
            evidence=tuple(
                (one.filename, one.caption, day(one.sent_at))
                for one in self.files.get(row.id, ())
                if one.by_enterprise and one.id not in stands_as_declaration
            ),
            declarations=declared,
            said=tuple(
                Said(
                    day(one.at),
                    one.by_enterprise,
                    name(one.person_id),
                    one.by_enterprise and one.person_id in hidden,
                    one.text,
                )
                for one in self.threads.get(row.id, ())
            ),
            reasons=tuple(
                Reason(
                    day(one.said_at),
                    name(one.said_by),
                    one.reason,
                    one.taken.value if one.taken else "",
                    day(one.decided_at) if one.decided_at else None,
                    name(one.decided_by),
                    one.decided_reason,
                )
                for one in self.reasons.get(row.id, ())
            ),
            entered=tuple(
                EnteredFile(
                    WHAT[one.what],
                    WAYS[one.came],
                    one.came_on,
                    one.said_by,
                    one.scan_name,
                    "" if self.own else name(one.entered_by),
                    day(one.objected_at) if one.objected_at else None,
                    one.objection,
                )
                for one in self.entered.get(row.finding_id, ())
                if one.action_id in (None, row.id)
            ),
            parts=tuple(self.parts.get(row.id, ())),
            repayments=tuple(self.plans.get(row.id, ())),
            danger=None if self.own else _danger(row),
            talks=tuple(
                Talked(
                    one.held_on,
                    one.place,
                    one.present,
                    OUTCOMES[one.outcome],
                    one.until,
                    one.note,
                    name(one.noted_by),
                )
                for one in self.talks.get(row.id, ())
            ),
        )

    def _acted(self, action_id: UUID, event: EventView) -> UUID | None:
        return event.person_id or self.inside.get((action_id, event.at, event.move))


def _answer(history: Iterable[Happened]) -> Happened | None:
    """The association's answer to the plan as it stands now; None where there is no plan, or it waits."""
    last = None
    for one in history:
        if one.move == Move.plan:
            last = None
        elif one.move in _ANSWERS:
            last = one
    return last


def _danger(row: ActionView) -> Danger | None:
    if row.contain_by is None:
        return None
    return Danger(
        row.contain_by, row.contained_on, CONTAINED[Contained(row.contained_how)] if row.contained_how else ""
    )
