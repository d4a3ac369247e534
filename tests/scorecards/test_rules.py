"""What answers are worth: points, bands, coverage, caps, and who may read which line."""

from dataclasses import replace
from decimal import Decimal

import pytest

from compliance.checklists.rules import Opens, Severity, Verdict
from compliance.scorecards.result import REASONS, for_enterprise
from compliance.scorecards.rules import compare, score, standing
from compliance.visits.answers import Known
from tests.scorecards.made import PROFILE, answer, answers, checklist, fact, item, policy

FIVE = checklist(
    item("W1", severity=Severity.critical),
    item("W2"),
    item("S1", area="safety"),
    item("S2", area="safety", severity=Severity.minor),
    item("P1", area="punishment"),
)
ALL_WELL = {one.id: "compliant" for one in FIVE.items}


def found(**verdicts: str | None):
    return score(FIVE, answers({**ALL_WELL, **verdicts}), PROFILE)


@pytest.mark.parametrize(
    ("verdicts", "figure", "band"),
    [
        ({}, "100.0", "good"),
        ({"S2": "partial"}, "96.7", "good"),  # 14.5 of 15
        ({"S2": "non_compliant"}, "93.3", "good"),  # 14 of 15
        ({"S2": "unable_to_verify"}, "93.3", "good"),
        ({"W2": "non_compliant"}, "80.0", "fair"),  # 12 of 15
        ({"W2": "non_compliant", "P1": "non_compliant"}, "60.0", "weak"),  # the area punishment is at 0
        ({"S2": "not_applicable", "W2": "partial"}, "89.3", "good"),  # 12.5 of 14
        (dict.fromkeys(ALL_WELL, "non_compliant"), "0.0", "urgent"),
    ],
)
def test_a_score_is_points_by_weight_and_its_band_comes_from_the_policy(verdicts, figure, band) -> None:
    result = found(**verdicts)
    assert result.overall.score == Decimal(figure)
    assert result.overall.band == band


def test_an_area_has_its_own_score_and_the_lowest_one_is_named() -> None:
    result = found(S1="non_compliant", W2="partial")
    assert result.area("safety").score == Decimal("25.0")
    assert result.area("wages").score == Decimal("81.3")  # 6.5 of 8, half up
    assert result.area("sanitation").score is None
    assert result.lowest == result.lowest_to_print == "safety"


def test_half_a_tenth_is_rounded_up() -> None:
    many = checklist(*(item(f"W{n}", severity=Severity.minor) for n in range(8)))
    result = score(many, answers({one.id: "compliant" for one in many.items} | {"W0": "partial"}), PROFILE)
    assert result.overall.score == Decimal("93.8")  # 93.75


def test_what_was_not_looked_at_leaves_the_score_alone_and_lowers_the_coverage() -> None:
    result = found(W2="not_looked_at")
    assert result.overall.score == Decimal("100.0")
    assert result.overall.coverage == Decimal("0.8")
    assert result.overall.band == "good"


def test_below_the_least_coverage_there_is_no_band_and_the_score_is_provisional() -> None:
    result = found(W2="not_looked_at", P1=None)
    assert result.overall.coverage == Decimal("0.6")
    assert result.overall.band is None
    assert result.overall.provisional
    assert result.overall.why[0].code == "not_enough_seen"
    assert result.overall.why[0].params == {"assessed": "3", "applicable": "5"}


def test_all_not_applicable_gives_no_score_rather_than_zero() -> None:
    result = found(**dict.fromkeys(ALL_WELL, "not_applicable"))
    assert result.overall.score is None
    assert result.overall.band is None
    assert result.overall.coverage == 1
    assert result.overall.why[0].code == "nothing_applies"
    assert result.lowest is None


def test_nothing_assessed_gives_no_score_either() -> None:
    result = score(FIVE, {}, PROFILE)
    assert result.overall.score is None
    assert result.overall.coverage == 0
    assert result.overall.why[0].code == "nothing_assessed"


