"""The sentences of the report as tables of cases; and when it is made."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask

from compliance.estimation.strata import Scale, Stratum, Sums
from compliance.shared import translation
from compliance.trends import report_facts, report_schedule, stated
from compliance.trends import report_sentences as say
from compliance.trends.reach import Reached
from compliance.trends.report_schedule import Wish
from compliance.trends.stated import Movement, Stated


@pytest.fixture(autouse=True)
def _english(app: Flask) -> Iterator[None]:
    with app.app_context(), translation.in_language("en"):
        yield


def share(n: int, y: int, *, population: int = 400, drawn: int | None = None, refused: int = 0) -> Stated:
    sums = Sums.count(n, y)
    strata = [Stratum(population, drawn or n + refused, n, refused=refused, sums=sums)] if n or refused else []
    return stated.state(strata, sums, Scale.share, high_is_good=False)


def moved(after: Stated, before: Stated, *, broken: bool = False, among: int = 0) -> Movement:
    same = share(100, 30)
    pairs = [(after, before), *([(same, same)] * among)]
    return stated.moved(pairs, broken=[broken, *([False] * among)])[0]


NOTHING = share(0, 0)
CASES: list[tuple[str, Stated, Stated, dict[str, object], str]] = [
    ("better", share(120, 20), share(120, 80), {}, "That is better than in the period before, by −"),
    ("worse", share(120, 80), share(120, 20), {}, "That is worse than in the period before, by +"),
    ("only by itself", share(120, 50), share(120, 34), {"among": 20}, "Perhaps worse than in the period before"),
    ("no clear change", share(120, 40), share(120, 38), {}, "No clear change from the period before"),
    ("too few", share(5, 2), share(120, 38), {}, "no estimate. Fewer than 8 drawn visits"),
    ("first period", share(120, 40), NOTHING, {}, "There is no earlier period to compare with."),
    ("before was silent", share(120, 40), share(5, 2), {}, "The period before has no estimate to compare with."),
    ("checklist changed", share(120, 40), share(120, 80), {"broken": True}, "asks something else than in the period"),
    ("refusals widen", share(100, 40, refused=8), NOTHING, {}, "Who refused is counted at worst and at best"),
]


@pytest.mark.parametrize(("after", "before", "more", "words"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_an_area_is_told_as_far_as_it_is_known(
    after: Stated, before: Stated, more: dict[str, bool], words: str
) -> None:
    told = say.said("Wages", moved(after, before, **more))  # type: ignore[arg-type]
    assert told.startswith("Wages: ")
    assert words in told
    assert not any(cause in told for cause in ("because", "thanks to", "after our visit", "led to"))


def test_what_cannot_speak_has_no_number() -> None:
    told = say.said("Wages", moved(share(5, 2), share(120, 38)))
    assert "interval" not in told


def test_the_lead_counts_only_what_stands() -> None:
    better, same = moved(share(120, 20), share(120, 80)), moved(share(120, 40), share(120, 38))
    assert say.lead([same, better, same, same]) == (
        "Of 3 areas that can be compared with the period before, 1 stand better and 0 worse."
    )
    assert "No area changed clearly" in say.lead([same, same])
    assert "too little is known" in say.lead([moved(NOTHING, NOTHING)])
    assert "too little is known" in say.lead([])
    assert "cannot be compared" in say.lead([moved(share(120, 40), NOTHING)] * 2)


@pytest.mark.parametrize(
    ("made", "lot", "words"),
    [
        (0, 0, "No visit of the period has a released result."),
        (None, None, "Visits made and released: not shown"),
        (40, 30, "Visits made and released: 40, of them drawn by lot: 30."),
    ],
)
def test_visits(made: int | None, lot: int | None, words: str) -> None:
    assert words in say.visits(made, lot)


@pytest.mark.parametrize(
    ("not_let_in", "completed", "words"),
    [
        (0, 40, "Nobody refused"),
        (None, 40, "not shown"),
        (9, 0, "Every visit was refused or found nobody (9)"),
        (9, 40, "Visits refused, or nobody found: 9."),
    ],
)
def test_refusals(not_let_in: int | None, completed: int, words: str) -> None:
    assert words in say.refused(not_let_in, completed)


@pytest.mark.parametrize(
    ("reached", "words"),
    [
        (Reached(), "no active enterprise"),
        (Reached(active=1, visited=1), "fewer than 5 active enterprises"),
        (Reached(active=100, visited=3), "too few for a share"),
        (Reached(active=100, visited=30), "30% were visited"),
    ],
)
def test_coverage(reached: Reached, words: str) -> None:
    assert words in say.coverage(reached)


def test_changes() -> None:
    assert "no earlier period" in say.changes(0, 0, 0, first=True)
    assert "Nothing could be compared" in say.changes(0, 12, 0, first=False)
    assert "None of them stands" in say.changes(0, 12, 6, first=False)
    assert "2 stand when all" in say.changes(2, 12, 6, first=False)


def test_what_has_ended() -> None:
    assert report_facts.finished(date(2026, 10, 6), years=2) == [
        "2026-Q3", "2026-Q2", "2026-Q1", "2025", "2025-Q4", "2025-Q3", "2025-Q2", "2025-Q1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wish", "today", "waiting"),
    [
        (Wish(True, False, date(2026, 9, 1)), date(2026, 10, 4), []),
        (Wish(True, False, date(2026, 9, 1)), date(2026, 10, 5), ["2026-Q3"]),
        (Wish(True, False, date(2026, 9, 1), "2026-Q3"), date(2026, 12, 5), []),
        (Wish(True, False, date(2026, 3, 1)), date(2026, 11, 5), ["2026-Q1", "2026-Q2", "2026-Q3"]),
        (Wish(True, True, date(2025, 12, 1)), date(2026, 1, 5), ["2025-Q4", "2025"]),
        (Wish(False, True, date(2026, 2, 1)), date(2026, 12, 5), []),
        (Wish(False, False, date(2020, 1, 1)), date(2026, 12, 5), []),
    ],
)
def test_who_is_told_of_what_also_after_missed_days(wish: Wish, today: date, waiting: list[str]) -> None:
    assert report_schedule.waiting(wish, today, 5) == waiting
