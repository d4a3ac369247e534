"""Folding the log into the packed cells: a release only notes what it puts in, and this adds it up."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from compliance.shared.database import session
from compliance.trends import packed, sources, store_receipts, store_statements
from compliance.trends.models import TREND_CELLS, TREND_LOG
from compliance.trends.packed import Family, Spread, pack
from compliance.trends.store_sums import WHERE, leaves

LONG = 200
"""Changes of an association that may wait in its log: readers add them up each time."""
MOST = 50_000
"""Changes that are added up together."""
_CHANGE = ("id", *WHERE)


def fold(longer_than: int = 0) -> int:
    """Fold the logs of the associations with more changes in it than this, and say how many changes that were. The
    caller commits. Nobody waits for it but who folds too: readers have the cells and the log as they were until then.
    """
    log = TREND_LOG.c
    long = sa.select(log.association_id).group_by(log.association_id).having(sa.func.count() > longer_than)
    waiting = session().execute(long).scalars().all()
    if waiting:
        keep_apart()
    return sum(_fold(association_id) for association_id in waiting)


def keep_apart() -> None:
    """Let nobody else write packed cells before the transaction ends."""
    if session().get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        session().execute(sa.text("SELECT pg_advisory_xact_lock(5122002)"))


def _fold(association_id: UUID) -> int:
    log, folded = TREND_LOG.c, 0
    columns = [sources.raw(log[name]) if name.endswith("_id") else log[name] for name in _CHANGE]
    mine = sa.select(log.sign, *columns).where(log.association_id == association_id).order_by(log.id).limit(MOST)
    while changes := session().execute(mine).all():
        new = leaves(changes)
        for family in Family:
            for grain in packed.grains(family):
                _add(association_id, family, grain, packed.spread(new, family, grain))
        ids = [change.id for change in changes]
        # By number, and not "up to": a transaction that took a lower number may commit after this has looked.
        for start in range(0, len(ids), _AT_ONCE):
            session().execute(sa.delete(TREND_LOG).where(log.id.in_(ids[start : start + _AT_ONCE])))
        folded += len(changes)
    return folded


_AT_ONCE = 1000


def _add(association_id: UUID, family: Family, grain: int, new: Spread) -> None:
    connection = session().connection()
    raw = store_receipts.as_raw(association_id, connection.dialect)
    whole = packed.together([_kept(association_id, family, grain, new.rows), new])
    rows = [(raw, int(family), grain, *row, body) for row, body in zip(whole.rows, pack(whole), strict=True)]
    store_statements.write_cells([row for row in rows if row[-1]])
    store_statements.drop_cells([row[:-1] for row in rows if not row[-1]])


def _kept(association_id: UUID, family: Family, grain: int, rows: Sequence[tuple[str, int]]) -> Spread:
    """What is kept in these rows."""
    cell = TREND_CELLS.c
    query = sa.select(cell.part, cell.month, cell.body).where(
        cell.association_id == association_id, cell.family == int(family), cell.grain == grain,
        cell.part.in_(sorted({part for part, _month in rows})),
        cell.month.in_(sorted({month for _part, month in rows})),
    )  # fmt: skip
    wanted = set(rows)
    found = {(part, month): body for part, month, body in session().execute(query) if (part, month) in wanted}
    return packed.unpacked(family, list(found), list(found.values()))
