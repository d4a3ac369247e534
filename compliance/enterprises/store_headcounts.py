"""Headcounts over time: whoever writes the register's number of workers adds to them, also a spreadsheet.

Spreadsheets are written by statements over many rows; what they change is seen here, beside the statement, so that no
import has to think of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.orm import Session as OrmSession
from sqlmodel import col, select

from compliance.associations import store as associations
from compliance.enterprises.life import CountSource
from compliance.enterprises.models import Enterprise
from compliance.enterprises.models_life import Headcount, ImportedChange
from compliance.enterprises.rules import EnterpriseFacts
from compliance.enterprises.store_lists import scope
from compliance.people.rules import Actor
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.database import session

_FACTS = tuple(fact.name for fact in fields(EnterpriseFacts))


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


@event.listens_for(OrmSession, "do_orm_execute")
def _of_many(state: ORMExecuteState) -> Any:
    """After a statement that writes many entries of the register: keep their headcounts, and which facts it changed."""
    mapper, rows = state.bind_mapper, state.parameters
    if mapper is None or mapper.class_ is not Enterprise or not isinstance(rows, list):
        return None
    if state.is_insert:
        done = state.invoke_statement()
        _count(rows)
        return done
    if state.is_update:
        before = _as_they_are([row["id"] for row in rows])
        done = state.invoke_statement()
        _compare(before, rows)
        return done
    return None


def _as_they_are(ids: Sequence[UUID]) -> dict[UUID, Mapping[str, Any]]:
    columns = [getattr(Enterprise, name) for name in ("id", "association_id", *_FACTS)]
    found = session().execute(sa.select(*columns).where(col(Enterprise.id).in_(ids)))
    return {row.id: dict(row._mapping) for row in found}


def _compare(before: Mapping[UUID, Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]) -> None:
    changed, counted = [], []
    for row in rows:
        was = before[row["id"]]
        moved = [name for name in _FACTS if name in row and row[name] != was[name]]
        if moved:
            changed.append(
                ImportedChange(association_id=was["association_id"], enterprise_id=row["id"], facts=moved).model_dump()
            )
        if "workers" in moved:
            counted.append({"association_id": was["association_id"], "id": row["id"], "workers": row["workers"]})
    if changed:
        session().execute(sa.insert(ImportedChange), changed)
    _count(counted)


def _count(rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep the headcounts of many enterprises as of today; a second import of one day corrects the first."""
    days = {one: clock.today(associations.get(one).time_zone) for one in {row["association_id"] for row in rows}}
    kept = [
        Headcount(
            association_id=row["association_id"],
            enterprise_id=row["id"],
            counted_on=days[row["association_id"]],
            workers=row["workers"],
            source=CountSource.imported,
        ).model_dump()
        for row in rows
        if row["workers"]
    ]
    if not kept:
        return
    same = (
        col(Headcount.enterprise_id).in_([one["enterprise_id"] for one in kept]),
        col(Headcount.counted_on).in_(days.values()),
        col(Headcount.source) == CountSource.imported,
    )
    session().execute(sa.delete(Headcount).where(*same).execution_options(synchronize_session=False))
    session().execute(sa.insert(Headcount), kept)
