"""Scorecards: issued as receipts, released, read within the actor's scope, and replayed."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol, cast
from uuid import UUID

import sqlalchemy as sa
import sqlmodel
from sqlalchemy.orm import aliased, defer
from sqlmodel import SQLModel, col
from sqlmodel.sql.expression import SelectOfScalar

from compliance.checklists import store as checklists
from compliance.checklists.rules import Checklist, Profile, Severity
from compliance.people.rules import Actor
from compliance.scorecards import receipts, rules, scope
from compliance.scorecards.models import Kind, Scorecard, ScorecardArea
from compliance.scorecards.result import Result, for_enterprise
from compliance.scorecards.shortfalls import NOTHING_CLEARED, Cleared
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.portions import Portion, portion
from compliance.shared.problems import NotFound, Problem
from compliance.shared.words import N_
from compliance.visits.answers import Answers


class Visited(Protocol):
    """What is needed of a visit (its row has all of it)."""

    @property
    def id(self) -> UUID:
        """The visit."""

    @property
    def association_id(self) -> UUID:
        """Whose visit it is."""

    @property
    def enterprise_id(self) -> UUID:
        """The enterprise visited."""

    @property
    def workplace_id(self) -> UUID:
        """The workplace visited."""

    @property
    def visited_on(self) -> date | None:
        """The day of the visit."""


@dataclass(frozen=True)
class ScorecardView:
    """A scorecard as its reader may see it. From the outside the lines are masked, and `issued_at` is the release."""

    id: UUID
    enterprise_id: UUID
    workplace_id: UUID
    visit_id: UUID
    visited_on: date
    kind: Kind
    supersedes_id: UUID | None
    reason: str
    issued_at: datetime
    released_at: datetime | None
    rules_version: str
    checklist_digest: str
    result: Result
    inside: bool


@dataclass(frozen=True)
class AreaFigures:
    """The figures of one area, for sums (scores from 0 to 100, coverage from 0 to 1)."""

    score: float | None
    band: str | None
    coverage: float
    hidden: bool
    provisional: bool


@dataclass(frozen=True)
class Figures:
    """A current, released scorecard in figures, without its lines."""

    id: UUID
    visit_id: UUID
    enterprise_id: UUID
    workplace_id: UUID
    visited_on: date
    score: float | None
    band: str | None
    coverage: float
    areas: dict[str, AreaFigures]


@dataclass(frozen=True)
class Mismatch:
    """A stored scorecard that is not what the rules give: a code of `receipts.faults`, `checklist_missing`, or
    `columns_differ` (a copied figure is not that of the result).
    """

    scorecard_id: UUID
    visit_id: UUID
    code: str


@audited("scorecard.issued")
def issue(
    actor: Actor,
    visit: Visited,
    checklist: Checklist,
    answers: Answers,
    profile: Profile,
    cleared: Cleared = NOTHING_CLEARED,
    repeated: Set[str] = frozenset(),
    reason: str = "",
    decided: Mapping[str, Severity] | None = None,
) -> Scorecard:
    """Score the visit and store the receipt. If there is one already, the new one is a correction that supersedes it;
    if nothing changed, the one there is returned. `decided` are the severities that disputes decided, by item.

    Raises NotFound for a visit outside the actor's scope, Problem for one without a day.
    """
    if not scope.is_inside(actor, visit):
        raise NotFound("scorecard-unknown", N_("This does not exist, or it is not yours to see."))
    if visit.visited_on is None:
        raise Problem("scorecard-no-day", N_("The day of the visit is not known yet, so it cannot be scored."))
    decided = decided or {}
    result = rules.score(checklist, answers, profile, cleared, repeated, decided)
    inputs = receipts.inputs_to_json(receipts.Inputs(answers, profile, cleared, repeated, decided))
    digest = receipts.digest(inputs)
    before = _latest(visit.id)
    same = (digest, checklist.digest, rules.RULES_VERSION)
    if before is not None and (before.inputs_digest, before.checklist_digest, before.rules_version) == same:
        return before
    row = Scorecard(
        association_id=visit.association_id,
        enterprise_id=visit.enterprise_id,
        workplace_id=visit.workplace_id,
        visit_id=visit.id,
        visited_on=visit.visited_on,
        kind=Kind.as_found if before is None else Kind.correction,
        supersedes_id=None if before is None else before.id,
        reason=reason,
        rules_version=rules.RULES_VERSION,
        checklist_digest=checklist.digest,
        inputs_digest=digest,
        inputs=inputs,
        result=receipts.result_to_json(result),
        issued_at=_after(before),
        issued_by=actor.person_id,
    )
    row.score, row.band, row.coverage = _copied(result)
    session().add(row)
    session().flush()
    session().add_all(_areas(row.id, result))
    return row


@audited("scorecard.released")
def release(actor: Actor, visit_id: UUID) -> Scorecard:
    """Let the enterprise see the current scorecard of a visit. Released before: nothing changes. Raises NotFound."""
    query = sqlmodel.select(Scorecard).where(Scorecard.visit_id == visit_id, scope.inside(actor, Scorecard))
    row: Scorecard = scope.found(session().exec(query.where(~_superseded)).first(), "scorecard-unknown")
    if row.released_at is None:
        row.released_at, row.released_by = clock.now(), actor.person_id
        session().add(row)
    return row


def current(actor: Actor, visit_id: UUID) -> ScorecardView:
    """The scorecard of a visit that holds now: from the inside the newest, from the outside the newest released.

    Raises NotFound.
    """
    view: ScorecardView = scope.found(of_visits(actor, [visit_id]).get(visit_id), "scorecard-unknown")
    return view


def of_visits(actor: Actor, visit_ids: Collection[UUID]) -> dict[UUID, ScorecardView]:
    """The current scorecards of several visits, by visit; those out of reach are missing."""
    query = _light().where(col(Scorecard.visit_id).in_(list(visit_ids)), _current(actor))
    return {view.visit_id: view for view in _views(actor, session().exec(query))}


def checklists_of(actor: Actor, visit_ids: Collection[UUID]) -> dict[UUID, str]:
    """By visit, the digest of the checklist of its current scorecard; visits out of reach are missing."""
    query = sa.select(col(Scorecard.visit_id), col(Scorecard.checklist_digest))
    query = query.where(col(Scorecard.visit_id).in_(list(visit_ids)), _current(actor))
    return {row.visit_id: row.checklist_digest for row in session().execute(query)}


def standing(actor: Actor, visit_id: UUID, verified_items: Set[str]) -> Result:
    """The workplace as it stands today, from the inputs of the scorecard that `current` gives this actor.

    `verified_items` are those whose corrective actions are all verified. From the outside the lines are masked, and
    what was corrected but not released yet does not shine through. Raises NotFound.
    """
    read = (Scorecard.inputs, Scorecard.checklist_digest, Scorecard.association_id, Scorecard.enterprise_id)
    query = sa.select(*map(col, read)).where(col(Scorecard.visit_id) == visit_id, _current(actor))
    row = scope.found(session().execute(query).first(), "scorecard-unknown")
    given = receipts.inputs_from_json(row.inputs)
    checklist = checklists.load(row.checklist_digest)
    result = rules.standing(
        checklist, given.answers, given.profile, given.cleared, verified_items, given.repeated, given.decided
    )
    return result if scope.is_inside(actor, row) else for_enterprise(result)


def get(actor: Actor, id: UUID) -> ScorecardView:
    """One scorecard, also one that was superseded since (from the outside: that was released). Raises NotFound."""
    seen = sa.or_(
        scope.inside(actor, Scorecard),
        sa.and_(scope.outside(actor, Scorecard), col(Scorecard.released_at).is_not(None)),
    )
    row = session().exec(_light().where(Scorecard.id == id, seen)).first()
    [view] = _views(actor, [scope.found(row, "scorecard-unknown")])
    return view


def of_workplace(actor: Actor, workplace_id: UUID, limit: int = 50) -> list[ScorecardView]:
    """The current scorecards of a workplace, newest visit first."""
    query = _light().where(Scorecard.workplace_id == workplace_id, _current(actor))
    rows = session().exec(query.order_by(col(Scorecard.visited_on).desc(), col(Scorecard.id)).limit(limit))
    return _views(actor, rows)


def of_enterprise(actor: Actor, enterprise_id: UUID, limit: int = 50) -> list[ScorecardView]:
    """The current scorecards of all workplaces of an enterprise, newest visit first."""
    query = _light().where(Scorecard.enterprise_id == enterprise_id, _current(actor))
    rows = session().exec(query.order_by(col(Scorecard.visited_on).desc(), col(Scorecard.id)).limit(limit))
    return _views(actor, rows)


def in_portions(
    actor: Actor,
    *,
    after: UUID | None,
    most: int,
    enterprise_id: UUID | None = None,
    released_since: datetime | None = None,
) -> Portion[ScorecardView]:
    """The current released scorecards in the order of ids, ``most`` at a time."""
    query = _light().where(_current(actor), col(Scorecard.released_at).is_not(None))
    query = query.where(Scorecard.enterprise_id == enterprise_id) if enterprise_id else query
    query = query.where(col(Scorecard.released_at) >= released_since) if released_since else query
    found = portion(query, col(Scorecard.id), after, most)
    return Portion(_views(actor, found.rows), found.next_after)


def previous(actor: Actor, workplace_id: UUID, before: date) -> ScorecardView | None:
    """The workplace's own last released scorecard from a visit before this day, to compare with; or None.

    Never an unreleased one, for anybody: the comparison is printed. Nor that of a visit that asked a few items only.
    """
    query = _light().where(
        Scorecard.workplace_id == workplace_id,
        col(Scorecard.visited_on) < before,
        sa.or_(scope.inside(actor, Scorecard), scope.outside(actor, Scorecard)),
        col(Scorecard.released_at).is_not(None),
        ~_released_later,
        ~_of_a_few_items(),
    )
    row = session().exec(query.order_by(col(Scorecard.visited_on).desc(), col(Scorecard.id)).limit(1)).first()
    return next(iter(_views(actor, [row])), None) if row else None


def figures(
    actor: Actor, since: date | None = None, until: date | None = None, enterprise_ids: Collection[UUID] | None = None
) -> list[Figures]:
    """Current released scorecards in figures, visited from `since` to `until` (both included), oldest first."""
    where = [
        sa.or_(scope.inside(actor, Scorecard), scope.outside(actor, Scorecard)),
        col(Scorecard.released_at).is_not(None),
        ~_released_later,
    ]
    where += [col(Scorecard.visited_on) >= since] if since else []
    where += [col(Scorecard.visited_on) <= until] if until else []
    where += [col(Scorecard.enterprise_id).in_(list(enterprise_ids))] if enterprise_ids is not None else []
    area = ScorecardArea
    parts = session().execute(
        sa.select(col(area.scorecard_id), area)
        .join(Scorecard, col(Scorecard.id) == col(area.scorecard_id))
        .where(*where)
    )
    areas: dict[UUID, dict[str, AreaFigures]] = {}
    for id, one in parts:
        figure = AreaFigures(one.score, one.band, one.coverage, one.hidden, one.provisional)
        areas.setdefault(id, {})[one.area] = figure
    table = Scorecard
    rows = session().execute(
        sa.select(
            col(table.id),
            col(table.visit_id),
            col(table.enterprise_id),
            col(table.workplace_id),
            col(table.visited_on),
            col(table.score),
            col(table.band),
            col(table.coverage),
        )
        .where(*where)
        .order_by(col(table.visited_on), col(table.id))
    )
    return [
        Figures(
            id=row.id,
            visit_id=row.visit_id,
            enterprise_id=row.enterprise_id,
            workplace_id=row.workplace_id,
            visited_on=row.visited_on,
            score=row.score,
            band=row.band,
            coverage=row.coverage,
            areas=areas.get(row.id, {}),
        )
        for row in rows
    ]


def replay(actor: Actor, newest: int | None = None) -> Iterator[Mismatch]:
    """Score every stored scorecard of the actor's association again; yields what differs (nothing if all is well).

    ``newest``: only so many of them, those that were issued last.
    """
    query = sqlmodel.select(Scorecard).where(Scorecard.association_id == actor.association_id)
    if newest is not None:
        query = query.order_by(col(Scorecard.issued_at).desc()).limit(newest)
    with closing(session().exec(query.order_by(col(Scorecard.id)).execution_options(yield_per=200))) as rows:
        for row in rows:
            for code in _faults(row):
                yield Mismatch(row.id, row.visit_id, code)


def count(actor: Actor) -> int:
    """How many scorecards the actor's association has issued, corrections included."""
    query = sa.select(sa.func.count()).where(col(Scorecard.association_id) == actor.association_id)
    return int(session().execute(query).scalar_one())


