"""The night of the ladder: what came due is prepared for its approver, once, however many nights were missed.

Everything is asked of the database for all actions at once, judged in memory, and written in a few statements: no
letter is composed here. One letter speaks of all late points of a visit.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.associations import store as associations
from compliance.casework import answers, ladder, notices, proofs
from compliance.casework.lists import table
from compliance.casework.models_ladder import Family, LadderNight, LadderStep, PreparedLetter, Waiting
from compliance.checklists import store as checklists
from compliance.checklists.ladder import REMINDERS, TASKS, Kind, Step
from compliance.complaints import store as complaints
from compliance.complaints import store_statements
from compliance.corrective_actions import ladder as rules
from compliance.corrective_actions.ladder import Became
from compliance.corrective_actions.rules import UNFINISHED, ActionState
from compliance.people import store as people
from compliance.people import store_ties
from compliance.people.rules import PERMITS, Actor, system_actor
from compliance.privacy import store_removal
from compliance.shared import audit, calendar, clock, database, ids, jobs
from compliance.shared.database import session
from compliance.trail import anchors

FOR_LEADERS = frozenset({"leadership", "secretary_general", "committee"})
"""Whom the ladder tells of a step and who learn it through the leaders; the annual summary is no message."""
CLOSURE = "closure"
"""The step under which a closure letter is kept."""
LOOKS_BACK = timedelta(days=90)
"""How late a closure letter is still caught up."""
HOLDS_ANSWERS = 5
"""Days that an answer waits for those to the visit's other plans; the ladder wants letter L4 within seven."""
_LETTERS_A_LINE = 500


@dataclass(frozen=True)
class Result:
    """What a night came to: unfinished actions looked at, letters that wait anew, and enterprises told of a date."""

    looked_at: int
    prepared: int
    told: int


@dataclass
class _Found:
    """What is to be written: steps by visit and family, and the rest at once. ``for_leaders`` holds an action for each
    enterprise of which the ladder tells them.
    """

    letters: dict[tuple[UUID, Family], list[tuple[Any, str, str, int]]] = field(default_factory=dict)
    passed: list[tuple[UUID, Step, int]] = field(default_factory=list)
    overtaken: list[UUID] = field(default_factory=list)
    notices: list[tuple[Any, Step, int]] = field(default_factory=list)
    for_leaders: dict[UUID, UUID] = field(default_factory=dict)


def run(association_id: UUID, today: date) -> Result:
    """Look at everything of one association. The caller commits; two at the same time make one after the other."""
    actor = system_actor(association_id)
    night = _hold(association_id, today)
    proofs.look(association_id)
    found = _Found()
    looked_at = _judge(association_id, today, found)
    _answers(association_id, today, found)
    _closures(association_id, today, found)
    prepared = _write(actor, today, found)
    told = _tell(actor, today, found)
    _keep(actor, night, today, Result(looked_at, prepared, told))
    return Result(looked_at, prepared, told)


@jobs.each_minute
def each_day() -> None:
    """The first minute of an association's day, and of every day that was missed: by its own time zone."""
    for association in associations.every():
        today = clock.today(association.time_zone)
        last = session().get(LadderNight, association.id)
        if last is None or last.last_on < today:
            run(association.id, today)
            session().commit()
            _complaints(system_actor(association.id), today)
            session().commit()
            store_removal.run(system_actor(association.id), today)
            session().commit()
            anchors.drop(system_actor(association.id), today)
            session().commit()
    session().rollback()


def _complaints(actor: Actor, today: date) -> None:
    """What may be told of complaints in numbers; and on working days whoever answers them learns that some are late."""
    store_statements.state(actor, today)
    if not calendar.is_working_day(today)[0]:
        return
    for officer in people.people_with_role(actor, *PERMITS["complaint.handle"]):
        if complaints.any_late(people.actor_of(officer.id, "local", actor.language), today):
            notices.complaints_wait(actor, officer, today)


