"""Heavy figures: worked out in the background, kept with their moment, and shown until newer ones are there.

A figure over hundreds of thousands of rows takes seconds, and a page must not. Who asks for one that was never worked
out is told how far it is; who asks for one that is no longer new gets it as it was, with its moment, while a newer one
is worked out. Only the clock decides when, and never what was written meanwhile: a page that said that something had
been written would tell of visits that are planned. What is kept can be forgotten at any time.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import sqlmodel
from sqlmodel import SQLModel, col

from compliance.shared import clock, database, jobs
from compliance.shared.audit import Writer
from compliance.shared.jobs import Job, JobState

REST = timedelta(minutes=10)
"""So long a figure is shown before a newer one is worked out."""
KEPT = timedelta(days=90)
"""After so long without a newer one a figure is forgotten."""


class WorkedOut(SQLModel, table=True):
    """One figure of an association: what it is about, and its body once it was worked out, for a day (or none)."""

    __tablename__ = "worked_out"
    __table_args__ = (
        sa.CheckConstraint("(body IS NULL) = (made_at IS NULL)", name="whole"),
        {"info": {"audit": False}},  # worked out from rows that are on the trail
    )
    association_id: UUID = database.reference("association.id", primary_key=True)
    kind: str = sqlmodel.Field(max_length=40, primary_key=True)
    about: str = sqlmodel.Field(max_length=64, primary_key=True)
    body: str | None = sqlmodel.Field(default=None, sa_type=sa.Text, nullable=True)
    day: str = database.text_column(10)
    made_at: datetime | None = database.moment(nullable=True)
    job_id: UUID | None = database.loose_id()


@dataclass(frozen=True)
class Figure:
    """A figure as it is kept: its JSON, None where it was never worked out, and of which moment it is.

    ``job_id`` is who works on a newer one, or the one that ``failed``.
    """

    body: Any
    made_at: datetime | None
    job_id: UUID | None
    failed: bool

    @property
    def progress(self) -> tuple[int, int] | None:
        """(done, total) of what is being worked out."""
        return jobs.progress_of(self.job_id) if self.job_id else None


def look(actor: Writer, kind: str, asked: Mapping[str, Any], day: str, title: str) -> Figure:
    """A figure as it is kept; a newer one is asked for where it is due.

    ``kind`` is that of the job, which is given ``asked`` (plain JSON values) and the id and address of who asks.
    ``day`` is what it may not outlive. The request may be one that reads: it begins to write only to ask.
    """
    about = _about(asked)
    row = _row(actor.association_id, kind, about)
    job = database.session().get(Job, row.job_id) if row is not None and row.job_id else None
    if _due(row, job, day):
        database.begin_writing()
        row = _row(actor.association_id, kind, about)  # somebody else may have asked just now
        job = database.session().get(Job, row.job_id) if row is not None and row.job_id else None
        if _due(row, job, day):
            row, job = _ask(actor, kind, about, asked, title)
    assert row is not None, "what is not there is due"
    body = None if row.body is None else json.loads(row.body)
    failed = job is not None and job.state is JobState.failed
    return Figure(body, row.made_at, job.id if job else None, failed)


def keep(association_id: UUID, kind: str, asked: Mapping[str, Any], day: str, make: Callable[[], Any]) -> None:
    """Work a figure out and keep it, as things stood when it began. For the job."""
    session = database.session()
    database.begin_reading()  # it takes long: nobody may wait for it
    now = clock.now()
    body = json.dumps(make(), separators=(",", ":"))
    database.begin_writing()
    about = _about(asked)
    database.insert_new_of(_TABLE, _blank(association_id, kind, about), _KEY)
    row = session.get_one(WorkedOut, (association_id, kind, about))
    row.body, row.day, row.made_at = body, day, now
    session.add(row)
    old = sa.delete(WorkedOut).where(
        col(WorkedOut.association_id) == association_id, col(WorkedOut.made_at) < now - KEPT
    )
    session.execute(old)


def _row(association_id: UUID, kind: str, about: str) -> WorkedOut | None:
    return database.session().get(WorkedOut, (association_id, kind, about))


def _due(row: WorkedOut | None, job: Job | None, day: str) -> bool:
    if job is not None and job.state in (JobState.queued, JobState.running):
        return False
    if row is None or (row.made_at is None and job is None):
        return True
    if job is not None and job.state is JobState.failed:
        return job.finished_at is None or job.finished_at < clock.now() - REST
    return row.made_at is None or row.day != day or row.made_at < clock.now() - REST


def _ask(actor: Writer, kind: str, about: str, asked: Mapping[str, Any], title: str) -> tuple[WorkedOut, Job]:
    database.insert_new_of(_TABLE, _blank(actor.association_id, kind, about), _KEY)
    person = str(actor.person_id)
    job = jobs.enqueue(kind, title, actor, asked=dict(asked), person_id=person, address=actor.address)
    row = database.session().get_one(WorkedOut, (actor.association_id, kind, about))
    row.job_id = job.id
    database.session().add(row)
    return row, job


def _blank(association_id: UUID, kind: str, about: str) -> dict[str, Any]:
    return {"association_id": association_id, "kind": kind, "about": about, "day": ""}


def _about(asked: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


_TABLE = WorkedOut.__table__  # type: ignore[attr-defined]
_KEY = ("association_id", "kind", "about")
