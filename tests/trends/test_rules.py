"""What enters a figure, and when a figure stays silent."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.checklists.policy import Severity
from compliance.corrective_actions.rules import ActionState
from compliance.trends import periods, rules
from compliance.trends.periods import Span, Step
from compliance.trends.rules import (
    MINIMUM_VISITS,
    NO_BAND,
    OVERALL,
    ROUTES,
    ActionFact,
    By,
    Cell,
    Figure,
    Place,
    Selection,
    View,
    VisitFact,
)
from compliance.visits.states import Outcome, Route

FIRST = date(2026, 1, 1)
WANTED = Selection(Span(FIRST, date(2026, 12, 31)))
PLACES = [Place("C18", "530102", "small"), Place("C19", "530103", ""), Place("", "", "large")]


def fact(number: int = 0, **changes: object) -> VisitFact:
    values: dict[str, object] = {
        "id": UUID(int=number),
        "route": Route.random,
        "outcome": Outcome.completed,
        "released": True,
        "on": FIRST,
        "enterprise_id": number,
        "active": True,
        "place": PLACES[0],
        "figures": {OVERALL: Figure(80.0, "fair"), "wages": Figure(60.0, "improve")},
    }
    return VisitFact(**{**values, **changes})  # type: ignore[arg-type]


@st.composite
def facts(draw: st.DrawFn) -> list[VisitFact]:
    def one(number: int) -> VisitFact:
        score = draw(st.none() | st.floats(0, 100).map(lambda value: round(value, 1)))
        figure = Figure(score, draw(st.sampled_from(["good", "fair", None])), draw(st.booleans()))
        released = draw(st.booleans())
        return fact(
            number,
            route=draw(st.sampled_from(Route)),
            outcome=draw(st.sampled_from(Outcome)),
            released=released,
            on=FIRST + timedelta(days=draw(st.integers(0, 364))),
            enterprise_id=draw(st.integers(0, 6)),
            active=draw(st.booleans()),
            place=draw(st.sampled_from(PLACES)),
            figures={OVERALL: figure, "wages": figure} if released else {},
        )

    return [one(number) for number in range(draw(st.integers(0, 25)))]


def test_a_follow_up_visit_enters_no_view() -> None:
    assert all(Route.follow_up not in routes for routes in ROUTES.values())
    assert not any(rules.compared([fact(route=Route.follow_up)], view) for view in View)


@pytest.mark.parametrize(
    ("changes", "enters"),
    [
        ({}, True),
        ({"route": Route.targeted}, False),
        ({"outcome": Outcome.refused}, False),
        ({"released": False}, False),
        ({"figures": {}}, False),
        ({"figures": {OVERALL: Figure(80.0, None, provisional=True)}}, False),
        ({"figures": {OVERALL: Figure(None, None)}}, False),
        # Zero tolerance hides the number on paper; left out, the worst would flatter the average.
        ({"figures": {OVERALL: Figure(91.0, "urgent")}}, True),
    ],
)
def test_what_enters_an_average_over_random_visits(changes: dict[str, object], enters: bool) -> None:
    visit = fact(**changes)
    assert rules.enters(visit, View.random, OVERALL) is enters
    assert rules.score(rules.compared([visit], View.random), OVERALL).n == int(enters)


def test_only_all_routes_knowingly_mixes_them() -> None:
    mixed = [fact(number, route=route) for number, route in enumerate(Route)]
    assert {visit.route for visit in rules.compared(mixed, View.all)} == set(Route) - {Route.follow_up}
    for view in rules.APART:
        assert {visit.route for visit in rules.compared(mixed, view)} == {Route(view.value)}


@pytest.mark.parametrize("n", [0, 1, MINIMUM_VISITS - 1, MINIMUM_VISITS])
def test_too_few_visits_give_their_number_and_no_average(n: int) -> None:
    found = rules.average([50.0] * n + [None])
    assert found.n == n
    assert found.too_few is (0 < n < MINIMUM_VISITS)
    assert (found.mean is None) is (found.median is None) is (n < MINIMUM_VISITS)
    assert (rules.share(1, n) is None) is (n < MINIMUM_VISITS)


def test_average_and_median_of_a_known_case() -> None:
    found = rules.average([10, 20, 30, 40, 50, 60, 70, 80, 90])
    assert (found.n, found.mean, found.median) == (9, 50, 50)


@given(facts(), st.sampled_from(View), st.sampled_from([OVERALL, "wages", "unknown"]))
def test_the_rows_behind_an_average_are_as_many_as_it_says(visits: list[VisitFact], view: View, area: str) -> None:
    wanted = Selection(WANTED.span, view=view)
    shown = rules.score(rules.compared(visits, view), area)
    assert len(rules.behind(visits, wanted, Cell(area=area))) == shown.n
    among = periods.buckets(wanted.span, wanted.step)
    for bucket, part in zip(among, rules.over_time(rules.compared(visits, view), among, area), strict=True):
        assert len(rules.behind(visits, wanted, Cell(area=area, bucket=bucket.key))) == part.n


@given(facts(), st.sampled_from(View))
def test_the_rows_behind_each_band_are_as_many_as_it_says(visits: list[VisitFact], view: View) -> None:
    wanted = Selection(WANTED.span, step=Step.month, view=view)
    compared = rules.compared(visits, view)
    counts = rules.band_counts(compared, ["good", "fair"])
    assert sum(counts) == len(compared)
    for band, count in zip(["good", "fair", NO_BAND], counts, strict=True):
        assert len(rules.behind(visits, wanted, Cell(band=band))) == count


@given(facts())
def test_the_rows_behind_each_count_of_visits_are_as_many_as_it_says(visits: list[VisitFact]) -> None:
    for (route, outcome), count in rules.made(visits).items():
        assert len(rules.behind(visits, WANTED, Cell(route=route, outcome=outcome))) == count
    assert sum(rules.made(visits).values()) == len(visits) == len(rules.behind(visits, WANTED, Cell()))


def test_an_unknown_quarter_has_no_rows() -> None:
    assert rules.behind([fact()], WANTED, Cell(bucket="2031-Q9")) == []


@given(facts(), st.sampled_from([*By, None]))
def test_coverage_lies_between_nothing_and_everything(visits: list[VisitFact], by: By | None) -> None:
    # A register in which every visited enterprise that is active stands.
    places = {visit.enterprise_id: visit.place for visit in visits}
    visits = [fact(i, place=places[v.enterprise_id], enterprise_id=v.enterprise_id, route=v.route, outcome=v.outcome)
              for i, v in enumerate(visits)]  # fmt: skip
    register: dict[Place, int] = {}
    for place in places.values():
        register[place] = register.get(place, 0) + 1
    found = rules.coverage(register, visits, by)
    assert sum(row.active for row in found) == len(places)
    for row in found:
        assert 0 <= row.by_random <= row.visited <= row.active
        assert row.share is None or 0 <= row.share <= 1


def test_an_enterprise_counts_once_and_only_while_it_is_a_member() -> None:
    visits = [fact(1, enterprise_id=1), fact(2, enterprise_id=1), fact(3, enterprise_id=2, active=False),
              fact(4, enterprise_id=3, outcome=Outcome.refused)]  # fmt: skip
    (row,) = rules.coverage({PLACES[0]: 4}, visits, None)
    assert (row.active, row.visited, row.share) == (4, 1, 0.25)


def test_a_register_of_nobody_has_no_coverage() -> None:
    (row,) = rules.coverage({}, [], None)
    assert row.share is None
    assert rules.coverage({}, [], By.sector) == []


def action(number: int, **changes: object) -> ActionFact:
    values: dict[str, object] = {
        "id": number, "route": Route.random, "severity": Severity.major, "state": ActionState.verified,
        "overdue": False, "verified_on": date(2026, 5, 1), "days": 10 + number, "place": PLACES[0],
    }  # fmt: skip
    return ActionFact(**{**values, **changes})  # type: ignore[arg-type]


def test_time_to_closure_is_the_median_of_days_of_what_was_verified_in_the_span() -> None:
    inside = [action(number) for number in range(9)]
    others = [
        action(99, verified_on=date(2025, 12, 31)),
        action(98, verified_on=None, days=None, state=ActionState.open),
    ]
    closed = rules.closed_in([*inside, *others], WANTED.span)
    assert closed == inside
    assert rules.closure(closed).median == 14
    assert rules.closure(closed[:7]) == rules.Average(7, None, None)


@pytest.mark.parametrize(
    ("cell", "ids"),
    [
        (Cell(state="open"), [2, 3, 4]),
        (Cell(state="overdue"), [3]),
        (Cell(state="to_check"), [4]),
        (Cell(state="closed"), [1, 5]),
        (Cell(state="closed", counted=True), [1]),
        (Cell(state="closed", route=Route.follow_up), [5]),
        (Cell(state="open", severity=Severity.critical), [2]),
        (Cell(), [1, 2, 3, 4, 5]),
    ],
)
def test_the_actions_behind_a_figure(cell: Cell, ids: list[int]) -> None:
    nothing = {"verified_on": None, "days": None}
    all_of_them = [
        action(1),
        action(2, state=ActionState.open, severity=Severity.critical, **nothing),
        action(3, state=ActionState.planned, overdue=True, **nothing),
        action(4, state=ActionState.evidence_sent, **nothing),
        action(5, route=Route.follow_up),
    ]
    assert [one.id for one in rules.actions_behind(all_of_them, WANTED, cell)] == ids


def test_what_nobody_entered_is_a_class_of_its_own() -> None:
    assert PLACES[2].along(By.sector) == PLACES[1].along(By.size) == rules.UNKNOWN
    assert set(rules.grouped([fact(place=place) for place in PLACES], By.district)) == {"530102", "530103", "unknown"}
