"""The lists of the staff over several nouns: reviews, corrective actions, disputes, letters, the past of an enterprise.

They only ever read, and join tables of several nouns; so they take the columns by name instead of the row classes,
which stay private to their packages. Each page costs the same number of statements, however many rows there are.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.corrective_actions.rules import CLOSED, UNFINISHED, ActionState
from compliance.enterprises import names
from compliance.letters.delivery import PROVEN, DeliveryState, Way
from compliance.people.rules import Actor, is_staff
from compliance.shared.database import session
from compliance.visits.rules import Outcome, State

PER_PAGE = 50

ACTION_VIEWS: Mapping[str, frozenset[ActionState]] = {
    "to_check": frozenset({ActionState.evidence_sent}),
    "overdue": UNFINISHED - {ActionState.evidence_sent},
    "open": UNFINISHED,
    "on_site": frozenset({ActionState.verified}),
    "closed": CLOSED,
    "all": frozenset(ActionState),
}
"""What the list of corrective actions can be narrowed to. What was accepted at the desk and drawn for a check on site
(`on_site`) is closed only after that check; its enterprise is told nothing of it.
"""


@dataclass(frozen=True)
class Listed:
    """One page of a list: its rows (read by name), how many there are on all pages, and where this one stands."""

    rows: Sequence[Any]
    total: int
    page: int
    pages: int


def table(name: str) -> sa.Table:
    """A table by its name; all of them are known once the application is built."""
    return SQLModel.metadata.tables[name]


def reviews(actor: Actor, text: str = "", sort: str = "sealed", page: int = 1) -> Listed:
    """Sealed visits that nobody has released yet, with their unreleased score; the longest waiting first.

    ``sort``: sealed, name, score; "-" in front turns it.
    """
    visit, card = table("visit"), _current_card()
    query = (
        sa.select(
            visit.c.id,
            visit.c.visited_on,
            visit.c.sealed_at,
            visit.c.sealed_by,
            visit.c.route,
            visit.c.outcome,
            visit.c.sent_back_at,
            *_named(),
            card.c.score,
            card.c.band,
            card.c.result["overall"]["hidden"].as_boolean().label("hidden"),
            card.c.checklist_digest,
            _count_findings(visit.c.id).label("findings"),
            _count_findings(visit.c.id, zero_tolerance=True).label("zero_tolerance"),
        )
        .select_from(_with_names(visit).outerjoin(card, card.c.visit_id == visit.c.id))
        .where(visit.c.state == State.sealed, *inside(actor, visit), *_found(text))
    )
    keys = {"sealed": visit.c.sealed_at, "name": table("enterprise").c.sort_key, "score": card.c.score}
    return _page(query, keys, sort, "sealed", visit.c.id, page)


def actions(
    actor: Actor, today: date, text: str = "", view: str = "open", severity: str = "", sort: str = "due", page: int = 1
) -> Listed:
    """Delivered corrective actions, each with the day of its finding; ``view`` is a key of ``ACTION_VIEWS``. ``sort``:
    due, name, severity.
    """
    action, finding, enterprise = table("corrective_action"), table("finding"), table("enterprise")
    states = sorted(ACTION_VIEWS.get(view, UNFINISHED))
    where: list[Any] = [action.c.delivered_on.is_not(None), action.c.state.in_(states)]
    if view == "overdue":
        where += [action.c.due_on < today, action.c.paused_on.is_(None)]
    elif view in ("on_site", "closed"):
        where.append(waits_on_site(action.c.id) if view == "on_site" else ~waits_on_site(action.c.id))
    if severity == "zero_tolerance":
        where.append(action.c.zero_tolerance)
    elif severity:
        where.append(action.c.severity == severity)
    weight = sa.case(
        (action.c.zero_tolerance, 0), (action.c.severity == "critical", 1), (action.c.severity == "major", 2), else_=3
    )
    query = (
        sa.select(
            action.c.id,
            action.c.item,
            action.c.area,
            action.c.severity,
            action.c.zero_tolerance,
            action.c.text_en,
            action.c.text_zh,
            action.c.state,
            action.c.due_on,
            action.c.due_provisional,
            action.c.paused_on,
            action.c.extension_asked_until,
            action.c.finding_id,
            sa.case((action.c.state.in_(sorted(CLOSED)), action.c.verified_on)).label("closed_on"),
            finding.c.visited_on,
            enterprise.c.credit_code,
            *_named(),
        )
        .select_from(_with_names(action).join(finding, finding.c.id == action.c.finding_id))
        .where(*where, *inside(actor, action), *_found(text))
    )
    keys = {"due": action.c.due_on, "name": enterprise.c.sort_key, "severity": weight}
    return _page(query, keys, sort, "due", action.c.id, page)


def action_counts(actor: Actor, today: date) -> dict[str, int]:
    """How many delivered actions each view of the list holds."""
    action = table("corrective_action")

    def number(states: frozenset[ActionState], *more: Any) -> Any:
        return sa.func.coalesce(
            sa.func.sum(sa.case((sa.and_(action.c.state.in_(sorted(states)), *more), 1), else_=0)), 0
        )

    draw = table("on_site_draw")
    waiting = sa.and_(draw.c.drawn, draw.c.settled_on.is_(None))
    more: dict[str, tuple[Any, ...]] = {
        "overdue": (action.c.due_on < today, action.c.paused_on.is_(None)),
        "on_site": (draw.c.id.is_not(None),),
        "closed": (draw.c.id.is_(None),),
    }
    columns = [number(states, *more.get(name, ())).label(name) for name, states in ACTION_VIEWS.items()]
    joined = action.outerjoin(draw, sa.and_(draw.c.action_id == action.c.id, waiting))
    query = sa.select(*columns).select_from(joined)
    query = query.where(action.c.delivered_on.is_not(None), *inside(actor, action))
    return {name: int(value) for name, value in session().execute(query).one()._mapping.items()}


def findings(
    actor: Actor,
    text: str = "",
    area: str = "",
    severity: str = "",
    view: str = "open",
    sort: str = "-day",
    page: int = 1,
) -> Listed:
    """Released findings that stand, sealed ones never; ``view``: open, closed, all. ``sort``: day, name, severity."""
    finding, action, enterprise = table("finding"), table("corrective_action"), table("enterprise")
    closed = action.c.state.in_(sorted(CLOSED))
    where: list[Any] = [
        finding.c.released_at.is_not(None),
        finding.c.state != "withdrawn",
        ~finding.c.sealed,
        ~finding.c.withheld,
    ]
    if area:
        where.append(finding.c.area == area)
    if severity == "zero_tolerance":
        where.append(finding.c.zero_tolerance)
    elif severity:
        where.append(finding.c.severity == severity)
    if view == "closed":
        where.append(closed)
    elif view != "all":
        where.append(sa.or_(action.c.id.is_(None), ~closed))
    weight = sa.case(
        (finding.c.zero_tolerance, 0),
        (finding.c.severity == "critical", 1),
        (finding.c.severity == "major", 2),
        else_=3,
    )
    query = (
        sa.select(
            finding.c.id,
            finding.c.visit_id,
            finding.c.visited_on,
            finding.c.item,
            finding.c.area,
            finding.c.severity,
            finding.c.zero_tolerance,
            finding.c.repeat_of_id,
            enterprise.c.credit_code,
            action.c.id.label("action_id"),
            action.c.state.label("action_state"),
            action.c.due_on,
            sa.case((closed, action.c.verified_on)).label("closed_on"),
            *_named(),
        )
        .select_from(_with_names(finding).outerjoin(action, action.c.finding_id == finding.c.id))
        .where(*where, *inside(actor, finding), *_found(text))
    )
    keys = {"day": finding.c.visited_on, "name": enterprise.c.sort_key, "severity": weight}
    return _page(query, keys, sort, "-day", finding.c.id, page)


def released(
    actor: Actor,
    text: str = "",
    first: date | None = None,
    last: date | None = None,
    sort: str = "-day",
    page: int = 1,
) -> Listed:
    """Visits that took place and are released, with their score and number of findings. ``sort``: day, name, score."""
    visit, card, enterprise = table("visit"), _current_card(), table("enterprise")
    where: list[Any] = [visit.c.state == State.released, visit.c.outcome == Outcome.completed]
    if first:
        where.append(visit.c.visited_on >= first)
    if last:
        where.append(visit.c.visited_on <= last)
    query = (
        sa.select(
            visit.c.id,
            visit.c.visited_on,
            enterprise.c.credit_code,
            *_named(),
            card.c.score,
            card.c.band,
            card.c.result["overall"]["hidden"].as_boolean().label("hidden"),
            card.c.checklist_digest,
            _count_findings(visit.c.id).label("findings"),
        )
        .select_from(_with_names(visit).outerjoin(card, card.c.visit_id == visit.c.id))
        .where(*where, *inside(actor, visit), *_found(text))
    )
    keys = {"day": visit.c.visited_on, "name": enterprise.c.sort_key, "score": card.c.score}
    return _page(query, keys, sort, "-day", visit.c.id, page)


def disputes(actor: Actor, text: str = "", view: str = "open", page: int = 1) -> Listed:
    """Rounds of dispute: the open ones by their last day, or the decided ones, newest first."""
    dispute, finding = table("dispute"), table("finding")
    is_open = view != "decided"
    query = (
        sa.select(
            dispute.c.id,
            dispute.c.finding_id,
            dispute.c.round,
            dispute.c.opened_on,
            dispute.c.decide_by,
            dispute.c.decide_by_provisional,
            dispute.c.decision,
            dispute.c.decided_on,
            finding.c.item,
            finding.c.area,
            finding.c.severity,
            finding.c.zero_tolerance,
            finding.c.visit_id,
            *_named(),
        )
        .select_from(_with_names(finding).join(dispute, dispute.c.finding_id == finding.c.id))
        .where(dispute.c.decided_at.is_(None) if is_open else dispute.c.decided_at.is_not(None))
        .where(*inside(actor, finding), *_found(text))
    )
    keys = {"decide_by": dispute.c.decide_by, "decided_on": dispute.c.decided_on}
    return _page(query, keys, "decide_by" if is_open else "-decided_on", "decide_by", dispute.c.id, page)


def outsiders(actor: Actor) -> Sequence[Any]:
    """The passes of named outsiders to cases that the actor sees, the newest first; of disputes with their item."""
    one, visit, finding = table("outsider"), table("visit"), table("finding")
    joined = _with_names(visit).join(one, one.c.visit_id == visit.c.id)
    query = (
        sa.select(one, finding.c.item, *_named())
        .select_from(joined.outerjoin(finding, finding.c.id == one.c.finding_id))
        .where(*inside(actor, visit))
        .order_by(one.c.invited_at.desc(), one.c.id)
        .limit(200)
    )
    return session().execute(query).all()


def sealed(actor: Actor, visit_ids: Collection[UUID]) -> Sequence[Any]:
    """Some sealed visits with the names of their enterprises, the longest waiting first."""
    visit = table("visit")
    query = (
        sa.select(visit.c.id, visit.c.sealed_at, *_named())
        .select_from(_with_names(visit))
        .where(visit.c.id.in_(sorted(visit_ids)), *inside(actor, visit))
        .order_by(visit.c.sealed_at, visit.c.id)
    )
    return session().execute(query).all()


def letters(
    actor: Actor, text: str = "", *, kind: str = "", state: str = "", year: int | None = None, sort: str = "-number",
    page: int = 1, enterprise_id: UUID | None = None, drafts: bool = False, delivery: str = "",
) -> Listed:  # fmt: skip
    """The register of letters, the newest number first; drafts only for those who review (``drafts``), and only of
    visits that are sealed: a visit that was sent back is its inspectors' own again.
    """
    letter, cited, visit = table("letter"), table("letter").alias("cited"), table("visit")
    at_work = sa.select(visit.c.id).where(visit.c.state == State.handed_out)
    where: list[Any] = [sa.or_(letter.c.state == "issued", letter.c.visit_id.not_in(at_work))]
    if not drafts or state == "issued":
        where.append(letter.c.state == "issued")
    elif state == "draft":
        where.append(letter.c.state == "draft")
    if delivery:
        where += [letter.c.state == "issued", delivery_of(letter.c.id) == delivery]
    if kind:
        where.append(letter.c.kind == kind)
    if year:
        where.append(letter.c.year == year)
    if enterprise_id:
        where.append(letter.c.enterprise_id == enterprise_id)
    number = [letter.c.number.contains(text.strip(), autoescape=True)] if text.strip() else []
    found = _found(text)
    matching = [sa.or_(sa.and_(*found), *number)] if found else number
    query = (
        sa.select(
            letter.c.id,
            letter.c.kind,
            letter.c.language,
            letter.c.state,
            letter.c.number,
            letter.c.dated,
            letter.c.visit_id,
            letter.c.created_at,
            delivery_of(letter.c.id).label("delivery"),
            letter.c.pdf_digest,
            cited.c.number.label("cites"),
            *_named(),
        )
        .select_from(_with_names(letter).outerjoin(cited, cited.c.id == letter.c.cites_id))
        .where(*where, *inside(actor, letter), *matching)
    )
    # A draft has no number yet: it stands in front of all that have one.
    in_order = sa.func.coalesce(letter.c.year * 1_000_000 + letter.c.running, 10**11)
    keys = {"number": in_order, "name": table("enterprise").c.sort_key}
    return _page(query, keys, sort, "-number", letter.c.id, page)


def letter_years(actor: Actor) -> list[int]:
    """The years in which letters were issued, newest first."""
    letter = table("letter")
    query = sa.select(letter.c.year).distinct().where(letter.c.year.is_not(None), *inside(actor, letter))
    return list(session().execute(query.order_by(letter.c.year.desc())).scalars())


def history(actor: Actor, enterprise_id: UUID, states: frozenset[State], page: int = 1) -> Listed:
    """The visits of one enterprise in these states, newest first, with score and number of findings."""
    visit, card = table("visit"), _current_card()
    query = (
        sa.select(
            visit.c.id,
            visit.c.state,
            visit.c.outcome,
            visit.c.route,
            visit.c.visited_on,
            visit.c.planned_for,
            visit.c.released_at,
            *_named(),
            card.c.id.label("scorecard_id"),
            card.c.score,
            card.c.band,
            card.c.coverage,
            card.c.kind.label("card_kind"),
            card.c.result["overall"]["hidden"].as_boolean().label("hidden"),
            card.c.checklist_digest,
            _count_findings(visit.c.id).label("findings"),
            _count_findings(visit.c.id, zero_tolerance=True).label("zero_tolerance"),
        )
        .select_from(_with_names(visit).outerjoin(card, card.c.visit_id == visit.c.id))
        .where(visit.c.enterprise_id == enterprise_id, visit.c.state.in_(sorted(states)), *inside(actor, visit))
    )
    keys = {"day": sa.func.coalesce(visit.c.visited_on, visit.c.planned_for)}
    return _page(query, keys, "-day", "-day", visit.c.id, page)


def waits_on_site(action_id: Any) -> Any:
    """The condition that an action was accepted at the desk and drawn for a check on site that has not been yet."""
    draw = table("on_site_draw")
    return sa.exists().where(draw.c.action_id == action_id, draw.c.drawn, draw.c.settled_on.is_(None))


def delivery_of(letter_id: Any) -> Any:
    """What the standing records of a letter prove (``DeliveryState``), as a column."""
    delivery = table("letter_delivery")

    def recorded(ways: Collection[Way]) -> Any:
        return sa.exists().where(
            delivery.c.letter_id == letter_id, delivery.c.struck_at.is_(None), delivery.c.way.in_(sorted(ways))
        )

    return sa.case(
        (recorded(PROVEN), DeliveryState.delivered.value),
        (recorded({Way.posted}), DeliveryState.posted.value),
        else_=DeliveryState.open.value,
    )


def inside(actor: Actor, rows: sa.Table) -> list[Any]:
    """Rows of the actor's association, but for enterprises that the actor sees from the outside only."""
    if not is_staff(actor):
        return [sa.false()]
    ours = [rows.c.association_id == actor.association_id]
    return [*ours, rows.c.enterprise_id.not_in(sorted(actor.outside_ids))] if actor.outside_ids else ours


