"""What a worker is owed for a month, by the law and to the cent, from one line of the pay records. Pure.

``static/js/tablet/pay/reckon.js`` says the same on the tablet; ``tests/cases/reckoning.json`` holds both to it.

All amounts are yuan as ``Decimal``; hours are hours. Nothing is rounded before an amount is owed, and then once, to the
cent, half up. Months are reckoned each by itself. Where the law leaves a choice the lower claim is taken: a figure in a
letter has to hold.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from compliance.checklists.rates import MinimumWage, PayConstants, Rates

NOTHING = Decimal(0)
_CENT = Decimal("0.01")


class Contract(StrEnum):
    """How a worker is employed."""

    full_time = "full_time"
    probation = "probation"
    part_time = "part_time"


class Basis(StrEnum):
    """What the agreed wage is for."""

    month = "month"
    hour = "hour"
    piece = "piece"


class Deduction(StrEnum):
    """What is taken from a wage."""

    tax = "tax"
    insurance = "insurance"
    court = "court"
    services = "services"
    """Meals, lodging and the like, agreed in writing."""
    damage = "damage"
    """Damage that the contract says is paid for."""
    damage_not_agreed = "damage_not_agreed"
    fine = "fine"
    deposit = "deposit"
    fee = "fee"
    """For recruitment, training, tools or clothing."""
    unexplained = "unexplained"


LAWFUL = frozenset({Deduction.tax, Deduction.insurance, Deduction.court, Deduction.services, Deduction.unexplained})
"""What is not claimed back. What nobody could explain is asked for and not claimed."""


@dataclass(frozen=True)
class Hours:
    """Hours of a month by kind. ``absent`` are unpaid; rest days that were given back as time off are ``normal``."""

    normal: Decimal = NOTHING
    workday: Decimal = NOTHING
    rest_day: Decimal = NOTHING
    holiday: Decimal = NOTHING
    absent: Decimal = NOTHING

    @property
    def overtime(self) -> Decimal:
        """All of it."""
        return self.workday + self.rest_day + self.holiday


@dataclass(frozen=True)
class Pay:
    """What the records say was paid for a month, before deductions.

    ``base``: for normal hours or pieces. ``other``: bonuses and allowances that count toward the minimum
    wage. ``special``: for shifts, heat or hazards, which do not. ``overtime``: for overtime.
    """

    base: Decimal = NOTHING
    other: Decimal = NOTHING
    special: Decimal = NOTHING
    overtime: Decimal = NOTHING

    @property
    def gross(self) -> Decimal:
        """All of it."""
        return self.base + self.other + self.special + self.overtime


@dataclass(frozen=True)
class PayRecord:
    """One worker's month, under a pseudonym.

    ``agreed``: the wage of the contract for its ``basis`` (a month, an hour, or all pieces made in the normal hours of
    this month at the agreed rate); None where it is not known. ``regular``: on probation, the
    agreed wage after it, where known. ``due_on``: the pay day; ``paid_on``: None where nothing was paid yet.
    """

    worker: str
    month: date
    contract: Contract
    basis: Basis
    agreed: Decimal | None
    hours: Hours
    pay: Pay
    due_on: date
    paid_on: date | None
    insured: bool | None = None
    regular: Decimal | None = None
    deductions: Mapping[Deduction, Decimal] = field(default_factory=dict)

    @property
    def last_day(self) -> date:
        """The last day of the month."""
        return (self.month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


@dataclass(frozen=True)
class Workplace:
    """What holds for all workers of a place: its district, and whether an approval of comprehensive working hours was
    shown (overtime on rest days then counts like that on work days).
    """

    district: str
    comprehensive: bool = False


class Rule(StrEnum):
    """What a line is about."""

    agreed_wage = "agreed_wage"
    minimum_wage = "minimum_wage"
    probation_wage = "probation_wage"
    overtime = "overtime"
    deduction = "deduction"
    late = "late"
    uninsured = "uninsured"
    overtime_hours = "overtime_hours"


class Gap(StrEnum):
    """What could not be reckoned, and why."""

    minimum_unknown = "minimum_unknown"
    """No confirmed minimum wage for the district and month."""
    agreed_unknown = "agreed_unknown"
    """The agreed wage is not known, so overtime has no base."""
    constants_unknown = "constants_unknown"
    """The month lies before all that is known of working time."""
    not_due = "not_due"
    """The pay day has not come."""
    insurance_unknown = "insurance_unknown"
    deduction_unexplained = "deduction_unexplained"


@dataclass(frozen=True)
class Line:
    """One rule that was not kept: what is owed for it (none for those that are no money), and the numbers behind it."""

    rule: Rule
    owed: Decimal
    numbers: Mapping[str, Decimal]
    laws: tuple[str, ...]
    deduction: Deduction | None = None


@dataclass(frozen=True)
class Reckoning:
    """A worker's month: what is owed for certain, and what more if rates that nobody confirmed are right."""

    worker: str
    month: date
    lines: tuple[Line, ...]
    gaps: tuple[Gap, ...]
    possible: Decimal = NOTHING
    minimum: MinimumWage | None = None
    draft: MinimumWage | None = None

    @property
    def owed(self) -> Decimal:
        """The sum of the lines."""
        return sum((line.owed for line in self.lines), NOTHING)


