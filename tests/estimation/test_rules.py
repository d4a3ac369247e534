"""When a figure is given, when not, and what refusals and empty strata do to it."""

import math
import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.estimation.rules import Silence, estimate
from compliance.estimation.strata import Scale, Stratum, Sums
from tests.soak import examples

TAKEN = Stratum(40, 40, 40, sums=Sums.count(40, 20), certain=True)
DRAWN = Stratum(260, 30, 30, sums=Sums.count(30, 9))


def scored(*points: float | str | Decimal, population: int = 0, certain: bool = False) -> Stratum:
    """A stratum in which everybody drawn was visited, with these scores."""
    sums = Sums()
    for each in points:
        sums = sums.of(Decimal(str(each)))
    n = len(points)
    return Stratum(population or n, n, n, sums=sums, certain=certain)


def test_an_ordinary_draw_gives_a_figure_with_an_interval() -> None:
    figure = estimate((TAKEN, DRAWN), Scale.share)

    assert figure.silent is None
    assert figure.value == pytest.approx((20 + 260 * 0.3) / 300)
    assert (round(figure.low, 2), round(figure.high, 2)) == (0.22, 0.47)
    assert (figure.n, figure.widened, figure.collapsed) == (70, False, 0)
    assert 30 < figure.n_effective < 36


@pytest.mark.parametrize(
    ("strata", "why"),
    [
        ((), Silence.no_frame),
        ((Stratum(0, 0),), Silence.no_frame),
        ((Stratum(260, 30),), Silence.no_visits),
        ((TAKEN, Stratum(260, 0)), Silence.empty_strata),
        ((Stratum(260, 30, refused=30),), Silence.refusals),
        ((Stratum(1, 1, 1, sums=Sums.count(1, 1)),), Silence.too_few),
        ((Stratum(1, 1, gone=1),), Silence.no_visits),
        ((Stratum(300, 1, 1, sums=Sums.count(1, 1)),), Silence.too_few),
        ((Stratum(300, 7, 7, sums=Sums.count(7, 0)),), Silence.too_few),
        ((TAKEN, Stratum(260, 5, 5, sums=Sums.count(5, 2))), Silence.too_few),
        ((Stratum(300, 10, 10, sums=Sums.count(10, 5)),), Silence.too_wide),
        ((Stratum(300, 40, 24, refused=16, sums=Sums.count(24, 6)),), Silence.refusals),
        ((Stratum(40, 40, certain=True), DRAWN), Silence.empty_strata),
    ],
)
def test_no_figure_is_given_where_it_could_not_be_relied_on(strata: tuple[Stratum, ...], why: Silence) -> None:
    figure = estimate(strata, Scale.share)

    assert figure.silent is why
    assert math.isnan(figure.value) and math.isnan(figure.low) and math.isnan(figure.high)


def test_a_full_census_of_a_small_association_is_exact() -> None:
    figure = estimate((Stratum(9, 9, 9, sums=Sums.count(9, 4)),), Scale.share)

    assert (figure.value, figure.low, figure.high) == pytest.approx((4 / 9, 4 / 9, 4 / 9))
    assert math.isinf(figure.n_effective)


def test_a_month_of_a_census_is_not_a_census() -> None:
    """Sixty members are all visited within the year, twenty of them in one quarter: which ones is chance."""
    quarter = Stratum(60, 60, 60, sums=Sums.count(20, 6), partial=True)
    figure = estimate((quarter,), Scale.share)

    assert figure.value == pytest.approx(0.3)
    assert figure.high - figure.low > 0.3
    assert estimate((replace(quarter, partial=False),), Scale.share).high == figure.value


def test_where_nobody_was_found_to_have_it_some_may() -> None:
    figure = estimate((Stratum(260, 30, 30, sums=Sums.count(30, 0)),), Scale.share)

    assert (figure.value, figure.low) == (0, 0)
    assert 0.08 < figure.high < 0.13


def test_equal_scores_of_a_few_do_not_make_all_members_equal() -> None:
    figure = estimate((scored(*["98.5"] * 12, population=300),), Scale.score)

    assert figure.value == pytest.approx(98.5)
    assert figure.high == pytest.approx(100, abs=1.5)
    assert figure.low < 92


def test_refusals_are_taken_for_the_worst_and_for_the_best() -> None:
    """Of 60 drawn from many 6 refuse: the share that nobody saw is a tenth."""
    seen = Stratum(2000, 60, 54, sums=Sums.count(54, 18))
    missed = estimate((seen,), Scale.share)
    refused = estimate((replace(seen, refused=6),), Scale.share)

    assert refused.value == pytest.approx(missed.value)
    assert (missed.widened, refused.widened, refused.refused) == (False, True, 6)
    # The share is between 18 and 24 of 60 whatever they hide, and chance reaches some 10 points beyond.
    assert refused.low <= missed.low and refused.low == pytest.approx(18 / 60 - 0.09, abs=0.02)
    assert refused.high > missed.high and refused.high == pytest.approx(24 / 60 + 0.105, abs=0.02)


