"""What the leadership report tells, read once for the association as a whole.

Released visits alone stand behind it, and no reader's own or tied enterprises are taken out: the report names nobody,
and whoever subtracted their own figures from it would find what was released to that enterprise, which is what its
manager has in hand. How many are drawn and still to come is not read: that would tell of visits to come.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from compliance.people import store as people
from compliance.people.rules import Actor, system_actor
from compliance.shared.words import Text
from compliance.trends import (
    cells,
    marks,
    periods,
    store,
    store_cells,
    store_closing,
    store_marks,
    store_reach,
    store_recovered,
    told,
)
from compliance.trends.cells import Frame, Kind, Measure, Outcomes
from compliance.trends.closing import WHOLE, Alike, Batch, Closing, closing
from compliance.trends.marks import ALL, Need
from compliance.trends.measures import FIGURES
from compliance.trends.periods import Span
from compliance.trends.reach import Reached
from compliance.trends.rules import By, Selection
from compliance.trends.stated import Stated
from compliance.trends.store_recovered import Money
from compliance.trends.told import AreaTold, Changes, ItemTold

RARE = 10
_UNASKED = told.nothing(Measure(Kind.item))


@dataclass(frozen=True)
class Edition:
    """Which edition of the report it is, and the one that it replaces (its number and the day it was made)."""

    number: int = 1
    replaces: tuple[int, date] | None = None


@dataclass(frozen=True)
class Facts:
    """Everything that the report says."""

    association: Text
    period: str
    span: Span
    before: Span
    made_on: date
    edition: Edition
    areas: Sequence[AreaTold]
    shares: Sequence[AreaTold]
    sectors: Mapping[str, Mapping[str, Stated]]
    changes: Changes
    items: Sequence[ItemTold]
    put_right: int
    recovered: Money
    found: int
    outcomes: Outcomes | None
    batches: Sequence[Batch]
    severities: Mapping[str, Alike]
    closing: Closing | None
    reached: Mapping[str, Reached]
    needs: Sequence[Need]
    frames: Sequence[Frame]
    broken: frozenset[str]

    @cached_property
    def register(self) -> Reached:
        """The whole register."""
        return sum(self.reached.values(), Reached())

    @property
    def yearly(self) -> bool:
        """Whether it is about a year."""
        return "-" not in self.period


def span_of(period: str) -> Span:
    """The days of "2026-Q3" or "2026"."""
    year, _dash, quarter = period.partition("-Q")
    return periods.quarter(int(year), int(quarter)) if quarter else periods.year(int(year))


def finished(today: date, years: int = 4) -> list[str]:
    """The quarters and years that have ended, the newest first, a year before its last quarter."""
    found = []
    for year in range(today.year, today.year - years, -1):
        names = [str(year), *(f"{year}-Q{quarter}" for quarter in (4, 3, 2, 1))]
        found += [name for name in names if span_of(name).last < today]
    return found


def of(actor: Actor, period: str, today: date, edition: Edition) -> Facts:
    """The facts of a period for the actor's association, as they stand today; whoever asks gets the same."""
    whole = system_actor(actor.association_id)
    association = people.association(whole)
    wanted = Selection(span_of(period), by=By.sector)
    asked = store_marks.asked(wanted)
    batches = store_closing.batches(whole, wanted, today)
    alike = store_closing.alike(whole, wanted, today, "") if batches else {}
    outcomes = store_cells.outcomes(whole, asked)
    return Facts(
        association=Text(association.name_en, association.name_zh),
        period=period,
        span=wanted.span,
        before=periods.before(wanted.span),
        made_on=today,
        edition=edition,
        areas=told.areas(whole, wanted),
        shares=told.areas(whole, Selection(wanted.span, figure="shortfall")),
        sectors=told.grid(whole, wanted, By.sector),
        changes=told.changes(whole, wanted),
        items=told.shortfalls(whole, wanted),
        put_right=store.put_right(whole, wanted),
        recovered=store_recovered.money(whole, wanted),
        found=outcomes[0].findings if outcomes else 0,
        outcomes=outcomes[0] if outcomes else None,
        batches=batches,
        severities=store_closing.alike(whole, wanted, today, "severity") if batches else {},
        closing=closing(WHOLE, batches, alike[WHOLE]) if batches and WHOLE in alike else None,
        reached=store_reach.by_class(whole, wanted, By.sector, today),
        needs=_needs(whole, wanted),
        frames=store_cells.strata(whole, asked.first, asked.last),
        broken=frozenset(told.broken_areas(whole, wanted)),
    )


def _needs(whole: Actor, wanted: Selection) -> list[Need]:
    """The needs that are certain for all members of a group. What was seen on fewer than one visit in ten is counted
    among what was looked at, and not estimated: it is far from frequent.
    """
    figures: dict[tuple[str, str], Stated] = {}
    for by in (cells.By.none, cells.By.sector):
        for one in store_cells.read(whole, told.asked_of(wanted), [Measure(Kind.item)], by=by):
            often = RARE * one.plain.total >= one.plain.n
            shown = told.stated_of(one) if often else replace(_UNASKED, plain=one.plain)
            figures[one.measure.mark or "", one.group if by is cells.By.sector else ALL] = shown
    reach: Counter[str] = Counter()
    for place, number in store.register(whole, wanted).items():
        reach[place.along(By.sector)] += number
        reach[ALL] += number
    return [one for one in marks.needs(figures, reach) if one.drawn]


def all_silent(told_areas: Sequence[AreaTold]) -> bool:
    """Whether no area can speak."""
    return len(told_areas) < len(FIGURES) or all(one.now.silent for one in told_areas)
