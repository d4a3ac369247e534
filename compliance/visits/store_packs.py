"""What tells whether a tablet's copy of a visit is the newest, for many visits at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from compliance.shared.database import session
from compliance.visits.models import AnswerEvent, Evidence, Visit
from compliance.visits.models_tablet import VisitVersion


def entry_counts(visit_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many entries each visit has. Entries are only ever added, so that their number tells whether any came."""
    query = sa.select(col(AnswerEvent.visit_id), sa.func.count()).where(col(AnswerEvent.visit_id).in_(visit_ids))
    return {row[0]: row[1] for row in session().execute(query.group_by(col(AnswerEvent.visit_id)))}


def evidence_marks(visit_ids: Sequence[UUID]) -> list[tuple[Any, ...]]:
    """(visit, and what can change of a piece of evidence) for each piece, in the order in which they came."""
    columns = (
        Evidence.visit_id, Evidence.id, Evidence.item, Evidence.caption, Evidence.small_digest, Evidence.marks,
        Evidence.struck_at, Evidence.unrecognisable_at,
    )  # fmt: skip
    query = sa.select(*map(col, columns)).where(col(Evidence.visit_id).in_(visit_ids))
    return [tuple(row) for row in session().execute(query.order_by(col(Evidence.added_at), col(Evidence.id)))]


def versions_left(visit: Visit) -> list[tuple[UUID, datetime]]:
    """The checklist versions from which an open visit was moved away, with the moment of each, the first first."""
    query = sa.select(col(VisitVersion.checklist_version_id), col(VisitVersion.moved_at))
    rows = session().execute(query.where(col(VisitVersion.visit_id) == visit.id).order_by(col(VisitVersion.moved_at)))
    return [(version, at) for version, at in rows]
