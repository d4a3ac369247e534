"""Background work of drawing: freezing a frame and drawing from it, as the person who asked."""

from typing import Any
from uuid import UUID

from compliance.people import store as people
from compliance.people.rules import Actor, system_actor
from compliance.planning import store, store_drawn, store_periods
from compliance.planning.models import DrawPeriod
from compliance.planning.periods import PeriodMove, PeriodState, after
from compliance.shared import jobs
from compliance.shared.audit import record
from compliance.shared.database import session
from compliance.shared.jobs import Job, JobState, Run, each_minute, enqueue, job

FREEZE, DRAW = "planning.freeze", "planning.draw"
_ENDED = (JobState.done, JobState.failed)


@job(FREEZE)
def freeze(run: Run, period_id: str, person_id: str, address: str) -> dict[str, Any]:
    """Freeze the frame of a period."""
    run.progress(0, 1)
    row = store_periods.freeze(people.actor_of(UUID(person_id), address, "en"), UUID(period_id))
    run.progress(1, 1)
    return {"period_id": period_id, "frame_size": row.frame_size}


@job(DRAW)
def make(run: Run, period_id: str, person_id: str, address: str) -> dict[str, Any]:
    """Draw a frozen period."""
    run.progress(0, 1)
    store_drawn.make(people.actor_of(UUID(person_id), address, "en"), UUID(period_id))
    run.progress(1, 1)
    return {"period_id": period_id}


@each_minute
def note_departures() -> None:
    """Whoever left the register is noted as gone in the periods that run, so that the figures know."""
    for row in store.running():
        if store_drawn.note_departures(system_actor(row.association_id), row):
            session().commit()
    session().rollback()


def ask(actor: Actor, period_id: UUID, move: PeriodMove, title: str) -> DrawPeriod:
    """Ask for a period to be frozen or drawn. Asking twice asks once: the second finds it done or under way."""
    row = store.get(actor, period_id, write=True)
    done = {PeriodMove.freeze: PeriodState.frozen, PeriodMove.draw: PeriodState.drawn}[move]
    if row.state is done or under_way(row):
        return row
    after(row.state, move)
    kind = FREEZE if move is PeriodMove.freeze else DRAW
    asked = enqueue(kind, title, actor, period_id=str(row.id), person_id=str(actor.person_id), address=actor.address)
    row.job_id = asked.id
    session().add(row)
    record(actor, f"draw.{move.value}_asked", row)
    return row


def of(row: DrawPeriod) -> Job | None:
    """The newest work on a period, whoever asked for it, or None."""
    return session().get(Job, row.job_id) if row.job_id else None


def under_way(row: DrawPeriod) -> bool:
    """Whether somebody's work on a period has not ended."""
    there = of(row)
    return there is not None and there.state not in _ENDED


def progress(row: DrawPeriod) -> tuple[int, int] | None:
    """(done, total) of the work on a period, or None."""
    return jobs.progress_of(row.job_id) if row.job_id else None
