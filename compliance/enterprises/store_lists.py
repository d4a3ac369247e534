"""Finding enterprises in a large register: each page costs the same number of statements, however many rows there are.

What a list filters, sorts and searches by lies in indexes that answer without touching the table. A database would
rather walk a sorted index and look into the table for each row; where that is slow (few matches among many rows) the
order is asked for as an expression, which no index offers, so that it scans the narrow index and sorts what it found.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from compliance.enterprises import names
from compliance.enterprises.classes import Size, district_stem
from compliance.enterprises.models import Enterprise
from compliance.enterprises.rules import Status
from compliance.people.rules import Actor, is_staff
from compliance.shared.database import Id, session
from compliance.shared.portions import Portion, portion

PAGE = 50
MOST_FOUND = 1000
"""A search by text goes no further than this: who finds more needs another word, not another page."""

LARGE = 20_000
"""Enterprises of a register beyond which what looks at all of them is worked out in the background."""

_E = Enterprise
_Twin = aliased(Enterprise)
_Key = tuple[Any, bool]  # what to sort by, and whether downwards
SORTS: dict[str, Any] = {
    "name": col(_E.sort_key),
    "sector": col(_E.sector),
    "district": col(_E.district),
    "workers": col(_E.workers),
}
"""What a list can be sorted by; ``-name`` turns the order round."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed by. A sector stands for all below it (``C``), so does a district (``530100``)."""

    sector: str = ""
    district: str = ""
    size: Size | None = None
    status: Status | None = None

    @property
    def any(self) -> bool:
        """Whether anything is narrowed at all."""
        return bool(self.sector or self.district or self.size or self.status)

    @property
    def few(self) -> bool:
        """Whether far fewer rows are left than there are: nearly all are members."""
        return bool(self.sector or self.district or self.size or self.status not in (None, Status.active))


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a list: its rows, how many there are on all pages, and where this one stands.

    ``more`` means that a search by text found more than the ``MOST_FOUND`` that are shown.
    """

    rows: list[Enterprise]
    total: int
    page: int
    pages: int
    more: bool = False


def scope(actor: Actor) -> sa.ColumnElement[bool]:
    """Which enterprises exist for an actor: all of the association for staff and programs, for managers their own and
    branches.
    """
    mine = col(_E.association_id) == actor.association_id
    if is_staff(actor) or actor.is_program:
        return mine
    theirs = actor.enterprise_ids | actor.branch_ids
    return sa.and_(mine, col(_E.id).in_(theirs)) if theirs else sa.false()


def search(
    actor: Actor,
    text: str = "",
    filters: Filters | None = None,
    sort: str = "name",
    page: int = 1,
    per_page: int = PAGE,
) -> Found:
    """One page of the register. An unknown sort means by name; a page beyond the end means the last one.

    ``text`` is found in names (from one Chinese character), their pinyin in full and by initials, and the code;
    several words must all be found.
    """
    filters = filters or Filters()
    terms = names.terms(text)
    conditions = [scope(actor), *_filtered(filters), *_found(terms)]
    order = _order(sort, narrowed=bool(terms or filters.few))
    most = MOST_FOUND if terms else None
    page = max(1, min(page, 10**6))
    ids, total = _ids(conditions, order, most, (page - 1) * per_page, per_page)
    if not ids and page > 1:
        _, total = _ids(conditions, order, most, 0, 1)
        page = max(1, -(-min(total, most or total) // per_page))
        ids, total = _ids(conditions, order, most, (page - 1) * per_page, per_page)
    more = most is not None and total > most
    total = most if more and most else total
    return Found(_rows(ids), total, page, max(1, -(-total // per_page)), more)


def _ids(
    conditions: Sequence[sa.ColumnElement[bool]], order: Sequence[_Key], most: int | None, offset: int, count: int
) -> tuple[list[UUID], int]:
    """The ids of a page in order, and the number of matches, by one statement.

    With ``most`` one scan finds and counts the first so many and one more, and stops there. Without, the scan of the
    page stops at its end, and the count is taken from the narrowest index.
    """
    keys = [key.label(f"key_{place}") for place, (key, _) in enumerate(order)]
    matching = sa.select(col(_E.id), *keys).where(*conditions).order_by(*_directed(order))
    if most is None:
        hits = matching.limit(count).offset(offset).cte("hits")
        total = sa.select(sa.func.count()).select_from(_E).where(*conditions).scalar_subquery()
        query = sa.select(hits.c.id, total)
    else:
        hits = matching.limit(most + 1).cte("hits")
        total = sa.select(sa.func.count()).select_from(hits).scalar_subquery()
        query = sa.select(hits.c.id, total).limit(min(count, max(0, most - offset))).offset(offset)
    again = [(hits.c[f"key_{place}"], down) for place, (_, down) in enumerate(order)]
    rows = session().execute(query.order_by(*_directed(again))).all()
    return [row[0] for row in rows], rows[0][1] if rows else 0


def _rows(ids: Sequence[UUID]) -> list[Enterprise]:
    found = {row.id: row for row in session().exec(select(_E).where(col(_E.id).in_(ids)))}
    return [found[one] for one in ids if one in found]


def _order(sort: str, narrowed: bool) -> list[_Key]:
    name, down = sort.removeprefix("-"), sort.startswith("-")
    keys: list[Any] = [col(_E.sort_key), col(_E.id)]
    if name in SORTS and name != "name":
        keys.insert(0, _no_index(SORTS[name]) if narrowed else SORTS[name])
    return [(key, down) for key in keys]


def _directed(keys: Sequence[_Key]) -> list[Any]:
    return [key.desc() if down else key for key, down in keys]


def _no_index(column: Any) -> Any:
    return column + 0 if isinstance(column.type, sa.Integer) else column.concat("")


def _filtered(filters: Filters) -> Iterator[sa.ColumnElement[bool]]:
    # substr() rather than a range: the index on the column alone would look the better one, and is not.
    if filters.sector:
        yield sa.func.substr(col(_E.sector), 1, len(filters.sector)) == filters.sector
    if filters.district:
        stem = district_stem(filters.district)
        yield sa.func.substr(col(_E.district), 1, len(stem)) == stem
    if filters.size:
        yield col(_E.size) == filters.size
    if filters.status:
        yield col(_E.status) == filters.status


def _found(terms: Sequence[names.Term]) -> Iterator[sa.ColumnElement[bool]]:
    terms = sorted(terms, key=lambda term: term.text.isalpha())  # a number is rarer than a word, and is asked first
    chinese = [term for term in terms if not term.latin]
    latin = [term for term in terms if term.latin]
    if not (chinese and latin):
        yield from (_holds(term) for term in terms)
        return
    # Each kind has an index of its own, and both are in one order: the one is walked, and what fits is looked up in the
    # other. The rarer words should lead; one or two letters are in every third name. (Between, because SQLite takes an
    # equal id to the table and not to the index.)
    lead, follow = (latin, chinese) if max(len(term.text) for term in latin) > 2 else (chinese, latin)
    yield from (_holds(term) for term in lead)
    same = (
        col(_Twin.association_id) == col(_E.association_id),
        col(_Twin.sort_key) == col(_E.sort_key),
        col(_Twin.id).between(col(_E.id), col(_E.id)),
    )
    yield sa.select(sa.literal(1)).where(*same, *(_holds(term, _Twin) for term in follow)).exists()


def _holds(term: names.Term, rows: type[Enterprise] = _E) -> sa.ColumnElement[bool]:
    pattern = "".join(f"\\{mark}" if mark in "%_\\" else mark for mark in term.text)
    column = col(rows.search_latin) if term.latin else col(rows.search_name)
    return column.like(f"%{pattern}%", escape="\\")


def every(
    actor: Actor, text: str = "", filters: Filters | None = None, sort: str = "name", most: int | None = None
) -> Iterator[Enterprise]:
    """All rows of a list, in its order, without the pages (for downloads); at most ``most``."""
    filters = filters or Filters()
    terms = names.terms(text)
    query = select(_E).where(scope(actor), *_filtered(filters), *_found(terms))
    query = query.order_by(*_directed(_order(sort, narrowed=False))).limit(most)
    yield from session().exec(query, execution_options={"yield_per": 1000})


def in_portions(actor: Actor, filters: Filters, *, after: UUID | None, most: int) -> Portion[Enterprise]:
    """The register in the order of ids, ``most`` at a time."""
    return portion(select(_E).where(scope(actor), *_filtered(filters)), col(_E.id), after, most)


def is_large(actor: Actor) -> bool:
    """Whether the association has more than ``LARGE`` enterprises: too many for a page to look at each of them."""
    query = select(1).select_from(_E).where(col(_E.association_id) == actor.association_id)
    return session().execute(query.offset(LARGE).limit(1)).first() is not None


def matching(actor: Actor, text: str, filters: Filters) -> list[sa.ColumnElement[bool]]:
    """The conditions of the rows of a list, for lists of other packages that join the register."""
    return [scope(actor), *_filtered(filters), *_found(names.terms(text))]


def sectors_in_use(actor: Actor) -> list[str]:
    """The sector codes that stand in the register."""
    return _in_use(actor, "sector")


def districts_in_use(actor: Actor) -> list[str]:
    """The district codes that stand in the register."""
    return _in_use(actor, "district")


def _in_use(actor: Actor, column: str) -> list[str]:
    found = session().execute(_values(column), {"association": actor.association_id})
    return [value for (value,) in found if value]


@lru_cache(maxsize=2)
def _values(name: str) -> sa.Select[tuple[str]]:
    """The different values of an indexed column, by one jump into the index for each value."""
    column = col(getattr(_E, name))
    mine = col(_E.association_id) == sa.bindparam("association", type_=Id())
    values = sa.select(sa.func.min(column).label("value")).where(mine, column > "").cte("values_in_use", recursive=True)
    after = sa.select(sa.func.min(column)).where(mine, column > values.c.value).scalar_subquery()
    values = values.union_all(sa.select(after).where(values.c.value.is_not(None)))
    return sa.select(values.c.value)


def recognised_by(actor: Actor) -> list[tuple[UUID, str | None, str, str]]:
    """Id, credit code, name and address of every enterprise of the association, by which a file may mean it."""
    columns = (col(Enterprise.id), col(Enterprise.credit_code), col(Enterprise.name), col(Enterprise.address))
    query = sa.select(*columns).where(col(Enterprise.association_id) == actor.association_id)
    return [(id, code, name, address) for id, code, name, address in session().execute(query)]
