"""When each enterprise was last visited: a row for each, kept with the cells and proved with them."""

from collections.abc import Collection
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from compliance.shared.database import session
from compliance.trends import sources
from compliance.trends.contribution import Raw
from compliance.trends.models import TREND_LAST
from compliance.trends.sources import table
from compliance.visits.states import Outcome, State


def bring_up_to_date(enterprise_ids: Collection[UUID | Raw]) -> None:
    """Let the rows of these enterprises say what their released visits say. Doing it twice changes nothing."""
    if not enterprise_ids:
        return
    connection = session().connection()
    statement = _write(connection.dialect)
    if connection.dialect.name == "sqlite":
        raw = [(one if isinstance(one, bytes) else one.bytes,) for one in enterprise_ids]
        connection.exec_driver_sql(statement, raw)
    else:
        connection.exec_driver_sql(statement, (list(enterprise_ids),))


def rebuild() -> None:
    """Throw everything away and make it anew."""
    session().execute(sa.delete(TREND_LAST))
    session().execute(sa.insert(TREND_LAST).from_select(_NAMES, given()))


def given() -> sa.Select[Any]:
    """What the rows should be, by the register and the visits themselves: enterprise, association, whether it is a
    member, day.
    """
    enterprise, visit = table("enterprise"), table("visit")
    made = sa.and_(
        visit.c.enterprise_id == enterprise.c.id,
        visit.c.state == State.released,
        visit.c.outcome == Outcome.completed,
    )
    return (
        sa.select(enterprise.c.id, enterprise.c.association_id, sources.active(), sa.func.max(sources.day()))
        .select_from(enterprise.outerjoin(visit, made))
        .group_by(enterprise.c.id, enterprise.c.association_id, enterprise.c.status)
    )


@lru_cache(maxsize=4)
def _write(dialect: sa.Dialect) -> str:
    """Writing rows, in the words of a database: for one enterprise on SQLite, for a list of them on PostgreSQL."""
    place: sa.ColumnElement[Any] = sa.literal_column(_PLACE)
    mark = "?" if dialect.name == "sqlite" else "ANY(%s)"
    query = given().where(table("enterprise").c.id == place)
    read = str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True})).replace(_PLACE, mark)
    return (
        f"INSERT INTO trend_last ({', '.join(_NAMES)}) {read} ON CONFLICT (enterprise_id)"
        " DO UPDATE SET member = excluded.member, last_on = excluded.last_on"
        " WHERE (trend_last.member, trend_last.last_on) IS DISTINCT FROM (excluded.member, excluded.last_on)"
    )


_NAMES = [column.name for column in TREND_LAST.columns]
_PLACE = ":the_enterprise:"
