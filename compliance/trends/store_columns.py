"""What all released visits say, column by column: a proof reads five million findings, and makes no object of any.

These are the facts that ``store_receipts`` reads of a few visits; a test shows both the same receipts. Each table is
read by itself, in the order in which it lies, and put together here: a join of nine tables costs more than all else.
It looks across associations, and so returns no row that a page shows.
"""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import repeat
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa

from compliance.checklists.rules import AREAS
from compliance.shared.database import Id, session
from compliance.trends import sources
from compliance.trends.contribution import Raw, Shortfall
from compliance.trends.contributions import Column, Numbers, Receipts, Words
from compliance.trends.measures import FIGURES
from compliance.trends.sources import table
from compliance.trends.store_receipts import coverage_minimum, division, findings, month, traits
from compliance.visits.states import State

AT_ONCE = 20_000
NIL = UUID(int=0).bytes
NONE: Numbers = np.zeros(0, np.int32)
Told = Callable[[str, int], None]
"""Is told a table and how many of its rows are read, some thousands apart."""


def untold(_table: str, _rows: int) -> None:
    """Nobody is told."""


def receipts(told: Told = untold) -> Receipts:
    """The receipts of every released visit of every association."""
    with _no_collecting():
        return _receipts(told)


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Let Python not look for garbage. Every few rows it would go through all that is held, for half of the time; none
    of it points back to itself.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _receipts(told: Told) -> Receipts:
    visits, (association, enterprise, workplace, day, route, version, outcome) = _visits(told)
    sector, of_enterprise, size = (_of(enterprise, one) for one in _beside(_enterprises(), enterprise.words, told))
    of_workplace, bits = (_of(workplace, one) for one in _beside(_workplaces(), workplace.words, told))
    (stratum,) = _beside(_drawn(), visits, told)
    card, score, coverage, band = _beside(_cards(), visits, told)
    where = {
        "association_id": association, "enterprise_id": enterprise, "month": _meaning(day, month),
        "stratum_id": _meaning(stratum, _id), "route": route, "version_id": _meaning(version, _id),
        "sector": _meaning(sector, division), "district": _first(of_workplace, of_enterprise),
        "size": _meaning(size, _text), "traits": _meaning(bits, _number),
    }  # fmt: skip
    scores, counted = _areas(card, told)
    scores[0] = score.numbers()
    least = np.array([coverage_minimum(word) for word in version.words])[version.places]
    counted[0] = coverage.numbers() >= least
    shortfalls = _shortfalls(visits, told)
    return Receipts(visits, where, outcome, card.places > 0, scores, counted, _meaning(band, _text), *shortfalls)


def _visits(told: Told) -> tuple[Words, list[Column]]:
    """The ids of the visits, and of each what its row says."""
    visit = table("visit")
    query = sa.select(
        visit.c.id, visit.c.association_id, visit.c.enterprise_id, visit.c.workplace_id, sources.day(), visit.c.route,
        visit.c.checklist_version_id, visit.c.outcome,
    ).where(visit.c.state == State.released)  # fmt: skip
    visits, found = Words(), [(Words(), [NONE]) for _ in range(7)]
    for ids, *said in read(query, told):
        visits.numbers(ids)
        for (words, parts), values in zip(found, said, strict=True):
            parts.append(words.numbers(values))
    return visits, [Column(words, np.concatenate(parts)) for words, parts in found]


def _enterprises() -> sa.Select[Any]:
    enterprise = table("enterprise")
    return sa.select(enterprise.c.id, enterprise.c.sector, enterprise.c.district, enterprise.c.size)


def _workplaces() -> sa.Select[Any]:
    workplace = table("workplace")
    return sa.select(workplace.c.id, workplace.c.district, traits())


def _drawn() -> sa.Select[Any]:
    drawn = table("drawn_workplace")
    return sa.select(drawn.c.visit_id, drawn.c.stratum_id).where(drawn.c.visit_id.is_not(None))


def _cards() -> sa.Select[Any]:
    card = table("scorecard")
    return sa.select(card.c.visit_id, card.c.id, card.c.score, card.c.coverage, card.c.band).where(
        sources.standing_scorecard()
    )


def _beside(query: sa.Select[Any], of: Words, told: Told) -> list[Column]:
    """What the rows of a table say of these ids, the first column; None where no row does."""
    found = [Column(Words(None), np.zeros(len(of), np.int32)) for _ in query.selected_columns[1:]]
    for ids, *said in read(query, told):
        at = of.known(ids)
        known = at >= 0
        for column, values in zip(found, said, strict=True):
            column.places[at[known]] = column.words.numbers(values)[known]
    return found


