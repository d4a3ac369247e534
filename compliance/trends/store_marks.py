"""Reading figures of clauses and items from the cells, and the findings behind them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from compliance.checklists.policy import Severity
from compliance.estimation.strata import Scale
from compliance.people.rules import Actor
from compliance.trends import cells, sources, stated, store_cells, summed
from compliance.trends.cells import Asked, Kind, Measure
from compliance.trends.newest import newest, number
from compliance.trends.rules import UNKNOWN, By, Selection, View
from compliance.trends.sources import table
from compliance.trends.stated import Stated
from compliance.visits.states import Outcome, Route


@dataclass(frozen=True)
class FoundRow:
    """A finding as it is listed; never how it was known."""

    visit_id: UUID
    on: date
    enterprise_id: UUID
    enterprise: str
    route: Route
    item: str
    area: str
    clause: str
    severity: Severity
    before: date | None
    """The day of the visit on which it was found the last time, where it came back."""


def asked(wanted: Selection) -> Asked:
    """What the cells are asked; the plain figure is that of all routes but follow-up visits."""
    return replace(Asked.of(wanted), view=View.all)


def combines(wanted: Selection, kind: Kind, by: By | None = None) -> bool:
    """Whether the cells hold this for what was selected."""
    return cells.combines(asked(wanted), _by(by), [Measure(kind)])


def marked(actor: Actor, wanted: Selection, kind: Kind) -> list[tuple[str, Stated]]:
    """Each clause or item that was found at all, with the share of workplaces on which it was."""
    readings = store_cells.read(actor, asked(wanted), [Measure(kind)])
    return [
        (one.measure.mark or "", stated.state(one.strata, one.plain, Scale.share, high_is_good=False))
        for one in readings
        if one.plain.total or any(stratum.sums.total for stratum in one.strata)
    ]


def by_class(actor: Actor, wanted: Selection, kind: Kind, by: By) -> dict[tuple[str, str], Stated]:
    """The same for each class, by mark and class."""
    readings = store_cells.read(actor, asked(wanted), [Measure(kind)], by=_by(by))
    return {
        (one.measure.mark or "", one.group): stated.state(one.strata, one.plain, Scale.share, high_is_good=False)
        for one in readings
        if one.plain.n or any(stratum.sums.n for stratum in one.strata)
    }


def measured(
    actor: Actor, wanted: Selection, measure: Measure, scale: Scale, *, by: By | None = None
) -> dict[str, Stated]:
    """One figure for each class (or under "" for all)."""
    high_is_good = scale is Scale.score
    readings = store_cells.read(actor, asked(wanted), [measure], by=_by(by))
    return {one.group: stated.state(one.strata, one.plain, scale, high_is_good=high_is_good) for one in readings}


def _by(by: By | None) -> cells.By:
    return cells.By(by.value) if by else cells.By.none


def rows(
    actor: Actor,
    wanted: Selection,
    *,
    item: str = "",
    clause: str = "",
    by: By | None = None,
    key: str = "",
    repeats: bool = False,
    page: int = 1,
    size: int = 50,
) -> tuple[list[FoundRow], int]:
    """The released findings on the completed visits of the selection (not on follow-up visits), newest first."""
    finding, visit, enterprise, workplace = (table(one) for one in ("finding", "visit", "enterprise", "workplace"))
    earlier = finding.alias("earlier")
    chosen = [
        *sources.in_scope(visit, actor), *sources.of_visits(wanted),
        visit.c.outcome == Outcome.completed, visit.c.route != Route.follow_up,
        finding.c.state.in_(sources.SHOWN_FINDINGS),
    ]  # fmt: skip
    chosen += [column == value for column, value in ((finding.c.item, item), (finding.c.clause, clause)) if value]
    if repeats:
        chosen.append(finding.c.repeat_of_id.is_not(None))
    if by and key:
        chosen.append(sa.func.coalesce(class_of(by), "") == ("" if key == UNKNOWN else key))
    joined = (
        finding.join(visit, visit.c.id == finding.c.visit_id)
        .join(enterprise, enterprise.c.id == visit.c.enterprise_id)
        .join(workplace, workplace.c.id == visit.c.workplace_id)
        .outerjoin(earlier, earlier.c.id == finding.c.repeat_of_id)
    )
    columns = (
        visit.c.id, enterprise.c.id, enterprise.c.name, visit.c.route, finding.c.item, finding.c.area, finding.c.clause,
        finding.c.severity, earlier.c.visited_on,
    )  # fmt: skip
    found = []
    for row in newest(columns, joined, chosen, wanted.span, [finding.c.item, finding.c.id], page=page, size=size):
        on, visit_id, enterprise_id, name, route, what, area, number_of, severity, before = row
        found.append(FoundRow(visit_id, on, enterprise_id, name, route, what, area, number_of, severity, before))
    every = replace(wanted, view=View.all)
    total = None if item or clause or (by and key) else summed.findings(actor, every, repeats=repeats)
    return found, number(joined, chosen, wanted.span) if total is None else total


def released_in(wanted: Selection) -> Sequence[sources.Condition]:
    """Visits of the span whose outcome is released; of others nothing is told."""
    visit = table("visit")
    return [visit.c.state == "released", sources.day() >= wanted.span.first, sources.day() <= wanted.span.last]


def class_of(by: By) -> sa.ColumnElement[str]:
    """The class that a visit counts under; its sector as a division."""
    enterprise = table("enterprise")
    if by is By.sector:
        return sa.func.substr(enterprise.c.sector, 1, 3)
    return sources.district() if by is By.district else sources.raw(enterprise.c.size)
