"""Sums as they stand now: the packed cells, with what the log adds and takes, in one look at the database.

Packed cells and log are read by one statement, or a fold that commits between two of them would be counted twice or not
at all. What a reader must not see is taken out by the same statement.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa

from compliance.people.rules import Actor
from compliance.shared.database import session
from compliance.trends import packed, sources
from compliance.trends.contribution import measured
from compliance.trends.models import TREND_CELLS, TREND_LOG, TREND_VISIT
from compliance.trends.packed import KEYS, MARKS, Family, Leaves, Numbers, Spread
from compliance.trends.rules import UNKNOWN

WHERE = ("month", "stratum_id", "route", "version_id", "sector", "district", "size", "traits", "sums", "marks")


def sums(
    actor: Actor, families: Collection[Family], grain: int, first: int, last: int, *, sector: str = "", whole: bool
) -> Spread:
    """The entries of these families and grain in the months from first to last, in no order; marks are named with their
    beginning. Entries of one place may stand apart, and cancel each other.

    ``sector`` narrows what is read where each sector has rows of its own; what is read may still hold others. With
    ``whole``, visits that the actor sees from outside count too.
    """
    parts = []
    bodies: dict[Family, tuple[list[tuple[str, int]], list[bytes]]] = {}
    changes = []
    for row in session().execute(_query(actor, families, grain, first, last, sector, whole)):
        if row[0]:
            changes.append(row)
        else:
            rows, given = bodies.setdefault(Family(row.family), ([], []))
            rows.append((row.sector, row.month))
            given.append(row.sums)
    parts += [_named(packed.unpacked(family, *given)) for family, given in bodies.items()]
    new = leaves(changes)
    parts += [_named(packed.spread(new, family, grain)) for family in families]
    return packed.together(parts)


def leaves(changes: Sequence[Sequence[Any]]) -> Leaves:
    """What was put in and taken out, side by side: sign, something, and the columns of ``WHERE`` in each row."""
    columns = list(zip(*changes, strict=True)) or [()] * (2 + len(WHERE))
    signs, _family, months, strata, routes, versions, sectors, districts, sizes, traits, given, marked = columns
    sign = np.array(signs, np.int64)
    classes = [[word.encode() for word in column] for column in (sectors, districts, sizes)]
    ids = [list(map(_bytes, column)) for column in (strata, versions)]
    every = [*classes, [b""] * len(sign), ids[0], [route.encode() for route in routes], ids[1]]
    words: list[dict[bytes, int]] = [{} for _ in KEYS]
    places = np.array(
        [[known.setdefault(word, len(known)) for word in column] for known, column in zip(words, every, strict=True)],
        np.int64,
    )
    names: dict[str, int] = {}
    marks = [text.split("\n") if text else [] for text in marked]
    leaf = np.repeat(np.arange(len(sign)), list(map(len, marks)))
    at = np.array([names.setdefault(name, len(names)) for some in marks for name in some], np.int64)
    return Leaves(
        np.array(months, np.int64), [list(some) for some in words], places, np.array(traits, np.int64),
        measured(given) * sign, list(names), leaf, at, sign[leaf],
    )  # fmt: skip


def _bytes(id: Any) -> bytes:
    return id if isinstance(id, bytes) else id.bytes  # type: ignore[no-any-return]


def _named(part: Spread) -> Spread:
    begin = MARKS.get(part.family, "")
    if not begin:
        return part
    entries = part.entries
    columns = [begin + name for name in entries.columns]
    return part._replace(entries=packed.Entries(entries.words, entries.places, columns, entries.values))


def _query(
    actor: Actor, families: Iterable[Family], grain: int, first: int, last: int, sector: str, whole: bool
) -> sa.CompoundSelect[Any]:
    cell, visit = TREND_CELLS.c, TREND_VISIT.c
    chosen = [
        cell.association_id == actor.association_id, cell.family.in_(sorted(families)), cell.grain == grain,
        cell.month.between(first, last),
    ]  # fmt: skip
    if not packed.parted(grain):
        chosen.append(cell.part == "")
    elif sector:
        stem = "" if sector == UNKNOWN else sector
        chosen.append(cell.part == stem if len(stem) in (0, 3) else cell.part.startswith(stem, autoescape=True))
    # Of a packed row, the columns that it has not are filled with what has the same type.
    no_id = sources.raw(cell.association_id)
    no_text: sa.ColumnElement[str] = sa.literal_column("''")
    kept = sa.select(
        sa.literal_column("0").label("sign"), cell.family, cell.month, no_id, no_text, no_id,
        cell.part.label("sector"), no_text, no_text, sa.literal_column("0"), cell.body.label("sums"), no_text,
    ).where(*chosen)  # fmt: skip
    parts = [kept, _changes(TREND_LOG, actor, first, last, TREND_LOG.c.sign)]
    if actor.outside_ids and not whole:
        outside = _changes(TREND_VISIT, actor, first, last, sa.literal_column("-1"))
        parts.append(outside.where(visit.enterprise_id.in_(sorted(actor.outside_ids))))
    return sa.union_all(*parts)


def _changes(of: sa.Table, actor: Actor, first: int, last: int, sign: Any) -> sa.Select[Any]:
    columns = [sources.raw(of.c[name]) if name.endswith("_id") else of.c[name] for name in WHERE]
    return sa.select(sign, sa.literal_column("0"), *columns).where(
        of.c.association_id == actor.association_id, of.c.month.between(first, last)
    )


def months(of: Spread) -> Numbers:
    """The month of each entry."""
    return np.array([month for _part, month in of.rows], np.int64)[of.row]
