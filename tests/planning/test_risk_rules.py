"""The risk score and the judgement about it, as pure functions."""

import random
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.checklists import store_risk
from compliance.checklists.risk import Source
from compliance.planning import risk, risk_quality
from compliance.planning.risk import MEASURES, Facts, SectorSums
from compliance.planning.risk_quality import Caution, Trial
from compliance.visits.states import Route

DAY = date(2026, 9, 15)
WEIGHTS = store_risk.shipped().weights[-1]
KNOWN = st.builds(
    Facts,
    st.just(UUID(int=1)), st.just(UUID(int=2)), sector=st.just("C18"), workers=st.integers(0, 5000),
    under_18=st.integers(0, 50), migrants=st.integers(0, 100),
    last_visit=st.none() | st.dates(date(2015, 1, 1), DAY), last_route=st.sampled_from([None, *Route]),
    last_band=st.sampled_from([None, "good", "fair", "improve", "weak", "urgent"]),
    open_critical=st.integers(0, 6), open_critical_chosen=st.just(0), repeats=st.integers(0, 6),
    refused=st.integers(0, 3), sector_rate=st.none() | st.integers(0, 100), complaints=st.integers(0, 8),
)  # fmt: skip


@given(KNOWN)
@settings(deadline=None, max_examples=60)
def test_points_are_what_the_reasons_say(facts: Facts) -> None:
    score = risk.points(facts, WEIGHTS, DAY)
    assert score.points == sum(one.points for one in score.reasons) == risk.adder(WEIGHTS, DAY)(facts)
    for line, one in zip(WEIGHTS.lines, score.reasons, strict=True):
        plain = line.of_band(one.value) if one.source is Source.last_band else line.of_number(one.value)  # type: ignore[arg-type]
        assert one.points == plain
    assert 0 <= score.chosen <= score.points <= WEIGHTS.highest
    assert [one.source for one in score.reasons] == [line.source for line in WEIGHTS.lines]


@given(KNOWN)
@settings(deadline=None, max_examples=60)
def test_more_of_what_is_wrong_never_gives_fewer_points(facts: Facts) -> None:
    worse = replace(facts, open_critical=facts.open_critical + 1, repeats=facts.repeats + 1, refused=facts.refused + 1)
    today, later = risk.adder(WEIGHTS, DAY), risk.adder(WEIGHTS, DAY + timedelta(days=400))
    assert today(worse) >= today(facts) and later(facts) >= today(facts)


def test_every_source_can_be_read() -> None:
    assert set(MEASURES) == set(Source)


def test_points_from_visits_that_followed_results_are_told_apart() -> None:
    facts = Facts(
        UUID(int=1), UUID(int=2), last_visit=DAY, last_route=Route.targeted, last_band="weak", open_critical=2,
        open_critical_chosen=1,
    )  # fmt: skip
    score = risk.points(facts, WEIGHTS, DAY)
    assert score.chosen == 14 + 16 / 2
    facts.last_route, facts.open_critical_chosen = Route.random, 0
    assert risk.points(facts, WEIGHTS, DAY).chosen == 0


def test_a_sector_with_few_visits_is_drawn_towards_all() -> None:
    many, few = SectorSums(1000.0, 10_000.0, 200.0), SectorSums(10.0, 100.0, 10.0)
    rates = risk.sector_rates({"C18": many, "C19": few}, 10)
    everywhere = 210 / 1010
    assert rates[""] == round(100 * everywhere)
    assert rates["C18"] == round(100 * (100 * 0.2 + 10 * everywhere) / 110)
    assert rates["C19"] == round(100 * (1 + 10 * everywhere) / 11)
    assert risk.sector_rates({}, 10) == {}


# --- how well it does ---


def simulated(seed: int, n: int, slope: float) -> list[Trial]:
    """Visits whose chance of a shortfall rises with the points by ``slope``."""
    lot = random.Random(seed)
    points = [lot.randrange(40) for _ in range(n)]
    return [Trial(one, lot.random() < 0.3 + slope * (one - 20) / 40, lot.choice((1.0, 4.0))) for one in points]