def _with_names(rows: sa.Table) -> Any:
    enterprise, workplace = table("enterprise"), table("workplace")
    joined = rows.join(enterprise, enterprise.c.id == rows.c.enterprise_id)
    if "workplace_id" not in rows.c:
        return joined.outerjoin(workplace, sa.false())
    return joined.outerjoin(workplace, workplace.c.id == rows.c.workplace_id)


def _named() -> list[Any]:
    enterprise, workplace = table("enterprise"), table("workplace")
    return [
        enterprise.c.id.label("enterprise_id"),
        enterprise.c.name.label("enterprise"),
        workplace.c.name.label("workplace"),
        workplace.c.main.label("main"),
    ]


def _found(text: str) -> list[Any]:
    enterprise = table("enterprise")
    found = []
    for term in names.terms(text):
        column = enterprise.c.search_latin if term.latin else enterprise.c.search_name
        found.append(column.contains(term.text, autoescape=True))
    return found


def _current_card() -> Any:
    """The scorecards that nothing supersedes."""
    card, newer = table("scorecard"), table("scorecard").alias("newer")
    superseded = sa.exists().where(newer.c.supersedes_id == card.c.id)
    return sa.select(card).where(~superseded).subquery("card")


def _count_findings(visit_id: Any, *, zero_tolerance: bool = False) -> Any:
    finding = table("finding")
    query = sa.select(sa.func.count()).where(finding.c.visit_id == visit_id, finding.c.state != "withdrawn")
    return (query.where(finding.c.zero_tolerance) if zero_tolerance else query).scalar_subquery()


def _page(query: Any, keys: Mapping[str, Any], sort: str, default: str, last: Any, page: int) -> Listed:
    name = sort if sort.lstrip("-") in keys else default
    key = keys[name.lstrip("-")]
    order = key.desc() if name.startswith("-") else key
    total = int(session().execute(sa.select(sa.func.count()).select_from(query.order_by(None).subquery())).scalar_one())
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(1, page), pages)
    rows = session().execute(query.order_by(order, last).limit(PER_PAGE).offset((page - 1) * PER_PAGE)).all()
    return Listed(rows, total, page, pages)