def test_every_line_says_why_it_has_its_points() -> None:
    result = found(W1="partial", W2="unable_to_verify", S1="not_looked_at", S2="not_applicable")
    assert [(line.item, line.why.code, line.points) for line in result.lines] == [
        ("W1", "partial", Decimal("2.5")),
        ("W2", "unable_to_verify", Decimal(0)),
        ("S1", "not_looked_at", None),
        ("S2", "not_applicable", None),
        ("P1", "compliant", Decimal(3)),
    ]
    assert result.line("W1").why.params == {"points": "2.5", "weight": "5"}


def test_every_reason_can_be_put_into_words() -> None:
    params = dict.fromkeys(("points", "weight", "assessed", "applicable", "items", "below"), "1")
    for words in REASONS.values():
        assert "%(" not in words % params


@pytest.mark.parametrize("verdict", ["partial", "non_compliant", "unable_to_verify"])
def test_an_open_critical_shortfall_caps_the_band_at_the_third(verdict: str) -> None:
    many = checklist(item("W1", severity=Severity.critical), *(item(f"W1{n}") for n in range(20)))
    good = {one.id: "compliant" for one in many.items}
    result = score(many, answers({**good, "W1": verdict}), PROFILE)
    assert result.overall.score is not None
    assert result.overall.score > 90
    assert result.overall.band == "improve"
    assert [cap.items for cap in result.caps if cap.when == "critical_open"] == [("W1",)]


def test_a_raised_severity_acts_on_the_caps_and_not_on_the_weight() -> None:
    plain = score(FIVE, answers({**ALL_WELL, "P1": "partial"}), PROFILE)
    repeated = score(FIVE, answers({**ALL_WELL, "P1": "partial"}), PROFILE, repeated=frozenset({"P1"}))
    raised = {**answers(ALL_WELL), "P1": answer("P1", "partial", severity=Severity.critical)}
    by_inspector = score(FIVE, raised, PROFILE)
    assert plain.overall.score == repeated.overall.score == by_inspector.overall.score == Decimal("90.0")
    assert plain.overall.band == "good"
    assert repeated.overall.band == by_inspector.overall.band == "improve"


def test_a_severity_that_a_dispute_decided_acts_on_the_caps_and_not_on_the_weight() -> None:
    said = answers({**ALL_WELL, "W1": "partial", "P1": "partial"})
    as_found = score(FIVE, said, PROFILE, repeated=frozenset({"P1"}))
    lowered = score(FIVE, said, PROFILE, repeated=frozenset({"P1"}), decided={"W1": Severity.minor})
    both = {"W1": Severity.minor, "P1": Severity.major}
    freed = score(FIVE, said, PROFILE, repeated=frozenset({"P1"}), decided=both)
    assert as_found.overall.score == lowered.overall.score == freed.overall.score
    assert [cap.items for cap in as_found.caps] == [("W1", "P1")]
    assert [cap.items for cap in lowered.caps] == [("P1",)]
    assert (as_found.overall.band, lowered.overall.band) == ("improve", "improve")
    assert not freed.caps
    assert freed.overall.band == "fair"
    assert freed.line("W1").severity is Severity.minor
    assert freed.line("W1").weight == as_found.line("W1").weight
    today = standing(FIVE, said, PROFILE, frozenset(), frozenset(), frozenset({"P1"}), both)
    assert today.overall.band == "fair", "today follows the decision as well"


def test_no_decision_lowers_what_is_of_zero_tolerance_or_no_shortfall_any_more() -> None:
    zero = checklist(item("S1", area="safety", severity=Severity.critical, facts=(fact("locked"),)), item("W1"))
    said = {"S1": answer("S1", "non_compliant", facts=frozenset({"locked"})), "W1": answer("W1", "compliant")}
    result = score(zero, said, PROFILE, decided={"S1": Severity.minor, "W1": Severity.critical})
    assert result.line("S1").severity is Severity.critical
    assert result.overall.band == "urgent"
    assert result.line("W1").severity is item("W1").severity
    assert {cap.items for cap in result.caps if cap.when == "critical_open"} == {("S1",)}


def test_an_inspector_cannot_lower_a_severity() -> None:
    lowered = {**answers(ALL_WELL), "W1": answer("W1", "partial", severity=Severity.minor)}
    assert score(FIVE, lowered, PROFILE).line("W1").severity is Severity.critical


