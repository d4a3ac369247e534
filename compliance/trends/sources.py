"""The tables that trends read. They look across all nouns, only ever read, and so take the columns by name instead of
the row classes, which stay private to their packages. The conditions that every figure shares stand here once.
"""

from collections.abc import Collection, Hashable
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.enterprises.classes import district_stem
from compliance.enterprises.rules import Status
from compliance.findings.states import FindingState
from compliance.people.rules import Actor
from compliance.trends.rules import ROUTES, UNKNOWN, Place, Selection, View
from compliance.visits.states import Outcome, State

Condition = sa.ColumnElement[bool]
MADE = (State.released,)
"""A sealed visit is nobody's business here before its release: a figure that counts it would tell of it."""
SHOWN_FINDINGS = (FindingState.released, FindingState.changed)


def table(name: str) -> sa.Table:
    """A table by its name. All of them are known once the application is built."""
    return SQLModel.metadata.tables[name]


def in_scope(rows: sa.Table, actor: Actor) -> list[Condition]:
    """Rows of the actor's association, without the enterprises that the actor sees from the outside only."""
    enterprise_id = rows.c.id if rows.name == "enterprise" else rows.c.enterprise_id
    conditions: list[Condition] = [rows.c.association_id == actor.association_id]
    if actor.outside_ids:
        conditions.append(enterprise_id.not_in(sorted(actor.outside_ids)))
    return conditions


def of_class(wanted: Selection) -> list[Condition]:
    """Enterprises of the selected sector, district and size. A sector or district holds the finer ones inside it."""
    return _of_class(wanted, table("enterprise").c.district)


def of_visits(wanted: Selection) -> list[Condition]:
    """Visits to the selected classes, as the cells count them: under the district of their workplace, with its traits
    and the checklist version that they are pinned to. The workplace is joined.
    """
    conditions = _of_class(wanted, district())
    if wanted.trait:
        conditions.append(table("workplace").c[wanted.trait].is_(True))
    if wanted.version:
        conditions.append(table("visit").c.checklist_version_id == wanted.version)
    return conditions


@lru_cache(maxsize=1)
def district() -> sa.ColumnElement[Any]:
    """The district that a visit counts under: that of its workplace, or of the enterprise where none was entered."""
    workplace, enterprise = table("workplace"), table("enterprise")
    return sa.case((workplace.c.district != "", workplace.c.district), else_=enterprise.c.district)


def _of_class(wanted: Selection, district_of: sa.ColumnElement[Any]) -> list[Condition]:
    enterprise = table("enterprise")
    conditions: list[Condition] = []
    for column, code, stem in (
        (enterprise.c.sector, wanted.sector, wanted.sector),
        (district_of, wanted.district, district_stem(wanted.district)),
    ):
        if code == UNKNOWN:
            conditions.append(column == "")
        elif code:
            conditions.append(column.startswith(stem, autoescape=True))
    if wanted.size:
        conditions.append(enterprise.c.size.is_(None) if wanted.size == UNKNOWN else enterprise.c.size == wanted.size)
    return conditions


def active() -> Condition:
    """Enterprises that are members."""
    return table("enterprise").c.status == Status.active


@lru_cache(maxsize=1)
def day() -> sa.ColumnElement[Any]:
    """The day that a visit counts for: that of the visit, or where nobody was found, that of the plan."""
    visit = table("visit")
    return sa.func.coalesce(visit.c.visited_on, visit.c.planned_for)


def made_in(wanted: Selection) -> list[Condition]:
    """Visits that were made in the selected span and are released."""
    visit = table("visit")
    return [visit.c.state.in_(MADE), day() >= wanted.span.first, day() <= wanted.span.last]


def standing_scorecard() -> Condition:
    """Scorecards that are released and for whose visit no later one is released.

    Between two released ones may stand a correction that never was, so the direct successor alone decides nothing.
    Two of the same moment are told apart by their kind: a correction comes after what it corrects.
    """
    card = table("scorecard")
    later = card.alias("later")
    comes_after = sa.or_(
        later.c.issued_at > card.c.issued_at,
        sa.and_(
            later.c.issued_at == card.c.issued_at, later.c.supersedes_id.is_not(None), card.c.supersedes_id.is_(None)
        ),
        later.c.supersedes_id == card.c.id,
    )
    newer = sa.exists().where(later.c.visit_id == card.c.visit_id, later.c.released_at.is_not(None), comes_after)
    return sa.and_(card.c.released_at.is_not(None), ~newer)


def compared(view: View) -> list[Condition]:
    """Visits that may enter a plain figure: completed, released, by a route of the view. The scorecard is joined."""
    visit, card = table("visit"), table("scorecard")
    return [
        visit.c.outcome == Outcome.completed,
        visit.c.route.in_(sorted(ROUTES[view])),
        card.c.id.is_not(None),
    ]


@lru_cache(maxsize=1)
def visits_with_scorecards() -> sa.Join:
    """Visits with their enterprise, their workplace and the scorecard that stands."""
    visit, enterprise, card, workplace = (table(name) for name in ("visit", "enterprise", "scorecard", "workplace"))
    return (
        visit.join(enterprise, enterprise.c.id == visit.c.enterprise_id)
        .join(workplace, workplace.c.id == visit.c.workplace_id)
        .outerjoin(card, sa.and_(card.c.visit_id == visit.c.id, standing_scorecard()))
    )


def any_of(ids: Collection[UUID], column: sa.ColumnElement[Any]) -> Condition:
    """Rows with one of these ids."""
    return column.in_(list(ids))


@lru_cache(maxsize=4096)
def place(sector: str | None, district: str | None, size: Any) -> Place:
    """Where an enterprise stands; its sector as a division."""
    return Place((sector or "")[:3], district or "", str(size) if size else "")


def as_day(value: Any) -> date:
    """A day that went through a function of the database, which SQLite answers as text."""
    return value if isinstance(value, date) else date.fromisoformat(value)


def raw(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """An id as the database driver gives it: for figures over many rows, where it is only compared and counted."""
    return sa.type_coerce(column, sa.types.NullType())


def raw_rows(of: sa.Table) -> sa.Select[Any]:
    """All of a table's columns, with ids as the driver gives them."""
    return sa.select(*(raw(column) if column.name.endswith("_id") else column for column in of.columns))


def as_id(value: Hashable) -> UUID:
    """A raw id as what it is: 16 bytes on SQLite, else the driver's own UUID."""
    return UUID(bytes=value) if isinstance(value, bytes) else UUID(str(value))