def _hold(association_id: UUID, today: date) -> LadderNight:
    """The row of the association's last night, held until the end of this one."""
    row = session().get(LadderNight, association_id, with_for_update=True)
    if row is None:
        row = LadderNight(association_id=association_id, last_on=today - timedelta(days=1), finished_at=clock.now())
        session().add(row)
        session().flush()
    return row


def _judge(association_id: UUID, today: date, found: _Found) -> int:
    """What is due of every unfinished action."""
    action, visit, step = table("corrective_action"), table("visit"), table("ladder_step")
    chosen = (
        action.c.association_id == association_id,
        action.c.state.in_(sorted(UNFINISHED)),
        action.c.due_on.is_not(None),
    )
    taken = session().execute(
        sa.select(step.c.id, step.c.action_id, step.c.step, step.c.round, step.c.became, step.c.kind)
        .select_from(step.join(action, action.c.id == step.c.action_id))
        .where(*chosen, step.c.became != Became.dropped)
    )
    done: dict[UUID, list[Any]] = {}
    for row in taken:
        done.setdefault(row.action_id, []).append(row)
    rows = session().execute(
        sa.select(*ladder.dates(), visit.c.checklist_version_id)
        .select_from(action.join(visit, visit.c.id == action.c.visit_id))
        .where(*chosen)
    )
    looked_at = 0
    for row in rows:
        looked_at += 1
        rungs = ladder.rungs_of(checklists.load(row.checklist_version_id).ladder, row)
        so_far = done.get(row.id, [])
        standing = ladder.standing(row, ((one.step, one.round) for one in so_far))
        night = rules.due_now(rungs, standing, today)
        for step_ in night.take:
            round_ = rules.round_of(step_, standing)
            if step_.kind in TASKS:
                continue  # an officer does it, and records it
            if step_.kind is Kind.notice:
                found.notices.append((row, step_, round_))
                continue
            if not FOR_LEADERS.isdisjoint(step_.tells):
                found.for_leaders[row.enterprise_id] = row.id
            family = Family.referral if step_.kind is Kind.referral else Family.reminder
            found.letters.setdefault((row.visit_id, family), []).append((row, step_.id, step_.kind.value, round_))
            if family is Family.reminder:
                waiting = (one for one in so_far if one.became == Became.prepared and one.kind in REMINDERS)
                found.overtaken += [one.id for one in waiting]
        done_tasks = (one for one in night.passed_over if one.kind not in TASKS)
        found.passed += [(row.id, one, rules.round_of(one, standing)) for one in done_tasks]
    return looked_at


def _answers(association_id: UUID, today: date, found: _Found) -> None:
    """Visits whose plans were answered, and whose enterprise no letter has told so."""
    for row, answer in answers.untold(association_id, today, HOLDS_ANSWERS):
        due = found.letters.setdefault((row.visit_id, Family.answer), [])
        due.append((row, answer.step, answers.KIND, 1))


def _closures(association_id: UUID, today: date, found: _Found) -> None:
    """Visits of which everything is verified or withdrawn, and that nobody was told of."""
    action, step = table("corrective_action"), table("ladder_step")
    other = action.alias("other")
    unfinished = sa.exists().where(other.c.visit_id == action.c.visit_id, other.c.state.in_(sorted(UNFINISHED)))
    told = sa.exists().where(
        step.c.action_id == action.c.id,
        step.c.step == CLOSURE,
        step.c.round == action.c.round,
        step.c.became != Became.dropped,
    )
    query = sa.select(action.c.id, action.c.visit_id, action.c.enterprise_id, action.c.round).where(
        action.c.association_id == association_id,
        action.c.state == ActionState.verified,
        action.c.delivered_on.is_not(None),
        action.c.verified_on >= today - LOOKS_BACK,
        ~unfinished,
        ~told,
    )
    for row in session().execute(query):
        found.letters.setdefault((row.visit_id, Family.closure), []).append((row, CLOSURE, "L8", row.round))