def test_a_low_area_caps_the_whole_unless_too_little_of_it_was_seen() -> None:
    items = [item(f"W{n}") for n in range(30)] + [
        item("P1", area="punishment"),
        item("P2", area="punishment"),
    ]
    many = checklist(*items)
    good = {one.id: "compliant" for one in items}
    seen = score(many, answers({**good, "P1": "non_compliant", "P2": "non_compliant"}), PROFILE)
    assert seen.overall.band == "weak"
    assert [cap.areas for cap in seen.caps] == [("punishment",)]
    half = score(many, answers({**good, "P1": "non_compliant", "P2": "not_looked_at"}), PROFILE)
    assert half.area("punishment").provisional
    assert half.overall.band == "good"


def test_falsified_records_cap_the_band_at_the_third() -> None:
    books = item("W1", facts=(fact("falsified-records", zero_tolerance=False),))
    many = checklist(books, *(item(f"W1{n}") for n in range(20)))
    said = answers({one.id: "compliant" for one in many.items})
    said["W1"] = answer("W1", "unable_to_verify", facts=frozenset({"falsified-records"}))
    assert score(many, said, PROFILE).overall.band == "improve"


EXITS = item("S1", area="safety", severity=Severity.critical, facts=(fact("exit-locked"),))
STRUCK = item("P1", area="punishment", severity=Severity.critical, facts=(fact("struck", sealed=True),))
ZERO = checklist(EXITS, STRUCK, *(item(f"W{n}") for n in range(8)))
ZERO_WELL = answers({one.id: "compliant" for one in ZERO.items})


def test_zero_tolerance_overrides_any_score_and_hides_it() -> None:
    said = {**ZERO_WELL, "S1": answer("S1", "partial", facts=frozenset({"exit-locked"}))}
    result = score(ZERO, said, PROFILE)
    assert result.zero_tolerance == (("S1", "exit-locked"),)
    assert (result.overall.band, result.overall.shown) == ("urgent", None)
    assert (result.area("safety").band, result.area("safety").hidden) == ("urgent", True)
    assert result.lowest_to_print is None, "nobody can compare a score that is not shown"
    assert result.area("wages").band == "good"


def test_zero_tolerance_needs_no_coverage() -> None:
    result = score(ZERO, {"S1": answer("S1", "non_compliant", facts=frozenset({"exit-locked"}))}, PROFILE)
    assert result.overall.band == "urgent"


def test_a_fact_under_what_does_not_apply_or_that_nobody_knows_counts_for_nothing() -> None:
    said = {
        **ZERO_WELL,
        "S1": answer("S1", "not_applicable", facts=frozenset({"exit-locked"})),
        "W1": answer("W1", "compliant", facts=frozenset({"exit-locked"})),
    }
    assert score(ZERO, said, PROFILE).zero_tolerance == ()


def test_a_sealed_fact_stays_out_of_score_and_lines_until_it_is_cleared() -> None:
    said = {**ZERO_WELL, "P1": answer("P1", "non_compliant", facts=frozenset({"struck"}))}
    before = score(ZERO, said, PROFILE)
    assert before.zero_tolerance == ()
    assert before.overall.score == Decimal("100.0")
    assert before.overall.band == "good"
    assert before.line("P1").why.code == "withheld"
    after = score(ZERO, said, PROFILE, cleared=frozenset({("P1", "struck")}))
    assert after.zero_tolerance == (("P1", "struck"),)
    assert after.overall.band == "urgent"


def test_an_enterprise_cannot_tell_what_is_withheld_from_what_was_not_looked_at() -> None:
    struck = {**ZERO_WELL, "P1": answer("P1", "non_compliant", facts=frozenset({"struck"}))}
    passed_over = {**ZERO_WELL, "P1": answer("P1", "not_looked_at")}
    forgotten = {id: one for id, one in ZERO_WELL.items() if id != "P1"}
    seen = [for_enterprise(score(ZERO, said, PROFILE)) for said in (struck, passed_over, forgotten)]
    assert seen[0] == seen[1]
    assert seen[0] == seen[2]


