"""Headcounts over time: whoever writes the register's number of workers adds to them, also a spreadsheet."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel, col, select

from compliance.associations import store as associations
from compliance.enterprises.life import CountSource
from compliance.enterprises.models import Enterprise
from compliance.enterprises.models_life import Headcount, ImportedChange
from compliance.enterprises.store_lists import scope
from compliance.people.rules import Actor
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.database import session


def entered(actor: Actor, row: Enterprise, on: date) -> None:
    """Keep the number of workers that an enterprise's entry has now; the caller's line stands on the audit trail.

    What was entered twice on one day is one headcount: the second corrects the first. 0 is not known, and not kept.
    """
    if row.workers:
        put(actor, row, row.workers, on)


def put(actor: Actor, row: Enterprise, workers: int, on: date) -> Headcount:
    """Keep a headcount that somebody enters; the caller's line stands on the audit trail."""
    mine = (Headcount.enterprise_id == row.id, Headcount.counted_on == on, Headcount.source == CountSource.entered)
    found = session().exec(select(Headcount).where(*mine)).first()
    found = found or Headcount(
        association_id=row.association_id,
        enterprise_id=row.id,
        counted_on=on,
        workers=workers,
        source=CountSource.entered,
    )
    found.workers, found.recorded_at, found.recorded_by = workers, clock.now(), actor.person_id
    session().add(found)
    session().flush()
    return found


@audited("headcount.found")
def found_on_visit(
    actor: Actor, *, enterprise_id: UUID, workplace_id: UUID, visit_id: UUID, on: date, workers: int
) -> Headcount | None:
    """Keep what was counted on a visit, once it is released; the register keeps its own. 0 is not known."""
    if not workers:
        return None
    known = session().exec(select(Headcount).where(Headcount.visit_id == visit_id)).first()
    row = known or Headcount(
        association_id=actor.association_id,
        enterprise_id=enterprise_id,
        workplace_id=workplace_id,
        counted_on=on,
        workers=workers,
        source=CountSource.visit,
        visit_id=visit_id,
    )
    row.workers, row.counted_on = workers, on
    session().add(row)
    session().flush()
    return row


def of(actor: Actor, enterprise_id: UUID) -> list[Headcount]:
    """The headcounts of an enterprise in the actor's scope, the newest first."""
    query = select(Headcount).join(Enterprise, col(Enterprise.id) == col(Headcount.enterprise_id))
    query = query.where(Headcount.enterprise_id == enterprise_id, scope(actor))
    return list(session().exec(query.order_by(col(Headcount.counted_on).desc(), col(Headcount.recorded_at).desc())))


def imported_changes(actor: Actor, enterprise_id: UUID) -> list[ImportedChange]:
    """What imports changed of an enterprise in the actor's scope, the newest first."""
    query = select(ImportedChange).join(Enterprise, col(Enterprise.id) == col(ImportedChange.enterprise_id))
    query = query.where(ImportedChange.enterprise_id == enterprise_id, scope(actor))
    return list(session().exec(query.order_by(col(ImportedChange.changed_at).desc())))


# --- what spreadsheets write -----------------------------------------------------------------------------------------


def imported(association_id: UUID, workers: Mapping[UUID, int]) -> None:
    """Keep the headcounts of many enterprises as of today; a second import of one day corrects the first."""
    today = clock.today(associations.get(association_id).time_zone)
    kept = [
        Headcount(
            association_id=association_id,
            enterprise_id=id,
            counted_on=today,
            workers=number,
            source=CountSource.imported,
        ).model_dump()
        for id, number in workers.items()
        if number
    ]
    if kept:
        no_longer_imported(workers, today)
        session().execute(sa.insert(SQLModel.metadata.tables["headcount"]), kept)


def no_longer_imported(enterprise_ids: Collection[UUID], on: date) -> None:
    """What a spreadsheet said on a day of these headcounts holds no more."""
    said = (
        col(Headcount.enterprise_id).in_(enterprise_ids),
        col(Headcount.counted_on) == on,
        col(Headcount.source) == CountSource.imported,
    )
    session().execute(sa.delete(Headcount).where(*said).execution_options(synchronize_session=False))


def note_changes(association_id: UUID, changed: Mapping[UUID, Sequence[str]]) -> None:
    """Keep which facts of many enterprises a spreadsheet changed."""
    rows = [
        ImportedChange(association_id=association_id, enterprise_id=id, facts=list(facts)).model_dump()
        for id, facts in changed.items()
    ]
    session().execute(sa.insert(SQLModel.metadata.tables["imported_change"]), rows)
