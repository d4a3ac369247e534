"""What the figures of the trends are: which visits enter them, averages, shares, and when to stay silent.

Targeted visits go where trouble is expected, so an average over all visits says more about the choice than about the
members. Therefore averages are kept apart by route, follow-up visits never enter one, and too few visits give none
(domain facts 6.2, 6.3).
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from statistics import fmean, median
from typing import NamedTuple, TypeVar
from uuid import UUID

from compliance.checklists.policy import Severity
from compliance.corrective_actions.rules import ActionState
from compliance.trends.periods import Bucket, Span, Step, buckets
from compliance.trends.periods import bucket as bucket_with_key
from compliance.visits.states import Outcome, Route

MINIMUM_VISITS = 8
"""Fewer give no average and no share, only their count (domain facts 6.3)."""
OVERALL = "overall"
NO_BAND = "none"
UNKNOWN = "unknown"
"""How a sector, district or size that nobody entered is asked for."""


class View(StrEnum):
    """Whose scores are averaged: those of one route, or knowingly of all."""

    random = "random"
    targeted = "targeted"
    complaint = "complaint"
    voluntary = "voluntary"
    all = "all"


APART: tuple[View, ...] = (View.random, View.targeted, View.complaint, View.voluntary)
"""The views that stand beside each other, the representative one first."""

ROUTES: Mapping[View, frozenset[Route]] = {
    **{view: frozenset({Route(view.value)}) for view in APART},
    View.all: frozenset(Route) - {Route.follow_up},
}
"""The routes of each view. A follow-up visit looks at what was wrong before, so it enters none."""


class By(StrEnum):
    """What the members are told apart by."""

    sector = "sector"
    district = "district"
    size = "size"


class Place(NamedTuple):
    """Where an enterprise stands in the register: sector as a division ("C18"), district code, size class."""

    sector: str
    district: str
    size: str

    def along(self, by: By) -> str:
        """Its class along one dimension; UNKNOWN where nothing was entered."""
        return str(getattr(self, by.value)) or UNKNOWN


@dataclass(frozen=True)
class Selection:
    """What the reader asked to see. Empty texts do not narrow."""

    span: Span
    step: Step = Step.quarter
    view: View = View.random
    by: By = By.sector
    sector: str = ""
    district: str = ""
    size: str = ""


@dataclass(frozen=True)
class Figure:
    """Score (0 to 100) and band of an area on one visit. Too little seen: no band, and the score is provisional."""

    score: float | None
    band: str | None
    provisional: bool = False

    @property
    def counted(self) -> float | None:
        """The score as it enters averages: not a provisional one. A score that zero tolerance hides on paper does
        enter: left out, the worst workplaces would make the average look better.
        """
        return None if self.provisional else self.score


@dataclass(frozen=True)
class VisitFact:
    """One visit that was made. ``figures`` (by area, and overall) only where its scorecard is released."""

    id: UUID
    route: Route
    outcome: Outcome
    released: bool
    on: date
    enterprise_id: Hashable
    active: bool
    place: Place
    figures: Mapping[str, Figure] = field(default_factory=dict)
    version_id: UUID | None = None

    def figure(self, area: str) -> Figure | None:
        """What this visit says about an area, or None."""
        return self.figures.get(area)


class ActionFact(NamedTuple):
    """One corrective action; ``id`` as the database gave it.

    ``days`` from delivery to verification, where it is verified; ``overdue`` as of today.
    """

    id: Hashable
    route: Route
    severity: Severity
    state: ActionState
    overdue: bool
    verified_on: date | None
    days: int | None
    place: Place


@dataclass(frozen=True)
class Average:
    """Mean and median over ``n`` visits or actions; both None when n is below the minimum."""

    n: int
    mean: float | None
    median: float | None

    @property
    def too_few(self) -> bool:
        """Whether there is something, but too little to speak of."""
        return 0 < self.n < MINIMUM_VISITS


@dataclass(frozen=True)
class Coverage:
    """How many of the active enterprises of a class were visited, and how many by a random visit."""

    key: str
    active: int
    visited: int
    by_random: int

    @property
    def share(self) -> float | None:
        """Visited by active, 0 to 1; None where there is no active enterprise."""
        return self.visited / self.active if self.active else None


@dataclass(frozen=True)
class Cell:
    """Which figure the reader wants to see the rows of; empty means not narrowed.

    ``bucket`` is the key of a quarter or month; ``counted`` asks for what enters averages in the selected view, and
    ``area`` for the visits behind an average of it. ``state`` is open, overdue, to_check or closed.
    """

    bucket: str = ""
    route: Route | None = None
    outcome: Outcome | None = None
    counted: bool = False
    area: str = ""
    band: str = ""
    item: str = ""
    severity: Severity | None = None
    state: str = ""
    visited: str = ""


def behind(visits: Iterable[VisitFact], wanted: Selection, cell: Cell) -> list[VisitFact]:
    """The visits behind a figure: exactly those that it counted."""
    counted = cell.counted or bool(cell.area or cell.band)
    found = compared(visits, wanted.view) if counted else list(visits)
    if cell.bucket:
        one = bucket_with_key(buckets(wanted.span, wanted.step), cell.bucket)
        found = in_bucket(found, one) if one else []
    return [
        visit
        for visit in found
        if cell.route in (None, visit.route)
        and cell.outcome in (None, visit.outcome)
        and (not cell.area or _counted(visit, cell.area) is not None)
        and cell.band in ("", band_of(visit))
    ]


def actions_behind(actions: Iterable[ActionFact], wanted: Selection, cell: Cell) -> list[ActionFact]:
    """The corrective actions behind a figure."""
    found = list(actions)
    if cell.counted:
        found = [action for action in found if action.route in ROUTES[wanted.view]]
    if cell.state == "closed":
        found = closed_in(found, wanted.span)
    elif cell.state:
        found = [action for action in found if STATES[cell.state](action)]
    return [
        action for action in found if cell.route in (None, action.route) and cell.severity in (None, action.severity)
    ]


def average(values: Iterable[float | None]) -> Average:
    """Mean and median of the values that are there, if they are enough."""
    found = [value for value in values if value is not None]
    if len(found) < MINIMUM_VISITS:
        return Average(len(found), None, None)
    return Average(len(found), fmean(found), median(found))


def share(part: int, n: int) -> float | None:
    """Part by n, 0 to 1; None when n is below the minimum."""
    return part / n if n >= MINIMUM_VISITS else None


def compared(visits: Iterable[VisitFact], view: View) -> list[VisitFact]:
    """The visits that may enter averages in a view: completed, released, and by one of its routes."""
    return [
        visit
        for visit in visits
        if visit.released and visit.outcome is Outcome.completed and visit.route in ROUTES[view]
    ]


def score(visits: Iterable[VisitFact], area: str) -> Average:
    """The average score of an area over visits that were chosen by ``compared``."""
    return average(_counted(visit, area) for visit in visits)


def _counted(visit: VisitFact, area: str) -> float | None:
    figure = visit.figure(area)
    return figure.counted if figure else None


def enters(visit: VisitFact, view: View, area: str) -> bool:
    """Whether a visit is among those behind an average of an area."""
    return bool(compared([visit], view)) and _counted(visit, area) is not None


def in_bucket(visits: Iterable[VisitFact], bucket: Bucket) -> list[VisitFact]:
    """The visits of a quarter or month."""
    return [visit for visit in visits if bucket.span.holds(visit.on)]


def over_time(visits: Sequence[VisitFact], among: Sequence[Bucket], area: str) -> list[Average]:
    """The average score of an area in each quarter or month."""
    return [score(in_bucket(visits, bucket), area) for bucket in among]


def band_counts(visits: Iterable[VisitFact], bands: Sequence[str]) -> list[int]:
    """How many visits ended in each band (overall); what has no band of these is counted under NO_BAND."""
    counted = Counter(band_of(visit) for visit in visits)
    known = [counted[band] for band in bands if band != NO_BAND]
    return [*known, sum(counted.values()) - sum(known)]


def band_of(visit: VisitFact) -> str:
    """The overall band of a visit, or NO_BAND."""
    figure = visit.figure(OVERALL)
    return (figure.band if figure else None) or NO_BAND


def made(visits: Iterable[VisitFact]) -> Counter[tuple[Route, Outcome]]:
    """How many visits were made, by route and outcome."""
    return Counter((visit.route, visit.outcome) for visit in visits)


def coverage(register: Mapping[Place, int], visits: Iterable[VisitFact], by: By | None) -> list[Coverage]:
    """How much of the register was visited, by class (or as a whole, key "all"), the largest class first.

    ``register`` counts the active enterprises. An enterprise counts once however often it was visited; a visit counts
    if it was completed; enterprises that are no longer active count on neither side.
    """

    def key(place: Place) -> str:
        return place.along(by) if by else "all"

    active: Counter[str] = Counter()
    for place, number in register.items():
        active[key(place)] += number
    seen: dict[str, set[Hashable]] = {}
    seen_by_random: dict[str, set[Hashable]] = {}
    for visit in visits:
        if visit.active and visit.outcome is Outcome.completed:
            seen.setdefault(key(visit.place), set()).add(visit.enterprise_id)
            if visit.route is Route.random:
                seen_by_random.setdefault(key(visit.place), set()).add(visit.enterprise_id)
    rows = [
        Coverage(name, number, len(seen.get(name, ())), len(seen_by_random.get(name, ())))
        for name, number in active.items()
    ]
    return sorted(rows, key=lambda row: (-row.active, row.key)) or ([] if by else [Coverage("all", 0, 0, 0)])


def is_open(action: ActionFact) -> bool:
    """Whether something is still to be done or checked."""
    return action.state not in (ActionState.verified, ActionState.withdrawn)


def is_to_check(action: ActionFact) -> bool:
    """Whether the enterprise has sent evidence that nobody has checked yet."""
    return action.state is ActionState.evidence_sent


def is_overdue(action: ActionFact) -> bool:
    """Whether the enterprise is late as of today."""
    return action.overdue


STATES: Mapping[str, Callable[[ActionFact], bool]] = {
    "open": is_open,
    "overdue": is_overdue,
    "to_check": is_to_check,
}
"""How things stand today; "closed" is asked of a span instead."""


def closed_in(actions: Iterable[ActionFact], span: Span) -> list[ActionFact]:
    """The actions whose correction was verified in the span."""
    return [action for action in actions if action.verified_on is not None and span.holds(action.verified_on)]


def closure(actions: Iterable[ActionFact]) -> Average:
    """Days from delivery to verification, over actions chosen by ``closed_in``."""
    return average(action.days for action in actions)


def grouped(rows: Iterable[VisitFact], by: By) -> dict[str, list[VisitFact]]:
    """Visits by class along a dimension."""
    return _grouped(rows, by)


def actions_grouped(rows: Iterable[ActionFact], by: By) -> dict[str, list[ActionFact]]:
    """Actions by class along a dimension."""
    return _grouped(rows, by)


T = TypeVar("T", VisitFact, ActionFact)


def _grouped(rows: Iterable[T], by: By) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    classes: dict[Place, str] = {}  # many rows stand in one place
    for row in rows:
        place = row.place
        if place not in classes:
            classes[place] = place.along(by)
        found.setdefault(classes[place], []).append(row)
    return found
