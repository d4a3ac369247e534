"""What can be asked of the trends: a selection, a figure's rows, and which routes a plain figure is over.

Targeted visits go where trouble is expected, so a plain average over all visits says more about the choice than about
the members; estimates come from draws alone (domain facts 6.2, 6.3). Follow-up visits enter neither.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from compliance.checklists.policy import Severity
from compliance.trends.periods import Span, Step
from compliance.visits.states import Outcome, Route

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
    trait: str = ""
    version: UUID | None = None
    topic: str = OVERALL
    """The area that the figures are about, or the whole."""
    figure: str = "score"
    """What is told of it: the score, or the share of workplaces with a shortfall (``shortfall``, ``critical``)."""


@dataclass(frozen=True)
class Cell:
    """Which figure the reader wants to see the rows of; empty means not narrowed.

    ``bucket`` is the key of a quarter or month; ``counted`` asks for what enters averages in the selected view, and
    ``area`` for the visits behind an average of it; ``drawn`` for those of a draw, ``released`` for those whose result
    is released. ``state`` is open, overdue, to_check or closed.
    """

    bucket: str = ""
    route: Route | None = None
    outcome: Outcome | None = None
    counted: bool = False
    drawn: bool = False
    released: bool = False
    area: str = ""
    band: str = ""
    item: str = ""
    severity: Severity | None = None
    state: str = ""
    visited: str = ""
