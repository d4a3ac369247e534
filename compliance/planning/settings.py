"""What a coordinator settles before a draw: capacity, shares and strata, and the numbers that follow. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from compliance.planning.strata import LEAST
from compliance.shared.problems import Problem
from compliance.shared.words import N_

LEAST_RANDOM = 30
"""Per cent of the routine visits that chance alone decides, at least [proposal of the domain facts, 6.2]."""
MOST_VISITS = 20_000


@dataclass(frozen=True)
class Settings:
    """Capacity and shares of a period.

    ``visits``: how many there can be at most; ``inspector_days``: days of work that inspectors have, of which a visit
    takes ``days_per_visit`` (a team of two for a day: 2). ``random_share``: per cent of the routine visits (all but
    those kept free for complaints) that are drawn at random; ``complaint_share``: per cent of all kept free.
    ``smallest``: with fewer workplaces than these, a stratum is merged.
    """

    visits: int = 60
    inspector_days: int = 120
    days_per_visit: int = 2
    random_share: int = 50
    complaint_share: int = 10
    by_district: bool = False
    smallest: int = 4


@dataclass(frozen=True)
class Shares:
    """How many visits each route has."""

    total: int
    complaint: int
    random: int
    targeted: int


def settings_of(kept: Mapping[str, Any]) -> Settings:
    """Settings from their row; what it does not hold is as usual."""
    return Settings(**{name: kept[name] for name in asdict(Settings()) if name in kept})


def check(settings: Settings) -> None:
    """Raise ``Problem`` for the first number that cannot be, with its field."""
    for field, low, high in (
        ("visits", 1, MOST_VISITS),
        ("inspector_days", 1, MOST_VISITS * 10),
        ("days_per_visit", 1, 20),
        ("complaint_share", 0, 50),
        ("smallest", LEAST, 1000),
    ):
        if not low <= getattr(settings, field) <= high:
            raise Problem(
                "plan-number", N_("This number lies between %(low)s and %(high)s."), field=field, low=low, high=high
            )
    if not LEAST_RANDOM <= settings.random_share <= 100:
        raise Problem(
            "plan-random-share",
            N_("At least %(least)s%% of the routine visits are drawn at random: only they say something about all."),
            field="random_share",
            least=LEAST_RANDOM,
        )
    if shares(settings).total < 1:
        raise Problem(
            "plan-no-visit", N_("The inspector days do not suffice for a single visit."), field="inspector_days"
        )


def shares(settings: Settings) -> Shares:
    """The visits of each route. The random share is rounded up, that for complaints to the nearest."""
    total = min(settings.visits, settings.inspector_days // settings.days_per_visit)
    complaint = (total * settings.complaint_share + 50) // 100
    routine = total - complaint
    random = -(-routine * settings.random_share // 100)
    return Shares(total, complaint, random, routine - random)
