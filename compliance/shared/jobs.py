"""Long work in the background: rows that survive a crash, a queue that wakes a worker, progress that a page shows.

The row is the truth and the queue only the wake-up call: huey delivers a call at most once, so a sweep every minute
calls again for whatever still waits. Who works on a job says so every few seconds in the queue's own store (its heart
beats); a job whose heart stands still belongs to nobody, and the next worker on any machine takes it.
"""

import contextlib
import json
import logging
import threading
import time
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import sqlmodel
from flask import Flask, current_app
from huey import Huey, MemoryHuey, PostgresHuey, PriorityRedisHuey, SqliteHuey, crontab
from sqlalchemy import event
from sqlalchemy.orm import Session as OrmSession
from sqlmodel import SQLModel, col

from compliance.shared import audit, clock, database, read_only
from compliance.shared.alone import alone
from compliance.shared.audit import Writer
from compliance.shared.problems import Conflict, NotFound, NotNow, Problem
from compliance.shared.words import N_

_log = logging.getLogger("compliance.jobs")
ATTEMPTS = 3
_BEAT = 10.0  # seconds
_DEAD_AFTER = timedelta(minutes=1)  # without a beat
_AT_ONCE = 500  # jobs that one sweep calls for
_LONGEST_PAUSE = 15  # minutes
_WAKE = "jobs to wake after commit"


class JobState(StrEnum):
    """Where a job stands."""

    queued = "queued"
    running = "running"
    done = "done"
    failed = "failed"


class Job(SQLModel, table=True):
    """One piece of background work."""

    __tablename__ = "job"
    __table_args__ = {"info": {"audit": False}}
    id: UUID = database.primary_id()
    kind: str = database.text_column(40)
    title: str = database.text_column(200)
    association_id: UUID | None = database.loose_id(index=True)
    person_id: UUID | None = database.loose_id(index=True)
    payload: dict[str, Any] = database.json_column()
    result: dict[str, Any] = database.json_column()
    state: JobState = database.enum_column(JobState, JobState.queued, index=True)
    attempts: int = 0
    problem: str = database.text_column(2000)
    created_at: datetime = database.moment(default_now=True)
    started_at: datetime | None = database.moment(nullable=True)
    finished_at: datetime | None = database.moment(nullable=True)


