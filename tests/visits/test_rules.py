"""States and moves, fields, what is missing, and what the representative signs."""

from datetime import date, timedelta

import pytest

from compliance.checklists.rules import Profile, Severity
from compliance.people.rules import Role
from compliance.shared.problems import Conflict, Problem
from compliance.visits.rules import (
    CLOSING,
    MOVES,
    PROFILE,
    SEEN_BY,
    Move,
    State,
    after,
    check_day_of_hand_out,
    check_reason,
    fold,
    missing,
    next_open,
    normal,
    profile_of,
    progress,
    severities_from,
    signed_record,
    untouched,
)
from tests.visits.small import CHECKLIST, DAY, event

WORKSHOP = Profile(workers=80, women=30, piece_work=False)


def folded(*said):
    """Events from (item, field, value), numbered."""
    return fold(event(n, *one) for n, one in enumerate(said, 1))


IN_ORDER = [(i, "verdict", "compliant") for i in ("WAG01", "WAG08", "SAF01", "SAF04", "PUN05")]
CLOSED = [
    (PROFILE, "checked", True),
    (CLOSING, "visited_on", DAY.isoformat()),
    (CLOSING, "inspector_signature", "signed"),
    (CLOSING, "inspector_name", "Li Na"),
    (CLOSING, "representative_signature", "signed"),
    (CLOSING, "representative_name", "Zhang Wei"),
]


def codes(*said, today=DAY, profile=WORKSHOP):
    return [(m.item, m.code) for m in missing(CHECKLIST, folded(*said), profile, today)]


# -- states ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", Move)
def test_a_move_is_in_the_table_or_refused(state, move):
    if (state, move) in MOVES:
        assert after(state, move) is MOVES[(state, move)]
    else:
        with pytest.raises(Conflict):
            after(state, move)


def test_nothing_changes_a_sealed_or_released_visit_but_a_correction():
    assert {move for state, move in MOVES if state is State.released} == {Move.correct}
    assert Move.answer not in {move for state, move in MOVES if state is State.sealed}


def test_every_state_is_reached_from_planned():
    reached, before = {State.planned}, set()
    while reached != before:
        before = set(reached)
        reached |= {to for (of, _), to in MOVES.items() if of in reached}
    assert reached == set(State)


def test_plans_are_the_coordinators_alone():
    assert {role for role, states in SEEN_BY.items() if State.planned in states} == {Role.coordinator}
    assert Role.manager not in SEEN_BY
    assert Role.administrator not in SEEN_BY


def test_a_visit_is_handed_out_on_its_day_and_not_before():
    check_day_of_hand_out(DAY, DAY)
    check_day_of_hand_out(DAY - timedelta(days=1), DAY)
    with pytest.raises(Conflict):
        check_day_of_hand_out(DAY + timedelta(days=1), DAY)


def test_a_reason_of_blanks_is_none():
    with pytest.raises(Problem):
        check_reason("  \n")
    assert check_reason(" lockdown ") == "lockdown"


