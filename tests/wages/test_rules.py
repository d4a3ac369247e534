"""What a worker is owed for a month: each rule with its cases, at its boundaries and across a change of law."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.checklists.rates import MinimumWage, PayConstants, Rates, Status
from compliance.shared.words import Text
from compliance.wages.rules import (
    LAWFUL,
    Basis,
    Contract,
    Deduction,
    Gap,
    Hours,
    Line,
    Pay,
    PayRecord,
    Reckoning,
    Rule,
    Workplace,
    owed,
    reckon,
)

D = Decimal
READ = Text("Read", "已核对")
CONSTANTS = PayConstants(
    date(2008, 1, 3), D("21.75"), D(8), D("1.5"), D(2), D(3), D(36), D(24), D("0.2"), D("0.8"), {"premiums": ("LL-44",)}
)
RATES = Rates(
    (
        MinimumWage(date(2025, 1, 1), ("5301",), D(2170), D(21), Status.confirmed, READ),
        MinimumWage(date(2026, 4, 16), ("5301",), D(2300), D(22), Status.confirmed, READ),
        MinimumWage(date(2026, 10, 1), ("5301",), D(2400), None, Status.draft, READ),
    ),
    (CONSTANTS,),
)
HERE = Workplace("530102")
MARCH = date(2026, 3, 1)
TODAY = date(2026, 11, 22)


def record(**given: Any) -> PayRecord:
    """A month in which everything was right: 2,600 agreed and paid on the day."""
    whole: dict[str, Any] = {
        "worker": "A", "month": MARCH, "contract": Contract.full_time, "basis": Basis.month, "agreed": D(2600),
        "hours": Hours(normal=D(174)), "pay": Pay(base=D(2600)), "due_on": date(2026, 4, 15),
        "paid_on": date(2026, 4, 15), "insured": True,
    }  # fmt: skip
    return PayRecord(**(whole | given))


def of(**given: Any) -> Reckoning:
    return reckon(record(**given), HERE, RATES, TODAY)


def lines(found: Reckoning) -> dict[Rule, Decimal]:
    return {line.rule: line.owed for line in found.lines}


def test_a_month_that_was_right_has_no_line() -> None:
    found = of()
    assert (found.lines, found.gaps, found.owed, found.possible) == ((), (), 0, 0)
    assert found.minimum is RATES.minimum_wages[0]


# -- normal hours -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"pay": Pay(base=D("2599.99"))}, {Rule.agreed_wage: D("0.01")}),
        ({"pay": Pay(base=D(2400), other=D(200))}, {}),  # a bonus counts
        ({"pay": Pay(base=D(2400), special=D(200))}, {Rule.agreed_wage: D(200)}),  # heat allowance does not
        ({"agreed": D(2170), "pay": Pay(base=D(2170))}, {}),  # the minimum wage to the yuan
        ({"agreed": D(2000), "pay": Pay(base=D(2000))}, {Rule.minimum_wage: D(170)}),
        # nothing is counted twice: 100 of the contract, and 170 that the contract lacks
        ({"agreed": D(2000), "pay": Pay(base=D(1900))}, {Rule.agreed_wage: D(100), Rule.minimum_wage: D(170)}),
        ({"agreed": D(2000), "pay": Pay(base=D(1900), overtime=D(500))},
         {Rule.agreed_wage: D(100), Rule.minimum_wage: D(170)}),  # overtime pay never makes up for it
        ({"agreed": None, "pay": Pay(base=D(2100))}, {Rule.minimum_wage: D(70)}),
        ({"month": date(2026, 4, 1), "agreed": D(2170), "pay": Pay(base=D(2170))}, {}),  # it rose on the 16th
        ({"month": date(2026, 5, 1), "agreed": D(2170), "pay": Pay(base=D(2170))}, {Rule.minimum_wage: D(130)}),
        ({"contract": Contract.part_time, "basis": Basis.hour, "agreed": D(20), "hours": Hours(normal=D(80)),
          "pay": Pay(base=D(1600))}, {Rule.minimum_wage: D(80)}),
        ({"contract": Contract.part_time, "basis": Basis.hour, "agreed": D(21), "hours": Hours(normal=D(80)),
          "pay": Pay(base=D(1680))}, {}),
        ({"contract": Contract.probation, "agreed": D(2300), "regular": D(3000), "pay": Pay(base=D(2300))},
         {Rule.probation_wage: D(100)}),
        ({"contract": Contract.probation, "agreed": D(2400), "regular": D(3000), "pay": Pay(base=D(2400))}, {}),
        ({"contract": Contract.probation, "agreed": D(2000), "regular": D(2500), "pay": Pay(base=D(2000))},
         {Rule.minimum_wage: D(170)}),
        ({"basis": Basis.piece, "agreed": D(2100), "pay": Pay(base=D(2100))}, {Rule.minimum_wage: D(70)}),
        ({"basis": Basis.piece, "agreed": D(3000), "pay": Pay(base=D(2500))}, {Rule.agreed_wage: D(500)}),
    ],
)  # fmt: skip
def test_normal_hours(given: dict[str, Any], expected: dict[Rule, Decimal]) -> None:
    assert lines(of(**given)) == expected


@pytest.mark.parametrize(
    ("normal", "absent", "due"),
    [
        (166, 8, "2480.46"),  # a day away: what 166 of 174 hours earn
        (87, 97, "1150.57"),  # half of the hours, and more away than an average month has left
        (86, 98, "1285.06"),  # less than half: what was worked
        (8, 176, "119.54"),
        (0, 184, "0"),
    ],
)
def test_unpaid_absence(normal: int, absent: int, due: str) -> None:
    hours = Hours(normal=D(normal), absent=D(absent))
    found = of(hours=hours, pay=Pay(), month=MARCH)
    assert found.owed == D(due)


# -- overtime ---------------------------------------------------------------------------------------------------------


def overtime(**given: Any) -> Line | None:
    return next((line for line in of(**given).lines if line.rule is Rule.overtime), None)


def test_overtime_at_its_three_premiums() -> None:
    line = overtime(hours=Hours(normal=D(174), workday=D(20), rest_day=D(8), holiday=D(8)))
    assert line is not None and line.laws == ("LL-44",)
    assert line.numbers["hourly"] == D("14.94")
    assert [line.numbers[kind] for kind in ("workday", "rest_day", "holiday")] == [
        D("448.28"),
        D("239.08"),
        D("358.62"),
    ]
    assert line.owed == D("1045.98")  # with the wage of 2,600: 3,645.98


@pytest.mark.parametrize(
    ("agreed", "hours", "due"), [("2600.02", "29", "650.01"), ("2600.34", "29", "650.09"), ("2600", "7.25", "162.50")]
)
def test_a_half_cent_is_not_lost_where_the_hourly_wage_never_ends(agreed: str, hours: str, due: str) -> None:
    month = {"agreed": D(agreed), "pay": Pay(base=D(agreed)), "hours": Hours(normal=D(174), workday=D(hours))}
    line = overtime(**month)
    assert line is not None and line.owed == D(due)


def test_overtime_of_the_minimum_wage_where_the_contract_says_less() -> None:
    for kind, due in (("workday", "18.71"), ("rest_day", "24.94"), ("holiday", "37.41")):
        line = overtime(agreed=D(2000), pay=Pay(base=D(2170)), hours=Hours(normal=D(174), **{kind: D(1)}))
        assert line is not None and line.owed == D(due)


@pytest.mark.parametrize(
    ("pay", "due"),
    [
        (Pay(base=D(2600), overtime=D("448.27")), "0.01"),
        (Pay(base=D(2600), overtime=D("448.28")), None),
        (Pay(base=D(2600), overtime=D("600")), None),
        (Pay(base=D(2900)), "148.28"),  # what is paid above normal hours was paid for it
        (Pay(base=D(2600), special=D(500)), "448.28"),  # an allowance for heat was not
    ],
)
def test_what_was_paid_for_overtime(pay: Pay, due: str | None) -> None:
    line = overtime(pay=pay, hours=Hours(normal=D(174), workday=D(20)))
    assert (line and line.owed) == (due and D(due))


def test_with_comprehensive_hours_a_rest_day_counts_as_a_work_day() -> None:
    one = record(hours=Hours(normal=D(174), rest_day=D(40)))
    [plain, over] = reckon(one, HERE, RATES, TODAY).lines
    [line] = reckon(one, Workplace("530102", comprehensive=True), RATES, TODAY).lines
    assert (plain.owed, over.rule, line.owed) == (D("1195.40"), Rule.overtime_hours, D("896.55"))


def test_without_an_agreed_wage_overtime_rests_on_the_minimum_wage() -> None:
    line = overtime(agreed=None, hours=Hours(normal=D(174), workday=D(1)), pay=Pay(base=D(2170)))
    assert line is not None and line.owed == D("18.71")
    found = of(agreed=None, month=date(2024, 3, 1), hours=Hours(normal=D(174), workday=D(1)))
    assert found.lines == () and set(found.gaps) == {Gap.minimum_unknown, Gap.agreed_unknown}


@pytest.mark.parametrize(("hours", "told"), [("36", False), ("36.5", True)])
def test_more_than_36_hours_of_overtime(hours: str, told: bool) -> None:
    found = of(hours=Hours(normal=D(174), workday=D(hours)), pay=Pay(base=D(2600), overtime=D(5000)))
    assert lines(found) == ({Rule.overtime_hours: 0} if told else {})


# -- deductions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("taken_for", Deduction)
def test_what_may_be_taken(taken_for: Deduction) -> None:
    found = of(deductions={taken_for: D(100)})
    if taken_for in LAWFUL or taken_for is Deduction.damage:
        assert found.owed == 0
    else:
        [line] = found.lines
        assert (line.rule, line.deduction, line.owed) == (Rule.deduction, taken_for, D(100))
    assert (Gap.deduction_unexplained in found.gaps) == (taken_for is Deduction.unexplained)


@pytest.mark.parametrize(
    ("wage", "taken", "owed"),
    [
        (3000, "600", "0"),  # a fifth
        (3000, "600.01", "0.01"),
        (2600, "430", "0"),  # a fifth would be 520: the minimum wage has to be left
        (2600, "430.01", "0.01"),
        (2170, "50", "50"),
    ],
)
def test_damage_leaves_four_fifths_and_the_minimum_wage(wage: int, taken: str, owed: str) -> None:
    found = of(agreed=D(wage), pay=Pay(base=D(wage)), deductions={Deduction.damage: D(taken)})
    assert found.owed == D(owed)


# -- late, unpaid, uninsured ------------------------------------------------------------------------------------------


def test_nothing_paid_owes_everything_and_takes_nothing_off() -> None:
    found = of(paid_on=None, deductions={Deduction.fine: D(100)})
    assert lines(found) == {Rule.agreed_wage: D(2600), Rule.late: 0}
    assert next(line.numbers["days"] for line in found.lines if line.rule is Rule.late) == 221


def test_before_the_pay_day_nothing_is_owed() -> None:
    one = record(paid_on=None)
    assert reckon(one, HERE, RATES, one.due_on).gaps == (Gap.not_due,)
    assert reckon(one, HERE, RATES, one.due_on + timedelta(days=1)).owed == D(2600)


@pytest.mark.parametrize(("days", "told"), [(-3, False), (0, False), (1, True)])
def test_paid_late(days: int, told: bool) -> None:
    found = of(paid_on=date(2026, 4, 15) + timedelta(days=days))
    assert lines(found) == ({Rule.late: 0} if told else {})


def test_insurance() -> None:
    assert lines(of(insured=False)) == {Rule.uninsured: 0}
    assert of(insured=None).gaps == (Gap.insurance_unknown,)
    part_time = of(insured=False, contract=Contract.part_time, basis=Basis.hour, agreed=D(30), pay=Pay(base=D(5220)))
    assert lines(part_time) == {}


# -- rates that are missing or a draft --------------------------------------------------------------------------------


def test_a_draft_is_said_and_nothing_is_claimed_from_it() -> None:
    found = of(month=date(2026, 10, 1), due_on=date(2026, 11, 15), agreed=D(2300), pay=Pay(base=D(2300)))
    assert (found.owed, found.possible, found.minimum, found.draft) == (0, D(100), None, RATES.minimum_wages[2])
    assert found.gaps == (Gap.minimum_unknown,)


def test_a_month_before_all_that_is_known_is_not_reckoned() -> None:
    found = of(month=date(2007, 12, 1), due_on=date(2008, 1, 15), pay=Pay())
    assert (found.lines, found.gaps) == ((), (Gap.constants_unknown,))


# -- what holds for all -----------------------------------------------------------------------------------------------

money = st.decimals(0, 20_000, places=2)
hours = st.decimals(0, 120, places=1)


@st.composite
def records(draw: st.DrawFn) -> PayRecord:
    month = draw(st.dates(date(2024, 1, 1), date(2026, 12, 31))).replace(day=1)
    due_on = month + timedelta(days=45)
    return PayRecord(
        worker=draw(st.sampled_from("ABC")),
        month=month,
        contract=draw(st.sampled_from(Contract)),
        basis=draw(st.sampled_from(Basis)),
        agreed=draw(st.none() | money),
        hours=Hours(draw(st.decimals(0, 184, places=1)), draw(hours), draw(hours), draw(hours), draw(hours)),
        pay=Pay(draw(money), draw(money), draw(money), draw(money)),
        due_on=due_on,
        paid_on=draw(st.none() | st.dates(due_on - timedelta(days=5), due_on + timedelta(days=400))),
        insured=draw(st.sampled_from([True, False, None])),
        regular=draw(st.none() | money),
        deductions=draw(st.dictionaries(st.sampled_from(Deduction), money, max_size=3)),
    )


places = st.builds(Workplace, st.sampled_from(["530102", "440305", ""]), st.booleans())


@given(records(), places, st.sampled_from(["base", "other", "special", "overtime"]), money)
def test_paying_more_never_raises_what_is_owed(one: PayRecord, place: Workplace, kind: str, more: Decimal) -> None:
    richer = replace(one, pay=replace(one.pay, **{kind: getattr(one.pay, kind) + more}))
    before, after = reckon(one, place, RATES, TODAY), reckon(richer, place, RATES, TODAY)
    assert after.owed <= before.owed
    assert after.owed + after.possible <= before.owed + before.possible


@given(st.lists(records(), max_size=6), places)
def test_months_stand_by_themselves_and_sums_equal_their_parts(some: list[PayRecord], place: Workplace) -> None:
    found = [reckon(one, place, RATES, TODAY) for one in some]
    again = [reckon(one, place, RATES, TODAY) for one in reversed(some)]
    assert found == again[::-1]
    assert sum(owed(found).values()) == sum(line.owed for one in found for line in one.lines)
    assert all(line.owed >= 0 and line.owed == round(line.owed, 2) for one in found for line in one.lines)
    assert all(one.possible >= 0 for one in found)


@given(records(), places)
def test_what_is_not_known_is_said_and_never_claimed(one: PayRecord, place: Workplace) -> None:
    found = reckon(one, place, RATES, TODAY)
    if found.minimum is None:
        assert Rule.minimum_wage not in lines(found)
        assert {Gap.minimum_unknown, Gap.not_due, Gap.constants_unknown} & set(found.gaps)
    if found.draft is None:
        assert found.possible == 0
