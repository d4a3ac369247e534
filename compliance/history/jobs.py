"""Background work of the imported past."""

from typing import Any
from uuid import UUID

from compliance.history import store_imports
from compliance.history.models import HistoryImport
from compliance.people import store as people
from compliance.people.rules import system_actor
from compliance.shared.database import session
from compliance.shared.jobs import Run, job


@job("history.import")
def import_history(run: Run, import_id: str) -> dict[str, Any]:
    """Apply a confirmed import as the person who confirmed it."""
    row = session().get_one(HistoryImport, UUID(import_id))
    who = row.person_id
    actor = people.actor_of(who, "job", "en") if who else system_actor(row.association_id)
    return store_imports.apply(actor, row, run.progress)
