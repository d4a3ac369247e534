"""What is a finding, how heavy it is, and what an enterprise is shown of it."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.checklists.rules import Severity, Verdict
from compliance.findings.rules import (
    MOVES,
    Decision,
    Earlier,
    FindingState,
    Position,
    after,
    check_appeal,
    check_decider,
    check_reply,
    columns,
    decide_by,
    months_before,
    preview_for_enterprise,
    raise_findings,
    repeats,
    reply_due,
    result_of,
    shown_to_enterprise,
)
from compliance.people.rules import Role
from compliance.shared.problems import Conflict
from compliance.visits.answers import Known
from tests.scorecards.made import PROFILE, answer, answers, checklist, fact, item, policy, refusal

VISITED = date(2026, 11, 20)
MADE = checklist(
    item("W1", severity=Severity.critical),
    item("W2"),
    item("W3", severity=Severity.minor),
    item("S1", area="safety", clause="3.1", facts=(fact("exit-locked"), fact("told-to-lie", sealed=True))),
    item("P1", area="punishment", facts=(fact("struck", sealed=True),)),
)
WELL = answers({one.id: "compliant" for one in MADE.items})


def raised(earlier=None, profile=PROFILE, cleared=frozenset(), **changed):
    return raise_findings(MADE, {**WELL, **changed}, profile, earlier or {}, VISITED, cleared)


def test_nothing_wrong_is_no_finding() -> None:
    assert raised() == ()


@pytest.mark.parametrize("verdict", ["partial", "non_compliant", "unable_to_verify"])
def test_each_shortfall_is_a_finding_with_its_clause_and_law(verdict: str) -> None:
    (one,) = raised(W2=answer("W2", verdict, note="Three of ten payslips missing.", workers=7))
    assert (one.item, one.area, one.clause, one.law) == ("W2", "wages", "2.1", ("LL-48",))
    assert one.verdict == verdict
    assert one.severity is Severity.major
    assert one.seen == "Three of ten payslips missing."
    assert one.workers_affected == 7


@pytest.mark.parametrize("verdict", ["not_looked_at", "not_applicable", None])
def test_what_was_not_judged_is_no_finding(verdict) -> None:
    assert raised(W2=answer("W2", verdict)) == ()


@pytest.mark.parametrize(
    ("id", "changes", "earlier", "severity", "raised_by"),
    [
        ("W2", {}, {}, Severity.major, ()),
        ("W2", {}, {"W2": Earlier(date(2025, 1, 5))}, Severity.critical, ("repeat",)),
        ("W3", {}, {"W3": Earlier(date(2025, 1, 5))}, Severity.major, ("repeat",)),
        ("W1", {}, {"W1": Earlier(date(2025, 1, 5))}, Severity.critical, ()),
        ("W2", {}, {"W2": Earlier(date(2024, 11, 19))}, Severity.major, ()),
        ("W2", {}, {"W2": Earlier(date(2024, 11, 20))}, Severity.critical, ("repeat",)),
        ("W2", {"workers": 12}, {}, Severity.major, ()),
        ("W2", {"workers": 13}, {}, Severity.critical, ("many_workers",)),
        ("W3", {"workers": 13}, {"W3": Earlier(date(2026, 1, 1))}, Severity.major, ("repeat", "many_workers")),
        ("W3", {"severity": Severity.major}, {}, Severity.major, ("inspector",)),
        ("W3", {"severity": Severity.critical}, {"W3": Earlier(date(2026, 1, 1))}, Severity.critical, None),
        ("W1", {"severity": Severity.minor}, {}, Severity.critical, ()),
    ],
)
def test_a_severity_is_raised_one_step_and_never_lowered(id, changes, earlier, severity, raised_by) -> None:
    (one,) = raised(earlier, **{id: answer(id, "partial", **changes)})
    assert one.severity is severity
    assert raised_by is None or one.raised_by == raised_by


def test_a_repeat_names_the_finding_before() -> None:
    before = uuid4()
    (one,) = raised({"W2": Earlier(date(2025, 6, 1), before)}, W2=answer("W2", "partial"))
    assert one.repeat_of == before


def test_a_confirmed_zero_tolerance_fact_makes_the_finding_critical() -> None:
    (one,) = raised(S1=answer("S1", "partial", facts=frozenset({"exit-locked"})))
    assert (one.zero_tolerance, one.severity, one.facts) == (True, Severity.critical, ("exit-locked",))


def test_a_ticked_fact_is_a_finding_whatever_the_verdict() -> None:
    (one,) = raised(S1=answer("S1", "compliant", facts=frozenset({"exit-locked"})))
    assert one.zero_tolerance


def test_a_sealed_fact_is_a_finding_of_its_own_and_takes_the_note_with_it() -> None:
    said = answer("P1", "non_compliant", facts=frozenset({"struck"}), note="A worker said so.", workers=1)
    (one,) = raised(P1=said)
    assert (one.sealed, one.zero_tolerance, one.facts, one.seen) == (True, True, ("struck",), "A worker said so.")


def test_beside_a_sealed_fact_the_open_one_is_shown_without_the_words() -> None:
    said = answer(
        "S1",
        "non_compliant",
        facts=frozenset({"exit-locked", "told-to-lie"}),
        note="Exit 2 locked; workers were told to say it never is.",
        workers=60,
    )
    shown, sealed = raised(S1=said)
    assert (shown.sealed, shown.facts, shown.seen, shown.workers_affected) == (False, ("exit-locked",), "", None)
    assert (sealed.sealed, sealed.facts, sealed.seen) == (True, ("told-to-lie",), said.note)
    assert shown.key != sealed.key


def test_a_cleared_fact_is_an_open_finding() -> None:
    said = answer("P1", "non_compliant", facts=frozenset({"struck"}), note="Struck.")
    (one,) = raised(cleared=frozenset({("P1", "struck")}), P1=said)
    assert (one.sealed, one.facts, one.seen) == (False, ("struck",), "Struck.")
    (before,) = raised(P1=said)
    assert before.key == one.key


def test_interviews_alone_at_a_small_workplace_are_kept_inside() -> None:
    said = answer("W2", "partial", known_by=frozenset({Known.interview}))
    (large,) = raised(W2=said)
    (small,) = raised(profile=replace(PROFILE, workers=9), W2=said)
    assert not large.withheld
    assert small.withheld


def test_repeats_count_back_by_calendar_months() -> None:
    earlier = {"A": Earlier(date(2024, 2, 29)), "B": Earlier(date(2024, 2, 28)), "C": Earlier(date(2026, 3, 1))}
    assert repeats(earlier, date(2026, 2, 28), 24) == {"A", "B"}
    assert repeats(earlier, date(2026, 3, 1), 24) == frozenset()


def test_beside_a_sealed_fact_the_rest_weighs_as_if_it_had_never_been_ticked() -> None:
    words = {"note": "A worker told us.", "workers": 58, "severity": Severity.critical}
    both = answer("S1", "partial", facts=frozenset({"exit-locked", "told-to-lie"}), **words)
    told, kept = raised(S1=both)
    alone = answer("S1", "partial", facts=frozenset({"exit-locked"}))
    (plain,) = raised(S1=alone)
    assert (told, kept.sealed) == (replace(plain, known_by=frozenset()), True)
    assert (kept.seen, kept.workers_affected, kept.severity) == ("A worker told us.", 58, Severity.critical)


def test_the_words_stay_back_with_the_fact_that_is_still_sealed() -> None:
    two = checklist(item("P2", area="punishment", facts=(fact("cards", sealed=True), fact("phones", sealed=True))))
    given = {"P2": answer("P2", "partial", facts=frozenset({"cards", "phones"}), note="Phones, at night.", workers=58)}

    def seen(*cleared):
        pairs = frozenset(("P2", one) for one in cleared)
        return {d.sealed_fact: (d.sealed, d.seen) for d in raise_findings(two, given, PROFILE, {}, VISITED, pairs)}

    assert seen() == {"cards": (True, "Phones, at night."), "phones": (True, "Phones, at night.")}
    assert seen("cards") == {"cards": (False, ""), "phones": (True, "Phones, at night.")}
    assert seen("cards", "phones") == {"cards": (False, "Phones, at night."), "phones": (False, "Phones, at night.")}


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 20), 24, date(2024, 11, 20)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 1, 31), 2, date(2025, 11, 30)),
        (date(2026, 12, 31), 12, date(2025, 12, 31)),
    ],
)
def test_months_back_stay_in_the_month(day, months, expected) -> None:
    assert months_before(day, months) == expected


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 60))
def test_months_back_are_never_further_than_so_many_months(day, months) -> None:
    before = months_before(day, months)
    assert (day.year - before.year) * 12 + day.month - before.month == months
    assert before.day <= day.day


@dataclass(frozen=True)
class Stored:
    """A stored finding, as far as the public form needs it."""

    id: UUID
    enterprise_id: UUID
    workplace_id: UUID
    visit_id: UUID
    item: str
    area: str
    clause: str
    verdict: Verdict | None
    severity: Severity
    raised_by: list[str]
    zero_tolerance: bool
    sealed: bool
    sealed_fact: str
    withheld: bool
    facts: list[str]
    repeat_of_id: UUID | None
    seen: str
    workers_affected: int | None
    known_by: list[str]
    law: list[str]
    state: FindingState = FindingState.released
    reply_position: Position | None = None
    reply_text: str = ""
    reply_due: date | None = None


def stored(**changed) -> Stored:
    (draft,) = raised(**changed)
    return Stored(uuid4(), uuid4(), uuid4(), uuid4(), **columns(draft))


@pytest.mark.parametrize(("workers", "shown"), [(None, None), (0, None), (1, None), (4, None), (5, 5), (60, 60)])
def test_no_count_of_fewer_than_five_workers_is_shown(workers, shown) -> None:
    public = shown_to_enterprise(stored(W2=answer("W2", "partial", workers=workers)), 120)
    assert public is not None
    assert public.workers_affected == shown


def test_an_enterprise_is_never_told_how_or_when_a_thing_was_known() -> None:
    public = shown_to_enterprise(stored(W2=answer("W2", "partial", known_by=frozenset(Known))), 120)
    assert public is not None
    names = set(public.__dataclass_fields__)
    assert not {name for name in names if "known" in name or name.endswith("_at") or "raised_by" in name}
    assert "interview" not in repr(public)


@pytest.mark.parametrize(
    ("known", "workers", "visible"),
    [
        ({Known.interview}, 9, False),
        ({Known.interview}, 0, False),
        ({Known.interview}, 10, True),
        ({Known.interview, Known.observation}, 3, True),
        (set(), 3, True),
    ],
)
def test_a_finding_from_interviews_alone_is_not_shown_where_fewer_than_ten_work(known, workers, visible) -> None:
    finding = stored(W2=answer("W2", "partial", known_by=frozenset(known)))
    assert (shown_to_enterprise(finding, workers) is not None) is visible


def test_drafts_and_sealed_findings_are_not_shown_and_a_preview_shows_the_draft() -> None:
    draft = replace(stored(W2=answer("W2", "partial")), state=FindingState.draft)
    assert shown_to_enterprise(draft, 120) is None
    assert preview_for_enterprise(draft, 120) is not None
    sealed = stored(P1=answer("P1", "non_compliant", facts=frozenset({"struck"})))
    assert shown_to_enterprise(sealed, 120) is None
    assert preview_for_enterprise(sealed, 120) is None


def test_the_moves_of_a_finding_are_a_table() -> None:
    assert after(FindingState.draft, "release") is FindingState.released
    with pytest.raises(Conflict, match="cannot be handled"):
        after(FindingState.withdrawn, "release")
    assert all(roles and Role.manager not in roles for _, roles in MOVES.values())


def test_a_reply_is_due_within_ten_working_days() -> None:
    assert reply_due(date(2026, 11, 20), policy()) == (date(2026, 12, 4), False)
    assert reply_due(date(2025, 9, 28), policy()) == (date(2025, 10, 17), False)  # over National Day
    assert decide_by(date(2030, 12, 25), policy())[1]


def reply(
    state=FindingState.released, due=date(2026, 12, 4), position=Position.agree, text="", today=VISITED, disputed=False
):
    check_reply(state, due, position, text, today, disputed)


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ({"today": date(2026, 12, 5)}, "finding-reply-late"),
        ({"state": FindingState.draft}, "finding-not-open"),
        ({"state": FindingState.withdrawn}, "finding-not-open"),
        ({"due": None}, "finding-not-open"),
        ({"position": Position.dispute, "text": "  "}, "finding-reason-missing"),
        ({"disputed": True}, "finding-disputed"),
    ],
)
def test_a_reply_that_cannot_be_taken_says_why(case, code) -> None:
    assert refusal(reply, **case) == code


def test_a_reply_on_the_last_day_is_in_time() -> None:
    reply(today=date(2026, 12, 4))
    reply(position=Position.dispute, text="The records are kept at head office.", state=FindingState.changed)


@dataclass(frozen=True)
class Round:
    round: int
    decision: Decision | None
    decided_by: UUID | None = None


INSPECTOR, REVIEWER, LEADER = uuid4(), uuid4(), uuid4()


@pytest.mark.parametrize(
    ("person", "tied", "rounds", "waiver", "sealed", "allowed"),
    [
        (REVIEWER, False, [], "", False, True),
        (INSPECTOR, False, [], "", False, False),
        (REVIEWER, True, [], "", False, False),
        (REVIEWER, False, [Round(1, Decision.partly, REVIEWER)], "", False, False),
        (LEADER, False, [Round(1, Decision.partly, REVIEWER)], "", False, True),
        (INSPECTOR, False, [], "Two people work here.", False, True),
        (INSPECTOR, False, [], "Two people work here.", True, False),
        (REVIEWER, True, [], "Two people work here.", False, False),
    ],
)
def test_a_dispute_is_decided_by_somebody_else(person, tied, rounds, waiver, sealed, allowed) -> None:
    code = refusal(check_decider, person, {INSPECTOR}, tied, rounds, sealed=sealed, waiver=waiver)
    assert code == (None if allowed else "dispute-decider")


@pytest.mark.parametrize(
    ("rounds", "today", "text", "code"),
    [
        ([Round(1, Decision.not_upheld)], date(2026, 12, 4), "No.", None),
        ([Round(1, Decision.partly)], date(2026, 12, 4), "No.", None),
        ([Round(1, Decision.partly)], date(2026, 12, 5), "No.", "dispute-appeal-late"),
        ([Round(1, Decision.partly)], date(2026, 12, 4), " ", "dispute-reason-missing"),
        ([Round(1, Decision.upheld)], date(2026, 12, 4), "No.", "dispute-no-appeal"),
        ([Round(1, None)], date(2026, 12, 4), "No.", "dispute-no-appeal"),
        ([], date(2026, 12, 4), "No.", "dispute-no-appeal"),
        ([Round(1, Decision.partly), Round(2, Decision.partly)], date(2026, 12, 4), "No.", "dispute-no-appeal"),
    ],
)
def test_there_is_one_appeal(rounds, today, text, code) -> None:
    assert refusal(check_appeal, rounds, VISITED, text, today, policy()) == code


def test_what_a_decision_makes_of_a_finding() -> None:
    assert result_of(FindingState.released, Decision.upheld) is FindingState.withdrawn
    assert result_of(FindingState.released, Decision.partly) is FindingState.changed
    assert result_of(FindingState.changed, Decision.not_upheld) is FindingState.changed
