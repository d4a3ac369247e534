"""What is brought along from the past, row by row: values with their bounds, and what makes two rows the same. Pure."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from compliance.shared.words import N_

EARLIEST = date(1950, 1, 1)
LONGEST = {"workplace": 100, "name": 200, "address": 300, "credit_code": 18, "visit": 100, "kind": 80, "band": 80}
"""Characters of each text; a finding's text has ``LONGEST_TEXT``."""
LONGEST_TEXT = 2000
MOST_MONEY = Decimal(10) ** 12


class Shown(StrEnum):
    """What of imported results the manager of an enterprise sees."""

    nothing = "nothing"
    results = "results"
    everything = "everything"


SHOWN_WORDS = {
    Shown.nothing: N_("Nothing"),
    Shown.results: N_("Results: days, scores, bands, amounts, and how many findings"),
    Shown.everything: N_("Results and the texts of findings"),
}


class Sort(StrEnum):
    """What is said of a row: not taken; without the row it belongs to; the key of another one; taken, but look."""

    refused = "refused"
    alone = "alone"
    repeated = "repeated"
    noted = "noted"


@dataclass(frozen=True, slots=True)
class Issue:
    """What is said of a row: where it stands, what was read, what is wrong and what to do (message ids)."""

    sort: Sort
    file: str
    row: int
    column: str
    read: str
    wrong: str
    remedy: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Place:
    """A workplace of the past. ``key`` is what its rows name it by; ``enterprise_id`` where it is in the register."""

    row: int
    key: str
    name: str
    address: str
    credit_code: str
    enterprise_id: UUID | None = None

    def facts(self) -> list[Any]:
        """What two imports have to agree on."""
        return [self.name, self.address, self.credit_code]


@dataclass(slots=True)
class Visit:
    """A visit of the past. Scores by area (or ``overall``) in thousandths, amounts in hundredths."""

    file: str
    row: int
    place: str
    number: str
    visited_on: date
    kind: str = ""
    scores: dict[str, int] = field(default_factory=dict)
    bands: dict[str, str] = field(default_factory=dict)
    owed: int | None = None
    paid: int | None = None
    occurrence: int = 0

    @property
    def key(self) -> tuple[str, str]:
        """What makes it this visit: its workplace, and its own number or its day."""
        return (self.place, self.number or self.visited_on.isoformat())

    def facts(self) -> list[Any]:
        """What two imports have to agree on."""
        results = [sorted(self.scores.items()), sorted(self.bands.items())]
        return [self.visited_on.isoformat(), self.kind, results, self.owed, self.paid]


@dataclass(slots=True)
class Finding:
    """A finding of the past; ``visit`` is empty where no visit of its key was brought along."""

    file: str
    row: int
    place: str
    visit: tuple[str, str] | None
    text: str
    area: str
    severity: str
    found_on: date
    closed_on: date | None
    occurrence: int = 0
    named: str = ""
    """The key of the visit as its file names it, also where there is none."""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes it this finding."""
        return (self.place, self.named or self.found_on.isoformat(), self.area, self.text)

    def facts(self) -> list[Any]:
        """What two imports have to agree on."""
        closed = self.closed_on.isoformat() if self.closed_on else ""
        return [self.severity, self.found_on.isoformat(), closed]


def identity(source: str, *parts: Any) -> str:
    """What makes a row the same in two imports from one source (64 hex digits)."""
    return digest([source, *parts])


def digest(what: Any) -> str:
    """SHA-256 (hex) of plain values."""
    return hashlib.sha256(json.dumps(what, ensure_ascii=False, default=str, sort_keys=True).encode()).hexdigest()


class Unreadable(Exception):
    """A value that cannot be taken: what is wrong, and what to do (message ids)."""

    def __init__(self, wrong: str, remedy: str, **facts: Any) -> None:
        super().__init__(wrong)
        self.wrong, self.remedy, self.facts = wrong, remedy, facts


def thousandths(text: str, lowest: Decimal, highest: Decimal) -> int:
    """A score in thousandths. Raises ``Unreadable`` for no number, one off the scale, or more than three decimals."""
    number = _number(text)
    if number is None:
        raise Unreadable(N_("This is not a score."), N_("Write a number, such as 87 or 87.5."))
    if not lowest <= number <= highest:
        raise Unreadable(
            N_("This score lies off the scale from %(lowest)s to %(highest)s."),
            N_("Correct the cell, or the scale in the mapping."),
            lowest=str(lowest),
            highest=str(highest),
        )
    found = number * 1000
    if found != found.to_integral_value():
        raise Unreadable(N_("A score has at most three decimals."), N_("Round it in the file."))
    return int(found)


def hundredths(text: str) -> int:
    """An amount of money in hundredths. Raises ``Unreadable`` for no amount, a negative one, or parts of a cent."""
    number = _number(re.sub(r"^[¥￥$€£]\s*|\s*元$", "", text.strip()))
    if number is None or number < 0 or number > MOST_MONEY:
        raise Unreadable(N_("This is not an amount of money."), N_("Write a number, such as 1234.50."))
    found = number * 100
    if found != found.to_integral_value():
        raise Unreadable(N_("An amount has at most two decimals."), N_("Round it in the file."))
    return int(found)


def _number(text: str) -> Decimal | None:
    plain = re.sub(r"(?<=\d)[,，](?=\d{3}(\D|$))|\s", "", text)
    return Decimal(plain) if re.fullmatch(r"[+-]?\d{1,12}(\.\d{1,12})?", plain) else None


@dataclass(frozen=True, slots=True)
class Period:
    """One quarter or year of imported visits, plain: never weighted, never an estimate.

    ``visits`` are all, ``short`` those with at least one finding (of the area that is asked), ``scored`` those with a
    score, ``total`` the sum of these scores in thousandths.
    """

    key: str
    visits: int
    short: int
    scored: int
    total: int

    @property
    def share(self) -> float | None:
        """Visits with a finding, of all; None without visits."""
        return self.short / self.visits if self.visits else None

    @property
    def mean(self) -> float | None:
        """The mean score on the source's own scale; None without scores."""
        return self.total / self.scored / 1000 if self.scored else None


def fold_days(days: Mapping[date, tuple[int, int, int, int]], most_quarters: int) -> list[Period]:
    """Days with their (visits, short, scored, total) by quarter, or by year where the quarters would be too many."""
    if not days:
        return []
    first, last = min(days), max(days)
    quarters = (last.year - first.year) * 4 + (last.month - 1) // 3 - (first.month - 1) // 3 + 1
    yearly = quarters > most_quarters
    sums: dict[str, list[int]] = {}
    for day in sorted(days):
        key = str(day.year) if yearly else f"{day.year}-Q{(day.month + 2) // 3}"
        kept = sums.setdefault(key, [0, 0, 0, 0])
        for place, number in enumerate(days[day]):
            kept[place] += number
    return [Period(key, *numbers) for key, numbers in sums.items()]