def _areas(card: Column, told: Told) -> tuple[Numbers, Numbers]:
    """Of each visit, by its scorecard, the scores and whether they count; the line of the whole is left open."""
    scores, counted = (
        np.full((len(FIGURES), len(card.places)), np.nan),
        np.zeros((len(FIGURES), len(card.places)), bool),
    )
    line_of = {name: line for line, name in enumerate(FIGURES) if name in AREAS}
    carded = np.flatnonzero(card.places)
    visit_of = np.full(len(card.words), -1)
    visit_of[card.places[carded]] = carded
    area = table("scorecard_area").c
    query = sa.select(area.scorecard_id, area.area, area.score, area.provisional)
    for ids, areas, said, provisional in read(query, told):
        known = card.words.known(ids)
        at = np.where(known >= 0, visit_of[known], -1)
        line = np.fromiter(map(line_of.get, areas, repeat(-1)), np.int32, len(areas))
        here = (at >= 0) & (line >= 0)
        scores[line[here], at[here]] = np.array(said, np.float64)[here]
        counted[line[here], at[here]] = ~np.array(provisional, bool)[here]
    return scores, counted


def _shortfalls(visits: Words, told: Told) -> tuple[list[Shortfall], Numbers, Numbers]:
    """The kinds of shortfalls; and of each shortfall its visit and its kind."""
    visit_id, item, area, clause, *yes = findings().selected_columns
    first, *rest = item, area, clause, *(sa.case((one, "1"), else_="") for one in yes)
    kind = sum((_BETWEEN + one for one in rest), first)  # one text: five million are looked up
    kinds, visit_of, kind_of = Words(), [NONE], [NONE]
    for ids, said in read(findings().with_only_columns(visit_id, kind), told):
        at = visits.known(ids)
        visit_of.append(at[at >= 0])
        kind_of.append(kinds.numbers(said)[at >= 0])
    return [_shortfall(kind) for kind in kinds], np.concatenate(visit_of), np.concatenate(kind_of)


_BETWEEN = "\x1f"  # the separator of units: no code has it


def _shortfall(kind: str) -> Shortfall:
    item, area, clause, critical, repeat = kind.split(_BETWEEN)
    return Shortfall(item, area, clause, bool(critical), bool(repeat))


def _of(key: Column, column: Column) -> Column:
    return Column(column.words, column.places[key.places])


def _meaning(column: Column, meaning: Callable[[Any], Any]) -> Column:
    """The same with what each word means; words that mean the same become one."""
    words = Words()
    return Column(words, words.numbers([meaning(word) for word in column.words])[column.places])


def _first(column: Column, other: Column) -> Column:
    """The text of the first column, or where there is none, of the other (``sources.district``)."""
    words = Words()
    first = words.numbers([_text(word) for word in column.words])[column.places]
    second = words.numbers([_text(word) for word in other.words])[other.places]
    return Column(words, np.where(first == words[""], second, first))


def _text(word: str | None) -> str:
    return word or ""


def _number(word: int | None) -> int:
    return word or 0


def _id(word: Raw | None) -> Raw:
    return word or NIL


def read(query: sa.Select[Any], told: Told) -> Iterator[list[Sequence[Any]]]:
    """Columns of some rows at a time, as the driver gives them but ids as 16 bytes; in no order."""
    connection = session().connection()
    driver: Any = connection.connection.driver_connection
    on_sqlite = connection.dialect.name == "sqlite"
    read = 0
    with closing(driver.cursor() if on_sqlite else driver.cursor("trends", binary=True)) as cursor:
        cursor.execute(_said(query, connection.dialect))
        while rows := cursor.fetchmany(AT_ONCE):
            yield list(zip(*rows, strict=True))
            read += len(rows)
            told(str(query.get_final_froms()[0]), read)


def _said(query: sa.Select[Any], dialect: sa.Dialect) -> str:
    """The query in the words of a database; PostgreSQL says ids as bytes, or its driver makes an object of each."""
    if dialect.name == "postgresql":
        query = query.with_only_columns(*map(_as_bytes, query.selected_columns))
    return str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


def _as_bytes(column: Any) -> Any:
    inner = column.clause if isinstance(column, sa.TypeCoerce) else column
    return sa.func.uuid_send(inner) if isinstance(inner.type, Id) else column
