"""How heavy things weigh: verdicts, severities, and the policy that makes a score and deadlines of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from compliance.shared.words import Text


class Severity(StrEnum):
    """How heavily a shortfall weighs."""

    critical = "critical"
    major = "major"
    minor = "minor"


SEVERITIES: tuple[Severity, ...] = (Severity.critical, Severity.major, Severity.minor)
"""Heaviest first."""


class Verdict(StrEnum):
    """What an inspector says about one item."""

    compliant = "compliant"
    partial = "partial"
    non_compliant = "non_compliant"
    unable_to_verify = "unable_to_verify"
    not_looked_at = "not_looked_at"
    not_applicable = "not_applicable"


VERDICTS: tuple[Verdict, ...] = tuple(Verdict)
SHORTFALLS: frozenset[Verdict] = frozenset({Verdict.partial, Verdict.non_compliant, Verdict.unable_to_verify})
"""The verdicts that are a finding (design 2: what cannot be verified is a finding of its own)."""


@dataclass(frozen=True)
class Band:
    """A word and a colour for scores from `floor` (0 to 100) up to the next band."""

    id: str
    floor: Decimal
    label: Text
    colour: str


@dataclass(frozen=True)
class Cap:
    """What limits the overall band: `band` sets it, `at_most` lets it be no better; `below`: an area score."""

    when: str
    band: str | None = None
    at_most: str | None = None
    below: Decimal | None = None
    hide_score: bool = False


@dataclass(frozen=True)
class Deadlines:
    """What follows from a severity (domain facts 1.8). Days are calendar days; None: no such duty."""

    containment_days: int | None
    plan_days: int | None
    verification: str
    verification_days: int | None
    extension: bool
    moved_off_rest_days: bool
    on_site_share: Decimal
    second_person: bool
    extension_days: int = 30


@dataclass(frozen=True)
class Policy:
    """How answers become a score and findings get their deadlines.

    `severities` is keyed by severity and by "zero_tolerance". What follows step by step is the ladder's (`ladder`).
    """

    weights: Mapping[Severity, Decimal]
    credits: Mapping[Verdict, Decimal]
    bands: tuple[Band, ...]
    coverage_minimum: Decimal
    caps: tuple[Cap, ...]
    severities: Mapping[str, Deadlines]
    repeat_months: int = 24
    reply_working_days: int = 10
    decision_working_days: int = 10
    small_group: int = 5
    interview_only_minimum_workers: int = 10
    outsider_days: int = 14
    worker_check_areas: tuple[str, ...] = ()

    def band(self, id: str) -> Band:
        """The band of this id. Raises KeyError if there is none."""
        for band in self.bands:
            if band.id == id:
                return band
        raise KeyError(id)

    def band_of(self, score: Decimal) -> Band:
        """The band of a score from 0 to 100, before any cap."""
        return next((band for band in self.bands if score >= band.floor), self.bands[-1])