def test_the_rank_is_the_share_of_pairs_in_the_right_order() -> None:
    trials = [Trial(3, True), Trial(5, True), Trial(1, False), Trial(3, False)]
    assert risk_quality.rank(trials).value == pytest.approx((0.5 + 1 + 1 + 1) / 4)
    weighted = [Trial(3, True, 3), Trial(5, True, 1), Trial(1, False, 1), Trial(3, False, 1)]
    assert risk_quality.rank(weighted).value == pytest.approx((3 * 0.75 + 1 * 1) / 4)


def test_the_top_third_is_a_third_and_never_parts_equals() -> None:
    assert [one.points for one in risk_quality.in_top([Trial(n, False) for n in range(9)])] == [8, 7, 6]
    assert len(risk_quality.in_top([Trial(1, False)] * 9)) == 9


@pytest.mark.parametrize(("slope", "truth"), [(0.0, 0.5), (0.5, None)])
def test_intervals_hold_what_they_should(slope: float, truth: float | None) -> None:
    if truth is None:  # what very many visits say
        many = [replace_weight(one) for one in simulated(1, 60_000, slope)]
        truth, times = risk_quality.rank(many).value, risk_quality.lift(many, risk_quality.in_top(many)).value
    else:
        times = 1.0
    ranks = lifts = 0
    for seed in range(200):
        trials = simulated(seed + 100, 120, slope)
        rank, lift = risk_quality.rank(trials), risk_quality.lift(trials, risk_quality.in_top(trials))
        ranks += rank.low <= truth <= rank.high
        lifts += lift.low <= times <= lift.high
    assert ranks >= 180 and lifts >= 178


def replace_weight(one: Trial) -> Trial:
    return one._replace(weight=1.0)


def test_too_few_of_either_kind_say_nothing() -> None:
    assert risk_quality.quality([]).too_few
    assert risk_quality.quality([Trial(1, True)] * 29).too_few
    assert risk_quality.quality([Trial(1, True)] * 40 + [Trial(1, False)] * 7).too_few
    assert not risk_quality.quality([Trial(1, True)] * 40 + [Trial(1, False)] * 8).too_few


def test_a_score_by_chance_is_told() -> None:
    trials = simulated(3, 200, 0.0)
    found, today = risk_quality.quality(trials), risk_quality.standing([(n, 0.0) for n in range(40)])
    assert Caution.chance in risk_quality.warnings(found, today, trials)
    good = simulated(3, 400, 0.7)
    assert risk_quality.warnings(risk_quality.quality(good), today, good) == []
    upside_down = [one._replace(points=40 - one.points) for one in good]
    assert Caution.worse in risk_quality.warnings(risk_quality.quality(upside_down), today, upside_down)


def test_those_that_were_chosen_by_points_are_part_of_the_whole() -> None:
    """Left out, a score that works looks like chance: what it finds best is never left to the lot."""
    rest = [Trial(number % 10, number % 3 == 0, 4.0) for number in range(60)]
    chosen = [Trial(30, True)] * 80
    found = risk_quality.quality(rest, chosen)
    assert found.rank is not None and found.rank.low < 0.5 < found.rank.high
    assert found.whole is not None and found.whole.low > 0.5
    assert risk_quality.quality(rest).whole == found.rank


def test_a_score_that_confirms_itself_is_told() -> None:
    trials = simulated(3, 400, 0.7)
    found = risk_quality.quality(trials)
    echo = risk_quality.standing([(30, 18.0)] * 10 + [(5, 0.0)] * 20)
    assert echo.echo == pytest.approx(0.6)
    assert risk_quality.warnings(found, echo, trials) == [Caution.echo]
    out_of_reach = risk_quality.standing([(90, 0.0)] * 10 + [(5, 0.0)] * 20)
    assert risk_quality.warnings(found, out_of_reach, trials) == [Caution.untested]
