"""Entries of the register that may be one employer: found in the background, looked at by people."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import SQLModel, col, select

from compliance.enterprises import likeness
from compliance.enterprises.likeness import Entry, Suspicion
from compliance.enterprises.models import Enterprise
from compliance.enterprises.models_duplicates import SuspectedPair
from compliance.enterprises.rules import Status
from compliance.people.rules import Actor
from compliance.shared import audit, clock, ids, jobs
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import NotFound
from compliance.shared.words import N_

KIND = "enterprises.duplicates"
PER_PAGE = 30
_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Pair:
    """A suspected pair with both entries."""

    row: SuspectedPair
    first: Enterprise
    second: Enterprise


def entries(actor: Actor) -> list[Entry]:
    """The members of the register as they are compared."""
    columns = (Enterprise.id, Enterprise.name, Enterprise.name_other, Enterprise.credit_code, Enterprise.address)
    query = sa.select(*map(col, columns), col(Enterprise.contact_phone)).where(
        col(Enterprise.association_id) == actor.association_id, col(Enterprise.status) == Status.active
    )
    return [Entry(*row) for row in session().execute(query.order_by(col(Enterprise.id)))]


def look_later(actor: Actor, title: str) -> None:
    """Have the register looked through in the background, unless that is under way. (caller audits)"""
    if working(actor) is None:
        jobs.enqueue(KIND, title, actor, association=actor.association_id.hex)


def last_look(actor: Actor) -> jobs.Job | None:
    """The newest search for pairs, by whomever."""
    return jobs.latest(actor, KIND, "association", actor.association_id.hex)


def working(actor: Actor) -> jobs.Job | None:
    """The search that is under way."""
    job = last_look(actor)
    return job if job and job.state in (jobs.JobState.queued, jobs.JobState.running) else None


def keep(actor: Actor, found: list[Suspicion]) -> None:
    """Keep what was found instead of what was found before; pairs that were told apart stay told apart.

    One line on the audit trail.
    """
    open_ones = sa.delete(SuspectedPair).where(
        col(SuspectedPair.association_id) == actor.association_id, col(SuspectedPair.parted_at).is_(None)
    )
    session().execute(open_ones.execution_options(synchronize_session=False))
    columns = col(SuspectedPair.first_id), col(SuspectedPair.second_id)
    apart = set(session().execute(sa.select(*columns).where(col(SuspectedPair.association_id) == actor.association_id)))
    members = set(
        session().scalars(sa.select(col(Enterprise.id)).where(col(Enterprise.association_id) == actor.association_id))
    )
    rows: list[dict[str, Any]] = [
        {
            "id": ids.random_id(),
            "association_id": actor.association_id,
            "first_id": first,
            "second_id": second,
            "score": one.score,
            "reasons": [[reason.text, reason.facts] for reason in one.reasons],
            "found_at": clock.now(),
        }
        for one in found
        for first, second in [sorted((one.first, one.second))]  # type: ignore[type-var]
        if (first, second) not in apart and first in members and second in members
    ]
    for start in range(0, len(rows), _CHUNK):
        session().execute(sa.insert(SQLModel.metadata.tables["suspected_pair"]), rows[start : start + _CHUNK])
    audit.record(actor, "register.compared", pairs=len(rows))


def found(actor: Actor, *, apart: bool, page: int) -> tuple[list[Pair], int]:
    """A page of the pairs, the likeliest first, and how many there are; ``apart``: those that were told apart.

    None with an enterprise that the reader sees from outside.
    """
    first, second = aliased(Enterprise), aliased(Enterprise)
    query = (
        select(SuspectedPair, first, second)
        .join(first, col(first.id) == col(SuspectedPair.first_id))
        .join(second, col(second.id) == col(SuspectedPair.second_id))
        .where(
            SuspectedPair.association_id == actor.association_id,
            col(SuspectedPair.parted_at).is_not(None) if apart else col(SuspectedPair.parted_at).is_(None),
            *(col(one.status) != Status.merged for one in (first, second)),
            *(col(side).not_in(actor.outside_ids) for side in (SuspectedPair.first_id, SuspectedPair.second_id)),
        )
    )
    total = session().exec(select(sa.func.count()).select_from(query.subquery())).one()
    order = col(SuspectedPair.score).desc(), col(SuspectedPair.id)
    rows = session().exec(query.order_by(*order).limit(PER_PAGE).offset((page - 1) * PER_PAGE))
    return [Pair(*row) for row in rows], total


def get(actor: Actor, pair_id: UUID) -> SuspectedPair:
    """A pair of the association, none of it seen from outside. Raises ``NotFound``."""
    row = session().get(SuspectedPair, pair_id)
    if row is None or row.association_id != actor.association_id or actor.outside_ids & {row.first_id, row.second_id}:
        raise NotFound("pair-unknown", N_("There is no such pair."))
    return row


@audited("register.told_apart")
def tell_apart(actor: Actor, row: SuspectedPair) -> SuspectedPair:
    """They are two employers: nobody is asked about them again."""
    row.parted_at, row.parted_by = clock.now(), actor.person_id
    return row


@audited("register.suspected_again")
def suspect_again(actor: Actor, row: SuspectedPair) -> SuspectedPair:
    """They may be one employer after all."""
    row.parted_at = row.parted_by = None
    return row


def compared(actor: Actor, progress: likeness.Progress | None = None) -> list[Suspicion]:
    """The pairs of the register as it is; it reads alone, so that nobody waits for it."""
    return likeness.within(entries(actor), progress)