def _write(actor: Actor, today: date, found: _Found) -> int:
    """One waiting letter for each visit and family: what comes due joins the one that waits, which rises with it."""
    prepared = table("prepared_letter")
    waiting = {
        (row.visit_id, row.family): row
        for row in session().execute(
            sa.select(prepared.c.id, prepared.c.visit_id, prepared.c.family, prepared.c.kind).where(
                prepared.c.association_id == actor.association_id, prepared.c.state == Waiting.prepared
            )
        )
    }
    new: list[dict[str, Any]] = []
    raised: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []
    for (visit_id, family), due in found.letters.items():
        there = waiting.get((visit_id, family))
        kind = max((one[2] for one in due), key=_height)
        if there is None:
            letter = _letter(actor, due[0][0], family, kind, today)
            new.append(letter)
            prepared_id = letter["id"]
        else:
            prepared_id = there.id
            if _height(kind) > _height(there.kind):
                raised.append({"row": there.id, "higher": kind})
        steps += [
            _step(actor, row.id, name, of, round_, Became.prepared, today, prepared_id) for row, name, of, round_ in due
        ]
    steps += [_step(actor, id, one.id, one.kind, round_, Became.passed_over, today) for id, one, round_ in found.passed]
    _insert(PreparedLetter, new)
    if raised:
        higher = prepared.update().where(prepared.c.id == sa.bindparam("row"))
        session().execute(higher.values(kind=sa.bindparam("higher"), revision=prepared.c.revision + 1), raised)
    if found.overtaken:
        step = table("ladder_step")
        session().execute(
            step.update().where(step.c.id == sa.bindparam("row")).values(became=Became.passed_over.value),
            [{"row": id} for id in found.overtaken],
        )
    _insert(LadderStep, steps)
    for start in range(0, len(new), _LETTERS_A_LINE):
        some = {str(one["id"]): f"{one['kind']} {one['visit_id']}" for one in new[start : start + _LETTERS_A_LINE]}
        audit.record(actor, "ladder.prepared", on=today.isoformat(), letters=some)
    return len(new)


def _tell(actor: Actor, today: date, found: _Found) -> int:
    """The messages ahead of a due date: that something waits, once to each enterprise, and never what."""
    about = {row.enterprise_id: row.id for row, _, _ in found.notices}
    reached = (
        {id for id, managers in store_ties.managers_of(actor, list(about)).items() if managers} if about else set()
    )
    for enterprise_id in reached:
        notices.something_waits(actor, enterprise_id, about[enterprise_id])
    for enterprise_id, action_id in found.for_leaders.items():
        notices.leaders_look(actor, enterprise_id, action_id)
    done = [_step(actor, row.id, one.id, one.kind, round_, Became.done, today) for row, one, round_ in found.notices]
    _insert(LadderStep, done)
    return len(reached)


def _keep(actor: Actor, night: LadderNight, today: date, result: Result) -> None:
    night.last_on, night.finished_at = max(night.last_on, today), clock.now()
    night.looked_at, night.prepared = result.looked_at, result.prepared
    session().add(night)
    audit.record(actor, "ladder.night", night, on=today.isoformat(), prepared=result.prepared, told=result.told)


def _height(kind: str) -> int:
    return [*(one.value for one in REMINDERS), answers.KIND, "L8", "L9"].index(kind)


def _letter(actor: Actor, row: Any, family: Family, kind: str, today: date) -> dict[str, Any]:
    return {
        "id": ids.random_id(),
        "association_id": actor.association_id,
        "enterprise_id": row.enterprise_id,
        "visit_id": row.visit_id,
        "family": family,
        "kind": kind,
        "state": Waiting.prepared,
        "revision": 1,
        "prepared_on": today,
        "reason": "",
    }


def _step(
    actor: Actor, action_id: UUID, step: str, kind: str, round_: int, became: Became, today: date, prepared: Any = None
) -> dict[str, Any]:
    return {
        "id": ids.random_id(),
        "association_id": actor.association_id,
        "action_id": action_id,
        "prepared_id": prepared,
        "step": step,
        "kind": str(kind),
        "round": round_,
        "became": became,
        "happened_on": today,
        "noted_at": clock.now(),
    }


def _insert(of: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    """Those that are not there yet: the table's own constraint says that a step is taken once."""
    if rows:
        database.insert_new(sa.inspect(of).local_table, rows)