def reckon(record: PayRecord, place: Workplace, rates: Rates, as_of: date) -> Reckoning:
    """One worker's month, as things stood on a day."""
    span = record.month, record.last_day
    constants = rates.constants_of(record.month)
    if constants is None:
        return Reckoning(record.worker, record.month, (), (Gap.constants_unknown,))
    if record.paid_on is None and as_of <= record.due_on:
        return Reckoning(record.worker, record.month, (), (Gap.not_due,))
    minimum = rates.minimum_wage(place.district, *span)
    draft = rates.minimum_wage(place.district, *span, drafts=True) if minimum is None else None
    lines = tuple(_lines(_Month(record, place, constants, minimum), as_of))
    possible = NOTHING
    if draft is not None:
        more = _lines(_Month(record, place, constants, draft), as_of)
        possible = sum((line.owed for line in more), NOTHING) - sum((line.owed for line in lines), NOTHING)
    return Reckoning(
        record.worker, record.month, lines, tuple(_gaps(record, minimum)), max(possible, NOTHING), minimum, draft
    )


def owed(reckonings: Iterable[Reckoning]) -> dict[str, Decimal]:
    """What each worker is owed over all months, by pseudonym, in their order."""
    found: dict[str, Decimal] = {}
    for one in reckonings:
        found[one.worker] = found.get(one.worker, NOTHING) + one.owed
    return found


@dataclass(frozen=True)
class _Month:
    """A record beside the rates that hold for it."""

    record: PayRecord
    place: Workplace
    constants: PayConstants
    minimum: MinimumWage | None

    @property
    def paid(self) -> Pay:
        """What was paid: nothing, as long as nothing was, whatever the records promise."""
        return self.record.pay if self.record.paid_on else Pay()

    @property
    def countable(self) -> Decimal:
        """What was paid for normal hours and counts toward the minimum wage."""
        return self.paid.base + self.paid.other

    def agreed_due(self) -> Decimal | None:
        """The agreed wage for the normal hours of the month; None where it is not known."""
        record = self.record
        match record.basis:
            case _ if record.agreed is None:
                return None
            case Basis.month:
                return self._part_of(record.agreed)
            case Basis.hour:
                return record.agreed * record.hours.normal
            case Basis.piece:
                return record.agreed

    def minimum_due(self) -> Decimal:
        """The minimum wage for the normal hours of the month; 0 where it is not known."""
        if self.minimum is None:
            return NOTHING
        if self.record.contract is Contract.part_time:
            return (self.minimum.hourly or NOTHING) * self.record.hours.normal
        return self._part_of(self.minimum.monthly)

    def probation_due(self) -> Decimal:
        """The least on probation: a share of the wage agreed for afterwards, where that is known."""
        regular = self.record.regular
        if self.record.contract is not Contract.probation or regular is None:
            return NOTHING
        least = regular * self.constants.probation_share
        return self._part_of(least) if self.record.basis is Basis.month else least * self.record.hours.normal

    def _part_of(self, monthly: Decimal) -> Decimal:
        """Of a monthly wage what a month with unpaid absence earns [own reading]: who was there for at least half of
        the hours loses the absent ones, who was not earns those worked. Never less than nothing, nor more than all.
        """
        hours, whole = self.record.hours, self.constants.month_hours
        if not hours.absent:
            return monthly
        earned = whole - hours.absent if 2 * hours.normal >= whole else hours.normal
        return monthly * max(NOTHING, min(earned, whole)) / whole

    def hourly(self) -> "_Hourly | None":
        """What an hour of overtime is reckoned from; None where it is not known. Never below the minimum wage."""
        record, whole, one = self.record, self.constants.month_hours, Decimal(1)
        least = _Hourly(NOTHING, one)
        if self.minimum is not None:
            part_time = record.contract is Contract.part_time
            least = _Hourly(self.minimum.hourly or NOTHING, one) if part_time else _Hourly(self.minimum.monthly, whole)
        match record.basis:
            case Basis.month if record.agreed is not None:
                agreed = _Hourly(record.agreed, whole)
            case Basis.hour if record.agreed is not None:
                agreed = _Hourly(record.agreed, one)
            case Basis.piece if record.agreed is not None and record.hours.normal:
                agreed = _Hourly(record.agreed, record.hours.normal)
            case _:
                return least if least.amount else None
        return max(agreed, least, key=lambda one: one.amount / one.hours)


