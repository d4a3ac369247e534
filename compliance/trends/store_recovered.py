"""Reading what the association got back for workers: payments of repayment plans, and what complaints brought.

A payment counts as recovered from the day on which workers confirmed that they have it. What a complaint brought is a
sum of its own: a payment of a plan is not written down there again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from compliance.complaints import store_statements
from compliance.people.rules import Actor
from compliance.shared.database import session
from compliance.trends import sources
from compliance.trends.periods import Span
from compliance.trends.rules import UNKNOWN, By, Selection
from compliance.trends.sources import Condition, table

REPLACED = "-"
"""Why a plan ended whose place another one took."""


@dataclass(frozen=True)
class Money:
    """Sums in fen. ``recovered``: confirmed by workers in the span; ``paid``: paid in it and not confirmed yet.

    ``enterprises``: how many stand behind what was recovered.
    """

    recovered: int = 0
    paid: int = 0
    enterprises: int = 0


def money(actor: Actor, wanted: Selection) -> Money:
    """What was got back in the selected span, from the selected classes."""
    return next(iter(_summed(actor, wanted, []).values()), Money())


def by_class(actor: Actor, wanted: Selection, by: By) -> dict[str, Money]:
    """The same by sector (as a division), district or size of the enterprise."""
    enterprise = table("enterprise")
    column = {
        By.sector: sa.func.substr(enterprise.c.sector, 1, 3),
        By.district: enterprise.c.district,
        By.size: sources.raw(enterprise.c.size),
    }[by]
    return {str(key or UNKNOWN): one for (key,), one in _summed(actor, wanted, [column]).items()}


def by_year(actor: Actor, wanted: Selection, until: date) -> dict[int, Money]:
    """What was got back in each year, from the selected classes; the selected span does not narrow it."""
    payment = table("repayment")
    first = (
        session()
        .execute(sa.select(sa.func.min(payment.c.paid_on)).where(payment.c.association_id == actor.association_id))
        .scalar()
    )
    years = range(first.year, until.year + 1) if first else ()
    spans = {year: Span(date(year, 1, 1), date(year, 12, 31)) for year in years}
    return {year: money(actor, replace(wanted, span=span)) for year, span in spans.items()}


def owed(actor: Actor, wanted: Selection) -> int:
    """What enterprises owe in all by the plans that were agreed in the selected span, in fen, as far as anybody has
    reckoned it. A plan that another one took the place of is not counted beside it.
    """
    plan, enterprise = table("repayment_plan"), table("enterprise")
    query = (
        sa.select(sa.func.sum(plan.c.owed_fen))
        .select_from(plan.join(enterprise, enterprise.c.id == plan.c.enterprise_id))
        .where(
            *sources.in_scope(plan, actor),
            plan.c.agreed_on.between(wanted.span.first, wanted.span.last),
            plan.c.ended_reason != REPLACED,
            *sources.of_class(wanted),
        )
    )
    return int(session().execute(query).scalar() or 0)


def through_complaints(actor: Actor, span: Span) -> int | None:
    """What complaints brought, in fen, by the statements that lie wholly in a span; None where there is none."""
    return store_statements.recovered(actor, span.first, span.last)


def _summed(actor: Actor, wanted: Selection, columns: Sequence[sa.ColumnElement[Any]]) -> dict[tuple[Any, ...], Money]:
    payment, plan, enterprise = table("repayment"), table("repayment_plan"), table("enterprise")
    joined = payment.join(plan, plan.c.id == payment.c.plan_id).join(
        enterprise, enterprise.c.id == plan.c.enterprise_id
    )
    recovered: Condition = payment.c.confirmed_on.between(wanted.span.first, wanted.span.last)
    paid: Condition = sa.and_(
        payment.c.confirmed_on.is_(None), payment.c.paid_on.between(wanted.span.first, wanted.span.last)
    )
    query = (
        sa.select(
            *columns,
            sa.func.coalesce(sa.func.sum(sa.case((recovered, payment.c.fen), else_=0)), 0),
            sa.func.coalesce(sa.func.sum(sa.case((paid, payment.c.fen), else_=0)), 0),
            sa.func.count(sa.distinct(sa.case((recovered, enterprise.c.id)))),
        )
        .select_from(joined)
        .where(
            *sources.in_scope(plan, actor),
            payment.c.association_id == actor.association_id,
            payment.c.paid_on.is_not(None),
            sa.or_(recovered, paid),
            *sources.of_class(wanted),
        )
    )
    if columns:
        query = query.group_by(*columns)
    found: dict[tuple[Any, ...], Money] = {}
    for *key, sum_recovered, sum_paid, number in session().execute(query):
        found[tuple(key)] = Money(int(sum_recovered), int(sum_paid), int(number))
    return found