# -- fields ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "typed", "kept"),
    [
        (("WAG01", "verdict"), "partial", "partial"),
        (("WAG01", "verdict"), "", None),
        (("WAG01", "note"), "  a\r\nb ", "a\nb"),
        (("WAG01", "workers"), "12", 12),
        (("WAG01", "workers"), "", None),
        (("WAG01", "known:interview"), True, True),
        (("WAG01", "severity"), "critical", "critical"),
        (("WAG08", "quantity:longest-run"), "07", "7"),
        (("WAG08", "quantity:longest-run"), "7.0", "7"),
        (("SAF01", "fact:exit-locked"), False, False),
        ((PROFILE, "sector"), "c18", "C18"),
        ((PROFILE, "dormitory"), True, True),
        ((CLOSING, "visited_on"), "2026-02-28", "2026-02-28"),
        ((CLOSING, "outcome"), "refused", "refused"),
    ],
)
def test_a_field_is_kept_in_one_form(key, typed, kept):
    assert normal(CHECKLIST, key, typed) == kept


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        (("WAG01", "verdict"), "perfect"),
        (("WAG01", "verdict"), 1),
        (("WAG01", "note"), "x" * 4001),
        (("WAG01", "note"), True),
        (("WAG01", "workers"), "-1"),
        (("WAG01", "workers"), "many"),
        (("WAG01", "workers"), "1000001"),
        (("WAG01", "workers"), True),
        (("WAG01", "known:rumour"), True),
        (("WAG01", "known:interview"), "yes"),
        (("WAG01", "severity"), "minor"),
        (("WAG01", "fact:exit-locked"), True),
        (("WAG01", "nothing"), "x"),
        (("NOPE1", "note"), "x"),
        (("WAG08", "quantity:longest-run"), "367"),
        (("WAG08", "quantity:longest-run"), "6.5"),
        (("WAG08", "quantity:longest-run"), "NaN"),
        (("WAG08", "quantity:longest-run"), "1e400"),
        (("WAG08", "quantity:hours"), "1"),
        ((PROFILE, "sector"), "Z9"),
        ((PROFILE, "size"), "huge"),
        ((PROFILE, "colour"), "red"),
        ((CLOSING, "visited_on"), "2026-02-30"),
        ((CLOSING, "inspector_signature"), "refused"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_field(key, typed):
    with pytest.raises(Problem) as refused:
        normal(CHECKLIST, key, typed)
    assert refused.value.facts["field"] == key[1]
    assert refused.value.facts["item"] == key[0]


def test_a_severity_can_only_be_raised():
    assert severities_from(CHECKLIST.item("WAG01")) == (Severity.critical, Severity.major)
    assert severities_from(CHECKLIST.item("SAF01")) == (Severity.critical,)


def test_what_the_inspector_finds_goes_before_what_the_register_knew():
    profile = profile_of(
        {"workers": 80, "dormitory": True, "sector": "C18"}, {"dormitory": False, "women": 3, "checked": True}
    )
    assert (profile.workers, profile.women, profile.dormitory, profile.sector) == (80, 3, False, "C18")


# -- what is missing --------------------------------------------------------------------------------------------------


def test_a_visit_in_order_lacks_nothing():
    assert codes(*IN_ORDER, *CLOSED) == []


def test_an_untouched_visit_lacks_everything_that_is_asked_and_nothing_that_is_not():
    assert codes() == [
        (PROFILE, "profile"),
        *((i, "unanswered") for i in ("WAG01", "WAG08", "SAF01", "SAF04", "PUN05")),
        (CLOSING, "day"),
        (CLOSING, "inspector"),
        (CLOSING, "representative"),
    ]


@pytest.mark.parametrize("verdict", ["unable_to_verify", "not_looked_at", "not_applicable"])
def test_three_verdicts_explain_themselves(verdict):
    said = [*IN_ORDER[1:], *CLOSED, ("WAG01", "verdict", verdict)]
    assert codes(*said) == [("WAG01", "reason")]
    assert codes(*said, ("WAG01", "reason", "because")) == []


@pytest.mark.parametrize("verdict", ["partial", "non_compliant"])
def test_a_shortfall_says_what_was_seen_and_how_it_was_known(verdict):
    said = [*IN_ORDER[1:], *CLOSED, ("WAG01", "verdict", verdict)]
    assert codes(*said) == [("WAG01", "note"), ("WAG01", "known")]
    assert codes(*said, ("WAG01", "note", "x"), ("WAG01", "known:document", True)) == []


def test_a_ticked_fact_contradicts_an_answer_in_order():
    assert codes(*IN_ORDER, *CLOSED, ("SAF01", "fact:exit-locked", True)) == [("SAF01", "contradiction")]


def test_an_item_that_an_answer_opens_must_be_answered():
    said = (
        [x for x in IN_ORDER if x[0] != "SAF04"]
        + CLOSED
        + [("SAF04", "verdict", "partial"), ("SAF04", "note", "x"), ("SAF04", "known:document", True)]
    )
    assert codes(*said) == [("SAF05", "unanswered")]


def test_what_the_profile_opens_must_be_answered():
    assert codes(*IN_ORDER, *CLOSED, profile=Profile(workers=80, piece_work=True)) == [("WAG11", "unanswered")]


def test_a_conflict_must_be_settled_first():
    assert codes(*IN_ORDER, *CLOSED, ("WAG01", "note", "a"), ("WAG01", "note", "b")) == [("WAG01", "conflict")]


def test_a_day_in_the_future_is_named():
    assert codes(*IN_ORDER, *CLOSED, today=date(2026, 11, 20)) == [(CLOSING, "day-ahead")]


@pytest.mark.parametrize(
    ("signature", "given", "lacks"),
    [
        ("signed", {}, ["representative-name"]),
        ("signed", {"representative_name": "Zhang"}, []),
        ("refused", {}, []),
        ("absent", {}, ["witness"]),
        ("absent", {"witness": "Wang"}, []),
    ],
)
def test_each_outcome_of_a_signature_has_its_own_needs(signature, given, lacks):
    said = [*IN_ORDER, *CLOSED[:4], (CLOSING, "representative_signature", signature)]
    said += [(CLOSING, name, value) for name, value in given.items()]
    assert [code for _, code in codes(*said)] == lacks


@pytest.mark.parametrize("outcome", ["refused", "closed_down", "not_found"])
def test_another_ending_asks_for_its_reason_and_for_no_answer(outcome):
    said = [*CLOSED[1:4], (CLOSING, "outcome", outcome)]
    assert codes(*said) == [(CLOSING, "outcome-reason")]
    assert codes(*said, (CLOSING, "outcome_reason", "Gate shut, guard called the owner, no entry.")) == []


# -- progress, rest in order ------------------------------------------------------------


def test_progress_counts_what_is_asked():
    wages, safety, punishment = progress(
        CHECKLIST, folded(("WAG01", "verdict", "non_compliant"), ("WAG08", "verdict", "compliant")), WORKSHOP
    )
    assert (wages.asked, wages.answered, wages.flagged, wages.missing, wages.done) == (2, 2, 1, 2, False)
    assert (safety.asked, safety.answered) == (2, 0)
    assert punishment.asked == 1


def test_the_next_open_item_is_looked_for_from_here_on_and_then_from_the_start():
    now = folded(("WAG08", "verdict", "compliant"), ("SAF01", "verdict", "compliant"))
    assert next_open(CHECKLIST, now, WORKSHOP).id == "WAG01"
    assert next_open(CHECKLIST, now, WORKSHOP, "WAG01").id == "SAF04"
    assert next_open(CHECKLIST, now, WORKSHOP, "PUN05").id == "WAG01"
    assert next_open(CHECKLIST, folded(*IN_ORDER), WORKSHOP) is None


def test_the_rest_in_order_leaves_red_flags_and_touched_items_alone():
    wages, safety, punishment = CHECKLIST.areas
    assert [i.id for i in untouched(wages, folded(), WORKSHOP)] == ["WAG01", "WAG08"]
    assert [i.id for i in untouched(safety, folded(), WORKSHOP)] == ["SAF04"]
    assert untouched(punishment, folded(), WORKSHOP) == ()
    assert [i.id for i in untouched(wages, folded(("WAG01", "note", "a word")), WORKSHOP)] == ["WAG08"]


# -- what the representative signs ------------------------------------------------------------


def test_the_signed_record_names_topics_and_plain_dangers_and_no_answer():
    record = signed_record(
        CHECKLIST,
        folded(
            ("WAG01", "verdict", "non_compliant"),
            ("WAG01", "note", "Payroll shows 1,700"),
            ("WAG08", "verdict", "not_looked_at"),
            ("SAF01", "verdict", "non_compliant"),
            ("SAF01", "fact:exit-locked", True),
            ("PUN05", "verdict", "non_compliant"),
            ("PUN05", "fact:worker-struck", True),
        ),
        WORKSHOP,
    )
    assert [(area.id, [c.number for c in clauses]) for area, clauses in record.topics] == [
        ("wages", ["2.1", "2.6"]),
        ("safety", ["3.1"]),
        ("punishment", ["6.5"]),
    ]
    assert [fact.id for _, fact in record.dangers] == ["exit-locked"]
    assert "1,700" not in repr(record)
    assert "non_compliant" not in repr(record.topics)


@pytest.mark.parametrize("item", ["WAG01", "WAG08", "SAF01"])
def test_the_signed_record_is_the_same_whatever_came_out_of_an_item(item):
    """Beside a scorecard that says "not assessed" it would otherwise tell that something is withheld."""
    rest = [(i, "verdict", "compliant") for i in ("WAG01", "WAG08", "SAF01", "SAF04", "PUN05") if i != item]
    verdicts = ("compliant", "partial", "non_compliant", "unable_to_verify", "not_looked_at")
    records = {repr(signed_record(CHECKLIST, folded(*rest, (item, "verdict", said)), WORKSHOP)) for said in verdicts}
    assert len(records) == 1


def test_an_area_where_nothing_was_looked_at_is_no_topic_of_the_visit():
    record = signed_record(
        CHECKLIST, folded(("WAG01", "verdict", "partial"), ("SAF01", "verdict", "not_looked_at")), WORKSHOP
    )
    assert [area.id for area, _ in record.topics] == ["wages"]
