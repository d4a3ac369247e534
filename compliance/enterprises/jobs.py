"""Background work of the register. What takes long reads alone; the lock for writing comes when all is known."""

from typing import Any
from uuid import UUID

from compliance.enterprises import store_duplicates, store_import_writes, store_imports
from compliance.enterprises.models import RegisterImport
from compliance.people import store as people
from compliance.people.rules import Actor, system_actor
from compliance.shared.database import begin_reading, begin_writing, session
from compliance.shared.jobs import Job, Run, job


@job("enterprises.look")
def look_at_register(run: Run, import_id: str) -> dict[str, Any]:
    """Work out what a large file would do."""
    begin_reading()
    row, actor = _found(import_id)
    found = store_imports.looked(actor, row, run.progress)
    begin_writing()
    row, _actor = _found(import_id)
    store_imports.keep_look(row, found)
    return {}


@job("enterprises.import")
def import_register(run: Run, import_id: str) -> dict[str, Any]:
    """Apply a confirmed import as the person who confirmed it."""
    begin_reading()
    row, actor = _found(import_id)
    prepared = store_import_writes.prepare(actor, row, run.progress)
    begin_writing()
    row, actor = _found(import_id)
    return store_import_writes.apply(actor, row, run.progress, prepared)


@job("enterprises.undo_import")
def undo_import(run: Run, import_id: str, person_id: str) -> dict[str, Any]:
    """Take an import back as the person who asked for it."""
    begin_writing()
    row, _actor = _found(import_id)
    actor = people.actor_of(UUID(person_id), "job", "en")
    return store_import_writes.undo(actor, row, run.progress)


@job(store_duplicates.KIND)
def look_for_duplicates(run: Run, association: str) -> dict[str, Any]:
    """Look for entries that may be one employer."""
    begin_reading()
    actor = _who_asked(run, association)
    suspected = store_duplicates.compared(actor, run.progress)
    begin_writing()
    store_duplicates.keep(_who_asked(run, association), suspected)
    return {}


def _who_asked(run: Run, association: str) -> Actor:
    who = session().get_one(Job, run.job_id).person_id
    return people.actor_of(who, "job", "en") if who else system_actor(UUID(association))


def _found(import_id: str) -> tuple[RegisterImport, Actor]:
    row = session().get_one(RegisterImport, UUID(import_id))
    who = row.person_id
    return row, people.actor_of(who, "job", "en") if who else system_actor(row.association_id)
