"""Statutory rates: sound files are read, broken ones told with line and remedy; a draft is never taken for the law."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from compliance.checklists import parse, store
from compliance.checklists.rates import Rates, Status
from compliance.shared import places
from tests.checklists.small import outcome

RATES = """rates:
  constants:
    - from: 2008-01-03
      pay_days: 21.75
      day_hours: 8
      premiums: {workday: 1.5, rest_day: 2, holiday: 3}
      overtime_hours: 36
      part_time_hours: 24
      damage_share: 0.2
      probation_share: 0.8
      laws:
        pay_days: []
        premiums: [LL-48]
        overtime_hours: []
        part_time_hours: []
        damage_share: []
        probation_share: []
        minimum_wage: [LL-48]
        agreed_wage: []
        late: []
        insurance: []
  minimum_wages:
    - {from: 2010-07-01, districts: ["5301"], monthly: 740, status: confirmed, source: {en: Read, zh: 已核对}}
    - {from: 2010-07-01, districts: ["530102"], monthly: 830, hourly: 8, status: confirmed, source: {en: Read, zh: 读}}
    - {from: 2011-03-15, districts: ["530102"], monthly: 900, hourly: 9, status: confirmed, source: {en: Read, zh: 读}}
    - {from: 2012-01-01, districts: ["530102"], monthly: 990, hourly: 10, status: draft, source: {en: Heard, zh: 听说}}
"""
FAULTS = {
    "C101": ("day_hours: 8", "day_houres: 8", 5),
    "C102": ("      pay_days: 21.75\n", "", 3),
    "C107": ("monthly: 740", "monthly: much", 23),
    "C108": ("workday: 1.5", "workday: 0.5", 6),
    "C110": ("from: 2012-01-01", "from: 2012-01-32", 26),
    "C111": ("status: draft", "status: drafft", 26),
    "C112": ('["5301"]', '["Kunming"]', 23),
    "C301": ("minimum_wage: [LL-48]", "minimum_wage: [LL-4800]", 18),
    "C321": ("from: 2011-03-15", "from: 2010-03-15", 22),
}


def read(files: dict[str, str]) -> Rates:
    found = outcome({**files, "rates.yaml": RATES})
    assert found.complaints == () and found.rates is not None
    return found.rates


@pytest.mark.parametrize(
    ("district", "first", "last", "drafts", "monthly"),
    [
        ("530102", date(2010, 6, 1), date(2010, 6, 30), False, None),  # before all that is known
        ("530102", date(2010, 6, 1), date(2010, 7, 31), False, None),  # not known on its first day
        ("530102", date(2010, 7, 1), date(2010, 7, 31), False, 830),
        ("530111", date(2010, 7, 1), date(2010, 7, 31), False, 740),  # the city's, where the district has none
        ("530111", date(2020, 7, 1), date(2020, 7, 31), False, 740),
        ("532501", date(2010, 7, 1), date(2010, 7, 31), False, None),
        ("530102", date(2011, 2, 1), date(2011, 2, 28), False, 830),
        ("530102", date(2011, 3, 1), date(2011, 3, 31), False, 830),  # it rose within the month: the lower one
        ("530102", date(2011, 4, 1), date(2011, 4, 30), False, 900),
        ("530102", date(2012, 1, 1), date(2012, 1, 31), False, None),  # a draft hides what was confirmed before it
        ("530102", date(2012, 1, 1), date(2012, 1, 31), True, 990),
    ],
)
def test_the_minimum_wage_of_a_month(
    files: dict[str, str], district: str, first: date, last: date, drafts: bool, monthly: int | None
) -> None:
    found = read(files).minimum_wage(district, first, last, drafts=drafts)
    assert (found and found.monthly) == (monthly and Decimal(monthly))


def test_constants_hold_from_their_day(files: dict[str, str]) -> None:
    rates = read(files)
    [constants] = rates.constants
    assert rates.constants_of(constants.valid_from) is constants
    assert rates.constants_of(constants.valid_from - timedelta(days=1)) is None
    assert constants.month_hours == 174


@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_is_told_with_its_line(files: dict[str, str], code: str) -> None:
    right, wrong, line = FAULTS[code]
    assert RATES.count(right) == 1
    complaints = outcome({**files, "rates.yaml": RATES.replace(right, wrong)}).complaints
    found = {one.code: one for one in complaints}
    assert code in found, complaints
    assert (found[code].place.file, found[code].place.line) == ("rates.yaml", line)
    assert found[code].remedy


def test_rates_change_no_checklist(files: dict[str, str]) -> None:
    without, with_them = outcome(files).checklist, outcome({**files, "rates.yaml": RATES}).checklist
    assert without is not None and without == with_them


def test_of_the_shipped_rates_only_what_was_read_is_confirmed() -> None:
    rates = parse.check(store.read_folder(places.checklists_dir())).rates
    assert rates is not None and len(rates.constants) >= 1
    assert {one.valid_from for one in rates.minimum_wages if one.status is Status.confirmed} == {date(2010, 7, 1)}
    assert all(one.source.en and one.source.zh for one in rates.minimum_wages)
