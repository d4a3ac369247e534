"""Trend figures for programs: the same as the pages of the trends tell, with what makes them sure or unsure."""

from compliance.api.door import bp, operation
from compliance.api.rules import Scope
from compliance.api.shapes import (
    AreaFigure,
    Estimate,
    Figure,
    GroupFigure,
    GroupQuery,
    PeriodFigure,
    TimeQuery,
    Trend,
    TrendQuery,
)
from compliance.people.rules import Actor
from compliance.shared.problems import Problem
from compliance.shared.words import N_
from compliance.trends import periods, store, told
from compliance.trends.rules import Selection
from compliance.trends.stated import Stated

__all__ = ["bp"]


@operation("/trends/areas", Scope.trends)
def trend_areas(caller: Actor, query: TrendQuery) -> Trend[AreaFigure]:
    """The whole and each area, and where each went since the period before."""
    wanted = _wanted(caller, query)
    return Trend[AreaFigure](
        first=wanted.span.first,
        last=wanted.span.last,
        figures=[
            AreaFigure(area=one.area, figure=_figure(one.now), change=one.movement.way)
            for one in told.areas(caller, wanted)
        ],
    )


@operation("/trends/periods", Scope.trends)
def trend_periods(caller: Actor, query: TimeQuery) -> Trend[PeriodFigure]:
    """One area (or the whole) in each quarter or month of the period and the one before it."""
    wanted = _wanted(caller, query, topic=query.area, step=query.step)
    return Trend[PeriodFigure](
        first=wanted.span.first,
        last=wanted.span.last,
        figures=[
            PeriodFigure(
                period=one.bucket.key,
                first=one.bucket.span.first,
                last=one.bucket.span.last,
                figure=_figure(one.told),
                broken=bool(one.breaks),
            )
            for one in told.through_time(caller, wanted)
        ],
    )


@operation("/trends/groups", Scope.trends)
def trend_groups(caller: Actor, query: GroupQuery) -> Trend[GroupFigure]:
    """One area (or the whole) in each sector, district or size, most visits first."""
    wanted = _wanted(caller, query, topic=query.area, by=query.by)
    return Trend[GroupFigure](
        first=wanted.span.first,
        last=wanted.span.last,
        figures=[
            GroupFigure(group=one.group, figure=_figure(one.told)) for one in told.groups(caller, wanted, query.by, "")
        ],
    )


def _wanted(caller: Actor, query: TrendQuery, **more: object) -> Selection:
    if (query.first is None) != (query.last is None):
        raise Problem("trends-span", N_("Please enter the first and the last day."), field="first")
    if query.first is None or query.last is None:
        span = periods.last_four_quarters(store.today(caller))
    else:
        span = periods.whole_months(periods.custom(query.first, query.last))
    kept = {"sector": query.sector, "district": query.district, "size": query.size, "figure": query.figure}
    return Selection(span, **kept, **more)  # type: ignore[arg-type]


def _figure(one: Stated) -> Figure:
    estimate = None
    if one.points is not None and one.low is not None and one.high is not None:
        estimate = Estimate(value=round(one.points, 1), low=round(one.low, 1), high=round(one.high, 1))
    return Figure(
        estimate=estimate,
        silent=one.silent,
        drawn_visits=one.n,
        plain=None if one.plain_points is None else round(one.plain_points, 1),
        visits=one.plain.n,
    )
