"""Reading corrective actions as counts: the database adds them up, so that many cost no more memory than few."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from compliance.checklists.policy import Severity
from compliance.corrective_actions.rules import UNFINISHED, ActionState
from compliance.estimation.clustered import Clusters
from compliance.people.rules import Actor
from compliance.shared.database import session
from compliance.shared.words import Text
from compliance.trends import sources
from compliance.trends.closing import Alike, Batch, Today
from compliance.trends.rules import OVERALL, UNKNOWN, By, Selection
from compliance.trends.sources import table
from compliance.visits.states import Route

Standing = Literal["", "closed", "open", "open_today", "on_time", "late", "overdue", "to_check"]
_OF_TODAY = ("open_today", "overdue", "to_check")
Group = Literal["", "severity", "area", "class"]


class _Days(sa.sql.functions.GenericFunction[int]):
    """Whole days from the second day to the first; databases differ in how they say it."""

    type = sa.Integer()
    inherit_cache = True
    name = "days_between"


@compiles(_Days, "sqlite")
def _days_sqlite(element: Any, compiler: Any, **kwargs: Any) -> str:
    later, earlier = (compiler.process(one, **kwargs) for one in element.clauses)
    return f"CAST(julianday({later}) - julianday({earlier}) AS INTEGER)"


@compiles(_Days, "postgresql")
def _days_postgresql(element: Any, compiler: Any, **kwargs: Any) -> str:
    later, earlier = (compiler.process(one, **kwargs) for one in element.clauses)
    return f"(CAST({later} AS DATE) - CAST({earlier} AS DATE))"


def days_between(later: Any, earlier: Any) -> sa.ColumnElement[int]:
    """Whole days from ``earlier`` to ``later``."""
    return _Days(later, earlier)


@dataclass(frozen=True)
class ActionRow:
    """A corrective action as it is listed."""

    id: UUID
    enterprise_id: UUID
    enterprise: str
    text: Text
    item: str
    severity: Severity
    state: ActionState
    route: Route
    delivered_on: date
    due_on: date
    closed_on: date | None


def batches(actor: Actor, wanted: Selection, today: date) -> list[Batch]:
    """The actions delivered in the span, counted by severity, area, the class asked for, days and whether closed."""
    action, closed_on = table("corrective_action"), _closed_on()
    key = _class(wanted.by)
    until = sa.func.coalesce(closed_on, sa.literal(today, sa.Date()))
    days = days_between(until, action.c.delivered_on)
    columns = (
        sources.raw(action.c.severity).label("severity"), action.c.area.label("area"), key.label("class"),
        days.label("days"), closed_on.is_not(None).label("closed"),
    )  # fmt: skip
    query = sa.select(*columns, sa.func.count()).select_from(_joined(actor)).where(*_delivered(actor, wanted))
    rows = session().execute(query.group_by(*(sa.literal_column(str(place)) for place in range(1, 6)))).all()
    return [Batch(row[0], row[1], row[2] or UNKNOWN, int(row[3]), bool(row[4]), row[5]) for row in rows]


def alike(actor: Actor, wanted: Selection, today: date, group: Group) -> dict[str, Alike]:
    """Sums over enterprises for each severity, area or class ("" is all of them under the key "all")."""
    action, enterprise = table("corrective_action"), table("enterprise")
    by: dict[Group, sa.ColumnElement[Any]] = {
        "": sa.literal("all"),
        "severity": sources.raw(action.c.severity),
        "area": action.c.area,
        "class": _class(wanted.by),
    }
    each = (
        sa.select(
            by[group].label("key"),
            sa.func.count().label("n"),
            _number(_closed_on().is_not(None)).label("closed"),
            _number(sa.or_(_on_time(today), _late(today))).label("due"),
            _number(_on_time(today)).label("on_time"),
        )
        .select_from(_joined(actor))
        .where(*_delivered(actor, wanted))
        .group_by(enterprise.c.id, sa.literal_column("1") if group else enterprise.c.id)
        .subquery()
    )
    sums = []
    for n, y in ((each.c.due, each.c.on_time), (each.c.n, each.c.closed)):
        sums += [_number(n > 0), *(sa.func.sum(one) for one in (n, y, n * n, n * y, y * y))]
    rows = session().execute(sa.select(each.c.key, *sums).group_by(each.c.key)).all()
    return {
        row[0] or UNKNOWN: Alike(Clusters(*(int(one) for one in row[1:7])), Clusters(*(int(one) for one in row[7:13])))
        for row in rows
    }


def today_by_severity(actor: Actor, wanted: Selection, today: date) -> dict[str, Today]:
    """How all delivered actions of the selected classes stand today, by severity."""
    action = table("corrective_action")
    to_check = action.c.state == ActionState.evidence_sent
    query = (
        sa.select(
            sources.raw(action.c.severity), sa.func.count(), _number(overdue(today)), _number(to_check)
        )
        .select_from(_with_enterprise())
        .where(
            *sources.in_scope(action, actor), *_chosen(wanted), action.c.delivered_on.is_not(None),
            action.c.state.in_(sorted(UNFINISHED)),
        )
        .group_by(action.c.severity)
    )  # fmt: skip
    return {row[0]: Today(row[1], int(row[2]), int(row[3])) for row in session().execute(query)}


def rows(
    actor: Actor,
    wanted: Selection,
    today: date,
    *,
    standing: Standing = "",
    severity: str = "",
    area: str = "",
    key: str = "",
    page: int = 1,
    size: int = 50,
) -> tuple[list[ActionRow], int]:
    """The actions behind a figure, the longest open first, and how many there are.

    ``open_today``, ``overdue`` and ``to_check`` are of today and of all delivered ones; the others of those delivered
    in the span.
    """
    action, visit, enterprise = table("corrective_action"), table("visit"), table("enterprise")
    standings: dict[str, list[sources.Condition]] = {
        "": [],
        "closed": [_closed_on().is_not(None)],
        "open": [_closed_on().is_(None)],
        "open_today": [_closed_on().is_(None)],
        "on_time": [_on_time(today)],
        "late": [_late(today)],
        "overdue": [overdue(today)],
        "to_check": [action.c.state == ActionState.evidence_sent],
    }
    chosen = [*_delivered(actor, wanted, whenever=standing in _OF_TODAY), *standings[standing]]
    if severity:
        chosen.append(action.c.severity == severity)
    if area:
        chosen.append(action.c.area == area)
    if key:
        chosen.append(sa.func.coalesce(_class(wanted.by), "") == ("" if key == UNKNOWN else key))
    joined = _joined(actor)
    total = session().execute(sa.select(sa.func.count()).select_from(joined).where(*chosen)).scalar_one()
    closed_on = _closed_on()
    query = (
        sa.select(
            action.c.id, enterprise.c.id, enterprise.c.name, action.c.text_en, action.c.text_zh, action.c.item,
            action.c.severity, action.c.state, visit.c.route, action.c.delivered_on, action.c.due_on, closed_on,
        )
        .select_from(joined)
        .where(*chosen)
        .order_by(closed_on.is_not(None), action.c.delivered_on, action.c.id)
        .limit(size)
        .offset((page - 1) * size)
    )  # fmt: skip
    found = []
    for row in session().execute(query):
        action_id, enterprise_id, name, english, chinese, item, grave, state, route, delivered_on, due_on, closed = row
        found.append(
            ActionRow(
                action_id, enterprise_id, name, Text(english, chinese), item, grave, state, route, delivered_on, due_on,
                None if closed is None else sources.as_day(closed),
            )
        )  # fmt: skip
    return found, total


def _number(condition: Any) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def _delivered(actor: Actor, wanted: Selection, *, whenever: bool = False) -> Sequence[sources.Condition]:
    action = table("corrective_action")
    span = [] if whenever else [action.c.delivered_on.between(wanted.span.first, wanted.span.last)]
    return [
        *sources.in_scope(action, actor), *_chosen(wanted), action.c.delivered_on.is_not(None), *span,
        action.c.state != ActionState.withdrawn,
    ]  # fmt: skip


def _chosen(wanted: Selection) -> Sequence[sources.Condition]:
    """Of the selected classes, and of the area where one was asked for."""
    about = [table("corrective_action").c.area == wanted.topic] if wanted.topic != OVERALL else []
    return [*sources.of_visits(wanted), *about]


def _checks(actor: Actor) -> sa.FromClause:
    """Of the actions drawn for a check on site: when the last check was, and whether one is still to come."""
    draw = table("on_site_draw")
    waits = sa.func.max(sa.case((draw.c.settled_on.is_(None), 1), else_=0))
    return (
        sa.select(draw.c.action_id, sa.func.max(draw.c.settled_on).label("settled_on"), waits.label("waits"))
        .where(draw.c.association_id == actor.association_id, draw.c.drawn)
        .group_by(draw.c.action_id)
        .subquery("checks")
    )


# By name: the same subquery stands in every statement under it.
_SETTLED_ON: sa.ColumnElement[Any] = sa.literal_column("checks.settled_on", sa.Date())
_WAITS: sa.ColumnElement[Any] = sa.literal_column("checks.waits", sa.Integer())


def _with_enterprise() -> sa.Join:
    action, enterprise, workplace, visit = (
        table(one) for one in ("corrective_action", "enterprise", "workplace", "visit")
    )
    members = action.join(enterprise, enterprise.c.id == action.c.enterprise_id)
    return members.join(workplace, workplace.c.id == action.c.workplace_id).join(visit, visit.c.id == action.c.visit_id)


def _joined(actor: Actor) -> sa.Join:
    checks = _checks(actor)
    return _with_enterprise().outerjoin(checks, checks.c.action_id == table("corrective_action").c.id)


def _closed_on() -> sa.ColumnElement[Any]:
    """The day of verification, or of the check on site where that came later; NULL while it is open."""
    action = table("corrective_action")
    day = sa.case((action.c.verified_on < _SETTLED_ON, _SETTLED_ON), else_=action.c.verified_on)
    done = sa.and_(action.c.state == ActionState.verified, sa.func.coalesce(_WAITS, 0) == 0)
    return sa.case((done, day))


def _on_time(today: date) -> sources.Condition:
    """Closed, and done by the due date, which has passed."""
    action = table("corrective_action")
    return sa.and_(action.c.due_on < today, _closed_on().is_not(None), _done_on() <= action.c.due_on)


def _late(today: date) -> sources.Condition:
    """Closed, and done after the due date, or overdue. Evidence that waits, and a clock that stands, are neither."""
    action = table("corrective_action")
    return sa.or_(sa.and_(_closed_on().is_not(None), _done_on() > action.c.due_on), overdue(today))


def _done_on() -> sa.ColumnElement[Any]:
    """The day on which the enterprise sent what was accepted; that of the verification where it sent nothing."""
    action = table("corrective_action")
    return sa.func.coalesce(action.c.sent_on, action.c.verified_on)


def overdue(today: date) -> sources.Condition:
    """As ``corrective_actions.rules.is_overdue`` has it."""
    action = table("corrective_action")
    waiting = sorted(UNFINISHED - {ActionState.evidence_sent})
    return sa.and_(action.c.state.in_(waiting), action.c.paused_on.is_(None), action.c.due_on < today)


def _class(by: By) -> sa.ColumnElement[Any]:
    """The class of the enterprise; its sector as a division."""
    enterprise = table("enterprise")
    if by is By.sector:
        return sa.func.substr(enterprise.c.sector, 1, 3)
    return sources.district() if by is By.district else sources.raw(enterprise.c.size)