@dataclass(frozen=True)
class _Hourly:
    """What an hour earns, as an amount for some hours: divided first, a third of a cent would be lost on the way."""

    amount: Decimal
    hours: Decimal

    def of(self, hours: Decimal, premium: Decimal) -> Decimal:
        """What some hours earn at a premium, to the cent."""
        return cents(hours * premium * self.amount / self.hours)


def _lines(month: _Month, as_of: date) -> Iterator[Line]:
    yield from _for_normal_hours(month)
    yield from _for_overtime(month)
    yield from _for_deductions(month)
    yield from _beside_money(month, as_of)


def _for_normal_hours(month: _Month) -> Iterator[Line]:
    """The agreed wage, then what the least on probation and the minimum wage add to it: nothing is counted twice."""
    reached = month.countable
    laws = month.constants.laws
    for rule, due in (
        (Rule.agreed_wage, month.agreed_due()),
        (Rule.probation_wage, month.probation_due()),
        (Rule.minimum_wage, month.minimum_due()),
    ):
        if due is None:
            continue
        if cents(due - reached) > 0:
            numbers = {"due": cents(due), "paid": cents(month.countable)}
            yield Line(rule, cents(due - reached), numbers, laws.get(rule.value, laws.get("probation_share", ())))
        reached = max(reached, due)


def _for_overtime(month: _Month) -> Iterator[Line]:
    """Overtime at its premiums. What was paid above what normal hours earn counts as paid for it."""
    hours, constants, hourly = month.record.hours, month.constants, month.hourly()
    if not hours.overtime or hourly is None:
        return
    premiums = {
        "workday": constants.workday,
        "rest_day": constants.workday if month.place.comprehensive else constants.rest_day,
        "holiday": constants.holiday,
    }
    if month.record.contract is Contract.part_time:
        premiums = dict.fromkeys(premiums, Decimal(1))  # no premium is certain for part-time work
    dues = {kind: hourly.of(getattr(hours, kind), premium) for kind, premium in premiums.items()}
    normal = max(month.agreed_due() or NOTHING, month.probation_due(), month.minimum_due())
    paid = month.paid.overtime + max(NOTHING, month.countable - normal)
    due = sum(dues.values(), NOTHING)
    if cents(due - paid) > 0:
        numbers = {"hourly": cents(hourly.amount / hourly.hours), "due": due, "paid": cents(paid)}
        numbers |= {f"{kind}_hours": getattr(hours, kind) for kind in dues} | dues
        yield Line(Rule.overtime, cents(due - paid), numbers, constants.laws.get("premiums", ()))


def _for_deductions(month: _Month) -> Iterator[Line]:
    """What may not be taken. Of damage so much may, as the share of the wage and the minimum wage both leave."""
    if not month.record.paid_on:
        return  # nothing was paid, so nothing was taken
    laws = month.constants.laws.get("damage_share", ())
    gross = month.record.pay.gross
    least = month.minimum_due()
    for kind, taken in month.record.deductions.items():
        if kind in LAWFUL or taken <= 0:
            continue
        allowed = NOTHING
        if kind is Deduction.damage:
            allowed = max(NOTHING, min(month.constants.damage_share * gross, gross - least))
        if cents(taken - allowed) > 0:
            numbers = {"taken": taken, "allowed": cents(allowed), "gross": gross}
            yield Line(Rule.deduction, cents(taken - allowed), numbers, laws, kind)


def _beside_money(month: _Month, as_of: date) -> Iterator[Line]:
    record, constants = month.record, month.constants
    late = ((record.paid_on or as_of) - record.due_on).days
    if late > 0:
        yield Line(Rule.late, NOTHING, {"days": Decimal(late)}, constants.laws.get("late", ()))
    if record.insured is False and record.contract is not Contract.part_time:
        yield Line(Rule.uninsured, NOTHING, {}, constants.laws.get("insurance", ()))
    if record.hours.overtime > constants.overtime_hours and not month.place.comprehensive:
        numbers = {"hours": record.hours.overtime, "limit": constants.overtime_hours}
        yield Line(Rule.overtime_hours, NOTHING, numbers, constants.laws.get("overtime_hours", ()))


def _gaps(record: PayRecord, minimum: MinimumWage | None) -> Iterator[Gap]:
    if minimum is None or (record.contract is Contract.part_time and minimum.hourly is None):
        yield Gap.minimum_unknown
    if record.agreed is None:
        yield Gap.agreed_unknown
    if record.insured is None:
        yield Gap.insurance_unknown
    if record.deductions.get(Deduction.unexplained):
        yield Gap.deduction_unexplained


def cents(amount: Decimal) -> Decimal:
    """Rounded to the cent, half up."""
    return amount.quantize(_CENT, ROUND_HALF_UP)
