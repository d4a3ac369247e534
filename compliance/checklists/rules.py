"""What a checklist is, and which of its items a workplace is asked.

The values here are built by `parse` (from files) and by `content` (from a published version), never by hand.
All of them are frozen; the mappings in them are shared by every request and must not be changed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, Protocol

from compliance.checklists.ladder import Ladder
from compliance.checklists.law import NO_TEXT, Chapter, Clause, Code, Law, LawEntry
from compliance.checklists.policy import (
    SEVERITIES,
    SHORTFALLS,
    VERDICTS,
    Band,
    Cap,
    Deadlines,
    Policy,
    Severity,
    Verdict,
)
from compliance.shared.words import Text

__all__ = [
    "AREAS",
    "FLAGS",
    "HEADCOUNTS",
    "NOTE_LIMIT",
    "SEVERITIES",
    "SHORTFALLS",
    "SIZES",
    "VERDICTS",
    "WAYS_OF_LOOKING",
    "Answered",
    "Area",
    "Band",
    "Cap",
    "Chapter",
    "Checklist",
    "Clause",
    "Code",
    "Condition",
    "Deadlines",
    "Disclosure",
    "Fact",
    "Item",
    "Ladder",
    "Law",
    "LawEntry",
    "Opens",
    "Policy",
    "Profile",
    "Quantity",
    "Severity",
    "Suggestion",
    "Text",
    "Verdict",
    "applicable",
    "applicable_items",
    "holds",
    "laws_held_back",
    "laws_in_force",
    "natural_key",
]

AREAS: tuple[str, ...] = ("wages", "safety", "sanitation", "social_security", "punishment")
"""The five areas, in the order in which every page and letter shows them."""

SIZES: tuple[str, ...] = ("micro", "small", "medium", "large")
WAYS_OF_LOOKING: tuple[str, ...] = ("document", "observation", "interview")

FLAGS: tuple[str, ...] = (
    "dormitory",
    "canteen",
    "piece_work",
    "night_work",
    "hazardous_substances",
    "agency_workers",
)
"""Conditions that are a yes or no of the workplace."""

HEADCOUNTS: tuple[str, ...] = ("women", "migrants", "under_18")
"""Conditions that hold where there is at least one such worker."""


NOTE_LIMIT = 500
"""Characters of the note that says what is new in a version."""


class Disclosure(StrEnum):
    """When an enterprise may hear of a fact: at once (everyone can see it), or only once it is cleared."""

    tell_now = "tell_now"
    sealed = "sealed"


@dataclass(frozen=True)
class Fact:
    """A named thing that an inspector ticks under an item; zero tolerance hangs on it, never on the item."""

    id: str
    text: Text
    zero_tolerance: bool
    disclosure: Disclosure


@dataclass(frozen=True)
class Quantity:
    """A number that is asked under an item, with its unit and the range in which it can be true."""

    id: str
    label: Text
    unit: Text
    minimum: Decimal
    maximum: Decimal
    decimals: int = 0

    def accepts(self, value: Decimal) -> bool:
        """True if the number lies in the range and has no more decimals than are asked for."""
        in_range = value.is_finite() and self.minimum <= value <= self.maximum
        return in_range and value == round(value, self.decimals)


@dataclass(frozen=True)
class Suggestion:
    """The rule of `suggestions` that turns the item's quantities into a suggested answer."""

    rule: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Condition:
    """One condition: a bool for flags and headcounts, codes for sector and size, a number for min_workers."""

    key: str
    value: bool | int | tuple[str, ...]


@dataclass(frozen=True)
class Opens:
    """Skip logic: the item is asked only if `item` was answered with one of `verdicts`.

    `applies` and `only_if` are those of the opening item, so that an item behind a closed one stays closed.
    """

    item: str
    verdicts: frozenset[Verdict]
    applies: tuple[Condition, ...] = ()
    only_if: "Opens | None" = None


@dataclass(frozen=True)
class Item:
    """One question of a checklist with everything that belongs to it."""

    id: str
    area: str
    core: bool
    clause: str
    question: Text
    guidance: Text
    look_for: Mapping[str, tuple[Text, ...]]
    law: tuple[str, ...]
    severity: Severity
    facts: tuple[Fact, ...]
    action: Text
    days: int
    evidence: tuple[Text, ...]
    ilo: tuple[int, ...]
    applies: tuple[Condition, ...] = ()
    only_if: Opens | None = None
    quantities: tuple[Quantity, ...] = ()
    suggestion: Suggestion | None = None

    def __hash__(self) -> int:
        return hash(self.id)

    def fact(self, id: str) -> Fact | None:
        """The item's fact of this id, or None."""
        return next((fact for fact in self.facts if fact.id == id), None)

    def quantity(self, id: str) -> Quantity | None:
        """The item's quantity of this id, or None."""
        return next((quantity for quantity in self.quantities if quantity.id == id), None)