def test_who_refused_outside_the_domain_does_not_widen_it() -> None:
    domain = Stratum(1000, 120, 110, refused=10, sums=Sums.count(50, 20), refused_inside=0)

    assert not estimate((domain,), Scale.share).widened
    assert estimate((replace(domain, refused_inside=None),), Scale.share).widened


def test_a_later_refusal_changes_no_sum() -> None:
    before = Stratum(260, 60, 40, sums=Sums.count(40, 9))
    after = replace(before, refused=2)

    assert after.sums is before.sums
    sure, unsure = estimate((before,), Scale.share), estimate((after,), Scale.share)
    assert unsure.low <= sure.low and unsure.high > sure.high


def test_an_unvisited_stratum_is_counted_with_the_one_most_like_it() -> None:
    metal = Stratum(100, 20, 20, sums=Sums.count(20, 16), like=("C33", "small"))
    cloth = Stratum(100, 20, 20, sums=Sums.count(20, 2), like=("C18", "small"))
    lone = Stratum(20, 2, like=("C18", "large"))

    figure = estimate((metal, cloth, lone), Scale.share)

    assert figure.collapsed == 1
    assert figure.value == pytest.approx((100 * 0.8 + 120 * 0.1) / 220)


def test_a_tenth_of_the_members_may_be_counted_by_likeness_and_no_more() -> None:
    seen = Stratum(180, 60, 60, sums=Sums.count(60, 20))

    assert estimate((seen, Stratum(20, 2)), Scale.share).silent is None
    assert estimate((seen, Stratum(21, 2)), Scale.share).silent is Silence.empty_strata


def test_a_stratum_with_one_visit_keeps_its_weight() -> None:
    figure = estimate((scored(*range(60, 90), population=200), scored(10, population=40)), Scale.score)

    assert figure.value == pytest.approx((200 * 74.5 + 40 * 10) / 240)
    assert figure.high - figure.low > 15


POINTS = st.integers(0, 1000).map(lambda tenths: Decimal(tenths) / 10)


@st.composite
def any_strata(draw: st.DrawFn, scale: Scale) -> list[Stratum]:
    """Strata as a period may leave them."""
    found = []
    for _ in range(draw(st.integers(1, 5))):
        drawn = draw(st.integers(0, 25))
        visited = draw(st.integers(0, drawn))
        refused = draw(st.integers(0, drawn - visited))
        gone = draw(st.integers(0, drawn - visited - refused))
        values = st.integers(0, 1).map(Decimal) if scale is Scale.share else POINTS
        sums = Sums()
        for y in draw(st.lists(values, max_size=visited)):
            sums = sums.of(y)
        certain = draw(st.booleans())
        population = drawn if certain else drawn + draw(st.integers(0, 300))
        like = (str(draw(st.integers(0, 2))),)
        found.append(
            Stratum(population, drawn, visited, refused, gone, sums, certain, like, partial=draw(st.booleans()))
        )
    return found


@settings(max_examples=examples(60), deadline=None)
@given(data=st.data(), scale=st.sampled_from(Scale))
def test_every_figure_lies_in_its_interval_and_that_on_the_scale(data: st.DataObject, scale: Scale) -> None:
    figure = estimate(data.draw(any_strata(scale)), scale)

    if figure.silent is None:
        assert 0 <= figure.low <= figure.value <= figure.high <= scale.top
        assert figure.high - figure.low <= 0.4 * scale.top + 1e-9
        assert figure.n >= 8
    else:
        assert math.isnan(figure.value)


@settings(max_examples=examples(40), deadline=None)
@given(data=st.data(), scale=st.sampled_from(Scale))
def test_the_order_of_strata_does_not_matter(data: st.DataObject, scale: Scale) -> None:
    strata = data.draw(any_strata(scale))
    shuffled = list(strata)
    data.draw(st.randoms(use_true_random=False)).shuffle(shuffled)

    assert repr(estimate(shuffled, scale)) == repr(estimate(strata, scale))


@settings(max_examples=examples(40), deadline=None)
@given(st.lists(st.lists(POINTS, min_size=1, max_size=12), min_size=1, max_size=6))
def test_a_full_census_gives_the_mean_of_all_without_a_width(groups: list[list[Decimal]]) -> None:
    figure = estimate([scored(*group) for group in groups], Scale.score)
    everybody = [float(y) for group in groups for y in group]

    if len(everybody) < 8:
        assert figure.silent is Silence.too_few
    else:
        assert figure.value == pytest.approx(sum(everybody) / len(everybody))
        assert figure.low == figure.value == figure.high


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(POINTS, min_size=1), st.lists(POINTS), st.randoms(use_true_random=False))
def test_what_is_added_and_taken_back_leaves_no_trace(
    kept: list[Decimal], taken: list[Decimal], lots: random.Random
) -> None:
    sums = Sums()
    for y in kept:
        sums = sums.of(y)
    mixed = [(y, True) for y in kept] + [(y, False) for y in taken]
    lots.shuffle(mixed)
    found = Sums()
    for y, _ in mixed:
        found = found.of(y)
    for y, stays in mixed:
        if not stays:
            found -= Sums().of(y)

    assert found == sums
    assert found + Sums() == sums