@dataclass(frozen=True)
class Run:
    """What a job function is given: its row's id and a way to tell how far it is."""

    job_id: UUID

    def progress(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` steps are finished.

        Kept in the queue's own store: the job's transaction may hold the database's write lock.
        """
        _queue().put(f"progress-{self.job_id}", json.dumps([done, total]))


_kinds: dict[str, Callable[..., dict[str, Any] | None]] = {}
_minutely: list[Callable[[], None]] = []
_told_ends: list[Callable[[str, str, float], None]] = []
_working: dict[UUID, threading.Event] = {}


def job(kind: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register ``fn(run, **payload)`` as the work of a kind. What it returns (a dict) is kept as the job's result."""

    def decorate(fn: Callable[..., Any]) -> Callable[..., Any]:
        _kinds[kind] = fn
        return fn

    return decorate


def each_minute(fn: Callable[[], None]) -> Callable[[], None]:
    """Have the worker call ``fn`` every minute, whatever was killed meanwhile. What it raises is kept to a log line."""
    _minutely.append(fn)
    return fn


def when_ended(fn: Callable[[str, str, float], None]) -> None:
    """Have ``fn(kind, ended, seconds)`` called after each job of this process; ``ended``: done, failed or waits."""
    _told_ends.append(fn)


def enqueue(kind: str, title: str, actor: Writer, **payload: Any) -> Job:
    """Ask for background work; it starts once the request's transaction is committed. Payload: plain JSON values."""
    row = Job(kind=kind, title=title, association_id=actor.association_id, person_id=actor.person_id, payload=payload)
    session = database.session()
    session.add(row)
    session.flush()
    session.info.setdefault(_WAKE, []).append(row.id)
    return row


def get(actor: Writer, job_id: UUID) -> Job:
    """A job that this person asked for. Raises ``NotFound`` for everybody else."""
    row = database.session().get(Job, job_id)
    if row is None or row.person_id != actor.person_id:
        raise NotFound("job-unknown", N_("There is no such task."))
    return row


PAGE = 50


def listed(actor: Writer, state: JobState | None, but: Collection[str], page: int) -> tuple[list[Job], int]:
    """Jobs of the actor's association without some kinds, the newest first, ``PAGE`` at a time; how many pages.

    Who may see that others asked for them is for the caller to decide.
    """
    where: list[Any] = [Job.association_id == actor.association_id, col(Job.kind).not_in(list(but))]
    if state is not None:
        where.append(Job.state == state)
    session = database.session()
    total = session.execute(sa.select(sa.func.count()).select_from(Job).where(*where)).scalar_one()
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    query = sqlmodel.select(Job).where(*where).order_by(col(Job.created_at).desc(), col(Job.id))
    return list(session.exec(query.limit(PAGE).offset((page - 1) * PAGE))), pages


def again(actor: Writer, job_id: UUID, but: Collection[str]) -> Job:
    """Try a failed job once more, from its beginning. Raises ``NotFound``, and ``Conflict`` when it has not failed."""
    row = database.session().get(Job, job_id, with_for_update=True)
    if row is None or row.association_id != actor.association_id or row.kind in but:
        raise NotFound("job-unknown", N_("There is no such task."))
    if row.state is not JobState.failed:
        raise Conflict("job-not-failed", N_("Only a task that failed can be tried again."))
    row.state, row.attempts, row.problem, row.result = JobState.queued, 0, "", {}
    row.started_at = row.finished_at = None
    audit.record(actor, "job.retried", job=str(row.id), kind=row.kind)
    database.session().info.setdefault(_WAKE, []).append(row.id)
    return row


@dataclass(frozen=True)
class Round:
    """What is looked at every minute: its name in the code, when it was last, and whether that went well."""

    name: str
    at: datetime | None
    well: bool


def rounds(names: Iterable[str]) -> list[Round]:
    """How the last looks of these names went, on whichever machine they were."""
    found = []
    for name in names:
        kept = _queue().get(f"round-{name}", peek=True)
        at, well = json.loads(kept) if kept else (None, True)
        found.append(Round(name, datetime.fromisoformat(at) if at else None, bool(well)))
    return found


def _name(fn: Callable[[], None]) -> str:
    return f"{fn.__module__.removeprefix('compliance.')}.{fn.__name__}"


def latest(actor: Writer, kind: str, key: str, value: str) -> Job | None:
    """The newest job of a kind in the actor's association whose payload says ``value`` under ``key``; whoever asked."""
    query = sqlmodel.select(Job).where(
        Job.kind == kind,
        Job.association_id == actor.association_id,
        col(Job.payload)[key].as_string() == value,
    )
    return database.session().exec(query.order_by(col(Job.created_at).desc()).limit(1)).first()


def newest(kind: str, actor: Writer, title: str) -> Job | None:
    """The newest job of a kind and title in the actor's association, or None."""
    query = sqlmodel.select(Job).where(Job.kind == kind, Job.association_id == actor.association_id, Job.title == title)
    return database.session().exec(query.order_by(col(Job.created_at).desc())).first()


def unfinished(kind: str, actor: Writer) -> list[Job]:
    """The jobs of a kind in the actor's association that wait because something keeps them, the oldest first."""
    query = sqlmodel.select(Job).where(
        Job.kind == kind,
        Job.association_id == actor.association_id,
        col(Job.state).in_((JobState.queued, JobState.failed)),
        Job.problem != "",
    )
    return list(database.session().exec(query.order_by(col(Job.created_at)).limit(100)))


def progress_of(job_id: UUID) -> tuple[int, int] | None:
    """(done, total) as last told by the running job, or None."""
    kept = _queue().get(f"progress-{job_id}", peek=True)
    return tuple(json.loads(kept)) if kept else None


def perform(job_id: UUID) -> None:
    """Do one job now, in a transaction of its own; a failure is kept on its row. Needs an app context.

    What cannot be done at present (``NotNow``) stays queued and is tried again, less and less often.
    """
    if read_only.is_on():
        return  # the sweep calls again
    session = database.session()
    # Who is a moment too late leaves it to the other, also on another machine.
    row = session.get(Job, job_id, with_for_update={"skip_locked": True})
    if row is None or row.state in (JobState.done, JobState.failed):
        return
    beat = _last_beat(job_id)
    if row.state == JobState.running and beat is not None and beat > clock.now() - _DEAD_AFTER:
        return
    given_back = beat == _GIVEN_BACK
    row.state, row.attempts, row.started_at = JobState.running, row.attempts + (not given_back), clock.now()
    kind, payload, attempts = row.kind, dict(row.payload), row.attempts
    with _beating(job_id):
        session.commit()
        began, ended = time.perf_counter(), "done"
        try:
            result = _kinds[kind](Run(job_id), **payload) or {}
            _finish(job_id, JobState.done, result=result)
            session.commit()
        except Exception as error:
            session.rollback()
            waits = isinstance(error, NotNow) or database.is_passing(error)
            final = not waits and (isinstance(error, Problem) or attempts >= ATTEMPTS)
            ended = "failed" if final else "waits"
            current_app.logger.error("job %s (%s) failed: %s", job_id, kind, _where(error))
            text = str(error) if isinstance(error, Problem) else type(error).__name__
            _finish(job_id, JobState.failed if final else JobState.queued, result=_told(error), problem=text)
            session.commit()
    for tell in _told_ends:
        tell(kind, ended, time.perf_counter() - began)


_GIVEN_BACK = datetime(1970, 1, 1, tzinfo=UTC)


@contextlib.contextmanager
def _beating(job_id: UUID) -> Iterator[None]:
    """Say every few seconds that the job is being worked on."""
    queue, key, ended = _queue(), f"beat-{job_id}", threading.Event()
    queue.put(key, clock.now().isoformat())
    _working[job_id] = ended

    def beat() -> None:
        while not ended.wait(_BEAT):
            try:
                queue.put(key, clock.now().isoformat())
            except Exception as error:  # the queue is out of reach; the work goes on
                _log.warning("the queue does not hear that job %s is alive: %s", job_id, _where(error))

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        _working.pop(job_id, None)
        queue.get(key)  # takes it away


def _last_beat(job_id: UUID) -> datetime | None:
    kept = _queue().get(f"beat-{job_id}", peek=True)
    return datetime.fromisoformat(kept) if kept else None


def give_back(app: Flask) -> None:
    """Let others take at once what this process works on: it is about to end in the middle.

    The caller ends the process without another step; the database then undoes what the jobs did not commit.
    """
    with app.app_context():
        for job_id, ended in list(_working.items()):
            ended.set()
            _queue().put(f"beat-{job_id}", _GIVEN_BACK.isoformat())
            app.extensions["jobs-wake"](str(job_id))
            _log.warning("job %s is handed back", job_id)


def counted() -> tuple[dict[tuple[str, str], int], float]:
    """How many jobs of each kind are not done, by state, and for how many seconds the oldest one has waited."""
    query = sqlmodel.select(Job.kind, Job.state, sa.func.count(), sa.func.min(col(Job.created_at)))
    found = (
        database.session().exec(query.where(Job.state != JobState.done).group_by(col(Job.kind), col(Job.state))).all()
    )
    waits = [since for _kind, state, _number, since in found if state == JobState.queued and since]
    age = (clock.now() - min(waits)).total_seconds() if waits else 0.0
    return {(kind, str(state)): number for kind, state, number, _since in found}, max(age, 0.0)


def _told(error: Exception) -> dict[str, Any]:
    """A problem as it is kept, so that each reader gets it in their language: its message id and its facts."""
    if not isinstance(error, Problem):
        return {}
    facts = {name: fact if isinstance(fact, int | str) else str(fact) for name, fact in error.facts.items()}
    return {"text": error.text, "facts": facts}


def _where(error: Exception) -> str:
    # The text of an error may hold what a person typed; the place in the code never does.
    frames = traceback.extract_tb(error.__traceback__)
    return f"{type(error).__name__} at {frames[-1].filename}:{frames[-1].lineno}" if frames else type(error).__name__


def _finish(job_id: UUID, state: JobState, *, result: dict[str, Any] | None = None, problem: str = "") -> None:
    row = database.session().get_one(Job, job_id)
    row.state, row.problem, row.result = state, problem[:2000], result or {}
    row.finished_at = clock.now() if state != JobState.queued else None


def init_app(app: Flask) -> Huey:
    """Give the application its queue, by the configured address."""
    queue = _make_queue(app.config["QUEUE_URL"])

    @queue.task()  # type: ignore[untyped-decorator]
    def work(job_id: str) -> None:
        with app.app_context():
            perform(UUID(job_id))

    @queue.periodic_task(crontab(minute="*"))  # type: ignore[untyped-decorator]
    def sweep() -> None:
        with app.app_context():
            if read_only.is_on():
                return
            for waiting in _waiting():
                work(str(waiting))
            with alone("each-minute", wait=False) as ours:  # else another machine is at it
                if ours:
                    look_round()

    app.extensions["jobs"] = queue
    app.extensions["jobs-wake"] = work
    return queue


def look_round() -> None:
    """Everything that is looked at every minute. Needs an app context."""
    for fn in _minutely:
        well = True
        try:
            fn()
        except Exception as error:
            well = False
            database.session().rollback()
            current_app.logger.error("%s failed: %s", fn.__name__, _where(error))
        _queue().put(f"round-{_name(fn)}", json.dumps([clock.now().isoformat(), well]))


def pause(attempts: int) -> timedelta:
    """How long a job rests that was tried so often and could not be done yet."""
    return timedelta(minutes=min(attempts, _LONGEST_PAUSE))


def _waiting() -> list[UUID]:
    """Jobs that nobody works on: queued for over a minute, or begun by a worker that is gone."""
    now = clock.now()
    query = sqlmodel.select(Job.id, Job.state, Job.started_at, Job.attempts).where(
        sa.or_(
            sa.and_(col(Job.state) == JobState.queued, col(Job.created_at) < now - timedelta(minutes=1)),
            sa.and_(col(Job.state) == JobState.running, col(Job.started_at) < now - _DEAD_AFTER),
        )
    )
    found = database.session().exec(query.order_by(col(Job.created_at)).limit(_AT_ONCE)).all()
    return [
        job_id
        for job_id, state, started_at, attempts in found
        if (
            (_last_beat(job_id) or _GIVEN_BACK) < now - _DEAD_AFTER
            if state == JobState.running
            else started_at is None or started_at <= now - pause(attempts)
        )
    ]


def forget_all(app: Flask) -> None:
    """Empty the queue; the rows of jobs are the caller's."""
    app.extensions["jobs"].storage.flush_all()


def _make_queue(url: str) -> Huey:
    if url == "memory:":
        return MemoryHuey("compliance", immediate=True)
    if url.startswith("sqlite:///"):
        return SqliteHuey("compliance", filename=url.removeprefix("sqlite:///"), fsync=True)
    if url.startswith("redis"):
        return PriorityRedisHuey("compliance", url=url)
    return PostgresHuey("compliance", dsn=url)


def _queue() -> Huey:
    queue: Huey = current_app.extensions["jobs"]
    return queue


@event.listens_for(OrmSession, "after_commit")
def _wake(session: OrmSession) -> None:
    waiting = session.info.pop(_WAKE, [])
    if waiting:
        wake = current_app.extensions["jobs-wake"]
        for job_id in waiting:
            wake(str(job_id))


@event.listens_for(OrmSession, "after_rollback")
def _forget(session: OrmSession) -> None:
    session.info.pop(_WAKE, None)
