"""All cells worked out anew from the receipts: to prove those that are kept, and to put them right."""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from compliance.shared.database import session
from compliance.trends import packed, sources
from compliance.trends.contribution import Raw
from compliance.trends.contributions import Contributions, contributions
from compliance.trends.models import TREND_LOG
from compliance.trends.packed import Family, grains, pack, spread
from compliance.trends.store_columns import Told, receipts, untold
from compliance.trends.store_sums import WHERE, leaves

Key = tuple[Raw, int, int, str, int]
"""Association, family, grain, part, month."""


def everything(told: Told = untold) -> Contributions:
    """What every released visit puts in, by its receipts."""
    return contributions(receipts(told))


def cells(given: Contributions) -> Iterator[tuple[Key, bytes]]:
    """The keys and bodies of the packed cells; the ids of associations are 16 bytes."""
    for association_id, month, which in given.months():
        leaves = given.leaves(month, which)
        for family in Family:
            for grain in grains(family):
                one = spread(leaves, family, grain)
                for (part, _month), body in zip(one.rows, pack(one), strict=True):
                    if body:
                        yield (association_id, int(family), grain, part, month), body


def without_log(bodies: Mapping[Key, bytes]) -> dict[Key, bytes]:
    """Of these packed cells, those that the log changes, as they were before it; b"" for those that it made. The ids
    of associations are as the driver gives them.
    """
    log = TREND_LOG.c
    found: dict[Key, bytes] = {}
    by_association: dict[Raw, list[Any]] = {}
    columns = [sources.raw(log[name]) if name.endswith("_id") else log[name] for name in ("association_id", *WHERE)]
    for sign, association_id, *change in session().execute(sa.select(log.sign, *columns)):
        by_association.setdefault(association_id, []).append((-sign, 0, *change))
    for association_id, changes in by_association.items():
        back = leaves(changes)
        for family in Family:
            for grain in grains(family):
                taken = spread(back, family, grain)
                keys = {row: (association_id, int(family), grain, *row) for row in taken.rows}
                there = [row for row in taken.rows if keys[row] in bodies]
                now = packed.unpacked(family, there, [bodies[keys[row]] for row in there])
                before = packed.together([now, taken])
                found |= {keys[row]: body for row, body in zip(before.rows, pack(before), strict=True)}
    return found
