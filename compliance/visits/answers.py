"""What an inspector has said about each item of a visit, as frozen values (the fold of the answer events)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from compliance.checklists.rules import Severity, Verdict


class Known(StrEnum):
    """How a thing was known. Never shown to an enterprise."""

    document = "document"
    observation = "observation"
    interview = "interview"


@dataclass(frozen=True)
class Answer:
    """Everything said about one item.

    `workers` counts people affected. `facts` are ids of ticked facts, `quantities` numbers by quantity id.
    `reason` explains not applicable, not looked at and unable to verify. `severity` is set where the
    inspector raised it, `action` and `due_days` where the recommendation was edited, `good` is a good
    practice seen, `bulk` marks an answer given for many items at once.
    """

    item: str
    verdict: Verdict | None = None
    note: str = ""
    reason: str = ""
    workers: int | None = None
    known_by: frozenset[Known] = frozenset()
    facts: frozenset[str] = frozenset()
    quantities: Mapping[str, Decimal] = field(default_factory=dict)
    severity: Severity | None = None
    action: str = ""
    due_days: int | None = None
    good: str = ""
    bulk: bool = False


Answers = Mapping[str, Answer]
"""Item id to answer; an item without an entry has not been answered."""
