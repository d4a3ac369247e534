"""Leadership reports that were made, who is told of new ones, and on which day they are made."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import sqlmodel
from sqlmodel import col

from compliance.people.rules import Actor
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import NotFound, Problem
from compliance.shared.words import N_
from compliance.trends.models_reports import LeadershipReport, ReportDay, ReportSubscription

USUAL_DAY = 5
"""The day after the end of a period on which its report is made, unless the association chose another."""
LAST_DAY = 28


def made(actor: Actor, limit: int = 200) -> Sequence[LeadershipReport]:
    """The association's reports, those of the latest period first, each with its newest edition first."""
    query = sqlmodel.select(LeadershipReport).where(LeadershipReport.association_id == actor.association_id)
    newest = query.order_by(col(LeadershipReport.period).desc(), col(LeadershipReport.edition).desc())
    return session().exec(newest.limit(limit)).all()


def get(actor: Actor, report_id: UUID) -> LeadershipReport:
    """A report of the actor's association. Raises ``NotFound``."""
    row = session().get(LeadershipReport, report_id)
    if row is None or row.association_id != actor.association_id:
        raise NotFound("report-unknown", N_("There is no such report."))
    return row


def latest(actor: Actor, period: str) -> LeadershipReport | None:
    """The newest edition for a period, or None."""
    query = sqlmodel.select(LeadershipReport).where(
        LeadershipReport.association_id == actor.association_id, LeadershipReport.period == period
    )
    return session().exec(query.order_by(col(LeadershipReport.edition).desc()).limit(1)).first()


@audited("report.made")
def keep(
    actor: Actor, period: str, facts_digest: str, files: Mapping[str, str], replaces: LeadershipReport | None
) -> LeadershipReport:
    """Keep a new edition; the database refuses two of the same number."""
    row = LeadershipReport(
        association_id=actor.association_id, period=period, edition=replaces.edition + 1 if replaces else 1,
        replaces_id=replaces.id if replaces else None, facts_digest=facts_digest, files=dict(files),
        made_by=actor.person_id,
    )  # fmt: skip
    session().add(row)
    session().flush()
    return row


def subscription(actor: Actor) -> ReportSubscription | None:
    """What the actor wants to be told of, or None: nothing."""
    query = sqlmodel.select(ReportSubscription).where(ReportSubscription.person_id == actor.person_id)
    return session().exec(query).first()


def subscribers(actor: Actor) -> Sequence[ReportSubscription]:
    """Everybody of the association who wants to be told of anything."""
    query = sqlmodel.select(ReportSubscription).where(
        ReportSubscription.association_id == actor.association_id,
        sqlmodel.or_(col(ReportSubscription.quarterly), col(ReportSubscription.yearly)),
    )
    return session().exec(query.order_by(col(ReportSubscription.id))).all()


@audited("report.subscribed")
def subscribe(actor: Actor, today: date, *, quarterly: bool, yearly: bool) -> ReportSubscription:
    """Choose what to be told of from today on. What is new begins today: nobody is told of old periods."""
    assert actor.person_id is not None
    row = subscription(actor)
    if row is None:
        row = ReportSubscription(association_id=actor.association_id, person_id=actor.person_id, since=today)
    elif (quarterly and not row.quarterly) or (yearly and not row.yearly):
        row.since = today
    row.quarterly, row.yearly = quarterly, yearly
    session().add(row)
    session().flush()
    return row


def note_told(row: ReportSubscription, period: str) -> None:
    """The person was told of this period's report."""
    if "-" in period:
        row.told_quarter = period
    else:
        row.told_year = period
    session().add(row)


def day(actor: Actor) -> int:
    """On which day after the end of a period its report is made."""
    row = session().get(ReportDay, actor.association_id)
    return row.day if row else USUAL_DAY


@audited("report.day")
def set_day(actor: Actor, on: int) -> ReportDay:
    """Choose that day. Raises ``Problem`` outside 1 to ``LAST_DAY``."""
    if not 1 <= on <= LAST_DAY:
        raise Problem("report-day", N_("Choose a day from 1 to %(last)s."), field="day", last=LAST_DAY)
    row = session().get(ReportDay, actor.association_id) or ReportDay(association_id=actor.association_id, day=on)
    row.day = on
    session().add(row)
    session().flush()
    return row