def test_an_item_that_was_asked_only_because_of_a_withheld_answer_does_not_show() -> None:
    opened = item("P2", area="punishment", only_if=Opens("P1", frozenset({Verdict.non_compliant})))
    many = checklist(*ZERO.items, opened)
    struck = {
        **ZERO_WELL,
        "P1": answer("P1", "non_compliant", facts=frozenset({"struck"})),
        "P2": answer("P2", "non_compliant"),
    }
    passed_over = {**ZERO_WELL, "P1": answer("P1", "not_looked_at")}
    assert score(many, struck, PROFILE).line("P2").why.code == "withheld_behind"
    assert for_enterprise(score(many, struck, PROFILE)) == for_enterprise(score(many, passed_over, PROFILE))


def test_a_confirmed_fact_carries_a_shortfall_that_a_sealed_one_would_withhold() -> None:
    both = item("S1", area="safety", facts=(fact("exit-locked"), fact("told-to-lie", sealed=True)))
    many = checklist(both, item("W1"))
    said = answers({"W1": "compliant"})
    said["S1"] = answer("S1", "non_compliant", facts=frozenset({"exit-locked", "told-to-lie"}))
    result = score(many, said, PROFILE)
    assert result.line("S1").why.code == "non_compliant"
    assert result.zero_tolerance == (("S1", "exit-locked"),)


@pytest.mark.parametrize(
    ("workers", "known", "code"),
    [
        (9, {Known.interview}, "withheld"),
        (0, {Known.interview}, "withheld"),
        (10, {Known.interview}, "partial"),
        (9, {Known.interview, Known.document}, "partial"),
        (9, set(), "partial"),
    ],
)
def test_interviews_alone_at_a_small_workplace_are_withheld(workers, known, code) -> None:
    said = {**answers(ALL_WELL), "W2": answer("W2", "partial", known_by=frozenset(known))}
    assert score(FIVE, said, replace(PROFILE, workers=workers)).line("W2").why.code == code


def test_as_it_stands_today_counts_verified_items_as_compliant() -> None:
    said = {
        **ZERO_WELL,
        "S1": answer("S1", "non_compliant", facts=frozenset({"exit-locked"})),
        "W1": answer("W1", "partial"),
    }
    today = standing(ZERO, said, PROFILE, frozenset(), frozenset({"S1"}))
    assert today.line("S1").why.code == "verified"
    assert today.overall.band == "good"
    assert today.zero_tolerance == ()
    assert today.overall.score == Decimal("95.6")  # 32.5 of 34
    assert score(ZERO, said, PROFILE) == standing(ZERO, said, PROFILE, frozenset(), frozenset())


def test_a_corrected_item_closes_no_other_one() -> None:
    opened = item("W2", only_if=Opens("W1", frozenset({Verdict.partial})), facts=(fact("locked"),))
    two = checklist(item("W1"), opened)
    said = {"W1": answer("W1", "partial"), "W2": answer("W2", "partial", facts=frozenset({"locked"}))}
    today = standing(two, said, PROFILE, frozenset(), frozenset({"W1"}))
    assert today.line("W2").why.code == "partial"
    assert today.zero_tolerance == (("W2", "locked"),)


def test_a_visit_is_compared_with_the_one_before() -> None:
    before, now = found(S1="non_compliant"), found(W2="partial", P1="not_applicable")
    both = compare(before, now, same_checklist=True)
    assert both.same_basis
    assert both.overall.difference == Decimal("87.5") - Decimal("80.0")
    assert {change.area: change.difference for change in both.areas} == {
        "wages": Decimal("-18.7"),
        "safety": Decimal("75.0"),
        "sanitation": None,
        "social_security": None,
        "punishment": None,
    }
    assert not compare(before, now, same_checklist=False).same_basis


def test_a_score_that_fell_to_nothing_is_a_difference_too() -> None:
    nothing = found(**dict.fromkeys(ALL_WELL, "non_compliant"))
    assert compare(found(), nothing, same_checklist=True).overall.difference == Decimal("-100.0")


def test_bands_and_weights_are_data() -> None:
    even = policy(weights=dict.fromkeys(Severity, Decimal(1)), caps=())
    result = score(replace(FIVE, policy=even), answers({**ALL_WELL, "S2": "non_compliant"}), PROFILE)
    assert result.overall.score == Decimal("80.0")
