"""Spans of days and their quarters or months."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from compliance.shared.problems import Problem
from compliance.shared.words import N_

LONGEST_YEARS = 5


class Step(StrEnum):
    """How finely time is cut."""

    quarter = "quarter"
    month = "month"


@dataclass(frozen=True, order=True)
class Span:
    """All days from ``first`` to ``last``, both included."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Whether the day lies in the span."""
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Bucket:
    """One quarter ("2026-Q3") or month ("2026-07"), cut to the span that it belongs to."""

    key: str
    span: Span


def last_four_quarters(today: date) -> Span:
    """The running quarter and the three before it, up to today."""
    return Span(_months_later(_quarter_start(today), -9), today)


def last_whole_quarters(today: date) -> Span:
    """The four quarters before the running one."""
    running = _quarter_start(today)
    return Span(_months_later(running, -12), running - timedelta(days=1))


def year(number: int) -> Span:
    """A calendar year."""
    return Span(date(number, 1, 1), date(number, 12, 31))


def quarter(number: int, of: int) -> Span:
    """One quarter (1 to 4) of a calendar year."""
    first = date(number, 3 * of - 2, 1)
    return Span(first, _months_later(first, 3) - timedelta(days=1))


def whole_months(span: Span) -> Span:
    """The span widened to whole months: figures are kept by the month."""
    after = _months_later(span.last.replace(day=1), 1)
    return Span(span.first.replace(day=1), after - timedelta(days=1))


def before(span: Span) -> Span:
    """The span to compare with: as many months just before it, in whole quarters where it begins with a quarter, so
    that a year of which the last quarter still runs is compared with the whole year before.
    """
    first = span.first.replace(day=1)
    months = (span.last.year - first.year) * 12 + span.last.month - first.month + 1
    if first == _quarter_start(first):
        months = -(-months // 3) * 3
    return Span(_months_later(first, -months), first - timedelta(days=1))


def custom(first: date, last: date) -> Span:
    """A span that somebody typed. Raises ``Problem`` when it ends before it begins or is longer than five years."""
    if last < first:
        raise Problem("trends-span", N_("The last day lies before the first."), field="last")
    if last >= _months_later(first, 12 * LONGEST_YEARS):
        raise Problem("trends-span", N_("At most %(years)s years at once."), field="last", years=LONGEST_YEARS)
    return Span(first, last)


def buckets(span: Span, step: Step) -> tuple[Bucket, ...]:
    """The quarters or months that a span touches, in order; the outer ones end where the span ends."""
    months = 3 if step is Step.quarter else 1
    start = _quarter_start(span.first) if step is Step.quarter else span.first.replace(day=1)
    found = []
    while start <= span.last:
        after = _months_later(start, months)
        cut = Span(max(start, span.first), min(after - timedelta(days=1), span.last))
        found.append(Bucket(key_of(start, step), cut))
        start = after
    return tuple(found)


def key_of(day: date, step: Step) -> str:
    """The key of the quarter or month of a day."""
    return f"{day.year}-Q{(day.month + 2) // 3}" if step is Step.quarter else f"{day.year}-{day.month:02d}"


def bucket(among: Sequence[Bucket], key: str) -> Bucket | None:
    """The one with this key, or None."""
    return next((one for one in among if one.key == key), None)


def _quarter_start(day: date) -> date:
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def _months_later(day: date, months: int) -> date:
    """A first of a month some months later; other days are cut to the 28th, which only the limit of years sees."""
    total = day.year * 12 + day.month - 1 + months
    return date(total // 12, total % 12 + 1, min(day.day, 28) if day.day > 1 else 1)
