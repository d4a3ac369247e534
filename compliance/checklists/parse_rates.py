"""Reads the statutory rates of pay: minimum wages by district, and the constants of working time."""

import itertools
import re
from collections.abc import Collection
from decimal import Decimal

from compliance.checklists.complaints import Place
from compliance.checklists.rates import MinimumWage, PayConstants, Rates, Status
from compliance.checklists.reader import Reader
from compliance.checklists.source import Group

_DISTRICT = re.compile(r"\d{2}(\d{2}){0,2}")
_PREMIUMS = ("workday", "rest_day", "holiday")
_NUMBERS = {
    "pay_days": ("1", "31"),
    "day_hours": ("1", "24"),
    "overtime_hours": ("0", "744"),
    "part_time_hours": ("0", "168"),
    "damage_share": ("0", "1"),
    "probation_share": ("0", "1"),
}
_LAWS = (
    "pay_days", "premiums", "overtime_hours", "part_time_hours", "damage_share", "probation_share", "minimum_wage",
    "agreed_wage", "late", "insurance",
)  # fmt: skip


def read_rates(reader: Reader, root: Group, laws: Collection[str] | None = None) -> Rates | None:
    """The rates of one file; None where there are none to use. ``laws``: the articles there are, if they are known."""
    reader.keys(root, ("rates",))
    rates = reader.group(root, "rates")
    if rates is None:
        return None
    reader.keys(rates, ("constants", "minimum_wages"))
    constants = [one for group in reader.groups(rates, "constants") if (one := _constants(reader, group, laws))]
    wages = [wage for group in reader.groups(rates, "minimum_wages") if (wage := _minimum_wage(reader, group))]
    for earlier, later in itertools.pairwise(constants):
        if later.valid_from <= earlier.valid_from:
            reader.complain("C321", rates.at("constants"), first=earlier.valid_from, value=later.valid_from)
    _in_order(reader, rates.at("minimum_wages"), wages)
    return Rates(tuple(wages), tuple(constants))


def _in_order(reader: Reader, place: Place, wages: Collection[MinimumWage]) -> None:
    last: dict[str, MinimumWage] = {}
    for one in wages:
        for code in one.districts:
            before = last.get(code)
            if before and one.valid_from <= before.valid_from:
                reader.complain("C321", place, first=before.valid_from, value=one.valid_from)
            last[code] = one


def _constants(reader: Reader, group: Group, known: Collection[str] | None) -> PayConstants | None:
    reader.keys(group, ("from", "premiums", "laws", *_NUMBERS))
    valid_from = reader.day(group, "from")
    numbers = {key: reader.number(group, key, *span) for key, span in _NUMBERS.items()}
    table = reader.group(group, "premiums")
    premiums: dict[str, Decimal | None] = dict.fromkeys(_PREMIUMS)
    if table:
        reader.keys(table, _PREMIUMS)
        premiums = {key: reader.number(table, key, "1", "10") for key in _PREMIUMS}
    values = {key: value for key, value in (numbers | premiums).items() if value is not None}
    laws = _laws(reader, group, known)
    if valid_from is None or len(values) < len(_NUMBERS) + len(_PREMIUMS):
        return None
    return PayConstants(valid_from=valid_from, laws=laws, **values)


def _laws(reader: Reader, group: Group, known: Collection[str] | None) -> dict[str, tuple[str, ...]]:
    table = reader.group(group, "laws")
    if table is None:
        return {}
    reader.keys(table, _LAWS)
    found = {name: reader.words(table, name) for name in _LAWS}
    for name, articles in found.items():
        for article in articles:
            if known is not None and article not in known:
                reader.complain("C301", table.at(name), value=article)
    return found


def _minimum_wage(reader: Reader, group: Group) -> MinimumWage | None:
    reader.keys(group, ("from", "districts", "monthly", "status", "source"), ("hourly",))
    valid_from, source = reader.day(group, "from"), reader.text(group, "source")
    districts = reader.words(group, "districts")
    for code in districts:
        if not _DISTRICT.fullmatch(code):
            reader.complain("C112", group.at("districts"), key="districts", value=code[:80], example="530102")
    monthly = reader.number(group, "monthly", "1", "100000")
    hourly = reader.number(group, "hourly", "0.01", "10000")
    status = reader.choice(group, "status", tuple(Status))
    if valid_from is None or monthly is None or not districts or not status:
        return None
    return MinimumWage(valid_from, districts, monthly, hourly, Status(status), source)
