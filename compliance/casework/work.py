"""The work list of an officer: everything that waits for the association, read in a fixed number of statements.

What was given to somebody is theirs, and their substitute's while they are away; what is nobody's by itself is
everybody's whose role does it. Reading is within the inside scope: who has a tie sees none of it.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from compliance.casework import cases, lists, work_rules
from compliance.casework.lists import table
from compliance.casework.work_rules import Kind, Task
from compliance.checklists import store as checklists
from compliance.checklists.rules import Checklist, Severity
from compliance.complaints import store as complaints
from compliance.complaints.rules import State as ComplaintState
from compliance.corrective_actions.rules import UNFINISHED, ActionState
from compliance.enterprises import names
from compliance.findings.rules import kind_of_deadline
from compliance.interviews import store as interviews
from compliance.interviews.rules import CALLED_WITHIN
from compliance.letters.delivery import PROVEN
from compliance.people import store as people
from compliance.people import store_leaves
from compliance.people.rules import Actor, Role, can
from compliance.shared import clock
from compliance.shared.database import session
from compliance.shared.kept import until_written
from compliance.visits.rules import State

PER_PAGE = 50
VIEWS = ("mine", "nobody", "all")
_PLANS = (ActionState.planned, ActionState.extended)
_ASKS = (ActionState.open, ActionState.planned, ActionState.returned)


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to."""

    view: str = "mine"
    kind: str = ""
    severity: str = ""
    text: str = ""
    sort: str = "urgency"
    page: int = 1


@dataclass(frozen=True)
class Work:
    """One page of work, with the counts of its views and kinds (each before narrowing to itself)."""

    rows: list[Task]
    total: int
    page: int
    pages: int
    views: dict[str, int]
    kinds: dict[Kind, int]
    own: frozenset[UUID]


