"""Statutory rates as data: minimum wages by district and day, and the constants of working time and pay.

Each rate says where it was read and whether that was confirmed. Nothing that is owed rests on a rate that is missing or
a draft: whoever reckons asks for confirmed rates, and says what else there is.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from compliance.shared.words import Text


class Status(StrEnum):
    """Whether amount, first day and districts of a rate were read in an official or dated source."""

    confirmed = "confirmed"
    draft = "draft"


@dataclass(frozen=True)
class MinimumWage:
    """The minimum wage of some districts from a day on, until their next one.

    ``districts``: codes, each standing for all that is inside it (5301 for Kunming). ``monthly``: yuan a month for
    full-time work; ``hourly``: yuan an hour for part-time work, None where it is not known.
    """

    valid_from: date
    districts: tuple[str, ...]
    monthly: Decimal
    hourly: Decimal | None
    status: Status
    source: Text

    def reach(self, district: str) -> int:
        """How closely it names a district: the length of the code that holds it, 0 where none does."""
        return max((len(code) for code in self.districts if district.startswith(code)), default=0)


@dataclass(frozen=True)
class PayConstants:
    """What the law says of time and pay from a day on, until the next ones.

    ``pay_days`` divide a monthly wage (days a month), ``day_hours`` a daily one. Premiums are times the hourly wage.
    ``overtime_hours`` is the most a month; ``part_time_hours`` the most a week. ``damage_share`` is the most that may
    be taken from a month's wage for damage, ``probation_share`` the least of the agreed wage that is paid on probation.
    ``laws`` has the articles of each of these by its name.
    """

    valid_from: date
    pay_days: Decimal
    day_hours: Decimal
    workday: Decimal
    rest_day: Decimal
    holiday: Decimal
    overtime_hours: Decimal
    part_time_hours: Decimal
    damage_share: Decimal
    probation_share: Decimal
    laws: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def month_hours(self) -> Decimal:
        """The hours that a monthly wage pays for (174)."""
        return self.pay_days * self.day_hours


@dataclass(frozen=True)
class Rates:
    """All rates there were and will be; each list oldest first."""

    minimum_wages: tuple[MinimumWage, ...]
    constants: tuple[PayConstants, ...]

    def minimum_wage(self, district: str, first: date, last: date, *, drafts: bool = False) -> MinimumWage | None:
        """The lowest of those in force on some day from ``first`` to ``last``; None where it is not known.

        A draft that is in force hides the confirmed one before it: what the law says now is then not known. With
        ``drafts`` it is taken for true.
        """
        of_here = self.of_district(district)
        begun = [one for one in of_here if one.valid_from <= first][-1:]
        in_force = begun + [one for one in of_here if first < one.valid_from <= last]
        if not begun or not (drafts or all(one.status is Status.confirmed for one in in_force)):
            return None
        return min(in_force, key=lambda one: one.monthly)

    def of_district(self, district: str) -> tuple[MinimumWage, ...]:
        """Those that name the district most closely. A sheet asks for one district hundreds of times."""
        if district not in self._known:
            reach = [one.reach(district) for one in self.minimum_wages]
            closest = max(reach, default=0)
            self._known[district] = tuple(
                one for one, far in zip(self.minimum_wages, reach, strict=True) if far and far == closest
            )
        return self._known[district]

    @cached_property
    def _known(self) -> dict[str, tuple[MinimumWage, ...]]:
        return {}

    def constants_of(self, day: date) -> PayConstants | None:
        """Those of a day; None before all of them."""
        return next((one for one in reversed(self.constants) if one.valid_from <= day), None)
