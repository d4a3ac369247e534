"""What holds of every score, whatever the answers."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.checklists.rules import SEVERITIES, Condition, Verdict
from compliance.scorecards.receipts import (
    Inputs,
    digest,
    faults,
    inputs_from_json,
    inputs_to_json,
    result_from_json,
    result_to_json,
)
from compliance.scorecards.result import for_enterprise
from compliance.scorecards.rules import score, standing
from compliance.visits.answers import Answer, Known
from tests.scorecards.made import AREA_IDS, PROFILE, checklist, fact, item, policy
from tests.soak import examples

FACTS = (
    fact("open-zero"),
    fact("sealed-zero", sealed=True),
    fact("open-falsified", zero_tolerance=False),
    fact("sealed", zero_tolerance=False, sealed=True),
)
ITEMS = st.lists(
    st.tuples(st.sampled_from(AREA_IDS), st.sampled_from(SEVERITIES), st.integers(0, len(FACTS))),
    min_size=1,
    max_size=14,
).map(
    lambda rows: checklist(
        *(
            item(f"I{n}", area=area, severity=severity, facts=FACTS[:count])
            for n, (area, severity, count) in enumerate(rows)
        )
    )
)
PROFILES = st.builds(replace, st.just(PROFILE), workers=st.sampled_from([0, 4, 9, 10, 300]))


@st.composite
def answer_to(draw, id: str) -> Answer:
    return Answer(
        item=id,
        verdict=draw(st.sampled_from([None, *Verdict])),
        facts=draw(st.frozensets(st.sampled_from([one.id for one in FACTS]), max_size=2)),
        known_by=draw(st.frozensets(st.sampled_from(list(Known)), max_size=2)),
        workers=draw(st.none() | st.integers(0, 300)),
        severity=draw(st.none() | st.sampled_from(SEVERITIES)),
    )


@st.composite
def visits(draw):
    """A checklist, answers to most of it, a profile, cleared facts, and repeated items."""
    made = draw(ITEMS)
    ids = [one.id for one in made.items]
    chosen = draw(st.frozensets(st.sampled_from(ids)))
    said = {id: draw(answer_to(id)) for id in ids if id in chosen}
    pairs = [(one.id, known.id) for one in made.items for known in one.facts]
    cleared = draw(st.frozensets(st.sampled_from(pairs))) if pairs else frozenset()
    repeated = draw(st.frozensets(st.sampled_from(ids)))
    return made, said, draw(PROFILES), cleared, repeated


@settings(max_examples=examples(60))
@given(visits(), st.data())
def test_a_lighter_decision_never_changes_a_figure_nor_lowers_a_band_and_is_replayed(visit, data) -> None:
    made, said, profile, cleared, repeated = visit
    order = [one.id for one in made.policy.bands]
    ids = [one.id for one in made.items]
    heavy = data.draw(st.dictionaries(st.sampled_from(ids), st.sampled_from(SEVERITIES)))
    light = {id: data.draw(st.sampled_from(SEVERITIES[SEVERITIES.index(one) :])) for id, one in heavy.items()}
    before, after = (score(*visit, decided) for decided in (heavy, light))
    for one, other in zip((before.overall, *before.areas), (after.overall, *after.areas), strict=True):
        assert (one.score, one.coverage, one.weight) == (other.score, other.coverage, other.weight)
        assert (one.band is None) == (other.band is None)
        assert one.band is None or order.index(other.band) <= order.index(one.band)
    inputs = inputs_to_json(Inputs(said, profile, cleared, repeated, light))
    assert inputs_from_json(inputs).decided == light
    assert ("decided" in inputs) == bool(light), "what was scored without a dispute keeps its digest"
    assert list(faults(made, inputs, digest(inputs), result_to_json(after))) == []


BETTER = {
    Verdict.non_compliant: (Verdict.partial, Verdict.compliant),
    Verdict.partial: (Verdict.compliant,),
}


@settings(max_examples=examples(60))
@given(visits())
def test_a_score_lies_between_0_and_100_and_so_does_each_area(visit) -> None:
    result = score(*visit)
    for one in (result.overall, *result.areas):
        assert one.score is None or 0 <= one.score <= 100
        assert 0 <= one.coverage <= 1
        assert one.score is None or one.score == one.score.quantize(Decimal("0.1"))
        assert one.points <= one.weight


@settings(max_examples=examples(60))
@given(visits(), st.data())
def test_a_better_answer_never_lowers_the_score_or_the_band(visit, data) -> None:
    made, said, *rest = visit
    can_improve = [id for id, one in said.items() if one.verdict in BETTER]
    if not can_improve:
        return
    id = data.draw(st.sampled_from(can_improve))
    verdict = data.draw(st.sampled_from(BETTER[said[id].verdict]))
    order = [one.id for one in made.policy.bands]
    worse = score(made, said, *rest)
    better = score(made, {**said, id: replace(said[id], verdict=verdict)}, *rest)
    for area in ("overall", *AREA_IDS):
        before, after = worse.area(area), better.area(area)
        if before.score is not None:
            assert after.score is not None
            assert after.score >= before.score
        if before.band is not None:
            assert after.band is not None
            assert order.index(after.band) <= order.index(before.band)


@settings(max_examples=examples(60))
@given(visits(), st.sampled_from([*SEVERITIES]), st.sampled_from(AREA_IDS), st.booleans())
def test_an_item_that_does_not_apply_changes_nothing(visit, severity, area, answered) -> None:
    made, said, profile, cleared, repeated = visit
    extra = item("EXTRA", area=area, severity=severity, facts=FACTS)
    more = checklist(*made.items, extra)
    said_more = {**said, "EXTRA": Answer("EXTRA", Verdict.not_applicable, facts=frozenset({"open-zero"}))}
    if not answered:
        more = checklist(*made.items, replace(extra, applies=(Condition("dormitory", True),)))
        said_more = {**said, "EXTRA": Answer("EXTRA", Verdict.non_compliant, facts=frozenset({"open-zero"}))}
    one, other = (
        score(made, said, profile, cleared, repeated),
        score(more, said_more, profile, cleared, repeated),
    )
    assert (one.overall, one.areas, one.caps, one.lowest) == (
        other.overall,
        other.areas,
        other.caps,
        other.lowest,
    )


@settings(max_examples=examples(60))
@given(visits(), st.sampled_from(["0.1", "2", "7", "1000", "0.0003"]))
def test_scaling_all_weights_changes_nothing(visit, factor) -> None:
    made, *rest = visit
    weights = {severity: weight * Decimal(factor) for severity, weight in made.policy.weights.items()}
    scaled = replace(made, policy=policy(weights=weights))
    for one, other in zip(score(made, *rest).areas, score(scaled, *rest).areas, strict=True):
        assert (one.score, one.band, one.coverage) == (other.score, other.band, other.coverage)
    one, other = score(made, *rest).overall, score(scaled, *rest).overall
    assert (one.score, one.band, one.coverage) == (other.score, other.band, other.coverage)


@settings(max_examples=examples(60))
@given(visits())
def test_all_not_applicable_gives_no_score(visit) -> None:
    made, _, *rest = visit
    said = {one.id: Answer(one.id, Verdict.not_applicable) for one in made.items}
    result = score(made, said, *rest)
    assert result.overall.score is None
    assert result.overall.band is None


@settings(max_examples=examples(60))
@given(visits(), st.data())
def test_standing_is_never_below_what_was_found(visit, data) -> None:
    made, said, profile, cleared, repeated = visit
    verified = data.draw(st.frozensets(st.sampled_from([one.id for one in made.items])))
    found = score(made, said, profile, cleared, repeated)
    today = standing(made, said, profile, cleared, verified, repeated)
    if found.overall.score is not None:
        assert today.overall.score is not None
        assert today.overall.score >= found.overall.score
    assert set(today.zero_tolerance) <= set(found.zero_tolerance)


@settings(max_examples=examples(60))
@given(visits())
def test_what_is_sealed_cannot_be_read_from_what_the_enterprise_sees(visit) -> None:
    made, said, profile, cleared, repeated = visit
    seen = for_enterprise(score(made, said, profile, cleared, repeated))
    sealed = {(one.id, fact.id) for one in made.items for fact in one.facts if fact.disclosure == "sealed"} - cleared

    def as_told(id, one):
        hidden = {fact for fact in one.facts if (id, fact) in sealed}
        told = replace(one, facts=one.facts - hidden, verdict=seen.line(id).verdict if one.verdict else None)
        # What may be about the hidden fact is not told either.
        return replace(told, workers=None, severity=None) if hidden else told

    innocent = {id: as_told(id, one) for id, one in said.items()}
    assert for_enterprise(score(made, innocent, profile, cleared, repeated)) == seen


@settings(max_examples=examples(50))
@given(visits())
def test_a_stored_receipt_is_what_the_rules_give(visit) -> None:
    made, said, profile, cleared, repeated = visit
    result = score(made, said, profile, cleared, repeated)
    inputs = inputs_to_json(Inputs(said, profile, cleared, repeated))
    assert result_from_json(result_to_json(result)) == result
    assert inputs_to_json(inputs_from_json(inputs)) == inputs
    assert list(faults(made, inputs, digest(inputs), result_to_json(result))) == []