def listed(actor: Actor, wanted: Wanted) -> Work:
    """The work that an actor sees, narrowed, sorted, one page of it."""
    own = store_leaves.mine_and(actor, cases.today(actor))
    every = list(_every(actor, wanted.text))
    holds = {view: _in_view(actor, own, view) for view in VIEWS}
    view = wanted.view if wanted.view in VIEWS else "mine"
    here = [task for task in every if holds[view](task)]
    kinds = {kind: sum(task.kind is kind for task in here) for kind in Kind}
    chosen = [task for task in here if (not wanted.kind or task.kind == wanted.kind) and _weighs(task, wanted.severity)]
    pages = max(1, -(-len(chosen) // PER_PAGE))
    page = min(max(1, wanted.page), pages)
    rows = work_rules.ordered(chosen, wanted.sort)[(page - 1) * PER_PAGE : page * PER_PAGE]
    views = {name: sum(map(hold, every)) for name, hold in holds.items()}
    return Work(rows, len(chosen), page, pages, views, kinds, own)


def count(actor: Actor) -> int:
    """How much waits for this actor, for the menu; worked out once until something is written."""
    today = cases.today(actor)
    key = ("work", actor.association_id, actor.person_id, actor.roles, actor.outside_ids, today)

    def counted() -> int:
        own = store_leaves.mine_and(actor, today)
        return sum(map(_in_view(actor, own, "mine"), _every(actor, "", own)))

    return until_written(key, counted)


def _in_view(actor: Actor, own: Collection[UUID], view: str) -> Callable[[Task], bool]:
    def holds(task: Task) -> bool:
        given = task.owner is not None
        if view == "all":
            return True
        if view == "nobody":
            return not given and task.action_id is not None and task.kind is not Kind.arrange
        return task.owner in own if given else _does(actor, task)

    return holds


def _does(actor: Actor, task: Task) -> bool:
    """Whether work that is nobody's by itself waits for this actor's role."""
    match task.kind:
        case Kind.arrange:
            return can(actor, "visit.plan")
        case Kind.review:
            return can(actor, "visit.release")
        case Kind.dispute:
            return can(actor, "dispute.decide")
        case Kind.delivery:
            return Role.coordinator in actor.roles
        case Kind.letter:
            return can(actor, "visit.release")
        case Kind.ask_again:
            return can(actor, "interview.contact")
        case Kind.complaint_read | Kind.complaint_answer:
            return can(actor, "complaint.handle")
        case _:
            return False


def _weighs(task: Task, severity: str) -> bool:
    if not severity:
        return True
    return task.zero_tolerance if severity == "zero_tolerance" else task.severity == severity


def _every(actor: Actor, text: str, own: Collection[UUID] | None = None) -> Iterator[Task]:
    """Everything that waits; with ``own`` nothing of what was given to others, for a count that costs little."""
    pinned: dict[UUID, Checklist] = {}

    def checklist(version: UUID) -> Checklist:
        return pinned.setdefault(version, checklists.load(version))

    zone = people.association(actor).time_zone
    yield from _of_actions(actor, text, checklist, zone, own)
    yield from _drawn(actor, text, checklist)
    yield from _disputes(actor, text)
    yield from _reviews(actor, text, checklist)
    yield from _deliveries(actor, text)
    yield from _letters(actor, text)
    yield from _asked_again(actor, text)
    yield from _complaints(actor, text)


def _of_actions(
    actor: Actor, text: str, checklist: Callable[[UUID], Checklist], zone: str, own: Collection[UUID] | None
) -> Iterator[Task]:
    action, event, visit = table("corrective_action"), table("action_event"), table("visit")
    comment, refusal, owner = table("action_comment"), table("action_refusal"), table("action_assignment")

    def newest(*moves: str) -> Any:
        return (
            sa.select(sa.func.max(event.c.at))
            .where(event.c.action_id == action.c.id, event.c.move.in_(moves))
            .correlate(action)
            .scalar_subquery()
        )

    def said(by_enterprise: bool) -> Any:
        return (
            sa.select(sa.func.max(comment.c.at))
            .where(comment.c.action_id == action.c.id, comment.c.by_enterprise.is_(by_enterprise))
            .correlate(action)
            .scalar_subquery()
        )

    open_refusal = sa.and_(refusal.c.action_id == action.c.id, refusal.c.taken.is_(None))
    unfinished = action.c.state.in_(sorted(UNFINISHED))
    waits = sa.or_(
        action.c.state.in_([ActionState.evidence_sent, *_PLANS]),
        action.c.extension_asked_until.is_not(None),
        refusal.c.id.is_not(None),
        sa.exists().where(comment.c.action_id == action.c.id, comment.c.by_enterprise),
    )
    query = (
        sa.select(
            *(action.c[name] for name in ("id", "visit_id", "workplace_id", "item", "severity", "zero_tolerance")),
            action.c.state,
            action.c.due_on,
            action.c.extension_asked_until,
            visit.c.checklist_version_id,
            owner.c.person_id.label("owner"),
            newest("send_evidence").label("sent"),
            newest("plan").label("planned"),
            newest("accept_plan", "return_plan").label("answered"),
            newest("ask_extension").label("asked"),
            said(True).label("theirs"),
            said(False).label("ours"),
            _read(action).label("read"),
            refusal.c.said_at.label("refused"),
            *_enterprise(),
        )
        .select_from(
            _with_enterprise(action)
            .join(visit, visit.c.id == action.c.visit_id)
            .outerjoin(owner, sa.and_(owner.c.action_id == action.c.id, owner.c.ended_at.is_(None)))
            .outerjoin(refusal, open_refusal)
        )
        .where(unfinished, action.c.delivered_on.is_not(None), waits, *lists.inside(actor, action), *_found(text))
    )
    if own is not None:
        to_arrange = action.c.severity == Severity.critical if can(actor, "visit.plan") else sa.false()
        query = query.where(sa.or_(owner.c.person_id.in_(sorted(own)), to_arrange))
    for row in session().execute(query):
        policy, ladder = checklist(row.checklist_version_id).policy, checklist(row.checklist_version_id).ladder
        deadlines = policy.severities[kind_of_deadline(row.severity, row.zero_tolerance)]

        def day(moment: Any) -> date:
            return clock.day_of(moment, zone)

        if row.state is ActionState.evidence_sent and row.sent:
            since = day(row.sent)
            by = work_rules.check_by(row.due_on, since, deadlines)
            yield _task(row, Kind.check, since, by, row.owner)
            if deadlines.verification == "on_site":
                yield _task(row, Kind.arrange, since, by, None)
        if row.planned and row.state in _PLANS and (row.answered is None or row.answered < row.planned):
            since = day(row.planned)
            yield _task(row, Kind.plan, since, work_rules.plan_by(since, ladder), row.owner)
        if row.extension_asked_until and row.state in _ASKS:
            yield _task(row, Kind.extension, day(row.asked) if row.asked else row.due_on, row.due_on, row.owner)
        if row.refused:
            yield _task(row, Kind.no_action, day(row.refused), row.due_on, row.owner)
        if row.theirs and not any(moment and moment >= row.theirs for moment in (row.ours, row.read)):
            since = day(row.theirs)
            yield _task(row, Kind.comment, since, work_rules.after_days(since, work_rules.ANSWER_DAYS), row.owner)


def _drawn(actor: Actor, text: str, checklist: Callable[[UUID], Checklist]) -> Iterator[Task]:
    """Acceptances at the desk that were drawn for a check on site."""
    action, draw, visit = table("corrective_action"), table("on_site_draw"), table("visit")
    query = (
        sa.select(
            *(action.c[name] for name in ("id", "visit_id", "workplace_id", "item", "severity", "zero_tolerance")),
            draw.c.drawn_on,
            visit.c.checklist_version_id,
            *_enterprise(),
        )
        .select_from(
            _with_enterprise(action)
            .join(draw, draw.c.action_id == action.c.id)
            .join(visit, visit.c.id == action.c.visit_id)
        )
        .where(draw.c.drawn, draw.c.settled_on.is_(None), action.c.state == ActionState.verified)
        .where(*lists.inside(actor, action), *_found(text))
    )
    for row in session().execute(query):
        policy = checklist(row.checklist_version_id).policy
        deadlines = policy.severities[kind_of_deadline(row.severity, row.zero_tolerance)]
        yield _task(row, Kind.arrange, row.drawn_on, work_rules.check_by(None, row.drawn_on, deadlines), None)


def _disputes(actor: Actor, text: str) -> Iterator[Task]:
    dispute, finding = table("dispute"), table("finding")
    query = (
        sa.select(
            finding.c.id,
            finding.c.visit_id,
            finding.c.item,
            finding.c.severity,
            finding.c.zero_tolerance,
            dispute.c.opened_on,
            dispute.c.decide_by,
            *_enterprise(),
        )
        .select_from(_with_enterprise(finding).join(dispute, dispute.c.finding_id == finding.c.id))
        .where(dispute.c.decided_at.is_(None), *lists.inside(actor, finding), *_found(text))
    )
    for row in session().execute(query):
        yield _task(row, Kind.dispute, row.opened_on, row.decide_by, None, action=False)


def _reviews(actor: Actor, text: str, checklist: Callable[[UUID], Checklist]) -> Iterator[Task]:
    visit, finding = table("visit"), table("finding")
    urgent = sa.exists().where(
        finding.c.visit_id == visit.c.id, finding.c.state != "withdrawn", finding.c.severity == Severity.critical
    )
    query = (
        sa.select(visit.c.id, visit.c.visited_on, visit.c.checklist_version_id, urgent.label("urgent"), *_enterprise())
        .select_from(_with_enterprise(visit))
        .where(visit.c.state == State.sealed, visit.c.visited_on.is_not(None))
        .where(*lists.inside(actor, visit), *_found(text))
    )
    for row in session().execute(query):
        ladder = checklist(row.checklist_version_id).ladder
        yield Task(
            Kind.review, row.id, None, row.id, row.enterprise_id, row.enterprise, row.sort_key, "",
            Severity.critical if row.urgent else None, False,
            row.visited_on, work_rules.review_by(row.visited_on, ladder, bool(row.urgent)),
        )  # fmt: skip


def _deliveries(actor: Actor, text: str) -> Iterator[Task]:
    """Letters that were issued some days ago, and of which nobody knows that they arrived."""
    letter, delivery = table("letter"), table("letter_delivery")
    proven = sa.exists().where(
        delivery.c.letter_id == letter.c.id, delivery.c.struck_at.is_(None), delivery.c.way.in_(sorted(PROVEN))
    )
    query = (
        sa.select(letter.c.id, letter.c.visit_id, letter.c.dated, *_enterprise())
        .select_from(_with_enterprise(letter))
        .where(letter.c.state == "issued", letter.c.dated.is_not(None), ~proven)
        .where(*lists.inside(actor, letter), *_found(text))
    )
    unproven = work_rules.UNPROVEN_DAYS
    for row in session().execute(query):
        yield Task(
            Kind.delivery, row.id, None, row.visit_id, row.enterprise_id, row.enterprise, row.sort_key, "", None, False,
            row.dated, work_rules.after_days(row.dated, unproven),
        )  # fmt: skip


def _letters(actor: Actor, text: str) -> Iterator[Task]:
    """Letters that a night prepared and that nobody has approved or declined."""
    letter = table("prepared_letter")
    query = (
        sa.select(letter.c.id, letter.c.visit_id, letter.c.kind, letter.c.prepared_on, *_enterprise())
        .select_from(_with_enterprise(letter))
        .where(letter.c.state == "prepared", *lists.inside(actor, letter), *_found(text))
    )
    for row in session().execute(query):
        yield Task(
            Kind.letter, row.id, None, row.visit_id, row.enterprise_id, row.enterprise, row.sort_key, row.kind, None,
            False, row.prepared_on, work_rules.after_days(row.prepared_on, work_rules.LETTER_DAYS),
        )  # fmt: skip


def _asked_again(actor: Actor, text: str) -> Iterator[Task]:
    """Visits whose workers are to be asked again by now. It says where, and of whom nothing is known here."""
    if not can(actor, "interview.contact"):
        return
    again, visit, key = table("interview_again"), table("visit"), table("sealed_key")
    ends = (
        sa.select(key.c.destroy_on)
        .where(key.c.purpose == interviews.CONTACTS, key.c.holder_id == visit.c.id, key.c.wrapped.is_not(None))
        .scalar_subquery()
    )
    query = (
        sa.select(visit.c.id, again.c.due_on, ends.label("ends"), *_enterprise())
        .select_from(_with_enterprise(visit).join(again, again.c.visit_id == visit.c.id))
        .where(again.c.done_on.is_(None), again.c.due_on <= cases.today(actor))
        .where(*lists.inside(actor, visit), *_found(text))
    )
    for row in session().execute(query):
        by = row.ends - timedelta(days=1) if row.ends else row.due_on + CALLED_WITHIN
        yield Task(
            Kind.ask_again, row.id, None, row.id, row.enterprise_id, row.enterprise, row.sort_key, "", None, False,
            row.due_on, by,
        )  # fmt: skip


def _complaints(actor: Actor, text: str) -> Iterator[Task]:
    """Complaints that wait to be read or answered, for officers without a tie; a search finds an enterprise's."""
    if not can(actor, "complaint.read"):
        return
    rows = complaints.waiting(actor)
    enterprise = table("enterprise")
    query = sa.select(enterprise.c.id, enterprise.c.name, enterprise.c.sort_key).where(
        enterprise.c.id.in_({row.enterprise_id for row in rows if row.enterprise_id}), *_found(text)
    )
    known = {row.id: row for row in session().execute(query)}
    for row in rows:
        about = known.get(row.enterprise_id)
        if about is None and (text or row.enterprise_id):
            continue
        kind = Kind.complaint_read if row.state is ComplaintState.received else Kind.complaint_answer
        yield Task(
            kind, row.id, None, None, row.enterprise_id, about.name if about else "", about.sort_key if about else "",
            "", None, False, row.received_on, complaints.next_by(row),
        )  # fmt: skip


def _task(row: Any, kind: Kind, since: date, by: date | None, owner: UUID | None, *, action: bool = True) -> Task:
    return Task(
        kind,
        row.id,
        row.id if action else None,
        row.visit_id,
        row.enterprise_id,
        row.enterprise,
        row.sort_key,
        row.item,
        row.severity,
        bool(row.zero_tolerance),
        since,
        by,
        owner,
        row.workplace_id if action else None,
    )


def _read(action: sa.Table) -> Any:
    read = table("action_read")
    return (
        sa.select(sa.func.max(read.c.until))
        .where(read.c.action_id == action.c.id, read.c.by_enterprise.is_(False))
        .correlate(action)
        .scalar_subquery()
    )


def _enterprise() -> list[Any]:
    enterprise = table("enterprise")
    return [enterprise.c.id.label("enterprise_id"), enterprise.c.name.label("enterprise"), enterprise.c.sort_key]


def _with_enterprise(rows: sa.Table) -> Any:
    enterprise = table("enterprise")
    return rows.join(enterprise, enterprise.c.id == rows.c.enterprise_id)


def _found(text: str) -> list[Any]:
    enterprise = table("enterprise")
    found = []
    for term in names.terms(text):
        column = enterprise.c.search_latin if term.latin else enterprise.c.search_name
        found.append(column.contains(term.text, autoescape=True))
    return found


def names_of(actor: Actor, enterprise_ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of enterprises of the actor's association, by id."""
    enterprise = table("enterprise")
    query = sa.select(enterprise.c.id, enterprise.c.name).where(
        enterprise.c.association_id == actor.association_id, enterprise.c.id.in_(sorted(set(enterprise_ids)))
    )
    return {row.id: row.name for row in session().execute(query)}
