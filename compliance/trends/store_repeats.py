"""Reading what came back: counted by the database."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from compliance.estimation.clustered import Clusters
from compliance.people.rules import Actor
from compliance.shared.database import session
from compliance.trends import sources
from compliance.trends.repeats import Again, ItemAgain
from compliance.trends.rules import OVERALL, UNKNOWN, Selection
from compliance.trends.sources import table
from compliance.trends.store_closing import days_between
from compliance.trends.store_marks import class_of, released_in
from compliance.visits.states import Outcome, Route


def by_class(actor: Actor, wanted: Selection) -> dict[str, Again]:
    """Workplaces visited again, those with an earlier finding, and where it came back; by the class asked for."""
    visit, enterprise = table("visit"), table("enterprise")
    each = (
        sa.select(
            class_of(wanted.by).label("key"),
            enterprise.c.id.label("enterprise_id"),
            sa.func.max(_one(_visited_before())).label("revisited"),
            sa.func.max(_one(_found_before(wanted))).label("found"),
            sa.func.max(_one(_came_back(wanted))).label("back"),
        )
        .select_from(_visits())
        .where(*_entering(actor, wanted))
        .group_by(class_of(wanted.by), enterprise.c.id, visit.c.workplace_id)
        .subquery()
    )
    back = each.c.back * each.c.found
    members = (
        sa.select(
            each.c.key, sa.func.sum(each.c.revisited).label("revisited"), sa.func.sum(each.c.found).label("n"),
            sa.func.sum(back).label("y"),
        )
        .group_by(each.c.key, each.c.enterprise_id)
        .subquery()
    )  # fmt: skip
    n, y = members.c.n, members.c.y
    sums = [sa.func.sum(one) for one in (members.c.revisited, _one(n > 0), n, y, n * n, n * y, y * y)]
    found = {}
    for key, revisited, *numbers in session().execute(sa.select(members.c.key, *sums).group_by(members.c.key)):
        if revisited:
            found[key or UNKNOWN] = Again(int(revisited), Clusters(*(int(one) for one in numbers)))
    return found


def by_route(actor: Actor, wanted: Selection) -> dict[Route, tuple[int, int]]:
    """Visits after an earlier finding, and those on which one came back; by route, follow-up visits too."""
    visit = table("visit")
    found, back = _one(_found_before(wanted)), _one(_came_back(wanted))
    query = (
        sa.select(visit.c.route, sa.func.sum(found), sa.func.sum(found * back))
        .select_from(_visits())
        .where(*_entering(actor, wanted, follow_up=True))
        .group_by(visit.c.route)
    )
    return {route: (int(n), int(y)) for route, n, y in session().execute(query) if n}


def items(actor: Actor, wanted: Selection) -> list[ItemAgain]:
    """For each item: workplaces that were visited again after a finding of it, and those where it came back."""
    visit, finding = table("visit"), table("finding")
    earlier = finding.alias("earlier")
    entering = (
        sa.select(visit.c.workplace_id, sources.day().label("on"))
        .select_from(_visits())
        .where(*_entering(actor, wanted))
        .cte("entering")
        .prefix_with("MATERIALIZED")  # or SQLite goes through all visits, to have them by workplace
    )
    last = (
        sa.select(entering.c.workplace_id, sa.func.max(entering.c.on).label("on"))
        .group_by(entering.c.workplace_id)
        .subquery()
    )
    found = (  # a finding is earlier than one of the visits if it is earlier than the last
        sa.select(earlier.c.workplace_id, earlier.c.item)
        .select_from(last.join(earlier, earlier.c.workplace_id == last.c.workplace_id))
        .where(*_shown(earlier, wanted), earlier.c.visited_on < last.c.on)
        .distinct()
        .subquery()
    )
    before = sa.select(found.c.item, sa.func.count()).group_by(found.c.item)
    places = sa.func.count(sa.distinct(visit.c.workplace_id))
    back = (
        sa.select(finding.c.item, places)
        .select_from(_visits().join(finding, finding.c.visit_id == visit.c.id))
        .where(*_entering(actor, wanted), *_shown(finding, wanted), finding.c.repeat_of_id.is_not(None))
        .group_by(finding.c.item)
    )
    again = {row[0]: int(row[1]) for row in session().execute(back)}
    counted = {row[0]: int(row[1]) for row in session().execute(before)}
    return [
        ItemAgain(item, max(counted.get(item, 0), again.get(item, 0)), again.get(item, 0)) for item in counted | again
    ]


def days(actor: Actor, wanted: Selection) -> dict[int, int]:
    """How many findings came back after so many days."""
    visit, finding = table("visit"), table("finding")
    earlier = finding.alias("earlier")
    between = days_between(finding.c.visited_on, earlier.c.visited_on)
    query = (
        sa.select(between, sa.func.count())
        .select_from(
            _visits()
            .join(finding, finding.c.visit_id == visit.c.id)
            .join(earlier, earlier.c.id == finding.c.repeat_of_id)
        )
        .where(*_entering(actor, wanted), *_shown(finding, wanted))
        .group_by(between)
    )
    return {int(day): number for day, number in session().execute(query)}


def _visits() -> sa.Join:
    visit, enterprise, workplace = table("visit"), table("enterprise"), table("workplace")
    return visit.join(enterprise, enterprise.c.id == visit.c.enterprise_id).join(
        workplace, workplace.c.id == visit.c.workplace_id
    )


def _entering(actor: Actor, wanted: Selection, *, follow_up: bool = False) -> Sequence[sources.Condition]:
    visit = table("visit")
    routes = [] if follow_up else [visit.c.route != Route.follow_up]
    return [
        *sources.in_scope(visit, actor), *released_in(wanted), *sources.of_visits(wanted),
        visit.c.outcome == Outcome.completed, *routes,
    ]  # fmt: skip


def _shown(finding: Any, wanted: Selection) -> Sequence[sources.Condition]:
    about = [finding.c.area == wanted.topic] if wanted.topic != OVERALL else []
    return [finding.c.state.in_(sources.SHOWN_FINDINGS), *about]


def _visited_before() -> sources.Condition:
    visit = table("visit")
    before = visit.alias("before")
    return sa.exists().where(
        before.c.workplace_id == visit.c.workplace_id, before.c.visited_on < visit.c.visited_on,
        before.c.state == "released", before.c.outcome == Outcome.completed,
    )  # fmt: skip


def _found_before(wanted: Selection) -> sources.Condition:
    visit, earlier = table("visit"), table("finding").alias("found_before")
    return sa.exists().where(
        earlier.c.workplace_id == visit.c.workplace_id, earlier.c.visited_on < visit.c.visited_on,
        *_shown(earlier, wanted),
    )  # fmt: skip


def _came_back(wanted: Selection) -> sources.Condition:
    visit, again = table("visit"), table("finding").alias("again")
    return sa.exists().where(
        again.c.visit_id == visit.c.id, again.c.repeat_of_id.is_not(None), *_shown(again, wanted)
    )  # fmt: skip


def _one(condition: Any) -> sa.ColumnElement[int]:
    return sa.case((condition, 1), else_=0)
