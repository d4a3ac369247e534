"""Reading the newest rows behind a figure and counting them, without looking at all that a large association has.

A visit has its own day, or where nobody was found that of its plan. The two are read apart, because only a column by
itself is found, and read in its order, in an index.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from compliance.people.rules import Actor
from compliance.shared.database import session
from compliance.trends import sources, store
from compliance.trends.periods import Span
from compliance.trends.sources import Condition, table


def newest(
    columns: Sequence[Any], among: sa.FromClause, chosen: Sequence[Condition], span: Span, then: Sequence[Any],
    *, page: int, size: int,
) -> list[tuple[Any, ...]]:  # fmt: skip
    """A page of the released visits of a span, or of what belongs to them, the newest first: the day, then columns.

    Days are put in order by their visits before ``then``: so an index hands them over in this order, and no more rows
    are read than are shown.
    """
    visit = table("visit")
    found: list[tuple[Any, ...]] = []
    for day, inside in _halves(span):
        query = sa.select(day, *columns).select_from(among).where(*chosen, *inside)
        query = query.order_by(day.desc(), visit.c.id.desc(), *then).limit(page * size)
        found += map(tuple, session().execute(query))
    found.sort(key=itemgetter(0), reverse=True)  # each half keeps its order
    return found[(page - 1) * size : page * size]


def number(among: sa.FromClause, chosen: Sequence[Condition], span: Span) -> int:
    """How many there are in all."""
    return sum(
        int(session().execute(sa.select(sa.func.count()).select_from(among).where(*chosen, *inside)).scalar_one())
        for _day, inside in _halves(span)
    )


def _halves(span: Span) -> Iterator[tuple[Any, list[Condition]]]:
    visit = table("visit")
    made = visit.c.state.in_(sources.MADE)
    yield visit.c.visited_on, [made, visit.c.visited_on.between(span.first, span.last)]
    planned = visit.c.planned_for
    yield planned, [made, visit.c.visited_on.is_(None), planned.between(span.first, span.last)]


def whole_months(actor: Actor, span: Span) -> bool:
    """Whether a span is made of whole months, as the cells are; the present one counts as whole."""
    ends: date = span.last + timedelta(days=1)
    return span.first.day == 1 and (ends.day == 1 or span.last >= store.today(actor))
