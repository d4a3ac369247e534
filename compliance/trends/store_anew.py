"""All cells worked out anew: to prove those that are kept, and to put them right."""

from collections.abc import Iterator
from operator import itemgetter
from typing import Any, NamedTuple

import sqlalchemy as sa

from compliance.shared.database import session
from compliance.trends import packed, sources, store_receipts
from compliance.trends.contribution import Put, put
from compliance.trends.models import TREND_VISIT
from compliance.trends.packed import Family, Leaves
from compliance.trends.store_sums import WHERE, leaves


class Cell(NamedTuple):
    """A row of packed cells."""

    association_id: Any
    family: int
    grain: int
    part: str
    month: int
    body: bytes


def puts() -> Iterator[Put]:
    """What every released visit puts in, by its receipts, in the order of the visits' ids."""
    return map(put, store_receipts.everything())


def cells() -> Iterator[Cell]:
    """The packed cells by what the visits have put in, a month of an association after the other."""
    visit = TREND_VISIT.c
    columns = [sources.raw(visit[name]) if name.endswith("_id") else visit[name] for name in ("association_id", *WHERE)]
    by_month: dict[tuple[Any, int], list[Any]] = {}
    for association_id, *where in session().execute(sa.select(*columns)):
        by_month.setdefault((association_id, where[0]), []).append((1, 0, *where))
    for (raw, month), changes in sorted(by_month.items(), key=itemgetter(0)):
        yield from _of_month(raw, month, leaves(changes))


def _of_month(raw: Any, month: int, given: Leaves) -> Iterator[Cell]:
    for family in Family:
        for grain in packed.grains(family):
            where = packed.spread(given, family, grain)
            for (part, _month), body in zip(where.rows, packed.pack(where), strict=True):
                if body:
                    yield Cell(raw, int(family), grain, part, month, body)