@dataclass(frozen=True)
class Area:
    """One of the five areas with its items in the order in which they are asked."""

    id: str
    title: Text
    short: Text
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Checklist:
    """Everything a visit is pinned to: code of conduct, laws, items, policy and ladder, under one content digest."""

    digest: str
    code: Code
    laws: Mapping[str, LawEntry]
    areas: tuple[Area, ...]
    policy: Policy
    books: Mapping[str, Law] = field(default_factory=dict)
    ladder: Ladder = field(default_factory=Ladder)

    def __hash__(self) -> int:
        return hash(self.digest)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Every item, area by area."""
        return tuple(item for area in self.areas for item in area.items)

    @cached_property
    def _by_id(self) -> dict[str, Item]:
        return {item.id: item for item in self.items}

    def item(self, id: str) -> Item:
        """The item of this id. Raises KeyError if there is none."""
        return self._by_id[id]

    def has(self, id: str) -> bool:
        """True if there is an item of this id."""
        return id in self._by_id

    def area(self, id: str) -> Area:
        """The area of this id. Raises KeyError if there is none."""
        for area in self.areas:
            if area.id == id:
                return area
        raise KeyError(id)

    def entries_of(self, law: str) -> tuple[LawEntry, ...]:
        """The articles of a law in the order of their numbers."""
        found = (entry for entry in self.laws.values() if entry.law == law)
        return tuple(sorted(found, key=lambda entry: natural_key(entry.key)))

    def kept_off(self, key: str) -> Text:
        """Why letters never cite the law of this entry; an empty text if they may."""
        book = self.books.get(self.laws[key].law)
        return book.kept_off if book else NO_TEXT

    def cited(self, entry: LawEntry, on: date) -> bool:
        """True if a letter about a visit on this day may print the entry."""
        return entry.in_force(on) and self.kept_off(entry.key) == NO_TEXT

    def citation(self, key: str) -> Text:
        """A law entry as it is cited: "Labour Law, art. 48" / "《劳动法》第四十八条"."""
        entry = self.laws[key]
        book = self.books.get(entry.law)
        short = book.short if book else Text(entry.law, entry.law)
        # 《》 marks the title of a law in Chinese, but the short name may carry it already.
        title = short.zh if short.zh.startswith("《") else f"《{short.zh}》"
        return Text(f"{short.en}, {entry.article.en}", f"{title}{entry.article.zh}")


@dataclass(frozen=True)
class Profile:
    """A workplace as found at the visit: what decides which items are asked.

    Counts are people. `sector` is a GB/T 4754 code (a letter and two to four digits). An empty sector or size,
    or zero workers, means that nobody knows yet: what depends on it is then asked rather than passed over.

    `only` names the items that a follow-up visit looks at again; empty for a visit that asks everything.
    """

    workers: int = 0
    women: int = 0
    migrants: int = 0
    under_18: int = 0
    sector: str = ""
    size: str = ""
    dormitory: bool = False
    canteen: bool = False
    piece_work: bool = False
    night_work: bool = False
    hazardous_substances: bool = False
    agency_workers: bool = False
    only: tuple[str, ...] = ()


class Answered(Protocol):
    """What skip logic needs to know of an answer."""

    @property
    def verdict(self) -> Verdict | None:
        """What was said, or None while nothing was."""


def holds(condition: Condition, profile: Profile) -> bool:
    """True if the workplace meets one condition of applicability; what is unknown counts as met.

    Raises KeyError for a condition that no parser lets through.
    """
    value = condition.value
    if condition.key == "sector" and isinstance(value, tuple):
        # Either may be the finer of the two: C17 covers C1711, and C17 may turn out to be C1711.
        return any(profile.sector.startswith(code) or code.startswith(profile.sector) for code in value)
    if condition.key == "size" and isinstance(value, tuple):
        return not profile.size or profile.size in value
    if condition.key == "min_workers" and isinstance(value, int):
        return not profile.workers or profile.workers >= value
    if condition.key in HEADCOUNTS:
        return not profile.workers or (getattr(profile, condition.key) > 0) is value
    if condition.key in FLAGS:
        return bool(getattr(profile, condition.key)) is value
    raise KeyError(condition.key)


def applicable(item: Item, profile: Profile, answers: Mapping[str, Answered]) -> bool:
    """True if the item is asked at this workplace, given what has been answered so far.

    All of `applies` must hold, and the item named by `only_if` must itself be asked and be answered with one of
    the opening verdicts. A visit of a few items (`only`) asks these and no others, whatever would open them. The
    tablet has the same rule; tests/cases/applicability.json holds both to it.
    """
    if profile.only:
        return item.id in profile.only
    return _open(item.applies, item.only_if, profile, answers)


def _open(
    applies: tuple[Condition, ...], gate: Opens | None, profile: Profile, answers: Mapping[str, Answered]
) -> bool:
    if not all(holds(condition, profile) for condition in applies):
        return False
    if gate is None:
        return True
    answer = answers.get(gate.item)
    answered = answer is not None and answer.verdict in gate.verdicts
    return answered and _open(gate.applies, gate.only_if, profile, answers)


def applicable_items(checklist: Checklist, profile: Profile, answers: Mapping[str, Answered]) -> tuple[Item, ...]:
    """The items that are asked at this workplace, in checklist order."""
    return tuple(item for item in checklist.items if applicable(item, profile, answers))


def laws_in_force(checklist: Checklist, keys: tuple[str, ...], on: date) -> tuple[LawEntry, ...]:
    """Those of `keys` that a letter may print for a visit on this day: confirmed, valid on it, of a law not kept
    off.
    """
    return tuple(entry for entry in _entries(checklist, keys) if checklist.cited(entry, on))


def laws_held_back(checklist: Checklist, keys: tuple[str, ...], on: date) -> tuple[LawEntry, ...]:
    """The rest of `keys`, which no letter prints and the reviewer is told of."""
    return tuple(entry for entry in _entries(checklist, keys) if not checklist.cited(entry, on))


def _entries(checklist: Checklist, keys: tuple[str, ...]) -> tuple[LawEntry, ...]:
    # A key twice is printed once; a key that no law has cannot be published.
    return tuple(checklist.laws[key] for key in dict.fromkeys(keys) if key in checklist.laws)


def natural_key(code: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts "2.10" after "2.9" and "LL-48" before "LL-100"."""
    parts = re.findall(r"\d+|\D+", code)
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts)