def _faults(row: Scorecard) -> Iterator[str]:
    try:
        checklist = checklists.load(row.checklist_digest)
    except NotFound:
        yield "checklist_missing"
        return
    yield from receipts.faults(checklist, row.inputs, row.inputs_digest, row.result)
    overall = row.result.get("overall", {})
    score = None if overall.get("score") is None else float(overall["score"])
    if (row.score, row.band, row.coverage) != (score, overall.get("band"), float(overall.get("coverage", 0))):
        yield "columns_differ"


def _latest(visit_id: UUID) -> Scorecard | None:
    query = sqlmodel.select(Scorecard).where(Scorecard.visit_id == visit_id, ~_superseded)
    return session().exec(query).first()


def _after(before: Scorecard | None) -> datetime:
    """Now, but always after the scorecard that is superseded: `issued_at` alone orders those of one visit."""
    now = clock.now()
    return now if before is None else max(now, before.issued_at + timedelta(microseconds=1))


def _light() -> SelectOfScalar[Scorecard]:
    """Scorecards as they are shown, without what they were made of; their results are kept (`_results_of`)."""
    return sqlmodel.select(Scorecard).options(defer(cast(Any, Scorecard.inputs)), defer(cast(Any, Scorecard.result)))


def _exists(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists(sa.select(sa.literal(1)).where(*conditions))


# Conditions without a parameter are built once: an alias of a wide table costs more than the query that it is for.
_newer = aliased(Scorecard)
_superseded = _exists(col(_newer.supersedes_id) == col(Scorecard.id))
# Between two released ones may stand a correction that never was: the direct successor alone decides nothing.
_released_later = _exists(
    col(_newer.visit_id) == col(Scorecard.visit_id),
    col(_newer.issued_at) > col(Scorecard.issued_at),
    col(_newer.released_at).is_not(None),
)


@lru_cache(maxsize=1)
def _of_a_few_items() -> sa.ColumnElement[bool]:
    """Scorecards of follow-up visits that asked a few items only (the table is the visits' own)."""
    scope_of = SQLModel.metadata.tables["visit_scope"]
    return _exists(scope_of.c.visit_id == col(Scorecard.visit_id))


def _current(actor: Actor) -> sa.ColumnElement[bool]:
    released = sa.and_(col(Scorecard.released_at).is_not(None), ~_released_later)
    return sa.or_(
        sa.and_(scope.inside(actor, Scorecard), ~_superseded), sa.and_(scope.outside(actor, Scorecard), released)
    )


def _copied(result: Result) -> tuple[float | None, str | None, float]:
    whole = result.overall
    return (None if whole.score is None else float(whole.score), whole.band, float(whole.coverage))


def _areas(scorecard_id: UUID, result: Result) -> list[ScorecardArea]:
    return [
        ScorecardArea(
            scorecard_id=scorecard_id,
            area=area.area,
            score=None if area.score is None else float(area.score),
            band=area.band,
            coverage=float(area.coverage),
            hidden=area.hidden,
            provisional=area.provisional,
        )
        for area in result.areas
    ]


_MOST_KEPT = 1000
_kept: dict[UUID, Result] = {}
"""Results by scorecard. A scorecard never changes, so what was read of one once is true as long as it is kept."""


def _results_of(rows: Iterable[Scorecard]) -> dict[UUID, Result]:
    wanted = [row.id for row in rows]
    found = {id: result for id in wanted if (result := _kept.get(id))}
    unread = [id for id in wanted if id not in found]
    if unread:
        query = sa.select(col(Scorecard.id), col(Scorecard.result)).where(col(Scorecard.id).in_(unread))
        read = {id: receipts.result_from_json(stored) for id, stored in session().execute(query)}
        if len(_kept) + len(read) > _MOST_KEPT:
            _kept.clear()
        _kept.update(read)
        found |= read
    return found


def _views(actor: Actor, found: Iterable[Scorecard]) -> list[ScorecardView]:
    rows = list(found)
    results = _results_of(rows)
    return [_view(actor, row, results[row.id]) for row in rows]


def _view(actor: Actor, row: Scorecard, result: Result) -> ScorecardView:
    inside = scope.is_inside(actor, row)
    return ScorecardView(
        id=row.id,
        enterprise_id=row.enterprise_id,
        workplace_id=row.workplace_id,
        visit_id=row.visit_id,
        visited_on=row.visited_on,
        kind=row.kind,
        supersedes_id=row.supersedes_id,
        reason=row.reason,
        issued_at=row.issued_at if inside or row.released_at is None else row.released_at,
        released_at=row.released_at,
        rules_version=row.rules_version,
        checklist_digest=row.checklist_digest,
        result=result if inside else for_enterprise(result),
        inside=inside,
    )
