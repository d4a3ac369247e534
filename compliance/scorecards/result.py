"""A scored visit as frozen values: lines, areas, caps, and the reason for every point."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from compliance.checklists.rules import Severity, Verdict
from compliance.shared.words import N_

OVERALL = "overall"

REASONS: dict[str, str] = {
    # one line
    "compliant": N_("Compliant: %(points)s of %(weight)s points."),
    "partial": N_("Partly compliant: %(points)s of %(weight)s points."),
    "non_compliant": N_("Not compliant: %(points)s of %(weight)s points."),
    "unable_to_verify": N_("Could not be verified: %(points)s of %(weight)s points."),
    "verified": N_("Corrected, and the correction was verified: %(points)s of %(weight)s points."),
    "not_looked_at": N_("Not assessed on this visit: left out of the score, lowers the coverage."),
    "unanswered": N_("Not answered: left out of the score, lowers the coverage."),
    "withheld": N_("Withheld until cleared: left out of the score, lowers the coverage."),
    "withheld_behind": N_("Asked only because of a withheld answer: left out."),
    "not_applicable": N_("Does not apply at this workplace: left out."),
    "not_asked": N_("Not asked at this workplace: left out."),
    # an area, or the whole
    "not_enough_seen": N_(
        "Not enough seen for a band: %(assessed)s of %(applicable)s items. The score is provisional."
    ),
    "nothing_assessed": N_("Nothing was assessed, so there is no score."),
    "nothing_applies": N_("Nothing applies here, so there is no score."),
    # caps
    "zero_tolerance": N_("A zero-tolerance fact is confirmed (%(items)s): it overrides the score."),
    "critical_open": N_("A critical shortfall is open (%(items)s): the band can be no better than this."),
    "area_below": N_("An area is below %(below)s points: the band can be no better than this."),
    "falsified": N_("Falsified records were found (%(items)s): the band can be no better than this."),
}
"""Code to message id: why a point was given or not, why there is no band, why a band is capped."""


@dataclass(frozen=True)
class Reason:
    """Why, as a code and its parameters; `text` is the English message id to translate and fill with
    `params`.
    """

    code: str
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The message id (with %(name)s places)."""
        return REASONS[self.code]


@dataclass(frozen=True)
class Line:
    """What one item contributes.

    `weight` is that of the pinned item; `credit` (0 to 1) and `points` (weight times credit) are None where
    the item is left out. `severity` is the one that acts on caps: for a shortfall it may be raised.
    """

    item: str
    area: str
    verdict: Verdict | None
    severity: Severity
    weight: Decimal
    credit: Decimal | None
    points: Decimal | None
    why: Reason


@dataclass(frozen=True)
class AreaScore:
    """Score, band and coverage of one area, or of the whole visit (`area` is then "overall").

    `score` is 0 to 100 with one decimal, rounded half up; None if nothing was assessed. `coverage` is
    assessed by applicable items, 0 to 1 with three decimals, rounded down (1 where nothing applies). Below
    the policy's minimum there is no band and the score is `provisional`. `hidden` scores are never printed:
    zero tolerance overrides them.
    """

    area: str
    score: Decimal | None
    band: str | None
    coverage: Decimal
    assessed: int
    applicable: int
    weight: Decimal
    points: Decimal
    provisional: bool
    hidden: bool
    why: tuple[Reason, ...] = ()

    @property
    def shown(self) -> Decimal | None:
        """The score as it may be printed: None if there is none, or if zero tolerance hides it."""
        return None if self.hidden else self.score


@dataclass(frozen=True)
class Capped:
    """A cap that holds: its rule, the band it sets or allows at most, and what brought it about."""

    when: str
    band: str
    items: tuple[str, ...]
    areas: tuple[str, ...]
    why: Reason


@dataclass(frozen=True)
class Result:
    """A scored visit. `zero_tolerance` are the confirmed (item, fact) pairs; `lowest` is the area with the lowest score
    (None if no area has one).
    """

    rules_version: str
    overall: AreaScore
    areas: tuple[AreaScore, ...]
    lowest: str | None
    zero_tolerance: tuple[tuple[str, str], ...]
    caps: tuple[Capped, ...]
    lines: tuple[Line, ...]

    @property
    def lowest_to_print(self) -> str | None:
        """The area to name beside the overall band; None while zero tolerance hides a score: that may be the lowest."""
        return None if any(area.hidden for area in self.areas) else self.lowest

    def area(self, id: str) -> AreaScore:
        """The score of one area, or of "overall". Raises KeyError for any other name."""
        for one in (self.overall, *self.areas):
            if one.area == id:
                return one
        raise KeyError(id)

    def lines_of(self, area: str) -> tuple[Line, ...]:
        """The lines of one area, in the order of the checklist."""
        return tuple(line for line in self.lines if line.area == area)

    def line(self, item: str) -> Line:
        """The line of one item. Raises KeyError for an item that the checklist does not have."""
        for one in self.lines:
            if one.item == item:
                return one
        raise KeyError(item)


def for_enterprise(result: Result) -> Result:
    """The same result as an enterprise may read it: what is withheld looks like what was not looked at.

    The figures stay as they are, because what is withheld never entered them.
    """
    return replace(result, lines=tuple(_public(line) for line in result.lines))


def _public(line: Line) -> Line:
    if line.why.code in ("withheld", "unanswered"):
        return replace(line, verdict=Verdict.not_looked_at, why=Reason("not_looked_at"))
    if line.why.code in ("withheld_behind", "not_asked"):
        return replace(line, verdict=None, why=Reason("not_asked"))
    return line
